//! Reads a file that holds one HTTP message: a head with CR LF or LF, an empty line and the exact body.

use super::capture::{Captured, host_and_uri};

/// Reads a request. Returns it with remarks about its body.
pub(crate) fn request(bytes: &[u8]) -> Result<(Captured, Vec<String>), String> {
    let (first, mut message, remarks) = message(bytes)?;
    let mut words = first.split_ascii_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err("the first line is no request line, such as `POST /path HTTP/1.1`".to_owned());
    };
    if method.starts_with("HTTP/") {
        return Err("the file holds a response, where a request is needed".to_owned());
    }
    if first.starts_with("alipayplus evidence") {
        return Err("the file holds evidence: give it by --evidence".to_owned());
    }
    let (host, uri) = host_and_uri(target);
    message.host = host.or_else(|| message.header("host").map(str::to_owned));
    method.clone_into(&mut message.method);
    message.uri = uri;
    Ok((message, remarks))
}

/// Reads a response, likewise.
pub(crate) fn response(bytes: &[u8]) -> Result<(Captured, Vec<String>), String> {
    let (first, message, remarks) = message(bytes)?;
    if !first.starts_with("HTTP/") {
        return Err("the first line is no status line, such as `HTTP/1.1 200 OK`".to_owned());
    }
    Ok((message, remarks))
}

fn message(bytes: &[u8]) -> Result<(String, Captured, Vec<String>), String> {
    let (head, body) = split(bytes).ok_or("there is no empty line between head and body")?;
    let head = str::from_utf8(head).map_err(|_| "the head is no UTF-8 text")?;
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(':').ok_or_else(|| format!("{:?} is no header", short(line)))?;
        headers.push((name.trim().to_owned(), value.trim_matches([' ', '\t']).to_owned()));
    }
    let mut message = Captured { headers, ..Captured::default() };
    let (body, remarks) = framed(&message, body);
    message.body = body;
    Ok((first, message, remarks))
}

/// Splits at the first empty line, with CR LF or LF.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut from = 0;
    loop {
        let at = from + bytes[from..].iter().position(|byte| *byte == b'\n')?;
        let rest = &bytes[at + 1..];
        let body = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"));
        match body {
            Some(body) => return Some((bytes[..at].trim_ascii_end(), body)),
            // A message without a body may end with its head.
            None if rest.is_empty() => return Some((bytes[..at].trim_ascii_end(), rest)),
            None => from = at + 1,
        }
    }
}

/// Returns the body by the message's own length, and what is odd about it.
fn framed(message: &Captured, body: &[u8]) -> (Vec<u8>, Vec<String>) {
    if message.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
        && let Some(body) = dechunked(body)
    {
        return (body, vec!["the chunks of the body were joined".to_owned()]);
    }
    let Some(length) = message.header("content-length").and_then(|value| value.parse::<usize>().ok()) else {
        return (body.to_vec(), Vec::new());
    };
    let found = body.len();
    let remark = match found.cmp(&length) {
        std::cmp::Ordering::Equal => return (body.to_vec(), Vec::new()),
        std::cmp::Ordering::Greater => {
            format!("the file has {found} bytes of a body; Content-Length says {length}, and the rest is left out")
        }
        std::cmp::Ordering::Less => {
            format!("the file has {found} bytes of a body; Content-Length says {length}: some are missing")
        }
    };
    (body[..found.min(length)].to_vec(), vec![remark])
}

/// Joins the chunks of a body; `None` if it has none.
fn dechunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    loop {
        let end = body.iter().position(|byte| *byte == b'\n')?;
        let line = str::from_utf8(&body[..end]).ok()?.trim();
        let length = usize::from_str_radix(line.split(';').next()?, 16).ok()?;
        if length == 0 {
            return Some(out);
        }
        let chunk = body.get(end + 1..)?;
        out.extend(chunk.get(..length)?);
        body = chunk[length..].strip_prefix(b"\r\n").or_else(|| chunk[length..].strip_prefix(b"\n"))?;
    }
}

fn short(line: &str) -> String {
    line.chars().take(20).collect()
}
