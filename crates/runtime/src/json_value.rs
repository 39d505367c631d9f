//! Untyped JSON values, borrowed from the input where possible.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::violation::JsonType;

/// The largest depth of nested objects and arrays.
pub(crate) const MAX_DEPTH: usize = 32;
/// The messages of the two errors that `serde_json` does not detect; its error type carries them as text.
pub(crate) const DUPLICATE: &str = "duplicate member in one object";
pub(crate) const TOO_DEEP: &str = "nested too deeply";
/// If any crate of the program enables the feature `arbitrary_precision`, `serde_json` passes a number as an object with
/// only this member. A client or server that sends such an object has no advantage: no member of a message is a number.
const NUMBER: &str = "$serde_json::private::Number";
/// Objects with more members use a hash set to find duplicates. Below, a linear search is faster and needs no memory.
const LINEAR_SEARCH_MAX: usize = 16;

#[derive(Debug)]
pub(crate) enum JsonValue<'a> {
    Null,
    Boolean,
    Number,
    Text(Cow<'a, str>),
    Array(Vec<JsonValue<'a>>),
    Object(Vec<(Cow<'a, str>, JsonValue<'a>)>),
}

impl<'a> JsonValue<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&JsonValue<'a>> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut JsonValue<'a>> {
        let Self::Object(members) = self else { return None };
        members.iter_mut().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Removes a member of an object.
    pub(crate) fn remove(&mut self, name: &str) {
        if let Self::Object(members) = self {
            members.retain(|(key, _)| key != name);
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn json_type(&self) -> JsonType {
        match self {
            Self::Null => JsonType::Null,
            Self::Boolean => JsonType::Boolean,
            Self::Number => JsonType::Number,
            Self::Text(_) => JsonType::Text,
            Self::Array(_) => JsonType::Array,
            Self::Object(_) => JsonType::Object,
        }
    }

    /// Copies what is borrowed from the input.
    fn into_owned<'b>(self) -> JsonValue<'b> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Null => JsonValue::Null,
            Self::Boolean => JsonValue::Boolean,
            Self::Number => JsonValue::Number,
            Self::Text(text) => JsonValue::Text(owned(text)),
            Self::Array(elements) => JsonValue::Array(elements.into_iter().map(JsonValue::into_owned).collect()),
            Self::Object(members) => {
                JsonValue::Object(members.into_iter().map(|(name, value)| (owned(name), value.into_owned())).collect())
            }
        }
    }

    pub(crate) fn type_of(value: Option<&Self>) -> JsonType {
        value.map_or(JsonType::Nothing, Self::json_type)
    }
}

/// Parses a text as one JSON value.
///
/// # Errors
/// Returns the errors of `serde_json`, and those of [`DUPLICATE`] members and of values that are nested [`TOO_DEEP`].
pub(crate) fn parse(bytes: &[u8]) -> serde_json::Result<JsonValue<'_>> {
    parse_once(bytes).or_else(|error| {
        // `serde_json` refuses a number beyond f64, which is valid JSON. The values of numbers are not needed.
        if error.is_syntax() { Ok(parse_once(&without_numbers(bytes))?.into_owned()) } else { Err(error) }
    })
}

fn parse_once(bytes: &[u8]) -> serde_json::Result<JsonValue<'_>> {
    // Valid UTF-8 is checked once for the whole text. Otherwise the byte reader reports the position.
    match str::from_utf8(bytes) {
        Ok(text) => parse_all(serde_json::Deserializer::from_str(text)),
        Err(_) => parse_all(serde_json::Deserializer::from_slice(bytes)),
    }
}

/// Replaces each number by a 0 and spaces, so that everything else keeps its position.
fn without_numbers(json: &[u8]) -> Vec<u8> {
    let mut json = json.to_vec();
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        let rest = &json[at..];
        let length = match byte {
            b'"' => string_length(rest),
            b'-' | b'0'..=b'9' => rest.iter().take_while(|byte| is_in_numbers(**byte)).count(),
            _ => 1,
        };
        // The whole run of such characters: `1.-0` must not become the number `1.0`.
        if number_length(&rest[..length]) == Some(length) {
            json[at] = b'0';
            json[at + 1..at + length].fill(b' ');
        }
        at += length;
    }
    json
}

fn is_in_numbers(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')
}

