//! The commands: decode, one engine call, view. One file a family.
//!
//! The signatures here are the table: `bindings.rs` makes the TypeScript side from them, and holds the handler and the access list
//! against them.

mod analysis;
mod companies;
mod data;
mod desk;
mod freshness;
mod keys;
mod links;
mod profiles;
mod returns;

use engine::Error;
use engine::view::WireError;
use std::sync::atomic::{AtomicU32, Ordering};

/// What every command answers.
pub(crate) type Answer<T> = Result<T, WireError>;

/// The handler of all commands.
pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        analysis::cash_flow,
        analysis::coverage,
        analysis::lens,
        companies::budget,
        companies::check_company_name,
        companies::company,
        companies::for_companies,
        companies::held_banks,
        companies::list_companies,
        companies::refresh,
        companies::status,
        data::export_transactions,
        data::start_sync,
        data::transactions,
        desk::activity,
        desk::desk,
        desk::find_companies,
        freshness::codat_schedule,
        freshness::freshness,
        keys::check_key,
        keys::open_key_window,
        keys::save_key,
        links::attempt,
        links::begin_link,
        links::data_access_sheet,
        links::drafts,
        links::hand_over,
        links::open_attempts,
        links::renew,
        links::save_draft,
        links::search_banks,
        profiles::app_state,
        profiles::open_profile,
        profiles::remove_profile,
        profiles::set_preferences,
        returns::ring,
        returns::set_return,
        returns::test_doorbell,
        returns::write_bounce_page,
    ]
}

/// Logged once, here, under the id that the screen shows: what failed, never what it was about.
#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn wire(error: Error) -> WireError {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let trace = format!("{:x}-{:x}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let ours = matches!(error, Error::Open(_) | Error::Store(_) | Error::File { .. } | Error::Internal(_));
    if ours {
        tracing::error!(trace, code = ?error.code(), cause = %error, "a command failed");
    } else {
        tracing::warn!(trace, code = ?error.code(), "a command was not carried out");
    }
    error.wire(trace)
}
