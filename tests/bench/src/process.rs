//! What a process of its own has used, as the kernel of Linux counts it.

use std::fs;
use std::path::Path;
use std::process::Child;

use crate::Failable;

/// The kernel's unit of a process's time.
const TICKS_PER_SECOND: f64 = 100.0;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Processor time in seconds.
    pub(crate) cpu: f64,
    /// The most memory at a time, in MiB.
    pub(crate) memory: u64,
}

impl Usage {
    /// Returns what a process has used until now.
    ///
    /// # Errors
    /// It has ended.
    pub(crate) fn of(process: &Child) -> Failable<Self> {
        let folder = Path::new("/proc").join(process.id().to_string());
        let status = fs::read_to_string(folder.join("status"))?;
        let memory = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("the system names no memory")?;
        let memory = memory.trim().trim_end_matches(" kB").parse::<u64>()? / 1024;
        let stat = fs::read_to_string(folder.join("stat"))?;
        // The name of the program, in brackets, may have blanks. Time for itself and in the kernel are 11 fields later.
        let (_, fields) = stat.rsplit_once(')').ok_or("the system names no time")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
        Ok(Self { cpu: f64::from(ticks) / TICKS_PER_SECOND, memory })
    }
}
