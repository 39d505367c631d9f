//! The settings of a server.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_signing::{Freshness, KeyRing, Signer, VersionedSigner};
use http::uri::PathAndQuery;
use tokio::sync::Semaphore;

use crate::build_error::{BuildError, StartError};
use crate::operation::OperationInfo;
use crate::router::{Router, ServiceSpec};
use crate::settings::{Authorize, Settings, path_of, total_deadline};
use crate::start_check::check_signer;
use crate::telemetry;

/// The settings of a server that is being built.
///
/// [`sign_with`](Self::sign_with) (or [`signing_key`](Self::signing_key)) and [`callers`](Self::callers) must be
/// called; all other settings have a default.
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder<S> {
    signing_key: Option<VersionedSigner>,
    callers: Option<KeyRing>,
    authorize: Authorize,
    freshness: Freshness,
    concurrency_limit: usize,
    body_limit: usize,
    deadline: Option<Duration>,
    body_deadline: Duration,
    handler_deadline: Option<Duration>,
    signing_deadline: Option<Duration>,
    sign_refusals: bool,
    #[cfg(feature = "diagnose")]
    diagnose_signatures: bool,
    signed_prefix: String,
    signed_paths: HashMap<String, String>,
    paths: HashMap<String, String>,
    server: PhantomData<fn() -> S>,
}

impl<S: ServiceSpec> Builder<S> {
    /// The default of [`concurrency_limit`](Self::concurrency_limit), in requests.
    pub const CONCURRENCY_LIMIT: usize = 512;
    /// The default of [`body_limit`](Self::body_limit), in bytes.
    pub const BODY_LIMIT: usize = 256 * 1024;
    /// The default of [`body_deadline`](Self::body_deadline).
    pub const BODY_DEADLINE: Duration = Duration::from_secs(2);

    /// Creates a builder. Call `Server::builder()` instead.
    #[expect(clippy::new_without_default, reason = "`Server::builder()` is the way to get one")]
    pub fn new() -> Self {
        Self {
            signing_key: None,
            callers: None,
            authorize: Arc::new(|_, _| true),
            freshness: Freshness::default(),
            concurrency_limit: Self::CONCURRENCY_LIMIT,
            body_limit: Self::BODY_LIMIT,
            deadline: None,
            body_deadline: Self::BODY_DEADLINE,
            handler_deadline: None,
            signing_deadline: None,
            sign_refusals: false,
            #[cfg(feature = "diagnose")]
            diagnose_signatures: false,
            signed_prefix: String::new(),
            signed_paths: HashMap::new(),
            paths: HashMap::new(),
            server: PhantomData,
        }
    }

    /// Sets the key that signs responses, and its version, which the `Signature` header states.
    ///
    /// The signer is a [`PrivateKey`](crate::PrivateKey) or any other type that implements [`Signer`].
    pub fn sign_with(self, version: u64, signer: impl Signer) -> Self {
        self.signing_key(VersionedSigner::new(version, signer))
    }

    /// Sets a key that can be replaced while the server runs: keep a clone of it.
    pub fn signing_key(self, signing_key: VersionedSigner) -> Self {
        Self { signing_key: Some(signing_key), ..self }
    }

    /// Sets the keys of the clients whose requests are accepted.
    ///
    /// Keep a clone to add and remove keys while the server runs. The key ring may be empty at first.
    pub fn callers(self, callers: KeyRing) -> Self {
        Self { callers: Some(callers), ..self }
    }

    /// Sets a function that returns whether a client may call an operation, given the Client-Id and the operation's
    /// name. Default: every client may call every operation.
    ///
    /// The function is called for every request once its signature is verified. It must be fast and must not block.
    pub fn authorize(self, is_allowed: impl Fn(&str, &str) -> bool + Send + Sync + 'static) -> Self {
        Self { authorize: Arc::new(is_allowed), ..self }
    }

    /// Sets how far a request's time may differ from the clock, and the clock. Default: 300 s in either direction, and
    /// the system's clock.
    pub fn freshness(self, freshness: Freshness) -> Self {
        Self { freshness, ..self }
    }

    /// Sets how many requests may be in flight, from before their body is read until their response is made. Default:
    /// 512.
    ///
    /// A request over the limit is refused at once; its client is asked to retry later. A request that is rejected for
    /// its headers does not count while its body is read. One whose refusal is signed before its signature was verified
    /// ([`sign_refusals`](Self::sign_refusals)) counts while it is signed.
    pub fn concurrency_limit(self, requests: usize) -> Self {
        Self { concurrency_limit: requests, ..self }
    }

    /// Sets the maximum length of a body in bytes. Default: 256 KiB. A longer body is answered by HTTP 413 without a
    /// message.
    pub fn body_limit(self, bytes: usize) -> Self {
        Self { body_limit: bytes, ..self }
    }

