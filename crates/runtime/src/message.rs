//! From bytes to a message, with everything that is wrong reported at once.
//!
//! Reading has two steps. The bytes are read as JSON, leniently: what is not JSON, has a member twice or nests too
//! deeply is [`Malformed`]. Then every rule is checked, and all [`Violations`] are reported together.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json_value::{self, DUPLICATE, JsonValue, TOO_DEEP};
use crate::rule::{HasSchema, ObjectSchema, SchemaType};
use crate::violation::{Violation, Violations};

/// An object that travels as a body of its own.
pub trait Message: HasSchema + Serialize + DeserializeOwned + Clone + fmt::Debug + Send + Sync + 'static {}

impl<T: HasSchema + Serialize + DeserializeOwned + Clone + fmt::Debug + Send + Sync + 'static> Message for T {}

/// Why bytes are not a valid message. It holds places and rules, never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes are not the JSON that a message can be.
    #[error("malformed: {0}")]
    Malformed(Malformed),
    /// The JSON breaks rules of the schema.
    #[error("{0}")]
    Invalid(Violations),
}

/// What makes bytes no JSON of a message, with the place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at line {line}, column {column}")]
pub struct Malformed {
    /// The fault.
    pub what: MalformedKind,
    /// The line, from 1.
    pub line: usize,
    /// The column in bytes, from 1; 0 before the line's first byte.
    pub column: usize,
}

/// The faults of a text that is not the JSON of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedKind {
    /// The text ends in the middle.
    #[error("the text ends too early")]
    Incomplete,
    /// A byte order mark stands before the text.
    #[error("a byte order mark")]
    ByteOrderMark,
    /// A member's name stands twice in one object.
    #[error("a member that stands twice")]
    Duplicate,
    /// Objects and arrays nest more than 32 deep.
    #[error("nesting over 32 deep")]
    TooDeep,
    /// Any other fault: wrong punctuation, data after the end, a lone surrogate, bytes that are not UTF-8.
    #[error("a fault of the JSON syntax")]
    Syntax,
}

/// A message and what a reader learns beside it.
#[derive(Clone, Debug)]
pub struct DecodedMessage<T> {
    /// The message.
    pub message: T,
    /// The names of the members that are there and not `null`.
    pub present: Vec<&'static str>,
    /// Members that are there though the comparison that they depend on does not hold.
    pub redundant: Vec<&'static str>,
}

/// Reads and checks a message.
///
/// # Errors
/// [`DecodeError::Malformed`], or [`DecodeError::Invalid`] with every violation.
pub fn from_slice<T: Message>(bytes: &[u8]) -> Result<T, DecodeError> {
    valid(bytes, &shape_of::<T>(), json(bytes)?)
}

/// Reads and checks a message, and says which members are there.
///
/// # Errors
/// As [`from_slice`].
pub fn decode<T: Message>(bytes: &[u8]) -> Result<DecodedMessage<T>, DecodeError> {
    let (shape, root) = (shape_of::<T>(), json(bytes)?);
    let (present, redundant) = (shape.present(&root), shape.redundant(&root));
    Ok(DecodedMessage { message: valid(bytes, &shape, root)?, present, redundant })
}

pub(crate) fn json(bytes: &[u8]) -> Result<JsonValue<'_>, DecodeError> {
    json_value::parse(bytes).map_err(|error| DecodeError::Malformed(malformed(bytes, &error)))
}

/// The message of JSON that keeps all rules. Most messages do, and are looked at once: what is wrong with the others is
/// found by a second look, which goes through everything.
fn valid<'a, T: Message>(bytes: &'a [u8], shape: &ObjectSchema, root: JsonValue<'a>) -> Result<T, DecodeError> {
    match typed(shape, root) {
        Some(message) => Ok(message),
        None => Err(invalid(shape, &json(bytes)?)),
    }
}

/// The message of JSON that keeps all rules: types hold the rules of single members.
pub(crate) fn typed<T: Message>(shape: &ObjectSchema, root: JsonValue<'_>) -> Option<T> {
    if shape.conditions_hold(&root) { T::deserialize(root).ok() } else { None }
}

/// Everything that is wrong with JSON of which [`typed`] makes no message.
pub(crate) fn invalid(shape: &ObjectSchema, root: &JsonValue<'_>) -> DecodeError {
    let mut found = Vec::new();
    shape.check(root, "", &mut found);
    let fault = Malformed { what: MalformedKind::Syntax, line: 0, column: 0 };
    Violations::new(found).map_or(DecodeError::Malformed(fault), DecodeError::Invalid)
}

/// The names of the members that a message has and may lack.
#[must_use]
pub fn optional_members<T: Message>(message: &T) -> Vec<&'static str> {
    let bytes = to_vec(message);
    json_value::parse(&bytes).map_or_else(|_| Vec::new(), |root| shape_of::<T>().optional(&root))
}

/// Every violation of a value that was made in the program or read by other means than [`from_slice`].
///
/// # Errors
/// [`DecodeError::Invalid`] with every violation.
pub fn validate<T: Message>(value: &T) -> Result<(), DecodeError> {
    let bytes = to_vec(value);
    from_slice::<T>(&bytes).map(|_| ())
}

/// The bytes of a message, its members in the order of the document.
#[must_use]
pub fn to_vec<T: Message>(message: &T) -> Vec<u8> {
    // Texts under string keys: serde_json has no way to fail on those.
    serde_json::to_vec(message).unwrap_or_default()
}

/// The bytes of a message that keeps its schema. What types rule out is not looked at again: only a message with
/// conditions is read back.
///
/// # Errors
/// [`DecodeError::Invalid`] with every violation.
pub fn to_vec_validated<T: Message>(message: &T) -> Result<Vec<u8>, DecodeError> {
    let bytes = to_vec(message);
    if const { T::SCHEMA.has_rules() } {
        from_slice::<T>(&bytes)?;
    }
    Ok(bytes)
}

pub(crate) fn shape_of<T: HasSchema>() -> ObjectSchema {
    if let SchemaType::Object(shape) = T::SCHEMA { shape } else { ObjectSchema { members: &[], rules: &[] } }
}

fn malformed(bytes: &[u8], error: &serde_json::Error) -> Malformed {
    let text = error.to_string();
    let what = if bytes.starts_with(b"\xEF\xBB\xBF") {
        MalformedKind::ByteOrderMark
    } else if text.starts_with(DUPLICATE) {
        MalformedKind::Duplicate
    } else if text.starts_with(TOO_DEEP) {
        MalformedKind::TooDeep
    } else if error.is_eof() {
        MalformedKind::Incomplete
    } else {
        MalformedKind::Syntax
    };
    Malformed { what, line: error.line(), column: error.column() }
}

impl DecodeError {
    /// The violations; none for text that is malformed.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::Invalid(violations) => violations.as_slice(),
            Self::Malformed(_) => &[],
        }
    }
}
