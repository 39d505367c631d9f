//! Keys of clients and server are replaced in turn under load: no request and no response is refused.

mod party;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alipayplus_client::transport::InProcess;
use alipayplus_client::{Client, ErrorReason, RetryPolicy, SignatureError, UnverifiedError};
use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, Refusal, Request};
use alipayplus_server::signing::KeyRingError;
use alipayplus_server::{Caller, HttpServer, Server};
use alipayplus_signing::{SignatureHeader, VersionedSigner};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::load::{CLIENT_ID, Connection, Response, SignedRequest, TestServer, client, inquire, paid};
use crate::failure::{Failure, ensure};
use crate::progress::{grouped, say};
use crate::run::Run;
use crate::runtime;
use crate::scenario::Scenario;
use party::{Callers, Mpp};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "rotation",
    about: "keys of clients and server are replaced under load: no request is refused, a removed key is",
    run,
};

/// Each client has its own signer, so that they switch to the new key at different moments.
const CLIENTS: usize = 8;
/// How long all clients may take for two requests.
const LIMIT: Duration = Duration::from_secs(30);

/// Counts the uses of a key version.
#[derive(Clone, Debug, Default)]
struct Versions(Arc<Mutex<BTreeMap<u64, u64>>>);

impl Versions {
    fn count(&self, version: Option<u64>) {
        if let Some(version) = version {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(version).or_default() += 1;
        }
    }

    fn seen(&self) -> BTreeMap<u64, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct Handler(Versions);

impl InquiryPayment for Handler {
    async fn inquiry_payment(&self, caller: &Caller, request: Request) -> Result<Answer, Refusal> {
        self.0.count(Some(caller.key_version()));
        sleep(Duration::from_millis(2)).await;
        paid(&request)
    }
}

/// A client that sends requests until the scenario ends.
#[derive(Clone)]
struct LoadClient {
    client: Client,
    number: usize,
    answered: Arc<AtomicU64>,
    signed_under: Versions,
    is_over: Arc<AtomicBool>,
}

impl LoadClient {
    /// One for each of the clients' signers.
    fn all(server: &TestServer, callers: &Callers, mpp: &Mpp, signed_under: &Versions) -> Result<Vec<Self>, Failure> {
        let ask = |(number, key): (usize, &VersionedSigner)| {
            let client = client(server.address(), key.clone(), mpp.trusted.clone())?;
            let (answered, is_over) = (Arc::default(), Arc::default());
            Ok(Self { client, number, answered, signed_under: signed_under.clone(), is_over })
        };
        callers.signing_keys.iter().enumerate().map(ask).collect()
    }

