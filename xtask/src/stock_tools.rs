//! `cargo xtask stock-tools`: the documents in `docs/` before tools that know nothing of this project.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{fs, io};

use crate::say;
use crate::tool::target;

/// The Python packages, with their versions.
const REQUIREMENTS: &str = "tests/tools/requirements.txt";
/// What runs them.
const SCRIPT: &str = "tests/tools/stock_tools.py";

/// Installs the tools if they are not there yet, and runs them.
pub(crate) fn run(root: &Path) -> ExitCode {
    let python = match python(root) {
        Ok(python) => python,
        Err(error) => {
            say(format!("can't install the Python packages of {REQUIREMENTS}: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let mut script = Command::new(python);
    // Nothing of the user's own Python gets in, and nothing is left in the source folders.
    script.args(["-I", "-B"]).arg(root.join(SCRIPT)).current_dir(root).stdin(Stdio::null());
    match done(&mut script) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format!("the stock tools refuse what is in docs/: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The Python of an environment in the target folder that has the packages. It is made again when they change.
fn python(root: &Path) -> io::Result<PathBuf> {
    let requirements = root.join(REQUIREMENTS);
    let wanted = fs::read(&requirements)?;
    let environment = target()?.join("stock-tools");
    let python = environment.join("bin").join("python");
    // Written last: it stands for an environment that is whole.
    let stamp = environment.join("requirements.txt");
    if fs::read(&stamp).is_ok_and(|found| found == wanted) && python.exists() {
        return Ok(python);
    }
    say(format!("installing the Python packages of {REQUIREMENTS} into {}", environment.display()));
    done(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment).stdin(Stdio::null()))?;
    let install = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--requirement"];
    done(Command::new(&python).args(install).arg(&requirements).stdin(Stdio::null()))?;
    fs::write(stamp, wanted)?;
    Ok(python)
}

fn done(command: &mut Command) -> io::Result<()> {
    let status = command.status()?;
    let program = command.get_program().display();
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("{program} ended with {status}"))) }
}
