//! The headers in the `OpenAPI` document are those of real messages.

use std::collections::BTreeMap;

use alipayplus_client::Client;
use alipayplus_client::inquiry_payment::{Request, RequestRequired};
use alipayplus_client::testing::TestKeys;
use alipayplus_client::transport::http::{HeaderMap, HeaderName};
use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, NotFound, Refusal, Request as Question};
use alipayplus_server::{Caller, Server};
use serde_json::Value;

use crate::families::Family;

struct Wallet;

impl InquiryPayment for Wallet {
    async fn inquiry_payment(&self, _: &Caller, _: Question) -> Result<Answer, Refusal> {
        Ok(NotFound::default().into())
    }
}

/// Names in lower case, each with whether it is required.
fn listed(references: impl IntoIterator<Item = (String, Value)>, openapi: &Value) -> BTreeMap<String, bool> {
    let resolved = |reference: &Value| openapi.pointer(&reference["$ref"].as_str().unwrap()[1..]).unwrap();
    references.into_iter().map(|(name, it)| (name.to_lowercase(), resolved(&it)["required"] == true)).collect()
}

fn assert_listed(listed: &BTreeMap<String, bool>, travelled: &HeaderMap) {
    // Headers of HTTP, which the document describes as media types.
    let own = ["content-type", "accept", "content-length", "host"];
    for name in travelled.keys().map(HeaderName::as_str).filter(|name| !own.contains(name)) {
        assert!(listed.contains_key(name), "{name} is not in {listed:?}");
    }
    for (name, _) in listed.iter().filter(|(_, required)| **required) {
        assert!(travelled.contains_key(name), "{name} is not in {travelled:?}");
    }
}

#[tokio::test]
async fn they_are_those_that_travel() {
    let parties = TestKeys::new().unwrap();
    let server = Server::builder().testing(&parties).build().unwrap().inquiry_payment(Wallet);
    let client = Client::builder("http://127.0.0.1").testing(&parties, server).build().unwrap();
    let request = Request::new(RequestRequired {
        acquirer_id: "1".parse().unwrap(),
        psp_id: "2".parse().unwrap(),
        payment_request_id: "3".parse().unwrap(),
    });
    let reply = client.inquiry_payment(&request).await.unwrap();

    let openapi = Family::of("real", &alipayplus_tests::one_operation()).openapi;
    let path = reply.evidence().path();
    let operation = &openapi["paths"][path][reply.evidence().method().to_lowercase()];
    let parameters = operation["parameters"].as_array().unwrap().iter().map(|it| {
        let name = it["$ref"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        (name, it.clone())
    });
    let mut in_requests = listed(parameters, &openapi);
    let schemes = openapi["components"]["securitySchemes"].as_object().unwrap();
    for scheme in openapi["security"][0].as_object().unwrap().keys() {
        in_requests.insert(schemes[scheme]["name"].as_str().unwrap().to_lowercase(), true);
    }
    assert_listed(&in_requests, reply.evidence().request_headers());
    let headers = operation["responses"]["200"]["headers"].as_object().unwrap().clone();
    assert_listed(&listed(headers, &openapi), reply.evidence().response_headers());
}
