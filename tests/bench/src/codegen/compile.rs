//! Compiles a family's code as its own crate.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::sample;
use alipayplus_codegen::output::Files;

/// The modules that the generated folders go into, as they lie in the published crates.
const ROOT: &str = "//! A family of operations, made for measuring.

/// The model.
pub mod model {
    mod generated;
    pub use generated::*;
}

/// The client.
pub mod client {
    use super::model;
    mod generated;
    pub use generated::*;
}

/// The server.
pub mod server {
    use super::model;
    mod generated;
    pub use generated::*;
}
";

/// Checks the code of a family with the compiler; returns the duration, with all dependencies checked before.
pub(super) fn check(root: &Path, family: &Path, folder: &Path) -> Result<Duration, String> {
    let crate_folder = folder.join("crate");
    let files = sample::generated(family).map_err(|failure| failure.to_string())?;
    // First without the family: its dependencies.
    write(root, &crate_folder, &Files::new())?;
    cargo(&crate_folder, folder)?;
    write(root, &crate_folder, &files)?;
    let start = Instant::now();
    cargo(&crate_folder, folder)?;
    Ok(start.elapsed())
}

fn cargo(crate_folder: &Path, folder: &Path) -> Result<(), String> {
    let mut check = Command::new(env!("CARGO"));
    check.args(["check", "--offline", "--quiet", "--target-dir"]).arg(folder.join("target"));
    let status = check.current_dir(crate_folder).stdin(Stdio::null()).status();
    let status = status.map_err(|error| format!("can't start cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err("the generated code does not compile: see above".into()) }
}

/// Writes a crate of these files; without files, an empty one with the same dependencies.
fn write(root: &Path, folder: &Path, files: &Files) -> Result<(), String> {
    let fail = |error| format!("{}: {error}", folder.display());
    let source = folder.join("src");
    if source.exists() {
        fs::remove_dir_all(&source).map_err(fail)?;
    }
    fs::create_dir_all(&source).map_err(fail)?;
    fs::write(folder.join("Cargo.toml"), manifest(root)).map_err(fail)?;
    // The same versions as in the workspace.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).map_err(fail)?;
    fs::write(source.join("lib.rs"), if files.is_empty() { "" } else { ROOT }).map_err(fail)?;
    for (path, text) in files {
        let Some(path) = module(path) else { continue };
        let path = source.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&source)).map_err(fail)?;
        fs::write(path, text).map_err(fail)?;
    }
    Ok(())
}

/// `crates/model/src/generated/a.rs` becomes `model/generated/a.rs`; `None` for a document.
fn module(path: &Path) -> Option<std::path::PathBuf> {
    let rest = path.strip_prefix("crates").ok()?;
    Some(rest.components().filter(|part| part.as_os_str() != "src").collect())
}

/// Returns the manifest of a package outside of the workspace.
fn manifest(root: &Path) -> String {
    let crates = root.join("crates");
    let own = ["model", "runtime", "client", "server"].map(|name| {
        let path = crates.join(name);
        format!("alipayplus-{name} = {{ path = {:?} }}\n", path.display().to_string())
    });
    format!(
        "[package]\nname = \"bench-family\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[features]\n\
         schemars = [\"alipayplus-model/schemars\"]\n\n[dependencies]\n{}rust_decimal = \"*\"\nserde = \"*\"\n",
        own.concat()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_files_become_modules() {
        let path = Path::new("crates/model/src/generated/shared.rs");
        assert_eq!(module(path).as_deref(), Some(Path::new("model/generated/shared.rs")));
        assert_eq!(module(Path::new("docs/openapi.json")), None);
    }
}
