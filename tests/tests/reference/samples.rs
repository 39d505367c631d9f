//! The sampler: what it calls valid is, what it calls broken is broken at that place, and nothing is left out.

use std::collections::BTreeSet;

use alipayplus_codegen::ir::{
    Definition, File, Object, Obligation, Operation, Rule, ScalarKind, ServiceModel, Type, Waiting,
};
use alipayplus_codegen::lower::lower;
use alipayplus_codegen::prose;
use alipayplus_codegen::sample::{self, Ending, Samples};
use alipayplus_codegen::source::Source;
use alipayplus_tests::{fixture, fixtures, nonsense, schemas};
use serde_json::Value;

use crate::hand;
use crate::oracle::{Oracle, pointers};

/// The project's own family, the same one without names, and that of each fixture.
pub(crate) fn families() -> impl Iterator<Item = (String, Vec<Source>)> {
    let own = [("real".to_owned(), schemas()), ("nonsense".to_owned(), nonsense::schemas())];
    own.into_iter().chain(fixtures().into_iter().map(|name| (name.clone(), fixture(&name))))
}

pub(crate) fn lowered(sources: &[Source]) -> ServiceModel {
    lower(sources).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// Holds the messages of a type against its schema.
pub(crate) fn assert_verdicts(oracle: &Oracle, file: &File, definition: &str, samples: &Samples) {
    let name = file.source.rsplit('/').next().unwrap();
    let validator = oracle.definition(name, definition);
    let of = format!("{name}, {definition}");
    assert!(!samples.valid.is_empty(), "{of}: no valid message");
    for valid in &samples.valid {
        let wrong = pointers(&validator, &valid.message);
        assert!(wrong.is_empty(), "{of}, {}: {wrong:?} in {}", valid.name, valid.message);
    }
    for invalid in &samples.invalid {
        let wrong = pointers(&validator, &invalid.message);
        assert_eq!(wrong.is_empty(), !invalid.in_schema, "{of}, {}: {}", invalid.name, invalid.message);
        let found = wrong.contains(&invalid.pointer) || !invalid.in_schema;
        assert!(found, "{of}, {}: {:?} is not among {wrong:?}", invalid.name, invalid.pointer);
    }
    let names = samples.valid.iter().map(|it| &it.name).collect::<BTreeSet<_>>();
    assert_eq!(names.len(), samples.valid.len(), "{of}: names of valid messages are unique");
    let names = samples.invalid.iter().map(|it| &it.name).collect::<BTreeSet<_>>();
    assert_eq!(names.len(), samples.invalid.len(), "{of}: names of invalid messages are unique");
}

/// A place that messages of a type can have, an element of a list as its first.
struct Place<'a> {
    pointer: String,
    required: bool,
    definition: Definition<'a>,
}

fn places<'a>(family: &'a ServiceModel, ty: &'a Type, pointer: &str, required: bool, found: &mut Vec<Place<'a>>) {
    let definition = family.definition(ty).unwrap();
    found.push(Place { pointer: pointer.to_owned(), required, definition });
    match definition {
        Definition::Object(object) => {
            for it in &object.members {
                places(family, &it.ty, &format!("{pointer}/{}", it.wire), it.required, found);
            }
        }
        Definition::List(list) => places(family, &list.item, &format!("{pointer}/0"), false, found),
        Definition::Scalar(_) => {}
    }
}

/// What can be wrong with a value by itself.
fn faults(place: &Place<'_>) -> Vec<&'static str> {
    let mut all = if place.required { vec!["missing", "null"] } else { Vec::new() };
    match place.definition {
        Definition::Object(_) => all.extend(["a list", "a text"]),
        Definition::List(list) => {
            all.push("an object");
            all.extend((list.min > 0).then_some("too few"));
            all.extend(list.max.map(|_| "too many"));
        }
        Definition::Scalar(scalar) => {
            all.push("empty");
            match &scalar.kind {
                ScalarKind::Text { min, .. } => {
                    all.extend((*min > 1).then_some("too short"));
                    all.extend(["too long", "a bare number"]);
                }
                ScalarKind::Formed { .. } => all.extend(["a character beyond ASCII", "a bare number"]),
                ScalarKind::Message { .. } | ScalarKind::Code { .. } => all.extend(["too long", "a bare number"]),
                ScalarKind::Words(_) => all.extend(["none of the words", "a bare number"]),
                ScalarKind::Integer { .. } => {
                    all.extend(["below the range", "above the range", "a leading zero", "a fraction", "a bare number"]);
                }
                ScalarKind::Boolean => all.extend(["in capitals", "another word", "a bare boolean"]),
                ScalarKind::Builtin(written) => {
                    all.extend(match written.rust {
                        "Currency" => ["in lower case", "four letters"],
                        "ExactDecimal" => ["a leading zero", "13 decimal places"],
                        "MinorUnits" => ["a leading zero", "29 digits"],
                        _ => ["no offset", "a day that does not exist"],
                    });
                    all.push("a bare number");
                }
            }
        }
    }
    all
}

/// The same pointer with each element of a list as its first.
fn first_elements(pointer: &str) -> String {
    let number = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_digit());
    pointer.split('/').map(|name| if number(name) { "0" } else { name }).collect::<Vec<_>>().join("/")
}

