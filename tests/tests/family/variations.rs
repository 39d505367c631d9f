//! Nearly valid messages, made at random from valid ones.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Value, json};

use crate::faults::{Fault, put};
use crate::files::schema_files;
use crate::places::Place;

/// Texts that are valid in one place and invalid in another.
const TEXTS: &[&str] = &["", "0", "1", "7", "10", "11", "01", "+1", "100", "600", "1000", "TRUE", "true", "false"];
/// Moments, some of which are the same.
const MOMENTS: &[&str] =
    &["2026-03-14T09:26:53+09:00", "2026-03-14T00:26:53Z", "2026-03-14T00:26:53.1Z", "2030-01-01T00:00:00Z"];
/// Names of members that are known in some places.
const NAMES: &[&str] = &["result", "value", "type", "new", "Count", "é"];
/// Numbers of a currency's smallest unit.
const UNITS: &[&str] = &["0", "6", "600", "1250", "1251", "9999999999999999999999999999"];

/// Prices, the last of which are none.
const PRICES: &[&str] = &["6.93", "0.000000000001", "9999999999999999", "1.0", "6.", ".5", "06.9", "1.0000000000001"];
/// Texts of forms, and nearly.
const FORMS: &[&str] =
    &["JP", "DE", "jp", "JPN", "EUR/JPY", "EUR-JPY", "EUR/JP", "0742", "742", "A_B", "A__B", "_A", "JP\n"];

/// A generator of changed messages.
pub(crate) struct Variations<'a> {
    rng: Rng,
    /// Valid messages of one definition.
    bases: &'a [Value],
    /// Every fault of a member.
    faults: &'a [Fault],
    /// Every member.
    places: &'a [Place],
    texts: Vec<String>,
    /// Valid texts of each place that has a pattern.
    forms: BTreeMap<&'a str, Vec<&'static str>>,
}

impl<'a> Variations<'a> {
    /// Returns a generator; equal seeds give equal messages.
    pub(crate) fn new(seed: u64, bases: &'a [Value], faults: &'a [Fault], places: &'a [Place]) -> Self {
        let mut texts = BTreeSet::new();
        for schema in schema_files().values() {
            words(schema, &mut texts);
        }
        texts.extend(TEXTS.iter().chain(MOMENTS).chain(PRICES).chain(FORMS).map(|text| (*text).to_owned()));
        let formed = places.iter().filter(|place| place.keywords.contains_key("pattern"));
        let forms = formed.map(|place| (place.pointer.as_str(), forms_of(place))).collect();
        Self { rng: Rng::with_seed(seed), bases, faults, places, texts: texts.into_iter().collect(), forms }
    }

    /// Returns a message with one to three changes.
    pub(crate) fn next(&mut self) -> Value {
        let mut message = self.rng.choice(self.bases).unwrap().clone();
        for _ in 0..self.rng.usize(1..=3) {
            self.change(&mut message);
        }
        message
    }

    fn change(&mut self, message: &mut Value) {
        let at = self.place(message, |_| true).unwrap();
        let value = message.pointer_mut(&at).unwrap();
        match self.rng.u8(0..20) {
            0 => *value = Value::Null,
            1 => *value = [json!(true), json!(20), json!(-0.5), json!([]), json!({})][self.rng.usize(0..5)].clone(),
            2 | 3 => *value = self.rng.choice(&self.texts).unwrap().as_str().into(),
            4 => *value = json!({ "value": value.take() }),
            5 => *value = json!([value.take()]),
            6 if !at.is_empty() => drop(put(message, &at, None)),
            7 => self.lengthen(message),
            8 => self.swap(message, &at),
            9 => self.borrow(message),
            10 | 11 => self.strange(message, &at),
            12..18 => self.replace(message),
            _ => drop(self.rng.choice(self.faults).is_some_and(|fault| fault.apply(message))),
        }
    }

    /// Adds an unknown member, or a known one in another place.
    fn strange(&mut self, message: &mut Value, at: &str) {
        let name =
            if self.rng.bool() { self.rng.choice(NAMES).unwrap().to_string() } else { self.rng.u16(..).to_string() };
        let value = self.rng.choice(&self.texts).unwrap().as_str().into();
        put(message, &format!("{at}/{name}"), Some(value));
    }

