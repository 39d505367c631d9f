//! One attempt: sign, send, receive, verify, and only then read.

use alipayplus_runtime::conclusion::{self, Conclusion};
use alipayplus_runtime::message;
use alipayplus_runtime::operation::{Mismatches, Operation};
use alipayplus_signing::{
    FreshnessError, HeaderError, SignError, SignatureHeader, SigningInput, format_time, parse_time,
};
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::BodyExt as _;

use crate::core::Settings;
use crate::error::{SignatureError, UnverifiedResult};
use crate::header::{CLIENT_ID, REQUEST_TIME, RESPONSE_TIME, SIGNATURE, TRACER_ID, single_value};
use crate::reply::{Evidence, Reply};
use crate::transport::{Body, TransportError, TransportErrorKind};
use crate::{BuildError, Error, header, observe, retry_after};

/// What all attempts of a call have in common.
pub(crate) struct Question<'a, O: Operation> {
    pub(crate) settings: &'a Settings,
    method: Method,
    uri: Uri,
    body: Bytes,
    expected: O::Expected,
    tracer_id: Option<HeaderValue>,
}

/// What was sent: all but the body, which is the question's.
struct Sent {
    time: String,
    headers: HeaderMap,
}

/// What came back, with nothing known of it yet.
struct DecodedMessage {
    headers: HeaderMap,
    body: Bytes,
}

impl<'a, O: Operation> Question<'a, O> {
    /// Writes and checks the body once: each attempt sends the same bytes.
    pub(crate) fn new(
        settings: &'a Settings,
        request: &O::Request,
        expected: O::Expected,
        tracer_id: Option<HeaderValue>,
    ) -> Result<Self, Error> {
        let fault = |fault| BuildError::Path { operation: O::NAME, fault };
        let path = settings.path::<O>();
        let uri = settings.base.at(path).map_err(|_| fault("it does not make a URI"))?;
        let method = Method::from_bytes(O::METHOD.as_bytes());
        Ok(Self {
            settings,
            method: method.map_err(|_| fault("its method is none of HTTP"))?,
            uri,
            body: message::to_vec_validated(request).map_err(Error::InvalidRequest)?.into(),
            expected,
            tracer_id,
        })
    }

    /// Asks once. `attempts` is the number of this attempt within the call.
    pub(crate) async fn ask(&self, attempts: u32) -> Result<Reply<O>, Error> {
        let sent = self.sign().await?;
        let request = self.request(&sent.headers);
        let response = self.settings.transport.send(request).await?;
        let received = receive(response, self.settings).await?;
        self.verify(&sent, &received)?;
        self.conclude(sent, received, attempts)
    }

    async fn sign(&self) -> Result<Sent, Error> {
        let time = format_time(self.settings.freshness.clock().now());
        let signature = self.settings.key.sign(&self.content(&time, &self.body)).await?;
        let value = |text: &str| HeaderValue::from_str(text).map_err(|_| SignError::Failed);
        let mut headers = HeaderMap::with_capacity(6);
        headers.insert(SIGNATURE, value(&signature.to_string())?);
        headers.insert(CLIENT_ID, self.settings.client_id_value.clone());
        headers.insert(REQUEST_TIME, value(&time)?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(tracer_id) = &self.tracer_id {
            headers.insert(TRACER_ID, tracer_id.clone());
        }
        Ok(Sent { time, headers })
    }

    fn request(&self, headers: &HeaderMap) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = headers.clone();
        request
    }

