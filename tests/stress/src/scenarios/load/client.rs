//! The real client without retries.

use std::net::SocketAddr;

use alipayplus_client::inquiry_payment::{InquiryPayment, Outcome};
use alipayplus_client::{Client, Error, Reply, RetryPolicy, TrustedKeys};
use alipayplus_signing::VersionedSigner;

use super::request::inquiry;
use super::setup::CLIENT_ID;
use crate::failure::Failure;

/// Returns a client with its own connections and without retries.
pub(crate) fn client(address: SocketAddr, key: VersionedSigner, trusted: TrustedKeys) -> Result<Client, Failure> {
    let builder = Client::builder(format!("http://{address}")).client_id(CLIENT_ID).signing_key(key);
    Ok(builder.trusted_keys(trusted).retry(RetryPolicy::never()).build()?)
}

/// Sends a request about a payment; the response must be about this payment.
pub(crate) async fn inquire(client: &Client, id: &str) -> Result<Result<Reply<InquiryPayment>, Error>, Failure> {
    let answer = client.inquiry_payment(&inquiry(id)?).await;
    match &answer {
        Ok(reply) => match &reply.outcome {
            Outcome::Paid(paid) if paid.payment_id.as_str() == id => Ok(answer),
            other => Err(format!("request about {id}, response {other:?}").into()),
        },
        Err(_) => Ok(answer),
    }
}
