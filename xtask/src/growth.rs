//! `cargo xtask growth`: adds operations to a copy of the project, renames and removes them, and runs there what depends
//! on the schema.
//!
//! Whoever adds, renames or removes an operation edits `schema/` and reads snapshots, so all of it passes in the copy
//! without another edit. After a removal the copy is the project again, byte for byte.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{fs, io};

use alipayplus_codegen::SCHEMAS;
use alipayplus_codegen::source::Source;
use serde_json::Value;

use crate::codegen::{self, Format};
use crate::console::say;
use crate::program;
use crate::tool::target;

/// Ends with an operation to copy, under this heading.
const REFERENCE: &str = "schema/README.md";
const EXAMPLE: &str = "## A whole example to copy";
/// The operations of a family.
const FAMILY: &str = "tests/fixtures/family/schema";
/// The file that the operations of a family share.
const SHARED: &str = "common.json";

/// Files by their path from the root.
type Tree = BTreeMap<PathBuf, Vec<u8>>;

const FORMAT: &[&str] = &["fmt", "--all", "--check"];
/// The crates that code is generated into: a schema changes no other text that is checked.
const GENERATED: &[&str] =
    &["--package=alipayplus-model", "--package=alipayplus-client", "--package=alipayplus-server"];
const LINTS: &[&str] = &["clippy", "--lib", "--all-features"];
const DENIED: &[&str] = &["--", "-D", "warnings"];
const TOOLS: &[&str] = &["xtask", "stock-tools"];
/// Without the official client and the official package: they know the operation that the project has already.
const TOOLS_FOR_DOCUMENTS: &[&str] = &["xtask", "stock-tools", "--documents"];
/// A folder of its own follows: the project's documentation stays where it is.
const DOCS: &[&str] = &["doc", "--all-features", "--no-deps", "--quiet", "--target-dir"];
/// The suites that read the schema or name what is generated, but for the one of the public API, which documents the
/// crates where the project's own run does. All packages are selected, so that dependencies have the features that they
/// have there, and are not built again.
const SUITES: &[&str] = &[
    "test",
    "--no-fail-fast",
    "--workspace",
    "--all-features",
    "--test=suite",
    "--test=documents",
    "--test=fixtures",
    "--test=generator",
    "--test=reference",
    "--test=schema",
    "--test=schema_diff",
];
/// The other suites of generated code.
const FURTHER: &[&str] = &["--test=compile_fail", "--test=examples", "--test=family", "--test=family_more"];
/// Makes schemas of its own, for minutes.
const MUTATIONS: &str = "--skip=mutations";
/// What takes long and judges fixtures, schemas of its own, the types of one operation, or what no schema changes.
const SLOW: &[&str] = &[
    "--skip=an_unknown_scenario_fails",
    "--skip=awkward_schemas_compile",
    "--skip=diagnose",
    "--skip=every_case_has_the_diagnostic",
    "--skip=matrix::",
    "--skip=on_random_messages_of_every_fixture",
    "--skip=pairs::",
    "--skip=proxies::",
    "--skip=reports::",
    "--skip=shutdown::",
    "--skip=sizes::",
    "--skip=two_changes_at_once",
    "--skip=validators_",
    "--skip=who_breaks_by",
];

/// Adds the example of the reference, and with `all` the operations of the family, and runs everything.
pub(crate) fn run(root: &Path, all: bool) -> ExitCode {
    program::exit(steps(root, all).map(|()| ExitCode::SUCCESS))
}

fn steps(root: &Path, all: bool) -> Result<(), String> {
    let target = target().map_err(|error| error.to_string())?;
    let mut files = tracked(root)?;
    let copy = Copy(target.join("growth"));
    copy.come_and_go(&files)?;
    if all {
        family(&mut files)?;
        let example = renamed(&example(&files)?)?;
        add(&mut files, example);
        copy.write(&files)?;
        copy.generate()?;
    }
    let docs = target.join("growth-docs").display().to_string();
    let lints = [LINTS, GENERATED, DENIED].concat();
    let docs = [DOCS, &[&docs], GENERATED].concat();
    let suites =
        if all { [SUITES, FURTHER, &["--", MUTATIONS]].concat() } else { [SUITES, &["--", MUTATIONS], SLOW].concat() };
    let tools = if all { TOOLS } else { TOOLS_FOR_DOCUMENTS };
    [FORMAT, &lints, &docs, tools, &suites].iter().try_for_each(|arguments| copy.cargo(&target, arguments))
}

