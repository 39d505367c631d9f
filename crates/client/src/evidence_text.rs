//! The text of evidence, to store and to read back.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::evidence::Evidence;

/// The first line, with the version of the form.
const FIRST_LINE: &str = "alipayplus evidence 1";
const BASE64: &str = " in base64";

/// The text cannot be read as [`Evidence`]. It holds no text of the evidence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
#[non_exhaustive]
pub struct ParseEvidenceError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: &'static str,
}

impl Evidence {
    /// Returns all of it as text, which [`FromStr`] reads back:
    ///
    /// ```text
    /// alipayplus evidence 1
    /// uri: https://mpp.example/aps/api/v1/payments/inquiryPayment
    /// signed path: /aps/api/v1/payments/inquiryPayment
    /// request: POST
    /// signature: algorithm=RSA256, keyVersion=1, signature=…
    /// client-id: SANDBOX_5X00000000000000
    /// request-time: 2025-02-20T08:51:49Z
    ///
    /// 44 bytes
    /// {"paymentRequestId":"20200101234567890132",…}
    /// response: 200
    /// signature: algorithm=RSA256, keyVersion=1, signature=…
    ///
    /// 25 bytes
    /// {"result":…}
    /// ```
    ///
    /// Headers and bodies are as sent and received. A value that is not ASCII, or has spaces around it, is written as
    /// `name:: value` with the value in base64. A body that is not UTF-8, or has control characters other than tab and
    /// line feed, is written as one line of base64, after `44 bytes in base64`; the number is that of the decoded body.
    /// Line ends may become CR LF on the way.
    ///
    /// **It holds a customer's data**: store it, but keep it out of logs.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(1024 + self.request_body.len() + self.response_body.len());
        // Writing to a `String` never fails.
        _ = writeln!(text, "{FIRST_LINE}\nuri: {}\nsigned path: {}", self.uri, self.signed_path);
        _ = writeln!(text, "request: {}", self.method);
        write_message(&mut text, &self.request_headers, &self.request_body);
        _ = writeln!(text, "response: {}", self.status.as_str());
        write_message(&mut text, &self.response_headers, &self.response_body);
        text
    }
}

fn write_message(text: &mut String, headers: &HeaderMap, body: &[u8]) {
    for (name, value) in headers {
        _ = match value.to_str() {
            Ok(value) if value.trim() == value => writeln!(text, "{name}: {value}"),
            _ => writeln!(text, "{name}:: {}", STANDARD.encode(value)),
        };
    }
    let is_printable = |body: &&str| !body.contains(|c: char| c.is_control() && c != '\n' && c != '\t');
    _ = match str::from_utf8(body).ok().filter(is_printable) {
        Some(printable) => writeln!(text, "\n{} bytes\n{printable}", body.len()),
        None => writeln!(text, "\n{} bytes{BASE64}\n{}", body.len(), STANDARD.encode(body)),
    };
}

/// Reads what [`Evidence::to_text`] returns.
impl FromStr for Evidence {
    type Err = ParseEvidenceError;

    fn from_str(text: &str) -> Result<Self, ParseEvidenceError> {
        // No line feed of a body is after a carriage return, because such a body is in base64.
        let text = if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) };
        let mut reader = Reader { rest: &text, line: 0 };
        reader.first_line()?;
        let uri = reader.field("uri: ", "the URI is not valid")?;
        let signed_path = reader.field("signed path: ", "the signed path is not valid")?;
        let method = reader.field("request: ", "the method is not valid")?;
        let (request_headers, request_body) = reader.message()?;
        let status = reader.field("response: ", "the status is not valid")?;
        let (response_headers, response_body) = reader.message()?;
        reader.end()?;
        Ok(Self { method, uri, signed_path, request_headers, request_body, status, response_headers, response_body })
    }
}

struct Reader<'a> {
    rest: &'a str,
    /// The number of lines that were read.
    line: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, fault: &'static str) -> ParseEvidenceError {
        ParseEvidenceError { line: self.line, fault }
    }

    fn line(&mut self) -> Result<&'a str, ParseEvidenceError> {
        self.line += 1;
        let (line, rest) = self.rest.split_once('\n').ok_or_else(|| self.error("the text ends too early"))?;
        self.rest = rest;
        Ok(line)
    }

    fn first_line(&mut self) -> Result<(), ParseEvidenceError> {
        if self.line()? == FIRST_LINE { Ok(()) } else { Err(self.error("it is not `alipayplus evidence 1`")) }
    }

    fn field<T: FromStr>(&mut self, name: &'static str, fault: &'static str) -> Result<T, ParseEvidenceError> {
        let value = self.line()?.strip_prefix(name).and_then(|value| value.parse().ok());
        value.ok_or_else(|| self.error(fault))
    }

    fn message(&mut self) -> Result<(HeaderMap, Bytes), ParseEvidenceError> {
        let mut headers = HeaderMap::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok((headers, self.body()?));
            }
            let (name, value) = header(line).ok_or_else(|| self.error("the header is not valid"))?;
            headers.try_append(name, value).map_err(|_| self.error("there are too many headers"))?;
        }
    }

    fn body(&mut self) -> Result<Bytes, ParseEvidenceError> {
        let line = self.line()?;
        let (line, is_base64) = line.strip_suffix(BASE64).map_or((line, false), |line| (line, true));
        let length = line.strip_suffix(" bytes").and_then(|length| length.parse().ok());
        let length: usize = length.ok_or_else(|| self.error("the length of the body is not valid"))?;
        if is_base64 {
            let body = STANDARD.decode(self.line()?).ok().filter(|body| body.len() == length);
            return Ok(body.ok_or_else(|| self.error("the body is not base64 of its length"))?.into());
        }
        let end = |rest: &'a str| Some((rest.get(..length)?, rest.get(length..)?.strip_prefix('\n')?));
        self.line += 1;
        let (body, rest) = end(self.rest).ok_or_else(|| self.error("the body does not have its length"))?;
        self.line += body.matches('\n').count();
        self.rest = rest;
        Ok(Bytes::copy_from_slice(body.as_bytes()))
    }

    fn end(&mut self) -> Result<(), ParseEvidenceError> {
        self.line += 1;
        if self.rest.trim().is_empty() { Ok(()) } else { Err(self.error("there is more after the response")) }
    }
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    let value = match value.strip_prefix(": ") {
        Some(base64) => HeaderValue::from_bytes(&STANDARD.decode(base64).ok()?).ok()?,
        None => HeaderValue::from_str(value.strip_prefix(' ')?).ok()?,
    };
    Some((name.parse().ok()?, value))
}

/// Serializes the [text](Evidence::to_text), in every format.
impl Serialize for Evidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for Evidence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
