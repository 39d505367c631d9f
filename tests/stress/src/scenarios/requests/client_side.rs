//! Changed responses to the real client.

use std::sync::{Arc, Mutex, PoisonError};

use alipayplus_client::inquiry_payment::{Request, RequestRequired};
use alipayplus_client::transport::{BoxError, InProcess};
use alipayplus_client::{Client, ErrorReason, RetryPolicy, UnreadableError};
use alipayplus_signing::Freshness;
use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use serde_json::{Map, Value};
use tokio::runtime::Runtime;

use super::change;
use super::genuine::{Free, Genuine, PATH, POOL, TIMES, Tally, Verdict, changed, clock, genuine};
use crate::change::one_of;
use crate::failure::Failure;
use crate::message::{Message, test_key};
use crate::repository;
use crate::run::Run;

const TIME_HEADER: &str = "response-time";
const CLIENT: &str = "SANDBOX_5X.A0000000000000";
/// A valid message for each case of the specification.
const BASES: &str = "tests/data/bases.json";

/// The next response of the server.
type Next = Arc<Mutex<Option<Response<Full<Bytes>>>>>;

pub(super) fn run(run: &mut Run, runtime: &Runtime) -> Result<(), Failure> {
    let next = Next::default();
    let client = client(Arc::clone(&next))?;
    let pool = pool(run)?;
    let kinds = change::of_answers();
    let mut tally = Tally::new(&kinds);
    let ask = |answer| {
        *next.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        runtime.block_on(ask(&client))
    };
    run.cases("responses", run.either(1_000_000, 10_000), |_, rng| {
        let base = &pool[rng.usize(..pool.len())];
        let (wire, is_harmless) = changed(&pool, base, &kinds, &mut tally, rng);
        let Some(answer) = wire.response() else { return tally.count(Verdict::Impossible, is_harmless) };
        let is_genuine = |headers| pool.iter().any(|genuine| wire.carries(&genuine.message, headers, TIME_HEADER));
        let headers = answer.headers().clone();
        let (is_accepted, description) = ask(answer)?;
        let verdict =
            if is_accepted { Verdict::Accepted { is_genuine: is_genuine(&headers) } } else { Verdict::Refused };
        let counted = tally.count(verdict, is_harmless);
        counted.map_err(|failure| format!("{}: {description}: {wire:?} of {:?}", failure.what, base.wire).into())
    })?;
    tally.report(run, "responses", &kinds)
}

/// Returns whether the response was accepted, whatever its result, and a description.
async fn ask(client: &Client) -> Result<(bool, String), Failure> {
    let request = Request::new(RequestRequired {
        acquirer_id: "1".parse()?,
        psp_id: "2".parse()?,
        payment_request_id: "3".parse()?,
    });
    Ok(match client.inquiry_payment(&request).await {
        Ok(reply) => (true, format!("{:?}", reply.outcome)),
        Err(error) => {
            let is_verified = matches!(
                error.reason(),
                ErrorReason::Unreadable(UnreadableError::InvalidResponse(_) | UnreadableError::MediaType)
                    | ErrorReason::Refused(_)
                    | ErrorReason::Trouble(_)
                    | ErrorReason::Unrecognized(_)
                    | ErrorReason::Mismatch { .. }
            );
            (is_verified, error.to_string())
        }
    })
}

fn client(next: Next) -> Result<Client, Failure> {
    let service = tower::service_fn(move |_| {
        let answer = next.lock().unwrap_or_else(PoisonError::into_inner).take();
        async { answer.ok_or_else(|| BoxError::from("sent twice")) }
    });
    let client = Client::builder("http://127.0.0.1")
        .client_id(CLIENT)
        .sign_with(1, Free)
        .trusted_key(1, test_key("k1")?.public_key())
        .trusted_key(2, test_key("k2")?.public_key())
        // The genuine answers have times over the whole window.
        .freshness(Freshness::default().with_skew(Freshness::DEFAULT_WINDOW).with_clock(clock()?))
        .retry(RetryPolicy::never())
        .transport(InProcess::new(service));
    Ok(client.build()?)
}

fn pool(run: &Run) -> Result<Vec<Genuine>, Failure> {
    let mut rng = run.rng("genuine answers");
    let bases: Map<String, Value> = serde_json::from_str(&repository::text(BASES)?)?;
    let bodies: Vec<_> = bases.values().filter(|base| base["of"] == "response").map(|base| &base["message"]).collect();
    let message = |n: usize, time: &str| Message {
        method: "POST".to_owned(),
        uri: PATH.to_owned(),
        client_id: CLIENT.to_owned(),
        time: time.to_owned(),
        body: bodies[n % bodies.len()].to_string().into_bytes(),
    };
    (0..POOL).map(|n| genuine(message(n, one_of(&mut rng, &TIMES)), TIME_HEADER, rng.u64(1..=2))).collect()
}
