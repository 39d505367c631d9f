use alipayplus_model::inquiry_payment::answer::PaidRequired;

fn without_a_customer(paid: PaidRequired) -> PaidRequired {
    PaidRequired { customer_id: None, ..paid }
}

fn main() {}
