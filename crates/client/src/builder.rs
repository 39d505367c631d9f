//! Builds a client from its settings.

use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_runtime::operation::Operation;
use alipayplus_signing::{Freshness, PublicKey, Signer, TrustedKeys, VersionedSigner, is_ambiguous_client_id};

use crate::base_url::{BaseUrl, check_path, check_prefix};
use crate::client_inner::ClientInner;
use crate::error::BuildError;
use crate::header::header_value;
#[cfg(feature = "reqwest")]
use crate::http_settings::HttpSettings;
#[cfg(feature = "reqwest")]
use crate::http_transport::HttpTransport;
use crate::retry::RetryPolicy;
use crate::settings::Settings;
use crate::transport::{BoxError, Transport};
use crate::unknown_key::{KeyLoader, UnknownKey};

/// Builds a client.
///
/// Four settings have no default: the base URL, the [Client-Id](Self::client_id), the signer
/// ([`sign_with`](Self::sign_with)) and the trusted keys ([`trusted_key`](Self::trusted_key)).
///
/// | setting | default |
/// |---|---|
/// | [`on_unknown_key`](Self::on_unknown_key) | a response with a key version that is not trusted is not accepted |
/// | [`label`](Self::label) | none |
/// | [`path`](Self::path) | the operation's own |
/// | [`signed_prefix`](Self::signed_prefix), [`signed_path`](Self::signed_path) | the path that is sent |
/// | [`http`](Self::http) | those of [`HttpSettings`](crate::HttpSettings), without a proxy for loopback |
/// | [`attempt_timeout`](Self::attempt_timeout) | what the operation's documentation says, 5 s for an inquiry |
/// | [`deadline`](Self::deadline) | 15 s for a call with all its attempts |
/// | [`retry`](Self::retry) | 3 attempts, with pauses of 100 to 200 ms and 200 to 400 ms |
/// | [`body_limit`](Self::body_limit) | 256 KiB |
/// | [`freshness`](Self::freshness) | 300 s each way by the system clock, and at most 30 s before the request |
#[must_use = "a builder does nothing until it is built"]
pub struct Builder<C> {
    url: String,
    allow_plain_http: bool,
    client_id: Option<String>,
    signer: Option<VersionedSigner>,
    own_trusted_keys: Vec<(u64, PublicKey)>,
    trusted_keys: Option<TrustedKeys>,
    key_loader: Option<KeyLoader>,
    label: Option<Arc<str>>,
    paths: Vec<(TypeId, &'static str, String)>,
    signed_prefix: Option<String>,
    signed_paths: Vec<(TypeId, &'static str, String)>,
    #[cfg(feature = "reqwest")]
    http: HttpSettings,
    transport: Option<Arc<dyn Transport>>,
    attempt_timeout: Option<Duration>,
    deadline: Duration,
    retry: RetryPolicy,
    body_limit: usize,
    freshness: Freshness,
    client: PhantomData<fn() -> C>,
}

impl<C: From<ClientInner>> Builder<C> {
    /// Starts with a base URL: scheme and authority, and a path prefix where there is one. The prefix is signed as a part
    /// of the path.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            allow_plain_http: false,
            client_id: None,
            signer: None,
            own_trusted_keys: Vec::new(),
            trusted_keys: None,
            key_loader: None,
            label: None,
            paths: Vec::new(),
            signed_prefix: None,
            signed_paths: Vec::new(),
            #[cfg(feature = "reqwest")]
            http: HttpSettings::new(),
            transport: None,
            attempt_timeout: None,
            deadline: Duration::from_secs(15),
            retry: RetryPolicy::default(),
            body_limit: 256 * 1024,
            freshness: Freshness::default(),
            client: PhantomData,
        }
    }

    /// Sets the id that the server knows this client by, sent as `Client-Id`. Responses must repeat it.
    pub fn client_id(self, client_id: impl Into<String>) -> Self {
        Self { client_id: Some(client_id.into()), ..self }
    }

    /// Signs requests with a [`PrivateKey`](crate::PrivateKey) or any other signer. The server knows its public key under
    /// this version.
    pub fn sign_with(self, version: u64, signer: impl Signer) -> Self {
        self.signing_key(VersionedSigner::new(version, signer))
    }

