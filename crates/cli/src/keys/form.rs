//! The forms that the SDKs want.

use std::fs;
use std::path::Path;

use alipayplus_kit::key::{element, pem};
use alipayplus_signing::{KeyError, PrivateKey, PublicKey};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::ValueEnum;
use zeroize::Zeroizing;

/// Whose form a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// PEM: private PKCS#8, public X.509.
    Openssl,
    /// The same as for openssl.
    Node,
    /// The same as for openssl.
    Go,
    /// One line of base64: private PKCS#8, public X.509.
    Java,
    /// PEM: private PKCS#1, public X.509.
    Python,
    /// One line of base64: private PKCS#1, public X.509.
    Php,
}

/// The size of a new key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Bits {
    #[value(name = "2048")]
    Small,
    #[value(name = "3072")]
    Medium,
    #[value(name = "4096")]
    Large,
}

/// A private key as the DER of PKCS#8, wiped when it is dropped.
pub(super) struct PrivateDer(Zeroizing<Vec<u8>>);

impl PrivateDer {
    pub(super) fn generate(bits: Bits) -> Result<Self, String> {
        let size = match bits {
            Bits::Small => KeySize::Rsa2048,
            Bits::Medium => KeySize::Rsa3072,
            Bits::Large => KeySize::Rsa4096,
        };
        Self::of(&KeyPair::generate(size).map_err(|_| "the system has no random numbers")?)
    }

    /// Reads a key that `PrivateKey` reads.
    pub(super) fn from_file(path: &Path) -> Result<Self, String> {
        PrivateKey::from_file(path).map_err(|error| error.to_string())?;
        let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| error.to_string())?);
        let der = der(&text).ok_or("the file can't be read as a key")?;
        let pair = KeyPair::from_pkcs8(&der).or_else(|_| KeyPair::from_der(&der)).map_err(|_| "the key is damaged")?;
        Self::of(&pair)
    }

    fn of(pair: &KeyPair) -> Result<Self, String> {
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| "the key can't be encoded")?;
        Ok(Self(Zeroizing::new(der.as_ref().to_vec())))
    }

    pub(super) fn public_key(&self) -> Result<PublicKey, KeyError> {
        let text = Zeroizing::new(STANDARD.encode(&self.0));
        PrivateKey::from_text(&text).map(|key| key.public_key())
    }

    /// Returns the PKCS#1 inside.
    fn pkcs1(&self) -> &[u8] {
        let inner = || {
            let (_, sequence, _) = element(&self.0)?;
            let (_, _version, rest) = element(sequence)?;
            let (_, _algorithm, rest) = element(rest)?;
            Some(element(rest)?.1)
        };
        // The library of cryptography has written it.
        inner().unwrap_or_default()
    }
}

impl Form {
    /// Writes a private key.
    pub(super) fn private(self, key: &PrivateDer) -> Zeroizing<String> {
        match self {
            Self::Openssl | Self::Node | Self::Go => pem("PRIVATE KEY", &key.0),
            Self::Python => pem("RSA PRIVATE KEY", key.pkcs1()),
            Self::Java => line(&key.0),
            Self::Php => line(key.pkcs1()),
        }
    }

    /// Writes a public key.
    pub(super) fn public(self, key: &PublicKey) -> Zeroizing<String> {
        let pem = key.to_text();
        Zeroizing::new(match self {
            Self::Openssl | Self::Node | Self::Go | Self::Python => pem,
            Self::Java | Self::Php => pem.lines().filter(|line| !line.starts_with("-----")).collect::<String>() + "\n",
        })
    }
}

/// Returns base64 on one line.
fn line(der: &[u8]) -> Zeroizing<String> {
    // A text that grows would leave copies.
    let mut line = Zeroizing::new(String::with_capacity(der.len() * 2));
    STANDARD.encode_string(der, &mut line);
    line.push('\n');
    line
}

/// Returns the bytes of a key in PEM or in base64.
fn der(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut base64 = Zeroizing::new(String::with_capacity(text.len()));
    // As in environment variables, a line can end with a backslash and an n.
    let lines = text.lines().flat_map(|line| line.split("\\n")).filter(|line| !line.contains("-----"));
    base64.extend(lines.flat_map(str::chars).filter(|c| !c.is_whitespace() && !"\"'".contains(*c)));
    STANDARD.decode(base64.as_bytes()).ok().map(Zeroizing::new)
}
