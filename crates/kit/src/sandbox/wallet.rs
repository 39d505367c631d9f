//! The handler of the real server.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alipayplus_server::Caller;
use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, Refusal, Request};

use super::desk::{Desk, Inquiry, Plan};

tokio::task_local! {
    /// Where the handler leaves its plan for the connection whose request it answers.
    pub(crate) static PLAN: Slot;
}

/// A plan, once the handler was reached.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot(Arc<Mutex<Option<Plan>>>);

impl Slot {
    /// Takes the plan; `None` if the request did not reach the handler.
    pub(crate) fn take(&self) -> Option<Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, plan: Plan) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(plan);
    }
}

/// The payments as an MPP.
pub(crate) struct Wallet(pub(crate) Arc<Desk>);

impl InquiryPayment for Wallet {
    async fn inquiry_payment(&self, caller: &Caller, request: Request) -> Result<Answer, Refusal> {
        let inquiry = Inquiry {
            client_id: caller.client_id(),
            acquirer_id: request.acquirer_id.as_str(),
            psp_id: request.psp_id.as_str(),
            id: request.payment_request_id.as_str(),
        };
        let plan = self.0.plan(inquiry).await?;
        let (answer, seconds) = (plan.payment.answer(), plan.payment.handler_seconds);
        // Without a connection of the sandbox, nothing waits for it.
        let _ = PLAN.try_with(|slot| slot.set(plan));
        if let Some(seconds) = seconds {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
        answer
    }
}
