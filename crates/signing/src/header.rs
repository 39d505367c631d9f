//! The `Signature` header.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_PAD_INDIFFERENT, URL_SAFE_PAD_INDIFFERENT};

use crate::HeaderError;

/// Room for the signature of an 8192-bit key, percent-encoded, and twice that.
const MAX_LENGTH: usize = 4096;
/// Three keys are defined. Without a limit, looking for repeated ones could be made slow from outside.
const MAX_PAIRS: usize = 16;

/// The value of a `Signature` header: `algorithm=RSA256, keyVersion=1, signature=…`.
///
/// It is written with percent-encoded standard base64, which every official SDK takes. It is read more widely: pairs
/// in any order, keys in any case, other pairs ignored; `algorithm` may be left out, as may `keyVersion` (then the
/// newest key of the client counts); the base64 may be percent-encoded or not, standard or url-safe, padded or not.
///
/// ```
/// use alipayplus_signing::SignatureHeader;
///
/// let header = SignatureHeader::parse("algorithm=RSA256, keyVersion=1, signature=%2BP8%3D")?;
/// assert_eq!(header.key_version(), Some(1));
/// assert_eq!(header.signature(), [0xf8, 0xff]);
/// assert_eq!(header.to_string(), "algorithm=RSA256, keyVersion=1, signature=%2BP8%3D");
/// # Ok::<(), alipayplus_signing::HeaderError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SignatureHeader {
    key_version: Option<u64>,
    signature: Vec<u8>,
}

impl SignatureHeader {
    /// A header to send. Without a version, the receiver takes the newest key it knows.
    #[must_use]
    pub fn new(key_version: Option<u64>, signature: Vec<u8>) -> Self {
        Self { key_version, signature }
    }

    /// Reads the value of the one `Signature` header.
    ///
    /// # Errors
    /// [`HeaderError`] says which rule of the grammar is broken. The length of the signature is not judged here, as it
    /// depends on the key: see [`PublicKey::verify`](crate::PublicKey::verify).
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

    /// Reads the header from all values that a message has for `Signature`: exactly one is right.
    ///
    /// Takes whatever gives bytes, and so `headers.get_all("signature")` of the `http` crate.
    ///
    /// # Errors
    /// [`HeaderError::Missing`] without a value, [`HeaderError::Repeated`] with two, and those of [`parse`](Self::parse).
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

    /// The version of the key that signed; `None` stands for the newest one.
    #[must_use]
    pub fn key_version(&self) -> Option<u64> {
        self.key_version
    }

    /// The signature itself, decoded.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

/// The signature, so that a header can be handed to [`PublicKey::verify`](crate::PublicKey::verify).
impl AsRef<[u8]> for SignatureHeader {
    fn as_ref(&self) -> &[u8] {
        &self.signature
    }
}

/// Writes the value of the header.
impl fmt::Display for SignatureHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("algorithm=RSA256, ")?;
        if let Some(version) = self.key_version {
            write!(f, "keyVersion={version}, ")?;
        }
        // The signature comes last: official SDKs take all that follows `signature=`.
        f.write_str("signature=")?;
        f.write_str(&percent_encoded(&STANDARD.encode(&self.signature)))
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
    if has(value.as_bytes(), |byte| !matches!(byte, b' '..=b'~' | b'\t')) {
        return Err(HeaderError::NotAscii);
    }
    if has(value.as_bytes(), |byte| byte == b'"') {
        return Err(HeaderError::QuoteOrSpace);
    }
    Ok(())
}

