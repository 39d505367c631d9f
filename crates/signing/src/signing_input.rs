//! What a signature covers.

use std::fmt;

use aws_lc_rs::digest::{self, Context, SHA256};

/// The parts of a message that its signature covers.
///
/// All of them are the exact text on the wire. `time` is the value of `Request-Time` for a request and of
/// `Response-Time` for a response, never re-formatted; `body` is never a re-serialisation. A response is signed over
/// the method and the URI of its **request**.
///
/// The parts are joined by `.`, which is not escaped: `("a", "b.c")` and `("a.b", "c")` sign alike. Whoever verifies
/// must also compare the Client-Id with the one it expects and read the time strictly ([`parse_time`](crate::parse_time)).
///
/// ```
/// use alipayplus_signing::SigningInput;
///
/// let content = SigningInput {
///     method: "POST",
///     uri: "/aps/api/v1/payments/inquiryPayment",
///     client_id: "SANDBOX_5X00000000000000",
///     time: "2025-02-20T08:51:49Z",
///     body: b"{}",
/// };
/// assert_eq!(
///     content.to_bytes(),
///     b"POST /aps/api/v1/payments/inquiryPayment\nSANDBOX_5X00000000000000.2025-02-20T08:51:49Z.{}",
/// );
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SigningInput<'a> {
    /// The request's method, in upper case.
    pub method: &'a str,
    /// The request's path, with `?query` where there is one, without scheme and host. Behind a proxy that rewrites
    /// paths this is the public one, which the caller signed.
    pub uri: &'a str,
    /// The value of `Client-Id`.
    pub client_id: &'a str,
    /// The value of `Request-Time` or `Response-Time`.
    pub time: &'a str,
    /// The bytes of the body.
    pub body: &'a [u8],
}

impl SigningInput<'_> {
    /// The SHA-256 of the content. The parts are hashed one after the other: the body is not copied.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut hash = Context::new(&SHA256);
        for part in self.parts() {
            hash.update(part);
        }
        Digest::from_finished(hash.finish().as_ref())
    }

    /// The content as one piece: evidence for a dispute, or something to compare with the peer's idea of it.
    ///
    /// It holds the body, and so a customer's data: keep it out of logs.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.parts().concat()
    }

    fn parts(&self) -> [&[u8]; 9] {
        [
            self.method.as_bytes(),
            b" ",
            self.uri.as_bytes(),
            b"\n",
            self.client_id.as_bytes(),
            b".",
            self.time.as_bytes(),
            b".",
            self.body,
        ]
    }
}

/// Prints the length of the body, never the body: it holds a customer's data.
impl fmt::Debug for SigningInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningInput")
            .field("method", &self.method)
            .field("uri", &self.uri)
            .field("client_id", &self.client_id)
            .field("time", &self.time)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// The SHA-256 of a [`SigningInput`]: what is signed, and all that a [`Signer`](crate::Signer) gets to see.
///
/// Prints as lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The digest of a message that is no [`SigningInput`], for tests alone: known answers of other projects are over such.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn testing(message: &[u8]) -> Self {
        Self::of(message)
    }

    /// The digest of bytes that are in one piece.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self::from_finished(digest::digest(&SHA256, bytes).as_ref())
    }

    fn from_finished(hash: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(hash);
        Self(bytes)
    }

    /// The same digest in the type of the cryptography library; `None` can't happen, as the length is right.
    pub(crate) fn import(&self) -> Option<digest::Digest> {
        digest::Digest::import_less_safe(&self.0, &SHA256).ok()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}
