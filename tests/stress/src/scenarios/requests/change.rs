//! Changes that an attacker, a proxy or a transmission error makes.

use fastrand::Rng;

use super::wire::{CLIENT_ID, SIGNATURE, Wire};
use crate::change::{bytes, one_of, text};

/// A kind of change.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// Whether the message must still be accepted.
    pub(super) is_harmless: bool,
    /// Makes the change, perhaps with parts of another genuine message.
    pub(super) change: Change,
}

/// Changes a message, perhaps with parts of another genuine one.
type Change = fn(&mut Wire, &Wire, &mut Rng);

const fn harmful(change: Change) -> Kind {
    Kind { is_harmless: false, change }
}

const fn harmless(change: Change) -> Kind {
    Kind { is_harmless: true, change }
}

/// Returns the changes of a request.
pub(super) fn of_requests() -> Vec<Kind> {
    let own = [
        harmful(|wire, _, rng| wire.method = text(rng, &wire.method)),
        harmful(|wire, _, rng| {
            wire.method = one_of(rng, &["GET", "PUT", "post", "Post", "OPTIONS", "POST "]).into();
        }),
        harmful(|wire, _, rng| wire.target = text(rng, &wire.target)),
        harmful(|wire, _, rng| wire.target = percent_form(rng, &wire.target)),
        harmful(|wire, _, rng| {
            wire.target.push_str(one_of(rng, &["?", "?a=1", "&b", "#part", "/", "//", "/.", ";v=1", "%20"]));
        }),
        harmful(|wire, _, rng| {
            let (path, query) = wire.target.split_once('?').unwrap_or((&wire.target, ""));
            wire.target = one_of(
                rng,
                &[path, &format!("{path}?{query}&{query}"), &format!("/.{path}"), path.trim_start_matches('/')],
            )
            .to_owned();
        }),
        harmful(|wire, other, _| wire.target.clone_from(&other.target)),
        harmless(|wire, _, rng| {
            let host = one_of(rng, &["http://wallet.example", "https://wallet.example:8443"]);
            if wire.target.starts_with('/') {
                wire.target.insert_str(0, host);
            }
        }),
    ];
    [&own, COMMON].concat()
}

/// Returns the changes of a response.
pub(super) fn of_answers() -> Vec<Kind> {
    let own = [harmful(|wire, _, rng| {
        wire.status = one_of(rng, &[100, 201, 202, 204, 206, 301, 302, 307, 400, 401, 413, 429, 500, 503, 999]);
    })];
    [&own, COMMON].concat()
}

/// Returns the changes of both.
const COMMON: &[Kind] = &[
    // Headers.
    harmful(|wire, _, rng| {
        if let Some((_, value)) = any(rng, &mut wire.headers) {
            *value = text(rng, value);
        }
    }),
    harmful(|wire, _, rng| {
        if let Some((name, _)) = any(rng, &mut wire.headers) {
            *name = text(rng, name);
        }
    }),
    harmful(|wire, _, rng| drop(wire.headers.remove(rng.usize(..wire.headers.len())))),
    harmful(|wire, _, rng| {
        let again = wire.headers[rng.usize(..wire.headers.len())].clone();
        wire.headers.insert(rng.usize(..=wire.headers.len()), again);
    }),
    harmful(|wire, other, rng| {
        let another = other.headers[rng.usize(..other.headers.len())].clone();
        wire.headers.insert(rng.usize(..=wire.headers.len()), another);
    }),
    harmful(|wire, _, rng| {
        if let Some((_, value)) = any(rng, &mut wire.headers) {
            let twice = format!("{value}, {value}");
            *value = one_of(rng, &[format!(" {value}"), format!("{value} "), twice, value.replace(' ', "")]);
        }
    }),
    harmful(|wire, _, rng| {
        if let Some(client_id) = wire.header(CLIENT_ID) {
            *client_id = one_of(rng, &[client_id.to_lowercase(), format!("{client_id}."), String::new()]);
        }
    }),
    harmful(|wire, _, rng| {
        if let Some(time) = wire.time() {
            let now = one_of(rng, &["2025-02-20T08:51:49+00:00", "2025-02-20t08:51:49Z", "2025-02-20 08:51:49Z"]);
            *time = one_of(rng, &[now.to_owned(), time.replace('Z', "+00:00"), time.replace('Z', ".0Z")]);
        }
    }),
    harmful(|wire, _, rng| {
        if let Some(signature) = wire.header(SIGNATURE) {
            *signature = key_version(rng, signature);
        }
    }),
    // The parts: the point between them is not escaped.
    harmful(moved),
    harmful(|wire, other, rng| match rng.u8(..4) {
        0 => wire.body.clone_from(&other.body),
        part => {
            // Signature, Client-Id and time, in the order in which a genuine message has them.
            let at = usize::from(part - 1);
            if let Some(header) = wire.headers.get_mut(at) {
                header.clone_from(&other.headers[at]);
            }
        }
    }),
    // The body.
    harmful(|wire, _, rng| wire.body = bytes(rng, &wire.body)),
    harmful(|wire, _, rng| {
        let at = one_of(rng, &[0, wire.body.len()]);
        let white_space = one_of(rng, &[" ", "\n", "\r\n", "\t", "\0", "\u{feff}"]);
        drop(wire.body.splice(at..at, white_space.bytes()));
    }),
    harmful(|wire, _, _| {
        wire.body.retain(|byte| !byte.is_ascii_whitespace());
    }),
    harmful(|wire, _, rng| {
        if let Some((at, letter)) = any_letter(rng, &wire.body) {
            drop(wire.body.splice(at..=at, format!("\\u{letter:04x}").into_bytes()));
        }
    }),
    // What is not signed.
    harmful(|wire, _, rng| {
        let value =
            one_of(rng, &["text/html", "application/json; charset=GBK", "*/*", "gzip", "identity", "7", "chunked"]);
        let name = one_of(rng, &["content-type", "accept", "content-encoding", "content-length", "transfer-encoding"]);
        wire.headers.push((name.to_owned(), value.to_owned()));
    }),
    harmless(|wire, _, rng| {
        let name = one_of(rng, &["x-forwarded-for", "tracer-id", "signature-input", "client_id", "date", "trailer"]);
        wire.headers.insert(
            rng.usize(..=wire.headers.len()),
            (name.to_owned(), text(rng, "any").replace(char::is_control, "")),
        );
    }),
    harmless(|wire, _, rng| {
        rng.shuffle(&mut wire.headers);
        wire.headers.iter_mut().for_each(|(name, _)| name.make_ascii_uppercase());
    }),
    harmless(|wire, _, rng| {
        if let Some(signature) = wire.header(SIGNATURE) {
            *signature = written_otherwise(rng, signature);
        }
    }),
];

