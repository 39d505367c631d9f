use alipayplus_model::inquiry_payment::{PaymentId, RequestRequired};

fn ask_about(id: PaymentId, request: RequestRequired) -> RequestRequired {
    RequestRequired { payment_request_id: id, ..request }
}

fn main() {}
