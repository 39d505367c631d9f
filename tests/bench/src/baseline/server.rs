//! A hand-written server on hyper, which only verifies and signs.

use std::sync::Arc;

use alipayplus_signing::{Clock, format_time};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ParsedPublicKey, RsaKeyPair};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::Failable;
use crate::baseline::message::{self as raw, CLIENT_ID, Line, REQUEST_TIME, RESPONSE_TIME, SIGNATURE};
use crate::host::BoundServer;
use crate::setup::{LINE, Setup, client_id};

/// The hand-written server.
#[derive(Debug)]
pub(crate) struct Baseline {
    /// Without it, all responses have the same signature, and no request is verified.
    rsa: Option<Rsa>,
    time: HeaderValue,
    /// The headers of the response to the first client.
    headers: HeaderMap,
    answer: Bytes,
}

#[derive(Debug)]
struct Rsa {
    client_key: ParsedPublicKey,
    own: Arc<RsaKeyPair>,
    random: SystemRandom,
}

impl Baseline {
    /// Returns a server that verifies and signs.
    pub(crate) fn new(setup: &Setup) -> Failable<Self> {
        let (client_key, own) = (setup.client_key.raw_public()?, Arc::clone(&setup.server_key.raw));
        let rsa = Rsa { client_key, own, random: SystemRandom::new() };
        Ok(Self { rsa: Some(rsa), ..Self::fixed(setup)? })
    }

    /// Returns a server that sends every client the same response, signed in advance.
    pub(crate) fn fixed(setup: &Setup) -> Failable<Self> {
        Self::fixed_at(setup, setup.time.clone())
    }

    /// Returns the same with the time of now.
    pub(crate) fn fixed_now(setup: &Setup) -> Failable<Self> {
        Self::fixed_at(setup, HeaderValue::try_from(format_time(Clock::system().now()))?)
    }

    fn fixed_at(setup: &Setup, time: HeaderValue) -> Failable<Self> {
        let answer = setup.answer.clone();
        let client_id = HeaderValue::try_from(client_id(0))?;
        let content = raw::content(LINE, client_id.as_bytes(), time.as_bytes(), &answer);
        let signature = raw::sign(&setup.server_key.raw, &SystemRandom::new(), &content)?;
        let headers = raw::headers(client_id, (RESPONSE_TIME, time.clone()), signature);
        Ok(Self { rsa: None, time, headers, answer })
    }

    /// Binds a free port.
    pub(crate) async fn bind(self) -> Failable<BoundServer> {
        let baseline = Arc::new(self);
        Self::bind_current(move || Arc::clone(&baseline)).await
    }

    /// Binds a free port, and answers each request by the server that is current then.
    pub(crate) async fn bind_current(
        current: impl Fn() -> Arc<Self> + Clone + Send + 'static,
    ) -> Failable<BoundServer> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        Ok((address, Box::pin(serve(listener, current))))
    }

    async fn answer(&self, request: Request<Incoming>) -> Failable<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = raw::read(body).await?;
        let headers = match &self.rsa {
            None => self.headers.clone(),
            Some(rsa) => {
                let uri = head.uri.path_and_query().map_or("/", |uri| uri.as_str());
                let line = Line { method: head.method.as_str(), uri };
                self.signed(rsa, line, &head.headers, &body)?
            }
        };
        let mut response = Response::new(Full::new(self.answer.clone()));
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// Verifies the request, and signs the response.
    fn signed(&self, rsa: &Rsa, line: Line<'_>, request_headers: &HeaderMap, body: &[u8]) -> Failable<HeaderMap> {
        let (client_id, time) = (raw::value(request_headers, &CLIENT_ID)?, raw::value(request_headers, &REQUEST_TIME)?);
        let content = raw::content(line, client_id.as_bytes(), time.as_bytes(), body);
        raw::verify(&rsa.client_key, raw::value(request_headers, &SIGNATURE)?, &content)?;
        let content = raw::content(line, client_id.as_bytes(), self.time.as_bytes(), &self.answer);
        let signature = raw::sign(&rsa.own, &rsa.random, &content)?;
        Ok(raw::headers(client_id.clone(), (RESPONSE_TIME, self.time.clone()), signature))
    }
}

async fn serve(listener: TcpListener, current: impl Fn() -> Arc<Baseline> + Clone + Send + 'static) {
    // An error ends it, and with it the measurement.
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let current = current.clone();
        let service = service_fn(move |request| {
            let baseline = current();
            async move { baseline.answer(request).await }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}
