//! Reads the exchange from the source that the command line names. One more source is one more arm in [`read`].

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use alipayplus_signing::header_name;
use clap::Args;

use super::capture::{Captured, Exchange};
use super::failure::Failure;
use super::{curl, evidence, har, http};
use crate::settings::PER_RUN;

/// The longest file that is read, in bytes.
const MAX_LENGTH: u64 = 64 * 1024 * 1024;

/// Where the exchange comes from.
#[derive(Args)]
#[command(next_help_heading = PER_RUN)]
pub(crate) struct SourceArguments {
    /// A file with a request as it is on the wire: head, empty line, exact body.
    #[arg(long, value_name = "FILE", group = "from")]
    request: Option<PathBuf>,
    /// A file with the response, likewise. Beside another source, or with --method and --uri of its request.
    #[arg(long, value_name = "FILE", conflicts_with = "har")]
    response: Option<PathBuf>,
    /// A file with another request of the same sender, likewise. Can be given several times.
    ///
    /// If it verifies, the key is right and this message was damaged; and its body, path and time may have been mixed up.
    #[arg(long, value_name = "FILE")]
    other: Vec<PathBuf>,
    /// An HTTP archive, as browsers and proxies write it. It does not keep the exact bytes of a body.
    #[arg(long, value_name = "FILE", group = "from")]
    har: Option<PathBuf>,
    /// The number of the archive's entry, from 0. Needed if several entries are signed.
    #[arg(long, value_name = "N", requires = "har")]
    entry: Option<usize>,
    /// A file with a curl command line. Files that it names with `@` are read as curl reads them.
    #[arg(long, value_name = "FILE", group = "from")]
    curl: Option<PathBuf>,
    /// A file with the text of the evidence that `alipayplus-client` keeps of an exchange: both messages, exactly.
    #[arg(long, value_name = "FILE", group = "from", conflicts_with = "response")]
    evidence: Option<PathBuf>,
    /// The path of the request, with its query.
    #[arg(long, value_name = "PATH", group = "from")]
    uri: Option<String>,
    /// The method of the request.
    #[arg(long, value_name = "METHOD", default_value = "POST")]
    method: String,
    /// The value of the Client-Id header.
    #[arg(long, value_name = "ID", requires = "uri")]
    client_id: Option<String>,
    /// The value of the Request-Time header.
    #[arg(long, value_name = "TEXT", requires = "uri")]
    time: Option<String>,
    /// The value of a Signature header. Can be given several times.
    #[arg(long, value_name = "TEXT", requires = "uri")]
    signature: Vec<String>,
    /// A file with the exact bytes of the body.
    #[arg(long, value_name = "FILE", requires = "uri")]
    body: Option<PathBuf>,
}

/// Reads the exchange.
pub(crate) fn read(arguments: &SourceArguments) -> Result<Exchange, Failure> {
    let mut exchange = if let Some(path) = &arguments.request {
        let (request, remarks) = parsed(path, http::request)?;
        Exchange { request: Some(request), remarks, is_exact: true, ..Exchange::default() }
    } else if let Some(path) = &arguments.har {
        parsed(path, |bytes| har::read(bytes, arguments.entry))?
    } else if let Some(path) = &arguments.curl {
        let line = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| "it is no UTF-8 text".to_owned());
        parsed(path, |bytes| curl::read(&line(bytes)?, file))?
    } else if let Some(path) = &arguments.evidence {
        parsed(path, evidence::read)?
    } else if let Some(uri) = &arguments.uri {
        let request = flags(arguments, uri)?;
        Exchange { request: Some(request), is_exact: true, ..Exchange::default() }
    } else {
        let needed = "one of --request, --har, --curl, --evidence and --uri says where the exchange is; see --help for \
                      examples";
        return Err(Failure::Usage(needed.to_owned()));
    };
    if let Some(path) = &arguments.response {
        let (response, remarks) = parsed(path, http::response)?;
        exchange.remarks.extend(remarks);
        // Without the request's own, it is the one that the answer repeats.
        if let (Some(request), None, Some(_)) = (&mut exchange.request, &arguments.client_id, &arguments.uri)
            && let Some(client_id) = response.header(header_name::CLIENT_ID)
        {
            request.headers.push((header_name::CLIENT_ID.to_owned(), client_id.to_owned()));
        }
        exchange.response = Some(response);
    }
    for path in &arguments.other {
        exchange.others.push(parsed(path, http::request)?.0);
    }
    Ok(exchange)
}

fn flags(arguments: &SourceArguments, uri: &str) -> Result<Captured, Failure> {
    let header = |name: &str, value: &Option<String>| value.clone().map(|value| (name.to_owned(), value));
    let mut headers = Vec::new();
    headers.extend(header(header_name::CLIENT_ID, &arguments.client_id));
    headers.extend(header(header_name::REQUEST_TIME, &arguments.time));
    let signatures = arguments.signature.iter().map(|value| (header_name::SIGNATURE.to_owned(), value.clone()));
    headers.extend(signatures);
    let body = match &arguments.body {
        Some(path) => file(path).map_err(Failure::Unreadable)?,
        None => Vec::new(),
    };
    Ok(Captured { method: arguments.method.clone(), uri: uri.to_owned(), host: None, headers, body })
}

fn parsed<T>(path: &Path, parse: impl FnOnce(&[u8]) -> Result<T, String>) -> Result<T, Failure> {
    let bytes = file(path).map_err(Failure::Unreadable)?;
    parse(&bytes).map_err(|message| Failure::Unreadable(format!("{}: {message}", path.display())))
}

fn file(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error| format!("can't read {}: {error}", path.display());
    let mut bytes = Vec::new();
    // A device has no length.
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_LENGTH + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_LENGTH {
        return Err(format!("{}: it is longer than the {MAX_LENGTH} bytes that are read", path.display()));
    }
    Ok(bytes)
}
