//! HTTP/1.1 messages as lines and bytes, so that invalid ones can be sent too.

use std::io::{self, ErrorKind};

use alipayplus_client::signing::SigningInput;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

const HEAD_LIMIT: u64 = 32 * 1024;
const BODY_LIMIT: usize = 1024 * 1024;

/// A message, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// The first line and the headers, without line ends.
    pub(crate) head: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Message {
    pub(crate) fn new(first_line: String, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let headers = headers.iter().map(|(name, value)| format!("{name}: {value}"));
        let mut message = Self { head: std::iter::once(first_line).chain(headers).collect(), body: Vec::new() };
        message.set_body(body);
        message
    }

    /// Reads one message; `None` if the other side has closed.
    pub(crate) async fn read(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        let mut limited = (&mut *stream).take(HEAD_LIMIT);
        loop {
            let mut line = String::new();
            if limited.read_line(&mut line).await? == 0 {
                // An end between two messages is regular.
                return if head.is_empty() { Ok(None) } else { Err(ErrorKind::UnexpectedEof.into()) };
            }
            match line.trim_end_matches(['\r', '\n']) {
                "" => break,
                line => head.push(line.to_owned()),
            }
        }
        let mut message = Self { head, body: Vec::new() };
        let length = message.header("content-length").map_or(Ok(0), str::parse);
        let length = length.ok().filter(|length| *length <= BODY_LIMIT).ok_or(ErrorKind::InvalidData)?;
        message.body.resize(length, 0);
        stream.read_exact(&mut message.body).await?;
        Ok(Some(message))
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    pub(crate) fn head_bytes(&self) -> Vec<u8> {
        let mut head = self.head.join("\r\n");
        head.push_str("\r\n\r\n");
        head.into_bytes()
    }

    pub(crate) fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the `n`-th word of the first line: method, path and version, or version, status and reason.
    pub(crate) fn word(&self, n: usize) -> &str {
        self.head.first().and_then(|line| line.split(' ').nth(n)).unwrap_or_default()
    }

    pub(crate) fn set_word(&mut self, n: usize, word: &str) {
        let Some(line) = self.head.first_mut() else { return };
        let words: Vec<&str> =
            line.splitn(3, ' ').enumerate().map(|(i, old)| if i == n { word } else { old }).collect();
        *line = words.join(" ");
    }

    /// Returns the value of the first header with this name, ignoring case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().skip(1).find_map(|line| value_of(line, name))
    }

    /// Sets a header in place, or appends it.
    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        match self.head.iter_mut().skip(1).find(|line| value_of(line, name).is_some()) {
            Some(line) => {
                let name = line.split(':').next().unwrap_or(name);
                *line = format!("{name}: {value}");
            }
            None => self.head.push(format!("{name}: {value}")),
        }
    }

    pub(crate) fn remove_header(&mut self, name: &str) {
        let mut is_first_line = true;
        self.head.retain(|line| std::mem::take(&mut is_first_line) || value_of(line, name).is_none());
    }

    /// Replaces the body and its length.
    pub(crate) fn set_body(&mut self, body: &[u8]) {
        self.body = body.to_vec();
        self.set_header("content-length", &body.len().to_string());
    }

    /// Replaces a text in the body.
    pub(crate) fn replace_in_body(&mut self, from: &str, to: &str) {
        let body = self.body_text().replacen(from, to, 1);
        self.set_body(body.as_bytes());
    }

    /// Returns the signing input of this message; a response is signed with the method and path of its request.
    pub(crate) fn signing_input<'a>(&'a self, request: &'a Self, time: &'a str) -> SigningInput<'a> {
        let client_id = self.header("client-id").unwrap_or_default();
        SigningInput { method: request.word(0), uri: request.word(1), client_id, time, body: &self.body }
    }

    /// Returns status and code of a result object in the body, such as `S SUCCESS`.
    pub(crate) fn result(&self, member: &str) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        let text = |name: &str| body.get(member)?.get(name)?.as_str();
        Some(format!("{} {}", text("resultStatus")?, text("resultCode")?))
    }
}

fn value_of<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (found, value) = line.split_once(':')?;
    found.eq_ignore_ascii_case(name).then(|| value.trim())
}
