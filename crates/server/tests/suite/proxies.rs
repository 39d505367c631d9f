//! Behind nginx and `HAProxy`, each answer arrives with its own code, and none becomes an error of the proxy.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use alipayplus_server::HttpServer;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use crate::early::{refused, send, small};
use crate::kit::{Reply, Signing, TestRequest, builder, mounted};
use crate::serve::{read, read_next, start};

/// A proxy that forwards to the server. It ends with the test.
struct Proxy {
    name: &'static str,
    process: Child,
    address: SocketAddr,
    folder: PathBuf,
}

impl Proxy {
    /// Starts nginx, which reads a body before it connects to the server, or with `proxy_request_buffering off` does not.
    async fn nginx(upstream: SocketAddr, name: &'static str, settings: &str) -> Self {
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {kind};\n"))
            .concat();
        let config = |port| {
            format!(
                "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr crit;\nevents {{}}\n\
                 http {{\naccess_log off;\n{temporary}\
                 upstream mpp {{ server {upstream}; keepalive 16; }}\n\
                 server {{ listen 127.0.0.1:{port}; client_max_body_size 8m; location / {{ proxy_pass http://mpp;\n\
                 proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_ignore_client_abort on; {settings} }} }}\n}}\n"
            )
        };
        Self::start(name, "nginx", &["-e", "stderr", "-p", ".", "-c"], config).await
    }

    async fn haproxy(upstream: SocketAddr) -> Self {
        let config = |port| {
            format!(
                "defaults\n  mode http\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n\
                 frontend all\n  bind 127.0.0.1:{port}\n  default_backend mpp\n\
                 backend mpp\n  http-reuse always\n  server mpp {upstream}\n"
            )
        };
        Self::start("haproxy", "haproxy", &["-db", "-q", "-f"], config).await
    }

    /// Starts a program with a configuration file, which is its last argument.
    async fn start(name: &'static str, program: &str, arguments: &[&str], config: impl Fn(u16) -> String) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{program}-{port}"));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("proxy.conf");
        fs::write(&file, config(port)).unwrap();
        let process = Command::new(program)
            .env("PATH", format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default()))
            .args(arguments)
            .arg(&file)
            .current_dir(&folder)
            .stdin(Stdio::null())
            .spawn()
            .expect("a proxy is missing: apt-get install nginx-light haproxy");
        let proxy = Self { name, process, address: ([127, 0, 0, 1], port).into(), folder };
        let connecting = async {
            while TcpStream::connect(proxy.address).await.is_err() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(20), connecting).await.expect("the proxy does not listen");
        proxy
    }

    async fn all(upstream: SocketAddr) -> [Self; 3] {
        [
            Self::nginx(upstream, "nginx", "").await,
            Self::nginx(upstream, "nginx without buffering", "proxy_request_buffering off;").await,
            Self::haproxy(upstream).await,
        ]
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A kind of request: its name, what makes it of the kind, and the code of its answer.
type Route = (&'static str, fn(&mut TestRequest), &'static str);

const ROUTES: [Route; 12] = [
    ("good", |_| {}, "SUCCESS"),
    ("not found", |request| replace(request, "paid", "unknown"), "ORDER_NOT_EXIST"),
    ("refused by the handler", |request| replace(request, "paid", "blocked"), "PROCESS_FAIL"),
    ("handler late", |request| replace(request, "paid", "slow"), "UNKNOWN_EXCEPTION"),
    ("invalid body", |request| replace(request, "pspId", "other"), "PARAM_ILLEGAL"),
    ("unknown path", |request| request.uri = "/nowhere".into(), "NO_INTERFACE_DEF"),
    ("wrong method", |request| request.method = "PUT", "METHOD_NOT_SUPPORTED"),
    (
        "media type",
        |request| request.headers = vec![("content-type", "text/plain".into())],
        "MEDIA_TYPE_NOT_ACCEPTABLE",
    ),
    ("unknown client", |request| request.client_ids = vec!["stranger".into()], "INVALID_CLIENT"),
    ("bad signature", |request| request.signing = Signing::WrongBody, "INVALID_SIGNATURE"),
    ("stale", |request| request.times = vec!["2019-11-27T12:01:01+08:00".into()], "INVALID_SIGNATURE"),
    ("too large", |request| request.body.resize(300_000, b' '), "413"),
];

fn replace(request: &mut TestRequest, from: &str, to: &str) {
    request.body = String::from_utf8(request.body.clone()).unwrap().replace(from, to).into_bytes();
}

/// How a request is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    AtOnce,
    Http10,
    /// With a query, and closing the connection.
    Close,
    Chunked,
    /// Waits for `100 Continue` before the body.
    Expect,
    /// Parts with pauses between them.
    InParts,
    HalfClose,
    /// A head of over 6 KB.
    LargeHead,
    /// After another request on the same connection.
    Reuse,
    /// Behind another request, without waiting for its response.
    Pipelined,
}

#[derive(Clone, Copy)]
struct Form {
    name: &'static str,
    way: Way,
    /// The minimum length of the body, which ends with spaces.
    length: usize,
}

