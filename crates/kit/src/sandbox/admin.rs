//! The admin API, on a port of its own.

use std::net::IpAddr;
use std::sync::Arc;

use alipayplus_signing::format_time;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{delete, get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::console::{self, Console};
use super::desk::{Desk, DeskError};
use super::journal::Journal;
use super::mpp::MARK;

/// What the API reads and changes.
#[derive(Debug)]
pub(crate) struct Admin {
    pub(crate) desk: Arc<Desk>,
    pub(crate) journal: Arc<Journal>,
    /// Scheme, host and port of the MPP.
    pub(crate) origin: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shift {
    /// Seconds, forwards or backwards.
    by: i64,
}

type Shared = State<Arc<Admin>>;

/// Returns the API.
pub(crate) fn router(admin: Admin, console: Console) -> Router {
    let admin = Arc::new(admin);
    Router::new()
        .route("/", get(index))
        .route("/payments", get(payments).post(create))
        .route("/payments/{id}", post(move_to))
        .route("/faults", get(faults).post(turn_on).delete(turn_all_off))
        .route("/faults/{number}", delete(turn_off))
        .route("/clock", get(clock).post(shift))
        .route("/state", post(bring))
        .route("/reset", post(reset))
        .route("/journal", get(journal))
        .route("/journal.har", get(har))
        .fallback(async || failed(StatusCode::NOT_FOUND, "there is no such resource; GET / lists them"))
        .with_state(Arc::clone(&admin))
        .merge(console::router(console))
        .layer(from_fn_with_state(admin, guard))
}

/// Lists the API, and leads browsers to the console.
async fn index(headers: HeaderMap) -> Response {
    if console::wants_page(&headers) {
        return Redirect::to(console::PATH).into_response();
    }
    ok(&json!([
        "GET /payments",
        "POST /payments",
        "POST /payments/{paymentRequestId}",
        "GET /faults",
        "POST /faults",
        "DELETE /faults",
        "DELETE /faults/{number}",
        "GET /clock",
        "POST /clock",
        "POST /state",
        "POST /reset",
        "GET /journal",
        "GET /journal.har",
        "GET /console",
    ]))
}

async fn payments(State(admin): Shared) -> Response {
    answered(StatusCode::OK, admin.desk.payments().await)
}

async fn create(State(admin): Shared, body: Bytes) -> Response {
    match read(&body) {
        Ok(payment) => answered(StatusCode::CREATED, admin.desk.create(payment).await),
        Err(refusal) => refusal,
    }
}

async fn move_to(State(admin): Shared, Path(id): Path<String>, body: Bytes) -> Response {
    match read(&body) {
        Ok(to) => answered(StatusCode::OK, admin.desk.move_to(&id, to).await),
        Err(refusal) => refusal,
    }
}

async fn faults(State(admin): Shared) -> Response {
    answered(StatusCode::OK, admin.desk.rules().await)
}

async fn turn_on(State(admin): Shared, body: Bytes) -> Response {
    match read(&body) {
        Ok(order) => answered(StatusCode::CREATED, admin.desk.turn_on(order).await),
        Err(refusal) => refusal,
    }
}

async fn turn_off(State(admin): Shared, Path(number): Path<i64>) -> Response {
    answered(StatusCode::OK, admin.desk.turn_off(Some(number)).await)
}

async fn turn_all_off(State(admin): Shared) -> Response {
    answered(StatusCode::OK, admin.desk.turn_off(None).await)
}

async fn clock(State(admin): Shared) -> Response {
    let clock = &admin.desk.clock;
    ok(&json!({ "now": format_time(clock.now()), "offset": clock.offset() }))
}

async fn shift(state: Shared, body: Bytes) -> Response {
    match read(&body) {
        Ok(Shift { by }) => match state.0.desk.shift(by).await {
            Ok(()) => clock(state).await,
            Err(error) => answered(StatusCode::OK, Err(error)),
        },
        Err(refusal) => refusal,
    }
}

/// The hook of `conformance mpp`.
async fn bring(State(admin): Shared, body: Bytes) -> Response {
    match read(&body) {
        Ok(call) => answered(StatusCode::OK, admin.desk.bring(call).await),
        Err(refusal) => refusal,
    }
}

async fn reset(State(admin): Shared) -> Response {
    admin.journal.reset();
    answered(StatusCode::OK, admin.desk.reset().await.map(|()| json!({})))
}

async fn journal(State(admin): Shared) -> Response {
    ([(header::CONTENT_TYPE, "application/jsonl; charset=utf-8")], admin.journal.lines()).into_response()
}

async fn har(State(admin): Shared) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], admin.journal.har(&admin.origin)).into_response()
}

