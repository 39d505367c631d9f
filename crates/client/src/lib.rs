//! Ask a mobile payment provider (MPP) for the state of a payment.
//!
//! The client has one method per operation. It signs the request, sends it, verifies the response, and only then decodes
//! it. `Ok` means that the payment's state is known. An [`Error`] is never a failed payment:
//! [`is_retryable`](Error::is_retryable) returns whether the same call can succeed later.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! # let (acquirer, psp, payment) = ("", "", "");
//! use alipayplus_client::inquiry_payment::{
//!     Expected, Outcome, Request, RequestRequired,
//! };
//! use alipayplus_client::{Amount, Client, PollSchedule, PrivateKey, PublicKey};
//!
//! let mpp = Client::builder("https://mpp.example")
//!     .client_id("SANDBOX_5X00000000000000")
//!     .sign_with(1, PrivateKey::from_file("caller.key.pem")?)
//!     .trusted_key(1, PublicKey::from_file("mpp.pub.pem")?)
//!     .build()?;
//! let request = Request::new(RequestRequired {
//!     acquirer_id: acquirer.parse()?,
//!     psp_id: psp.parse()?,
//!     payment_request_id: payment.parse()?,
//! });
//! let amount = Amount::minor(100, "JPY")?;
//! let expected = Expected::default().with_payment_amount(amount);
//! let reply = mpp
//!     .inquiry_payment(&request)
//!     .expecting(expected)
//!     // Without this line, the call makes one inquiry.
//!     .wait_until_final(PollSchedule::acquirer())
//!     .await;
//! match reply.map(|reply| reply.outcome) {
//!     Ok(Outcome::Paid(paid)) => println!("paid: {}", paid.payment_id),
//!     Ok(Outcome::Failed(failed)) => println!("failed: {}", failed.code),
//!     Ok(Outcome::Cancelled(_)) => println!("cancelled"),
//!     // In progress, or not known to the MPP, after 60 s.
//!     Ok(_) => println!("still open"),
//!     // The payment's state is unknown.
//!     Err(error) if error.is_retryable() => println!("try later: {error}"),
//!     Err(error) => return Err(error.into()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | start here | for |
//! |---|---|
//! | [`Client`], [`Builder`] | creating a client; the table of all settings and their defaults |
//! | [`Call`] | what a call sends, [`expecting`](Call::expecting), [`wait_until_final`](Call::wait_until_final) |
//! | [`inquiry_payment`] | the request and the outcomes of the operation |
//! | [`Reply`], [`Evidence`] | a verified response, and the exact bytes for a dispute |
//! | [`Error`], [`ErrorReason`] | the table of all errors, and which of them are retryable |
//! | [`RetryPolicy`], [`PollSchedule`] | the pauses between attempts, and between inquiries |
//! | [`PrivateKey`], [`Signer`], [`VersionedSigner`], [`TrustedKeys`] | keys from files, a KMS or an HSM, and their rotation |
//! | [`Directory`] | one client for each of many servers, by a key of yours |
//! | [`Batch`] | calls of many servers, with limits for each: requests in, results out |
//! | [`HttpTransport`], [`HttpSettings`] | one set of connections for many clients; a proxy, a private CA, a client certificate |
//! | [`transport`] | sending with something other than reqwest |
//!
//! # What a call does
//! It sends the request and waits for the response as long as the schema's `timeoutSeconds` says (5 s for an inquiry).
//! After a broken connection, a time-out, HTTP 408, 425, 429 or 5xx, or verified trouble of the server, it pauses and
//! sends the same request again, no sooner than a `Retry-After` says, all within one deadline of 15 s.
//! [`wait_until_final`](Call::wait_until_final) repeats this on a [`PollSchedule`].
//!
//! # What is checked, and in which order
//! 1. HTTP status 200, not compressed, and the body limit while reading;
//! 2. exactly one `Signature`, and a `Client-Id` equal to the request's;
//! 3. a `Response-Time` within the freshness window (300 s), and not before the `Request-Time` by more than the skew
//!    (30 s);
//! 4. a trusted key version; without a `keyVersion`, the trusted keys are tried, newest first, at most four;
//! 5. the RSA signature over the request's method and path, the Client-Id, the time as received, and the exact bytes;
//! 6. the media type, the JSON, the schema;
//! 7. [`expecting`](Call::expecting), because a signature does not prove which request a response belongs to.
//!
//! # Runtime
//! Calls need a tokio runtime with time enabled. They are `Send`, spawn no tasks, and cancel the exchange when dropped.
//! Only a [`Batch`] spawns a task per call.
//! The default transport is reqwest with rustls, behind the feature `reqwest`.
//!
//! # Logs and metrics
//! The client logs through `tracing`, with the target `alipayplus_client`: a span `call` (`operation`, `server`: the
//! client's [label](Builder::label), `client_id`, `tracer_id`, and at its end `outcome` and `attempts`); within it a span
//! `attempt` (`attempt`) for each request; and events for failed attempts (`cause`, `error`), for loaded keys, for retries
//! and for the end of the call. A [`Batch`] logs when a server goes down and comes back. They hold nothing sensitive.
//!
//! With the feature `metrics`, the client updates these metrics, each with the label `operation`, and with `server` if the
//! client has a [label](Builder::label):
//!
//! | name | type | further labels | counts |
//! |---|---|---|---|
//! | `alipayplus_client_requests_total` | counter | – | requests sent, retries included |
//! | `alipayplus_client_request_seconds` | histogram | – | seconds from signing to the verified response, or to the failure |
//! | `alipayplus_client_retries_total` | counter | – | retries within an inquiry |
//! | `alipayplus_client_refusals_total` | counter | `cause` | failed attempts, by [`Error::kind`] |
//! | `alipayplus_client_results_total` | counter | `result` | calls, by the outcome's name, a listed result code, `unlisted`, or [`Error::kind`] |
//!
//! # Features
//! - `reqwest`, on by default: the default transport, [`HttpTransport`]. Without it, set [`Builder::transport`].
//! - `metrics`: the metrics above.
//! - `testing`: `Builder::testing` and the module `testing`, for a client of a service in the same process, with
//!   throwaway keys and a clock that the test sets.
//! - `toml`: `Directory::from_file`, which reads the clients of many servers from a file.

