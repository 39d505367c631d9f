//! Reads a `Signature` header that may be wrong: what it was meant to say, and what is wrong with it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_PAD_INDIFFERENT, URL_SAFE_PAD_INDIFFERENT};
use percent_encoding::percent_decode_str;

use super::cause::Cause;
use super::hash::unhex;
use crate::error::HeaderError;
use crate::signature_header::SignatureHeader;

/// The sizes of signatures of common keys, in bytes.
const COMMON_SIZES: [usize; 5] = [128, 256, 384, 512, 1024];
/// Beyond this, a header is not searched: real ones have some 400 bytes.
const MAX_LENGTH: usize = 64 * 1024;
const PLACEHOLDERS: &[&str] =
    &["undefined", "null", "none", "nil", "nan", "%s", "%v", "[object object]", "[object promise]", "signature", "..."];

/// What a header was meant to say.
#[derive(Default)]
pub(super) struct Spelled {
    pub(super) signature: Option<Vec<u8>>,
    pub(super) version: Option<u64>,
    pub(super) faults: Vec<(Cause, String)>,
    /// What is accepted here, and refused by others.
    pub(super) notes: Vec<(Cause, String)>,
}

/// What the keys say about a signature.
pub(super) struct Judge<'a> {
    /// The lengths in bytes of the signatures that the keys make.
    pub(super) sizes: &'a [usize],
    /// Returns whether one of the keys opens it.
    pub(super) opens: &'a dyn Fn(&[u8]) -> bool,
}

impl Judge<'_> {
    fn fits(&self, signature: &[u8]) -> bool {
        self.sizes.contains(&signature.len())
    }
}

/// Reads all values of the header that a message has.
pub(super) fn read(values: &[&[u8]], judge: &Judge<'_>) -> Spelled {
    let mut spelled = Spelled::default();
    let Some(first) = values.first() else {
        spelled.fault(Cause::HeaderMissing, "");
        return spelled;
    };
    if values.len() > 1 {
        spelled.fault(Cause::HeaderTwice, format!("{} values", values.len()));
    }
    let strict = SignatureHeader::from_values([first]);
    if let Ok(header) = &strict
        && judge.fits(header.signature())
    {
        spelled.version = header.key_version();
        spelled.signature = Some(header.signature().to_vec());
        spelled.note_spelling(&String::from_utf8_lossy(first));
        return spelled;
    }
    if first.len() > MAX_LENGTH {
        spelled.fault(Cause::HeaderTooLong, format!("{} bytes", first.len()));
        return spelled;
    }
    let text = String::from_utf8_lossy(first);
    spelled.read_value(&text, judge);
    spelled.add_strict(strict.err().as_ref());
    spelled
}

impl Spelled {
    fn fault(&mut self, cause: Cause, how: impl Into<String>) {
        if !self.faults.iter().any(|(known, _)| *known == cause) {
            self.faults.push((cause, how.into()));
        }
    }

    fn note_spelling(&mut self, header: &str) {
        let lower = header.to_ascii_lowercase();
        let Some(at) = lower.find("signature=") else { return };
        let text = header[at + "signature=".len()..].split(',').next().unwrap_or_default().trim();
        let decoded = percent_decode_str(text).decode_utf8_lossy();
        if decoded.contains(['-', '_']) {
            self.notes.push((Cause::Base64Url, String::new()));
        }
        if !decoded.ends_with('=') && !decoded.len().is_multiple_of(4) {
            self.notes.push((Cause::Unpadded, String::new()));
        }
        if !text.contains('%') && text.contains(['+', '/', '=']) {
            self.notes.push((Cause::NotPercentEncoded, String::new()));
        }
    }

    /// Names what the strict reader found if nothing else was.
    fn add_strict(&mut self, error: Option<&HeaderError>) {
        let cause = match error {
            Some(HeaderError::TooLong { .. }) => Cause::HeaderTooLong,
            Some(HeaderError::NotAscii) if self.faults.is_empty() => Cause::NotAscii,
            Some(HeaderError::NotPairs | HeaderError::QuoteOrSpace) if self.faults.is_empty() => Cause::NotPairs,
            Some(HeaderError::NotBase64) if self.faults.is_empty() => Cause::NotBase64,
            _ => return,
        };
        if cause == Cause::HeaderTooLong {
            self.faults.clear();
        }
        self.fault(cause, "");
    }

