//! The cost of work by two clocks.

use std::time::Duration;

use rustix::time::{ClockId, Timespec, clock_gettime};

/// The cost of one piece of work, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Cost {
    /// Processor time: other programs affect it little.
    pub(crate) cpu: f64,
    /// Elapsed time.
    pub(crate) wall: f64,
}

/// Readings of the clocks, or their difference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    wall: Duration,
    thread: Duration,
    process: Duration,
}

impl Clocks {
    pub(crate) fn now() -> Self {
        Self {
            process: read(ClockId::ProcessCPUTime),
            wall: read(ClockId::Monotonic),
            thread: read(ClockId::ThreadCPUTime),
        }
    }

    /// Returns the cost of this many pieces of work of this thread.
    pub(crate) fn here(self, pieces: u32) -> Cost {
        let took = self.until(Self::now());
        Cost { cpu: each(took.thread, pieces), wall: each(took.wall, pieces) }
    }

    /// Returns the cost of this many pieces of work of all other threads. They must be idle, since the time of a
    /// running thread is not exact.
    pub(crate) fn elsewhere(self, pieces: u32) -> Cost {
        let took = self.until(Self::now());
        Cost { cpu: each(took.process.saturating_sub(took.thread), pieces), wall: each(took.wall, pieces) }
    }

    fn until(self, end: Self) -> Self {
        Self {
            process: end.process.saturating_sub(self.process),
            wall: end.wall.saturating_sub(self.wall),
            thread: end.thread.saturating_sub(self.thread),
        }
    }
}

fn each(time: Duration, pieces: u32) -> f64 {
    time.as_secs_f64() / f64::from(pieces)
}

fn read(clock: ClockId) -> Duration {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(clock);
    Duration::new(tv_sec.try_into().unwrap_or(0), tv_nsec.try_into().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;
    use std::thread;

    use super::*;

    fn work() {
        for n in 0..1_000_000_u64 {
            black_box(n);
        }
    }

    #[test]
    fn each_thread_has_its_own_time() {
        let begin = Clocks::now();
        let other = thread::spawn(move || {
            work();
            Clocks::now().thread
        });
        let busy = other.join().unwrap().as_secs_f64();
        let (here, elsewhere) = (begin.here(1), begin.elsewhere(1));
        assert!(busy > 0.0 && elsewhere.cpu >= busy, "{busy} {elsewhere:?}");
        assert!(here.cpu < elsewhere.cpu && here.wall > 0.0, "{here:?} {elsewhere:?}");
    }

    #[test]
    fn a_piece_has_its_share() {
        assert_eq!(each(Duration::from_secs(6), 3).to_bits(), 2.0_f64.to_bits());
    }
}
