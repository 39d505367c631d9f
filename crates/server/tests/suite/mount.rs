//! The ways to mount a server. It verifies signatures over the public path, and its own cover the same path.

use alipayplus_server::inquiry_payment::NAME;
use axum::Router;
use axum::body::Body;
use axum::routing::get;

use crate::kit::{Log, PATH, TestRequest, builder, call, mounted, server};

/// Returns whether a service answers a request to `uri` that was signed for `public`, and signs the answer for it.
async fn is_accepted<S, R>(service: S, uri: &str, public: &str) -> bool
where
    S: tower::Service<http::Request<Body>, Response = http::Response<R>, Error = std::convert::Infallible>,
    R: http_body::Body<Data = bytes::Bytes>,
    R::Error: std::fmt::Debug,
{
    let request = TestRequest::for_payment("paid").with(|request| {
        request.uri = uri.into();
        request.signed_uri = Some(public.to_owned());
    });
    let reply = call(service, request.with_body(Body::from(request.body.clone())).await).await;
    reply.code() == "SUCCESS" && reply.verifies(&request)
}

#[tokio::test]
async fn without_a_framework() {
    for query in ["", "?", "?a=b", "?a=%2Fb&c=?"] {
        let uri = format!("{PATH}{query}");
        assert!(is_accepted(server(), &uri, &uri).await, "{uri}");
    }
    // The absolute form, which is sent to proxies: the signature covers only the path and the query.
    assert!(is_accepted(server(), &format!("http://mpp.example{PATH}?a"), &format!("{PATH}?a")).await);
    assert!(!is_accepted(server(), &format!("{PATH}?a=b"), PATH).await);
}

#[tokio::test]
async fn as_the_fallback_of_axum() {
    let app = || Router::new().route("/health", get(|| async { "ok" })).fallback_service(server());
    assert!(is_accepted(app(), PATH, PATH).await);
    assert!(is_accepted(app(), &format!("{PATH}?a=b"), &format!("{PATH}?a=b")).await);
    let request = TestRequest::for_payment("paid").with(|request| request.uri = "/nowhere".to_owned());
    assert_eq!(call(app(), request.with_body(Body::empty()).await).await.code(), "NO_INTERFACE_DEF");
}

#[tokio::test]
async fn nested_in_axum_under_a_prefix() {
    let app = |prefix: &str| Router::new().nest_service("/wallet", mounted(builder().signed_prefix(prefix)));
    let public = format!("/wallet{PATH}");
    for query in ["", "?a=b"] {
        let public = format!("{public}{query}");
        assert!(is_accepted(app("/wallet"), &public, &public).await, "{public}");
    }
    assert!(!is_accepted(app(""), &public, &public).await);
}

#[tokio::test]
async fn behind_a_proxy_that_replaces_the_path() {
    let server = |prefix: &str| mounted(builder().signed_prefix(prefix).signed_path(NAME, "/public/inquiry"));
    assert!(is_accepted(server(""), PATH, "/public/inquiry").await);
    assert!(is_accepted(server(""), &format!("{PATH}?a=b"), "/public/inquiry?a=b").await);
    assert!(is_accepted(server("/ignored"), PATH, "/public/inquiry").await);
    assert!(!is_accepted(server(""), PATH, PATH).await);
}

#[tokio::test]
async fn at_another_path() {
    let server = || mounted(builder().path(NAME, "/v1/payments/inquiryPayment"));
    assert!(is_accepted(server(), "/v1/payments/inquiryPayment", "/v1/payments/inquiryPayment").await);
    assert!(!is_accepted(server(), PATH, PATH).await);
    // Paths are compared as text.
    assert!(!is_accepted(server(), "/v1/payments/inquiryPayment/", "/v1/payments/inquiryPayment/").await);
    assert!(!is_accepted(server(), "/v1//payments/inquiryPayment", "/v1//payments/inquiryPayment").await);
}

#[tokio::test]
async fn an_unknown_path_is_logged_with_the_paths_that_are_served() {
    let log = Log::start();
    let server = mounted(builder().path(NAME, "/v1/inquiry"));
    let at = |uri: &str| TestRequest::for_payment("paid").with(|request| request.uri = uri.to_owned());
    at("/wallet/v1/inquiry?token=secret").send(&server).await;
    assert_eq!(log.cause(), "path: nothing at /wallet/v1/inquiry; served: /v1/inquiry");
    at(PATH).send(&server).await;
    assert_eq!(log.cause(), format!("path: nothing at {PATH}; served: /v1/inquiry"));
    at(&format!("/{}", "x".repeat(5000))).send(&server).await;
    assert_eq!(log.cause(), format!("path: nothing at /{}…; served: /v1/inquiry", "x".repeat(63)));
    assert!(!log.text().contains("secret"));
}
