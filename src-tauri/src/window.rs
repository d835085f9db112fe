//! The windows: what they may load, and that they never leave it.

use engine::Home;
use engine::view::Environment;
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder, webview::NewWindowResponse};

pub(crate) fn open_main(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let builder = WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into())).title("Fairlead").inner_size(1280.0, 820.0).min_inner_size(720.0, 520.0);
    confined(builder).build()
}

pub(crate) fn open_key_entry(app: &AppHandle) -> tauri::Result<()> {
    if let Some(open) = app.get_webview_window("key-entry") {
        return open.set_focus();
    }
    let builder = WebviewWindowBuilder::new(app, "key-entry", WebviewUrl::App("key-entry.html".into()))
        .title("Fairlead \u{2014} Codat API key")
        .inner_size(480.0, 620.0)
        .resizable(true);
    confined(builder).build()?;
    Ok(())
}

pub(crate) fn close_key_entry(app: &AppHandle) {
    if let Some(open) = app.get_webview_window("key-entry")
        && let Err(error) = open.close()
    {
        tracing::warn!(%error, "the key window could not be closed");
    }
}

/// A page may load our own files and nothing else; no further window opens from it.
fn confined<'a>(builder: WebviewWindowBuilder<'a, tauri::Wry, AppHandle>) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
    builder.devtools(false).on_navigation(|url| is_own(url.scheme(), url.host_str())).on_new_window(|_, _| NewWindowResponse::Deny)
}

fn is_own(scheme: &str, host: Option<&str>) -> bool {
    matches!((scheme, host), ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost")))
}

/// The profile and its world stand in the title, so that nobody mistakes one for another.
pub(crate) fn name_main(app: &AppHandle) {
    let Some(window) = app.get_webview_window("main") else { return };
    let home = app.state::<Home>().inner().clone();
    tauri::async_runtime::spawn(async move {
        let active = home.app_state().await.ok().and_then(|state| state.active);
        let title = active.map_or_else(
            || "Fairlead".to_owned(),
            |profile| {
                let world = match profile.environment {
                    Environment::Production => "production",
                    Environment::Test => "test",
                    Environment::Sandbox => "sandbox",
                };
                format!("Fairlead \u{2014} {} ({world})", profile.name)
            },
        );
        let _ = window.set_title(&title);
    });
}

/// To the front: only ever after a ring that was accepted.
pub(crate) fn raise_main(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_stays_in_its_own_house() {
        assert!(is_own("tauri", Some("localhost")) && is_own("http", Some("tauri.localhost")));
        for (scheme, host) in [("https", Some("evil.example")), ("http", Some("tauri.localhost.evil.example")), ("file", None), ("javascript", None), ("data", None), ("http", Some("127.0.0.1"))] {
            assert!(!is_own(scheme, host), "{scheme} {host:?}");
        }
    }
}
