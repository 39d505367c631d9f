//! Asks as a caller does, over the port of the MPP.

use std::io;
use std::path::Path;
use std::sync::Arc;

use alipayplus_signing::{SigningInput, Timestamp, format_time};
use rustls::ClientConfig;

use crate::inquiry_payment::OPERATION;
use crate::key::{RawKey, Scheme};
use crate::message::Message;
use crate::probe::Encoding;
use crate::target::{TlsFiles, Url};
use crate::wire::{Wire, WireError};

/// A caller, with its throwaway key of version 1.
#[derive(Debug)]
pub(crate) struct Caller {
    url: Url,
    tls: Option<Arc<ClientConfig>>,
    client_id: &'static str,
    key: RawKey,
}

impl Caller {
    /// Returns the caller with this ID and the file of its key. `ca` has the authority of an MPP that speaks TLS.
    pub(crate) fn new(url: &str, ca: Option<&Path>, client_id: &'static str, key: &Path) -> io::Result<Self> {
        let url = Url::parse(url, OPERATION.path).map_err(io::Error::other)?;
        let files = TlsFiles { ca: ca.map(Path::to_owned), cert: None };
        let tls = ca.map(|_| files.config()).transpose().map_err(io::Error::other)?;
        let key = RawKey::from_file(key).map_err(io::Error::other)?;
        Ok(Self { url, tls, client_id, key })
    }

    /// Sends a signed inquiry. Returns what came back, in words.
    pub(super) async fn inquire(&self, body: &[u8], now: Timestamp) -> Result<String, String> {
        let addresses = self.url.resolve().await?;
        let sent = async {
            let mut wire = Wire::open(&self.url, &addresses, self.tls.as_ref()).await?;
            wire.exchange(&self.request(body, now)).await
        };
        let answer = sent.await.map_err(|error: WireError| error.to_string())?;
        let result = Message::parse(&answer.body).map_or_else(|| "no message".to_owned(), |message| message.result());
        Ok(format!("HTTP {}, {result}", answer.status))
    }

    /// Returns the bytes of a signed request.
    fn request(&self, body: &[u8], now: Timestamp) -> Vec<u8> {
        let Self { url, client_id, key, .. } = self;
        let time = format_time(now);
        let content = SigningInput { method: OPERATION.method, uri: &url.uri, client_id, time: &time, body }.to_bytes();
        let signature = (Encoding::PERCENT.0)(&key.sign(Scheme::Sha256, &content));
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json; charset=UTF-8\r\nClient-Id: {client_id}\r\n\
             Request-Time: {time}\r\nSignature: algorithm=RSA256, keyVersion=1, signature={signature}\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n",
            OPERATION.method,
            url.uri,
            url.authority(),
            body.len()
        );
        [head.as_bytes(), body].concat()
    }
}
