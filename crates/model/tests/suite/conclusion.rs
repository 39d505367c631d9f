//! Conclusions from responses: valid ones, and those that break the schema or contradict themselves.

use std::time::Duration;

use alipayplus_model::inquiry_payment::{
    InquiryPayment, InquiryResult, InquiryResultCode, Outcome, PaymentId, PaymentResult, RefusalCode, Request,
    Response, outcome,
};
use alipayplus_runtime::conclusion::{self, Conclusion, Unconcluded};
use alipayplus_runtime::message::{self, DecodeError, MalformedKind};
use alipayplus_runtime::operation::{
    AnswerError, Finality, FromResult, Omitted, Operation, OutcomeError, OutcomeInfo, OutcomeMeta,
};
use alipayplus_runtime::rule::{Condition, Member, Object, Rule};
use alipayplus_runtime::violation::Violation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::collection;
use crate::faults::put;
use crate::kinds::{Kind, bases};

fn conclude(body: &str) -> Result<Conclusion<InquiryPayment>, Unconcluded<InquiryPayment>> {
    conclusion::conclude(body.as_bytes())
}

/// Returns a base message with changes; `None` removes a member.
#[track_caller]
fn changed(base: &str, changes: &[(&str, Option<Value>)]) -> String {
    let mut message = bases()[base].message.clone();
    for (pointer, value) in changes {
        assert!(put(&mut message, pointer, value.clone()), "{pointer}");
    }
    message.to_string()
}

fn pointers(violations: &[Violation]) -> Vec<&str> {
    violations.iter().map(|violation| violation.pointer.as_str()).collect()
}

/// Returns the pointers of the violations because of which a response has no outcome.
#[track_caller]
fn invalid(body: &str) -> Vec<String> {
    let error = conclude(body).unwrap_err();
    assert_eq!(error.violations, []);
    let OutcomeError::Invalid(DecodeError::Invalid(violations)) = error.reason else { panic!("{:?}", error.reason) };
    violations.iter().map(|violation| violation.pointer.clone()).collect()
}

#[test]
fn valid_responses_have_the_same_outcome_as_by_type() {
    let from_bases = bases().into_values().filter(|base| matches!(base.of, Kind::Response)).map(|base| base.message);
    let mut count = 0;
    for message in from_bases.chain(collection::valid_responses()) {
        let text = message.to_string();
        let decoded = message::decode::<Response>(text.as_bytes()).unwrap();
        let response = decoded.message.clone();
        match (conclude(&text), InquiryPayment::into_outcome(decoded.message)) {
            (Ok(conclusion), Ok((outcome, rest))) => {
                assert_eq!((conclusion.outcome, conclusion.response), (outcome, response), "{text}");
                assert_eq!(conclusion.violations, [], "{text}");
                let mut ignored = message::optional_members(&rest);
                ignored.extend(decoded.redundant.iter().filter(|name| !ignored.contains(name)).collect::<Vec<_>>());
                assert_eq!(conclusion.ignored_members.len(), ignored.len(), "{text}");
                assert!(ignored.iter().all(|name| conclusion.ignored_members.contains(&format!("/{name}"))), "{text}");
            }
            (Err(Unconcluded { reason: OutcomeError::Contradiction { .. }, .. }), Ok((Outcome::NotFound(_), _))) => {}
            (Err(error), Err(reason)) => assert_eq!((error.reason, error.violations), (reason, Vec::new()), "{text}"),
            (conclusion, outcome) => panic!("{conclusion:?} {outcome:?} {text}"),
        }
        count += 1;
    }
    assert!(count > 30, "{count} responses");
}

