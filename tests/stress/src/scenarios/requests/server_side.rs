//! Changed requests to the real server.

use std::sync::{Arc, Mutex, PoisonError};

use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, NotFound, Refusal, Request};
use alipayplus_server::{Caller, Server};
use alipayplus_signing::{Freshness, KeyRing};
use fastrand::Rng;
use http::uri::PathAndQuery;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use super::change;
use super::genuine::{Free, Genuine, PATH, POOL, TIMES, Tally, Verdict, changed, clock, genuine};
use super::wire::{CLIENT_ID, SIGNATURE, Wire, only};
use crate::change::one_of;
use crate::failure::Failure;
use crate::message::{Message, test_key};
use crate::run::Run;

const TIME_HEADER: &str = "request-time";
/// One has a point, and its prefix is another client that has the same keys.
const CLIENTS: [&str; 3] = ["SANDBOX_5X00000000000000", "SANDBOX_5X.A0000000000000", "SANDBOX_5X"];

/// Keeps the ID of the last client, if any.
#[derive(Clone, Default)]
struct Wallet(Arc<Mutex<Option<String>>>);

impl Wallet {
    /// Takes the ID of the client since the last call.
    fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl InquiryPayment for Wallet {
    async fn inquiry_payment(&self, caller: &Caller, _: Request) -> Result<Answer, Refusal> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(caller.client_id().to_owned());
        Ok(NotFound::default().into())
    }
}

pub(super) fn run(run: &mut Run, runtime: &Runtime) -> Result<(), Failure> {
    let wallet = Wallet::default();
    let server = server(wallet.clone())?;
    let pool = pool(run)?;
    let kinds = change::of_requests();
    let mut tally = Tally::new(&kinds);
    run.cases("requests", run.either(1_000_000, 10_000), |_, rng| {
        let base = &pool[rng.usize(..pool.len())];
        let (wire, is_harmless) = changed(&pool, base, &kinds, &mut tally, rng);
        let verdict = judge(runtime, &server, &wallet, &pool, &wire);
        let counted = verdict.and_then(|verdict| tally.count(verdict, is_harmless));
        counted.map_err(|failure| format!("{}: {wire:?} of {:?}", failure.what, base.wire).into())
    })?;
    tally.report(run, "requests", &kinds)
}

/// Sends a request to the server, and checks whether the handler was called.
fn judge(
    runtime: &Runtime,
    server: &Server,
    wallet: &Wallet,
    pool: &[Genuine],
    wire: &Wire,
) -> Result<Verdict, Failure> {
    let Some(request) = wire.request() else { return Ok(Verdict::Impossible) };
    let (method, uri, headers) = (request.method().clone(), request.uri().clone(), request.headers().clone());
    let target = uri.path_and_query().map_or("", PathAndQuery::as_str);
    let answer = runtime.block_on(server.clone().oneshot(request))?;
    // A response is signed if and only if the request's signature was verified.
    if answer.headers().contains_key(SIGNATURE) {
        let client_id = only(&headers, CLIENT_ID).unwrap_or_default();
        let time = only(&headers, TIME_HEADER).unwrap_or_default();
        let start = format!("{method} {target}\n");
        let content = [start.as_bytes(), client_id, b".", time, b".", &wire.body].concat();
        if pool.iter().all(|genuine| genuine.message.content().to_bytes() != content) {
            return Err("verified, though it differs".into());
        }
    }
    let Some(caller) = wallet.take() else { return Ok(Verdict::Refused) };
    let is_genuine = pool.iter().any(|Genuine { message, .. }| {
        method == message.method.as_str()
            && target == message.uri
            && wire.carries(message, &headers, TIME_HEADER)
            && caller == message.client_id
    });
    Ok(Verdict::Accepted { is_genuine })
}

fn server(wallet: Wallet) -> Result<Server, Failure> {
    let callers = KeyRing::new();
    for client_id in CLIENTS {
        callers.insert(client_id, 1, test_key("k1")?.public_key())?;
        callers.insert(client_id, 2, test_key("k2")?.public_key())?;
    }
    let freshness = Freshness::default().with_clock(clock()?);
    let builder = Server::builder().sign_with(1, Free).callers(callers).freshness(freshness);
    Ok(builder.build()?.inquiry_payment(wallet))
}

fn pool(run: &Run) -> Result<Vec<Genuine>, Failure> {
    let mut rng = run.rng("genuine requests");
    (0..POOL).map(|_| genuine(message(&mut rng), TIME_HEADER, rng.u64(1..=2))).collect()
}

fn message(rng: &mut Rng) -> Message {
    let id = rng.u64(..);
    let bodies = [
        format!(r#"{{"acquirerId":"1","pspId":"2","paymentRequestId":"{id}"}}"#),
        format!("{{ \"paymentRequestId\" : \"20.5.{id}\",\n\t\"pspId\" : \"\u{754c}\", \"acquirerId\" : \"1.0\" }}\n"),
    ];
    Message {
        method: "POST".to_owned(),
        uri: format!("{PATH}{}", one_of(rng, &["", "?a=%2F+b&c=%20", "?"])),
        client_id: one_of(rng, &CLIENTS).to_owned(),
        time: one_of(rng, &TIMES).to_owned(),
        body: one_of(rng, &bodies).into_bytes(),
    }
}
