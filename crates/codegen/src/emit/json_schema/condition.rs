//! Conditions as `if` and `then`.

use crate::emit::json::{Json, Map};
use crate::ir::{Coded, Condition, Obligation, Predicate, Presence};

/// A place and its value.
type Leaf<'a> = (&'a [String], &'a Predicate);

/// The objects on the way to a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// They have to be there: a premise would hold where nothing is.
    Needed,
    /// Where one is missing, nothing is asked.
    Free,
}

/// If all tests hold, the obligation applies.
pub(super) fn when(tests: &[Condition], then: &Obligation) -> Map {
    let leaves: Vec<Leaf<'_>> = tests.iter().map(|test| (&*test.path, &test.is)).collect();
    if leaves.is_empty() {
        return demand(then);
    }
    Map::new().with("if", nested(&leaves, Way::Needed)).with("then", demand(then))
}

/// Returns which statuses there are, unless all, and which goes with which code: one condition for each status word that
/// has codes.
pub(super) fn agreement(coded: &Coded) -> Vec<Map> {
    let (code, status) = (&coded.template.code.0, &coded.template.status.0);
    let codes_of =
        |rust: &str| coded.rows.iter().filter(|row| row.status == rust).map(|row| row.wire.clone()).collect();
    let words = coded.template.words.iter();
    let listed = Map::new().with("enum", words.clone().map(|word| &word.wire).collect::<Json>());
    let fewer = Map::new().with("properties", Map::new().with(status, listed));
    let conditions = words
        .map(|word| (word, codes_of(&word.rust)))
        .filter(|(_, codes): &(_, Vec<String>)| !codes.is_empty())
        .map(|(word, codes)| {
            let premise = nested(&[(std::slice::from_ref(code), &Predicate::OneOf(codes))], Way::Needed);
            let word = Map::new().with("const", &word.wire);
            Map::new().with("if", premise).with("then", Map::new().with("properties", Map::new().with(status, word)))
        });
    (!coded.excluded.is_empty()).then_some(fewer).into_iter().chain(conditions).collect()
}

fn demand(demand: &Obligation) -> Map {
    let given = |name: &String| nested(&[(std::slice::from_ref(name), &Predicate::Present)], Way::Free);
    match demand {
        Obligation::Members(all) => {
            let leaves: Vec<Leaf<'_>> = all.iter().map(|it| (&*it.path, presence(it))).collect();
            nested(&leaves, Way::Free)
        }
        Obligation::AtLeastOne(names) => Map::new().with("anyOf", names.iter().map(given).collect::<Json>()),
        Obligation::ExactlyOne(names) => Map::new().with("oneOf", names.iter().map(given).collect::<Json>()),
    }
}

fn presence(presence: &Presence) -> &'static Predicate {
    if presence.given { &Predicate::Present } else { &Predicate::Absent }
}

/// Returns an object that has this at these places.
fn nested(leaves: &[Leaf<'_>], way: Way) -> Map {
    let mut names: Vec<&String> = Vec::new();
    for name in leaves.iter().filter_map(|(path, _)| path.first()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut properties = Map::new();
    let mut required = Vec::new();
    for name in names {
        let inside = leaves.iter().filter(|(path, _)| path.first() == Some(name)).map(|(path, is)| (&path[1..], *is));
        let (here, deeper): (Vec<_>, Vec<_>) = inside.partition(|(rest, _)| rest.is_empty());
        let mut all: Vec<Map> = here.iter().map(|(_, is)| test(is)).collect();
        if !deeper.is_empty() {
            // An optional object may be `null`. Without a type, strict validators refuse the schema.
            let free = (way == Way::Free).then(|| vec!["object", "null"]);
            all.push(Map::new().maybe("type", free).and(nested(&deeper, way)));
        }
        if here.iter().any(|(_, is)| **is != Predicate::Absent) || !deeper.is_empty() && way == Way::Needed {
            required.push(name);
        }
        properties = properties.with(name, both(all));
    }
    Map::new()
        .maybe("type", (way == Way::Needed).then_some("object"))
        .with("properties", properties)
        .maybe("required", Some(required).filter(|it| !it.is_empty()))
}

/// Returns all of the schemas hold.
fn both(mut all: Vec<Map>) -> Map {
    match all.pop() {
        Some(only) if all.is_empty() => only,
        last => Map::new().with("allOf", all.into_iter().chain(last).collect::<Json>()),
    }
}

fn test(is: &Predicate) -> Map {
    let null = || Map::new().with("type", "null");
    match is {
        Predicate::OneOf(words) => match words.as_slice() {
            [word] => Map::new().with("const", word),
            words => Map::new().with("enum", words.iter().collect::<Json>()),
        },
        Predicate::Present => Map::new().with("not", null()),
        Predicate::Absent => null(),
    }
}
