//! Times that show an answer to be of another moment.

use crate::caller::fault::{Fault, UNKNOWN};
use crate::caller::scene::{Scene, Seal};
use crate::caller::step::Step;
use crate::source;

const DAY: i64 = 86_400;

pub(super) const FAULTS: &[Fault] = &[
    Fault::must("time/none", source::TIME, "The answer has no time.", UNKNOWN, |scene| {
        scene.answer(&scene.paid()).without("response-time").play()
    }),
    Fault::must("time/unreadable", source::TIME, "The time is no time, and signed.", UNKNOWN, |scene| {
        at(scene, "now".to_owned())
    }),
    Fault::must("time/yesterdays-answer", source::TIME, "A genuine answer of yesterday.", UNKNOWN, |scene| {
        at(scene, scene.time(-DAY))
    }),
    Fault::should("time/one-day-ahead", source::TIME, "The time is tomorrow.", UNKNOWN, |scene| {
        at(scene, scene.time(DAY))
    }),
    Fault::should(
        "time/before-the-request",
        source::TIME,
        "The time is two minutes before the request.",
        UNKNOWN,
        |scene| at(scene, scene.time(-120)),
    ),
];

fn at(scene: &Scene<'_>, time: String) -> Vec<Step> {
    scene.sealed(&Seal { time, ..scene.seal() }, scene.paid().to_string()).play()
}
