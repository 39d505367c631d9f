//! Faults in the message: signatures, keys, times, responses to other requests, keys and clocks that change in flight.

use std::time::Duration;

use alipayplus_server::PrivateKey;
use futures_util::FutureExt as _;

use super::super::ending::Ending::{
    BeforeRequest, ClientId, Contradiction, DoubledSignature, Future, MediaType, Mismatch, Read, Refused,
    SignatureLength, Stale, Trouble, Truth, Unexpected, UnknownVersion, UnreadableSignature, UnreadableTime, Unsigned,
};
use super::super::message::{Message, Scene};
use super::super::step::{Step, say};
use super::fault::Fault;
use crate::failure::Failure;
use crate::test_bed::{CLIENT_ID, VERSION};

/// The window of freshness, in seconds in each direction.
const WINDOW: i64 = 300;
/// How far a response may be before its request.
const SKEW: i64 = 30;
const DAY: i64 = 86_400;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "two signatures",
        does: |scene, _| sent(&scene.answer.clone().doubled("signature")),
        must_cause: DoubledSignature,
    },
    Fault {
        name: "two Client-Ids",
        does: |scene, _| sent(&scene.answer.clone().doubled("client-id")),
        must_cause: ClientId,
    },
    Fault {
        name: "two times",
        does: |scene, _| sent(&scene.answer.clone().doubled("response-time")),
        must_cause: UnreadableTime,
    },
    Fault {
        name: "no signature",
        does: |scene, _| sent(&scene.answer.clone().without("signature")),
        must_cause: Unsigned(false),
    },
    Fault {
        name: "no signature, and a refusal",
        does: |scene, _| {
            let body = r#"{"result":{"resultStatus":"F","resultCode":"ORDER_NOT_EXIST","resultMessage":"x"}}"#;
            sent(&scene.answer.clone().without("signature").body(body))
        },
        must_cause: Unsigned(false),
    },
    Fault {
        name: "no signature, and trouble",
        does: |scene, _| {
            let body = r#"{"result":{"resultStatus":"U","resultCode":"UNKNOWN_EXCEPTION","resultMessage":"x"}}"#;
            sent(&scene.answer.clone().without("signature").body(body))
        },
        must_cause: Unsigned(true),
    },
    Fault {
        name: "a signature that is no list of pairs",
        does: |scene, _| sent(&scene.answer.clone().set("signature", "RSA256 AAAA")),
        must_cause: UnreadableSignature,
    },
    Fault {
        name: "a signature that is too short",
        does: |scene, _| sent(&scene.answer.clone().set("signature", "algorithm=RSA256, keyVersion=1, signature=AAAA")),
        must_cause: SignatureLength,
    },
    Fault {
        name: "a body that was changed",
        does: |scene, _| {
            let body = String::from_utf8(scene.answer.body.clone())?.replace(r#""8""#, r#""9""#);
            sent(&scene.answer.clone().body(body))
        },
        must_cause: Mismatch,
    },
    Fault {
        name: "another way to write the time",
        does: |scene, _| {
            let time = scene.time(0).replace('Z', "+00:00");
            sent(&scene.answer.clone().set("response-time", time))
        },
        must_cause: Mismatch,
    },
    Fault {
        name: "a good signature from another key",
        does: |scene, _| sent(&scene.answer_of(scene.answer.clone(), &scene.bed.untrusted_key, VERSION)?),
        must_cause: Mismatch,
    },
    Fault {
        name: "a good signature from the caller's own key",
        does: |scene, _| sent(&scene.answer_of(scene.answer.clone(), &scene.bed.client_key, VERSION)?),
        must_cause: Mismatch,
    },
    Fault {
        name: "the request's own signature",
        does: |scene, _| {
            let signature = scene.question.get("signature").unwrap_or_default();
            sent(&scene.answer.clone().set("signature", signature))
        },
        must_cause: Mismatch,
    },
    Fault {
        name: "the request sent back as its answer",
        does: |scene, _| {
            let [signature, time] = ["signature", "request-time"].map(|name| scene.question.get(name));
            let answer = scene.answer.clone().set("signature", signature.unwrap_or_default());
            sent(&answer.set("response-time", time.unwrap_or_default()).body(scene.question.body.clone()))
        },
        must_cause: Mismatch,
    },
    Fault {
        name: "a key version that is not trusted",
        does: |scene, _| sent(&scene.answer_of(scene.answer.clone(), &scene.bed.server_key, 2)?),
        must_cause: UnknownVersion,
    },
    Fault {
        name: "signed for another path",
        does: |scene, _| {
            let elsewhere = scene.question.clone().begin("POST /other HTTP/1.1");
            sent(&scene.answer.clone().signed(&elsewhere, "response-time", &scene.bed.server_key, VERSION)?)
        },
        must_cause: Mismatch,
    },
    Fault {
        name: "signed for another client",
        does: |scene, _| signed(scene, scene.answer.clone().set("client-id", "SANDBOX_5X00000000000001")),
        must_cause: ClientId,
    },
    Fault {
        name: "the Client-Id in small letters",
        does: |scene, _| signed(scene, scene.answer.clone().set("client-id", CLIENT_ID.to_lowercase())),
        must_cause: ClientId,
    },
    Fault {
        name: "yesterday's answer",
        does: |scene, _| signed(scene, scene.answer.clone().set("response-time", scene.time(-DAY))),
        must_cause: Stale,
    },
    Fault {
        name: "the server's clock just too far behind",
        does: |scene, _| signed(scene, scene.answer.clone().set("response-time", scene.time(-WINDOW - 1))),
        must_cause: Stale,
    },
    Fault {
        name: "the server's clock just too far ahead",
        does: |scene, _| signed(scene, scene.answer.clone().set("response-time", scene.time(WINDOW + 1))),
        must_cause: Future,
    },
    Fault {
        name: "the server's clock behind as far as it may be",
        does: |scene, _| signed(scene, scene.answer.clone().set("response-time", scene.time(-SKEW))),
        must_cause: Truth,
    },
    Fault {
        name: "the server's clock behind by more than the skew, within the window",
        does: |scene, _| signed(scene, scene.answer.clone().set("response-time", scene.time(-SKEW - 1))),
        must_cause: BeforeRequest,
    },
    Fault {
        name: "the caller's clock moves ahead in mid-flight",
        does: |scene, _| {
            scene.bed.clock.advance(Duration::from_secs(301));
            sent(&scene.answer.clone())
        },
        must_cause: Stale,
    },
    Fault {
        name: "the caller's clock moves back in mid-flight",
        does: |scene, _| {
            let now = scene.bed.clock.now();
            scene.bed.clock.set(now - Duration::from_secs(301));
            signed(scene, scene.answer.clone().set("response-time", scene.time(0)))
        },
        must_cause: BeforeRequest,
    },
    Fault {
        name: "another payment's answer, fresh and well signed",
        does: |scene, rng| {
            let body = String::from_utf8(scene.question.body.clone())?;
            let other = body.replace("paid-7", &format!("paid-{}", rng.u32(8..1_000_000)));
            let question = Scene::question_of(scene.question.clone().body(other), &scene.bed.client_key, VERSION)?;
            // The real server's own response, which is immediate.
            let answer = question.answered_by(&scene.server).now_or_never().ok_or("the server waits")??;
            sent(&answer)
        },
        must_cause: Unexpected,
    },
    Fault {
        name: "signed, and not JSON",
        does: |scene, _| signed(scene, scene.answer.clone().body("paid")),
        must_cause: Read,
    },
    Fault {
        name: "signed, and a member twice",
        does: |scene, _| {
            let body = String::from_utf8(scene.answer.body.clone())?;
            signed(scene, scene.answer.clone().body(format!(r#"{{"paymentId":"x",{}"#, &body[1..])))
        },
        must_cause: Read,
    },
    Fault {
        name: "signed trouble, beside a payment that is paid",
        does: |scene, _| result(scene, "U", "UNKNOWN_EXCEPTION", PAID),
        must_cause: Trouble,
    },
    Fault {
        name: "signed trouble, beside an ID that is empty",
        does: |scene, _| result(scene, "U", "UNKNOWN_EXCEPTION", r#","paymentId":"""#),
        must_cause: Trouble,
    },
    Fault {
        name: "signed trouble without a code",
        does: |scene, _| signed(scene, scene.answer.clone().body(r#"{"result":{"resultStatus":"U"}}"#)),
        must_cause: Trouble,
    },
    Fault {
        name: "a signed refusal, beside an ID that is empty",
        does: |scene, _| result(scene, "F", "PROCESS_FAIL", r#","paymentId":"""#),
        must_cause: Refused,
    },
    Fault {
        name: "a payment that does not exist, and is paid",
        does: |scene, _| result(scene, "F", "ORDER_NOT_EXIST", PAID),
        must_cause: Contradiction,
    },
    Fault {
        name: "a message out of bounds",
        does: |scene, rng| {
            let (begin, much) = (r#""resultMessage":""#, "x".repeat(rng.usize(257..5000)));
            let body = String::from_utf8(scene.answer.body.clone())?.replacen(begin, &format!("{begin}{much}"), 1);
            signed(scene, scene.answer.clone().body(body))
        },
        must_cause: Truth,
    },
    Fault {
        name: "signed, and of another media type",
        does: |scene, _| signed(scene, scene.answer.clone().set("content-type", "text/html")),
        must_cause: MediaType,
    },
    Fault {
        name: "a new key in mid-flight that is not trusted yet",
        does: |scene, _| {
            let key = rotated(scene);
            sent(&scene.answer_of(scene.answer.clone(), key, 2)?)
        },
        must_cause: UnknownVersion,
    },
    Fault {
        name: "a new key in mid-flight that is trusted in time",
        does: |scene, _| {
            let key = rotated(scene);
            scene.bed.trusted.insert(2, key.public_key());
            sent(&scene.answer_of(scene.answer.clone(), key, 2)?)
        },
        must_cause: Truth,
    },
    Fault {
        name: "trust withdrawn in mid-flight",
        does: |scene, _| {
            scene.bed.trusted.insert(2, scene.bed.untrusted_key.public_key());
            scene.bed.trusted.remove(VERSION);
            sent(&scene.answer.clone())
        },
        must_cause: UnknownVersion,
    },
];

/// A successful payment, without its other members.
const PAID: &str = r#","paymentResult":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"x"}"#;

/// Signs a response with this result, and these members behind it.
fn result(scene: &Scene, status: &str, code: &str, members: &str) -> Result<Vec<Step>, Failure> {
    let result = format!(r#""resultStatus":"{status}","resultCode":"{code}","resultMessage":"x""#);
    signed(scene, scene.answer.clone().body(format!(r#"{{"result":{{{result}}}{members}}}"#)))
}

#[expect(clippy::unnecessary_wraps, reason = "what most faults end with")]
fn sent(answer: &Message) -> Result<Vec<Step>, Failure> {
    Ok(vec![say(answer.bytes())])
}

/// Signs the changed response with the server's own key.
fn signed(scene: &Scene, answer: Message) -> Result<Vec<Step>, Failure> {
    sent(&scene.answer_of(answer, &scene.bed.server_key, VERSION)?)
}

/// Replaces the server's key.
fn rotated(scene: &Scene) -> &PrivateKey {
    scene.bed.server_signer.replace(2, scene.bed.untrusted_key.clone());
    &scene.bed.untrusted_key
}
