//! The server of the two operations that a wallet calls.

use std::time::Duration;

use alipayplus_server::Caller;

use crate::family::server::get_payment_code::{self as codes, GetPaymentCode};
use crate::family::server::notify_payment::{self as notify, NotifyPayment};

#[derive(Clone)]
pub(super) struct Gateway;

impl NotifyPayment for Gateway {
    async fn notify_payment(&self, _: &Caller, request: notify::Request) -> Result<notify::Answer, notify::Refusal> {
        match request.payment_result.result_code {
            notify::NotifiedResultCode::Success | notify::NotifiedResultCode::UserLimitExceed => {
                Ok(notify::Heard::default().into())
            }
            _ => Err(notify::Refusal::new(notify::RefusalCode::PaymentNotKnown)),
        }
    }
}

impl GetPaymentCode for Gateway {
    async fn get_payment_code(&self, _: &Caller, request: codes::Request) -> Result<codes::Answer, codes::Refusal> {
        let code = |pin: Option<&str>, expires: &str| -> Result<codes::IssuedCode, codes::Refusal> {
            let mut code = codes::IssuedCode::new(codes::IssuedCodeRequired {
                value: "2810120000000000001".parse()?,
                start_time: "2026-03-14T09:26:53+09:00".parse()?,
                expire_time: expires.parse()?,
            });
            code.pin = pin.map(str::parse).transpose()?;
            Ok(code)
        };
        let issued = |code| -> Result<codes::Answer, codes::Refusal> {
            let count = usize::try_from(request.code_quantity().get())?;
            Ok(codes::Issued::new(vec![code; count].try_into()?).into())
        };
        match request.customer_id.expose() {
            "unknown" => Ok(codes::Denied::from(codes::DeniedCode::UserNotExist).into()),
            "broken" => Err(std::io::Error::other("the safe is shut").into()),
            // The end is before the beginning, which the types cannot rule out.
            "backwards" => issued(code(None, "2026-03-14T00:26:52Z")?),
            "slow" => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                issued(code(None, "2026-03-14T00:27:53Z")?)
            }
            _ => issued(code(request.new_().get().then_some("0000"), "2026-03-14T00:27:53Z")?),
        }
    }
}
