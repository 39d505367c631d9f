//! The checks before the first case: each ends the run with one sentence.

use alipayplus_signing::parse_time;
use jiff::{SignedDuration, Timestamp};

use crate::exchange::{Exchange, Signed};
use crate::session::Session;
use crate::target::Target;
use crate::wire::{Wire, WireError};

/// A clock that is further off is reported.
const CLOCK_WARNING: SignedDuration = SignedDuration::from_secs(30);

/// Checks connection, keys, path and clock. Returns warnings for the head of the report.
///
/// # Errors
/// Returns a sentence that says what is wrong.
pub async fn check(session: &mut Session) -> Result<Vec<String>, String> {
    keys(&session.target)?;
    let origin = session.target.url.origin();
    match Wire::connect(&session.target).await {
        Ok(_) => {}
        Err(WireError::Tls(error)) => return Err(format!("TLS with {origin} failed: {error}")),
        Err(error) => return Err(format!("{origin} can't be reached: {error}")),
    }
    let mut warnings = Vec::new();
    let mut exchange = session.ask(&session.inquiry()).await;
    session.clock_offset = offset(&exchange);
    if session.clock_offset.abs() > CLOCK_WARNING {
        let seconds = session.clock_offset.as_secs();
        let side = if seconds > 0 { "ahead of" } else { "behind" };
        warnings.push(format!("the target's clock is {} s {side} this machine's", seconds.abs()));
        exchange = session.ask(&session.inquiry()).await;
    }
    good(session, &exchange)?;
    for position in 0..session.subjects.len() {
        let exchange = session.ask(&session.about(position)).await;
        let subject = &session.subjects[position];
        let state = exchange.message().map_or("unclear", session.operation.state);
        if state != subject.state && !subject.has("slow") {
            let Exchange { label, .. } = &exchange;
            warnings.push(format!(
                "the file of payments says that `{label}` is {}, the target says {state}",
                subject.state
            ));
        }
    }
    Ok(warnings)
}

fn keys(target: &Target) -> Result<(), String> {
    let own = target.own.key.public_key();
    if target.peer_keys.iter().any(|(_, key)| key == own) {
        return Err("the file of --peer-key holds the public half of the key of --key, not the target's".into());
    }
    Ok(())
}

/// Returns how far the target's clock is ahead, by the time header or by the header Date.
fn offset(exchange: &Exchange) -> SignedDuration {
    let Ok(reply) = &exchange.reply else { return SignedDuration::ZERO };
    let date = || {
        let date = reply.only("date")?;
        jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()
    };
    let time = reply.only("response-time").and_then(parse_time).or_else(date);
    let offset = time.map_or(SignedDuration::ZERO, |time| time.duration_since(Timestamp::now()));
    // Whole seconds say nothing about less than a second or two.
    if offset.abs() <= SignedDuration::from_secs(2) { SignedDuration::ZERO } else { offset }
}

/// Requires that the target verified the request, and that its answer verifies.
fn good(session: &Session, exchange: &Exchange) -> Result<(), String> {
    let own = &session.target.own;
    let url = format!("{}{}", session.target.url.origin(), exchange.asked.uri);
    let what = exchange.describe();
    let Ok(reply) = &exchange.reply else { return Err(format!("{url} gave no answer: {what}")) };
    let Some(message) = &reply.message else {
        return Err(match reply.raw.status {
            404 => format!("{url} is a path that the target does not have: {what}"),
            _ => format!("{url} did not answer with a message of this protocol: {what}"),
        });
    };
    let cause = match message.code.as_deref() {
        Some("NO_INTERFACE_DEF") => "this path is no operation of the target's; give the whole URL by --url".to_owned(),
        Some("INVALID_CLIENT") => format!("the target does not know the Client-Id {}", own.client_id),
        Some("KEY_NOT_FOUND") => format!("the target does not know key version {} of this client", own.version),
        Some("INVALID_SIGNATURE") => format!(
            "the target does not accept our signature: it knows another public key than that of --key (fingerprint {}), it \
             verifies another path than {}, or its clock differs",
            own.key.public_key().fingerprint(),
            exchange.asked.uri
        ),
        Some("ACCESS_DENIED") => "the target does not let this client call the operation".to_owned(),
        _ => match &reply.signed {
            Signed::Yes(_) => return Ok(()),
            Signed::No => "the answer is not signed".to_owned(),
            Signed::Wrong(why) => format!("the answer's signature does not verify with the key of --peer-key: {why}"),
        },
    };
    Err(format!("{cause} ({what})"))
}
