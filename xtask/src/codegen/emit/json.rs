//! JSON for people who read: members in the order of the document, and on one line what fits there.

use serde_json::Value;

use crate::codegen::ir::{Definition, Family, Type};

/// How wide a line gets, in bytes, unless one text alone takes more.
const WIDTH: usize = 110;

/// JSON whose members keep their order.
#[derive(Debug, Clone)]
pub(super) enum Json {
    /// Members.
    Object(Vec<(String, Json)>),
    /// Elements.
    List(Vec<Json>),
    /// Anything else.
    Leaf(Value),
}

impl Json {
    /// An object of these members.
    pub(super) fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Leaf(Value::String(text.into()))
    }

    /// A value of a type, its members in the order of the document; those that it does not know come last.
    pub(super) fn typed(family: &Family, ty: &Type, value: &Value) -> Self {
        match (family.definition(ty), value) {
            (Some(Definition::Object(object)), Value::Object(members)) => {
                let known = object.members.iter().filter_map(|member| {
                    let value = members.get(&member.wire)?;
                    Some((member.wire.clone(), Self::typed(family, &member.ty, value)))
                });
                let others = members.iter().filter(|(name, _)| object.member(name).is_none());
                let others = others.map(|(name, value)| (name.clone(), Self::from(value)));
                Self::Object(known.chain(others).collect())
            }
            (Some(Definition::List(list)), Value::Array(elements)) => {
                Self::List(elements.iter().map(|element| Self::typed(family, &list.item, element)).collect())
            }
            _ => Self::from(value),
        }
    }

    /// The text, without a newline at its end.
    pub(super) fn print(&self) -> String {
        let mut out = String::new();
        self.write(0, 0, &mut out);
        out
    }

    /// Writes it behind `used` characters of a line.
    fn write(&self, indent: usize, used: usize, out: &mut String) {
        let start = out.len();
        if !self.inline(WIDTH.saturating_sub(used), out) {
            out.truncate(start);
            self.spread(indent, out);
        }
    }

    /// Writes it on one line, unless that takes more than so many bytes: then what is written is of no use.
    fn inline(&self, room: usize, out: &mut String) -> bool {
        let end = out.len() + room;
        match self {
            Self::Leaf(Value::String(text)) if text.len() > room => return false,
            Self::Leaf(value) => out.push_str(&value.to_string()),
            Self::Object(members) if members.is_empty() => out.push_str("{}"),
            Self::Object(members) => {
                for (n, (name, value)) in members.iter().enumerate() {
                    out.push_str(if n == 0 { "{ " } else { ", " });
                    out.push_str(&key(name));
                    if out.len() > end || !value.inline(end - out.len(), out) {
                        return false;
                    }
                }
                out.push_str(" }");
            }
            Self::List(elements) => {
                out.push('[');
                for (n, value) in elements.iter().enumerate() {
                    out.push_str(if n == 0 { "" } else { ", " });
                    if out.len() > end || !value.inline(end - out.len(), out) {
                        return false;
                    }
                }
                out.push(']');
            }
        }
        out.len() <= end
    }

    /// Writes it on several lines.
    fn spread(&self, indent: usize, out: &mut String) {
        match self {
            Self::Leaf(value) => out.push_str(&value.to_string()),
            Self::Object(members) => {
                let parts = members.iter().map(|(name, value)| (key(name), value));
                spread_parts(('{', '}'), parts, indent, out);
            }
            Self::List(elements) => {
                spread_parts(('[', ']'), elements.iter().map(|value| (String::new(), value)), indent, out);
            }
        }
    }
}

fn spread_parts<'a>(
    (open, close): (char, char),
    parts: impl Iterator<Item = (String, &'a Json)>,
    indent: usize,
    out: &mut String,
) {
    let inner = indent + 2;
    out.push(open);
    for (n, (key, value)) in parts.enumerate() {
        out.push_str(if n == 0 { "\n" } else { ",\n" });
        out.extend(std::iter::repeat_n(' ', inner));
        out.push_str(&key);
        value.write(inner, inner + key.len(), out);
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    out.push(close);
}

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        match value {
            Value::Object(members) => {
                Self::Object(members.iter().map(|(name, it)| (name.clone(), it.into())).collect())
            }
            Value::Array(elements) => Self::List(elements.iter().map(Self::from).collect()),
            leaf => Self::Leaf(leaf.clone()),
        }
    }
}

/// `"name": `
fn key(name: &str) -> String {
    format!("{}: ", Value::from(name))
}