    /// Sets how long a request may take in total, from when its head was read until its response is made.
    ///
    /// Default: nine tenths of the time that the operation's client waits, which is 4.5 s of 5 s. The rest is for the
    /// network.
    ///
    /// Within it, each step has a deadline of its own, and never more than the time that is left. If the time runs out
    /// while the body is read, the answer is HTTP 408 without a message; while the handler runs, an internal error; and
    /// while the response is signed, an unsigned internal error. The log's `cause` names the setting that applied.
    ///
    /// Keep it below the time that the client waits: later, there is no one to answer. In other servers than
    /// [`HttpServer`](crate::HttpServer), which does not take the end of what a client sends for a disconnect, the handler
    /// is dropped when the client disconnects, and the log only says `abandoned`.
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// Sets how long reading a body may take. Default: 2 s. A slower body is answered by HTTP 408 without a message.
    ///
    /// The time that the body takes is not available to the handler: see [`deadline`](Self::deadline).
    pub fn body_deadline(self, deadline: Duration) -> Self {
        Self { body_deadline: deadline, ..self }
    }

    /// Sets how long a handler may take. Default: as long as the [`deadline`](Self::deadline) permits.
    ///
    /// When the time is over, the handler is dropped, and the client is asked to retry. A handler never gets more than
    /// what is left of the [`deadline`](Self::deadline) after the body, less the
    /// [`signing_deadline`](Self::signing_deadline): 3.75 s with the defaults. To give handlers more time, extend the
    /// deadline.
    ///
    /// No deadline interrupts a handler that blocks its thread. The log then says `answered late`.
    pub fn handler_deadline(self, deadline: Duration) -> Self {
        Self { handler_deadline: Some(deadline), ..self }
    }

    /// Sets how long signing may take. Default: a sixth of the [`deadline`](Self::deadline), which is 750 ms of 4.5 s.
    ///
    /// It matters for signers outside of this process. This time is reserved: the handler can't use it. If signing
    /// takes longer, an unsigned refusal asks the client to retry.
    pub fn signing_deadline(self, deadline: Duration) -> Self {
        Self { signing_deadline: Some(deadline), ..self }
    }

    /// Sets whether to sign refusals of requests whose signature was not verified, too. Default: `false`.
    ///
    /// Some partners require it. **It has a price**: signing costs about 18 times as much as verifying. With this
    /// setting, anyone who knows the Client-Id of one of your clients makes this machine sign. At most as many refusals
    /// are signed at once as requests may be in flight ([`concurrency_limit`](Self::concurrency_limit)): at the limit,
    /// refusals go out unsigned, and so do those for overload.
    ///
    /// A refusal is signed only for a Client-Id that the key ring knows. The parts of what is signed are joined by `.`,
    /// which is not escaped: a signature over an unknown Client-Id `V.<time>.{…}` would verify as an answer to the
    /// client `V`, with a body that the sender of the request wrote.
    pub fn sign_refusals(self, sign_refusals: bool) -> Self {
        Self { sign_refusals, ..self }
    }

    /// Sets whether the log says why a signature does not match: a WARN `diagnosed` with the cause, such as
    /// `body-line-feed: A line end at the end of the body was added or lost after signing`. Default: `false`.
    ///
    /// The answer is the same and no later: the request is examined on a thread of tokio's blocking pool. At most one is
    /// examined per second, whoever sends them; others are only refused. An examination hashes at most 8 MiB and tries at
    /// most 16 keys: the client's own, and then other clients', which tells a wrong key from changed bytes. Nothing of
    /// the body is logged.
    #[cfg(feature = "diagnose")]
    pub fn diagnose_signatures(self, diagnose_signatures: bool) -> Self {
        Self { diagnose_signatures, ..self }
    }

    /// Sets the prefix that a framework or a proxy removes from every path, such as `"/wallet"`. Default: none.
    ///
    /// The client signed the public path, which is this prefix followed by the path that arrives here.
    pub fn signed_prefix(self, prefix: impl Into<String>) -> Self {
        Self { signed_prefix: prefix.into(), ..self }
    }

    /// Sets the public path of an operation, if a proxy replaces the whole path.
    ///
    /// The query is used as it arrives, and [`signed_prefix`](Self::signed_prefix) does not apply. `operation` is the
    /// `NAME` constant of the operation's module.
    pub fn signed_path(mut self, operation: impl Into<String>, public_path: impl Into<String>) -> Self {
        self.signed_paths.insert(operation.into(), public_path.into());
        self
    }

    /// Sets the path at which an operation is served. Default: the path of its specification.
    ///
    /// Paths are compared as text, without patterns and without decoding. `operation` is the `NAME` constant of the
    /// operation's module.
    pub fn path(mut self, operation: impl Into<String>, path: impl Into<String>) -> Self {
        self.paths.insert(operation.into(), path.into());
        self
    }

