//! The parts of a content, and how they are joined.

use crate::signing_input::SigningInput;

/// How the parts are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Template {
    /// As the protocol says.
    Right,
    /// With other separators: after the method, the URI, the Client-Id and the time.
    Separated([&'static str; 4]),
    /// The time before the Client-Id.
    TimeFirst,
    /// Without the Client-Id.
    WithoutClient,
    /// Without the time.
    WithoutTime,
    /// Without method and URI.
    WithoutMethodAndUri,
    /// With an empty method and an empty URI.
    EmptyMethodAndUri,
    /// Without the method.
    WithoutMethod,
    /// Time and body.
    TimeAndBody,
    /// Only the body.
    Body,
}

/// The parts of a candidate.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) method: &'a [u8],
    pub(super) uri: &'a [u8],
    pub(super) client: &'a [u8],
    pub(super) time: &'a [u8],
    pub(super) body: &'a [u8],
    pub(super) template: Template,
}

impl<'a> Parts<'a> {
    pub(super) fn of(input: &SigningInput<'a>) -> Self {
        Self {
            method: input.method.as_bytes(),
            uri: input.uri.as_bytes(),
            client: input.client_id.as_bytes(),
            time: input.time.as_bytes(),
            body: input.body,
            template: Template::Right,
        }
    }

    /// Returns the pieces that are hashed, of which the body is the last; the others are empty if they are not needed.
    pub(super) fn pieces(&self) -> [&'a [u8]; 9] {
        let Self { method, uri, client, time, body, template } = *self;
        let none: &[u8] = b"";
        match template {
            Template::Right => [method, b" ", uri, b"\n", client, b".", time, b".", body],
            Template::Separated([a, b, c, d]) => {
                let [a, b, c, d] = [a, b, c, d].map(str::as_bytes);
                [method, a, uri, b, client, c, time, d, body]
            }
            Template::TimeFirst => [method, b" ", uri, b"\n", time, b".", client, b".", body],
            Template::WithoutClient => [method, b" ", uri, b"\n", none, none, time, b".", body],
            Template::WithoutTime => [method, b" ", uri, b"\n", client, b".", none, none, body],
            Template::WithoutMethodAndUri => [none, none, none, none, client, b".", time, b".", body],
            Template::EmptyMethodAndUri => [none, b" ", none, b"\n", client, b".", time, b".", body],
            Template::WithoutMethod => [none, none, uri, b"\n", client, b".", time, b".", body],
            Template::TimeAndBody => [none, none, none, none, none, none, time, b".", body],
            Template::Body => [none, none, none, none, none, none, none, none, body],
        }
    }
}
