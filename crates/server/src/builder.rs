//! The settings of a server.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_signing::{Freshness, KeyRing, Signer, VersionedSigner};
use http::uri::PathAndQuery;
use tokio::sync::Semaphore;

use crate::core::{Core, Endpoint, Known};
use crate::settings::{Access, Settings, path_of, whole};

/// The settings of a server before it is built.
///
/// [`sign_with`](Self::sign_with) (or [`signing_key`](Self::signing_key)) and [`callers`](Self::callers) must be
/// called; all else has a default.
#[must_use = "nothing is built before `build`"]
pub struct Builder<S> {
    signing_key: Option<VersionedSigner>,
    callers: Option<KeyRing>,
    access: Access,
    freshness: Freshness,
    concurrency_limit: usize,
    body_limit: usize,
    deadline: Option<Duration>,
    body_deadline: Duration,
    handler_deadline: Option<Duration>,
    signing_deadline: Option<Duration>,
    sign_refusals: bool,
    signed_prefix: String,
    signed_paths: HashMap<String, String>,
    paths: HashMap<String, String>,
    built: PhantomData<fn() -> S>,
}

impl<S: Endpoint> Builder<S> {
    /// The default of [`concurrency_limit`](Self::concurrency_limit).
    pub const CONCURRENCY_LIMIT: usize = 512;
    /// The default of [`body_limit`](Self::body_limit), in bytes.
    pub const BODY_LIMIT: usize = 256 * 1024;
    /// The default of [`body_deadline`](Self::body_deadline).
    pub const BODY_DEADLINE: Duration = Duration::from_secs(2);

    /// What `Server::builder()` returns.
    #[expect(clippy::new_without_default, reason = "`Server::builder()` is the way to get one")]
    pub fn new() -> Self {
        Self {
            signing_key: None,
            callers: None,
            access: Arc::new(|_, _| true),
            freshness: Freshness::default(),
            concurrency_limit: Self::CONCURRENCY_LIMIT,
            body_limit: Self::BODY_LIMIT,
            deadline: None,
            body_deadline: Self::BODY_DEADLINE,
            handler_deadline: None,
            signing_deadline: None,
            sign_refusals: false,
            signed_prefix: String::new(),
            signed_paths: HashMap::new(),
            paths: HashMap::new(),
            built: PhantomData,
        }
    }

    /// Signs answers with this key, and states this version in their `Signature` header.
    ///
    /// The signer is a [`PrivateKey`](crate::PrivateKey) or whatever else implements [`Signer`].
    pub fn sign_with(self, version: u64, signer: impl Signer) -> Self {
        self.signing_key(VersionedSigner::new(version, signer))
    }

    /// Signs answers with a key that can be replaced while the server runs: keep a clone of it.
    pub fn signing_key(self, signing_key: VersionedSigner) -> Self {
        Self { signing_key: Some(signing_key), ..self }
    }

    /// Whose requests are answered. Keep a clone to add and remove keys while the server runs; it may start empty.
    pub fn callers(self, callers: KeyRing) -> Self {
        Self { callers: Some(callers), ..self }
    }

    /// Which client may call which operation, by Client-Id and the operation's name. Default: all may call all.
    ///
    /// It is asked once the signature is verified, for every request: it must be quick, and it must not block.
    pub fn authorize(self, may_call: impl Fn(&str, &str) -> bool + Send + Sync + 'static) -> Self {
        Self { access: Arc::new(may_call), ..self }
    }

    /// How far a request's time may be from the clock, and the clock itself. Default: 300 s each way, the machine's.
    pub fn freshness(self, freshness: Freshness) -> Self {
        Self { freshness, ..self }
    }

    /// How many requests may be worked on at once, from before their body is read until their answer is made.
    /// Default: 512. One more is told at once to come back later. A request that is refused for its headers holds no
    /// place while its body comes, unless [`sign_refusals`](Self::sign_refusals) is on and its Client-Id is known.
    pub fn concurrency_limit(self, requests: usize) -> Self {
        Self { concurrency_limit: requests, ..self }
    }

    /// How many bytes a body may have. Default: 256 KiB. A longer one is answered by HTTP 413 alone.
    pub fn body_limit(self, bytes: usize) -> Self {
        Self { body_limit: bytes, ..self }
    }

    /// How long a request may take in all: from when its head is there until its answer is made. Default: nine tenths
    /// of what the caller of its operation waits, which is 4.5 s of 5 s; the rest is for the way there and back.
    ///
    /// Within it, each step has a deadline of its own, and what is left of the whole if that is less. Where time runs
    /// out, a body is answered by HTTP 408 alone, a handler as a late one, and a signature by an unsigned "ask again".
    /// The log's `cause` names the setting by which it was.
    ///
    /// Keep it below what the caller waits: when the caller hangs up first, the handler is dropped, and the log says no
    /// more than `abandoned`.
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// How long a body may take to come. Default: 2 s. A slower one is answered by HTTP 408 alone.
    ///
    /// The time that a body takes is taken from the handler: see [`deadline`](Self::deadline).
    pub fn body_deadline(self, deadline: Duration) -> Self {
        Self { body_deadline: deadline, ..self }
    }

