//! When and where it was measured.

use std::fs;
use std::thread;

use alipayplus_signing::{Clock, format_time};

/// One line for the page that the tables go to.
pub(crate) fn line() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("an unknown processor", |(_, model)| model);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {cores} cores of {model}, load {load} at the start", format_time(Clock::system().now()))
}
