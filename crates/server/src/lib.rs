//! Server for Alipay+ payment inquiries: implement one trait as an MPP, and mount it as a signed HTTP endpoint.
//!
//! ```no_run
//! use alipayplus_server::inquiry_payment::{
//!     Answer, InProgress, InquiryPayment, NotFound, Paid, PaidRequired,
//!     Refusal, Request,
//! };
//! use alipayplus_server::{
//!     Amount, Caller, KeyRing, PrivateKey, PublicKey, Server, serve,
//! };
//! # struct Wallet;
//! # struct Row { id: String, cents: u64, at: String, user: String, is_paid: bool }
//! # impl Wallet {
//! #     async fn open(_: &str) -> Result<Self, std::io::Error> { Ok(Wallet) }
//! #     async fn find<T>(&self, _: &T) -> Result<Option<Row>, std::io::Error> {
//! #         Ok(None)
//! #     }
//! # }
//!
//! impl InquiryPayment for Wallet {
//!     async fn inquiry_payment(
//!         &self,
//!         _caller: &Caller,
//!         request: Request,
//!     ) -> Result<Answer, Refusal> {
//!         // `?` logs any error, and the client is asked to retry.
//!         let row = self.find(&request.payment_request_id).await?;
//!         Ok(match row {
//!             None => NotFound::default().into(),
//!             Some(row) if !row.is_paid => InProgress::default().into(),
//!             Some(row) => Paid::new(PaidRequired {
//!                 payment_id: row.id.parse()?,
//!                 payment_amount: Amount::minor(row.cents, "USD")?,
//!                 // Only sent if its currency differs from the payment's.
//!                 pay_to_amount: Amount::minor(row.cents, "USD")?,
//!                 payment_time: row.at.parse()?,
//!                 customer_id: row.user.parse()?,
//!             })
//!             .into(),
//!         })
//!     }
//! }
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! // Clones share the keys: insert and remove keys while the server runs.
//! let callers = KeyRing::new();
//! let key = PublicKey::from_file("alipayplus.pub.pem")?;
//! callers.insert("SANDBOX_5X00000000000000", 1, key)?;
//!
//! let server = Server::builder()
//!     // A private key, or any other `Signer`.
//!     .sign_with(1, PrivateKey::from_file("mpp.key.pem")?)
//!     .callers(callers)
//!     .build()?
//!     .inquiry_payment(Wallet::open("wallet.db").await?);
//! serve("127.0.0.1:8080", server).await?;
//! # Ok(())
//! # }
//! ```
//!
//! A handler that has no answer returns a [`Refusal`]: with a code that the schema leaves to handlers, or, by `?`,
//! converted from any error.
//!
//! # What the server does
//!
//! The server runs these checks in order, the cheapest first. The first check that fails decides the answer.
//!
//! | check | answer if it fails | setting |
//! |---|---|---|
//! | the method is not `CONNECT` | HTTP 405 without a message | |
//! | the path is that of an operation with a handler | unknown path | [`path`](Builder::path) |
//! | the method is that of the operation | wrong method | |
//! | `Content-Type` is JSON in UTF-8, and `Accept` does not exclude JSON by `q=0` | media type | |
//! | the number of requests in flight is below the limit | overload | [`concurrency_limit`](Builder::concurrency_limit) |
//! | the body is not too long | HTTP 413 without a message | [`body_limit`](Builder::body_limit) |
//! | the body is complete in time | HTTP 408 without a message | [`body_deadline`](Builder::body_deadline) |
//! | `Client-Id` occurs once, and contains no `.` followed by a time | unknown client | |
//! | `Signature` and `Request-Time` occur once and are well-formed | invalid signature | |
//! | the client is known | unknown client | [`callers`](Builder::callers) |
//! | the client has a key of the version that `keyVersion` names | unknown key | [`callers`](Builder::callers) |
//! | the time is close to the clock | invalid signature | [`freshness`](Builder::freshness) |
//! | the signature matches; without a `keyVersion`, the client's newest four keys are tried | invalid signature | |
//! | the client may call the operation | access denied (signed) | [`authorize`](Builder::authorize) |
//! | the body is JSON of the schema | invalid request, with the wrong members (signed) | |
//! | the handler does not fail or panic, and is in time | internal error (signed) | [`handler_deadline`](Builder::handler_deadline) |
//! | the response is signed in time | internal error (unsigned) | [`signing_deadline`](Builder::signing_deadline) |
//!
//! An answer with a message has the HTTP status 200, with one exception: without `Client-Id` and `Signature`, a request to
//! an unknown path is one of a health check or a browser, and gets 404. An internal error asks the client to retry. Answers are signed
//! from the moment the signature of the request is verified; [`Builder::sign_refusals`] signs earlier refusals, too, at
//! a price. An answer that can't be signed is replaced by an unsigned internal error.
//!
//! All steps together take no longer than [`Builder::deadline`], which is less than the time that the client waits.
//!
//! # Ways to mount it
//!
//! A [`Server`] is a `tower::Service` over the types of the crate `http`. It never fails, is cheap to clone, and is ready
//! at once, but for the check of an external signer at start. It needs a tokio runtime with its time driver.
//!
//! | mounted | setting |
//! |---|---|
//! | by [`serve()`] or [`HttpServer`], without a framework | none |
//! | in axum, `Router::fallback_service(server)` | none |
//! | in axum, `Router::nest_service("/wallet", server)`, or behind a proxy that strips `/wallet` | [`signed_prefix("/wallet")`](Builder::signed_prefix) |
//! | behind a proxy that replaces the path | [`signed_path(inquiry_payment::NAME, "/public/path")`](Builder::signed_path) |
//! | at another path, which the client uses, too | [`path(inquiry_payment::NAME, "/path")`](Builder::path) |
//!
//! The client signs the path that it calls. If that is not the path that arrives and no setting says so, every
//! signature fails; the log's `cause` then names the path that was tried. For an unknown path, it names the paths that
//! are served.
//!
//! # Logs
//!
//! The server logs by `tracing`, with the target `alipayplus_server`. Each request has a span `alipayplus.request` at
//! level ERROR, so that no filter separates events from their span. Its fields are `operation` (`none` for an unknown
//! path), `client_id`, `tracer_id`, `traceparent` (of W3C Trace Context) and `remote_addr`. The three in the middle are as
//! the client sent them, truncated to 64 characters; the last one is there if the request has a [`RemoteAddr`], which
//! [`HttpServer`] adds. Each request has one event:
//!
//! | level | message | fields |
//! |---|---|---|
//! | INFO | `answered` | `outcome`: the name of the handler's answer |
//! | WARN | `answered late` | the same, after [`Builder::deadline`]: something blocked the thread |
//! | WARN | `refused` | `code`, if a message is sent, and `cause` |
//! | ERROR | `failed` | `code` and `cause`: an internal error |
//! | WARN | `abandoned` | `cause`: the request was dropped before its response: the grace time of a shutdown ended or, in another server than [`HttpServer`], the client disconnected |
//!
//! Every event has `latency` in seconds and, except for `abandoned`, the HTTP `status`. `key_version` is the version of
//! the key that verified the request's signature, even if the request names none: during a rotation, it shows which
//! clients still sign with their old key.
//!
//! `cause` is exact, such as `signature: stale by 301 s`; the client only gets the code. A WARN `omitted` before
//! `answered` names a redundant member of the answer that was not sent although its value differs. A WARN `own key`, while
//! the server is built, names a client whose key is the server's own public key. An ERROR `signer does not work`, at start,
//! says why: see [`Builder::build`]. With the feature `diagnose` and
//! `Builder::diagnose_signatures`, a WARN `diagnosed` says why a signature did not match, at most once a second. It is
//! outside of the request's span, with `client_id` and `tracer_id` of its own.
//!
//! Bodies, keys and customer data are never logged. The only exception is the text of an error that a handler returns:
//! see [`Refusal`]. The text of a panic is not logged either; the process's panic hook prints it to standard error by
//! default.
//!
//! # Metrics
//!
//! With the feature `metrics`, the server updates these metrics of the crate `metrics`:
//!
//! | metric | kind | labels |
//! |---|---|---|
//! | `alipayplus_server_requests_total` | counter | `operation`; `client`: the Client-Id if the key ring has it, otherwise `none`; `code`: the code of the refusal or the name of the outcome, `none` without a message |
//! | `alipayplus_server_refusals_total` | counter | `operation`; `client`; `cause`: one of a small fixed set, such as `freshness` |
//! | `alipayplus_server_abandoned_total` | counter | `operation` |
//! | `alipayplus_server_latency_seconds` | histogram | `operation` |
//! | `alipayplus_server_in_flight` | gauge | none |
//! | `alipayplus_server_signing_seconds` | histogram | none |
//! | `alipayplus_server_signing_in_flight` | gauge | none |
//!
//! `docs/metrics.md` of the repository has them all on one page, with buckets for the histograms.
//!
//! # Tasks
//!
//! A [`Server`] spawns no task: a request is answered in the task that calls it, and its handler is dropped with it.
//! [`HttpServer`] spawns one task per connection and, with the feature `tls`, one that follows the files. With the feature
//! `watch`, each watched folder has a thread.
//!
//! # Features
//! - `diagnose`: `Builder::diagnose_signatures`, for the cause in the log when a signature does not match.
//! - `metrics`: the metrics above.
//! - `testing`: `Builder::testing` and `Caller::testing`, for tests of handlers.
//! - `tls`: `HttpServer::tls`, by rustls.
//! - `toml`: `HttpServer::from_file`. Environment variables need no feature: [`HttpServer::from_env`].
//! - `watch`: `KeyRing::watch`, for keys of clients that follow a folder.

