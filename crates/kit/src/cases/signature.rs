//! Signatures to accept and to refuse.

use crate::case::Check::{Accepted, Asks, Refused};
use crate::case::{Case, each_reply};
use crate::finding::Finding;
use crate::finding::Level::{Info, Must, Should};
use crate::key::Scheme;
use crate::probe::{Encoding, Mangle, Probe, SIGNATURE, Time, UTC, Who};
use crate::session::Scope;
use crate::source;

const INVALID: &str = "INVALID_SIGNATURE";

/// Forms to accept.
const GOOD: &[Case] = &[
    Case::new(
        "signature/good",
        Must,
        source::SIGNATURE,
        "an honest inquiry, signed as the official SDKs do",
        "a percent-encoded signature in padded base64 is verified",
        Accepted(|scope| vec![scope.inquiry()]),
    ),
    Case::new(
        "signature/blanks-after-commas",
        Must,
        source::GRAMMAR,
        "algorithm=RSA256, keyVersion=1, signature=…",
        "a header with blanks after its commas is read",
        Accepted(|scope| vec![scope.inquiry().signature(SIGNATURE)]),
    ),
    Case::new(
        "signature/no-blanks",
        Must,
        source::GRAMMAR,
        "algorithm=RSA256,keyVersion=1,signature=…",
        "a header without blanks is read",
        Accepted(|scope| {
            vec![scope.inquiry().signature("algorithm=RSA256,keyVersion={version},signature={signature}")]
        }),
    ),
    Case::new(
        "signature/header-names-any-case",
        Must,
        source::HEADERS,
        "the names SIGNATURE, client-id and request-time",
        "names of headers are read in any case",
        Accepted(|scope| vec![other_names(scope)]),
    ),
    Case::new(
        "signature/base64url",
        Should,
        source::ENCODING,
        "a signature in URL-safe base64",
        "the URL-safe alphabet is read",
        Accepted(|scope| vec![scope.inquiry().encoding(Encoding::URL_SAFE)]),
    ),
    Case::new(
        "signature/raw-base64",
        Should,
        source::ENCODING,
        "signatures in base64 that is not percent-encoded; some hold a plus",
        "+ and / are read as they are, and + is no blank",
        Accepted(|scope| (0..3).map(|_| scope.inquiry().encoding(Encoding::RAW)).collect()),
    ),
    Case::new(
        "signature/unpadded",
        Should,
        source::ENCODING,
        "a signature in base64 without padding",
        "padding may be left out",
        Accepted(|scope| vec![scope.inquiry().encoding(Encoding::UNPADDED)]),
    ),
    Case::new(
        "signature/lower-case-percent",
        Should,
        source::ENCODING,
        "%2b, %2f and %3d",
        "digits of percent-encoding are read in any case",
        Accepted(|scope| vec![scope.inquiry().encoding(Encoding::LOWER_PERCENT)]),
    ),
    Case::new(
        "signature/pairs-in-other-order",
        Should,
        source::GRAMMAR,
        "signature=…, keyVersion=1, algorithm=RSA256",
        "the pairs are read in any order",
        Accepted(|scope| {
            vec![scope.inquiry().signature("signature={signature}, keyVersion={version}, algorithm=RSA256")]
        }),
    ),
    Case::new(
        "signature/no-algorithm",
        Should,
        source::GRAMMAR,
        "keyVersion=1, signature=…",
        "without an algorithm it is RSA256",
        Accepted(|scope| vec![scope.inquiry().signature("keyVersion={version}, signature={signature}")]),
    ),
    Case::new(
        "signature/algorithm-any-case",
        Should,
        source::GRAMMAR,
        "algorithm=rsa256",
        "the algorithm is read in any case",
        Accepted(|scope| {
            vec![scope.inquiry().signature("algorithm=rsa256, keyVersion={version}, signature={signature}")]
        }),
    ),
    Case::new(
        "signature/no-key-version",
        Should,
        source::GRAMMAR,
        "algorithm=RSA256, signature=…",
        "without a key version the client's keys are tried",
        Accepted(|scope| vec![scope.inquiry().signature("algorithm=RSA256, signature={signature}")]),
    ),
    Case::new(
        "signature/unknown-pair",
        Should,
        source::GRAMMAR,
        "a pair with an unknown key, before the others",
        "unknown pairs are ignored",
        Accepted(|scope| {
            vec![scope.inquiry().signature("later=1, algorithm=RSA256, keyVersion={version}, signature={signature}")]
        }),
    ),
    Case::new(
        "signature/query-signed",
        Info,
        source::SIGNATURE,
        "the path with ?a=b, signed with it",
        "measured: whether a query is verified, or the path is unknown",
        Asks(
            |scope| vec![scope.inquiry().both(|content| content.uri.push_str("?a=b"))],
            |exchanges| each_reply(exchanges, |exchange, _| Finding::pass(exchange.describe())),
        ),
    ),
];

