//! Links out: a file with one fresh link a row, and a mail for each as a draft. A link works once and for a day, so that it is fetched at that moment
//! and kept nowhere but in the files that were asked for.

use super::letter::eml;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::export::safe;
use crate::links::LIFE_MS;
use crate::place::{Place, own_folder, refuse_taken};
use crate::ports::{CompanyTold, SourceError};
use crate::view::{BulkLinks, Language, Millis, Topic};
use crate::words::{About, Letter, letter, letter_as_kept, letter_version};
use futures::{StreamExt as _, TryStreamExt as _};
use say::say;
use secrecy::{ExposeSecret as _, SecretString};
use std::path::PathBuf;
use store::{BulkRow, BulkRows, Event, Store, StoreError};

/// Links asked for at once.
const AT_ONCE: usize = 4;
const COLUMNS: [&str; 7] = ["line", "company", "reference", "mail", "link", "worksUntil", "text"];

/// Where links go.
#[derive(Clone, Debug)]
pub struct LinksTo {
    /// The file.
    pub out: PathBuf,
    /// The folder of the mails; none are written without one.
    pub mails: Option<PathBuf>,
    /// What lies there may be written over.
    pub overwrite: bool,
    /// The language of those of whom the list says none.
    pub language: Language,
}

/// A row with its link.
struct Invited {
    row: BulkRow,
    url: SecretString,
}

impl Engine {
    /// Writes a fresh link for every row of a list whose bank is not linked.
    ///
    /// # Errors
    /// When it is not here, something lies there already, Codat cannot be asked, or a file cannot be written: then the file of links is not there.
    pub async fn bulk_links(&self, id: &str, to: LinksTo) -> Result<BulkLinks> {
        self.kept_bulk(id).await?;
        let taken = to.out.exists() || to.mails.as_ref().is_some_and(|folder| folder.exists());
        refuse_taken(taken, to.overwrite, say::word("Something"))?;
        let own = id.to_owned();
        let rows = self.store(move |store| store.bulk_rows(&own, BulkRows::NotLinked, 0, u32::MAX)).await?;
        let wanted = rows.len();
        let now = self.now();
        let invited: Vec<Option<Invited>> =
            futures::stream::iter(rows).map(|row| self.fresh_link_of(row)).buffered(AT_ONCE).try_collect().await?;
        let invited: Vec<Invited> = invited.into_iter().flatten().collect();
        if invited.is_empty() {
            return Err(Error::BadRequest(say!("No row of this list waits for its customer.")));
        }
        let client = self.client_name().await;
        let (own, expires_at) = (id.to_owned(), now + LIFE_MS);
        let (place, mails_place) = (to.out.display().to_string(), to.mails.as_ref().map(|folder| folder.display().to_string()));
        let (links, mails) = self
            .store(move |store| {
                let written = write(&invited, &client, expires_at, &to).map_err(Error::file("writing the links"));
                let numbers: Vec<u32> = invited.iter().map(|one| one.row.n).collect();
                let Ok(mails) = written else { return Ok(written.map(|mails| (0, mails))) };
                if mails > 0 {
                    keep_versions(store, &invited, &to)?;
                }
                note_handed(store, &invited, &to, now)?;
                store.links_given(&own, &numbers, now)?;
                Ok(Ok((invited.len(), mails)))
            })
            .await??;
        self.noted("list-links-written", id, format!("{links} links")).await;
        self.stale([Topic::Bulk]);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let left_out = count(wanted - links);
        Ok(BulkLinks { links: count(links), mails, left_out, expires_at: Millis(expires_at), place, mails_place })
    }

    /// None when the customer was faster, or the company is gone.
    async fn fresh_link_of(&self, row: BulkRow) -> Result<Option<Invited>> {
        let Some(company) = row.company.clone() else { return Ok(None) };
        let now = self.now();
        let (told, url) = match self.inner.source.company_link(&company).await {
            Ok(told) => told,
            Err(SourceError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let is_linked = is_linked(&told);
        self.take_in(told, None, now).await?;
        let Some(url) = url.filter(|_| !is_linked) else { return Ok(None) };
        if !self.inner.source.may_open(url.expose_secret()) {
            return Err(Error::UnsafeLink);
        }
        Ok(Some(Invited { row, url }))
    }
}

/// The words that went out, as they were.
fn keep_versions(store: &Store, invited: &[Invited], to: &LinksTo) -> std::result::Result<(), StoreError> {
    let used: std::collections::HashSet<Language> = invited.iter().map(|one| language_of(one, to)).collect();
    for language in used {
        let (version, text) = letter_as_kept(language, Letter::Open);
        store.keep_words(&version, &text)?;
    }
    Ok(())
}

/// Who was sent which words, in the history of each company.
fn note_handed(store: &Store, invited: &[Invited], to: &LinksTo, at: i64) -> std::result::Result<(), StoreError> {
    for one in invited.iter().filter(|one| to.mails.is_some() && one.row.mail.is_some()) {
        let event = Event {
            at,
            company: one.row.company.clone(),
            attempt: one.row.attempt.clone(),
            kind: "handed-over".into(),
            door: Some("mail".into()),
            detail: Some(format!("text {}", letter_version(language_of(one, to), Letter::Open))),
            ..Event::default()
        };
        store.record(&event)?;
    }
    Ok(())
}

fn is_linked((_, connections): &CompanyTold) -> bool {
    connections.iter().any(|found| found.status == "Linked")
}

fn language_of(one: &Invited, to: &LinksTo) -> Language {
    one.row.language.as_deref().and_then(Language::read).unwrap_or(to.language)
}

/// Until when a link works, as a list of links writes it.
pub(crate) fn until(expires_at: i64) -> String {
    jiff::Timestamp::from_millisecond(expires_at).map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}

/// Mails first: under its name the file stands only when all of it is on the disk. Returns how many mails there are.
fn write(invited: &[Invited], client: &str, expires_at: i64, to: &LinksTo) -> std::io::Result<u32> {
    let mut mails = 0;
    if let Some(folder) = &to.mails {
        own_folder(folder)?;
        for one in invited {
            let Some(address) = &one.row.mail else { continue };
            let about = About { client, company: &one.row.name, ..About::default() };
            let mail = letter(language_of(one, to), Letter::Open, about, one.url.expose_secret());
            Place::small(&folder.join(format!("{:05}.eml", one.row.n)), eml(&mail, Some(address)).as_bytes())?.put(to.overwrite)?;
            mails += 1;
        }
    }
    let until = until(expires_at);
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    csv.write_record(COLUMNS)?;
    for one in invited {
        let line = one.row.n.to_string();
        let (reference, mail) = (one.row.reference.as_deref().unwrap_or_default(), one.row.mail.as_deref().unwrap_or_default());
        let text = if to.mails.is_some() && !mail.is_empty() { letter_version(language_of(one, to), Letter::Open) } else { String::new() };
        csv.write_record([&line, &one.row.name, reference, mail, one.url.expose_secret(), &until, &text].map(safe))?;
    }
    let bytes = csv.into_inner().map_err(|error| std::io::Error::from(error.error().kind()))?;
    Place::small(&to.out, &bytes)?.put(to.overwrite)?;
    Ok(mails)
}
