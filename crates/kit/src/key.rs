//! A private key that signs in every way that a hostile or mistaken peer would.
//!
//! `PrivateKey` of the signing crate signs in the right way only.

use std::fmt;
use std::path::{Path, PathBuf};

use alipayplus_signing::{KeyError, PrivateKey, PublicKey};
use aws_lc_rs::digest;
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use num_bigint::BigUint;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use zeroize::Zeroizing;

/// The ASN.1 frames of digests in a signature by PKCS#1 v1.5, from RFC 8017.
const MD5_FRAME: &str = "3020300c06082a864886f70d020505000410";
const SHA1_FRAME: &str = "3021300906052b0e03021a05000414";

/// The tag of a sequence in DER.
const SEQUENCE: u8 = 0x30;

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// PKCS#1 v1.5 with SHA-256: the right one.
    Sha256,
    /// PKCS#1 v1.5 with SHA-512.
    Sha512,
    /// PKCS#1 v1.5 with SHA-1.
    Sha1,
    /// PKCS#1 v1.5 with MD5.
    Md5,
    /// PSS with SHA-256.
    Pss,
}

impl Scheme {
    /// Returns the options with which `openssl dgst` signs in this way.
    pub(crate) const fn openssl(self) -> &'static str {
        match self {
            Self::Sha256 => "-sha256",
            Self::Sha512 => "-sha512",
            Self::Sha1 => "-sha1",
            Self::Md5 => "-md5",
            Self::Pss => "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32",
        }
    }
}

/// Why a key can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RawKeyError {
    /// It is no private key that this protocol allows.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The library of cryptography refuses it.
    #[error("the private key can't be used for RSA")]
    Unusable,
}

/// A private RSA key with its numbers.
pub struct RawKey {
    pair: KeyPair,
    modulus: BigUint,
    exponent: BigUint,
    public: PublicKey,
    path: Option<PathBuf>,
}

impl RawKey {
    /// Reads a key from a file, in every form that `PrivateKey` reads.
    ///
    /// # Errors
    /// Returns an error if the file can't be read or holds no usable RSA key.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, RawKeyError> {
        let path = path.as_ref();
        let public = PrivateKey::from_file(path)?.public_key();
        let text = std::fs::read(path).map_err(|_| RawKeyError::Unusable)?;
        let der = der(&text).ok_or(RawKeyError::Unusable)?;
        Self::new(&der, public, Some(path.to_owned())).ok_or(RawKeyError::Unusable)
    }

    /// Makes a throwaway key, which no target knows.
    ///
    /// # Errors
    /// Returns an error if the library of cryptography can't make one.
    pub fn generate() -> Result<Self, RawKeyError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| RawKeyError::Unusable)?;
        let der = pair.as_der().map_err(|_| RawKeyError::Unusable)?;
        let public = PrivateKey::from_text(&STANDARD.encode(der.as_ref()))?.public_key();
        Self::new(der.as_ref(), public, None).ok_or(RawKeyError::Unusable)
    }

    fn new(der: &[u8], public: PublicKey, path: Option<PathBuf>) -> Option<Self> {
        let pair = KeyPair::from_pkcs8(der).or_else(|_| KeyPair::from_der(der)).ok()?;
        let [modulus, exponent] = numbers(der)?;
        Some(Self { pair, modulus, exponent, public, path })
    }

    /// Returns the public half.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Returns the file of the key.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Signs bytes. Returns an empty signature if the library of cryptography refuses.
    #[must_use]
    pub fn sign(&self, scheme: Scheme, content: &[u8]) -> Vec<u8> {
        let sha1 = |content| digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, content);
        match scheme {
            Scheme::Sha256 => self.sign_by(&RSA_PKCS1_SHA256, content),
            Scheme::Sha512 => self.sign_by(&RSA_PKCS1_SHA512, content),
            Scheme::Pss => self.sign_by(&RSA_PSS_SHA256, content),
            Scheme::Sha1 => self.sign_framed(SHA1_FRAME, sha1(content).as_ref()),
            Scheme::Md5 => self.sign_framed(MD5_FRAME, &Md5::digest(content)),
        }
    }

    fn sign_by(&self, encoding: &'static dyn RsaEncoding, content: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        match self.pair.sign(encoding, &SystemRandom::new(), content, &mut signature) {
            Ok(()) => signature,
            Err(_) => Vec::new(),
        }
    }

    /// Signs a digest that libraries no longer sign: `00 01 FF … 00 frame digest` to the power of the exponent.
    fn sign_framed(&self, frame: &str, digest: &[u8]) -> Vec<u8> {
        let frame = BigUint::parse_bytes(frame.as_bytes(), 16).unwrap_or_default().to_bytes_be();
        let length = self.pair.public_modulus_len();
        let padding = length - 3 - frame.len() - digest.len();
        let block = [&[0, 1], vec![0xFF; padding].as_slice(), &[0], &frame, digest].concat();
        let signature = BigUint::from_bytes_be(&block).modpow(&self.exponent, &self.modulus).to_bytes_be();
        [vec![0; length - signature.len()], signature].concat()
    }
}

