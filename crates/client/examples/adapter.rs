//! An adapter for `alipayplus conformance caller`: asks about one payment, and prints what it concluded.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]

use std::env;
use std::error::Error;
use std::time::Duration;

use alipayplus_client::inquiry_payment::{Expected, Outcome, Request, RequestRequired};
use alipayplus_client::{Amount, Client, PollSchedule, PrivateKey, PublicKey};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let deadline = Duration::from_millis(variable("DEADLINE_MS")?.parse()?);
    let version = variable("KEY_VERSION")?.parse()?;
    let client = Client::builder(variable("URL")?)
        .client_id(variable("CLIENT_ID")?)
        .sign_with(version, PrivateKey::from_file(variable("KEY_FILE")?)?)
        .trusted_key(version, PublicKey::from_file(variable("PEER_KEY_FILE")?)?)
        .deadline(deadline)
        .build()?;
    let request = Request::new(RequestRequired {
        acquirer_id: variable("ACQUIRER_ID")?.parse()?,
        psp_id: variable("PSP_ID")?.parse()?,
        payment_request_id: variable("PAYMENT_REQUEST_ID")?.parse()?,
    });
    // A signature does not prove which request a response belongs to.
    let amount = Amount::minor(variable("EXPECTED_VALUE")?.parse::<u128>()?, &variable("EXPECTED_CURRENCY")?)?;
    let expected = Expected::default().with_payment_id(variable("EXPECTED_PAYMENT_ID")?.parse()?);
    let call = client.inquiry_payment(&request).expecting(expected.with_payment_amount(amount));
    let schedule = PollSchedule::exponential(Duration::from_millis(500), Duration::from_secs(2)).until(deadline);
    match call.wait_until_final(schedule).await.map(|reply| reply.outcome) {
        Ok(Outcome::Paid(_)) => println!("paid"),
        Ok(Outcome::Failed(failed)) => println!(r#"{{"outcome":"failed","code":"{}"}}"#, failed.code),
        Ok(Outcome::Cancelled(_)) => println!("cancelled"),
        Ok(Outcome::InProgress(_)) => println!("in_progress"),
        Ok(Outcome::NotFound(_)) => println!("not_found"),
        Ok(_) => println!("unknown"),
        Err(error) => {
            eprintln!("{error}");
            println!("unknown");
        }
    }
    Ok(())
}

fn variable(name: &str) -> Result<String, String> {
    let name = format!("ALIPAYPLUS_{name}");
    env::var(&name).map_err(|_| format!("environment variable {name}: not set"))
}
