//! The line between the client and the MPP: it carries every exchange, notes it byte for byte, and can be hostile.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alipayplus_client::VersionedSigner;
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::change::{Change, Twist, redirect};
use crate::wire::Message;

/// More than the MPP takes for any answer.
const PATIENCE: Duration = Duration::from_secs(6);

/// What the line does with what it carries.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) mpp: SocketAddr,
    pub(crate) request: Change,
    pub(crate) answer: Twist,
    /// The caller's key, for requests that a careless caller would sign.
    pub(crate) caller: VersionedSigner,
    /// The answer for [`Twist::EarlierAnswer`].
    pub(crate) earlier: Option<Message>,
}

/// One exchange as it went over the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Carried {
    /// As the client sent it.
    pub(crate) sent: Message,
    /// As the MPP got it, if it did.
    pub(crate) asked: Option<Message>,
    /// As the MPP answered.
    pub(crate) answered: Option<Message>,
    /// As the client got it.
    pub(crate) delivered: Message,
}

type Notes = Arc<Mutex<Vec<Result<Carried, String>>>>;

/// An open line. It closes when it is dropped.
#[derive(Debug)]
pub(crate) struct Line {
    address: SocketAddr,
    notes: Notes,
    task: JoinHandle<()>,
}

impl Line {
    pub(crate) async fn open(plan: Plan) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let notes = Notes::default();
        let task = tokio::spawn(accept(listener, plan, Arc::clone(&notes)));
        Ok(Self { address, notes, task })
    }

    /// What the client takes for the MPP.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was carried so far, and what went wrong.
    pub(crate) fn notes(&self) -> Vec<Result<Carried, String>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, plan: Plan, notes: Notes) {
    // Dropped with this task, and with it all connections.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(BufReader::new(stream), plan.clone(), Arc::clone(&notes)));
    }
}

async fn serve(mut stream: BufReader<TcpStream>, plan: Plan, notes: Notes) {
    // The client may send more than one request over a connection, or end it at any time.
    while let Ok(Some(sent)) = Message::read(&mut stream).await {
        let carried = match timeout(PATIENCE, carry(sent, &plan)).await {
            Ok(carried) => carried,
            Err(_) => Err("the MPP did not answer in time".to_owned()),
        };
        let delivered = carried.as_ref().map(|carried| carried.delivered.bytes()).unwrap_or_default();
        // Noted first: whoever has the answer can read of it.
        let is_carried = carried.is_ok();
        notes.lock().unwrap_or_else(PoisonError::into_inner).push(carried);
        if !is_carried || stream.write_all(&delivered).await.is_err() {
            return;
        }
    }
}

async fn carry(sent: Message, plan: &Plan) -> Result<Carried, String> {
    if !plan.answer.asks() {
        let delivered = match &plan.earlier {
            Some(earlier) => earlier.clone(),
            None => redirect(plan.mpp, &sent),
        };
        return Ok(Carried { sent, asked: None, answered: None, delivered });
    }
    let asked = plan.request.apply(&sent, &plan.caller).await?;
    let answered = ask(plan.mpp, &asked).await.map_err(|error| format!("asking the MPP: {error}"))?;
    let delivered = plan.answer.apply(&answered);
    Ok(Carried { sent, asked: Some(asked), answered: Some(answered), delivered })
}

/// Sends the exact bytes, and reads the answer.
async fn ask(mpp: SocketAddr, request: &Message) -> io::Result<Message> {
    let mut stream = BufReader::new(TcpStream::connect(mpp).await?);
    stream.write_all(&request.bytes()).await?;
    Message::read(&mut stream).await?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}
