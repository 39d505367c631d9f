//! How much memory this process holds: server and askers together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;

/// How often a watch looks.
const EVERY: Duration = Duration::from_millis(50);

/// The resident memory in bytes, where the system tells.
pub(crate) fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kibibytes * 1024)
}

/// For the table.
pub(crate) fn mib(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "unknown here".to_owned(), |bytes| format!("{} MiB", bytes.div_ceil(1 << 20)))
}

/// Looks at the memory again and again, for as long as it lives.
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

    /// The most there was.
    pub(crate) fn most(&self) -> Option<u64> {
        Some(self.most.load(Ordering::Relaxed)).filter(|most| *most > 0)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.looking.abort();
    }
}
