//! The four doorbells: which stand, the template each needs at Codat, and ringing one for real.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::loopback;
use crate::view::{Doorbell, DoorbellView, ReturnSettings, Ring, SetReturn, StatusPill, Topic};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use store::Store;

/// Port of the loopback page unless set otherwise.
pub const DEFAULT_PORT: u16 = 47_811;

const QUERY: &str = "?state={state}&companyId={companyId}&connectionId={connectionId}&statuscode={statusCode}";

/// What is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stored {
    pub(crate) chosen: Doorbell,
    pub(crate) port: u16,
    pub(crate) bounce_url: Option<String>,
}

impl Default for Stored {
    fn default() -> Self {
        Self { chosen: Doorbell::Loopback, port: DEFAULT_PORT, bounce_url: None }
    }
}

pub(crate) fn stored(store: &Store) -> Stored {
    let kept = store.fact("return").ok().flatten();
    kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default()
}

fn template_of(kind: Doorbell, settings: &Stored) -> Option<String> {
    match kind {
        Doorbell::Scheme => Some(format!("fairlead://return{QUERY}")),
        Doorbell::Loopback => Some(format!("http://127.0.0.1:{}/return{QUERY}", settings.port)),
        Doorbell::Bounce => settings.bounce_url.as_ref().map(|url| format!("{url}{QUERY}")),
        Doorbell::Paste => None,
    }
}

/// The template of the chosen doorbell.
pub(crate) fn template(settings: &Stored) -> String {
    template_of(settings.chosen, settings).or_else(|| template_of(Doorbell::Loopback, settings)).unwrap_or_default()
}

/// Starts the loopback page; a port that is taken is said in the settings.
pub(crate) fn listen(engine: &Engine) {
    let started = engine.clone();
    engine.spawn(async move {
        let settings = started.store(|store| Ok(stored(store))).await.unwrap_or_default();
        loopback::serve(&started, settings.port).await;
    });
}

impl Engine {
    /// How returns are caught, and whether Codat knows.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn return_settings(&self) -> Result<ReturnSettings> {
        let settings = self.store(|store| Ok(stored(store))).await?;
        let client = self.inner.source.client().await.ok();
        let at_codat = client.and_then(|client| client.redirect_url);
        let wanted = template(&settings);
        let pill = |ring, word: &str| StatusPill { ring, word: word.to_owned() };
        let verdict = match &at_codat {
            Some(there) if *there == wanted => pill(Ring::Moored, "Codat sends returns here"),
            Some(there) if there.contains("{state}") => pill(Ring::Half, "Codat sends returns somewhere else"),
            Some(_) => pill(Ring::Half, "The template at Codat lacks {state}"),
            None => pill(Ring::Dotted, "No template is set at Codat; Fairlead finds out by asking"),
        };
        let view = |kind, status| DoorbellView { kind, template: template_of(kind, &settings), status };
        let loopback = loopback::state(settings.port).await;
        let bounce = if settings.bounce_url.is_some() { pill(Ring::Moored, "Address set") } else { pill(Ring::Dotted, "No address set") };
        Ok(ReturnSettings {
            chosen: settings.chosen,
            port: settings.port,
            bounce_url: settings.bounce_url.clone(),
            doorbells: vec![
                view(Doorbell::Loopback, loopback),
                view(Doorbell::Scheme, pill(Ring::Moored, "Registered when Fairlead starts")),
                view(Doorbell::Bounce, bounce),
                view(Doorbell::Paste, pill(Ring::Moored, "Always works")),
            ],
            at_codat,
            verdict,
        })
    }

    /// Changes how returns are caught. A new port counts from the next start.
    ///
    /// # Errors
    /// When a value is out of bounds.
    pub async fn set_return(&self, change: SetReturn) -> Result<ReturnSettings> {
        let mut settings = self.store(|store| Ok(stored(store))).await?;
        if let Some(port) = change.port {
            if port < 1024 {
                return Err(Error::BadRequest("Choose a port from 1024 to 65535.".into()));
            }
            settings.port = port;
        }
        if let Some(url) = change.bounce_url {
            let url = url.trim().to_owned();
            let good = url::Url::parse(&url).is_ok_and(|parsed| {
                parsed.scheme() == "https"
                    && parsed.query().is_none()
                    && parsed.fragment().is_none()
                    && parsed.as_str().trim_end_matches('/') == url.trim_end_matches('/')
            });
            if !url.is_empty() && !good {
                return Err(Error::BadRequest("A bounce page has an https address without a question mark.".into()));
            }
            settings.bounce_url = Some(url).filter(|url| !url.is_empty());
        }
        if let Some(chosen) = change.chosen {
            if chosen == Doorbell::Bounce && settings.bounce_url.is_none() {
                return Err(Error::BadRequest("Enter the address of your bounce page first.".into()));
            }
            settings.chosen = chosen;
        }
        let kept = serde_json::to_string(&settings).map_err(|error| Error::Internal(error.to_string()))?;
        self.store(move |store| store.set_fact("return", &kept)).await?;
        self.stale([Topic::Return]);
        self.return_settings().await
    }

    /// Rings a doorbell for real, with a state that nobody knows: it must come through and be refused as unknown.
    ///
    /// # Errors
    /// When the doorbell needs something that is not set.
    pub async fn test_doorbell(&self, kind: Doorbell) -> Result<StatusPill> {
        let settings = self.store(|store| Ok(stored(store))).await?;
        let state = "A".repeat(43);
        let pill = |ring, word: &str| Ok(StatusPill { ring, word: word.to_owned() });
        match kind {
            Doorbell::Loopback if loopback::rings(settings.port, &state).await => pill(Ring::Moored, "The page answered and the bell rang"),
            Doorbell::Loopback => pill(Ring::Crossed, "Nobody answers on this port. Another program may hold it: choose another port"),
            Doorbell::Scheme | Doorbell::Paste => {
                let heard = self.ring(format!("fairlead://return?state={state}")).await?;
                if heard.reason == "unknown" { pill(Ring::Moored, "The bell rang") } else { pill(Ring::Crossed, "The bell did not ring") }
            }
            Doorbell::Bounce => match settings.bounce_url {
                Some(url) => {
                    let heard = self.ring(format!("{url}?state={state}")).await?;
                    if heard.reason == "unknown" {
                        pill(Ring::Moored, "Its address is understood; open it once in a browser to see it forward")
                    } else {
                        pill(Ring::Crossed, "Its address is not understood")
                    }
                }
                None => Err(Error::BadRequest("Enter the address of your bounce page first.".into())),
            },
        }
    }

    /// Writes the static page for the team to host.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn write_bounce_page(&self, folder: &Path) -> Result<PathBuf> {
        let path = folder.join("codat-return.html");
        std::fs::write(&path, BOUNCE).map_err(Error::file("writing the bounce page"))?;
        Ok(path)
    }
}

/// Forwards the query to the scheme; with a button where the browser asks for a click. No foreign resource, no script from elsewhere.
const BOUNCE: &str = include_str!("bounce.html");
