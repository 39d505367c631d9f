//! Result codes: open sets of words, each known one with its status, its message and, where the service answers by
//! itself, its cause.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::rule::{HasSchema, Rule};
use crate::scalar::Scalar;
pub use crate::status::{Status, StatusWord};
use crate::text::check_length;
use crate::violation::ValueError;

/// Why a service answers by itself. The runtime knows causes; code tables say which code each cause has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// The path belongs to no operation.
    Path,
    /// The HTTP method is not the operation's.
    Method,
    /// The body's media type is not the operation's, or `Accept` rules it out.
    MediaType,
    /// Too many requests are being answered.
    Overload,
    /// The Client-Id is missing, doubled or unknown.
    Client,
    /// The client has no key of that version.
    Key,
    /// The signature is missing, malformed, stale or wrong.
    Signature,
    /// The client may not call this operation.
    Forbidden,
    /// The body breaks the schema.
    InvalidRequest,
    /// The handler failed, panicked or was late.
    Internal,
}

impl FailureKind {
    /// The cause that is the nearest to this one, for tables that have no code for it: a fault of the peer's stays one.
    const fn instead(self) -> Self {
        match self {
            Self::Key => Self::Signature,
            Self::Method | Self::MediaType => Self::InvalidRequest,
            _ => Self::Internal,
        }
    }
}

/// One row of a code table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRow<C: Code> {
    /// The code.
    pub code: C,
    /// The code as it travels.
    pub word: &'static str,
    /// The status that goes with it.
    pub status: C::Status,
    /// The message that the document gives it.
    pub message: &'static str,
    /// The cause, where the service answers by itself.
    pub cause: Option<FailureKind>,
}

/// An open set of codes: the known ones, and any other as its text. [`open_enum!`](crate::open_enum) implements it.
pub trait OpenCode: Sized {
    /// The status words.
    type Status: StatusWord;
    /// The greatest number of characters of any code.
    const MAX: usize;
    /// A code that the table lacks.
    fn other(text: UnlistedCode) -> Self;
    /// The text of a code that the table lacks; nothing for a known one.
    fn unlisted(&self) -> Option<&UnlistedCode>;
}

/// An open set of codes with a table of the known ones.
///
/// The table is three lists, so that each stays one line a code in generated text; [`row`](Self::row) puts a row
/// together.
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
    /// The known codes with word and status, in the order of the document.
    const TABLE: &'static [(Self, &'static str, Self::Status)];
    /// The document's message of each row.
    const MESSAGES: &'static [&'static str];
    /// The causes with which the service answers by itself, each with its row.
    const CAUSES: &'static [(FailureKind, usize)];

    /// The n-th row of the table.
    #[must_use]
    fn row_at(n: usize) -> Option<CodeRow<Self>> {
        let (code, word, status) = Self::TABLE.get(n)?;
        let cause = Self::CAUSES.iter().find(|(_, row)| *row == n).map(|(cause, _)| *cause);
        let message = Self::MESSAGES.get(n).copied().unwrap_or_default();
        Some(CodeRow { code: code.clone(), word, status: *status, message, cause })
    }

    /// The row of a known code.
    fn row(&self) -> Option<CodeRow<Self>> {
        Self::row_at(Self::TABLE.iter().position(|(code, ..)| code == self)?)
    }

    /// The status that the table gives the code; nothing for a code that it lacks.
    fn status(&self) -> Option<Self::Status> {
        Self::TABLE.iter().find(|(code, ..)| code == self).map(|(_, _, status)| *status)
    }

    /// The row that answers a cause. Where the table has none for it, [`FailureKind::Key`] is answered as
    /// [`FailureKind::Signature`], [`FailureKind::Method`] and [`FailureKind::MediaType`] as [`FailureKind::InvalidRequest`], and what has no code then
    /// as [`FailureKind::Internal`]. Every operation's table has that one.
    #[must_use]
    fn for_failure(cause: FailureKind) -> Option<CodeRow<Self>> {
        let find = |cause| Self::CAUSES.iter().find(|(known, _)| *known == cause);
        let (_, row) = [cause, cause.instead(), FailureKind::Internal].into_iter().find_map(find)?;
        Self::row_at(*row)
    }

    /// The code and the status word of the n-th row.
    #[must_use]
    fn entry(n: usize) -> Option<(&'static str, &'static str)> {
        Self::TABLE.get(n).map(|(_, word, status)| (*word, status.word()))
    }
}

