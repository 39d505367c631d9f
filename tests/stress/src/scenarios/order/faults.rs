//! The ways to fail each check, in the order of the checks.

use alipayplus_signing::testing::TestKeys;

use crate::mpp::{HandlerBehavior, PATH, Sign, TestRequest};

/// A client that is known and may call nothing.
pub(super) const BARRED: &str = "BARRED_5X00000000000000";
/// How many bytes a body may have here.
pub(super) const BODY_LIMIT: usize = 1024;

/// One way to fail a check.
#[derive(Debug)]
pub(super) struct Fault {
    /// The check, as the table in the server's source calls it.
    pub(super) check: &'static str,
    /// The code that it is answered with, or the status.
    pub(super) code: &'static str,
    /// What the log's cause starts with.
    pub(super) cause: &'static str,
    pub(super) spent: Spent,
    pub(super) spoil: fn(&mut Case),
}

/// What of RSA a request costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spent {
    Nothing,
    /// Its signature is verified, in vain.
    Verifying,
    /// It was authenticated: its answer is signed.
    Both,
}

/// A request, and what else is going on.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) ask: TestRequest,
    /// Whether all places are taken.
    pub(super) is_crowded: bool,
}

impl Case {
    pub(super) fn good(parties: &TestKeys) -> Self {
        Self { ask: TestRequest::for_act(HandlerBehavior::Open, parties), is_crowded: false }
    }
}

const PATH_CHECK: &str = "path of no operation";
const MEDIA: &str = "media type";
const SIZE: &str = "size";
const CLIENT: &str = "Client-Id missing or doubled";
const HEADERS: &str = "Signature or time header missing or doubled, grammar, algorithm";
const TIME: &str = "time unreadable or not fresh";
const BODY: &str = "JSON, schema";
const HANDLER: &str = "handler fails, panics, is late";
const ANSWER: &str = "by the handler";

const NO_OPERATION: &str = "NO_INTERFACE_DEF";
const NOT_SUPPORTED: &str = "METHOD_NOT_SUPPORTED";
const NOT_ACCEPTABLE: &str = "MEDIA_TYPE_NOT_ACCEPTABLE";
const BAD_SIGNATURE: &str = "INVALID_SIGNATURE";
const UNEXPECTED: &str = "UNKNOWN_EXCEPTION";

