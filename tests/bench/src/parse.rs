//! Decoding, compared with serde structs that check only the shape.

use std::hint::black_box;

use alipayplus_model::inquiry_payment::Response;
use alipayplus_runtime::message;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Failable;
use crate::interleave::{interleave, repeated};
use crate::table::{Goal, Row, Table};

/// The goal: no more than this beside plain serde.
const GOAL: f64 = 1.5;
/// Slices of a round.
const SLICES: usize = 50;

/// The same shape, with texts for leaves.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "what is read is thrown away")]
struct Plain {
    result: PlainResult,
    payment_result: Option<PlainResult>,
    payment_id: Option<String>,
    payment_amount: Option<PlainAmount>,
    pay_to_amount: Option<PlainAmount>,
    payment_time: Option<String>,
    customer_id: Option<String>,
    customs_declaration_amount: Option<PlainAmount>,
    pass_through_info: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, clippy::struct_field_names, reason = "what is read is thrown away; the names are the document's")]
struct PlainResult {
    result_code: String,
    result_status: String,
    result_message: Option<String>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "what is read is thrown away")]
struct PlainAmount {
    currency: String,
    value: String,
}

pub(crate) fn table() -> Failable<Table> {
    let mut rows = Vec::new();
    for (what, info) in [("all members", 40), ("10,000 characters of `passThroughInfo`", 10_000), ("20,000", 20_000)] {
        rows.push(row(&format!("a paid response, {what}"), &response(&"k".repeat(info)))?);
    }
    rows.push(row("the same, each an escape", &response(&"\"".repeat(20_000)))?);
    rows.push(row("the same, each of 4 bytes", &response(&"\u{1f4b6}".repeat(20_000)))?);
    Ok(Table { other: "serde structs of texts", rows })
}

fn row(what: &str, body: &[u8]) -> Failable<Row> {
    let mut ours = repeated(|| {
        black_box(message::from_slice::<Response>(black_box(body))?);
        Ok(())
    })?;
    let mut plain = repeated(|| {
        black_box(serde_json::from_slice::<Plain>(black_box(body))?);
        Ok(())
    })?;
    let what = format!("{what}: {} bytes", body.len());
    Ok(Row { what, rounds: interleave(SLICES, &mut [&mut ours, &mut plain])?, goal: Goal::Times(GOAL) })
}

/// A response with every member.
fn response(pass_through_info: &str) -> Vec<u8> {
    let body: Value = json!({
        "result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "Success"},
        "paymentResult": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "Success"},
        "paymentId": "2020010123456789XXXX",
        "paymentAmount": {"currency": "JPY", "value": "100"},
        "payToAmount": {"currency": "KRW", "value": "1000"},
        "paymentTime": "2020-01-01T12:01:01+08:30",
        "customerId": "1234567",
        "customsDeclarationAmount": {"currency": "CNY", "value": "77"},
        "passThroughInfo": pass_through_info,
    });
    body.to_string().into_bytes()
}
