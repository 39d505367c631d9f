use alipayplus_model::inquiry_payment::CustomerId;

fn log(customer: &CustomerId) {
    println!("{customer}");
}

fn main() {}
