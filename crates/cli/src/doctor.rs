//! `alipayplus doctor`: says why a signature does not verify.

mod capture;
mod curl;
mod evidence;
mod examine;
mod failure;
mod har;
mod http;
mod keys;
mod report;
mod source;

use std::path::PathBuf;
use std::process::ExitCode;

use alipayplus_signing::diagnose::Doctor;
use alipayplus_signing::{Clock, parse_time};
use clap::Args;

use self::examine::Side;
use self::failure::Failure;
use self::source::SourceArguments;
use crate::console::{self, FAILED, could_not_run, usage};

/// Say why a signature does not verify.
///
/// Takes a captured exchange and the keys that you have, names the cause in one sentence, and shows what proves it: the
/// content of the message beside the content that was signed. A signature opens with the public key to the digest that
/// its signer had, so that hardly anything is guessed.
///
/// Values in the body are masked unless --show-body is given. No key is ever printed.
///
/// Exit codes: 0 nothing is wrong, 1 a cause was named, 2 the command line or the settings are wrong, 3 a file could not
/// be read.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct DoctorArguments {
    /// A public key of the other side: a file, with the key version in front if you know it.
    ///
    /// The Client-Id of the key may be in front of the version: CLIENT-ID/VERSION=FILE. Give the keys of other versions
    /// and environments too: they tell a wrong key from changed bytes. At most 16 keys are tried.
    #[arg(long, value_name = "[VERSION=]FILE")]
    peer_key: Vec<String>,
    /// Your own key, private or public.
    #[arg(long, value_name = "FILE")]
    own_key: Option<PathBuf>,
    /// Which side you are. If left out, the keys say it: a request that your own key opens is yours.
    #[arg(long, value_name = "SIDE")]
    side: Option<Side>,
    /// When the exchange was captured, such as 2025-02-20T08:51:49Z.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// A path that a proxy may remove in front of yours. Can be given several times.
    #[arg(long, value_name = "PATH")]
    prefix: Vec<String>,
    /// Show the values in the body, which may be a customer's data.
    #[arg(long)]
    show_body: bool,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
    /// Print all causes as Markdown, and do nothing else.
    #[arg(long)]
    causes: bool,
    #[command(flatten)]
    source: SourceArguments,
}

const EXAMPLES: &str = "\
Examples:
  A captured request, and the caller's public key of version 1:
    alipayplus doctor --request request.http --peer-key 1=caller.pub.pem

  A request that you sent, with the answer that refuses it:
    alipayplus doctor --request request.http --response response.http \\
      --own-key caller.key.pem --peer-key mpp.pub.pem

  A curl command line:
    alipayplus doctor --curl call.sh --peer-key caller.pub.pem

  The evidence that the client kept of an exchange:
    alipayplus doctor --evidence evidence.txt --own-key caller.key.pem --peer-key mpp.pub.pem

  Without a capture:
    alipayplus doctor --uri /aps/api/v1/payments/inquiryPayment \\
      --client-id SANDBOX_5X00000000000000 \\
      --time 2025-02-20T08:51:49Z --body body.json \\
      --signature \"$(cat signature.txt)\" --peer-key caller.pub.pem";

/// Runs the command.
pub(crate) fn run(arguments: &DoctorArguments) -> ExitCode {
    match report(arguments) {
        Ok((text, true)) => {
            console::print(text);
            ExitCode::SUCCESS
        }
        Ok((text, false)) => {
            console::print(text);
            ExitCode::from(FAILED)
        }
        Err(Failure::Usage(message)) => usage(message),
        Err(Failure::Unreadable(message)) => could_not_run(message),
    }
}

/// Returns what to print, and whether nothing is wrong.
fn report(arguments: &DoctorArguments) -> Result<(String, bool), Failure> {
    if arguments.causes {
        return Ok((report::causes(), true));
    }
    let at = match &arguments.at {
        None => None,
        Some(text) => {
            Some(parse_time(text).ok_or_else(|| Failure::Usage(format!("--at {text:?} is no time with an offset")))?)
        }
    };
    let exchange = source::read(&arguments.source)?;
    let keys = match keys::load(&arguments.peer_key, arguments.own_key.as_deref())? {
        keys::Loaded::Keys(keys) => keys,
        keys::Loaded::NoKey { cause, message } => return Ok((report::no_key(cause, &message, arguments.json), false)),
    };
    let doctor = Doctor::new().at(at.unwrap_or_else(|| Clock::system().now()));
    let doctor = arguments.prefix.iter().fold(doctor, Doctor::prefix);
    let doctor = keys.add_to(doctor, exchange.named_version());
    let examined = examine::examine(&doctor, &exchange, arguments.side, at);
    let is_right = examined.iter().all(|examined| examined.diagnosis.is_right());
    let text = if arguments.json {
        report::json(&exchange, &examined, arguments.show_body)
    } else {
        report::text(&exchange, &examined, &keys, arguments.show_body)
    };
    Ok((text, is_right))
}
