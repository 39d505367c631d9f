//! A request of the caller, as it came.

use std::io;
use std::time::Instant;

use httparse::Status;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The most bytes of a request that are read.
const MOST: usize = 1 << 20;
/// The most headers.
const HEADERS: usize = 100;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    /// All of it, as it was sent.
    pub(crate) raw: Vec<u8>,
    /// Whether the caller may send another request on this connection.
    pub(crate) is_kept: bool,
    /// When its last byte was there.
    pub(crate) at: Instant,
}

impl Request {
    /// Reads the next request of a connection; `None` if the caller closed it. What was read beyond stays in `buffer`.
    pub(crate) async fn read<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>) -> io::Result<Option<Self>> {
        loop {
            if let Some((request, length)) = Self::parse(buffer)? {
                buffer.drain(..length);
                return Ok(Some(request));
            }
            if buffer.len() > MOST {
                return Err(io::Error::other("the request has more than 1 MiB"));
            }
            if stream.read_buf(buffer).await? == 0 {
                return if buffer.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
    }

    /// Returns the request at the beginning of these bytes, and its length, once it is complete.
    pub(crate) fn parse(bytes: &[u8]) -> io::Result<Option<(Self, usize)>> {
        complete(bytes)
    }

    /// Returns the first value of a header, or an empty text.
    pub(crate) fn get(&self, name: &str) -> &str {
        let mut values = self.values(name);
        values.next().and_then(|value| str::from_utf8(value).ok()).unwrap_or_default()
    }

    /// Returns all values of a header.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &value[..])
    }
}

fn complete(bytes: &[u8]) -> io::Result<Option<(Request, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let Status::Complete(length) = head.parse(bytes).map_err(invalid)? else { return Ok(None) };
    let headers = head.headers.iter().map(|header| (header.name.to_owned(), header.value.to_vec())).collect();
    let mut request = Request {
        method: head.method.unwrap_or_default().to_owned(),
        uri: origin_form(head.path.unwrap_or_default()).to_owned(),
        is_kept: head.version == Some(1),
        headers,
        body: Vec::new(),
        raw: Vec::new(),
        at: Instant::now(),
    };
    request.is_kept &= !request.get("connection").eq_ignore_ascii_case("close");
    let rest = &bytes[length..];
    let is_chunked = request.get("transfer-encoding").eq_ignore_ascii_case("chunked");
    if request.values("content-length").count() + usize::from(is_chunked) > 1 {
        return Err(invalid("the body has two lengths"));
    }
    let body = if is_chunked { chunked(rest)? } else { sized(rest, request.get("content-length"))? };
    Ok(body.map(|(body, taken)| {
        request.body = body;
        request.raw = bytes[..length + taken].to_vec();
        (request, length + taken)
    }))
}

/// Returns the part that is signed: some clients, an official one among them, send the whole URL.
fn origin_form(target: &str) -> &str {
    let Some((_, rest)) = target.split_once("://") else { return target };
    rest.find('/').map_or("/", |at| &rest[at..])
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

fn sized(bytes: &[u8], length: &str) -> io::Result<Option<(Vec<u8>, usize)>> {
    let length = if length.is_empty() { 0 } else { length.parse().map_err(invalid)? };
    Ok(bytes.get(..length).map(|body| (body.to_vec(), length)))
}

/// Reads chunks, without trailers: no client of this protocol sends one.
fn chunked(bytes: &[u8]) -> io::Result<Option<(Vec<u8>, usize)>> {
    let (mut body, mut at) = (Vec::new(), 0);
    loop {
        let Status::Complete((begin, size)) =
            httparse::parse_chunk_size(&bytes[at..]).map_err(|_| invalid("a chunk without a valid size"))?
        else {
            return Ok(None);
        };
        let size = usize::try_from(size).map_err(io::Error::other)?;
        let begin = at + begin;
        let Some(chunk) = begin.checked_add(size).and_then(|end| bytes.get(begin..end)) else { return Ok(None) };
        at = begin + size + 2;
        if bytes.len() < at {
            return Ok(None);
        }
        if size == 0 {
            return Ok(Some((body, at)));
        }
        body.extend_from_slice(chunk);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_follow_each_other() {
        let sized = b"POST http://x:1/a?b HTTP/1.1\r\nclient-id: x\r\nContent-Length: 2\r\n\r\n{}";
        let chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n";
        let bytes = [&sized[..], chunked, b"POST / HT"].concat();
        let (mut stream, mut buffer) = (&bytes[..], Vec::new());
        let first = Request::read(&mut stream, &mut buffer).await.unwrap().unwrap();
        assert_eq!(
            (&*first.method, &*first.uri, first.get("CLIENT-ID"), &first.body[..]),
            ("POST", "/a?b", "x", &b"{}"[..])
        );
        let second = Request::read(&mut stream, &mut buffer).await.unwrap().unwrap();
        assert_eq!(second.body, b"{}");
        let cut = Request::read(&mut stream, &mut buffer).await.unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof);
    }
}