/// The folder of the copy.
struct Copy(PathBuf);

impl Copy {
    /// Adds the example to a copy of these files, renames it and removes it, so that nothing of it is left, and adds it
    /// under its other name.
    fn come_and_go(&self, files: &Tree) -> Result<(), String> {
        let added = example(files)?;
        let renamed = renamed(&added)?;
        self.write(files)?;
        if let Some(path) = difference(&self.with(&[])?, files) {
            return Err(format!("{} is not what the schemas of the project say", path.display()));
        }
        self.with(&[&added])?;
        self.remove(&added)?;
        let after_renaming = self.with(&[&renamed])?;
        self.remove(&renamed)?;
        if let Some(path) = difference(&self.with(&[])?, files) {
            return Err(format!("after the operation is removed, {} is not as it was before", path.display()));
        }
        if let Some(path) = difference(&self.with(&[&renamed])?, &after_renaming) {
            return Err(format!("after the operation is renamed, {} is not what its schema says", path.display()));
        }
        Ok(())
    }

    /// Adds schemas and generates; returns what the copy holds then.
    fn with(&self, schemas: &[&Source]) -> Result<Tree, String> {
        for schema in schemas {
            let path = self.0.join(&schema.path);
            fs::write(&path, &schema.text).map_err(|error| format!("can't write {}: {error}", path.display()))?;
        }
        self.generate()?;
        let mut files = Tree::new();
        read(&self.0, &self.0, &mut files).map_err(|error| format!("can't read {}: {error}", self.0.display()))?;
        Ok(files)
    }

    fn remove(&self, schema: &Source) -> Result<(), String> {
        let path = self.0.join(&schema.path);
        fs::remove_file(&path).map_err(|error| format!("can't remove {}: {error}", path.display()))
    }

    fn generate(&self) -> Result<(), String> {
        let is_done = codegen::run(&self.0, false, Format::Human) == ExitCode::SUCCESS;
        is_done.then_some(()).ok_or_else(|| "the schemas with more operations have errors: see above".into())
    }

    fn write(&self, files: &Tree) -> Result<(), String> {
        write(&self.0, files).map_err(|error| format!("can't write to {}: {error}", self.0.display()))
    }

    /// Runs cargo in the copy, as a maintainer does who accepts what changes.
    fn cargo(&self, target: &Path, arguments: &[&str]) -> Result<(), String> {
        let shown = format!("cargo {}", arguments.join(" "));
        say(format!("in {}: {shown}", self.0.display()));
        let mut step = Command::new(env!("CARGO"));
        step.args(arguments).current_dir(&self.0).stdin(Stdio::null());
        // One folder for all that is built, so that dependencies are built once.
        step.env("CARGO_TARGET_DIR", target).env("CARGO_BUILD_BUILD_DIR", target);
        // Cargo distinguishes packages of two workspaces only by their profiles. Dependencies have a profile of their own.
        step.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_PROFILE_DEV_BUILD_OVERRIDE_DEBUG", "0");
        step.env("RUSTDOCFLAGS", "-D warnings").env("INSTA_UPDATE", "always").env("TRYBUILD", "overwrite");
        match step.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("with more operations, `{shown}` failed: {status}")),
            Err(error) => Err(format!("can't start cargo: {error}")),
        }
    }
}

/// Returns a file that one of two trees lacks, or that differs.
fn difference<'t>(one: &'t Tree, other: &'t Tree) -> Option<&'t PathBuf> {
    one.keys().chain(other.keys()).find(|path| one.get(*path) != other.get(*path))
}

/// Returns the files that git knows or would add.
fn tracked(root: &Path) -> Result<Tree, String> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root).stdin(Stdio::null());
    let listed = git.output().map_err(|error| format!("can't start git: {error}"))?;
    if !listed.status.success() {
        return Err(format!("git: {}", String::from_utf8_lossy(&listed.stderr)));
    }
    let names = String::from_utf8_lossy(&listed.stdout);
    // One that was removed and is not committed is listed as well.
    let files = names.split_terminator('\0').filter_map(|name| Some((name.into(), fs::read(root.join(name)).ok()?)));
    Ok(files.collect())
}

