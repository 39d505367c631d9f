//! What the examination costs, and that it names nothing for good messages.

use alipayplus_signing::diagnose::{Cause, Doctor, Message};
use alipayplus_signing::{Signer as _, SigningInput};

use crate::diagnose::{Wire, header, sign, wire};
use crate::support::{CLIENT_ID, now, private_key, public_key};

fn doctor() -> Doctor {
    Doctor::new().peer_key(Some(CLIENT_ID), 1, public_key("k1"))
}

/// A generator of numbers that needs no crate and gives the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.below(texts.len())]
    }
}

#[test]
fn good_messages_name_nothing() {
    const ODD: &[&str] = &[
        "None",
        "null",
        "undefined",
        "%s",
        "{id}",
        "<a>",
        " ",
        "  ",
        "\"",
        "\\n",
        "\n",
        "\r\n",
        "é",
        "\u{feff}",
        "%2F",
        "+",
        "signature=",
        ".",
        "..",
        "2025-02-20T08:51:49Z",
        "a",
        "0",
        "\u{1f600}",
        "\\u00e9",
        "&",
        ";",
        "=",
        "/",
        "\t",
    ];
    const TIMES: &[&str] =
        &["2025-02-20T08:51:49Z", "2025-02-20T08:51:49.09Z", "2025-02-20T16:51:49+08:00", "1740041509000"];
    const URIS: &[&str] =
        &["/", "/a%2Fb", "/a//b/", "/sandbox/a?x=null&y=%s", "/None", "/aps/api/v1/payments/inquiryPayment"];
    let mut numbers = Numbers(1);
    let doctor = doctor();
    let key = private_key("k1");
    for _ in 0..10_000 {
        let body: String = (0..numbers.below(40)).map(|_| numbers.of(ODD)).collect();
        let (uri, time) = (numbers.of(URIS), numbers.of(TIMES));
        let input = SigningInput { method: "POST", uri, client_id: CLIENT_ID, time, body: body.as_bytes() };
        let header = header(now(key.sign(&input.digest())).unwrap());
        let diagnosis = doctor.diagnose(&Message::request(input, [&header]), &[]);
        assert!(diagnosis.is_right() && diagnosis.notes.is_empty(), "{diagnosis} for {input:?} with {body:?}");
    }
}

#[test]
fn no_more_is_hashed_than_the_bound() {
    for body in
        ["x".repeat(1024 * 1024), format!("{{\"a\":\"{}\"}}", "é".repeat(500_000)), "[".repeat(10_000), String::new()]
    {
        let wire = Wire { body: body.into_bytes(), ..wire() };
        let header = header(sign("k1", b"another text"));
        let message = Message::request(wire.input(), [&header]);
        let diagnosis = doctor().diagnose(&message, &[]);
        assert!(diagnosis.has(Cause::ContentNotFound), "{diagnosis}");
        assert!(diagnosis.hashed_bytes <= Doctor::DEFAULT_HASH_LIMIT, "{}", diagnosis.hashed_bytes);
        // Long bodies are cut, short ones are searched to the end.
        assert_eq!(diagnosis.is_cut, !wire.body.is_empty(), "{} for {}", diagnosis.hashed_bytes, wire.body.len());

        let diagnosis = doctor().hash_limit(100_000).diagnose(&message, &[]);
        assert!(diagnosis.hashed_bytes <= 100_000 && diagnosis.is_cut, "{}", diagnosis.hashed_bytes);
    }
}

#[test]
fn no_more_keys_are_tried_than_the_bound() {
    // The right key is the 16th, and then the 17th.
    for (others, is_found) in [(15, true), (16, false)] {
        let doctor =
            (0..others).fold(Doctor::new(), |doctor, version| doctor.peer_key(None, 100 + version, public_key("k2")));
        let doctor = doctor.peer_key(None, 1, public_key("k1"));
        let wire = wire();
        let signature = sign("k1", &wire.input().to_bytes());
        let header = alipayplus_signing::SignatureHeader::new(None, signature).to_string();
        let diagnosis = doctor.diagnose(&Message::request(wire.input(), [&header]), &[]);
        assert_eq!(diagnosis.signed.is_some(), is_found, "{diagnosis}");
    }
}

#[test]
fn a_header_of_any_length_is_read() {
    let wire = wire();
    for header in ["A".repeat(64 * 1024), "=,".repeat(32 * 1024), "%25".repeat(20_000), "signature=".repeat(9_000)] {
        let diagnosis = doctor().diagnose(&Message::request(wire.input(), [&header]), &[]);
        assert!(diagnosis.has(Cause::HeaderTooLong), "{diagnosis}");
    }
}

#[test]
fn any_text_is_examined() {
    const PIECES: &[&str] = &[
        "signature=",
        "keyVersion=",
        "algorithm=",
        ",",
        "=",
        "%",
        "%2",
        "%zz",
        "é",
        "\u{1f600}",
        "\"",
        "'",
        "\\u",
        "\\ud83d",
        "{",
        "}",
        "[",
        ":",
        ".",
        "/",
        "?",
        "2025-02-20T08:51:49",
        ".1",
        "Z",
        "+08:00",
        "17",
        "A",
        "\u{feff}",
        "\n",
        "\r\n",
        " ",
    ];
    let mut numbers = Numbers(2);
    let signature = sign("k1", b"another text");
    for round in 0..500 {
        let mut text = |most: usize| (0..numbers.below(most)).map(|_| numbers.of(PIECES)).collect::<String>();
        let (uri, client, time, body) = (text(6), text(4), text(4), text(20));
        let wire = Wire { method: text(3), uri, client, time, body: body.into_bytes() };
        let header = if round % 4 == 0 { header(signature.clone()) } else { text(20) };
        let doctor = doctor().hash_limit(200_000).peer_key(None, 2, public_key("k1"));
        let diagnosis = doctor.diagnose(&Message::request(wire.input(), [&header]), &[]);
        assert!(!diagnosis.is_right(), "{header}");
        assert_eq!(diagnosis.contents.expected(), wire.input().to_bytes());
        let _ = (diagnosis.contents.expected_text(false), diagnosis.contents.difference(false), diagnosis.to_string());
    }
}
