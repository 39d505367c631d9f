//! An MPP with a store of its own: copy this file, and put your store where `store` is.
//!
//! ```text
//! MPP_KEY_FILE       the private key to sign with: PEM or bare base64, PKCS#8 or PKCS#1
//! MPP_DATABASE       the SQLite file; it and its tables (mpp/store.rs) are made if missing
//! MPP_KEY_VERSION    the version under which the peer knows the key: 1 unless set
//! MPP_LISTEN         where to listen: 127.0.0.1:8080 unless set; port 0 takes a free one
//! MPP_CONCURRENCY_LIMIT  how many requests are worked on at once: 512 unless set
//! RUST_LOG           what is logged, as JSON lines on standard error: info unless set
//! ```
//! The one line on standard output is the address taken. `GET /health` answers `ok`. Ctrl-C and SIGTERM stop it, once the
//! requests that are under way are answered.
//!
//! The tables can be written to while it runs. `clients`, one row a key, is read every 250 ms.
//! `payments` is read for each question; its `state` is PAID (with all columns up to `customer_id`),
//! OPEN, CLOSED, DECLINED (with a `code`) or BLOCKED. Amounts count the currency's smallest unit.
//! Every client that is allowed may ask about every payment: with several, compare the caller and the request's ids
//! with the row.

#[path = "mpp/store.rs"]
mod store;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use alipayplus_server::inquiry_payment::{
    Answer, Cancelled, Failed, FailedCode, InProgress, InquiryPayment, Paid, Refusal, RefusalCode, Request,
};
use alipayplus_server::{Amount, Caller, HttpServer, PrivateKey, Server, shutdown_signal};
use rusqlite::Row;
use store::{Clients, Payments};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

impl InquiryPayment for Payments {
    async fn inquiry_payment(&self, _: &Caller, request: Request) -> Result<Answer, Refusal> {
        let (payments, id) = (self.clone(), request.payment_request_id);
        // SQLite blocks its thread, and those that serve connections must not be blocked.
        let find = tokio::task::spawn_blocking(move || payments.find(id.as_str(), answer));
        Ok(find.await??.unwrap_or(Answer::NotFound))
    }
}

fn answer(row: &Row<'_>) -> Result<Answer, Refusal> {
    let text = |column: &str| row.get::<_, String>(column);
    let amount = |units: &str, currency: &str| -> Result<Amount, Refusal> {
        Ok(Amount::minor(row.get::<_, i64>(units)?, &text(currency)?)?)
    };
    let declared: Option<i64> = row.get("customs_amount")?;
    let passed: Option<String> = row.get("pass_through_info")?;
    Ok(match text("state")?.as_str() {
        "OPEN" => InProgress::default().into(),
        "CLOSED" => Cancelled::default().into(),
        "DECLINED" => Failed::from(text("code")?.parse::<FailedCode>()?).into(),
        "BLOCKED" => return Err(Refusal::new(RefusalCode::ProcessFail).with_source("it is blocked")),
        "PAID" => Answer::Paid(Paid {
            payment_id: text("payment_id")?.parse()?,
            payment_amount: amount("amount", "currency")?,
            pay_to_amount: amount("pay_to_amount", "pay_to_currency")?,
            payment_time: text("payment_time")?.parse()?,
            customer_id: text("customer_id")?.parse()?,
            customs_declaration_amount: declared.map(|_| amount("customs_amount", "customs_currency")).transpose()?,
            pass_through_info: passed.map(TryInto::try_into).transpose()?,
        }),
        _ => return Err(Refusal::internal("a payment is in a state that is not known")),
    })
}

async fn run() -> Result<(), Box<dyn Error>> {
    let setting = |name, default: &str| std::env::var(name).unwrap_or(default.to_owned());
    let needed = |name| std::env::var(name).map_err(|error| format!("{name}: {error}"));
    let (key_file, database) = (needed("MPP_KEY_FILE")?, needed("MPP_DATABASE")?);
    let clients = Clients::watch(&database)?;
    let server = Server::builder()
        .sign_with(setting("MPP_KEY_VERSION", "1").parse()?, PrivateKey::from_file(key_file)?)
        .callers(clients.keys.clone())
        .authorize(move |client, _operation| clients.is_allowed(client))
        .concurrency_limit(setting("MPP_CONCURRENCY_LIMIT", "512").parse()?)
        .build()?
        .inquiry_payment(Payments::open(&database)?);
    let health = axum::routing::get(async || "ok");
    let app = axum::Router::new().route("/health", health).fallback_service(server);
    let serve = HttpServer::new().with_graceful_shutdown(shutdown_signal(), Duration::from_secs(10));
    let bound = serve.bind(setting("MPP_LISTEN", "127.0.0.1:8080")).await?;
    writeln!(io::stdout(), "{}", bound.local_addr())?;
    Ok(bound.run(app).await?)
}

#[tokio::main]
async fn main() -> ExitCode {
    let info = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into());
    let log = tracing_subscriber::fmt().json().with_writer(io::stderr);
    log.with_env_filter(info.from_env_lossy()).init();
    let Err(error) = run().await else { return ExitCode::SUCCESS };
    let usage = "MPP_KEY_FILE=mpp.key.pem MPP_DATABASE=wallet.db mpp (more in its source)";
    let _ = writeln!(io::stderr(), "error: {error}\nusage: {usage}");
    ExitCode::FAILURE
}
