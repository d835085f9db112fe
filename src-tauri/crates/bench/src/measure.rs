//! What a piece of work cost: CPU, wall, memory.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// One measured run of one side.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ran {
    /// Seconds of CPU.
    pub(crate) cpu: f64,
    /// Seconds by the clock.
    pub(crate) wall: f64,
    pub(crate) requests: u64,
    pub(crate) bytes: u64,
    pub(crate) peak_rss: u64,
    pub(crate) holds: Holds,
}

/// What a side ended up with, to be compared with the sandbox's digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holds {
    pub(crate) transactions: u64,
    /// Exact sums by currency.
    pub(crate) sums: BTreeMap<String, String>,
}

/// A stopwatch for CPU and wall of this process.
pub(crate) struct Watch {
    cpu: Duration,
    wall: Instant,
}

impl Watch {
    pub(crate) fn start() -> Self {
        Self { cpu: own_cpu(), wall: Instant::now() }
    }

    /// Adds what has passed since the start.
    pub(crate) fn add_to(&self, ran: &mut Ran) {
        ran.cpu += (own_cpu() - self.cpu).as_secs_f64();
        ran.wall += self.wall.elapsed().as_secs_f64();
    }
}

#[cfg(unix)]
mod rusage {
    use nix::sys::resource::{UsageWho, getrusage};
    use std::time::Duration;

    /// All threads of this process.
    pub(crate) fn own_cpu() -> Duration {
        let micros = |time: nix::sys::time::TimeVal| {
            let (seconds, micros) = (u64::try_from(time.tv_sec()).unwrap_or(0), u64::try_from(time.tv_usec()).unwrap_or(0));
            Duration::from_secs(seconds) + Duration::from_micros(micros)
        };
        getrusage(UsageWho::RUSAGE_SELF).map(|usage| micros(usage.user_time()) + micros(usage.system_time())).unwrap_or_default()
    }
}

#[cfg(not(unix))]
mod rusage {
    use std::time::Duration;

    /// Not measured here: ratios of CPU are then left out.
    pub(crate) fn own_cpu() -> Duration {
        Duration::ZERO
    }
}

pub(crate) use rusage::own_cpu;

/// The most memory this process ever held, where the system tells.
pub(crate) fn peak_rss() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap_or(0) * 1024
}
