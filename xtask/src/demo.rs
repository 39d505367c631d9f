//! `cargo xtask demo`: builds the command, and runs its demo.

use std::path::Path;
use std::process::ExitCode;

use crate::console::say;
use crate::program;

/// What the demo needs of the command, and no more.
const SELECTED: &[&str] = &["-p", "alipayplus-cli", "--no-default-features", "--features", "sandbox"];

/// Builds the command and hands over to it.
pub(crate) fn run(root: &Path, json: bool, stay: bool, all_features: bool) -> ExitCode {
    say("building the command alipayplus (the first time takes a few minutes)");
    let selected = if all_features { program::AS_TESTS } else { SELECTED };
    program::exit(start(root, selected, json, stay))
}

fn start(root: &Path, selected: &[&str], json: bool, stay: bool) -> Result<ExitCode, String> {
    let built = program::build(root, &[selected, &["--bin", "alipayplus"]].concat())?;
    let options = [(json, "--json"), (stay, "--stay")].into_iter().filter(|(is_given, _)| *is_given);
    let arguments: Vec<_> = std::iter::once("demo").chain(options.map(|(_, option)| option)).map(Into::into).collect();
    program::hand_over(root, built.program("alipayplus")?, &arguments)
}
