use alipayplus_model::inquiry_payment::{FailedCode, answer};

fn main() {
    let mut failed = answer::Failed::new(FailedCode::RiskReject);
    failed.payment_time = None;
}