impl Rule {
    /// The object is a result with these members, whose codes are those of `C`.
    #[must_use]
    pub const fn status_matches_code<C: Code>(code: &'static str, status: &'static str, message: &'static str) -> Self {
        Self::StatusMatchesCode { code, status, message, row: C::entry, meaning: meaning::<C::Status> }
    }
}

fn meaning<S: StatusWord>(word: &str) -> Option<Status> {
    S::parse(word).ok().map(StatusWord::meaning)
}

/// The text of a code that no table has. It can't spell a known one.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnlistedCode(Box<str>);

impl UnlistedCode {
    /// The text.
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

/// A text that is none of the codes that can stand here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the codes that can stand here")]
pub struct ParseCodeError;

/// The code of a text: the known one, or the text itself.
///
/// # Errors
/// The text is empty or longer than a code can be.
pub fn parse<C: Code>(text: &str) -> Result<C, ValueError> {
    if let Some((code, ..)) = C::TABLE.iter().find(|(_, word, _)| *word == text) {
        return Ok(code.clone());
    }
    check_length(text, 1, C::MAX)?;
    Ok(C::other(UnlistedCode(text.into())))
}

/// The text of a code.
#[must_use]
pub fn text_of<C: Code>(code: &C) -> &str {
    match code.unlisted() {
        Some(text) => text.as_str(),
        None => C::TABLE.iter().find(|(known, ..)| known == code).map_or("", |(_, word, _)| *word),
    }
}

/// An object that says how something ended: a status, a code and a message.
pub trait CodedResult: Sized {
    /// The codes of its table.
    type Code: Code;
    /// The type of its message.
    type Message: Scalar;
    /// The greatest number of characters of a message.
    const MESSAGE_MAX: usize;
    /// The status of a code that the table lacks: never a success.
    const UNLISTED: <Self::Code as OpenCode>::Status;

    /// Puts the parts together.
    fn new(code: Self::Code, status: <Self::Code as OpenCode>::Status, message: Option<Self::Message>) -> Self;
    /// The code.
    fn code(&self) -> &Self::Code;
    /// The status.
    fn status(&self) -> <Self::Code as OpenCode>::Status;

    /// The object of a code, with the status and message of its row.
    #[must_use]
    fn with(code: Self::Code) -> Self {
        match code.row() {
            Some(row) => Self::of(row),
            None => Self::new(code, Self::UNLISTED, None),
        }
    }

    /// The object of a row, with the table's message.
    #[must_use]
    fn of(row: CodeRow<Self::Code>) -> Self {
        Self::new(row.code, row.status, Self::Message::parse(row.message).ok())
    }

    /// The object of a row, with a detail behind the table's message; as much of it as fits.
    #[must_use]
    fn detailed(row: CodeRow<Self::Code>, detail: &str) -> Self {
        let text: String =
            row.message.chars().chain(" ".chars()).chain(detail.chars()).take(Self::MESSAGE_MAX).collect();
        Self::new(row.code, row.status, Self::Message::parse(text.trim_end()).ok())
    }

    /// Whether this is the code, with the status that goes with it.
    fn is(&self, code: &Self::Code) -> bool {
        self.code() == code && code.status() == Some(self.status())
    }

    /// Whether the status means this.
    fn means(&self, status: Status) -> bool {
        self.status().meaning() == status
    }
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

#[cfg(test)]
mod tests {
    use super::FailureKind;

    #[test]
    fn a_fault_of_the_peers_stays_one_without_a_code_of_its_own() {
        for (cause, instead) in [
            (FailureKind::Key, FailureKind::Signature),
            (FailureKind::Method, FailureKind::InvalidRequest),
            (FailureKind::MediaType, FailureKind::InvalidRequest),
            (FailureKind::Overload, FailureKind::Internal),
            (FailureKind::Path, FailureKind::Internal),
        ] {
            assert_eq!(cause.instead(), instead);
        }
    }
}
