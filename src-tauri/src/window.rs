//! The windows: what they may load, and that they never leave it.

use crate::house::House;
use crate::place::{self, LEAST, USUAL};
use crate::sealed::Opener;
use engine::view::{Environment, ProfileView};
use std::path::PathBuf;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

/// Label of the window that a person works in.
pub(crate) const MAIN: &str = "main";
/// Label of the window that takes a key or a passphrase.
pub(crate) const KEY_ENTRY: &str = "key-entry";

/// As large as it was and where it was; `folder` is where that is kept.
pub(crate) fn open_main(app: &AppHandle, folder: PathBuf) -> tauri::Result<WebviewWindow> {
    let page = WebviewUrl::App("index.html".into());
    let screens = app.available_monitors()?.into_iter().map(|screen| {
        let scale = screen.scale_factor();
        let (at, size) = (screen.position().to_logical::<i32>(scale), screen.size().to_logical::<i32>(scale));
        (at.x, at.y, size.width, size.height)
    });
    let kept = place::kept(&folder, &screens.collect::<Vec<_>>());
    let (width, height) = kept.map_or(USUAL, |place| (place.width, place.height));
    let builder = WebviewWindowBuilder::new(app, MAIN, page).title("Fairlead").inner_size(width.into(), height.into());
    let builder = builder.min_inner_size(LEAST.0.into(), LEAST.1.into());
    let builder = match kept {
        Some(place) => builder.position(place.x.into(), place.y.into()).maximized(place.maximized),
        None => builder,
    };
    let main = confined(builder).build()?;
    let (app, window) = (app.clone(), main.clone());
    main.on_window_event(move |event| match event {
        // Also when another window comes to the front: who is ended by force still finds it where it was.
        WindowEvent::CloseRequested { .. } | WindowEvent::Focused(false) => place::note(&window, &folder),
        // A key window without the main one would keep the process alive for nobody.
        WindowEvent::Destroyed => close_key_entry(&app),
        _ => {}
    });
    Ok(main)
}

/// Opens the key window; with a profile's name it asks for that profile's passphrase instead of a key.
pub(crate) fn open_key_entry(app: &AppHandle, unlock: Option<&str>) -> tauri::Result<()> {
    if let Some(open) = app.get_webview_window(KEY_ENTRY) {
        return open.set_focus();
    }
    let to = app.state::<Opener>().renew().map_err(|_| std::io::Error::other("this computer gives no random numbers"))?;
    let (page, title) = match unlock {
        None => (format!("key-entry.html#to={to}"), say::say!("Fairlead \u{2014} Codat API key")),
        Some(profile) => {
            (format!("key-entry.html#to={to}&unlock={}", crate::browser::escaped(profile)), say::say!("Fairlead \u{2014} Passphrase"))
        }
    };
    let builder = WebviewWindowBuilder::new(app, KEY_ENTRY, WebviewUrl::App(page.into())).title(title).inner_size(480.0, 620.0);
    let window = confined(builder).build()?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::Destroyed = event {
            app.state::<House>().forget_key();
            app.state::<Opener>().forget();
        }
    });
    Ok(())
}

pub(crate) fn close_key_entry(app: &AppHandle) {
    if let Some(open) = app.get_webview_window(KEY_ENTRY)
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
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let Ok(home) = app.state::<House>().home_even_locked().await else { return };
        let name = if home.is_locked() { say::say!("Fairlead \u{2014} locked") } else { title(home.active().as_ref()) };
        if let Err(error) = window.set_title(&name) {
            tracing::debug!(%error, "the window has no title");
        }
    });
}

fn title(active: Option<&ProfileView>) -> String {
    let Some(profile) = active else { return "Fairlead".into() };
    let world = match profile.environment {
        Environment::Production => say::word("production##world"),
        Environment::Test => say::word("test##world"),
        Environment::Sandbox => say::word("sandbox##world"),
    };
    format!("Fairlead \u{2014} {} ({world})", profile.name)
}

/// Loads the page anew, so that nothing it knew is left in it.
pub(crate) fn begin_anew(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.reload()
    {
        tracing::warn!(%error, "the page could not be loaded anew");
    }
}

/// To the front: only ever after a ring that was accepted, or when a person starts the app a second time.
pub(crate) fn raise_main(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    if let Err(error) = window.unminimize().and_then(|()| window.set_focus()) {
        tracing::debug!(%error, "the window stays where it is");
    }
}

/// A person looks at one of our windows, as far as the system tells.
pub(crate) fn is_in_front(app: &AppHandle) -> bool {
    app.webview_windows().values().any(|window| window.is_focused().unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::view::VaultKind;

    #[test]
    fn a_window_stays_in_its_own_house() {
        assert!(is_own("tauri", Some("localhost")) && is_own("http", Some("tauri.localhost")));
        let others = [
            ("https", Some("evil.example")),
            ("http", Some("tauri.localhost.evil.example")),
            ("http", Some("127.0.0.1")),
            ("tauri", Some("evil.example")),
            ("file", None),
            ("javascript", None),
            ("data", None),
            ("about", None),
        ];
        for (scheme, host) in others {
            assert!(!is_own(scheme, host), "{scheme} {host:?}");
        }
    }

    #[test]
    fn the_title_says_whose_customers_these_are() {
        let profile = ProfileView {
            name: "Harbour".into(),
            client_name: String::new(),
            environment: Environment::Production,
            is_demo: false,
            vault: VaultKind::Keychain,
        };
        assert_eq!(title(Some(&profile)), "Fairlead \u{2014} Harbour (production)");
        assert_eq!(title(None), "Fairlead");
    }
}
