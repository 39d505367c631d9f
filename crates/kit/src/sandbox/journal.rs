//! What was exchanged, bounded in bytes.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use httparse::Status;
use serde_json::{Value, json};
use tokio::sync::watch;

/// The exchanges, each as a line of JSON. When they are too many bytes, the oldest are forgotten.
#[derive(Debug)]
pub(crate) struct Journal {
    bound: usize,
    inner: Mutex<Inner>,
    /// Woken by each exchange, and by whoever changes anything else that the console shows.
    pub(crate) changes: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Inner {
    lines: VecDeque<String>,
    bytes: usize,
    /// The number of the next exchange.
    next: u64,
}

impl Journal {
    pub(crate) fn new(bound: usize) -> Self {
        Self { bound, inner: Mutex::default(), changes: watch::Sender::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an exchange, whose number is written into it.
    pub(crate) fn add(&self, mut exchange: Value) {
        let mut inner = self.inner();
        exchange["number"] = inner.next.into();
        inner.next += 1;
        let line = exchange.to_string();
        inner.bytes += line.len() + 1;
        inner.lines.push_back(line);
        while inner.bytes > self.bound
            && let Some(oldest) = inner.lines.pop_front()
        {
            inner.bytes -= oldest.len() + 1;
        }
        drop(inner);
        self.changes.send_replace(());
    }

    /// Returns the newest exchanges, at most so many, the oldest first.
    pub(crate) fn newest(&self, most: usize) -> Vec<String> {
        let inner = self.inner();
        inner.lines.range(inner.lines.len().saturating_sub(most)..).cloned().collect()
    }

    /// Returns one exchange on each line.
    pub(crate) fn lines(&self) -> String {
        self.inner().lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }

    /// Returns the exchanges as an HTTP archive. `origin` is the scheme, host and port of the MPP.
    pub(crate) fn har(&self, origin: &str) -> String {
        let lines: Vec<String> = self.inner().lines.iter().cloned().collect();
        let exchanges = lines.iter().filter_map(|line| serde_json::from_str(line).ok());
        let entries: Vec<Value> = exchanges.map(|exchange| entry(&exchange, origin)).collect();
        let creator = json!({ "name": "alipayplus sandbox", "version": env!("CARGO_PKG_VERSION") });
        json!({ "log": { "version": "1.2", "creator": creator, "entries": entries } }).to_string()
    }

    /// Forgets all exchanges, and counts from the beginning.
    pub(crate) fn reset(&self) {
        *self.inner() = Inner::default();
    }
}

/// Returns bytes as a text, or in base64 if they are none.
pub(crate) fn text(bytes: &[u8]) -> Value {
    match str::from_utf8(bytes) {
        Ok(text) => json!({ "text": text }),
        Err(_) => json!({ "text": STANDARD.encode(bytes), "encoding": "base64" }),
    }
}

/// Returns an answer as it is written on the wire: without what is no HTTP.
pub(crate) fn answer(bytes: &[u8]) -> Value {
    let mut at = 0;
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 100];
        let mut head = httparse::Response::new(&mut headers);
        let Ok(Status::Complete(length)) = head.parse(&bytes[at..]) else {
            return json!({ "status": 0, "headers": [], "body": text(&bytes[at..]) });
        };
        let status = head.code.unwrap_or_default();
        if (100..200).contains(&status) {
            at += length;
            continue;
        }
        let headers: Vec<_> =
            head.headers.iter().map(|header| json!([header.name, String::from_utf8_lossy(header.value)])).collect();
        return json!({ "status": status, "headers": headers, "body": text(&bytes[at + length..]) });
    }
}

fn entry(exchange: &Value, origin: &str) -> Value {
    let (request, answer) = (&exchange["request"], &exchange["answer"]);
    let uri = request["uri"].as_str().unwrap_or_default();
    let media_type = |headers: &Value| {
        let all = headers.as_array().into_iter().flatten();
        let mut values =
            all.filter(|header| header[0].as_str().is_some_and(|name| name.eq_ignore_ascii_case("content-type")));
        values.next().map_or(json!(""), |header| header[1].clone())
    };
    let size = |body: &Value| body["text"].as_str().map_or(0, str::len);
    let mut post = json!({ "mimeType": media_type(&request["headers"]), "text": request["body"]["text"] });
    let mut content = json!({ "size": size(&answer["body"]), "mimeType": media_type(&answer["headers"]), "text": answer["body"]["text"] });
    for (body, part) in [(&request["body"], &mut post), (&answer["body"], &mut content)] {
        if let Some(encoding) = body["encoding"].as_str() {
            part["encoding"] = encoding.into();
        }
    }
    json!({
        "startedDateTime": exchange["at"],
        "time": exchange["elapsedMs"],
        "request": {
            "method": request["method"],
            "url": format!("{origin}{uri}"),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": named(&request["headers"]),
            "queryString": [],
            "headersSize": -1,
            "bodySize": size(&request["body"]),
            "postData": post,
        },
        "response": {
            "status": answer["status"],
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": named(&answer["headers"]),
            "content": content,
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": size(&answer["body"]),
        },
        "cache": {},
        "timings": { "send": 0, "wait": exchange["elapsedMs"], "receive": 0 },
        "_sandbox": { "checks": exchange["checks"], "cause": exchange["cause"], "fault": exchange["fault"] },
    })
}

fn named(headers: &Value) -> Value {
    let all = headers.as_array().into_iter().flatten();
    all.map(|header| json!({ "name": header[0], "value": header[1] })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten() {
        let journal = Journal::new(200);
        for n in 0..1000 {
            journal.add(json!({ "text": format!("exchange {n}") }));
        }
        let lines = journal.lines();
        let newest: Value = serde_json::from_str(lines.lines().next_back().unwrap()).unwrap();
        assert_eq!(newest, json!({ "number": 999, "text": "exchange 999" }));
        assert!((150..=200).contains(&lines.len()), "{lines}");
        journal.add(json!({ "text": "x".repeat(300) }));
        assert_eq!(journal.lines(), "");
    }

    #[test]
    fn an_answer_is_read_behind_interim_ones() {
        let bytes = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n{}";
        assert_eq!(answer(bytes), json!({ "status": 200, "headers": [["A", "b"]], "body": { "text": "{}" } }));
        assert_eq!(answer(b"HTTP/1.1 200")["status"], 0);
    }
}
