use alipayplus_model::inquiry_payment::{FailedCode, answer};

fn main() {
    let _ = answer::Failed { payment_time: None, ..FailedCode::RiskReject.into() };
}
