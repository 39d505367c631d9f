//! Faults of the network between client and server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use alipayplus_client::transport::{Body, BoxError};
use alipayplus_server::Server;
use bytes::Bytes;
use fastrand::Rng;
use futures_util::future::{self, BoxFuture};
use futures_util::stream;
use http::{Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use serde_json::Value;
use tokio::time::sleep;
use tower::{Service, ServiceExt as _};

/// What happens to one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NetworkFault {
    NoFault,
    SlowRequest,
    SlowResponse,
    LostRequest,
    LostResponse,
    /// The connection breaks before the response.
    Broken,
    /// The connection breaks within the response.
    BrokenWithin,
    /// The request is sent twice, and the second response is delivered.
    Doubled,
    /// The newest response about another payment is delivered.
    OtherPayments,
    /// An earlier response is delivered, about this payment or another.
    Older,
    ChangedRequest,
    ChangedResponse,
    ShortResponse,
    /// The genuine response, with status 503.
    Busy,
    Unsigned,
}

impl NetworkFault {
    pub(crate) const ALL: [Self; 15] = [
        Self::NoFault,
        Self::SlowRequest,
        Self::SlowResponse,
        Self::LostRequest,
        Self::LostResponse,
        Self::Broken,
        Self::BrokenWithin,
        Self::Doubled,
        Self::OtherPayments,
        Self::Older,
        Self::ChangedRequest,
        Self::ChangedResponse,
        Self::ShortResponse,
        Self::Busy,
        Self::Unsigned,
    ];

    /// One attempt in three has no fault.
    fn draw(rng: &mut Rng) -> Self {
        if rng.u32(..3) == 0 { Self::NoFault } else { Self::ALL[rng.usize(..Self::ALL.len())] }
    }
}

/// A transport between the client and the server. Clones share their state.
#[derive(Clone, Debug)]
pub(crate) struct FaultyNetwork {
    server: Server,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    rng: Rng,
    faults: HashMap<NetworkFault, u64>,
    /// All genuine responses so far.
    answers: Vec<Kept>,
    /// The responses about other payments, by the payment that they were delivered for.
    others: HashMap<String, Vec<OtherResponse>>,
}

#[derive(Clone, Debug)]
struct Kept {
    payment: String,
    answer: Response<Bytes>,
}

/// A response about another payment.
#[derive(Clone, Debug)]
pub(crate) struct OtherResponse {
    pub(crate) body: Bytes,
    /// Whether it has the members of a payment, which can be compared.
    pub(crate) has_members: bool,
}

impl FaultyNetwork {
    pub(crate) fn new(server: Server, rng: Rng) -> Self {
        let shared = Shared { rng, faults: HashMap::new(), answers: Vec::new(), others: HashMap::new() };
        Self { server, shared: Arc::new(Mutex::new(shared)) }
    }

    /// Returns how often each fault happened.
    pub(crate) fn faults(&self) -> HashMap<NetworkFault, u64> {
        self.shared().faults.clone()
    }

    /// Returns the responses about other payments that were delivered for this one.
    pub(crate) fn others(&self, payment: &str) -> Vec<OtherResponse> {
        self.shared().others.get(payment).cloned().unwrap_or_default()
    }

