//! Shutting down: what is still served, for how long, and how a balancer learns of it.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, NotFound, Refusal, Request};
use alipayplus_server::{Caller, HttpServer, shutdown_signal};
use futures_util::future::join_all;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tracing::Level;

use crate::kit::{Log, Reply, TestRequest, builder, mounted, server};
use crate::serve::{read, start, wire};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn shutdown_finishes_requests_in_flight_and_accepts_no_more() {
    let server = mounted(builder().handler_deadline(Duration::from_millis(300)));
    let running = start(HttpServer::new(), server, Duration::from_secs(5)).await;
    let mut idle = TcpStream::connect(running.address).await.unwrap();
    idle.write_all(&wire(&TestRequest::for_payment("paid"), "keep-alive").await).await.unwrap();
    read(&mut idle).await.unwrap();
    let mut busy = TcpStream::connect(running.address).await.unwrap();
    busy.write_all(&wire(&TestRequest::for_payment("slow"), "keep-alive").await).await.unwrap();
    sleep(Duration::from_millis(100)).await;

    running.stop.send(()).unwrap();
    assert!(timeout(Duration::from_secs(1), read(&mut idle)).await.unwrap().is_none());
    assert!(TcpStream::connect(running.address).await.is_err(), "a new connection during the shutdown");
    let reply = timeout(Duration::from_secs(1), read(&mut busy)).await.unwrap().unwrap();
    assert_eq!(reply.code(), "UNKNOWN_EXCEPTION");
    assert_eq!(reply.header("connection"), Some("close"));
    timeout(Duration::from_secs(1), running.run).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn shutdown_is_bounded_by_its_grace_period() {
    let running = start(HttpServer::new(), server(), Duration::from_millis(200)).await;
    let mut busy = TcpStream::connect(running.address).await.unwrap();
    busy.write_all(&wire(&TestRequest::for_payment("slow"), "keep-alive").await).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    running.stop.send(()).unwrap();
    timeout(Duration::from_secs(2), running.run).await.unwrap().unwrap().unwrap();
    assert!(began.elapsed() >= Duration::from_millis(150), "{:?}", began.elapsed());
    assert!(read(&mut busy).await.is_none());
}

#[tokio::test]
async fn the_log_says_where_it_listens_and_when_it_shuts_down() {
    let log = Log::at(Level::INFO);
    let running = start(HttpServer::new().drain(SECOND / 20), server(), SECOND / 5).await;
    running.stop.send(()).unwrap();
    running.run.await.unwrap().unwrap();
    let fields: Vec<_> = log.lines().into_iter().map(|event| event["fields"].clone()).collect();
    let address = running.address.to_string();
    let listening = json!({ "message": "listening", "address": address });
    let shutting_down = json!({ "message": "shutting down", "drain": 0.05, "grace": 0.2 });
    assert_eq!(fields, [listening, shutting_down]);
}

/// A handler that occupies its thread.
struct Blocks;

impl InquiryPayment for Blocks {
    async fn inquiry_payment(&self, _: &Caller, _: Request) -> Result<Answer, Refusal> {
        thread::sleep(SECOND * 5);
        Ok(NotFound::default().into())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_handler_that_blocks_its_thread_does_not_delay_the_shutdown() {
    let server = builder().build().unwrap().inquiry_payment(Blocks);
    let running = start(HttpServer::new(), server, Duration::from_millis(200)).await;
    let mut busy = TcpStream::connect(running.address).await.unwrap();
    busy.write_all(&wire(&TestRequest::for_payment("paid"), "keep-alive").await).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    running.stop.send(()).unwrap();
    timeout(SECOND * 3, running.run).await.expect("the shutdown waits for the handler").unwrap().unwrap();
}

async fn ask(stream: &mut TcpStream, request: &[u8]) -> Reply {
    stream.write_all(request).await.unwrap();
    timeout(SECOND * 10, read(stream)).await.unwrap().expect("the connection was closed without a response")
}

#[tokio::test]
async fn the_readiness_turns_before_the_server_stops() {
    const PROBE: &[u8] = b"GET /ready HTTP/1.1\r\nHost: mpp\r\n\r\n";
    let is_up = Arc::new(AtomicBool::new(false));
    let panics = Arc::new(AtomicBool::new(false));
    let (check, panicking) = (Arc::clone(&is_up), Arc::clone(&panics));
    let settings = HttpServer::new().drain(SECOND).ready(move || {
        assert!(!panicking.load(Ordering::SeqCst), "the pool is poisoned");
        let is_up = check.load(Ordering::SeqCst);
        async move { is_up }
    });
    let running = start(settings, server(), SECOND * 5).await;
    let (request, address) = (wire(&TestRequest::for_payment("paid"), "keep-alive").await, running.address);
    let connect = async || TcpStream::connect(address).await.unwrap();
    let (mut idle, mut probes) = (connect().await, connect().await);
    assert_eq!(ask(&mut idle, &request).await.code(), "SUCCESS");
    assert_eq!(ask(&mut probes, PROBE).await.status(), 503);
    is_up.store(true, Ordering::SeqCst);
    assert_eq!(ask(&mut probes, PROBE).await.status(), 200);
    panics.store(true, Ordering::SeqCst);
    assert_eq!(ask(&mut probes, PROBE).await.status(), 503);
    panics.store(false, Ordering::SeqCst);

    running.stop.send(()).unwrap();
    sleep(Duration::from_millis(50)).await;
    assert_eq!(ask(&mut probes, PROBE).await.status(), 503);
    // Connections are still accepted, and each response closes its own.
    let mut new = connect().await;
    for stream in [&mut new, &mut idle] {
        let reply = ask(stream, &request).await;
        assert_eq!((reply.code().as_str(), reply.header("connection")), ("SUCCESS", Some("close")));
        assert!(read(stream).await.is_none());
    }
    timeout(SECOND * 4, running.run).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "a new connection after the shutdown");
}

#[tokio::test]
async fn without_a_check_the_path_of_the_readiness_is_like_any_other() {
    let running = start(HttpServer::new(), server(), SECOND).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let reply = ask(&mut stream, b"GET /ready HTTP/1.1\r\nHost: mpp\r\n\r\n").await;
    assert_eq!((reply.status(), reply.code().as_str()), (404, "NO_INTERFACE_DEF"));
}

#[tokio::test]
async fn a_readiness_check_that_hangs_fails() {
    let settings = HttpServer::new().ready(std::future::pending::<bool>);
    let running = start(settings, server(), SECOND).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(b"GET /ready HTTP/1.1\r\nHost: mpp\r\n\r\n").await.unwrap();
    assert_eq!(read(&mut stream).await.unwrap().status(), 503);
}

/// Clients that have connected take their connections for accepted, and send.
#[tokio::test]
async fn no_connection_that_was_made_before_the_stop_is_lost() {
    let request = wire(&TestRequest::for_payment("paid"), "keep-alive").await;
    for connections in [1024, 7] {
        let settings = HttpServer::new().max_connections(connections);
        // It is to stop before it begins: all connections are in the backlog.
        let bound = settings.with_graceful_shutdown(std::future::ready(()), SECOND * 10);
        let bound = bound.bind("127.0.0.1:0").await.unwrap();
        let address = bound.local_addr();
        let clients = (0..100).map(async |n: u64| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            // Most send before the stop, some a little later.
            sleep(Duration::from_millis(if n.is_multiple_of(10) { 150 } else { 0 })).await;
            ask(&mut stream, &request).await.code()
        });
        let stopping = async {
            sleep(Duration::from_millis(100)).await;
            bound.run(server()).await.unwrap();
        };
        let (codes, ()) = tokio::join!(join_all(clients), stopping);
        assert_eq!(codes, ["SUCCESS"; 100]);
    }
}

/// Idle connections are closed before the backlog is served, which needs their permits.
#[tokio::test]
async fn idle_connections_make_room_for_those_that_wait() {
    let running = start(HttpServer::new().max_connections(2), server(), SECOND * 10).await;
    let request = wire(&TestRequest::for_payment("paid"), "keep-alive").await;
    let mut streams = Vec::new();
    for n in 0..12 {
        streams.push(TcpStream::connect(running.address).await.unwrap());
        if n < 2 {
            assert_eq!(ask(&mut streams[n], &request).await.code(), "SUCCESS");
        }
    }
    let began = Instant::now();
    running.stop.send(()).unwrap();
    for stream in &mut streams[2..] {
        assert_eq!(ask(stream, &request).await.code(), "SUCCESS");
    }
    timeout(SECOND * 5, running.run).await.unwrap().unwrap().unwrap();
    assert!(began.elapsed() < SECOND * 8, "{:?}", began.elapsed());
}

/// A request that arrives on an idle connection at the moment of the stop is answered.
#[tokio::test]
async fn a_request_that_has_arrived_on_an_idle_connection_is_answered() {
    let running = start(HttpServer::new(), server(), SECOND * 5).await;
    let request = wire(&TestRequest::for_payment("paid"), "keep-alive").await;
    let mut streams = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        assert_eq!(ask(&mut stream, &request).await.code(), "SUCCESS");
        streams.push(stream);
    }
    // On this thread, no task of the server runs between the requests and the stop.
    for stream in &streams {
        assert_eq!(stream.try_write(&request).unwrap(), request.len());
    }
    running.stop.send(()).unwrap();
    for stream in &mut streams {
        let reply = timeout(SECOND * 5, read(stream)).await.unwrap().expect("the request was lost");
        assert_eq!((reply.code().as_str(), reply.header("connection")), ("SUCCESS", Some("close")));
    }
    timeout(SECOND * 3, running.run).await.unwrap().unwrap().unwrap();
}

/// The handlers are installed by the call, so that no signal is lost that comes before `run`.
#[cfg(unix)]
#[tokio::test]
async fn a_signal_before_the_server_runs_stops_it() {
    let settings = HttpServer::new().with_graceful_shutdown(shutdown_signal(), SECOND);
    let status = Command::new("sh").args(["-c", "kill -TERM $PPID"]).status().unwrap();
    assert!(status.success());
    sleep(Duration::from_millis(100)).await;
    let bound = settings.bind("127.0.0.1:0").await.unwrap();
    timeout(SECOND * 5, bound.run(server())).await.expect("the signal was lost").unwrap();
}
