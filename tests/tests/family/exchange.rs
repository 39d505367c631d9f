//! Signed exchanges in one process: a server of the operations that a wallet serves, with one port and one key ring; a
//! server of those that a wallet calls; and clients that call several operations.

mod gateway;
mod wallet;

use std::sync::LazyLock;
use std::time::Duration;

use alipayplus_client::runtime::operation::{Finality, OutcomeInfo as _};
use alipayplus_client::transport::bytes::Bytes;
use alipayplus_client::transport::{InProcess, Transport as _, http};
use alipayplus_client::{Error, ErrorReason, NotSentError, Operation, RetryPolicy};
use alipayplus_server::KeyRing;
use alipayplus_server::signing::testing::TestKeys;
use alipayplus_server::signing::{SigningInput, VersionedSigner, format_time};
use http_body_util::BodyExt as _;
use serde_json::Value;

use crate::family::client::{Client, get_payment_code, inquiry_statement, notify_payment, pay, ping, refund};
use crate::family::model::Amount;
use crate::family::server::Server;
use gateway::Gateway;
use wallet::{Pulse, Wallet};

/// Generated once, because generating keys takes a moment.
static PARTIES: LazyLock<TestKeys> = LazyLock::new(|| TestKeys::new().unwrap());
/// A client that is authorized for one operation only.
const BARRED: &str = "BARRED";

fn server() -> Server {
    let callers = KeyRing::new();
    for client in [PARTIES.client_id.as_str(), BARRED] {
        callers.insert(client, TestKeys::KEY_VERSION, PARTIES.client.public_key()).unwrap();
    }
    let access = |client: &str, operation: &str| client != BARRED || operation == crate::family::server::ping::NAME;
    Server::builder().testing(&PARTIES).callers(callers).authorize(access).build().unwrap()
}

fn wallet(wallet: &Wallet) -> Server {
    server().pay(wallet.clone()).refund(wallet.clone()).inquiry_statement(wallet.clone()).ping(Pulse(true))
}

fn gateway() -> Server {
    server().notify_payment(Gateway).get_payment_code(Gateway)
}

fn client(of: Server) -> Client {
    Client::builder("http://127.0.0.1").testing(&PARTIES, of).retry(RetryPolicy::never()).build().unwrap()
}

/// Returns a message of the data as a request, with another value at a pointer.
fn request<T: alipayplus_runtime::message::Message>(base: &str, pointer: &str, value: &str) -> T {
    let mut all = crate::files::json_file(concat!(env!("CARGO_MANIFEST_DIR"), "/data/family.json"));
    let message = &mut all[base]["message"];
    crate::faults::put(message, pointer, Some(value.into()));
    serde_json::from_value(message.take()).unwrap()
}

fn payment(id: &str) -> pay::Request {
    request("pay by code", "/paymentRequestId", id)
}

fn about(refund: &str) -> refund::Request {
    request("refund of a part", "/refundRequestId", refund)
}

fn page(token: &str) -> inquiry_statement::Request {
    request("next page", "/pageToken", token)
}

fn codes(customer: &str) -> get_payment_code::Request {
    request("code for a customer", "/customerId", customer)
}

#[tokio::test]
async fn every_outcome_of_pay() {
    let client = client(wallet(&Wallet::default()));
    let outcome = async |id| client.pay(&payment(id)).await.unwrap().outcome;
    let pay::Outcome::Paid(paid) = outcome("paid").await else { panic!("not paid") };
    assert_eq!((paid.payment_id.as_str(), paid.payment_time.as_str()), ("P-1", "2026-03-14T09:27:01+09:00"));
    assert_eq!(paid.customer_id.unwrap().expose(), "C-1");
    let pay::Outcome::ActionRequired(action) = outcome("to confirm").await else { panic!("nothing to do") };
    assert_eq!(action.next_action.url.as_ref().unwrap().as_str(), "https://example.com/confirm");
    // The client applies defaults too.
    assert_eq!((action.next_action.within_seconds, action.next_action.within_seconds().get()), (None, 300));
    assert!(matches!(outcome("closed").await, pay::Outcome::Closed(_)));

    let error = client.pay(&payment("risky")).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Refused(_)) && error.code() == Some("RISK_REJECT"), "{error}");
}

