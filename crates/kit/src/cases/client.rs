//! Clients and key versions.

use crate::case::Case;
use crate::case::Check::{Accepted, Refused};
use crate::case::Need::{SecondClient, SecondKey, Subject};
use crate::finding::Level::{Must, Should};
use crate::probe::{Probe, Who};
use crate::session::Scope;
use crate::source;

const INVALID_CLIENT: &str = "INVALID_CLIENT";

pub(super) const CASES: &[Case] = &[
    Case::new(
        "client/unknown",
        Must,
        source::RESULT_CODES,
        "a random Client-Id, signed with it",
        "an unknown client is refused",
        Refused(INVALID_CLIENT, |scope| {
            let id = scope.session.random_id();
            vec![scope.secret().both(|content| content.client_id.clone_from(&id))]
        }),
    ),
    Case::new(
        "client/missing",
        Must,
        source::ANSWERS,
        "no header Client-Id",
        "a request without a client is refused",
        Refused(INVALID_CLIENT, |scope| vec![scope.secret().without("Client-Id")]),
    ),
    Case::new(
        "client/twice",
        Should,
        source::ANSWERS,
        "two headers Client-Id, the second with another ID",
        "a second Client-Id is not ignored",
        Refused(INVALID_CLIENT, |scope| vec![scope.secret().add("Client-Id", "ANOTHER")]),
    ),
    Case::new(
        "client/other-case",
        Should,
        source::BOUNDARY,
        "the Client-Id in the other letter case, signed with it",
        "a Client-Id is compared byte by byte",
        Refused(INVALID_CLIENT, |scope| vec![other_case(scope)]),
    ),
    Case::new(
        "client/key-of-another",
        Must,
        source::KEYS,
        "the second client's key under the first one's Client-Id",
        "a client's key signs for that client only",
        Refused("INVALID_SIGNATURE", |scope| vec![scope.secret().who(Who::SecondClient)]),
    )
    .needs(&[SecondClient]),
    Case::new(
        "key/unknown-version",
        Must,
        source::RESULT_CODES,
        "a good signature that names version 987654321",
        "a key version that the client does not have is refused",
        Refused("KEY_NOT_FOUND", |scope| vec![scope.secret().version("987654321")]),
    ),
    Case::new(
        "key/other-version",
        Must,
        source::KEYS,
        "a signature by the second key that names the first one's version",
        "a signature is verified by the key that it names",
        Refused("INVALID_SIGNATURE", |scope| vec![scope.secret().who(Who::SecondKey)]),
    )
    .needs(&[SecondKey]),
    Case::new(
        "key/odd-version",
        Should,
        source::GRAMMAR,
        "the versions -1, 1.0 and one of 400 digits",
        "what is no version is refused",
        Refused("INVALID_SIGNATURE", |scope| {
            let long = "9".repeat(400);
            let odd = |version: &str| scope.secret().version(version).label(version.get(..4).unwrap_or(version));
            ["-1", "1.0", &long].map(odd).to_vec()
        }),
    ),
    Case::new(
        "key/both-versions-at-once",
        Should,
        source::KEYS,
        "requests under both key versions in turn",
        "both versions of a key are verified during a rotation",
        Accepted(|scope| vec![scope.inquiry(), second(scope), scope.inquiry(), second(scope)]),
    )
    .needs(&[SecondKey]),
    Case::new(
        "key/no-version-old-key",
        Should,
        source::KEYS,
        "requests without a version, by each of the two keys",
        "without a version, each of the client's keys is tried",
        Accepted(|scope| {
            let bare = "algorithm=RSA256, signature={signature}";
            vec![scope.inquiry().signature(bare), second(scope).signature(bare)]
        }),
    )
    .needs(&[SecondKey]),
    Case::new(
        "client/payment-of-another",
        Should,
        source::RESULT_CODES,
        "a payment of the first client, asked for by the second",
        "a client does not learn of another client's payment",
        Refused("ACCESS_DENIED", |scope| vec![as_second_client(scope)]),
    )
    .needs(&[SecondClient, Subject("secret")]),
];

fn other_case(scope: &mut Scope<'_>) -> Probe {
    let swap =
        |char: char| if char.is_ascii_lowercase() { char.to_ascii_uppercase() } else { char.to_ascii_lowercase() };
    scope.secret().both(|content| {
        let swapped: String = content.client_id.chars().map(swap).collect();
        // A Client-Id without letters has no other case.
        content.client_id = if swapped == content.client_id { format!("x{swapped}") } else { swapped };
    })
}

fn second(scope: &mut Scope<'_>) -> Probe {
    let version = scope.session.target.identity(Who::SecondKey).version.clone();
    scope.inquiry().who(Who::SecondKey).version(version)
}

fn as_second_client(scope: &mut Scope<'_>) -> Probe {
    let second = scope.session.target.identity(Who::SecondClient);
    let probe = scope.secret().who(Who::SecondClient).version(second.version.clone());
    probe.both(|content| content.client_id.clone_from(&second.client_id))
}
