//! Reads a key from a file, an environment variable or a text, and decodes it to DER.
//!
//! Every buffer that may hold a private key is wiped.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;
use zeroize::Zeroizing;

use super::error::{KeyError, KeyErrorKind, KeySource};

/// The longest text that is read, in bytes. A PEM block of an 8192-bit private key has about 6 KiB.
const MAX_LENGTH: usize = 64 * 1024;

/// Reads a key file, at most up to the limit: the file may be a pipe or a device.
pub(super) fn read_file(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    refuse_key_as_name(&path.to_string_lossy())?;
    let unreadable = |source| KeyError::Unreadable { path: path.to_owned(), source };
    let unusable = |problem| KeySource::File(path.to_owned()).error()(problem);

    // One byte more than `decode` accepts. The buffer never grows, because growing would leave a copy that is not wiped.
    let mut buffer = Zeroizing::new(vec![0; MAX_LENGTH + 1]);
    let mut file = File::open(path).map_err(unreadable)?;
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
    let text = str::from_utf8(&buffer[..length]).map_err(|_| unusable(KeyErrorKind::Binary))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Reads an environment variable.
pub(super) fn read_variable(name: &str) -> Result<Zeroizing<String>, KeyError> {
    refuse_key_as_name(name)?;
    let value = std::env::var_os(name).ok_or_else(|| KeyError::NotSet { name: name.to_owned() })?;
    // The original error is dropped, because it holds the value.
    value
        .into_string()
        .map(Zeroizing::new)
        .map_err(|_| KeySource::Variable(name.to_owned()).error()(KeyErrorKind::Binary))
}

/// Refuses a key that was passed in place of a name. Errors repeat the name, so the key would end up in a log.
fn refuse_key_as_name(name: &str) -> Result<(), KeyError> {
    // The base64 of a DER sequence of 256 bytes or more begins with `MII`.
    let text = name.trim_start().trim_start_matches(['"', '\'']);
    if name.contains("-----BEGIN") || name.len() > 200 && text.starts_with("MII") {
        return Err(KeySource::Text.error()(KeyErrorKind::KeyAsName));
    }
    Ok(())
}

/// Removes white space and one pair of quotes around a text.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).map_or(text, str::trim)
}

/// Decodes PEM or bare base64.
pub(super) fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, KeyErrorKind> {
    if text.len() > MAX_LENGTH {
        return Err(KeyErrorKind::TooLarge { limit: MAX_LENGTH });
    }
    // Some editors on Windows write a byte order mark.
    let text = unquoted(text.trim_start_matches('\u{feff}'));
    if text.is_empty() {
        return Err(KeyErrorKind::Empty);
    }
    if text.starts_with("ssh-") {
        return Err(KeyErrorKind::OpenSsh);
    }
    match text.split_once("-----BEGIN ") {
        Some((_, block)) => decode_base64(pem_body(block)?),
        None => decode_base64(text),
    }
}

/// Returns the lines between the first and the last line of a PEM block. The label is not trusted; the DER says what the
/// block holds.
fn pem_body(block: &str) -> Result<&str, KeyErrorKind> {
    let (label, rest) = block.split_once("-----").ok_or(KeyErrorKind::UnfinishedPem)?;
    let (body, end) = rest.split_once("-----END ").ok_or(KeyErrorKind::UnfinishedPem)?;
    if label == "EC PARAMETERS" {
        return Err(KeyErrorKind::Ec);
    }
    let after = end.strip_prefix(label).and_then(|end| end.strip_prefix("-----")).ok_or(KeyErrorKind::UnfinishedPem)?;
    if after.contains("-----BEGIN ") {
        return Err(KeyErrorKind::SeveralBlocks);
    }
    // The traditional form of encryption is named in a header above the base64.
    if body.contains("ENCRYPTED") {
        return Err(KeyErrorKind::EncryptedPrivateKey);
    }
    Ok(body)
}

fn decode_base64(text: &str) -> Result<Zeroizing<Vec<u8>>, KeyErrorKind> {
    let mut base64 = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        // Environment variables often hold `\n` in place of a line feed. Base64 has no backslash.
        let is_escape = byte == b'\\' && bytes.next_if(|next| matches!(next, b'n' | b'r')).is_some();
        if !is_escape && !byte.is_ascii_whitespace() {
            base64.push(byte);
        }
    }

    // `Engine::decode` would not wipe the bytes that it decoded before an error.
    let mut der = Zeroizing::new(vec![0; base64::decoded_len_estimate(base64.len())]);
    let length = STANDARD_PAD_INDIFFERENT.decode_slice(&*base64, &mut der).map_err(|_| what_else(text))?;
    der.truncate(length);
    if der.starts_with(b"-----BEGIN ") || der.starts_with(b"MII") {
        return Err(KeyErrorKind::EncodedTwice);
    }
    Ok(der)
}

/// Returns what a text that is not base64 looks like.
fn what_else(text: &str) -> KeyErrorKind {
    // Longer names do not occur. What precedes the padding of base64 is not one.
    const MAX_NAME: usize = 64;
    let is_name = |name: &str| {
        let name = name.trim();
        let name = name.strip_prefix("export ").unwrap_or(name);
        name.len() <= MAX_NAME && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
    };
    match text.split_once('=') {
        Some((name, value)) if is_name(name) && !value.is_empty() => KeyErrorKind::NamedValue,
        _ if text.ends_with([',', ';']) => KeyErrorKind::TrailingComma,
        _ if text.contains(['"', '\'', '`', '\\']) => KeyErrorKind::QuotesOrBackslashes,
        _ => KeyErrorKind::NotBase64,
    }
}
