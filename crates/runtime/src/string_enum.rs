//! Closed sets of words.

/// Implements a closed set of words: `string_enum!(Status, Success = "S", Failure = "F");`. The enum is declared next to
/// the call.
#[macro_export]
#[doc(hidden)]
macro_rules! string_enum {
    ($name:ident, $($variant:ident = $word:literal),+ $(,)?) => {
        impl $name {
            /// All words, in the order of the schema.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// All words as sent on the wire, in the order of the schema.
            pub const VALUES: &'static [&'static str] = &[$($word),+];

            /// Returns the word as sent on the wire.
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
