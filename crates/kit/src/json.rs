//! JSON as it was sent: names that occur twice are kept, and so are the kinds of scalars.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as text.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Node>),
    /// The members of an object, in their order.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads JSON. Returns `None` if the bytes are anything else.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Returns the first member of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// Returns what a JSON Pointer without escapes points to, unless it is `null`.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Self> {
        let found = pointer.split('/').skip(1).try_fold(self, |node, name| node.get(name));
        found.filter(|node| **node != Self::Null)
    }

    /// Returns the text that a JSON Pointer points to.
    #[must_use]
    pub fn text_at(&self, pointer: &str) -> Option<&str> {
        match self.at(pointer)? {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Calls a function for each value and the pointer to it, the outermost first.
    pub fn visit<'a>(&'a self, pointer: &str, call: &mut dyn FnMut(&str, &'a Self)) {
        call(pointer, self);
        match self {
            Self::Array(elements) => {
                for (n, node) in elements.iter().enumerate() {
                    node.visit(&format!("{pointer}/{n}"), call);
                }
            }
            Self::Object(members) => {
                for (name, node) in members {
                    node.visit(&format!("{pointer}/{name}"), call);
                }
            }
            _ => {}
        }
    }

    /// Returns the pointers of all values for which `test` is true.
    pub fn pointers(&self, test: impl Fn(&Self) -> bool) -> Vec<String> {
        let mut found = Vec::new();
        self.visit("", &mut |pointer, node| {
            if test(node) {
                found.push(pointer.to_owned());
            }
        });
        found
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyNode)
    }
}

struct AnyNode;

impl<'de> Visitor<'de> for AnyNode {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Node, A::Error> {
        let mut all = Vec::new();
        while let Some(element) = elements.next_element()? {
            all.push(element);
        }
        Ok(Node::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut all = Vec::new();
        while let Some(member) = members.next_entry()? {
            all.push(member);
        }
        Ok(Node::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::Node;

    #[test]
    fn names_that_occur_twice_are_kept() {
        let node = Node::parse(br#"{"a":1,"a":{"b":null,"c":"d"}}"#).unwrap();
        assert!(matches!(&node, Node::Object(members) if members.len() == 2));
        let inner = Node::parse(br#"{"a":{"b":null,"c":"d"}}"#).unwrap();
        assert_eq!((inner.at("/a/b"), inner.text_at("/a/c")), (None, Some("d")));
        assert_eq!(inner.pointers(|node| *node == Node::Null), ["/a/b"]);
    }
}
