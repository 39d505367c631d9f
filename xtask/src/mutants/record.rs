//! What was tried: kept beside the code that it belongs to, so that a run can stop anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What became of a mutant: the names of cargo-mutants' own lists.
pub(super) const FATES: &[&str] = &["caught", "missed", "timeout", "unviable"];

/// A group's folder.
pub(super) struct Record {
    folder: PathBuf,
    /// Each mutant that was tried, and its fate.
    pub(super) tried: BTreeMap<String, String>,
}

impl Record {
    /// What was found out about the code as it is; of other code, all is forgotten.
    pub(super) fn open(folder: PathBuf, root: &Path, known: &[String]) -> io::Result<Self> {
        let code = code(root, known)?;
        let kept = folder.join("code.txt");
        if fs::read_to_string(&kept).is_ok_and(|kept| kept != code) {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        fs::write(kept, code)?;
        let mut record = Self { folder, tried: BTreeMap::new() };
        let text = read(&record.results())?;
        record.tried =
            text.lines().filter_map(|line| line.split_once('\t')).map(|(fate, name)| own(name, fate)).collect();
        // A run that was stopped has left its lists.
        record.gather()?;
        Ok(record)
    }

    /// Takes over what a run of cargo-mutants has listed.
    pub(super) fn gather(&mut self) -> io::Result<()> {
        let lists = self.folder.join("mutants.out");
        for fate in FATES {
            let list = read(&lists.join(fate).with_extension("txt"))?;
            self.tried.extend(list.lines().map(|name| own(name, fate)));
        }
        let lines: Vec<_> = self.tried.iter().map(|(name, fate)| format!("{fate}\t{name}\n")).collect();
        fs::write(self.results(), lines.concat())
    }

    /// Where cargo-mutants puts its folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Those of the sample that had this fate.
    pub(super) fn of<'a>(&self, sample: &'a [String], fate: &str) -> Vec<&'a String> {
        sample.iter().filter(|name| self.tried.get(*name).is_some_and(|found| found == fate)).collect()
    }

    fn results(&self) -> PathBuf {
        self.folder.join("tried.txt")
    }
}

/// All that can be changed, and the files around it.
fn code(root: &Path, known: &[String]) -> io::Result<String> {
    let files: BTreeSet<_> = known.iter().filter_map(|name| name.split(':').next()).collect();
    let texts: Vec<_> = files.iter().map(|file| fs::read_to_string(root.join(file))).collect::<io::Result<_>>()?;
    Ok(known.join("\n") + &texts.concat())
}

fn own(name: &str, fate: &str) -> (String, String) {
    (name.to_owned(), fate.to_owned())
}

/// The text of a file, which need not be there.
fn read(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    }
}
