//! Each fault of an MPP fails the cases that it has to, and no other that is MUST. It is turned on in the sandbox, over the
//! admin API.

use std::collections::BTreeSet;
use std::iter;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::setup::{Mpp, results_of, with};
use alipayplus_kit::case::{Case, Phase};
use alipayplus_kit::finding::{Level, Verdict};
use alipayplus_kit::hook::Hook;
use alipayplus_kit::inquiry_payment::cases;
use alipayplus_kit::run::{Groups, run};
use alipayplus_kit::sandbox::{MPP_FAULTS, MppFault};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

/// How many sandboxes run beside each other.
const AT_ONCE: usize = 8;
/// Into how many parts the cases are divided.
const PARTS: usize = 4;

#[test]
fn each_fault_fails_its_cases_and_no_other() {
    // The preflight ends the run with the others.
    let faults = Mutex::new(MPP_FAULTS.iter().filter(|fault| !fault.fails.is_empty()).enumerate());
    let next = || faults.lock().unwrap().next();
    let tried: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(|| block_on(tried(iter::from_fn(next))))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut wrong = Vec::new();
    let mut failed = BTreeSet::new();
    for (fault, ids) in tried.into_iter().flatten() {
        let undue: Vec<_> = ids.iter().filter(|id| !fault.fails.contains(id)).collect();
        let missed: Vec<_> = fault.fails.iter().filter(|id| !ids.contains(id)).collect();
        if !undue.is_empty() || !missed.is_empty() {
            wrong.push(format!("{}: fails too: {undue:?}; does not fail: {missed:?}", fault.id));
        }
        failed.extend(ids);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let must = cases().into_iter().filter(|case| case.level == Level::Must).map(|case| case.id);
    let never: Vec<_> = must.filter(|id| !failed.contains(id)).collect();
    assert!(never.is_empty(), "no fault fails {never:?}");
}

/// Turns one fault on after the other. Returns the MUST cases that fail with each.
///
/// A fault is tried with its own cases and a part of the others, another part for the next fault: all of them would take
/// minutes. The cases over a whole run send what all others send, so that one fault of each few has them.
async fn tried(
    faults: impl Iterator<Item = (usize, &'static MppFault)>,
) -> Vec<(&'static MppFault, Vec<&'static str>)> {
    let mpp = Mpp::start().await;
    let mut tried = Vec::new();
    for (position, fault) in faults {
        let choice = |n: usize, case: &Case| match case.phase {
            // A busy machine is late by itself.
            _ if case.group() == "deadline" => false,
            Phase::End => position % PARTS == 0,
            _ => n % PARTS == position % PARTS,
        };
        let results = mpp.results(fault.id, fault.fails, choice).await;
        let failing = with(&results, Verdict::Fail).into_iter().map(|result| result.case);
        tried.push((fault, failing.filter(|case| case.level == Level::Must).map(|case| case.id).collect()));
    }
    tried
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[tokio::test]
async fn the_time_of_the_answer_is_no_time_of_a_payment() {
    let results =
        Mpp::start().await.results("mpp/sends-the-time-of-the-answer", &["datetime/stable"], |_, _| false).await;
    assert_eq!(with(&results, Verdict::Fail).len(), 1);
}

#[tokio::test]
async fn a_wrong_signature_is_explained() {
    let results =
        Mpp::start().await.results("mpp/signs-the-time-of-the-request", &["answer/signed"], |_, _| false).await;
    let failing = with(&results, Verdict::Fail);
    let signed = failing.iter().find(|result| result.case.id == "answer/signed").unwrap();
    assert!(signed.finding.actual.contains("time-of-the-request: "), "{}", signed.finding.actual);
}

#[tokio::test]
async fn what_a_hook_can_not_do_is_inconclusive_in_its_own_words() {
    let (mut session, _) = Mpp::start().await.session("").await.unwrap();
    let hook = "grep -q in_progress && echo no open payments here >&2; exit 1";
    session.hook = Some(Arc::new(Hook::command(hook, Duration::from_secs(20))));
    let of_open = ["state/progress-to-final", "state/concurrent-agree"];
    for result in results_of(&session, &of_open, |_, _| false).await {
        assert_eq!(result.finding.verdict, Verdict::Inconclusive);
        let words = &result.finding.actual;
        assert!(words.starts_with("the hook failed for the state in_progress: "), "{words}");
        assert!(words.ends_with(": no open payments here"), "{words}");
    }
}

#[tokio::test]
async fn an_mpp_that_stops_under_load_is_inconclusive() {
    let mut mpp = Mpp::start().await;
    let address = mpp.0.url.strip_prefix("http://").unwrap().parse().unwrap();
    mpp.0.url = format!("http://{}", until_the_30th_connection(address).await);
    let (session, _) = mpp.session("").await.unwrap();
    let selected: Vec<_> = cases().into_iter().filter(|case| case.id == "load/50-at-once").collect();
    let results = run(&session, &cases(), &selected, Groups::default(), |_| ()).await;
    let finding = &results[0].finding;
    assert_eq!(finding.verdict, Verdict::Inconclusive, "{finding:?}");
    assert!(finding.actual.ends_with("the target can't be reached any more"), "{finding:?}");
}

/// Forwards connections to an MPP, but for the 30th and later ones, as if it had stopped.
async fn until_the_30th_connection(mpp: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for _ in 0..29 {
            let (mut caller, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut mpp = TcpStream::connect(mpp).await.unwrap();
                drop(copy_bidirectional(&mut caller, &mut mpp).await);
            });
        }
    });
    address
}

#[tokio::test]
async fn a_cached_and_a_forgotten_payment_are_seen() {
    let mpp = Mpp::start().await;
    let results = mpp.results("mpp/answers-from-a-cache", &["state/concurrent-agree"], |_, _| false).await;
    let cached = results.iter().find(|result| result.case.id == "state/concurrent-agree").unwrap();
    assert_eq!(cached.finding.verdict, Verdict::Fail, "{:?}", cached.finding);
    // A restart forgets what is in memory only.
    mpp.turn_on("").await;
    let (mut session, _) = mpp.session("").await.unwrap();
    let post = format!("curl -sfS -H 'Content-Type: application/json' {}", mpp.0.admin);
    let hook =
        format!("call=$(cat); case $call in *restarted*) {post}/reset -d '{{}}';; *) {post}/state -d \"$call\";; esac");
    session.hook = Some(Arc::new(Hook::command(hook, Duration::from_secs(20))));
    let results = results_of(&session, &["state/after-restart"], |_, _| false).await;
    let forgotten = results.iter().find(|result| result.case.id == "state/after-restart").unwrap();
    assert_eq!(forgotten.finding.verdict, Verdict::Note, "{:?}", forgotten.finding);
}
