//! The journal of a reconciliation, which is also the queue of what is to be asked: a `SQLite` file of one process, or a
//! `PostgreSQL` database that many workers share.
//!
//! A payment that waits has a `next_at`. A worker that claims it moves `next_at` to the end of its lease and writes a token,
//! so that it falls to another worker if this one ends. What the worker has learned is only taken with that token. A payment
//! with a result has no `next_at`, and results are never changed.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Postgres, QueryBuilder, SqlSafeStr as _, Sqlite, Transaction};

use super::input::{Input, Payment, Row};

/// What the tables look like. A journal of another version is refused.
const VERSION: i64 = 1;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS reconcile_input (version BIGINT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS reconcile_payments (
    id {id} PRIMARY KEY, -- the row of the input
    psp_id TEXT NOT NULL, acquirer_id TEXT NOT NULL, payment_request_id TEXT NOT NULL,
    amount TEXT NOT NULL, currency TEXT NOT NULL, payment_id TEXT,
    inquiries BIGINT NOT NULL DEFAULT 0,
    next_at BIGINT DEFAULT 0, -- in milliseconds since 1970; NULL when there is a result
    lease TEXT
);
CREATE INDEX IF NOT EXISTS reconcile_due ON reconcile_payments (psp_id, next_at) WHERE next_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS reconcile_results (
    id {id} PRIMARY KEY,
    outcome TEXT NOT NULL, detail TEXT NOT NULL, payment_id TEXT NOT NULL,
    pay_to_amount TEXT NOT NULL, pay_to_currency TEXT NOT NULL, payment_time TEXT NOT NULL,
    asked_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS reconcile_problems (id BIGINT NOT NULL, problem TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS reconcile_mpps (
    psp_id TEXT PRIMARY KEY,
    allowed_at BIGINT NOT NULL -- when the rate allows the next inquiry, in microseconds since 1970
);
";

const DUPLICATES: &str = "
INSERT INTO reconcile_problems (id, problem)
SELECT id, 'is the same payment as row ' || first || ': remove one of them' FROM (
    SELECT id, min(id) OVER (PARTITION BY psp_id, acquirer_id, payment_request_id) AS first FROM reconcile_payments
) AS payments WHERE id <> first;
DELETE FROM reconcile_payments WHERE id IN (SELECT id FROM reconcile_problems)";

const FIRST_PROBLEMS: &str = "SELECT id, problem FROM reconcile_problems ORDER BY id LIMIT 20";

const CLAIM: &str = "
WITH due AS MATERIALIZED (
    SELECT id AS due_id FROM reconcile_payments WHERE psp_id = $1 AND next_at <= {now} ORDER BY next_at LIMIT $2 {skip}
)
UPDATE reconcile_payments SET lease = $3, next_at = {now} + $4 FROM due WHERE id = due_id
RETURNING id, acquirer_id, payment_request_id, amount, currency, payment_id, inquiries";

const FINISH: &str = "
UPDATE reconcile_payments
SET lease = NULL, inquiries = inquiries + CAST(learned.value->>'asked' AS BIGINT),
    next_at = {now} + CAST(learned.value->>'pause' AS BIGINT)
FROM {rows} WHERE reconcile_payments.id = CAST(learned.value->>'id' AS BIGINT) AND lease = learned.value->>'lease'
RETURNING reconcile_payments.id";

const RESULTS: &str = "
INSERT INTO reconcile_results
SELECT CAST(learned.value->>'id' AS BIGINT), learned.value->>'outcome', learned.value->>'detail', learned.value->>'payment_id',
    learned.value->>'pay_to_amount', learned.value->>'pay_to_currency', learned.value->>'payment_time',
    learned.value->>'asked_at' FROM {rows}";

const INPUT: &str = "INSERT INTO reconcile_input (version, hash) VALUES ($1, $2)";

const PROBLEMS: &str = "
INSERT INTO reconcile_problems (id, problem)
SELECT CAST(learned.value->>'id' AS BIGINT), learned.value->>'problem' FROM {rows}";

const COPY: &str = "COPY reconcile_payments
    (id, psp_id, acquirer_id, payment_request_id, amount, currency, payment_id) FROM STDIN";

const COLUMNS: &str = "
id, acquirer_id, psp_id, payment_request_id, amount, currency, p.payment_id, inquiries, outcome, detail, r.payment_id,
    pay_to_amount, pay_to_currency, payment_time, asked_at";

const RECORDS: &str = "FROM reconcile_payments p LEFT JOIN reconcile_results r USING (id)";

/// How many rows of the input are read together.
const PAGE: i64 = 1000;

/// Where the journal is.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// A `SQLite` file.
    File(PathBuf),
    /// The URL of a `PostgreSQL` database.
    Database(String),
}

/// An open journal.
#[derive(Clone, Debug)]
pub(super) enum Queue {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs the same code on either database.
macro_rules! on {
    ($queue:expr, $pool:ident => $body:expr) => {
        match $queue {
            Queue::Sqlite($pool) => $body,
            Queue::Postgres($pool) => $body,
        }
    };
}

/// A payment that this process may ask about until its lease ends.
#[derive(Debug)]
pub(super) struct Claimed {
    pub(super) id: i64,
    pub(super) lease: String,
    pub(super) inquiries: i64,
    pub(super) payment: Payment,
}

/// What was learned about a claimed payment.
#[derive(Debug)]
pub(super) struct Learned {
    pub(super) id: i64,
    pub(super) lease: String,
    /// Whether it was asked about.
    pub(super) asked: bool,
    pub(super) next: Next,
}

/// What becomes of a payment.
#[derive(Debug)]
pub(super) enum Next {
    /// It is asked about again after a pause.
    AskAgain(Duration),
    /// This is its result.
    Result(Box<Found>),
}

/// The result of a payment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) outcome: String,
    pub(super) detail: String,
    pub(super) payment_id: String,
    pub(super) pay_to_amount: String,
    pub(super) pay_to_currency: String,
    pub(super) payment_time: String,
    pub(super) asked_at: String,
}

/// A payment and its result, if it has one.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: i64,
    pub(super) payment: Payment,
    pub(super) inquiries: i64,
    pub(super) found: Option<Found>,
}

/// What is to become of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Load {
    /// It is only checked.
    Try,
    /// It is loaded if each row is a payment.
    Whole,
    /// It is loaded without the rows that are not.
    SkipProblems,
}

