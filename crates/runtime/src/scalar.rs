//! Scalars: what stands at the leaves of a message, always a JSON string.
//!
//! A scalar type checks its text once, when it is made, and holds it from then on. The macros here give a type
//! everything that a leaf of a message needs; generated code calls each with one line.

use std::cmp::Ordering;

use crate::rule::SchemaType;
use crate::violation::ValueError;

/// A type that stands in a message as a JSON string.
pub trait Scalar: Sized {
    /// Checks a text against the type's rule without making the value.
    ///
    /// # Errors
    /// The rule that the text breaks. The error holds lengths and limits, never the text.
    fn check(text: &str) -> Result<(), ValueError>;

    /// Makes the value of a text.
    ///
    /// # Errors
    /// As [`Scalar::check`].
    fn parse(text: &str) -> Result<Self, ValueError>;

    /// Makes the value of a text that is owned already.
    ///
    /// # Errors
    /// As [`Scalar::check`].
    fn parse_owned(text: String) -> Result<Self, ValueError> {
        Self::parse(&text)
    }

    /// How two texts of the type stand to each other: numbers by their value, moments by when they are. Texts that have
    /// no order are the same or, with nothing, different.
    #[must_use]
    fn order(one: &str, other: &str) -> Option<Ordering> {
        (one == other).then_some(Ordering::Equal)
    }
}

/// What a member can hold: a scalar, an object or a list.
pub trait HasSchema {
    /// The kind, as the reader and the rules need it.
    const SCHEMA: SchemaType;
}

/// Implements what every scalar shares on top of [`Scalar`]: reading and writing by serde, `FromStr`, `TryFrom`, [`HasSchema`].
#[macro_export]
#[doc(hidden)]
macro_rules! scalar_traits {
    ($name:ident, |$this:ident| $text:expr) => {
        impl $crate::scalar::HasSchema for $name {
            const SCHEMA: $crate::rule::SchemaType =
                $crate::rule::SchemaType::Text(<$name as $crate::scalar::Scalar>::check);
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::violation::ValueError;
            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                <Self as $crate::scalar::Scalar>::parse(text)
            }
        }

        impl ::core::convert::TryFrom<&str> for $name {
            type Error = $crate::violation::ValueError;
            fn try_from(text: &str) -> ::core::result::Result<Self, Self::Error> {
                <Self as $crate::scalar::Scalar>::parse(text)
            }
        }

        impl ::core::convert::TryFrom<::std::string::String> for $name {
            type Error = $crate::violation::ValueError;
            fn try_from(text: ::std::string::String) -> ::core::result::Result<Self, Self::Error> {
                <Self as $crate::scalar::Scalar>::parse_owned(text)
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                let $this = self;
                serializer.serialize_str($text)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                deserializer.deserialize_string($crate::message::ScalarVisitor::<$name>::new())
            }
        }
    };
}

