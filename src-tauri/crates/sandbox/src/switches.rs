//! Switches for behaviour on which Codat is silent, or that happens rarely. Each can be turned either way while running, over
//! `POST /control/switches`; members left out stay as they are. The names of the contract's tests stand behind each.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Behaviour that can be turned either way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Switches {
    // ---- transport and limits
    /// Form of `X-Rate-Limit-Reset` (S8).
    pub reset_form: ResetForm,
    /// Requests allowed a day; none = 1,000 × (1 + active companies), as they are at midnight UTC (S9).
    pub daily_quota: Option<u32>,
    /// Requests allowed a minute from this address; none = any number (S10).
    pub requests_a_minute: Option<u32>,
    /// A flood is dropped without an answer instead of answered 429 (S10).
    pub flood_drops: bool,
    /// Ten requests at once for each active company, and for at least this many (S10).
    pub at_once_floor: u32,
    /// Every answer takes at least this long, in milliseconds.
    pub latency_ms: u64,
    /// The key no longer holds: every call answers 403 (S2).
    pub key_outdated: bool,
    /// The account has expired: every call answers 402 (S12).
    pub account_expired: bool,
    /// The account is at its company limit: creating answers 402 (S12).
    pub company_limit: bool,
    /// Published mismatches: 402 whose body says 429, 503 whose body says 500 (S5).
    pub body_status_mismatch: bool,
    /// An `Idempotency-Key` that is no GUID answers 400 (S14).
    pub strict_keys: bool,

    // ---- lists
    /// A page or page size out of range answers 400; otherwise the nearest good one is taken (S15).
    pub strict_paging: bool,
    /// Without `orderBy` a list comes in an arbitrary order that stays the same (S18).
    pub arbitrary_order: bool,
    /// A query of 2,048 characters or more answers 400 (S20).
    pub strict_query_length: bool,
    /// Query parameters that nobody knows answer 400 instead of being ignored (S21).
    pub strict_parameters: bool,
    /// The tag index shows a new company only after this many listings by tag.
    pub tag_lag: u32,
    /// The tag index shows a new company only after this many seconds.
    pub tag_lag_seconds: u32,
    /// Answers carry members that no document names (S37).
    pub extra_members: bool,
    /// 2020-style answers: `platformType`, `queue/all`, old member names and statuses (S26, S37, S53, S60).
    pub legacy: bool,

    // ---- sources, companies, connections
    /// Accounting sources stand among the banks in `/integrations` (S31).
    pub accounting_sources: bool,
    /// Banks that are switched on, by key, as a person chooses them in the Portal; none = as the catalogue has them (S31).
    pub chosen_banks: Option<Vec<String>>,
    /// Single banks that are otherwise than the catalogue has them, by key.
    pub turned_banks: BTreeMap<String, BankTurn>,
    /// Too many or too long tags answer 400; otherwise they are cut (S27).
    pub strict_tags: bool,
    /// Status for a platform key that nobody knows: 404 or 400 (S30).
    pub unknown_source_status: u16,
    /// Status for a source that is switched off: 400 or 404 (S30).
    pub disabled_source_status: u16,
    /// Unlinking what is not linked answers 400; otherwise it changes nothing and answers 200 (S33).
    pub strict_unlink: bool,

    // ---- authorisation
    /// Links carry a one-time password and work once, for a day (S32).
    pub one_time_links: bool,
    /// Reading a connection again gives the same link until it is used.
    pub stable_links: bool,
    /// A fresh link ends the ones handed out before.
    pub fresh_link_revokes_older: bool,
    /// Seconds between consent and the connection reading `Linked` (S43).
    pub link_delay_seconds: u32,
    /// How the redirect comes (S43).
    pub redirect: Redirect,
    /// Seconds the redirect waits in the browser (S43).
    pub redirect_delay_seconds: u32,
    /// Further banks that one visit links beside the asked one (S44).
    pub extra_connections: u32,
    /// The redirect may go to a scheme that is not http or https (S42).
    pub custom_scheme_redirect: bool,
    /// Whose accounts a customer's log-in shows: those a consent is given for stay that business's. None = the company's own.
    pub holder: Option<String>,
    /// Days after which consent ends by itself; none = never.
    pub consent_days: Option<u32>,
    /// At every bank a second person must approve what the first agreed to (S39).
    pub second_approver: bool,

    // ---- syncs
    /// Status of `DatasetAlreadyInProgressException`: 400 or 409 (S50).
    pub in_progress_status: u16,
    /// `connectionId` limits what is queued; otherwise it is ignored (S49).
    pub connection_id_limits: bool,
    /// Status for a data type that nobody knows: 404 or 400 (S51).
    pub unknown_type_status: u16,
    /// Queueing where nothing is linked answers 400; otherwise a dataset is made that ends in `AuthError` (S56).
    pub strict_queue: bool,
    /// Progress of a running sync may go back (S48).
    pub progress_goes_back: bool,
    /// `NotSupported` counts as errored (S54).
    pub unsupported_is_errored: bool,
    /// Status in which the next syncs end instead of `Complete`, by data type (S54).
    pub fail_syncs: BTreeMap<String, String>,
    /// A status outside the documented ones that running syncs pass through (S60).
    pub odd_status: Option<String>,
    /// How often the next syncs pause while fetching, at most ten times, by data type (S59).
    pub pauses: BTreeMap<String, u32>,
    /// How long each pause takes, in seconds (S59).
    pub pause_seconds: u32,
    /// A first sync of transactions gives up after a quarter of an hour, as Plaid's do, whoever the provider is (S57).
    pub first_sync_gives_up: bool,

    // ---- banking data
    /// A synced but empty set answers 404 instead of an empty page (S61).
    pub empty_is_404: bool,
    /// Data types that turn out empty at the bank (S61).
    pub empty_types: Vec<String>,
    /// Some amounts are written with an exponent (S62).
    pub exponent_amounts: bool,
    /// A moment at which Codat's model changed and every record was stamped anew (S69).
    pub model_bumped_at: Option<Timestamp>,
    /// Every n-th transaction is no longer told from the next sync on (S70).
    pub drop_every: Option<u32>,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            reset_form: ResetForm::Iso,
            daily_quota: None,
            requests_a_minute: Some(1000),
            flood_drops: false,
            at_once_floor: 1,
            latency_ms: 0,
            key_outdated: false,
            account_expired: false,
            company_limit: false,
            body_status_mismatch: false,
            strict_keys: true,
            strict_paging: true,
            arbitrary_order: true,
            strict_query_length: true,
            strict_parameters: false,
            tag_lag: 0,
            tag_lag_seconds: 0,
            extra_members: true,
            legacy: false,
            accounting_sources: true,
            chosen_banks: None,
            turned_banks: BTreeMap::new(),
            strict_tags: true,
            unknown_source_status: 404,
            disabled_source_status: 400,
            strict_unlink: true,
            one_time_links: true,
            stable_links: false,
            fresh_link_revokes_older: false,
            link_delay_seconds: 0,
            redirect: Redirect::Once,
            redirect_delay_seconds: 0,
            extra_connections: 0,
            custom_scheme_redirect: true,
            holder: None,
            consent_days: Some(90),
            second_approver: false,
            in_progress_status: 400,
            connection_id_limits: true,
            unknown_type_status: 404,
            strict_queue: true,
            progress_goes_back: false,
            unsupported_is_errored: false,
            fail_syncs: BTreeMap::new(),
            odd_status: None,
            pauses: BTreeMap::new(),
            pause_seconds: 60,
            first_sync_gives_up: false,
            empty_is_404: true,
            empty_types: vec![],
            exponent_amounts: false,
            model_bumped_at: None,
            drop_every: None,
        }
    }
}

/// What became of a bank since the catalogue was made: what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct BankTurn {
    /// Switched on or off in the Portal.
    pub enabled: Option<bool>,
    /// Its new name.
    pub name: Option<String>,
    /// The provider no longer has it: it is not listed.
    pub gone: bool,
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

/// How often the redirect after authorisation comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Redirect {
    /// As it should.
    Once,
    /// The browser shows it again when the page is loaded again.
    Twice,
    /// The customer ends on Codat's own page.
    Never,
}
