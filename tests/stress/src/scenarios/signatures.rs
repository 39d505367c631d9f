//! Messages, headers and keys that were changed: nothing that differs in a signed byte is accepted, and nothing panics.

use alipayplus_signing::{PrivateKey, PublicKey, SignatureHeader, VersionedSigner};
use fastrand::Rng;

use crate::change::{bytes, text};
use crate::failure::Failure;
use crate::message::{Message, pem, sign, test_key, test_key_text};
use crate::progress::grouped;
use crate::run::Run;
use crate::scenario::Scenario;

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "signatures",
    about: "changed messages, headers and keys: what differs in a signed byte is refused",
    run,
};

/// The number of genuine messages that are changed.
const POOL: usize = 64;

/// A message with its genuine signature.
#[derive(Clone, Debug)]
struct Signed {
    message: Message,
    header: String,
}

/// What came of the changed ones.
#[derive(Debug, Default)]
struct Tally {
    /// Not even read.
    unreadable: u64,
    refused: u64,
    /// The same in every byte that counts.
    accepted: u64,
}

fn run(run: &mut Run) -> Result<(), Failure> {
    let key = test_key("k1")?;
    let pool = pool(run, &key)?;
    let count = run.either(1_000_000, 10_000);
    let public_text = key.public_key_text();
    let private_texts = private_texts()?;
    let topics: [(&str, u64, &Try<'_>); 4] = [
        ("messages", count, &changed_message),
        ("signature headers", count, &changed_header),
        ("public key texts", count, &|rng, signed, key| changed_key(rng, signed, key, &public_text)),
        ("private key texts", run.either(1_000_000, 5_000), &|rng, _, key| {
            Ok(changed_private_key(rng, key, &private_texts))
        }),
    ];
    for (topic, count, try_one) in topics {
        let mut tally = Tally::default();
        run.cases(topic, count, |_, rng| {
            let signed = &pool[rng.usize(..pool.len())];
            tally.count(try_one(rng, signed, &key.public_key())?)
        })?;
        let Tally { unreadable, refused, accepted } = tally;
        run.found(format!("changed {topic}"), grouped(unreadable + refused + accepted));
        run.found("unreadable, refused", format!("{}, {}", grouped(unreadable), grouped(refused)));
        run.found("accepted, the same in every byte that counts", grouped(accepted));
        if !run.is_one_case() && [unreadable + refused, accepted].contains(&0) {
            return Err(format!("{topic}: only one verdict ever came up: {tally:?}").into());
        }
    }
    Ok(())
}

/// Changes something about a signed message, and has the key judge it.
type Try<'a> = dyn Fn(&mut Rng, &Signed, &PublicKey) -> Result<Verdict, Failure> + 'a;

/// Whether it was read, accepted, and the same in every byte that counts.
#[derive(Clone, Debug)]
struct Verdict {
    /// What was judged.
    changed: String,
    is_read: bool,
    is_accepted: bool,
    is_same: bool,
}

impl Tally {
    fn count(&mut self, verdict: Verdict) -> Result<(), Failure> {
        match verdict {
            Verdict { is_accepted: true, is_same: false, changed, .. } => {
                return Err(format!("accepted, though it differs: {changed}").into());
            }
            Verdict { is_accepted: false, is_same: true, changed, .. } => {
                return Err(format!("refused, though it is the same: {changed}").into());
            }
            Verdict { is_accepted: true, .. } => self.accepted += 1,
            Verdict { is_read: false, .. } => self.unreadable += 1,
            Verdict { .. } => self.refused += 1,
        }
        Ok(())
    }
}

fn changed_message(rng: &mut Rng, signed: &Signed, key: &PublicKey) -> Result<Verdict, Failure> {
    let message = signed.message.changed(rng);
    let header: SignatureHeader = signed.header.parse()?;
    let is_same = message.content().to_bytes() == signed.message.content().to_bytes();
    let is_accepted = key.verify(&message.content().digest(), &header).is_ok();
    Ok(Verdict { changed: format!("{message:?} of {:?}", signed.message), is_read: true, is_accepted, is_same })
}

fn changed_header(rng: &mut Rng, signed: &Signed, key: &PublicKey) -> Result<Verdict, Failure> {
    let genuine: SignatureHeader = signed.header.parse()?;
    let changed = text(rng, &signed.header);
    let Ok(header) = changed.parse::<SignatureHeader>() else {
        return Ok(Verdict { changed, is_read: false, is_accepted: false, is_same: false });
    };
    let is_same = header.as_ref() == genuine.as_ref();
    let is_accepted = key.verify(&signed.message.content().digest(), &header).is_ok();
    Ok(Verdict { changed, is_read: true, is_accepted, is_same })
}

fn changed_key(rng: &mut Rng, signed: &Signed, genuine: &PublicKey, key: &str) -> Result<Verdict, Failure> {
    let changed = text(rng, key);
    let Ok(key) = PublicKey::from_text(&changed) else {
        return Ok(Verdict { changed, is_read: false, is_accepted: false, is_same: false });
    };
    let header: SignatureHeader = signed.header.parse()?;
    let is_accepted = key.verify(&signed.message.content().digest(), &header).is_ok();
    Ok(Verdict { changed, is_read: true, is_accepted, is_same: key == *genuine })
}

/// Checks that a parsed key is the original one. A key that does not verify what it
/// signs is not read.
fn changed_private_key(rng: &mut Rng, genuine: &PublicKey, forms: &[String]) -> Verdict {
    let form = rng.usize(..forms.len());
    let changed = text(rng, &forms[form]);
    match PrivateKey::from_text(&changed) {
        Ok(key) => Verdict { changed, is_read: true, is_accepted: true, is_same: key.public_key() == *genuine },
        Err(_) => Verdict { changed, is_read: false, is_accepted: false, is_same: false },
    }
}

/// One key in all forms that are read.
fn private_texts() -> Result<[String; 4], Failure> {
    let (pkcs8, pkcs1) = (test_key_text("k1", "private_pkcs8_base64")?, test_key_text("k1", "private_pkcs1_base64")?);
    Ok([pem("PRIVATE KEY", &pkcs8), pem("RSA PRIVATE KEY", &pkcs1), pkcs8, pkcs1])
}

fn pool(run: &Run, key: &PrivateKey) -> Result<Vec<Signed>, Failure> {
    let mut rng = run.rng("pool");
    let signing_key = VersionedSigner::new(1, key.clone());
    let mut pool = Vec::with_capacity(POOL);
    for n in 0..POOL {
        let message = Message {
            method: "POST".to_owned(),
            uri: format!("/aps/api/v1/payments/{}", text(&mut rng, "operation")),
            client_id: format!("SANDBOX_{n}.{}", rng.u32(..)),
            time: format!("2025-02-20T08:51:{:02}.{}Z", rng.u8(..60), rng.u8(1..10)),
            body: bytes(&mut rng, br#"{"paymentRequestId":"20200101234567890132"}"#),
        };
        let header = sign(&signing_key, &message)?.to_string();
        pool.push(Signed { message, header });
    }
    Ok(pool)
}
