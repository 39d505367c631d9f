use alipayplus_model::inquiry_payment::answer::{Paid, PaidRequired};

fn without_a_time(paid: Paid) -> Paid {
    Paid::new(PaidRequired {
        payment_id: paid.payment_id,
        payment_amount: paid.payment_amount,
        pay_to_amount: paid.pay_to_amount,
        customer_id: paid.customer_id,
    })
}

fn main() {}
