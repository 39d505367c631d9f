//! Identifies the kind of a DER structure and the size of an RSA key. The cryptography library checks the key itself.

use super::error::KeyErrorKind;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// The tag `[0]`, with which a certificate of version 2 or 3 begins.
const CONTEXT_0: u8 = 0xa0;

/// The object identifier 1.2.840.113549.1.1.1.
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// The object identifier 1.2.840.10045.2.1.
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// A supported form of an RSA key, with the size of its modulus in bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    SubjectPublicKeyInfo { bits: usize },
    Pkcs8 { bits: usize },
    Pkcs1Private { bits: usize },
}

/// Returns the form of the key, or the kind of what the bytes are instead.
pub(super) fn identify(bytes: &[u8]) -> Result<Form, KeyErrorKind> {
    if bytes.starts_with(b"openssh-key-v1\0") {
        return Err(KeyErrorKind::OpenSsh);
    }
    let Some(Value { tag: SEQUENCE, body }) = only_value(bytes) else {
        return Err(KeyErrorKind::NotAKey);
    };
    let values = all_values(body).ok_or(KeyErrorKind::NotAKey)?;
    let tags: Vec<u8> = values.iter().map(|value| value.tag).collect();
    match *tags {
        [SEQUENCE, BIT_STRING] => {
            require_rsa(values[0].body)?;
            // The first byte of a BIT STRING counts the unused bits of the last one.
            let bits = values[1].body.get(1..).and_then(|key| modulus_bits(key, 0));
            Ok(Form::SubjectPublicKeyInfo { bits: bits.ok_or(KeyErrorKind::NotAKey)? })
        }
        [INTEGER, SEQUENCE, OCTET_STRING, ..] => {
            require_rsa(values[1].body)?;
            let bits = modulus_bits(values[2].body, 1).ok_or(KeyErrorKind::NotAKey)?;
            if identify(values[2].body) == Err(KeyErrorKind::MultiPrime) {
                return Err(KeyErrorKind::MultiPrime);
            }
            Ok(Form::Pkcs8 { bits })
        }
        // The tenth value holds the third prime and those after it.
        [.., SEQUENCE] if tags.len() == 10 && tags[..9] == [INTEGER; 9] => Err(KeyErrorKind::MultiPrime),
        _ if tags == [INTEGER; 9] => Ok(Form::Pkcs1Private { bits: integer_bits(values[1].body) }),
        [INTEGER, INTEGER] => Err(KeyErrorKind::Pkcs1PublicKey),
        [INTEGER, OCTET_STRING, ..] => Err(KeyErrorKind::Ec),
        [SEQUENCE, OCTET_STRING] => Err(KeyErrorKind::EncryptedPrivateKey),
        [SEQUENCE, SEQUENCE, BIT_STRING] => Err(certificate_or_request(values[0].body)),
        [INTEGER, SEQUENCE, ..] if values[0].body == [3] => Err(KeyErrorKind::Pkcs12),
        _ => Err(KeyErrorKind::NotAKey),
    }
}

/// Checks the algorithm identifier, which precedes every key outside of PKCS#1.
fn require_rsa(algorithm: &[u8]) -> Result<(), KeyErrorKind> {
    match next_value(algorithm).map(|(value, _)| (value.tag, value.body)) {
        Some((OID, RSA_ENCRYPTION)) => Ok(()),
        Some((OID, EC_PUBLIC_KEY)) => Err(KeyErrorKind::Ec),
        Some((OID, _)) => Err(KeyErrorKind::OtherAlgorithm),
        _ => Err(KeyErrorKind::NotAKey),
    }
}

/// Tells a certificate request from a certificate: both are signed structures. A request begins with version 0, a
/// certificate with `[0]` or its serial number.
fn certificate_or_request(signed: &[u8]) -> KeyErrorKind {
    match next_value(signed).map(|(value, _)| (value.tag, value.body)) {
        Some((INTEGER, [0])) => KeyErrorKind::CertificateRequest,
        Some((INTEGER | CONTEXT_0, _)) => KeyErrorKind::Certificate,
        _ => KeyErrorKind::NotAKey,
    }
}

/// Returns the size of the modulus of a PKCS#1 key: its first number if it is public, its second if it is private.
fn modulus_bits(key: &[u8], index: usize) -> Option<usize> {
    let sequence = only_value(key).filter(|value| value.tag == SEQUENCE)?;
    let modulus = *all_values(sequence.body)?.get(index)?;
    (modulus.tag == INTEGER).then(|| integer_bits(modulus.body))
}

/// Returns the modulus and the exponent of a `SubjectPublicKeyInfo`.
#[cfg(feature = "diagnose")]
pub(super) fn public_numbers(spki: &[u8]) -> Option<(&[u8], &[u8])> {
    let values = all_values(only_value(spki)?.body)?;
    let key = values.get(1)?.body.get(1..)?;
    match *all_values(only_value(key)?.body)? {
        [modulus, exponent] => Some((modulus.body, exponent.body)),
        _ => None,
    }
}

fn integer_bits(body: &[u8]) -> usize {
    let first = body.iter().position(|byte| *byte != 0).unwrap_or(body.len());
    let digits = &body[first..];
    digits.first().map_or(0, |byte| digits.len() * 8 - byte.leading_zeros() as usize)
}

#[derive(Clone, Copy)]
struct Value<'a> {
    tag: u8,
    body: &'a [u8],
}

/// Splits the first value from the bytes after it.
fn next_value(bytes: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let (&[tag, length], rest) = bytes.split_first_chunk()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81 => rest.split_first().map(|(length, rest)| (usize::from(*length), rest))?,
        0x82 => rest.split_first_chunk().map(|(length, rest)| (usize::from(u16::from_be_bytes(*length)), rest))?,
        // Longer than any key.
        _ => return None,
    };
    let (body, rest) = rest.split_at_checked(length)?;
    Some((Value { tag, body }, rest))
}

fn only_value(bytes: &[u8]) -> Option<Value<'_>> {
    next_value(bytes).filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value)
}

fn all_values(mut bytes: &[u8]) -> Option<Vec<Value<'_>>> {
    let mut values = Vec::new();
    while !bytes.is_empty() {
        let (value, rest) = next_value(bytes)?;
        values.push(value);
        bytes = rest;
    }
    Some(values)
}
