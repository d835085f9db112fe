//! Addresses of our scheme, from a cold start, a running app, or a second process. All they can do is ring the bell.

use crate::house::House;
use engine::Error;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_deep_link::DeepLinkExt as _;

/// A process brings one address; whatever else arrives in one go is a flood.
const AT_ONCE: usize = 4;

/// Registers the scheme and listens. `address` is the one that started the app, if one did.
pub(crate) fn listen(app: &AppHandle, address: Option<String>) {
    register(app);
    // Only there does the system bring addresses this way. The plugin mends what it passes on (capitals, control characters), so that what is not
    // ours could become ours: elsewhere they are heard as they came, from the arguments.
    if cfg!(target_os = "macos") {
        let running = app.clone();
        app.deep_link().on_open_url(move |event| hear(&running, event.urls().into_iter().map(String::from).collect()));
    }
    hear(app, address.into_iter().collect());
}

/// Asks other programs of the system, so it does not hold up the window.
fn register(app: &AppHandle) {
    if cfg!(any(target_os = "linux", target_os = "windows")) && !is_packaged() {
        let app = app.clone();
        tauri::async_runtime::spawn_blocking(move || {
            if let Err(error) = app.deep_link().register_all() {
                tracing::warn!(%error, "the scheme could not be registered");
            }
        });
    }
}

/// A package brings its entry for everybody on the computer. One of this person's own would go before it, stay when the package goes, and quotes
/// the program's path, which `xdg-open` cannot read where no desktop environment answers for it.
fn is_packaged() -> bool {
    cfg!(target_os = "linux") && std::env::current_exe().is_ok_and(|program| program.starts_with("/usr/bin"))
}

/// A second process was started and is gone. With an address it rings; a plain second start is a person who looks for the window.
pub(crate) fn second_process(app: &AppHandle, args: &[String]) {
    let args = args.get(1..).unwrap_or_default();
    match args.iter().find(|arg| is_address(arg)) {
        Some(address) => hear(app, vec![address.clone()]),
        None => crate::window::raise_main(app),
    }
}

/// Whether an argument is an address of ours rather than an option.
pub(crate) fn is_address(arg: &str) -> bool {
    arg.get(..9).is_some_and(|scheme| scheme.eq_ignore_ascii_case("fairlead:"))
}

pub(crate) fn hear(app: &AppHandle, urls: Vec<String>) {
    if urls.is_empty() {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let house = app.state::<House>();
        // After a cold start the profile used last is the one that waits for a return.
        house.settled().await;
        // It brings its case on the screen, so there has to be one.
        house.seen().await;
        let engine = match house.engine().await {
            Ok(engine) => engine,
            Err(Error::Locked) => return house.keep_rung(urls),
            Err(_) => return tracing::info!("an address came while no profile was open"),
        };
        for url in urls.into_iter().take(AT_ONCE) {
            match engine.ring(url).await {
                Ok(heard) if heard.accepted => crate::window::raise_main(&app),
                Ok(heard) => tracing::info!(reason = %heard.reason, "an address was not heard"),
                Err(error) => tracing::warn!(code = ?error.code(), "an address could not be looked at"),
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packaged_entry_hands_the_address_over() {
        let entry = include_str!("../packaging/fairlead.desktop");
        assert!(entry.lines().any(|line| line == "Exec={{exec}} %u"), "without %u the app starts and hears nothing");
        assert!(entry.contains("MimeType={{mime_type}}"), "the bundler fills in the scheme");
    }

    #[test]
    fn only_our_scheme_is_an_address() {
        assert!(is_address("fairlead://return?state=a") && is_address("FAIRLEAD:x"));
        for other in ["--home", "https://evil.example", "fairlead", "fairleads://x", "ünicödeé", ""] {
            assert!(!is_address(other), "{other}");
        }
    }
}
