//! The proxy between the client and the MPP: it records every exchange byte for byte, and can tamper with it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alipayplus_client::VersionedSigner;
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::change::{Change, Tamper, redirect};
use crate::wire::Message;

/// Longer than any response of the MPP takes.
const PATIENCE: Duration = Duration::from_secs(6);

/// What the proxy does.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) mpp: SocketAddr,
    pub(crate) request: Change,
    pub(crate) response: Tamper,
    /// The key of the client, for changed requests that are signed again.
    pub(crate) signer: VersionedSigner,
    /// The response for [`Tamper::EarlierResponse`].
    pub(crate) earlier: Option<Message>,
}

/// An exchange, as the proxy recorded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecordedExchange {
    /// The request of the client.
    pub(crate) sent: Message,
    /// The request to the MPP, if it was forwarded.
    pub(crate) received: Option<Message>,
    /// The response of the MPP.
    pub(crate) response: Option<Message>,
    /// The response to the client.
    pub(crate) delivered: Message,
}

type Records = Arc<Mutex<Vec<Result<RecordedExchange, String>>>>;

/// A running proxy, which stops on drop.
#[derive(Debug)]
pub(crate) struct Proxy {
    address: SocketAddr,
    records: Records,
    task: JoinHandle<()>,
}

impl Proxy {
    pub(crate) async fn open(plan: Plan) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let records = Records::default();
        let task = tokio::spawn(accept(listener, plan, Arc::clone(&records)));
        Ok(Self { address, records, task })
    }

    /// Returns the URL of the proxy.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the exchanges so far, and the errors.
    pub(crate) fn records(&self) -> Vec<Result<RecordedExchange, String>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, plan: Plan, records: Records) {
    // Dropped with this task, and with it all connections.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(BufReader::new(stream), plan.clone(), Arc::clone(&records)));
    }
}

async fn serve(mut stream: BufReader<TcpStream>, plan: Plan, records: Records) {
    // The client may send more than one request over a connection, or end it at any time.
    while let Ok(Some(sent)) = Message::read(&mut stream).await {
        let exchange = match timeout(PATIENCE, forward(sent, &plan)).await {
            Ok(exchange) => exchange,
            Err(_) => Err("the MPP did not respond in time".to_owned()),
        };
        let delivered = exchange.as_ref().map(|exchange| exchange.delivered.bytes()).unwrap_or_default();
        // Recorded before the client receives the response.
        let is_complete = exchange.is_ok();
        records.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
        if !is_complete || stream.write_all(&delivered).await.is_err() {
            return;
        }
    }
}

async fn forward(sent: Message, plan: &Plan) -> Result<RecordedExchange, String> {
    if !plan.response.forwards() {
        let delivered = match &plan.earlier {
            Some(earlier) => earlier.clone(),
            None => redirect(plan.mpp, &sent),
        };
        return Ok(RecordedExchange { sent, received: None, response: None, delivered });
    }
    let received = plan.request.apply(&sent, &plan.signer).await?;
    let response = send(plan.mpp, &received).await.map_err(|error| format!("the request to the MPP: {error}"))?;
    let delivered = plan.response.apply(&response);
    Ok(RecordedExchange { sent, received: Some(received), response: Some(response), delivered })
}

/// Sends the exact bytes, and reads the response.
async fn send(mpp: SocketAddr, request: &Message) -> io::Result<Message> {
    let mut stream = BufReader::new(TcpStream::connect(mpp).await?);
    stream.write_all(&request.bytes()).await?;
    Message::read(&mut stream).await?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}
