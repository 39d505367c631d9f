//! Signatures of the Alipay+ gateway family: what is signed, how it travels, whose key it is and how old it may be.
//!
//! Both directions of an exchange are signed. The caller signs its request with its private key; the MPP verifies
//! that with the caller's public key and signs the response with its own. This crate holds the parts that both sides
//! share, and knows no HTTP library:
//!
//! | part | what it does |
//! |---|---|
//! | [`SigningInput`] | the bytes that a signature covers, hashed part by part |
//! | [`SignatureHeader`] | the text of the `Signature` header, read and written |
//! | [`PrivateKey`], [`PublicKey`] | RSA keys from PEM or bare base64, checked when they are loaded |
//! | [`Signer`], [`VersionedSigner`] | who signs (memory, a KMS, an HSM) under which key version |
//! | [`KeyRing`], [`TrustedKeys`], [`CandidateKeys`] | whose signatures are accepted, by Client-Id and key version |
//! | [`Freshness`], [`Clock`] | how far a time header may be from the clock |
//!
//! ```
//! # #[cfg(feature = "testing")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use alipayplus_signing::{SigningInput, Freshness, KeyRing, PrivateKey, SignatureHeader, VersionedSigner, format_time};
//!
//! // The caller signs …
//! let key = PrivateKey::generate()?; // in production: PrivateKey::from_file("caller.key.pem")?
//! let public_key = key.public_key();
//! let signing_key = VersionedSigner::new(1, key);
//! let time = format_time(Freshness::default().clock().now());
//! let content = SigningInput {
//!     method: "POST",
//!     uri: "/aps/api/v1/payments/inquiryPayment",
//!     client_id: "SANDBOX_5X00000000000000",
//!     time: &time,
//!     body: br#"{"paymentRequestId":"20200101234567890132"}"#,
//! };
//! let header_text = signing_key.sign(&content).await?.to_string();
//!
//! // … and the other side verifies, cheap checks first.
//! let callers = KeyRing::new();
//! callers.insert("SANDBOX_5X00000000000000", 1, public_key)?;
//!
//! let header = SignatureHeader::from_values([header_text])?;
//! let keys = callers.candidates(content.client_id, header.key_version())?;
//! Freshness::default().check(content.time)?;
//! assert_eq!(keys.verify(&content.digest(), &header)?, 1); // the version of the key that signed
//! # Ok(())
//! # }
//! # #[cfg(feature = "testing")]
//! # {
//! # use std::{pin::pin, task::{Context, Poll, Waker}};
//! # let mut run = pin!(example());
//! # assert!(matches!(run.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Ok(()))));
//! # }
//! ```
//!
//! # What a good signature does not prove
//!
//! - The parts are joined by `.`, which is not escaped: under one signature, text can move between the Client-Id, the
//!   time and the body. Compare the Client-Id with the one you expect, byte for byte, and let [`Freshness::check`] or
//!   [`parse_time`] read the time: both are strict. A Client-Id that itself holds a time is refused by [`KeyRing`]s, see
//!   [`is_ambiguous_client_id`]. Never sign over a Client-Id that no key ring knows: the signature might be good for a
//!   message of another client. Together these close the gap.
//! - A response's signature does not cover its request: a signed answer about another payment verifies. Check with
//!   [`Freshness::not_before`] that it is not older than the question, and compare what it says with the payment
//!   that you asked about.

mod client_id;
mod clock;
mod error;
mod freshness;
pub mod header_name;
mod key;
mod key_ring;
pub mod media_type;
mod signature_header;
mod signer;
mod signing_input;
#[cfg(feature = "testing")]
pub mod testing;
mod time;

pub use client_id::is_ambiguous_client_id;
pub use clock::Clock;
#[cfg(feature = "testing")]
pub use clock::TestClock;
pub use error::{FreshnessError, HeaderError, KeyRingError, SignError, VerifyError};
pub use freshness::Freshness;
/// What a [`Clock`] tells.
#[doc(no_inline)]
pub use jiff::Timestamp;
pub use key::{KeyError, KeyErrorKind, KeySource, PrivateKey, PublicKey};
pub use key_ring::{CandidateKeys, KeyRing, TrustedKeys};
pub use signature_header::SignatureHeader;
pub use signer::{SignFuture, Signer, VersionedSigner};
pub use signing_input::{Digest, SigningInput};
pub use time::{format_time, parse_time};
