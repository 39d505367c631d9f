//! `cargo xtask stock-tools`: checks the documents in `docs/`, the example MPP and the command `alipayplus` with software
//! that is independent of this project.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{fs, io};

use crate::program;

use crate::console::say;
use crate::tool::target;

/// The Python packages, with their versions.
const REQUIREMENTS: &str = "tests/tools/requirements.txt";
/// The JavaScript packages, and the versions of all that they need.
const PACKAGES: [&str; 2] = ["tests/tools/package.json", "tests/tools/package-lock.json"];
/// Judges the documents.
const DOCUMENTS: &str = "tests/tools/stock_tools.py";
/// Asks the example MPP by the official client.
const CLIENT: &str = "tests/tools/official_client.py";
/// Tries a caller and an MPP that are written on the official package by `alipayplus conformance`.
const CONFORMANCE: &str = "tests/tools/official_conformance.py";

/// What to do beside the usual.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Judge the documents only, and ask no program.
    #[arg(long)]
    documents: bool,
    /// Judge by the Rust types of other generators too, which take minutes to compile.
    #[arg(long)]
    compiled: bool,
    /// Write a page with the table of the tools, such as docs/stock-tools.md; implies --compiled.
    #[arg(long)]
    report: Option<PathBuf>,
}

/// Installs the tools if they are not there yet, and runs them.
pub(crate) fn run(root: &Path, options: &Options) -> ExitCode {
    match steps(root, options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(why);
            ExitCode::FAILURE
        }
    }
}

fn steps(root: &Path, options: &Options) -> Result<(), String> {
    let python = python(root);
    let python = python.map_err(|error| format!("can't install the Python packages of {REQUIREMENTS}: {error}"))?;
    let modules = modules(root);
    let modules = modules.map_err(|error| format!("can't install the packages of {}: {error}", PACKAGES[0]))?;
    let mut documents = script(&python, root, DOCUMENTS);
    documents.arg(modules);
    if options.compiled || options.report.is_some() {
        let built = target().map_err(|error| error.to_string())?.join("stock-tools-rust");
        documents.arg("--compiled").env("CARGO_TARGET_DIR", built);
    }
    if let Some(page) = &options.report {
        documents.arg("--report").arg(page);
    }
    done(&mut documents).map_err(|error| format!("the stock tools refuse what is in docs/: {error}"))?;
    if options.documents {
        return Ok(());
    }
    let built = program::build(root, &[program::AS_TESTS, &["--bin", "alipayplus"]].concat())?;
    done(script(&python, root, CLIENT).arg(built.program("mpp")?))
        .map_err(|error| format!("the official client and the example MPP disagree: {error}"))?;
    done(script(&python, root, CONFORMANCE).arg(built.program("alipayplus")?))
        .map_err(|error| format!("the official package does not fail as tests/tools/*.known say: {error}"))
}

/// Returns the folder, in the target folder, in which the JavaScript packages are. They are installed again when they
/// change; none of their scripts runs then.
fn modules(root: &Path) -> io::Result<PathBuf> {
    let folder = target()?.join("stock-tools-node");
    let wanted = PACKAGES.map(|path| root.join(path)).into_iter().map(fs::read).collect::<Result<Vec<_>, _>>()?;
    let wanted = wanted.concat();
    let stamp = folder.join("installed");
    if fs::read(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(folder);
    }
    say(format!("installing the packages of {} into {}", PACKAGES[0], folder.display()));
    fs::create_dir_all(&folder)?;
    for path in PACKAGES.map(Path::new) {
        fs::copy(root.join(path), folder.join(path.file_name().unwrap_or_default()))?;
    }
    let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    done(Command::new("npm").args(install).current_dir(&folder).stdin(Stdio::null()))?;
    // Written last: it marks a complete folder.
    fs::write(stamp, wanted)?;
    Ok(folder)
}

/// Runs a script of this repository. Nothing of the user's own Python gets in, and nothing is left in the source
/// folders.
fn script(python: &Path, root: &Path, path: &str) -> Command {
    let mut script = Command::new(python);
    script.args(["-I", "-B"]).arg(root.join(path)).current_dir(root).stdin(Stdio::null());
    script
}

/// Returns the Python of an environment in the target folder that has the packages. It is made again when they change.
fn python(root: &Path) -> io::Result<PathBuf> {
    let requirements = root.join(REQUIREMENTS);
    let wanted = fs::read(&requirements)?;
    let environment = target()?.join("stock-tools");
    let python = environment.join("bin").join("python");
    // Written last: it marks a complete environment.
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
