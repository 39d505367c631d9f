//! How a request was signed that the server refused because of it.

use std::fmt;

/// How a request was signed that the server refused because of its signature, its key or its Client-Id: what the two sides
/// have to compare.
///
/// ```text
/// the request was signed over POST /aps/api/v1/payments/inquiryPayment as SANDBOX_5X00000000000000 with key 1 with
/// fingerprint 0b5d3f0c9a7e4d21…; the server's clock is 600 s ahead of ours
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedWith {
    /// The method.
    pub method: String,
    /// The path that was signed.
    pub path: String,
    /// The Client-Id.
    pub client_id: String,
    /// The version of the key.
    pub key_version: u64,
    /// The [fingerprint](crate::PublicKey::fingerprint) of the key; `None` if the signer does not return its public key,
    /// or was replaced meanwhile.
    pub fingerprint: Option<String>,
    /// How many seconds the server's clock is ahead of ours, or behind if negative, by the `Response-Time`, which is not
    /// verified; `None` if it is absent, or differs by no more than the [skew](crate::Freshness::with_skew).
    pub server_clock_ahead: Option<i64>,
}

impl fmt::Display for SignedWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, client_id, key_version, .. } = self;
        write!(f, "the request was signed over {method} {path} as {client_id} with key {key_version}")?;
        if let Some(fingerprint) = &self.fingerprint {
            write!(f, " with fingerprint {fingerprint:.16}…")?;
        }
        if let Some(seconds) = self.server_clock_ahead {
            let direction = if seconds > 0 { "ahead of" } else { "behind" };
            write!(f, "; the server's clock is {} s {direction} ours", seconds.unsigned_abs())?;
        }
        Ok(())
    }
}
