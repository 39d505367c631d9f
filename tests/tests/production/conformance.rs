//! All cases of `alipayplus conformance mpp` against the MPP.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use alipayplus_tests::root;

use crate::load::CLIENT_ID;

/// Checks that no case fails that has to pass, with payments of all states.
pub(crate) fn check(folder: &Path, address: &str) {
    fs::write(folder.join("payments.toml"), payments()).unwrap();
    let mut build = Command::new(env!("CARGO"));
    // With an example, so that it has the features that the tests have compiled it with.
    build.args(["build", "--quiet", "--workspace", "--all-features", "--bin", "alipayplus", "--example", "mpp"]);
    build.current_dir(root());
    assert!(build.stderr(Stdio::inherit()).status().unwrap().success(), "the command does not build");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("debug/alipayplus");
    let mut alipayplus = Command::new(program);
    alipayplus.args(["conformance", "mpp", "--url", &format!("http://{address}"), "--client-id", CLIENT_ID]);
    alipayplus.args(["--key", "caller.pem", "--peer-key", "1=one.pub.pem", "--payments", "payments.toml"]);
    let output = alipayplus.current_dir(folder).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let passed = text.lines().find_map(|line| line.split_once(" pass")?.0.rsplit(' ').next()?.parse::<usize>().ok());
    assert!(passed.is_some_and(|passed| passed > 140), "{text}");
}

/// Returns the file of the payments that the test has made.
fn payments() -> String {
    let mut text = String::new();
    for (n, state) in [(5, "paid"), (6, "in_progress"), (7, "cancelled"), (8, "failed")] {
        _ = write!(
            text,
            "[[payment]]\nacquirer_id = '1'\npsp_id = 'one'\npayment_request_id = '{n}'\nstate = '{state}'\n"
        );
        match state {
            "failed" => text += "code = 'USER_BALANCE_NOT_ENOUGH'\n",
            "paid" => {
                text += "quote = { price = '10' }\n[payment.expect]\npaymentId = 'one-5'\n\
                         paymentAmount = { currency = 'JPY', value = '5' }\n\
                         payToAmount = { currency = 'KRW', value = '50' }\n";
            }
            _ => {}
        }
    }
    text
}
