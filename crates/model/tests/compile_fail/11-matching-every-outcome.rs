use alipayplus_model::inquiry_payment::Outcome;

fn is_paid(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Paid(_) => true,
        Outcome::Cancelled(_) | Outcome::Failed(_) | Outcome::InProgress(_) | Outcome::NotFound(_) => false,
    }
}

fn main() {}
