use alipayplus_model::inquiry_payment::answer::{Paid, PaidRequired};

fn without_what_is_settled(paid: Paid) -> Paid {
    Paid::new(PaidRequired {
        payment_id: paid.payment_id,
        payment_amount: paid.payment_amount,
        payment_time: paid.payment_time,
        customer_id: paid.customer_id,
    })
}

fn main() {}
