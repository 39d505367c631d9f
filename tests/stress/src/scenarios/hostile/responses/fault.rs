//! One fault of a server, and whether the client ends as it must.

use std::time::Duration;

use alipayplus_client::{Client, RetryPolicy, TransportErrorKind};
use fastrand::Rng;
use futures_util::future;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::net::TcpListener;

use super::super::ending::Ending;
use super::super::message::{Message, Scene};
use super::super::step::{End, Step, Trace, perform};
use crate::failure::Failure;
use crate::test_bed::{TestBed, Wallet, expected, question};

/// What all calls are about.
const PAYMENT: &str = "paid-7";
/// How long a call waits where that is what has to end it, and where it is not.
const SHORT: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(20);

/// One kind of lie.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// What is done with a genuine answer.
    pub(crate) does: fn(&Scene, &mut Rng) -> Result<Vec<Step>, Failure>,
    /// How the client's call must end.
    pub(crate) must_cause: Ending,
}

impl Fault {
    /// Whether the client's deadline has to end it.
    pub(crate) fn is_late(&self) -> bool {
        self.must_cause == Ending::Transport(TransportErrorKind::Timeout)
    }

    /// Lies once, and judges the client.
    pub(crate) async fn cause(&self, bed: &TestBed, rng: &mut Rng) -> Result<(), Failure> {
        let bed = bed.fresh();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let client = self.client(&bed, &listener)?;
        let wallet = Wallet::default();
        let (ending, lied) = future::join(ask(client, &wallet), self.lie(&listener, &bed, &wallet, rng)).await;
        let (ending, lied) = (ending?, lied?);
        lied.happened().map_err(|what| format!("{}: {what}: {}", self.name, lied.trace))?;
        if ending == self.must_cause {
            return Ok(());
        }
        Err(format!("{}: ended with {ending:?} instead of {:?}", self.name, self.must_cause).into())
    }

    fn client(&self, bed: &TestBed, listener: &TcpListener) -> Result<Client, Failure> {
        let client = bed.client(format!("http://{}", listener.local_addr()?)).retry(RetryPolicy::never());
        Ok(client
            .http(plain())
            .attempt_timeout(if self.is_late() { SHORT } else { LONG })
            .deadline(2 * LONG)
            .build()?)
    }

    async fn lie(
        &self,
        listener: &TcpListener,
        bed: &TestBed,
        wallet: &Wallet,
        rng: &mut Rng,
    ) -> Result<Lied, Failure> {
        let (mut stream, _) = listener.accept().await?;
        let question = read_question(&mut stream).await?;
        let server = bed.server().build()?.inquiry_payment(wallet.clone());
        let answer = question.answered_by(&server).await?;
        let scene = Scene { bed: bed.clone(), server, question, answer };
        let before = bed.state();
        let steps = (self.does)(&scene, rng)?;
        let trace = perform(stream, &steps).await;
        Ok(Lied { steps, trace, honest: scene.answer.bytes(), bed_changed: bed.state() != before })
    }
}

/// The settings of a client without TLS: to load the system's certificates takes longer than all the rest.
pub(crate) fn plain() -> reqwest::ClientBuilder {
    reqwest::Client::builder().no_proxy().tls_certs_only([])
}

/// Asks, and hangs up.
async fn ask(client: Client, wallet: &Wallet) -> Result<Ending, Failure> {
    let request = question(PAYMENT)?;
    let result = client.inquiry_payment(&request).expecting(expected(PAYMENT)?).await;
    let decided = wallet.decided(PAYMENT);
    Ok(Ending::of(&result, decided.last().ok_or("the wallet was not asked")?))
}

/// Reads one question to its end.
pub(crate) async fn read_question(stream: &mut (impl AsyncRead + Unpin)) -> Result<Message, Failure> {
    let mut bytes = Vec::new();
    loop {
        if let Some((question, _)) = Message::parse(&bytes) {
            return Ok(question);
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err("the client left in the middle of its question".into());
        }
    }
}

/// What was done, beside what an honest server would have done.
struct Lied {
    steps: Vec<Step>,
    trace: Trace,
    honest: Vec<u8>,
    /// Keys or the clock were changed in mid-flight.
    bed_changed: bool,
}

impl Lied {
    /// Whether it was done as planned, and was not what an honest server does.
    fn happened(&self) -> Result<(), &'static str> {
        let Self { steps, trace, honest, bed_changed } = self;
        let waits = steps.iter().any(|act| matches!(act, Step::Hang | Step::Endless(_)));
        let resets = steps.iter().any(|act| matches!(act, Step::Reset));
        let planned: Vec<u8> = steps.iter().flat_map(Step::bytes).copied().collect();
        match trace.end {
            End::Stuck => return Err("the client never left"),
            End::Reset if !resets => return Err("reset without a reason"),
            End::Closed if waits => return Err("the client listened to all of it"),
            End::Closed | End::Reset if trace.sent != planned => return Err("something else was sent than planned"),
            End::Left if !planned.starts_with(&trace.sent) && !trace.sent.starts_with(&planned) => {
                return Err("something else was sent than planned");
            }
            _ => {}
        }
        let is_honest = trace.sent == *honest && trace.writes == 1 && trace.end == End::Closed && !bed_changed;
        if is_honest { Err("the fault changed nothing") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::step::say;
    use super::*;

    async fn tried(fault: Fault) -> String {
        let bed = TestBed::new().unwrap();
        fault.cause(&bed, &mut Rng::with_seed(1)).await.unwrap_err().what
    }

    #[tokio::test]
    async fn a_fault_that_changes_nothing_fails() {
        let honest =
            Fault { name: "honest", does: |scene, _| Ok(vec![say(scene.answer.bytes())]), must_cause: Ending::Truth };
        let what = tried(honest).await;
        assert!(what.starts_with("honest: the fault changed nothing"), "{what}");
    }

    #[tokio::test]
    async fn a_fault_that_causes_something_else_fails() {
        let cut = Fault { name: "cut", does: |_, _| Ok(vec![]), must_cause: Ending::Truth };
        assert_eq!(tried(cut).await, "cut: ended with Transport(Send) instead of Truth");
    }
}
