//! Runs of the kit against the MPP with a fault.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_kit::case::{Case, Need, Phase};
use alipayplus_kit::hook::Hook;
use alipayplus_kit::inquiry_payment::{OPERATION, cases};
use alipayplus_kit::key::RawKey;
use alipayplus_kit::run::{CaseResult, Groups, run};
use alipayplus_kit::session::Session;
use alipayplus_kit::target::{Identity, Target, TlsFiles, Url};
use alipayplus_kit::{finding::Verdict, preflight};

use crate::mpp::{self, CLIENT, KEYS, OTHER_CLIENT};

/// The payments of the MPP.
pub(crate) fn payments() -> String {
    let mut text = String::new();
    let mut add = |id: &str, rest: &str| {
        let _ = write!(
            text,
            "[[payment]]\nacquirer_id='1'\npsp_id='2'\npayment_request_id='{id}'\nname='{id}'\n{rest}\n\n"
        );
    };
    let expect = |n: usize, amount: [&str; 2], more: &str| {
        let [value, currency] = amount;
        format!(
            "state='paid'\nexpect={{paymentId='PAY{n}',paymentTime='2020-01-01T08:00:00+08:00',\
             paymentAmount={{currency='{currency}',value='{value}'}}{more}}}"
        )
    };
    add("same", &expect(1, ["100", "JPY"], ""));
    let cross = expect(2, ["1000", "JPY"], ",payToAmount={currency='CNY',value='5150'}");
    add("cross", &format!("{cross}\nquote={{price='0.0515'}}"));
    let down = expect(3, ["2125", "USD"], ",payToAmount={currency='CNY',value='212'}");
    add("down", &format!("{down}\nquote={{price='0.1'}}"));
    let more = ",payToAmount={currency='CNY',value='214'},passThroughInfo='PASSCANARY4',\
                customsDeclarationAmount={currency='CNY',value='214'}";
    add("up", &format!("{}\nquote={{price='0.1'}}", expect(4, ["2135", "USD"], more)));
    add("poor", "state='failed'\ncode='USER_BALANCE_NOT_ENOUGH'");
    add("closed", "state='cancelled'");
    add("open", "state='in_progress'");
    add("slow", "state='in_progress'\nslow=true");
    text
}

pub(crate) fn identity(client_id: &str, version: &str, key: Arc<RawKey>) -> Identity {
    Identity { client_id: client_id.into(), version: version.into(), key }
}

/// Starts an MPP and returns a session with it that has passed the preflight, and its warnings.
pub(crate) async fn session(fault: &'static str, path: &str) -> Result<(Session, Vec<String>), String> {
    let address = mpp::start(fault).await;
    let url = Url::parse(&format!("http://{address}{path}"), OPERATION.path).unwrap();
    let peer = vec![(Some(1), KEYS.mpp.public_key().clone())];
    let mut target = Target::new(url, TlsFiles::default(), identity(CLIENT, "1", KEYS.caller.clone()), peer).unwrap();
    target.addresses = vec![address];
    target.second_key = Some(identity(CLIENT, "2", KEYS.caller_2.clone()));
    target.second_client = Some(identity(OTHER_CLIENT, "1", KEYS.other.clone()));
    let subjects = (OPERATION.subjects)(&payments()).unwrap();
    let mut session = Session::new(target, &OPERATION, subjects, 7);
    let hook = Url::parse(&format!("http://{address}{}", mpp::HOOK), "").unwrap();
    session.hook = Some(Arc::new(Hook::url(hook, &TlsFiles::default(), Duration::from_secs(20)).await?));
    let warnings = preflight::check(&mut session).await?;
    Ok((session, warnings))
}

/// Runs the cases that run beside each other, those over the whole run, and those that are named.
pub(crate) async fn results(fault: &'static str, named: &[&str]) -> Vec<CaseResult> {
    let (session, _) = session(fault, "").await.unwrap_or_else(|message| panic!("{fault}: {message}"));
    let is_quick = |case: &&Case| {
        let heavy =
            [Need::Load, Need::Hostile].iter().any(|need| case.needs.contains(need)) && !named.contains(&case.id);
        !heavy && (matches!(case.phase, Phase::Together | Phase::End) || named.contains(&case.id))
    };
    let selected: Vec<_> = cases().iter().filter(is_quick).copied().collect();
    run(&session, &cases(), &selected, Groups::default(), |_| ()).await
}

/// Returns the IDs of the results with a verdict.
pub(crate) fn with(results: &[CaseResult], verdict: Verdict) -> Vec<&CaseResult> {
    results.iter().filter(|result| result.finding.verdict == verdict).collect()
}
