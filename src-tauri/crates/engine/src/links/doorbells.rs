//! The four doorbells: which stand, the template each needs at Codat, and ringing one for real.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::loopback;
use crate::view::{Doorbell, DoorbellView, ReturnSettings, Ring, SetReturn, StatusPill, Topic};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use say::{say, word};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::Store;
use subtle::ConstantTimeEq as _;
use tokio::sync::Notify;

/// A page on this computer rings while it is visited.
const SOON: Duration = Duration::from_secs(2);
/// A browser or a second process may take this long.
const PATIENCE: Duration = Duration::from_secs(10);

/// Port of the loopback page unless set otherwise.
pub const DEFAULT_PORT: u16 = 47_811;

const QUERY: &str = "?state={state}&companyId={companyId}&connectionId={connectionId}&statuscode={statusCode}";

/// What is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Hangs up the loopback page; a port that is taken is said in the settings.
pub(crate) fn listen(engine: &Engine) {
    let started = engine.clone();
    engine.spawn(async move {
        let wanted = started.policy().is_ok_and(|policy| policy.wants_page());
        if let (true, Ok(settings)) = (wanted, started.return_choice().await) {
            loopback::hang(&started, settings.port);
        }
    });
}

/// A doorbell that is being tested: the state that is to come through, and who waits for it.
#[derive(Default)]
pub(crate) struct Testing(Mutex<Option<(String, Arc<Notify>)>>);

impl Testing {
    fn expect(&self, state: &str) -> Arc<Notify> {
        let heard = Arc::new(Notify::new());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((state.to_owned(), Arc::clone(&heard)));
        heard
    }

    /// A state came through, whichever way.
    pub(crate) fn hear(&self, state: &str) {
        let expected = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((wanted, heard)) = expected.as_ref()
            && bool::from(wanted.as_bytes().ct_eq(state.as_bytes()))
        {
            heard.notify_one();
        }
    }
}

impl Engine {
    /// How returns are caught, with what the organisation sets.
    pub(crate) async fn return_choice(&self) -> Result<Stored> {
        Ok(self.policy()?.returns(&self.store(|store| Ok(stored(store))).await?))
    }

