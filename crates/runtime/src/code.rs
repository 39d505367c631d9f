//! Result codes: open sets of codes. The table of the known ones lists the status and the message of each code, and the
//! failures that the server answers with it.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::rule::{HasSchema, Rule};
use crate::scalar::Scalar;
pub use crate::status::{Status, StatusWord};
use crate::text::check_length;
use crate::violation::ValueError;

/// The kind of failure for which a server answers instead of the handler. Code tables map each kind to a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// No operation has this path.
    Path,
    /// The operation has another HTTP method.
    Method,
    /// The body's media type is not supported, or `Accept` excludes the response's.
    MediaType,
    /// Too many requests are in flight.
    Overload,
    /// The Client-Id is missing, duplicated or unknown.
    Client,
    /// The client has no key of that version.
    Key,
    /// The signature is missing, malformed, stale or invalid.
    Signature,
    /// The client may not call this operation.
    Forbidden,
    /// The body breaks the schema.
    InvalidRequest,
    /// The handler failed, panicked or timed out.
    Internal,
}

impl FailureKind {
    /// Returns the kind to use if a table has no code for this one. A failure of the client never becomes one of the
    /// server where the table has a code for it.
    const fn fallback(self) -> Self {
        match self {
            Self::Key => Self::Signature,
            Self::Method | Self::MediaType => Self::InvalidRequest,
            _ => Self::Internal,
        }
    }
}

/// An open set of codes: the known ones, and any other as its text.
pub trait OpenCode: Sized {
    /// The status words.
    type Status: StatusWord;
    /// The largest number of characters of a code.
    const MAX: usize;
    /// Constructs a code that is not in the table.
    fn other(text: UnlistedCode) -> Self;
    /// Returns the text of a code that is not in the table; `None` for a known one.
    fn unlisted(&self) -> Option<&UnlistedCode>;
}

/// An open set of codes with a table of the known ones.
///
/// The table is one function per column, so that generated code names each code and never its position.
pub trait Code:
    OpenCode
    + Scalar
    + HasSchema
    + Serialize
    + DeserializeOwned
    + Clone
    + Eq
    + fmt::Debug
    + fmt::Display
    + Send
    + Sync
    + 'static
{
    /// The known codes, in the order of the specification.
    const ALL: &'static [Self];
    /// The status of a code that is not in the table; no success if a result can have another status.
    const UNLISTED: Self::Status;
    /// The statuses that a result can have, as sent on the wire; `None` if it can have every one.
    const STATUSES: Option<&'static [&'static str]> = None;

    /// Returns a known code as sent on the wire; `None` for a code that is not in the table.
    fn wire(&self) -> Option<&'static str>;
    /// Returns the status that the table lists for the code; `None` if the code is not in the table.
    fn status(&self) -> Option<Self::Status>;
    /// Returns the message of the code in the specification; `None` if the code is not in the table.
    fn message(&self) -> Option<&'static str>;
    /// Returns the code with which the server answers a failure; `None` if the table has none for it.
    #[expect(unused_variables, reason = "named for the reader; a table may have no such code")]
    #[must_use]
    fn of_failure(failure: FailureKind) -> Option<Self> {
        None
    }

    /// Returns the known code of a text.
    #[must_use]
    fn find(text: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|code| code.wire() == Some(text))
    }

    /// Returns the code that answers a failure.
    ///
    /// If the table has no code for it, [`FailureKind::Key`] is answered as [`FailureKind::Signature`],
    /// [`FailureKind::Method`] and [`FailureKind::MediaType`] as [`FailureKind::InvalidRequest`], and any other as
    /// [`FailureKind::Internal`], which the table of every operation has.
    #[must_use]
    fn for_failure(failure: FailureKind) -> Option<Self> {
        [failure, failure.fallback(), FailureKind::Internal].into_iter().find_map(Self::of_failure)
    }
}

impl Rule {
    /// Requires one of the statuses of the table of `C`, and the one that it lists for a known code, in an object with these
    /// members.
    #[must_use]
    pub const fn status_matches_code<C: Code>(code: &'static str, status: &'static str, message: &'static str) -> Self {
        Self::StatusMatchesCode {
            code,
            status,
            message,
            statuses: C::STATUSES,
            find: |text| row(C::find(text)?),
            row: |n| row(C::ALL.get(n)?),
            meaning: |word| C::Status::parse(word).ok().map(StatusWord::meaning),
        }
    }
}

/// Returns a known code and its status, as sent on the wire.
fn row<C: Code>(code: &C) -> Option<(&'static str, &'static str)> {
    Some((code.wire()?, code.status()?.as_str()))
}

