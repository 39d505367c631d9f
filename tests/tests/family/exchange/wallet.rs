//! The server of four operations. The response depends on the ID in the request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alipayplus_server::Caller;

use crate::family::model::{Amount, PaymentId};
use crate::family::server::inquiry_statement::{self as statement, InquiryStatement};
use crate::family::server::pay::{self, Pay};
use crate::family::server::ping::{self, Ping};
use crate::family::server::refund::{self, Refund};

#[derive(Clone, Default)]
pub(super) struct Wallet {
    /// The response to the first request of each payment.
    payments: Arc<Mutex<HashMap<String, PaymentId>>>,
}

impl Wallet {
    /// The number of payments.
    pub(super) fn payments(&self) -> usize {
        self.payments.lock().unwrap().len()
    }

    /// The ID of the payment, which does not change.
    fn known(&self, request: &pay::Request) -> PaymentId {
        let key = request.idempotency_key().as_str().to_owned();
        let mut payments = self.payments.lock().unwrap();
        let next = format!("P-{}", payments.len() + 1);
        payments.entry(key).or_insert_with(|| next.parse().unwrap()).clone()
    }
}

impl Pay for Wallet {
    async fn pay(&self, _: &Caller, request: pay::Request) -> Result<pay::Answer, pay::Refusal> {
        let action = |url: Option<&str>| -> Result<pay::Answer, pay::Refusal> {
            let url = url.map(str::parse).transpose()?;
            let next_action = pay::NextAction { type_: pay::ActionType::Redirect, url, within_seconds: None };
            Ok(pay::ActionRequired { payment_id: None, next_action }.into())
        };
        Ok(match request.payment_request_id.as_str() {
            "to confirm" => action(Some("https://example.com/confirm"))?,
            // The types cannot rule this out.
            "to confirm nowhere" => action(None)?,
            "closed" => pay::Answer::Closed,
            "risky" => return Err(pay::Refusal::new(pay::RefusalCode::RiskReject)),
            "slow" => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                pay::Answer::Closed
            }
            _ => pay::Paid {
                payment_id: self.known(&request),
                payment_time: "2026-03-14T09:27:01+09:00".parse()?,
                customer_id: Some("C-1".parse()?),
            }
            .into(),
        })
    }
}

impl Refund for Wallet {
    async fn refund(&self, _: &Caller, request: refund::Request) -> Result<refund::Answer, refund::Refusal> {
        let refunded = |currency: &str| -> Result<refund::Answer, refund::Refusal> {
            Ok(refund::Answer::Refunded(refund::Refunded {
                refund_id: "R-1".parse()?,
                refund_amount: request.refund_amount.clone(),
                refund_to_amount: Amount::minor(600, currency)?,
                refund_time: "2026-03-15T12:00:00Z".parse()?,
            }))
        };
        Ok(match request.refund_request_id.as_str() {
            "in euros" => refunded("EUR")?,
            "on its way" => refund::OnItsWay::default().into(),
            "rejected" => refund::Rejected::from(refund::RejectedCode::BankReject).into(),
            "asked before" => refund::AskedBefore { first_refund_id: "R-0".parse()? }.into(),
            "disputed" => refund::Answer::Disputed(refund::Disputed {
                result_code: refund::DisputedResultCode::RefundWindowExceed,
                refund_state_code: refund::DisputedRefundStateCode::UserAccountAbnormal,
            }),
            "unheard of" => return Err(refund::Refusal::new(refund::RefusalCode::OrderNotExist)),
            _ => refunded("JPY")?,
        })
    }
}

impl InquiryStatement for Wallet {
    async fn inquiry_statement(
        &self,
        _: &Caller,
        request: statement::Request,
    ) -> Result<statement::Answer, statement::Refusal> {
        // A first page has no token.
        let token = request.page_token.as_ref().map_or("", |token| token.as_str());
        let summary = || -> Result<statement::Summary, statement::Refusal> {
            let (count, gross_count) = (2.try_into()?, Some(request.page_size().get().try_into()?));
            Ok(statement::Summary { count, gross_count, totals: None, first_time: None, last_time: None })
        };
        let page = statement::Page { lines: vec![].try_into()?, summary: None, next_page_token: None, warnings: None };
        Ok(match token {
            "" => statement::Page {
                lines: vec![settled()?, held()?].try_into()?,
                next_page_token: Some("2".parse()?),
                ..page
            }
            .into(),
            "2" => statement::Page { summary: Some(summary()?), ..page }.into(),
            // Contradictory members, which the types cannot rule out.
            "both" => statement::Page { summary: Some(summary()?), next_page_token: Some("2".parse()?), ..page }.into(),
            "early" => statement::NotReady::default().into(),
            "late" => statement::Answer::TokenExpired,
            _ => return Err(statement::Refusal::new(statement::RefusalCode::PeriodTooOld)),
        })
    }
}

fn settled() -> Result<statement::Line, statement::Refusal> {
    Ok(statement::Line {
        line_number: 0.try_into()?,
        type_: statement::LineType::Payment,
        amount: Amount::minor(1250, "JPY")?,
        fee: Some(Amount::minor(12, "JPY")?),
        result: statement::LineResultCode::Settled.into(),
        settle_time: Some("2026-03-16T00:00:00Z".parse()?),
        hold_reason: None,
        origin: None,
    })
}

fn held() -> Result<statement::Line, statement::Refusal> {
    Ok(statement::Line {
        line_number: 1.try_into()?,
        type_: statement::LineType::ChargeBack,
        result: statement::LineResultCode::HeldByBank.into(),
        settle_time: None,
        hold_reason: Some("not known".parse()?),
        ..settled()?
    })
}

/// Responds that it is alive or not.
#[derive(Clone)]
pub(super) struct Pulse(pub(super) bool);

impl Ping for Pulse {
    async fn ping(&self, _: &Caller, _: ping::Request) -> Result<ping::Answer, ping::Refusal> {
        if self.0 { Ok(ping::Answer::Alive) } else { Err(ping::Refusal::new(ping::RefusalCode::Ailing)) }
    }
}