#![cfg_attr(docsrs, feature(doc_cfg))]

// Generated code names this crate by its absolute path, so that it compiles in other crates, too.
extern crate self as alipayplus_server;

mod build_error;
mod builder;
mod caller;
mod connections;
mod deadline;
#[cfg(feature = "diagnose")]
mod diagnosis;
mod exchange;
// Generated code is formatted by prettyplease.
#[rustfmt::skip]
mod generated;
mod handler;
mod header;
mod listener;
mod log_text;
mod message;
mod operation;
mod progress;
mod receive;
mod refusal;
mod rejection;
mod remote_addr;
mod request_body;
mod request_log;
mod respond;
mod response_body;
mod router;
mod serve;
mod serve_settings;
mod service;
mod settings;
mod signal;
mod stage;
mod start_check;
mod stream;
mod telemetry;
#[cfg(feature = "tls")]
mod tls;
mod verify;

pub use crate::build_error::{BuildError, StartError};
pub use crate::builder::Builder;
pub use crate::caller::Caller;
pub use crate::generated::*;
pub use crate::refusal::Refusal;
pub use crate::remote_addr::RemoteAddr;
pub use crate::request_body::RequestBody;
pub use crate::respond::Response;
pub use crate::response_body::ResponseBody;
pub use crate::serve::{BoundServer, HttpServer, ServeError, serve};
pub use crate::serve_settings::SettingsError;
pub use crate::signal::shutdown_signal;
#[cfg(feature = "tls")]
pub use crate::tls::TlsError;

// The names that most programs need. The others are in the crates that are re-exported as a whole.
pub use alipayplus_model::{Currency, Datetime, Decimal, MinorUnits};
#[cfg(feature = "testing")]
pub use alipayplus_signing::TestClock;
pub use alipayplus_signing::{
    Clock, Digest, Freshness, KeyError, KeyRing, PrivateKey, PublicKey, SignError, SignFuture, Signer, Timestamp,
    VersionedSigner,
};
pub use {alipayplus_model as model, alipayplus_runtime as runtime, alipayplus_signing as signing};

/// The names that generated code uses.
#[doc(hidden)]
pub mod __private {
    pub use crate::handler::Handler;
    pub use crate::operation::OperationInfo;
    pub use crate::router::{Router, ServiceSpec};
    pub use alipayplus_runtime::operation::Operation;
    pub use tower_service::Service;
}

/// The README's example, as a doc test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
