use alipayplus_model::inquiry_payment::Answer;

fn main() {
    let _ = Answer::Trouble;
}
