use alipayplus_model::inquiry_payment::PaymentId;

fn main() {
    let _ = PaymentId("".into());
}
