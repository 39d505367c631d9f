//! The options of connections.

use std::fs;
use std::path::{Path, PathBuf};

use alipayplus_client::HttpSettings;
use clap::Args;

#[derive(Args)]
pub(crate) struct HttpArguments {
    /// The file of a private certificate authority, in PEM.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The file of a client certificate with its key, in PEM.
    #[arg(long, value_name = "FILE")]
    cert: Option<PathBuf>,
}

impl HttpArguments {
    /// Reads the files.
    pub(crate) fn settings(&self) -> Result<HttpSettings, String> {
        let mut http = HttpSettings::new();
        let read = |path: &Path| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
        if let Some(path) = &self.ca {
            http = http.ca_certificates(read(path)?);
        }
        if let Some(path) = &self.cert {
            http = http.client_certificate(read(path)?);
        }
        Ok(http)
    }
}
