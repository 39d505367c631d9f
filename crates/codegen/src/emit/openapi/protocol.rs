//! The protocol, which is the same for every operation.

use super::components::reference;
use crate::emit::json::{Json, Map};

/// The licence of the document, which is that of the crates.
pub(super) const LICENSE: &str = env!("CARGO_PKG_LICENSE");

/// What all operations have in common.
pub(super) const GENERAL: &str = "\
Messages are JSON in UTF-8. Paths are defaults: both sides can set others. A member that is `null` is the same as one \
that is not there.

Both directions are signed by the sender's key. The header `Signature` holds `algorithm=RSA256, keyVersion=N, \
signature=S`, where S is the percent-encoded base64 of RSASSA-PKCS1-v1_5 with SHA-256 over

    METHOD SP PATH LF CLIENT-ID \".\" TIME \".\" BODY

TIME is the unchanged text of `Request-Time` or `Response-Time`, BODY the bytes as they travel. A response is signed \
over the method and the path of its request.

Every answer with a result has the status 200, refusals included. Any other status is a failure of transport: its body \
says nothing. 408, 425, 429 and all from 500 on are worth asking again, no sooner than `Retry-After` says.";

/// A header of requests, of responses, or of both: in which it has to be there.
struct Header {
    name: &'static str,
    request: Option<bool>,
    response: Option<bool>,
    doc: &'static str,
    format: Option<&'static str>,
    example: &'static str,
}

/// `Content-Type` is that of the content, and no header to `OpenAPI`.
const HEADERS: &[Header] = &[
    Header {
        name: SIGNATURE,
        // In requests, it is a scheme of security.
        request: None,
        response: Some(false),
        doc: "The sender's signature. A response to a request that is not signed well may have none.",
        format: None,
        example: "algorithm=RSA256, keyVersion=1, signature=c2lnbmF0dXJl",
    },
    Header {
        name: "Client-Id",
        request: Some(true),
        response: Some(false),
        doc: "Who asks, by the ID that was assigned to it. A response has that of its request.",
        format: None,
        example: "SANDBOX_5X00000000000000",
    },
    Header {
        name: "Request-Time",
        request: Some(true),
        response: None,
        doc: "When the request was sent, by ISO 8601 with an offset. It is signed.",
        format: Some("date-time"),
        example: "2019-05-28T12:12:12+08:00",
    },
    Header {
        name: "Response-Time",
        request: None,
        response: Some(true),
        doc: "When the response was sent, by ISO 8601 with an offset. It is signed.",
        format: Some("date-time"),
        example: "2019-05-28T12:12:13+08:00",
    },
    Header {
        name: "Tracer-Id",
        request: Some(false),
        response: Some(false),
        doc: "An ID for logs. It is not signed. A response has that of its request.",
        format: None,
        example: "0a1b2c3d",
    },
];

/// The header with the signature, and the scheme of security that it is.
const SIGNATURE: &str = "Signature";

/// What the scheme of security says.
const SIGNATURE_DOC: &str = "\
Not a fixed key: `algorithm=RSA256, keyVersion=N, signature=S` over this request, as the description of this document \
says.";

/// A status other than 200: its component's name, and what it means.
const STATUSES: &[(&str, &str, &str)] = &[
    ("408", "TooSlow", "The body came too slowly. There is no message; ask again."),
    ("413", "TooLarge", "The body is over the limit. There is no message."),
    ("503", "Unavailable", "A proxy has no server to ask. There is no message; ask again."),
];

/// Returns where the operations are: the host is agreed.
pub(super) fn servers() -> Json {
    let host = Map::new().with("default", "server.example").with("description", "The host that both sides agreed on.");
    let url = Map::new().with("url", "https://{host}").with("variables", Map::new().with("host", host));
    vec![url].into()
}

/// Returns what every request needs.
pub(super) fn security() -> Json {
    vec![Map::new().with(SIGNATURE, Json::List(Vec::new()))].into()
}

/// Parameters, headers and responses that all operations have.
pub(super) fn components() -> Map {
    let parameter = |header: &Header| {
        let place = header
            .request
            .map(|required| Map::new().with("name", header.name).with("in", "header").and(header.said(required)));
        place.map(|place| (header.name, place))
    };
    let in_response = |header: &Header| header.response.map(|required| (header.name, header.said(required)));
    let responses = STATUSES.iter().map(|(_, name, doc)| (*name, Map::new().with("description", *doc)));
    let signature = Map::new()
        .with("type", "apiKey")
        .with("in", "header")
        .with("name", SIGNATURE)
        .with("description", SIGNATURE_DOC);
    Map::new()
        .with("securitySchemes", Map::new().with(SIGNATURE, signature))
        .with("parameters", HEADERS.iter().filter_map(parameter).collect::<Map>())
        .with("headers", HEADERS.iter().filter_map(in_response).collect::<Map>())
        .with("responses", responses.collect::<Map>())
}

/// Returns the headers of every request.
pub(super) fn parameters() -> Json {
    let names = HEADERS.iter().filter(|header| header.request.is_some()).map(|header| header.name);
    names.map(|name| reference("parameters", name)).collect()
}

/// Returns the headers of every response.
pub(super) fn headers() -> Map {
    let names = HEADERS.iter().filter(|header| header.response.is_some()).map(|header| header.name);
    names.map(|name| (name, reference("headers", name))).collect()
}

/// Returns the responses that are no message.
pub(super) fn statuses() -> Map {
    STATUSES.iter().map(|(status, name, _)| (*status, reference("responses", name))).collect()
}

impl Header {
    fn said(&self, required: bool) -> Map {
        let schema = Map::new().with("type", "string").maybe("format", self.format);
        Map::new()
            .with("description", self.doc)
            .with("required", required)
            .with("schema", schema)
            .with("example", self.example)
    }
}