    /// How long any handler may take. Then it is dropped, and the peer is told to ask again. Default: no limit of its
    /// own. A handler gets what the body has left of the [`deadline`](Self::deadline), less the
    /// [`signing_deadline`](Self::signing_deadline): 3.75 s with the defaults. A longer setting here has no effect:
    /// make the deadline longer.
    ///
    /// A handler that blocks its thread is not stopped by any deadline. The log says `answered late`.
    pub fn handler_deadline(self, deadline: Duration) -> Self {
        Self { handler_deadline: Some(deadline), ..self }
    }

    /// How long signing may take. Default: a sixth of the [`deadline`](Self::deadline), which is 750 ms of 4.5 s. It
    /// matters to signers outside of this process.
    ///
    /// So much of the deadline is kept from the handler. When signing takes longer, an unsigned
    /// "ask again" goes out.
    pub fn signing_deadline(self, deadline: Duration) -> Self {
        Self { signing_deadline: Some(deadline), ..self }
    }

    /// Sets whether to sign refusals of requests whose signature was not verified, too. Default: `false`.
    ///
    /// For partners who insist. **It has a price**: signing costs some 18 times what verifying costs, and with this
    /// setting an overload, and whoever knows the Client-Id of one of your clients, makes this machine do it.
    ///
    /// A refusal is signed only for a Client-Id that the key ring knows. The parts of what is signed are joined by `.`,
    /// which is not escaped: a signature over an unknown Client-Id `V.<time>.{…}` would verify as an answer to the
    /// client `V`, with a body that the sender of the request wrote.
    pub fn sign_refusals(self, sign_refusals: bool) -> Self {
        Self { sign_refusals, ..self }
    }

    /// What a framework or a proxy has taken off the front of every path: `"/wallet"`. Default: nothing.
    ///
    /// The caller signed the public path, which is this prefix followed by the path that arrives here.
    pub fn signed_prefix(self, prefix: impl Into<String>) -> Self {
        Self { signed_prefix: prefix.into(), ..self }
    }

    /// The public path of an operation, where a proxy replaces it as a whole. The query stays as it arrives, and
    /// [`signed_prefix`](Self::signed_prefix) does not apply.
    ///
    /// The operation is named as in its module's `NAME`.
    pub fn signed_path(mut self, operation: impl Into<String>, public_path: impl Into<String>) -> Self {
        self.signed_paths.insert(operation.into(), public_path.into());
        self
    }

    /// The path at which an operation arrives here. Default: the one in its documentation.
    ///
    /// The operation is named as in its module's `NAME`. Paths are compared as text: no patterns, no decoding.
    pub fn path(mut self, operation: impl Into<String>, path: impl Into<String>) -> Self {
        self.paths.insert(operation.into(), path.into());
        self
    }

    /// Keys, Client-Id and clock of the parties of a test. Settings that come later replace them.
    #[cfg(feature = "testing")]
    pub fn testing(self, parties: &alipayplus_signing::testing::TestKeys) -> Self {
        let version = alipayplus_signing::testing::TestKeys::KEY_VERSION;
        let callers = KeyRing::new();
        // A Client-Id that the ring refuses is refused by the server too, and its log says why.
        let _ = callers.insert(parties.client_id.as_str(), version, parties.client.public_key());
        self.sign_with(version, parties.server.clone())
            .callers(callers)
            .freshness(Freshness::default().with_clock(&parties.clock))
    }

    /// The server, to mount operations on.
    ///
    /// # Errors
    /// [`BuildError`] names the setting that is missing or makes no sense.
    pub fn build(self) -> Result<S, BuildError> {
        self.check_limits()?;
        self.check_deadlines(S::OPERATIONS)?;
        self.check_paths(S::OPERATIONS)?;
        let settings = Settings {
            signing_key: self.signing_key.ok_or(BuildError::NoSigner)?,
            callers: self.callers.ok_or(BuildError::NoCallers)?,
            access: self.access,
            freshness: self.freshness,
            in_flight: Arc::new(Semaphore::new(self.concurrency_limit)),
            concurrency_limit: self.concurrency_limit,
            body_limit: self.body_limit,
            deadline: self.deadline,
            body_deadline: self.body_deadline,
            handler_deadline: self.handler_deadline,
            signing_deadline: self.signing_deadline,
            sign_refusals: self.sign_refusals,
            signed_prefix: self.signed_prefix,
            signed_paths: self.signed_paths,
            paths: self.paths,
        };
        Ok(Core::new::<S>(settings).into())
    }