/// What an input has.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) payment_count: i64,
    pub(super) problem_count: i64,
    /// The first problems with their rows.
    pub(super) problems: Vec<(i64, String)>,
}

/// Why the journal can't be used.
#[derive(Debug)]
pub(super) enum QueueError {
    /// It is not one that this run can use.
    Refused(String),
    Database(sqlx::Error),
}

impl From<sqlx::Error> for QueueError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl std::fmt::Display for QueueError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(why) => f.write_str(why),
            Self::Database(sqlx::Error::PoolTimedOut) => f.write_str("the journal: the database can't be reached"),
            Self::Database(error) => write!(f, "the journal: {error}"),
        }
    }
}

impl Queue {
    /// Opens a journal and creates its tables.
    pub(super) async fn open(place: &Place, connections: u32) -> Result<Self, QueueError> {
        let queue = match place {
            Place::File(path) => {
                // Only its owner can read it.
                let mut options = OpenOptions::new();
                options.write(true).create(true).truncate(false);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                options.open(path).map_err(sqlx::Error::Io)?;
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .journal_mode(SqliteJournalMode::Wal)
                    .locking_mode(SqliteLockingMode::Exclusive)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(Duration::ZERO);
                let pool = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
                Self::Sqlite(pool.connect_with(options).await?)
            }
            Place::Database(url) => {
                let options: PgConnectOptions = url.parse()?;
                let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(Duration::from_secs(10));
                Self::Postgres(pool.connect_with(options).await?)
            }
        };
        queue.create_tables().await?;
        Ok(queue)
    }

    /// Ends the connections. A file of SQLite is one file again.
    pub(super) async fn close(self) {
        on!(self, pool => pool.close().await);
    }

