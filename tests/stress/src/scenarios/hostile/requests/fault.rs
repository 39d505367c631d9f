//! One fault of a client, and whether the server reacts as it must.

use std::net::SocketAddr;
use std::time::Duration;

use alipayplus_client::{Client, RetryPolicy};
use alipayplus_server::{HttpServer, Server};
use fastrand::Rng;
use futures_util::future;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::super::message::{Message, Scene};
use super::super::responses::read_question;
use super::super::step::{End, Step, Trace, perform};
use crate::failure::Failure;
use crate::log::Log;
use crate::test_bed::{Decision, TestBed, Wallet, decision_of, inquiry};

/// The payment of all requests.
pub(crate) const PAYMENT: &str = "paid-7";
/// The server's timeouts for head and body: for faults that a timeout must end, and for the others.
pub(crate) const SHORT: Duration = Duration::from_millis(300);
pub(crate) const LONG: Duration = Duration::from_secs(20);
pub(crate) const BODY_LIMIT: usize = 10_000;

/// One fault.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// The steps, given a genuine request.
    pub(crate) does: fn(&Scene, &mut Rng) -> Result<Vec<Step>, Failure>,
    /// What the server must send to the client and to the log.
    pub(crate) must_cause: Reaction,
}

/// The server's reaction.
#[derive(Debug)]
pub(crate) enum Reaction {
    /// A message with this code, and this cause in the log.
    Code(&'static str, &'static str),
    /// The same, with HTTP status 404.
    NotFound(&'static str, &'static str),
    /// An HTTP status without a message, and this cause in the log.
    Status(u16, &'static str),
    /// This cause in the log; the client is disconnected, and may receive nothing.
    Cut(&'static str),
    /// The HTTP library refuses the request with this status.
    NoRequest(u16),
    /// Closed without a response.
    Closed,
}

/// The real server, with a genuine request to it.
#[derive(Debug)]
pub(crate) struct Victim {
    pub(crate) scene: Scene,
    pub(crate) wallet: Wallet,
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), alipayplus_server::ServeError>>,
    pub(crate) log: Log,
}

impl Victim {
    pub(crate) async fn start(bed: &TestBed, patience: Duration) -> Result<Self, Failure> {
        let bed = bed.fresh();
        let wallet = Wallet::default();
        let settings = bed.server().body_limit(BODY_LIMIT).body_deadline(patience).concurrency_limit(1);
        let server: Server = settings.build()?.inquiry_payment(wallet.clone());
        let (stop, stopped) = oneshot::channel();
        let serve = HttpServer::new()
            .header_timeout(patience)
            .idle_timeout(patience)
            .write_timeout(patience)
            .max_connections(2);
        let bound = serve.with_graceful_shutdown(async { drop(stopped.await) }, LONG).bind("127.0.0.1:0").await?;
        let address = bound.local_addr();
        let running = tokio::spawn(bound.run(server.clone()));
        let question = genuine(&bed).await?;
        let answer = question.answered_by(&server).await?;
        Ok(Self { scene: Scene { bed, server, question, answer }, wallet, address, stop, running, log: Log::start() })
    }

    /// Causes the fault, checks the server's reaction, and that the server works as before.
    pub(crate) async fn suffer(&self, fault: &Fault, rng: &mut Rng) -> Result<(), Failure> {
        self.log.take();
        let calls = self.wallet.calls();
        let steps = (fault.does)(&self.scene, rng)?;
        let stream = TcpStream::connect(self.address).await?;
        let trace = perform(stream, &steps).await;
        // The log of a closed connection may come a little later.
        let causes = self.log.causes();
        let responses = trace.responses();
        let holds = self.happened(&steps, &trace).and_then(|()| fault.must_cause.check(&responses, &causes));
        holds.map_err(|what| {
            format!("{}: {what}: {trace}; the client received {responses:?}, the log says {causes:?}", fault.name)
        })?;
        if self.wallet.calls() > calls && !causes.iter().any(|cause| cause == "Paid") {
            return Err(format!("{}: the handler was called", fault.name).into());
        }
        self.answers().await.map_err(|error| format!("after {}: {}", fault.name, error.what).into())
    }