    /// Returns the pointer of a random value.
    fn place(&mut self, message: &Value, of: fn(&Value) -> bool) -> Option<String> {
        let mut places = Vec::new();
        collect(message, "", &mut places);
        places.retain(|place| message.pointer(place).is_some_and(of));
        self.rng.choice(places)
    }

    /// Replaces a value by another valid one, or by a word of a closed set.
    fn replace(&mut self, message: &mut Value) {
        let there = self.places.iter().filter(|place| message.pointer(&place.pointer).is_some_and(Value::is_string));
        let Some(place) = self.rng.choice(there.collect::<Vec<_>>()) else { return };
        let keyword = |name| place.keywords.get(name);
        let text = match keyword("x-scalar").and_then(Value::as_str) {
            Some("datetime") => self.rng.choice(MOMENTS).unwrap().to_string(),
            Some("minorUnits") => self.rng.choice(UNITS).unwrap().to_string(),
            Some("decimal") => self.rng.choice(PRICES).unwrap().to_string(),
            Some("currency") => self.rng.choice(["JPY", "EUR"]).unwrap().to_owned(),
            Some("integer") => {
                let end = |n: usize| keyword("x-range").unwrap()[n].as_u64().unwrap();
                self.rng.u64(end(0)..=end(1)).to_string()
            }
            None if place.keywords.contains_key("pattern") => {
                match self.rng.choice(&self.forms[place.pointer.as_str()]) {
                    Some(text) => text.to_string(),
                    None => return,
                }
            }
            _ => match keyword("enum").and_then(Value::as_array).and_then(|words| self.rng.choice(words)) {
                Some(word) => word.as_str().unwrap().to_owned(),
                None => return,
            },
        };
        put(message, &place.pointer, Some(text.into()));
    }

    /// Makes a text one character longer, or a list longer or shorter.
    fn lengthen(&mut self, message: &mut Value) {
        let Some(at) = self.place(message, |it| it.is_string() || it.is_array()) else { return };
        match message.pointer_mut(&at) {
            Some(Value::String(text)) => text.push('0'),
            Some(Value::Array(elements)) if self.rng.bool() => drop(elements.pop()),
            Some(Value::Array(elements)) => elements.extend(elements.first().cloned()),
            _ => {}
        }
    }

    /// Swaps two values, unless one contains the other.
    fn swap(&mut self, message: &mut Value, one: &str) {
        let Some(other) = self.place(message, |_| true) else { return };
        if one.starts_with(&other) || other.starts_with(one) {
            return;
        }
        let first = message.pointer_mut(one).unwrap().take();
        let second = std::mem::replace(message.pointer_mut(&other).unwrap(), first);
        *message.pointer_mut(one).unwrap() = second;
    }

    /// Copies a member from another message of the definition.
    fn borrow(&mut self, message: &mut Value) {
        let other = self.rng.choice(self.bases).unwrap();
        if let Some(at) = self.place(other, |_| true).filter(|at| !at.is_empty()) {
            put(message, &at, other.pointer(&at).cloned());
        }
    }
}

/// Returns the texts that have the form of a place.
fn forms_of(place: &Place) -> Vec<&'static str> {
    let form = jsonschema::validator_for(&Value::Object(place.keywords.clone())).unwrap();
    FORMS.iter().copied().filter(|text| form.is_valid(&json!(text))).collect()
}

/// Collects the pointers of a message and of all values in it.
fn collect(value: &Value, place: &str, found: &mut Vec<String>) {
    found.push(place.to_owned());
    match value {
        Value::Object(members) => members.iter().for_each(|(name, it)| collect(it, &format!("{place}/{name}"), found)),
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(n, it)| collect(it, &format!("{place}/{n}"), found));
        }
        _ => {}
    }
}

/// Collects the words and codes of a schema.
fn words(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(keywords) => {
            let listed = keywords.get("enum").and_then(Value::as_array).into_iter().flatten();
            found.extend(listed.filter_map(Value::as_str).map(str::to_owned));
            keywords.values().for_each(|inner| words(inner, found));
        }
        Value::Array(elements) => elements.iter().for_each(|inner| words(inner, found)),
        _ => {}
    }
}
