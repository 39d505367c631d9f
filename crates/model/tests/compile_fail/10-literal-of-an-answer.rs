use alipayplus_model::inquiry_payment::answer;

fn main() {
    let _ = answer::Cancelled { pass_through_info: None };
}
