//! `alipayplus`: see `--help`.

#[cfg(not(all(feature = "reconcile", feature = "sandbox")))]
mod absent;
mod conformance;
mod console;
#[cfg(feature = "sandbox")]
mod demo;
mod doctor;
mod http;
mod inquire;
mod keys;
#[cfg(feature = "reconcile")]
mod reconcile;
#[cfg(feature = "sandbox")]
mod sandbox;
mod settings;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

/// Tools for teams that ask or answer Alipay+ payment inquiries, in any language.
///
/// Options that are not about one run only can be set in three places. The first that has one wins: the command line; the
/// environment, where its name begins with ALIPAYPLUS_, in capitals and with underscores; the file alipayplus.toml in the
/// current folder, or the one that --config names.
///
/// Exit codes: 0 all is well, 1 what was tried failed, 2 the command line or the settings are wrong, 3 it could not run.
#[derive(Parser)]
#[command(
    name = "alipayplus",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true
)]
struct Arguments {
    /// Read settings from this TOML file.
    ///
    /// Its keys are names of options without the dashes. Those at the top are for all commands that have the option;
    /// those in a table such as [conformance.mpp] are for that command.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the settings that a command would run with, each with where it comes from, and do nothing else.
    #[arg(long, global = true)]
    print_config: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print a script that completes this command's options in a shell.
    ///
    /// Example: alipayplus completions bash > ~/.local/share/bash-completion/completions/alipayplus
    Completions {
        /// The shell.
        shell: Shell,
    },
    #[command(subcommand)]
    Conformance(conformance::Conformance),
    #[cfg(feature = "sandbox")]
    Demo(demo::DemoArguments),
    #[cfg(not(feature = "sandbox"))]
    #[command(hide = true)]
    Demo(absent::Absent),
    Doctor(Box<doctor::DoctorArguments>),
    Inquire(Box<inquire::InquireArguments>),
    Keys(keys::KeysArguments),
    #[cfg(feature = "reconcile")]
    Reconcile(Box<reconcile::ReconcileArguments>),
    #[cfg(not(feature = "reconcile"))]
    #[command(hide = true)]
    Reconcile(absent::Absent),
    #[cfg(feature = "sandbox")]
    Sandbox(Box<sandbox::SandboxArguments>),
    #[cfg(not(feature = "sandbox"))]
    #[command(hide = true)]
    Sandbox(absent::Absent),
}

fn main() -> ExitCode {
    let arguments = match settings::read::<Arguments>() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    match arguments.command {
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "alipayplus", &mut script);
            console::print(String::from_utf8_lossy(&script).trim_end());
            ExitCode::SUCCESS
        }
        Command::Conformance(command) => conformance::run(command),
        #[cfg(feature = "sandbox")]
        Command::Demo(arguments) => demo::run(&arguments),
        #[cfg(not(feature = "sandbox"))]
        Command::Demo(_) | Command::Sandbox(_) => absent::run("sandbox"),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Inquire(arguments) => inquire::run(&arguments),
        Command::Keys(arguments) => keys::run(arguments),
        #[cfg(feature = "reconcile")]
        Command::Reconcile(arguments) => reconcile::run(&arguments),
        #[cfg(not(feature = "reconcile"))]
        Command::Reconcile(_) => absent::run("reconcile"),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(arguments) => sandbox::run(&arguments),
    }
}
