//! A server is stopped under load: every request that a handler has begun is answered in full.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alipayplus_client::{Client, Error, ErrorReason, TransportErrorKind, TrustedKeys};
use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, Refusal, Request};
use alipayplus_server::{Caller, HttpServer};
use alipayplus_signing::VersionedSigner;
use fastrand::Rng;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::load::{Keys, TestServer, VERSION, client, inquire, paid};
use crate::counting::Signatures;
use crate::failure::{Failure, ensure};
use crate::progress::grouped;
use crate::run::Run;
use crate::runtime;
use crate::scenario::Scenario;

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "shutdown",
    about: "a server is stopped under load: requests in its handler are answered, no other was accepted",
    run,
};

/// What the server recorded.
#[derive(Clone, Debug, Default)]
struct Ledger(Arc<Mutex<Book>>);

#[derive(Debug, Default)]
struct Book {
    begun: BTreeSet<String>,
    ended: usize,
}

impl Ledger {
    fn with<T>(&self, look: impl FnOnce(&mut Book) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Handler {
    takes: Duration,
    ledger: Ledger,
}

impl InquiryPayment for Handler {
    async fn inquiry_payment(&self, _caller: &Caller, request: Request) -> Result<Answer, Refusal> {
        self.ledger.with(|book| book.begun.insert(request.payment_request_id.to_string()));
        sleep(self.takes).await;
        self.ledger.with(|book| book.ended += 1);
        paid(&request)
    }
}

/// A client that sends requests until the server is gone.
struct LoadClient {
    client: Client,
    number: u32,
    is_stopped: Arc<AtomicBool>,
}

/// What the clients recorded.
#[derive(Debug, Default)]
struct Seen {
    answered: BTreeSet<String>,
    failed: BTreeSet<String>,
}

/// Totals of all rounds.
#[derive(Debug, Default)]
struct Total {
    answered: usize,
    failed: usize,
    /// Requests in a handler when the server was stopped.
    under_way: usize,
}

fn run(run: &mut Run) -> Result<(), Failure> {
    let keys = Keys::read()?;
    let runtime = runtime::real()?;
    let rounds = run.either(200, 8);
    let mut total = Total::default();
    run.cases("shutdowns", rounds, |_, rng| round(&keys, &runtime, rng, &mut total))?;
    let Total { answered, failed, under_way } = total;
    run.found("servers stopped under load", grouped(rounds));
    run.found("requests begun by a handler, each answered in full, signed", grouped(answered as u64));
    run.found("of these under way when the server was stopped", grouped(under_way as u64));
    run.found("requests that failed, none of them begun", grouped(failed as u64));
    ensure(run.is_one_case() || (under_way > 0 && failed > 0), || {
        "no server was stopped while requests were under way: nothing was tested".to_owned()
    })
}

fn round(keys: &Keys, runtime: &Runtime, rng: &mut Rng, total: &mut Total) -> Result<(), Failure> {
    let ledger = Ledger::default();
    let handler = Handler { takes: Duration::from_millis(rng.u64(1..30)), ledger: ledger.clone() };
    let mut server = TestServer::start(keys.builder(&Signatures::default()), HttpServer::new(), handler)?;
    let (stop, address) = (server.stop(), server.address());
    let is_stopped = Arc::new(AtomicBool::new(false));
    let clients = rng.u32(4..24);
    let after = Duration::from_millis(rng.u64(40..160));
    let (seen, under_way) = runtime.block_on(async {
        let mut asking = JoinSet::new();
        for number in 0..clients {
            let client = LoadClient { client: client_of(keys, address)?, number, is_stopped: Arc::clone(&is_stopped) };
            asking.spawn(client.ask());
        }
        sleep(after).await;
        is_stopped.store(true, Ordering::SeqCst);
        let under_way = ledger.with(|book| book.begun.len() - book.ended);
        drop(stop);
        let mut seen = Seen::default();
        while let Some(one) = asking.join_next().await {
            let one = one??;
            seen.answered.extend(one.answered);
            seen.failed.extend(one.failed);
        }
        ensure(TcpStream::connect(address).await.is_err(), || {
            "a server that was stopped takes connections".to_owned()
        })?;
        Ok::<_, Failure>((seen, under_way))
    })?;
    server.end()?;
    let begun = ledger.with(|book| std::mem::take(&mut book.begun));
    let lost: Vec<&String> = begun.difference(&seen.answered).collect();
    ensure(lost.is_empty(), || format!("begun by the handler and never answered: {lost:?}"))?;
    total.answered += seen.answered.len();
    total.failed += seen.failed.len();
    total.under_way += under_way;
    Ok(())
}

fn client_of(keys: &Keys, address: SocketAddr) -> Result<Client, Failure> {
    let trusted = TrustedKeys::new();
    trusted.insert(VERSION, keys.server.public_key());
    client(address, VersionedSigner::new(VERSION, keys.client.clone()), trusted)
}

impl LoadClient {
    /// Sends requests until one fails, which none may before the server is stopped.
    async fn ask(self) -> Result<Seen, Failure> {
        let mut seen = Seen::default();
        for turn in 0.. {
            let id = format!("payment-{}-{turn}", self.number);
            match inquire(&self.client, &id).await? {
                Ok(_) => seen.answered.insert(id),
                Err(error) => {
                    let is_stopped = self.is_stopped.load(Ordering::SeqCst);
                    if !is_stopped || !was_not_taken(&error) {
                        return Err(error.into());
                    }
                    seen.failed.insert(id);
                    break;
                }
            };
        }
        Ok(seen)
    }
}

/// Returns whether the connection failed before the response began; a partial, late or refused response does not count.
fn was_not_taken(error: &Error) -> bool {
    let kinds = [TransportErrorKind::Connect, TransportErrorKind::Send];
    matches!(error.reason(), ErrorReason::Transport(error) if kinds.contains(&error.kind()))
}
