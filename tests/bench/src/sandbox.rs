//! The sandbox under load, with its state in an SQLite file and the journal on.

use std::fs;
use std::path::Path;

use alipayplus_kit::sandbox::{Facts, Keys, Sandbox, Settings, Storage};
use alipayplus_signing::{Clock, PrivateKey, SigningInput, VersionedSigner, format_time};
use bytes::Bytes;
use futures_util::future::try_join_all;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;

use crate::baseline::message as raw;
use crate::cost::{Clocks, Cost};
use crate::load::connect;
use crate::setup::LINE;
use crate::{Failable, host};

/// The goal: so many inquiries per second on this many cores.
const GOAL: f64 = 1500.0;
const CORES: u32 = 2;
const CONNECTIONS: usize = 16;
/// Requests that are signed before each part of the load, so that they stay fresh; each is about another payment.
const SIGNED: usize = 256;
/// How often one part sends each of them.
const TIMES: usize = 40;
const PART: u32 = 256 * 40;
/// How many parts have one line.
const SHOWN_EVERY: u32 = 5;
const HEADING: &str = "\
| inquiries | per second | processor time of one | two cores could do | memory | state |
|--:|--:|--:|--:|--:|--:|";

/// A signed inquiry.
type Inquiry = (HeaderMap, Bytes);

/// Sends so many inquiries, and prints what the last part of them cost the sandbox, and how much memory the process has.
pub(crate) fn run(requests: u32, print: &mut dyn FnMut(String) -> Failable<()>) -> Failable<()> {
    let folder = tempfile::tempdir()?;
    let mut settings = Settings::new(Keys::Throwaway);
    let file = folder.path().join("state.db");
    settings.folder = Some(folder.path().join("keys"));
    settings.storage = Storage::File(file.clone());
    let facts = start(settings)?;
    let address = facts.url.strip_prefix("http://").ok_or("the sandbox has no address")?.parse()?;
    let signer = signer(&facts)?;
    let runtime = host::runtime(1)?;
    let mut connections = runtime.block_on(try_join_all((0..CONNECTIONS).map(|_| connect(address))))?;
    print(HEADING.to_owned())?;
    for n in 1..=requests.div_ceil(PART) {
        let inquiries = runtime.block_on(signed(&facts, &signer, n))?;
        let clocks = Clocks::now();
        runtime.block_on(ask(&mut connections, &inquiries))?;
        let Cost { cpu, wall } = clocks.elsewhere(PART);
        if n == 1 || n % SHOWN_EVERY == 0 {
            let could = f64::from(CORES) / cpu;
            let verdict = if could >= GOAL { "" } else { " MISS" };
            let (sent, rate, micros, memory, state) = (n * PART, 1.0 / wall, cpu * 1e6, memory()?, size(&file)?);
            print(format!(
                "| {sent} | {rate:.0} | {micros:.0} µs | {could:.0}{verdict} | {memory} MiB | {state} MiB |"
            ))?;
        }
    }
    Ok(())
}

/// Starts the sandbox on threads of its own.
fn start(settings: Settings) -> Failable<Facts> {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let Ok(runtime) = host::runtime(2) else { return };
        runtime.block_on(async {
            match Sandbox::open(&settings).await {
                Ok(sandbox) => {
                    drop(sender.send(Ok(sandbox.facts().clone())));
                    drop(sandbox.run().await);
                }
                Err(error) => drop(sender.send(Err(error))),
            }
        });
    });
    Ok(receiver.recv()??)
}

fn signer(facts: &Facts) -> Failable<VersionedSigner> {
    let throwaway = facts.throwaway.as_ref().ok_or("the sandbox has no throwaway keys")?;
    Ok(VersionedSigner::new(1, PrivateKey::from_file(&throwaway.key)?))
}

/// Signs the inquiries of the n-th part, each about a payment that was not asked about before.
async fn signed(facts: &Facts, signer: &VersionedSigner, n: u32) -> Failable<Vec<Inquiry>> {
    let client_id = facts.throwaway.as_ref().map_or("", |made| made.client_id);
    let time = format_time(Clock::system().now());
    let mut inquiries = Vec::new();
    for m in 0..SIGNED {
        let body = format!(
            r#"{{"acquirerId":"1022188000000000001","pspId":"1022172000000000001","paymentRequestId":"SBX-PAID~{n}-{m}"}}"#
        );
        let input = SigningInput { method: LINE.method, uri: LINE.uri, client_id, time: &time, body: body.as_bytes() };
        let mut headers = HeaderMap::new();
        headers.insert("signature", HeaderValue::try_from(signer.sign(&input).await?.to_string())?);
        headers.insert("client-id", HeaderValue::from_static(client_id));
        headers.insert("request-time", HeaderValue::try_from(&time)?);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
        headers.insert(header::HOST, HeaderValue::from_static("sandbox"));
        inquiries.push((headers, Bytes::from(body)));
    }
    Ok(inquiries)
}

/// Sends all inquiries several times over the connections.
async fn ask(connections: &mut [SendRequest<Full<Bytes>>], inquiries: &[Inquiry]) -> Failable<()> {
    let lanes = connections.len();
    let lane = |(n, connection)| carry(connection, inquiries.iter().skip(n).step_by(lanes));
    try_join_all(connections.iter_mut().enumerate().map(lane)).await.map(drop)
}

async fn carry(
    connection: &mut SendRequest<Full<Bytes>>,
    inquiries: impl Iterator<Item = &Inquiry> + Clone,
) -> Failable<()> {
    for (headers, body) in std::iter::repeat_n(inquiries, TIMES).flatten() {
        let mut request = Request::post(LINE.uri).body(Full::new(body.clone()))?;
        *request.headers_mut() = headers.clone();
        connection.ready().await?;
        let (head, answer) = connection.send_request(request).await?.into_parts();
        let answer = raw::read(answer).await?;
        let is_right = head.status == StatusCode::OK && head.headers.contains_key("signature");
        if !is_right || !String::from_utf8_lossy(&answer).contains("paymentId") {
            return Err(format!("{} {}", head.status, String::from_utf8_lossy(&answer)).into());
        }
    }
    Ok(())
}

/// Returns the memory of this process in MiB.
fn memory() -> Failable<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("the system names no memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? / 1024)
}

/// Returns the size of a database and its log in MiB.
fn size(file: &Path) -> Failable<u64> {
    let log = file.with_extension("db-wal");
    Ok((fs::metadata(file)?.len() + fs::metadata(log).map_or(0, |log| log.len())) >> 20)
}
