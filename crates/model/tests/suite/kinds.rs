//! The kinds of messages, each with its type and its definition, and the base messages that tests begin from.

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

    /// Where the schema defines it.
    pub(crate) const fn definition(self) -> &'static str {
        match self {
            Self::Request => "inquiryPayment.json#/$defs/InquiryPaymentRequest",
            Self::Response => "inquiryPayment.json#/$defs/InquiryPaymentResponse",
            Self::Service => "common.json#/$defs/ServiceResponse",
        }
    }

    /// Reads a text by the model and writes the message back.
    pub(crate) fn read(self, text: &[u8]) -> Result<Vec<u8>, DecodeError> {
        match self {
            Self::Request => there_and_back::<Request>(text),
            Self::Response => there_and_back::<Response>(text),
            Self::Service => there_and_back::<ServiceResponse>(text),
        }
    }
}

fn there_and_back<T: Message>(text: &[u8]) -> Result<Vec<u8>, DecodeError> {
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

/// Lets model and validator judge a message. They have to agree on validity and on every pointer.
#[track_caller]
pub(crate) fn judge(oracle: &Oracle, kind: Kind, message: &Value, name: impl FnOnce() -> String) -> BTreeSet<String> {
    let text = serde_json::to_vec(message).unwrap();
    let read = kind.read(&text);
    oracle.agrees(message, violations(read.as_ref().err()), || format!("{kind:?} {}", name()))
}

/// A valid message from which others are made.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Base {
    pub(crate) of: Kind,
    pub(crate) message: Value,
    /// The outcome of a response; none if it is inconclusive.
    pub(crate) outcome: Option<String>,
}

pub(crate) fn bases() -> BTreeMap<String, Base> {
    serde_json::from_value(json_file(format!("{DATA}/bases.json"))).unwrap()
}
