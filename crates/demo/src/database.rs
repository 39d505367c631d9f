//! The MPP's database, which the demo writes while the MPP runs.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use alipayplus_client::signing::format_time;
use alipayplus_client::{Amount, Clock, Currency, PublicKey};
use rusqlite::{Connection, Result, params};

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
pub(crate) struct Database(Connection);

impl Database {
    pub(crate) fn open(file: &Path) -> Result<Self> {
        let connection = Connection::open(file)?;
        // The reads of the MPP are short.
        connection.busy_timeout(Duration::from_secs(2))?;
        Ok(Self(connection))
    }

    pub(crate) fn add_client(&self, client_id: &str, key: &PublicKey, is_allowed: bool) -> Result<()> {
        let sql = "INSERT INTO clients (client_id, key_version, public_key, allowed) VALUES (?1, 1, ?2, ?3)";
        self.0.execute(sql, params![client_id, key.to_text(), is_allowed]).map(drop)
    }

    /// Writes a payment, or its new state.
    pub(crate) fn put(&self, payment: Payment) -> std::result::Result<(), Box<dyn Error>> {
        let (state, code) = match payment.state {
            State::Open => ("OPEN", None),
            State::Closed => ("CLOSED", None),
            State::Blocked => ("BLOCKED", None),
            State::Declined(code) => ("DECLINED", Some(code)),
            State::Paid { .. } => ("PAID", None),
        };
        let sql = "INSERT OR REPLACE INTO payments (payment_request_id, state, code) VALUES (?1, ?2, ?3)";
        // One transaction: the MPP must not see a partial update.
        let transaction = self.0.unchecked_transaction()?;
        transaction.execute(sql, params![payment.id, state, code])?;
        if let State::Paid { asked, price, wallet, is_declared } = payment.state {
            let asked = Amount::minor(asked.0, asked.1)?;
            // As the specification says: the requested amount times the quoted price, rounded HALF EVEN.
            let settled = asked.convert(price.parse()?, wallet.parse::<Currency>()?)?;
            let declared = is_declared.then_some(&settled);
            pay(&transaction, payment.id, &asked, &settled, declared)?;
        }
        Ok(transaction.commit()?)
    }

    /// Locks the database until [`unlock`](Self::unlock).
    pub(crate) fn lock(&self) -> Result<()> {
        self.0.execute_batch("BEGIN EXCLUSIVE")
    }

    pub(crate) fn unlock(&self) -> Result<()> {
        self.0.execute_batch("ROLLBACK")
    }
}

fn pay(
    database: &Connection,
    id: &str,
    asked: &Amount,
    settled: &Amount,
    declared: Option<&Amount>,
) -> std::result::Result<(), Box<dyn Error>> {
    let units = |amount: &Amount| i64::try_from(amount.value.get());
    database.execute(
        "UPDATE payments SET payment_id = ?2, amount = ?3, currency = ?4, pay_to_amount = ?5, pay_to_currency = ?6,
             payment_time = ?7, customer_id = ?8, customs_amount = ?9, customs_currency = ?10
         WHERE payment_request_id = ?1",
        params![
            id,
            format!("mpp-{id}"),
            units(asked)?,
            asked.currency.as_str(),
            units(settled)?,
            settled.currency.as_str(),
            format_time(Clock::system().now()),
            "2088000000000001",
            declared.map(units).transpose()?,
            declared.map(|amount| amount.currency.as_str()),
        ],
    )?;
    Ok(())
}
