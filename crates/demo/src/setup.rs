//! What a scenario needs: the running MPP, its database, the keys, and the genuine responses so far.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

use alipayplus_client::{PublicKey, VersionedSigner};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::change::{Change, Tamper};
use crate::client::{client, request};
use crate::database::Database;
use crate::mpp::Mpp;
use crate::proxy::{Plan, Proxy};
use crate::scenario::{ALLOWED, CLIENT, ClientOptions, DENIED};
use crate::scenarios::PAYMENTS;
use crate::wire::Message;
use crate::{keys, mpp};

/// The MPP reads its clients four times a second.
const KNOWN_WITHIN: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Setup {
    // The process is dropped first: it must end before its folder is deleted.
    pub(crate) mpp: Mpp,
    pub(crate) database: Database,
    pub(crate) client_signer: VersionedSigner,
    pub(crate) client_public: PublicKey,
    pub(crate) mpp_public: PublicKey,
    /// Genuine responses by payment.
    pub(crate) responses: HashMap<&'static str, Message>,
    _folder: TempDir,
}

impl Setup {
    /// Makes keys and a folder, starts the MPP in it, and fills its database.
    pub(crate) async fn new(program: Option<&Path>) -> Result<Self, Box<dyn Error>> {
        let program = program.map_or_else(mpp::beside, |program| Ok(program.to_owned()))?;
        let ((client_key, _), (mpp_key, mpp_key_text)) = (keys::generate()?, keys::generate()?);
        let folder = tempfile::Builder::new().prefix("alipayplus-demo-").tempdir()?;
        let (key_file, file) = (folder.path().join("mpp.key"), folder.path().join("wallet.db"));
        std::fs::write(&key_file, mpp_key_text)?;
        let mpp = Mpp::start(&program, &key_file, &file).await?;
        // The MPP has made its tables by now.
        let database = Database::open(&file).await?;
        let client_public = client_key.public_key();
        database.add_client(ALLOWED, &client_public, true).await?;
        database.add_client(DENIED, &client_public, false).await?;
        for payment in PAYMENTS {
            database.put(*payment).await?;
        }
        let setup = Self {
            mpp,
            database,
            client_signer: VersionedSigner::new(1, client_key),
            client_public,
            mpp_public: mpp_key.public_key(),
            responses: HashMap::new(),
            _folder: folder,
        };
        setup.wait_until_known().await?;
        Ok(setup)
    }

    /// Returns the plan of a proxy that changes nothing.
    pub(crate) fn plan(&self) -> Plan {
        Plan {
            mpp: self.mpp.address,
            request: Change::Nothing,
            response: Tamper::Nothing,
            signer: self.client_signer.clone(),
            earlier: None,
        }
    }

    /// Returns the response that is to be repeated.
    pub(crate) fn earlier(&self, tamper: Tamper) -> Result<Option<&Message>, String> {
        let Tamper::EarlierResponse(payment) = tamper else { return Ok(None) };
        let response = self.responses.get(payment);
        response.map(Some).ok_or_else(|| format!("there is no earlier response about {payment}"))
    }

    /// Sends requests until a response is verified: then the MPP has read its clients.
    async fn wait_until_known(&self) -> Result<(), Box<dyn Error>> {
        let proxy = Proxy::open(self.plan()).await?;
        let options = ClientOptions { client_id: DENIED, ..CLIENT };
        let client = client(proxy.url(), &self.client_signer, &self.mpp_public, options)?;
        let end = Instant::now() + KNOWN_WITHIN;
        loop {
            // The client that is not authorized comes last in the table.
            let Err(error) = client.inquiry_payment(&request("unheard-of")?).await else {
                return Err("the MPP accepts a client that is not authorized".into());
            };
            if error.code().is_some() {
                return Ok(());
            }
            if Instant::now() >= end {
                let log = self.mpp.log.tail();
                return Err(format!("the MPP does not read its clients: {error}; its log:\n{log}").into());
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}
