//! How a sandbox is set up, and the switches for behaviour that Codat does not document.

use crate::faults::Rule;
use crate::world::Mode;
use serde::{Deserialize, Serialize};
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
    /// Provider.
    pub mode: Mode,
    /// Faults from the start.
    pub script: Vec<Rule>,
    /// State is kept here over restarts.
    pub state_file: Option<PathBuf>,
    /// The client-wide redirect template.
    pub redirect_url: Option<String>,
    /// Reads run this many times faster than the usual 3 to 8 seconds; 0 = at once.
    pub speed: u32,
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
            mode: Mode::TrueLayer,
            script: vec![],
            state_file: None,
            redirect_url: None,
            speed: 1,
            switches: Switches::default(),
            client_name: "Harbourline Finance (sandbox)".into(),
        }
    }
}

impl Options {
    /// The key that follows from the seed.
    pub(crate) fn api_key(&self) -> String {
        let hash = Sha256::digest(format!("fairlead sandbox key {}", self.seed));
        hash.iter().take(20).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Behaviour on which Codat is silent; each can be turned either way while running.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Switches {
    /// Links carry a one-time password and work once, for a day.
    pub one_time_links: bool,
    /// Status of `DatasetAlreadyInProgressException`: 400 or 409.
    pub in_progress_status: u16,
    /// A synced but empty set answers 404 instead of an empty page.
    pub empty_is_404: bool,
    /// Form of `X-Rate-Limit-Reset`.
    pub reset_form: ResetForm,
    /// Seconds between consent and the connection reading `Linked`.
    pub link_delay_seconds: u32,
    /// Further banks that one visit links beside the asked one.
    pub extra_connections: u32,
    /// The redirect may go to a scheme that is not http(s).
    pub custom_scheme_redirect: bool,
    /// 2020-style answers: `platformType`, `queue/all`, old member names.
    pub legacy: bool,
    /// The tag index lags this many requests of the list behind.
    pub tag_lag: u32,
    /// Companies and connections are listed, per fault tests, with unknown extra members.
    pub extra_members: bool,
    /// Status that ends the next reads of a data type instead of `Complete`: data type to status.
    pub fail_reads: std::collections::BTreeMap<String, String>,
    /// Requests allowed a day; none = 1,000 × (1 + active companies).
    pub daily_quota: Option<u32>,
    /// The account is at its company limit: creating answers 402.
    pub company_limit: bool,
    /// Published mismatch: 402 whose body says 429.
    pub body_status_mismatch: bool,
    /// A moment at which Codat's model changed and every record was stamped anew.
    pub model_bumped_at: Option<jiff::Timestamp>,
    /// Months that the sync window reaches back; older records vanish at the next read.
    pub window_months: Option<u32>,
    /// Transactions that the bank no longer tells: every n-th, from the next read on.
    pub drop_every: Option<u32>,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            one_time_links: true,
            in_progress_status: 400,
            empty_is_404: true,
            reset_form: ResetForm::Iso,
            link_delay_seconds: 0,
            extra_connections: 0,
            custom_scheme_redirect: true,
            legacy: false,
            tag_lag: 0,
            extra_members: true,
            fail_reads: std::collections::BTreeMap::new(),
            daily_quota: None,
            company_limit: false,
            body_status_mismatch: false,
            model_bumped_at: None,
            window_months: None,
            drop_every: None,
        }
    }
}

/// Form of `X-Rate-Limit-Reset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResetForm {
    /// `2026-11-26T00:00:00Z`
    Iso,
    /// Seconds since 1970.
    Unix,
    /// `Thu, 26 Nov 2026 00:00:00 GMT`
    Http,
}
