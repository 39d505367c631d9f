//! What a handler may do, told by the payment that it is asked about.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alipayplus_server::Caller;
use alipayplus_server::inquiry_payment::{Answer, InProgress, InquiryPayment, Refusal, RefusalCode, Request};

/// One behaviour. Its text is the payment's ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Answers at once.
    Open,
    NotFound,
    FromResult,
    Fail,
    /// Panics before there is a future.
    PanicAtOnce,
    PanicBeforeWaiting,
    PanicAfterWaiting,
    /// Answers, and something that it drops then panics.
    PanicOnLeaving,
    /// Never ends, and panics when it is given up.
    PanicOnDrop,
    /// Fails with an error that panics when it is printed.
    PanicInError,
    Hang,
    /// Answers after so many milliseconds.
    After(u64),
}

impl Act {
    const NAMED: [Self; 11] = [
        Self::Open,
        Self::NotFound,
        Self::FromResult,
        Self::Fail,
        Self::PanicAtOnce,
        Self::PanicBeforeWaiting,
        Self::PanicAfterWaiting,
        Self::PanicOnLeaving,
        Self::PanicOnDrop,
        Self::PanicInError,
        Self::Hang,
    ];

    /// The ID of a payment that makes the handler do this.
    pub(crate) fn payment(self) -> String {
        format!("{self:?}")
    }

    fn of(payment: &str) -> Option<Self> {
        let after = payment.strip_prefix("After(").and_then(|rest| rest.strip_suffix(')')?.parse().ok());
        after.map(Self::After).or_else(|| Self::NAMED.into_iter().find(|act| act.payment() == payment))
    }
}

/// A handler that acts as the payment's ID says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Actor {
    calls: Arc<AtomicU64>,
}

impl Actor {
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}

impl InquiryPayment for Actor {
    fn inquiry_payment(&self, _: &Caller, request: Request) -> impl Future<Output = Result<Answer, Refusal>> + Send {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let act = Act::of(request.payment_request_id.as_str());
        if act == Some(Act::PanicAtOnce) {
            panic_quietly();
        }
        async move { play(act.ok_or_else(|| Refusal::internal("an act that there is not"))?).await }
    }
}

async fn play(act: Act) -> Result<Answer, Refusal> {
    match act {
        Act::Open | Act::PanicAtOnce | Act::After(0) => {}
        Act::NotFound => return Ok(Answer::NotFound),
        Act::FromResult => return Err(Refusal::new(RefusalCode::ProcessFail).with_source("under review")),
        Act::Fail => return Err(Refusal::internal("the ledger is away")),
        Act::PanicInError => return Err(Unprintable.into()),
        Act::PanicBeforeWaiting => panic_quietly(),
        Act::PanicAfterWaiting => {
            tokio::time::sleep(Duration::from_millis(10)).await;
            panic_quietly()
        }
        Act::PanicOnLeaving => {
            let _guard = PanicsOnDrop;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Act::PanicOnDrop => {
            let _guard = PanicsOnDrop;
            std::future::pending::<()>().await;
        }
        Act::Hang => std::future::pending().await,
        Act::After(milliseconds) => tokio::time::sleep(Duration::from_millis(milliseconds)).await,
    }
    Ok(InProgress::default().into())
}

/// Panics when it is dropped.
#[derive(Debug)]
pub(crate) struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic_quietly();
    }
}

#[derive(Debug)]
pub(crate) struct Unprintable;

impl std::error::Error for Unprintable {}

impl std::fmt::Display for Unprintable {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic_quietly()
    }
}

/// A panic that the hook does not print: it was planned.
pub(crate) fn panic_quietly() -> ! {
    std::panic::resume_unwind(Box::new("planned"))
}
