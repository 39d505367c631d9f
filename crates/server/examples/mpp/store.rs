//! The example's database. Replace this file with your own storage.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alipayplus_server::signing::is_ambiguous_client_id;
use alipayplus_server::{KeyRing, PublicKey};
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteRow};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS clients (
        client_id TEXT NOT NULL, key_version INTEGER NOT NULL, public_key TEXT NOT NULL,
        allowed INTEGER NOT NULL, PRIMARY KEY (client_id, key_version)
    );
    CREATE TABLE IF NOT EXISTS payments (
        payment_request_id TEXT PRIMARY KEY, state TEXT NOT NULL, code TEXT, payment_id TEXT,
        amount INTEGER, currency TEXT, pay_to_amount INTEGER, pay_to_currency TEXT,
        payment_time TEXT, customer_id TEXT, customs_amount INTEGER, customs_currency TEXT,
        pass_through_info TEXT
    );";

/// Together much less than the handler's 3.75 s, so that a locked or busy database is an error in time for a response.
const LOCK_TIME: Duration = Duration::from_millis(500);
const CONNECT_TIME: Duration = Duration::from_secs(2);

async fn open(file: &str) -> sqlx::Result<SqlitePool> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).busy_timeout(LOCK_TIME);
    let pool = SqlitePoolOptions::new().acquire_timeout(CONNECT_TIME).connect_with(options).await?;
    sqlx::raw_sql(TABLES).execute(&pool).await?;
    Ok(pool)
}

/// The table of payments. Clones share one pool of connections.
#[derive(Clone)]
pub(crate) struct Payments(SqlitePool);

impl Payments {
    pub(crate) async fn open(file: &str) -> sqlx::Result<Self> {
        Ok(Self(open(file).await?))
    }

    /// Returns the row of a payment.
    pub(crate) async fn find(&self, id: &str) -> sqlx::Result<Option<SqliteRow>> {
        let find = sqlx::query("SELECT * FROM payments WHERE payment_request_id = ?1");
        find.bind(id).fetch_optional(&self.0).await
    }
}

/// The table of clients: the known keys, and whether their clients may call. Clones share the data.
#[derive(Clone, Default)]
pub(crate) struct Clients {
    pub(crate) keys: KeyRing,
    allowed: Arc<Mutex<HashMap<(String, u64), bool>>>,
}

impl Clients {
    /// Reads the table now, and again every 250 ms.
    pub(crate) async fn watch(file: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let (clients, pool) = (Self::default(), open(file).await?);
        clients.read(&pool).await?;
        let watching = clients.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(250)).await;
                if let Err(error) = watching.read(&pool).await {
                    tracing::warn!(%error, "failed to read the clients; the previous ones are kept");
                }
            }
        });
        Ok(clients)
    }

    /// Returns whether any row of the client allows it.
    pub(crate) fn is_allowed(&self, client: &str) -> bool {
        self.lock().iter().any(|((id, _), allowed)| id == client && *allowed)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, u64), bool>> {
        self.allowed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read(&self, pool: &SqlitePool) -> Result<(), Box<dyn Error + Send + Sync>> {
        let sql = "SELECT client_id, key_version, public_key, allowed FROM clients";
        let (mut keys, mut found) = (Vec::new(), HashMap::new());
        for row in sqlx::query(sql).fetch_all(pool).await? {
            let (client, version): (String, u32) = (row.try_get(0)?, row.try_get(1)?);
            match PublicKey::from_text(row.try_get(2)?) {
                // The row is skipped, so that the other clients' rows are still read.
                Ok(_) if is_ambiguous_client_id(&client) => tracing::warn!(client, "a Client-Id contains a time"),
                Ok(key) => {
                    keys.push((client.clone(), version.into(), key));
                    found.insert((client, u64::from(version)), row.try_get(3)?);
                }
                Err(error) => tracing::warn!(client, version, %error, "failed to read a client's key"),
            }
        }
        self.keys.extend(keys)?;
        let mut allowed = self.lock();
        let gone = allowed.keys().filter(|key| !found.contains_key(key));
        gone.for_each(|(client, version)| self.keys.remove(client, *version));
        *allowed = found;
        Ok(())
    }
}
