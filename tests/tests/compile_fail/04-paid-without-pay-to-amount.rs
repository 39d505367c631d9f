use alipayplus_model::inquiry_payment::answer::Paid;

fn without_what_is_settled(paid: Paid) -> Paid {
    Paid {
        payment_id: paid.payment_id,
        payment_amount: paid.payment_amount,
        payment_time: paid.payment_time,
        customer_id: paid.customer_id,
        customs_declaration_amount: None,
        pass_through_info: None,
    }
}

fn main() {}
