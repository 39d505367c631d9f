//! Connections that are refused, and persistent connections that are closed at the worst moment.

use std::io::ErrorKind;
use std::time::Duration;

use alipayplus_client::{Client, RetryPolicy, TransportErrorKind};
use futures_util::future;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use super::ending::Ending;
use super::responses::read_question;
use crate::failure::Failure;
use crate::test_bed::{Decision, TestBed, Wallet, expected, inquiry};

const PAYMENT: &str = "paid-7";
/// The server waits for a second connection, which the client may fail to open.
const PATIENCE: Duration = Duration::from_secs(10);

/// When the server closes the connection after the first response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closes {
    /// While the connection is idle.
    Idle,
    /// When the next request has begun to arrive.
    Within,
    /// When the next request is read.
    After,
}

/// The moment of closing, the client's retries, and the required result of its second call.
type Row = (Closes, RetryPolicy, Ending);

const SEND: Ending = Ending::Transport(TransportErrorKind::Send);

/// Checks a connection that is refused.
pub(crate) async fn refused(bed: &TestBed) -> Result<(), Failure> {
    let free = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let client = bed.client(format!("http://{free}")).retry(RetryPolicy::never()).build()?;
    let ending = ask(&client, &Wallet::default()).await?;
    let is_free = TcpStream::connect(free).await.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused);
    match ending {
        Ending::Transport(TransportErrorKind::Connect) if is_free => Ok(()),
        ending => Err(format!("a connection that is refused: ended with {ending:?}").into()),
    }
}

/// Checks all moments of closing; returns their number.
pub(crate) async fn closed(bed: &TestBed) -> Result<usize, Failure> {
    let rows: [Row; 5] = [
        (Closes::Idle, RetryPolicy::never(), Ending::Truth),
        (Closes::Within, RetryPolicy::never(), SEND),
        (Closes::Within, RetryPolicy::new(2), Ending::Truth),
        (Closes::After, RetryPolicy::never(), SEND),
        (Closes::After, RetryPolicy::new(2), Ending::Truth),
    ];
    for row in rows {
        let tried = timeout(PATIENCE, try_one(bed, row)).await;
        tried.map_err(|_| format!("{row:?}: no end"))?.map_err(|error| format!("{row:?}: {}", error.what))?;
    }
    Ok(rows.len())
}

async fn try_one(bed: &TestBed, (closes, retry, must_cause): Row) -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = bed.client(format!("http://{}", listener.local_addr()?)).retry(retry).build()?;
    let wallet = Wallet::default();
    let asking = async {
        let first = ask(&client, &wallet).await?;
        // The client notices the closed connection before its next request.
        sleep(Duration::from_millis(20)).await;
        let second = ask(&client, &wallet).await?;
        drop(client);
        Ok::<_, Failure>((first, second))
    };
    let serving = async {
        let mut kept = accept(&listener).await?;
        answer(&mut kept, bed, &wallet).await?;
        close(kept, closes).await?;
        if must_cause != Ending::Truth {
            return Ok::<_, Failure>(());
        }
        let mut second = accept(&listener).await?;
        answer(&mut second, bed, &wallet).await
    };
    let (endings, served) = future::join(asking, serving).await;
    served?;
    match endings? {
        (Ending::Truth, second) if second == must_cause => Ok(()),
        endings => Err(format!("ended with {endings:?} instead of {must_cause:?}").into()),
    }
}

async fn ask(client: &Client, wallet: &Wallet) -> Result<Ending, Failure> {
    let request = inquiry(PAYMENT)?;
    let result = client.inquiry_payment(&request).expecting(expected(PAYMENT)?).await;
    let decided = wallet.decided(PAYMENT);
    Ok(Ending::of(&result, decided.last().unwrap_or(&Decision::Nothing)))
}

async fn accept(listener: &TcpListener) -> Result<TcpStream, Failure> {
    Ok(listener.accept().await?.0)
}

/// Answers one request, and keeps the connection open.
async fn answer(stream: &mut TcpStream, bed: &TestBed, wallet: &Wallet) -> Result<(), Failure> {
    let server = bed.server().build()?.inquiry_payment(wallet.clone());
    let answer = read_question(stream).await?.answered_by(&server).await?;
    stream.write_all(&answer.set("connection", "keep-alive").bytes()).await?;
    Ok(())
}

async fn close(mut stream: TcpStream, closes: Closes) -> Result<(), Failure> {
    match closes {
        Closes::Idle => {}
        // The second request on this connection shows that it was kept.
        Closes::Within => {
            let begun = stream.read(&mut [0; 9]).await?;
            stream.set_zero_linger()?;
            if begun == 0 {
                return Err("the client did not keep the connection".into());
            }
        }
        Closes::After => drop(read_question(&mut stream).await?),
    }
    Ok(())
}
