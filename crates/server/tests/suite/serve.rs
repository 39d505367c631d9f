//! Serving over TCP.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::panic::panic_any;
use std::time::Duration;

use alipayplus_server::{HttpServer, ServeError, Server};
use bytes::Bytes;
use http_body_util::Full;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::kit::{Log, Reply, TestRequest, builder, mounted, server};

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) run: JoinHandle<Result<(), ServeError>>,
}

pub(crate) async fn start(settings: HttpServer, server: Server, grace: Duration) -> Running {
    let (stop, stopped) = oneshot::channel();
    let shutdown = async { drop(stopped.await) };
    let bound = settings.with_graceful_shutdown(shutdown, grace).bind("127.0.0.1:0").await.unwrap();
    let address = bound.local_addr();
    assert_ne!(address.port(), 0);
    let run = tokio::spawn(bound.run(server));
    Running { address, stop, run }
}

/// Returns the bytes of the HTTP request.
pub(crate) async fn wire(request: &TestRequest, connection: &str) -> Vec<u8> {
    let mut head = format!("{} {} HTTP/1.1\r\nHost: mpp\r\nConnection: {connection}\r\n", request.method, request.uri);
    for (name, value) in request.all_headers().await {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    write!(head, "content-length: {}\r\n\r\n", request.body.len()).unwrap();
    [head.as_bytes(), &request.body].concat()
}

/// Reads one response, or `None` if the connection is closed.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Reply> {
    read_next(stream, &mut Vec::new()).await
}

/// Reads one response. What has arrived of the next one is left in the buffer.
pub(crate) async fn read_next(stream: &mut (impl AsyncRead + Unpin), bytes: &mut Vec<u8>) -> Option<Reply> {
    loop {
        if let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let mut lines = head.lines();
            let status = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
            let mut response = http::Response::builder().status(status.as_str());
            let mut length = 0;
            for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
                response = response.header(name, value);
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.parse().unwrap();
                }
            }
            bytes.drain(..end + 4);
            while bytes.len() < length {
                assert_ne!(stream.read_buf(bytes).await.unwrap(), 0);
            }
            let body = bytes.drain(..length).collect();
            return Some(Reply(response.body(body).unwrap()));
        }
        if stream.read_buf(bytes).await.ok()? == 0 {
            return None;
        }
    }
}

#[tokio::test]
async fn a_request_over_tcp_is_answered_and_signed() {
    let log = Log::start();
    let running = start(HttpServer::new(), server(), Duration::from_secs(1)).await;
    let request = TestRequest::for_payment("paid").with(|request| request.uri.push_str("?a=b"));
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    // Two requests on one connection.
    for _ in 0..2 {
        stream.write_all(&wire(&request, "keep-alive").await).await.unwrap();
        let reply = read(&mut stream).await.unwrap();
        assert_eq!(reply.code(), "SUCCESS");
        assert!(reply.verifies(&request));
        assert_eq!(log.last()["span"]["remote_addr"], stream.local_addr().unwrap().to_string());
    }
}

#[tokio::test]
async fn serve_binds_the_address_that_was_set() {
    let address = HttpServer::new().bind("127.0.0.1:0").await.unwrap().local_addr();
    let (stop, stopped) = oneshot::channel::<()>();
    let settings = HttpServer::new().address(address.to_string());
    let settings = settings.with_graceful_shutdown(async { drop(stopped.await) }, Duration::from_secs(1));
    let run = tokio::spawn(settings.serve(server()));
    let connecting = async {
        loop {
            match TcpStream::connect(address).await {
                Ok(stream) => break stream,
                Err(_) => sleep(Duration::from_millis(10)).await,
            }
        }
    };
    let mut stream = timeout(Duration::from_secs(20), connecting).await.unwrap();
    stream.write_all(&wire(&TestRequest::for_payment("paid"), "close").await).await.unwrap();
    assert_eq!(read(&mut stream).await.unwrap().code(), "SUCCESS");
    stop.send(()).unwrap();
    run.await.unwrap().unwrap();
}

#[tokio::test]
async fn timeouts_that_would_overflow_are_accepted() {
    let serve = HttpServer::new().header_timeout(Duration::MAX).write_timeout(Duration::MAX);
    let running = start(serve, server(), Duration::MAX).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(&wire(&TestRequest::for_payment("paid"), "close").await).await.unwrap();
    assert_eq!(read(&mut stream).await.unwrap().code(), "SUCCESS");
}

