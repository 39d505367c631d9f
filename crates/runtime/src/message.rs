//! Decoding and encoding of messages.
//!
//! Decoding has two steps. First the bytes are parsed as JSON: text that is not JSON, has duplicate members or is nested
//! too deeply is [`Malformed`]. Then every rule of the schema is checked, and all [`Violations`] are reported at once.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json_value::{self, DUPLICATE, JsonValue, TOO_DEEP};
use crate::rule::{HasSchema, ObjectSchema, SchemaType};
use crate::violation::{Violation, Violations};

/// An object that is the body of a request or a response.
pub trait Message: HasSchema + Serialize + DeserializeOwned + Clone + fmt::Debug + Send + Sync + 'static {}

impl<T: HasSchema + Serialize + DeserializeOwned + Clone + fmt::Debug + Send + Sync + 'static> Message for T {}

/// The reason why bytes are not a valid message. It holds JSON Pointers and rules, never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes are not JSON, or not JSON that a message can be.
    #[error("malformed: {0}")]
    Malformed(Malformed),
    /// The JSON breaks the schema.
    #[error("{0}")]
    Invalid(Violations),
}

/// A syntax error and its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at line {line}, column {column}")]
pub struct Malformed {
    /// The kind of error.
    pub what: MalformedKind,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in bytes, counted from 1; 0 before the first byte of the line.
    pub column: usize,
}

/// The kind of a syntax error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedKind {
    /// The text ends before the JSON is complete.
    #[error("unexpected end of text")]
    Incomplete,
    /// The text starts with a byte order mark.
    #[error("byte order mark")]
    ByteOrderMark,
    /// An object has two members of the same name.
    #[error("duplicate member")]
    Duplicate,
    /// Objects and arrays are nested more than 32 levels deep.
    #[error("nesting deeper than 32 levels")]
    TooDeep,
    /// Any other error: wrong punctuation, data after the end, a lone surrogate, bytes that are not UTF-8.
    #[error("JSON syntax error")]
    Syntax,
}

/// A message and the facts about its members that the type does not hold.
#[derive(Clone, Debug)]
pub struct DecodedMessage<T> {
    /// The message.
    pub message: T,
    /// The names of the members that are present and not `null`.
    pub present: Vec<&'static str>,
    /// The names of the members that [`Rule::OmittedIfEqual`](crate::rule::Rule::OmittedIfEqual) would have omitted.
    pub redundant: Vec<&'static str>,
}

/// Decodes a message and checks it against its schema.
///
/// # Errors
/// Returns [`DecodeError::Malformed`] for text that is not JSON, and [`DecodeError::Invalid`] with every violation for
/// JSON that breaks the schema.
pub fn from_slice<T: Message>(bytes: &[u8]) -> Result<T, DecodeError> {
    valid(bytes, &object_schema::<T>(), json(bytes)?)
}

/// Decodes a message like [`from_slice`], and lists the members that are present.
///
/// # Errors
/// Fails as [`from_slice`] does.
pub fn decode<T: Message>(bytes: &[u8]) -> Result<DecodedMessage<T>, DecodeError> {
    let (schema, root) = (object_schema::<T>(), json(bytes)?);
    let (present, redundant) = (schema.present(&root), schema.redundant(&root));
    Ok(DecodedMessage { message: valid(bytes, &schema, root)?, present, redundant })
}

pub(crate) fn json(bytes: &[u8]) -> Result<JsonValue<'_>, DecodeError> {
    json_value::parse(bytes).map_err(|error| DecodeError::Malformed(malformed(bytes, &error)))
}

/// Converts JSON to a message. The fast path stops at the first violation; only an invalid message is checked a second
/// time to collect all of them.
fn valid<'a, T: Message>(bytes: &'a [u8], schema: &ObjectSchema, root: JsonValue<'a>) -> Result<T, DecodeError> {
    match typed(schema, root) {
        Some(message) => Ok(message),
        None => Err(invalid(schema, &json(bytes)?)),
    }
}

/// Converts JSON to a message; `None` if it breaks a rule. The types enforce the rules of single members.
pub(crate) fn typed<T: Message>(schema: &ObjectSchema, root: JsonValue<'_>) -> Option<T> {
    if schema.rules_hold(&root) { T::deserialize(root).ok() } else { None }
}

/// Collects the violations of JSON that [`typed`] rejects.
pub(crate) fn invalid(schema: &ObjectSchema, root: &JsonValue<'_>) -> DecodeError {
    let mut found = Vec::new();
    schema.check(root, "", &mut found);
    let error = Malformed { what: MalformedKind::Syntax, line: 0, column: 0 };
    Violations::new(found).map_or(DecodeError::Malformed(error), DecodeError::Invalid)
}

/// Returns the names of the optional members that a message has.
#[must_use]
pub fn optional_members<T: Message>(message: &T) -> Vec<&'static str> {
    let bytes = to_vec(message);
    json_value::parse(&bytes).map_or_else(|_| Vec::new(), |root| object_schema::<T>().optional(&root))
}

/// Validates a message that was not decoded by [`from_slice`].
///
/// # Errors
/// Returns [`DecodeError::Invalid`] with every violation if the message breaks its schema.
pub fn validate<T: Message>(message: &T) -> Result<(), DecodeError> {
    let bytes = to_vec(message);
    from_slice::<T>(&bytes).map(|_| ())
}

/// Encodes a message, with the members in the order of the specification.
#[must_use]
pub fn to_vec<T: Message>(message: &T) -> Vec<u8> {
    // serde_json can't fail here: every key is a string and every value a string, an array or an object.
    serde_json::to_vec(message).unwrap_or_default()
}

/// Encodes a message after validating it. Types enforce the rules of single members, so only a message with rules over
/// several members is decoded again.
///
/// # Errors
/// Returns [`DecodeError::Invalid`] with every violation if the message breaks its schema.
pub fn to_vec_validated<T: Message>(message: &T) -> Result<Vec<u8>, DecodeError> {
    let bytes = to_vec(message);
    if const { T::SCHEMA.has_rules() } {
        from_slice::<T>(&bytes)?;
    }
    Ok(bytes)
}

pub(crate) fn object_schema<T: HasSchema>() -> ObjectSchema {
    if let SchemaType::Object(schema) = T::SCHEMA { schema } else { ObjectSchema { members: &[], rules: &[] } }
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
    /// Returns the violations; empty for malformed text.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::Invalid(violations) => violations.as_slice(),
            Self::Malformed(_) => &[],
        }
    }
}
