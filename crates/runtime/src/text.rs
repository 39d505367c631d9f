//! Texts with a bounded length in characters, and texts that hold key-value pairs.

use std::fmt;

use serde_json::{Map, Value};

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

    /// Returns the JSON object.
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

/// Parses a text as a JSON object; `None` if it is anything else.
#[must_use]
pub fn pairs(text: &str) -> Option<Pairs> {
    serde_json::from_str(text).ok().map(Pairs)
}

/// Implements a bounded text: `bounded_string!(PaymentId, 1..=64);`. With `sensitive` as last argument, the type has no
/// `Display`, and `Debug` prints `[redacted]`.
///
/// The type, a tuple struct over `Box<str>`, is declared next to the call.
#[macro_export]
#[doc(hidden)]
macro_rules! bounded_string {
    ($name:ident, $min:literal..=$max:literal) => {
        $crate::bounded_string!(@rule $name, $min, $max);
        $crate::scalar_traits!($name, |this| &this.0);

        impl $name {
            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&&*self.0).finish()
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
    ($name:ident, $min:literal..=$max:literal, sensitive) => {
        $crate::bounded_string!(@rule $name, $min, $max);
        $crate::scalar_traits!($name, |this| &this.0);

        impl $name {
            /// Returns the text. It is sensitive: keep it out of logs.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
    (@rule $name:ident, $min:literal, $max:literal) => {
        impl ::core::clone::Clone for $name {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        impl ::core::cmp::PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }

        impl ::core::cmp::Eq for $name {}

        impl ::core::cmp::PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> ::core::option::Option<::core::cmp::Ordering> {
                ::core::option::Option::Some(self.cmp(other))
            }
        }

        impl ::core::cmp::Ord for $name {
            fn cmp(&self, other: &Self) -> ::core::cmp::Ordering {
                self.0.cmp(&other.0)
            }
        }

        impl ::core::hash::Hash for $name {
            fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }

        impl $name {
            /// The smallest number of characters (Unicode scalar values).
            pub const MIN: usize = $min;
            /// The largest number of characters (Unicode scalar values).
            pub const MAX: usize = $max;
        }

        impl $crate::scalar::Scalar for $name {
            fn check(text: &str) -> ::core::result::Result<(), $crate::violation::ValueError> {
                $crate::text::check_length(text, Self::MIN, Self::MAX)
            }
            fn parse(text: &str) -> ::core::result::Result<Self, $crate::violation::ValueError> {
                Self::check(text)?;
                ::core::result::Result::Ok(Self(text.into()))
            }
            fn parse_owned(text: ::std::string::String) -> ::core::result::Result<Self, $crate::violation::ValueError> {
                Self::check(&text)?;
                ::core::result::Result::Ok(Self(text.into_boxed_str()))
            }
        }

        $crate::scalar_schema!($name, $crate::schema::text($min, $max));
    };
}

/// Implements access by key for a text that holds key-value pairs: `key_values!(PassThroughInfo);`.
#[macro_export]
#[doc(hidden)]
macro_rules! key_values {
    ($name:ident) => {
        impl $name {
            /// Returns the pairs if the text is a JSON object. The sender may use any other syntax; then it is `None`.
            #[must_use]
            pub fn pairs(&self) -> ::core::option::Option<$crate::text::Pairs> {
                $crate::text::pairs(&self.0)
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