#[tokio::test]
async fn a_panic_of_another_service_ends_only_its_connection() {
    struct PanicsOnDrop;
    impl Drop for PanicsOnDrop {
        fn drop(&mut self) {
            panic!("again");
        }
    }
    async fn panics<R>(_: R) -> Result<http::Response<Full<Bytes>>, Infallible> {
        tokio::task::yield_now().await;
        panic_any(PanicsOnDrop)
    }
    let bound = HttpServer::new().bind("127.0.0.1:0").await.unwrap();
    let address = bound.local_addr();
    let run = tokio::spawn(bound.run(tower::service_fn(panics)));
    for _ in 0..3 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&wire(&TestRequest::for_payment("paid"), "close").await).await.unwrap();
        assert!(read(&mut stream).await.is_none());
    }
    assert!(!run.is_finished());
}

#[tokio::test]
async fn axum_can_be_served_too() {
    let app = axum::Router::new().route("/health", axum::routing::get(|| async { "ok" })).fallback_service(server());
    let bound = HttpServer::new().bind("127.0.0.1:0").await.unwrap();
    let address = bound.local_addr();
    tokio::spawn(bound.run(app));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: mpp\r\n\r\n").await.unwrap();
    assert_eq!(read(&mut stream).await.unwrap().0.body(), "ok");
    let request = TestRequest::for_payment("paid");
    stream.write_all(&wire(&request, "close").await).await.unwrap();
    assert!(read(&mut stream).await.unwrap().verifies(&request));
}

#[tokio::test]
async fn a_body_over_the_limit_gets_413_over_tcp() {
    let running = start(HttpServer::new(), mounted(builder().body_limit(100)), Duration::from_secs(1)).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(
            &wire(&TestRequest::for_payment("paid").with(|request| request.body.resize(101, b' ')), "close").await,
        )
        .await
        .unwrap();
    assert_eq!(read(&mut stream).await.unwrap().code(), "413");
}

/// Returns how long the server keeps the connection open.
async fn open_for(stream: &mut TcpStream) -> Duration {
    let began = Instant::now();
    timeout(Duration::from_secs(10), read_to_end(stream)).await.expect("the connection is not closed");
    began.elapsed()
}

#[tokio::test]
async fn a_slow_head_and_an_idle_connection_are_closed() {
    const SHORT: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_secs(1);
    let settings = HttpServer::new().header_timeout(SHORT).idle_timeout(LONG);
    let running = start(settings, server(), Duration::from_secs(1)).await;
    let request = wire(&TestRequest::for_payment("paid"), "keep-alive").await;
    let connect = async || TcpStream::connect(running.address).await.unwrap();
    let between = |time, low, high: Duration| assert!(low <= time && time < high, "{time:?}");

    let mut silent = connect().await;
    between(open_for(&mut silent).await, SHORT / 2, LONG);
    let mut slow = connect().await;
    slow.write_all(&request[..30]).await.unwrap();
    between(open_for(&mut slow).await, SHORT / 2, LONG);

    // Between two requests, another time applies than within a head.
    let mut idle = connect().await;
    for _ in 0..2 {
        idle.write_all(&request).await.unwrap();
        assert_eq!(read(&mut idle).await.unwrap().code(), "SUCCESS");
        sleep(SHORT * 3).await;
    }
    idle.write_all(&request[..30]).await.unwrap();
    between(open_for(&mut idle).await, SHORT / 2, LONG / 2);

    let settings = HttpServer::new().header_timeout(LONG * 5).idle_timeout(SHORT);
    let running = start(settings, server(), Duration::from_secs(1)).await;
    let mut idle = TcpStream::connect(running.address).await.unwrap();
    idle.write_all(&request).await.unwrap();
    assert_eq!(read(&mut idle).await.unwrap().code(), "SUCCESS");
    between(open_for(&mut idle).await, SHORT / 2, LONG);
}

#[tokio::test]
async fn connect_gets_405_over_tcp() {
    let running = start(HttpServer::new(), server(), Duration::from_secs(1)).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(b"CONNECT mpp:443 HTTP/1.1\r\nHost: mpp:443\r\n\r\n").await.unwrap();
    assert_eq!(read(&mut stream).await.unwrap().code(), "405");
}

