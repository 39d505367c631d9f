//! The state in SQLite, in memory or in a file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use alipayplus_signing::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Connection as _, Row as _, SqlSafeStr as _};
use tokio::sync::{Mutex, MutexGuard};

use super::magic::Asked;
use super::payment::Payment;
use super::rule::{Order, Rule};

/// The most inquiries that are remembered, give or take [`PRUNED_EVERY`].
const MOST_ASKED: i64 = 100_000;
const PRUNED_EVERY: i64 = 1000;
/// Much less than the server's deadline, so that a locked file is an error in time for an answer.
const BUSY: Duration = Duration::from_millis(500);

/// Where the state of a sandbox lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Storage {
    /// In memory.
    #[default]
    Memory,
    /// In an SQLite file, which is created if it is missing.
    File(PathBuf),
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("sqlite::memory:"),
            Self::File(path) => write!(f, "sqlite:{}", path.display()),
        }
    }
}

/// The database. Its one connection makes changes follow each other.
#[derive(Debug)]
pub(crate) struct Store(Mutex<SqliteConnection>);

/// The connection, for as long as nothing else may change the state.
pub(crate) struct Locked<'a>(MutexGuard<'a, SqliteConnection>);

impl Store {
    /// Opens the database and brings its tables up to date.
    pub(crate) async fn open(storage: &Storage) -> sqlx::Result<Self> {
        let options = SqliteConnectOptions::new().busy_timeout(BUSY);
        let options = match storage {
            Storage::Memory => options.in_memory(true),
            Storage::File(path) => in_file(options, path),
        };
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        let tables = include_str!("../../migrations/1_state.sql").into_sql_str();
        let migrations = vec![Migration::new(1, "state".into(), MigrationType::Simple, tables, false)];
        Migrator::with_migrations(migrations).run(&pool).await?;
        let connection = pool.acquire().await?.detach();
        Ok(Self(Mutex::new(connection)))
    }

    /// Waits until nothing else uses the connection.
    pub(crate) async fn lock(&self) -> Locked<'_> {
        Locked(self.0.lock().await)
    }
}

/// A commit waits for no disk: a crash of the machine may lose the last ones, a crash of the process loses none.
fn in_file(options: SqliteConnectOptions, path: &Path) -> SqliteConnectOptions {
    let options = options.filename(path).create_if_missing(true);
    options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal)
}

