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
            let mut next_action = pay::NextAction::new(pay::ActionType::Redirect);
            next_action.url = url.map(str::parse).transpose()?;
            Ok(pay::ActionRequired::new(next_action).into())
        };
        Ok(match request.payment_request_id.as_str() {
            "to confirm" => action(Some("https://example.com/confirm"))?,
            // The types cannot rule this out.
            "to confirm nowhere" => action(None)?,
            "closed" => pay::Closed::default().into(),
            "risky" => return Err(pay::Refusal::new(pay::RefusalCode::RiskReject)),
            "slow" => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                pay::Closed::default().into()
            }
            _ => pay::Paid::new(pay::PaidRequired {
                payment_id: self.known(&request),
                payment_time: "2026-03-14T09:27:01+09:00".parse()?,
            })
            .with_customer_id("C-1".parse()?)
            .into(),
        })
    }
}

impl Refund for Wallet {
    async fn refund(&self, _: &Caller, request: refund::Request) -> Result<refund::Answer, refund::Refusal> {
        let refunded = |currency: &str| -> Result<refund::Answer, refund::Refusal> {
            let refunded = refund::Refunded::new(refund::RefundedRequired {
                refund_id: "R-1".parse()?,
                refund_amount: request.refund_amount.clone(),
                refund_to_amount: Amount::minor(600, currency)?,
                refund_time: "2026-03-15T12:00:00Z".parse()?,
            });
            Ok(refunded.into())
        };
        Ok(match request.refund_request_id.as_str() {
            "in euros" => refunded("EUR")?,
            "on its way" => refund::OnItsWay::default().into(),
            "held" => refund::Held::new("R-2".parse()?).into(),
            "rejected" => refund::Rejected::from(refund::RejectedCode::BankReject).into(),
            "asked before" => refund::AskedBefore::new("R-0".parse()?).into(),
            "disputed" => refund::Disputed::new(refund::DisputedRequired {
                result_code: refund::DisputedResultCode::RefundWindowExceed,
                refund_state_code: refund::DisputedRefundStateCode::UserAccountAbnormal,
            })
            .into(),
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
            let summary = statement::Summary::new(2.try_into()?);
            Ok(summary.with_gross_count(request.page_size().get().try_into()?))
        };
        let page = statement::Page::new(vec![].try_into()?);
        Ok(match token {
            "" => {
                let first = statement::Page::new(vec![settled()?, held()?].try_into()?);
                first.with_next_page_token("2".parse()?).into()
            }
            "2" => page.with_summary(summary()?).into(),
            // Contradictory members, which the types cannot rule out.
            "both" => page.with_summary(summary()?).with_next_page_token("2".parse()?).into(),
            "early" => statement::NotReady::default().into(),
            "late" => statement::TokenExpired::default().into(),
            _ => return Err(statement::Refusal::new(statement::RefusalCode::PeriodTooOld)),
        })
    }
}

fn settled() -> Result<statement::Line, statement::Refusal> {
    let line = statement::Line::new(statement::LineRequired {
        line_number: 0.try_into()?,
        type_: statement::LineType::Payment,
        amount: Amount::minor(1250, "JPY")?,
        result: statement::LineResultCode::Settled.into(),
    });
    Ok(line.with_fee(Amount::minor(12, "JPY")?).with_settle_time("2026-03-16T00:00:00Z".parse()?))
}

fn held() -> Result<statement::Line, statement::Refusal> {
    let line = statement::Line::new(statement::LineRequired {
        line_number: 1.try_into()?,
        type_: statement::LineType::ChargeBack,
        amount: Amount::minor(1250, "JPY")?,
        result: statement::LineResultCode::HeldByBank.into(),
    });
    Ok(line.with_fee(Amount::minor(12, "JPY")?).with_hold_reason("not known".parse()?))
}

/// Responds that it is alive or not.
#[derive(Clone)]
pub(super) struct Pulse(pub(super) bool);

impl Ping for Pulse {
    async fn ping(&self, _: &Caller, _: ping::Request) -> Result<ping::Answer, ping::Refusal> {
        if self.0 { Ok(ping::Alive::default().into()) } else { Err(ping::Refusal::new(ping::RefusalCode::Ailing)) }
    }
}
