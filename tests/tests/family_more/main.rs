//! The generated crates of `fixtures/family_more`, four more operations, written from what the public pages describe:
//! prices, texts of a form, words for a state, and two sides that answer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

include!(concat!(env!("OUT_DIR"), "/family_more.rs"));

#[path = "../family/agreement.rs"]
mod agreement;
#[path = "../schema/canonical.rs"]
#[cfg(feature = "schemars")]
mod canonical;
#[path = "../family/comparisons.rs"]
mod comparisons;
#[path = "../../../crates/model/tests/suite/faults.rs"]
mod faults;
#[path = "../../../crates/model/tests/suite/files.rs"]
mod files;
#[path = "../../../crates/model/tests/suite/names.rs"]
mod names;
#[path = "../../../crates/model/tests/suite/oracle.rs"]
mod oracle;
#[path = "../../../crates/model/tests/suite/places.rs"]
mod places;
#[path = "../family/variations.rs"]
mod variations;

use agreement::{check, check_outcomes, request, response};
use family_more::model::acquirer_inquiry_payment::{self, AcquirerInquiryPayment};
use family_more::model::apply_token::{self, ApplyToken};
use family_more::model::consult_payment::{self, ConsultPayment};
use family_more::model::inquiry_refund::{self, InquiryRefund};

/// The folder of the schema files.
const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/family_more/schema");
/// The valid messages.
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/family_more.json");

macro_rules! agree {
    ($($test:ident: $operation:ident, $module:ident, $messages:literal;)*) => {
        $(
            mod $test {
                use super::*;

                #[test]
                fn requests() {
                    check(concat!($messages, "Request"), request::<$operation>);
                }

                #[test]
                fn responses() {
                    check(concat!($messages, "Response"), response::<$operation>);
                }

                /// The schemas derived from the types are the original ones.
                #[test]
                #[cfg(feature = "schemars")]
                fn schemas() {
                    use alipayplus_runtime::schema::of;
                    canonical::assert_same(concat!($messages, "Request"), &of::<$module::Request>());
                    canonical::assert_same(concat!($messages, "Response"), &of::<$module::Response>());
                }
            }
        )*
    };
}

agree! {
    of_consult_payment: ConsultPayment, consult_payment, "consultPayment.json#/$defs/ConsultPayment";
    of_apply_token: ApplyToken, apply_token, "applyToken.json#/$defs/ApplyToken";
    of_inquiry_refund: InquiryRefund, inquiry_refund, "inquiryRefund.json#/$defs/InquiryRefund";
    of_inquiry_payment: AcquirerInquiryPayment, acquirer_inquiry_payment, "acquirerInquiryPayment.json#/$defs/InquiryPayment";
}

#[test]
fn of_every_outcome() {
    check_outcomes();
}
