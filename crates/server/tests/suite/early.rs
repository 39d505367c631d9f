//! Refusals that are made before the body is read reach clients that send their whole body first.

use std::net::SocketAddr;
use std::time::Duration;

use alipayplus_server::{HttpServer, Server};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use crate::kit::{Reply, TestRequest, builder, mounted};
use crate::serve::{read, start, wire};

/// A request with a body of this many bytes, and the refusal that its head causes.
pub(crate) fn refused(length: usize) -> [(TestRequest, &'static str); 4] {
    let request = TestRequest::for_payment("paid").with(|request| request.body.resize(length, b' '));
    [
        (request.clone().with(|request| request.uri = "/nowhere".into()), "NO_INTERFACE_DEF"),
        (request.clone().with(|request| request.method = "PUT"), "METHOD_NOT_SUPPORTED"),
        (
            request.clone().with(|request| request.headers = vec![("content-type", "text/plain".to_owned())]),
            "MEDIA_TYPE_NOT_ACCEPTABLE",
        ),
        (request, "413"),
    ]
}

/// How many bytes are sent at once.
const PART: usize = 128 * 1024;

/// Sends the whole request before it reads the response.
pub(crate) async fn send(address: SocketAddr, request: &TestRequest, connection: &str) -> Reply {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let exchange = async {
        for part in wire(request, connection).await.chunks(PART) {
            stream.write_all(part).await.expect("the connection was closed before the request was sent");
            // The server may answer, and close the connection, between two parts.
            sleep(Duration::from_millis(1)).await;
        }
        read(&mut stream).await.expect("the connection was closed without a response")
    };
    timeout(Duration::from_secs(20), exchange).await.unwrap()
}

pub(crate) fn small() -> Server {
    mounted(builder().body_limit(1000))
}

#[tokio::test]
async fn a_client_that_sends_its_whole_body_first_gets_the_refusal() {
    let running = start(HttpServer::new(), small(), Duration::from_secs(1)).await;
    for length in [20_000, 200_000, 1_000_000, 3_000_000] {
        for (request, code) in refused(length) {
            let reply = send(running.address, &request, "keep-alive").await;
            assert_eq!(reply.code(), code, "{length}");
            // A body that is not read to its end costs the connection, and the client learns so.
            assert_eq!(reply.header("connection") == Some("close"), length > 1024 * 1024, "{length}");
        }
    }
}

#[tokio::test]
async fn a_client_that_sends_too_large_a_head_first_gets_the_refusal() {
    let running = start(HttpServer::new(), small(), Duration::from_secs(1)).await;
    let request = TestRequest::for_payment("paid").header("x-padding", "x".repeat(2_000_000));
    assert_eq!(send(running.address, &request, "keep-alive").await.code(), "431");
}

/// In another server, the service does the same by reading the body itself.
#[tokio::test]
async fn in_axum_a_client_that_sends_its_whole_body_first_gets_the_refusal() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new().fallback_service(small());
    tokio::spawn(async move { axum::serve(listener, router).await });
    for length in [20_000, 200_000, 1_000_000] {
        for (request, code) in refused(length) {
            assert_eq!(send(address, &request, "keep-alive").await.code(), code, "{length}");
        }
    }
}
