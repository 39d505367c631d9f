//! Scalars: what stands at the leaves of a message, always a JSON string.
//!
//! A scalar type checks its text once, when it is made, and holds it from then on. The macros here give a type
//! everything that a leaf of a message needs; generated code calls each with one line.

use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;

use serde::de::Visitor;

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

/// Reads a scalar from a string: what the leaf macros hand to serde.
#[doc(hidden)]
#[derive(Debug)]
pub struct ScalarVisitor<T>(PhantomData<T>);

impl<T> ScalarVisitor<T> {
    #[must_use]
    #[expect(clippy::new_without_default, reason = "named by macros only")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: Scalar> Visitor<'_> for ScalarVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        T::parse(text).map_err(E::custom)
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<T, E> {
        T::parse_owned(text).map_err(E::custom)
    }
}

/// Implements what every scalar shares on top of [`Scalar`]: reading and writing by serde, `FromStr`, `TryFrom`, [`HasSchema`].
#[macro_export]
#[doc(hidden)]
macro_rules! scalar_traits {
    ($name:ident, |$this:ident| $text:expr) => {
        impl $crate::rule::HasSchema for $name {
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
                deserializer.deserialize_string($crate::scalar::ScalarVisitor::<$name>::new())
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
