//! Messages: what is JSON to `serde_json` is JSON here and the other way round, and a message survives a round trip.

#![no_main]

use alipayplus_model::inquiry_payment::{InquiryPayment, Request, Response};
use alipayplus_runtime::conclusion::conclude;
use alipayplus_runtime::message::{self, DecodeError, MalformedKind, Message};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use serde_json::value::RawValue;

fuzz_target!(|bytes: &[u8]| {
    check::<Request>(bytes);
    check::<Response>(bytes);
    // Whatever the bytes are, this is no panic.
    let _ = conclude::<InquiryPayment>(bytes);
});

fn check<T: Message + PartialEq>(bytes: &[u8]) {
    match message::from_slice::<T>(bytes) {
        Ok(read) => {
            let written = message::to_vec(&read);
            assert!(message::from_slice::<T>(&written).is_ok_and(|again| again == read));
        }
        Err(DecodeError::Malformed(error))
            if matches!(error.what, MalformedKind::Syntax | MalformedKind::Incomplete) =>
        {
            assert!(serde_json::from_slice::<Value>(bytes).is_err(), "{error}");
        }
        Err(DecodeError::Invalid(_)) => {
            // A raw value is checked for its grammar, and a number in it has any size.
            assert!(serde_json::from_slice::<&RawValue>(bytes).is_ok());
        }
        Err(_) => {}
    }
}