/// Lets only those in who can't be a page of another origin, marks all answers, and wakes the console.
async fn guard(State(admin): Shared, request: Request, next: Next) -> Response {
    let is_form = request.uri().path().starts_with(console::PATH);
    let changes = !request.method().is_safe();
    let mut response = match refused(request.method(), request.headers(), is_form) {
        Some((status, why)) => failed(status, why),
        None => next.run(request).await,
    };
    if changes {
        admin.journal.changes.send_replace(());
    }
    let headers = [
        (MARK.0, MARK.1),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ];
    for (name, value) in headers {
        // The console has a policy of its own.
        response.headers_mut().entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Returns why a request is not let in. A name in `Host` could be another page's that was made to lead here. A form can be
/// sent by every page, so it needs an `Origin`.
fn refused(method: &Method, headers: &HeaderMap, is_form: bool) -> Option<(StatusCode, &'static str)> {
    let get = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = get(header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    let is_address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
    if !(is_address || name.eq_ignore_ascii_case("localhost")) {
        return Some((StatusCode::FORBIDDEN, "Host has to be an address or localhost"));
    }
    let origin = get(header::ORIGIN);
    if origin.is_some_and(|origin| origin != format!("http://{host}"))
        || (is_form && *method == Method::POST && origin.is_none())
    {
        return Some((StatusCode::FORBIDDEN, "a page of another origin is not let in, nor a form without Origin"));
    }
    let has_body = get(header::CONTENT_LENGTH).is_some_and(|length| length != "0")
        || headers.contains_key(header::TRANSFER_ENCODING);
    let media_type = get(header::CONTENT_TYPE).unwrap_or_default();
    let is_json = media_type.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("application/json"));
    if *method == Method::POST && has_body && !is_json && !is_form {
        return Some((StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body has to be application/json"));
    }
    None
}

#[expect(clippy::result_large_err, reason = "it is what is sent")]
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Response> {
    serde_json::from_slice(body).map_err(|error| failed(StatusCode::BAD_REQUEST, &error.to_string()))
}

fn answered(status: StatusCode, result: Result<Value, DeskError>) -> Response {
    match result {
        Ok(value) => (status, ok(&value)).into_response(),
        Err(DeskError::Wrong(why)) => failed(StatusCode::BAD_REQUEST, &why),
        Err(DeskError::Exists(why)) => failed(StatusCode::CONFLICT, &why),
        Err(DeskError::Unknown(why)) => failed(StatusCode::NOT_FOUND, &why),
        Err(DeskError::Store(error)) => failed(StatusCode::INTERNAL_SERVER_ERROR, &format!("the state: {error}")),
    }
}

fn ok(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], format!("{value}\n")).into_response()
}

fn failed(status: StatusCode, why: &str) -> Response {
    (status, ok(&json!({ "error": why }))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_other_origins_are_not_let_in() {
        let status = |pairs: &[(HeaderName, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
            refused(&Method::POST, &headers, false).map(|(status, _)| status.as_u16())
        };
        let host = |host| status(&[(header::HOST, host)]);
        for good in ["127.0.0.1:80", "localhost:1", "LOCALHOST", "[::1]:8091", "10.0.0.1"] {
            assert_eq!(host(good), None, "{good}");
        }
        for bad in ["", "evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost:x", "[::1"] {
            assert_eq!(host(bad), Some(403), "{bad}");
        }
        let with = |name, value| status(&[(header::HOST, "localhost:1"), (name, value)]);
        assert_eq!(with(header::ORIGIN, "http://localhost:1"), None);
        for origin in ["http://localhost:2", "https://localhost:1", "null", "http://evil.example"] {
            assert_eq!(with(header::ORIGIN, origin), Some(403), "{origin}");
        }
        assert_eq!(with(header::CONTENT_LENGTH, "2"), Some(415));
        let form = |pairs: &[(HeaderName, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
            refused(&Method::POST, &headers, true).is_some()
        };
        let host = (header::HOST, "localhost:1");
        assert!(!form(&[host.clone(), (header::ORIGIN, "http://localhost:1"), (header::CONTENT_LENGTH, "2")]));
        assert!(form(&[host.clone(), (header::ORIGIN, "null")]) && form(&[host]));
    }
}
