//! The headers `Content-Type` and `Accept`.

use http::HeaderValue;

use crate::kit::{TestRequest, call, server};

async fn code(headers: &[(&'static str, &[u8])]) -> String {
    let mut request = TestRequest::for_payment("paid").build().await;
    request.headers_mut().remove("content-type");
    for (name, value) in headers {
        request.headers_mut().append(*name, HeaderValue::from_bytes(value).unwrap());
    }
    call(server(), request).await.code()
}

#[tokio::test]
async fn media_types_are_accepted_or_refused() {
    let accepted: &[&[(&'static str, &[u8])]] = &[
        &[],
        &[("content-type", b"application/json")],
        &[("content-type", b"application/json; charset=utf-8")],
        &[("content-type", b"application/json"), ("content-type", b"application/json; charset=utf-8")],
        &[("accept", b"*/*")],
        &[("accept", b"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2")],
        &[("accept", b"text/html, *; q=.2")],
        &[("accept", b"text/\xff")],
        &[("accept", b"text/html"), ("accept", b"application/json")],
        // The official SDKs send this.
        &[("accept", b"text/plain,text/xml,text/javascript,text/html")],
        &[("accept", b"text/html")],
        &[("accept", b"text/html"), ("accept", b"image/png")],
        &[("accept", b"*/*;q=0"), ("accept", b"application/json;q=0.1")],
    ];
    for headers in accepted {
        assert_eq!(code(headers).await, "SUCCESS", "{headers:?}");
    }
    let refused: &[&[(&'static str, &[u8])]] = &[
        &[("content-type", b"")],
        &[("content-type", b"text/plain")],
        &[("content-type", b"application/json; charset=GBK")],
        &[("content-type", b"application/json\xff")],
        &[("content-type", b"application/json"), ("content-type", b"text/plain")],
        &[("accept", b"application/json;q=0, */*")],
        &[("accept", b"text/html"), ("accept", b"*/*;q=0")],
        &[("accept", b"*/*"), ("accept", b"application/*;q=0")],
    ];
    for headers in refused {
        assert_eq!(code(headers).await, "MEDIA_TYPE_NOT_ACCEPTABLE", "{headers:?}");
    }
}
