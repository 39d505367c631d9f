//! Signatures that do not hold.

use serde_json::json;

use crate::caller::answer::Answer;
use crate::caller::fault::{Fault, PAID, UNKNOWN};
use crate::caller::scene::{Scene, Seal, result, unsigned};
use crate::caller::step::Step;
use crate::key::{RawKey, Scheme};
use crate::source;

pub(super) const FAULTS: &[Fault] = &[
    Fault::must("signature/none-paid", source::SIGNATURE, "A paid payment without a signature.", UNKNOWN, |scene| {
        paid(scene).without("signature").play()
    }),
    Fault::must(
        "signature/none-not-found",
        source::UNSIGNED,
        "ORDER_NOT_EXIST without a signature.",
        UNKNOWN,
        |scene| plain(scene, "F", "ORDER_NOT_EXIST"),
    ),
    Fault::must(
        "signature/none-refusal",
        source::UNSIGNED,
        "INVALID_SIGNATURE without a signature, as gateways send it.",
        UNKNOWN,
        |scene| plain(scene, "F", "INVALID_SIGNATURE"),
    ),
    Fault::should("signature/none-trouble", source::UNSIGNED, "Trouble without a signature.", UNKNOWN, |scene| {
        plain(scene, "U", "UNKNOWN_EXCEPTION")
    })
    .again(),
    Fault::must(
        "signature/body-changed",
        source::SIGNATURE,
        "A digit of the body was changed after it was signed.",
        UNKNOWN,
        |scene| {
            let answer = scene.answer(&scene.paid_but(&[("/paymentAmount/value", json!("1001"))]));
            let body = scene.paid().to_string();
            answer.body(body).play()
        },
    ),
    Fault::must(
        "signature/time-changed",
        source::SIGNATURE,
        "The time was changed after it was signed.",
        UNKNOWN,
        |scene| paid(scene).set("response-time", scene.time(1)).play(),
    ),
    Fault::must(
        "signature/other-key",
        source::KEYS,
        "Signed with a key that the caller was never given.",
        UNKNOWN,
        |scene| by(scene, &scene.keys.other),
    ),
    Fault::must("signature/callers-own-key", source::KEYS, "Signed with the caller's own key.", UNKNOWN, |scene| {
        by(scene, &scene.keys.caller)
    }),
    Fault::must(
        "signature/echo",
        source::SIGNATURE,
        "The request's own signature and time are sent back.",
        UNKNOWN,
        |scene| {
            let request = scene.request;
            paid(scene)
                .set("signature", request.get("signature"))
                .set("response-time", request.get("request-time"))
                .play()
        },
    ),
    Fault::must(
        "signature/other-path",
        source::SIGNATURE,
        "Signed for another path of the same MPP.",
        UNKNOWN,
        |scene| {
            let seal = Seal { uri: "/aps/api/v1/payments/refund".to_owned(), ..scene.seal() };
            scene.sealed(&seal, scene.paid().to_string()).play()
        },
    ),
    Fault::must(
        "signature/other-client",
        source::SIGNATURE,
        "Signed for another Client-Id, which the answer names.",
        UNKNOWN,
        |scene| {
            let seal = Seal { client_id: "SANDBOX_5X00000000000001".to_owned(), ..scene.seal() };
            scene.sealed(&seal, scene.paid().to_string()).play()
        },
    ),
    Fault::must(
        "signature/unknown-version",
        source::KEYS,
        "Signed with a key version that the caller was not given.",
        UNKNOWN,
        |scene| {
            scene.sealed(&Seal { version: 7, key: &scene.keys.other, ..scene.seal() }, scene.paid().to_string()).play()
        },
    ),
    Fault::must(
        "signature/algorithm-none",
        source::GRAMMAR,
        "The header names no algorithm, and has no signature.",
        UNKNOWN,
        |scene| paid(scene).set("signature", "algorithm=none, keyVersion=1, signature=bm9uZQ%3D%3D").play(),
    ),
    Fault::must(
        "signature/md5",
        source::SIGNATURE,
        "Signed over MD5, while the header says RSA256.",
        UNKNOWN,
        |scene| as_if(scene, Scheme::Md5),
    ),
    Fault::must(
        "signature/sha-1",
        source::SIGNATURE,
        "Signed over SHA-1, while the header says RSA256.",
        UNKNOWN,
        |scene| as_if(scene, Scheme::Sha1),
    ),
    Fault::should(
        "signature/sha-512",
        source::SIGNATURE,
        "Signed over SHA-512, while the header says RSA256.",
        UNKNOWN,
        |scene| as_if(scene, Scheme::Sha512),
    ),
    Fault::should("signature/pss", source::SIGNATURE, "Signed with PSS padding.", UNKNOWN, |scene| {
        as_if(scene, Scheme::Pss)
    }),
    Fault::must("signature/empty", source::GRAMMAR, "The header's signature is empty.", UNKNOWN, |scene| {
        paid(scene).set("signature", "algorithm=RSA256, keyVersion=1, signature=").play()
    }),
    Fault::must("signature/short", source::SIGNATURE, "The signature was cut.", UNKNOWN, |scene| {
        paid(scene).change("signature", |text| text[..text.len() - 40].to_owned()).play()
    }),
    Fault::must("signature/long", source::SIGNATURE, "A byte was added to the signature.", UNKNOWN, |scene| {
        paid(scene).change("signature", |text| format!("{}AA", text.trim_end_matches("%3D"))).play()
    }),
    Fault::should("signature/twice", source::GRAMMAR, "A good and a bad Signature header.", UNKNOWN, |scene| {
        paid(scene).and("signature", "algorithm=RSA256, keyVersion=1, signature=AAAA").play()
    }),
    Fault::should(
        "signature/plus-as-blank",
        source::GRAMMAR,
        "The signature's plus signs became blanks.",
        UNKNOWN,
        |scene| {
            let with_plus = (0..60)
                .map(|n| scene.sealed(&Seal { time: scene.time(-(n % 20)), ..scene.seal() }, scene.paid().to_string()));
            let answer = with_plus.into_iter().find(|answer| answer.get("signature").contains("%2B"));
            answer.unwrap_or_else(|| paid(scene)).change("signature", |text| text.replace("%2B", " ")).play()
        },
    )
    .tolerating(PAID),
    Fault::must(
        "signature/boundary",
        source::BOUNDARY,
        "The beginning of the body was moved into the time, under a valid signature.",
        UNKNOWN,
        |scene| {
            let seal = scene.seal();
            let time = seal.time.clone();
            let moved = scene.sealed(&seal, format!("x.{}", scene.paid()));
            let body = scene.paid().to_string();
            moved.set("response-time", format!("{time}.x")).body(body).play()
        },
    ),
];

fn paid(scene: &Scene<'_>) -> Answer {
    scene.answer(&scene.paid())
}

fn by(scene: &Scene<'_>, key: &RawKey) -> Vec<Step> {
    scene.sealed(&Seal { key, ..scene.seal() }, scene.paid().to_string()).play()
}

/// Signs with the right key in a wrong way.
fn as_if(scene: &Scene<'_>, scheme: Scheme) -> Vec<Step> {
    scene.sealed(&Seal { scheme, ..scene.seal() }, scene.paid().to_string()).play()
}

/// An answer without a signature.
fn plain(scene: &Scene<'_>, status: &str, code: &str) -> Vec<Step> {
    unsigned(&scene.seal(), json!({ "result": result(status, code) }).to_string()).play()
}
