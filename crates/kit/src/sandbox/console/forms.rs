//! What the page's forms do. A browser without the script is led back to the page, the script gets a sentence.

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use serde::Deserialize;
use serde_json::{Value, json};

use super::page::frame;
use super::{Console, PATH, Shared, wants_page};
use crate::inquiry_payment::OPERATION;
use crate::sandbox::desk::DeskError;

/// What was done, or why it was not.
type Done = Result<String, String>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "they are the members of the messages")]
pub(super) struct Inquiry {
    payment_request_id: String,
    acquirer_id: Option<String>,
    psp_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InState {
    payment_request_id: String,
    state: String,
}

/// A fault that is turned on or off. Numbers are texts, which may be empty.
#[derive(Deserialize)]
pub(super) struct Switch {
    on: Option<String>,
    off: Option<String>,
    #[serde(default)]
    times: String,
    #[serde(default)]
    after: String,
}

#[derive(Deserialize)]
pub(super) struct Shift {
    by: i64,
}

pub(super) async fn inquire(State(console): Shared, headers: HeaderMap, Form(form): Form<Inquiry>) -> Response {
    let done = ask(&console, &form).await;
    answer(&headers, done.map(|came| format!("{}: {came}", form.payment_request_id)))
}

async fn ask(console: &Console, form: &Inquiry) -> Done {
    let caller = console.caller.as_ref().ok_or("the sandbox has no key of a caller: --dev makes one")?;
    let ids = json!({ "acquirer_id": form.acquirer_id, "psp_id": form.psp_id });
    let body = (OPERATION.made)(&form.payment_request_id, &ids)?;
    // By the clock of the sandbox, so that one that was shifted does not refuse it.
    caller.inquire(&body, console.desk.clock.now()).await
}

pub(super) async fn create(State(console): Shared, headers: HeaderMap, Form(form): Form<InState>) -> Response {
    let mut payment = in_state(&form.state);
    payment["paymentRequestId"] = form.payment_request_id.as_str().into();
    let done = match serde_json::from_value(payment) {
        Ok(payment) => console.desk.create(payment).await.map_err(why),
        Err(error) => Err(error.to_string()),
    };
    answer(&headers, done.map(|_| format!("{} was created: {}", form.payment_request_id, form.state)))
}

pub(super) async fn move_to(State(console): Shared, headers: HeaderMap, Form(form): Form<InState>) -> Response {
    let done = match serde_json::from_value(in_state(&form.state)) {
        Ok(to) => console.desk.move_to(&form.payment_request_id, to).await.map_err(why),
        Err(error) => Err(error.to_string()),
    };
    answer(&headers, done.map(|_| format!("{} is now: {}", form.payment_request_id, form.state)))
}

pub(super) async fn switch(State(console): Shared, headers: HeaderMap, Form(form): Form<Switch>) -> Response {
    let done = match (&form.on, &form.off) {
        (Some(fault), None) => turn_on(&console, fault, &form).await,
        (None, Some(fault)) => turn_off(&console, fault).await,
        _ => Err("a switch turns a fault on or off".to_owned()),
    };
    answer(&headers, done)
}

async fn turn_on(console: &Console, fault: &str, form: &Switch) -> Done {
    let number = |text: &str| match text {
        "" => Ok(None),
        text => text.parse::<u64>().map(Some).map_err(|_| format!("`{text}` is no number of times")),
    };
    let order = json!({ "fault": fault, "times": number(&form.times)?, "after": number(&form.after)?.unwrap_or(0) });
    let order = serde_json::from_value(order).map_err(|error| error.to_string())?;
    console.desk.turn_on(order).await.map_err(why)?;
    Ok(format!("{fault} is on"))
}

/// Turns off whatever plays a fault.
async fn turn_off(console: &Console, fault: &str) -> Done {
    let rules = console.desk.rules().await.map_err(why)?;
    for rule in rules.as_array().into_iter().flatten().filter(|rule| rule["fault"] == fault) {
        console.desk.turn_off(rule["number"].as_i64()).await.map_err(why)?;
    }
    Ok(format!("{fault} is off"))
}

pub(super) async fn turn_all_off(State(console): Shared, headers: HeaderMap) -> Response {
    answer(&headers, console.desk.turn_off(None).await.map(|_| "all faults are off".to_owned()).map_err(why))
}

pub(super) async fn shift(State(console): Shared, headers: HeaderMap, Form(Shift { by }): Form<Shift>) -> Response {
    let done = console.desk.shift(by).await.map_err(why);
    answer(&headers, done.map(|()| format!("the clock was shifted by {by} s")))
}

pub(super) async fn reset(State(console): Shared, headers: HeaderMap) -> Response {
    console.journal.reset();
    let done = console.desk.reset().await.map_err(why);
    answer(&headers, done.map(|()| "everything was reset".to_owned()))
}

/// Reads a state with its code, as the page's options have it.
fn in_state(text: &str) -> Value {
    match text.split_once(' ') {
        Some((state, code)) => json!({ "state": state, "code": code }),
        None => json!({ "state": text }),
    }
}

pub(super) fn why(error: DeskError) -> String {
    match error {
        DeskError::Wrong(why) | DeskError::Exists(why) | DeskError::Unknown(why) => why,
        DeskError::Store(error) => format!("the state can't be read or written: {error}"),
    }
}

fn answer(headers: &HeaderMap, done: Done) -> Response {
    match (wants_page(headers), done) {
        (true, Ok(_)) => Redirect::to(PATH).into_response(),
        (false, Ok(what)) => what.into_response(),
        (true, Err(why)) => {
            let page = frame(&html! { main { p { (why) } p { a href=(PATH) { "Back to the console" } } } });
            (StatusCode::BAD_REQUEST, axum::response::Html(page.into_string())).into_response()
        }
        (false, Err(why)) => (StatusCode::BAD_REQUEST, why).into_response(),
    }
}
