//! The commands: decode, one engine call, view. One file a family.

mod companies;
mod data;
mod keys;
mod links;
mod profiles;
mod returns;

use engine::view::WireError;
use engine::{Engine, Error, Home};
use tauri::State;

/// What every command answers.
pub(crate) type Answer<T> = Result<T, WireError>;

/// The handler of all commands; `command_names.rs` lists the same ones for the access list.
pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        companies::check_company_name,
        companies::company,
        companies::list_companies,
        companies::refresh,
        companies::status,
        data::export_transactions,
        data::start_sync,
        data::transactions,
        keys::check_key,
        keys::open_key_window,
        keys::save_key,
        links::attempt,
        links::begin_link,
        links::check_now,
        links::data_access_sheet,
        links::discard_draft,
        links::drafts,
        links::hand_over,
        links::open_attempts,
        links::park_attempt,
        links::save_draft,
        links::search_banks,
        profiles::app_state,
        profiles::open_profile,
        profiles::remove_profile,
        profiles::set_preferences,
        profiles::start_demo,
        returns::ring,
        returns::set_return,
        returns::test_doorbell,
    ]
}

fn engine(home: &State<'_, Home>) -> Answer<Engine> {
    home.engine().map_err(wire)
}

/// Logged once, here, under the id that the screen shows.
#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn wire(error: Error) -> WireError {
    let trace_id = format!("{:08x}", std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.subsec_nanos() ^ u32::try_from(since.as_secs() & 0xffff_ffff).unwrap_or(0)));
    tracing::warn!(trace = %trace_id, code = ?error.code(), "a command did not do what it was asked");
    error.wire(trace_id)
}
