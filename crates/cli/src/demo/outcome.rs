//! The outcome as the client's program sees it, in one line.

use std::error::Error as StdError;

use alipayplus_client::inquiry_payment::{InquiryPayment, Outcome, outcome::Paid};
use alipayplus_client::{Amount, Error, ErrorReason, Reply, UnverifiedError};

/// Returns `Ok(…)` with the outcome, or `Err(…)` with the reason.
pub(crate) fn words(result: &Result<Reply<InquiryPayment>, Error>) -> String {
    match result {
        Ok(reply) => match &reply.outcome {
            Outcome::Paid(paid) => format!("Ok(Paid): {}", amounts(paid)),
            Outcome::Failed(failed) => format!("Ok(Failed): {}", failed.code),
            other => format!("Ok({})", variant(&format!("{other:?}"))),
        },
        Err(error) => {
            let detail = detail(error).map(|detail| format!(": {}", shortened(&detail))).unwrap_or_default();
            let again = if error.is_retryable() { "; retryable" } else { "" };
            format!("Err({}){detail}{again}", error.kind())
        }
    }
}

fn amounts(paid: &Paid) -> String {
    let mut text = amount(&paid.payment_amount);
    if paid.pay_to_amount.currency != paid.payment_amount.currency {
        text = format!("{text}, pay-to {}", amount(&paid.pay_to_amount));
    }
    if let Some(declared) = &paid.customs_declaration_amount {
        text = format!("{text}, customs {}", amount(declared));
    }
    text
}

fn amount(amount: &Amount) -> String {
    match amount.to_major() {
        Ok(units) => format!("{} {units}", amount.currency),
        Err(_) => format!("{} {} (smallest unit)", amount.currency, amount.value),
    }
}

fn detail(error: &Error) -> Option<String> {
    match error.reason() {
        ErrorReason::Unverified(UnverifiedError::Unsigned { claimed }) => {
            claimed.as_ref().map(|claimed| format!("claims {}", claimed.code))
        }
        ErrorReason::Status { status, .. } => Some(status.to_string()),
        ErrorReason::Mismatch { mismatches } => {
            Some(mismatches.iter().map(|mismatch| mismatch.pointer).collect::<Vec<_>>().join(", "))
        }
        _ => error.code().map(ToOwned::to_owned).or_else(|| Some(causes(error.source()?))),
    }
}

/// Shortens digests, which are wider than a column.
fn shortened(text: &str) -> String {
    let word = |word: &str| match word.get(..16) {
        Some(start) if word.len() > 40 && start.bytes().all(|byte| byte.is_ascii_hexdigit()) => format!("{start}…"),
        _ => word.to_owned(),
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn causes(error: &dyn StdError) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", causes(source)),
        None => error.to_string(),
    }
}

/// Returns the name of a variant from its `Debug` text.
fn variant(debug: &str) -> &str {
    debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}
