//! Reconciles the payments of a CSV file with their MPPs. `README.md` has the settings and the files.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

use alipayplus_client::inquiry_payment::{Expected, Outcome, Request, RequestRequired};
use alipayplus_client::{Amount, Client, Directory, ErrorReason, Evidence, HttpTransport, PrivateKey, VersionedSigner};
use anyhow::{Context as _, Error, Result, anyhow};
use futures_util::stream::{self, StreamExt as _};
use serde::Deserialize;

/// The inquiries that are under way at once, for each MPP: a slow one does not delay the others.
const CONCURRENCY: usize = 16;

const COLUMNS: [&str; 8] =
    ["line", "acquirerId", "pspId", "paymentRequestId", "amount", "currency", "outcome", "detail"];

/// A payment as your books have it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payment {
    acquirer_id: String,
    psp_id: String,
    payment_request_id: String,
    /// In the currency's smallest unit.
    amount: u64,
    currency: String,
}

/// What an MPP said: a word, a detail for people, and the evidence.
type Found = (&'static str, String, Option<Evidence>);

async fn inquire(mpps: &Directory<Client>, payment: &Payment) -> Result<Found> {
    let request = Request::new(RequestRequired {
        acquirer_id: payment.acquirer_id.parse()?,
        psp_id: payment.psp_id.parse()?,
        payment_request_id: payment.payment_request_id.parse()?,
    });
    // A signature does not prove which request a response belongs to.
    let expected = Expected::default().with_payment_amount(Amount::minor(payment.amount, &payment.currency)?);
    let reply = match mpps.get(&payment.psp_id)?.inquiry_payment(&request).expecting(expected).await {
        Ok(reply) => reply,
        // An error is never a declined payment: inquire again.
        Err(error) => {
            let word = if matches!(error.reason(), ErrorReason::Mismatch { .. }) { "mismatch" } else { "unknown" };
            let evidence = error.evidence().cloned();
            return Ok((word, format!("{:#}", Error::from(error)), evidence));
        }
    };
    let (word, detail) = match &reply.outcome {
        Outcome::Paid(paid) => ("paid", paid.payment_id.to_string()),
        Outcome::Failed(failed) => ("failed", failed.code.to_string()),
        Outcome::Cancelled(_) => ("cancelled", String::new()),
        Outcome::InProgress(_) => ("open", String::new()),
        Outcome::NotFound(_) => ("not found", String::new()),
        other => ("unknown", format!("{other:?}")),
    };
    Ok((word, detail, Some(reply.evidence().clone())))
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [mpps, payments, folder] = arguments.as_slice() else {
        return Err(anyhow!("usage: acquirer MPPS.toml PAYMENTS.csv NEW-FOLDER"));
    };
    let key = PrivateKey::from_file(env::var("ACQUIRER_KEY_FILE").context("ACQUIRER_KEY_FILE")?)?;
    let version = env::var("ACQUIRER_KEY_VERSION").as_deref().unwrap_or("1").parse();
    let signer = VersionedSigner::new(version.context("ACQUIRER_KEY_VERSION")?, key);
    let transport = HttpTransport::new()?;
    let mpps = Directory::from_file(mpps, |mpp| mpp.transport(transport.clone()).signing_key(signer.clone()))?;
    let mut by_mpp = BTreeMap::<_, Vec<_>>::new();
    for (payment, line) in csv::Reader::from_path(payments)?.into_deserialize::<Payment>().zip(2..) {
        let payment = payment.with_context(|| payments.display().to_string())?;
        by_mpp.entry(payment.psp_id.clone()).or_default().push((line, payment));
    }
    // No run overwrites what another one has found.
    fs::create_dir(folder).with_context(|| folder.display().to_string())?;
    let mut results = csv::Writer::from_path(folder.join("results.csv"))?;
    results.write_record(COLUMNS)?;
    let (mpps, mut counts) = (&mpps, BTreeMap::new());
    let ask = |(line, payment)| async move { (line, inquire(mpps, &payment).await, payment) };
    let each = |payments| stream::iter(payments).map(ask).buffer_unordered(CONCURRENCY);
    let mut found = stream::select_all(by_mpp.into_values().map(each));
    while let Some((line, found, payment)) = found.next().await {
        let (word, detail, evidence) = found.unwrap_or_else(|error| ("invalid", format!("{error:#}"), None));
        // It holds a customer's data.
        if let Some(evidence) = evidence {
            fs::write(folder.join(format!("{line}.evidence")), evidence.to_text())?;
        }
        let Payment { acquirer_id, psp_id, payment_request_id, amount, currency } = payment;
        let (line, amount) = (line.to_string(), amount.to_string());
        results.write_record([&line, &acquirer_id, &psp_id, &payment_request_id, &amount, &currency, word, &detail])?;
        results.flush()?; // so that it is there if the program ends early
        *counts.entry(word).or_insert(0) += 1;
    }
    println!("{counts:?}");
    Ok(())
}