    fn happened(&self, steps: &[Step], trace: &Trace) -> Result<(), &'static str> {
        let planned: Vec<u8> = steps.iter().flat_map(Step::bytes).copied().collect();
        let is_prefix = planned.starts_with(&trace.sent) || trace.sent.starts_with(&planned);
        if trace.end == End::Stuck || !is_prefix {
            return Err("it was not done as planned");
        }
        let closes = steps.iter().any(|step| matches!(step, Step::HalfClose));
        let is_genuine = trace.sent == self.scene.question.bytes() && trace.writes == 1 && trace.end != End::Reset;
        if is_genuine && !closes {
            return Err("the fault changed nothing");
        }
        Ok(())
    }

    /// Checks that a valid client on its own connection gets a response. With a concurrency limit of one and two
    /// connections, the fault cannot have left anything behind.
    async fn answers(&self) -> Result<(), Failure> {
        let client = client(&self.scene.bed, self.address)?;
        let request = inquiry(PAYMENT)?;
        let reply = client.inquiry_payment(&request).await?;
        match decision_of(&reply.outcome) {
            Decision::Paid(..) => Ok(()),
            other => Err(format!("{other:?}").into()),
        }
    }

    /// Stops the server, and checks that it ends.
    pub(crate) async fn stop(self) -> Result<(), Failure> {
        drop(self.stop);
        timeout(Duration::from_secs(20), self.running).await???;
        Ok(())
    }
}

fn client(bed: &TestBed, address: SocketAddr) -> Result<Client, Failure> {
    Ok(bed.client(format!("http://{address}")).build()?)
}

/// Returns a request of the real client.
async fn genuine(bed: &TestBed) -> Result<Message, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = bed.client(format!("http://{}", listener.local_addr()?)).retry(RetryPolicy::never()).build()?;
    let request = inquiry(PAYMENT)?;
    let reading = async { read_question(&mut listener.accept().await?.0).await };
    let (_, question) = future::join(client.inquiry_payment(&request).into_future(), reading).await;
    question
}

impl Trace {
    /// Returns the responses that were read, without interim ones.
    fn responses(&self) -> Vec<Message> {
        let mut responses = Vec::new();
        let mut rest = &self.read[..];
        while let Some((message, more)) = Message::parse(rest) {
            rest = more;
            if message.status() >= 200 {
                responses.push(message);
            }
        }
        responses
    }
}

impl Reaction {
    /// Checks the first response and the first cause in the log.
    pub(crate) fn check(&self, responses: &[Message], causes: &[String]) -> Result<(), &'static str> {
        let cause = causes.first().map_or("", String::as_str);
        let (expected_cause, said) = match self {
            Self::Code(code, cause) | Self::NotFound(code, cause) => {
                let status = if matches!(self, Self::Code(..)) { 200 } else { 404 };
                (*cause, responses.first().is_some_and(|it| it.status() == status && it.code() == *code))
            }
            Self::Status(status, cause) => {
                (*cause, responses.first().is_some_and(|it| it.status() == *status && it.body.is_empty()))
            }
            Self::Cut(cause) => (*cause, responses.iter().all(|it| it.status() != 200)),
            Self::NoRequest(status) => ("", responses.first().is_some_and(|it| it.status() == *status)),
            Self::Closed => ("", responses.is_empty()),
        };
        if !said {
            return Err("the client received something else");
        }
        let is_cause = if expected_cause.is_empty() { cause.is_empty() } else { cause.starts_with(expected_cause) };
        is_cause.then_some(()).ok_or("the log says something else")
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::step::say;
    use super::*;

    #[tokio::test]
    async fn a_fault_that_changes_nothing_or_causes_something_else_fails() {
        let victim = Victim::start(&TestBed::new().unwrap(), SHORT).await.unwrap();
        let rng = &mut Rng::with_seed(1);
        let genuine = Fault {
            name: "genuine",
            does: |scene, _| Ok(vec![say(scene.question.bytes()), Step::Hang]),
            must_cause: Reaction::Code("SUCCESS", "Paid"),
        };
        let what = victim.suffer(&genuine, rng).await.unwrap_err().what;
        assert!(what.starts_with("genuine: the fault changed nothing"), "{what}");
        let garbage =
            |must_cause| Fault { name: "garbage", does: |_, _| Ok(vec![say("\0\r\n\r\n"), Step::Hang]), must_cause };
        let what = victim.suffer(&garbage(Reaction::Closed), rng).await.unwrap_err().what;
        assert!(what.starts_with("garbage: the client received something else"), "{what}");
        victim.suffer(&garbage(Reaction::NoRequest(400)), rng).await.unwrap();
        victim.stop().await.unwrap();
    }
}
