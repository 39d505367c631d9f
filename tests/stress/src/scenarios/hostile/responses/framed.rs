//! Faults below the message: connections, heads, lengths, chunks.

use std::time::Duration;

use alipayplus_client::TransportErrorKind::{Receive, Send, Timeout};

use super::super::bomb::bomb;
use super::super::ending::Ending::{ContentEncoding, Mismatch, Status, TooLarge, Transport, Truth};
use super::super::step::{Step, cut, say};
use super::fault::Fault;

/// Longer than a genuine body, so that the receiver sees the pause too.
const BEAT: Duration = Duration::from_millis(20);

pub(super) const FAULTS: &[Fault] = &[
    Fault { name: "hangs before the head", does: |_, _| Ok(vec![Step::Hang]), must_cause: Transport(Timeout) },
    Fault {
        name: "hangs within the head",
        does: |scene, rng| Ok(vec![cut(&scene.answer.head(), rng), Step::Hang]),
        must_cause: Transport(Timeout),
    },
    Fault {
        name: "hangs after the head",
        does: |scene, _| Ok(vec![say(scene.answer.head()), Step::Hang]),
        must_cause: Transport(Timeout),
    },
    Fault {
        name: "hangs within the body",
        does: |scene, rng| Ok(vec![say(scene.answer.head()), cut(&scene.answer.body, rng), Step::Hang]),
        must_cause: Transport(Timeout),
    },
    Fault {
        name: "byte by byte, too slowly",
        does: |scene, _| Ok(vec![Step::Slowly(scene.answer.bytes(), BEAT), Step::Hang]),
        must_cause: Transport(Timeout),
    },
    Fault {
        name: "byte by byte, in time",
        does: |scene, _| Ok(vec![Step::Slowly(scene.answer.bytes(), Duration::ZERO)]),
        must_cause: Truth,
    },
    Fault { name: "closes without a word", does: |_, _| Ok(vec![]), must_cause: Transport(Send) },
    Fault {
        name: "cut within the head",
        does: |scene, rng| Ok(vec![cut(&scene.answer.head(), rng)]),
        must_cause: Transport(Send),
    },
    Fault {
        name: "cut within the body",
        does: |scene, rng| Ok(vec![say(scene.answer.head()), cut(&scene.answer.body, rng)]),
        must_cause: Transport(Receive),
    },
    Fault { name: "reset before the head", does: |_, _| Ok(vec![Step::Reset]), must_cause: Transport(Send) },
    Fault {
        name: "reset within the body",
        does: |scene, rng| {
            let steps = [say(scene.answer.head()), cut(&scene.answer.body, rng), Step::Pause(BEAT), Step::Reset];
            Ok(steps.into())
        },
        must_cause: Transport(Receive),
    },
    Fault {
        name: "length too great",
        does: |scene, rng| {
            let length = scene.answer.body.len() + rng.usize(1..1000);
            Ok(vec![say(scene.answer.clone().set("content-length", length.to_string()).bytes())])
        },
        must_cause: Transport(Receive),
    },
    Fault {
        name: "length too small",
        does: |scene, rng| {
            let length = scene.answer.body.len() - rng.usize(1..100);
            Ok(vec![say(scene.answer.clone().set("content-length", length.to_string()).bytes())])
        },
        must_cause: Mismatch,
    },
    Fault {
        name: "length over the limit",
        does: |scene, rng| {
            let length = 262_145 + rng.u64(..1_u64 << 40);
            Ok(vec![say(scene.answer.clone().set("content-length", length.to_string()).bytes()), Step::Hang])
        },
        must_cause: TooLarge,
    },
    Fault {
        name: "length that is no number",
        does: |scene, rng| {
            let length = ["-1", "0x10", "1e2", "ten", "+9", "1 1", "18446744073709551616"];
            Ok(vec![say(scene.answer.clone().set("content-length", length[rng.usize(..length.len())]).bytes())])
        },
        must_cause: Transport(Send),
    },
    Fault {
        name: "two lengths that differ",
        does: |scene, rng| {
            let length = scene.answer.body.len() - rng.usize(1..100);
            Ok(vec![say(scene.answer.clone().and("content-length", length.to_string()).bytes())])
        },
        must_cause: Transport(Send),
    },
    Fault {
        name: "chunks, genuine",
        does: |scene, rng| {
            let (left, right) = scene.answer.body.split_at(rng.usize(1..scene.answer.body.len()));
            let chunks = [chunk(left), chunk(right), chunk(b"")].concat();
            Ok(vec![say(scene.answer.chunked_head()), say(chunks)])
        },
        must_cause: Truth,
    },
    Fault {
        name: "chunked garbage",
        does: |scene, rng| {
            let garbage = ["zz\r\n", "-1\r\n", "\r\n\r\n", "fffffffffffffffff\r\n", "5 5\r\nhello\r\n"];
            Ok(vec![say(scene.answer.chunked_head()), say(garbage[rng.usize(..garbage.len())])])
        },
        must_cause: Transport(Receive),
    },
    Fault {
        name: "chunks without an end",
        does: |scene, _| Ok(vec![say(scene.answer.chunked_head()), say(chunk(&scene.answer.body))]),
        must_cause: Transport(Receive),
    },
    Fault {
        name: "gzip bomb",
        does: |scene, _| Ok(vec![say(scene.answer.clone().set("content-encoding", "gzip").body(bomb()).bytes())]),
        must_cause: ContentEncoding,
    },
    Fault {
        name: "gzip bomb that does not say so",
        does: |scene, _| Ok(vec![say(scene.answer.clone().body(bomb()).bytes())]),
        must_cause: Mismatch,
    },
    Fault {
        name: "endless body in chunks",
        does: |scene, _| Ok(vec![say(scene.answer.chunked_head()), Step::Endless(chunk(&[b' '; 0x4000]))]),
        must_cause: TooLarge,
    },
    Fault {
        name: "endless body without a length",
        does: |scene, _| {
            let head = scene.answer.clone().without("content-length").head();
            Ok(vec![say(head), Step::Endless(vec![b' '; 0x4000])])
        },
        must_cause: TooLarge,
    },
    Fault {
        name: "endless headers",
        does: |scene, rng| {
            let name = rng.lowercase();
            let header = format!("x-{name}: {name}\r\n").into_bytes();
            Ok(vec![say(format!("{}\r\n", scene.answer.first)), Step::Endless(header)])
        },
        must_cause: Transport(Send),
    },
    Fault {
        name: "one endless header",
        does: |scene, _| Ok(vec![say(format!("{}\r\nx: ", scene.answer.first)), Step::Endless(vec![b'x'; 0x4000])]),
        must_cause: Transport(Send),
    },
    Fault {
        name: "100 Continue first",
        does: |scene, _| Ok(vec![say("HTTP/1.1 100 Continue\r\n\r\n"), say(scene.answer.bytes())]),
        must_cause: Truth,
    },
    Fault {
        name: "103 Early Hints with a signature of its own",
        does: |scene, _| {
            let hints = scene.answer.clone().begin("HTTP/1.1 103 Early Hints").without("content-length");
            Ok(vec![say(hints.head()), say(scene.answer.bytes())])
        },
        must_cause: Truth,
    },
    Fault {
        name: "100 Continue without an end",
        does: |_, _| Ok(vec![Step::Endless(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec())]),
        must_cause: Transport(Timeout),
    },
    Fault {
        name: "redirect",
        does: |scene, _| {
            let to = format!("http://{}/", scene.question.get("host").unwrap_or_default());
            let first = "HTTP/1.1 307 Temporary Redirect";
            Ok(vec![say(scene.answer.clone().begin(first).and("location", to).bytes())])
        },
        must_cause: Status(307),
    },
    Fault {
        name: "204",
        does: |scene, _| Ok(vec![say(scene.answer.clone().begin("HTTP/1.1 204 No Content").bytes())]),
        must_cause: Status(204),
    },
    Fault {
        name: "408",
        does: |scene, _| Ok(vec![say(scene.answer.clone().begin("HTTP/1.1 408 Request Timeout").body("").bytes())]),
        must_cause: Status(408),
    },
    Fault {
        name: "429, and much later",
        does: |scene, _| {
            let busy = scene.answer.clone().begin("HTTP/1.1 429 Too Many Requests").and("retry-after", "86400");
            Ok(vec![say(busy.body("").bytes())])
        },
        must_cause: Status(429),
    },
    Fault {
        name: "500 with a valid signed body",
        does: |scene, _| Ok(vec![say(scene.answer.clone().begin("HTTP/1.1 500 Internal Server Error").bytes())]),
        must_cause: Status(500),
    },
    Fault {
        name: "101 Switching Protocols",
        does: |scene, _| {
            let first = "HTTP/1.1 101 Switching Protocols";
            Ok(vec![say(scene.answer.clone().begin(first).set("connection", "upgrade").and("upgrade", "x").bytes())])
        },
        must_cause: Status(101),
    },
    Fault { name: "HTTP/0.9", does: |scene, _| Ok(vec![say(scene.answer.body.clone())]), must_cause: Transport(Send) },
    Fault {
        name: "HTTP/1.0",
        does: |scene, _| Ok(vec![say(scene.answer.clone().begin("HTTP/1.0 200 OK").bytes())]),
        must_cause: Truth,
    },
    Fault {
        name: "another protocol",
        does: |_, rng| {
            let greetings =
                ["SSH-2.0-x\r\n", "\x15\x03\x01\0\x02\x02\x46", "HTTP/2.0 200 OK\r\n\r\n", "220 mail\r\n\r\n"];
            Ok(vec![say(greetings[rng.usize(..greetings.len())])])
        },
        must_cause: Transport(Send),
    },
    Fault {
        name: "a status that is none",
        does: |scene, rng| {
            let first = ["HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 -20 OK", "HTTP/1.1", "HTTP/1.1 2x0 OK"];
            Ok(vec![say(scene.answer.clone().begin(first[rng.usize(..first.len())]).bytes())])
        },
        must_cause: Transport(Send),
    },
    Fault {
        name: "a header with a NUL",
        does: |scene, _| Ok(vec![say(scene.answer.clone().and("tracer-id", "a\0b").bytes())]),
        must_cause: Transport(Send),
    },
    Fault {
        name: "an answer too many",
        does: |scene, _| {
            let kept = scene.answer.clone().set("connection", "keep-alive").bytes();
            Ok(vec![say([kept.clone(), kept].concat()), Step::Hang])
        },
        must_cause: Truth,
    },
];

/// Returns a chunk; the last one if it is empty.
fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}
