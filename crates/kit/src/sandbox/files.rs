//! Throwaway keys in a folder.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use alipayplus_signing::PrivateKey;
use tempfile::TempDir;

use super::samples;
use crate::caller::keys::new_pem;

/// A folder that is deleted with this, or one that stays.
#[derive(Debug)]
pub(crate) enum Folder {
    Throwaway(TempDir),
    Given(PathBuf),
}

impl Folder {
    pub(crate) fn new(given: Option<&Path>) -> io::Result<Self> {
        match given {
            Some(path) => fs::create_dir_all(path).map(|()| Self::Given(path.to_owned())),
            None => tempfile::Builder::new().prefix("alipayplus-sandbox-").tempdir().map(Self::Throwaway),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Throwaway(folder) => folder.path(),
            Self::Given(path) => path,
        }
    }

    /// Makes a pair of keys, `NAME.key` and `NAME.pub`. Those of a folder that stays are made once.
    pub(crate) fn pair(&self, name: &str) -> io::Result<[PathBuf; 2]> {
        let [private, public] = ["key", "pub"].map(|ending| self.path().join(format!("{name}.{ending}")));
        if !private.exists() {
            write_private(&private, &new_pem()?)?;
        }
        let key = PrivateKey::from_file(&private).map_err(io::Error::other)?;
        let text = key.public_key().to_text();
        // Others may read it now.
        if fs::read_to_string(&public).ok().as_ref() != Some(&text) {
            fs::write(&public, text)?;
        }
        Ok([private, public])
    }

    /// Writes the file of payments that `conformance mpp` asks about.
    pub(crate) fn payments(&self) -> io::Result<PathBuf> {
        let path = self.path().join("payments.toml");
        fs::write(&path, samples::FILE)?;
        Ok(path)
    }
}

/// Writes a new file that only its owner can read, from the first byte on.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
