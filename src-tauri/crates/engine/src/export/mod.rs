//! Exactly the rows of a query, as a file with a manifest beside it. One file a format; all write as the rows come, so that memory does not grow.

mod csv;
mod json;
mod manifest;
mod parquet;
mod row;
mod xlsx;

pub(crate) use self::csv::safe;

use self::manifest::{About, Asked, Company, Manifest};
use self::parquet::Scale;
use self::row::{Row, Sums};
use crate::browse::filter;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::place::{self, Place, refuse_taken};
use crate::view::{CurrencySum, ExportDone, ExportFormat, Topic, TransactionQuery};
use domain::display::shown;
use say::say;
use std::io::BufWriter;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use store::{Event, Store, StoreError, TransactionFilter};
use tokio_util::sync::CancellationToken;

/// Rows between two looks at whether it is still wanted.
const BATCH: u32 = 256;

/// Where an export goes, and as what.
#[derive(Clone, Debug)]
pub struct ExportTo {
    /// Format.
    pub format: ExportFormat,
    /// The file; its manifest goes beside it.
    pub out: PathBuf,
    /// What lies there may be written over.
    pub overwrite: bool,
}

/// An export as it goes, for whoever looks on or ends it. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Going {
    rows: Arc<AtomicU32>,
    stop: CancellationToken,
}

impl Going {
    /// Rows written so far.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Ends it within a few hundred rows; nothing is left behind.
    pub fn end(&self) {
        self.stop.cancel();
    }
}

/// A format, as rows come.
trait Format {
    fn add(&mut self, row: &Row) -> std::io::Result<()>;

    /// Everything is handed to the file.
    fn finish(self: Box<Self>, sums: &[CurrencySum]) -> std::io::Result<()>;
}

impl Engine {
    /// Writes the rows of a query as they come from the database; offset and limit do not count. Dropped before its end, it leaves nothing.
    ///
    /// # Errors
    /// When the query makes no sense, something lies there already, or the file cannot be written; then nothing is left behind.
    pub async fn export_transactions(&self, query: TransactionQuery, to: ExportTo) -> Result<ExportDone> {
        self.export_transactions_as(query, to, Going::default()).await
    }

    /// The same, to be looked at and ended from outside.
    ///
    /// # Errors
    /// As `export_transactions`; also when it was ended.
    pub async fn export_transactions_as(&self, query: TransactionQuery, to: ExportTo, going: Going) -> Result<ExportDone> {
        self.policy()?.allow_export(to.format)?;
        let (mut filter, chips) = filter(&query, self.today())?;
        refuse_taken(to.out.exists() || manifest::beside(&to.out).exists(), to.overwrite, say::word("A file"))?;
        let (profile, company, now) = (self.inner.profile.clone(), query.company_id.clone(), self.now());
        let (format, limits) = (to.format, limits(&query));
        let _unwanted = going.stop.clone().drop_guard();
        let stopped = self.inner.stop.clone();
        let done = self.store(move |store| {
            let Some(item) = store.company(&filter.company)? else { return Ok(Err(Error::NotFound("company"))) };
            let account = match &filter.account {
                Some(id) => Some(
                    store
                        .accounts(&filter.company)?
                        .into_iter()
                        .find(|account| account.id == *id)
                        .map_or(id.clone(), |found| shown(&found.name)),
                ),
                None => None,
            };
            let about = About {
                profile,
                data_as_of: crate::browse::read_at(store, &item)?.and_then(utc),
                companies: vec![Company { id: item.company.id, name: shown(&item.company.name) }],
                filter: Asked::of(&query, &filter, &chips, account),
                exported_at: utc(now).unwrap_or_default(),
                version: env!("CARGO_PKG_VERSION"),
            };
            filter.mapping = crate::categories::mapping(store)?;
            write(store, &filter, &to, &about, &|| going.stop.is_cancelled() || stopped.is_cancelled(), &going.rows)
        });
        let done = done.await??;
        let said = format!("{}, {} rows, {}, SHA-256 {}", format.ending(), done.rows, limits, done.sha256);
        self.noted("exported", &company, said).await;
        self.note_export(company, format, done.rows).await;
        Ok(done)
    }

    /// A line of history: how much, never what. The file is there whether or not this can be noted.
    async fn note_export(&self, company: String, format: ExportFormat, rows: u32) {
        let rows = if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
        let event = Event {
            at: self.now(),
            company: Some(company.clone()),
            kind: "exported".into(),
            detail: Some(format!("{rows} as {}", format.ending())),
            ..Event::default()
        };
        match self.store(move |store| store.record(&event)).await {
            Ok(()) => self.stale([Topic::Status, Topic::Company(company)]),
            Err(error) => tracing::warn!(%error, "the export was not noted"),
        }
    }
}

