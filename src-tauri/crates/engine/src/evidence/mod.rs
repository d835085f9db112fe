//! The evidence pack: one ZIP per company with what was asked for, agreed to, read and done, each file with its hash. The same store on the same day gives
//! the same bytes (`pack`); anybody can look through it without Fairlead, or with `verify`.

mod pack;
mod summary;
mod verify;
pub mod view;

pub use verify::verify_evidence;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::export::{utc, write_rows};
use crate::links::sheet_text;
use crate::place::refuse_taken;
use crate::view::{
    AccountView, BusinessCheck, CompanyView, CoverageView, EvidenceMade, ExportFormat, TimelineEvent, Topic, TransactionQuery,
};
use crate::words::language_of_sheet;
use domain::display::shown;
use pack::{Content, Manifest, Named, Part};
use say::word;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use store::{Attempt, Consent, Event};

/// Of the pack's own form.
const FORMAT: u32 = 1;
/// Lines of the ledger in a pack.
const LINES: u32 = 100_000;

const VERIFY: &str = "\
How to check this pack without Fairlead

1. Unpack it into an empty folder.
2. In that folder, run:  sha256sum -c SHA256SUMS
   (macOS: shasum -a 256 -c SHA256SUMS. Windows: compare with certutil -hashfile FILE SHA256.)
   Every line must end with OK.
3. manifest.json names every file with its size and its SHA-256; a file that it does not name is not part of the pack.
4. Compare the SHA-256 of the ZIP itself with the one that was noted when it was made.
   Whoever can change the whole pack can change its checksums too: the noted hash is what shows that nobody did.

With Fairlead: fairlead evidence verify FILE.zip
";

/// What a pack is made from.
pub(crate) struct Gathered {
    client: String,
    profile: String,
    day: String,
    company: CompanyView,
    coverage: CoverageView,
    consents: Vec<Consent>,
    attempts: Vec<Attempt>,
    events: Vec<Event>,
    /// What was read out, by attempt, where it is known.
    sheets: BTreeMap<String, Option<String>>,
    /// Mails that went out, by their version.
    letters: BTreeMap<String, String>,
}

impl Engine {
    /// Writes a company's evidence pack.
    ///
    /// # Errors
    /// When the company is not here, something lies there already, or the file cannot be written: then nothing is left behind.
    pub async fn make_evidence(&self, company_id: String, out: PathBuf, overwrite: bool) -> Result<EvidenceMade> {
        let policy = self.policy()?;
        [ExportFormat::Csv, ExportFormat::Parquet].into_iter().try_for_each(|format| policy.allow_export(format))?;
        refuse_taken(out.exists(), overwrite, word("A file"))?;
        // A pack speaks no language: who reads it may sit elsewhere.
        let gathered = say::all_plainly(self.gather_evidence(company_id.clone())).await?;
        let query = TransactionQuery { company_id: company_id.clone(), ..TransactionQuery::default() };
        let (filter, _) = crate::browse::filter(&query, self.today())?;
        let place = out.display().to_string();
        let (files, bytes, sha256) = self
            .store(move |store| {
                let folder = match tempfile::tempdir_in(crate::place::folder(&out)) {
                    Ok(folder) => folder,
                    Err(error) => return Ok(Err(Error::file("making room for the pack")(error))),
                };
                let mut parts = say::plainly(|| parts(&gathered));
                for (format, name) in [(ExportFormat::Csv, "transactions.csv"), (ExportFormat::Parquet, "transactions.parquet")] {
                    let path = folder.path().join(name);
                    match write_rows(store, &filter, format, &path)? {
                        Ok(()) => {
                            parts.push(Part {
                                name: name.to_owned(),
                                what: "every transaction that is here",
                                content: Content::File(path),
                            });
                        }
                        // Amounts of too many digits have no column of one scale; the other file keeps every digit.
                        Err(Error::BadRequest(_)) if format == ExportFormat::Parquet => {}
                        Err(error) => return Ok(Err(error)),
                    }
                }
                Ok(pack::write(parts, manifest(&gathered), &out, overwrite).map_err(Error::file("writing the pack")))
            })
            .await??;
        let made = EvidenceMade { files, bytes, sha256, place };
        self.note_evidence(company_id, &made).await;
        Ok(made)
    }

    async fn gather_evidence(&self, company_id: String) -> Result<Gathered> {
        let company = self.company(company_id.clone()).await?;
        let coverage = self.coverage(company_id.clone()).await?;
        let id = company_id.clone();
        let (consents, attempts, events) = self
            .store(move |store| {
                // A pack that was made before is no part of the next one: the same state gives the same pack.
                let events: Vec<Event> = store.events_of(&id, LINES)?.into_iter().filter(|event| event.kind != "evidence").collect();
                Ok((store.consents_of(&id)?, store.attempts_of(&id)?, events))
            })
            .await?;
        let mut sheets = BTreeMap::new();
        for attempt in attempts.iter().filter(|attempt| attempt.sheet_version.is_some()) {
            let version = attempt.sheet_version.clone().unwrap_or_default();
            // Words that this Fairlead writes have their names in them; those of another version are as they were kept, names left open.
            let written = match language_of_sheet(&version) {
                Some(language) => self.data_access_sheet(attempt.bank_key.clone(), language).await.ok().map(|sheet| sheet_text(&sheet)),
                None => None,
            };
            let text = match written {
                Some(text) => Some(text),
                None => self.store(move |store| store.words_of(&version)).await?,
            };
            sheets.insert(attempt.id.clone(), text);
        }
        let sent: std::collections::BTreeSet<String> = events
            .iter()
            .filter(|event| event.kind == "handed-over")
            .filter_map(|event| event.detail.as_deref()?.strip_prefix("text ").map(str::to_owned))
            .collect();
        let letters = self
            .store(move |store| {
                let mut kept = BTreeMap::new();
                for version in sent {
                    if let Some(text) = store.words_of(&version)? {
                        kept.insert(version, text);
                    }
                }
                Ok(kept)
            })
            .await?;
        Ok(Gathered {
            client: self.client_name().await,
            profile: self.inner.profile.clone(),
            day: self.today().to_string(),
            company,
            coverage,
            consents,
            attempts,
            events,
            sheets,
            letters,
        })
    }

