//! `cargo xtask demo`: builds the command, and runs its demo.

use std::path::Path;
use std::process::ExitCode;

use crate::console::say;
use crate::program;

/// Builds the command and hands over to it.
pub(crate) fn run(root: &Path, json: bool, stay: bool) -> ExitCode {
    say("building the command alipayplus (the first time takes a few minutes)");
    program::exit(start(root, json, stay))
}

fn start(root: &Path, json: bool, stay: bool) -> Result<ExitCode, String> {
    let built = program::build(root, &["-p", "alipayplus-cli", "--bins"])?;
    let options = [(json, "--json"), (stay, "--stay")].into_iter().filter(|(is_given, _)| *is_given);
    let arguments: Vec<_> = std::iter::once("demo").chain(options.map(|(_, option)| option)).map(Into::into).collect();
    program::hand_over(root, built.program("alipayplus")?, &arguments)
}
