//! The client over sockets, compared with bare reqwest plus signing and verifying.

use std::net::SocketAddr;
use std::sync::Arc;

use alipayplus_client::inquiry_payment::Request;
use alipayplus_client::{Client, Freshness};
use alipayplus_signing::{Clock, format_time};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::ParsedPublicKey;
use bytes::Bytes;
use futures_util::future::try_join_all;
use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::runtime::Runtime;

use crate::baseline::message::{self as raw, CLIENT_ID, REQUEST_TIME, RESPONSE_TIME, SIGNATURE};
use crate::baseline::server::Baseline;
use crate::cost::{Clocks, Cost};
use crate::interleave::interleave;
use crate::setup::{LINE, Setup, VERSION, client_id, request};
use crate::table::{Goal, Row, Table};
use crate::{Failable, host};

/// The goal: at least this share of the throughput of bare reqwest.
const GOAL: f64 = 0.95;
/// The least number of calls per slice.
const CALLS: usize = 16;

pub(crate) fn table() -> Failable<Table> {
    let setup = Arc::new(Setup::new()?);
    // Its responses are signed in advance, so that it costs little.
    let baseline = Baseline::fixed(&setup)?;
    let server = host::start(1, || baseline.bind())?;
    let rows = [(1, 24), (16, 24), (256, 4)].map(|(in_flight, slices)| {
        let runtime = host::runtime(1)?;
        let (ours, bare) = (Ours::new(&setup, server)?, Bare::new(&setup, server)?);
        let each = CALLS.div_ceil(in_flight);
        let mut ours = || slice(&runtime, in_flight, each, || ours.ask());
        let mut bare = || slice(&runtime, in_flight, each, || bare.ask());
        let rounds = interleave(slices, &mut [&mut ours, &mut bare])?;
        Ok(Row { what: format!("{in_flight} in flight"), rounds, goal: Goal::Share(GOAL) })
    });
    Ok(Table { other: "bare reqwest and aws-lc-rs, RSA 2048", rows: rows.into_iter().collect::<Failable<_>>()? })
}

/// Runs this many lanes, each of which makes this many calls in sequence.
pub(crate) fn slice<F>(runtime: &Runtime, lanes: usize, each: usize, ask: impl Fn() -> F) -> Failable<Cost>
where
    F: Future<Output = Failable<()>>,
{
    let begin = Clocks::now();
    runtime.block_on(try_join_all((0..lanes).map(|_| async {
        for _ in 0..each {
            ask().await?;
        }
        Failable::Ok(())
    })))?;
    Ok(begin.here(u32::try_from(lanes * each)?))
}

/// The client with default settings.
#[derive(Debug)]
pub(crate) struct Ours {
    client: Client,
    request: Request,
}

impl Ours {
    pub(crate) fn new(setup: &Setup, server: SocketAddr) -> Failable<Self> {
        let client = Client::builder(format!("http://{server}"))
            .client_id(client_id(0))
            .sign_with(VERSION, setup.client_key.ours.clone())
            .trusted_key(VERSION, setup.server_key.public())
            // The response was signed before, and a busy machine needs more than the usual skew for all rounds.
            .freshness(Freshness::default().with_skew(Freshness::DEFAULT_WINDOW))
            .build()?;
        Ok(Self { client, request: request()? })
    }

    pub(crate) async fn ask(&self) -> Failable<()> {
        self.client.inquiry_payment(&self.request).await?;
        Ok(())
    }
}

/// The baseline: signs, sends, reads and verifies by hand.
#[derive(Debug)]
pub(crate) struct Bare {
    http: reqwest::Client,
    url: String,
    setup: Arc<Setup>,
    random: SystemRandom,
    trusted: ParsedPublicKey,
    client_id: HeaderValue,
}

impl Bare {
    pub(crate) fn new(setup: &Arc<Setup>, server: SocketAddr) -> Failable<Self> {
        Ok(Self {
            http: reqwest::Client::builder().no_proxy().build()?,
            url: format!("http://{server}{}", LINE.uri),
            setup: Arc::clone(setup),
            random: SystemRandom::new(),
            trusted: setup.server_key.raw_public()?,
            client_id: HeaderValue::try_from(client_id(0))?,
        })
    }

    pub(crate) async fn ask(&self) -> Failable<()> {
        let body = self.setup.request.clone();
        let request = self.http.post(&self.url).headers(self.head(&body)?).body(body);
        let answer = request.send().await?;
        if answer.status() != StatusCode::OK {
            return Err(answer.status().to_string().into());
        }
        let headers = answer.headers().clone();
        self.verify(&headers, &answer.bytes().await?)
    }

    fn head(&self, body: &Bytes) -> Failable<HeaderMap> {
        let time = HeaderValue::try_from(format_time(Clock::system().now()))?;
        let content = raw::content(LINE, self.client_id.as_bytes(), time.as_bytes(), body);
        let signature = raw::sign(&self.setup.client_key.raw, &self.random, &content)?;
        Ok(raw::headers(self.client_id.clone(), (REQUEST_TIME, time), signature))
    }

    fn verify(&self, headers: &HeaderMap, body: &Bytes) -> Failable<()> {
        let (client_id, time) = (raw::value(headers, &CLIENT_ID)?, raw::value(headers, &RESPONSE_TIME)?);
        let content = raw::content(LINE, client_id.as_bytes(), time.as_bytes(), body);
        raw::verify(&self.trusted, raw::value(headers, &SIGNATURE)?, &content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_clients_verify() {
        let (setup, untrusted) = (Arc::new(Setup::new().unwrap()), Arc::new(Setup::new().unwrap()));
        let baseline = Baseline::fixed(&setup).unwrap();
        let server = host::start(1, || baseline.bind()).unwrap();
        let runtime = host::runtime(1).unwrap();
        for (trusted, is_right) in [(&setup, true), (&untrusted, false)] {
            let (ours, bare) = (Ours::new(trusted, server).unwrap(), Bare::new(trusted, server).unwrap());
            assert_eq!(runtime.block_on(ours.ask()).is_ok(), is_right);
            assert_eq!(runtime.block_on(bare.ask()).is_ok(), is_right);
        }
    }
}
