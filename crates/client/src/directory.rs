//! Finds the client of a server among many.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

/// Many clients, each under a key of yours, such as the `pspId` of an MPP.
///
/// Clones share the clients, so that one clone can [replace](Self::replace_all) them while others look them up, for example
/// when a configuration file has changed. A call that is in progress keeps its client. Build the clients with clones of one
/// [`HttpTransport`](crate::HttpTransport), so that they share connections and certificates.
///
/// ```no_run
/// # use alipayplus_client::{Builder, PrivateKey, PublicKey, VersionedSigner};
/// # async fn example(
/// #     settings: Vec<(String, String, PublicKey)>,
/// #     request: alipayplus_client::inquiry_payment::Request,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use alipayplus_client::{Client, Directory, HttpTransport};
///
/// let transport = HttpTransport::new()?;
/// let signer = VersionedSigner::new(1, PrivateKey::from_file("caller.key.pem")?);
/// let mpps = Directory::new();
/// for (psp_id, url, key) in settings {
///     let mpp = Client::builder(url)
///         .label(psp_id.as_str()) // in logs and metrics
///         .transport(transport.clone())
///         .client_id("SANDBOX_5X00000000000000")
///         .signing_key(signer.clone())
///         .trusted_key(1, key);
///     mpps.insert(psp_id, mpp.build()?);
/// }
/// let mpp = mpps.get(&request.psp_id)?;
/// let reply = mpp.inquiry_payment(&request).await?;
/// # Ok(())
/// # }
/// ```
pub struct Directory<C>(Arc<ArcSwap<HashMap<Arc<str>, C>>>);

impl<C: Clone> Directory<C> {
    /// Creates a directory without clients.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::default())
    }

    /// Returns the client of a key.
    ///
    /// # Errors
    /// Returns [`UnknownServer`] if there is none.
    pub fn get(&self, key: impl AsRef<str>) -> Result<C, UnknownServer> {
        let key = key.as_ref();
        self.0.load().get(key).cloned().ok_or_else(|| UnknownServer { key: key.to_owned() })
    }

    /// Adds a client, or replaces the one of this key. To add many, use [`replace_all`](Self::replace_all): each change
    /// copies the directory.
    pub fn insert(&self, key: impl Into<String>, client: C) {
        let key: Arc<str> = key.into().into();
        self.0.rcu(|clients| {
            let mut clients = HashMap::clone(clients);
            clients.insert(Arc::clone(&key), client.clone());
            clients
        });
    }

    /// Replaces all clients in one step: a reader sees the old ones or the new ones.
    pub fn replace_all<K: Into<String>>(&self, clients: impl IntoIterator<Item = (K, C)>) {
        let clients = clients.into_iter().map(|(key, client)| (key.into().into(), client));
        self.0.store(Arc::new(clients.collect()));
    }

    /// Returns the keys, sorted.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.0.load().keys().map(ToString::to_string).collect();
        keys.sort_unstable();
        keys
    }
}

impl<C> Clone for Directory<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C: Clone> Default for Directory<C> {
    fn default() -> Self {
        Self::new()
    }
}

/// With the client that comes last for each key.
impl<K: Into<String>, C: Clone> FromIterator<(K, C)> for Directory<C> {
    fn from_iter<I: IntoIterator<Item = (K, C)>>(clients: I) -> Self {
        let directory = Self::new();
        directory.replace_all(clients);
        directory
    }
}

/// Prints the number of clients.
impl<C> fmt::Debug for Directory<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory").field("clients", &self.0.load().len()).finish()
    }
}

/// A [`Directory`] has no client under this key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no server is known as {}", .key.escape_debug())]
#[non_exhaustive]
pub struct UnknownServer {
    /// The key.
    pub key: String,
}
