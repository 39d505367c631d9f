//! The schema derived from the types is the original one: the same keywords at the same places, conditions included.
//! References are resolved and annotations left out on both sides.

use alipayplus_model::ServiceResponse;
use alipayplus_model::inquiry_payment::{Request, Response};

use crate::canonical::assert_same;

#[test]
fn of_the_request() {
    assert_same("inquiryPayment.json#/$defs/InquiryPaymentRequest", &alipayplus_runtime::schema::of::<Request>());
}

#[test]
fn of_the_response() {
    assert_same("inquiryPayment.json#/$defs/InquiryPaymentResponse", &alipayplus_runtime::schema::of::<Response>());
}

#[test]
fn of_the_service() {
    assert_same("common.json#/$defs/ServiceResponse", &alipayplus_runtime::schema::of::<ServiceResponse>());
}

#[test]
fn it_is_a_schema_of_the_standard_and_says_what_members_mean() {
    let made = alipayplus_runtime::schema::of::<Response>();
    assert!(jsonschema::draft202012::meta::is_valid(made.as_value()), "{made:?}");
    let described = made.as_value()["properties"]["paymentId"]["description"].as_str().unwrap_or_default();
    assert!(described.contains("ID that the MPP assigned"), "{described}");
}