/// Shows the fingerprint of the public half only.
impl fmt::Debug for RawKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawKey").field("public", &self.public).finish_non_exhaustive()
    }
}

/// Returns the DER of a key in PEM or bare base64.
fn der(text: &[u8]) -> Option<Vec<u8>> {
    if let Ok(key) = PrivateKeyDer::from_pem_slice(text) {
        return Some(key.secret_der().to_vec());
    }
    let bare: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(bare).ok()
}

/// Returns the modulus and the private exponent of a key in PKCS#1, or in PKCS#8 around it.
fn numbers(der: &[u8]) -> Option<[BigUint; 2]> {
    let (_, sequence, _) = element(der)?;
    let (_, _version, rest) = element(sequence)?;
    let (tag, modulus, rest) = element(rest)?;
    if tag == SEQUENCE {
        let (_, inner, _) = element(rest)?;
        return numbers(inner);
    }
    let (_, _public_exponent, rest) = element(rest)?;
    let (_, exponent, _) = element(rest)?;
    Some([modulus, exponent].map(BigUint::from_bytes_be))
}

/// Returns a key as every SDK reads it: the base64 of its DER in lines of 64. It is wiped when it is dropped.
#[must_use]
pub fn pem(label: &str, der: &[u8]) -> Zeroizing<String> {
    let text = Zeroizing::new(STANDARD.encode(der));
    // A text that grows would leave copies.
    let mut pem = Zeroizing::new(String::with_capacity(text.len() + text.len() / 64 + 2 * label.len() + 64));
    pem.extend(["-----BEGIN ", label, "-----\n"]);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.extend([line, "\n"]);
        rest = after;
    }
    pem.extend(["-----END ", label, "-----\n"]);
    pem
}

/// Splits DER into the first element's tag and content, and what follows.
#[must_use]
pub fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = match first {
        short @ 0..0x80 => (usize::from(short), rest),
        long => {
            let (length, rest) = rest.split_at_checked(usize::from(long & 0x7F))?;
            (length.iter().fold(0, |all, &byte| (all << 8) | usize::from(byte)), rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256};
    use aws_lc_rs::signature::{
        RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey, VerificationAlgorithm,
    };

    use super::{RawKey, Scheme};

    #[test]
    fn a_signature_of_each_digest_verifies_as_what_it_is() {
        let key = RawKey::generate().unwrap();
        let verifies = |algorithm: &'static dyn VerificationAlgorithm, scheme| {
            let public = UnparsedPublicKey::new(algorithm, key.pair.public_key());
            public.verify(b"content", &key.sign(scheme, b"content")).is_ok()
        };
        assert!(verifies(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, Scheme::Sha1));
        assert!(verifies(&RSA_PKCS1_2048_8192_SHA256, Scheme::Sha256));
        for other in [Scheme::Md5, Scheme::Sha1, Scheme::Sha512, Scheme::Pss] {
            assert!(!verifies(&RSA_PKCS1_2048_8192_SHA256, other), "{other:?}");
        }
        assert!(!format!("{key:?}").contains("exponent"));
    }
}