#[tokio::test]
async fn every_outcome_of_refund() {
    let client = client(wallet(&Wallet::default()));
    let outcome = async |id| client.refund(&about(id)).await.unwrap().outcome;
    let refund::Outcome::Refunded(refunded) = outcome("in euros").await else { panic!("not refunded") };
    assert_eq!(refunded.refund_to_amount, Amount::minor(600, "EUR").unwrap());
    // An amount in the same currency is not sent, but is available to the client.
    let reply = client.refund(&about("in yen")).await.unwrap();
    assert_eq!(reply.response.refund_to_amount, None);
    assert!(matches!(reply.outcome, refund::Outcome::Refunded(it) if it.refund_to_amount == it.refund_amount));
    // Of these two, a word says whether it is worth waiting.
    let on_its_way = outcome("on its way").await;
    assert!(matches!(on_its_way, refund::Outcome::OnItsWay(_)));
    assert_eq!(on_its_way.meta().finality, Finality::Pending);
    let held = outcome("held").await;
    assert!(matches!(&held, refund::Outcome::Held(it) if it.refund_id.as_str() == "R-2"));
    assert_eq!(held.meta().finality, Finality::Undetermined);
    let reply = client.refund(&about("held")).await.unwrap();
    assert!(reply.response.refund_status.is_some() && reply.ignored_members.is_empty());
    assert!(
        matches!(outcome("rejected").await, refund::Outcome::Rejected(it) if it.code == refund::RefundStateCode::BankReject)
    );
    assert!(
        matches!(outcome("asked before").await, refund::Outcome::AskedBefore(it) if it.first_refund_id.as_str() == "R-0")
    );
    let refund::Outcome::Disputed(disputed) = outcome("disputed").await else { panic!("not disputed") };
    assert_eq!(disputed.result_code, refund::RefundResultCode::RefundWindowExceed);
    assert_eq!(disputed.refund_state_code, refund::RefundStateCode::UserAccountAbnormal);

    let error = client.refund(&about("unheard of")).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Refused(_)) && error.code() == Some("ORDER_NOT_EXIST"), "{error}");
    let expected = refund::Expected::default().with_refund_amount(Amount::minor(601, "JPY").unwrap());
    let error = client.refund(&about("in yen")).expecting(expected).await.unwrap_err();
    assert!(
        matches!(error.reason(), ErrorReason::Mismatch { mismatches } if mismatches[0].pointer == "/refundAmount"),
        "{error}"
    );
}

#[tokio::test]
async fn every_outcome_of_ping() {
    let outcome = client(wallet(&Wallet::default())).ping(&ping::Request::default()).await.unwrap().outcome;
    assert!(matches!(outcome, ping::Outcome::Alive(_)));
    let error = client(server().ping(Pulse(false))).ping(&ping::Request::default()).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Refused(_)) && error.code() == Some("AILING"), "{error}");
}

#[tokio::test]
async fn every_outcome_of_inquiry_statement() {
    let client = client(wallet(&Wallet::default()));
    let first = request("first page", "/pageSize", "2");
    let inquiry_statement::Outcome::Page(first) = client.inquiry_statement(&first).await.unwrap().outcome else {
        panic!("no first page")
    };
    let results: Vec<_> = first.lines.iter().map(|line| &line.result.result_code).collect();
    assert_eq!(results, [&inquiry_statement::LineResultCode::Settled, &inquiry_statement::LineResultCode::HeldByBank]);
    let outcome = async |token: &str| client.inquiry_statement(&page(token)).await.unwrap().outcome;
    let inquiry_statement::Outcome::Page(last) = outcome(first.next_page_token.unwrap().as_str()).await else {
        panic!("no last page")
    };
    // The handler read the default of the page's size.
    let summary = last.summary.unwrap();
    assert_eq!((summary.count.get(), summary.gross_count.map(inquiry_statement::Count::get)), (2, Some(20)));
    assert!(last.lines.is_empty() && last.next_page_token.is_none());
    assert!(matches!(outcome("early").await, inquiry_statement::Outcome::NotReady(it) if it.retry_seconds.is_none()));
    assert!(matches!(outcome("late").await, inquiry_statement::Outcome::TokenExpired(_)));

    let error = client.inquiry_statement(&page("old")).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Refused(_)) && error.code() == Some("PERIOD_TOO_OLD"), "{error}");
}