fn split(value: &str) -> Result<Vec<(&str, &str)>, HeaderError> {
    let mut pairs: Vec<(&str, &str)> = Vec::with_capacity(3);
    for pair in value.split(',') {
        let (key, value) = pair.trim_matches([' ', '\t']).split_once('=').ok_or(HeaderError::NotPairs)?;
        if key.is_empty() || value.is_empty() || pairs.len() == MAX_PAIRS {
            return Err(HeaderError::NotPairs);
        }
        // `algorithm =none` must not pass as an unknown key, nor form-decoded base64 as a value.
        if has(key.as_bytes(), is_blank) || has(value.as_bytes(), is_blank) {
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
    // `u64::from_str` alone would take a leading `+`.
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(HeaderError::KeyVersion);
    }
    text.parse().map_err(|_| HeaderError::KeyVersion)
}

fn decode(text: &str) -> Result<Vec<u8>, HeaderError> {
    let base64 = percent_decoded(text);
    let url_safe = has(&base64, |byte| matches!(byte, b'-' | b'_'));
    let engine = if url_safe { URL_SAFE_PAD_INDIFFERENT } else { STANDARD_PAD_INDIFFERENT };
    // A value is never empty, and so is no signature that can be decoded.
    engine.decode(&base64).map_err(|_| HeaderError::NotBase64)
}

/// Padded base64 with the characters encoded that official SDKs encode.
fn percent_encoded(base64: &str) -> String {
    let code = |byte| match byte {
        b'+' => Some("%2B"),
        b'/' => Some("%2F"),
        b'=' => Some("%3D"),
        _ => None,
    };
    let mut text = String::with_capacity(base64.len() * 5 / 4);
    let mut rest = base64;
    while let Some((at, code)) = rest.bytes().enumerate().find_map(|(at, byte)| Some((at, code(byte)?))) {
        text.push_str(&rest[..at]);
        text.push_str(code);
        rest = &rest[at + 1..];
    }
    text.push_str(rest);
    text
}

/// Only `%XX` is decoded: a `+` is a character of base64, never a space. A `%` before anything else stays what it is.
fn percent_decoded(text: &str) -> Cow<'_, [u8]> {
    let mut pieces = text.as_bytes().split(|byte| *byte == b'%');
    let plain = pieces.next().unwrap_or_default();
    if plain.len() == text.len() {
        return Cow::Borrowed(plain);
    }
    let mut bytes = Vec::with_capacity(text.len());
    bytes.extend_from_slice(plain);
    for piece in pieces {
        let (byte, rest) = hex(piece).unwrap_or((b'%', piece));
        bytes.push(byte);
        bytes.extend_from_slice(rest);
    }
    Cow::Owned(bytes)
}

/// The byte that two hexadecimal digits stand for, and what follows them.
fn hex(text: &[u8]) -> Option<(u8, &[u8])> {
    let (&[high, low], rest) = text.split_first_chunk()?;
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = digit(high)? * 16 + digit(low)?;
    Some((u8::try_from(byte).ok()?, rest))
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Whether one of the bytes is such a one. All are looked at: many at a time, as nothing depends on the one before.
fn has(bytes: &[u8], is_such: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(false, |found, byte| found | is_such(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_undone() {
        for text in ["", "abcd", "+", "a+b/c=", "==", "//++"] {
            let encoded = percent_encoded(text);
            assert!(!encoded.contains(['+', '/', '=']), "{encoded}");
            assert_eq!(percent_decoded(&encoded), text.as_bytes(), "{text}");
        }
        assert_eq!(percent_encoded("a+b/c="), "a%2Bb%2Fc%3D");
    }

    #[test]
    fn only_two_digits_behind_a_percent_sign_are_decoded() {
        for (text, bytes) in [
            ("%2b%2F%3d", "+/="),
            ("a%2Bb", "a+b"),
            ("%41%41", "AA"),
            ("%", "%"),
            ("%2", "%2"),
            ("%%2B", "%+"),
            ("%2%42", "%2B"),
            ("%GG%0g%-1%+1", "%GG%0g%-1%+1"),
            ("%252B", "%2B"),
            ("+ ", "+ "),
        ] {
            assert_eq!(percent_decoded(text), bytes.as_bytes(), "{text}");
        }
        assert_eq!(percent_decoded("%ff%00").as_ref(), [0xff, 0x00]);
    }
}
