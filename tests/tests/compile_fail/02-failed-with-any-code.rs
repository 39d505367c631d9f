use alipayplus_model::inquiry_payment::{PaymentResultCode, answer};

fn main() {
    let _ = answer::Failed { code: PaymentResultCode::PaymentInProcess, pass_through_info: None };
}
