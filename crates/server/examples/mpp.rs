//! An MPP with an SQLite database. Copy this file, and replace `store` with your own storage.
//!
//! ```text
//! MPP_KEY_FILE           required: the private key that signs, PEM or bare base64, PKCS#8 or PKCS#1
//! MPP_DATABASE           required: the SQLite file; it and its tables (mpp/store.rs) are created
//! MPP_KEY_VERSION        the version of the key, as Alipay+ knows it; default: 1
//! MPP_LISTEN             the address to listen at; default: 127.0.0.1:8080; port 0 selects a free port
//! MPP_CONCURRENCY_LIMIT  the maximum number of requests in flight; default: 512
//! RUST_LOG               the filter of the log, which is JSON lines on standard error; default: info
//! ```
//!
//! The program prints one line on standard output, its address. `GET /health` is answered by `ok`. Ctrl-C and SIGTERM
//! stop the program after the requests in flight are answered.
//!
//! The tables may be changed while the program runs. `clients`, with one row per key, is read every 250 ms. `payments`
//! is read for each request; its `state` is PAID (with all columns up to `customer_id`), OPEN, CLOSED, DECLINED (with a
//! `code`) or BLOCKED. Amounts are in the currency's smallest unit.
//!
//! Every allowed client may inquire about every payment. If you have several clients, compare the caller and the IDs of
//! the request with the row.

#[path = "mpp/store.rs"]
mod store;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use alipayplus_server::inquiry_payment::{
    Answer, Cancelled, Failed, FailedCode, InProgress, InquiryPayment, NotFound, Paid, PaidRequired, Refusal,
    RefusalCode, Request,
};
use alipayplus_server::{Amount, Caller, HttpServer, PrivateKey, Server, shutdown_signal};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use store::{Clients, Payments};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

impl InquiryPayment for Payments {
    async fn inquiry_payment(&self, _: &Caller, request: Request) -> Result<Answer, Refusal> {
        let row = self.find(request.payment_request_id.as_str()).await?;
        row.map_or_else(|| Ok(NotFound::default().into()), |row| answer(&row))
    }
}

fn answer(row: &SqliteRow) -> Result<Answer, Refusal> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let amount = |units: &str, currency: &str| -> Result<Amount, Refusal> {
        Ok(Amount::minor(row.try_get::<i64, _>(units)?, &text(currency)?)?)
    };
    let declared: Option<i64> = row.try_get("customs_amount")?;
    let passed: Option<String> = row.try_get("pass_through_info")?;
    Ok(match text("state")?.as_str() {
        "OPEN" => InProgress::default().into(),
        "CLOSED" => Cancelled::default().into(),
        "DECLINED" => Failed::from(text("code")?.parse::<FailedCode>()?).into(),
        "BLOCKED" => return Err(Refusal::new(RefusalCode::ProcessFail).with_source("it is blocked")),
        "PAID" => {
            let mut paid = Paid::new(PaidRequired {
                payment_id: text("payment_id")?.parse()?,
                payment_amount: amount("amount", "currency")?,
                pay_to_amount: amount("pay_to_amount", "pay_to_currency")?,
                payment_time: text("payment_time")?.parse()?,
                customer_id: text("customer_id")?.parse()?,
            });
            let declared = declared.map(|_| amount("customs_amount", "customs_currency"));
            paid.customs_declaration_amount = declared.transpose()?;
            paid.pass_through_info = passed.map(TryInto::try_into).transpose()?;
            paid.into()
        }
        _ => return Err(Refusal::internal("unknown state of a payment")),
    })
}

async fn run() -> Result<(), Box<dyn Error + Send + Sync>> {
    let setting = |name, default: &str| std::env::var(name).unwrap_or(default.to_owned());
    let required = |name| std::env::var(name).map_err(|error| format!("{name}: {error}"));
    let (key_file, database) = (required("MPP_KEY_FILE")?, required("MPP_DATABASE")?);
    let clients = Clients::watch(&database).await?;
    let server = Server::builder()
        .sign_with(setting("MPP_KEY_VERSION", "1").parse()?, PrivateKey::from_file(key_file)?)
        .callers(clients.keys.clone())
        .authorize(move |client, _operation| clients.is_allowed(client))
        .concurrency_limit(setting("MPP_CONCURRENCY_LIMIT", "512").parse()?)
        .build()?
        .inquiry_payment(Payments::open(&database).await?);
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
    let usage = "MPP_KEY_FILE=mpp.key.pem MPP_DATABASE=wallet.db mpp (for more settings, see its source)";
    let _ = writeln!(io::stderr(), "error: {error}\nusage: {usage}");
    ExitCode::FAILURE
}
