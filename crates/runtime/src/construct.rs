//! What generated types repeat: constructors, setters, conversions of variants, and messages that consist of a result.

/// Implements `new` from the struct of the required members: `constructor!(Paid from PaidRequired, amount, time; note);`,
/// with the other members at the end.
#[macro_export]
#[doc(hidden)]
macro_rules! constructor {
    ($name:ident from $all:ident, $($required:ident),+ $(; $($optional:ident),+)? $(,)?) => {
        impl $name {
            /// Constructs an object with these members, and without the optional ones.
            #[must_use]
            pub fn new(required: $all) -> Self {
                Self {
                    $($required: required.$required,)+
                    $($($optional: ::core::default::Default::default(),)+)?
                }
            }
        }
    };
}

/// Implements a method per optional member that sets it: `setters!(Paid, with_note(note: Note), with_time(time: Time));`.
#[macro_export]
#[doc(hidden)]
macro_rules! setters {
    ($name:ident, $($setter:ident($member:ident: $type:ty)),+ $(,)?) => {
        impl $name {
            $(
                #[doc = ::core::concat!("Sets [`Self::", ::core::stringify!($member), "`].")]
                #[must_use]
                pub fn $setter(mut self, $member: $type) -> Self {
                    self.$member = ::core::option::Option::Some($member);
                    self
                }
            )+
        }
    };
}

/// Implements the conversion of each struct of a module to the variant of an enum: `variants!(Answer of answer, Paid,
/// Declined);`.
#[macro_export]
#[doc(hidden)]
macro_rules! variants {
    ($name:ident of $module:ident, $($variant:ident),+ $(,)?) => {
        $(
            impl ::core::convert::From<$module::$variant> for $name {
                fn from($module: $module::$variant) -> Self {
                    Self::$variant($module)
                }
            }
        )+
    };
}

/// Implements [`FromResult`](crate::operation::FromResult) for a message whose only required member is its result:
/// `from_result!(Response, result: PaymentResult = "result", amount, time);`, with the optional members at the end.
#[macro_export]
#[doc(hidden)]
macro_rules! from_result {
    ($name:ident, $result:ident: $type:ty = $wire:literal $(, $optional:ident)* $(,)?) => {
        impl $crate::operation::FromResult for $name {
            type Result = $type;
            const RESULT: &'static str = $wire;

            fn result(&self) -> &$type {
                &self.$result
            }

            fn from_result($result: $type) -> Self {
                Self { $result, $($optional: ::core::option::Option::None),* }
            }
        }
    };
}