    async fn create_tables(&self) -> Result<(), QueueError> {
        let sql = self.sql(TABLES);
        match self {
            Self::Sqlite(pool) => {
                sqlx::raw_sql(sql).execute(pool).await?;
                // It belongs to this process: leases are those of one that has ended.
                let ended = "UPDATE reconcile_payments SET lease = NULL, next_at = 0 WHERE lease IS NOT NULL";
                sqlx::raw_sql(ended).execute(pool).await?;
            }
            Self::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                // Two workers that create a table at the same time fail in spite of `IF NOT EXISTS`.
                sqlx::raw_sql("SELECT pg_advisory_xact_lock(7243881023)").execute(&mut *transaction).await?;
                sqlx::raw_sql(sql).execute(&mut *transaction).await?;
                transaction.commit().await?;
            }
        }
        Ok(())
    }

    /// Completes a statement with what the databases write differently.
    fn sql(&self, text: &str) -> AssertSqlSafe<String> {
        let [id, now, skip, rows] = match self {
            Self::Sqlite(_) => {
                ["INTEGER", "CAST(1000 * unixepoch('now', 'subsec') AS BIGINT)", "", "json_each($1) AS learned"]
            }
            Self::Postgres(_) => [
                "BIGINT",
                "CAST(1000 * extract(epoch FROM now()) AS BIGINT)",
                "FOR UPDATE SKIP LOCKED",
                "json_array_elements(CAST($1 AS JSON)) AS learned(value)",
            ],
        };
        let text = text.replace("{id}", id).replace("{now}", now).replace("{skip}", skip);
        AssertSqlSafe(text.replace("{rows}", rows))
    }

    /// Returns the hash of the input that was loaded; `None` before that.
    pub(super) async fn loaded(&self) -> Result<Option<String>, QueueError> {
        let sql = "SELECT version, hash FROM reconcile_input";
        let row: Option<(i64, String)> = on!(self, pool => sqlx::query_as(sql).fetch_optional(pool).await?);
        match row {
            Some((version, _)) if version != VERSION => Err(QueueError::Refused(format!(
                "the journal was written by another version of this command: it has version {version} and not {VERSION}"
            ))),
            row => Ok(row.map(|(_, hash)| hash)),
        }
    }

    /// Loads all rows of an input in one transaction. Nothing of it is kept if a row has a problem, unless those are
    /// `skipped`, or if it is only tried.
    pub(super) async fn load(
        &self,
        mut input: Input,
        is_known: impl Fn(&str) -> bool,
        load: Load,
    ) -> Result<Loaded, QueueError> {
        let mut rows = Rows { is_known, payments: Vec::new(), problems: Vec::new() };
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            loop {
                let is_end = rows.fill(&mut input)?;
                transaction.insert(&rows.payments).await?;
                sqlx::query(self.sql(PROBLEMS)).bind(rows.problems()).execute(&mut *transaction).await?;
                if is_end {
                    break;
                }
            }
            sqlx::raw_sql(DUPLICATES).execute(&mut *transaction).await?;
            let loaded = Loaded {
                problems: sqlx::query_as(FIRST_PROBLEMS).fetch_all(&mut *transaction).await?,
                problem_count: count(sqlx::query_as("SELECT count(*) FROM reconcile_problems").fetch_one(&mut *transaction).await?),
                payment_count: count(sqlx::query_as("SELECT count(*) FROM reconcile_payments").fetch_one(&mut *transaction).await?),
            };
            if load == Load::Try || (load == Load::Whole && loaded.problem_count > 0) {
                transaction.rollback().await?;
            } else {
                let hash = input.hash().map_err(QueueError::Refused)?;
                sqlx::query(INPUT).bind(VERSION).bind(hash).execute(&mut *transaction).await?;
                transaction.commit().await?;
                sqlx::raw_sql("ANALYZE").execute(pool).await?;
            }
            Ok(loaded)
        })
    }

    /// Reads the rows that were skipped.
    pub(super) async fn problems(
        &self,
        mut each: impl FnMut(i64, String) -> Result<(), QueueError>,
    ) -> Result<(), QueueError> {
        on!(self, pool => {
            let mut rows = sqlx::query_as("SELECT id, problem FROM reconcile_problems ORDER BY id").fetch(pool);
            while let Some((id, problem)) = rows.try_next().await? {
                each(id, problem)?;
            }
        });
        Ok(())
    }

    /// Returns the MPPs of all payments that have no result.
    pub(super) async fn mpps(&self) -> Result<Vec<String>, QueueError> {
        let sql = "SELECT DISTINCT psp_id FROM reconcile_payments WHERE next_at IS NOT NULL ORDER BY psp_id";
        let rows: Vec<(String,)> = on!(self, pool => sqlx::query_as(sql).fetch_all(pool).await?);
        Ok(rows.into_iter().map(|(psp_id,)| psp_id).collect())
    }

    /// Returns how many payments have each outcome; those without a result have none.
    pub(super) async fn counts(&self) -> Result<Vec<(Option<String>, i64)>, QueueError> {
        let sql = "SELECT outcome, count(*) FROM reconcile_payments p LEFT JOIN reconcile_results r USING (id) \
                   GROUP BY outcome ORDER BY outcome";
        Ok(on!(self, pool => sqlx::query_as(sql).fetch_all(pool).await?))
    }

    /// Returns how many payments are leased to a worker at this moment.
    pub(super) async fn leased(&self) -> Result<i64, QueueError> {
        let sql = "SELECT count(*) FROM reconcile_payments WHERE lease IS NOT NULL AND next_at > {now}";
        let (count,): (i64,) = on!(self, pool => sqlx::query_as(self.sql(sql)).fetch_one(pool).await?);
        Ok(count)
    }

    /// Claims due payments of an MPP until the lease ends, at most so many, and not more than its rate allows over all
    /// workers.
    pub(super) async fn claim(
        &self,
        psp_id: &str,
        most: usize,
        rate: Option<u32>,
        lease: Duration,
    ) -> Result<Vec<Claimed>, QueueError> {
        let token = format!("{:032x}", u128::from(fastrand::u64(..)) << 64 | u128::from(fastrand::u64(..)));
        let lease = millis(lease);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows: Vec<ClaimColumns> = on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let mut allowed = Allowed { most, at: 0 };
            if let Some(rate) = rate {
                let sql = "INSERT INTO reconcile_mpps (psp_id, allowed_at) VALUES ($1, 0) ON CONFLICT DO NOTHING";
                sqlx::query(sql).bind(psp_id).execute(&mut *transaction).await?;
                // The update locks the row until the rows are claimed.
                let sql = "UPDATE reconcile_mpps SET allowed_at = allowed_at WHERE psp_id = $1 \
                           RETURNING allowed_at, 1000 * {now}";
                let (at, now) = sqlx::query_as(self.sql(sql)).bind(psp_id).fetch_one(&mut *transaction).await?;
                allowed = Allowed::new(most, rate, at, now);
            }
            let claim = sqlx::query_as(self.sql(CLAIM)).bind(psp_id).bind(allowed.most).bind(&token).bind(lease);
            let rows: Vec<ClaimColumns> = claim.fetch_all(&mut *transaction).await?;
            if let Some(rate) = rate {
                let sql = "UPDATE reconcile_mpps SET allowed_at = $1 WHERE psp_id = $2";
                let at = allowed.after(rows.len(), rate);
                sqlx::query(sql).bind(at).bind(psp_id).execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
            rows
        });
        let claimed =
            |(id, acquirer_id, payment_request_id, amount, currency, payment_id, inquiries): ClaimColumns| Claimed {
                id,
                lease: token.clone(),
                inquiries,
                payment: Payment {
                    acquirer_id,
                    psp_id: psp_id.to_owned(),
                    payment_request_id,
                    amount,
                    currency,
                    payment_id,
                },
            };
        Ok(rows.into_iter().map(claimed).collect())
    }

    /// Returns how long it is until a payment of an MPP is due; `None` if each of them has a result.
    pub(super) async fn due(&self, psp_id: &str) -> Result<Option<Duration>, QueueError> {
        let sql = "SELECT min(next_at) - {now} FROM reconcile_payments WHERE psp_id = $1 AND next_at IS NOT NULL";
        let (due,): (Option<i64>,) =
            on!(self, pool => sqlx::query_as(self.sql(sql)).bind(psp_id).fetch_one(pool).await?);
        Ok(due.map(|due| Duration::from_millis(u64::try_from(due).unwrap_or(0))))
    }

    /// Writes what was learned, and returns the rows whose leases were valid. The rest is another worker's by now.
    pub(super) async fn finish(&self, learned: &[Learned]) -> Result<Vec<i64>, QueueError> {
        let rows: Value = learned
            .iter()
            .map(|learned| {
                let pause = match &learned.next {
                    Next::AskAgain(pause) => Some(millis(*pause)),
                    Next::Result(_) => None,
                };
                json!({"id": learned.id, "lease": learned.lease, "asked": i64::from(learned.asked), "pause": pause})
            })
            .collect();
        let taken: Vec<(i64,)> = on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let finish = sqlx::query_as(self.sql(FINISH)).bind(rows.to_string());
            let taken: Vec<(i64,)> = finish.fetch_all(&mut *transaction).await?;
            let results = results(learned, &taken);
            sqlx::query(self.sql(RESULTS)).bind(results).execute(&mut *transaction).await?;
            transaction.commit().await?;
            taken
        });
        Ok(taken.into_iter().map(|(id,)| id).collect())
    }

    /// Reads all records in the order of their rows.
    pub(super) async fn records(
        &self,
        mut each: impl FnMut(Record) -> Result<(), QueueError>,
    ) -> Result<(), QueueError> {
        // As one text for many: each row that a driver hands over by itself wakes a thread.
        let array = match self {
            Self::Sqlite(_) => format!("json_group_array(json_array({COLUMNS}) ORDER BY id)"),
            Self::Postgres(_) => format!("CAST(json_agg(json_build_array({COLUMNS}) ORDER BY id) AS TEXT)"),
        };
        let sql = format!("SELECT {array} {RECORDS} WHERE id >= $1 AND id < $1 + {PAGE}");
        let last: (Option<i64>,) =
            on!(self, pool => sqlx::query_as("SELECT max(id) FROM reconcile_payments").fetch_one(pool).await?);
        let mut first = 0;
        while last.0.is_some_and(|last| first <= last) {
            let sql = AssertSqlSafe(sql.clone());
            let page: (Option<String>,) = on!(self, pool => sqlx::query_as(sql).bind(first).fetch_one(pool).await?);
            let page: Vec<RecordColumns> = page.0.map_or_else(
                || Ok(Vec::new()),
                |page| serde_json::from_str(&page).map_err(|error| sqlx::Error::Decode(error.into())),
            )?;
            page.into_iter().try_for_each(|columns| each(record(columns)))?;
            first += PAGE;
        }
        Ok(())
    }

    /// Reads the records of payments that are not paid as expected, mismatches first.
    pub(super) async fn exceptions(
        &self,
        mut each: impl FnMut(Record) -> Result<(), QueueError>,
    ) -> Result<(), QueueError> {
        let order = "ORDER BY CASE outcome WHEN 'mismatch' THEN 0 WHEN 'failed' THEN 1 WHEN 'cancelled' THEN 2 \
                     WHEN 'not_found' THEN 3 WHEN 'in_progress' THEN 4 WHEN 'unknown' THEN 5 ELSE 6 END, id";
        let sql = format!("SELECT {COLUMNS} {RECORDS} WHERE outcome IS NULL OR outcome <> 'paid' {order}");
        let sql = AssertSqlSafe(sql).into_sql_str();
        on!(self, pool => {
            let mut rows = sqlx::query_as(sql).fetch(pool);
            while let Some(columns) = rows.try_next().await? {
                each(record(columns))?;
            }
        });
        Ok(())
    }
}

