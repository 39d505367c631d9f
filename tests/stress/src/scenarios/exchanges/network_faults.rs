//! What becomes of a question and its answer on their way.

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
    Fine,
    SlowQuestion,
    SlowAnswer,
    LostQuestion,
    LostAnswer,
    /// The connection breaks before the answer.
    Broken,
    /// It breaks within the answer.
    BrokenWithin,
    /// The question comes twice, and its second answer is brought.
    Doubled,
    /// The newest answer about another payment is brought.
    Anothers,
    /// Any earlier answer is brought, about this payment or another.
    Older,
    ChangedQuestion,
    ChangedAnswer,
    ShortAnswer,
    /// The genuine answer, with status 503.
    Busy,
    Unsigned,
}

impl NetworkFault {
    pub(crate) const ALL: [Self; 15] = [
        Self::Fine,
        Self::SlowQuestion,
        Self::SlowAnswer,
        Self::LostQuestion,
        Self::LostAnswer,
        Self::Broken,
        Self::BrokenWithin,
        Self::Doubled,
        Self::Anothers,
        Self::Older,
        Self::ChangedQuestion,
        Self::ChangedAnswer,
        Self::ShortAnswer,
        Self::Busy,
        Self::Unsigned,
    ];

    /// One attempt in three is fine.
    fn draw(rng: &mut Rng) -> Self {
        if rng.u32(..3) == 0 { Self::Fine } else { Self::ALL[rng.usize(..Self::ALL.len())] }
    }
}

/// Stands between the client and the server. Clones share everything.
#[derive(Clone, Debug)]
pub(crate) struct FaultyNetwork {
    server: Server,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    rng: Rng,
    faults: HashMap<NetworkFault, u64>,
    /// All genuine answers so far.
    answers: Vec<Kept>,
    /// Which answers about another payment were brought to whom.
    strangers: HashMap<String, Vec<Stranger>>,
}

#[derive(Clone, Debug)]
struct Kept {
    payment: String,
    answer: Response<Bytes>,
}

/// An answer about another payment.
#[derive(Clone, Debug)]
pub(crate) struct Stranger {
    pub(crate) body: Bytes,
    /// Whether it has the members of a payment, which can be compared.
    pub(crate) has_members: bool,
}

impl FaultyNetwork {
    pub(crate) fn new(server: Server, rng: Rng) -> Self {
        let shared = Shared { rng, faults: HashMap::new(), answers: Vec::new(), strangers: HashMap::new() };
        Self { server, shared: Arc::new(Mutex::new(shared)) }
    }

    /// What happened how often.
    pub(crate) fn faults(&self) -> HashMap<NetworkFault, u64> {
        self.shared().faults.clone()
    }

    /// The answers about other payments that were brought to this one.
    pub(crate) fn strangers(&self, payment: &str) -> Vec<Stranger> {
        self.shared().strangers.get(payment).cloned().unwrap_or_default()
    }

