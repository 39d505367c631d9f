//! Reads the clients of a directory from a TOML file.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use alipayplus_signing::{KeyError, PublicKey};
use serde::Deserialize;

use crate::builder::Builder;
use crate::client_inner::ClientInner;
use crate::directory::Directory;
use crate::error::BuildError;

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Servers {
    client_id: Option<String>,
    servers: BTreeMap<String, Server>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Server {
    url: String,
    client_id: Option<String>,
    /// The file of each key, by its version, relative to the folder of this file.
    trusted_keys: BTreeMap<String, PathBuf>,
}

impl<C: From<ClientInner> + Clone> Directory<C> {
    /// Reads clients from a TOML file. `settings` adds to each what the file does not hold: the signer, and a transport
    /// that all of them share. Each client has its key as its [label](Builder::label) in logs and metrics.
    ///
    /// ```toml
    /// client_id = "SANDBOX_5X00000000000000" # for all servers that have none of their own
    ///
    /// [servers.1022188000000000002] # your key, such as the pspId
    /// url = "https://mpp.example"
    /// # The files are relative to the folder of this file.
    /// trusted_keys = { 1 = "mpp.pub.pem", 2 = "mpp-2.pub.pem" }
    /// ```
    ///
    /// # Errors
    /// Returns a [`DirectoryError`] if the file cannot be read, or a client cannot be built from it. A name that is not in
    /// the table above is an error too.
    pub fn from_file(
        path: impl AsRef<Path>,
        settings: impl Fn(Builder<C>) -> Builder<C>,
    ) -> Result<Self, DirectoryError> {
        let directory = Self::new();
        directory.reload(path, settings)?;
        Ok(directory)
    }

    /// Replaces all clients by those of a file, as [`from_file`](Self::from_file) reads it.
    ///
    /// # Errors
    /// Returns a [`DirectoryError`] as [`from_file`](Self::from_file) does. The old clients are kept.
    pub fn reload(
        &self,
        path: impl AsRef<Path>,
        settings: impl Fn(Builder<C>) -> Builder<C>,
    ) -> Result<(), DirectoryError> {
        let path = path.as_ref();
        let read = |error| DirectoryError::Read { path: path.to_owned(), error };
        let text = fs::read_to_string(path).map_err(read)?;
        let file: Servers = toml::from_str(&text).map_err(|error| DirectoryError::Syntax {
            path: path.to_owned(),
            line: error.span().map(|span| 1 + text[..span.start].matches('\n').count()),
            message: error.message().to_owned(),
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let Servers { client_id, servers } = file;
        let client = |(key, server): (String, Server)| {
            let builder = settings(builder(&key, server, client_id.as_deref(), folder)?);
            match builder.build() {
                Ok(client) => Ok((key, client)),
                Err(error) => Err(DirectoryError::Build { key, error }),
            }
        };
        let clients: Vec<(String, C)> = servers.into_iter().map(client).collect::<Result<_, _>>()?;
        self.replace_all(clients);
        Ok(())
    }
}

fn builder<C: From<ClientInner>>(
    key: &str,
    server: Server,
    client_id: Option<&str>,
    folder: &Path,
) -> Result<Builder<C>, DirectoryError> {
    let mut builder = Builder::new(server.url).label(key);
    if let Some(client_id) = server.client_id.as_deref().or(client_id) {
        builder = builder.client_id(client_id);
    }
    for (version, file) in server.trusted_keys {
        let Ok(number) = version.parse() else {
            return Err(DirectoryError::Version { key: key.to_owned(), version });
        };
        let unusable = |error| DirectoryError::Key { key: key.to_owned(), error };
        builder = builder.trusted_key(number, PublicKey::from_file(folder.join(file)).map_err(unusable)?);
    }
    Ok(builder)
}

/// An error of reading the clients of a [`Directory`] from a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// The file cannot be read.
    #[error("{}: cannot be read", path.display())]
    Read {
        /// The path of the file.
        path: PathBuf,
        /// The cause.
        #[source]
        error: io::Error,
    },
    /// The file is not TOML, or it lacks a name or has one that is not known.
    #[error("{}{}: {message}", path.display(), line.map_or_else(String::new, |line| format!(", line {line}")))]
    Syntax {
        /// The path of the file.
        path: PathBuf,
        /// The line, from 1, if the cause has one.
        line: Option<usize>,
        /// The cause.
        message: String,
    },
    /// The version of a key is not a number.
    #[error("{key}: the key version {version:?} is not a number")]
    Version {
        /// The key of the server.
        key: String,
        /// The version.
        version: String,
    },
    /// A key of a server cannot be read.
    #[error("{key}: a trusted key cannot be used")]
    Key {
        /// The key of the server.
        key: String,
        /// The cause.
        #[source]
        error: KeyError,
    },
    /// The client of a server cannot be built.
    #[error("{key}: the client cannot be built")]
    Build {
        /// The key of the server.
        key: String,
        /// The cause.
        #[source]
        error: BuildError,
    },
}
