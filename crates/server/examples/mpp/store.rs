//! The example's database. Replace this file with your own storage.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alipayplus_server::inquiry_payment::{Answer, Refusal};
use alipayplus_server::signing::is_ambiguous_client_id;
use alipayplus_server::{KeyRing, PublicKey};
use rusqlite::{Connection, Row};

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

fn open(file: &str) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    // Much less than the handler's deadline, so that a locked database is an error in time for a response.
    connection.busy_timeout(Duration::from_millis(500))?;
    connection.execute_batch(TABLES)?;
    Ok(connection)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The table of payments. Clones share one connection.
#[derive(Clone)]
pub(crate) struct Payments(Arc<Mutex<Connection>>);

impl Payments {
    pub(crate) fn open(file: &str) -> rusqlite::Result<Self> {
        Ok(Self(Arc::new(Mutex::new(open(file)?))))
    }

    /// Converts the row of a payment by `answer`. Returns `None` if there is no such row. Blocks its thread.
    pub(crate) fn find(
        &self,
        id: &str,
        answer: fn(&Row<'_>) -> Result<Answer, Refusal>,
    ) -> Result<Option<Answer>, Refusal> {
        let connection = lock(&self.0);
        let sql = "SELECT * FROM payments WHERE payment_request_id = ?1";
        let mut query = connection.prepare_cached(sql)?;
        let mut rows = query.query([id])?;
        rows.next()?.map(answer).transpose()
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
    pub(crate) fn watch(file: &str) -> Result<Self, Box<dyn Error>> {
        let (clients, connection) = (Self::default(), open(file)?);
        clients.read(&connection)?;
        let watching = clients.clone();
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_millis(250));
                if let Err(error) = watching.read(&connection) {
                    tracing::warn!(%error, "failed to read the clients; the previous ones are kept");
                }
            }
        });
        Ok(clients)
    }

    /// Returns whether any row of the client allows it.
    pub(crate) fn is_allowed(&self, client: &str) -> bool {
        let allowed = lock(&self.allowed);
        allowed.iter().any(|((id, _), allowed)| id == client && *allowed)
    }

    fn read(&self, connection: &Connection) -> Result<(), Box<dyn Error>> {
        let sql = "SELECT client_id, key_version, public_key, allowed FROM clients";
        let mut query = connection.prepare_cached(sql)?;
        let (mut rows, mut keys, mut found) = (query.query([])?, Vec::new(), HashMap::new());
        while let Some(row) = rows.next()? {
            let (client, version): (String, u32) = (row.get(0)?, row.get(1)?);
            match PublicKey::from_text(&row.get::<_, String>(2)?) {
                // The row is skipped, so that the other clients' rows are still read.
                Ok(_) if is_ambiguous_client_id(&client) => tracing::warn!(client, "a Client-Id contains a time"),
                Ok(key) => {
                    keys.push((client.clone(), version.into(), key));
                    found.insert((client, u64::from(version)), row.get(3)?);
                }
                Err(error) => tracing::warn!(client, version, %error, "failed to read a client's key"),
            }
        }
        self.keys.extend(keys)?;
        let mut allowed = lock(&self.allowed);
        let gone = allowed.keys().filter(|key| !found.contains_key(key));
        gone.for_each(|(client, version)| self.keys.remove(client, *version));
        *allowed = found;
        Ok(())
    }
}