/// Declares a bounded text: `bounded_string!(PaymentId, 1..=64);`, with `sensitive` behind it when nobody may print it.
///
/// The type is a tuple struct over `Box<str>` that stands beside the call.
#[macro_export]
macro_rules! bounded_string {
    ($name:ident, $min:literal..=$max:literal) => {
        $crate::bounded_string!(@rule $name, $min, $max);
        $crate::scalar_traits!($name, |this| &this.0);

        impl $name {
            /// The text.
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
            /// The text. It is a customer's: keep it out of logs.
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
            /// The least number of characters (Unicode scalar values).
            pub const MIN: usize = $min;
            /// The greatest number of characters (Unicode scalar values).
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

/// Adds access by key to a text that holds key-value pairs: `key_values!(PassThroughInfo);`.
#[macro_export]
macro_rules! key_values {
    ($name:ident) => {
        impl $name {
            /// The pairs, if the text is a JSON object; nothing otherwise. The syntax is the sender's own choice.
            #[must_use]
            pub fn pairs(&self) -> ::core::option::Option<$crate::text::Pairs> {
                $crate::text::pairs(&self.0)
            }
        }
    };
}

/// Declares a closed set of words: `string_enum!(Status, Success = "S", Failure = "F");`. The enum stands beside the call.
#[macro_export]
macro_rules! string_enum {
    ($name:ident, $($variant:ident = $word:literal),+ $(,)?) => {
        impl $name {
            /// Every word, in the order of the schema.
            pub const VALUES: &'static [&'static str] = &[$($word),+];

            /// The word as it travels.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl $crate::scalar::Scalar for $name {
            fn check(text: &str) -> ::core::result::Result<(), $crate::violation::ValueError> {
                Self::parse(text).map(|_| ())
            }
            fn parse(text: &str) -> ::core::result::Result<Self, $crate::violation::ValueError> {
                match text {
                    $($word => ::core::result::Result::Ok(Self::$variant),)+
                    _ => ::core::result::Result::Err($crate::violation::ValueError::NotOneOf(Self::VALUES)),
                }
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $crate::scalar_traits!($name, |this| this.as_str());
        $crate::scalar_schema!($name, $crate::schema::words(Self::VALUES));
    };
}

/// Gives an open set of codes what a leaf needs: `open_enum!(ResultCode: ResultStatus, 1..=64);`. The enum, with a
/// variant `Other` for what it does not list, and its [`Code`](crate::code::Code) table stand beside the call.
#[macro_export]
macro_rules! open_enum {
    ($name:ident: $status:ident, 1..=$max:literal) => {
        impl $name {
            /// The code as it travels.
            #[must_use]
            pub fn as_str(&self) -> &str {
                $crate::code::text_of(self)
            }
        }

        impl $crate::code::OpenCode for $name {
            type Status = $status;
            const MAX: usize = $max;
            fn other(text: $crate::code::UnlistedCode) -> Self {
                Self::Other(text)
            }
            fn unlisted(&self) -> ::core::option::Option<&$crate::code::UnlistedCode> {
                if let Self::Other(text) = self {
                    ::core::option::Option::Some(text)
                } else {
                    ::core::option::Option::None
                }
            }
        }

        impl $crate::scalar::Scalar for $name {
            fn check(text: &str) -> ::core::result::Result<(), $crate::violation::ValueError> {
                $crate::text::check_length(text, 1, $max)
            }
            fn parse(text: &str) -> ::core::result::Result<Self, $crate::violation::ValueError> {
                $crate::code::parse(text)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $crate::scalar_traits!($name, |this| this.as_str());
        $crate::scalar_schema!($name, $crate::schema::text(1, $max));
    };
}

/// Ties a closed subset of codes to its table: `code_subset!(FailedCode of ResultCode, Expired, Declined);`. The enum
/// stands beside the call, each variant at its row.
#[macro_export]
macro_rules! code_subset {
    ($name:ident of $codes:ident, $($variant:ident),+ $(,)?) => {
        impl $name {
            /// All of them, in the order of the document.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl ::core::convert::From<$name> for $codes {
            fn from(code: $name) -> Self {
                <$codes as $crate::code::Code>::TABLE[code as usize].0.clone()
            }
        }

        impl $name {
            /// The code as it travels.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                <$codes as $crate::code::Code>::TABLE[self as usize].1
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::code::ParseCodeError;
            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                let found = Self::ALL.iter().find(|code| code.as_str() == text);
                found.copied().ok_or($crate::code::ParseCodeError)
            }
        }
    };
}

/// A scalar's `JsonSchema`, when the feature `schemars` of the crate around the call is on.
#[macro_export]
#[doc(hidden)]
macro_rules! scalar_schema {
    ($name:ident, $schema:expr) => {
        #[cfg(feature = "schemars")]
        impl $crate::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(stringify!($name))
            }
            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(concat!(module_path!(), "::", stringify!($name)))
            }
            fn json_schema(_: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
                $schema
            }
        }
    };
}