#[tokio::test]
async fn every_outcome_of_operations_that_a_wallet_calls() {
    let client = client(gateway());
    let success = request("notified of a success", "/paymentRequestId", "1");
    let outcome = client.notify_payment(&success).await.unwrap().outcome;
    assert!(matches!(outcome, notify_payment::Outcome::Heard(_)));
    let failure = request("notified of a failure for good", "/paymentRequestId", "1");
    let error = client.notify_payment(&failure).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Refused(_)) && error.code() == Some("PAYMENT_NOT_KNOWN"), "{error}");

    let asked = async |request| client.get_payment_code(&request).await.unwrap().outcome;
    // One code unless more are requested.
    let get_payment_code::Outcome::Issued(one) = asked(codes("C-1")).await else { panic!("no code") };
    assert!(one.codes.len() == 1 && one.codes[0].pin.is_none());
    assert_eq!(one.codes[0].value.expose(), "2810120000000000001");
    let ten = request("codes for a journey", "/codeQuantity", "10");
    let get_payment_code::Outcome::Issued(ten) = asked(ten).await else { panic!("no codes") };
    assert!(ten.codes.len() == 10 && ten.codes.iter().all(|code| code.pin.is_some()));
    let get_payment_code::Outcome::Denied(denied) = asked(codes("unknown")).await else { panic!("a code") };
    assert_eq!(denied.code, get_payment_code::CodeResultCode::UserNotExist);
    let error = client.get_payment_code(&codes("broken")).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Trouble(_)) && error.code() == Some("UNKNOWN_EXCEPTION"), "{error}");
}

