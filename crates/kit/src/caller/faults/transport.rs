//! Connections that break.

use std::time::Duration;

use serde_json::json;

use crate::caller::fault::{Door, Fault, PAID, PAID_OR_UNKNOWN, UNKNOWN};
use crate::caller::outcome::Outcome;
use crate::caller::scene::{Scene, result};
use crate::caller::step::Step;
use crate::source;

const BEAT: Duration = Duration::from_millis(20);
const SECOND: Duration = Duration::from_secs(1);

pub(super) const FAULTS: &[Fault] = &[
    Fault::must("transport/refused", source::HTTP, "Nothing listens at the address.", UNKNOWN, |_| Vec::new())
        .door(Door::Closed),
    Fault::must(
        "transport/closed-without-a-word",
        source::HTTP,
        "The connection is closed instead of an answer.",
        UNKNOWN,
        |_| vec![Step::Close],
    ),
    Fault::must(
        "transport/reset-in-the-body",
        source::HTTP,
        "The connection is reset in the middle of the body.",
        UNKNOWN,
        |scene| {
            let (bytes, end) = paid(scene);
            vec![Step::Send(bytes[..end - 20].to_vec()), Step::Pause(BEAT), Step::Reset]
        },
    ),
    Fault::must(
        "transport/head-cut",
        source::HTTP,
        "The connection is closed in the middle of the head.",
        UNKNOWN,
        |scene| {
            let (bytes, _) = paid(scene);
            vec![Step::Send(bytes[..60].to_vec()), Step::Close]
        },
    ),
    Fault::must(
        "transport/body-cut",
        source::HTTP,
        "The connection is closed in the body: what arrived reads as paid.",
        UNKNOWN,
        |scene| {
            let mut answer = scene.answer(&scene.paid());
            let length = answer.body.len() + 7;
            answer = answer.set("content-length", length.to_string());
            vec![Step::Send(answer.bytes()), Step::Close]
        },
    ),
    Fault::must("transport/silence", source::HTTP, "No answer comes.", UNKNOWN, |_| vec![Step::Hang]),
    Fault::should("transport/drip", source::HTTP, "One byte a second.", UNKNOWN, |scene| {
        vec![Step::Drip(paid(scene).0, SECOND)]
    }),
    Fault::must("transport/length-too-small", source::HTTP, "Content-Length cuts the body.", UNKNOWN, |scene| {
        let answer = scene.answer(&scene.paid());
        let length = answer.body.len() - 9;
        vec![Step::Send(answer.set("content-length", length.to_string()).bytes()), Step::Close]
    }),
    Fault::must("transport/two-lengths", source::HTTP, "Two lengths that differ.", UNKNOWN, |scene| {
        let answer = scene.answer(&scene.paid());
        let length = answer.body.len();
        let answer = answer.and("content-length", (length - 9).to_string()).and("content-length", length.to_string());
        vec![Step::Send(answer.bytes()), Step::Close]
    }),
    Fault::must(
        "transport/answer-too-many",
        source::HTTP,
        "In progress, and a second answer that says paid: it must not become the next request's.",
        &[Outcome::InProgress, Outcome::Unknown],
        |scene| {
            let open = scene.answer(&json!({
                "result": result("S", "SUCCESS"),
                "paymentResult": result("U", "PAYMENT_IN_PROCESS"),
            }));
            let stray = scene.answer(&scene.paid());
            if scene.asked == 0 { vec![Step::Send([open.bytes(), stray.bytes()].concat())] } else { open.play() }
        },
    ),
    Fault::should("transport/early-hints", source::HTTP, "100 and 103 come before a paid payment.", PAID, |scene| {
        let mut bytes = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".to_vec();
        bytes.extend(paid(scene).0);
        vec![Step::Send(bytes)]
    }),
    Fault::should(
        "transport/idle-connection-dropped",
        source::HTTP,
        "Trouble, then the kept connection is dropped; a fresh one gets a paid payment.",
        PAID_OR_UNKNOWN,
        |scene| {
            if scene.asked > 0 {
                return scene.answer(&scene.paid()).play();
            }
            let trouble = json!({ "result": result("U", "UNKNOWN_EXCEPTION") });
            let mut steps = scene.answer(&trouble).play();
            steps.push(Step::Close);
            steps
        },
    )
    .again(),
];

/// Returns a paid payment on the wire, and its length.
fn paid(scene: &Scene<'_>) -> (Vec<u8>, usize) {
    let bytes = scene.answer(&scene.paid()).bytes();
    let length = bytes.len();
    (bytes, length)
}