/// The rows of an input that are loaded together.
struct Rows<F> {
    is_known: F,
    payments: Vec<(i64, Payment)>,
    problems: Vec<(i64, String)>,
}

impl<F: Fn(&str) -> bool> Rows<F> {
    const MANY: usize = 1000;

    /// Reads the next rows, and returns whether they are the last ones.
    fn fill(&mut self, input: &mut Input) -> Result<bool, QueueError> {
        self.payments.clear();
        self.problems.clear();
        for _ in 0..Self::MANY {
            let Some((id, row)): Option<Row> = input.next().map_err(QueueError::Refused)? else { return Ok(true) };
            match row {
                Ok(payment) if (self.is_known)(&payment.psp_id) => self.payments.push((id, payment)),
                Ok(payment) => {
                    let psp_id = payment.psp_id.escape_debug();
                    self.problems.push((id, format!("pspId is {psp_id}, and the file of MPPs has none of this name")));
                }
                Err(problem) => self.problems.push((id, problem)),
            }
        }
        Ok(false)
    }

    fn problems(&self) -> String {
        let problems = self.problems.iter().map(|(id, problem)| json!({"id": id, "problem": problem}));
        problems.collect::<Value>().to_string()
    }
}

fn count((count,): (i64,)) -> i64 {
    count
}