/// Each place occurs in a valid message, and each rule is broken by an invalid one.
pub(crate) fn assert_complete(family: &ServiceModel, file: &File, definition: &str, samples: &Samples) {
    let ty = sample::own_type(file, definition);
    let mut all = Vec::new();
    places(family, &ty, "", true, &mut all);
    let broken: Vec<_> = samples.invalid.iter().map(|it| (first_elements(&it.pointer), it)).collect();
    for place in all {
        let pointer = place.pointer.as_str();
        let there = |message: &Value| message.pointer(pointer).is_some_and(|value| !value.is_null());
        assert!(samples.valid.iter().any(|it| there(&it.message)), "{definition}: {pointer} is in no valid message");
        for fault in faults(&place).into_iter().filter(|fault| !pointer.is_empty() || *fault != "missing") {
            let found = broken.iter().any(|(at, it)| at == pointer && it.name.ends_with(&format!(": {fault}")));
            assert!(found, "{definition}: {pointer} is never {fault}");
        }
        if let Definition::Object(object) = place.definition {
            let is = |at: &str, rule: &str| broken.iter().any(|(found, it)| found == at && it.rule == rule);
            for (path, rule) in rules(object) {
                let at = path.iter().fold(pointer.to_owned(), |at, name| format!("{at}/{name}"));
                assert!(is(&at, &rule), "{definition}, {at}: {rule:?} is never broken");
            }
        }
    }
}

/// The rules of an object over several members, each with where it is broken.
fn rules(object: &Object) -> Vec<(Vec<String>, String)> {
    let mut all = Vec::new();
    for rule in &object.rules {
        match rule {
            Rule::When { tests, then: Obligation::Members(members) } => {
                all.extend(members.iter().map(|it| (it.path.clone(), prose::presence(it, tests))));
            }
            Rule::When { tests, then } => all.push((Vec::new(), prose::condition(tests, then))),
            Rule::Compare(compares) => all.push((compares.left.clone(), prose::comparison(compares))),
            Rule::OmittedIfEqual(_) => {}
        }
    }
    if let Some(coded) = &object.coded {
        for row in &coded.rows {
            let word = coded.template.words.iter().find(|word| word.rust == row.status).unwrap();
            let first = coded.rows.iter().find(|other| other.status == row.status).unwrap();
            all.push((
                vec![coded.template.status.0.clone()],
                format!("the code `{}` goes with `{}`", first.wire, word.wire),
            ));
        }
    }
    all
}

/// Each outcome is there, and each code of the operation's own result.
fn assert_ended(family: &ServiceModel, file: &File, operation: &Operation, samples: &Samples) {
    let endings: Vec<&Ending> = samples.valid.iter().map(|it| it.ending.as_ref().unwrap()).collect();
    for outcome in &operation.outcomes {
        let there = endings.contains(&&Ending::Outcome(outcome.name.clone()));
        assert!(there, "{}: no message ends as {}", operation.name, outcome.name);
    }
    let again: Vec<_> = operation.outcomes.iter().filter(|it| it.waiting == Waiting::Retry).collect();
    assert!(again.is_empty() || !endings.iter().any(|it| matches!(it, Ending::Trouble(_))));
    let response = file.object(&operation.response).unwrap();
    for member in &response.members {
        let Some(coded) = family.object_of(&member.ty).and_then(|it| it.coded.as_ref()) else { continue };
        let said = |code: &str, status: Option<&str>| {
            samples.valid.iter().any(|it| {
                let result = &it.message[member.wire.as_str()];
                result[coded.template.code.0.as_str()] == code
                    && status.is_none_or(|status| result[coded.template.status.0.as_str()] == status)
            })
        };
        for row in &coded.rows {
            assert!(said(&row.wire, None), "{}: no message with {} {}", operation.name, member.wire, row.wire);
        }
        let code: String = "UNLISTED_CODE".chars().take(coded.template.code_max).collect();
        for word in &coded.template.words {
            let unlisted = said(&code, Some(&word.wire));
            assert!(unlisted, "{}: no unlisted code with {} {}", operation.name, member.wire, word.wire);
        }
    }
}

#[test]
fn each_message_is_what_it_is_called() {
    for (name, sources) in families() {
        let (family, oracle) = (lowered(&sources), Oracle::of(&sources));
        assert!(family.operations().count() > 0, "{name}");
        for (file, operation) in family.operations() {
            let (request, response) =
                (sample::request(&family, file, operation), sample::response(&family, file, operation));
            for (definition, samples) in [(&operation.request, &request), (&operation.response, &response)] {
                assert_verdicts(&oracle, file, definition, samples);
                assert_complete(&family, file, definition, samples);
            }
            assert_ended(&family, file, operation, &response);
        }
    }
}

#[test]
fn each_construct_is_sampled() {
    let (family, sources) = hand::family();
    let (file, operation) = family.operations().next().unwrap();
    let samples = sample::request(&family, file, operation);
    assert_verdicts(&Oracle::of(&sources), file, &operation.request, &samples);
    assert_complete(&family, file, &operation.request, &samples);
    assert_broken(&samples);
    assert_kept(&samples);
}

