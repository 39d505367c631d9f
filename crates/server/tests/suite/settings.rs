//! Missing and invalid settings.

use std::time::Duration;

use alipayplus_server::__private::{OperationInfo, Router, ServiceSpec};
use alipayplus_server::inquiry_payment::NAME;
use alipayplus_server::model::common::ServiceResponse;
use alipayplus_server::{BuildError, Builder, KeyRing, Server};

use crate::kit::{KEYS, Log, TestRequest, builder};

#[test]
fn a_missing_or_invalid_setting_is_named() {
    let key = || Server::builder().sign_with(1, KEYS.server.clone());
    let zero = |setting| BuildError::Zero { setting };
    let not_a_path = |setting, path: &str| BuildError::NotAPath { setting, path: path.to_owned() };
    // No operation has a name with a space.
    let nowhere = "no operation";
    let unknown = |setting| BuildError::UnknownOperation { setting, operation: nowhere.to_owned() };
    let table: Vec<(Builder<Server>, BuildError)> = vec![
        (Server::builder().callers(KeyRing::new()), BuildError::NoSigner),
        (key(), BuildError::NoCallers),
        (builder().concurrency_limit(0), zero("concurrency_limit")),
        (builder().body_limit(0), zero("body_limit")),
        (builder().deadline(Duration::ZERO), zero("deadline")),
        (builder().body_deadline(Duration::ZERO), zero("body_deadline")),
        (builder().handler_deadline(Duration::ZERO), zero("handler_deadline")),
        (builder().signing_deadline(Duration::ZERO), zero("signing_deadline")),
        (builder().signed_prefix("wallet"), not_a_path("signed_prefix", "wallet")),
        (builder().signed_prefix("/wal let"), not_a_path("signed_prefix", "/wal let")),
        (builder().signed_prefix("/wallet/"), not_a_path("signed_prefix", "/wallet/")),
        (builder().path(NAME, "/a?b"), not_a_path("path", "/a?b")),
        (builder().path(NAME, ""), not_a_path("path", "")),
        (builder().signed_path(NAME, "https://mpp.example/a"), not_a_path("signed_path", "https://mpp.example/a")),
        (builder().path(nowhere, "/pay"), unknown("path")),
        (builder().signed_path(nowhere, "/pay"), unknown("signed_path")),
    ];
    for (builder, expected) in table {
        let error = builder.build().unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.to_string().is_empty());
    }
    let too_many = builder().concurrency_limit(usize::MAX).build().unwrap_err();
    assert!(matches!(too_many, BuildError::TooMany { .. }));
    assert!(key().callers(KeyRing::new()).build().is_ok());
}

const TIMEOUT: Duration = Duration::from_secs(8);

/// A server type of two operations, for the builder's checks.
#[derive(Debug)]
struct Two;

impl From<Router> for Two {
    fn from(_: Router) -> Self {
        Self
    }
}

impl ServiceSpec for Two {
    type Fallback = ServiceResponse;
    const OPERATIONS: &'static [OperationInfo] = &[
        OperationInfo { name: "a", path: "/a", timeout: TIMEOUT },
        OperationInfo { name: "b", path: "/b", timeout: TIMEOUT },
    ];
}

#[test]
fn two_operations_cant_have_the_same_path() {
    let two = || Builder::<Two>::new().testing(&KEYS);
    assert_eq!(two().path("b", "/a").build().unwrap_err(), BuildError::SamePath { path: "/a".to_owned() });
    assert!(two().path("a", "/b").path("b", "/a").build().is_ok());
}

#[test]
fn signing_leaves_time_for_the_rest() {
    let two = || Builder::<Two>::new().testing(&KEYS);
    let no_time = |deadline, signing_deadline| BuildError::NoTime {
        operation: "a",
        deadline: Duration::from_millis(deadline),
        signing_deadline: Duration::from_millis(signing_deadline),
    };
    let (short, long) = (Duration::from_millis(7), Duration::from_millis(7200));
    assert_eq!(two().signing_deadline(long).build().unwrap_err(), no_time(7200, 7200));
    assert_eq!(two().deadline(short).signing_deadline(long).build().unwrap_err(), no_time(7, 7200));
    assert!(two().signing_deadline(short).build().is_ok());
}

#[tokio::test]
async fn a_server_without_handlers_serves_no_path() {
    let log = Log::start();
    let server = builder().build().unwrap();
    assert_eq!(TestRequest::for_payment("paid").send(&server).await.code(), "NO_INTERFACE_DEF");
    assert_eq!(log.cause(), "path: inquiryPayment has no handler: mount one by the server's method of that name");
    TestRequest::for_payment("paid").with(|request| request.uri = "/nowhere".to_owned()).send(&server).await;
    assert_eq!(log.cause(), "path: nothing at /nowhere; served: none");
}

#[tokio::test]
async fn callers_can_be_added_and_removed_while_running() {
    let callers = KeyRing::new();
    let server = crate::kit::mounted(builder().callers(callers.clone()));
    let request = TestRequest::for_payment("paid");
    assert_eq!(request.send(&server).await.code(), "INVALID_CLIENT");
    callers.insert(KEYS.client_id.as_str(), 1, KEYS.client.public_key()).unwrap();
    assert_eq!(request.send(&server).await.code(), "SUCCESS");
    callers.remove_client(&KEYS.client_id);
    assert_eq!(request.send(&server).await.code(), "INVALID_CLIENT");
}
