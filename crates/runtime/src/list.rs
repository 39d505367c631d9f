//! Lists with a bounded number of elements, each a scalar or an object.

/// Implements a list: `list!(Codes of Code, 1..=10);`, or `1..` without an upper bound.
///
/// The type, a tuple struct over `Vec` with the usual derives, is declared next to the call.
#[macro_export]
#[doc(hidden)]
macro_rules! list {
    ($name:ident of $item:ident, $min:literal..) => {
        $crate::list!(@bounded $name, $item, $min, usize::MAX, ::core::option::Option::None);
    };
    ($name:ident of $item:ident, $min:literal..=$max:literal) => {
        $crate::list!(@bounded $name, $item, $min, $max, ::core::option::Option::Some($max));
    };
    (@bounded $name:ident, $item:ident, $min:expr, $max:expr, $limit:expr) => {
        impl $name {
            /// The smallest number of elements.
            pub const MIN: usize = $min;
            /// The largest number of elements.
            pub const MAX: usize = $max;
            const ARRAY: $crate::rule::ArraySchema =
                $crate::rule::ArraySchema { item: &<$item as $crate::rule::HasSchema>::SCHEMA, min: $min, max: $max };

            /// Returns the elements.
            #[must_use]
            pub fn into_vec(self) -> ::std::vec::Vec<$item> {
                self.0
            }
        }

        impl $crate::rule::HasSchema for $name {
            const SCHEMA: $crate::rule::SchemaType = $crate::rule::SchemaType::List(Self::ARRAY);
        }

        impl ::core::ops::Deref for $name {
            type Target = [$item];
            fn deref(&self) -> &[$item] {
                &self.0
            }
        }

        impl ::core::convert::TryFrom<::std::vec::Vec<$item>> for $name {
            type Error = $crate::violation::ValueError;
            fn try_from(elements: ::std::vec::Vec<$item>) -> ::core::result::Result<Self, Self::Error> {
                Self::ARRAY.check_count(elements.len())?;
                ::core::result::Result::Ok(Self(elements))
            }
        }

        impl<'a> ::core::iter::IntoIterator for &'a $name {
            type Item = &'a $item;
            type IntoIter = ::core::slice::Iter<'a, $item>;
            fn into_iter(self) -> Self::IntoIter {
                self.0.iter()
            }
        }

        impl ::core::iter::IntoIterator for $name {
            type Item = $item;
            type IntoIter = ::std::vec::IntoIter<$item>;
            fn into_iter(self) -> Self::IntoIter {
                self.0.into_iter()
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::serde::Serialize::serialize(&self.0, serializer)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let elements: ::std::vec::Vec<$item> = $crate::serde::Deserialize::deserialize(deserializer)?;
                Self::try_from(elements).map_err($crate::serde::de::Error::custom)
            }
        }

        $crate::list_schema!($name, $item, $min, $limit);
    };
}

/// Implements `JsonSchema` for a list if the calling crate's feature `schemars` is enabled.
#[macro_export]
#[doc(hidden)]
macro_rules! list_schema {
    ($name:ident, $item:ident, $min:expr, $max:expr) => {
        #[cfg(feature = "schemars")]
        impl $crate::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(stringify!($name))
            }
            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(concat!(module_path!(), "::", stringify!($name)))
            }
            fn json_schema(generator: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
                $crate::schema::list(&generator.subschema_for::<$item>(), $min, $max)
            }
        }
    };
}

#[cfg(test)]
#[allow(unreachable_pub, dead_code, reason = "the macros declare what users see")]
mod tests {
    use crate::minor_units::MinorUnits;
    use crate::violation::ValueError;

    #[derive(Clone, Debug, PartialEq, Eq)]
    struct Units(Vec<MinorUnits>);
    crate::list!(Units of MinorUnits, 1..=2);

    fn units(numbers: &[u128]) -> Vec<MinorUnits> {
        numbers.iter().map(|number| MinorUnits::try_from(*number).unwrap()).collect()
    }

    #[test]
    fn every_constructor_checks_the_bounds() {
        assert_eq!(Units::try_from(units(&[])), Err(ValueError::TooFew { min: 1, found: 0 }));
        assert_eq!(Units::try_from(units(&[1, 2, 3])), Err(ValueError::TooMany { max: 2, found: 3 }));
        assert!(serde_json::from_str::<Units>("[]").is_err());
        assert!(serde_json::from_str::<Units>(r#"["01"]"#).is_err());
        let list: Units = serde_json::from_str(r#"["1","2"]"#).unwrap();
        assert_eq!(list, Units(units(&[1, 2])));
        assert_eq!(serde_json::to_string(&list).unwrap(), r#"["1","2"]"#);
    }

    #[test]
    fn a_list_derefs_to_a_slice() {
        let list = Units(units(&[1, 2]));
        assert_eq!((list.len(), list.first().map(|units| units.get())), (2, Some(1)));
        let mut sum = 0;
        for number in &list {
            sum += number.get();
        }
        assert_eq!(sum, 3);
        assert_eq!(list.into_iter().map(MinorUnits::get).collect::<Vec<_>>(), [1, 2]);
    }
}
