//! Reads the text of the client's evidence: an exchange with its exact bytes.

use alipayplus_client::Evidence;
use alipayplus_client::transport::http::HeaderMap;

use super::capture::{Captured, Exchange};

/// Reads the text that `Evidence::to_text` returns.
pub(crate) fn read(bytes: &[u8]) -> Result<Exchange, String> {
    let text = str::from_utf8(bytes).map_err(|_| "it is no UTF-8 text")?;
    let evidence: Evidence = text.parse().map_err(|error| format!("it is no evidence: {error}"))?;
    let (uri, signed) = (evidence.uri(), evidence.path());
    let request = Captured {
        method: evidence.method().to_owned(),
        uri: signed.to_owned(),
        host: uri.authority().map(ToString::to_string),
        headers: headers(evidence.request_headers()),
        body: evidence.request_body().to_vec(),
    };
    let response = Captured {
        headers: headers(evidence.response_headers()),
        body: evidence.response_body().to_vec(),
        ..Captured::default()
    };
    let is_as_sent = uri.path_and_query().is_none_or(|sent| sent.as_str() == signed);
    let remark = || format!("the request was sent to the path {}, and the client signed another", uri.path());
    let remarks = if is_as_sent { Vec::new() } else { vec![remark()] };
    Ok(Exchange { request: Some(request), response: Some(response), remarks, is_exact: true, ..Exchange::default() })
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect()
}
