//! A server over TCP on its own thread, with counters.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, Paid, PaidRequired, Refusal, Request};
use alipayplus_server::{Amount, Builder, Caller, HttpServer, KeyRing, PrivateKey, ServeError, Server};
use tokio::runtime::{Handle, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::counting::Signatures;
use crate::failure::{Failure, ensure};
use crate::message::test_key;
pub(crate) use crate::test_bed::{CLIENT_ID, VERSION};

/// The grace period of requests in flight when the server is stopped.
const GRACE: Duration = Duration::from_secs(10);

/// The keys of both sides.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) client: PrivateKey,
    pub(crate) server: PrivateKey,
}

impl Keys {
    pub(crate) fn read() -> Result<Self, Failure> {
        Ok(Self { client: test_key("k1")?, server: test_key("k2")? })
    }

    /// Returns the settings of a server that knows the client and counts its signatures.
    pub(crate) fn builder(&self, signatures: &Signatures) -> Builder<Server> {
        let callers = KeyRing::new();
        // The Client-Id is valid.
        let _ = callers.insert(CLIENT_ID, VERSION, self.client.public_key());
        Server::builder().sign_with(VERSION, signatures.of(self.server.clone())).callers(callers)
    }
}

/// A handler that waits and counts its calls. Clones share the count.
#[derive(Clone, Debug)]
pub(crate) struct Wallet {
    takes: Duration,
    calls: Arc<AtomicU64>,
}

impl Wallet {
    pub(crate) fn new(takes: Duration) -> Self {
        Self { takes, calls: Arc::default() }
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }
}

impl InquiryPayment for Wallet {
    async fn inquiry_payment(&self, _caller: &Caller, request: Request) -> Result<Answer, Refusal> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.takes).await;
        paid(&request)
    }
}

/// Returns a response that identifies its request.
pub(crate) fn paid(request: &Request) -> Result<Answer, Refusal> {
    let paid = Paid::new(PaidRequired {
        payment_id: request.payment_request_id.as_str().parse()?,
        payment_amount: Amount::minor(100, "JPY")?,
        pay_to_amount: Amount::minor(930, "KRW")?,
        payment_time: "2019-11-27T12:01:01+08:00".parse()?,
        customer_id: "2088000000000000".parse()?,
    });
    Ok(paid.into())
}

/// A running server on its own runtime, which stops on drop.
#[derive(Debug)]
pub(crate) struct TestServer {
    runtime: Runtime,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    run: JoinHandle<Result<(), ServeError>>,
}

impl TestServer {
    pub(crate) fn start(
        builder: Builder<Server>,
        serve: HttpServer,
        handler: impl InquiryPayment,
    ) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let serve = serve.with_graceful_shutdown(async { drop(stopped.await) }, GRACE);
        let bound = runtime.block_on(serve.bind("127.0.0.1:0"))?;
        let address = bound.local_addr();
        let run = runtime.spawn(bound.run(builder.build()?.inquiry_payment(handler)));
        Ok(Self { runtime, address, stop: Some(stop), run })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the sender that stops the server.
    pub(crate) fn stop(&mut self) -> Option<oneshot::Sender<()>> {
        self.stop.take()
    }

    /// Stops the server if it still runs; it must end within its grace period, and leave no task behind.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        drop(self.stop.take());
        self.runtime.block_on(async { tokio::time::timeout(GRACE * 2, self.run).await })???;
        self.runtime.block_on(no_task_left("the server"))
    }
}

/// What has ended leaves no task behind in its runtime. The last ones may still be on their way out.
pub(crate) async fn no_task_left(whose: &str) -> Result<(), Failure> {
    let alive = || Handle::current().metrics().num_alive_tasks();
    for _ in 0..100 {
        if alive() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ensure(alive() == 0, || format!("{whose} has ended and left {} tasks", alive()))
}
