//! From settings to a client.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_runtime::operation::Operation;
use alipayplus_signing::{Freshness, PublicKey, Signer, TrustedKeys, VersionedSigner, is_ambiguous_client_id};

use crate::RetryPolicy;
use crate::address::{Base, check_path};
use crate::core::{Core, Settings};
use crate::header::header_value;
use crate::transport::{Reqwest, Transport};

/// Collects the settings of a client. Four have no default: the URL, the Client-Id, who signs, and whom to trust.
///
/// | setting | default |
/// |---|---|
/// | [`path`](Self::path) | the operation's own |
/// | [`http`](Self::http) | reqwest's own settings, system certificates |
/// | [`attempt_timeout`](Self::attempt_timeout) | what the operation's documentation says a caller waits |
/// | [`deadline`](Self::deadline) | 15 s for an inquiry with all its attempts |
/// | [`retry`](Self::retry) | 3 attempts, pauses of up to 200 ms, 400 ms … 2 s |
/// | [`body_limit`](Self::body_limit) | 256 KiB |
/// | [`freshness`](Self::freshness) | 300 s each way, by the machine's clock |
#[must_use = "a builder does nothing until it is built"]
pub struct Builder<C> {
    url: String,
    allow_plain_http: bool,
    client_id: Option<String>,
    signing_key: Option<VersionedSigner>,
    trusted: TrustedKeys,
    paths: Vec<(&'static str, String)>,
    http: Option<reqwest::ClientBuilder>,
    transport: Option<Arc<dyn Transport>>,
    attempt_timeout: Option<Duration>,
    deadline: Duration,
    retry: RetryPolicy,
    body_limit: usize,
    freshness: Freshness,
    client: PhantomData<fn() -> C>,
}

impl<C: From<Core>> Builder<C> {
    /// A client of the service at this base URL: scheme and authority, and a path prefix where there is one. The prefix
    /// is signed, as a part of the path.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            allow_plain_http: false,
            client_id: None,
            signing_key: None,
            trusted: TrustedKeys::new(),
            paths: Vec::new(),
            http: None,
            transport: None,
            attempt_timeout: None,
            deadline: Duration::from_secs(15),
            retry: RetryPolicy::default(),
            body_limit: 256 * 1024,
            freshness: Freshness::default(),
            client: PhantomData,
        }
    }

    /// One's own id with the service, sent as `Client-Id`. Answers must carry the same.
    pub fn client_id(self, client_id: impl Into<String>) -> Self {
        Self { client_id: Some(client_id.into()), ..self }
    }

    /// Signs requests with this key ([`PrivateKey`](crate::PrivateKey), or any signer), whose public half the service
    /// knows under this version.
    pub fn sign_with(self, version: u64, signer: impl Signer) -> Self {
        self.signing_key(VersionedSigner::new(version, signer))
    }

    /// Signs requests by a handle: keep a clone, and the key can be replaced while the client runs.
    pub fn signing_key(self, key: VersionedSigner) -> Self {
        Self { signing_key: Some(key), ..self }
    }

    /// Trusts answers signed with this key. During a rotation there are several, told apart by their versions.
    pub fn trusted_key(self, version: u64, key: PublicKey) -> Self {
        self.trusted.insert(version, key);
        self
    }

    /// Trusts the keys of a handle, in place of those named so far: keep a clone, and keys can be added and removed
    /// while the client runs.
    pub fn trusted_keys(self, keys: TrustedKeys) -> Self {
        Self { trusted: keys, ..self }
    }

    /// Asks the operation `O` at another path than the one that its documentation gives.
    pub fn path<O: Operation>(mut self, path: impl Into<String>) -> Self {
        self.paths.push((O::NAME, path.into()));
        self
    }

    /// Sends by a reqwest client with these settings: a proxy, a private CA, a client certificate.
    ///
    /// Whatever they say, redirects are turned off (a signature covers the path) and so is un-compressing (it covers
    /// the bytes on the wire). Without this, a service on this machine's loopback is reached past any proxy.
    pub fn http(self, http: reqwest::ClientBuilder) -> Self {
        Self { http: Some(http), ..self }
    }

    /// Sends by something else than reqwest, in place of [`http`](Self::http).
    pub fn transport(self, transport: impl Transport) -> Self {
        Self { transport: Some(Arc::new(transport)), ..self }
    }

    /// Takes `http://` for hosts other than this machine. **Anyone on the way can then read customers' data**: the
    /// signatures prevent changes, not reading. For a sidecar that adds TLS, say.
    pub fn danger_allow_plain_http(self) -> Self {
        Self { allow_plain_http: true, ..self }
    }

    /// How long one attempt may take, from signing to the end of the answer.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        Self { attempt_timeout: Some(timeout), ..self }
    }

    /// How long an inquiry may take with all its attempts and pauses. While
    /// [waiting](crate::Call::wait_until_final), each inquiry has this long.
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// How often an inquiry is sent, and the pauses in between.
    pub fn retry(self, retry: RetryPolicy) -> Self {
        Self { retry, ..self }
    }

    /// How many bytes the body of an answer may have. No more are ever held.
    pub fn body_limit(self, bytes: usize) -> Self {
        Self { body_limit: bytes, ..self }
    }

    /// How far the time of an answer may be from the clock, and which clock that is. Requests carry its time.
    pub fn freshness(self, freshness: Freshness) -> Self {
        Self { freshness, ..self }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`BuildError`] names the setting.
    pub fn build(self) -> Result<C, BuildError> {
        let nothing = [
            ("attempt_timeout", self.attempt_timeout.is_some_and(|time| time.is_zero())),
            ("deadline", self.deadline.is_zero()),
            ("body_limit", self.body_limit == 0),
        ];
        if let Some((setting, _)) = nothing.into_iter().find(|(_, is_zero)| *is_zero) {
            return Err(BuildError::Zero { setting });
        }
        let base = Base::parse(&self.url).map_err(|fault| BuildError::Url { fault })?;
        if base.is_plain_http() && !base.is_loopback() && !self.allow_plain_http {
            return Err(BuildError::PlainHttp);
        }
        for (operation, path) in &self.paths {
            check_path(path).map_err(|fault| BuildError::Path { operation, fault })?;
        }
        let client_id = self.client_id.ok_or(BuildError::NoClientId)?;
        let client_id_value = header_value(&client_id).ok_or(BuildError::ClientId)?;
        if is_ambiguous_client_id(&client_id) {
            return Err(BuildError::AmbiguousClientId);
        }
        let key = self.signing_key.ok_or(BuildError::NoSigner)?;
        if self.trusted.is_empty() {
            return Err(BuildError::NoTrustedKey);
        }
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(by_reqwest(self.http, &base)?),
        };
        Ok(C::from(Core::new(Settings {
            base,
            paths: self.paths,
            client_id,
            client_id_value,
            key,
            trusted: self.trusted,
            transport,
            attempt_timeout: self.attempt_timeout,
            deadline: self.deadline,
            retry: self.retry,
            body_limit: self.body_limit,
            freshness: self.freshness,
        })))
    }

    #[cfg(feature = "testing")]
    pub(crate) fn clock(self, clock: impl Into<alipayplus_signing::Clock>) -> Self {
        let freshness = self.freshness.clone().with_clock(clock);
        Self { freshness, ..self }
    }
}

