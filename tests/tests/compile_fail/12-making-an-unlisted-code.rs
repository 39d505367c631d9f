use alipayplus_runtime::code::Unlisted;
use alipayplus_model::inquiry_payment::PaymentResultCode;

fn main() {
    let _ = PaymentResultCode::Other(Unlisted("SUCCESS".into()));
}
