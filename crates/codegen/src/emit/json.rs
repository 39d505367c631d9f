//! JSON whose members stand in the order in which they were put: people read these files too, and `serde_json` sorts.
//! What fits on one line is printed on one.

use serde::{Serialize, Serializer};
use serde_json::{Number, Value};

use crate::ir::{Definition, ServiceModel, Type};

/// The width of a line in bytes, unless a single text is longer.
const WIDTH: usize = 110;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Map),
}

/// The members of an object. The caller adds each name once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map(Vec<(String, Json)>);

impl Map {
    /// Returns an object without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more member.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Json>) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// With one more member, if there is a value for it.
    #[must_use]
    pub fn maybe(self, name: impl Into<String>, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With the members of another object behind its own.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Returns whether it has no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the file of this object, with a line feed at the end.
    #[must_use]
    pub fn print(self) -> String {
        format!("{}\n", Json::Object(self).print())
    }
}

impl Json {
    /// Returns a value of a type, its members in the order of the document; those that it does not know come last.
    #[must_use]
    pub fn typed(family: &ServiceModel, ty: &Type, value: Value) -> Self {
        match (family.definition(ty), value) {
            (Some(Definition::Object(object)), Value::Object(members)) => {
                let mut places = Vec::with_capacity(members.len());
                for (name, value) in members {
                    let place = object.members.iter().position(|member| member.wire == name);
                    let value = match place {
                        Some(place) => Self::typed(family, &object.members[place].ty, value),
                        None => Self::from(value),
                    };
                    places.push((place.unwrap_or(usize::MAX), (name, value)));
                }
                places.sort_by_key(|(place, _)| *place);
                Self::Object(Map(places.into_iter().map(|(_, member)| member).collect()))
            }
            (Some(Definition::List(list)), Value::Array(elements)) => {
                elements.into_iter().map(|element| Self::typed(family, &list.item, element)).collect()
            }
            (_, value) => Self::from(value),
        }
    }

    /// Returns the text, without a newline at its end.
    #[must_use]
    pub fn print(&self) -> String {
        let mut out = String::new();
        self.write(0, 0, &mut out);
        out
    }

    /// Writes it behind `used` characters of a line.
    fn write(&self, indent: usize, used: usize, out: &mut String) {
        let (start, room) = (out.len(), WIDTH.saturating_sub(used));
        if self.least_width(room) > room || !self.inline(room, out) {
            out.truncate(start);
            self.spread(indent, out);
        }
    }

    /// Returns how many bytes it takes on one line without escapes; no more than needed to exceed the room is counted.
    fn least_width(&self, room: usize) -> usize {
        let mut width = 2;
        let mut add = |name: usize, value: &Self| {
            width += name + value.least_width(room.saturating_sub(width));
            width > room
        };
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => return 1,
            Self::Text(text) => return text.len() + 2,
            Self::Object(Map(members)) => _ = members.iter().any(|(name, value)| add(name.len() + 4, value)),
            Self::List(elements) => _ = elements.iter().any(|value| add(0, value)),
        }
        width
    }

    /// Writes it on one line, unless that takes more than so many bytes: then what is written is of no use.
    fn inline(&self, room: usize, out: &mut String) -> bool {
        let end = out.len() + room;
        match self {
            Self::Text(text) if text.len() > room => return false,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => self.leaf(out),
            Self::Object(Map(members)) if members.is_empty() => out.push_str("{}"),
            Self::Object(Map(members)) => {
                for (n, (name, value)) in members.iter().enumerate() {
                    out.push_str(if n == 0 { "{ " } else { ", " });
                    key(name, out);
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

    /// A value that is neither a list nor an object.
    fn leaf(&self, out: &mut String) {
        match self {
            Self::Null | Self::List(_) | Self::Object(_) => out.push_str("null"),
            Self::Bool(it) => out.push_str(&it.to_string()),
            Self::Number(it) => out.push_str(&it.to_string()),
            Self::Text(it) => text(it, out),
        }
    }

    /// Writes it on several lines.
    fn spread(&self, indent: usize, out: &mut String) {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => self.leaf(out),
            Self::Object(Map(members)) => {
                let parts = members.iter().map(|(name, value)| (Some(name.as_str()), value));
                spread_parts(('{', '}'), parts, indent, out);
            }
            Self::List(elements) => {
                spread_parts(('[', ']'), elements.iter().map(|value| (None, value)), indent, out);
            }
        }
    }
}

fn spread_parts<'a>(
    (open, close): (char, char),
    parts: impl Iterator<Item = (Option<&'a str>, &'a Json)>,
    indent: usize,
    out: &mut String,
) {
    let inner = indent + 2;
    out.push(open);
    for (n, (name, value)) in parts.enumerate() {
        out.push_str(if n == 0 { "\n" } else { ",\n" });
        let start = out.len();
        out.extend(std::iter::repeat_n(' ', inner));
        if let Some(name) = name {
            key(name, out);
        }
        value.write(inner, out.len() - start, out);
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    out.push(close);
}

/// `"name": `
fn key(name: &str, out: &mut String) {
    text(name, out);
    out.push_str(": ");
}

/// Most texts have nothing to escape, and there are many.
fn text(text: &str, out: &mut String) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        out.extend(["\"", text, "\""]);
    } else {
        out.push_str(&Value::from(text).to_string());
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(it) => Self::Bool(it),
            Value::Number(it) => Self::Number(it),
            Value::String(it) => Self::Text(it),
            Value::Array(elements) => elements.into_iter().collect(),
            Value::Object(members) => Self::Object(members.into_iter().collect()),
        }
    }
}

impl<N: Into<String>, V: Into<Json>> FromIterator<(N, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(members: I) -> Self {
        Self(members.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(it) => it.serialize(serializer),
            Self::Number(it) => it.serialize(serializer),
            Self::Text(it) => it.serialize(serializer),
            Self::List(it) => it.serialize(serializer),
            Self::Object(it) => it.serialize(serializer),
        }
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        Self::Number(value.into())
    }
}

impl From<usize> for Json {
    fn from(value: usize) -> Self {
        // No machine has more.
        Self::Number((value as u64).into())
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Json {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<Map> for Json {
    fn from(value: Map) -> Self {
        Self::Object(value)
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(value: Vec<T>) -> Self {
        value.into_iter().collect()
    }
}

impl<T: Into<Json>> FromIterator<T> for Json {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self::List(elements.into_iter().map(Into::into).collect())
    }
}
