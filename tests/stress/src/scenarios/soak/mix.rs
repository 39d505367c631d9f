//! Mixed traffic: mostly valid requests, some invalid ones, connections that break, and the real client.

use std::net::SocketAddr;
use std::time::Duration;

use alipayplus_client::Client;
use alipayplus_signing::VersionedSigner;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::failure::Failure;
use crate::scenarios::load::{Keys, Response, SignedRequest, VERSION, inquire};

/// The pause between two connections that break, and between two requests of the client.
const PAUSE: Duration = Duration::from_millis(50);

/// Of sixteen requests one has an unknown key version, one a body that is not JSON, and one the signature of another
/// request.
pub(super) async fn questions(keys: &Keys) -> Result<Vec<SignedRequest>, Failure> {
    let key = VersionedSigner::new(VERSION, keys.client.clone());
    let unknown = VersionedSigner::new(VERSION + 1, keys.client.clone());
    let mut questions = Vec::new();
    for n in 0..64 {
        let id = format!("payment-{n}");
        let good = SignedRequest::about(&id, &key).await?;
        questions.push(match n % 16 {
            3 => SignedRequest::about(&id, &unknown).await?,
            7 => SignedRequest::with_body(&id, "no JSON", &key).await?,
            11 => good.signed_as(&SignedRequest::about("another", &key).await?),
            _ => good,
        });
    }
    Ok(questions)
}

/// The expected responses.
pub(super) fn expected() -> [Response; 4] {
    let illegal = Response::Signed("PARAM_ILLEGAL".to_owned());
    [Response::paid(), illegal, Response::unsigned("KEY_NOT_FOUND"), Response::unsigned("INVALID_SIGNATURE")]
}

/// Breaks connections in the middle of a request, or before its response; returns their number.
pub(super) async fn break_off(address: SocketAddr, request: SignedRequest, end: Instant) -> Result<u64, Failure> {
    let (head, body) = request.wire();
    let whole = [head.as_slice(), &body].concat();
    let mut count = 0;
    for sent in [head.len() / 2, head.len() + body.len() / 2, whole.len()].into_iter().cycle() {
        if Instant::now() >= end {
            break;
        }
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(&whole[..sent]).await?;
        drop(stream);
        sleep(PAUSE).await;
        count += 1;
    }
    Ok(count)
}

/// Sends requests with the real client, which signs and verifies; returns the number of responses.
pub(super) async fn by_client(client: &Client, end: Instant) -> Result<u64, Failure> {
    let mut count = 0;
    while Instant::now() < end {
        inquire(client, &format!("by-client-{count}")).await??;
        sleep(PAUSE).await;
        count += 1;
    }
    Ok(count)
}
