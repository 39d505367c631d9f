//! `alipayplus sandbox`: an MPP that can be broken.

mod lines;

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;

use alipayplus_kit::sandbox::{Keys, OpenError, PeerKey, Sandbox, Settings, Storage, magic};
use clap::Args;
use serde_json::json;

use crate::console::{could_not_run, print, say, usage};
use crate::settings::PER_RUN;

const EXAMPLES: &str = "\
Examples:
  Throwaway keys, and lines to copy:
    alipayplus sandbox --dev

  For a test suite: free ports, one line of JSON, keys in a folder of your own:
    alipayplus sandbox --dev --port 0 --admin-port 0 --json --dir sandbox

  With your keys:
    alipayplus sandbox --key mpp.key --client SANDBOX_5X00000000000000/1=caller.pub

  The admin API, at the port behind that of the MPP:
    curl -d '{\"paymentRequestId\":\"order-1\",\"state\":\"in_progress\"}' \\
        -H 'Content-Type: application/json' http://127.0.0.1:8091/payments
    curl -d '{\"fault\":\"signature/none-paid\",\"times\":1}' \\
        -H 'Content-Type: application/json' http://127.0.0.1:8091/faults
    curl http://127.0.0.1:8091/journal

docs/sandbox.md describes it.";

/// Run an MPP on this machine to test a caller with, in any language.
///
/// It is the real server over payments of your choice: verified, answered and signed as an MPP has to. Payments need no
/// set-up if their paymentRequestId is a magic one, such as SBX-PAID~1 or SBX-FAULT-signature/none-paid~1: --list shows all.
/// An admin API on a port of its own creates and moves payments, turns faults on and off, shifts the clock, and exports what
/// was exchanged. A browser finds a console at the same port.
///
/// All state is in memory, and gone when the sandbox ends, unless --state names a file. The sandbox ends by Ctrl-C or
/// SIGTERM, and deletes its throwaway keys.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct SandboxArguments {
    /// Make throwaway keys of both sides, and print where they lie and lines that use them.
    #[arg(long)]
    dev: bool,
    /// The folder of the throwaway keys and certificates, which stays. Without it, they are in a temporary one.
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    // A key and an address that are set for all commands are those of a caller and of a server with its port.
    /// The file of the MPP's private key, perhaps with its version, which is 1 otherwise.
    #[arg(help_heading = PER_RUN, long, value_name = "[VERSION=]FILE", conflicts_with = "dev")]
    key: Option<String>,
    /// The public key of a caller, perhaps with its version, which is 1 otherwise. Can be given several times.
    #[arg(help_heading = PER_RUN, long, value_name = "CLIENT-ID[/VERSION]=FILE", conflicts_with = "dev")]
    client: Vec<String>,
    /// The address of both ports.
    #[arg(help_heading = PER_RUN, long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// The port of the MPP; 0 for a free one.
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// The port of the admin API; 0 for a free one.
    #[arg(long, default_value_t = 8091)]
    admin_port: u16,
    /// Speak TLS with a certificate by a throwaway authority.
    #[arg(long)]
    tls: bool,
    /// The SQLite file of payments, faults, what was asked and the clock's shift. Without it, they are in memory.
    #[arg(help_heading = PER_RUN, long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// How many requests may be in flight; more are refused. Low ones make it easy to overload the sandbox.
    #[arg(help_heading = PER_RUN, long, value_name = "N")]
    concurrency_limit: Option<usize>,
    /// The most bytes that the journal of exchanges has, which is in memory. The oldest are forgotten.
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 20)]
    journal_bytes: usize,
    /// Listen at an address that other machines can reach. Whoever reaches it can read and change everything.
    #[arg(help_heading = PER_RUN, long)]
    i_know_this_is_a_sandbox: bool,
    /// Print the magic IDs, and do nothing else.
    #[arg(help_heading = PER_RUN, long)]
    list: bool,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &SandboxArguments) -> ExitCode {
    if arguments.list {
        return list(arguments.json);
    }
    let settings = match settings(arguments) {
        Ok(settings) => settings,
        Err(message) => return usage(message),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return could_not_run(format!("can't start: {error}")),
    };
    match runtime.block_on(serve(&settings, arguments.json)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => could_not_run(message),
    }
}

async fn serve(settings: &Settings, json: bool) -> Result<(), String> {
    let opened = Sandbox::open(settings).await;
    let sandbox = opened.map_err(|error: OpenError| error.to_string())?;
    let facts = sandbox.facts();
    print(if json { lines::json(facts).to_string() } else { lines::text(facts) });
    sandbox.run().await.map_err(|error| error.to_string())?;
    say("the sandbox has ended");
    Ok(())
}

fn list(as_json: bool) -> ExitCode {
    let rows = magic();
    if as_json {
        print(json!(rows).to_string());
    } else {
        print("What follows ~ is any text, and makes another payment. An ID has at most 64 characters.");
        let lines = rows.iter().map(|row| format!("{:48} {}", row.id, row.about));
        print(lines.collect::<Vec<_>>().join("\n"));
        print(
            "Faults of closed ports and wrong certificates come before a payment is known: see `conformance caller`.",
        );
    }
    ExitCode::SUCCESS
}

fn settings(arguments: &SandboxArguments) -> Result<Settings, String> {
    if !arguments.address.is_loopback() && !arguments.i_know_this_is_a_sandbox {
        return Err(format!(
            "other machines can reach {}, and could read and change everything: add --i-know-this-is-a-sandbox",
            arguments.address
        ));
    }
    let mut settings = Settings::new(keys(arguments)?);
    settings.address = arguments.address;
    settings.port = arguments.port;
    settings.admin_port = arguments.admin_port;
    settings.tls = arguments.tls;
    settings.folder.clone_from(&arguments.dir);
    settings.storage = arguments.state.clone().map_or(Storage::Memory, Storage::File);
    settings.journal_bytes = arguments.journal_bytes;
    settings.concurrency_limit = arguments.concurrency_limit;
    Ok(settings)
}

fn keys(arguments: &SandboxArguments) -> Result<Keys, String> {
    match &arguments.key {
        _ if arguments.dev => Ok(Keys::Throwaway),
        Some(key) if !arguments.client.is_empty() => {
            let (version, file) = key.split_once('=').unwrap_or(("1", key));
            let version = version.parse().map_err(|_| format!("--key {key:?}: the version is no number"))?;
            let callers = arguments.client.iter().map(|text| peer_key(text)).collect::<Result<_, _>>()?;
            Ok(Keys::files(version, file, callers))
        }
        _ => Err("there are no keys: add --dev, or --key and --client".to_owned()),
    }
}

/// Reads `CLIENT-ID[/VERSION]=FILE`.
fn peer_key(text: &str) -> Result<PeerKey, String> {
    let wrong = || format!("--client {text:?} is not CLIENT-ID[/VERSION]=FILE");
    let (client, file) = text.split_once('=').ok_or_else(wrong)?;
    let (client_id, version) = client.split_once('/').unwrap_or((client, "1"));
    if client_id.is_empty() || file.is_empty() {
        return Err(wrong());
    }
    let version = version.parse().map_err(|_| wrong())?;
    Ok(PeerKey { client_id: client_id.to_owned(), version, file: file.into() })
}
