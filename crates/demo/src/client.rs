//! The client of the scenarios.

use std::error::Error;
use std::time::Duration;

use alipayplus_client::inquiry_payment::{Request, RequestRequired};
use alipayplus_client::{BuildError, Client, Clock, Freshness, PublicKey, RetryPolicy, VersionedSigner};

use crate::scenario::ClientOptions;

/// Returns a client of the MPP at this URL.
pub(crate) fn client(
    url: String,
    signer: &VersionedSigner,
    mpp: &PublicKey,
    options: ClientOptions,
) -> Result<Client, BuildError> {
    Client::builder(url)
        .client_id(options.client_id)
        .signing_key(signer.clone())
        .trusted_key(1, mpp.clone())
        .freshness(Freshness::default().with_clock(clock(options.clock_off_by)))
        .retry(RetryPolicy::new(options.attempts))
        .build()
}

/// Returns a clock that is wrong by this many seconds.
fn clock(off_by: i64) -> Clock {
    let by = Duration::from_secs(off_by.unsigned_abs());
    Clock::from_fn(move || {
        let now = Clock::system().now();
        if off_by < 0 { now - by } else { now + by }
    })
}

/// Returns a request about a payment.
pub(crate) fn request(payment: &str) -> Result<Request, Box<dyn Error>> {
    Ok(Request::new(RequestRequired {
        acquirer_id: "1022188000000000001".parse()?,
        psp_id: "1022172000000000001".parse()?,
        payment_request_id: payment.parse()?,
    }))
}
