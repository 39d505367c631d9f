//! The sandbox as a whole.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use alipayplus_server::{BuildError, Server, shutdown_signal};
use alipayplus_signing::{Freshness, KeyError, KeyRing, KeyRingError, PrivateKey, PublicKey};
use tokio::net::TcpListener;

use super::admin::{Admin, router};
use super::checks::Examiner;
use super::console::{Caller, Console};
use super::desk::Desk;
use super::faulty::Faulty;
use super::files::Folder;
use super::journal::Journal;
use super::lenient::CallerKey;
use super::mpp::Mpp;
use super::samples;
use super::store::{Storage, Store};
use super::wallet::Wallet;
use crate::caller::fault::Door;
use crate::caller::keys::Signers;
use crate::caller::tls::Certificates;
use crate::inquiry_payment::OPERATION;
use crate::key::{RawKey, RawKeyError};

/// The Client-Ids of the throwaway keys.
const CLIENTS: [&str; 2] = ["SANDBOX_5X00000000000000", "SANDBOX_5X00000000000001"];

/// How a sandbox is set up.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The address of both ports.
    pub address: IpAddr,
    /// The port of the MPP; 0 for any free one.
    pub port: u16,
    /// The port of the admin API; 0 for any free one.
    pub admin_port: u16,
    /// Whether the MPP speaks TLS, by a throwaway authority.
    pub tls: bool,
    /// The folder of what is made; a temporary one if it is absent.
    pub folder: Option<PathBuf>,
    /// The most bytes that the journal has.
    pub journal_bytes: usize,
    /// How many requests may be in flight; as many as the server takes if it is absent.
    pub concurrency_limit: Option<usize>,
    /// Where payments, faults, the shift of the clock and what was asked are kept.
    pub storage: Storage,
    /// The keys of both sides.
    pub keys: Keys,
}

impl Settings {
    /// Returns the usual settings: free ports of loopback, and state in memory.
    #[must_use]
    pub fn new(keys: Keys) -> Self {
        let address = IpAddr::from([127, 0, 0, 1]);
        Self {
            address,
            port: 0,
            admin_port: 0,
            tls: false,
            folder: None,
            journal_bytes: 16 << 20,
            concurrency_limit: None,
            storage: Storage::Memory,
            keys,
        }
    }
}

/// Where the keys come from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Keys {
    /// Throwaway keys of both sides.
    Throwaway,
    /// Files.
    Files {
        /// The version of the MPP's key.
        version: u64,
        /// The file of the MPP's private key.
        key: PathBuf,
        /// The public keys of the callers.
        callers: Vec<PeerKey>,
    },
}

impl Keys {
    /// Takes the keys of both sides from files.
    #[must_use]
    pub fn files(version: u64, key: impl Into<PathBuf>, callers: Vec<PeerKey>) -> Self {
        Self::Files { version, key: key.into(), callers }
    }
}

/// A public key of a caller.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "that is what a key is known by")]
pub struct PeerKey {
    /// The Client-Id.
    pub client_id: String,
    /// The version of the key.
    pub version: u64,
    /// The file of the key.
    pub file: PathBuf,
}

