//! Signatures of other implementations and ours, in both directions, and test vectors.

mod implementation;
mod known;
mod node;
mod openssl;

use fastrand::Rng;

use crate::change::bytes;
use crate::failure::Failure;
use crate::message::{Message, sign, test_keys_pem};
use crate::progress::grouped;
use crate::run::Run;
use crate::scenario::Scenario;
use implementation::{Implementation, Shared};
use node::Node;
use openssl::Openssl;

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "interop",
    about: "signatures exchanged with OpenSSL and Node, and the test vectors of Wycheproof",
    run,
};

fn run(run: &mut Run) -> Result<(), Failure> {
    known::run(run)?;
    let keys = test_keys_pem()?.into_iter().map(Shared::new).collect::<Result<Vec<_>, _>>()?;
    exchange(run, "Node", &mut Node::start(&keys)?, &keys)?;
    exchange(run, "openssl", &mut Openssl::new(&keys)?, &keys)
}

fn exchange(run: &mut Run, name: &str, other: &mut dyn Implementation, keys: &[Shared]) -> Result<(), Failure> {
    let count = run.either(1_000, 100);
    let mut refused = 0;
    run.cases(name, count, |_, rng| {
        let (key, message) = (rng.usize(..keys.len()), message(rng));
        let tried = agree(other, &message, &message.changed(rng), key, &keys[key]);
        let is_same = tried.map_err(|failure| format!("{}: {message:?} by key {key}", failure.what))?;
        refused += u64::from(!is_same);
        Ok(())
    })?;
    let bits: Vec<_> = keys.iter().map(|key| key.public_key.bits().to_string()).collect();
    run.found(format!("messages exchanged with {name}, keys of {} bits", bits.join(" and ")), grouped(count));
    run.found("changed ones that both refused", grouped(refused));
    if !run.is_one_case() && refused == 0 {
        return Err(format!("{name}: there was nothing to refuse").into());
    }
    Ok(())
}

/// Both sign alike, each accepts the other's signature, and neither accepts it over other bytes. Returns whether the
/// changed message has the same bytes.
fn agree(
    other: &mut dyn Implementation,
    message: &Message,
    changed: &Message,
    key: usize,
    Shared { signing_key, public_key, .. }: &Shared,
) -> Result<bool, Failure> {
    let (ours, theirs) = (sign(signing_key, message)?, other.sign(message, key)?);
    if theirs.signature() != ours.signature() {
        return Err("two signatures, although the padding is deterministic".into());
    }
    public_key.verify(&message.content().digest(), &theirs)?;
    if !other.accepts(message, key, &ours)? {
        return Err("the other implementation refuses our signature".into());
    }
    let is_same = message.content().to_bytes() == changed.content().to_bytes();
    if public_key.verify(&changed.content().digest(), &theirs).is_ok() != is_same {
        return Err(format!("we are wrong about a changed message: {changed:?}").into());
    }
    if other.accepts(changed, key, &ours)? != is_same {
        return Err(format!("the other implementation disagrees about a changed message: {changed:?}").into());
    }
    Ok(is_same)
}

/// Returns a random message with characters and bytes of all kinds in every signed part.
fn message(rng: &mut Rng) -> Message {
    let body = match rng.u8(..4) {
        0 => Vec::new(),
        1 => (0..rng.usize(..2_000)).map(|_| rng.u8(..)).collect(),
        2 => format!(r#"{{"passThroughInfo":"{}"}}"#, any_text(rng, 300)).into_bytes(),
        _ => bytes(rng, br#"{"acquirerId":"1","pspId":"2","paymentRequestId":"20200101234567890132"}"#),
    };
    let path = "/aps/api/v1/payments/inquiryPayment";
    Message {
        method: ["POST", "GET", "PATCH", "X-ODD"][rng.usize(..4)].to_owned(),
        uri: [path.to_owned(), format!("{path}?a=%2F+b&c=%20"), any_text(rng, 60)][rng.usize(..3)].clone(),
        client_id: ["SANDBOX_5X00000000000000".to_owned(), any_text(rng, 30)][rng.usize(..2)].clone(),
        time: ["2025-02-20T08:51:49.09Z".to_owned(), "1740041509000".to_owned(), any_text(rng, 30)][rng.usize(..3)]
            .clone(),
        body,
    }
}

/// Returns characters of one to four bytes, among them some that a language may escape, normalize or count as two.
fn any_text(rng: &mut Rng, most: usize) -> String {
    let odd = ['\0', '\n', '\r', '"', '\\', '.', ' ', '%', '+', '\u{85}', '\u{2028}', '\u{feff}', 'é', 'e', '\u{301}'];
    let character = |rng: &mut Rng| if rng.bool() { rng.char(..) } else { odd[rng.usize(..odd.len())] };
    (0..rng.usize(..most)).map(|_| character(rng)).collect()
}
