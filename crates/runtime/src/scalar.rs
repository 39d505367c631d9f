//! Scalars: the leaves of a message, each sent as a JSON string.
//!
//! A value of a scalar type is checked once, when it is constructed. Macros implement what a leaf of a message needs;
//! generated code calls one per type.

use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;

use serde::de::Visitor;

use crate::violation::ValueError;

/// A type that is sent as a JSON string.
pub trait Scalar: Sized {
    /// Checks a text without constructing the value.
    ///
    /// # Errors
    /// Returns the rule that the text breaks. The error holds lengths and limits, never the text.
    fn check(text: &str) -> Result<(), ValueError>;

    /// Parses a text.
    ///
    /// # Errors
    /// Fails as [`Scalar::check`] does.
    fn parse(text: &str) -> Result<Self, ValueError>;

    /// Parses an owned text, without copying it where possible.
    ///
    /// # Errors
    /// Fails as [`Scalar::check`] does.
    fn parse_owned(text: String) -> Result<Self, ValueError> {
        Self::parse(&text)
    }

    /// Compares two texts of the type: numbers by value, times by the instant that they denote. Types without an order
    /// return `None` for different texts.
    #[must_use]
    fn order(left: &str, right: &str) -> Option<Ordering> {
        (left == right).then_some(Ordering::Equal)
    }
}

/// The serde visitor of every scalar: accepts strings.
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

/// Implements the traits that follow from [`Scalar`]: serde, `FromStr`, `TryFrom` and `HasSchema`.
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
            fn from_str(text: &str) -> ::core::result::Result<Self, $crate::violation::ValueError> {
                <Self as $crate::scalar::Scalar>::parse(text)
            }
        }

        impl ::core::convert::TryFrom<&str> for $name {
            type Error = $crate::violation::ValueError;
            fn try_from(text: &str) -> ::core::result::Result<Self, $crate::violation::ValueError> {
                <Self as $crate::scalar::Scalar>::parse(text)
            }
        }

        impl ::core::convert::TryFrom<::std::string::String> for $name {
            type Error = $crate::violation::ValueError;
            fn try_from(text: ::std::string::String) -> ::core::result::Result<Self, $crate::violation::ValueError> {
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

/// Implements the traits of a newtype of a scalar, of which a method returns the text. If the text has a form, a function of
/// the newtype returns it.
#[macro_export]
#[doc(hidden)]
macro_rules! scalar_newtype {
    ($name:ident($inner:ty), $text:ident, $schema:expr $(, $form:ident)?) => {
        impl $crate::scalar::Scalar for $name {
            fn check(text: &str) -> ::core::result::Result<(), $crate::violation::ValueError> {
                <$inner as $crate::scalar::Scalar>::check(text)$(.and_then(|()| Self::$form().check(text)))?
            }
            fn parse(text: &str) -> ::core::result::Result<Self, $crate::violation::ValueError> {
                let value = <$inner as $crate::scalar::Scalar>::parse(text)?;
                $(Self::$form().check(text)?;)?
                ::core::result::Result::Ok(Self(value))
            }
            fn parse_owned(text: ::std::string::String) -> ::core::result::Result<Self, $crate::violation::ValueError> {
                let value = <$inner as $crate::scalar::Scalar>::parse_owned(text)?;
                $(Self::$form().check(value.$text())?;)?
                ::core::result::Result::Ok(Self(value))
            }
            fn order(left: &str, right: &str) -> ::core::option::Option<::core::cmp::Ordering> {
                <$inner as $crate::scalar::Scalar>::order(left, right)
            }
        }

        $crate::scalar_traits!($name, |this| this.0.$text());
        $crate::scalar_schema!($name, $schema);
    };
}

/// Implements `JsonSchema` for a scalar if the calling crate's feature `schemars` is enabled.
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
