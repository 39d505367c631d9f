//! A handler whose behaviour the payment's ID selects.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alipayplus_server::Caller;
use alipayplus_server::inquiry_payment::{Answer, InProgress, InquiryPayment, NotFound, Refusal, RefusalCode, Request};

/// One behaviour. Its text is the payment's ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandlerBehavior {
    /// Answers at once.
    Open,
    NotFound,
    Refuse,
    Fail,
    /// Panics before it returns a future.
    PanicAtOnce,
    PanicBeforeWaiting,
    PanicAfterWaiting,
    /// Responds, and a value that it drops panics.
    PanicOnLeaving,
    /// Never ends, and panics when it is dropped.
    PanicOnDrop,
    /// Fails with an error whose `Display` panics.
    PanicInError,
    Hang,
    /// Answers after so many milliseconds.
    After(u64),
}

impl HandlerBehavior {
    const NAMED: [Self; 11] = [
        Self::Open,
        Self::NotFound,
        Self::Refuse,
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

/// A handler that behaves as the payment's ID says.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScriptedHandler {
    calls: Arc<AtomicU64>,
}

impl ScriptedHandler {
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}

impl InquiryPayment for ScriptedHandler {
    fn inquiry_payment(&self, _: &Caller, request: Request) -> impl Future<Output = Result<Answer, Refusal>> + Send {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let act = HandlerBehavior::of(request.payment_request_id.as_str());
        if act == Some(HandlerBehavior::PanicAtOnce) {
            panic_quietly();
        }
        async move { play(act.ok_or_else(|| Refusal::internal("an act that there is not"))?).await }
    }
}

async fn play(act: HandlerBehavior) -> Result<Answer, Refusal> {
    match act {
        HandlerBehavior::Open | HandlerBehavior::PanicAtOnce | HandlerBehavior::After(0) => {}
        HandlerBehavior::NotFound => return Ok(NotFound::default().into()),
        HandlerBehavior::Refuse => return Err(Refusal::new(RefusalCode::ProcessFail).with_source("under review")),
        HandlerBehavior::Fail => return Err(Refusal::internal("the ledger is away")),
        HandlerBehavior::PanicInError => return Err(Unprintable.into()),
        HandlerBehavior::PanicBeforeWaiting => panic_quietly(),
        HandlerBehavior::PanicAfterWaiting => {
            tokio::time::sleep(Duration::from_millis(10)).await;
            panic_quietly()
        }
        HandlerBehavior::PanicOnLeaving => {
            let _guard = PanicsOnDrop;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        HandlerBehavior::PanicOnDrop => {
            let _guard = PanicsOnDrop;
            std::future::pending::<()>().await;
        }
        HandlerBehavior::Hang => std::future::pending().await,
        HandlerBehavior::After(milliseconds) => tokio::time::sleep(Duration::from_millis(milliseconds)).await,
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

/// Panics without a message of the panic hook.
pub(crate) fn panic_quietly() -> ! {
    std::panic::resume_unwind(Box::new("planned"))
}
