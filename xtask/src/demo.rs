//! `cargo xtask demo`: builds the example MPP and the asking side, and runs the one against the other.

use std::path::Path;
use std::process::ExitCode;

use crate::console::say;
use crate::program;

const BUILD: &[&str] = &["-p", "alipayplus-server", "--example", "mpp", "-p", "alipayplus-demo", "--bins"];

/// Builds both and hands over to the demo.
pub(crate) fn run(root: &Path, json: bool) -> ExitCode {
    say("building the example MPP and the asking side (the first time takes a few minutes)");
    program::exit(start(root, json))
}

fn start(root: &Path, json: bool) -> Result<ExitCode, String> {
    let built = program::build(root, BUILD)?;
    let mut arguments = vec!["--mpp".into(), built.program("mpp")?.into()];
    arguments.extend(json.then(|| "--json".into()));
    program::hand_over(root, built.program("alipayplus-demo")?, &arguments)
}