    /// How returns are caught, and whether Codat knows.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn return_settings(&self) -> Result<ReturnSettings> {
        let settings = self.return_choice().await?;
        let client = self.inner.source.client().await;
        let pill = |ring, word: &str| StatusPill { ring, word: word.to_owned() };
        let (at_codat, verdict) = match client {
            Ok(client) => {
                let verdict = compared(client.redirect_url.as_deref(), &settings);
                (client.redirect_url, verdict)
            }
            Err(_) => (None, pill(Ring::Dotted, word("Codat could not be asked which template is set there"))),
        };
        let view = |kind, status| DoorbellView { kind, template: template_of(kind, &settings), status };
        let loopback = loopback::state(self, settings.port);
        let bounce = if settings.bounce_url.is_some() {
            pill(Ring::Moored, word("Address set"))
        } else {
            pill(Ring::Dotted, word("No address set"))
        };
        Ok(ReturnSettings {
            chosen: settings.chosen,
            port: settings.port,
            bounce_url: settings.bounce_url.clone(),
            doorbells: vec![
                view(Doorbell::Loopback, loopback),
                view(Doorbell::Scheme, pill(Ring::Moored, word("Registered when Fairlead starts"))),
                view(Doorbell::Bounce, bounce),
                view(Doorbell::Paste, pill(Ring::Moored, word("Always works"))),
            ],
            at_codat,
            verdict,
        })
    }

    /// Changes how returns are caught, or tells it where nothing is to change. The loopback page moves at once; what stands at Codat is changed by a
    /// person there.
    ///
    /// # Errors
    /// When a value is out of bounds.
    pub async fn set_return(&self, change: SetReturn) -> Result<ReturnSettings> {
        let before = self.return_choice().await?;
        let mut settings = before.clone();
        if let Some(port) = change.port {
            if port < 1024 {
                return Err(Error::BadRequest(say!("Choose a port from 1024 to 65535.")));
            }
            settings.port = port;
        }
        if let Some(url) = change.bounce_url {
            let url = url.trim();
            settings.bounce_url = if url.is_empty() { None } else { Some(bounce_address(url)?) };
        }
        if let Some(chosen) = change.chosen {
            settings.chosen = chosen;
        }
        if settings.chosen == Doorbell::Bounce && settings.bounce_url.is_none() {
            return Err(Error::BadRequest(say!("Enter the address of your bounce page first.")));
        }
        if settings == before {
            // The page that looks at this asks again when it is told of a change.
            return self.return_settings().await;
        }
        let policy = self.policy()?;
        policy.hold_choice(&settings, &policy.returns(&settings), word("the way back from the bank##policy"))?;
        let kept = serde_json::to_string(&settings).map_err(|error| Error::Internal(error.to_string()))?;
        self.store(move |store| store.set_fact("return", &kept)).await?;
        self.noted("return-settings", "", format!("{:?}, port {}", settings.chosen, settings.port)).await;
        if settings.port != before.port && self.inner.watchers.page.is_wanted() {
            loopback::hang(self, settings.port);
        }
        self.stale([Topic::Return]);
        self.return_settings().await
    }

    /// Rings a doorbell for real, with a state that nobody knows: it must come through, and is then refused as unknown, which changes nothing.
    ///
    /// # Errors
    /// When the doorbell needs something that is not set.
    pub async fn test_doorbell(&self, kind: Doorbell) -> Result<StatusPill> {
        let settings = self.return_choice().await?;
        let state = URL_SAFE_NO_PAD.encode(self.inner.ports.entropy.bytes());
        let heard = self.inner.watchers.testing.expect(&state);
        let pill = |ring, word: &str| Ok(StatusPill { ring, word: word.to_owned() });
        match kind {
            Doorbell::Paste => {
                self.ring(format!("fairlead://return?state={state}")).await?;
                pill(Ring::Moored, word("Always works: paste the whole address"))
            }
            Doorbell::Loopback => {
                let answered = loopback::visit(settings.port, &state).await;
                match (answered, answered && came(&heard, SOON).await) {
                    (true, true) => pill(Ring::Moored, word("The page answered and the bell rang")),
                    (true, false) => pill(Ring::Crossed, word("Another Fairlead answers on this port. Close it, or choose another port")),
                    (false, _) => {
                        pill(Ring::Crossed, word("Nothing of ours answers on this port. Another program may hold it: choose another port"))
                    }
                }
            }
            Doorbell::Scheme => {
                if !self.open_for_test(&format!("fairlead://return?state={state}")) {
                    return pill(Ring::Crossed, word("This computer would not open the address. Use another doorbell"));
                }
                if came(&heard, PATIENCE).await {
                    pill(Ring::Moored, word("The address opened Fairlead and the bell rang"))
                } else {
                    pill(Ring::Crossed, word("The address did not reach Fairlead: this computer hands it to nobody, or to another program"))
                }
            }
            Doorbell::Bounce => {
                let url = settings.bounce_url.ok_or_else(|| Error::BadRequest(say!("Enter the address of your bounce page first.")))?;
                if !self.open_for_test(&format!("{url}?state={state}")) {
                    return pill(Ring::Crossed, word("No browser could be started on this computer"));
                }
                if came(&heard, PATIENCE).await {
                    pill(Ring::Moored, word("The page forwarded and the bell rang"))
                } else {
                    pill(
                        Ring::Half,
                        word("The page was opened, but nothing came back yet. Press its button if it shows one, and test again"),
                    )
                }
            }
        }
    }

    fn open_for_test(&self, address: &str) -> bool {
        self.inner.ports.opener.open(&SecretString::from(address)).is_ok()
    }

    /// Writes the static page for the team to host: whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn write_bounce_page(&self, folder: &Path) -> Result<PathBuf> {
        let path = folder.join("codat-return.html");
        let target = path.clone();
        tokio::task::spawn_blocking(move || crate::place::replace_file(&target, BOUNCE.as_bytes()))
            .await
            .map_err(|error| Error::Internal(error.to_string()))?
            .map_err(Error::file("writing the bounce page"))?;
        Ok(path)
    }
}

