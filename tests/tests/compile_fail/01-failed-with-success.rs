use alipayplus_model::inquiry_payment::{FailedCode, answer};

fn main() {
    let _ = answer::Failed { code: FailedCode::Success, pass_through_info: None };
}