#[test]
fn status_u_decides_whatever_else_is_wrong() {
    for (changes, wrong) in [
        (vec![("/paymentAmount", Some(json!([])))], &["/paymentAmount"][..]),
        (
            vec![("/paymentResult", Some(json!({"resultStatus": "X", "resultCode": 1})))],
            &["/paymentResult/resultStatus", "/paymentResult/resultCode"],
        ),
        // A status that does not belong to the code: the status decides.
        (vec![("/result/resultCode", Some(json!("SUCCESS")))], &["/result/resultStatus"]),
    ] {
        let error = conclude(&changed("trouble", &changes)).unwrap_err();
        assert!(matches!(error.reason, OutcomeError::Trouble(Some(_))), "{error:?}");
        assert_eq!(pointers(&error.violations), wrong);
    }
    // Without a readable code, there is still the status.
    for code in [None, Some(json!(null)), Some(json!("")), Some(json!("x".repeat(65)))] {
        let error = conclude(&changed("trouble", &[("/result/resultCode", code)])).unwrap_err();
        assert_eq!(error.reason, OutcomeError::Trouble(None));
        assert_eq!(pointers(&error.violations), ["/result/resultCode"]);
    }
}

#[test]
fn status_f_decides_by_its_code() {
    let changes = [("/paymentId", Some(json!(""))), ("/paymentTime", Some(json!("yesterday")))];
    let error = conclude(&changed("refused", &changes)).unwrap_err();
    assert_eq!(error.reason, OutcomeError::Refused(InquiryResultCode::ParamIllegal));
    assert_eq!(pointers(&error.violations), ["/paymentId", "/paymentTime"]);

    let conclusion = conclude(&changed("notFound", &changes)).unwrap();
    assert!(matches!(conclusion.outcome, Outcome::NotFound(_)));
    assert_eq!(conclusion.ignored_members, ["/paymentId", "/paymentTime"]);
    assert_eq!((&conclusion.response.payment_id, &conclusion.response.payment_time), (&None, &None));
    assert_eq!(pointers(&conclusion.violations), ["/paymentId", "/paymentTime"]);

    // The status is required to be known, and so is the code.
    for (pointer, value) in [("/result/resultCode", json!(7)), ("/result/resultCode", json!(null))] {
        assert_eq!(invalid(&changed("refused", &[(pointer, Some(value))])), [pointer]);
    }
}

#[test]
fn a_success_contradicts_an_outcome_of_a_failure() {
    let paid = bases()["paid"].message.clone();
    let members: Vec<(String, Option<Value>)> = paid
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| *name != "result")
        .map(|(name, value)| (format!("/{name}"), Some(value.clone())))
        .collect();
    let members: Vec<_> = members.iter().map(|(pointer, value)| (pointer.as_str(), value.clone())).collect();
    let code = InquiryResultCode::OrderNotExist;
    let expected = OutcomeError::Contradiction { code, pointer: "/paymentResult".into() };
    assert_eq!(conclude(&changed("notFound", &members)).unwrap_err().reason, expected);
    // The status is enough, even in a result that is invalid otherwise and removed.
    for result in [json!({"resultStatus": "S"}), json!({"resultStatus": "S", "resultCode": 7, "resultMessage": []})] {
        let error = conclude(&changed("notFound", &[("/paymentResult", Some(result))])).unwrap_err();
        assert_eq!(error.reason, expected);
        assert!(pointers(&error.violations).contains(&"/paymentResult/resultCode"), "{error:?}");
    }
    // An unknown status is not a success, and neither is one of another type.
    for status in [json!("X"), json!("s"), json!(true), json!(["S"]), json!(null)] {
        let result = json!({"resultStatus": status, "resultCode": "SUCCESS"});
        let conclusion = conclude(&changed("notFound", &[("/paymentResult", Some(result))])).unwrap();
        assert_eq!(
            (conclusion.outcome, conclusion.ignored_members),
            (Outcome::NotFound(outcome::NotFound::default()), vec!["/paymentResult".into()])
        );
    }
    // A refusal is not an outcome, so that nothing can contradict it.
    let refused = conclude(&changed("refused", &members)).unwrap_err().reason;
    assert_eq!(refused, OutcomeError::Refused(InquiryResultCode::ParamIllegal));
}

