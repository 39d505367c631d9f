//! Ask a mobile payment provider (MPP) what became of a payment.
//!
//! One method per operation signs the question, sends it, verifies the answer and only then reads it. `Ok` is knowledge
//! about the payment; everything else is an [`Error`] that says whether asking again can help, so that nobody can book
//! "no answer" as a decline.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! # let (a, p, id) = ("", "", "");
//! use std::time::Duration;
//! use alipayplus_client::{Amount, Client, PrivateKey, PublicKey, PollSchedule};
//! use alipayplus_client::inquiry_payment::{Expected, Outcome, Request};
//!
//! let mpp = Client::builder("https://mpp.example")
//!     .client_id("SANDBOX_5X00000000000000")
//!     .sign_with(1, PrivateKey::from_file("caller.key.pem")?)
//!     .trusted_key(1, PublicKey::from_file("mpp.pub.pem")?)
//!     .build()?;
//! let request = Request { acquirer_id: a.parse()?, psp_id: p.parse()?, payment_request_id: id.parse()? };
//! let reply = mpp
//!     .inquiry_payment(&request) // a plain `.await` here asks once
//!     .expecting(Expected { payment_amount: Some(Amount::minor(100, "JPY")?), ..Default::default() })
//!     .wait_until_final(PollSchedule::every(Duration::from_secs(3)).until(Duration::from_secs(60)))
//!     .await;
//! match reply.map(|r| r.outcome) {
//!     Ok(Outcome::Paid(paid)) => println!("{} {} paid", paid.payment_amount.value, paid.payment_amount.currency),
//!     Ok(Outcome::Failed(failed)) => println!("{}", failed.code), // open: a code from tomorrow is kept as text
//!     Ok(Outcome::Cancelled(_)) => println!("closed"),
//!     Ok(_) => println!("still open"), // in progress or not known yet, after 60 s
//!     Err(e) if e.is_retryable() => println!("ask later"),
//!     Err(e) => return Err(e.into()), // nothing is known about the payment
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What a plain call does
//! It sends the request and waits for the answer as long as the operation's documentation says (5 s for an inquiry). On
//! a broken connection, a time-out, HTTP 408, 425, 429 or 5xx, or a verified "trouble" it pauses and sends the same
//! request again, no sooner than a `RetryPolicy-After` says; all within one deadline of 15 s. [`Builder`] lists these
//! settings with their defaults, [`Error`] all that can go wrong. [`wait_until_final`](Call::wait_until_final) repeats
//! the whole on a [`PollSchedule`].
//!
//! # What is checked, and in which order
//! HTTP status 200; not compressed; the body limit, while reading; exactly one `Signature`; `Client-Id` equal to ours;
//! `Response-Time` fresh and not before our own `Request-Time` (less the freshness window); the key's version trusted
//! (an answer that names no `keyVersion` is tried with the trusted keys, newest first, at most four); the RSA signature
//! over the request's method and path, our Client-Id, the time as it came and the exact bytes. Then the media type, the
//! JSON, the schema. Then [`expecting`](Call::expecting), as a signature does not tell which question an answer belongs
//! to.
//!
//! # Time and place
//! Futures need a tokio runtime with time enabled. They are `Send`, spawn nothing, and give the exchange up when
//! dropped. [`transport`] has what carries the requests: reqwest with rustls, a service in the same process, or your
//! own.
//!
//! # Logs and metrics
//! Through `tracing`, target `alipayplus_client`: a span `call` (`operation`, `client_id`, `tracer_id`, and at its end
//! `outcome` and `attempts`), within it a span `attempt` (`attempt`) for each request, and events for attempts without
//! a usable answer (`cause`, `error`), for repetitions and for the end. Nothing in them is sensitive.
//!
//! With the feature `metrics`, through the `metrics` facade, each with the label `operation`:
//!
//! | name | type | further labels | counts |
//! |---|---|---|---|
//! | `alipayplus_client_requests_total` | counter | – | requests sent, repetitions included |
//! | `alipayplus_client_request_seconds` | histogram | – | seconds from signing to the checked answer, or to giving up |
//! | `alipayplus_client_retries_total` | counter | – | repetitions within an inquiry |
//! | `alipayplus_client_refusals_total` | counter | `cause` | attempts without a usable answer, by the [`Error`]'s variant |
//! | `alipayplus_client_results_total` | counter | `result` | calls, by the outcome's name, a listed result code, `unlisted`, or the [`Error`]'s variant |
//!
//! # Features
//! - `metrics`: the metrics above.
//! - `testing`: `Builder::testing` and the module `testing`, for a client of a service in the same process, with
//!   throwaway keys and a clock to set.

// Generated code names this crate by its absolute path, so that the same text compiles elsewhere.
extern crate self as alipayplus_client;

mod address;
mod attempt;
mod builder;
mod call;
mod core;
mod error;
// prettyplease formats what is generated.
#[rustfmt::skip]
mod generated;
mod header;
mod observe;
mod reply;
mod retry;
mod retry_after;
mod schedule;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transport;

pub use alipayplus_model as model;
pub use alipayplus_model::{Currency, Datetime};
pub use alipayplus_runtime as runtime;
pub use alipayplus_runtime::operation::Operation;
pub use alipayplus_signing as signing;
pub use alipayplus_signing::{
    Clock, Freshness, KeyError, PrivateKey, PublicKey, Signer, Timestamp, TrustedKeys, VersionedSigner,
};
pub use generated::*;
pub use reqwest;

pub use crate::builder::{BuildError, Builder};
pub use crate::call::Call;
pub use crate::core::Core;
pub use crate::error::{Error, SignatureError, UnverifiedResult, VerifiedResult};
pub use crate::reply::{Evidence, Reply};
pub use crate::retry::RetryPolicy;
pub use crate::schedule::PollSchedule;
pub use crate::transport::{InProcess, Transport, TransportError, TransportErrorKind};