fn by_reqwest(http: Option<reqwest::ClientBuilder>, base: &Base) -> Result<Reqwest, BuildError> {
    let http = http.unwrap_or_else(|| {
        let http = reqwest::Client::builder();
        // A proxy in the environment would carry what was meant to stay on this machine.
        if base.is_loopback() { http.no_proxy() } else { http }
    });
    Reqwest::new(http).map_err(BuildError::Http)
}

/// Prints neither keys nor the settings of reqwest.
impl<C> fmt::Debug for Builder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("client_id", &self.client_id)
            .field("signing_key", &self.signing_key)
            .field("trusted", &self.trusted)
            .field("paths", &self.paths)
            .field("deadline", &self.deadline)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// A setting without which, or with which, no request can be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL can't be used. Its text is not repeated, as it might hold a password.
    #[error("the base URL: {fault}")]
    Url {
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The base URL is plain `http://` for a host other than this machine.
    #[error("the base URL is plain http:// and not loopback; danger_allow_plain_http() takes it")]
    PlainHttp,
    /// A path can't be used as it is: something on the way might rewrite it, and it is signed.
    #[error("the path of {operation}: {fault}")]
    Path {
        /// The operation.
        operation: &'static str,
        /// What is wrong with the path.
        fault: &'static str,
    },
    /// A limit of nothing: no answer could come.
    #[error("`{setting}` must be more than zero")]
    Zero {
        /// The setting.
        setting: &'static str,
    },
    /// There is no Client-Id.
    #[error("client_id() is missing")]
    NoClientId,
    /// The Client-Id is empty, or has something else than visible ASCII.
    #[error("the Client-Id is not visible ASCII without spaces")]
    ClientId,
    /// The Client-Id holds a `.` followed by what reads as a time header: a signature can't tell where it ends, and
    /// services refuse it.
    #[error("the Client-Id has a `.` followed by what reads as a time, so that a signature can't tell where it ends")]
    AmbiguousClientId,
    /// Nobody signs.
    #[error("sign_with() or signing_key() is missing")]
    NoSigner,
    /// No key is trusted: no answer could be accepted.
    #[error("trust() is missing, or trust_keys() has no key")]
    NoTrustedKey,
    /// The settings of reqwest don't work on this machine.
    #[error("the HTTP client can't be built")]
    Http(#[source] reqwest::Error),
    /// The Tracer-Id of a call is empty, or has something else than visible ASCII.
    #[error("the Tracer-Id is not visible ASCII without spaces")]
    TracerId,
}
