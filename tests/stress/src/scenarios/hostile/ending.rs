//! The kind of result of a call.

use alipayplus_client::inquiry_payment::InquiryPayment;
use alipayplus_client::signing::{FreshnessError, HeaderError, KeyRingError, VerifyError};
use alipayplus_client::{
    Error, ErrorReason, Reply, SignatureError, TransportErrorKind, UnreadableError, UnverifiedError,
};

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
    Contradiction,
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
            ErrorReason::Unreadable(UnreadableError::TooLarge { .. }) => Self::TooLarge,
            ErrorReason::Unreadable(UnreadableError::ContentEncoding) => Self::ContentEncoding,
            ErrorReason::Unverified(UnverifiedError::Unsigned { claimed }) => Self::Unsigned(claimed.is_some()),
            ErrorReason::Unverified(UnverifiedError::Signature(cause)) => Self::of_signature(cause),
            ErrorReason::Unverified(UnverifiedError::ClientId) => Self::ClientId,
            ErrorReason::Unverified(UnverifiedError::Freshness(FreshnessError::Unreadable)) => Self::UnreadableTime,
            ErrorReason::Unverified(UnverifiedError::Freshness(FreshnessError::Stale { .. })) => Self::Stale,
            ErrorReason::Unverified(UnverifiedError::Freshness(FreshnessError::Future { .. })) => Self::Future,
            ErrorReason::Unverified(UnverifiedError::Freshness(FreshnessError::BeforeRequest { .. })) => {
                Self::BeforeRequest
            }
            ErrorReason::Unreadable(UnreadableError::MediaType) => Self::MediaType,
            ErrorReason::Unreadable(UnreadableError::InvalidResponse(_)) => Self::Read,
            ErrorReason::Refused(_) => Self::Refused,
            ErrorReason::Trouble(_) => Self::Trouble,
            ErrorReason::Contradiction { .. } => Self::Contradiction,
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