    /// What is signed: both ways it is over the request's method and path.
    fn content<'b>(&'b self, time: &'b str, body: &'b [u8]) -> SigningInput<'b> {
        SigningInput {
            method: self.method.as_str(),
            uri: self.uri.path(),
            client_id: &self.settings.client_id,
            time,
            body,
        }
    }

    /// Cheap checks before the dear one. The content is made with our own Client-Id, never with the answer's.
    fn verify(&self, sent: &Sent, received: &DecodedMessage) -> Result<(), Error> {
        let headers = &received.headers;
        let signature = match SignatureHeader::from_values(headers.get_all(SIGNATURE)) {
            Err(HeaderError::Missing) => return Err(Self::unsigned(received)),
            other => other.map_err(SignatureError::from)?,
        };
        if single_value(headers, &CLIENT_ID) != Some(self.settings.client_id.as_bytes()) {
            return Err(Error::ClientId);
        }
        let time = single_value(headers, &RESPONSE_TIME).and_then(|time| str::from_utf8(time).ok());
        let time = time.ok_or(FreshnessError::Unreadable)?;
        let freshness = &self.settings.freshness;
        let answered = freshness.check(time)?;
        if let Some(asked) = parse_time(&sent.time) {
            freshness.not_before(answered, asked)?;
        }
        let keys = self.settings.trusted.candidates(signature.key_version());
        let digest = self.content(time, &received.body).digest();
        let verdict = keys.map_err(SignatureError::from)?.verify(&digest, &signature);
        observe::verified(verdict.map_err(SignatureError::from)?);
        Ok(())
    }

    /// The one place where something is read that nobody vouches for: for a hint to the operator, and for whether
    /// asking again can help.
    fn unsigned(received: &DecodedMessage) -> Error {
        let claim = conclusion::conclude::<O>(&received.body).err();
        Error::Unsigned { claimed: claim.as_ref().and_then(|claim| UnverifiedResult::of(&claim.reason)) }
    }

    fn conclude(&self, sent: Sent, received: DecodedMessage, attempts: u32) -> Result<Reply<O>, Error> {
        if !header::is_json(&received.headers) {
            return Err(Error::MediaType);
        }
        let Conclusion { outcome, response, ignored_members, violations, .. } =
            conclusion::conclude::<O>(&received.body)?;
        let pointers = Mismatches::of::<O>(&self.expected, &response).pointers();
        if !pointers.is_empty() {
            return Err(Error::Mismatch { pointers });
        }
        Ok(Reply {
            outcome,
            response,
            ignored_members,
            violations,
            attempts,
            evidence: Evidence {
                method: self.method.clone(),
                uri: self.uri.clone(),
                request_headers: sent.headers,
                request_body: self.body.clone(),
                response_headers: received.headers,
                response_body: received.body,
            },
        })
    }
}

/// Takes a result from status 200 alone.
async fn receive(response: Response<Body>, settings: &Settings) -> Result<DecodedMessage, Error> {
    let limit = settings.body_limit;
    let (head, body) = response.into_parts();
    if head.status != StatusCode::OK {
        let retry_after = single_value(&head.headers, &RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| retry_after::parse(value, settings.freshness.clock().now()));
        return Err(Error::Status { status: head.status.as_u16(), retry_after });
    }
    let encodings = head.headers.get_all(CONTENT_ENCODING);
    if encodings.iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Error::ContentEncoding);
    }
    let length = single_value(&head.headers, &CONTENT_LENGTH).and_then(|text| str::from_utf8(text).ok());
    // More digits than a usize has are more bytes than any limit.
    if length.is_some_and(|text| text.parse().map_or(true, |length: usize| length > limit)) {
        return Err(Error::TooLarge { limit });
    }
    let body = read_up_to(limit, body).await?;
    Ok(DecodedMessage { headers: head.headers, body })
}

/// Stops reading where the limit is passed, whatever the headers said.
async fn read_up_to(limit: usize, mut body: Body) -> Result<Bytes, Error> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let broken = |error| TransportError::new(TransportErrorKind::Receive, error);
        let Ok(data) = frame.map_err(broken)?.into_data() else {
            continue; // trailers are not signed, and not looked at
        };
        if data.len() > limit - bytes.len() {
            return Err(Error::TooLarge { limit });
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.freeze())
}
