use alipayplus_model::inquiry_payment::outcome;

fn main() {
    let _ = outcome::Cancelled { pass_through_info: None };
}