    /// Signs requests with a shared signer. Keep a clone to replace the key while the client runs.
    pub fn signing_key(self, key: VersionedSigner) -> Self {
        Self { signer: Some(key), ..self }
    }

    /// Accepts responses that are signed with this key. Call it once per version during a rotation. A client takes its
    /// keys from here or from [`trusted_keys`](Self::trusted_keys), not from both.
    pub fn trusted_key(mut self, version: u64, key: PublicKey) -> Self {
        self.own_trusted_keys.push((version, key));
        self
    }

    /// Accepts responses that are signed with one of these shared keys. Keep a clone to add and remove keys while the
    /// client runs.
    pub fn trusted_keys(self, keys: TrustedKeys) -> Self {
        Self { trusted_keys: Some(keys), ..self }
    }

    /// Loads a key when a response names a version that is not trusted, such as the next one of a rotation. The key
    /// becomes a trusted one, and the same response is verified with it.
    ///
    /// It is called at most once per attempt and within the time of that attempt, and by one attempt at a time. **The
    /// version is not verified**: take the key from your own configuration or store, never from the response. An error
    /// is logged, so it must not hold anything sensitive; the response is then not accepted. A panic counts as an error.
    ///
    /// ```
    /// # use alipayplus_client::{Client, KeyError, PublicKey};
    /// let builder = Client::builder("https://mpp.example").on_unknown_key(|unknown| async move {
    ///     let file = format!("/etc/mpp/{}.pub.pem", unknown.version);
    ///     Ok(PublicKey::from_file(file)?)
    /// });
    /// ```
    pub fn on_unknown_key<F>(self, load: impl Fn(UnknownKey) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<PublicKey, BoxError>> + Send + 'static,
    {
        Self { key_loader: Some(KeyLoader::new(load)), ..self }
    }

    /// Names the server in the logs and metrics of this client, such as by its key in a
    /// [`Directory`](crate::Directory). Each label is a time series of its own, so take it from your configuration.
    pub fn label(self, label: impl Into<Arc<str>>) -> Self {
        Self { label: Some(label.into()), ..self }
    }

    /// Sets the path of the operation `O`, in place of the one that its documentation gives.
    pub fn path<O: Operation>(mut self, path: impl Into<String>) -> Self {
        self.paths.push((TypeId::of::<O>(), O::NAME, path.into()));
        self
    }

    /// Signs this prefix in place of the base URL's own, if a proxy on the way changes it. The server's side of the same
    /// setting has the same name.
    ///
    /// With the base URL `http://egress.internal/mpp-7` and a proxy that removes `/mpp-7`, the signed prefix is empty.
    /// [Evidence](crate::Evidence::path) has the path that was signed.
    pub fn signed_prefix(self, prefix: impl Into<String>) -> Self {
        Self { signed_prefix: Some(prefix.into()), ..self }
    }

    /// Signs this path for the operation `O`, if a proxy on the way replaces the whole path.
    pub fn signed_path<O: Operation>(mut self, path: impl Into<String>) -> Self {
        self.signed_paths.push((TypeId::of::<O>(), O::NAME, path.into()));
        self
    }

    /// Sets how HTTP requests are sent: through a proxy, with a private CA, with a client certificate.
    #[cfg(feature = "reqwest")]
    pub fn http(self, settings: HttpSettings) -> Self {
        Self { http: settings, ..self }
    }

    /// Sends with this transport, in place of one with the settings of [`http`](Self::http): one that many clients share, or
    /// your own.
    pub fn transport(self, transport: impl Transport) -> Self {
        Self { transport: Some(Arc::new(transport)), ..self }
    }

    /// Allows `http://` for hosts other than this machine, for example for a sidecar that adds TLS. **Anyone on the
    /// network path can then read customers' data**: signatures prevent changes, not reading.
    pub fn danger_allow_plain_http(self) -> Self {
        Self { allow_plain_http: true, ..self }
    }

    /// Sets how long one attempt may take, from signing to the end of the response.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        Self { attempt_timeout: Some(timeout), ..self }
    }

