//! Answer Alipay+ payment inquiries as an MPP: implement one trait, and get the whole signed endpoint.
//!
//! ```no_run
//! use alipayplus_server::inquiry_payment::{
//!     Answer, Cancelled, Failed, FailedCode, InProgress, InquiryPayment, Paid, Refusal, Request,
//! };
//! use alipayplus_server::{Amount, Caller, KeyRing, PrivateKey, PublicKey, Server};
//! # struct Wallet;
//! # enum State { Open, Closed, Declined, Paid }
//! # struct Row { state: State, id: String, asked: u64, settled: u64, at: String, user: String }
//! # impl Wallet {
//! #     async fn open(_: &str) -> Result<Self, std::io::Error> { Ok(Wallet) }
//! #     async fn find<T>(&self, _: &T) -> Result<Option<Row>, std::io::Error> { Ok(None) }
//! # }
//!
//! impl InquiryPayment for Wallet {
//!     async fn inquiry_payment(&self, _caller: &Caller, request: Request) -> Result<Answer, Refusal> {
//!         let Some(row) = self.find(&request.payment_request_id).await? else {
//!             return Ok(Answer::NotFound); // a failing `?`: its cause to the log, "ask again" to the peer
//!         };
//!         Ok(match row.state {
//!             State::Open => InProgress::default().into(),
//!             State::Closed => Cancelled::default().into(),
//!             State::Declined => Failed::from(FailedCode::UserBalanceNotEnough).into(),
//!             State::Paid => Paid {
//!                 payment_id: row.id.parse()?,
//!                 payment_amount: Amount::minor(row.asked, "JPY")?,
//!                 pay_to_amount: Amount::minor(row.settled, "KRW")?, // always stated; sent when the currencies differ
//!                 payment_time: row.at.parse()?,
//!                 customer_id: row.user.parse()?,
//!                 customs_declaration_amount: None,
//!                 pass_through_info: None,
//!             }
//!             .into(),
//!         })
//!     }
//! }
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let callers = KeyRing::new(); // clones share: insert and remove while running
//! callers.insert("SANDBOX_5X00000000000000", 1, PublicKey::from_file("alipayplus.pub.pem")?)?;
//! let server = Server::builder()
//!     .sign_with(1, PrivateKey::from_file("mpp.key.pem")?) // or any Signer
//!     .callers(callers)
//!     .build()?
//!     .inquiry_payment(Wallet::open("wallet.db").await?);
//! alipayplus_server::serve("127.0.0.1:8080", server).await?; // or mount it: it is a tower::Service
//! # Ok(())
//! # }
//! ```
//!
//! A handler refuses with a code, or by `?` with any error:
//!
//! ```
//! use alipayplus_server::inquiry_payment::{Refusal, RefusalCode};
//!
//! fn units(text: &str) -> Result<u64, Refusal> {
//!     Ok(text.parse()?) // "invalid digit found in string" to the log, "ask again" to the peer
//! }
//! assert_eq!(units("one").unwrap_err().code(), None);
//!
//! let refusal = Refusal::new(RefusalCode::ProcessFail).with_source("the order is under review"); // that to the log, too
//! assert_eq!(refusal.code(), Some(RefusalCode::ProcessFail));
//! ```
//!
//! # What the server does by itself
//!
//! In this order, cheap before dear; whatever fails first decides the answer (the protocol's section on signatures):
//!
//! 1. the path of no operation, the wrong method, a `Content-Type` other than JSON in UTF-8, an `Accept` that rules
//!    JSON out by `q=0` (one that merely lacks JSON is ignored);
//! 2. too many requests in flight ([`Builder::concurrency_limit`]);
//! 3. a body that is too long (HTTP 413, without a message) or comes too slowly (408, [`Builder::body_deadline`]);
//! 4. `Client-Id`, `Signature`, `Request-Time`: missing, doubled, malformed; a Client-Id that holds a `.` followed by a
//!    time;
//! 5. a client, or a version of its key, that is not known ([`Builder::callers`]);
//! 6. a time that is not of now ([`Builder::freshness`]), a signature that does not match: if it names no `keyVersion`,
//!    the client's keys are tried, newest first, at most four;
//! 7. a client that may not call this operation ([`Builder::authorize`]);
//! 8. a body that is not the JSON of the schema: the peer is told which members are wrong;
//! 9. a handler that fails, panics or is late ([`Builder::handler_deadline`]): the peer is told to ask again.
//!
//! All of it together takes no longer than [`Builder::deadline`], which is below what the caller waits: what one step
//! takes, the next ones lack.
//!
//! Every answer with a message has the HTTP status 200. It is signed if the signature of its request was verified:
//! from 7 on. [`Builder::sign_refusals`] changes that, at a price. An answer that can't be signed, because a signer
//! outside of this process fails or is late, does not go out: in its place goes an unsigned "ask again".
//!
//! # Ways to mount it
//!
//! A [`Server`] is a `tower::Service` over the types of `http`, is always ready, never fails and clones cheaply. It
//! needs a tokio runtime with its time driver.
//!
//! | mounted | setting |
//! |---|---|
//! | by [`serve()`] or [`HttpServer`], without a framework | none |
//! | in axum, `Router::fallback_service(server)` | none |
//! | in axum, `Router::nest_service("/wallet", server)`, or behind a proxy that strips `/wallet` | [`signed_prefix("/wallet")`](Builder::signed_prefix) |
//! | behind a proxy that replaces the path | [`signed_path(inquiry_payment::NAME, "/public/path")`](Builder::signed_path) |
//! | at another path, which the caller uses too | [`path(inquiry_payment::NAME, "/path")`](Builder::path) |
//!
//! The caller signs the path that it calls. Where the two differ and no setting says so, every signature fails; the
//! log's `cause` names the path that was tried. Where none is served, it names the path that came and those that are.
//!
//! # What operators see
//!
//! By `tracing`, with the target `alipayplus_server`: for each request a span `alipayplus.request`, at ERROR so that no
//! filter takes it from its events, with `operation` (`none` for a path of no operation), `client_id` and `tracer_id`
//! (as claimed, cut after 64 characters); and in it one event:
//!
//! | level | message | fields |
//! |---|---|---|
//! | INFO | `answered` | `outcome`, the name of what was answered |
//! | WARN | `answered late` | the same, past [`Builder::deadline`]: something blocked its thread |
//! | WARN | `refused` | `code`, if a message goes out, and `cause` |
//! | ERROR | `failed` | `code` and `cause`: this side's trouble |
//! | WARN | `abandoned` | `cause`: the caller hung up before the answer, which is then given up; no `status` |
//!
//! all with `status` (HTTP), `latency` (seconds, a float) and, if the request's signature was verified, `key_version`:
//! that of the key which verified it, also when the request names none. In a rotation it says who still signs with the
//! old key. `cause` is the exact one, such as `signature: stale by 301 s`; the peer gets the code alone. Before
//! `answered` there can be a WARN `omitted`: its `cause` names a member that the handler gave and that was not due, with
//! a value other than that of the member that counts in its place.
//!
//! No body, key or customer's data is ever recorded. The one way in is the text of an error that a handler returns: see
//! [`Refusal`]. A panic is recorded without its text (the process's panic hook, which prints it to standard error by
//! default, is yours).
//!
//! With the feature `metrics`, by the facade of that name:
//!
//! | metric | kind | labels |
//! |---|---|---|
//! | `alipayplus_server_requests_total` | counter | `operation`; `code`: the refusal's, else the outcome's name, `none` for a status alone |
//! | `alipayplus_server_refusals_total` | counter | `operation`; `cause`: one of a fixed few, such as `freshness` |
//! | `alipayplus_server_abandoned_total` | counter | `operation` |
//! | `alipayplus_server_latency_seconds` | histogram | `operation` |
//! | `alipayplus_server_in_flight` | gauge | none |
//!
//! # Features
//! - `metrics`: see above.
//! - `testing`: `Builder::testing` and `Caller::testing`, for tests of handlers.

