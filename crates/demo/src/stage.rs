//! Everything that a scenario needs: the running MPP, its database, the keys, and the genuine answers so far.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

use alipayplus_client::{Clock, PublicKey, VersionedSigner};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::ask::{self, client};
use crate::change::{Change, Twist};
use crate::database::Database;
use crate::line::{Line, Plan};
use crate::mpp::Mpp;
use crate::scenario::{ALLOWED, ASKER, Asker, DENIED};
use crate::scenarios::PAYMENTS;
use crate::wire::Message;
use crate::{keys, mpp};

/// The MPP reads its clients four times a second.
const KNOWN_WITHIN: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Stage {
    // The process first: it has to end before its folder can go.
    pub(crate) mpp: Mpp,
    pub(crate) database: Database,
    pub(crate) caller: VersionedSigner,
    pub(crate) caller_public: PublicKey,
    pub(crate) mpp_public: PublicKey,
    /// Genuine answers, by the payment that was asked about.
    pub(crate) answers: HashMap<&'static str, Message>,
    _folder: TempDir,
}

impl Stage {
    /// Makes keys and a folder, starts the MPP in it, and fills its database.
    pub(crate) async fn set(program: Option<&Path>) -> Result<Self, Box<dyn Error>> {
        let program = program.map_or_else(mpp::beside, |program| Ok(program.to_owned()))?;
        let ((caller, _), (mpp_key, mpp_key_text)) = (keys::throwaway()?, keys::throwaway()?);
        let folder = tempfile::Builder::new().prefix("alipayplus-demo-").tempdir()?;
        let (key_file, file) = (folder.path().join("mpp.key"), folder.path().join("wallet.db"));
        std::fs::write(&key_file, mpp_key_text)?;
        let mpp = Mpp::start(&program, &key_file, &file).await?;
        // The MPP has made its tables by now.
        let database = Database::open(&file)?;
        let caller_public = caller.public_key();
        database.add_client(ALLOWED, &caller_public, true)?;
        database.add_client(DENIED, &caller_public, false)?;
        PAYMENTS.iter().try_for_each(|payment| database.put(*payment))?;
        let stage = Self {
            mpp,
            database,
            caller: VersionedSigner::new(1, caller),
            caller_public,
            mpp_public: mpp_key.public_key(),
            answers: HashMap::new(),
            _folder: folder,
        };
        stage.wait_until_known().await?;
        Ok(stage)
    }

    /// A line to the MPP that does nothing, for a start.
    pub(crate) fn plan(&self) -> Plan {
        Plan {
            mpp: self.mpp.address,
            request: Change::Nothing,
            answer: Twist::Nothing,
            caller: self.caller.clone(),
            earlier: None,
        }
    }

    /// The answer that is to be given once more.
    pub(crate) fn earlier(&self, twist: Twist) -> Result<Option<&Message>, String> {
        let Twist::EarlierAnswer(payment) = twist else { return Ok(None) };
        let answer = self.answers.get(payment);
        answer.map(Some).ok_or_else(|| format!("there is no earlier answer about {payment}"))
    }

    /// A clock that is wrong by so many seconds.
    pub(crate) fn clock(off_by: i64) -> Clock {
        let by = Duration::from_secs(off_by.unsigned_abs());
        Clock::from_fn(move || {
            let now = Clock::system().now();
            if off_by < 0 { now - by } else { now + by }
        })
    }

    /// Asks until an answer is verified: then the MPP has read who may ask.
    async fn wait_until_known(&self) -> Result<(), Box<dyn Error>> {
        let line = Line::open(self.plan()).await?;
        let asker = Asker { client_id: DENIED, ..ASKER };
        let client = client(self, &line, asker)?;
        let end = Instant::now() + KNOWN_WITHIN;
        loop {
            // The one that may not ask comes last in the table.
            let Err(error) = client.inquiry_payment(&ask::request("unheard-of")?).await else {
                return Err("the MPP lets a client ask that may not".into());
            };
            if error.code().is_some() {
                return Ok(());
            }
            if Instant::now() >= end {
                let log = self.mpp.log.tail();
                return Err(format!("the MPP does not get to know its clients: {error}; its log:\n{log}").into());
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}
