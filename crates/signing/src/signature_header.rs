//! The `Signature` header.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_PAD_INDIFFERENT, URL_SAFE_PAD_INDIFFERENT};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::error::HeaderError;

/// More than twice what the percent-encoded signature of an 8192-bit key needs, in bytes.
const MAX_LENGTH: usize = 4096;
/// Three keys are defined. Without a limit, a client could make the search for repeated keys slow.
const MAX_PAIRS: usize = 16;
/// The characters of padded base64 that official SDKs percent-encode.
const ENCODED: &AsciiSet = &CONTROLS.add(b'+').add(b'/').add(b'=');

/// The value of a `Signature` header: `algorithm=RSA256, keyVersion=1, signature=…`.
///
/// Formatting uses percent-encoded standard base64, which every official SDK accepts. Parsing accepts more: pairs in any
/// order, keys in any case, and other pairs, which are ignored. `algorithm` may be absent. So may `keyVersion`; then the
/// sender's keys are tried, newest first, see [`CandidateKeys`](crate::CandidateKeys). The base64 may be percent-encoded
/// or not, standard or url-safe, padded or not.
///
/// ```
/// use alipayplus_signing::SignatureHeader;
///
/// let text = "algorithm=RSA256, keyVersion=1, signature=%2BP8%3D";
/// let header = SignatureHeader::parse(text)?;
/// assert_eq!(header.key_version(), Some(1));
/// assert_eq!(header.signature(), [0xf8, 0xff]);
/// assert_eq!(header.to_string(), text);
/// # Ok::<(), alipayplus_signing::HeaderError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SignatureHeader {
    key_version: Option<u64>,
    signature: Vec<u8>,
}

impl SignatureHeader {
    /// Creates a header to send. Name a version: without one, the receiver has to try several keys.
    #[must_use]
    pub fn new(key_version: Option<u64>, signature: Vec<u8>) -> Self {
        Self { key_version, signature }
    }

    /// Parses the value of a `Signature` header.
    ///
    /// # Errors
    /// Returns a [`HeaderError`] that names the first rule of the grammar that the value breaks. The length of the
    /// signature depends on the key and is checked by [`PublicKey::verify`](crate::PublicKey::verify).
    pub fn parse(value: &str) -> Result<Self, HeaderError> {
        check_characters(value)?;
        let pairs = split(value)?;
        let find = |key: &str| pairs.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, value)| *value);

        if let Some(algorithm) = find("algorithm")
            && !algorithm.eq_ignore_ascii_case("RSA256")
        {
            return Err(HeaderError::UnsupportedAlgorithm { found: algorithm.chars().take(32).collect() });
        }
        let key_version = find("keyVersion").map(parse_version).transpose()?;
        let signature = decode(find("signature").ok_or(HeaderError::NoSignature)?)?;
        Ok(Self { key_version, signature })
    }

    /// Parses the header from all values that a message has for `Signature`, of which there must be exactly one.
    ///
    /// The values may be any iterator over bytes, such as `headers.get_all("signature")` of the `http` crate.
    ///
    /// # Errors
    /// Returns [`HeaderError::Missing`] if there is no value, [`HeaderError::Repeated`] if there are several, and
    /// otherwise the errors of [`parse`](Self::parse).
    pub fn from_values<I>(values: I) -> Result<Self, HeaderError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let mut values = values.into_iter();
        let value = values.next().ok_or(HeaderError::Missing)?;
        if values.next().is_some() {
            return Err(HeaderError::Repeated);
        }
        let text = str::from_utf8(value.as_ref()).map_err(|_| HeaderError::NotAscii)?;
        Self::parse(text)
    }

    /// Returns the version of the key that signed, or `None` if the header names none.
    ///
    /// A number beyond 64 bits is read as [`u64::MAX`], a version that no key should have: then the key is not known.
    #[must_use]
    pub fn key_version(&self) -> Option<u64> {
        self.key_version
    }

    /// Returns the decoded signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

