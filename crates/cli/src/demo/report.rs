//! The results, and their JSON form.

use alipayplus_client::inquiry_payment::InquiryResultCode;
use alipayplus_client::runtime::code::Code;
use serde::Serialize;
use serde_json::{Value, json};

use super::exchange::Exchange;
use super::sequence::Sequence;

/// One line of the table.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    pub(crate) heading: &'static str,
    pub(crate) scenario: &'static str,
    pub(crate) sent: &'static str,
    #[serde(rename = "paymentRequestId")]
    pub(crate) payment: &'static str,
    pub(crate) result: Sequence,
    pub(crate) payment_result: Sequence,
    pub(crate) outcome: String,
    pub(crate) cause: Sequence,
    pub(crate) requests: usize,
    pub(crate) differences: Vec<String>,
    /// The result codes that the sandbox sent.
    #[serde(skip)]
    pub(crate) codes: Vec<String>,
}

impl Row {
    pub(crate) fn is_as_expected(&self) -> bool {
        self.differences.is_empty()
    }
}

/// All rows, and the exchange to show.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    pub(crate) rows: Vec<Row>,
    pub(crate) exchange: Option<Exchange>,
}

impl Report {
    pub(crate) fn is_as_expected(&self) -> bool {
        self.differing() == 0 && self.codes_not_seen().is_empty() && self.is_verified()
    }

    pub(crate) fn differing(&self) -> usize {
        self.rows.iter().filter(|row| !row.is_as_expected()).count()
    }

    /// Returns the number of result codes in the specification.
    pub(crate) fn codes() -> usize {
        InquiryResultCode::ALL.len()
    }

    /// Returns the codes that the sandbox never sent.
    pub(crate) fn codes_not_seen(&self) -> Vec<&'static str> {
        let is_seen = |word: &str| self.rows.iter().any(|row| row.codes.iter().any(|code| code == word));
        InquiryResultCode::ALL.iter().filter_map(Code::wire).filter(|word| !is_seen(word)).collect()
    }

    /// Returns whether there is an exchange to show with valid signatures.
    pub(crate) fn is_verified(&self) -> bool {
        self.exchange.as_ref().is_some_and(Exchange::verifies)
    }

    pub(crate) fn json(&self) -> Value {
        let row = |row: &Row| {
            let mut value = json!(row);
            value["verdict"] = if row.is_as_expected() { "as expected" } else { "differs" }.into();
            value
        };
        json!({
            "asExpected": self.is_as_expected(),
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(),
            "resultCodes": { "known": Self::codes(), "notSeen": self.codes_not_seen() },
            "exchange": self.exchange,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A report with every code and one row that differs or not.
    pub(crate) fn report(differences: &[&str]) -> Report {
        let row = Row {
            heading: "A heading",
            scenario: "a scenario with a name of some length",
            sent: "something",
            payment: "p",
            result: Sequence::of([Some("U REQUEST_TRAFFIC_EXCEED_LIMIT".to_owned())]),
            payment_result: Sequence::of([None]),
            outcome: "Err(trouble)".to_owned(),
            cause: Sequence::default(),
            requests: 1,
            differences: differences.iter().map(ToString::to_string).collect(),
            codes: InquiryResultCode::ALL.iter().map(ToString::to_string).collect(),
        };
        let side = super::super::exchange::Side {
            head: vec!["POST / HTTP/1.1".to_owned()],
            body: "{}".to_owned(),
            signed_content: "POST /\nx".to_owned(),
            verifies: true,
        };
        let exchange = Exchange { scenario: "a scenario", request: side.clone(), response: side };
        Report { rows: vec![row], exchange: Some(exchange) }
    }

    #[test]
    fn one_difference_anywhere_is_enough() {
        assert!(report(&[]).is_as_expected());
        assert!(!report(&["result: other"]).is_as_expected());

        let mut unseen = report(&[]);
        unseen.rows[0].codes.retain(|code| code != "KEY_NOT_FOUND");
        assert_eq!((unseen.codes_not_seen(), unseen.is_as_expected()), (vec!["KEY_NOT_FOUND"], false));

        let mut forged = report(&[]);
        forged.exchange.as_mut().unwrap().response.verifies = false;
        assert!(!forged.is_as_expected());
        assert!(!Report { exchange: None, ..report(&[]) }.is_as_expected());
    }

    #[test]
    fn json_says_what_the_table_says() {
        let text = report(&["result: other"]).json().to_string();
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["asExpected"], false);
        assert_eq!(json["rows"][0]["verdict"], "differs");
        assert_eq!(json["rows"][0]["differences"][0], "result: other");
        assert_eq!(json["rows"][0]["paymentResult"], json!([null]));
        assert_eq!(json["resultCodes"], json!({ "known": 13, "notSeen": [] }));
        assert_eq!(json["exchange"]["request"]["signedContent"], "POST /\nx");
        assert_eq!(report(&[]).json()["rows"][0]["verdict"], "as expected");
    }
}
