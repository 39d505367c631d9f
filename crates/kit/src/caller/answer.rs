//! An answer that can be changed before and after it was signed.

use super::step::Step;

/// A response, as it will be written.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The status line without the version: `200 OK`.
    pub(crate) status: &'static str,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Begins an answer of this status with a body and no header.
    pub(crate) fn new(status: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        let mut values = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        values.next().map_or("", |(_, value)| value)
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    pub(crate) fn and(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Replaces the value of a header.
    pub(crate) fn set(self, name: &str, value: impl Into<String>) -> Self {
        self.without(name).and(name, value)
    }

    /// Changes the value of a header.
    pub(crate) fn change(self, name: &str, change: impl FnOnce(&str) -> String) -> Self {
        let value = change(self.get(name));
        self.set(name, value)
    }

    /// Replaces the body and leaves the signature as it is.
    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn status(mut self, status: &'static str) -> Self {
        self.status = status;
        self
    }

    /// Returns the status line and the headers, with the empty line at their end.
    pub(crate) fn head(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {}\r\n", self.status);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        let framed = ["content-length", "transfer-encoding"];
        if !self.headers.iter().any(|(name, _)| framed.contains(&name.to_ascii_lowercase().as_str())) {
            head.extend(["content-length: ", &self.body.len().to_string(), "\r\n"]);
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.head(), self.body.clone()].concat()
    }

    /// Returns the head of the same answer in chunks.
    pub(crate) fn chunked_head(&self) -> Vec<u8> {
        self.clone().set("transfer-encoding", "chunked").head()
    }

    /// Returns the one step that sends all of it.
    pub(crate) fn play(&self) -> Vec<Step> {
        vec![Step::Send(self.bytes())]
    }
}

/// Returns a chunk; the last one if it is empty.
pub(crate) fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}
