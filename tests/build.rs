//! Turns the committed snapshots of generated files back into modules, so that a test target compiles all of them.
//!
//! It reads text alone and knows nothing of the generator: what is compiled is what was reviewed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The file that the fixtures share is reviewed once.
const SHARED: &str = "model.common";

fn main() -> io::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let snapshots = Path::new("snapshots").join("fixtures");
    println!("cargo::rerun-if-changed={}", snapshots.display());
    let mut root = String::new();
    for fixture in entries(&snapshots)? {
        let name = file_name(&fixture);
        if name == "shared" {
            continue;
        }
        let to = out.join(&name);
        match fs::remove_dir_all(&to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let shared = snapshots.join("shared").join(format!("{SHARED}.snap"));
        let own = entries(&fixture)?;
        for snapshot in [&shared].into_iter().chain(&own) {
            // `model.common.snap` is the module `common` of the model; `exchange.snap` is a test of the whole.
            let file = file_name(snapshot);
            let stem = file.strip_suffix(".snap").unwrap_or(&file);
            let path = to.join(stem.replace('.', "/")).with_extension("rs");
            fs::create_dir_all(path.parent().unwrap_or(&to))?;
            fs::write(path, content(&fs::read_to_string(snapshot)?))?;
        }
        // Alone for those who use one fixture, and with all others for the target that compiles them.
        let mut module = String::new();
        write!(
            module,
            "/// The generated crates of the fixture `{name}`.\npub mod {name} {{\n\
             /// The model.\npub mod model {{\n#[path = {model:?}]\nmod generated;\npub use generated::*;\n}}\n\
             /// The client.\npub mod client {{\nuse super::model;\n#[path = {client:?}]\nmod generated;\npub use generated::*;\n}}\n\
             /// The server.\npub mod server {{\nuse super::model;\n#[path = {server:?}]\nmod generated;\npub use generated::*;\n}}\n{exchange}}}\n",
            model = path(&to, "model"),
            client = path(&to, "client"),
            server = path(&to, "server"),
            exchange = if to.join("exchange.rs").exists() {
                format!("#[cfg(test)]\n#[path = {:?}]\nmod exchange;\n", to.join("exchange.rs").display().to_string())
            } else {
                String::new()
            },
        )
        .map_err(io::Error::other)?;
        fs::write(to.with_extension("rs"), &module)?;
        root += &module;
    }
    fs::write(out.join("fixtures.rs"), root)
}

fn path(fixture: &Path, of: &str) -> String {
    fixture.join(of).join("mod.rs").display().to_string()
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut all = match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    all.sort();
    Ok(all)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A snapshot without insta's header, which two lines of dashes enclose.
fn content(snapshot: &str) -> &str {
    snapshot.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(snapshot, |(_, content)| content)
}