/// Writes many payments, each database in its fastest way.
trait Insert {
    async fn insert(&mut self, payments: &[(i64, Payment)]) -> sqlx::Result<()>;
}

impl Insert for Transaction<'_, Sqlite> {
    async fn insert(&mut self, payments: &[(i64, Payment)]) -> sqlx::Result<()> {
        if payments.is_empty() {
            return Ok(());
        }
        let columns = "id, psp_id, acquirer_id, payment_request_id, amount, currency, payment_id";
        let mut insert = QueryBuilder::<Sqlite>::new(format!("INSERT INTO reconcile_payments ({columns}) "));
        insert.push_values(payments, |mut row, (id, payment)| {
            row.push_bind(*id).push_bind(payment.psp_id.clone()).push_bind(payment.acquirer_id.clone());
            row.push_bind(payment.payment_request_id.clone()).push_bind(payment.amount.clone());
            row.push_bind(payment.currency.clone()).push_bind(payment.payment_id.clone());
        });
        insert.build().execute(&mut **self).await.map(drop)
    }
}

impl Insert for Transaction<'_, Postgres> {
    async fn insert(&mut self, payments: &[(i64, Payment)]) -> sqlx::Result<()> {
        let mut copy = self.copy_in_raw(COPY).await?;
        copy.send(copied(payments)).await?;
        copy.finish().await.map(drop)
    }
}

