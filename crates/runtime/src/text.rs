//! Texts with a bounded length in characters, and texts that hold key-value pairs.

use std::fmt;

use serde_json::{Map, Value};

use crate::scalar::Scalar;
use crate::violation::ValueError;

/// Checks the number of characters of a text (Unicode scalar values, as in JSON Schema).
///
/// # Errors
/// Returns [`ValueError::TooShort`] below `min` characters and [`ValueError::TooLong`] above `max`.
pub fn check_length(text: &str, min: usize, max: usize) -> Result<(), ValueError> {
    // A character takes one to four bytes, so the byte length decides for most texts.
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

/// The pairs of a text that is a JSON object. `Debug` prints only the number of keys, since the values may be sensitive.
#[derive(Clone, PartialEq, Eq)]
pub struct Pairs(Map<String, Value>);

impl Pairs {
    /// Returns the value of a key as JSON.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// Returns the value of a key if it is a string.
    #[must_use]
    pub fn get_str(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// Returns all keys with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pairs({} {REDACTED})", self.0.len())
    }
}

/// Parses a text as a JSON object; `None` if it is anything else.
#[must_use]
pub fn pairs(text: &str) -> Option<Pairs> {
    serde_json::from_str(text).ok().map(Pairs)
}

/// A text of `MIN` to `MAX` characters. Generated types wrap it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MIN: usize, const MAX: usize>(Box<str>);

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> Scalar for Text<MIN, MAX> {
    fn check(text: &str) -> Result<(), ValueError> {
        check_length(text, MIN, MAX)
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        Self::check(text)?;
        Ok(Self(text.into()))
    }

    fn parse_owned(text: String) -> Result<Self, ValueError> {
        Self::check(&text)?;
        Ok(Self(text.into_boxed_str()))
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Debug for Text<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What `Debug` writes instead of a sensitive value.
pub(crate) const REDACTED: &str = "[redacted]";

/// A text that must not be printed: `Debug` writes `[redacted]`, and there is no `Display`. Generated types wrap it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SensitiveText<const MIN: usize, const MAX: usize>(Text<MIN, MAX>);

impl<const MIN: usize, const MAX: usize> SensitiveText<MIN, MAX> {
    /// Returns the text. Keep it out of logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }
}

impl<const MIN: usize, const MAX: usize> Scalar for SensitiveText<MIN, MAX> {
    fn check(text: &str) -> Result<(), ValueError> {
        Text::<MIN, MAX>::check(text)
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        Text::parse(text).map(Self)
    }

    fn parse_owned(text: String) -> Result<Self, ValueError> {
        Text::parse_owned(text).map(Self)
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Debug for SensitiveText<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// Implements what derives can't for a newtype of [`Text`]: `text!(PaymentId, 1, 64);`. A text with a form has it at the
/// end: `text!(Region, 2, 2, "^[A-Z]{2}$");`.
#[macro_export]
#[doc(hidden)]
macro_rules! text {
    ($name:ident, $min:literal, $max:literal $(, $pattern:literal)?) => {
        $crate::bounded!($name, $min, $max, $crate::text::Text<$min, $max>, as_str $(, $pattern)?);

        impl $name {
            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.0.as_str()
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.0.as_str())
            }
        }
    };
}

/// Implements what derives can't for a newtype of [`SensitiveText`]: `sensitive_text!(CustomerId, 1, 64);`, with a form at
/// the end if it has one.
#[macro_export]
#[doc(hidden)]
macro_rules! sensitive_text {
    ($name:ident, $min:literal, $max:literal $(, $pattern:literal)?) => {
        $crate::bounded!($name, $min, $max, $crate::text::SensitiveText<$min, $max>, expose $(, $pattern)?);

        impl $name {
            /// Returns the text. It is sensitive: keep it out of logs.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }
    };
}

/// Implements what all bounded texts have.
#[macro_export]
#[doc(hidden)]
macro_rules! bounded {
    ($name:ident, $min:literal, $max:literal, $inner:ty, $text:ident) => {
        $crate::scalar_newtype!($name($inner), $text, $crate::schema::text($min, $max));
        $crate::bounded!(@bounds $name, $min, $max);
    };
    ($name:ident, $min:literal, $max:literal, $inner:ty, $text:ident, $pattern:literal) => {
        $crate::scalar_newtype!($name($inner), $text, $crate::schema::formed($min, $max, $pattern), form);
        $crate::bounded!(@bounds $name, $min, $max);

        impl $name {
            fn form() -> &'static $crate::form::Form {
                static FORM: $crate::form::Form = $crate::form::Form::new($pattern);
                &FORM
            }
        }
    };
    (@bounds $name:ident, $min:literal, $max:literal) => {

        impl $name {
            /// The smallest number of characters (Unicode scalar values).
            pub const MIN: usize = $min;
            /// The largest number of characters (Unicode scalar values).
            pub const MAX: usize = $max;
        }
    };
}

/// Implements access by key for a text that holds key-value pairs: `key_values!(PassThroughInfo, expose);`, with the
/// method that returns the text.
#[macro_export]
#[doc(hidden)]
macro_rules! key_values {
    ($name:ident, $text:ident) => {
        impl $name {
            /// Returns the pairs if the text is a JSON object. The sender may use any other syntax; then it is `None`.
            #[must_use]
            pub fn pairs(&self) -> ::core::option::Option<$crate::text::Pairs> {
                $crate::text::pairs(self.$text())
            }
        }
    };
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
    fn only_a_json_object_has_pairs() {
        assert_eq!(pairs(r#"{"a":"b"}"#).as_ref().and_then(|pairs| pairs.get_str("a")), Some("b"));
        assert_eq!(pairs("a=b"), None);
        assert_eq!(pairs("[1]"), None);
        let secret = format!("{:?}", pairs(r#"{"k":"secret"}"#));
        assert!(!secret.contains("secret"), "{secret}");
    }
}
