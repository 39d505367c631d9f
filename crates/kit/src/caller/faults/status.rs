//! Answers of another status than 200, whose body is not read.

use std::time::Duration;

use crate::caller::answer::Answer;
use crate::caller::fault::{Fault, PAID_OR_UNKNOWN, UNKNOWN};
use crate::caller::scene::Scene;
use crate::caller::step::Step;
use crate::source;

pub(super) const FAULTS: &[Fault] = &[
    Fault::must(
        "status/500-with-a-paid-body",
        source::HTTP,
        "A signed, paid answer with status 500.",
        UNKNOWN,
        |scene| scene.answer(&scene.paid()).status("500 Internal Server Error").play(),
    ),
    Fault::must("status/204", source::HTTP, "Status 204.", UNKNOWN, |_| {
        vec![Step::Send(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec())]
    }),
    Fault::must("status/401", source::HTTP, "Status 401, without a message.", UNKNOWN, |_| page("401 Unauthorized")),
    Fault::must("status/403", source::HTTP, "Status 403, without a message.", UNKNOWN, |_| page("403 Forbidden")),
    Fault::must("status/404", source::HTTP, "Status 404, without a message.", UNKNOWN, |_| page("404 Not Found")),
    Fault::should("status/408", source::HTTP, "Status 408 once, then a paid payment.", PAID_OR_UNKNOWN, |scene| {
        once(scene, "408 Request Timeout")
    })
    .again(),
    Fault::should("status/429", source::HTTP, "Status 429 once, then a paid payment.", PAID_OR_UNKNOWN, |scene| {
        once(scene, "429 Too Many Requests")
    })
    .again(),
    Fault::should("status/503", source::HTTP, "Status 503 once, then a paid payment.", PAID_OR_UNKNOWN, |scene| {
        once(scene, "503 Service Unavailable")
    })
    .again(),
    Fault::should(
        "status/502-html",
        source::HTTP,
        "A proxy's 502 once, then a paid payment.",
        PAID_OR_UNKNOWN,
        |scene| once(scene, "502 Bad Gateway"),
    )
    .again(),
    Fault::should(
        "status/retry-after",
        source::HTTP,
        "Status 503 with Retry-After: 2, then a paid payment: not asked sooner.",
        PAID_OR_UNKNOWN,
        |scene| {
            if scene.asked > 0 {
                return scene.answer(&scene.paid()).play();
            }
            Answer::new("503 Service Unavailable", "").and("retry-after", "2").play()
        },
    )
    .not_sooner(Duration::from_secs(2)),
    Fault::must(
        "status/redirect",
        source::HTTP,
        "Status 307 to another address, where no request may arrive.",
        UNKNOWN,
        |scene| {
            let location = format!("{}{}", scene.elsewhere, scene.request.uri);
            scene.answer(&scene.paid()).status("307 Temporary Redirect").and("location", location).play()
        },
    ),
];

fn page(status: &'static str) -> Vec<Step> {
    Answer::new(status, "<html></html>").and("content-type", "text/html").play()
}

fn once(scene: &Scene<'_>, status: &'static str) -> Vec<Step> {
    if scene.asked == 0 { page(status) } else { scene.answer(&scene.paid()).play() }
}
