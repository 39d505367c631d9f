//! The real client, asking once.

use std::net::SocketAddr;

use alipayplus_client::inquiry_payment::{InquiryPayment, Outcome};
use alipayplus_client::{Client, Error, Reply, RetryPolicy, TrustedKeys};
use alipayplus_signing::VersionedSigner;

use super::request::question;
use super::setup::CLIENT_ID;
use crate::failure::Failure;

/// A client with connections of its own, which does not ask again by itself.
pub(crate) fn client(address: SocketAddr, key: VersionedSigner, trusted: TrustedKeys) -> Result<Client, Failure> {
    // To read this machine's certificates takes a while, and nobody asks for one here.
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]);
    let builder = Client::builder(format!("http://{address}")).http(http).client_id(CLIENT_ID).signing_key(key);
    Ok(builder.trusted_keys(trusted).retry(RetryPolicy::never()).build()?)
}

/// Asks about a payment. Whatever is answered must be about that one.
pub(crate) async fn inquire(client: &Client, id: &str) -> Result<Result<Reply<InquiryPayment>, Error>, Failure> {
    let answer = client.inquiry_payment(&question(id)?).await;
    match &answer {
        Ok(reply) => match &reply.outcome {
            Outcome::Paid(paid) if paid.payment_id.as_str() == id => Ok(answer),
            other => Err(format!("request about {id}, told {other:?}").into()),
        },
        Err(_) => Ok(answer),
    }
}
