//! Definitions of every kind, made by hand in the intermediate form and in JSON Schema.

use std::collections::BTreeSet;

use alipayplus_codegen::diff::change::Change;
use alipayplus_codegen::diff::diff;
use alipayplus_codegen::diff::read::{Schemas, lowered};
use alipayplus_codegen::ir::{
    Compare, Comparison, File, List, Member, Object, Rule, Scalar, ScalarKind, ServiceModel, Type, TypeKind, Word,
};
use alipayplus_tests::fixture;
use serde_json::{Value, json};

use crate::validator::seen;
use crate::verdicts::tokens;

/// A definition that a request and a response have as a member.
#[derive(Clone, Copy, Debug)]
enum Made {
    Text(usize, usize),
    Words(&'static [&'static str]),
    Integer(u64, u64),
    Boolean,
    /// Of texts of one character or, the latter, of numbers.
    List(usize, Option<usize>),
    Numbers(usize, Option<usize>),
}

use Made::{Boolean, Integer, Numbers, Text, Words};

impl Made {
    fn in_json(self) -> Value {
        match self {
            Text(min, max) => json!({ "type": "string", "minLength": min, "maxLength": max }),
            Words(words) => json!({ "type": "string", "enum": words }),
            Integer(min, max) => json!({ "type": "string", "pattern": pattern(min, max) }),
            Boolean => json!({ "type": "string", "enum": ["true", "false"] }),
            Self::List(min, max) | Numbers(min, max) => {
                let item = if matches!(self, Numbers(..)) { "Number" } else { "Letter" };
                let mut list =
                    json!({ "type": "array", "items": { "$ref": format!("#/$defs/{item}") }, "minItems": min });
                if let Some(max) = max {
                    list["maxItems"] = max.into();
                }
                list
            }
        }
    }

    fn add(self, file: &mut File) -> Type {
        match self {
            Text(min, max) => scalar(file, "It", ScalarKind::Text { min, max, pairs: false }),
            Words(words) => {
                let word = |wire: &&str| Word { rust: (*wire).into(), wire: (*wire).into(), meaning: None };
                scalar(file, "It", ScalarKind::Words(words.iter().map(word).collect()))
            }
            Integer(min, max) => scalar(file, "It", ScalarKind::Integer { min, max, pattern: pattern(min, max) }),
            Boolean => scalar(file, "It", ScalarKind::Boolean),
            Self::List(min, max) | Numbers(min, max) => {
                let item = if matches!(self, Numbers(..)) { "Number" } else { "Letter" };
                let item = ty(file, item, TypeKind::Scalar);
                file.lists.push(List { name: "It".into(), rust: "It".into(), doc: "It.".into(), item, min, max });
                ty(file, "It", TypeKind::List)
            }
        }
    }
}

fn pattern(min: u64, max: u64) -> String {
    format!("^({})$", (min..=max).map(|number| number.to_string()).collect::<Vec<_>>().join("|"))
}

fn ty(file: &File, name: &str, kind: TypeKind) -> Type {
    Type { file: file.index, name: name.into(), rust: name.into(), kind }
}

fn scalar(file: &mut File, name: &str, kind: ScalarKind) -> Type {
    let scalar = Scalar { name: name.into(), rust: name.into(), doc: "It.".into(), kind, sensitive: false };
    file.scalars.push(scalar);
    ty(file, name, TypeKind::Scalar)
}

fn member(wire: &str, ty: Type) -> Member {
    Member { wire: wire.into(), rust: wire.into(), doc: "It.".into(), limits: None, required: false, default: None, ty }
}

/// The file with the operation.
fn ask(family: &mut ServiceModel) -> &mut File {
    family.files.iter_mut().find(|file| file.operation.is_some()).unwrap()
}

fn object<'a>(file: &'a mut File, name: &str) -> &'a mut Object {
    file.objects.iter_mut().find(|object| object.name == name).unwrap()
}

/// A fixture whose two messages have the member `it`.
fn with(made: Made) -> Schemas {
    let mut schemas = lowered("it", fixture("result_only")).unwrap();
    let file = ask(&mut schemas.family);
    let (letter, number) = (Text(1, 1), Integer(1, 3));
    scalar(file, "Letter", ScalarKind::Text { min: 1, max: 1, pairs: false });
    scalar(file, "Number", ScalarKind::Integer { min: 1, max: 3, pattern: pattern(1, 3) });
    let it = made.add(file);
    let source = &mut schemas.sources[file.index];
    let mut schema: Value = serde_json::from_str(&source.text).unwrap();
    for (name, made) in [("Letter", letter), ("Number", number), ("It", made)] {
        schema["$defs"][name] = made.in_json();
    }
    for name in ["AskRequest", "AskResponse"] {
        object(file, name).members.push(member("it", it.clone()));
        schema["$defs"][name]["properties"]["it"] = json!({ "anyOf": [{ "$ref": "#/$defs/It" }, { "type": "null" }] });
    }
    source.text = schema.to_string();
    schemas
}

