//! What an adapter is given, and what it concluded.

use std::path::Path;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::outcome::Outcome;
use super::scene::{Payment, VERSION};

/// The most that is read of what an adapter prints on each of its outputs.
pub(crate) const MOST: u64 = 1 << 20;
/// How long an adapter may go on after its deadline before it is ended.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// What an adapter is given.
pub(crate) struct Task<'a> {
    pub(crate) url: String,
    pub(crate) client_id: &'a str,
    pub(crate) private_key: &'a Path,
    pub(crate) mpp_public_key: &'a Path,
    pub(crate) authority: Option<&'a Path>,
    pub(crate) payment: &'a Payment,
    pub(crate) deadline: Duration,
}

impl Task<'_> {
    /// Returns all of it by name. In an environment, `ALIPAYPLUS_` and the name in capitals are a variable.
    pub(crate) fn named(&self) -> Vec<(&'static str, String)> {
        let Payment { acquirer_id, psp_id, payment_request_id, payment_id, currency, value, .. } = self.payment;
        let path = |path: &Path| path.to_string_lossy().into_owned();
        let mut named = vec![
            ("url", self.url.clone()),
            ("client_id", self.client_id.to_owned()),
            ("key_file", path(self.private_key)),
            ("peer_key_file", path(self.mpp_public_key)),
            ("key_version", VERSION.to_string()),
            ("acquirer_id", acquirer_id.clone()),
            ("psp_id", psp_id.clone()),
            ("payment_request_id", payment_request_id.clone()),
            ("expected_payment_id", payment_id.clone()),
            ("expected_currency", currency.clone()),
            ("expected_value", value.clone()),
            ("deadline_ms", self.deadline.as_millis().to_string()),
        ];
        named.extend(self.authority.map(|authority| ("ca_file", path(authority))));
        named
    }
}

/// How an adapter ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) concluded: Result<Conclusion, String>,
    pub(crate) started: Instant,
    pub(crate) at: Instant,
    /// All that it printed, to look for what must not be there.
    pub(crate) printed: String,
    pub(crate) complained: String,
}

/// What an adapter concluded: a word, or an object with details.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Conclusion {
    #[serde(deserialize_with = "word")]
    pub(crate) outcome: Outcome,
    /// The code of a failed payment.
    pub(crate) code: Option<String>,
}

fn word<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Outcome, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

/// Returns the last line that is not empty, or an empty text.
pub(crate) fn last_line(text: &str) -> &str {
    text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default()
}

/// Returns the beginning of a text, for a message.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}
