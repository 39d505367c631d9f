//! Integers that are sent as strings.

use std::cmp::Ordering;

use crate::violation::ValueError;

/// Parses an integer: digits without a sign or a leading zero.
///
/// # Errors
/// Returns [`ValueError::NotInRange`] for any other text and for a number outside `min..=max`.
pub fn parse(text: &str, min: u64, max: u64) -> Result<u64, ValueError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    let number = text.parse().ok().filter(|number| digits && (min..=max).contains(number));
    number.ok_or(ValueError::NotInRange { min, max })
}

/// Compares two numbers; `None` if one of the texts is not a number.
#[must_use]
pub fn order(left: &str, right: &str) -> Option<Ordering> {
    let number = |text: &str| text.parse::<u64>().ok();
    Some(number(left)?.cmp(&number(right)?))
}

/// Implements an integer that is sent as a string: `integer!(Quantity, 1..=10, "^([1-9]|10)$");`, with a regular
/// expression that matches the numbers of the range.
///
/// The type, a tuple struct over `u64` with the usual derives, is declared next to the call.
#[macro_export]
#[doc(hidden)]
macro_rules! integer {
    ($name:ident, $min:literal..=$max:literal, $pattern:literal) => {
        impl $name {
            /// The smallest value.
            pub const MIN: u64 = $min;
            /// The largest value.
            pub const MAX: u64 = $max;

            /// Returns the number.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }

            /// Returns the number, limited to the range.
            #[must_use]
            pub const fn saturating(number: u64) -> Self {
                if number > $max {
                    Self($max)
                } else if number > $min {
                    Self(number)
                } else {
                    Self($min)
                }
            }
        }

        impl $crate::scalar::Scalar for $name {
            fn check(text: &str) -> ::core::result::Result<(), $crate::violation::ValueError> {
                $crate::integer::parse(text, $min, $max).map(|_| ())
            }
            fn parse(text: &str) -> ::core::result::Result<Self, $crate::violation::ValueError> {
                $crate::integer::parse(text, $min, $max).map(Self)
            }
            fn order(left: &str, right: &str) -> ::core::option::Option<::core::cmp::Ordering> {
                $crate::integer::order(left, right)
            }
        }

        impl ::core::convert::TryFrom<u64> for $name {
            type Error = $crate::violation::ValueError;
            fn try_from(number: u64) -> ::core::result::Result<Self, Self::Error> {
                let value = Self::saturating(number);
                let error = $crate::violation::ValueError::NotInRange { min: $min, max: $max };
                if value.0 == number { ::core::result::Result::Ok(value) } else { ::core::result::Result::Err(error) }
            }
        }

        impl ::core::convert::From<$name> for u64 {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.0, f)
            }
        }

        $crate::scalar_traits!($name, |this| &this.0.to_string());
        $crate::scalar_schema!($name, $crate::schema::pattern($pattern));
    };
}

#[cfg(test)]
#[allow(unreachable_pub, dead_code, reason = "the macros declare what users see")]
mod tests {
    use super::*;

    #[test]
    fn parses_digits_within_the_range() {
        for (text, expected) in [("1", Some(1)), ("10", Some(10)), ("7", Some(7))] {
            assert_eq!(parse(text, 1, 10).ok(), expected, "{text}");
        }
        for text in ["", "0", "11", "01", "+1", "-1", "1.0", " 1", "1 ", "1e0", "٣", "18446744073709551617"] {
            assert_eq!(parse(text, 1, 10), Err(ValueError::NotInRange { min: 1, max: 10 }), "{text}");
        }
        assert_eq!((parse("0", 0, 9), parse("00", 0, 9).is_err()), (Ok(0), true));
        assert_eq!(parse("18446744073709551615", 0, u64::MAX), Ok(u64::MAX));
    }

    #[test]
    fn orders_by_value() {
        assert_eq!(order("9", "10"), Some(Ordering::Less));
        assert_eq!(order("10", "10"), Some(Ordering::Equal));
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Digits(u64);
    crate::integer!(Digits, 1..=10, "^([1-9]|10)$");

    #[test]
    fn every_constructor_checks_the_range() {
        assert_eq!((Digits::saturating(0), Digits::saturating(99)), (Digits(1), Digits(10)));
        assert_eq!(Digits::try_from(10), Ok(Digits(10)));
        assert_eq!(Digits::try_from(11), Err(ValueError::NotInRange { min: 1, max: 10 }));
        assert_eq!(serde_json::from_str::<Digits>("\"7\"").unwrap(), Digits(7));
        assert!(serde_json::from_str::<Digits>("7").is_err());
        assert_eq!(serde_json::to_string(&Digits(7)).unwrap(), "\"7\"");
    }
}
