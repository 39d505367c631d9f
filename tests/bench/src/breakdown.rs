//! The cost of a request in the server without RSA, by part.

use std::fmt;
use std::hint::black_box;
use std::net::SocketAddr;

use alipayplus_model::inquiry_payment::{InquiryPayment, Request};
use alipayplus_runtime::message;
use alipayplus_runtime::operation::{Operation as _, OutcomeInfo as _};
use alipayplus_server::{KeyRing, Server};
use alipayplus_signing::{Freshness, SignatureHeader, SigningInput, format_time};
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::Full;
use serde::Deserialize;
use tower::ServiceExt as _;

use crate::baseline::message::{CLIENT_ID, REQUEST_TIME, SIGNATURE, value};
use crate::baseline::server::Baseline;
use crate::cost::Cost;
use crate::free::Free;
use crate::interleave::{Side, interleave, repeated};
use crate::load::Load;
use crate::setup::{LINE, Setup, VERSION, client_id, paid};
use crate::table::verdict;
use crate::{Failable, host, server};

/// The goal: at most this many microseconds.
const GOAL: f64 = 20.0;
/// Slices of a round.
const SLICES: usize = 20;
/// Connections that stay open.
const CONNECTIONS: usize = 16;

/// The cost of a request without RSA, by part, in microseconds.
#[derive(Debug)]
pub(crate) struct Breakdown {
    whole: f64,
    rows: Vec<(&'static str, f64)>,
}

pub(crate) fn table() -> Failable<Breakdown> {
    let setup = Setup::new()?;
    let head = setup.ask(&client_id(0))?;
    // Deadlines need a runtime, although none of them passes.
    let runtime = host::runtime(1)?;
    let _entered = runtime.enter();
    let server = setup.server(Free, 1)?;
    let mut whole = {
        let server = server.clone();
        load(&setup, &head, host::start(1, || server::bind(server))?)?
    };
    let baseline = Baseline::fixed(&setup)?;
    let mut hyper = load(&setup, &head, host::start(1, || baseline.bind())?)?;
    let mut call = repeated(|| call(&server, &head, &setup))?;
    let mut rsa = rsa(&setup, &head)?;
    let (mut header, mut digests) = (header(&setup, &head)?, digests(&setup)?);
    let (mut json, mut message) = (json(&setup)?, message(&setup)?);
    let (mut answer, mut signed) = (answer()?, signed()?);
    let sides: &mut [Side<'_>] = &mut [
        &mut || whole.slice(8),
        &mut || hyper.slice(8),
        &mut call,
        &mut rsa,
        &mut header,
        &mut digests,
        &mut json,
        &mut message,
        &mut answer,
        &mut signed,
    ];
    let rounds = interleave(SLICES, sides)?;
    let [whole, hyper, call, rsa, header, digests, json, message, answer, signed] =
        std::array::from_fn(|side| rounds.micros(side));
    let known = header + digests + message + answer + signed;
    let rows = vec![
        ("read and write: hyper and the sockets", hyper),
        ("header: its grammar, the key, the time", header),
        ("content: both messages hashed", digests),
        ("JSON: into structs of texts", json),
        ("check: what decoding the message takes on top", message - json),
        ("handler: its answer as a message, its outcome", answer),
        ("write: time and signature as headers", signed),
        ("routing, limits, deadlines, the log's span", call - rsa - known),
        ("limits of the connection", whole - hyper - call),
    ];
    Ok(Breakdown { whole: whole - rsa, rows })
}

/// Opens connections to a server.
fn load(setup: &Setup, head: &HeaderMap, server: SocketAddr) -> Failable<Load> {
    Load::open(server, CONNECTIONS, std::slice::from_ref(head), setup)
}

/// Calls the service without a socket.
pub(crate) fn call(server: &Server, head: &HeaderMap, setup: &Setup) -> Failable<()> {
    let mut request = http::Request::post(LINE.uri).body(Full::new(setup.request.clone()))?;
    *request.headers_mut() = head.clone();
    let answer = server.clone().oneshot(request).now_or_never().ok_or("the service had to wait")??;
    if answer.status() != StatusCode::OK || !answer.headers().contains_key(SIGNATURE) {
        return Err("the request was refused".into());
    }
    black_box(answer);
    Ok(())
}

/// Measures the verification, which is part of every request.
fn rsa(setup: &Setup, head: &HeaderMap) -> Failable<impl FnMut() -> Failable<Cost>> {
    let (key, header) = (setup.client_key.public(), SignatureHeader::from_values([value(head, &SIGNATURE)?])?);
    let digest = content(&client_id(0), setup.time.to_str()?, &setup.request).digest();
    repeated(move || Ok(key.verify(black_box(&digest), black_box(&header))?))
}

fn header<'a>(setup: &Setup, head: &'a HeaderMap) -> Failable<impl FnMut() -> Failable<Cost> + 'a> {
    let (callers, freshness) = (KeyRing::new(), Freshness::default());
    callers.insert(client_id(0), VERSION, setup.client_key.public())?;
    repeated(move || {
        let header = SignatureHeader::from_values(black_box(head).get_all(SIGNATURE))?;
        black_box(callers.candidates(value(head, &CLIENT_ID)?.to_str()?, header.key_version())?);
        black_box(freshness.check(value(head, &REQUEST_TIME)?.to_str()?)?);
        Ok(())
    })
}

