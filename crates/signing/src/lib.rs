//! Signatures of the Alipay+ gateway family: what is signed, the `Signature` header, keys and freshness.
//!
//! Both messages of an exchange are signed. The client signs its request with its private key; the server verifies it
//! with the client's public key and signs the response with its own private key. This crate holds what both sides
//! share. It does not depend on an HTTP library.
//!
//! ```
//! # #[cfg(feature = "testing")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use alipayplus_signing::{
//!     Freshness, KeyRing, PrivateKey, SignatureHeader, SigningInput,
//!     VersionedSigner, format_time,
//! };
//!
//! // The client signs. In production: PrivateKey::from_file("caller.key.pem")?
//! let key = PrivateKey::generate()?;
//! let public_key = key.public_key();
//! let freshness = Freshness::default();
//! let input = SigningInput {
//!     method: "POST",
//!     uri: "/aps/api/v1/payments/inquiryPayment",
//!     client_id: "SANDBOX_5X00000000000000",
//!     time: &format_time(freshness.clock().now()),
//!     body: br#"{"paymentRequestId":"20200101234567890132"}"#,
//! };
//! let signer = VersionedSigner::new(1, key);
//! let header_text = signer.sign(&input).await?.to_string();
//!
//! // The server verifies, cheapest checks first.
//! let callers = KeyRing::new();
//! callers.insert("SANDBOX_5X00000000000000", 1, public_key)?;
//!
//! let header = SignatureHeader::from_values([header_text])?;
//! let keys = callers.candidates(input.client_id, header.key_version())?;
//! freshness.check(input.time)?;
//! // The result is the version of the key that signed.
//! assert_eq!(keys.verify(&input, &header)?, 1);
//! # Ok(())
//! # }
//! # #[cfg(feature = "testing")]
//! # {
//! # use std::{pin::pin, task::{Context, Poll, Waker}};
//! # let mut run = pin!(example());
//! # let mut context = Context::from_waker(Waker::noop());
//! # assert!(matches!(run.as_mut().poll(&mut context), Poll::Ready(Ok(()))));
//! # }
//! ```
//!
//! | part | what it does |
//! |---|---|
//! | [`SigningInput`], [`Digest`] | the bytes that a signature covers, hashed part by part |
//! | [`SignatureHeader`] | parses and formats the `Signature` header |
//! | [`PrivateKey`], [`PublicKey`] | RSA keys from PEM or bare base64, checked when they are loaded |
//! | [`Signer`], [`VersionedSigner`] | signs in memory, in a KMS or in an HSM, under a key version |
//! | [`KeyRing`] | on the server: the keys of its clients, by Client-Id and key version |
//! | [`TrustedKeys`] | on the client: the keys of its server, by key version |
//! | [`CandidateKeys`] | the keys that may have made a signature |
//! | [`Freshness`], [`Clock`] | how far a time header may be from the clock |
//! | [`parse_time`], [`format_time`] | the text of a time header |
//! | [`header_name`], [`media_type`] | the names of the headers, and the rule for `Content-Type` and `Accept` |
//!
//! # What a valid signature does not prove
//!
//! - The parts are joined by `.`, which is not escaped: under one signature, text can move between the Client-Id, the
//!   time and the body. Compare the Client-Id with the expected one, byte for byte, and parse the time with
//!   [`Freshness::check`] or [`parse_time`], which are strict. [`KeyRing`]s refuse a Client-Id that itself holds a time,
//!   see [`is_ambiguous_client_id`]. Never sign over a Client-Id that no key ring knows: the signature might be valid
//!   for a message of another client. Together these rules close the gap.
//! - The signature of a response does not cover its request: a signed response about another payment verifies. Check
//!   with [`Freshness::not_before`] that it is not older than the request, and compare its members with the payment that
//!   the request was about.
//!
//! # Features
//! - `diagnose`: the module `diagnose`, which says why a signature does not verify.
//! - `testing`: [`PrivateKey::generate`](PrivateKey), `TestClock` and the module `testing` with throwaway keys, for
//!   tests.
//! - `watch`: `KeyRing::watch`, a key ring that follows a folder of keys, by a thread of its own.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod candidate_keys;
#[doc(hidden)]
pub mod catch_panic;
mod client_id;
mod clock;
#[cfg(feature = "diagnose")]
pub mod diagnose;
mod digest;
mod error;
mod freshness;
pub mod header_name;
mod key;
mod key_ring;
pub mod media_type;
mod not_verified;
mod signature_header;
mod signer;
mod signing_input;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod trusted_keys;
#[cfg(feature = "testing")]
mod verification_count;
#[cfg(feature = "watch")]
mod watch;

pub use candidate_keys::CandidateKeys;
pub use client_id::is_ambiguous_client_id;
pub use clock::Clock;
#[cfg(feature = "testing")]
pub use clock::TestClock;
pub use digest::Digest;
pub use error::{FreshnessError, HeaderError, KeyRingError, SignError, VerifyError};
pub use freshness::Freshness;
/// The time that a [`Clock`] returns.
#[doc(no_inline)]
pub use jiff::Timestamp;
pub use key::{KeyError, KeyErrorKind, KeySource, PrivateKey, PublicKey};
pub use key_ring::KeyRing;
pub use not_verified::{NotVerified, VerifiedOver};
pub use signature_header::SignatureHeader;
pub use signer::{SignFuture, Signer, VersionedSigner};
pub use signing_input::SigningInput;
pub use time::{format_time, parse_time};
pub use trusted_keys::TrustedKeys;
#[cfg(feature = "watch")]
pub use watch::WatchError;

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