    async fn ask(self) -> Result<(), Failure> {
        while !self.is_over.load(Ordering::SeqCst) {
            let id = format!("payment-{}-{}", self.number, self.answered.load(Ordering::SeqCst));
            let reply = inquire(&self.client, &id).await??;
            let signature = reply.evidence().response_headers().get("Signature").ok_or("an unsigned reply")?;
            self.signed_under.count(signature.to_str()?.parse::<SignatureHeader>()?.key_version());
            self.answered.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }
}

fn run(run: &mut Run) -> Result<(), Failure> {
    let rotations: u64 = run.either(100, 8);
    let (callers, mpp) = (Callers::new(CLIENTS)?, Mpp::new()?);
    let (asked_under, signed_under) = (Versions::default(), Versions::default());
    let builder = Server::builder().signing_key(mpp.signing_key.clone()).callers(callers.ring.clone());
    let server = TestServer::start(builder, HttpServer::new(), Handler(asked_under.clone()))?;
    let clients = LoadClient::all(&server, &callers, &mpp, &signed_under)?;
    runtime::real()?.block_on(async {
        let mut asking: JoinSet<_> = clients.iter().cloned().map(LoadClient::ask).collect();
        // Ends with the first refused request, or after all rotations.
        tokio::select! {
            Some(refused) = asking.join_next() => refused??,
            rotated = rotate(rotations, &server, &callers, &mpp, &clients) => rotated?,
        }
        for client in &clients {
            client.is_over.store(true, Ordering::SeqCst);
        }
        while let Some(one) = asking.join_next().await {
            one??;
        }
        Ok::<_, Failure>(())
    })?;
    server.end()?;
    let answered: u64 = clients.iter().map(|client| client.answered.load(Ordering::SeqCst)).sum();
    let both = format!("{rotations}, {rotations}");
    run.found("rotations of the callers' keys, of the server's", &both);
    run.found("requests meanwhile, all answered and accepted", grouped(answered));
    run.found("under a version that was removed: requests refused, answers refused", both);
    for (what, versions) in
        [("requests came under", asked_under.seen()), ("answers went out under", signed_under.seen())]
    {
        let rarest = versions.values().min().copied().unwrap_or_default();
        run.found(format!("versions that {what}, the rarest of them"), format!("{}, {rarest} times", versions.len()));
        let there = usize::try_from(rotations)? + 1;
        ensure(versions.len() == there, || format!("{there} versions were there, and {what} {versions:?}"))?;
    }
    Ok(())
}

async fn rotate(
    rotations: u64,
    server: &TestServer,
    callers: &Callers,
    mpp: &Mpp,
    clients: &[LoadClient],
) -> Result<(), Failure> {
    for old in 1..=rotations {
        callers.add(old + 1);
        all_move_on(clients).await?;
        for key in &callers.signing_keys {
            callers.move_on(key, old + 1);
            sleep(Duration::from_millis(1)).await;
        }
        all_move_on(clients).await?;
        callers.remove(old);
        refused_request(server, callers, mpp, old).await?;

        mpp.trust(old + 1);
        all_move_on(clients).await?;
        mpp.move_on(old + 1);
        all_move_on(clients).await?;
        mpp.distrust(old);
        refused_answer(callers, mpp, old).await?;
        if old % 20 == 0 {
            say(format!("  rotations: {old} of {rotations}"));
        }
    }
    Ok(())
}

/// Waits until each client has a response to a request made after now.
async fn all_move_on(clients: &[LoadClient]) -> Result<(), Failure> {
    let counts = || clients.iter().map(|client| client.answered.load(Ordering::SeqCst));
    // The first response may be to an earlier request.
    let wanted: Vec<u64> = counts().map(|count| count + 2).collect();
    let all = async {
        while counts().zip(&wanted).any(|(count, wanted)| count < *wanted) {
            sleep(Duration::from_millis(1)).await;
        }
    };
    Ok(timeout(LIMIT, all).await?)
}

/// Checks that a request with the removed key version is refused.
async fn refused_request(server: &TestServer, callers: &Callers, mpp: &Mpp, old: u64) -> Result<(), Failure> {
    let request = SignedRequest::about("late", &callers.key(old)).await?;
    let response = Connection::connect(server.address(), &mpp.public_key()).await?.ask(&request).await?;
    ensure(response == Response::unsigned("KEY_NOT_FOUND"), || {
        format!("under a key that was removed a request receives {response:?}")
    })
}

/// Checks that a response with the removed key version is refused: its server has not switched keys.
async fn refused_answer(callers: &Callers, mpp: &Mpp, old: u64) -> Result<(), Failure> {
    let behind = Server::builder().signing_key(mpp.key(old)).callers(callers.ring.clone()).build()?;
    let behind = InProcess::new(behind.inquiry_payment(Handler(Versions::default())));
    let client = Client::builder("http://127.0.0.1").client_id(CLIENT_ID).signing_key(callers.key(old + 1));
    let client = client.trusted_keys(mpp.trusted.clone()).retry(RetryPolicy::never()).transport(behind).build()?;
    let is_unknown = |reason: &ErrorReason| {
        matches!(
            reason,
            ErrorReason::Unverified(UnverifiedError::Signature(SignatureError::Key(
                KeyRingError::UnknownVersion { .. }
            )))
        )
    };
    match inquire(&client, "behind").await? {
        Err(error) if is_unknown(error.reason()) => Ok(()),
        other => Err(format!("an answer under a key that was removed becomes {other:?}").into()),
    }
}
