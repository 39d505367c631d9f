use alipayplus_model::inquiry_payment::answer::Paid;

fn without_a_time(paid: Paid) -> Paid {
    Paid {
        payment_id: paid.payment_id,
        payment_amount: paid.payment_amount,
        pay_to_amount: paid.pay_to_amount,
        customer_id: paid.customer_id,
        customs_declaration_amount: None,
        pass_through_info: None,
    }
}

fn main() {}