    /// Returns whether the server sent exactly these bytes.
    pub(crate) fn was_sent(&self, body: &[u8]) -> bool {
        self.shared().answers.iter().any(|kept| kept.answer.body() == body)
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn carry(self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let (head, body) = request.into_parts();
        let mut request = Request::from_parts(head, body.collect().await?.to_bytes());
        let payment = payment_of(request.body());
        let (fault, delay, chance) = self.draw_fault();
        match fault {
            NetworkFault::Broken => return Err("the connection broke".into()),
            NetworkFault::LostRequest => future::pending().await,
            NetworkFault::SlowRequest => sleep(delay).await,
            NetworkFault::ChangedRequest => flip_bit(request.body_mut(), chance),
            NetworkFault::Doubled => drop(self.ask(&request, &payment).await?),
            _ => {}
        }
        let mut answer = self.ask(&request, &payment).await?;
        match fault {
            NetworkFault::LostResponse => future::pending().await,
            NetworkFault::SlowResponse => sleep(delay).await,
            NetworkFault::ChangedResponse => flip_bit(answer.body_mut(), chance),
            NetworkFault::ShortResponse => {
                let length = chance % answer.body().len().max(1);
                answer.body_mut().truncate(length);
            }
            NetworkFault::OtherPayments => answer = self.other_payments(&payment).unwrap_or(answer),
            NetworkFault::Older => answer = self.older(&payment, chance).unwrap_or(answer),
            NetworkFault::Busy => *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE,
            NetworkFault::Unsigned => drop(answer.headers_mut().remove("signature")),
            NetworkFault::BrokenWithin => return Ok(answer.map(|body| broken(&body))),
            _ => {}
        }
        Ok(answer.map(Body::from))
    }

    /// Draws the fault, a delay, and a random number for its details.
    fn draw_fault(&self) -> (NetworkFault, Duration, usize) {
        let shared = &mut *self.shared();
        let fault = NetworkFault::draw(&mut shared.rng);
        *shared.faults.entry(fault).or_default() += 1;
        (fault, Duration::from_millis(shared.rng.u64(..8000)), shared.rng.usize(..))
    }

    /// Sends a request to the server, and keeps the response.
    async fn ask(&self, request: &Request<Bytes>, payment: &str) -> Result<Response<Bytes>, BoxError> {
        let request = request.clone().map(Full::new);
        let Ok(answer) = self.server.clone().oneshot(request).await;
        let (head, body) = answer.into_parts();
        let answer = Response::from_parts(head, body.collect().await?.to_bytes());
        self.shared().answers.push(Kept { payment: payment.to_owned(), answer: answer.clone() });
        Ok(answer)
    }

    /// Returns the newest response about another payment.
    fn other_payments(&self, payment: &str) -> Option<Response<Bytes>> {
        let shared = &mut *self.shared();
        let kept = shared.answers.iter().rfind(|kept| kept.payment != payment)?.clone();
        Some(shared.deliver(kept, payment))
    }

    /// Returns an earlier response.
    fn older(&self, payment: &str, chance: usize) -> Option<Response<Bytes>> {
        let shared = &mut *self.shared();
        let kept = shared.answers.get(chance % shared.answers.len().max(1))?.clone();
        Some(shared.deliver(kept, payment))
    }
}

impl Shared {
    fn deliver(&mut self, kept: Kept, payment: &str) -> Response<Bytes> {
        if kept.payment != payment {
            let body: Value = serde_json::from_slice(kept.answer.body()).unwrap_or_default();
            let has_members = body.get("paymentId").is_some();
            let other = OtherResponse { body: kept.answer.body().clone(), has_members };
            self.others.entry(payment.to_owned()).or_default().push(other);
        }
        kept.answer
    }
}

/// Returns the payment that a request is about.
fn payment_of(request: &[u8]) -> String {
    let request: Value = serde_json::from_slice(request).unwrap_or_default();
    request["paymentRequestId"].as_str().unwrap_or_default().to_owned()
}

fn flip_bit(bytes: &mut Bytes, chance: usize) {
    let mut changed = bytes.to_vec();
    if let Some(byte) = changed.len().checked_sub(1).and_then(|last| changed.get_mut(chance / 8 % (last + 1))) {
        *byte ^= 1 << (chance % 8);
    }
    *bytes = changed.into();
}

/// Returns half of a body, followed by an error.
fn broken(body: &Bytes) -> Body {
    let half = Ok(Frame::data(body.slice(..body.len() / 2)));
    let broken: Result<_, BoxError> = Err("the connection broke".into());
    Body::new(StreamBody::new(stream::iter([half, broken])))
}

impl Service<Request<Body>> for FaultyNetwork {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.clone().carry(request))
    }
}
