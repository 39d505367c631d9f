//! The kind of result of a call.

use alipayplus_client::inquiry_payment::InquiryPayment;
use alipayplus_client::signing::{FreshnessError, HeaderError, KeyRingError, VerifyError};
use alipayplus_client::{Error, Reply, SignatureError, TransportErrorKind};

use crate::test_bed::{Decision, decision_of};

/// The variant of the client's error, or whether the outcome is the wallet's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The wallet's own decision.
    Truth,
    /// Anything else than the wallet's decision; this must never happen.
    Lie,
    Transport(TransportErrorKind),
    Status(u16),
    TooLarge,
    ContentEncoding,
    /// Without a signature, and whether the body contains a code.
    Unsigned(bool),
    /// More than one `Signature` header.
    DoubledSignature,
    /// A `Signature` header that cannot be parsed.
    UnreadableSignature,
    UnknownVersion,
    SignatureLength,
    Mismatch,
    ClientId,
    UnreadableTime,
    Stale,
    Future,
    BeforeRequest,
    MediaType,
    Read,
    Refused,
    Trouble,
    Unexpected,
    Other,
}

impl Ending {
    /// Classifies the result of a call, given the wallet's decision.
    pub(crate) fn of(result: &Result<Reply<InquiryPayment>, Error>, truth: &Decision) -> Self {
        match result {
            Ok(reply) if decision_of(&reply.outcome) == *truth => Self::Truth,
            Ok(_) => Self::Lie,
            Err(error) => Self::of_error(error),
        }
    }

    fn of_error(error: &Error) -> Self {
        match error {
            Error::Transport(cause) => Self::Transport(cause.kind()),
            Error::Status { status, .. } => Self::Status(*status),
            Error::TooLarge { .. } => Self::TooLarge,
            Error::ContentEncoding => Self::ContentEncoding,
            Error::Unsigned { claimed } => Self::Unsigned(claimed.is_some()),
            Error::Signature(cause) => Self::of_signature(cause),
            Error::ClientId => Self::ClientId,
            Error::Freshness(FreshnessError::Unreadable) => Self::UnreadableTime,
            Error::Freshness(FreshnessError::Stale { .. }) => Self::Stale,
            Error::Freshness(FreshnessError::Future { .. }) => Self::Future,
            Error::Freshness(FreshnessError::BeforeRequest { .. }) => Self::BeforeRequest,
            Error::MediaType => Self::MediaType,
            Error::InvalidResponse(_) => Self::Read,
            Error::Refused(_) => Self::Refused,
            Error::Trouble(_) => Self::Trouble,
            Error::Mismatch { .. } => Self::Unexpected,
            _ => Self::Other,
        }
    }

    fn of_signature(error: &SignatureError) -> Self {
        match error {
            SignatureError::Header(HeaderError::Repeated) => Self::DoubledSignature,
            SignatureError::Header(_) => Self::UnreadableSignature,
            SignatureError::Key(KeyRingError::UnknownVersion { .. }) => Self::UnknownVersion,
            SignatureError::Verify(error) => match error.error {
                VerifyError::SignatureLength { .. } => Self::SignatureLength,
                VerifyError::Mismatch => Self::Mismatch,
                _ => Self::Other,
            },
            _ => Self::Other,
        }
    }
}
