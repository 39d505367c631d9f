//! Examines a request whose signature does not match, away from the request, so that the log says why.

use std::sync::Arc;
use std::time::Duration;

use alipayplus_signing::diagnose::{Doctor, Message};
use alipayplus_signing::{KeyRing, PublicKey, SigningInput};
use http::header::HOST;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::exchange::Exchange;
use crate::header::{SIGNATURE, single_value};
use crate::telemetry;

/// At most one request is examined in this time.
const INTERVAL: Duration = Duration::from_secs(1);
/// The largest number of bytes that are hashed for one request: of a body of 20,000 bytes, some 400 forms.
const HASH_LIMIT: u64 = 8 * 1024 * 1024;

/// A request, kept until it was examined.
struct Suspect {
    method: String,
    uri: String,
    client_id: String,
    time: String,
    body: Vec<u8>,
    signatures: Vec<Vec<u8>>,
    host: Option<String>,
    callers: KeyRing,
    own_key: Option<PublicKey>,
}

/// Starts an examination, if the setting says so and none was started within the last second.
pub(crate) fn start(exchange: &Exchange<'_>, input: &SigningInput<'_>) {
    let settings = exchange.settings();
    let Some(permit) = settings.diagnoses.as_ref().and_then(|permits| Arc::clone(permits).try_acquire_owned().ok())
    else {
        return;
    };
    let until = sleep(INTERVAL);
    let headers = &exchange.parts.headers;
    let suspect = Suspect {
        method: input.method.to_owned(),
        uri: input.uri.to_owned(),
        client_id: input.client_id.to_owned(),
        time: input.time.to_owned(),
        body: input.body.to_vec(),
        signatures: headers.get_all(SIGNATURE).iter().map(|value| value.as_bytes().to_vec()).collect(),
        host: single_value(headers, &HOST).ok().map(str::to_owned),
        callers: settings.callers.clone(),
        own_key: settings.signing_key.public_key(),
    };
    let (client_id, tracer_id) = (suspect.client_id.clone(), exchange.tracer_id().map(str::to_owned));
    tokio::spawn(async move {
        if let Ok(cause) = spawn_blocking(move || suspect.examine()).await {
            telemetry::diagnosed(&client_id, tracer_id.as_deref(), &cause);
        }
        until.await;
        drop(permit);
    });
}

impl Suspect {
    /// Returns the causes in one line, which holds nothing of the body.
    fn examine(self) -> String {
        let doctor = Doctor::new().hash_limit(HASH_LIMIT).key_ring(&self.callers, &self.client_id);
        let doctor = self.own_key.into_iter().fold(doctor, Doctor::own_key);
        let input = SigningInput {
            method: &self.method,
            uri: &self.uri,
            client_id: &self.client_id,
            time: &self.time,
            body: &self.body,
        };
        let message = Message::request(input, &self.signatures);
        let message = self.host.iter().fold(message, |message, host| message.to_host(host));
        doctor.diagnose(&message, &[]).to_string()
    }
}
