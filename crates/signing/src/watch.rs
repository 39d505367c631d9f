//! Keeps a key ring equal to a folder of keys.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::client_id::is_ambiguous_client_id;
use crate::digest::Digest;
use crate::key::{KeyError, PublicKey};
use crate::key_ring::KeyRing;

/// More bytes than a key has: a longer file is refused when it is loaded.
const MAX_LENGTH: u64 = 64 * 1024 + 1;

impl KeyRing {
    /// The time between two looks at a [watched](Self::watch) folder.
    pub const WATCH_INTERVAL: Duration = Duration::from_secs(5);

    /// Creates a ring with the keys of a folder, and keeps it equal to the folder for as long as a clone of it exists.
    ///
    /// Each file `<Client-Id>.<version>.pem`, such as `SANDBOX_5X00000000000000.1.pem`, holds one public key in any form
    /// that [`PublicKey::from_file`] reads. Other files and subfolders are ignored, and so is a name that begins with a
    /// `.`. A volume of a Kubernetes `ConfigMap` or `Secret` has this layout.
    ///
    /// A thread looks at the folder every [5 seconds](Self::WATCH_INTERVAL). What it finds replaces all keys in one step:
    /// a new file adds a key, and a removed file removes one. A file that is not a key, is written only in part or has
    /// another name changes nothing: the key that was read from it before is kept, and the log has a warning with the
    /// target `alipayplus_signing`. The same holds for the whole folder if it cannot be read. Changes that the program
    /// makes to the ring last until the folder changes.
    ///
    /// ```no_run
    /// use alipayplus_signing::KeyRing;
    ///
    /// let callers = KeyRing::watch("keys/callers")?;
    /// # Ok::<(), alipayplus_signing::WatchError>(())
    /// ```
    ///
    /// # Errors
    /// Returns a [`WatchError`] if the folder cannot be read or the thread cannot be started. A file that is not a key is
    /// only a warning, so that one client's file does not keep a server from starting.
    pub fn watch(folder: impl Into<PathBuf>) -> Result<Self, WatchError> {
        Self::watch_every(Self::WATCH_INTERVAL, folder)
    }

    /// Watches a folder like [`watch`](Self::watch), with another interval. One below 100 ms is treated as 100 ms.
    ///
    /// # Errors
    /// Returns an error in the same cases as [`watch`](Self::watch).
    pub fn watch_every(interval: Duration, folder: impl Into<PathBuf>) -> Result<Self, WatchError> {
        let mut folder = KeyFolder { path: folder.into(), files: BTreeMap::new() };
        let ring = Self::new();
        folder.update(&ring).map_err(|source| WatchError::Folder { path: folder.path.clone(), source })?;
        let weak = ring.downgrade();
        let run = move || {
            let mut is_readable = true;
            loop {
                thread::sleep(interval.max(Duration::from_millis(100)));
                let Some(ring) = Self::upgrade(&weak) else { return };
                let updated = folder.update(&ring);
                if let Err(error) = &updated
                    && is_readable
                {
                    let (folder, cause) = (folder.path.display(), error);
                    tracing::warn!(target: "alipayplus_signing", %folder, %cause, "folder of keys not readable");
                }
                is_readable = updated.is_ok();
            }
        };
        thread::Builder::new().name("alipayplus-keys".to_owned()).spawn(run).map_err(WatchError::Thread)?;
        Ok(ring)
    }
}

