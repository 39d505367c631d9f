//! The MPP's database, which the demo writes while the MPP runs.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use alipayplus_client::signing::format_time;
use alipayplus_client::{Amount, Clock, Currency, PublicKey};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::sync::Mutex;

type Failable<T> = Result<T, Box<dyn Error>>;

/// A payment in the database.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Payment {
    pub(crate) id: &'static str,
    pub(crate) state: State,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum State {
    Open,
    Closed,
    Blocked,
    Declined(&'static str),
    /// Asked amount in minor units and its currency; the price of a major unit in the wallet's own currency; whether
    /// the wallet's amount is declared to customs.
    Paid {
        asked: (u32, &'static str),
        price: &'static str,
        wallet: &'static str,
        is_declared: bool,
    },
}

/// A separate connection to the file.
#[derive(Debug)]
pub(crate) struct Database(Mutex<SqliteConnection>);

impl Database {
    pub(crate) async fn open(file: &Path) -> sqlx::Result<Self> {
        // The reads of the MPP are short.
        let options = SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_secs(2));
        Ok(Self(Mutex::new(SqliteConnection::connect_with(&options).await?)))
    }

    pub(crate) async fn add_client(&self, client_id: &str, key: &PublicKey, is_allowed: bool) -> sqlx::Result<()> {
        let sql = "INSERT INTO clients (client_id, key_version, public_key, allowed) VALUES (?1, 1, ?2, ?3)";
        let add = sqlx::query(sql).bind(client_id).bind(key.to_text()).bind(is_allowed);
        add.execute(&mut *self.0.lock().await).await.map(drop)
    }

    /// Writes a payment, or its new state.
    pub(crate) async fn put(&self, payment: Payment) -> Failable<()> {
        let (state, code) = match payment.state {
            State::Open => ("OPEN", None),
            State::Closed => ("CLOSED", None),
            State::Blocked => ("BLOCKED", None),
            State::Declined(code) => ("DECLINED", Some(code)),
            State::Paid { .. } => ("PAID", None),
        };
        let sql = "INSERT OR REPLACE INTO payments (payment_request_id, state, code) VALUES (?1, ?2, ?3)";
        // One transaction: the MPP must not see a partial update.
        let mut connection = self.0.lock().await;
        let mut transaction = connection.begin().await?;
        sqlx::query(sql).bind(payment.id).bind(state).bind(code).execute(&mut *transaction).await?;
        if let State::Paid { asked, price, wallet, is_declared } = payment.state {
            let asked = Amount::minor(asked.0, asked.1)?;
            // As the specification says: the requested amount times the quoted price, rounded HALF EVEN.
            let settled = asked.convert(price.parse()?, wallet.parse::<Currency>()?)?;
            let declared = is_declared.then_some(&settled);
            pay(&mut transaction, payment.id, &asked, &settled, declared).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Locks the database until [`unlock`](Self::unlock).
    pub(crate) async fn lock(&self) -> sqlx::Result<()> {
        self.execute("BEGIN EXCLUSIVE").await
    }

    pub(crate) async fn unlock(&self) -> sqlx::Result<()> {
        self.execute("ROLLBACK").await
    }

    async fn execute(&self, sql: &'static str) -> sqlx::Result<()> {
        sqlx::raw_sql(sql).execute(&mut *self.0.lock().await).await.map(drop)
    }
}

async fn pay(
    database: &mut SqliteConnection,
    id: &str,
    asked: &Amount,
    settled: &Amount,
    declared: Option<&Amount>,
) -> Failable<()> {
    let units = |amount: &Amount| i64::try_from(amount.value.get());
    let sql =
        "UPDATE payments SET payment_id = ?2, amount = ?3, currency = ?4, pay_to_amount = ?5, pay_to_currency = ?6,
             payment_time = ?7, customer_id = ?8, customs_amount = ?9, customs_currency = ?10
         WHERE payment_request_id = ?1";
    let pay = sqlx::query(sql).bind(id).bind(format!("mpp-{id}"));
    let pay = pay.bind(units(asked)?).bind(asked.currency.as_str());
    let pay = pay.bind(units(settled)?).bind(settled.currency.as_str());
    let pay = pay.bind(format_time(Clock::system().now())).bind("2088000000000001");
    let pay = pay.bind(declared.map(units).transpose()?).bind(declared.map(|amount| amount.currency.as_str()));
    pay.execute(database).await?;
    Ok(())
}
