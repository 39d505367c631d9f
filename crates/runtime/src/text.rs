//! Texts with a length in characters, and texts that hold key-value pairs.

use std::fmt;

use serde_json::{Map, Value};

use crate::violation::ValueError;

/// Checks a text's number of characters (Unicode scalar values, as JSON Schema counts).
///
/// # Errors
/// [`ValueError::TooShort`] or [`ValueError::TooLong`].
pub fn check_length(text: &str, min: usize, max: usize) -> Result<(), ValueError> {
    // A character takes one to four bytes: most texts are judged without counting.
    if text.len() <= max && text.len() >= min.saturating_mul(4) {
        return Ok(());
    }
    let found = text.chars().count();
    if found < min {
        Err(ValueError::TooShort { min, found })
    } else if found > max {
        Err(ValueError::TooLong { max, found })
    } else {
        Ok(())
    }
}

/// The pairs of a text that is a JSON object. Prints its keys' number alone: the values are the sender's.
#[derive(Clone, PartialEq, Eq)]
pub struct Pairs(Map<String, Value>);

impl Pairs {
    /// The value of a key, as JSON.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// The value of a key, if it is a string.
    #[must_use]
    pub fn get_str(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// The whole object.
    #[must_use]
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pairs({} [redacted])", self.0.len())
    }
}

/// Reads a text as a JSON object; nothing if it is something else.
#[must_use]
pub fn pairs(text: &str) -> Option<Pairs> {
    serde_json::from_str(text).ok().map(Pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_characters_not_bytes() {
        assert_eq!(check_length("日本語", 1, 3), Ok(()));
        assert_eq!(check_length("日本語", 1, 2), Err(ValueError::TooLong { max: 2, found: 3 }));
        assert_eq!(check_length("", 1, 2), Err(ValueError::TooShort { min: 1, found: 0 }));
        // One astral character is four bytes and still one character.
        assert_eq!(check_length("🦀", 2, 9), Err(ValueError::TooShort { min: 2, found: 1 }));
        assert_eq!(check_length("🦀🦀", 2, 2), Ok(()));
    }

    #[test]
    fn pairs_are_a_json_object_or_nothing() {
        assert_eq!(pairs(r#"{"a":"b"}"#).as_ref().and_then(|p| p.get_str("a")), Some("b"));
        assert_eq!(pairs("a=b"), None);
        assert_eq!(pairs("[1]"), None);
        let secret = format!("{:?}", pairs(r#"{"k":"secret"}"#));
        assert!(!secret.contains("secret"), "{secret}");
    }
}
