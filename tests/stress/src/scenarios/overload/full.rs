//! With all permits taken, requests are refused by their head.

use std::sync::Arc;
use std::time::Duration;

use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, Refusal, Request};
use alipayplus_server::{Caller, HttpServer};
use alipayplus_signing::VersionedSigner;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::counting::Signatures;
use crate::failure::{Failure, ensure};
use crate::run::Run;
use crate::runtime;
use crate::scenarios::load::{Connection, Keys, Response, SignedRequest, TestServer, VERSION, paid, read};

const PLACES: u32 = 4;
/// Longer than anything here takes: what hangs fails.
const LIMIT: Duration = Duration::from_secs(20);

/// A handler that waits until it is released.
#[derive(Clone, Debug)]
struct Held {
    came: Arc<Semaphore>,
    gate: Arc<Semaphore>,
}

impl InquiryPayment for Held {
    async fn inquiry_payment(&self, _caller: &Caller, request: Request) -> Result<Answer, Refusal> {
        self.came.add_permits(1);
        let _through = self.gate.acquire().await?;
        paid(&request)
    }
}

/// A request that is sent when no permit is free.
struct Late {
    what: &'static str,
    request: SignedRequest,
    /// Whether the body is sent too.
    is_whole: bool,
    /// The response once permits are free.
    otherwise: Option<Response>,
}

pub(super) fn run(run: &mut Run, keys: &Keys) -> Result<(), Failure> {
    let signatures = Signatures::default();
    let held = Held { came: Arc::new(Semaphore::new(0)), gate: Arc::new(Semaphore::new(0)) };
    let builder = keys.builder(&signatures).concurrency_limit(usize::try_from(PLACES)?);
    let server = TestServer::start(builder, HttpServer::new(), held.clone())?;
    let late = runtime::real()?.block_on(async { timeout(LIMIT, full(&server, keys, &held, &signatures)).await })??;
    server.end()?;
    run.found("refused at once with all permits taken, without verifying, signing or reading a body", late.join("; "));
    Ok(())
}

async fn full(
    server: &TestServer,
    keys: &Keys,
    held: &Held,
    signatures: &Signatures,
) -> Result<Vec<&'static str>, Failure> {
    let (address, key) = (server.address(), keys.server.public_key());
    let signing_key = VersionedSigner::new(VERSION, keys.client.clone());
    let mut holding = JoinSet::new();
    for n in 0..PLACES {
        let request = SignedRequest::about(&format!("held-{n}"), &signing_key).await?;
        let key = key.clone();
        holding.spawn(async move { Connection::connect(address, &key).await?.ask(&request).await });
    }
    held.came.acquire_many(PLACES).await?.forget();

    let all = all_late(keys).await?;
    for late in &all {
        let response = late.ask(address, &key).await?;
        ensure(response == Response::overload(), || {
            format!("with all permits taken, {} receives {response:?}", late.what)
        })?;
    }
    let spent = signatures.made();
    ensure(spent == 0, || format!("{spent} signatures were made for requests that were refused"))?;

    held.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    while let Some(response) = holding.join_next().await {
        let response = response??;
        ensure(response == Response::paid(), || format!("a request with a permit receives {response:?}"))?;
    }
    // Shows that these requests differ in which checks they pass.
    for late in &all {
        if let Some(otherwise) = &late.otherwise {
            let response = late.ask(address, &key).await?;
            ensure(response == *otherwise, || format!("with permits free, {} receives {response:?}", late.what))?;
        }
    }
    Ok(all.iter().map(|late| late.what).collect())
}

async fn all_late(keys: &Keys) -> Result<Vec<Late>, Failure> {
    let key = VersionedSigner::new(VERSION, keys.client.clone());
    let unknown = VersionedSigner::new(VERSION + 1, keys.client.clone());
    let (good, other) = (SignedRequest::about("late", &key).await?, SignedRequest::about("other", &key).await?);
    let late = |what, request, otherwise| Late { what, request, is_whole: true, otherwise: Some(otherwise) };
    Ok(vec![
        late("a good request", good.clone(), Response::paid()),
        late(
            "a key that is not there",
            SignedRequest::about("late", &unknown).await?,
            Response::unsigned("KEY_NOT_FOUND"),
        ),
        late(
            "the signature of another request",
            good.clone().signed_as(&other),
            Response::unsigned("INVALID_SIGNATURE"),
        ),
        Late { what: "a head whose body never comes", request: good, is_whole: false, otherwise: None },
    ])
}

impl Late {
    async fn ask(
        &self,
        address: std::net::SocketAddr,
        key: &alipayplus_server::PublicKey,
    ) -> Result<Response, Failure> {
        let mut stream = TcpStream::connect(address).await?;
        let (head, body) = self.request.wire();
        stream.write_all(&head).await?;
        if self.is_whole {
            stream.write_all(&body).await?;
        }
        read(&mut stream, &self.request, key).await
    }
}
