//! The errors of building a server.

use std::time::Duration;

use alipayplus_signing::SignError;

/// The error of [`Builder::build`](crate::Builder::build): a mistake in the program or in its configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No signing key was set.
    #[error("no signing key: call `sign_with` or `signing_key`")]
    NoSigner,
    /// No key ring was set.
    #[error("no callers: call `callers`; the key ring may be empty and be filled later")]
    NoCallers,
    /// A limit or a deadline is zero.
    #[error("`{setting}` must be more than zero")]
    Zero {
        /// The setting.
        setting: &'static str,
    },
    /// The concurrency limit is greater than a semaphore supports.
    #[error("`concurrency_limit` must be at most {most}")]
    TooMany {
        /// The maximum.
        most: usize,
    },
    /// Signing may take all the time of a request, so that none is left for the handler. Extend `deadline` or shorten
    /// `signing_deadline`.
    #[error("`signing_deadline` ({signing_deadline:?}) leaves no time of the `deadline` of {operation} ({deadline:?})")]
    NoTime {
        /// The operation.
        operation: &'static str,
        /// How long its requests may take in total.
        deadline: Duration,
        /// How long signing may take.
        signing_deadline: Duration,
    },
    /// A text is not the path of a request. It must begin with `/` and have neither a query nor a fragment, and a
    /// prefix must not end with `/`.
    #[error(
        "`{setting}` is not a path: {path:?} (it must begin with `/` and have no query; a prefix must not end with `/`)"
    )]
    NotAPath {
        /// The setting.
        setting: &'static str,
        /// The text.
        path: String,
    },
    /// A setting names an operation that the server does not have.
    #[error("`{setting}` names an unknown operation: {operation:?}")]
    UnknownOperation {
        /// The setting.
        setting: &'static str,
        /// The name.
        operation: String,
    },
    /// Two operations have the same path.
    #[error("two operations have the path {path:?}")]
    SamePath {
        /// The path.
        path: String,
    },
}

/// The error of [`Builder::build_checked`](crate::Builder::build_checked).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The server can't be built.
    #[error("the server can't be built")]
    Build(#[from] BuildError),
    /// The signer fails, or signs with another key than its public key.
    #[error("the signer does not work")]
    Signer(#[from] SignError),
    /// The signer has not signed within 10 s.
    #[error("the signer does not work: no signature after 10 s")]
    SignerTimeout,
}
