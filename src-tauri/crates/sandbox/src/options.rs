//! How a sandbox is set up.

use crate::faults::Rule;
use crate::switches::Switches;
use crate::world::Mode;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;

/// Set-up of a sandbox.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port on 127.0.0.1; none = any free one.
    pub port: Option<u16>,
    /// Everything that looks random follows from it.
    pub seed: u64,
    /// Companies that are there from the start.
    pub companies: u32,
    /// Accounts a connection; 0 = as the bank has them.
    pub accounts: u32,
    /// Transactions a connection before it was linked; none = as such a business has.
    pub transactions: Option<u32>,
    /// Months of history before a connection was linked.
    pub months: u32,
    /// Provider.
    pub mode: Mode,
    /// Faults from the start.
    pub script: Vec<Rule>,
    /// State is kept here over restarts.
    pub state_file: Option<PathBuf>,
    /// The client-wide redirect template.
    pub redirect_url: Option<String>,
    /// Syncs run this many times faster than the usual 3 to 8 seconds; 0 = at once.
    pub speed: u32,
    /// The clock stands at this moment until it is turned over `POST /control/clock`; none = the computer's clock.
    pub clock: Option<Timestamp>,
    /// Undocumented behaviour.
    pub switches: Switches,
    /// Name of the Codat client.
    pub client_name: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: None,
            seed: 1,
            companies: 0,
            accounts: 0,
            transactions: None,
            months: 24,
            mode: Mode::TrueLayer,
            script: vec![],
            state_file: None,
            redirect_url: None,
            speed: 1,
            clock: None,
            switches: Switches::default(),
            client_name: "Harbourline Finance (sandbox)".into(),
        }
    }
}

/// A key that follows from the seed, and from whose it is.
pub(crate) fn key_of(seed: u64, whose: &str) -> String {
    let hash = Sha256::digest(format!("fairlead sandbox {whose} {seed}"));
    hash.iter().take(20).map(|byte| format!("{byte:02x}")).collect()
}