const NARROWER: &str = "client/requests server/responses";
const WIDER: &str = "server/requests client/responses";
const NEITHER: &str = "server/requests server/responses client/requests client/responses";

/// OLD, NEW, who breaks, and whether Rust source does.
const KINDS: &[(Made, Made, &str, bool)] = &[
    (Integer(1, 10), Integer(1, 9), NARROWER, false),
    (Integer(1, 10), Integer(0, 10), WIDER, false),
    (Integer(1, 10), Integer(2, 11), NEITHER, false),
    (Integer(1, 10), Text(1, 2), WIDER, true),
    (Integer(1, 10), Text(1, 1), NEITHER, true),
    (Integer(1, 3), Words(&["1", "2", "3"]), "", true),
    (Words(&["1", "2", "three"]), Integer(1, 3), NEITHER, true),
    (Boolean, Words(&["true", "false"]), "", true),
    (Boolean, Words(&["true", "false", "perhaps"]), WIDER, true),
    (Boolean, Integer(0, 1), NEITHER, true),
    (Text(4, 5), Boolean, NARROWER, true),
    (Made::List(1, Some(3)), Made::List(2, Some(3)), NARROWER, false),
    (Made::List(1, Some(3)), Made::List(0, Some(3)), WIDER, false),
    (Made::List(1, Some(3)), Made::List(1, Some(2)), NARROWER, false),
    (Made::List(1, Some(3)), Made::List(1, Some(4)), WIDER, false),
    (Made::List(1, Some(3)), Made::List(1, None), WIDER, false),
    (Made::List(1, None), Made::List(1, Some(2)), NARROWER, false),
    (Made::List(1, Some(3)), Numbers(1, Some(3)), NARROWER, true),
    (Numbers(1, Some(3)), Made::List(1, Some(3)), WIDER, true),
    (Made::List(1, Some(3)), Text(1, 3), NEITHER, true),
    (Text(1, 3), Made::List(1, Some(3)), NEITHER, true),
];

#[test]
fn what_a_kind_allows_and_another_does_not() {
    for (old, new, wire, source) in KINDS {
        let (before, after) = (with(*old), with(*new));
        let changes = diff(&before.family, &after.family);
        let expected = wire.split(' ').filter(|word| !word.is_empty()).chain(source.then_some("source"));
        let expected: BTreeSet<_> = expected.map(str::to_owned).collect();
        assert_eq!(tokens(changes.iter()), expected, "{old:?} to {new:?}: {changes:#?}");

        let broken = seen(&before, &after).broken;
        let seen = broken.into_iter().map(|(verdict, on)| format!("{}/{}", verdict.word(), on.word()));
        let claimed = expected.into_iter().filter(|word| word != "source");
        assert_eq!(seen.collect::<BTreeSet<_>>(), claimed.collect(), "{old:?} to {new:?}: {changes:#?}");
    }
}

/// The changes that one edit of the intermediate form makes, and those that the reverse makes.
fn changes(edit: impl Fn(&mut File)) -> [Vec<Change>; 2] {
    let (old, mut new) = (with(Text(1, 2)), with(Text(1, 2)));
    edit(ask(&mut new.family));
    [diff(&old.family, &new.family), diff(&new.family, &old.family)]
}

fn assert_both(edit: impl Fn(&mut File), there: &str, back: &str) {
    let [found, reverse] = changes(edit);
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(tokens(found.iter()), words(there), "{found:#?}");
    assert_eq!(tokens(reverse.iter()), words(back), "{reverse:#?}");
}

#[test]
fn a_default_is_what_absence_means() {
    let both = "client/requests server/requests";
    let default = |file: &mut File| object(file, "AskRequest").members.last_mut().unwrap().default = Some("1".into());
    assert_both(default, both, &format!("{both} source"));
    let [there, back] = changes(default);
    assert_eq!(there[0].place.pointer, "/$defs/AskRequest/properties/it/default");
    assert_eq!(
        there[0].effects[0].why,
        "a client built on OLD leaves `it` out and means nothing; a server on NEW takes it for `1`"
    );
    assert_eq!(
        back[0].effects[0].why,
        "a client built on OLD leaves `it` out and means `1`; a server on NEW takes it for nothing"
    );
}

