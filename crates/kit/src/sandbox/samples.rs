//! Payments that a sandbox with throwaway keys knows from the beginning.

use serde_json::{Map, Value, json};

use super::payment::{Payment, SLOW};

/// As `conformance mpp` reads it.
pub(crate) const FILE: &str = include_str!("payments.toml");

/// Returns the payments of the file, which only this client may see.
pub(crate) fn payments(client_id: &str) -> Result<Vec<Payment>, String> {
    let document: toml::Table = FILE.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let document = serde_json::to_value(document).map_err(|error| error.to_string())?;
    let rows = document["payment"].as_array().into_iter().flatten();
    rows.map(|row| payment(row, client_id).map_err(|error| error.to_string())).collect()
}

fn payment(row: &Value, client_id: &str) -> serde_json::Result<Payment> {
    let mut members: Map<String, Value> = row["expect"].as_object().cloned().unwrap_or_default();
    members.insert("clientId".to_owned(), client_id.into());
    let names = [
        ("payment_request_id", "paymentRequestId"),
        ("acquirer_id", "acquirerId"),
        ("psp_id", "pspId"),
        ("state", "state"),
        ("code", "code"),
    ];
    for (name, member) in names {
        members.insert(member.to_owned(), row[name].clone());
    }
    if row["slow"] == json!(true) {
        members.insert("handlerSeconds".to_owned(), SLOW.into());
    }
    serde_json::from_value(members.into())
}

#[cfg(test)]
mod tests {
    use alipayplus_signing::Timestamp;

    use super::payments;

    #[test]
    fn each_sample_can_be_answered() {
        let payments = payments("client").unwrap();
        assert_eq!(payments.len(), 10);
        for payment in payments {
            let payment = payment.completed(Timestamp::now()).unwrap();
            assert!(payment.answer().is_ok(), "{payment:?}");
        }
    }
}