/// Returns rows as COPY reads them.
fn copied(payments: &[(i64, Payment)]) -> Vec<u8> {
    let mut text = String::new();
    for (id, payment) in payments {
        text.push_str(&id.to_string());
        let Payment { acquirer_id, psp_id, payment_request_id, amount, currency, payment_id } = payment;
        for cell in [psp_id, acquirer_id, payment_request_id, amount, currency] {
            text.push('\t');
            // No cell has control characters.
            text.push_str(&cell.replace('\\', "\\\\"));
        }
        let payment_id = payment_id.as_ref().map_or_else(|| "\\N".to_owned(), |id| id.replace('\\', "\\\\"));
        text.push('\t');
        text.push_str(&payment_id);
        text.push('\n');
    }
    text.into_bytes()
}

/// Returns the results of those rows whose leases were valid.
fn results(learned: &[Learned], taken: &[(i64,)]) -> String {
    let taken: HashSet<i64> = taken.iter().map(|(id,)| *id).collect();
    // What an MPP says may hold the character, and no text of PostgreSQL can: the whole batch would be refused.
    let text = |text: &str| text.replace('\0', "\u{fffd}");
    let result = |learned: &Learned| match &learned.next {
        Next::Result(found) if taken.contains(&learned.id) => Some(json!({
            "id": learned.id,
            "outcome": found.outcome,
            "detail": text(&found.detail),
            "payment_id": text(&found.payment_id),
            "pay_to_amount": found.pay_to_amount,
            "pay_to_currency": found.pay_to_currency,
            "payment_time": text(&found.payment_time),
            "asked_at": found.asked_at,
        })),
        _ => None,
    };
    learned.iter().filter_map(result).collect::<Value>().to_string()
}

type ClaimColumns = (i64, String, String, String, String, Option<String>, i64);

type RecordColumns = (
    i64,
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

fn record(columns: RecordColumns) -> Record {
    let (id, acquirer_id, psp_id, payment_request_id, amount, currency, expected, inquiries, outcome, ..) = columns;
    let (.., detail, payment_id, pay_to_amount, pay_to_currency, payment_time, asked_at) = columns;
    let found = outcome.map(|outcome| Found {
        outcome,
        detail: detail.unwrap_or_default(),
        payment_id: payment_id.unwrap_or_default(),
        pay_to_amount: pay_to_amount.unwrap_or_default(),
        pay_to_currency: pay_to_currency.unwrap_or_default(),
        payment_time: payment_time.unwrap_or_default(),
        asked_at: asked_at.unwrap_or_default(),
    });
    let payment = Payment { acquirer_id, psp_id, payment_request_id, amount, currency, payment_id: expected };
    Record { id, payment, inquiries, found }
}

/// What a rate allows at a moment. Times are in microseconds.
#[derive(Debug)]
struct Allowed {
    most: i64,
    /// From when on it counts.
    at: i64,
}

impl Allowed {
    /// How far an MPP may fall behind its rate and catch up afterwards.
    const CATCH_UP: i64 = 100_000;

    fn new(most: i64, rate: u32, at: i64, now: i64) -> Self {
        let at = at.max(now - Self::CATCH_UP);
        let allowed = if at > now { 0 } else { 1 + (now - at) * i64::from(rate) / 1_000_000 };
        Self { most: most.min(allowed), at }
    }

    /// Returns when the next inquiry is allowed after some.
    fn after(&self, count: usize, rate: u32) -> i64 {
        self.at + i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(1_000_000) / i64::from(rate.max(1))
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_mpp_says_can_be_written_to_each_database() {
        let found = Found { detail: "a\0b".to_owned(), payment_id: "\0".to_owned(), ..Found::default() };
        let learned = Learned { id: 7, lease: String::new(), asked: true, next: Next::Result(Box::new(found)) };
        let written: Value = serde_json::from_str(&results(&[learned], &[(7,)])).unwrap();
        assert_eq!((&written[0]["detail"], &written[0]["payment_id"]), (&json!("a\u{fffd}b"), &json!("\u{fffd}")));
    }
}
