//! The memory of this process: server and clients together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;

/// The interval of measurements.
const EVERY: Duration = Duration::from_millis(50);

/// Returns the resident memory in bytes, where the system reports it.
pub(crate) fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kibibytes * 1024)
}

/// Formats a number of bytes for the table.
pub(crate) fn mib(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "unknown here".to_owned(), |bytes| format!("{} MiB", bytes.div_ceil(1 << 20)))
}

/// Measures the memory repeatedly until it is dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    most: Arc<AtomicU64>,
    looking: JoinHandle<()>,
}

impl Watch {
    pub(crate) fn start() -> Self {
        let most = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&most);
        let looking = tokio::spawn(async move {
            loop {
                seen.fetch_max(resident().unwrap_or_default(), Ordering::Relaxed);
                tokio::time::sleep(EVERY).await;
            }
        });
        Self { most, looking }
    }

    /// Returns the maximum.
    pub(crate) fn most(&self) -> Option<u64> {
        Some(self.most.load(Ordering::Relaxed)).filter(|most| *most > 0)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.looking.abort();
    }
}
