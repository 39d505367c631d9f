//! The bytes that a signature covers.

use std::fmt;

use crate::digest::Digest;

/// The parts of a message that its signature covers.
///
/// All of them are the exact text on the wire. `time` is the value of `Request-Time` for a request and of
/// `Response-Time` for a response, never re-formatted; `body` is never a re-serialization. A response is signed over
/// the method and the URI of its **request**.
///
/// Client-Id, time and body are joined by `.`, which is not escaped: `("a", "b.c")` and `("a.b", "c")` give the same
/// signature. A verifier must also compare the Client-Id with the expected one and parse the time strictly
/// ([`parse_time`](crate::parse_time)).
///
/// ```
/// use alipayplus_signing::SigningInput;
///
/// let input = SigningInput {
///     method: "POST",
///     uri: "/v1/payments/inquiryPayment",
///     client_id: "SANDBOX_5X00000000000000",
///     time: "2025-02-20T08:51:49Z",
///     body: b"{}",
/// };
/// assert_eq!(
///     input.to_bytes(),
///     b"POST /v1/payments/inquiryPayment\n\
///       SANDBOX_5X00000000000000.2025-02-20T08:51:49Z.{}",
/// );
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SigningInput<'a> {
    /// The request's method, in upper case.
    pub method: &'a str,
    /// The request's path, with `?query` where there is one, without scheme and host. Behind a proxy that rewrites
    /// paths, it is the public path that the client signed.
    pub uri: &'a str,
    /// The value of `Client-Id`.
    pub client_id: &'a str,
    /// The value of `Request-Time` or `Response-Time`.
    pub time: &'a str,
    /// The bytes of the body.
    pub body: &'a [u8],
}

impl SigningInput<'_> {
    /// Returns the SHA-256 of the input. The body is not copied.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&[&self.head().concat(), self.body])
    }

    /// Returns the input as one piece, for evidence in a dispute or for comparison with what the other side signed.
    ///
    /// It holds the body, and so a customer's data: keep it out of logs.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.head().concat(), self.body].concat()
    }

    /// Returns what is before the body.
    fn head(&self) -> [&[u8]; 8] {
        [
            self.method.as_bytes(),
            b" ",
            self.uri.as_bytes(),
            b"\n",
            self.client_id.as_bytes(),
            b".",
            self.time.as_bytes(),
            b".",
        ]
    }
}

/// Prints the length of the body instead of the body, which holds a customer's data.
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
