use alipayplus_runtime::code::UnlistedCode;
use alipayplus_model::inquiry_payment::PaymentResultCode;

fn main() {
    let _ = PaymentResultCode::Other(UnlistedCode("SUCCESS".into()));
}