fn other_names(scope: &mut Scope<'_>) -> Probe {
    let mut probe = scope.inquiry();
    for (name, _) in &mut probe.headers {
        let other = if name == "Signature" { name.to_uppercase() } else { name.to_lowercase() };
        *name = other.into();
    }
    probe.unusual()
}

/// Content that differs from what was signed.
const CHANGED: &[Case] = &[
    Case::new(
        "signature/body-changed",
        Must,
        source::SIGNATURE,
        "a letter of the body was changed after it was signed",
        "a changed body is refused",
        Refused(INVALID, |scope| vec![signed_body(scope, |body| replace_last(body, b'"', b"0\""))]),
    ),
    Case::new(
        "signature/body-reserialised",
        Must,
        source::SIGNATURE,
        "a compact body signed with blanks after its commas and colons, and the other way round",
        "the exact bytes are verified, not a body that was serialized again",
        Refused(INVALID, |scope| {
            let compact = scope.secret().sent.body;
            let blanks =
                String::from_utf8_lossy(&compact).replace("\",\"", "\", \"").replace("\":\"", "\": \"").into_bytes();
            let signed_blanks = scope.secret().signed(|content| content.body.clone_from(&blanks));
            vec![
                signed_blanks.label("sent compact"),
                scope.secret().sent(|content| content.body = blanks).label("signed compact"),
            ]
        }),
    ),
    Case::new(
        "signature/body-line-feed",
        Must,
        source::SIGNATURE,
        "a line feed after the body that was not signed",
        "the exact bytes are verified, to the last one",
        Refused(INVALID, |scope| vec![scope.secret().sent(|content| content.body.push(b'\n'))]),
    ),
    Case::new(
        "signature/time-changed",
        Must,
        source::SIGNATURE,
        "a Request-Time that is a second later than the signed one",
        "the signature covers the time",
        Refused(INVALID, |scope| vec![scope.secret().sent(|content| content.time = Time::Now(1, UTC))]),
    ),
    Case::new(
        "signature/time-rewritten",
        Must,
        source::SIGNATURE,
        "the signed moment, written with +00:00 instead of Z",
        "the signature covers the text of the time, not the moment",
        Refused(INVALID, |scope| {
            let other = crate::probe::Form::Iso(0, "+00:00");
            vec![scope.secret().sent(|content| content.time = Time::Now(0, other))]
        }),
    ),
    Case::new(
        "signature/client-changed",
        Must,
        source::SIGNATURE,
        "content that names another Client-Id than the header",
        "the signature covers the Client-Id",
        Refused(INVALID, |scope| vec![scope.secret().signed(|content| content.client_id.push('0'))]),
    ),
    Case::new(
        "signature/path-changed",
        Must,
        source::SIGNATURE,
        "content signed for another path",
        "the signature covers the path",
        Refused(INVALID, |scope| vec![scope.secret().signed(|content| content.uri.push_str("/other"))]),
    ),
    Case::new(
        "signature/method-changed",
        Must,
        source::SIGNATURE,
        "content signed for PUT",
        "the signature covers the method",
        Refused(INVALID, |scope| vec![scope.secret().signed(|content| content.method = "PUT".into())]),
    ),
    Case::new(
        "signature/of-another-request",
        Must,
        source::SIGNATURE,
        "the signature of an inquiry about something else",
        "a signature is good for one request only",
        Refused(INVALID, |scope| {
            let other = scope.inquiry().signed.body;
            vec![scope.secret().signed(|content| content.body = other)]
        }),
    ),
    Case::new(
        "signature/boundary-client-time",
        Must,
        source::BOUNDARY,
        "text moved from the time into the Client-Id under a valid signature",
        "a Client-Id is compared as a whole, and a time is read strictly",
        Refused(INVALID, |scope| vec![client_and_time(scope)]),
    ),
    Case::new(
        "signature/boundary-time-body",
        Must,
        source::BOUNDARY,
        "text moved from the body into the time under a valid signature",
        "a time is read strictly",
        Refused(INVALID, |scope| vec![time_and_body(scope)]),
    ),
];

