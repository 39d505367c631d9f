//! Connections that are refused, and such that are to be kept and are closed at the worst moment.

use std::io::ErrorKind;
use std::time::Duration;

use alipayplus_client::{Client, RetryPolicy, TransportErrorKind};
use futures_util::future;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use super::answers::{plain, read_question};
use super::ending::Ending;
use crate::house::{Decision, House, Wallet, expected, question};
use crate::part::Disproof;

const PAYMENT: &str = "paid-7";
/// The server waits for a second connection, which a client that does not come back never opens.
const PATIENCE: Duration = Duration::from_secs(10);

/// What it does with the connection after the first answer on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closes {
    /// While nothing is asked.
    Idle,
    /// When the next question has begun to come.
    Within,
    /// When the next question is read.
    After,
}

/// One kind of closing; whether the client repeats by itself; how its second call must end.
type Row = (Closes, RetryPolicy, Ending);

const SEND: Ending = Ending::Transport(TransportErrorKind::Send);

/// Nobody is there.
pub(crate) async fn refused(house: &House) -> Result<(), Disproof> {
    let free = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let client = house.client(format!("http://{free}")).http(plain()).retry(RetryPolicy::never()).build()?;
    let ending = ask(&client, &Wallet::default()).await?;
    let is_free = TcpStream::connect(free).await.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused);
    match ending {
        Ending::Transport(TransportErrorKind::Connect) if is_free => Ok(()),
        ending => Err(format!("a connection that is refused: ended with {ending:?}").into()),
    }
}

/// All ways to close, and how many there are.
pub(crate) async fn closed(house: &House) -> Result<usize, Disproof> {
    let rows: [Row; 5] = [
        (Closes::Idle, RetryPolicy::never(), Ending::Truth),
        (Closes::Within, RetryPolicy::never(), SEND),
        (Closes::Within, RetryPolicy::new(2), Ending::Truth),
        (Closes::After, RetryPolicy::never(), SEND),
        (Closes::After, RetryPolicy::new(2), Ending::Truth),
    ];
    for row in rows {
        let tried = timeout(PATIENCE, try_one(house, row)).await;
        tried.map_err(|_| format!("{row:?}: it never ended"))?.map_err(|error| format!("{row:?}: {}", error.what))?;
    }
    Ok(rows.len())
}

async fn try_one(house: &House, (closes, retry, must_cause): Row) -> Result<(), Disproof> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = house.client(format!("http://{}", listener.local_addr()?)).http(plain()).retry(retry).build()?;
    let wallet = Wallet::default();
    let asking = async {
        let first = ask(&client, &wallet).await?;
        // The client learns of a closed connection before it asks again.
        sleep(Duration::from_millis(20)).await;
        let second = ask(&client, &wallet).await?;
        drop(client);
        Ok::<_, Disproof>((first, second))
    };
    let serving = async {
        let mut kept = accept(&listener).await?;
        answer(&mut kept, house, &wallet).await?;
        close(kept, closes).await?;
        if must_cause != Ending::Truth {
            return Ok::<_, Disproof>(());
        }
        let mut second = accept(&listener).await?;
        answer(&mut second, house, &wallet).await
    };
    let (endings, served) = future::join(asking, serving).await;
    served?;
    match endings? {
        (Ending::Truth, second) if second == must_cause => Ok(()),
        endings => Err(format!("ended with {endings:?} instead of {must_cause:?}").into()),
    }
}

async fn ask(client: &Client, wallet: &Wallet) -> Result<Ending, Disproof> {
    let request = question(PAYMENT)?;
    let result = client.inquiry_payment(&request).expecting(expected(PAYMENT)?).await;
    let decided = wallet.decided(PAYMENT);
    Ok(Ending::of(&result, decided.last().unwrap_or(&Decision::Nothing)))
}

async fn accept(listener: &TcpListener) -> Result<TcpStream, Disproof> {
    Ok(listener.accept().await?.0)
}

/// Answers one question, and promises to keep the connection.
async fn answer(stream: &mut TcpStream, house: &House, wallet: &Wallet) -> Result<(), Disproof> {
    let server = house.server().build()?.inquiry_payment(wallet.clone());
    let answer = read_question(stream).await?.answered_by(&server).await?;
    stream.write_all(&answer.set("connection", "keep-alive").bytes()).await?;
    Ok(())
}

async fn close(mut stream: TcpStream, closes: Closes) -> Result<(), Disproof> {
    match closes {
        Closes::Idle => {}
        // That the second question comes on this very connection shows that it was kept.
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
