//! Requests that are really held: their heads are with the MPP, and half of their bodies.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use alipayplus_client::inquiry_payment::InquiryPayment;
use alipayplus_client::signing::{SigningInput, format_time};
use alipayplus_client::{Clock, Operation as _, VersionedSigner};
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::scenario::ALLOWED;
use crate::wire::Message;

const BODY: &[u8] =
    br#"{"acquirerId":"1022188000000000001","pspId":"1022172000000000001","paymentRequestId":"paid-jpy"}"#;
const PATIENCE: Duration = Duration::from_secs(5);

/// A genuine request, of which half the body is still to come. It is given up when it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    stream: BufReader<TcpStream>,
    rest: &'static [u8],
}

impl Held {
    /// Sends the half. The request holds a place for sure then: the MPP asks for a body only after it has given one.
    pub(crate) async fn start(mpp: SocketAddr, caller: &VersionedSigner, tracer_id: &str) -> io::Result<Self> {
        let request = request(caller, tracer_id).await?;
        let (half, rest) = BODY.split_at(BODY.len() / 2);
        let start = async {
            let mut stream = BufReader::new(TcpStream::connect(mpp).await?);
            stream.write_all(&request.head_bytes()).await?;
            let go_on = Message::read(&mut stream).await?;
            if go_on.is_none_or(|answer| answer.word(1) != "100") {
                return Err(io::Error::other("the MPP does not want the body of a request that was to be held"));
            }
            stream.write_all(half).await?;
            Ok(Self { stream, rest })
        };
        timeout(PATIENCE, start).await?
    }

    /// Sends the rest and reads the answer: only a request that was held all the time gets one.
    pub(crate) async fn finish(mut self) -> io::Result<Message> {
        let finish = async {
            self.stream.write_all(self.rest).await?;
            Message::read(&mut self.stream).await?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
        };
        timeout(PATIENCE, finish).await?
    }
}

async fn request(caller: &VersionedSigner, tracer_id: &str) -> io::Result<Message> {
    let time = format_time(Clock::system().now());
    let content = SigningInput {
        method: InquiryPayment::METHOD,
        uri: InquiryPayment::PATH,
        client_id: ALLOWED,
        time: &time,
        body: BODY,
    };
    let signature = caller.sign(&content).await.map_err(io::Error::other)?.to_string();
    let headers = [
        ("host", "mpp"),
        ("signature", &signature),
        ("client-id", ALLOWED),
        ("request-time", &time),
        ("tracer-id", tracer_id),
        ("content-type", "application/json; charset=UTF-8"),
        ("expect", "100-continue"),
    ];
    Ok(Message::new(format!("{} {} HTTP/1.1", InquiryPayment::METHOD, InquiryPayment::PATH), &headers, BODY))
}
