//! What support needs to help: the check-up and numbers around it, as readable texts. What is looked at is what is written.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::home::{Home, blocking};
use crate::view::{AppState, DoctorView, SupportFile, SupportView, SupportWritten, Verdict};
use serde::Serialize;
use serde_json::json;
use std::fmt::Write as _;
use std::io::Read;
use std::path::PathBuf;

/// Lines of the ledger that are told of.
const LINES: u32 = 200;

impl DoctorView {
    /// The check-up as lines to read.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = String::new();
        for finding in &self.findings {
            let mark = match finding.verdict {
                Verdict::Good => "ok",
                Verdict::Note => "note",
                Verdict::Wrong => "WRONG",
                Verdict::Unknown => "?",
            };
            let _ = writeln!(words, "{mark:<6} {:<23} {}", finding.title, finding.says);
            if let Some(fix) = &finding.fix {
                let _ = writeln!(words, "{:<31}{fix}", "");
            }
        }
        let _ = write!(words, "{} wrong, {} to note. Fairlead {} on {}.", self.wrong, self.notes, self.version, self.system);
        words
    }
}

impl Home {
    /// Gathers what support needs. `trouble` is why no profile is open, when opening one was tried. No name of a customer, no row of a bank and no
    /// secret is in it. Changes nothing, here or at Codat.
    ///
    /// # Errors
    /// When the settings or the database cannot be read.
    pub async fn support(&self, trouble: Option<&str>) -> Result<SupportView> {
        // What goes to support speaks no language.
        let seen = say::all_plainly(self.doctor(trouble)).await;
        let mut files = vec![
            SupportFile::new("check-up.txt", "What works and what does not", seen.words() + "\n"),
            SupportFile::json("settings.json", "How this computer is set", &settings(&self.app_state().await?)),
        ];
        if let Ok(engine) = self.engine() {
            files.extend(engine.support_files().await?);
        }
        Ok(SupportView { files })
    }

    /// Writes what was looked at as one ZIP. Notes in the audit log that it was made.
    ///
    /// # Errors
    /// When a file lies there already or cannot be written: then nothing is left behind.
    pub async fn write_support(&self, seen: SupportView, out: PathBuf) -> Result<SupportWritten> {
        crate::place::refuse_taken(out.exists(), false, say::word("A file"))?;
        let place = out.display().to_string();
        let (files, written) = blocking(move || {
            let files = seen.files.iter().map(|file| (file.name.as_str(), Box::new(file.text.as_bytes()) as Box<dyn Read>));
            let written = crate::zipped::write(files, &out, false).map_err(Error::file("writing what support needs"))?;
            Ok((u32::try_from(seen.files.len()).unwrap_or(u32::MAX), written))
        })
        .await?;
        if let Ok(engine) = self.engine() {
            engine.noted("support-written", "", format!("{files} files, SHA-256 {}", written.sha256)).await;
        }
        Ok(SupportWritten { files, bytes: written.bytes, sha256: written.sha256, place })
    }
}

impl SupportFile {
    fn new(name: &str, what: &str, text: String) -> Self {
        Self { name: name.to_owned(), what: what.to_owned(), text }
    }

    fn json(name: &str, what: &str, value: &impl Serialize) -> Self {
        Self::new(name, what, serde_json::to_string_pretty(value).unwrap_or_default() + "\n")
    }
}

/// Only what is chosen from a list or counted; words that somebody typed stay here.
fn settings(state: &AppState) -> serde_json::Value {
    json!({
        "environment": state.active.as_ref().map(|profile| profile.environment),
        "demo": state.active.as_ref().map(|profile| profile.is_demo),
        "vault": state.active.as_ref().map(|profile| profile.vault),
        "profiles": state.profiles.len(),
        "keychain": state.keychain.available,
        "lock": { "pin": state.lock.has_pin, "afterMinutes": state.lock.after_minutes },
        "organisationSets": state.managed.as_ref().map(|managed| managed.policy.set().into_iter().map(|(key, _, _)| key).collect::<Vec<_>>()),
        "preferences": {
            "theme": state.preferences.theme,
            "density": state.preferences.density,
            "personalBanks": state.preferences.show_personal_banks,
            "requiredMonths": state.preferences.required_months,
            "notices": state.preferences.notices,
            "ownShortcuts": state.preferences.shortcuts.len(),
        },
    })
}

impl Engine {
    async fn support_files(&self) -> Result<Vec<SupportFile>> {
        let (tally, events) = self.store(|store| Ok((store.tally()?, store.newest_events(LINES)?))).await?;
        let returns = self.return_choice().await?;
        let happened: Vec<_> = events
            .iter()
            .map(|(_, event)| json!({ "at": event.at, "kind": event.kind, "outcome": event.outcome, "door": event.door, "bank": event.bank_key }))
            .collect();
        let returns = json!({ "chosen": returns.chosen, "port": returns.port, "ownPage": returns.bounce_url.is_some() });
        Ok(vec![
            SupportFile::json("returns.json", "How customers come back", &returns),
            SupportFile::json("kept.json", "How much is kept here, and which reads ended badly", &tally),
            SupportFile::json("requests.json", "Requests to Codat and what is left of them", &self.budget_view().await),
            SupportFile::json("happened.json", "What happened last: kinds and times, nobody’s name", &happened),
        ])
    }
}