impl Locked<'_> {
    pub(crate) async fn shift(&mut self) -> sqlx::Result<i64> {
        sqlx::query_scalar("SELECT shift FROM clock").fetch_one(&mut *self.0).await
    }

    pub(crate) async fn set_shift(&mut self, shift: i64) -> sqlx::Result<()> {
        sqlx::query("UPDATE clock SET shift = ?1").bind(shift).execute(&mut *self.0).await.map(drop)
    }

    pub(crate) async fn payment(&mut self, id: &str) -> sqlx::Result<Option<Payment>> {
        let find = sqlx::query("SELECT payment FROM payments WHERE payment_request_id = ?1").bind(id);
        find.fetch_optional(&mut *self.0).await?.map(|row| document(&row, 0)).transpose()
    }

    /// Returns the payments in the order of their IDs, this many at most.
    pub(crate) async fn payments(&mut self, most: i64) -> sqlx::Result<Vec<Payment>> {
        let rows = sqlx::query("SELECT payment FROM payments ORDER BY payment_request_id LIMIT ?1").bind(most);
        rows.fetch_all(&mut *self.0).await?.iter().map(|row| document(row, 0)).collect()
    }

    /// Returns how many payments there are.
    pub(crate) async fn count_payments(&mut self) -> sqlx::Result<i64> {
        sqlx::query_scalar("SELECT count(*) FROM payments").fetch_one(&mut *self.0).await
    }

    pub(crate) async fn count_rules(&mut self) -> sqlx::Result<i64> {
        sqlx::query_scalar("SELECT count(*) FROM faults").fetch_one(&mut *self.0).await
    }

    /// Writes a payment, or its new state.
    pub(crate) async fn put(&mut self, payment: &Payment) -> sqlx::Result<()> {
        let put = sqlx::query("INSERT OR REPLACE INTO payments (payment_request_id, payment) VALUES (?1, ?2)");
        let put = put.bind(&payment.payment_request_id).bind(text(payment)?);
        put.execute(&mut *self.0).await.map(drop)
    }

    pub(crate) async fn remove_payment(&mut self, id: &str) -> sqlx::Result<()> {
        let remove = sqlx::query("DELETE FROM payments WHERE payment_request_id = ?1").bind(id);
        remove.execute(&mut *self.0).await.map(drop)
    }

    /// Returns the faults that are on, in the order in which they were turned on.
    pub(crate) async fn rules(&mut self) -> sqlx::Result<Vec<Rule>> {
        let rows = sqlx::query("SELECT number, fault_order, seen, played FROM faults ORDER BY number");
        let rows = rows.fetch_all(&mut *self.0).await?;
        let rules = rows.iter().map(|row| {
            let order: Order = document(row, 1)?;
            // A file of another version may name a fault that this one does not have.
            let count = |column| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
            Ok(Rule::new(row.try_get(0)?, order, [count(2)?, count(3)?]))
        });
        rules.filter_map(Result::transpose).collect()
    }

    /// Adds a fault. Returns its number.
    pub(crate) async fn add_rule(&mut self, order: &Order) -> sqlx::Result<i64> {
        let add = sqlx::query("INSERT INTO faults (fault_order) VALUES (?1)").bind(text(order)?);
        Ok(add.execute(&mut *self.0).await?.last_insert_rowid())
    }

    /// Writes how often a fault was seen and played.
    pub(crate) async fn set_counts(&mut self, rule: &Rule) -> sqlx::Result<()> {
        let set = sqlx::query("UPDATE faults SET seen = ?2, played = ?3 WHERE number = ?1").bind(rule.number);
        let set = set.bind(rule.seen.cast_signed()).bind(rule.played.cast_signed());
        set.execute(&mut *self.0).await.map(drop)
    }

    /// Removes one fault, or all. Returns how many there were.
    pub(crate) async fn remove_rules(&mut self, number: Option<i64>) -> sqlx::Result<u64> {
        let remove = sqlx::query("DELETE FROM faults WHERE ?1 IS NULL OR number = ?1").bind(number);
        Ok(remove.execute(&mut *self.0).await?.rows_affected())
    }

    /// Counts an inquiry of a client about a payment by the number of a fault, or 0. Returns what was known before.
    pub(crate) async fn count(&mut self, client_id: &str, fault: i64, id: &str, now: Timestamp) -> sqlx::Result<Asked> {
        let count = sqlx::query(
            "INSERT INTO asked (client_id, fault, payment_request_id, first) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (client_id, fault, payment_request_id) DO UPDATE SET before = before + 1
             RETURNING number, first, before",
        );
        let count = count.bind(client_id).bind(fault).bind(id).bind(now.as_millisecond());
        let row = count.fetch_one(&mut *self.0).await?;
        let (number, before): (i64, i64) = (row.try_get(0)?, row.try_get(2)?);
        if before == 0 && number % PRUNED_EVERY == 0 {
            let prune = sqlx::query("DELETE FROM asked WHERE number <= ?1").bind(number - MOST_ASKED);
            prune.execute(&mut *self.0).await?;
        }
        let first = Timestamp::from_millisecond(row.try_get(1)?).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Asked { first, before: usize::try_from(before).unwrap_or(usize::MAX) })
    }

    /// Forgets everything, and counts from the beginning.
    pub(crate) async fn reset(&mut self) -> sqlx::Result<()> {
        let mut transaction = self.0.begin().await?;
        let all = "DELETE FROM payments; DELETE FROM faults; DELETE FROM sqlite_sequence; DELETE FROM asked;
                   UPDATE clock SET shift = 0";
        sqlx::raw_sql(all).execute(&mut *transaction).await?;
        transaction.commit().await
    }
}

fn text(value: &impl serde::Serialize) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn document<T: DeserializeOwned>(row: &SqliteRow, column: usize) -> sqlx::Result<T> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_oldest_inquiries_are_forgotten() {
        let store = Store::open(&Storage::Memory).await.unwrap();
        let mut store = store.lock().await;
        let now = Timestamp::now();
        let last = MOST_ASKED + 1000;
        sqlx::query("INSERT INTO asked (number, client_id, fault, payment_request_id, first) VALUES (1, 'c', 0, 'a', 0), (?1, 'c', 0, 'b', 0)")
            .bind(last - 1)
            .execute(&mut *store.0)
            .await
            .unwrap();
        assert_eq!(store.count("c", 0, "new", now).await.unwrap().before, 0);
        assert_eq!(store.count("c", 0, "b", now).await.unwrap().before, 1);
        assert_eq!(store.count("c", 0, "a", now).await.unwrap().before, 0);
    }
}
