//! Encoded messages: what is sent as the body of a response, independent of the operation's types.

use alipayplus_runtime::code::{Code as _, CodedResult, FailureKind};
use alipayplus_runtime::message::{self, DecodeError, Message};
use alipayplus_runtime::operation::{FromResult, Operation, OutcomeError};

use crate::refusal::SetMembers;
use crate::rejection::Rejection;

/// An encoded refusal, and its code for the log.
#[derive(Debug)]
pub(crate) struct EncodedRefusal {
    pub(crate) body: Vec<u8>,
    pub(crate) code: &'static str,
}

/// Encodes the refusal for a kind of failure. Returns `None` if the code table has a row neither for the kind nor for
/// internal errors.
pub(crate) type RefusalEncoder = fn(FailureKind, Option<&DecodeError>) -> Option<EncodedRefusal>;

/// An encoded answer or refusal of a handler.
pub(crate) enum HandlerOutput {
    /// An answer, with the name of its outcome.
    Answer { body: Vec<u8>, outcome: &'static str },
    /// A refusal with a code, and its cause for the log.
    Refusal { refusal: EncodedRefusal, cause: Option<String> },
}

impl EncodedRefusal {
    /// Encodes a message of type `R` for a kind of failure. Details of the decode error follow the message's text.
    pub(crate) fn for_failure<R: FromResult + Message>(kind: FailureKind, error: Option<&DecodeError>) -> Option<Self> {
        let code = <R::Result as CodedResult>::Code::for_failure(kind)?;
        // One character separates the table's message from the detail.
        let message = code.message().map_or(0, |message| message.chars().count() + 1);
        let room = <R::Result as CodedResult>::MESSAGE_MAX.saturating_sub(message);
        let detail = error.map(|error| match error {
            DecodeError::Invalid(violations) => violations.pointers(room),
            other => other.to_string(),
        });
        Self::new::<R>(code, detail.as_deref())
    }

    /// Encodes the refusal with a code and members that a handler chose.
    pub(crate) fn for_code<O: Operation>(
        code: O::RefusalCode,
        detail: Option<&str>,
        members: Option<SetMembers<O::Response>>,
    ) -> Result<Option<Self>, Rejection> {
        let code: O::Code = code.into();
        let (Some(set), Some(wire)) = (members, code.wire()) else {
            return Ok(Self::new::<O::Response>(code, detail));
        };
        let mut response = O::Response::from_result(result(code.clone(), detail));
        set(&mut response);
        let body = message::to_vec_validated(&response).map_err(Rejection::InvalidRefusal)?;
        // The client reads the refusal by the same function.
        match O::into_outcome(response) {
            Err(OutcomeError::Refused(read) | OutcomeError::Trouble(Some(read))) if read == code => {
                Ok(Some(Self { body, code: wire }))
            }
            _ => Err(Rejection::OtherRefusal { code: wire }),
        }
    }

    /// Encodes a message with the result of a known code; `None` for a code that is not in the table.
    fn new<R: FromResult + Message>(code: <R::Result as CodedResult>::Code, detail: Option<&str>) -> Option<Self> {
        let wire = code.wire()?;
        Some(Self { body: message::to_vec(&R::from_result(result(code, detail))), code: wire })
    }
}

fn result<R: CodedResult>(code: R::Code, detail: Option<&str>) -> R {
    match detail {
        Some(detail) => R::detailed(code, detail),
        None => R::with(code),
    }
}