fn write(
    store: &Store,
    filter: &TransactionFilter,
    to: &ExportTo,
    about: &About,
    is_unwanted: &dyn Fn() -> bool,
    written: &AtomicU32,
) -> std::result::Result<Result<ExportDone>, StoreError> {
    let mut scale = Scale::default();
    if to.format == ExportFormat::Parquet {
        let mut looked = 0;
        store.each_transaction_while(filter, |row| {
            scale.widen(row.amount);
            looked += 1;
            if looked % BATCH == 0 && is_unwanted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if !scale.fits() {
            return Ok(Err(Error::BadRequest(say!(
                "The amounts have more digits than a Parquet column of one scale holds. Choose CSV or JSON, which keep every digit."
            ))));
        }
    }
    if is_unwanted() {
        return Ok(Err(file_error(std::io::ErrorKind::Interrupted.into())));
    }
    let mut export = match Export::begin(to, scale) {
        Ok(export) => export,
        Err(error) => return Ok(Err(file_error(error))),
    };
    let mut added = Ok(());
    store.each_transaction_while(filter, |found| {
        added = export.add(&Row::of(found, &filter.mapping));
        if export.rows % BATCH == 0 {
            written.store(export.rows, Ordering::Relaxed);
            if added.is_ok() && is_unwanted() {
                added = Err(std::io::ErrorKind::Interrupted.into());
            }
        }
        if added.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    if is_unwanted() {
        added = Err(std::io::ErrorKind::Interrupted.into());
    }
    Ok(added.and_then(|()| export.finish(about)).map_err(file_error))
}

/// How the rows were chosen, for the audit log: what was searched for may be a customer's name, so the words themselves stay out.
fn limits(query: &TransactionQuery) -> String {
    let mut parts = vec![];
    if let Some(account) = &query.account_id {
        parts.push(format!("account {account}"));
    }
    if let Some(from) = &query.from {
        parts.push(format!("from {from}"));
    }
    if let Some(to) = &query.to {
        parts.push(format!("to {to}"));
    }
    if !query.text.trim().is_empty() {
        parts.push("narrowed by words".to_owned());
    }
    if parts.is_empty() { "all".to_owned() } else { parts.join(", ") }
}

/// Every row of a filter as a file and nothing beside it, for whoever keeps a list of files.
pub(crate) fn write_rows(
    store: &Store,
    filter: &TransactionFilter,
    format: ExportFormat,
    out: &std::path::Path,
) -> std::result::Result<Result<()>, StoreError> {
    let to = ExportTo { format, out: out.to_owned(), overwrite: false };
    let mut filter = filter.clone();
    filter.mapping = crate::categories::mapping(store)?;
    let about = About::nothing();
    Ok(write(store, &filter, &to, &about, &|| false, &AtomicU32::default())?.map(|_| ()))
}

fn file_error(error: std::io::Error) -> Error {
    Error::file("writing the export")(error)
}

/// A moment as every file that leaves here writes it.
pub(crate) fn utc(millis: i64) -> Option<String> {
    jiff::Timestamp::from_millisecond(millis).ok().map(|at| at.to_string())
}

/// An export that is being written.
struct Export<'a> {
    to: &'a ExportTo,
    place: Place,
    format: Box<dyn Format>,
    rows: u32,
    sums: Sums,
}

impl<'a> Export<'a> {
    fn begin(to: &'a ExportTo, scale: Scale) -> std::io::Result<Self> {
        let place = Place::beside(&to.out)?;
        let out = BufWriter::new(place.handle()?);
        let format: Box<dyn Format> = match to.format {
            ExportFormat::Csv => Box::new(csv::Csv::new(out)?),
            ExportFormat::Json => Box::new(json::List::new(out)?),
            ExportFormat::Jsonl => Box::new(json::Lines(out)),
            ExportFormat::Xlsx => Box::new(xlsx::Xlsx::new(out, place::folder(&to.out))?),
            ExportFormat::Parquet => Box::new(parquet::Parquet::new(out, scale)?),
        };
        Ok(Self { to, place, format, rows: 0, sums: Sums::default() })
    }

    fn add(&mut self, row: &Row) -> std::io::Result<()> {
        self.format.add(row)?;
        self.sums.add(row);
        self.rows += 1;
        Ok(())
    }

    /// To the disk, and only then to its name.
    fn finish(self, about: &About) -> std::io::Result<ExportDone> {
        let (out, sums) = (&self.to.out, self.sums.told());
        self.format.finish(&sums)?;
        let written = self.place.settle()?;
        let beside = manifest::beside(out);
        let document = serde_json::to_vec_pretty(&Manifest::new(out, self.to.format, &written, self.rows, &sums, about))?;
        let manifest = Place::small(&beside, &document)?;
        self.place.put(self.to.overwrite)?;
        manifest.put(self.to.overwrite)?;
        Ok(ExportDone {
            file: manifest::name(out),
            manifest: manifest::name(&beside),
            folder: place::folder(out).display().to_string(),
            rows: self.rows,
            bytes: written.bytes,
            sha256: written.sha256,
            filter: about.filter.words.clone(),
            sums,
        })
    }
}

#[cfg(test)]
mod tests;
