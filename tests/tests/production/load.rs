//! Inquiries without a pause, each of which is judged.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use alipayplus_client::inquiry_payment::{Expected, Outcome, Request, RequestRequired};
use alipayplus_client::{Amount, Client, Error, ErrorReason, PrivateKey, PublicKey, RetryPolicy, VersionedSigner};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

pub(crate) const CLIENT_ID: &str = "SANDBOX_5X00000000000000";
/// The number of payments of each MPP.
pub(crate) const PAYMENTS: usize = 1000;

pub(crate) fn key(file: &Path, version: u64) -> VersionedSigner {
    VersionedSigner::new(version, PrivateKey::from_file(file).unwrap())
}

/// Returns a client that sends each request once.
pub(crate) fn client(address: &str, signer: VersionedSigner, trusted: &PublicKey) -> Client {
    let client = Client::builder(format!("http://{address}")).client_id(CLIENT_ID).signing_key(signer);
    client.trusted_key(1, trusted.clone()).retry(RetryPolicy::never()).build().unwrap()
}

/// Returns the state of a payment, as one word.
pub(crate) async fn state(client: &Client, n: usize) -> Result<&'static str, Error> {
    let request = Request::new(RequestRequired {
        acquirer_id: "1".parse().unwrap(),
        psp_id: "one".parse().unwrap(),
        payment_request_id: n.to_string().parse().unwrap(),
    });
    let expected = Expected::default().with_payment_amount(Amount::minor(n, "JPY").unwrap());
    let reply = client.inquiry_payment(&request).expecting(expected).await?;
    Ok(match reply.outcome {
        Outcome::Paid(_) => "paid",
        Outcome::InProgress(_) => "open",
        Outcome::Cancelled(_) => "cancelled",
        Outcome::Failed(_) => "failed",
        Outcome::NotFound(_) => "not found",
        _ => "another",
    })
}

/// Eight callers that inquire about all payments in turn.
pub(crate) struct Load {
    /// Signs all requests.
    pub(crate) signer: VersionedSigner,
    counts: Arc<Counts>,
    callers: JoinSet<()>,
}

#[derive(Default)]
struct Counts {
    right: AtomicUsize,
    asked_again: AtomicUsize,
    stop: AtomicBool,
}

impl Load {
    pub(crate) fn start(address: &str, signer: VersionedSigner, trusted: &PublicKey) -> Self {
        let counts = Arc::new(Counts::default());
        let client = client(address, signer.clone(), trusted);
        let callers = (0..8).map(|caller| inquire(client.clone(), caller, Arc::clone(&counts))).collect();
        Self { signer, counts, callers }
    }

    /// Waits until a hundred more inquiries have the right answer.
    pub(crate) async fn goes_on(&self) {
        let right = || self.counts.right.load(Ordering::Relaxed);
        let wanted = right() + 100;
        let enough = async {
            while right() < wanted {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(30), enough).await.unwrap();
    }

    pub(crate) fn asked_again(&self) -> usize {
        self.counts.asked_again.load(Ordering::Relaxed)
    }

    /// Ends it. Fails if an answer was wrong or missing.
    pub(crate) async fn stop(mut self) {
        self.counts.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.callers.join_next().await {
            ended.unwrap();
        }
    }
}

async fn inquire(client: Client, caller: usize, counts: Arc<Counts>) {
    for n in (0..PAYMENTS).cycle().skip(caller * PAYMENTS / 8) {
        if counts.stop.load(Ordering::Relaxed) {
            break;
        }
        match state(&client, n).await {
            Ok(state) => {
                assert_eq!(state, ["paid", "open", "cancelled", "failed", "not found"][n % 5], "payment {n}");
                counts.right.fetch_add(1, Ordering::Relaxed);
            }
            // Signed by the MPP.
            Err(error) if matches!(error.reason(), ErrorReason::Trouble(_)) => {
                counts.asked_again.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => panic!("payment {n}: {error:?}"),
        }
    }
}

/// Waits until something holds.
pub(crate) async fn until_async(holds: impl AsyncFn() -> bool) {
    let waiting = async {
        while !holds().await {
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(Duration::from_secs(30), waiting).await.unwrap();
}
