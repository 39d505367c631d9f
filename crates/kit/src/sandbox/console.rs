//! The console: a page that shows what the sandbox does, and forms that change it.
//!
//! | part | what it does |
//! |---|---|
//! | `text` | bytes as a person can read them |
//! | `exchange` | an exchange of the journal |
//! | `state` | payments, faults and the clock |
//! | `page` | the page around all of these |
//! | `events` | what has changed since, as server-sent events |
//! | `caller` | asks as a caller does |
//! | `forms` | what the page's forms do |
//!
//! The page works without its script: forms are sent and lead back to it. With it, the page also follows the events.

mod caller;
mod events;
mod exchange;
mod forms;
mod page;
mod state;
mod text;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

pub(crate) use self::caller::Caller;
use self::state::View;
use super::desk::Desk;
use super::journal::Journal;

/// Where the page is.
pub(crate) const PATH: &str = "/console";
/// Nothing from elsewhere, and nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";
const STYLE: &str = include_str!("console/console.css");
const SCRIPT: &str = include_str!("console/console.js");

/// What the page shows.
pub(crate) struct Console {
    pub(crate) desk: Arc<Desk>,
    pub(crate) journal: Arc<Journal>,
    /// Where callers send their inquiries.
    pub(crate) url: String,
    /// Asks as a caller does, if the sandbox has the key of one.
    pub(crate) caller: Option<Caller>,
}

type Shared = State<Arc<Console>>;

/// Returns the routes of the page.
pub(crate) fn router(console: Console) -> Router {
    let css = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    let js = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    Router::new()
        .route(PATH, get(show))
        .route("/console/console.css", get(async move || (css, STYLE)))
        .route("/console/console.js", get(async move || (js, SCRIPT)))
        .route("/console/events", get(events::events))
        .route("/console/inquire", post(forms::inquire))
        .route("/console/payments", post(forms::create))
        .route("/console/payments/move", post(forms::move_to))
        .route("/console/faults", post(forms::switch))
        .route("/console/faults/off", post(forms::turn_all_off))
        .route("/console/clock", post(forms::shift))
        .route("/console/reset", post(forms::reset))
        .layer(map_response(with_policy))
        .with_state(Arc::new(console))
}

/// Returns whether a browser wants to show the answer.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

async fn show(State(console): Shared) -> Response {
    match View::read(&console).await {
        Ok(view) => Html(page::page(&view).into_string()).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, forms::why(error)).into_response(),
    }
}

async fn with_policy(response: Response) -> Response {
    ([(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY))], response).into_response()
}
