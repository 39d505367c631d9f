use alipayplus_model::inquiry_payment::{PaymentId, Request};

fn ask_about(id: PaymentId, request: Request) -> Request {
    Request { payment_request_id: id, ..request }
}

fn main() {}