/// Sends what was asked for, and signs a changed body.
fn signed_body(scope: &mut Scope<'_>, change: impl Fn(&[u8]) -> Vec<u8>) -> Probe {
    let probe = scope.secret();
    let changed = change(&probe.sent.body);
    probe.signed(|content| content.body = changed)
}

fn replace_last(body: &[u8], byte: u8, by: &[u8]) -> Vec<u8> {
    match body.iter().rposition(|&found| found == byte) {
        Some(position) => [&body[..position], by, &body[position + 1..]].concat(),
        None => [body, by].concat(),
    }
}

/// The content is `client.2020-01-01T00:00:00.09Z.body`; all up to `.09Z` is sent as the Client-Id.
fn client_and_time(scope: &mut Scope<'_>) -> Probe {
    let time = Time::Now(0, crate::probe::Form::Iso(0, "")).text(scope.session.now());
    let probe = scope.secret();
    let client_id = format!("{}.{time}", probe.sent.client_id);
    let probe = probe.signed(|content| content.time = Time::Text(format!("{time}.09Z")));
    probe.sent(|content| {
        content.client_id = client_id;
        content.time = Time::Text("09Z".into());
    })
}

/// The content is `client.time.later.body`; `time.later` is sent as the time.
fn time_and_body(scope: &mut Scope<'_>) -> Probe {
    let time = Time::Now(0, UTC).text(scope.session.now());
    let probe = scope.secret();
    let body = [b"later.", probe.sent.body.as_slice()].concat();
    let probe = probe.signed(|content| {
        content.time = Time::Text(time.clone());
        content.body = body;
    });
    probe.sent(|content| content.time = Time::Text(format!("{time}.later")))
}

