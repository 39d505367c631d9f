//! The example's tables. Whoever copies the example has a store already, and needs none of this.

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
    // Far below the handler's deadline: a locked database is an error soon enough to be answered.
    connection.busy_timeout(Duration::from_millis(500))?;
    connection.execute_batch(TABLES)?;
    Ok(connection)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The payments. Clones share one connection.
#[derive(Clone)]
pub(crate) struct Payments(Arc<Mutex<Connection>>);

impl Payments {
    pub(crate) fn open(file: &str) -> rusqlite::Result<Self> {
        Ok(Self(Arc::new(Mutex::new(open(file)?))))
    }

    /// What `answer` makes of a payment's row. Blocks.
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

/// Who may ask: every key that is known, and whether its client is allowed to. Clones share it.
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
                    tracing::warn!(%error, "the clients stay as they were");
                }
            }
        });
        Ok(clients)
    }

    /// A client is allowed by any of its rows.
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
                // It may ask no longer, and keeps nobody else's row from being read.
                Ok(_) if is_ambiguous_client_id(&client) => tracing::warn!(client, "a client's id holds a time"),
                Ok(key) => {
                    keys.push((client.clone(), version.into(), key));
                    found.insert((client, u64::from(version)), row.get(3)?);
                }
                Err(error) => tracing::warn!(client, version, %error, "a client's key can't be read"),
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
