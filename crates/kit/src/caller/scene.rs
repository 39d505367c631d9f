//! What a fault is made from: keys, the payment, and the request that is answered.

use std::time::Duration;

use alipayplus_signing::{SignatureHeader, SigningInput, Timestamp, format_time};
use serde_json::{Value, json};

use super::answer::Answer;
use super::keys::Signers;
use super::request::Request;
use crate::key::{RawKey, Scheme};

/// The version of both sides' keys.
pub(crate) const VERSION: u64 = 1;

/// What all customers' IDs begin with.
pub const CUSTOMER: &str = "canary-customer-";

/// The payment that the adapter asks about, and what is true of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Payment {
    /// The ID of the acquirer.
    pub acquirer_id: String,
    /// The ID of the MPP.
    pub psp_id: String,
    /// The ID of the payment, a new one for each fault.
    pub payment_request_id: String,
    /// The MPP's ID of the payment.
    pub payment_id: String,
    /// The currency of the amount that was requested.
    pub currency: String,
    /// The amount that was requested, in the currency's smallest unit.
    pub value: String,
    /// The ID of the customer, which no output may hold but the answer's members.
    pub customer_id: String,
}

/// One request of the caller, and all that an answer needs.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) keys: &'a Signers,
    /// The version of the key of the MPP.
    pub(crate) version: u64,
    pub(crate) now: Timestamp,
    pub(crate) payment: &'a Payment,
    pub(crate) request: &'a Request,
    /// The code of the fault, or an empty text.
    pub(crate) code: &'static str,
    /// How many requests about this payment came before.
    pub(crate) asked: usize,
    /// Another address of the kit, where nothing may arrive.
    pub(crate) elsewhere: &'a str,
}

/// What is signed, and by whom.
pub(crate) struct Seal<'a> {
    pub(crate) key: &'a RawKey,
    pub(crate) scheme: Scheme,
    pub(crate) version: u64,
    pub(crate) uri: String,
    pub(crate) client_id: String,
    pub(crate) time: String,
}

impl Scene<'_> {
    /// Returns the payment, paid in one currency.
    pub(crate) fn paid(&self) -> Value {
        let Payment { payment_id, currency, value, customer_id, .. } = self.payment;
        json!({
            "result": result("S", "SUCCESS"),
            "paymentResult": result("S", "SUCCESS"),
            "paymentId": payment_id,
            "paymentAmount": { "currency": currency, "value": value },
            "paymentTime": self.time(-3600),
            "customerId": customer_id,
        })
    }

    /// Returns the paid payment with members replaced, added, or by `null` removed.
    pub(crate) fn paid_but(&self, changes: &[(&str, Value)]) -> Value {
        let mut body = self.paid();
        for (pointer, value) in changes {
            if let Some((parent, name)) = pointer.rsplit_once('/')
                && let Some(parent) = body.pointer_mut(parent).and_then(Value::as_object_mut)
            {
                parent.remove(name);
                if !value.is_null() {
                    parent.insert(name.to_owned(), value.clone());
                }
            }
        }
        body
    }

    /// Returns a time, so many seconds from now.
    pub(crate) fn time(&self, seconds: i64) -> String {
        let by = Duration::from_secs(seconds.unsigned_abs());
        format_time(if seconds < 0 { self.now - by } else { self.now + by })
    }

    /// Returns what a right answer is signed with.
    pub(crate) fn seal(&self) -> Seal<'_> {
        Seal {
            key: &self.keys.mpp,
            scheme: Scheme::Sha256,
            version: self.version,
            uri: self.request.uri.clone(),
            client_id: self.request.get("client-id").to_owned(),
            time: self.time(0),
        }
    }

    /// Returns a right answer with this body.
    pub(crate) fn answer(&self, body: &Value) -> Answer {
        self.sealed(&self.seal(), body.to_string())
    }

    /// Returns an answer that is signed as the seal says.
    pub(crate) fn sealed(&self, seal: &Seal<'_>, body: impl Into<Vec<u8>>) -> Answer {
        let body = body.into();
        let Seal { key, scheme, version, uri, client_id, time } = seal;
        let input = SigningInput { method: &self.request.method, uri, client_id, time, body: &body };
        let header = SignatureHeader::new(Some(*version), key.sign(*scheme, &input.to_bytes()));
        unsigned(seal, body).and("signature", header.to_string())
    }
}

/// Returns the answer without a signature. Its headers have small letters: an official client of the gateway family finds
/// no others, and each further fault would be hidden by that.
pub(crate) fn unsigned(seal: &Seal<'_>, body: impl Into<Vec<u8>>) -> Answer {
    Answer::new("200 OK", body)
        .and("content-type", "application/json; charset=UTF-8")
        .and("client-id", &*seal.client_id)
        .and("response-time", &*seal.time)
}

/// Returns a result object.
pub(crate) fn result(status: &str, code: &str) -> Value {
    json!({ "resultStatus": status, "resultCode": code, "resultMessage": code })
}
