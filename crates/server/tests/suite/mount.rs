//! Each way to mount the server: it verifies what was signed for the public path, and signs for the same.

use alipayplus_server::inquiry_payment::NAME;
use axum::Router;
use axum::body::Body;
use axum::routing::get;

use crate::kit::{Ask, Log, PATH, builder, mounted, server, told};

/// Whether a service answers a request at `uri` that was signed for `public`, and signs for the same.
async fn is_answered<S, R>(service: S, uri: &str, public: &str) -> bool
where
    S: tower::Service<http::Request<Body>, Response = http::Response<R>, Error = std::convert::Infallible>,
    R: http_body::Body<Data = bytes::Bytes>,
    R::Error: std::fmt::Debug,
{
    let ask = Ask::about("paid").with(|ask| {
        ask.uri = uri.into();
        ask.signed_uri = Some(public.to_owned());
    });
    let told = told(service, ask.request(Body::from(ask.body.clone())).await).await;
    told.code() == "SUCCESS" && told.verifies(&ask)
}

#[tokio::test]
async fn bare() {
    for query in ["", "?", "?a=b", "?a=%2Fb&c=?"] {
        let uri = format!("{PATH}{query}");
        assert!(is_answered(server(), &uri, &uri).await, "{uri}");
    }
    // As a proxy's client writes it: the signature is over path and query alone.
    assert!(is_answered(server(), &format!("http://mpp.example{PATH}?a"), &format!("{PATH}?a")).await);
    assert!(!is_answered(server(), &format!("{PATH}?a=b"), PATH).await);
}

#[tokio::test]
async fn as_the_fallback_of_axum() {
    let app = || Router::new().route("/health", get(|| async { "ok" })).fallback_service(server());
    assert!(is_answered(app(), PATH, PATH).await);
    assert!(is_answered(app(), &format!("{PATH}?a=b"), &format!("{PATH}?a=b")).await);
    let ask = Ask::about("paid").with(|ask| ask.uri = "/nowhere".to_owned());
    assert_eq!(told(app(), ask.request(Body::empty()).await).await.code(), "NO_INTERFACE_DEF");
}

#[tokio::test]
async fn nested_in_axum_under_a_prefix() {
    let app = |prefix: &str| Router::new().nest_service("/wallet", mounted(builder().signed_prefix(prefix)));
    let public = format!("/wallet{PATH}");
    for query in ["", "?a=b"] {
        let public = format!("{public}{query}");
        assert!(is_answered(app("/wallet"), &public, &public).await, "{public}");
    }
    assert!(!is_answered(app(""), &public, &public).await);
}

#[tokio::test]
async fn behind_a_proxy_that_replaces_the_path() {
    let server = |prefix: &str| mounted(builder().signed_prefix(prefix).signed_path(NAME, "/public/inquiry"));
    assert!(is_answered(server(""), PATH, "/public/inquiry").await);
    assert!(is_answered(server(""), &format!("{PATH}?a=b"), "/public/inquiry?a=b").await);
    assert!(is_answered(server("/ignored"), PATH, "/public/inquiry").await);
    assert!(!is_answered(server(""), PATH, PATH).await);
}

#[tokio::test]
async fn at_another_path() {
    let server = || mounted(builder().path(NAME, "/v1/payments/inquiryPayment"));
    assert!(is_answered(server(), "/v1/payments/inquiryPayment", "/v1/payments/inquiryPayment").await);
    assert!(!is_answered(server(), PATH, PATH).await);
    // Text is compared with text.
    assert!(!is_answered(server(), "/v1/payments/inquiryPayment/", "/v1/payments/inquiryPayment/").await);
    assert!(!is_answered(server(), "/v1//payments/inquiryPayment", "/v1//payments/inquiryPayment").await);
}

#[tokio::test]
async fn the_log_has_the_path_that_came_and_those_that_are_served() {
    let log = Log::start();
    let server = mounted(builder().path(NAME, "/v1/inquiry"));
    let at = |uri: &str| Ask::about("paid").with(|ask| ask.uri = uri.to_owned());
    at("/wallet/v1/inquiry?token=secret").send(&server).await;
    assert_eq!(log.cause(), "path: nothing at /wallet/v1/inquiry; served: /v1/inquiry");
    at(PATH).send(&server).await;
    assert_eq!(log.cause(), format!("path: nothing at {PATH}; served: /v1/inquiry"));
    at(&format!("/{}", "x".repeat(5000))).send(&server).await;
    assert_eq!(log.cause(), format!("path: nothing at /{}…; served: /v1/inquiry", "x".repeat(63)));
    assert!(!log.text().contains("secret"));
}
