//! A captured exchange, from wherever it was read.

use alipayplus_signing::{SignatureHeader, SigningInput, Timestamp, header_name, parse_time};

/// A request, its response, or both.
#[derive(Default)]
pub(crate) struct Exchange {
    pub(crate) request: Option<Captured>,
    pub(crate) response: Option<Captured>,
    /// Other requests of the same sender.
    pub(crate) others: Vec<Captured>,
    /// When it was captured, if the source says it.
    pub(crate) at: Option<Timestamp>,
    /// What the source could not hold, for the report.
    pub(crate) remarks: Vec<String>,
    /// Whether the bodies are the exact bytes of the wire.
    pub(crate) is_exact: bool,
}

/// A message as it is on the wire.
#[derive(Default)]
pub(crate) struct Captured {
    /// The method and the URI of the request; empty for a response.
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) host: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Exchange {
    /// Returns the key version that the first signature names.
    pub(crate) fn named_version(&self) -> Option<u64> {
        let messages = self.request.iter().chain(&self.response);
        messages.flat_map(Captured::signatures).find_map(|value| SignatureHeader::parse(value).ok()?.key_version())
    }
}

impl Captured {
    /// Returns the first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Returns the values of all `Signature` headers.
    pub(crate) fn signatures(&self) -> impl Iterator<Item = &str> {
        let is_it = |(name, _): &&(String, String)| name.eq_ignore_ascii_case(header_name::SIGNATURE);
        self.headers.iter().filter(is_it).map(|(_, value)| value.as_str())
    }

    /// Returns the text of the time header.
    pub(crate) fn time_text(&self) -> &str {
        let names = [header_name::REQUEST_TIME, header_name::RESPONSE_TIME];
        names.into_iter().find_map(|name| self.header(name)).unwrap_or_default()
    }

    pub(crate) fn time(&self) -> Option<Timestamp> {
        parse_time(self.time_text())
    }

    pub(crate) fn client_id(&self) -> &str {
        self.header(header_name::CLIENT_ID).unwrap_or_default()
    }

    /// Returns what the signature of a request covers.
    pub(crate) fn input(&self) -> SigningInput<'_> {
        SigningInput {
            method: &self.method,
            uri: &self.uri,
            client_id: self.client_id(),
            time: self.time_text(),
            body: &self.body,
        }
    }
}

/// Splits a URL into its host, if it has one, and its path with the query.
pub(crate) fn host_and_uri(url: &str) -> (Option<String>, String) {
    let Some((_, rest)) = url.split_once("://") else { return (None, url.to_owned()) };
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, uri) = rest.split_at(at);
    // A fragment is never sent.
    let uri = uri.split('#').next().unwrap_or_default();
    let uri = if uri.starts_with('/') { uri.to_owned() } else { format!("/{uri}") };
    (Some(host.to_owned()), uri)
}
