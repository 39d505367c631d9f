//! Small changes of a message: most break a rule, some do not.

use fastrand::Rng;
use serde_json::{Value, json};

use super::super::base::UNKNOWN;
use crate::change::one_of;

/// The replacement of a value; `None` removes the member.
type Change = fn(&Value, &mut Rng) -> Option<Value>;

/// Every kind of change.
pub(super) const KINDS: &[(&str, Change)] = &[
    ("removed", |_, _| None),
    ("null", |_, _| Some(Value::Null)),
    ("empty", |_, _| Some(json!(""))),
    ("another type", |_, rng| {
        Some(one_of(rng, &[json!(true), json!(7), json!(-0.5), json!([]), json!({}), json!(["S"])]))
    }),
    ("the array of its values", |value, _| Some(value.as_object()?.values().cloned().collect())),
    ("nested", |value, _| Some(json!({ "value": value }))),
    ("a length about a limit", |_, rng| {
        let limit = [1_usize, 16, 32, 64, 128, 256, 20_000][rng.usize(..7)];
        let character = ["a", "é", "界", "\u{1f4b6}", "\0"][rng.usize(..5)];
        Some(character.repeat(limit + rng.usize(..2)).into())
    }),
    ("one character longer", |value, _| Some(format!("{}x", value.as_str()?).into())),
    ("any text", |_, rng| Some((0..rng.usize(1..12)).map(|_| rng.char(..)).collect::<String>().into())),
    ("a code or a status", |_, rng| Some(text(rng, CODES))),
    ("a date", |_, rng| Some(text(rng, DATES))),
    ("an amount", |_, rng| Some(text(rng, AMOUNTS))),
    ("a currency", |_, rng| {
        Some(text(rng, &["JPY", "KRW", "CNY", "XXX", "ZZZ", "jpy", "JPYY", "JP", "J1Y", "ＪＰＹ"]))
    }),
    ("in the other case", |value, _| {
        let text = value.as_str()?;
        Some(if text.chars().any(char::is_lowercase) { text.to_uppercase() } else { text.to_lowercase() }.into())
    }),
    ("white space around", |value, rng| {
        let text = value.as_str()?;
        Some([format!(" {text}"), format!("{text} "), format!("{text}\n")][rng.usize(..3)].clone().into())
    }),
    ("an unknown member", |value, rng| {
        let mut members = value.as_object()?.clone();
        members
            .insert(format!("{UNKNOWN}{}", rng.u8(..3)), one_of(rng, &[json!(1e300), json!(null), json!({"a": [1]})]));
        Some(members.into())
    }),
];

const CODES: &[&str] = &[
    "S",
    "F",
    "U",
    "s",
    "X",
    "SUCCESS",
    "PROCESS_FAIL",
    "ORDER_NOT_EXIST",
    "UNKNOWN_EXCEPTION",
    "PARAM_ILLEGAL",
    "PAYMENT_IN_PROCESS",
    "ORDER_IS_CLOSED",
    "USER_BALANCE_NOT_ENOUGH",
    "REQUEST_TRAFFIC_EXCEED_LIMIT",
    "NEW_CODE",
];

const DATES: &[&str] = &[
    "2019-11-27T12:01:01+08:00",
    "2019-11-27T12:01:01Z",
    "2019-11-27T12:01:01.123456789-23:59",
    "0001-01-01T00:00:00Z",
    "2020-02-29T00:00:00Z",
    "2021-02-29T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "2019-11-27 12:01:01Z",
    "2019-11-27T12:01:60Z",
    "2019-11-27T24:00:00Z",
    "2019-11-27T12:01:01",
    "2019-11-27t12:01:01Z",
    "2019-11-27T12:01:01z",
    "2019-13-01T00:00:00Z",
    "2019-11-31T00:00:00Z",
    "2019-11-27T12:01:01.Z",
    "2019-11-27T12:01:01.1234567890Z",
    "2019-11-27T12:01:01+24:00",
    "2019-11-27T12:01Z",
    "+2019-11-27T12:01:01Z",
    "1900-02-29T00:00:00Z",
    "2000-02-29T23:59:59-00:00",
];

const AMOUNTS: &[&str] = &[
    "0",
    "1",
    "100",
    "9999999999999999999999999999",
    "10000000000000000000000000000",
    "-1",
    "+1",
    "01",
    "00",
    "1.0",
    "1e2",
    " 1",
    "",
    "１",
    "0x10",
    "1,000",
];

/// Makes one change at a random place; returns false if the value there cannot be changed so.
pub(super) fn apply(kind: usize, message: &mut Value, rng: &mut Rng) -> bool {
    let mut places = Vec::new();
    collect(message, String::new(), &mut places);
    let place = &places[rng.usize(..places.len())];
    let Some(value) = message.pointer_mut(place) else { return false };
    let changed = (KINDS[kind].1)(value, rng);
    match (place.rsplit_once('/'), changed) {
        (_, Some(changed)) => *value = changed,
        (Some((parent, name)), None) if kind == 0 => {
            if let Some(Value::Object(members)) = message.pointer_mut(parent) {
                members.remove(name);
            }
        }
        _ => return false,
    }
    true
}

/// Collects the pointers of all objects and members.
fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    if let Value::Object(members) = value {
        for (name, value) in members {
            collect(value, format!("{place}/{name}"), places);
        }
    }
    places.push(place);
}

fn text(rng: &mut Rng, texts: &[&str]) -> Value {
    texts[rng.usize(..texts.len())].into()
}

/// Writes the message with the members of each object in random order.
pub(super) fn shuffled(value: &Value, rng: &mut Rng) -> String {
    let Value::Object(members) = value else { return value.to_string() };
    let mut members: Vec<_> = members.iter().collect();
    rng.shuffle(&mut members);
    let members = members.into_iter().map(|(name, value)| format!("{}:{}", json!(name), shuffled(value, rng)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}
