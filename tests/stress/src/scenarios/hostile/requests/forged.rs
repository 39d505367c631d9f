//! Faults in the message: paths, media types, Client-Ids, signatures, keys, times, bodies.

use super::super::message::{Message, Scene};
use super::super::step::{Step, say};
use super::fault::{Fault, Reaction};
use crate::failure::Failure;
use crate::test_bed::{CLIENT_ID, VERSION};

/// The window of freshness, in seconds in each direction.
const WINDOW: i64 = 300;
const DAY: i64 = 86_400;
/// More than a socket buffers, so that a server that does not read it to its end resets the connection.
const LARGE: usize = 4 << 20;

const MISMATCH: Reaction = Reaction::Code("INVALID_SIGNATURE", "signature: the signature does not match the key");

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "another path",
        does: |scene, _| sent(scene.question.clone().begin("POST /aps/api/v1/payments HTTP/1.1")),
        must_cause: Reaction::Code("NO_INTERFACE_DEF", "path: nothing at "),
    },
    Fault {
        name: "a query that was not signed",
        does: |scene, _| sent(scene.question.clone().begin(&scene.question.first.replace(" HTTP", "?a=b HTTP"))),
        must_cause: MISMATCH,
    },
    Fault {
        name: "another method",
        does: |scene, rng| {
            let method = ["PUT", "GET", "DELETE", "post", "PRIX"][rng.usize(..5)];
            sent(scene.question.clone().begin(&scene.question.first.replace("POST", method)))
        },
        must_cause: Reaction::Code("METHOD_NOT_SUPPORTED", "method: "),
    },
    Fault {
        name: "another media type",
        does: |scene, rng| {
            let types = ["text/html", "application/json; charset=latin1", "application/xml", "json", "\u{e9}"];
            sent(scene.question.clone().set("content-type", types[rng.usize(..types.len())]))
        },
        must_cause: Reaction::Code("MEDIA_TYPE_NOT_ACCEPTABLE", "media type: Content-Type"),
    },
    Fault {
        name: "takes no JSON",
        does: |scene, rng| {
            let accept = ["application/json;q=0, */*", "application/*;q=0", "text/html, */*;q=0"][rng.usize(..3)];
            sent(scene.question.clone().set("accept", accept))
        },
        must_cause: Reaction::Code("MEDIA_TYPE_NOT_ACCEPTABLE", "media type: Accept"),
    },
    Fault {
        name: "takes what the official SDKs take",
        does: |scene, _| sent(scene.question.clone().set("accept", "text/plain,text/xml,text/javascript,text/html")),
        must_cause: Reaction::Code("SUCCESS", "Paid"),
    },
    Fault {
        name: "a large body to another path",
        does: |scene, _| large(scene.question.clone().begin("POST /aps/api/v1/payments HTTP/1.1")),
        must_cause: Reaction::Code("NO_INTERFACE_DEF", "path: nothing at "),
    },
    Fault {
        name: "a large body of another media type",
        does: |scene, _| large(scene.question.clone().set("content-type", "text/html")),
        must_cause: Reaction::Code("MEDIA_TYPE_NOT_ACCEPTABLE", "media type: Content-Type"),
    },
    Fault {
        name: "a large body, over the limit",
        does: |scene, _| large(scene.question.clone()),
        must_cause: Reaction::Status(413, "size: the body has more than 10000 bytes"),
    },
    Fault {
        name: "the media type twice",
        does: |scene, _| sent(scene.question.clone().doubled("content-type")),
        must_cause: Reaction::Code("SUCCESS", "Paid"),
    },
    Fault {
        name: "two media types",
        does: |scene, _| sent(scene.question.clone().and("content-type", "text/html")),
        must_cause: Reaction::Code("MEDIA_TYPE_NOT_ACCEPTABLE", "media type: Content-Type"),
    },
    Fault {
        name: "a health probe",
        does: |_, _| Ok(vec![say("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"), Step::Hang]),
        must_cause: Reaction::NotFound("NO_INTERFACE_DEF", "path: nothing at "),
    },
    Fault {
        name: "a tunnel",
        does: |_, _| Ok(vec![say("CONNECT x:443 HTTP/1.1\r\nhost: x:443\r\nconnection: close\r\n\r\n"), Step::Hang]),
        must_cause: Reaction::Status(405, "method: "),
    },
    Fault {
        name: "no Client-Id",
        does: |scene, _| sent(scene.question.clone().without("client-id")),
        must_cause: Reaction::Code("INVALID_CLIENT", "client: Client-Id is missing"),
    },
    Fault {
        name: "two Client-Ids",
        does: |scene, _| sent(scene.question.clone().doubled("client-id")),
        must_cause: Reaction::Code("INVALID_CLIENT", "client: Client-Id is there more than once"),
    },
    Fault {
        name: "a Client-Id that holds a time",
        does: |scene, _| {
            let client_id = format!("{CLIENT_ID}.{}.{{}}", scene.time(0));
            signed(scene, scene.question.clone().set("client-id", client_id))
        },
        must_cause: Reaction::Code("INVALID_CLIENT", "client: Client-Id has a `.` followed by a time"),
    },
    Fault {
        name: "an unknown Client-Id",
        does: |scene, _| signed(scene, scene.question.clone().set("client-id", "SANDBOX_5X00000000000001")),
        must_cause: Reaction::Code("INVALID_CLIENT", "client: not known"),
    },
    Fault {
        name: "the Client-Id in small letters",
        does: |scene, _| signed(scene, scene.question.clone().set("client-id", CLIENT_ID.to_lowercase())),
        must_cause: Reaction::Code("INVALID_CLIENT", "client: not known"),
    },
    Fault {
        name: "no signature",
        does: |scene, _| sent(scene.question.clone().without("signature")),
        must_cause: Reaction::Code("INVALID_SIGNATURE", "signature: there is no Signature header"),
    },
    Fault {
        name: "two signatures",
        does: |scene, _| sent(scene.question.clone().doubled("signature")),
        must_cause: Reaction::Code("INVALID_SIGNATURE", "signature: there is more than one"),
    },
    Fault {
        name: "a signature that is no list of pairs",
        does: |scene, _| sent(scene.question.clone().set("signature", "RSA256 AAAA")),
        must_cause: Reaction::Code("INVALID_SIGNATURE", "signature: the Signature header"),
    },
    Fault {
        name: "a signature that is too short",
        does: |scene, _| {
            sent(scene.question.clone().set("signature", "algorithm=RSA256, keyVersion=1, signature=AAAA"))
        },
        must_cause: Reaction::Code("INVALID_SIGNATURE", "signature: the signature has 3 bytes"),
    },
    Fault {
        name: "another algorithm",
        does: |scene, _| {
            let signature = scene.question.get("signature").unwrap_or_default().replace("RSA256", "none");
            sent(scene.question.clone().set("signature", signature))
        },
        must_cause: Reaction::Code("INVALID_SIGNATURE", "signature: the Signature header names an algorithm"),
    },
    Fault {
        name: "no time",
        does: |scene, _| sent(scene.question.clone().without("request-time")),
        must_cause: Reaction::Code("INVALID_SIGNATURE", "signature: Request-Time is missing"),
    },
    Fault {
        name: "two times",
        does: |scene, _| sent(scene.question.clone().doubled("request-time")),
        must_cause: Reaction::Code("INVALID_SIGNATURE", "signature: Request-Time is there more than once"),
    },
    Fault {
        name: "an unknown key version",
        does: |scene, _| sent(Scene::question_of(scene.question.clone(), &scene.bed.client_key, 2)?),
        must_cause: Reaction::Code("KEY_NOT_FOUND", "key: this client has no key of version 2"),
    },
    Fault {
        name: "no key version",
        does: |scene, _| {
            let signature = scene.question.get("signature").unwrap_or_default().replace("keyVersion=1, ", "");
            sent(scene.question.clone().set("signature", signature))
        },
        must_cause: Reaction::Code("SUCCESS", "Paid"),
    },
    Fault {
        name: "a good signature from another key",
        does: |scene, _| sent(Scene::question_of(scene.question.clone(), &scene.bed.untrusted_key, VERSION)?),
        must_cause: MISMATCH,
    },
    Fault {
        name: "a good signature from the server's own key",
        does: |scene, _| sent(Scene::question_of(scene.question.clone(), &scene.bed.server_key, VERSION)?),
        must_cause: MISMATCH,
    },
    Fault {
        name: "the answer sent back as a request",
        does: |scene, _| {
            let [signature, time] = ["signature", "response-time"].map(|name| scene.answer.get(name));
            let question = scene.question.clone().set("signature", signature.unwrap_or_default());
            sent(question.set("request-time", time.unwrap_or_default()).body(scene.answer.body.clone()))
        },
        must_cause: MISMATCH,
    },
    Fault {
        name: "a body that was changed",
        does: |scene, _| {
            let body = String::from_utf8(scene.question.body.clone())?.replace("paid-7", "paid-8");
            sent(scene.question.clone().body(body))
        },
        must_cause: MISMATCH,
    },
    Fault {
        name: "text moved from the body into the time",
        does: |scene, _| {
            // The signed bytes are equal: a point separates time and body.
            let time = format!("{}.{{", scene.time(0));
            let moved = scene.question.clone().body(format!(".{}", String::from_utf8(scene.question.body.clone())?));
            let moved = Scene::question_of(moved, &scene.bed.client_key, VERSION)?;
            sent(moved.set("request-time", time).body(scene.question.body[1..].to_vec()))
        },
        must_cause: Reaction::Code("INVALID_SIGNATURE", "signature: the time can't be read"),
    },
    Fault {
        name: "yesterday's request",
        does: |scene, _| signed(scene, scene.question.clone().set("request-time", scene.time(-DAY))),
        must_cause: Reaction::Code("INVALID_SIGNATURE", "signature: stale by 86400 s"),
    },
    Fault {
        name: "the client's clock just too far behind",
        does: |scene, _| signed(scene, scene.question.clone().set("request-time", scene.time(-WINDOW - 1))),
        must_cause: Reaction::Code("INVALID_SIGNATURE", "signature: stale by 301 s"),
    },
    Fault {
        name: "the client's clock just too far ahead",
        does: |scene, _| signed(scene, scene.question.clone().set("request-time", scene.time(WINDOW + 1))),
        must_cause: Reaction::Code("INVALID_SIGNATURE", "signature: 301 s in the future"),
    },
    Fault {
        name: "the client's clock ahead as far as it may be",
        does: |scene, _| signed(scene, scene.question.clone().set("request-time", scene.time(WINDOW))),
        must_cause: Reaction::Code("SUCCESS", "Paid"),
    },
    Fault {
        name: "the same request twice, one after the other",
        does: |scene, _| {
            let pause = Step::Pause(std::time::Duration::from_millis(50));
            let again = scene.question.clone().and("connection", "close").bytes();
            Ok(vec![say(scene.question.bytes()), pause, say(again), Step::Hang])
        },
        must_cause: Reaction::Code("SUCCESS", "Paid"),
    },
    Fault {
        name: "signed, and not JSON",
        does: |scene, _| signed(scene, scene.question.clone().body("paid?")),
        must_cause: Reaction::Code("PARAM_ILLEGAL", "body: "),
    },
    Fault {
        name: "signed, and empty",
        does: |scene, _| signed(scene, scene.question.clone().body("")),
        must_cause: Reaction::Code("PARAM_ILLEGAL", "body: "),
    },
    Fault {
        name: "signed, and nested beyond measure",
        does: |scene, rng| {
            let depth = rng.usize(33..4000);
            signed(scene, scene.question.clone().body(["[".repeat(depth), "]".repeat(depth)].concat()))
        },
        must_cause: Reaction::Code("PARAM_ILLEGAL", "body: "),
    },
    Fault {
        name: "signed, and a member twice",
        does: |scene, _| {
            let body = String::from_utf8(scene.question.body.clone())?;
            signed(scene, scene.question.clone().body(format!(r#"{{"pspId":"x",{}"#, &body[1..])))
        },
        must_cause: Reaction::Code("PARAM_ILLEGAL", "body: "),
    },
    Fault {
        name: "signed, and an unknown member with a number beyond all numbers",
        does: |scene, _| {
            let body = String::from_utf8(scene.question.body.clone())?;
            signed(scene, scene.question.clone().body(format!(r#"{{"ext":1e400,{}"#, &body[1..])))
        },
        must_cause: Reaction::Code("SUCCESS", "Paid"),
    },
    Fault {
        name: "signed, and a member too long",
        does: |scene, _| {
            let body = String::from_utf8(scene.question.body.clone())?.replace("paid-7", &"7".repeat(65));
            signed(scene, scene.question.clone().body(body))
        },
        must_cause: Reaction::Code("PARAM_ILLEGAL", "body: "),
    },
];

/// Sends a large body, and reads nothing before its end.
#[expect(clippy::unnecessary_wraps, reason = "what most faults end with")]
fn large(question: Message) -> Result<Vec<Step>, Failure> {
    Ok(vec![Step::Deaf(question.body(vec![b'x'; LARGE]).and("connection", "close").bytes()), Step::Hang])
}

#[expect(clippy::unnecessary_wraps, reason = "what most faults end with")]
fn sent(question: Message) -> Result<Vec<Step>, Failure> {
    Ok(vec![say(question.and("connection", "close").bytes()), Step::Hang])
}

/// Signs the changed request with the client's own key.
fn signed(scene: &Scene, question: Message) -> Result<Vec<Step>, Failure> {
    sent(Scene::question_of(question, &scene.bed.client_key, VERSION)?)
}
