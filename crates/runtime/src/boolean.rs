//! Booleans that travel as strings.

/// Implements a boolean that is sent as the string `"true"` or `"false"`: `boolean!(IsUrgent);`.
///
/// The type, a tuple struct over `bool` with the usual derives, is declared next to the call.
#[macro_export]
#[doc(hidden)]
macro_rules! boolean {
    ($name:ident) => {
        impl $name {
            /// `true`.
            pub const TRUE: Self = Self(true);
            /// `false`.
            pub const FALSE: Self = Self(false);

            /// Returns the value.
            #[must_use]
            pub const fn get(self) -> bool {
                self.0
            }

            /// Returns the word as sent on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                if self.0 { "true" } else { "false" }
            }
        }

        impl $crate::scalar::Scalar for $name {
            fn check(text: &str) -> ::core::result::Result<(), $crate::violation::ValueError> {
                <Self as $crate::scalar::Scalar>::parse(text).map(|_| ())
            }
            fn parse(text: &str) -> ::core::result::Result<Self, $crate::violation::ValueError> {
                match text {
                    "true" => ::core::result::Result::Ok(Self::TRUE),
                    "false" => ::core::result::Result::Ok(Self::FALSE),
                    _ => ::core::result::Result::Err($crate::violation::ValueError::NotOneOf(&["true", "false"])),
                }
            }
        }

        impl ::core::convert::From<bool> for $name {
            fn from(value: bool) -> Self {
                Self(value)
            }
        }

        impl ::core::convert::From<$name> for bool {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $crate::scalar_traits!($name, |this| this.as_str());
        $crate::scalar_schema!($name, $crate::schema::words(&["true", "false"]));
    };
}

#[cfg(test)]
#[allow(unreachable_pub, dead_code, reason = "the macros declare what users see")]
mod tests {
    use crate::violation::ValueError;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Urgent(bool);
    crate::boolean!(Urgent);

    #[test]
    fn only_true_and_false_are_accepted() {
        assert_eq!("true".parse(), Ok(Urgent::TRUE));
        assert_eq!("TRUE".parse::<Urgent>(), Err(ValueError::NotOneOf(&["true", "false"])));
        assert_eq!((Urgent::from(false).to_string(), bool::from(Urgent::TRUE)), ("false".into(), true));
        assert_eq!(serde_json::to_string(&Urgent::TRUE).unwrap(), "\"true\"");
    }
}
