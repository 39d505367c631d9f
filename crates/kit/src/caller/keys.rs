//! Throwaway keys, in memory and as files for an adapter.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use zeroize::Zeroizing;

use crate::key::{RawKey, pem};

/// The keys that answers are signed with.
#[derive(Debug)]
pub(crate) struct Signers {
    pub(crate) mpp: RawKey,
    pub(crate) caller: RawKey,
    /// A key that the caller was never given.
    pub(crate) other: RawKey,
}

/// The keys of the kit as an MPP and of the caller that is tried.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) signers: Signers,
    /// A line of the caller's private key, which no output may hold.
    pub(crate) canary: String,
    /// For the adapter.
    pub(crate) private_key: PathBuf,
    pub(crate) mpp_public_key: PathBuf,
}

impl Keys {
    /// Generates all of them, which takes about a second, and writes what the caller gets to a folder.
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        let (private_key, mpp_public_key) = (folder.join("caller.key.pem"), folder.join("mpp.pub.pem"));
        let pem = new_pem()?;
        fs::write(&private_key, &pem)?;
        let raw = || RawKey::generate().map_err(io::Error::other);
        let mpp = raw()?;
        fs::write(&mpp_public_key, mpp.public_key().to_text())?;
        let caller = RawKey::from_file(&private_key).map_err(io::Error::other)?;
        // Lines at the end are of the key's secret numbers.
        let canary = pem.lines().rev().nth(3).unwrap_or_default().to_owned();
        Ok(Self { signers: Signers { mpp, caller, other: raw()? }, canary, private_key, mpp_public_key })
    }
}

/// Returns a new private key in PEM.
pub(crate) fn new_pem() -> io::Result<Zeroizing<String>> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| io::Error::other("the system has no random numbers"))?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| io::Error::other("the new key can't be encoded"))?;
    Ok(pem("PRIVATE KEY", der.as_ref()))
}
