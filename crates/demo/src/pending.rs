//! Pending requests: the MPP has the head and half of the body.

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

/// A genuine request with half of its body. It is aborted on drop.
#[derive(Debug)]
pub(crate) struct PendingRequest {
    stream: BufReader<TcpStream>,
    rest: &'static [u8],
}

impl PendingRequest {
    /// Sends the first half. The request then has a permit, since the MPP requests the body only after that.
    pub(crate) async fn start(mpp: SocketAddr, signer: &VersionedSigner, tracer_id: &str) -> io::Result<Self> {
        let request = request(signer, tracer_id).await?;
        let (half, rest) = BODY.split_at(BODY.len() / 2);
        let start = async {
            let mut stream = BufReader::new(TcpStream::connect(mpp).await?);
            stream.write_all(&request.head_bytes()).await?;
            let go_on = Message::read(&mut stream).await?;
            if go_on.is_none_or(|answer| answer.word(1) != "100") {
                return Err(io::Error::other("the MPP does not request the body of a pending request"));
            }
            stream.write_all(half).await?;
            Ok(Self { stream, rest })
        };
        timeout(PATIENCE, start).await?
    }

    /// Sends the rest and reads the response; only a request that was pending all the time gets one.
    pub(crate) async fn finish(mut self) -> io::Result<Message> {
        let finish = async {
            self.stream.write_all(self.rest).await?;
            Message::read(&mut self.stream).await?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
        };
        timeout(PATIENCE, finish).await?
    }
}

async fn request(signer: &VersionedSigner, tracer_id: &str) -> io::Result<Message> {
    let time = format_time(Clock::system().now());
    let content = SigningInput {
        method: InquiryPayment::METHOD,
        uri: InquiryPayment::PATH,
        client_id: ALLOWED,
        time: &time,
        body: BODY,
    };
    let signature = signer.sign(&content).await.map_err(io::Error::other)?.to_string();
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
