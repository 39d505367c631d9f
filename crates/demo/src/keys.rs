//! Temporary keys.

use std::error::Error;

use alipayplus_client::PrivateKey;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Generates a key, and its text for a file: the crates never export a private key.
pub(crate) fn generate() -> Result<(PrivateKey, String), Box<dyn Error>> {
    let pair =
        KeyPair::generate(KeySize::Rsa2048).map_err(|_| "cannot generate a key: the machine has no randomness")?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| "cannot encode the new key")?;
    let text = STANDARD.encode(der.as_ref());
    Ok((PrivateKey::from_text(&text)?, text))
}