pub(super) const FAULTS: &[Fault] = &[
    free(PATH_CHECK, NO_OPERATION, "path: ", |it| it.ask.uri = "/nowhere".into()),
    free(PATH_CHECK, NO_OPERATION, "path: ", |it| it.ask.uri = format!("{PATH}/")),
    free("method", NOT_SUPPORTED, "method: PUT", |it| it.ask.method = "PUT"),
    free("method", NOT_SUPPORTED, "method: post", |it| it.ask.method = "post"),
    free(MEDIA, NOT_ACCEPTABLE, "media type: Content-Type", |it| it.ask.headers = vec![("content-type", "text/plain")]),
    free(MEDIA, NOT_ACCEPTABLE, "media type: Accept", |it| it.ask.headers.push(("accept", "application/json;q=0"))),
    free("in-flight limit", "REQUEST_TRAFFIC_EXCEED_LIMIT", "overload: ", |it| it.is_crowded = true),
    free(SIZE, "413", "size: ", |it| it.ask.body = vec![b' '; BODY_LIMIT + 1]),
    free(SIZE, "413", "size: ", |it| it.ask.headers.push(("content-length", "99999999999999"))),
    free(SIZE, "408", "body: not complete", |it| it.ask.ends = None),
    free(CLIENT, "INVALID_CLIENT", "client: Client-Id is missing", |it| it.ask.client_ids.clear()),
    free(CLIENT, "INVALID_CLIENT", "client: Client-Id is there more", |it| {
        it.ask.client_ids = vec![BARRED.to_owned(), BARRED.to_owned()];
    }),
    free(CLIENT, "INVALID_CLIENT", "client: Client-Id is empty", |it| it.ask.client_ids = vec![String::new()]),
    free(CLIENT, "INVALID_CLIENT", "client: Client-Id has a `.`", |it| {
        it.ask.client_ids = vec![format!("{BARRED}.2025-02-20T08:51:49.09Z.{{}}")];
    }),
    free(HEADERS, BAD_SIGNATURE, "signature: there is no", |it| it.ask.sign = Sign::Not),
    free(HEADERS, BAD_SIGNATURE, "signature: there is more", |it| it.ask.sign = Sign::Twice),
    free(HEADERS, BAD_SIGNATURE, "signature: the Signature header is not", |it| it.ask.sign = Sign::As("nonsense")),
    free(HEADERS, BAD_SIGNATURE, "signature: the Signature header names", |it| {
        it.ask.sign = Sign::As("algorithm=none, keyVersion=1, signature=AAAA");
    }),
    free(HEADERS, BAD_SIGNATURE, "signature: Request-Time is missing", |it| it.ask.times.clear()),
    free(HEADERS, BAD_SIGNATURE, "signature: Request-Time is there more", |it| it.ask.times = vec!["1".to_owned(); 2]),
    free("Client-Id unknown", "INVALID_CLIENT", "client: not known", |it| it.ask.client_ids = vec!["who".to_owned()]),
    free("key version unknown", "KEY_NOT_FOUND", "key: ", |it| it.ask.version = 9),
    free(TIME, BAD_SIGNATURE, "signature: stale", |it| it.ask.times = vec!["2019-05-28T12:12:12+08:00".to_owned()]),
    free(TIME, BAD_SIGNATURE, "signature: ", |it| it.ask.times = vec!["9999-01-01T00:00:00Z".to_owned()]),
    free(TIME, BAD_SIGNATURE, "signature: the time can't", |it| it.ask.times = vec!["yesterday".to_owned()]),
    // Of another length than the key: that is seen without RSA.
    free("RSA", BAD_SIGNATURE, "signature: the signature has 3 bytes", |it| it.ask.sign = Sign::Short),
    in_vain("RSA", BAD_SIGNATURE, "signature: the signature does not match", |it| it.ask.sign = Sign::Wrongly),
    in_vain("RSA", BAD_SIGNATURE, "signature: the signature does not match", |it| it.ask.sign = Sign::ByAnother),
    signed("client not allowed this operation", "ACCESS_DENIED", "access: ", |it| {
        it.ask.client_ids = vec![BARRED.to_owned()];
    }),
    signed(BODY, "PARAM_ILLEGAL", "body: malformed", |it| it.ask.body = b"{".to_vec()),
    signed(BODY, "PARAM_ILLEGAL", "body: malformed", |it| it.ask.body.clear()),
    signed(BODY, "PARAM_ILLEGAL", "body: /acquirerId", |it| it.ask.body = b"{}".to_vec()),
    signed(HANDLER, UNEXPECTED, "handler: the ledger is away", |it| it.act(HandlerBehavior::Fail)),
    signed(HANDLER, UNEXPECTED, "handler: panicked", |it| it.act(HandlerBehavior::PanicBeforeWaiting)),
    signed(HANDLER, UNEXPECTED, "handler: late", |it| it.act(HandlerBehavior::Hang)),
    signed(ANSWER, "ORDER_NOT_EXIST", "NotFound", |it| it.act(HandlerBehavior::NotFound)),
    signed(ANSWER, "PROCESS_FAIL", "handler: refused: under review", |it| it.act(HandlerBehavior::Refuse)),
];

impl Case {
    fn act(&mut self, act: HandlerBehavior) {
        self.ask.body = TestRequest::body(act);
    }
}

impl Fault {
    /// Whether the handler is asked.
    pub(super) fn reaches_the_handler(&self) -> bool {
        [HANDLER, ANSWER].contains(&self.check)
    }
}

type Spoil = fn(&mut Case);

const fn free(check: &'static str, code: &'static str, cause: &'static str, spoil: Spoil) -> Fault {
    Fault { check, code, cause, spent: Spent::Nothing, spoil }
}

const fn in_vain(check: &'static str, code: &'static str, cause: &'static str, spoil: Spoil) -> Fault {
    Fault { check, code, cause, spent: Spent::Verifying, spoil }
}

const fn signed(check: &'static str, code: &'static str, cause: &'static str, spoil: Spoil) -> Fault {
    Fault { check, code, cause, spent: Spent::Both, spoil }
}