/// Returns the length of the string, with its quotes, that a text begins with.
fn string_length(text: &[u8]) -> usize {
    let mut escaped = true; // the first quote is not the end
    let end = text.iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 1)
}

/// Returns the length of the number that a text begins with.
fn number_length(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        let count = text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then_some(count)
    };
    let mut end = usize::from(text.starts_with(b"-"));
    end += if text.get(end) == Some(&b'0') { 1 } else { digits(end)? };
    if text.get(end) == Some(&b'.') {
        end += 1 + digits(end + 1)?;
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        end += 1 + usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        end += digits(end)?;
    }
    Some(end)
}

fn parse_all<'a>(
    mut json: serde_json::Deserializer<impl serde_json::de::Read<'a>>,
) -> serde_json::Result<JsonValue<'a>> {
    let root = JsonValueSeed { depth: 0 }.deserialize(&mut json)?;
    json.end()?;
    Ok(root)
}

/// Deserializes any JSON value, at most `MAX_DEPTH` levels deep and without duplicate members.
#[derive(Clone, Copy)]
struct JsonValueSeed {
    depth: usize,
}

impl JsonValueSeed {
    /// Returns the seed of nested values. Called before the first of them, so that empty objects and arrays count too.
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth < MAX_DEPTH { Ok(Self { depth: self.depth + 1 }) } else { Err(E::custom(TOO_DEEP)) }
    }
}