/// Adds a schema.
fn add(files: &mut Tree, schema: Source) {
    files.insert(schema.path.into(), schema.text.into_bytes());
}

fn text(files: &Tree, path: impl AsRef<Path>) -> Result<String, String> {
    let path = path.as_ref();
    let bytes = files.get(path).ok_or_else(|| format!("{} is missing", path.display()))?;
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

/// Returns the operation at the end of the reference.
fn example(files: &Tree) -> Result<Source, String> {
    let reference = text(files, REFERENCE)?;
    let after = reference.split_once(EXAMPLE).and_then(|(_, after)| after.split_once("```json\n"));
    let (text, _) = after.and_then(|(_, text)| text.split_once("```")).ok_or("the reference has no example")?;
    let schema = parse(text)?;
    let name = schema["x-operation"]["name"].as_str().unwrap_or_default();
    Ok(Source { path: format!("{SCHEMAS}/{name}.json"), text: text.to_owned() })
}

/// Returns the operation under another name, on another path and in another file.
fn renamed(schema: &Source) -> Result<Source, String> {
    let name = parse(&schema.text)?["x-operation"]["name"].as_str().unwrap_or_default().to_owned();
    let rename = |text: &str| text.replace(&name, &format!("{name}Again"));
    Ok(Source { path: rename(&schema.path), text: rename(&schema.text) })
}

/// Adds the family's operations, and to the shared file the definitions that only the family has.
fn family(files: &mut Tree) -> Result<(), String> {
    let shared = Path::new(SCHEMAS).join(SHARED);
    let mut common = text(files, &shared)?;
    let (old, new) = (parse(&text(files, Path::new(FAMILY).join(SHARED))?)?, parse(&common)?);
    let folder = |schema: &Value| schema["$id"].as_str().unwrap_or_default().trim_end_matches(SHARED).to_owned();
    let (from, to) = (folder(&old), folder(&new));
    let operations: Vec<_> = files.iter().filter(|(path, _)| path.parent() == Some(Path::new(FAMILY))).collect();
    let operations = operations.into_iter().filter(|(path, _)| !path.ends_with(SHARED));
    let schema = |(path, bytes): (&PathBuf, &Vec<u8>)| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = String::from_utf8_lossy(bytes).replace(&from, &to);
        Source { path: format!("{SCHEMAS}/{name}"), text }
    };
    let operations: Vec<Source> = operations.map(schema).collect();
    let is_used = |name: &str| operations.iter().any(|it| it.text.contains(&format!("{SHARED}#/$defs/{name}\"")));
    let own = old["$defs"].as_object().into_iter().flatten();
    for (name, definition) in own.filter(|(name, _)| new["$defs"].get(name).is_none() && is_used(name)) {
        common = common.replacen("\"$defs\": {", &format!("\"$defs\": {{ \"{name}\": {definition},"), 1);
    }
    add(files, Source { path: format!("{SCHEMAS}/{SHARED}"), text: common });
    for operation in operations {
        add(files, operation);
    }
    Ok(())
}

fn parse(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Makes a folder have these files and no others. One that is there already stays as it is, so that cargo sees what
/// changed since the last time.
fn write(folder: &Path, files: &Tree) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    prune(folder, folder, files)?;
    for (path, bytes) in files {
        let path = folder.join(path);
        if !fs::read(&path).is_ok_and(|found| found == *bytes) {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, bytes)?;
        }
    }
    Ok(())
}

/// Removes what an earlier run left in a folder of the copy.
fn prune(copy: &Path, folder: &Path, files: &Tree) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            prune(copy, &path, files)?;
        } else if path.strip_prefix(copy).is_ok_and(|name| !files.contains_key(name)) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Reads all files of a folder of the copy.
fn read(copy: &Path, folder: &Path, files: &mut Tree) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read(copy, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(copy) {
            files.insert(name.to_owned(), fs::read(&path)?);
        }
    }
    Ok(())
}
