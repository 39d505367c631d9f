//! Faults of a text, and changes that only look like one.

use fastrand::Rng;

use super::super::base::UNKNOWN;
use crate::change::{bytes, one_of};

/// Changes the bytes of a message's text.
pub(super) type Change = fn(&mut Vec<u8>, &mut Rng);

/// Every kind of change.
pub(super) const KINDS: &[Change] = &[
    |text, rng| *text = bytes(rng, text),
    // The end too early, and more behind it.
    |text, rng| text.truncate(rng.usize(..=text.len())),
    |text, rng| text.extend_from_slice(one_of(rng, BEHIND).as_bytes()),
    // A byte order mark in front and elsewhere, and what is or isn't white space.
    |text, rng| {
        let at = rng.usize(..=text.len());
        insert(text, one_of(rng, &[0, at]), "\u{feff}".as_bytes());
    },
    |text, rng| {
        let at = rng.usize(..=text.len());
        insert(text, at, one_of(rng, &[" ", "\t", "\r\n", "\u{c}", "\u{a0}", "\u{2028}"]).as_bytes());
    },
    // A name twice in one object, perhaps with a letter as an escape.
    |text, rng| {
        let name = name(text, rng);
        let name = if rng.bool() { name } else { escaped(&name, rng) };
        member(text, rng, &[b"\"", name.as_slice(), b"\":null"].concat());
    },
    |text, rng| {
        let inside = one_of(rng, &[r#"{"y":1,"z":{},"\u0079":2}"#, r#"[{"":0},{"":0,"":0}]"#, r#"[{"y":1},{"y":1}]"#]);
        unknown(text, rng, inside);
    },
    // Nesting around the limit, and unterminated nesting.
    |text, rng| {
        let (open, close, depth) = one_of(rng, &[("[", "]", 32), ("{\"x\":", "}", 32), ("[{\"y\":", "}]", 16)]);
        let (depth, inner) = (rng.usize(depth - 4..depth + 3), one_of(rng, &["1", "[]", "{}", "\"[[\""]));
        unknown(text, rng, &[&open.repeat(depth), inner, &close.repeat(depth)].concat());
    },
    |text, rng| {
        let open = one_of(rng, &["[", "{\"x\":", "[{\"x\":"]).repeat(rng.usize(1..60));
        let at = rng.usize(..=text.len());
        insert(text, at, open.as_bytes());
    },
    // Strings and values.
    |text, rng| {
        let escape = one_of(rng, ESCAPES);
        in_string(text, rng, escape.as_bytes());
    },
    |text, rng| {
        let odd = one_of(rng, ODD);
        in_string(text, rng, odd);
    },
    |text, rng| {
        let value = one_of(rng, NOTATIONS);
        unknown(text, rng, value);
    },
    |text, rng| {
        let digits = "9".repeat(rng.usize(1..400));
        let exponent = rng.u16(..500);
        let forms = [digits.clone(), format!("0.{digits}"), format!("-{digits}e-{exponent}"), format!("1E{exponent}")];
        let number = one_of(rng, &forms);
        unknown(text, rng, &number);
    },
];

/// Texts after the end.
const BEHIND: &[&str] = &["{}", "x", ",", "}", "\0", "null", "\u{a0}", " \r\n\t", "\n\0", "\"\""];

/// Valid and invalid escapes, among them single surrogates.
const ESCAPES: &[&str] = &[
    r"\ud83e\udd80",
    r"\uD834\uDD1E",
    r"\u0000",
    r"\u00e9",
    r"\uFFFF",
    r"\/",
    r"\ud800",
    r"\udbff",
    r"\udc00",
    r"\ud83ex",
    r"\ud83e\n",
    r"\ud83e\ud83e",
    r"\udd80\ud83e",
    r"\x41",
    r"\u12",
    r"\u00G0",
    r"\U0041",
    r"\'",
    r"\",
];

/// Control characters, bytes that are not UTF-8, and unusual characters that a string may contain.
const ODD: &[&[u8]] = &[
    b"\0",
    b"\n",
    b"\t",
    b"\x1f",
    b"\x7f",
    b"\xff",
    b"\xe9",
    b"\x80",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe7\x95",
    b"\xe2\x80\xa8",
    b"\xf4\x8f\xbf\xbf",
];

/// Values that other notations allow, and unusual JSON.
const NOTATIONS: &[&str] = &[
    "'x'",
    "x",
    "01",
    "00",
    "+1",
    ".5",
    "1.",
    "1e",
    "0x10",
    "NaN",
    "-Infinity",
    "-",
    "True",
    "tru",
    "undefined",
    "",
    "[1,]",
    "[,]",
    "[1 2]",
    "{1:2}",
    "{\"y\":1,}",
    "{\"y\" 1}",
    "/**/1",
    "1 // one",
    "-0",
    "-0.0e-0",
    "1E+2",
    "{ }",
];

fn insert(text: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    drop(text.splice(at..at, bytes.iter().copied()));
}

/// Inserts a member after an opening brace.
fn member(text: &mut Vec<u8>, rng: &mut Rng, member: &[u8]) {
    if let Some(at) = any_place(text, b'{', rng) {
        let comma: &[u8] = if text.get(at) == Some(&b'}') { b"" } else { b"," };
        insert(text, at, &[member, comma].concat());
    }
}

/// Returns a member that no schema has.
fn unknown(text: &mut Vec<u8>, rng: &mut Rng, value: &str) {
    let name = rng.u8(..);
    member(text, rng, format!("\"{UNKNOWN}{name}\":{value}").as_bytes());
}

/// Returns the position after a quotation mark.
fn in_string(text: &mut Vec<u8>, rng: &mut Rng, bytes: &[u8]) {
    if let Some(at) = any_place(text, b'"', rng) {
        insert(text, at, bytes);
    }
}

/// Returns the position after one of these bytes.
fn any_place(text: &[u8], byte: u8, rng: &mut Rng) -> Option<usize> {
    let places: Vec<usize> = (0..text.len()).filter(|at| text[*at] == byte).collect();
    places.get(rng.usize(..places.len().max(1))).map(|at| at + 1)
}

/// Returns the range before a colon, usually a name.
fn name(text: &[u8], rng: &mut Rng) -> Vec<u8> {
    let pieces: Vec<&[u8]> = text.split(|byte| *byte == b'"').collect();
    let names: Vec<&[u8]> = pieces.windows(2).filter(|pair| pair[1].starts_with(b":")).map(|pair| pair[0]).collect();
    names.get(rng.usize(..names.len().max(1))).map_or_else(Vec::new, |name| name.to_vec())
}

/// Writes a name with one letter as an escape.
fn escaped(name: &[u8], rng: &mut Rng) -> Vec<u8> {
    let at = rng.usize(..name.len().max(1));
    match name.get(at) {
        Some(letter) if letter.is_ascii_alphabetic() => {
            [&name[..at], format!("\\u{letter:04X}").as_bytes(), &name[at + 1..]].concat()
        }
        _ => name.to_vec(),
    }
}
