//! All cases of the kit against the MPP.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use alipayplus_client::PublicKey;

use alipayplus_kit::finding::{Level, Verdict};
use alipayplus_kit::inquiry_payment::{self, OPERATION};
use alipayplus_kit::key::RawKey;
use alipayplus_kit::preflight;
use alipayplus_kit::run::{self, Groups};
use alipayplus_kit::session::Session;
use alipayplus_kit::target::{Identity, Target, TlsFiles, Url};

use crate::load::CLIENT_ID;

/// Checks that no case fails that has to pass, with payments of all states.
pub(crate) async fn check(folder: &Path, address: &str) {
    let own = Identity {
        client_id: CLIENT_ID.to_owned(),
        version: "1".to_owned(),
        key: Arc::new(RawKey::from_file(folder.join("caller.pem")).unwrap()),
    };
    let url = Url::parse(&format!("http://{address}"), OPERATION.path).unwrap();
    let trusted = PublicKey::from_file(folder.join("one.pub.pem")).unwrap();
    let mut target = Target::new(url, TlsFiles::default(), own, vec![(Some(1), trusted)]).unwrap();
    target.addresses = target.url.resolve().await.unwrap();
    let subjects = (OPERATION.subjects)(&payments()).unwrap();
    let mut session = Session::new(target, &OPERATION, subjects, 1);
    let warnings = preflight::check(&mut session).await.unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let cases = inquiry_payment::cases();
    let groups = Groups { load: true, hostile: true };
    let results = run::run(&session, &cases, &cases, groups, |_| ()).await;
    let passed = results.iter().filter(|result| matches!(result.finding.verdict, Verdict::Pass)).count();
    assert!(passed > 140, "{passed}");
    let failed = results
        .iter()
        .filter(|result| result.case.level == Level::Must && matches!(result.finding.verdict, Verdict::Fail));
    let failed: Vec<_> = failed.map(|result| (result.case.id, &result.finding)).collect();
    assert!(failed.is_empty(), "{failed:#?}");
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
