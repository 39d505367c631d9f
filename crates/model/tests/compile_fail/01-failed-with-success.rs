use alipayplus_model::inquiry_payment::{FailedCode, answer};

fn main() {
    let _ = answer::Failed::new(FailedCode::Success);
}