#[test]
fn what_makes_two_requests_the_same_one_is_known_to_both() {
    let by = |file: &mut File| file.operation.as_mut().unwrap().idempotent_by = Some("it".into());
    assert_both(by, "client server", "client server source");
    assert_eq!(changes(by)[0][0].place.pointer, "/x-operation/idempotentBy");
}

#[test]
fn another_name_in_rust_is_no_other_on_the_wire() {
    let member = |file: &mut File| object(file, "AskRequest").members.last_mut().unwrap().rust = "that".into();
    assert_both(member, "source", "source");
    assert_eq!(changes(member)[0][0].effects[0].why, "the field `it` is called `that`");

    let (mut old, mut new) = (with(Words(&["s", "S"])), with(Words(&["s", "S"])));
    let word = ask(&mut new.family).scalars.iter_mut().find(|it| it.name == "It").unwrap();
    if let ScalarKind::Words(words) = &mut word.kind {
        words[1].rust = "VerySmall".into();
    }
    let changes = diff(&old.family, &new.family);
    assert_eq!((tokens(changes.iter()), changes.len()), (BTreeSet::from(["source".into()]), 1), "{changes:#?}");
    assert_eq!(changes[0].effects[0].why, "the variant `S` is called `VerySmall`");

    let row = |schemas: &mut Schemas, rust: &str| {
        let mut objects = schemas.family.files.iter_mut().flat_map(|file| &mut file.objects);
        let table = objects.find_map(|object| object.coded.as_mut()).unwrap();
        table.rows[0].rust = rust.into();
    };
    new = with(Words(&["s", "S"]));
    row(&mut old, "Done");
    row(&mut new, "Finished");
    let changes = diff(&old.family, &new.family);
    assert_eq!((tokens(changes.iter()), changes.len()), (BTreeSet::from(["source".into()]), 1), "{changes:#?}");
    assert_eq!(changes[0].effects[0].why, "the variant `Done` is called `Finished`");
}

/// Comparisons of `left` and `right` in the request.
fn compared(all: &'static [(&str, Comparison, &str)]) -> impl Fn(&mut File) {
    move |file| {
        let compares = |(left, is, right): &(&str, Comparison, &str)| {
            let ty = ty(file, "It", TypeKind::Scalar);
            Rule::Compare(Compare { left: vec![(*left).into()], is: *is, right: vec![(*right).into()], ty })
        };
        let rules: Vec<_> = all.iter().map(compares).collect();
        object(file, "AskRequest").rules = rules;
    }
}

#[test]
fn a_comparison_breaks_the_sides_that_it_restricts() {
    use Comparison::{AtMost, Different, Equal, Less};
    let cases: &[(&[_], &[_], &str)] = &[
        (&[], &[("a", AtMost, "b")], "client/requests"),
        (&[("a", AtMost, "b")], &[], "server/requests"),
        (&[("a", AtMost, "b")], &[("a", Less, "b")], "client/requests"),
        (&[("a", AtMost, "b")], &[("a", Equal, "b")], "client/requests"),
        (&[("a", Less, "b")], &[("a", Different, "b")], "server/requests"),
        (&[("a", Less, "b")], &[("a", Equal, "b")], "client/requests server/requests"),
        (&[("a", Less, "b")], &[("b", Less, "a")], "client/requests server/requests"),
        (&[("a", Equal, "b")], &[("b", Equal, "a")], ""),
        (&[("a", AtMost, "b"), ("a", Different, "b")], &[("a", Less, "b")], ""),
        (&[("a", AtMost, "b")], &[("a", AtMost, "b"), ("b", AtMost, "a")], "client/requests"),
    ];
    for (old, new, expected) in cases {
        let (mut before, mut after) = (with(Text(1, 2)), with(Text(1, 2)));
        compared(old)(ask(&mut before.family));
        compared(new)(ask(&mut after.family));
        let changes = diff(&before.family, &after.family);
        let expected: BTreeSet<_> = expected.split(' ').filter(|it| !it.is_empty()).map(str::to_owned).collect();
        assert_eq!(tokens(changes.iter()), expected, "{old:?} to {new:?}: {changes:#?}");
    }
}

#[test]
fn a_definition_outside_of_messages_breaks_no_side() {
    let shorter = |file: &mut File| {
        scalar(file, "Loose", ScalarKind::Text { min: 1, max: 2, pairs: false });
    };
    assert_both(shorter, "minor", "source");
    let (mut old, mut new) = (with(Boolean), with(Boolean));
    scalar(ask(&mut old.family), "Loose", ScalarKind::Text { min: 1, max: 3, pairs: false });
    shorter(ask(&mut new.family));
    assert_eq!(tokens(diff(&old.family, &new.family).iter()), BTreeSet::from(["patch".into()]));
}
