//! A message as it came, before anything is known of it: text that is JSON, borrowed where it can be.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::violation::Found;

/// How deep objects and arrays may nest.
pub(crate) const MAX_DEPTH: usize = 32;
/// What the two faults that `serde_json` does not look for are called on their way through its error.
pub(crate) const DUPLICATE: &str = "a member stands twice in one object";
pub(crate) const TOO_DEEP: &str = "nested too deeply";
/// How `serde_json` hands over a number when any crate of the program turns its feature `arbitrary_precision` on: as an
/// object of this one member. A peer that writes the name gains nothing: no member of a message is a number.
const NUMBER: &str = "$serde_json::private::Number";
/// From this many members on, names are compared by a set: before, a walk is faster and needs no memory.
const MANY: usize = 16;

#[derive(Debug)]
pub(crate) enum Node<'a> {
    Null,
    Boolean,
    Number,
    Text(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl<'a> Node<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&Node<'a>> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Node<'a>> {
        let Self::Object(members) = self else { return None };
        members.iter_mut().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Removes a member of an object.
    pub(crate) fn remove(&mut self, name: &str) {
        if let Self::Object(members) = self {
            members.retain(|(key, _)| key != name);
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn found(&self) -> Found {
        match self {
            Self::Null => Found::Null,
            Self::Boolean => Found::Boolean,
            Self::Number => Found::Number,
            Self::Text(_) => Found::Text,
            Self::Array(_) => Found::Array,
            Self::Object(_) => Found::Object,
        }
    }

    pub(crate) fn found_in(value: Option<&Self>) -> Found {
        value.map_or(Found::Nothing, Self::found)
    }
}

/// Reads the JSON of a whole text.
///
/// # Errors
/// Those of `serde_json`, and a name that stands twice or nesting that is too deep, by their texts.
pub(crate) fn parse(bytes: &[u8]) -> serde_json::Result<Node<'_>> {
    // UTF-8 is checked once for all texts in it. Where it is not, the reader of bytes says where.
    match str::from_utf8(bytes) {
        Ok(text) => whole(serde_json::Deserializer::from_str(text)),
        Err(_) => whole(serde_json::Deserializer::from_slice(bytes)),
    }
}

fn whole<'a>(mut json: serde_json::Deserializer<impl serde_json::de::Read<'a>>) -> serde_json::Result<Node<'a>> {
    let root = NodeSeed { depth: 0 }.deserialize(&mut json)?;
    json.end()?;
    Ok(root)
}

/// Reads any JSON, at most `MAX_DEPTH` deep, and refuses a name that an object has twice.
#[derive(Clone, Copy)]
struct NodeSeed {
    depth: usize,
}

impl NodeSeed {
    /// For what stands inside. Empty ones count as well, so it is asked on the way in.
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth < MAX_DEPTH { Ok(Self { depth: self.depth + 1 }) } else { Err(E::custom(TOO_DEEP)) }
    }
}

impl<'de> DeserializeSeed<'de> for NodeSeed {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NodeSeed {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node<'de>, E> {
        Ok(Node::Boolean)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node<'de>, E> {
        Ok(Node::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node<'de>, E> {
        Ok(Node::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node<'de>, E> {
        Ok(Node::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Node<'de>, A::Error> {
        let inside = self.deeper()?;
        let mut all = Vec::new();
        while let Some(element) = elements.next_element_seed(inside)? {
            all.push(element);
        }
        Ok(Node::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node<'de>, A::Error> {
        let inside = self.deeper()?;
        // The message itself has many members; room for as many in each object would let a small body take much memory.
        let room = if self.depth == 0 { MANY } else { 0 };
        let mut members: Vec<(Cow<'de, str>, Node<'de>)> = Vec::with_capacity(room);
        let mut names = HashSet::new();
        while let Some(name) = entries.next_key_seed(NameSeed)? {
            if members.len() == MANY {
                names.extend(members.iter().map(|(name, _)| name.clone()));
            }
            let again = if members.len() < MANY {
                members.iter().any(|(known, _)| *known == name)
            } else {
                !names.insert(name.clone())
            };
            if again {
                return Err(de::Error::custom(DUPLICATE));
            }
            members.push((name, entries.next_value_seed(inside)?));
        }
        match members.as_slice() {
            [(name, Node::Text(_))] if name == NUMBER => Ok(Node::Number),
            _ => Ok(Node::Object(members)),
        }
    }
}

/// Reads a member's name, borrowed where it can be.
struct NameSeed;

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for NameSeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }
}

/// Why a node does not become its type. What is wrong, and where, says the check: it and the types follow the same
/// schema, and a test holds them together.
#[derive(Debug)]
pub(crate) struct Mistyped;

impl fmt::Display for Mistyped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the message does not fit its type")
    }
}

impl std::error::Error for Mistyped {}

impl de::Error for Mistyped {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Mistyped;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistyped> {
        match self {
            // The values of numbers and booleans are not kept: no member has them.
            Self::Null | Self::Boolean | Self::Number => visitor.visit_unit(),
            Self::Text(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Self::Text(Cow::Owned(text)) => visitor.visit_string(text),
            Self::Array(elements) => visitor.visit_seq(SeqDeserializer::new(elements.into_iter())),
            Self::Object(members) => visitor.visit_map(MapDeserializer::new(members.into_iter())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistyped> {
        match self {
            Self::Null => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    /// An object is never written as an array, which derived types would take for one.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistyped> {
        match self {
            Self::Object(members) => visitor.visit_map(MapDeserializer::new(members.into_iter())),
            _ => Err(Mistyped),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistyped> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq
        tuple tuple_struct map enum identifier
    }
}

impl<'de> IntoDeserializer<'de, Mistyped> for Node<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_bytes_are_no_utf_8_is_told() {
        let error = parse(b"{\"a\":\n\"\xff\"}").unwrap_err();
        assert_eq!((error.line(), error.column()), (2, 2));
    }

    #[test]
    fn a_number_that_comes_as_an_object_is_a_number() {
        let text = format!(r#"{{"a":{{"{NUMBER}":"1"}},"b":{{"{NUMBER}":"1","c":[]}}}}"#);
        let root = parse(text.as_bytes()).unwrap();
        assert_eq!(root.get("a").map(Node::found), Some(Found::Number));
        assert_eq!(root.get("b").map(Node::found), Some(Found::Object));
    }
}
