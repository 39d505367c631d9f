//! The errors of building a client or a call.

use crate::transport::BoxError;

/// A setting of a client or of a call that is missing or invalid.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL is invalid. The error does not repeat it, because it might hold a password.
    #[error("invalid base URL: {fault}")]
    Url {
        /// What is wrong with the URL.
        fault: &'static str,
    },
    /// The base URL is plain `http://` for a host other than this machine.
    #[error("the base URL is plain http:// for a host that is not loopback; danger_allow_plain_http() allows it")]
    PlainHttp,
    /// The path of an operation is invalid: a proxy might rewrite it, and it is signed.
    #[error("invalid path of {operation}: {fault}")]
    Path {
        /// The name of the operation.
        operation: &'static str,
        /// What is wrong with the path.
        fault: &'static str,
    },
    /// The prefix of the signed path is invalid.
    #[error("invalid signed_prefix(): {fault}")]
    SignedPrefix {
        /// What is wrong with the prefix.
        fault: &'static str,
    },
    /// A limit is zero, so that no response could be accepted.
    #[error("`{setting}` must be more than zero")]
    Zero {
        /// The name of the setting.
        setting: &'static str,
    },
    /// The Client-Id is missing.
    #[error("client_id() is missing")]
    NoClientId,
    /// The Client-Id is empty, or has characters other than visible ASCII.
    #[error("the Client-Id is not visible ASCII without spaces")]
    ClientId,
    /// The Client-Id has a `.` followed by text that reads as a time header. A signature does not show where such an id
    /// ends, and servers refuse it.
    #[error("the Client-Id is ambiguous: the text after a `.` in it reads as a time")]
    AmbiguousClientId,
    /// The signer is missing.
    #[error("sign_with() or signing_key() is missing")]
    NoSigner,
    /// No key is trusted, so that no response could be accepted.
    #[error("trusted_key() is missing, or trusted_keys() has no key")]
    NoTrustedKey,
    /// The client's own public key was given as the server's.
    #[error("the trusted key of version {version} is the public key of this client's own signer; give the server's")]
    OwnKey {
        /// The version of the trusted key.
        version: u64,
    },
    /// Keys were set in both ways, of which one is for keys that are shared with others.
    #[error("trusted_key() and trusted_keys() are both set: insert all keys into the shared ones")]
    TrustedKeysTwice,
    /// A setting of the HTTP client cannot be used.
    #[error("the HTTP client cannot use its `{setting}`")]
    HttpSetting {
        /// The name of the setting.
        setting: &'static str,
        /// The cause.
        #[source]
        error: BoxError,
    },
    /// The HTTP client cannot be built, for example because the system has no certificates.
    #[error("the HTTP client cannot be built")]
    Http(#[source] BoxError),
    /// The transport is missing, which the feature `reqwest` provides by default.
    #[error("transport() is missing, because the feature `reqwest` is off")]
    NoTransport,
    /// The Tracer-Id of a call is empty, or has characters other than visible ASCII.
    #[error("the Tracer-Id is not visible ASCII without spaces")]
    TracerId,
}
