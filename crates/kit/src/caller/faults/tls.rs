//! Servers that can't prove who they are.

use crate::caller::fault::{Certificate, Door, Fault, UNKNOWN};
use crate::source;

pub(super) const FAULTS: &[Fault] = &[
    Fault::must(
        "tls/unknown-issuer",
        source::HTTP,
        "A certificate by an authority that the caller was not given.",
        UNKNOWN,
        |scene| scene.answer(&scene.paid()).play(),
    )
    .door(Door::Certificate(Certificate::UnknownIssuer)),
    Fault::must("tls/other-name", source::HTTP, "A certificate for another name.", UNKNOWN, |scene| {
        scene.answer(&scene.paid()).play()
    })
    .door(Door::Certificate(Certificate::OtherName)),
    Fault::must("tls/expired", source::HTTP, "A certificate that has expired.", UNKNOWN, |scene| {
        scene.answer(&scene.paid()).play()
    })
    .door(Door::Certificate(Certificate::Expired)),
    Fault::should("tls/plain-answer", source::HTTP, "An HTTP answer where TLS is spoken.", UNKNOWN, |scene| {
        scene.answer(&scene.paid()).play()
    })
    .door(Door::Certificate(Certificate::None)),
];
