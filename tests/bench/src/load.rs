//! Asks a server as fast as it answers, by requests that were signed before.

use std::net::SocketAddr;

use bytes::Bytes;
use futures_util::future::try_join_all;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use crate::Failable;
use crate::baseline::message::{self as raw, SIGNATURE};
use crate::cost::{Clocks, Cost};
use crate::setup::LINE;
use crate::{host, setup};

/// Connections that stay open, and what goes over them.
#[derive(Debug)]
pub(crate) struct Load {
    runtime: Runtime,
    connections: Vec<SendRequest<Full<Bytes>>>,
    heads: Vec<HeaderMap>,
    body: Bytes,
    answer: Bytes,
    /// How many requests each connection has carried.
    carried: usize,
}

impl Load {
    /// Opens the connections to a server. The requests take turns.
    ///
    /// # Errors
    /// The server is not there.
    pub(crate) fn open(
        server: SocketAddr,
        connections: usize,
        heads: &[HeaderMap],
        setup: &setup::Setup,
    ) -> Failable<Self> {
        let runtime = host::runtime(1)?;
        let host = HeaderValue::try_from(server.to_string())?;
        let heads = heads.iter().cloned().map(|mut head| {
            head.insert(header::HOST, host.clone());
            head
        });
        let heads = heads.collect();
        let connections = runtime.block_on(try_join_all((0..connections).map(|_| connect(server))))?;
        Ok(Self { runtime, connections, heads, body: setup.request.clone(), answer: setup.answer.clone(), carried: 0 })
    }

    /// Has each connection carry so many requests, one after the other.
    ///
    /// # Errors
    /// The connection broke, or an answer is not the right one or not signed.
    pub(crate) fn slice(&mut self, each: usize) -> Failable<Cost> {
        let Self { runtime, connections, heads, body, answer, carried } = self;
        let pieces = u32::try_from(connections.len() * each)?;
        let lanes = connections.len();
        let begin = Clocks::now();
        runtime.block_on(try_join_all(connections.iter_mut().enumerate().map(|(lane, connection)| {
            let heads = (0..each).filter_map(|n| heads.get(((*carried + n) * lanes + lane) % heads.len()));
            carry(connection, heads.collect(), body, answer)
        })))?;
        *carried += each;
        Ok(begin.elsewhere(pieces))
    }
}

/// Opens a connection that stays open.
pub(crate) async fn connect(server: SocketAddr) -> Failable<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn carry(
    connection: &mut SendRequest<Full<Bytes>>,
    heads: Vec<&HeaderMap>,
    body: &Bytes,
    expected: &Bytes,
) -> Failable<()> {
    for head in heads {
        let mut request = Request::post(LINE.uri).body(Full::new(body.clone()))?;
        *request.headers_mut() = head.clone();
        connection.ready().await?;
        let (head, answer) = connection.send_request(request).await?.into_parts();
        let answer = raw::read(answer).await?;
        if head.status != StatusCode::OK || !head.headers.contains_key(SIGNATURE) || answer != expected {
            return Err(format!("{} {}", head.status, String::from_utf8_lossy(&answer)).into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::server::Baseline;
    use crate::server;
    use crate::setup::{Setup, client_id};

    /// One request to a server: signed by this setup, with an answer as that one expects it.
    fn ask(server: SocketAddr, signed: &Setup, expected: &Setup) -> Failable<Cost> {
        Load::open(server, 1, &[signed.ask(&client_id(0))?], expected)?.slice(1)
    }

    #[test]
    fn both_servers_verify_and_the_right_answer_alone_counts() {
        let setup = Setup::new().unwrap();
        let baseline = Baseline::new(&setup).unwrap();
        let ours = setup.server(setup.server_key.ours.clone(), 1).unwrap();
        let baseline = host::start(1, || baseline.bind()).unwrap();
        let ours = host::start(1, || server::bind(ours)).unwrap();
        let (untrusted, other) = (Setup::new().unwrap(), Setup { answer: "{}".into(), ..Setup::new().unwrap() });
        for server in [baseline, ours] {
            assert!(ask(server, &setup, &setup).is_ok());
            assert!(ask(server, &untrusted, &setup).is_err(), "signed by another key");
            assert!(ask(server, &setup, &other).is_err(), "another answer");
        }
    }
}
