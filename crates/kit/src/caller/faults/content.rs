//! Bodies that are no message.

use crate::caller::answer::{Answer, chunk};
use crate::caller::bomb::bomb;
use crate::caller::fault::{Fault, PAID_OR_UNKNOWN, UNKNOWN};
use crate::caller::step::Step;
use crate::source;

const PAGE: &str = "<html><body><h1>Service</h1>S SUCCESS</body></html>";

pub(super) const FAULTS: &[Fault] = &[
    Fault::must("content/html-200", source::HTTP, "A proxy's page with status 200.", UNKNOWN, |_| {
        Answer::new("200 OK", PAGE).and("content-type", "text/html").play()
    }),
    Fault::must("content/empty-200", source::HTTP, "Nothing, with status 200.", UNKNOWN, |_| {
        Answer::new("200 OK", "").play()
    }),
    Fault::must("content/not-json-signed", source::BODIES, "A signed body that is no JSON.", UNKNOWN, |scene| {
        scene.sealed(&scene.seal(), "paid").play()
    }),
    Fault::must(
        "content/name-twice-signed",
        source::BODIES,
        "A signed body with two statuses for the payment.",
        UNKNOWN,
        |scene| {
            let text = scene.paid().to_string();
            let twice = text.replace(r#""paymentResult":{"#, r#""paymentResult":{"resultStatus":"F","#);
            scene.sealed(&scene.seal(), twice).play()
        },
    ),
    Fault::should("content/not-utf-8-signed", source::HTTP, "A signed body that is no UTF-8.", UNKNOWN, |scene| {
        let mut body = scene.paid().to_string().into_bytes();
        body.splice(1..1, *b"\"x\":\"\xff\",");
        scene.sealed(&scene.seal(), body).play()
    }),
    Fault::should("content/deep-signed", source::ROBUST, "A signed body of 100,000 nested lists.", UNKNOWN, |scene| {
        scene.sealed(&scene.seal(), format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))).play()
    }),
    Fault::should(
        "content/other-media-type-signed",
        source::ACCEPTS,
        "A paid payment as text/html.",
        PAID_OR_UNKNOWN,
        |scene| scene.answer(&scene.paid()).set("content-type", "text/html").play(),
    ),
    Fault::should(
        "content/encoding-unasked",
        source::SIGNATURE,
        "A paid payment that claims to be compressed.",
        PAID_OR_UNKNOWN,
        |scene| scene.answer(&scene.paid()).and("content-encoding", "gzip").play(),
    ),
    Fault::must(
        "content/gzip-bomb",
        source::ROBUST,
        "A paid payment in some hundred KiB, compressed, which are 256 MiB with its blanks.",
        UNKNOWN,
        |scene| {
            let bomb = bomb(scene.paid().to_string().as_bytes()).unwrap_or_default();
            scene.sealed(&scene.seal(), bomb).and("content-encoding", "gzip").play()
        },
    ),
    Fault::must("content/endless-body", source::ROBUST, "A body that never ends.", UNKNOWN, |scene| {
        let head = scene.answer(&scene.paid()).chunked_head();
        vec![Step::Send(head), Step::Repeat(chunk(&[b' '; 0x4000])), Step::Close]
    }),
];
