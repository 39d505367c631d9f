//! `cargo xtask bench codegen`: how long the generator takes, how much memory and how many lines, compared with typify.
//!
//! Every number is taken in a process of its own, so that memory is that of one run: the command writes the families to
//! the target folder and starts itself once for each [`sample`]. Rounds go through all
//! subjects in turn, so that a machine that slows down slows all of them.

mod compile;
mod figures;
mod lines;
mod report;
pub mod sample;
mod typify;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use alipayplus_codegen::SCHEMAS;
use alipayplus_tests::synthetic;
use figures::Figures;
use report::{Report, Size};
use sample::Sample;
pub use sample::Subject;

/// What `bench codegen` was asked for.
#[derive(Debug)]
pub struct Options {
    /// How many operations the families have, the smallest first.
    pub sizes: Vec<usize>,
    /// Whether the code of the largest family is compiled too.
    pub compile: bool,
    /// This program in the profile that `cargo xtask` uses.
    pub dev: PathBuf,
}

/// Measures everything, and reports progress line by line.
///
/// # Errors
/// In words: what could not be built, written or started.
pub fn measure(root: &Path, options: &Options, say: &dyn Fn(&str)) -> Result<Report, String> {
    let release = &std::env::current_exe().map_err(|error| format!("can't find this program: {error}"))?;
    let folder = release.parent().and_then(Path::parent).unwrap_or(root).join("bench");
    let mut sizes = Vec::new();
    for &operations in &options.sizes {
        sizes.push(Size::new(operations, write(&folder.join(operations.to_string()), operations)?));
    }
    let mut real = Figures::default();
    for round in 0..=report::ROUNDS {
        // The first round fills caches.
        say(&if round == 0 { "warming up".to_owned() } else { format!("round {round} of {}", report::ROUNDS) });
        let keep = |figures: &mut Figures, sample: Sample| (round > 0).then(|| figures.add(sample));
        for size in &mut sizes {
            let folder = folder.join(size.operations.to_string());
            keep(&mut size.codegen, take(release, Subject::Codegen, &folder)?);
            keep(&mut size.typify, take(release, Subject::Typify, &folder)?);
        }
        keep(&mut real, take(&options.dev, Subject::Project, root)?);
    }
    let compiled = match (options.compile, options.sizes.last()) {
        (true, Some(&operations)) => {
            say(&format!("compiling the code of {operations} operations"));
            let family = folder.join(operations.to_string());
            Some(compile::check(root, &family, &folder)?)
        }
        _ => None,
    };
    Ok(Report { sizes, real, compiled })
}

/// Writes a family, and says how many bytes it has.
fn write(folder: &Path, operations: usize) -> Result<usize, String> {
    let schemas = folder.join(SCHEMAS);
    let fail = |error| format!("{}: {error}", schemas.display());
    if schemas.exists() {
        fs::remove_dir_all(&schemas).map_err(fail)?;
    }
    fs::create_dir_all(&schemas).map_err(fail)?;
    let family = synthetic::family(operations);
    for source in &family {
        fs::write(folder.join(&source.path), &source.text).map_err(fail)?;
    }
    Ok(family.iter().map(|source| source.text.len()).sum())
}

/// Takes one sample in a process of its own.
fn take(program: &Path, subject: Subject, folder: &Path) -> Result<Sample, String> {
    let output = Command::new(program).args(["sample", subject.name()]).arg(folder).output();
    let output = output.map_err(|error| format!("{}: {error}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let sample = text.parse().ok().filter(|_| output.status.success());
    sample.ok_or_else(|| {
        let why = String::from_utf8_lossy(&output.stderr);
        format!("{} in {} failed: {}{text}", subject.name(), folder.display(), why)
    })
}