/// Why a sandbox can't be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A key can't be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A private key can't be used.
    #[error(transparent)]
    RawKey(#[from] RawKeyError),
    /// A Client-Id can't be used.
    #[error(transparent)]
    KeyRing(#[from] KeyRingError),
    /// The server can't be built.
    #[error(transparent)]
    Server(#[from] BuildError),
    /// The database of the state can't be used.
    #[error("can't use {0}: {1}")]
    Storage(Storage, #[source] sqlx::Error),
    /// A file can't be written.
    #[error("can't make the throwaway keys and certificates: {0}")]
    Folder(#[source] io::Error),
    /// The address can't be used.
    #[error("can't listen at {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
}

/// What a caller has to know.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Facts {
    /// Scheme, host and port of the MPP.
    pub url: String,
    /// The path of the operation.
    pub path: &'static str,
    /// Scheme, host and port of the admin API.
    pub admin: String,
    /// The version of the MPP's key.
    pub version: u64,
    /// Where the state is kept.
    pub storage: Storage,
    /// The certificate of the throwaway authority, if the MPP speaks TLS.
    pub authority: Option<PathBuf>,
    /// What was made, if the keys are throwaway ones.
    pub throwaway: Option<Throwaway>,
}

/// Throwaway keys, all of version 1 but one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Throwaway {
    /// Where all files are.
    pub folder: PathBuf,
    /// The Client-Id of the caller.
    pub client_id: &'static str,
    /// The caller's private key.
    pub key: PathBuf,
    /// The caller's private key of version 2.
    pub second_key: PathBuf,
    /// The Client-Id of another caller.
    pub second_client_id: &'static str,
    /// The private key of the other caller.
    pub second_client_key: PathBuf,
    /// The MPP's public key.
    pub peer_key: PathBuf,
    /// Payments that `conformance mpp` can ask about.
    pub payments: PathBuf,
}

/// A sandbox that listens.
pub struct Sandbox {
    facts: Facts,
    listener: TcpListener,
    admin_listener: TcpListener,
    mpp: Mpp,
    admin: Admin,
    console: Console,
    shutdown: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Deleted with this.
    _folder: Option<Folder>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("facts", &self.facts).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Makes or reads the keys, and listens at both ports. From now on, Ctrl-C and SIGTERM end [`run`](Self::run), so that
    /// throwaway keys do not stay behind.
    ///
    /// # Errors
    /// Returns an error if a key can't be made or used, or an address is in use.
    pub async fn open(settings: &Settings) -> Result<Self, OpenError> {
        let shutdown = Box::pin(shutdown_signal());
        let folder =
            (settings.tls || matches!(settings.keys, Keys::Throwaway)).then(|| Folder::new(settings.folder.as_deref()));
        let folder = folder.transpose().map_err(OpenError::Folder)?;
        let Made { key, version, callers, signers, raw, throwaway } = made(&settings.keys, folder.as_ref())?;
        let host = settings.address.to_string();
        let certificates =
            folder.as_ref().filter(|_| settings.tls).map(|folder| Certificates::new(&host, folder.path()));
        let certificates = certificates.transpose().map_err(OpenError::Folder)?;
        let samples = throwaway.as_ref().map_or(Ok(Vec::new()), |made| samples::payments(made.client_id));
        let samples = samples.map_err(|error| OpenError::Folder(io::Error::other(error)))?;
        let not_usable = |error| OpenError::Storage(settings.storage.clone(), error);
        let store = Store::open(&settings.storage).await.map_err(not_usable)?;
        let desk = Arc::new(Desk::new(throwaway.is_some(), samples, store).await.map_err(not_usable)?);
        let clock = desk.clock.clone();
        let journal = Arc::new(Journal::new(settings.journal_bytes));
        let own = key.public_key();
        let server = Server::builder()
            .sign_with(version, key)
            .callers(callers.clone())
            .freshness(Freshness::default().with_clock(clock.clock()));
        let server = match settings.concurrency_limit {
            Some(limit) => server.concurrency_limit(limit),
            None => server,
        };
        let server = server.build()?.inquiry_payment(Wallet(Arc::clone(&desk)));
        let (listener, address) = listen(settings.address, settings.port).await?;
        let (admin_listener, admin_address) = listen(settings.address, settings.admin_port).await?;
        let url = format!("{}://{address}", if settings.tls { "https" } else { "http" });
        let facts = Facts {
            url: url.clone(),
            path: OPERATION.path,
            admin: format!("http://{admin_address}"),
            version,
            storage: settings.storage.clone(),
            authority: certificates.as_ref().map(|all| all.authority.clone()),
            throwaway,
        };
        let mpp = Mpp {
            faulty: Faulty::new(server.clone(), clock.clone(), raw),
            server,
            desk: Arc::clone(&desk),
            journal: Arc::clone(&journal),
            examiner: Arc::new(Examiner { callers, own, clock }),
            signers,
            version,
            tls: certificates.and_then(|all| all.at(Door::Open).cloned()),
        };
        let caller = facts.throwaway.as_ref().map(|made| {
            let ca = facts.authority.as_deref();
            Caller::new(&url, ca, made.client_id, &made.key)
        });
        let console = Console {
            desk: Arc::clone(&desk),
            journal: Arc::clone(&journal),
            url: format!("{url}{}", OPERATION.path),
            caller: caller.transpose().map_err(OpenError::Folder)?,
        };
        let admin = Admin { desk, journal, origin: url };
        Ok(Self { facts, listener, admin_listener, mpp, admin, console, shutdown, _folder: folder })
    }

    /// Returns what a caller has to know.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Serves until Ctrl-C or SIGTERM.
    ///
    /// # Errors
    /// Returns an error if the admin API can't be served.
    pub async fn run(self) -> io::Result<()> {
        let Self { listener, admin_listener, mpp, admin, console, shutdown, .. } = self;
        let admin = async { axum::serve(admin_listener, router(admin, console)).await };
        tokio::select! {
            () = shutdown => Ok(()),
            () = Arc::new(mpp).serve(listener) => Ok(()),
            ended = admin => ended,
        }
    }
}

async fn listen(address: IpAddr, port: u16) -> Result<(TcpListener, SocketAddr), OpenError> {
    let address = SocketAddr::new(address, port);
    let failed = |error| OpenError::Listen(address, error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// The keys of both sides.
struct Made {
    key: PrivateKey,
    version: u64,
    callers: KeyRing,
    signers: Signers,
    /// The callers' private keys, if they are throwaway ones.
    raw: Vec<CallerKey>,
    throwaway: Option<Throwaway>,
}

fn made(keys: &Keys, folder: Option<&Folder>) -> Result<Made, OpenError> {
    match (keys, folder) {
        (Keys::Throwaway, Some(folder)) => throwaway(folder),
        (Keys::Throwaway, None) => Err(OpenError::Folder(io::ErrorKind::NotFound.into())),
        (Keys::Files { version, key, callers }, _) => {
            let ring = KeyRing::new();
            for PeerKey { client_id, version, file } in callers {
                ring.insert(client_id.as_str(), *version, PublicKey::from_file(file)?)?;
            }
            let signers =
                Signers { mpp: RawKey::from_file(key)?, caller: RawKey::generate()?, other: RawKey::generate()? };
            let key = PrivateKey::from_file(key)?;
            Ok(Made { key, version: *version, callers: ring, signers, raw: Vec::new(), throwaway: None })
        }
    }
}

fn throwaway(folder: &Folder) -> Result<Made, OpenError> {
    let pair = |name| folder.pair(name).map_err(OpenError::Folder);
    let ([mpp, peer_key], [key, public]) = (pair("mpp")?, pair("caller")?);
    let ([second_key, second_public], [second_client_key, other_public]) = (pair("caller.2")?, pair("other-client")?);
    let payments = folder.payments().map_err(OpenError::Folder)?;
    let callers = KeyRing::new();
    let files = [
        (CLIENTS[0], 1, &key, public),
        (CLIENTS[0], 2, &second_key, second_public),
        (CLIENTS[1], 1, &second_client_key, other_public),
    ];
    let mut raw = Vec::new();
    for (client_id, version, key, public) in files {
        callers.insert(client_id, version, PublicKey::from_file(public)?)?;
        raw.push(CallerKey { client_id, version, key: RawKey::from_file(key)? });
    }
    let signers =
        Signers { mpp: RawKey::from_file(&mpp)?, caller: RawKey::from_file(&key)?, other: RawKey::generate()? };
    let throwaway = Throwaway {
        folder: folder.path().to_owned(),
        client_id: CLIENTS[0],
        key,
        second_key,
        second_client_id: CLIENTS[1],
        second_client_key,
        peer_key,
        payments,
    };
    Ok(Made { key: PrivateKey::from_file(&mpp)?, version: 1, callers, signers, raw, throwaway: Some(throwaway) })
}
