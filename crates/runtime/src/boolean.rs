//! Booleans that travel as strings.

/// Declares a yes or no that travels as `true` or `false` in a string: `boolean!(IsUrgent);`.
///
/// The type is a tuple struct over `bool` that stands beside the call, with the traits of a value derived.
#[macro_export]
macro_rules! boolean {
    ($name:ident) => {
        impl $name {
            /// Yes.
            pub const TRUE: Self = Self(true);
            /// No.
            pub const FALSE: Self = Self(false);

            /// Whether it is `true`.
            #[must_use]
            pub const fn get(self) -> bool {
                self.0
            }

            /// The word as it travels.
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
            fn from(yes: bool) -> Self {
                Self(yes)
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
    fn yes_and_no_are_two_words() {
        assert_eq!("true".parse(), Ok(Urgent::TRUE));
        assert_eq!("TRUE".parse::<Urgent>(), Err(ValueError::NotOneOf(&["true", "false"])));
        assert_eq!((Urgent::from(false).to_string(), bool::from(Urgent::TRUE)), ("false".into(), true));
        assert_eq!(serde_json::to_string(&Urgent::TRUE).unwrap(), "\"true\"");
    }
}