// Generated code names this crate by its absolute path, so that the same text compiles elsewhere.
extern crate self as alipayplus_server;

mod builder;
mod caller;
mod catch_panic;
mod deadline;
mod exchange;
// prettyplease formats what is generated.
#[rustfmt::skip]
mod generated;
mod handler;
mod header;
mod log_text;
mod media;
mod message;
mod operation;
mod receive;
mod refusal;
mod rejection;
mod respond;
mod router;
mod serve;
mod service;
mod settings;
mod signal;
mod telemetry;
mod verify;

pub use crate::builder::{BuildError, Builder};
pub use crate::caller::Caller;
pub use crate::generated::*;
pub use crate::refusal::Refusal;
pub use crate::respond::Response;
pub use crate::serve::{BoundServer, HttpServer, ServeError, serve};
pub use crate::signal::shutdown_signal;

pub use alipayplus_model as model;
pub use alipayplus_model::{Currency, Datetime, MinorUnits};
pub use alipayplus_runtime as runtime;
pub use alipayplus_signing as signing;
#[cfg(feature = "testing")]
pub use alipayplus_signing::TestClock;
pub use alipayplus_signing::{
    Clock, Digest, Freshness, KeyError, KeyRing, PrivateKey, PublicKey, SignError, SignFuture, Signer, Timestamp,
    VersionedSigner,
};

/// What generated code names.
#[doc(hidden)]
pub mod __private {
    pub use crate::handler::Handler;
    pub use crate::operation::OperationInfo;
    pub use crate::router::{Router, ServiceSpec};
    pub use alipayplus_runtime::operation::Operation;
    pub use tower_service::Service;
}
