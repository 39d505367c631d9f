//! Whether a caller did right with one fault.

use super::fault::{Door, Fault};
use super::outcome::Outcome;
use super::server::Record;
use super::task::Ended;
use crate::finding::Finding;

/// Judges what the caller concluded, and whom it asked.
pub(super) fn judge(fault: &Fault, ended: &Ended, record: &Record) -> Finding {
    let conclusion = match &ended.concluded {
        Ok(conclusion) => conclusion,
        Err(what) => return Finding::inconclusive(what.clone()),
    };
    let requests = &record.requests;
    if record.strays > 0 {
        return Finding::fail("it connected to the address of the redirect");
    }
    if matches!(fault.door, Door::Certificate(_)) && !requests.is_empty() {
        return Finding::fail("it sent its request to a server that could not prove who it is");
    }
    if requests.windows(2).any(|pair| pair[1].at - pair[0].at < fault.pause) {
        return Finding::fail(format!("it asked again before {} s were over", fault.pause.as_secs()));
    }
    let outcome = conclusion.outcome;
    // Where nothing can arrive, nothing is missing.
    if requests.is_empty() && fault.door == Door::Open {
        let what = format!("it concluded {outcome} without a request");
        return if outcome == Outcome::Unknown { Finding::inconclusive(what) } else { Finding::fail(what) };
    }
    if fault.tolerated.contains(&outcome) {
        return Finding::note(format!("it concluded {outcome}; better would be {}", fault.right_text()));
    }
    if !fault.right.contains(&outcome) {
        return Finding::fail(format!("it concluded {outcome}"));
    }
    if let (Some(named), Some(sent)) = (&conclusion.code, fault.code)
        && named != sent
    {
        return Finding::fail(format!("it concluded {outcome} with another code than {sent}"));
    }
    if fault.again && requests.len() < 2 {
        return Finding::note(format!("it concluded {outcome} and asked once, where asking again can help"));
    }
    Finding::pass(format!("it concluded {outcome} after {} requests", requests.len()))
}
