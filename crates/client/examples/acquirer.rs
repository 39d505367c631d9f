//! An acquirer that polls until the result of a payment is final.
//!
//! Exit codes: 0 paid, 1 failed or cancelled, 2 still open, 3 unknown, 64 wrong usage.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]

use std::env;
use std::error::Error;
use std::process::ExitCode;

use alipayplus_client::inquiry_payment::{Expected, Outcome, Request, RequestRequired};
use alipayplus_client::{Amount, Client, PollSchedule, PrivateKey, PublicKey};

const HELP: &str = "\
Asks an MPP for the state of a payment, every 3 s for 60 s, until the result is final.

Usage: acquirer <acquirerId> <pspId> <paymentRequestId> <amount> <currency>

The amount is the one of your payment request, in the currency's smallest unit: 100 USD is
USD 1.00. A response with another amount is about another payment and is rejected.

Environment:
  ACQUIRER_URL         base URL of the MPP; plain http:// for loopback only
  ACQUIRER_CLIENT_ID   your Client-Id at the MPP
  ACQUIRER_KEY_FILE    your private key, known to the MPP as version 1
  MPP_PUBLIC_KEY_FILE  the MPP's public key, version 1

Exit code: 0 paid, 1 failed or cancelled, 2 still open, 3 unknown, 64 wrong usage";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let [acquirer, psp, payment, amount, currency] = arguments.as_slice() else {
        eprintln!("{HELP}");
        return ExitCode::from(64);
    };
    match inquire([acquirer, psp, payment], amount, currency).await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("the payment's state is unknown: {}", with_causes(&*error));
            ExitCode::from(3)
        }
    }
}

async fn inquire([acquirer, psp, payment]: [&str; 3], amount: &str, currency: &str) -> Result<u8, Box<dyn Error>> {
    let client = Client::builder(variable("ACQUIRER_URL")?)
        .client_id(variable("ACQUIRER_CLIENT_ID")?)
        .sign_with(1, PrivateKey::from_file(variable("ACQUIRER_KEY_FILE")?)?)
        .trusted_key(1, PublicKey::from_file(variable("MPP_PUBLIC_KEY_FILE")?)?)
        .build()?;
    let request = Request::new(RequestRequired {
        acquirer_id: acquirer.parse()?,
        psp_id: psp.parse()?,
        payment_request_id: payment.parse()?,
    });
    let expected = Expected::default().with_payment_amount(Amount::minor(amount.parse::<u128>()?, currency)?);
    // A signature does not prove which request a response belongs to.
    let call = client.inquiry_payment(&request).expecting(expected);
    let reply = call.wait_until_final(PollSchedule::acquirer()).await?;
    let (text, code) = match &reply.outcome {
        Outcome::Paid(paid) => {
            let amount = &paid.payment_amount;
            (format!("paid: {} of the smallest unit of {}", amount.value, amount.currency), 0)
        }
        Outcome::Failed(failed) => (format!("failed: {}", failed.code), 1),
        Outcome::Cancelled(_) => ("cancelled before it was paid".to_owned(), 1),
        Outcome::InProgress(_) => ("still in progress".to_owned(), 2),
        Outcome::NotFound(_) => ("not known to the MPP (yet)".to_owned(), 2),
        other => (format!("an outcome that this program does not handle: {other:?}"), 2),
    };
    println!("{text} (requests: {})", reply.attempts);
    Ok(code)
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("environment variable {name}: not set"))
}

fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