    /// Sets how long a call may take with all its attempts and pauses. While [polling](crate::Call::wait_until_final),
    /// each inquiry may take this long.
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// Sets how many attempts a call makes, and the pauses between them.
    pub fn retry(self, retry: RetryPolicy) -> Self {
        Self { retry, ..self }
    }

    /// Sets the largest body of a response, in bytes. No more are ever held.
    pub fn body_limit(self, bytes: usize) -> Self {
        Self { body_limit: bytes, ..self }
    }

    /// Sets how far the time of a response may be from the clock and before the time of its request, and which clock
    /// that is. The time of a request is taken from the same clock.
    pub fn freshness(self, freshness: Freshness) -> Self {
        Self { freshness, ..self }
    }

    /// Checks the settings and builds the client.
    ///
    /// # Errors
    /// Returns a [`BuildError`] that names the setting that is missing or invalid.
    pub fn build(self) -> Result<C, BuildError> {
        let limits = [
            ("attempt_timeout", self.attempt_timeout.is_some_and(|time| time.is_zero())),
            ("deadline", self.deadline.is_zero()),
            ("body_limit", self.body_limit == 0),
        ];
        if let Some((setting, _)) = limits.into_iter().find(|(_, is_zero)| *is_zero) {
            return Err(BuildError::Zero { setting });
        }
        let base_url = BaseUrl::parse(&self.url).map_err(|fault| BuildError::Url { fault })?;
        if base_url.is_plain_http() && !base_url.is_loopback() && !self.allow_plain_http {
            return Err(BuildError::PlainHttp);
        }
        if let Some(prefix) = &self.signed_prefix {
            check_prefix(prefix).map_err(|fault| BuildError::SignedPrefix { fault })?;
        }
        for (_, operation, path) in self.paths.iter().chain(&self.signed_paths) {
            check_path(path).map_err(|fault| BuildError::Path { operation, fault })?;
        }
        let client_id = self.client_id.ok_or(BuildError::NoClientId)?;
        let client_id_value = header_value(&client_id).ok_or(BuildError::ClientId)?;
        if is_ambiguous_client_id(&client_id) {
            return Err(BuildError::AmbiguousClientId);
        }
        let signer = self.signer.ok_or(BuildError::NoSigner)?;
        let trusted_keys = trusted_keys(self.own_trusted_keys, self.trusted_keys)?;
        if let Some(version) = signer.public_key().and_then(|own| trusted_keys.version_of(&own)) {
            return Err(BuildError::OwnKey { version });
        }
        #[cfg(feature = "reqwest")]
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(http_transport(self.http, &base_url, self.attempt_timeout)?),
        };
        #[cfg(not(feature = "reqwest"))]
        let transport = self.transport.ok_or(BuildError::NoTransport)?;
        Ok(C::from(ClientInner::new(Settings {
            base_url,
            paths: self.paths,
            signed_prefix: self.signed_prefix,
            signed_paths: self.signed_paths,
            client_id,
            client_id_value,
            signer,
            trusted_keys,
            key_loader: self.key_loader,
            label: self.label,
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

/// Returns the trusted keys. The client's own are not written into shared ones, which other clients use too.
fn trusted_keys(own: Vec<(u64, PublicKey)>, shared: Option<TrustedKeys>) -> Result<TrustedKeys, BuildError> {
    let keys = match shared {
        Some(_) if !own.is_empty() => return Err(BuildError::TrustedKeysTwice),
        Some(shared) => shared,
        None => {
            let keys = TrustedKeys::new();
            keys.extend(own);
            keys
        }
    };
    if keys.is_empty() { Err(BuildError::NoTrustedKey) } else { Ok(keys) }
}

#[cfg(feature = "reqwest")]
fn http_transport(
    settings: HttpSettings,
    base_url: &BaseUrl,
    attempt_timeout: Option<Duration>,
) -> Result<HttpTransport, BuildError> {
    let settings = settings.for_client(base_url.is_loopback(), base_url.is_plain_http(), attempt_timeout);
    HttpTransport::with_settings(&settings)
}

/// Prints no key.
impl<C> fmt::Debug for Builder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("label", &self.label)
            .field("client_id", &self.client_id)
            .field("signer", &self.signer)
            .field("trusted_keys", &self.trusted_keys)
            .field("paths", &self.paths)
            .field("deadline", &self.deadline)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