/// A request that the types cannot rule out is refused before it is sent.
#[tokio::test]
async fn a_request_that_breaks_a_condition_is_not_sent() {
    let wallet_state = Wallet::default();
    let (asks, tells) = (client(wallet(&wallet_state)), client(gateway()));
    let both = request("pay by code", "/accessToken", "T-1");
    let error = asks.pay(&both).await.unwrap_err();
    assert_eq!(broken(&error), ["the message: exactly one of paymentCode, accessToken, 2 found"]);
    let error = asks.pay(&request("pay by code", "/paymentAmount/value", "1251")).await.unwrap_err();
    assert_eq!(broken(&error), ["/paymentAmount/value: must be at most /order/orderAmount/value"]);
    let error = asks.pay(&request("pay by code", "/order/merchant/type", "ONLINE")).await.unwrap_err();
    assert_eq!(broken(&error), [r#"/order/merchant/store: not allowed when /order/merchant/type is "ONLINE""#]);
    assert_eq!(wallet_state.payments(), 0);

    let error = asks.refund(&request("refund of a part", "/refundAmount/currency", "EUR")).await.unwrap_err();
    assert_eq!(broken(&error), ["/refundAmount/currency: must be equal to /paymentAmount/currency"]);
    let error = asks.inquiry_statement(&request("first page", "/pageToken", "2")).await.unwrap_err();
    assert_eq!(broken(&error).len(), 3);
    // Only the elements of a list have a condition here.
    let backwards = request("codes for a journey", "/stays/0/end", "2026-03-13T15:00:00Z");
    let error = tells.get_payment_code(&backwards).await.unwrap_err();
    assert_eq!(broken(&error), ["/stays/0/begin: must be less than /stays/0/end"]);
    let error = tells.notify_payment(&request("notified of a limit", "/limitAmount/value", "1250")).await.unwrap_err();
    assert_eq!(broken(&error), ["/limitAmount/value: must be less than /paymentAmount/value"]);
}

/// Returns the violations of a request that was not sent.
#[track_caller]
fn broken(error: &Error) -> Vec<String> {
    let ErrorReason::NotSent(NotSentError::InvalidRequest(error)) = error.reason() else { panic!("{error}") };
    error.violations().iter().map(ToString::to_string).collect()
}

/// An answer that the types cannot rule out is a failure of the server, and is not sent.
#[tokio::test]
async fn an_answer_that_breaks_a_condition_is_not_sent() {
    let (asks, tells) = (client(wallet(&Wallet::default())), client(gateway()));
    let trouble =
        |error: Error| matches!(error.reason(), ErrorReason::Trouble(_)) && error.code() == Some("UNKNOWN_EXCEPTION");
    assert!(trouble(asks.pay(&payment("to confirm nowhere")).await.unwrap_err()));
    assert!(trouble(asks.inquiry_statement(&page("both")).await.unwrap_err()));
    assert!(trouble(tells.get_payment_code(&codes("backwards")).await.unwrap_err()));
}

#[tokio::test]
async fn a_request_with_a_known_key_is_idempotent() {
    let state = Wallet::default();
    let client = client(wallet(&state));
    let mut ids = Vec::new();
    for id in ["one", "two", "one"] {
        let pay::Outcome::Paid(paid) = client.pay(&payment(id)).await.unwrap().outcome else { panic!("not paid") };
        ids.push(paid.payment_id.as_str().to_owned());
    }
    assert_eq!(ids, ["P-1", "P-2", "P-1"]);
    assert_eq!(state.payments(), 2);
    assert_eq!(about("R").idempotency_key().as_str(), "R");
}

/// Each client uses the timeout of its operation, and each handler has three quarters of that.
#[tokio::test(start_paused = true)]
async fn every_operation_has_its_own_timeout() {
    const WAITS: [Duration; 6] = [
        pay::Pay::TIMEOUT,
        refund::Refund::TIMEOUT,
        notify_payment::NotifyPayment::TIMEOUT,
        get_payment_code::GetPaymentCode::TIMEOUT,
        ping::Ping::TIMEOUT,
        inquiry_statement::InquiryStatement::TIMEOUT,
    ];
    assert_eq!(WAITS.map(|wait| wait.as_secs()), [8, 8, 5, 3, 1, 10]);
    let began = tokio::time::Instant::now();
    let error = client(wallet(&Wallet::default())).pay(&payment("slow")).await.unwrap_err();
    assert_eq!((error.code(), began.elapsed()), (Some("UNKNOWN_EXCEPTION"), Duration::from_secs(6)));
    let began = tokio::time::Instant::now();
    let error = client(gateway()).get_payment_code(&codes("slow")).await.unwrap_err();
    assert_eq!((error.code(), began.elapsed()), (Some("UNKNOWN_EXCEPTION"), Duration::from_millis(2250)));

    // A server that never responds.
    let silent = tower::service_fn(|_| std::future::pending::<Result<http::Response<String>, std::io::Error>>());
    let silent =
        Client::builder("http://127.0.0.1").testing(&PARTIES, silent).retry(RetryPolicy::never()).build().unwrap();
    let began = tokio::time::Instant::now();
    assert!(matches!(silent.ping(&ping::Request::default()).await.unwrap_err().reason(), ErrorReason::Transport(_)));
    assert!(matches!(silent.get_payment_code(&codes("C-1")).await.unwrap_err().reason(), ErrorReason::Transport(_)));
    assert!(matches!(silent.pay(&payment("paid")).await.unwrap_err().reason(), ErrorReason::Transport(_)));
    assert_eq!(began.elapsed(), ping::Ping::TIMEOUT + get_payment_code::GetPaymentCode::TIMEOUT + pay::Pay::TIMEOUT);
}

/// A request that fails a check.
struct Ask {
    method: &'static str,
    path: &'static str,
    client: &'static str,
    media_type: &'static str,
    body: &'static str,
}

impl Ask {
    fn of<O: Operation>() -> Self {
        Self {
            method: O::METHOD,
            path: O::PATH,
            client: &PARTIES.client_id,
            media_type: "application/json",
            body: "{}",
        }
    }

    /// Sends the request; returns the code of the response.
    async fn send(self, server: Server) -> String {
        let time = format_time(PARTIES.clock.now());
        let Self { method, path, client, media_type, body } = self;
        let content = SigningInput { method, uri: path, client_id: client, time: &time, body: body.as_bytes() };
        let signature =
            VersionedSigner::new(TestKeys::KEY_VERSION, PARTIES.client.clone()).sign(&content).await.unwrap();
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", media_type)
            .header("client-id", client)
            .header("request-time", time)
            .header("signature", signature.to_string())
            .body(Bytes::from(body))
            .unwrap();
        let answer = InProcess::new(server).send(request).await.unwrap();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let message: Value = serde_json::from_slice(&body).unwrap();
        let code = message.pointer("/result/resultCode").or_else(|| message.pointer("/verdict/why"));
        code.unwrap().as_str().unwrap().to_owned()
    }
}

/// Each operation responds by its own table; for a cause without a code, by the code of the nearest cause.
#[tokio::test]
async fn every_table_answers_every_cause() {
    let wallet = || wallet(&Wallet::default());
    let illegal = [
        Ask::of::<pay::Pay>().send(wallet()).await,
        Ask::of::<refund::Refund>().send(wallet()).await,
        Ask::of::<inquiry_statement::InquiryStatement>().send(wallet()).await,
        Ask::of::<notify_payment::NotifyPayment>().send(gateway()).await,
        Ask::of::<get_payment_code::GetPaymentCode>().send(gateway()).await,
        Ask::of::<ping::Ping>().send(wallet()).await,
    ];
    let expected =
        ["PARAM_ILLEGAL", "UNKNOWN_EXCEPTION", "PARAM_ILLEGAL", "PARAM_ILLEGAL", "UNKNOWN_EXCEPTION", "ALIVE"];
    assert_eq!(illegal, expected);

    let text = |ask| Ask { media_type: "text/plain", ..ask };
    assert_eq!(text(Ask::of::<pay::Pay>()).send(wallet()).await, "MEDIA_TYPE_NOT_ACCEPTABLE");
    // Without a code for the media type, the request is illegal.
    assert_eq!(text(Ask::of::<inquiry_statement::InquiryStatement>()).send(wallet()).await, "PARAM_ILLEGAL");
    assert_eq!(text(Ask::of::<ping::Ping>()).send(wallet()).await, "AILING");
    let barred = |ask| Ask { client: BARRED, ..ask };
    assert_eq!(barred(Ask::of::<pay::Pay>()).send(wallet()).await, "ACCESS_DENIED");
    assert_eq!(barred(Ask::of::<refund::Refund>()).send(wallet()).await, "UNKNOWN_EXCEPTION");
    assert_eq!(barred(Ask::of::<ping::Ping>()).send(wallet()).await, "ALIVE");
    // Its method differs from that of the others.
    assert_eq!(Ask { method: "POST", ..Ask::of::<ping::Ping>() }.send(wallet()).await, "AILING");
    assert_eq!(Ask { method: "PUT", ..Ask::of::<pay::Pay>() }.send(wallet()).await, "METHOD_NOT_SUPPORTED");
    // The operations of one server are unknown to the other.
    assert_eq!(Ask::of::<notify_payment::NotifyPayment>().send(wallet()).await, "NO_INTERFACE_DEF");
    assert_eq!(Ask::of::<pay::Pay>().send(gateway()).await, "NO_INTERFACE_DEF");
}