    /// Sets the keys, the Client-Id and the clock of a test. Later settings replace them.
    #[cfg(feature = "testing")]
    pub fn testing(self, keys: &alipayplus_signing::testing::TestKeys) -> Self {
        let version = alipayplus_signing::testing::TestKeys::KEY_VERSION;
        let callers = KeyRing::new();
        // If the key ring refuses the Client-Id, the server refuses its requests, too, and the log says why.
        let _ = callers.insert(keys.client_id.as_str(), version, keys.client.public_key());
        self.sign_with(version, keys.server.clone())
            .callers(callers)
            .freshness(Freshness::default().with_clock(&keys.clock))
    }

    /// Builds the server. Operations are mounted on the result. If the server's own public key was given as the key of a
    /// client, the log has a warning.
    ///
    /// A signer outside of this process that returns its [public key](Signer::public_key) signs once at start, so that one
    /// that is unreachable or signs with another key is found before the first payment: by
    /// [`HttpServer`](crate::HttpServer) before it accepts connections, in other servers before the first request. This may
    /// take 10 s. If it fails, the log has an ERROR `signer does not work`, and requests are served: each of them tries to
    /// sign. A program that must not start then calls [`build_checked`](Self::build_checked).
    ///
    /// # Errors
    /// Returns a [`BuildError`] if a required setting is missing or a setting is invalid. It names the setting.
    pub fn build(self) -> Result<S, BuildError> {
        Ok(self.router()?.with_start_check().into())
    }

    /// Builds the server as [`build`](Self::build) does, after the signer has signed once, with or without a public key.
    ///
    /// # Errors
    /// Returns [`StartError::Build`] in the same cases as [`build`](Self::build), and the other variants if the signer fails
    /// or takes longer than 10 s.
    pub async fn build_checked(self) -> Result<S, StartError> {
        let router = self.router()?;
        check_signer(&router.settings().signing_key).await?;
        Ok(router.into())
    }

    fn router(self) -> Result<Router, BuildError> {
        self.check_limits()?;
        self.check_deadlines(S::OPERATIONS)?;
        self.check_paths(S::OPERATIONS)?;
        let signing_key = self.signing_key.ok_or(BuildError::NoSigner)?;
        let callers = self.callers.ok_or(BuildError::NoCallers)?;
        // One client's wrong key is no reason to refuse all others.
        if let Some((client_id, version)) = signing_key.public_key().and_then(|own| callers.client_of(&own)) {
            telemetry::own_key(&client_id, version);
        }
        let settings = Settings {
            signing_key,
            callers,
            authorize: self.authorize,
            freshness: self.freshness,
            in_flight: Arc::new(Semaphore::new(self.concurrency_limit)),
            concurrency_limit: self.concurrency_limit,
            body_limit: self.body_limit,
            deadline: self.deadline,
            body_deadline: self.body_deadline,
            handler_deadline: self.handler_deadline,
            signing_deadline: self.signing_deadline,
            sign_refusals: self.sign_refusals,
            #[cfg(feature = "diagnose")]
            diagnoses: self.diagnose_signatures.then(|| Arc::new(Semaphore::new(1))),
            signed_prefix: self.signed_prefix,
            signed_paths: self.signed_paths,
            paths: self.paths,
        };
        Ok(Router::new::<S>(settings))
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

    /// Checks that signing leaves time for the handler of each operation.
    fn check_deadlines(&self, operations: &'static [OperationInfo]) -> Result<(), BuildError> {
        let Some(signing_deadline) = self.signing_deadline else { return Ok(()) };
        let total = |operation: &OperationInfo| total_deadline(self.deadline, operation.timeout);
        let mut deadlines = operations.iter().map(|operation| (operation.name, total(operation)));
        match deadlines.find(|(_, deadline)| *deadline <= signing_deadline) {
            Some((operation, deadline)) => Err(BuildError::NoTime { operation, deadline, signing_deadline }),
            None => Ok(()),
        }
    }

    fn check_paths(&self, operations: &'static [OperationInfo]) -> Result<(), BuildError> {
        if !self.signed_prefix.is_empty() {
            check_path("signed_prefix", &self.signed_prefix)?;
            // The path that follows the prefix begins with a slash.
            if self.signed_prefix.ends_with('/') {
                let path = self.signed_prefix.clone();
                return Err(BuildError::NotAPath { setting: "signed_prefix", path });
            }
        }
        for (setting, paths) in [("signed_path", &self.signed_paths), ("path", &self.paths)] {
            for (name, path) in paths {
                if !operations.iter().any(|operation| operation.name == name) {
                    let operation = name.clone();
                    return Err(BuildError::UnknownOperation { setting, operation });
                }
                check_path(setting, path)?;
            }
        }
        let routes: Vec<&str> = operations.iter().map(|operation| path_of(&self.paths, *operation)).collect();
        match routes.iter().enumerate().find(|(i, path)| routes[..*i].contains(*path)) {
            Some((_, path)) => Err(BuildError::SamePath { path: (*path).to_owned() }),
            None => Ok(()),
        }
    }
}

/// Checks that a text can be the path of a request: it begins with `/` and has no query.
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
