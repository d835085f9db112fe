//! Hands the engine's "this is stale" to the main window, and only to it.

use engine::Home;
use engine::view::{Stale, Topic};
use tauri::{AppHandle, Emitter as _, Manager as _};
use tokio::sync::broadcast::error::RecvError;

pub(crate) fn forward(app: &AppHandle) {
    let mut events = app.state::<Home>().events();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        loop {
            let stale = match events.recv().await {
                Ok(stale) => stale,
                // Too many at once: everything is to be asked again.
                Err(RecvError::Lagged(_)) => Stale { seq: 0, topics: vec![Topic::Resync] },
                Err(RecvError::Closed) => return,
            };
            if stale.topics.iter().any(|topic| matches!(topic, Topic::Resync | Topic::App)) {
                crate::window::name_main(&app);
            }
            if let Err(error) = app.emit_to("main", "stale", &stale) {
                tracing::debug!(%error, "no window listens");
            }
        }
    });
}
