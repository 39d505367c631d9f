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
use crate::test_bed::{TestBed, Wallet, expected, inquiry};

/// The payment of all calls.
const PAYMENT: &str = "paid-7";
/// The client's timeout: for faults that it must end, and for the others.
const SHORT: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(20);

/// One fault.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// The steps, given a genuine response.
    pub(crate) does: fn(&Scene, &mut Rng) -> Result<Vec<Step>, Failure>,
    /// How the client's call must end.
    pub(crate) must_cause: Ending,
}

impl Fault {
    /// Returns whether the client's deadline must end the call.
    pub(crate) fn is_late(&self) -> bool {
        self.must_cause == Ending::Transport(TransportErrorKind::Timeout)
    }

    /// Causes the fault once, and checks the client.
    pub(crate) async fn cause(&self, bed: &TestBed, rng: &mut Rng) -> Result<(), Failure> {
        let bed = bed.fresh();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let client = self.client(&bed, &listener)?;
        let wallet = Wallet::default();
        let (ending, sent) = future::join(ask(client, &wallet), self.misbehave(&listener, &bed, &wallet, rng)).await;
        let (ending, sent) = (ending?, sent?);
        sent.happened().map_err(|what| format!("{}: {what}: {}", self.name, sent.trace))?;
        if ending == self.must_cause {
            return Ok(());
        }
        Err(format!("{}: ended with {ending:?} instead of {:?}", self.name, self.must_cause).into())
    }

    fn client(&self, bed: &TestBed, listener: &TcpListener) -> Result<Client, Failure> {
        let client = bed.client(format!("http://{}", listener.local_addr()?)).retry(RetryPolicy::never());
        Ok(client.attempt_timeout(if self.is_late() { SHORT } else { LONG }).deadline(2 * LONG).build()?)
    }

    async fn misbehave(
        &self,
        listener: &TcpListener,
        bed: &TestBed,
        wallet: &Wallet,
        rng: &mut Rng,
    ) -> Result<Sent, Failure> {
        let (mut stream, _) = listener.accept().await?;
        let question = read_question(&mut stream).await?;
        let server = bed.server().build()?.inquiry_payment(wallet.clone());
        let answer = question.answered_by(&server).await?;
        let scene = Scene { bed: bed.clone(), server, question, answer };
        let before = bed.state();
        let steps = (self.does)(&scene, rng)?;
        let trace = perform(stream, &steps).await;
        Ok(Sent { steps, trace, genuine: scene.answer.bytes(), bed_changed: bed.state() != before })
    }
}

/// Makes one call, and closes the connection.
async fn ask(client: Client, wallet: &Wallet) -> Result<Ending, Failure> {
    let request = inquiry(PAYMENT)?;
    let result = client.inquiry_payment(&request).expecting(expected(PAYMENT)?).await;
    let decided = wallet.decided(PAYMENT);
    Ok(Ending::of(&result, decided.last().ok_or("the wallet was not called")?))
}

/// Reads one request to its end.
pub(crate) async fn read_question(stream: &mut (impl AsyncRead + Unpin)) -> Result<Message, Failure> {
    let mut bytes = Vec::new();
    loop {
        if let Some((question, _)) = Message::parse(&bytes) {
            return Ok(question);
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err("the client closed in the middle of its request".into());
        }
    }
}

/// What was sent, and what the genuine server would have sent.
struct Sent {
    steps: Vec<Step>,
    trace: Trace,
    genuine: Vec<u8>,
    /// Whether keys or the clock were changed in flight.
    bed_changed: bool,
}

impl Sent {
    /// Checks that the steps were performed, and that they differ from those of a genuine server.
    fn happened(&self) -> Result<(), &'static str> {
        let Self { steps, trace, genuine, bed_changed } = self;
        let waits = steps.iter().any(|act| matches!(act, Step::Hang | Step::Endless(_)));
        let resets = steps.iter().any(|act| matches!(act, Step::Reset));
        let planned: Vec<u8> = steps.iter().flat_map(Step::bytes).copied().collect();
        match trace.end {
            End::Stuck => return Err("the client never closed"),
            End::Reset if !resets => return Err("reset without a reason"),
            End::Closed if waits => return Err("the client read everything"),
            End::Closed | End::Reset if trace.sent != planned => return Err("something else was sent than planned"),
            End::Left if !planned.starts_with(&trace.sent) && !trace.sent.starts_with(&planned) => {
                return Err("something else was sent than planned");
            }
            _ => {}
        }
        let is_genuine = trace.sent == *genuine && trace.writes == 1 && trace.end == End::Closed && !bed_changed;
        if is_genuine { Err("the fault changed nothing") } else { Ok(()) }
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
        let genuine =
            Fault { name: "genuine", does: |scene, _| Ok(vec![say(scene.answer.bytes())]), must_cause: Ending::Truth };
        let what = tried(genuine).await;
        assert!(what.starts_with("genuine: the fault changed nothing"), "{what}");
    }

    #[tokio::test]
    async fn a_fault_that_causes_something_else_fails() {
        let cut = Fault { name: "cut", does: |_, _| Ok(vec![]), must_cause: Ending::Truth };
        assert_eq!(tried(cut).await, "cut: ended with Transport(Send) instead of Truth");
    }
}
