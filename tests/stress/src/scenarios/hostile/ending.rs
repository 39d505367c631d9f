//! The kind of result of a call.

use alipayplus_client::inquiry_payment::InquiryPayment;
use alipayplus_client::signing::{FreshnessError, HeaderError, KeyRingError, VerifyError};
use alipayplus_client::{Error, ErrorReason, Reply, SignatureError, TransportErrorKind};

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
        match error.reason() {
            ErrorReason::Transport(cause) => Self::Transport(cause.kind()),
            ErrorReason::Status { status, .. } => Self::Status(*status),
            ErrorReason::TooLarge { .. } => Self::TooLarge,
            ErrorReason::ContentEncoding => Self::ContentEncoding,
            ErrorReason::Unsigned { claimed } => Self::Unsigned(claimed.is_some()),
            ErrorReason::Signature(cause) => Self::of_signature(cause),
            ErrorReason::ClientId => Self::ClientId,
            ErrorReason::Freshness(FreshnessError::Unreadable) => Self::UnreadableTime,
            ErrorReason::Freshness(FreshnessError::Stale { .. }) => Self::Stale,
            ErrorReason::Freshness(FreshnessError::Future { .. }) => Self::Future,
            ErrorReason::Freshness(FreshnessError::BeforeRequest { .. }) => Self::BeforeRequest,
            ErrorReason::MediaType => Self::MediaType,
            ErrorReason::InvalidResponse(_) => Self::Read,
            ErrorReason::Refused(_) => Self::Refused,
            ErrorReason::Trouble(_) => Self::Trouble,
            ErrorReason::Mismatch { .. } => Self::Unexpected,
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
