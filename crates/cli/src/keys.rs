//! `alipayplus keys`: new pairs, and what is in a file.

mod form;

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use alipayplus_signing::{KeyError, KeyErrorKind, PrivateKey, PublicKey};
use clap::{Args, Subcommand};
use form::{Bits, Form, PrivateDer};
use serde_json::{Value, json};

use crate::console::{could_not_run, print, say, with_causes};
use crate::settings::PER_RUN;

/// Make keys, look into them, and write them in another form.
///
/// A private key is written to a file that only its owner can read, and never over another file without --force.
#[derive(Args)]
pub(crate) struct KeysArguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a new pair: NAME.key, which stays with you, and NAME.pub, which the other side gets.
    #[command(
        after_help = "Examples:\n  alipayplus keys new mpp\n  alipayplus keys new --for java --bits 3072 acquirer"
    )]
    New {
        /// The path of both files without their endings.
        name: PathBuf,
        /// Whose form the files have.
        #[arg(long = "for", value_enum, default_value_t = Form::Openssl)]
        form: Form,
        /// The size of the key.
        #[arg(long, default_value_t = Bits::Small, value_enum)]
        bits: Bits,
        /// Write over files that are there.
        #[arg(help_heading = PER_RUN, long)]
        force: bool,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Show what is in files: private or public, size, fingerprint, or what is wrong with it.
    #[command(after_help = "Example:\n  alipayplus keys show mpp.key mpp.pub")]
    Show {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Write a key in another form.
    #[command(after_help = "Example:\n  alipayplus keys convert mpp.key --for python --out mpp.python.key")]
    Convert {
        /// The key: private or public, in any form.
        file: PathBuf,
        /// Whose form the new file has.
        #[arg(long = "for", value_enum)]
        form: Form,
        /// The new file. Without it, a public key is printed.
        #[arg(help_heading = PER_RUN, long)]
        out: Option<PathBuf>,
        /// Print a private key if there is no --out.
        #[arg(help_heading = PER_RUN, long)]
        print_private: bool,
        /// Write over a file that is there.
        #[arg(help_heading = PER_RUN, long)]
        force: bool,
    },
    /// Check that a private and a public key are a pair.
    #[command(after_help = "Example:\n  alipayplus keys check mpp.key mpp.pub")]
    Check {
        /// The private key.
        private: PathBuf,
        /// The public key.
        public: PathBuf,
    },
}

/// Runs the command.
pub(crate) fn run(arguments: KeysArguments) -> ExitCode {
    let done = match arguments.command {
        Command::New { name, form, bits, force, json } => new(&name, form, bits, force, json),
        Command::Show { files, json } => return show(&files, json),
        Command::Convert { file, form, out, print_private, force } => {
            convert(&file, form, out.as_deref(), print_private, force)
        }
        Command::Check { private, public } => return check(&private, &public),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => could_not_run(why),
    }
}

fn new(name: &Path, form: Form, bits: Bits, force: bool, json: bool) -> Result<(), String> {
    let key = PrivateDer::generate(bits)?;
    let public = key.public_key().map_err(|error| error.to_string())?;
    let [private_file, public_file] = ["key", "pub"].map(|ending| {
        let mut path = name.as_os_str().to_owned();
        path.push(format!(".{ending}"));
        PathBuf::from(path)
    });
    if let Some(file) = [&private_file, &public_file].into_iter().find(|file| !force && file.symlink_metadata().is_ok())
    {
        return Err(is_there(file));
    }
    write(&private_file, &form.private(&key), true, force)?;
    write(&public_file, &form.public(&public), false, force)?;
    let (private_file, public_file) = (private_file.display().to_string(), public_file.display().to_string());
    let fingerprint = public.fingerprint();
    if json {
        print(json!({ "private": private_file, "public": public_file, "bits": public.bits(), "fingerprint": fingerprint }).to_string());
    } else {
        print(format!(
            "{private_file}  the private key, {} bits: keep it\n\
             {public_file}  the public key: send it to the other side, with a version\n\
             fingerprint {fingerprint}: compare it by another way than the one the key took",
            public.bits(),
        ));
    }
    Ok(())
}

fn show(files: &[PathBuf], json: bool) -> ExitCode {
    let found: Vec<_> = files.iter().map(|file| (file.display().to_string(), look(file))).collect();
    let broken = found.iter().any(|(_, found)| found.is_err());
    if json {
        let row = |(file, found): &(String, Result<Found, KeyError>)| match found {
            Ok(Found { is_private, key }) => {
                let kind = if *is_private { "private" } else { "public" };
                json!({ "file": file, "kind": kind, "bits": key.bits(), "fingerprint": key.fingerprint() })
            }
            Err(error) => json!({ "file": file, "error": with_causes(error) }),
        };
        print(Value::from(found.iter().map(row).collect::<Vec<_>>()).to_string());
    } else {
        for (file, found) in &found {
            match found {
                Ok(Found { is_private, key }) => {
                    let kind = if *is_private { "private" } else { "public" };
                    print(format!("{file}: {kind} key, {} bits, fingerprint {}", key.bits(), key.fingerprint()));
                }
                Err(error) => say(with_causes(error)),
            }
        }
    }
    if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// A key in a file.
struct Found {
    is_private: bool,
    /// Its public half.
    key: PublicKey,
}

/// Reads a key of either kind. The error is that of the kind which the file looks like.
fn look(file: &Path) -> Result<Found, KeyError> {
    match PrivateKey::from_file(file) {
        Ok(key) => Ok(Found { is_private: true, key: key.public_key() }),
        Err(error) if matches!(error.problem(), Some(KeyErrorKind::PublicKey)) => {
            PublicKey::from_file(file).map(|key| Found { is_private: false, key })
        }
        Err(error) => Err(error),
    }
}

fn convert(file: &Path, form: Form, out: Option<&Path>, print_private: bool, force: bool) -> Result<(), String> {
    let found = look(file).map_err(|error| with_causes(&error))?;
    let text = if found.is_private { form.private(&PrivateDer::from_file(file)?) } else { form.public(&found.key) };
    match out {
        Some(out) => write(out, &text, found.is_private, force),
        None if found.is_private && !print_private => {
            Err("a private key is not printed: name a file with --out, or add --print-private".to_owned())
        }
        None => {
            print(text.trim_end());
            Ok(())
        }
    }
}

fn check(private: &Path, public: &Path) -> ExitCode {
    let read = || -> Result<bool, KeyError> {
        Ok(PrivateKey::from_file(private)?.public_key() == PublicKey::from_file(public)?)
    };
    match read() {
        Ok(true) => {
            print("they are a pair");
            ExitCode::SUCCESS
        }
        Ok(false) => {
            say("they are no pair: what the one signs, the other does not verify");
            ExitCode::FAILURE
        }
        Err(error) => could_not_run(with_causes(&error)),
    }
}

/// Writes a new file, which for a private key only its owner can read from the first byte on.
fn write(path: &Path, text: &str, is_private: bool, force: bool) -> Result<(), String> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => is_there(path),
        _ => format!("can't write {}: {error}", path.display()),
    };
    if force {
        // Its mode would stay. One that is not there need not go.
        let _ = fs::remove_file(path);
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if is_private { 0o600 } else { 0o644 });
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

fn is_there(path: &Path) -> String {
    format!("{} is there already: choose another name, or add --force", path.display())
}
