//! The commands: decode, one engine call, view. One file a family.
//!
//! The signatures here are the table: `bindings.rs` makes the TypeScript side from them, and holds the handler and the access list
//! against them.

pub(crate) mod analysis;
pub(crate) mod bulk;
pub(crate) mod companies;
pub(crate) mod consents;
pub(crate) mod data;
pub(crate) mod desk;
pub(crate) mod freshness;
mod keys;
pub(crate) mod links;
pub(crate) mod profiles;
pub(crate) mod returns;
pub(crate) mod setup;

use engine::Error;
use engine::view::WireError;
use std::sync::atomic::{AtomicU32, Ordering};

/// What every command answers.
pub(crate) type Answer<T> = Result<T, WireError>;

/// The handler of all commands.
pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        analysis::analysis,
        companies::company,
        companies::end,
        companies::find,
        companies::for_companies,
        companies::list_companies,
        companies::refresh,
        companies::status,
        data::categories,
        data::export_transactions,
        data::sync,
        data::transactions,
        desk::activity,
        desk::desk,
        freshness::freshness,
        keys::check_key,
        keys::open_key_window,
        keys::save_key,
        links::attempt,
        links::banks,
        links::begin_link,
        links::drafts,
        links::hand_over,
        profiles::app_state,
        profiles::doctor,
        profiles::open_profile,
        profiles::remove_profile,
        profiles::set_preferences,
        returns::returns,
        setup::setup,
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
