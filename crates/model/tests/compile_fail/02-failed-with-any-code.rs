use alipayplus_model::inquiry_payment::{PaymentResultCode, answer};

fn main() {
    let _ = answer::Failed::new(PaymentResultCode::PaymentInProcess);
}
