use alipayplus_model::inquiry_payment::answer::Paid;

fn without_a_customer(paid: Paid) -> Paid {
    Paid { customer_id: None, ..paid }
}

fn main() {}