    /// Whether the server gave an answer of exactly these bytes.
    pub(crate) fn was_said(&self, body: &[u8]) -> bool {
        self.shared().answers.iter().any(|kept| kept.answer.body() == body)
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn carry(self, request: Request<Full<Bytes>>) -> Result<Response<Body>, BoxError> {
        let (head, body) = request.into_parts();
        let mut question = Request::from_parts(head, body.collect().await?.to_bytes());
        let payment = payment_of(question.body());
        let (fate, slow, chance) = self.fate();
        match fate {
            NetworkFault::Broken => return Err("the connection broke".into()),
            NetworkFault::LostQuestion => future::pending().await,
            NetworkFault::SlowQuestion => sleep(slow).await,
            NetworkFault::ChangedQuestion => turn_bit(question.body_mut(), chance),
            NetworkFault::Doubled => drop(self.ask(&question, &payment).await?),
            _ => {}
        }
        let mut answer = self.ask(&question, &payment).await?;
        match fate {
            NetworkFault::LostAnswer => future::pending().await,
            NetworkFault::SlowAnswer => sleep(slow).await,
            NetworkFault::ChangedAnswer => turn_bit(answer.body_mut(), chance),
            NetworkFault::ShortAnswer => {
                let length = chance % answer.body().len().max(1);
                answer.body_mut().truncate(length);
            }
            NetworkFault::Anothers => answer = self.anothers(&payment).unwrap_or(answer),
            NetworkFault::Older => answer = self.older(&payment, chance).unwrap_or(answer),
            NetworkFault::Busy => *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE,
            NetworkFault::Unsigned => drop(answer.headers_mut().remove("signature")),
            NetworkFault::BrokenWithin => return Ok(answer.map(|body| broken(&body))),
            _ => {}
        }
        Ok(answer.map(Body::from))
    }

    /// What shall happen, how slow it is, and a number for the rest.
    fn fate(&self) -> (NetworkFault, Duration, usize) {
        let shared = &mut *self.shared();
        let fate = NetworkFault::draw(&mut shared.rng);
        *shared.faults.entry(fate).or_default() += 1;
        (fate, Duration::from_millis(shared.rng.u64(..8000)), shared.rng.usize(..))
    }

    /// Asks the server, and keeps its answer.
    async fn ask(&self, question: &Request<Bytes>, payment: &str) -> Result<Response<Bytes>, BoxError> {
        let question = question.clone().map(Full::new);
        let Ok(answer) = self.server.clone().oneshot(question).await;
        let (head, body) = answer.into_parts();
        let answer = Response::from_parts(head, body.collect().await?.to_bytes());
        self.shared().answers.push(Kept { payment: payment.to_owned(), answer: answer.clone() });
        Ok(answer)
    }

    /// The newest answer about another payment.
    fn anothers(&self, payment: &str) -> Option<Response<Bytes>> {
        let shared = &mut *self.shared();
        let kept = shared.answers.iter().rfind(|kept| kept.payment != payment)?.clone();
        Some(shared.bring(kept, payment))
    }

    /// An earlier answer.
    fn older(&self, payment: &str, chance: usize) -> Option<Response<Bytes>> {
        let shared = &mut *self.shared();
        let kept = shared.answers.get(chance % shared.answers.len().max(1))?.clone();
        Some(shared.bring(kept, payment))
    }
}

impl Shared {
    fn bring(&mut self, kept: Kept, payment: &str) -> Response<Bytes> {
        if kept.payment != payment {
            let body: Value = serde_json::from_slice(kept.answer.body()).unwrap_or_default();
            let has_members = body.get("paymentId").is_some();
            let stranger = Stranger { body: kept.answer.body().clone(), has_members };
            self.strangers.entry(payment.to_owned()).or_default().push(stranger);
        }
        kept.answer
    }
}

/// The payment that a question is about.
fn payment_of(question: &[u8]) -> String {
    let question: Value = serde_json::from_slice(question).unwrap_or_default();
    question["paymentRequestId"].as_str().unwrap_or_default().to_owned()
}

fn turn_bit(bytes: &mut Bytes, chance: usize) {
    let mut changed = bytes.to_vec();
    if let Some(byte) = changed.len().checked_sub(1).and_then(|last| changed.get_mut(chance / 8 % (last + 1))) {
        *byte ^= 1 << (chance % 8);
    }
    *bytes = changed.into();
}

/// Half of a body, and then an error.
fn broken(body: &Bytes) -> Body {
    let half = Ok(Frame::data(body.slice(..body.len() / 2)));
    let broken: Result<_, BoxError> = Err("the connection broke".into());
    Body::new(StreamBody::new(stream::iter([half, broken])))
}

impl Service<Request<Full<Bytes>>> for FaultyNetwork {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Full<Bytes>>) -> Self::Future {
        Box::pin(self.clone().carry(request))
    }
}
