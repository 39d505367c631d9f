//! A wallet that answers three operations on one port, and a caller that asks all three by one client.
//!
//! With one operation or thirty a program keeps its shape: a trait to implement and a method of the server for each
//! operation that it answers, a method of the client for each that it asks. These operations are of the tests' family.
//!
//! ```text
//! cargo run -p alipayplus-tests --all-features --example three_operations
//! ```
#![allow(clippy::print_stdout, reason = "a program for people")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alipayplus_server::{Caller, HttpServer, KeyRing, PrivateKey};
use family::client::{self, Client};
use family::model::Amount;
use family::server::{Server, inquiry_statement as statement, ping, refund};

// What `cargo xtask codegen` makes of the family's schemas. A program has the generated crates instead.
include!(concat!(env!("OUT_DIR"), "/family.rs"));

/// Counts what it gives back.
#[derive(Clone, Default)]
struct Wallet(Arc<AtomicU64>);

impl ping::Ping for Wallet {
    async fn ping(&self, _: &Caller, _: ping::Request) -> Result<ping::Answer, ping::Refusal> {
        Ok(ping::Alive::default().into())
    }
}

impl refund::Refund for Wallet {
    async fn refund(&self, _: &Caller, request: refund::Request) -> Result<refund::Answer, refund::Refusal> {
        if request.reason == Some(refund::RefundReason::NotDelivered) {
            return Err(refund::Refusal::new(refund::RefusalCode::RefundWindowExceed));
        }
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        Ok(refund::OnItsWay::default().with_refund_id(format!("R-{number}").parse()?).into())
    }
}

impl statement::InquiryStatement for Wallet {
    async fn inquiry_statement(
        &self,
        _: &Caller,
        _: statement::Request,
    ) -> Result<statement::Answer, statement::Refusal> {
        let count = self.0.load(Ordering::Relaxed).try_into()?;
        let page = statement::Page::new(vec![].try_into()?);
        Ok(page.with_summary(statement::Summary::new(count)).into())
    }
}

/// Asks for all three, and gives what came of it.
async fn ask(client: &Client) -> Result<Vec<String>, Box<dyn Error>> {
    client.ping(&ping::Request::default()).await?;
    let mut response = vec!["the wallet is there".to_owned()];

    let mut refund = refund::Request::new(refund::RequestRequired {
        refund_request_id: "RR-1".parse()?,
        refund_amount: Amount::minor(600, "JPY")?,
    })
    .with_payment_id("P-1".parse()?)
    .with_payment_amount(Amount::minor(1250, "JPY")?)
    .with_reason(refund::RefundReason::Returned);
    if let client::refund::Outcome::OnItsWay(refund) = client.refund(&refund).await?.outcome {
        response.extend(refund.refund_id.map(|id| format!("money is on its way back: {id}")));
    }
    // A refusal is no outcome, and what breaks the schema is not even sent.
    refund.reason = Some(refund::RefundReason::NotDelivered);
    response.extend(client.refund(&refund).await.err().map(|error| error.to_string()));
    refund.refund_amount = Amount::minor(1251, "JPY")?;
    response.extend(client.refund(&refund).await.err().map(|error| error.to_string()));

    let (begin, end) = ("2026-03-14T00:00:00+09:00".parse()?, "2026-03-15T00:00:00+09:00".parse()?);
    let period = statement::Period::new(statement::PeriodRequired { begin, end });
    let day = statement::Request::default().with_period(period);
    if let client::inquiry_statement::Outcome::Page(page) = client.inquiry_statement(&day).await?.outcome {
        response.extend(page.summary.map(|summary| format!("lines in the day's account: {}", summary.count)));
    }
    Ok(response)
}

/// Starts the wallet on a free port of this machine, asks it, and stops it.
async fn run() -> Result<Vec<String>, Box<dyn Error>> {
    let (ours, theirs) = (PrivateKey::generate()?, PrivateKey::generate()?);
    let callers = KeyRing::new();
    callers.insert("CALLER", 1, ours.public_key())?;
    let server = Server::builder().sign_with(1, theirs.clone()).callers(callers).build()?;
    let wallet = Wallet::default();
    let server = server.ping(wallet.clone()).refund(wallet.clone()).inquiry_statement(wallet);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serve = HttpServer::new().with_graceful_shutdown(async { drop(stopped.await) }, Duration::from_secs(1));
    let bound = serve.bind("127.0.0.1:0").await?;
    let url = format!("http://{}", bound.local_addr());
    let running = tokio::spawn(bound.run(server));

    let client =
        Client::builder(url).client_id("CALLER").sign_with(1, ours).trusted_key(1, theirs.public_key()).build()?;
    let response = ask(&client).await?;
    drop(stop);
    running.await??;
    Ok(response)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    run().await?.iter().for_each(|line| println!("{line}"));
    Ok(())
}

#[cfg(test)]
#[tokio::test]
async fn it_tells_what_happens() {
    let response = run().await.unwrap().join("\n");
    assert!(response.starts_with("the wallet is there\nmoney is on its way back: R-0\nrefused with"), "{response}");
    assert!(response.ends_with("the request breaks the schema\nlines in the day's account: 1"), "{response}");
}