const FORMS: [Form; 14] = [
    Form { name: "small", way: Way::AtOnce, length: 0 },
    Form { name: "20 KB", way: Way::AtOnce, length: 20_000 },
    Form { name: "200 KB", way: Way::AtOnce, length: 200_000 },
    Form { name: "chunked", way: Way::Chunked, length: 0 },
    Form { name: "200 KB chunked", way: Way::Chunked, length: 200_000 },
    Form { name: "reused connection", way: Way::Reuse, length: 0 },
    Form { name: "200 KB on a reused connection", way: Way::Reuse, length: 200_000 },
    Form { name: "expects 100", way: Way::Expect, length: 20_000 },
    Form { name: "HTTP/1.0", way: Way::Http10, length: 0 },
    Form { name: "half-close", way: Way::HalfClose, length: 0 },
    Form { name: "in parts", way: Way::InParts, length: 20_000 },
    Form { name: "closes", way: Way::Close, length: 0 },
    Form { name: "large head", way: Way::LargeHead, length: 0 },
    Form { name: "pipelined", way: Way::Pipelined, length: 0 },
];

impl Form {
    /// Returns the head and the body of the request as they are sent.
    async fn encode(self, request: &TestRequest) -> (Vec<u8>, Vec<u8>) {
        let version = if self.way == Way::Http10 { "1.0" } else { "1.1" };
        let mut head = format!("{} {} HTTP/{version}\r\nHost: mpp\r\n", request.method, request.uri);
        for (name, value) in request.all_headers().await {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        match self.way {
            Way::Close => head.push_str("Connection: close\r\n"),
            Way::Expect => head.push_str("Expect: 100-continue\r\n"),
            Way::LargeHead => write!(head, "X-Padding: {}\r\n", "x".repeat(6000)).unwrap(),
            _ => {}
        }
        if self.way != Way::Chunked {
            write!(head, "Content-Length: {}\r\n\r\n", request.body.len()).unwrap();
            return (head.into_bytes(), request.body.clone());
        }
        head.push_str("Transfer-Encoding: chunked\r\n\r\n");
        let mut body = Vec::new();
        for part in request.body.chunks(10_000) {
            body.extend(format!("{:x}\r\n", part.len()).into_bytes());
            body.extend(part);
            body.extend(b"\r\n");
        }
        body.extend(b"0\r\n\r\n");
        (head.into_bytes(), body)
    }

    /// Sends a request, and returns its response.
    async fn send(self, address: SocketAddr, route: &Route) -> Option<Reply> {
        let request = TestRequest::for_payment("paid").with(route.1).with(|request| {
            request.body.resize(request.body.len().max(self.length), b' ');
            if self.way == Way::Close {
                request.uri.push_str("?a=b");
            }
        });
        let (head, body) = self.encode(&request).await;
        let mut stream = TcpStream::connect(address).await.ok()?;
        if let Way::Reuse | Way::Pipelined = self.way {
            let (head, body) = FORMS[0].encode(&TestRequest::for_payment("open")).await;
            stream.write_all(&[head, body].concat()).await.ok()?;
        }
        let mut buffer = Vec::new();
        match self.way {
            Way::Expect => {
                stream.write_all(&head).await.ok()?;
                let reply = read(&mut stream).await?;
                if reply.status() != 100 {
                    return Some(reply);
                }
                stream.write_all(&body).await.ok()?;
            }
            Way::InParts => {
                for part in [head, body].concat().chunks(4_000) {
                    stream.write_all(part).await.ok()?;
                    sleep(Duration::from_millis(2)).await;
                }
            }
            Way::Reuse => {
                assert_eq!(read(&mut stream).await?.code(), "SUCCESS");
                stream.write_all(&[head, body].concat()).await.ok()?;
            }
            Way::HalfClose => {
                stream.write_all(&[head, body].concat()).await.ok()?;
                stream.shutdown().await.ok()?;
            }
            Way::Pipelined => {
                stream.write_all(&[head, body].concat()).await.ok()?;
                assert_eq!(read_next(&mut stream, &mut buffer).await?.code(), "SUCCESS");
            }
            _ => stream.write_all(&[head, body].concat()).await.ok()?,
        }
        read_next(&mut stream, &mut buffer).await
    }
}

#[tokio::test]
async fn every_form_of_every_request_gets_its_own_answer() {
    let server = mounted(builder().handler_deadline(Duration::from_millis(50)));
    let running = start(HttpServer::new(), server, Duration::from_secs(1)).await;
    let proxies = Proxy::all(running.address).await;
    let direct = [("no proxy", running.address)];
    let mut wrong = Vec::new();
    for (proxy, address) in proxies.iter().map(|proxy| (proxy.name, proxy.address)).chain(direct) {
        for form in FORMS {
            for route in &ROUTES {
                let reply = timeout(Duration::from_secs(20), form.send(address, route)).await;
                let code = match reply {
                    Ok(Some(reply)) if [200, 404, 413].contains(&reply.status()) => reply.code(),
                    Ok(Some(reply)) => reply.status().to_string(),
                    Ok(None) => "no response".to_owned(),
                    Err(_) => "late".to_owned(),
                };
                if code != route.2 {
                    wrong.push(format!("{proxy}, {}, {}: {code} instead of {}", form.name, route.0, route.2));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn no_large_refusal_becomes_an_error_of_the_proxy() {
    let running = start(HttpServer::new(), small(), Duration::from_secs(1)).await;
    for proxy in Proxy::all(running.address).await {
        for length in [20_000, 200_000, 1_000_000, 3_000_000] {
            for (request, code) in refused(length) {
                let reply = send(proxy.address, &request, "keep-alive").await;
                assert!(reply.status() == 200 || reply.status() == 413, "{} {length}: {reply:?}", proxy.name);
                assert_eq!(reply.code(), code, "{} {length}", proxy.name);
            }
        }
    }
}