#[test]
fn with_a_success_only_negligible_members_may_be_invalid() {
    let long = Some(json!("x".repeat(257)));
    for (pointer, value) in [
        ("/passThroughInfo", Some(json!(""))),
        ("/result/resultMessage", Some(json!(""))),
        ("/result/resultMessage", long.clone()),
        ("/paymentResult/resultMessage", Some(json!(""))),
        ("/paymentResult/resultMessage", long),
    ] {
        let conclusion = conclude(&changed("paid", &[(pointer, value)])).unwrap();
        assert!(matches!(conclusion.outcome, Outcome::Paid(_)), "{pointer}");
        assert_eq!(pointers(&conclusion.violations), [pointer]);
        let ignored = if pointer == "/passThroughInfo" { vec![pointer] } else { Vec::new() };
        assert_eq!(conclusion.ignored_members, ignored, "{pointer}");
    }
    for (pointer, value) in [
        ("/passThroughInfo", json!(7)),
        ("/passThroughInfo", json!("x".repeat(20_001))),
        ("/result/resultMessage", json!(7)),
        ("/result/resultMessage", json!([])),
        ("/paymentResult/resultMessage", json!({})),
        ("/paymentId", json!("")),
        ("/paymentAmount/currency", json!("")),
        ("/payToAmount", json!({})),
        ("/paymentResult/resultStatus", json!("X")),
        ("/paymentResult", json!(null)),
    ] {
        let found = invalid(&changed("paid", &[(pointer, Some(value))]));
        assert!(found[0].starts_with(pointer), "{pointer} {found:?}");
    }
}

#[test]
fn without_a_known_status_the_response_is_invalid() {
    for result in [None, Some(json!(null)), Some(json!({})), Some(json!([])), Some(json!("U")), Some(json!(7))] {
        let found = invalid(&changed("trouble", &[("/result", result)]));
        assert!(found[0].starts_with("/result"), "{found:?}");
    }
    for status in [None, Some(json!(null)), Some(json!("X")), Some(json!("u")), Some(json!("")), Some(json!(["U"]))] {
        let found = invalid(&changed("trouble", &[("/result/resultStatus", status)]));
        // A wrong type or word is also not the status of the code.
        assert!(!found.is_empty() && found.iter().all(|pointer| pointer == "/result/resultStatus"), "{found:?}");
    }
    for body in ["null", "[]", "\"U\"", "7"] {
        assert_eq!(invalid(body), [""], "{body}");
    }
}

