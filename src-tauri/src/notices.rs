//! The system's notices. What is told, and whether, the engine decides; here it is shown, and a press on it opens the case.

use crate::{events, house::House, window};
use engine::Home;
use engine::view::{Toast, Topic};
use notify_rust::Notification;
use std::time::Duration;
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Manager as _};
use tokio::sync::broadcast::error::RecvError;

/// Events come in flocks; one look a second is enough for a person.
const BREATH: Duration = Duration::from_secs(1);
/// What was held back is looked at again after this, and so are consents that end.
const AGAIN: Duration = Duration::from_secs(30);
/// How long the desktop may take to show a notice.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tells what the open profile has to tell, for as long as the data folder is open.
pub(crate) fn follow(app: &AppHandle, home: &Home) {
    let (mut events, app, home) = (home.events(), app.clone(), home.clone());
    tauri::async_runtime::spawn(async move {
        let mut shown = Shown::default();
        loop {
            match tokio::time::timeout(AGAIN, events.recv()).await {
                Ok(Err(RecvError::Closed)) => return,
                Ok(Ok(_) | Err(RecvError::Lagged(_))) | Err(_) => {}
            }
            tokio::time::sleep(BREATH).await;
            // The look covers what came in meanwhile; what comes later has its own.
            while events.try_recv().is_ok() {}
            if let Ok(engine) = home.engine()
                && app.state::<House>().is_seen()
            {
                match engine.to_tell(window::is_in_front(&app)).await {
                    Ok(Some(toast)) => shown.show(&app, &toast).await,
                    Ok(None) => {}
                    Err(error) => tracing::debug!(code = ?error.code(), "what to tell is not known now"),
                }
            }
        }
    });
}

/// The one notice that is on the desktop: a newer one takes its place.
#[derive(Default)]
struct Shown {
    number: Option<u32>,
    waits: Option<JoinHandle<()>>,
}

impl Shown {
    #[cfg(target_os = "linux")]
    async fn show(&mut self, app: &AppHandle, toast: &Toast) {
        let mut notification = notification(toast);
        notification.action("default", say::word("Open##notice"));
        if let Some(number) = self.number {
            notification.id(number);
        }
        let handle = match tokio::time::timeout(PATIENCE, notification.show_async()).await {
            Ok(Ok(handle)) => handle,
            // The inbox has it.
            Ok(Err(error)) => return tracing::info!(%error, "the desktop shows no notices"),
            Err(_) => return tracing::info!("the desktop took too long to show a notice"),
        };
        self.number = Some(handle.id());
        let (app, about) = (app.clone(), toast.notice);
        let waits = tauri::async_runtime::spawn(async move {
            handle
                .wait_for_action_async(|answer| {
                    if matches!(answer, notify_rust::NotificationResponse::Default) {
                        opened(&app, about);
                    }
                })
                .await;
        });
        if let Some(before) = self.waits.replace(waits) {
            before.abort();
        }
    }

    /// Elsewhere the system brings the app to the front by itself when its notice is pressed.
    #[cfg(not(target_os = "linux"))]
    async fn show(&mut self, _app: &AppHandle, toast: &Toast) {
        let notification = notification(toast);
        let shown = tauri::async_runtime::spawn_blocking(move || notification.show().map(|_| ()));
        if let Ok(Ok(Err(error))) = tokio::time::timeout(PATIENCE, shown).await {
            tracing::info!(%error, "the desktop shows no notices");
        }
    }
}

fn notification(toast: &Toast) -> Notification {
    let mut notification = Notification::new();
    notification.appname("Fairlead").icon("fairlead").summary(&toast.title).body(&plain(&toast.body));
    notification
}

/// A person pressed it.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "no other system tells of the press"))]
fn opened(app: &AppHandle, about: Option<u32>) {
    window::raise_main(app);
    events::tell(app, vec![Topic::ShowNotice(about)]);
}

/// Desktops read a body as markup, and a bank's name may look like some.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_banks_name_is_no_markup_on_the_desktop() {
        let toast = Toast { notice: None, title: "Acme <b>".into(), body: "<img src=x> & Sons linked".into() };
        let notification = notification(&toast);
        assert_eq!((notification.summary.as_str(), notification.body.as_str()), ("Acme <b>", "&lt;img src=x&gt; &amp; Sons linked"));
    }
}