fn digests(setup: &Setup) -> Failable<impl FnMut() -> Failable<Cost> + '_> {
    let (client_id, time) = (client_id(0), setup.time.to_str()?);
    repeated(move || {
        for body in [&setup.request, &setup.answer] {
            black_box(content(black_box(&client_id), time, body).digest());
        }
        Ok(())
    })
}

fn content<'a>(client_id: &'a str, time: &'a str, body: &'a [u8]) -> SigningInput<'a> {
    SigningInput { method: LINE.method, uri: LINE.uri, client_id, time, body }
}

/// The same shape with plain texts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, clippy::struct_field_names, reason = "what is read is thrown away; the names are the document's")]
struct Plain {
    acquirer_id: String,
    psp_id: String,
    payment_request_id: String,
}

fn json(setup: &Setup) -> Failable<impl FnMut() -> Failable<Cost> + '_> {
    repeated(|| {
        black_box(serde_json::from_slice::<Plain>(black_box(&setup.request))?);
        Ok(())
    })
}

fn message(setup: &Setup) -> Failable<impl FnMut() -> Failable<Cost> + '_> {
    repeated(|| {
        black_box(message::from_slice::<Request>(black_box(&setup.request))?);
        Ok(())
    })
}

fn answer() -> Failable<impl FnMut() -> Failable<Cost>> {
    let paid = paid()?;
    repeated(move || {
        let response = InquiryPayment::into_response(black_box(&paid).clone(), &mut Vec::new())?;
        black_box(message::to_vec(&response));
        black_box(InquiryPayment::into_outcome(response)?.0.meta());
        Ok(())
    })
}

fn signed() -> Failable<impl FnMut() -> Failable<Cost>> {
    let (freshness, signature) = (Freshness::default(), vec![0x5a; 256]);
    repeated(move || {
        black_box(HeaderValue::try_from(format_time(freshness.clock().now()))?);
        let header = SignatureHeader::new(Some(VERSION), black_box(&signature).clone());
        black_box(HeaderValue::try_from(header.to_string())?);
        Ok(())
    })
}

impl fmt::Display for Breakdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { whole, rows } = self;
        writeln!(f, "| a request without RSA, one core | a request | goal | |\n|---|---|---|---|")?;
        writeln!(f, "| total | {whole:.2} µs | ≤ {GOAL} µs | {} |", verdict(*whole <= GOAL))?;
        rows.iter().try_for_each(|(part, micros)| writeln!(f, "| {part} | {micros:.2} µs | | |"))
    }
}
