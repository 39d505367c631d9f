//! Faults below the message: connections, heads, lengths, chunks, pipelining.

use std::time::Duration;

use super::super::step::{Step, cut, say};
use super::fault::{BODY_LIMIT, Fault, Reaction};

/// A few pauses exceed the server's timeout.
const BEAT: Duration = Duration::from_millis(50);

const PAID: Reaction = Reaction::Code("SUCCESS", "Paid");

pub(super) const FAULTS: &[Fault] = &[
    Fault { name: "leaves at once", does: |_, _| Ok(vec![]), must_cause: Reaction::Closed },
    Fault { name: "resets at once", does: |_, _| Ok(vec![Step::Reset]), must_cause: Reaction::Closed },
    Fault {
        name: "byte by byte, in time",
        does: |scene, _| {
            let question = scene.question.clone().and("connection", "close");
            Ok(vec![Step::Slowly(question.bytes(), Duration::ZERO), Step::Hang])
        },
        must_cause: PAID,
    },
    Fault {
        name: "half-closed after the request",
        does: |scene, _| Ok(vec![say(scene.question.bytes()), Step::HalfClose, Step::Hang]),
        must_cause: PAID,
    },
    Fault {
        name: "head too large",
        does: |scene, _| Ok(vec![say(scene.question.clone().and("x", "x".repeat(500_000)).bytes()), Step::Hang]),
        must_cause: Reaction::NoRequest(431),
    },
    Fault {
        name: "headers too many",
        does: |scene, _| {
            let many = (0..200).fold(scene.question.clone(), |question, n| question.and("x", n.to_string()));
            Ok(vec![say(many.bytes()), Step::Hang])
        },
        must_cause: Reaction::NoRequest(431),
    },
    Fault {
        name: "path too long",
        does: |scene, _| {
            let first = format!("POST /{} HTTP/1.1", "x".repeat(200_000));
            Ok(vec![say(scene.question.clone().begin(&first).bytes()), Step::Hang])
        },
        must_cause: Reaction::NoRequest(431),
    },
    Fault {
        name: "body cut, and gone",
        does: |scene, rng| Ok(vec![say(scene.question.head()), cut(&scene.question.body, rng)]),
        must_cause: Reaction::Closed,
    },
    Fault {
        name: "body cut, and reset",
        does: |scene, rng| Ok(vec![say(scene.question.head()), cut(&scene.question.body, rng), Step::Reset]),
        must_cause: Reaction::Closed,
    },
    Fault {
        name: "length too small",
        does: |scene, rng| {
            let length = scene.question.body.len() - rng.usize(1..scene.question.body.len());
            Ok(vec![say(scene.question.clone().set("content-length", length.to_string()).bytes()), Step::Hang])
        },
        must_cause: Reaction::Code("INVALID_SIGNATURE", "signature: the signature does not match"),
    },
    Fault {
        name: "length over the limit",
        does: |scene, rng| {
            let length = BODY_LIMIT as u64 + 1 + rng.u64(..1 << 40);
            Ok(vec![say(scene.question.clone().set("content-length", length.to_string()).bytes()), Step::Hang])
        },
        must_cause: Reaction::Status(413, "size: the body has more than 10000 bytes"),
    },
    Fault {
        name: "length that is no number",
        does: |scene, rng| {
            let length = ["-1", "0x10", "1e2", "ten", "+9", "1 1", "18446744073709551616"];
            let length = length[rng.usize(..length.len())];
            Ok(vec![say(scene.question.clone().set("content-length", length).bytes()), Step::Hang])
        },
        must_cause: Reaction::NoRequest(400),
    },
    Fault {
        name: "two lengths that differ",
        does: |scene, rng| {
            let length = scene.question.body.len() + rng.usize(1..100);
            Ok(vec![say(scene.question.clone().and("content-length", length.to_string()).bytes()), Step::Hang])
        },
        must_cause: Reaction::NoRequest(400),
    },
    Fault {
        name: "a length and chunks",
        does: |scene, _| Ok(vec![say(scene.question.clone().and("transfer-encoding", "chunked").bytes()), Step::Hang]),
        must_cause: Reaction::Status(400, "body: the connection broke"),
    },
    Fault {
        name: "chunks, genuine",
        does: |scene, rng| {
            let (left, right) = scene.question.body.split_at(rng.usize(1..scene.question.body.len()));
            let chunks = [chunk(left), chunk(right), chunk(b"")].concat();
            Ok(vec![say(scene.question.clone().and("connection", "close").chunked_head()), say(chunks), Step::Hang])
        },
        must_cause: PAID,
    },
    Fault {
        name: "chunked garbage",
        does: |scene, rng| {
            let garbage = ["zz\r\n", "-1\r\n", "\r\n\r\n", "fffffffffffffffff\r\n", "5 5\r\nhello\r\n"];
            Ok(vec![say(scene.question.chunked_head()), say(garbage[rng.usize(..garbage.len())]), Step::Hang])
        },
        must_cause: Reaction::Status(400, "body: the connection broke"),
    },
    Fault {
        name: "chunks over the limit",
        does: |scene, _| {
            let chunks = chunk(&[b' '; 1000]).repeat(BODY_LIMIT / 1000 + 1);
            Ok(vec![say(scene.question.chunked_head()), say(chunks), Step::Hang])
        },
        must_cause: Reaction::Status(413, "size: the body has more than 10000 bytes"),
    },
    Fault {
        name: "endless trailers",
        does: |scene, _| {
            let last = [chunk(&scene.question.body), b"0\r\n".to_vec()].concat();
            Ok(vec![say(scene.question.chunked_head()), say(last), Step::Endless(b"x-a: b\r\n".to_vec())])
        },
        must_cause: Reaction::Cut("body: the connection broke"),
    },
    Fault {
        name: "a transfer coding that is none",
        does: |scene, _| {
            let coded = scene.question.clone().without("content-length").and("transfer-encoding", "gzip");
            Ok(vec![say(coded.bytes()), Step::Hang])
        },
        must_cause: Reaction::NoRequest(400),
    },
    Fault {
        name: "two requests at once",
        does: |scene, _| {
            let last = scene.question.clone().and("connection", "close");
            Ok(vec![say([scene.question.bytes(), last.bytes()].concat()), Step::Hang])
        },
        must_cause: PAID,
    },
    Fault {
        name: "a request and garbage",
        does: |scene, _| Ok(vec![say([scene.question.bytes(), b"\0\x01\x02\r\n\r\n".to_vec()].concat()), Step::Hang]),
        must_cause: PAID,
    },
    Fault {
        name: "waits for 100 Continue",
        does: |scene, _| {
            let head = scene.question.clone().and("expect", "100-continue").and("connection", "close").head();
            Ok(vec![say(head), Step::Pause(BEAT), say(scene.question.body.clone()), Step::Hang])
        },
        must_cause: PAID,
    },
    Fault {
        name: "the whole URL in the first line",
        does: |scene, _| {
            let first = scene.question.first.replace("POST ", "POST http://elsewhere.example");
            Ok(vec![say(scene.question.clone().begin(&first).and("connection", "close").bytes()), Step::Hang])
        },
        must_cause: PAID,
    },
    Fault {
        name: "HTTP/0.9",
        does: |_, _| Ok(vec![say("GET /aps/api/v1/payments/inquiryPayment\r\n\r\n"), Step::Hang]),
        must_cause: Reaction::NoRequest(400),
    },
    Fault {
        name: "HTTP/1.0",
        does: |scene, _| {
            let first = scene.question.first.replace("1.1", "1.0");
            Ok(vec![say(scene.question.clone().begin(&first).and("connection", "close").bytes()), Step::Hang])
        },
        must_cause: PAID,
    },
    Fault {
        name: "another protocol",
        does: |_, rng| {
            let greetings = ["\x16\x03\x01\x02\0\x01\0\x01\x7f\x03\x03", "SSH-2.0-x\r\n\r\n", "\0\0\0\0\r\n\r\n"];
            Ok(vec![say(greetings[rng.usize(..greetings.len())]), Step::Hang])
        },
        must_cause: Reaction::NoRequest(400),
    },
    Fault {
        name: "HTTP/2 without asking",
        does: |_, _| Ok(vec![say("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Step::Hang]),
        must_cause: Reaction::Closed,
    },
    Fault {
        name: "a header with a NUL",
        does: |scene, _| Ok(vec![say(scene.question.clone().and("tracer-id", "a\0b").bytes()), Step::Hang]),
        must_cause: Reaction::NoRequest(400),
    },
];

/// Returns a chunk; the last one if it is empty.
fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}
