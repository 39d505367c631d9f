//! Flips one bit at each position of a request and of a response.

use std::ops::Range;

use alipayplus_client::RetryPolicy;
use fastrand::Rng;
use futures_util::future;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::ending::Ending;
use super::message::Message;
use super::requests::{PAYMENT, Victim};
use super::responses::read_question;
use crate::failure::Failure;
use crate::test_bed::{Decision, expected, inquiry};

/// The results of the flipped bits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) refused: u64,
    /// The bit is not signed, and has no effect.
    pub(crate) harmless: u64,
}

impl Tally {
    /// A flipped bit in the signed bytes must be noticed.
    fn count(&mut self, is_harmless: bool, at: usize, signed: &[Range<usize>]) -> Result<(), Failure> {
        if is_harmless && signed.iter().any(|range| range.contains(&at)) {
            return Err(format!("a flipped bit in the signed byte {at} changed nothing").into());
        }
        *(if is_harmless { &mut self.harmless } else { &mut self.refused }) += 1;
        Ok(())
    }
}

/// Returns the bits of a byte to flip, one after the other.
pub(crate) fn bits(all: bool, rng: &mut Rng) -> Range<u32> {
    let one = rng.u32(..8);
    if all { 0..8 } else { one..one + 1 }
}

/// Flips bits of the response to the real client.
pub(crate) async fn of_answers(victim: &Victim, all: bool, rng: &mut Rng) -> Result<Tally, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let client = victim.scene.bed.client(url).retry(RetryPolicy::never()).build()?;
    let answer = &victim.scene.answer;
    let genuine = answer.bytes();
    let signed =
        [of_body(answer), of_value(&genuine, answer, "client-id"), of_value(&genuine, answer, "response-time")];
    let truth = victim.wallet.decided(PAYMENT).first().cloned().unwrap_or(Decision::Nothing);
    let request = inquiry(PAYMENT)?;
    let mut tally = Tally::default();
    for at in 0..genuine.len() {
        for bit in bits(all, rng) {
            let asked = client.inquiry_payment(&request).expecting(expected(PAYMENT)?).into_future();
            let (result, served) = future::join(asked, serve(&listener, flipped(&genuine, at, bit))).await;
            served?;
            let ending = Ending::of(&result, &truth);
            if ending == Ending::Lie {
                return Err(format!("bit {bit} of byte {at} of the answer causes another outcome").into());
            }
            tally.count(ending == Ending::Truth, at, &signed)?;
        }
    }
    Ok(tally)
}

async fn serve(listener: &TcpListener, answer: Vec<u8>) -> Result<(), Failure> {
    let (mut stream, _) = listener.accept().await?;
    read_question(&mut stream).await?;
    // The client closes the connection as soon as it has read enough.
    stream.write_all(&answer).await.ok();
    stream.shutdown().await.ok();
    Ok(())
}

/// Flips bits of the request to the real server.
pub(crate) async fn of_questions(victim: &Victim, all: bool, rng: &mut Rng) -> Result<Tally, Failure> {
    let question = &victim.scene.question;
    let genuine = question.bytes();
    let uri = question.first.len() - " HTTP/1.1".len();
    let signed = [
        0..uri,
        of_body(question),
        of_value(&genuine, question, "client-id"),
        of_value(&genuine, question, "request-time"),
    ];
    let mut tally = Tally::default();
    for at in 0..genuine.len() {
        for bit in bits(all, rng) {
            let before = victim.wallet.calls();
            ask(victim, &flipped(&genuine, at, bit)).await?;
            tally.count(victim.wallet.calls() > before, at, &signed)?;
        }
    }
    // Only the genuine payment was requested.
    if victim.wallet.calls() == victim.wallet.decided(PAYMENT).len() {
        Ok(tally)
    } else {
        Err("another payment".into())
    }
}

/// Sends a request, and closes after the first response or when the server closes.
async fn ask(victim: &Victim, question: &[u8]) -> Result<(), Failure> {
    let mut stream = TcpStream::connect(victim.address).await?;
    stream.write_all(question).await.ok();
    let mut read = Vec::new();
    while Message::parse(&read).is_none() && matches!(stream.read_buf(&mut read).await, Ok(1..)) {}
    Ok(())
}

fn flipped(bytes: &[u8], at: usize, bit: u32) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1 << bit;
    bytes
}

/// Returns the range of the body in the message's bytes.
fn of_body(message: &Message) -> Range<usize> {
    let head = message.head().len();
    head..head + message.body.len()
}

/// Returns the range of a header's value in the message's bytes.
fn of_value(bytes: &[u8], message: &Message, name: &str) -> Range<usize> {
    let line = format!("{name}: {}\r\n", message.get(name).unwrap_or_default());
    let begin = bytes.windows(line.len()).position(|window| window.eq_ignore_ascii_case(line.as_bytes())).unwrap_or(0);
    begin + name.len() + 2..begin + line.len() - 2
}
