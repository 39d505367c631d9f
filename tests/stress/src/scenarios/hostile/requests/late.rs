//! Faults that take time: the server's timeouts must end them.

use std::time::Duration;

use super::super::step::{Step, cut, say};
use super::fault::{Fault, Reaction};

/// A few pauses exceed the server's timeout.
const BEAT: Duration = Duration::from_millis(60);
const LATE: Reaction = Reaction::Status(408, "body: not complete after");

pub(super) const FAULTS: &[Fault] = &[
    Fault { name: "says nothing", does: |_, _| Ok(vec![Step::Hang]), must_cause: Reaction::Closed },
    Fault {
        name: "head cut, and silence",
        does: |scene, rng| Ok(vec![cut(&scene.question.head(), rng), Step::Hang]),
        must_cause: Reaction::Closed,
    },
    Fault {
        name: "head byte by byte, too slowly",
        does: |scene, _| Ok(vec![Step::Slowly(scene.question.head(), BEAT), Step::Hang]),
        must_cause: Reaction::Closed,
    },
    Fault {
        name: "length too great, and silence",
        does: |scene, rng| {
            let length = scene.question.body.len() + rng.usize(1..1000);
            Ok(vec![say(scene.question.clone().set("content-length", length.to_string()).bytes()), Step::Hang])
        },
        must_cause: LATE,
    },
    Fault {
        name: "body cut, and silence",
        does: |scene, rng| Ok(vec![say(scene.question.head()), cut(&scene.question.body, rng), Step::Hang]),
        must_cause: LATE,
    },
    Fault {
        name: "body byte by byte, too slowly",
        does: |scene, _| {
            Ok(vec![say(scene.question.head()), Step::Slowly(scene.question.body.clone(), BEAT), Step::Hang])
        },
        must_cause: LATE,
    },
    Fault {
        name: "a request and half of another",
        does: |scene, rng| Ok(vec![say(scene.question.bytes()), cut(&scene.question.head(), rng), Step::Hang]),
        must_cause: Reaction::Code("SUCCESS", "Paid"),
    },
    Fault {
        name: "asks, and keeps the connection",
        does: |scene, _| Ok(vec![say(scene.question.head()), say(scene.question.body.clone()), Step::Hang]),
        must_cause: Reaction::Code("SUCCESS", "Paid"),
    },
];
