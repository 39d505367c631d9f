//! Test vectors of Wycheproof: signatures of raw messages, most of them invalid in a way that some library accepted.

use alipayplus_signing::{Digest, PublicKey};
use wycheproof::rsa_pkcs1_verify::{TestGroup, TestName, TestSet};
use wycheproof::{HashFunction, TestResult};

use crate::failure::Failure;
use crate::progress::grouped;
use crate::run::Run;

#[derive(Debug, Default)]
struct Tally {
    valid: u64,
    invalid: u64,
    /// A library may accept or refuse these: accepted, total.
    acceptable: (u64, u64),
}

pub(super) fn run(run: &mut Run) -> Result<(), Failure> {
    let mut tally = Tally::default();
    let mut sizes = Vec::new();
    for name in TestName::all() {
        let set = TestSet::load(name).map_err(|error| error.to_string())?;
        for group in set.test_groups.iter().filter(|group| group.hash == HashFunction::Sha2_256) {
            tally.judge(group).map_err(|failure| format!("Wycheproof, {name:?}: {}", failure.what))?;
            sizes.push(group.key_size);
        }
    }
    sizes.sort_unstable();
    sizes.dedup();
    let sizes: Vec<_> = sizes.iter().map(usize::to_string).collect();
    let Tally { valid, invalid, acceptable: (taken, acceptable) } = tally;
    run.found(
        format!("answers of Wycheproof for SHA-256, keys of {} bits: accepted, refused", sizes.join(", ")),
        format!("{}, {}", grouped(valid), grouped(invalid)),
    );
    run.found("left to the library: accepted, of", format!("{}, {}", grouped(taken), grouped(acceptable)));
    if [valid, invalid].contains(&0) { Err("Wycheproof has only one verdict".into()) } else { Ok(()) }
}

impl Tally {
    fn judge(&mut self, group: &TestGroup) -> Result<(), Failure> {
        let key = PublicKey::from_text(&group.pem)?;
        for test in &group.tests {
            let accepted = key.verify(&Digest::testing(&test.msg), &test.sig).is_ok();
            match (test.result, accepted) {
                (TestResult::Valid, true) => self.valid += 1,
                (TestResult::Invalid, false) => self.invalid += 1,
                (TestResult::Acceptable, _) => {
                    self.acceptable.0 += u64::from(accepted);
                    self.acceptable.1 += 1;
                }
                (result, _) => {
                    let (number, comment, flags) = (test.tc_id, &test.comment, &test.flags);
                    let what = format!("number {number} is {result:?}, and accepted: {accepted}: {comment} {flags:?}");
                    return Err(what.into());
                }
            }
        }
        Ok(())
    }
}
