//! Commands that a build without their feature does not have.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::console;

/// Whatever the command is given.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Absent {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    _arguments: Vec<OsString>,
}

/// Says which feature has the command.
pub(crate) fn run(feature: &str) -> ExitCode {
    console::usage(format!(
        "this command is in builds of alipayplus with the feature `{feature}`, and this one lacks it"
    ))
}