/// What stands at Codat, beside what should.
pub(crate) fn compared(there: Option<&str>, settings: &Stored) -> StatusPill {
    let pill = |ring, word: &str| StatusPill { ring, word: word.to_owned() };
    let Some(there) = there else { return pill(Ring::Dotted, word("No template is set at Codat; Fairlead finds out by asking")) };
    let others = [Doorbell::Loopback, Doorbell::Scheme, Doorbell::Bounce];
    let other = others.into_iter().find(|kind| template_of(*kind, settings).as_deref() == Some(there));
    match other {
        Some(kind) if kind == settings.chosen => pill(Ring::Moored, word("Codat sends returns to this doorbell")),
        Some(_) if settings.chosen == Doorbell::Paste => pill(Ring::Moored, word("Returns can be pasted")),
        Some(_) => pill(Ring::Half, word("Codat sends returns to another of these doorbells; they arrive all the same")),
        None if there.contains("state={state}") => {
            pill(Ring::Half, word("Codat sends returns somewhere else. Copy the template into Codat\u{2019}s Portal"))
        }
        None => pill(
            Ring::Half,
            word("The template at Codat lacks {state}, so returns cannot be told apart. Copy this one into Codat\u{2019}s Portal"),
        ),
    }
}

async fn came(heard: &Notify, within: Duration) -> bool {
    tokio::time::timeout(within, heard.notified()).await.is_ok()
}

/// The address of a bounce page as a browser would show it, so that what is pasted from there is understood.
pub(crate) fn bounce_address(typed: &str) -> Result<String> {
    let refused = || Error::BadRequest(say!("A bounce page has an https address, without a question mark, a hash or a password."));
    let url = url::Url::parse(typed).map_err(|_| refused())?;
    let is_plain = url.scheme() == "https"
        && url.host_str().is_some()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= 1_000;
    if is_plain { Ok(url.into()) } else { Err(refused()) }
}

/// Forwards the query to the scheme; with a button where the browser asks for a click. No foreign resource, no script from elsewhere.
const BOUNCE: &str = include_str!("bounce.html");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_carries_the_state_and_is_read_by_the_parser() {
        let settings = Stored { chosen: Doorbell::Loopback, port: 47_811, bounce_url: Some("https://lender.example/codat-return".into()) };
        let state = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPA";
        let doors = domain::link_return::Doors { loopback_port: settings.port, bounce: settings.bounce_url.clone() };
        for kind in [Doorbell::Scheme, Doorbell::Loopback, Doorbell::Bounce] {
            let template = template_of(kind, &settings).expect("a template");
            let filled =
                template.replace("{state}", state).replace("{statusCode}", "201").replace("{companyId}", "").replace("{connectionId}", "");
            assert!(!filled.contains('{'), "{filled}");
            assert_eq!(domain::link_return::parse(&filled, &doors).expect("understood").state, state);
        }
        assert_eq!(template_of(Doorbell::Paste, &settings), None);
        let pasting = Stored { chosen: Doorbell::Paste, ..settings };
        assert!(template(&pasting).starts_with("http://127.0.0.1:47811/return?state={state}"), "something to paste from must come");
    }

    #[test]
    fn what_stands_at_codat_is_compared_with_every_doorbell() {
        let chosen = Stored::default();
        let at = |there: Option<&str>| compared(there, &chosen).ring;
        let loopback = template_of(Doorbell::Loopback, &chosen);
        assert_eq!(at(loopback.as_deref()), Ring::Moored);
        assert_eq!(at(template_of(Doorbell::Scheme, &chosen).as_deref()), Ring::Half);
        assert_eq!(at(Some("https://lender.example/?state={state}")), Ring::Half);
        assert!(compared(Some("https://lender.example/thanks"), &chosen).word.contains("lacks {state}"));
        assert_eq!(at(None), Ring::Dotted, "without a redirect polling finds out");
    }

    #[test]
    fn a_bounce_page_is_https_and_nothing_else() {
        assert_eq!(bounce_address("https://Lender.example").expect("plain"), "https://lender.example/");
        assert_eq!(bounce_address("https://lender.example/codat-return").expect("plain"), "https://lender.example/codat-return");
        for bad in [
            "http://lender.example/x",
            "https://lender.example/?a=1",
            "https://lender.example/#x",
            "https://u:p@lender.example/",
            "javascript:1",
            "lender.example",
            "https://",
        ] {
            assert!(bounce_address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_bounce_page_needs_nobody_else_and_forwards_to_the_scheme_only() {
        assert!(BOUNCE.contains("default-src 'none'") && BOUNCE.contains("fairlead://return?") && BOUNCE.contains("<a id=\"open\""));
        for foreign in ["http://", "https://", "//cdn", "src=", "@import", "url("] {
            assert!(!BOUNCE.contains(foreign), "{foreign}");
        }
    }
}