fn assert_broken(samples: &Samples) {
    let broken: Vec<_> = samples.invalid.iter().map(|it| (it.name.as_str(), it.rule.as_str(), it.in_schema)).collect();
    for (name, rule, in_schema) in [
        ("the message: none of `byId` and `byMail`", "exactly one of `byId` and `byMail` is required", true),
        ("the message: both `byId` and `byMail`", "exactly one of `byId` and `byMail` is required", true),
        (
            "the message: none of `phone` and `fax`, though `color` is `green`",
            "at least one of `phone` and `fax` is required if `color` is `red` or `green`",
            true,
        ),
        ("/fax: there, though `byMail` is there", "not allowed if `byMail` is there", true),
        ("/price: missing, though `hasTip` is `true`", "required if `hasTip` is `true`", true),
        ("/tip: there, though `hasTip` is not there", "not allowed if `hasTip` is not there", true),
        (
            "/price/note: null, though `price.unit` is `EUR` and `color` is there",
            "required if `price.unit` is `EUR` and `color` is there",
            true,
        ),
        (
            "/tip/note: there, though `price.unit` is `EUR` and `color` is there",
            "not allowed if `price.unit` is `EUR` and `color` is there",
            true,
        ),
        ("/goods/0/serial: missing, though `kind` is `blue`", "required if `kind` is `green` or `blue`", true),
        ("/goods: too few", "1 to 3 elements", true),
        ("/goods: too many", "1 to 3 elements", true),
        ("/shelves/0: too many", "at most 2 elements", true),
        ("/tags/0: null", "a text", true),
        ("/count: above the range", "a whole number from 1 to 10", true),
        ("/count: a bare number", "a text", true),
        ("/hasTip: a bare boolean", "a text", true),
        ("/from: equal to `until`", "`from` is less than `until`", false),
        ("/from: greater than `until`", "`from` is less than `until`", false),
        ("/tip/units: greater than `price.units`", "`tip.units` is at most `price.units`", false),
        ("/tip/unit: less than `price.unit`", "`tip.unit` equals `price.unit`", false),
        ("/count: equal to `least`", "`count` differs from `least`", false),
    ] {
        assert!(broken.contains(&(name, rule, in_schema)), "{name} ({rule}) is not among {broken:#?}");
    }
    assert_eq!(broken.iter().filter(|(_, _, in_schema)| !in_schema).count(), 6);
}

fn assert_kept(samples: &Samples) {
    let valid: Vec<_> = samples.valid.iter().map(|it| it.name.as_str()).collect();
    for name in [
        "all members",
        "required members only",
        "/byMail is there",
        "as short as can be",
        "as long as can be",
        "`null` for each absent member",
        "an unknown member",
        "/count is `1`",
        "/hasTip is `false`",
        "/goods/0/kind is `blue`",
        "only `fax` of `phone` and `fax` if `color` is `green`",
        "/tip/units: less than `price.units`",
    ] {
        assert!(valid.contains(&name), "{name} is not among {valid:#?}");
    }
    // A condition on a member further down asks for nothing, and holds for nothing, where the object around it is not.
    for name in ["/color is `blue`", "/least is there"] {
        let case = samples.valid.iter().find(|it| it.name == name).unwrap();
        assert!(case.message.get("price").is_none(), "{name}: {}", case.message);
    }
}

/// The request of a family after a change to its file.
fn changed(mut family: ServiceModel, change: impl FnOnce(&mut File)) -> Samples {
    change(family.files.iter_mut().find(|file| file.operation.is_some()).unwrap());
    let (file, operation) = family.operations().next().unwrap();
    sample::request(&family, file, operation)
}

#[test]
fn what_can_not_be_is_not_made() {
    let samples = changed(lowered(&fixture("optional_members")), |file| {
        let request = file.objects.iter_mut().find(|object| object.name == "AskRequest").unwrap();
        let optional = request.members.iter().find(|member| !member.required).unwrap().wire.clone();
        let names = [optional.as_str()];
        request.rules = [true, false].map(|given| hand::when(&[], hand::members_of(&[(&names, given)]))).into();
    });
    assert!(samples.valid.is_empty() && samples.invalid.is_empty(), "{samples:?}");
}

#[test]
fn a_limit_that_nobody_reaches_is_not_shown() {
    let samples = changed(hand::family().0, |file| {
        for scalar in &mut file.scalars {
            if let ScalarKind::Text { max, .. } = &mut scalar.kind {
                *max = usize::MAX;
            }
        }
        file.lists.iter_mut().for_each(|list| list.max = Some(usize::MAX));
    });
    assert!(samples.valid.iter().any(|it| it.name == "all members"));
    let names: Vec<_> = samples.invalid.iter().map(|it| it.name.as_str()).collect();
    assert!(names.iter().any(|name| name.contains("too short")), "{names:?}");
    assert!(!names.iter().any(|name| name.contains("too long") || name.contains("too many")), "{names:?}");
}