    /// A line of history with the pack's own hash: what was handed over can be told from what was changed since.
    async fn note_evidence(&self, company: String, made: &EvidenceMade) {
        let event = Event {
            at: self.now(),
            company: Some(company.clone()),
            kind: "evidence".into(),
            detail: Some(format!("SHA-256 {}", made.sha256)),
            ..Event::default()
        };
        match self.store(move |store| store.record(&event)).await {
            Ok(()) => self.stale([Topic::Company(company)]),
            Err(error) => tracing::warn!(%error, "the pack was not noted"),
        }
    }
}

fn manifest(of: &Gathered) -> Manifest {
    let row = &of.company.row;
    Manifest {
        format: FORMAT,
        company: Named { id: row.id.clone(), name: row.name.clone(), reference: row.reference.clone() },
        client: of.client.clone(),
        profile: of.profile.clone(),
        day: of.day.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        files: vec![],
    }
}

fn parts(of: &Gathered) -> Vec<Part> {
    let accounts: Vec<&AccountView> = of.company.connections.iter().flat_map(|card| &card.accounts).collect();
    let mut parts = vec![
        Part::text("HOW-TO-VERIFY.txt", "how to check this pack", VERIFY.to_owned()),
        Part { name: "summary.pdf".into(), what: "the pack on paper", content: Content::Bytes(summary::pdf(of)) },
        Part::json("accounts.json", "accounts with their balances", &accounts),
        Part::json("consents.json", "every consent that is known, with estimated ends", &consents(of)),
        Part::json("coverage.json", "which months of which account are here", &of.coverage),
        Part::json(
            "whose-accounts.json",
            "what differed from the company\u{2019}s name or from before, and what was said of it",
            &checks(of),
        ),
        Part::json("timeline.json", "what happened, in words, newest first", &timeline(of)),
        Part::text("ledger.csv", "what happened, line by line as it was noted, newest first", ledger(&of.events)),
    ];
    for (version, text) in texts(of) {
        parts.push(Part::text(&format!("consent-texts/{version}.txt"), "what the customer was told, word for word", text));
    }
    parts
}

fn checks(of: &Gathered) -> &[BusinessCheck] {
    &of.company.checks
}

fn timeline(of: &Gathered) -> Vec<&TimelineEvent> {
    of.company.timeline.iter().filter(|line| line.title != crate::companies::timeline::PACK_MADE).collect()
}

fn consents(of: &Gathered) -> Vec<impl Serialize + use<>> {
    let at = |millis: Option<i64>| millis.and_then(utc);
    let attempts = of.attempts.iter().map(|attempt| {
        json!({
            "attempt": attempt.id, "connection": attempt.connection, "bank": shown(&attempt.bank_name), "begun": utc(attempt.started_at), "textVersion": attempt.sheet_version,
            "textFile": of.sheets.get(&attempt.id).and_then(Option::as_ref).map(|_| format!("consent-texts/{}.txt", text_name(attempt))),
        })
    });
    let given = of.consents.iter().map(|one| {
        json!({
            "connection": one.connection, "bankKey": one.bank_key, "given": utc(one.given), "givenIsExact": one.exact, "estimatedEnd": at(one.ends_at.filter(|_| one.ended.is_none())),
            "ended": at(one.ended), "endedAs": one.how,
        })
    });
    vec![json!({ "consents": given.collect::<Vec<_>>(), "attempts": attempts.collect::<Vec<_>>() })]
}

fn text_name(attempt: &Attempt) -> String {
    let bank: String = attempt.bank_key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(60).collect();
    format!("{} {bank}", attempt.sheet_version.as_deref().unwrap_or_default())
}

fn texts(of: &Gathered) -> BTreeMap<String, String> {
    let told = of.attempts.iter().filter_map(|attempt| Some((text_name(attempt), of.sheets.get(&attempt.id)?.clone()?)));
    told.chain(of.letters.clone()).collect()
}

/// The ledger holds ids, words of ours and status words.
fn ledger(events: &[Event]) -> String {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    let head = ["at", "kind", "outcome", "door", "bankKey", "connection", "attempt", "detail"];
    let _ = csv.write_record(head);
    for event in events {
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        let cells = [
            utc(event.at).unwrap_or_default(),
            event.kind.clone(),
            optional(&event.outcome),
            optional(&event.door),
            optional(&event.bank_key),
            optional(&event.connection),
            optional(&event.attempt),
            optional(&event.detail),
        ];
        let _ = csv.write_record(cells.each_ref().map(|cell| crate::export::safe(cell)));
    }
    csv.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