    fn check_limits(&self) -> Result<(), BuildError> {
        let limits = [
            ("concurrency_limit", self.concurrency_limit == 0),
            ("body_limit", self.body_limit == 0),
            ("deadline", self.deadline.is_some_and(|deadline| deadline.is_zero())),
            ("body_deadline", self.body_deadline.is_zero()),
            ("handler_deadline", self.handler_deadline.is_some_and(|deadline| deadline.is_zero())),
            ("signing_deadline", self.signing_deadline.is_some_and(|deadline| deadline.is_zero())),
        ];
        if let Some((setting, _)) = limits.into_iter().find(|(_, is_zero)| *is_zero) {
            return Err(BuildError::Zero { setting });
        }
        if self.concurrency_limit > Semaphore::MAX_PERMITS {
            return Err(BuildError::TooMany { most: Semaphore::MAX_PERMITS });
        }
        Ok(())
    }

    /// Whether each operation's handler has any time.
    fn check_deadlines(&self, known: &'static [Known]) -> Result<(), BuildError> {
        let Some(signing_deadline) = self.signing_deadline else { return Ok(()) };
        let wholes = known.iter().map(|known| (known.name, whole(self.deadline, known.wait)));
        match wholes.into_iter().find(|(_, deadline)| *deadline <= signing_deadline) {
            Some((operation, deadline)) => Err(BuildError::NoTime { operation, deadline, signing_deadline }),
            None => Ok(()),
        }
    }

    fn check_paths(&self, known: &'static [Known]) -> Result<(), BuildError> {
        if !self.signed_prefix.is_empty() {
            check_path("signed_prefix", &self.signed_prefix)?;
            // The path that follows begins with a slash of its own.
            if self.signed_prefix.ends_with('/') {
                let path = self.signed_prefix.clone();
                return Err(BuildError::NotAPath { setting: "signed_prefix", path });
            }
        }
        for (setting, paths) in [("signed_path", &self.signed_paths), ("path", &self.paths)] {
            for (operation, path) in paths {
                if !known.iter().any(|known| known.name == operation) {
                    let operation = operation.clone();
                    return Err(BuildError::UnknownOperation { setting, operation });
                }
                check_path(setting, path)?;
            }
        }
        let routes: Vec<&str> = known.iter().map(|known| path_of(&self.paths, *known)).collect();
        match routes.iter().enumerate().find(|(i, path)| routes[..*i].contains(*path)) {
            Some((_, path)) => Err(BuildError::SamePath { path: (*path).to_owned() }),
            None => Ok(()),
        }
    }
}

/// A path that a request can have: from `/` on, without a query.
fn check_path(setting: &'static str, path: &str) -> Result<(), BuildError> {
    let is_path = path.starts_with('/')
        && !path.contains(['?', '#'])
        && path.parse::<PathAndQuery>().is_ok_and(|parsed| parsed.as_str() == path);
    let path = path.to_owned();
    is_path.then_some(()).ok_or(BuildError::NotAPath { setting, path })
}

/// Prints no keys.
impl<S> fmt::Debug for Builder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("signing_key", &self.signing_key)
            .field("callers", &self.callers)
            .field("concurrency_limit", &self.concurrency_limit)
            .field("body_limit", &self.body_limit)
            .field("paths", &self.paths)
            .finish_non_exhaustive()
    }
}

/// Why a server can't be built: a mistake in the program or in its configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// There is no key to sign with.
    #[error("nothing to sign answers with: call `sign_with` or `signing_key`")]
    NoSigner,
    /// Nobody was said to be known.
    #[error("no callers: call `callers`; the key ring may be empty and be filled later")]
    NoCallers,
    /// A limit or a deadline of nothing.
    #[error("`{setting}` must be more than zero")]
    Zero {
        /// The setting.
        setting: &'static str,
    },
    /// A limit beyond what can be counted.
    #[error("`concurrency_limit` must be at most {most}")]
    TooMany {
        /// The greatest value.
        most: usize,
    },
    /// Signing may take all the time that a request has, and leaves a handler none: make `deadline` longer, or
    /// `signing_deadline` shorter.
    #[error("`signing_deadline` ({signing_deadline:?}) leaves nothing of the `deadline` of {operation} ({deadline:?})")]
    NoTime {
        /// The operation.
        operation: &'static str,
        /// How long its requests may take in all.
        deadline: Duration,
        /// How long signing may take.
        signing_deadline: Duration,
    },
    /// A text that is not the path of a request: it must start with `/` and hold neither a query nor a fragment;
    /// a prefix must not end with `/`.
    #[error(
        "`{setting}` is not a path: {path:?} (it begins with a slash, has no query, and a prefix ends without one)"
    )]
    NotAPath {
        /// The setting.
        setting: &'static str,
        /// The text.
        path: String,
    },
    /// A setting for an operation that the server does not have.
    #[error("`{setting}` names an operation that there is not: {operation:?}")]
    UnknownOperation {
        /// The setting.
        setting: &'static str,
        /// The name.
        operation: String,
    },
    /// Two operations would have the same path.
    #[error("two operations have the path {path:?}")]
    SamePath {
        /// The path.
        path: String,
    },
}
