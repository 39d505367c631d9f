//! Programs that cargo has no part of: installed into the target folder, each in its version.

use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::console::say;

/// A program from the crates registry.
#[derive(Clone, Copy)]
pub(crate) struct Tool {
    /// Its package, which has the program's name.
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

impl Tool {
    /// Returns where the program lies. It is built first, unless it is there.
    pub(crate) fn program(self) -> Result<PathBuf, String> {
        let Self { name, version } = self;
        let target = target().map_err(|error| error.to_string())?;
        // A version has a folder of its own, so that a new one is installed, and an old one stays for an older branch.
        let folder = target.join("tools").join(format!("{name}-{version}"));
        let program = folder.join("bin").join(name).with_extension(std::env::consts::EXE_EXTENSION);
        if program.exists() {
            return Ok(program);
        }
        say(format!("installing {name} {version} into {} (takes some minutes, once)", folder.display()));
        let mut install = Command::new(env!("CARGO"));
        // Without optimisation: it is built in half the time, and runs for seconds.
        install.args(["install", "--quiet", "--locked", "--debug", name, "--version", version, "--root"]).arg(&folder);
        // What it is built from goes to a folder that cargo throws away.
        install.env_remove("CARGO_TARGET_DIR").stdin(Stdio::null());
        match install.status() {
            Ok(status) if status.success() => Ok(program),
            Ok(status) => Err(format!("can't install {name} {version}: cargo ended with {status}")),
            Err(error) => Err(format!("can't start cargo: {error}")),
        }
    }
}

/// Returns where cargo put this program: `target/debug/xtask`.
pub(crate) fn target() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2).ok_or_else(|| io::Error::other("this program lies in no target folder"))?;
    Ok(target.to_owned())
}
