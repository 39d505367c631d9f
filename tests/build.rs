//! Generates the crates of every fixture as modules that test targets include.
//!
//! A fixture that does not generate becomes a module with a `compile_error!`: the targets that test the generator
//! itself still build.

#![allow(clippy::unwrap_used, reason = "part of the tests: a missing file ends the build")]
#![allow(unreachable_pub, reason = "two modules are shared with the library, where they are public")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use alipayplus_codegen::source::Source;

#[path = "src/grown.rs"]
mod grown;
#[path = "src/nonsense.rs"]
mod nonsense;
#[path = "src/project.rs"]
mod project;

/// A test that is written once, with the names of the specification, and runs on the nonsense schemas and on grown ones
/// too.
const EXCHANGE: &str = "tests/fixtures/real/exchange.rs";

fn main() -> io::Result<()> {
    for input in ["fixtures", "../schema", EXCHANGE] {
        println!("cargo::rerun-if-changed={input}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    let mut root = String::new();
    for name in project::fixtures() {
        root += &write(&out, &name, &project::fixture(&name), None)?;
    }
    let exchange = fs::read_to_string(EXCHANGE)?;
    root += &write(&out, "grown", &grown::schemas(), Some(&exchange))?;
    root += &write(&out, "nonsense", &nonsense::schemas(), Some(&nonsense::rust(&exchange)))?;
    fs::write(out.join("fixtures.rs"), root)
}

/// Writes the files of a fixture, and a file of its own with the module that holds them; returns that module.
fn write(out: &Path, name: &str, sources: &[Source], exchange: Option<&str>) -> io::Result<String> {
    let folder = out.join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut module = format!("/// The generated crates of the fixture `{name}`.\npub mod {name} {{\n");
    match alipayplus_codegen::generate(sources, false) {
        Ok(files) => {
            for (path, text) in &files {
                // `crates/model/src/generated/common.rs` becomes `model/common.rs`.
                let mut parts = path.components().skip_while(|it| it.as_os_str() != "crates").skip(1);
                let Some(of) = parts.next() else { continue };
                let path = folder.join(of).join(path.file_name().unwrap());
                fs::create_dir_all(path.parent().unwrap())?;
                fs::write(path, text)?;
            }
            for (of, uses) in [("model", ""), ("client", "use super::model;\n"), ("server", "use super::model;\n")] {
                let path = folder.join(of).join("mod.rs").display().to_string();
                write!(
                    module,
                    "/// The {of}.\npub mod {of} {{\n{uses}#[path = {path:?}]\nmod generated;\npub use generated::*;\n}}\n"
                )
                .unwrap();
            }
        }
        Err(failure) => writeln!(module, "compile_error!({:?});", format!("{name}: {failure}")).unwrap(),
    }
    if let Some(exchange) = exchange {
        let path = folder.join("exchange.rs").display().to_string();
        fs::create_dir_all(&folder)?;
        fs::write(&path, exchange)?;
        writeln!(module, "#[cfg(test)]\n#[path = {path:?}]\nmod exchange;").unwrap();
    }
    module += "}\n";
    fs::write(folder.with_extension("rs"), &module)?;
    Ok(module)
}
