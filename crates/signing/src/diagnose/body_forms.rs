//! What a signer may have had as the body in place of the one on the wire.

use std::io::Read as _;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{Encoding, GB18030, UTF_8};
use flate2::read::{MultiGzDecoder, ZlibDecoder};

use super::cause::Cause;
use super::hash::hex;
use super::json::{self, Style};

/// The largest body that is decompressed to, in bytes.
const MAX_DECOMPRESSED: u64 = 4 * 1024 * 1024;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// A form of the body: what it means if it is the signed one, and how it is made. `None` if there is no such form.
pub(super) struct BodyForm {
    pub(super) cause: Cause,
    pub(super) how: &'static str,
    pub(super) make: fn(&[u8]) -> Option<Vec<u8>>,
}

const fn form(cause: Cause, how: &'static str, make: fn(&[u8]) -> Option<Vec<u8>>) -> BodyForm {
    BodyForm { cause, how, make }
}

/// The forms, the likeliest first.
pub(super) const BODY_FORMS: &[BodyForm] = &[
    form(Cause::BodyEmpty, "over an empty body", |_| Some(Vec::new())),
    form(Cause::BodyEmpty, "over `{}`", |_| Some(b"{}".to_vec())),
    form(Cause::BodyEmpty, "over `null`", |_| Some(b"null".to_vec())),
    form(Cause::BodyLineFeed, "without the line feed at its end", |body| cut(body, b"\n")),
    form(Cause::BodyLineFeed, "without the CR LF at its end", |body| cut(body, b"\r\n")),
    form(Cause::BodyLineFeed, "with a line feed at its end", |body| Some([body, b"\n"].concat())),
    form(Cause::BodyLineFeed, "with CR LF at its end", |body| Some([body, b"\r\n"].concat())),
    form(Cause::BodyCrlf, "with LF for CR LF", |body| Some(replaced(body, b"\r\n", b"\n"))),
    form(Cause::BodyCrlf, "with CR LF for LF", |body| Some(replaced(&replaced(body, b"\r\n", b"\n"), b"\n", b"\r\n"))),
    form(Cause::BodyCrlf, "without any CR and LF, as `curl -d @file` sends it", |body| {
        Some(body.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect())
    }),
    form(Cause::BodyCrlf, "with the line feeds of a file that is indented by 2", |body| unfolded(body, b"  ", b"\n")),
    form(Cause::BodyCrlf, "with the line feeds of a file that is indented by 4", |body| unfolded(body, b"    ", b"\n")),
    form(Cause::BodyCrlf, "with the line feeds of a file that is indented by tabs", |body| {
        unfolded(body, b"\t", b"\n")
    }),
    form(Cause::BodyCrlf, "with line feeds, indented by 2", |body| unfolded(body, b"  ", b"")),
    form(Cause::BodyCrlf, "with line feeds, indented by 4", |body| unfolded(body, b"    ", b"")),
    form(Cause::BodyCrlf, "with line feeds, indented by tabs", |body| unfolded(body, b"\t", b"")),
    form(Cause::BodyReserialised, "without white space, as JSON.stringify, Jackson and Go write it", |body| {
        styled(body, b",", b":", None, false)
    }),
    form(Cause::BodyReserialised, "with `, ` and `: `, as Python's json.dumps writes it", |body| {
        styled(body, b", ", b": ", None, false)
    }),
    form(Cause::BodyReserialised, "indented by 2, as jq and JSON.stringify(…, 2) write it", |body| {
        styled(body, b",", b": ", Some(b"  "), false)
    }),
    form(Cause::BodyReserialised, "indented by 4, as json.dumps(indent=4) and PHP write it", |body| {
        styled(body, b",", b": ", Some(b"    "), false)
    }),
    form(Cause::BodyReserialised, "indented by tabs", |body| styled(body, b",", b": ", Some(b"\t"), false)),
    form(Cause::BodyReserialised, "indented by 2 with ` : `, as Jackson's pretty printer writes it", |body| {
        styled(body, b",", b" : ", Some(b"  "), false)
    }),
    form(Cause::BodyReserialised, "with sorted members", |body| styled(body, b",", b":", None, true)),
    form(Cause::BodyReserialised, "with sorted members, `, ` and `: `", |body| styled(body, b", ", b": ", None, true)),
    form(Cause::BodyReserialised, "without the white space around it", |body| Some(body.trim_ascii().to_vec())),
    form(Cause::BodyEscapes, "with characters beyond ASCII as \\u escapes", |body| escaped(body, false)),
    form(Cause::BodyEscapes, "with characters beyond ASCII as \\U escapes in capital digits", |body| {
        escaped(body, true)
    }),
    form(Cause::BodyEscapes, "with characters in place of their \\u escapes", unescaped),
    form(Cause::BodyEscapes, "with `\\/` for `/`, as PHP writes it", |body| {
        Some(replaced_in_texts(body, b"/", b"\\/"))
    }),
    form(Cause::BodyEscapes, "with `/` for `\\/`", |body| Some(replaced_in_texts(body, b"\\/", b"/"))),
    form(Cause::BodyEscapes, "with \\u003c, \\u003e and \\u0026 for <, > and &, as Go writes it", |body| {
        Some(html_escaped(body, b"<>&"))
    }),
    form(Cause::BodyEscapes, "with <, >, &, = and ' as \\u escapes, as Gson writes it", |body| {
        Some(html_escaped(body, b"<>&='"))
    }),
    form(Cause::BodyEscapes, "with \\u escapes in digits of the other case", other_hex_case),
    form(Cause::BodyBom, "without the byte order mark", |body| body.strip_prefix(BOM).map(<[u8]>::to_vec)),
    form(Cause::BodyBom, "with a byte order mark", |body| Some([BOM, body].concat())),
    form(Cause::BodyCharset, "in Latin-1", latin_1),
    form(Cause::BodyCharset, "in GBK", |body| encoded(body, GB18030)),
    form(Cause::BodyCharset, "in UTF-16, low byte first", |body| utf_16(body, u16::to_le_bytes)),
    form(Cause::BodyCharset, "in UTF-16, high byte first", |body| utf_16(body, u16::to_be_bytes)),
    form(Cause::BodyCharset, "with `?` for each character beyond ASCII", |body| {
        let text = beyond_ascii(body)?;
        Some(text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect::<String>().into_bytes())
    }),
    form(Cause::BodyCharset, "in UTF-8 where the wire has Latin-1", |body| {
        if body.is_ascii() {
            return None;
        }
        Some(body.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes())
    }),
    form(Cause::BodyCharset, "in UTF-8 where the wire has GBK", |body| {
        let (text, _, has_errors) = GB18030.decode(body);
        (!has_errors && !body.is_ascii()).then(|| text.into_owned().into_bytes())
    }),
    form(Cause::BodyIsQuoted, "as a JSON text that holds it", quoted),
    form(Cause::BodyIsQuoted, "as the JSON that its text holds", unquoted),
    form(Cause::BodyNotJson, "as Java's Map.toString() writes it", |body| object(body, b"=", bare, false)),
    form(Cause::BodyNotJson, "as Java's TreeMap.toString() writes it", |body| object(body, b"=", bare, true)),
    form(Cause::BodyNotJson, "as Python's str() writes it", |body| object(body, b": ", python, false)),
    form(Cause::BodyNotJson, "as JavaScript's `[object Object]`", |_| Some(b"[object Object]".to_vec())),
    form(Cause::BodyNotJson, "as sorted `name=value` pairs with `&` between them", pairs),
    form(Cause::BodyEncoded, "as base64", |body| Some(STANDARD.encode(body).into_bytes())),
    form(Cause::BodyEncoded, "as its SHA-256 in lower-case digits", |body| Some(sha_256(body).into_bytes())),
    form(Cause::BodyEncoded, "as its SHA-256 in capital digits", |body| {
        Some(sha_256(body).to_uppercase().into_bytes())
    }),
    form(Cause::BodyEncoded, "as its SHA-256 in base64", |body| {
        Some(STANDARD.encode(digest(&SHA256, body)).into_bytes())
    }),
    form(Cause::BodyCompressed, "before gzip", |body| decompressed(MultiGzDecoder::new(body))),
    form(Cause::BodyCompressed, "before deflate", |body| decompressed(ZlibDecoder::new(body))),
];

