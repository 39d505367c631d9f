//! Faults of messages, derived from the places of their schema.

use serde_json::{Value, json};

use crate::places::Place;

/// A change of a message: a value for a place, or its removal.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) pointer: String,
    pub(crate) what: &'static str,
    value: Option<Value>,
}

impl Fault {
    /// Applies the change; returns `false` if the message has no object or list that contains the place.
    pub(crate) fn apply(&self, message: &mut Value) -> bool {
        put(message, &self.pointer, self.value.clone())
    }
}

/// Sets the value at a pointer, or removes it for `None`. Returns `false` if no object or list contains the place.
pub(crate) fn put(message: &mut Value, pointer: &str, value: Option<Value>) -> bool {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match (message.pointer_mut(parent), value) {
        (Some(Value::Object(members)), Some(value)) => drop(members.insert(name.to_owned(), value)),
        (Some(Value::Object(members)), None) => drop(members.remove(name)),
        (Some(Value::Array(elements)), value) => {
            let Some(n) = name.parse().ok().filter(|n| *n < elements.len()) else { return false };
            match value {
                Some(value) => elements[n] = value,
                None => drop(elements.remove(n)),
            }
        }
        _ => return false,
    }
    true
}

/// Returns every kind of fault for every place.
pub(crate) fn faults(places: &[Place], base: &Value) -> Vec<Fault> {
    places.iter().flat_map(|place| faults_of(place, base)).collect()
}

fn faults_of(place: &Place, base: &Value) -> Vec<Fault> {
    let mut all = Vec::new();
    let mut add = |what, value: Option<Value>| all.push(Fault { pointer: place.pointer.clone(), what, value });
    add("removed", None);
    add("null", Some(Value::Null));
    add("empty", Some(json!("")));
    add("a boolean", Some(json!(true)));
    add("an integer", Some(json!(20)));
    add("a fraction", Some(json!(-0.5)));
    add("an array", Some(json!(["S"])));
    if place.is_object() {
        add("a text", Some(json!("S")));
        add("an empty object", Some(json!({})));
        return all;
    }
    add("an object", Some(json!({ "value": "1" })));
    let number = |name| place.keywords.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    if let Some(elements) = base.pointer(&place.pointer).and_then(Value::as_array) {
        let first = elements.first().cloned().unwrap_or_else(|| json!("S"));
        let times = |n: usize| Some(Value::from(vec![first.clone(); n]));
        add("no element", times(0));
        add("the first element twice", times(2));
        add("one element too many", times(number("maxItems").unwrap_or(50) + 1));
        add("a list in it", Some(json!([[first]])));
        add("null in it", Some(json!([null])));
        return all;
    }
    if let Some(max) = number("maxLength") {
        add("one character too long", Some("界".repeat(max + 1).into()));
        add("as long as can be", Some("界".repeat(max).into()));
    }
    if let Some(min) = number("minLength").filter(|min| *min > 1) {
        add("one character too short", Some("界".repeat(min - 1).into()));
    }
    if place.keywords.contains_key("pattern") {
        let good = base.pointer(&place.pointer).and_then(Value::as_str).unwrap_or("0");
        add("of another form", Some(json!("?")));
        add("a space before", Some(format!(" {good}").into()));
        add("a line feed behind", Some(format!("{good}\n").into()));
        add("in small letters", Some(format!("{}z", good.to_lowercase()).into()));
    }
    if let Some(range) = place.keywords.get("x-range") {
        for text in ["0", "01", "+1", "-1", "1.0", "1e1", "18446744073709551617"] {
            add("a number", Some(json!(text)));
        }
        for end in range.as_array().unwrap() {
            let end = end.as_i64().unwrap();
            (end - 1..=end + 1).for_each(|number| add("an end of its range", Some(number.to_string().into())));
        }
    }
    if place.keywords.get("format").is_some_and(|format| format == "date-time") {
        add("a day that is not", Some(json!("2021-02-29T00:00:00Z")));
        add("a second that is not", Some(json!("1999-12-31T23:59:60Z")));
        add("an early moment", Some(json!("1999-12-31T23:59:59.999999999-23:59")));
    }
    if let Some(words) = place.keywords.get("enum").and_then(Value::as_array) {
        add("a word of no list", Some(json!("X")));
        // With a code of the table, every status but one is wrong.
        for word in words {
            add("a word", Some(word.clone()));
        }
        let word = words[0].as_str().unwrap();
        add("in capitals", Some(word.to_uppercase().into()));
        add("in small letters", Some(word.to_lowercase().into()));
    }
    if place.keywords.get("x-scalar").is_some_and(|scalar| scalar == "code") {
        let mut statuses: Vec<&str> = place.table.iter().map(|(_, status)| status.as_str()).collect();
        statuses.dedup();
        for status in statuses {
            let (code, _) = place.table.iter().find(|(_, of)| of == status).unwrap();
            add("a code", Some(json!(code)));
        }
        add("a code of no table", Some(json!("NEW_CODE")));
    }
    all
}