    fn read_value(&mut self, value: &str, judge: &Judge<'_>) {
        let value = value.trim();
        let value = self.unquoted(value);
        if is_placeholder(value) {
            return self.fault(Cause::TemplateLeft, format!("`{}`", cut(value)));
        }
        let pairs = self.pairs(value);
        let find = |key: &str| pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, value)| *value);
        if let Some((key, value)) = pairs.iter().find(|(key, value)| is_placeholder(value) && !is_none(key, value)) {
            return self.fault(Cause::TemplateLeft, format!("`{}` for {}", cut(value), cut(key)));
        }
        if let Some(algorithm) = find("algorithm").filter(|text| !text.eq_ignore_ascii_case("RSA256")) {
            self.fault(Cause::AlgorithmNamedOtherwise, format!("`{}`", cut(algorithm)));
        }
        if let Some(version) = find("keyVersion") {
            let is_number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
            if is_number {
                self.version = Some(version.parse().unwrap_or(u64::MAX));
            } else {
                self.fault(Cause::KeyVersionUnreadable, format!("`{}`", cut(version)));
            }
        }
        match find("signature") {
            Some(text) if !text.is_empty() => self.signature = self.decode(text, judge),
            Some(_) => self.fault(Cause::NoSignature, "the pair `signature` is empty"),
            None if pairs.iter().any(|(key, _)| is_key(key)) => self.fault(Cause::NoSignature, "no pair `signature`"),
            None => {
                self.fault(Cause::NotPairs, "a value without `signature=`");
                let mut bare = Self::default();
                self.signature = bare.decode(value, judge).filter(|signature| judge.fits(signature));
            }
        }
    }

    fn unquoted<'a>(&mut self, text: &'a str) -> &'a str {
        let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
        let Some(inner) = inner('"').or_else(|| inner('\'')) else { return text };
        self.fault(Cause::Quoted, "");
        inner
    }

    /// Splits the pairs by whatever separates them.
    fn pairs<'a>(&mut self, value: &'a str) -> Vec<(&'a str, &'a str)> {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        let mut keys: Vec<String> = Vec::new();
        for pair in value.split([',', ';', '&']) {
            let pair = pair.trim_matches([' ', '\t']);
            let Some(at) = pair.find(['=', ':']) else { continue };
            let (key, text) = (pair[..at].trim_end(), &pair[at + 1..]);
            let key = self.unquoted(key);
            if is_key(key)
                && (pair.as_bytes().get(at) == Some(&b':') || text.starts_with(' ') || at > pair[..at].trim_end().len())
            {
                self.fault(Cause::NotPairs, "other text than `=` between a key and its value");
            }
            let text = self.unquoted(text.trim_matches([' ', '\t']));
            keys.push(key.to_ascii_lowercase());
            if !pairs.iter().any(|(known, _)| known.eq_ignore_ascii_case(key)) {
                pairs.push((key, text));
            }
        }
        let pieces = value.split([',', ';', '&']).map(str::trim);
        if !pairs.is_empty() && (value.contains([';', '&']) || pieces.into_iter().any(str::is_empty)) {
            self.fault(Cause::NotPairs, "`;`, `&` or an empty pair between the pairs");
        }
        self.repeated(&keys);
        pairs
    }

    fn repeated(&mut self, keys: &[String]) {
        let known: Vec<_> = keys.iter().filter(|key| is_key(key)).collect();
        let count = |key: &str| known.iter().filter(|known| known.as_str() == key).count();
        let twice = KEYS.iter().filter(|key| count(&key.to_ascii_lowercase()) > 1).count();
        let different = KEYS.iter().filter(|key| count(&key.to_ascii_lowercase()) > 0).count();
        if twice > 1 && twice == different {
            self.fault(Cause::HeaderTwice, "two values joined by a comma");
        } else if twice > 0 {
            self.fault(Cause::PairTwice, "");
        }
    }

    /// Decodes a signature by whatever spelling gives the length of a key's modulus.
    fn decode(&mut self, text: &str, judge: &Judge<'_>) -> Option<Vec<u8>> {
        let text = self.percent_decoded(text);
        let text = self.joined(&text);
        if let Some(signature) = unhex(&text).filter(|signature| judge.fits(signature)) {
            self.fault(Cause::Hex, "");
            return Some(signature);
        }
        let Some(bytes) = from_base64(&text) else { return self.prefix_or_not_base64(&text, judge) };
        if judge.fits(&bytes) {
            return Some(bytes);
        }
        self.resized(&bytes, text.len(), judge)
    }

    fn percent_decoded(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for round in 0..3 {
            let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
            if decoded == text {
                break;
            }
            if round == 1 {
                self.fault(Cause::PercentEncodedTwice, "");
            }
            text = decoded;
        }
        text
    }

    /// Removes line ends, and puts `+` where blanks are.
    fn joined(&mut self, text: &str) -> String {
        let text = text.trim_matches(' ').replace("\\n", "\n");
        if text.contains(['\r', '\n']) {
            self.fault(Cause::LineBreaks, "");
            return text.replace(['\r', '\n', ' ', '\t'], "");
        }
        let blanks: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).collect();
        if blanks.is_empty() {
            return text;
        }
        let is_line = |width: usize| {
            blanks.iter().all(|at| (at + 1) % (width + 1) == 0) && text.len() / (width + 1) == blanks.len()
        };
        if is_line(64) || is_line(76) {
            self.fault(Cause::LineBreaks, "blanks at the ends of lines");
            return text.replace(' ', "");
        }
        self.fault(Cause::PlusBecameBlank, format!("{} blanks", blanks.len()));
        text.replace(' ', "+")
    }

    /// Reads a text with something behind its base64, or without the last characters.
    fn prefix_or_not_base64(&mut self, text: &str, judge: &Judge<'_>) -> Option<Vec<u8>> {
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
        let length = text.bytes().position(|byte| !is_base64(byte)).unwrap_or(text.len());
        let (prefix, rest) = text.split_at(length);
        let signature = from_base64(&prefix[..length - usize::from(length % 4 == 1)]);
        match signature {
            Some(signature) if judge.fits(&signature) && (judge.opens)(&signature) => {
                self.fault(Cause::SomethingAppended, format!("{} characters behind it", rest.len()));
                Some(signature)
            }
            Some(signature) if rest.trim_matches(['=', '%', '2', '3', 'B', 'F']).is_empty() && length > 0 => {
                self.resized(&signature, text.len(), judge)
            }
            _ => {
                self.fault(Cause::NotBase64, "");
                None
            }
        }
    }

    /// Says why a signature has another length than the keys' signatures.
    fn resized(&mut self, bytes: &[u8], text_length: usize, judge: &Judge<'_>) -> Option<Vec<u8>> {
        if let Some(inner) = str::from_utf8(bytes).ok().and_then(|text| from_base64(text.trim()))
            && judge.fits(&inner)
        {
            self.fault(Cause::Base64OfBase64, "");
            return Some(inner);
        }
        let begin = judge.sizes.iter().filter_map(|size| bytes.get(..*size)).find(|begin| (judge.opens)(begin));
        let length = bytes.len();
        let sizes = judge.sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" or ");
        let how = format!("{length} bytes, where the key's signatures have {sizes}");
        let smallest = judge.sizes.iter().min().copied().unwrap_or_default();
        if let Some(begin) = begin {
            self.fault(Cause::SomethingAppended, how);
            return Some(begin.to_vec());
        }
        let cause = match length {
            _ if COMMON_SIZES.contains(&length) => Cause::WrongSizeKey,
            20 | 32 | 48 | 64 => Cause::AnotherKindOfSignature,
            68..=72 if bytes.starts_with(&[0x30]) => Cause::AnotherKindOfSignature,
            _ if length < smallest => Cause::CutShort,
            _ => Cause::SomethingAppended,
        };
        let near = [255, 256].iter().any(|limit| text_length.abs_diff(*limit) <= 1);
        self.fault(
            cause,
            if cause == Cause::CutShort && near { format!("{how}; a limit of 255 characters") } else { how },
        );
        None
    }
}

const KEYS: [&str; 3] = ["algorithm", "keyVersion", "signature"];

fn is_key(key: &str) -> bool {
    KEYS.iter().any(|known| known.eq_ignore_ascii_case(key))
}

/// `none` is the name of an algorithm in other protocols.
fn is_none(key: &str, value: &str) -> bool {
    key.eq_ignore_ascii_case("algorithm") && value.eq_ignore_ascii_case("none")
}

fn is_placeholder(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    let is_bracketed =
        |open: &str, close: char| lower.starts_with(open) && lower.ends_with(close) && lower.len() > open.len();
    PLACEHOLDERS.contains(&lower.as_str())
        || is_bracketed("{", '}')
        || is_bracketed("${", '}')
        || is_bracketed("<", '>')
        || is_bracketed("%7b", 'd')
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let engine = if text.contains(['-', '_']) { URL_SAFE_PAD_INDIFFERENT } else { STANDARD_PAD_INDIFFERENT };
    engine.decode(text).ok().filter(|bytes| !bytes.is_empty())
}

/// Returns the beginning of a text that the other side wrote, for a sentence.
fn cut(text: &str) -> String {
    text.chars().take(32).flat_map(char::escape_debug).collect()
}
