//! The payments, in PostgreSQL.

use std::time::Duration;

use alipayplus_server::inquiry_payment::{
    Answer, Cancelled, Failed, FailedCode, InProgress, InquiryPayment, NotFound, Paid, PaidRequired, Refusal, Request,
};
use alipayplus_server::{Amount, Caller};
use anyhow::{Context as _, Result};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::{Row as _, SqlSafeStr as _};
use tokio::time::timeout;

/// A handler has 3.75 s, so each of these that is exceeded is a signed "inquire again" in time.
const CONNECT_TIME: Duration = Duration::from_millis(1500);
const STATEMENT_TIME: Duration = Duration::from_millis(1500);
/// Longer than [`STATEMENT_TIME`]: if not even PostgreSQL's error has come, the connection is dead.
const ANSWER_TIME: Duration = Duration::from_secs(2);

const FIND: &str = r#"
    SELECT *, to_char(payment_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS time
    FROM payments WHERE client_id = $1 AND payment_request_id = $2"#;

/// Clones share one pool of connections.
#[derive(Clone)]
pub struct Payments(PgPool);

impl Payments {
    /// Connects, and creates or changes the tables. Several instances may start at once.
    pub async fn open(database: PgConnectOptions, connections: u32) -> Result<Self> {
        let database = database.options([("statement_timeout", STATEMENT_TIME.as_millis().to_string())]);
        let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(CONNECT_TIME);
        let pool = pool.connect_lazy_with(database);
        let tables = include_str!("../migrations/1_payments.sql").into_sql_str();
        let migrations = vec![Migration::new(1, "payments".into(), MigrationType::Simple, tables, false)];
        Migrator::with_migrations(migrations).run(&pool).await.context("can't prepare the database")?;
        Ok(Self(pool))
    }

    /// Returns whether the database answers: the pool tries each connection that it hands out.
    pub async fn answer(self) -> bool {
        self.0.acquire().await.is_ok()
    }

    async fn find(&self, client_id: &str, id: &str) -> Result<Option<PgRow>, Refusal> {
        let mut connection = self.0.acquire().await?;
        let row = sqlx::query(FIND).bind(client_id).bind(id).fetch_optional(&mut *connection);
        let row = timeout(ANSWER_TIME, row).await;
        if row.is_err() {
            // The pool would wait for it as long as TCP does, a quarter of an hour.
            drop(connection.detach());
        }
        Ok(row??)
    }
}

impl InquiryPayment for Payments {
    async fn inquiry_payment(&self, caller: &Caller, request: Request) -> Result<Answer, Refusal> {
        // A client learns of its own payments only.
        let row = self.find(caller.client_id(), request.payment_request_id.as_str()).await?;
        row.map_or_else(|| Ok(NotFound::default().into()), |row| answer(&row))
    }
}

/// Any error goes to the log, and the client is asked to inquire again.
fn answer(row: &PgRow) -> Result<Answer, Refusal> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let amount = |units: &str, currency: &str| -> Result<Amount, Refusal> {
        Ok(Amount::minor(row.try_get::<i64, _>(units)?, &text(currency)?)?)
    };
    Ok(match text("state")?.as_str() {
        "OPEN" => InProgress::default().into(),
        "CLOSED" => Cancelled::default().into(),
        "DECLINED" => Failed::from(text("code")?.parse::<FailedCode>()?).into(),
        "PAID" => Paid::new(PaidRequired {
            payment_id: text("payment_id")?.parse()?,
            payment_amount: amount("amount", "currency")?,
            pay_to_amount: amount("pay_to_amount", "pay_to_currency")?,
            payment_time: text("time")?.parse()?,
            customer_id: text("customer_id")?.parse()?,
        })
        .into(),
        _ => return Err(Refusal::internal("unknown state of a payment")),
    })
}