/// An error of [watching](KeyRing::watch) a folder of keys.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The folder cannot be read.
    #[error("folder of keys {}: cannot be read", path.display())]
    Folder {
        /// The path of the folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The system cannot start a thread.
    #[error("the thread that watches a folder of keys cannot be started")]
    Thread(#[source] io::Error),
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
enum BadFile {
    #[error("its name is not <Client-Id>.<version>.pem with a decimal number as the version")]
    Name,
    #[error("its Client-Id has a `.` that is followed by a time")]
    AmbiguousClientId,
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A folder, and what was found in it before.
struct KeyFolder {
    path: PathBuf,
    files: BTreeMap<OsString, KeyFile>,
}

/// A file as it was last read.
struct KeyFile {
    /// The digest of its content; `None` if it could not be read.
    content: Option<Digest>,
    /// The last good key.
    key: Option<(Arc<str>, u64, PublicKey)>,
}

impl KeyFolder {
    /// Reads the folder, and replaces all keys of the ring if one of them changed.
    fn update(&mut self, ring: &KeyRing) -> io::Result<()> {
        let (is_changed, bad_files) = self.read()?;
        for (file, cause) in bad_files {
            tracing::warn!(target: "alipayplus_signing", file = %file.display(), %cause, "key file not used");
        }
        if is_changed {
            let keys: Vec<_> = self.files.values().filter_map(|file| file.key.clone()).collect();
            tracing::info!(target: "alipayplus_signing", folder = %self.path.display(), keys = keys.len(), "keys read");
            // Ambiguous Client-Ids, the only possible error, were filtered out.
            let _ = ring.replace_all(keys);
        }
        Ok(())
    }

    /// Reads the files that changed. Returns whether a key changed, and the changed files that are not keys.
    ///
    /// Contents are compared instead of times: two keys have the same length, and some file systems have coarse times.
    fn read(&mut self) -> io::Result<(bool, Vec<(PathBuf, BadFile)>)> {
        let names: Vec<OsString> = fs::read_dir(&self.path)?
            .map(|entry| Ok(entry?.file_name()))
            .filter(|name| name.as_ref().map_or(true, |name| is_key_file(name)))
            .collect::<io::Result<_>>()?;
        let mut before = mem::take(&mut self.files);
        let (mut is_changed, mut bad_files) = (false, Vec::new());
        for name in names {
            let path = self.path.join(&name);
            let old = before.remove(&name);
            let content = digest(&path);
            let file = match old {
                Some(old) if old.content == content => old,
                old => {
                    let key = load(&name, &path);
                    is_changed |= key.is_ok();
                    let old_key = old.and_then(|old| old.key);
                    KeyFile { content, key: key.map_err(|bad| bad_files.push((path, bad))).ok().or(old_key) }
                }
            };
            self.files.insert(name, file);
        }
        is_changed |= before.values().any(|removed| removed.key.is_some());
        Ok((is_changed, bad_files))
    }
}

fn is_key_file(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.ends_with(".pem") && !name.starts_with('.')
}

fn digest(path: &Path) -> Option<Digest> {
    let mut content = Vec::new();
    File::open(path).ok()?.take(MAX_LENGTH).read_to_end(&mut content).ok()?;
    Some(Digest::of(&[&content]))
}

fn load(name: &OsStr, path: &Path) -> Result<(Arc<str>, u64, PublicKey), BadFile> {
    let name = name.to_str().and_then(|name| name.strip_suffix(".pem")).ok_or(BadFile::Name)?;
    let (client_id, digits) = name.rsplit_once('.').ok_or(BadFile::Name)?;
    let version: u64 = digits.parse().map_err(|_| BadFile::Name)?;
    // `01` and `+1` would be a second file of version 1.
    if client_id.is_empty() || version.to_string() != digits {
        return Err(BadFile::Name);
    }
    if is_ambiguous_client_id(client_id) {
        return Err(BadFile::AmbiguousClientId);
    }
    Ok((client_id.into(), version, PublicKey::from_file(path)?))
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::*;
    use crate::key::PrivateKey;

    #[test]
    fn a_bad_file_is_reported_once_per_change() {
        let path = std::env::temp_dir().join(format!("alipayplus-watch-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let mut folder = KeyFolder { path: path.clone(), files: BTreeMap::new() };
        let mut found = |name: &str, content: &str| {
            fs::write(path.join(name), content).unwrap();
            let (is_changed, bad_files) = folder.read().unwrap();
            (is_changed, bad_files.iter().map(|(_, bad)| bad.to_string()).collect::<Vec<_>>())
        };
        let key = PrivateKey::generate().unwrap().public_key_text();
        let cause = |problem: &str| format!("key file {}: found {problem}", path.join("V.1.pem").display());
        let not_a_key = cause("a text that is neither PEM nor base64");

        assert_eq!(found("V.1.pem", &key), (true, vec![]));
        assert_eq!(found("V.1.pem", &key), (false, vec![]));
        assert_eq!(found("V.1.pem", "?"), (false, vec![not_a_key]));
        assert_eq!(found("V.1.pem", "?"), (false, vec![]));
        assert_eq!(found("V.1.pem", ""), (false, vec![cause("an empty text")]));
        assert_eq!(found("V.17.1.pem", &key), (false, vec![BadFile::AmbiguousClientId.to_string()]));
        assert_eq!(found("V.1.pem", &key), (true, vec![]));
        fs::remove_dir_all(path).unwrap();
    }
}