/// Signatures that are none, or of another kind.
const BAD: &[Case] = &[
    Case::new(
        "signature/none",
        Must,
        source::ANSWERS,
        "no header Signature",
        "an unsigned request is refused",
        Refused(INVALID, |scope| vec![scope.secret().without("Signature")]),
    ),
    Case::new(
        "signature/empty",
        Must,
        source::GRAMMAR,
        "an empty header, and an empty signature in it",
        "an empty signature is refused",
        Refused(INVALID, |scope| {
            let pair = "algorithm=RSA256, keyVersion={version}, signature=";
            vec![scope.secret().signature("").label("empty header"), scope.secret().signature(pair).label("empty pair")]
        }),
    ),
    Case::new(
        "signature/other-key",
        Must,
        source::KEYS,
        "a signature by a key that the target does not know",
        "another key's signature is refused",
        Refused(INVALID, |scope| vec![scope.secret().who(Who::Stranger)]),
    ),
    Case::new(
        "signature/one-bit",
        Must,
        source::SIGNATURE,
        "a signature with its last bit changed",
        "a changed signature is refused",
        Refused(INVALID, |scope| vec![scope.secret().mangle(Mangle::FLIP)]),
    ),
    Case::new(
        "signature/short",
        Must,
        source::SIGNATURE,
        "a signature without its last byte",
        "a signature is as long as the key's modulus",
        Refused(INVALID, |scope| vec![scope.secret().mangle(Mangle::SHORT)]),
    ),
    Case::new(
        "signature/long",
        Must,
        source::SIGNATURE,
        "a good signature with a byte more",
        "a signature is as long as the key's modulus",
        Refused(INVALID, |scope| vec![scope.secret().mangle(Mangle::LONG)]),
    ),
    Case::new(
        "signature/not-base64",
        Must,
        source::ENCODING,
        "a signature with stars in its base64",
        "what is no base64 is refused, not read in part",
        Refused(INVALID, |scope| vec![scope.secret().encoding(Encoding::STARS)]),
    ),
    Case::new(
        "signature/plus-as-blank",
        Should,
        source::ENCODING,
        "a signature with blanks in the place of its plus signs",
        "a blank is no plus",
        Refused(INVALID, |scope| vec![scope.secret().encoding(Encoding::BLANKS)]),
    ),
    Case::new(
        "signature/md5",
        Must,
        source::SIGNATURE,
        "a signature with MD5 under the name RSA256",
        "only SHA-256 is verified",
        Refused(INVALID, |scope| vec![scope.secret().scheme(Scheme::Md5)]),
    ),
    Case::new(
        "signature/sha-1",
        Must,
        source::SIGNATURE,
        "a signature with SHA-1 under the name RSA256",
        "only SHA-256 is verified",
        Refused(INVALID, |scope| vec![scope.secret().scheme(Scheme::Sha1)]),
    ),
    Case::new(
        "signature/sha-512",
        Should,
        source::SIGNATURE,
        "a signature with SHA-512 under the name RSA256",
        "only SHA-256 is verified",
        Refused(INVALID, |scope| vec![scope.secret().scheme(Scheme::Sha512)]),
    ),
    Case::new(
        "signature/pss",
        Should,
        source::SIGNATURE,
        "a signature by PSS",
        "only PKCS#1 v1.5 is verified",
        Refused(INVALID, |scope| vec![scope.secret().scheme(Scheme::Pss)]),
    ),
    Case::new(
        "signature/algorithm-none",
        Must,
        source::GRAMMAR,
        "algorithm=none, with a good signature and with none",
        "no algorithm but RSA256 is accepted",
        Refused(INVALID, |scope| {
            let with = "algorithm=none, keyVersion={version}, signature={signature}";
            let without = "algorithm=none, keyVersion={version}, signature=none";
            vec![
                scope.secret().signature(with).label("with a good signature"),
                scope.secret().signature(without).label("without a signature"),
            ]
        }),
    ),
    Case::new(
        "signature/algorithm-other",
        Should,
        source::GRAMMAR,
        "algorithm=RSA512 and algorithm=ECC224, with a good signature",
        "no algorithm but RSA256 is accepted",
        Refused(INVALID, |scope| {
            let other = |name| format!("algorithm={name}, keyVersion={{version}}, signature={{signature}}");
            ["RSA512", "ECC224"].map(|name| scope.secret().signature(other(name)).label(name)).to_vec()
        }),
    ),
    Case::new(
        "signature/header-twice",
        Should,
        source::GRAMMAR,
        "a good and a bad header Signature, in both orders",
        "a second signature is not ignored",
        Refused(INVALID, |scope| {
            let bad = "algorithm=RSA256, keyVersion={version}, signature=QUJD";
            let last = scope.secret().add("Signature", bad).label("the bad one last");
            vec![last, scope.secret().signature(bad).add("Signature", SIGNATURE).label("the bad one first")]
        }),
    ),
    Case::new(
        "signature/pair-twice",
        Should,
        source::GRAMMAR,
        "a good and a bad signature in one header",
        "a pair that occurs twice is refused",
        Refused(INVALID, |scope| {
            let twice = "algorithm=RSA256, keyVersion={version}, signature=QUJD, signature={signature}";
            vec![scope.secret().signature(twice)]
        }),
    ),
];

/// All of them.
pub(super) const CASES: [&[Case]; 3] = [GOOD, CHANGED, BAD];
