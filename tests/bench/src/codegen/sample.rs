//! One measurement, in the process that takes it.

use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use super::{lines, typify};
use alipayplus_codegen::output::{self, Files};
use alipayplus_codegen::source;
use alipayplus_codegen::{Failure, SCHEMAS};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// All of `cargo xtask codegen` but writing: read, check, lower, emit, print, compare with what lies there.
    Codegen,
    /// The same of the project itself, with what it generates of other things than its schemas.
    Project,
    /// Typify with its defaults, on the shapes of the same schemas.
    Typify,
}

impl Subject {
    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Codegen => "codegen",
            Self::Project => "project",
            Self::Typify => "typify",
        }
    }
}

impl FromStr for Subject {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let all = [Self::Codegen, Self::Project, Self::Typify];
        all.into_iter().find(|it| it.name() == name).ok_or_else(|| "one of: codegen, project, typify".to_owned())
    }
}

/// What one run took. It travels between processes as one line of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// How long it took.
    pub time: Duration,
    /// How long it kept processors busy, if the system tells: what a busy machine does not change much.
    pub busy: Option<Duration>,
    /// The most memory that the process ever held, if the system tells.
    pub peak: Option<u64>,
    /// How many lines of Rust code came out.
    pub lines: usize,
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let busy = self.busy.unwrap_or_default().as_micros();
        write!(f, "{} {busy} {} {}", self.time.as_micros(), self.peak.unwrap_or_default(), self.lines)
    }
}

impl FromStr for Sample {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let numbers: Vec<u64> = line.split_whitespace().map_while(|number| number.parse().ok()).collect();
        let [time, busy, peak, lines] = numbers[..] else { return Err(()) };
        let lines = usize::try_from(lines).map_err(|_| ())?;
        let time = Duration::from_micros(time);
        let busy = (busy > 0).then(|| Duration::from_micros(busy));
        Ok(Self { time, busy, peak: (peak > 0).then_some(peak), lines })
    }
}

/// Takes a sample of the schemas of a folder.
///
/// # Errors
/// The schemas have an error, or cannot be read.
pub fn take(subject: Subject, folder: &Path) -> Result<Sample, String> {
    match subject {
        Subject::Codegen => counted(timed(|| generated(folder))),
        Subject::Project => counted(timed(|| alipayplus_codegen::differences(folder, false).map(|(_, files)| files))),
        Subject::Typify => {
            let schema = typify::schema(folder)?;
            let (sample, text) = timed(|| typify::generate(&schema));
            Ok(Sample { lines: lines::of_code(&text?), ..sample })
        }
    }
}

fn counted((sample, files): (Sample, Result<Files, Failure>)) -> Result<Sample, String> {
    let files = files.map_err(|failure| failure.to_string())?;
    let code = files.iter().filter(|(path, _)| lines::is_rust(path));
    Ok(Sample { lines: code.map(|(_, text)| lines::of_code(text)).sum(), ..sample })
}

/// What the schemas of a folder generate, compared with what lies there.
pub(super) fn generated(folder: &Path) -> Result<Files, Failure> {
    let sources = source::read_folder(&folder.join(SCHEMAS), SCHEMAS)?;
    let files = alipayplus_codegen::generate(&sources, false)?;
    output::compare(folder, &alipayplus_codegen::folders(), &files)?;
    Ok(files)
}

fn timed<T>(work: impl FnOnce() -> T) -> (Sample, T) {
    let (start, before) = (Instant::now(), busy());
    let done = work();
    let time = start.elapsed();
    let busy = busy().zip(before).map(|(after, before)| after.saturating_sub(before));
    (Sample { time, busy, peak: peak(), lines: 0 }, done)
}

/// Returns the processor time of all threads, ended ones included; Linux reports it in hundredths of a second.
fn busy() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name is in brackets and can contain spaces; user and system time are fields 12 and 13 after it.
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks = rest.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().ok());
    Some(Duration::from_millis(ticks.sum::<Option<u64>>()? * 10))
}

/// The most memory that this process ever held, in bytes: Linux tells.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_travels() {
        let sample = Sample {
            time: Duration::from_micros(1_234_567),
            busy: Some(Duration::from_millis(2_340)),
            peak: Some(4096),
            lines: 9,
        };
        assert_eq!(sample.to_string().parse(), Ok(sample));
        assert_eq!("12 7 1".parse::<Sample>(), Err(()));
        assert_eq!("a fault 1 2 3 4".parse::<Sample>(), Err(()));
    }
}