impl<'de> DeserializeSeed<'de> for JsonValueSeed {
    type Value = JsonValue<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<JsonValue<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for JsonValueSeed {
    type Value = JsonValue<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<JsonValue<'de>, E> {
        Ok(JsonValue::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<JsonValue<'de>, E> {
        Ok(JsonValue::Boolean)
    }

    fn visit_i64<E>(self, _: i64) -> Result<JsonValue<'de>, E> {
        Ok(JsonValue::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<JsonValue<'de>, E> {
        Ok(JsonValue::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<JsonValue<'de>, E> {
        Ok(JsonValue::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<JsonValue<'de>, E> {
        Ok(JsonValue::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<JsonValue<'de>, E> {
        Ok(JsonValue::Text(Cow::Borrowed(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<JsonValue<'de>, A::Error> {
        let nested = self.deeper()?;
        let mut all = Vec::new();
        while let Some(element) = elements.next_element_seed(nested)? {
            all.push(element);
        }
        Ok(JsonValue::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<JsonValue<'de>, A::Error> {
        if self.depth == MAX_DEPTH {
            return number_in_object(entries).ok_or_else(|| de::Error::custom(TOO_DEEP));
        }
        let nested = self.deeper()?;
        // Only the message itself is expected to have many members. The same capacity for every object would let a small
        // body allocate much memory.
        let capacity = if self.depth == 0 { LINEAR_SEARCH_MAX } else { 0 };
        let mut members: Vec<(Cow<'de, str>, JsonValue<'de>)> = Vec::with_capacity(capacity);
        let mut names = HashSet::new();
        while let Some(name) = entries.next_key_seed(TextSeed)? {
            if members.len() == LINEAR_SEARCH_MAX {
                names.extend(members.iter().map(|(name, _)| name.clone()));
            }
            let is_duplicate = if members.len() < LINEAR_SEARCH_MAX {
                members.iter().any(|(known, _)| *known == name)
            } else {
                !names.insert(name.clone())
            };
            if is_duplicate {
                return Err(de::Error::custom(DUPLICATE));
            }
            members.push((name, entries.next_value_seed(nested)?));
        }
        match members.as_slice() {
            [(name, JsonValue::Text(_))] if name == NUMBER => Ok(JsonValue::Number),
            _ => Ok(JsonValue::Object(members)),
        }
    }
}

/// Returns the number that `serde_json` passed as an object, which is not a level of its own.
fn number_in_object<'de, A: MapAccess<'de>>(mut entries: A) -> Option<JsonValue<'de>> {
    let name = entries.next_key_seed(TextSeed).ok()??;
    let _digits = entries.next_value_seed(TextSeed).ok()?;
    let is_last = entries.next_key_seed(TextSeed).ok()?.is_none();
    (name == NUMBER && is_last).then_some(JsonValue::Number)
}

/// Deserializes a text, such as a member's name, borrowed where possible.
struct TextSeed;

impl<'de> DeserializeSeed<'de> for TextSeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for TextSeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }
}

/// The error of a value that does not match its Rust type. It has no details, since the check reports them: both follow
/// the same schema, and a test compares them.
#[derive(Debug)]
pub(crate) struct TypeMismatch;

impl fmt::Display for TypeMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the message does not match its type")
    }
}

impl std::error::Error for TypeMismatch {}

impl de::Error for TypeMismatch {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for JsonValue<'de> {
    type Error = TypeMismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypeMismatch> {
        match self {
            // The values of numbers and booleans are not kept, since no member has such a type.
            Self::Null | Self::Boolean | Self::Number => visitor.visit_unit(),
            Self::Text(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Self::Text(Cow::Owned(text)) => visitor.visit_string(text),
            Self::Array(elements) => visitor.visit_seq(SeqDeserializer::new(elements.into_iter())),
            Self::Object(members) => visitor.visit_map(MapDeserializer::new(members.into_iter())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypeMismatch> {
        match self {
            Self::Null => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    /// Rejects arrays, which derived types would accept in place of an object.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypeMismatch> {
        match self {
            Self::Object(members) => visitor.visit_map(MapDeserializer::new(members.into_iter())),
            _ => Err(TypeMismatch),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypeMismatch> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq
        tuple tuple_struct map enum identifier
    }
}

impl<'de> IntoDeserializer<'de, TypeMismatch> for JsonValue<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_utf_8_is_reported_with_its_position() {
        let error = parse(b"{\"a\":\n\"\xff\"}").unwrap_err();
        assert_eq!((error.line(), error.column()), (2, 2));
    }

    #[test]
    fn numbers_of_any_size_are_numbers() {
        let long = "9".repeat(400);
        for number in ["0", "-0.5", "1e400", "-1E+400", "1e-400", "1e99999999999999999999", "0.1e400", &long] {
            let text = format!(r#"{{"a":{number},"b":[{number},{{"c":"\\" }}],"d\"1e400":"1e400","e":{number}}}"#);
            let root = parse(text.as_bytes()).unwrap_or_else(|error| panic!("{number}: {error}"));
            let JsonValue::Object(members) = &root else { panic!("{root:?}") };
            let names: Vec<_> = members.iter().map(|(name, _)| &**name).collect();
            assert_eq!(names, ["a", "b", "d\"1e400", "e"], "{number}");
            assert_eq!(root.get("a").map(JsonValue::json_type), Some(JsonType::Number), "{number}");
            assert_eq!(root.get("d\"1e400").and_then(JsonValue::as_str), Some("1e400"), "{number}");
        }
    }

    #[test]
    fn a_large_number_excuses_nothing_else() {
        for rest in [
            "01", "1e", "1.", "-", "1.-0", "1e+-0", "1-1", "1e400x", "1e400 1", ".5", "+1", "\"\\x\"", "\"",
            "tru1e400", "[1e400",
        ] {
            let text = format!("[1e400,\n{rest}]");
            let error = parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.line(), 2, "{rest}: {error}");
        }
        let duplicate = parse(br#"{"a":1e400,"a":1}"#).unwrap_err();
        assert!(duplicate.to_string().starts_with(DUPLICATE), "{duplicate}");
        let invalid = parse(b"[1e400,\n\"\xff\"]").unwrap_err();
        assert!(invalid.line() <= 2, "{invalid}");
    }

    #[test]
    fn a_number_is_no_level_of_nesting() {
        let nested = |value: &str| format!("{}{value}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        for number in ["1", "1.5", "1e400"] {
            assert!(parse(nested(number).as_bytes()).is_ok(), "{number}");
        }
        for deeper in ["[]", "{}", "[1]", r#"{"a":1}"#, &format!(r#"{{"{NUMBER}":{{}}}}"#)] {
            let error = parse(nested(deeper).as_bytes()).unwrap_err();
            assert!(error.to_string().starts_with(TOO_DEEP), "{deeper}: {error}");
        }
    }

    #[test]
    fn a_number_passed_as_an_object_is_a_number() {
        let text = format!(r#"{{"a":{{"{NUMBER}":"1"}},"b":{{"{NUMBER}":"1","c":[]}}}}"#);
        let root = parse(text.as_bytes()).unwrap();
        assert_eq!(root.get("a").map(JsonValue::json_type), Some(JsonType::Number));
        assert_eq!(root.get("b").map(JsonValue::json_type), Some(JsonType::Object));
    }
}