#![cfg_attr(docsrs, feature(doc_cfg))]

// Generated code names this crate by its absolute path, so that the same text compiles elsewhere.
extern crate self as alipayplus_client;

mod attempt;
mod base_url;
mod batch;
mod builder;
mod call;
mod client_inner;
mod directory;
#[cfg(feature = "toml")]
mod directory_file;
mod error;
mod evidence;
mod evidence_text;
// prettyplease formats what is generated.
#[rustfmt::skip]
mod generated;
mod header;
#[cfg(feature = "reqwest")]
mod http_settings;
#[cfg(feature = "reqwest")]
mod http_transport;
mod poll_schedule;
mod reply;
mod retry;
mod retry_after;
mod settings;
mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transport;
mod unknown_key;
mod verify;

pub use alipayplus_model as model;
pub use alipayplus_model::{Currency, Datetime, Decimal};
pub use alipayplus_runtime as runtime;
pub use alipayplus_runtime::operation::Operation;
pub use alipayplus_signing as signing;
pub use alipayplus_signing::{
    Clock, Freshness, KeyError, PrivateKey, PublicKey, Signer, Timestamp, TrustedKeys, VersionedSigner,
};
pub use generated::*;

pub use crate::batch::{Batch, BatchError, BatchLimits};
pub use crate::builder::Builder;
pub use crate::call::Call;
pub use crate::client_inner::ClientInner;
pub use crate::directory::{Directory, UnknownServer};
#[cfg(feature = "toml")]
pub use crate::directory_file::DirectoryError;
pub use crate::error::{
    BuildError, Error, ErrorReason, NotSentError, SignatureError, SignedWith, UnreadableError, UnrecognizedError,
    UnverifiedError, UnverifiedResult, VerifiedResult,
};
pub use crate::evidence::{Evidence, EvidenceError, VerifiedEvidence};
pub use crate::evidence_text::ParseEvidenceError;
#[cfg(feature = "reqwest")]
pub use crate::http_settings::HttpSettings;
#[cfg(feature = "reqwest")]
pub use crate::http_transport::HttpTransport;
pub use crate::poll_schedule::PollSchedule;
pub use crate::reply::Reply;
pub use crate::retry::RetryPolicy;
pub use crate::transport::{InProcess, Transport, TransportError, TransportErrorKind};
pub use crate::unknown_key::UnknownKey;

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