fn cut(body: &[u8], end: &[u8]) -> Option<Vec<u8>> {
    body.strip_suffix(end).map(<[u8]>::to_vec)
}

fn styled(
    body: &[u8],
    comma: &'static [u8],
    colon: &'static [u8],
    indent: Option<&'static [u8]>,
    is_sorted: bool,
) -> Option<Vec<u8>> {
    json::write(body, &Style { comma, colon, indent, is_sorted, scalar: json::same })
}

/// Writes JSON as languages print their objects.
fn object(body: &[u8], colon: &'static [u8], scalar: fn(&[u8], &mut Vec<u8>), is_sorted: bool) -> Option<Vec<u8>> {
    json::write(body, &Style { comma: b", ", colon, indent: None, is_sorted, scalar })
}

fn pairs(body: &[u8]) -> Option<Vec<u8>> {
    let style = Style { comma: b"&", colon: b"=", indent: None, is_sorted: true, scalar: bare };
    let pairs = json::write(body, &style)?;
    Some(pairs.strip_prefix(b"{")?.strip_suffix(b"}")?.to_vec())
}

/// Writes a text without its quotes.
fn bare(scalar: &[u8], out: &mut Vec<u8>) {
    match unquoted(scalar) {
        Some(text) => out.extend(text),
        None => out.extend(scalar),
    }
}

/// Writes a scalar as Python prints it.
fn python(scalar: &[u8], out: &mut Vec<u8>) {
    match (scalar, unquoted(scalar)) {
        (b"true", _) => out.extend(b"True"),
        (b"false", _) => out.extend(b"False"),
        (b"null", _) => out.extend(b"None"),
        (_, Some(text)) => {
            let quote = if text.contains(&b'\'') { b'"' } else { b'\'' };
            out.push(quote);
            out.extend(text);
            out.push(quote);
        }
        (_, None) => out.extend(scalar),
    }
}