fn any<'a, T>(rng: &mut Rng, all: &'a mut [T]) -> Option<&'a mut T> {
    let at = rng.usize(..all.len().max(1));
    all.get_mut(at)
}

fn any_letter(rng: &mut Rng, body: &[u8]) -> Option<(usize, u8)> {
    let letters: Vec<_> = body.iter().copied().enumerate().filter(|(_, byte)| byte.is_ascii_alphabetic()).collect();
    letters.get(rng.usize(..letters.len().max(1))).copied()
}

/// Percent-encodes one character, which many treat as equal.
fn percent_form(rng: &mut Rng, target: &str) -> String {
    let at = rng.usize(..=target.len());
    match (target.get(..at), target.as_bytes().get(at), target.get(at + 1..)) {
        (Some(before), Some(byte), Some(after)) => format!("{before}%{byte:02x}{after}"),
        _ => target.to_owned(),
    }
}

/// Names another key version, or none: then all keys of the client are tried.
fn key_version(rng: &mut Rng, signature: &str) -> String {
    let other =
        one_of(rng, &["", "keyVersion=1, ", "keyVersion=2, ", "keyVersion=3, ", "keyVersion=01, ", "keyVersion=-1, "]);
    signature.replace("keyVersion=1, ", other).replace("keyVersion=2, ", other)
}

/// Moves text across a point: from the Client-Id to the time, from the time to the body, or back.
fn moved(wire: &mut Wire, _: &Wire, rng: &mut Rng) {
    let Some(client_id) = wire.header(CLIENT_ID).cloned() else { return };
    let Some(time) = wire.time().cloned() else { return };
    let Ok(body) = str::from_utf8(&wire.body) else { return };
    let all = format!("{client_id}.{time}.{body}");
    let mut points: Vec<usize> = all.match_indices('.').map(|(at, _)| at).collect();
    rng.shuffle(&mut points);
    let (first, second) = (points[0].min(points[1]), points[0].max(points[1]));
    wire.header(CLIENT_ID).into_iter().for_each(|it| all[..first].clone_into(it));
    wire.time().into_iter().for_each(|it| all[first + 1..second].clone_into(it));
    wire.body = all.as_bytes()[second + 1..].to_vec();
}

/// Writes the same signature in another accepted format.
fn written_otherwise(rng: &mut Rng, signature: &str) -> String {
    let raw = signature.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    match rng.u8(..7) {
        0 => raw,
        1 => raw.replace('+', "-").replace('/', "_"),
        2 => signature.replace("%3D", ""),
        3 => signature.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d"),
        4 => signature.replace("algorithm=RSA256, ", ""),
        5 => signature.replace("algorithm=RSA256", "Algorithm=rsa256").replace(", ", " ,\t"),
        _ => signature.rsplit(", ").collect::<Vec<_>>().join(","),
    }
}
