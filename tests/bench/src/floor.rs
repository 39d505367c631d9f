//! The floor: a server written by hand on hyper, that verifies and signs and does nothing else.

use std::sync::Arc;

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
use crate::host::BoundServer;
use crate::raw::{self, CLIENT_ID, Line, REQUEST_TIME, RESPONSE_TIME, SIGNATURE};
use crate::stage::{LINE, Stage, client_id};

/// What the hand-written server is made of.
#[derive(Debug)]
pub(crate) struct Floor {
    /// Without it, every answer has one and the same signature, and nobody's is verified.
    rsa: Option<Rsa>,
    time: HeaderValue,
    /// The headers of the answer to the first client.
    headers: HeaderMap,
    answer: Bytes,
}

#[derive(Debug)]
struct Rsa {
    caller: ParsedPublicKey,
    own: Arc<RsaKeyPair>,
    random: SystemRandom,
}

impl Floor {
    /// One that verifies and signs.
    pub(crate) fn new(stage: &Stage) -> Failable<Self> {
        let (caller, own) = (stage.caller.raw_public()?, Arc::clone(&stage.answerer.raw));
        let rsa = Rsa { caller, own, random: SystemRandom::new() };
        Ok(Self { rsa: Some(rsa), ..Self::fixed(stage)? })
    }

    /// One that answers the first client with what was signed before, whatever comes.
    pub(crate) fn fixed(stage: &Stage) -> Failable<Self> {
        let (time, answer) = (stage.time.clone(), stage.answer.clone());
        let client_id = HeaderValue::try_from(client_id(0))?;
        let content = raw::content(LINE, client_id.as_bytes(), time.as_bytes(), &answer);
        let signature = raw::sign(&stage.answerer.raw, &SystemRandom::new(), &content)?;
        let headers = raw::headers(client_id, (RESPONSE_TIME, time.clone()), signature);
        Ok(Self { rsa: None, time, headers, answer })
    }

    /// Takes a free port.
    pub(crate) async fn bind(self) -> Failable<BoundServer> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        Ok((address, Box::pin(serve(listener, Arc::new(self)))))
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

    /// Verifies the request, and signs the answer.
    fn signed(&self, rsa: &Rsa, line: Line<'_>, asked: &HeaderMap, body: &[u8]) -> Failable<HeaderMap> {
        let (client_id, time) = (raw::value(asked, &CLIENT_ID)?, raw::value(asked, &REQUEST_TIME)?);
        let content = raw::content(line, client_id.as_bytes(), time.as_bytes(), body);
        raw::verify(&rsa.caller, raw::value(asked, &SIGNATURE)?, &content)?;
        let content = raw::content(line, client_id.as_bytes(), self.time.as_bytes(), &self.answer);
        let signature = raw::sign(&rsa.own, &rsa.random, &content)?;
        Ok(raw::headers(client_id.clone(), (RESPONSE_TIME, self.time.clone()), signature))
    }
}

async fn serve(listener: TcpListener, floor: Arc<Floor>) {
    // An error ends it, and with it the measurement.
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let floor = Arc::clone(&floor);
        let service = service_fn(move |request| {
            let floor = Arc::clone(&floor);
            async move { floor.answer(request).await }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}
