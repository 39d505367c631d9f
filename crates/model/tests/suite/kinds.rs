//! The kinds of messages with their types and definitions, and the base messages of the tests.

use std::collections::{BTreeMap, BTreeSet};

use alipayplus_model::ServiceResponse;
use alipayplus_model::inquiry_payment::{Request, Response};
use alipayplus_runtime::message::{self, DecodeError, Message};
use serde::Deserialize;
use serde_json::Value;

use crate::files::json_file;
use crate::oracle::{Oracle, violations};

pub(crate) const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data");

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    Request,
    Response,
    Service,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Request, Self::Response, Self::Service];

    /// Returns the definition in the schema.
    pub(crate) const fn definition(self) -> &'static str {
        match self {
            Self::Request => "inquiryPayment.json#/$defs/InquiryPaymentRequest",
            Self::Response => "inquiryPayment.json#/$defs/InquiryPaymentResponse",
            Self::Service => "common.json#/$defs/ServiceResponse",
        }
    }

    /// Decodes a text and encodes the message again.
    pub(crate) fn read(self, text: &[u8]) -> Result<Vec<u8>, DecodeError> {
        match self {
            Self::Request => round_trip::<Request>(text),
            Self::Response => round_trip::<Response>(text),
            Self::Service => round_trip::<ServiceResponse>(text),
        }
    }
}

fn round_trip<T: Message>(text: &[u8]) -> Result<Vec<u8>, DecodeError> {
    message::from_slice::<T>(text).map(|message| message::to_vec(&message))
}

/// The validators of all kinds.
pub(crate) struct Oracles([Oracle; 3]);

impl Oracles {
    pub(crate) fn new() -> Self {
        Self(Kind::ALL.map(|kind| Oracle::of(kind.definition())))
    }

    pub(crate) fn of(&self, kind: Kind) -> &Oracle {
        &self.0[kind as usize]
    }
}

/// Validates a message by the model and by the schema, asserts that both find the same, and returns the pointers of the
/// violations.
#[track_caller]
pub(crate) fn judge(oracle: &Oracle, kind: Kind, message: &Value, name: impl FnOnce() -> String) -> BTreeSet<String> {
    let text = serde_json::to_vec(message).unwrap();
    let read = kind.read(&text);
    oracle.agrees(message, violations(read.as_ref().err()), || format!("{kind:?} {}", name()))
}

/// A valid message that others are derived from.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Base {
    pub(crate) of: Kind,
    pub(crate) message: Value,
    /// The outcome of a response; `None` if it is an error.
    pub(crate) outcome: Option<String>,
}

pub(crate) fn bases() -> BTreeMap<String, Base> {
    serde_json::from_value(json_file(format!("{DATA}/bases.json"))).unwrap()
}