/// A client that sends no more may still wait for the response.
#[tokio::test]
async fn a_client_that_half_closes_after_its_request_is_answered() {
    let running = start(
        HttpServer::new(),
        mounted(builder().handler_deadline(Duration::from_millis(200))),
        Duration::from_secs(1),
    )
    .await;
    for (payment, code) in [("paid", "SUCCESS"), ("slow", "UNKNOWN_EXCEPTION")] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(&wire(&TestRequest::for_payment(payment), "keep-alive").await).await.unwrap();
        stream.shutdown().await.unwrap();
        assert_eq!(read(&mut stream).await.unwrap().code(), code);
        assert!(open_for(&mut stream).await < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_rejected() {
    let running = start(HttpServer::new(), server(), Duration::from_secs(1)).await;
    for (length, code) in [(30_000, "SUCCESS"), (300_000, "431")] {
        let request = TestRequest::for_payment("paid").header("x-padding", "x".repeat(length));
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        // The server may close the connection before it has read everything.
        let _ = stream.write_all(&wire(&request, "close").await).await;
        assert_eq!(read(&mut stream).await.unwrap().code(), code);
    }
}

async fn read_to_end(stream: &mut TcpStream) {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
}

/// Without the write timeout, a client that never reads would occupy the only connection forever.
#[tokio::test]
async fn a_client_that_never_reads_is_disconnected() {
    let settings = HttpServer::new().max_connections(1).write_timeout(Duration::from_millis(200));
    let running = start(settings, server(), Duration::from_secs(1)).await;
    let mut unread = TcpStream::connect(running.address).await.unwrap();
    let requests = b"GET /nowhere HTTP/1.1\r\nHost: mpp\r\n\r\n".repeat(1000);
    // At most 400,000 requests: the buffers of both ends are full long before.
    let request = async {
        for _ in 0..400 {
            if unread.write_all(&requests).await.is_err() {
                break;
            }
        }
    };
    let _ = timeout(Duration::from_secs(20), request).await;
    let mut next = TcpStream::connect(running.address).await.unwrap();
    next.write_all(&wire(&TestRequest::for_payment("paid"), "close").await).await.unwrap();
    let reply = timeout(Duration::from_secs(20), read(&mut next)).await.unwrap().unwrap();
    assert_eq!(reply.code(), "SUCCESS");
    drop(unread);
}

#[tokio::test]
async fn many_connections_at_once_wait_in_the_backlog() {
    let bound = HttpServer::new().bind("127.0.0.1:0").await.unwrap();
    let connect_all = async {
        let mut streams = Vec::new();
        for _ in 0..300 {
            streams.push(TcpStream::connect(bound.local_addr()).await.unwrap());
        }
        streams.len()
    };
    // Nothing accepts connections. A client that does not fit into the backlog would retry after a second.
    assert_eq!(timeout(Duration::from_secs(10), connect_all).await, Ok(300));
}

#[tokio::test]
async fn a_connection_over_the_limit_waits() {
    let running = start(HttpServer::new().max_connections(1), server(), Duration::from_secs(1)).await;
    let first = TcpStream::connect(running.address).await.unwrap();
    let mut second = TcpStream::connect(running.address).await.unwrap();
    second.write_all(&wire(&TestRequest::for_payment("paid"), "close").await).await.unwrap();
    assert!(timeout(Duration::from_millis(200), read(&mut second)).await.is_err());
    drop(first);
    let reply = timeout(Duration::from_secs(3), read(&mut second)).await.unwrap().unwrap();
    assert_eq!(reply.code(), "SUCCESS");
}

#[tokio::test]
async fn an_address_that_cant_be_bound_is_named() {
    let taken = HttpServer::new().bind("127.0.0.1:0").await.unwrap();
    let error = HttpServer::new().bind(taken.local_addr()).await.unwrap_err();
    assert!(error.to_string().contains(&taken.local_addr().to_string()), "{error}");
    let error = HttpServer::new().max_connections(0).bind("127.0.0.1:0").await.unwrap_err();
    assert!(matches!(error, ServeError::Zero { setting: "max_connections" }));
    let error = HttpServer::new().header_timeout(Duration::ZERO).bind("127.0.0.1:0").await.unwrap_err();
    assert!(matches!(error, ServeError::Zero { setting: "header_timeout" }));
    let error = HttpServer::new().idle_timeout(Duration::ZERO).bind("127.0.0.1:0").await.unwrap_err();
    assert!(matches!(error, ServeError::Zero { setting: "idle_timeout" }));
    let error = HttpServer::new().write_timeout(Duration::ZERO).bind("127.0.0.1:0").await.unwrap_err();
    assert!(matches!(error, ServeError::Zero { setting: "write_timeout" }));
}
