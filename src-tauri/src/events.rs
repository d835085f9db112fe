//! Hands the engine's "this is stale" to the main window, and only to it.

use engine::Home;
use engine::view::{Stale, Topic};
use tauri::{AppHandle, Emitter as _};
use tokio::sync::broadcast::error::RecvError;

/// The one channel.
const STALE: &str = "stale";

/// Follows the engine for as long as it lives.
pub(crate) fn forward(app: &AppHandle, home: &Home) {
    let mut events = home.events();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        loop {
            match events.recv().await {
                Ok(stale) => send(&app, &stale),
                // Too many at once: everything is to be asked again.
                Err(RecvError::Lagged(_)) => tell(&app, vec![Topic::Resync]),
                Err(RecvError::Closed) => return,
            }
        }
    });
}

/// Something the engine does not know of. Its number is out of order on purpose: whoever counts asks everything again.
pub(crate) fn tell(app: &AppHandle, topics: Vec<Topic>) {
    send(app, &Stale { seq: 0, topics });
}

fn send(app: &AppHandle, stale: &Stale) {
    if stale.topics.iter().any(|topic| matches!(topic, Topic::Resync | Topic::App)) {
        crate::window::name_main(app);
    }
    if let Err(error) = app.emit_to("main", STALE, stale) {
        tracing::debug!(%error, "no window listens");
    }
}
