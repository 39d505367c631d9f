//! A message on the wire: everything that can be changed.

use std::fmt;

use alipayplus_signing::SignatureHeader;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::Full;

use crate::message::Message;

pub(super) const SIGNATURE: &str = "signature";
pub(super) const CLIENT_ID: &str = "client-id";

/// A request or a response.
#[derive(Clone)]
pub(super) struct Wire {
    /// Of a request.
    pub(super) method: String,
    /// Of a request.
    pub(super) target: String,
    /// Of an answer.
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Wire {
    pub(super) fn of(message: &Message, time_header: &str, signature: &SignatureHeader) -> Self {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Self {
            method: message.method.clone(),
            target: message.uri.clone(),
            status: 200,
            headers: vec![
                header(SIGNATURE, &signature.to_string()),
                header(CLIENT_ID, &message.client_id),
                header(time_header, &message.time),
                header("content-type", "application/json; charset=UTF-8"),
            ],
            body: message.body.clone(),
        }
    }

    /// Returns the first value of a header, if any.
    pub(super) fn header(&mut self, name: &str) -> Option<&mut String> {
        self.headers.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Returns the first value of either time header.
    pub(super) fn time(&mut self) -> Option<&mut String> {
        self.headers.iter_mut().find(|(name, _)| name.ends_with("-time")).map(|(_, value)| value)
    }

    /// Returns the HTTP message, if HTTP can carry it.
    pub(super) fn request(&self) -> Option<Request<Full<Bytes>>> {
        let mut request = Request::new(Full::from(self.body.clone()));
        *request.method_mut() = self.method.parse().ok()?;
        *request.uri_mut() = self.target.parse().ok()?;
        *request.headers_mut() = self.header_map()?;
        Some(request)
    }

    /// Returns the HTTP message, if HTTP can carry it.
    pub(super) fn response(&self) -> Option<Response<Full<Bytes>>> {
        let mut response = Response::new(Full::from(self.body.clone()));
        *response.status_mut() = self.status.try_into().ok()?;
        *response.headers_mut() = self.header_map()?;
        Some(response)
    }

    fn header_map(&self) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers
                .append(HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(value.as_bytes()).ok()?);
        }
        Some(headers)
    }

    /// Returns whether headers and body are those that were signed, each header once.
    pub(super) fn carries(&self, message: &Message, headers: &HeaderMap, time_header: &str) -> bool {
        only(headers, CLIENT_ID) == Some(message.client_id.as_bytes())
            && only(headers, time_header) == Some(message.time.as_bytes())
            && only(headers, SIGNATURE).is_some()
            && self.body == message.body
    }
}

/// Shows the message roughly as HTTP does.
impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, target, status, headers, body } = self;
        write!(f, "{method:?} {target:?}, {status}, {headers:?}, \"{}\"", body.escape_ascii())
    }
}

/// Returns the value of a header that occurs once.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then(|| value.as_bytes())
}
