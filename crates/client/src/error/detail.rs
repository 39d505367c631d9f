//! The groups of reasons: what went wrong before, while and after a response was verified.

use alipayplus_runtime::code::Status;
use alipayplus_runtime::message::DecodeError;
use alipayplus_runtime::violation::Violation;
use alipayplus_signing::{FreshnessError, HeaderError, KeyRingError, NotVerified, SignError};

use super::build::BuildError;
use super::result::{UnverifiedResult, VerifiedResult};

/// The reason why nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotSentError {
    /// A setting of this call is invalid.
    #[error("the call has an invalid setting")]
    Config(#[from] BuildError),
    /// The request breaks a condition of the schema that its types do not rule out.
    #[error("the request breaks the schema")]
    InvalidRequest(#[from] DecodeError),
    /// The request could not be signed.
    #[error("the request could not be signed")]
    Sign(#[from] SignError),
}

impl NotSentError {
    pub(super) fn is_retryable(&self) -> bool {
        matches!(self, Self::Sign(SignError::External(_)))
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Config(_) => "config",
            Self::InvalidRequest(_) => "invalid_request",
            Self::Sign(_) => "sign",
        }
    }
}

/// The reason why it is not known who sent a response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnverifiedError {
    /// The response has no `Signature` header, so that anyone may have sent it. A server does not sign when it could not
    /// verify the signature of the request, or when it is overloaded.
    #[error("the response has no signature{}", describe_claim(.claimed.as_ref()))]
    Unsigned {
        /// The result that it claims, if it can be read. **Not verified**: a hint for the operator.
        claimed: Option<UnverifiedResult>,
    },
    /// The signature of the response is not accepted.
    #[error("the signature of the response is not accepted")]
    Signature(#[from] SignatureError),
    /// The `Client-Id` header of the response is missing, repeated, or not that of the request.
    #[error("the Client-Id of the response is not that of the request")]
    ClientId,
    /// The `Response-Time` header is missing, repeated, unreadable, not fresh, or before the request.
    #[error("the time of the response is not accepted")]
    Freshness(#[from] FreshnessError),
}

impl UnverifiedError {
    /// Returns the version that the response names, if there is no key of it.
    pub(crate) fn unknown_version(&self) -> Option<u64> {
        match self {
            Self::Signature(SignatureError::Key(KeyRingError::UnknownVersion { version })) => *version,
            _ => None,
        }
    }

    pub(super) fn is_retryable(&self) -> bool {
        match self {
            Self::Unsigned { claimed } => claimed.as_ref().is_some_and(|claimed| claimed.status == Status::Unknown),
            _ => false,
        }
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Unsigned { .. } => "unsigned",
            Self::Signature(_) => "signature",
            Self::ClientId => "client_id",
            Self::Freshness(_) => "freshness",
        }
    }
}

/// An error of checking the signature of a response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The `Signature` header is repeated or malformed.
    #[error("the header is not valid")]
    Header(#[from] HeaderError),
    /// The header names a key version that is not trusted.
    #[error("the key is not trusted")]
    Key(#[from] KeyRingError),
    /// The trusted key did not make the signature over this response. The source names what was compared.
    #[error("the signature is not valid")]
    Verify(#[from] NotVerified),
}

/// The reason why a response cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnreadableError {
    /// The body of the response is larger than the limit. Not verified.
    #[error("the response has more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The response is compressed although the request did not allow it. The bytes that were signed are not known. Not
    /// verified.
    #[error("the response has a Content-Encoding other than identity")]
    ContentEncoding,
    /// The response is verified, but it is not JSON in UTF-8.
    #[error("the response is not JSON in UTF-8")]
    MediaType,
    /// The response is verified, but it breaks the schema.
    #[error("the response breaks the schema")]
    InvalidResponse(#[from] DecodeError),
}

impl UnreadableError {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::ContentEncoding => "content_encoding",
            Self::MediaType => "media_type",
            Self::InvalidResponse(_) => "invalid_response",
        }
    }
}

/// What is not recognized in a verified response, and so is not taken for a success.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnrecognizedError {
    /// The response reports a success with a code that the document does not list.
    #[error("a success with the unlisted code {}", .0)]
    Code(VerifiedResult),
    /// A member is missing or has an unrecognized value.
    #[error("{pointer} is missing or not recognized")]
    Member {
        /// The member, as a JSON Pointer.
        pointer: &'static str,
        /// Where the response breaks the schema beside that.
        violations: Vec<Violation>,
    },
}

impl UnrecognizedError {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Code(_) => "unlisted_code",
            Self::Member { .. } => "unrecognized_member",
        }
    }
}

fn describe_claim(claimed: Option<&UnverifiedResult>) -> String {
    let Some(UnverifiedResult { code, signed_with, .. }) = claimed else { return String::new() };
    let signed_with = signed_with.as_ref().map_or_else(String::new, |signed_with| format!("; {signed_with}"));
    format!("; its unverified result code is {}{signed_with}", code.escape_debug())
}