/// Returns the JSON whose lines became this body when their line feeds were removed.
fn unfolded(body: &[u8], indent: &'static [u8], end: &[u8]) -> Option<Vec<u8>> {
    let mut lines = styled(body, b",", b": ", Some(indent), false)?;
    let is_it = lines.iter().filter(|byte| **byte != b'\n').eq(body);
    lines.extend(end);
    is_it.then_some(lines)
}

fn beyond_ascii(body: &[u8]) -> Option<&str> {
    str::from_utf8(body).ok().filter(|text| !text.is_ascii())
}

fn escaped(body: &[u8], is_upper: bool) -> Option<Vec<u8>> {
    let mut out = String::with_capacity(body.len() * 2);
    for c in beyond_ascii(body)?.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&escape(*unit, is_upper)));
        }
    }
    Some(out.into_bytes())
}

fn escape(unit: u16, is_upper: bool) -> String {
    if is_upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") }
}

/// Calls `with` for each `\uXXXX`, whose digits it gets, and copies what is between.
fn with_escapes(body: &[u8], mut with: impl FnMut(&mut Vec<u8>, &str)) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    let mut is_found = false;
    while let Some((first, after)) = rest.split_first() {
        let digits =
            rest.strip_prefix(b"\\u").and_then(|rest| rest.get(..4)).and_then(|digits| str::from_utf8(digits).ok());
        match digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            Some(digits) => {
                is_found = true;
                with(&mut out, digits);
                rest = &rest[6..];
            }
            // Two backslashes are one character, and no beginning of an escape.
            None if rest.starts_with(b"\\\\") => {
                out.extend(b"\\\\");
                rest = &rest[2..];
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    is_found.then_some(out)
}

fn unescaped(body: &[u8]) -> Option<Vec<u8>> {
    let mut high: Option<u16> = None;
    with_escapes(body, |out, digits| {
        let Ok(unit) = u16::from_str_radix(digits, 16) else { return };
        let units: Vec<u16> = high.take().into_iter().chain([unit]).collect();
        match String::from_utf16(&units) {
            // These have to stay escapes.
            Ok(text) if !text.chars().all(|c| c < ' ' || matches!(c, '"' | '\\')) => out.extend(text.bytes()),
            Err(_) if (0xd800..0xdc00).contains(&unit) => high = Some(unit),
            _ => out.extend(format!("\\u{digits}").bytes()),
        }
    })
}

fn other_hex_case(body: &[u8]) -> Option<Vec<u8>> {
    with_escapes(body, |out, digits| {
        let is_upper = digits.bytes().any(|byte| byte.is_ascii_uppercase());
        let digits = if is_upper { digits.to_lowercase() } else { digits.to_uppercase() };
        out.extend(format!("\\u{digits}").bytes());
    })
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(from) {
            out.extend(to);
            rest = after;
        } else {
            out.push(*first);
            rest = after;
        }
    }
    out
}

fn replaced_in_texts(body: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let parts = json::texts(body).map(|(is_text, part)| if is_text { replaced(part, from, to) } else { part.to_vec() });
    parts.collect::<Vec<_>>().concat()
}

fn html_escaped(body: &[u8], characters: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    for byte in body {
        if characters.contains(byte) {
            out.extend(escape(u16::from(*byte), false).bytes());
        } else {
            out.push(*byte);
        }
    }
    out
}

fn latin_1(body: &[u8]) -> Option<Vec<u8>> {
    beyond_ascii(body)?.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

fn encoded(body: &[u8], encoding: &'static Encoding) -> Option<Vec<u8>> {
    debug_assert_ne!(encoding, UTF_8);
    let (bytes, _, has_errors) = encoding.encode(beyond_ascii(body)?);
    (!has_errors).then(|| bytes.into_owned())
}

fn utf_16(body: &[u8], bytes: fn(u16) -> [u8; 2]) -> Option<Vec<u8>> {
    Some(str::from_utf8(body).ok()?.encode_utf16().flat_map(bytes).collect())
}

fn quoted(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = String::from("\"");
    for c in str::from_utf8(body).ok()?.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ => out.push(c),
        }
    }
    out.push('"');
    Some(out.into_bytes())
}

fn unquoted(body: &[u8]) -> Option<Vec<u8>> {
    let inner = body.trim_ascii().strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next()? {
                b'n' => out.push(b'\n'),
                b'r' => out.push(b'\r'),
                b't' => out.push(b'\t'),
                other => out.push(*other),
            },
            _ => out.push(*byte),
        }
    }
    Some(out)
}

fn sha_256(body: &[u8]) -> String {
    hex(digest(&SHA256, body).as_ref())
}

fn decompressed(reader: impl std::io::Read) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let length = reader.take(MAX_DECOMPRESSED).read_to_end(&mut out).ok()?;
    (length > 0).then_some(out)
}