/// Returns the decoded signature, so that [`PublicKey::verify`](crate::PublicKey::verify) accepts a header.
impl AsRef<[u8]> for SignatureHeader {
    fn as_ref(&self) -> &[u8] {
        &self.signature
    }
}

/// Formats the value of the header.
impl fmt::Display for SignatureHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = STANDARD.encode(&self.signature);
        // In one piece, because each piece may make the caller's buffer grow.
        let mut text = String::with_capacity(64 + encoded.len() + encoded.len() / 4);
        text.push_str("algorithm=RSA256, ");
        if let Some(version) = self.key_version {
            write!(text, "keyVersion={version}, ")?;
        }
        // The signature comes last, because official SDKs take everything after `signature=` for it.
        text.push_str("signature=");
        text.extend(utf8_percent_encode(&encoded, ENCODED));
        f.write_str(&text)
    }
}

impl fmt::Debug for SignatureHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureHeader")
            .field("key_version", &self.key_version)
            .field("signature", &format_args!("{} bytes", self.signature.len()))
            .finish()
    }
}

impl std::str::FromStr for SignatureHeader {
    type Err = HeaderError;

    fn from_str(value: &str) -> Result<Self, HeaderError> {
        Self::parse(value)
    }
}

fn check_characters(value: &str) -> Result<(), HeaderError> {
    if value.len() > MAX_LENGTH {
        return Err(HeaderError::TooLong { length: value.len(), limit: MAX_LENGTH });
    }
    if has_byte(value.as_bytes(), |byte| !matches!(byte, b' '..=b'~' | b'\t')) {
        return Err(HeaderError::NotAscii);
    }
    if has_byte(value.as_bytes(), |byte| byte == b'"') {
        return Err(HeaderError::QuoteOrSpace);
    }
    Ok(())
}

/// Returns whether one of the bytes is of a kind. It looks at all of them, which compiles to vector instructions.
fn has_byte(bytes: &[u8], is_it: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(0, |found, byte| found | u8::from(is_it(*byte))) > 0
}

fn has_space(text: &str) -> bool {
    has_byte(text.as_bytes(), |byte| matches!(byte, b' ' | b'\t'))
}

fn split(value: &str) -> Result<Vec<(&str, &str)>, HeaderError> {
    let mut pairs: Vec<(&str, &str)> = Vec::with_capacity(3);
    for pair in value.split(',') {
        let (key, value) = pair.trim_matches([' ', '\t']).split_once('=').ok_or(HeaderError::NotPairs)?;
        if key.is_empty() || value.is_empty() || pairs.len() == MAX_PAIRS {
            return Err(HeaderError::NotPairs);
        }
        // `algorithm =none` must not pass as an unknown key, nor base64 that was form-decoded (`+` to a space) as a value.
        if has_space(key) || has_space(value) {
            return Err(HeaderError::QuoteOrSpace);
        }
        if pairs.iter().any(|(known, _)| known.eq_ignore_ascii_case(key)) {
            return Err(HeaderError::RepeatedKey);
        }
        pairs.push((key, value));
    }
    Ok(pairs)
}

fn parse_version(text: &str) -> Result<u64, HeaderError> {
    // `u64::from_str` would also accept a leading `+`.
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(HeaderError::KeyVersion);
    }
    // Only too large a number fails. It is a version without a key, not a malformed one.
    Ok(text.parse().unwrap_or(u64::MAX))
}

fn decode(text: &str) -> Result<Vec<u8>, HeaderError> {
    // Only `%XX` is decoded: `+` is a character of base64, never a space.
    let base64: Cow<'_, [u8]> = percent_decode_str(text).into();
    let url_safe = has_byte(&base64, |byte| matches!(byte, b'-' | b'_'));
    let engine = if url_safe { URL_SAFE_PAD_INDIFFERENT } else { STANDARD_PAD_INDIFFERENT };
    // A value is never empty, and neither is the signature decoded from it.
    engine.decode(&base64).map_err(|_| HeaderError::NotBase64)
}