/// The text of a code that is not in the table. It never equals a known code.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnlistedCode(Box<str>);

impl UnlistedCode {
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UnlistedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A text that is not one of the allowed codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the allowed codes")]
pub struct ParseCodeError;

/// Parses a code: a known one, or any other text of a code's length.
///
/// # Errors
/// Returns an error if the text is empty or has more than [`OpenCode::MAX`] characters.
pub fn parse<C: Code>(text: &str) -> Result<C, ValueError> {
    if let Some(code) = C::find(text) {
        return Ok(code.clone());
    }
    check_length(text, 1, C::MAX)?;
    Ok(C::other(UnlistedCode(text.into())))
}

/// Returns the text of a code.
#[must_use]
pub fn text_of<C: Code>(code: &C) -> &str {
    code.unlisted().map_or_else(|| code.wire().unwrap_or_default(), UnlistedCode::as_str)
}

/// A result object: a status, a code and a message.
pub trait CodedResult: Sized {
    /// The type of its code.
    type Code: Code;
    /// The type of its message.
    type Message: Scalar;
    /// The largest number of characters of a message.
    const MESSAGE_MAX: usize;

    /// Constructs the object from its parts.
    fn new(code: Self::Code, status: <Self::Code as OpenCode>::Status, message: Option<Self::Message>) -> Self;
    /// Returns the code.
    fn code(&self) -> &Self::Code;
    /// Returns the status.
    fn status(&self) -> <Self::Code as OpenCode>::Status;

    /// Constructs the object of a code, with the status and message of the table.
    #[must_use]
    fn with(code: Self::Code) -> Self {
        let (status, message) = (code.status(), code.message());
        let message = message.and_then(|message| Self::Message::parse(message).ok());
        Self::new(code, status.unwrap_or(Self::Code::UNLISTED), message)
    }

    /// Constructs the object of a code, with a detail after the message of the table, truncated to the limit.
    #[must_use]
    fn detailed(code: Self::Code, detail: &str) -> Self {
        let (status, message) = (code.status(), code.message().unwrap_or_default());
        let text: String = message.chars().chain(" ".chars()).chain(detail.chars()).take(Self::MESSAGE_MAX).collect();
        Self::new(code, status.unwrap_or(Self::Code::UNLISTED), Self::Message::parse(text.trim_end()).ok())
    }

    /// Returns whether the code is this one, with the status that the table lists for it.
    fn is(&self, code: &Self::Code) -> bool {
        self.code() == code && code.status() == Some(self.status())
    }

    /// Returns whether the status has this meaning. A success with a code that the table does not list is never taken for
    /// one.
    fn means(&self, status: Status) -> bool {
        let is_listed = || self.code().status() == Some(self.status());
        self.status().meaning() == status && (status != Status::Success || is_listed())
    }
}

/// Implements an open set of codes: `open_enum!(ResultCode: ResultStatus, 1..=64);`. The enum, with a variant `Other` for
/// codes that are not listed, and its [`Code`] table are declared next to the call.
#[macro_export]
#[doc(hidden)]
macro_rules! open_enum {
    ($name:ident: $status:ident, 1..=$max:literal) => {
        impl $name {
            /// Returns the code as sent on the wire.
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

/// Implements a closed subset of codes: `code_subset!(FailedCode of ResultCode, Expired, Declined);`. The enum is declared
/// next to the call.
#[macro_export]
#[doc(hidden)]
macro_rules! code_subset {
    ($name:ident of $codes:ident, $($variant:ident),+ $(,)?) => {
        impl ::core::convert::From<$name> for $codes {
            fn from(code: $name) -> Self {
                match code {
                    $($name::$variant => Self::$variant,)+
                }
            }
        }

        impl $name {
            /// All codes of the subset, in the order of the specification.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the code as sent on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                <$codes as $crate::code::Code>::wire(&self.into()).unwrap_or_default()
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::code::ParseCodeError;
            fn from_str(text: &str) -> ::core::result::Result<Self, $crate::code::ParseCodeError> {
                let found = Self::ALL.iter().find(|code| code.as_str() == text);
                found.copied().ok_or($crate::code::ParseCodeError)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::FailureKind;

    #[test]
    fn a_failure_of_the_client_falls_back_to_one_of_the_client() {
        for (failure, fallback) in [
            (FailureKind::Key, FailureKind::Signature),
            (FailureKind::Method, FailureKind::InvalidRequest),
            (FailureKind::MediaType, FailureKind::InvalidRequest),
            (FailureKind::Overload, FailureKind::Internal),
            (FailureKind::Path, FailureKind::Internal),
        ] {
            assert_eq!(failure.fallback(), fallback);
        }
    }
}
