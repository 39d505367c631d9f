//! What an answer means for a payment.

use std::time::Duration;

use alipayplus_client::inquiry_payment::{Expected, InquiryPayment, Outcome, Request, RequestRequired};
use alipayplus_client::signing::format_time;
use alipayplus_client::{Amount, Error, ErrorReason, Reply, Timestamp};

use super::input::Payment;
use super::queue::{Found, Next};
use crate::console::with_causes;

/// How often a payment is asked about that has no final state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) inquiries: u32,
    /// The pause after the first inquiry, which doubles with each further one.
    pub(super) pause: Duration,
}

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(600);

/// Returns the request about a payment, and what is expected.
pub(super) fn request(payment: &Payment) -> Result<(Request, Expected), String> {
    let request = Request::new(RequestRequired {
        acquirer_id: payment.acquirer_id.parse().map_err(text)?,
        psp_id: payment.psp_id.parse().map_err(text)?,
        payment_request_id: payment.payment_request_id.parse().map_err(text)?,
    });
    let units: u128 = payment.amount.parse().map_err(text)?;
    let amount = Amount::minor(units, &payment.currency).map_err(text)?;
    let mut expected = Expected::default().with_payment_amount(amount);
    if let Some(id) = &payment.payment_id {
        expected = expected.with_payment_id(id.parse().map_err(text)?);
    }
    Ok((request, expected))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Returns what becomes of a payment after this many inquiries.
pub(super) fn next(result: &Result<Reply<InquiryPayment>, Error>, inquiries: u32, patience: Patience) -> Next {
    let mut found = Found { asked_at: format_time(Timestamp::now()), ..Found::default() };
    let (outcome, is_final) = match result {
        Ok(reply) => match &reply.outcome {
            Outcome::Paid(paid) => {
                found.payment_id = paid.payment_id.to_string();
                found.pay_to_amount = paid.pay_to_amount.value.to_string();
                found.pay_to_currency = paid.pay_to_amount.currency.to_string();
                found.payment_time = paid.payment_time.to_string();
                ("paid", true)
            }
            Outcome::Failed(failed) => {
                found.detail = failed.code.to_string();
                ("failed", true)
            }
            Outcome::Cancelled(_) => ("cancelled", true),
            Outcome::InProgress(_) => ("in_progress", false),
            Outcome::NotFound(_) => ("not_found", false),
            _ => ("unknown", false),
        },
        Err(error) => {
            found.detail = with_causes(error);
            match error.reason() {
                ErrorReason::Mismatch { .. } => ("mismatch", true),
                _ => ("unknown", !error.is_retryable()),
            }
        }
    };
    if is_final || inquiries >= patience.inquiries {
        outcome.clone_into(&mut found.outcome);
        return Next::Result(Box::new(found));
    }
    let doubled = patience.pause.saturating_mul(2_u32.saturating_pow(inquiries.saturating_sub(1)));
    let retry_after = result.as_ref().err().and_then(Error::retry_after);
    Next::AskAgain(doubled.min(LONGEST).max(retry_after.unwrap_or_default()))
}