#[test]
fn malformed_text_has_no_outcome_whatever_its_status() {
    let result = r#"{"resultStatus":"U","resultCode":"UNKNOWN_EXCEPTION"}"#;
    for (body, kind) in [
        (format!(r#"{{"result":{result},"result":{result}}}"#), MalformedKind::Duplicate),
        (format!(r#"{{"result":{result},"x":{{"y":1,"y":1}}}}"#), MalformedKind::Duplicate),
        (
            r#"{"result":{"resultStatus":"U","resultStatus":"S","resultCode":"SUCCESS"}}"#.into(),
            MalformedKind::Duplicate,
        ),
        (format!(r#"{{"result":{result}"#), MalformedKind::Incomplete),
        (format!(r#"{{"result":{result},"x":{}}}"#, "[".repeat(40)), MalformedKind::TooDeep),
        (format!(r#"{{"result":{result}}}x"#), MalformedKind::Syntax),
    ] {
        let error = conclude(&body).unwrap_err();
        let OutcomeError::Invalid(DecodeError::Malformed(malformed)) = error.reason else { panic!("{body}") };
        assert_eq!((malformed.what, error.violations), (kind, Vec::new()), "{body}");
    }
}

/// An operation whose response has a list of objects with results of their own.
#[derive(Debug)]
struct Batch;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct BatchResponse {
    result: InquiryResult,
    entries: Option<Entries>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
struct Entry {
    result: PaymentResult,
    id: Option<PaymentId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entries(Vec<Entry>);
alipayplus_runtime::list!(Entries of Entry, 1..=3);

impl Object for BatchResponse {
    const MEMBERS: &'static [Member] =
        &[Member::required::<InquiryResult>("result"), Member::optional::<Entries>("entries")];
    const RULES: &'static [Rule] = &[Rule::required(&[Condition::is("/result/resultStatus", &["S"])], &["entries"])];
}

impl Object for Entry {
    const MEMBERS: &'static [Member] =
        &[Member::required::<PaymentResult>("result"), Member::optional::<PaymentId>("id")];
}

impl FromResult for BatchResponse {
    type Result = InquiryResult;
    const RESULT: &'static str = "result";

    fn result(&self) -> &InquiryResult {
        &self.result
    }

    fn from_result(result: InquiryResult) -> Self {
        Self { result, entries: None }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum BatchOutcome {
    Done(Entries),
    Missing,
}

impl OutcomeInfo for BatchOutcome {
    fn meta(&self) -> OutcomeMeta {
        OutcomeMeta::new("Batch", Finality::Final)
    }
}

impl Operation for Batch {
    const NAME: &'static str = "batch";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/batch";
    const TIMEOUT: Duration = Duration::from_secs(1);
    const IDEMPOTENT: bool = true;
    type Request = Request;
    type Response = BatchResponse;
    type Answer = ();
    type Outcome = BatchOutcome;
    type Expected = ();
    type Code = InquiryResultCode;
    type RefusalCode = RefusalCode;

    fn into_response((): (), _: &mut Vec<Omitted>) -> Result<BatchResponse, AnswerError> {
        Ok(BatchResponse::with(InquiryResultCode::OrderNotExist))
    }

    fn into_outcome(
        mut response: BatchResponse,
    ) -> Result<(BatchOutcome, BatchResponse), OutcomeError<InquiryResultCode>> {
        match (&response.result.result_code, response.entries.take()) {
            (InquiryResultCode::Success, Some(entries)) => Ok((BatchOutcome::Done(entries), response)),
            (InquiryResultCode::OrderNotExist, entries) => {
                response.entries = entries;
                Ok((BatchOutcome::Missing, response))
            }
            (code, _) => Err(OutcomeError::UnlistedCode(code.clone())),
        }
    }
}

#[test]
fn lists_are_treated_like_their_elements() {
    let conclude = |result: Value, entries: Value| {
        conclusion::conclude::<Batch>(json!({ "result": result, "entries": entries }).to_string().as_bytes())
    };
    let success = json!({"resultStatus": "S", "resultCode": "SUCCESS"});
    let entry = |message: &str, id: Value| {
        let result = json!({"resultStatus": "S", "resultCode": "SUCCESS", "resultMessage": message});
        json!({ "result": result, "id": id })
    };
    // Negligible members of elements are removed and reported.
    let entries = json!([entry("paid", json!("a")), entry(&"x".repeat(257), json!("")), entry("", json!("c"))]);
    let conclusion = conclude(success.clone(), entries).unwrap();
    let BatchOutcome::Done(entries) = conclusion.outcome else { panic!("{:?}", conclusion.outcome) };
    assert_eq!(entries.iter().filter(|entry| entry.id.is_some()).count(), 2);
    assert_eq!(entries.iter().filter(|entry| entry.result.result_message.is_some()).count(), 1);
    let expected = ["/entries/1/result/resultMessage", "/entries/1/id", "/entries/2/result/resultMessage"];
    assert_eq!(pointers(&conclusion.violations), expected);
    assert!(conclusion.ignored_members.is_empty());

    // Any other violation of an element makes a success invalid.
    let error = conclude(success.clone(), json!([entry("paid", json!(7))])).unwrap_err();
    assert!(matches!(error.reason, OutcomeError::Invalid(_)), "{error:?}");
    let error = conclude(success, json!([])).unwrap_err();
    assert!(matches!(error.reason, OutcomeError::Invalid(_)), "{error:?}");

    // With a failure, an invalid list is removed as a whole. A success in an element contradicts nothing: only results
    // of the response itself do.
    let failure = json!({"resultStatus": "F", "resultCode": "ORDER_NOT_EXIST"});
    for entries in [json!([entry("paid", json!(7))]), json!([]), json!("x"), json!([null])] {
        let conclusion = conclude(failure.clone(), entries.clone()).unwrap();
        assert_eq!((conclusion.outcome, conclusion.response.entries), (BatchOutcome::Missing, None), "{entries}");
        assert_eq!(conclusion.ignored_members, ["/entries"], "{entries}");
        assert!(!conclusion.violations.is_empty(), "{entries}");
    }
    let conclusion = conclude(failure, json!([entry("paid", json!("a"))])).unwrap();
    assert_eq!((conclusion.outcome, conclusion.ignored_members), (BatchOutcome::Missing, vec!["/entries".into()]));
    assert!(conclusion.response.entries.is_some());
}
