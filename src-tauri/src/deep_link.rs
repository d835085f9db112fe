//! Addresses of our scheme, from a cold start, a running app, or a second process. All they can do is ring the bell.

use engine::Home;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_deep_link::DeepLinkExt as _;

/// Registers the scheme and listens; an address that started the app is heard once a profile is open.
pub(crate) fn listen(app: &AppHandle) {
    if cfg!(any(target_os = "linux", target_os = "windows"))
        && let Err(error) = app.deep_link().register_all()
    {
        tracing::warn!(%error, "the scheme could not be registered");
    }
    if let Ok(Some(urls)) = app.deep_link().get_current() {
        hear(app, urls.into_iter().map(String::from).collect());
    }
    let running = app.clone();
    app.deep_link().on_open_url(move |event| hear(&running, event.urls().into_iter().map(String::from).collect()));
}

/// A second process: the deep-link plugin passes on an address by itself; a plain second start only raises the window.
pub(crate) fn second_process(app: &AppHandle, args: &[String]) {
    if !args.iter().any(|arg| arg.starts_with("fairlead:")) {
        crate::window::raise_main(app);
    }
}

fn hear(app: &AppHandle, urls: Vec<String>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let home = app.state::<Home>().inner().clone();
        for url in urls.into_iter().take(4) {
            // A cold start has no open profile yet: the one used last is the one that waits for a return.
            let engine = match home.engine() {
                Ok(engine) => engine,
                Err(_) => match open_latest(&home).await {
                    Some(engine) => engine,
                    None => return,
                },
            };
            match engine.ring(url).await {
                Ok(heard) if heard.accepted => crate::window::raise_main(&app),
                Ok(heard) => tracing::info!(reason = %heard.reason, "an address was not heard"),
                Err(error) => tracing::warn!(%error, "an address could not be looked at"),
            }
        }
    });
}

async fn open_latest(home: &Home) -> Option<engine::Engine> {
    let latest = home.app_state().await.ok()?.profiles.into_iter().next()?;
    home.open_profile(&latest.name).await.ok()?;
    let engine = home.engine().ok()?;
    engine.attend();
    Some(engine)
}
