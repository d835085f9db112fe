//! The bulk desk: a list of customers from a file becomes companies, each once, and each with a link of its own to hand out.
//!
//! A file is read (`table`), its columns are guessed (`columns`), and every row is judged (`check`), all pure. Rows then go one after the other
//! through the same outbox as a single case (`run`); links go out as a file and as mails (`invite`); what was made and never linked can be deleted
//! again (`undo`). Where each list stands is the `board`.

mod board;
mod check;
mod columns;
mod invite;
mod letter;
mod run;
mod table;
mod undo;
pub mod view;

pub(crate) use check::is_address;
pub use invite::LinksTo;
pub(crate) use invite::until;
pub(crate) use letter::eml;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::place::hex;
use crate::view::{BulkCheck, BulkColumns, BulkView, Topic};
use check::{Line, Verdict};
use say::say;
use sha2::{Digest as _, Sha256};
use store::{Bulk, BulkRow, BulkState, RowState};

/// How many customers a file lists, by what is in it and not by its name.
///
/// # Errors
/// When it cannot be read as a table.
pub fn customers_in(bytes: &[u8]) -> Result<usize> {
    Ok(table::read(bytes)?.rows.len())
}

/// Hex digits of a list's id.
const ID: usize = 10;

impl Engine {
    /// What would become of a file: its columns, each row with what is wrong or to be known, and what it costs. Makes nothing. The list of companies is
    /// read from Codat first, where it can be.
    ///
    /// # Errors
    /// When the file cannot be read as a table.
    pub async fn check_bulk(&self, name: &str, bytes: &[u8], chosen: Option<BulkColumns>) -> Result<BulkCheck> {
        let table = table::read(bytes)?;
        let refreshed = self.refresh_companies().await;
        let columns = chosen.unwrap_or_else(|| columns::guess(&table));
        let lines = self.judged(&table, columns).await?;
        let made = lines.iter().filter(|line| line.verdict == Verdict::Make);
        // With a reference, Codat is asked first whether somebody else made it meanwhile.
        let requests = made.map(|line| if line.reference.is_some() { 2 } else { 1 }).sum();
        let count = |test: fn(&Verdict) -> bool| u32::try_from(lines.iter().filter(|line| test(&line.verdict)).count()).unwrap_or(u32::MAX);
        Ok(BulkCheck {
            name: domain::display::shown(name),
            headings: table.headings.iter().map(|heading| domain::display::shown(heading)).collect(),
            columns,
            make: count(|verdict| *verdict == Verdict::Make),
            known: count(|verdict| matches!(verdict, Verdict::Known(_))),
            left_out: count(|verdict| matches!(verdict, Verdict::LeftOut(_))),
            requests,
            fits: self.fits(requests).await,
            is_current: refreshed.is_ok(),
            lines: lines.into_iter().map(Line::view).collect(),
        })
    }

    async fn judged(&self, table: &table::Table, columns: BulkColumns) -> Result<Vec<Line>> {
        let known = self.store(store::Store::known_companies).await?;
        Ok(check::judge(table, columns, &known))
    }

    /// Takes a file in as a list whose rows can be made. The same file is the same list, however often it is taken in.
    ///
    /// # Errors
    /// When the file cannot be read as a table, has no column of names, or has nothing to make.
    pub async fn begin_bulk(&self, name: &str, bytes: &[u8], chosen: Option<BulkColumns>) -> Result<BulkView> {
        let table = table::read(bytes)?;
        let columns = chosen.unwrap_or_else(|| columns::guess(&table));
        if columns.name.is_none() {
            return Err(Error::BadRequest(say!("Say which column holds the names of the companies.")));
        }
        let id = self.id_of(bytes, columns).await?;
        if self.is_kept(&id).await? {
            return self.bulk(&id).await;
        }
        // What is kept with a row is kept in English.
        let judged = say::all_plainly(self.judged(&table, columns)).await?;
        let rows: Vec<BulkRow> = judged.into_iter().map(Line::row).collect();
        if rows.iter().all(|row| row.state == RowState::LeftOut) {
            return Err(Error::BadRequest(say!("No row of this file can be made or is here already.")));
        }
        let new =
            Bulk { id: id.clone(), name: domain::display::shown(name), state: BulkState::Running, made_at: self.now(), problem: None };
        let count = rows.len();
        self.store(move |store| store.keep_bulk(&new, &rows)).await?;
        self.noted("list-begun", &id, format!("{count} rows")).await;
        self.stale([Topic::Bulk]);
        self.bulk(&id).await
    }

    /// The id follows from the content, so that a run that was cut in any moment is gone on with by running the file again. A list that was undone is
    /// over: its file begins anew.
    async fn id_of(&self, bytes: &[u8], columns: BulkColumns) -> Result<String> {
        let mut hash = Sha256::new();
        hash.update(bytes);
        let BulkColumns { name, reference, mail, language } = columns;
        // As it was written before lists had languages: a list that was begun then goes on.
        hash.update(format!("BulkColumns {{ name: {name:?}, reference: {reference:?}, mail: {mail:?} }}"));
        if let Some(language) = language {
            hash.update(format!("language {language}"));
        }
        let hex = hex(&hash.finalize()[..ID / 2]);
        let lists = self.store(store::Store::bulks).await?;
        let over = lists.iter().filter(|list| list.id.starts_with(&hex) && list.state == BulkState::Undone).count();
        Ok(if over == 0 { hex } else { format!("{hex}-{}", over + 1) })
    }

    async fn is_kept(&self, id: &str) -> Result<bool> {
        let id = id.to_owned();
        Ok(self.store(move |store| store.bulk(&id)).await?.is_some())
    }

    pub(crate) async fn kept_bulk(&self, id: &str) -> Result<Bulk> {
        let id = id.to_owned();
        self.store(move |store| store.bulk(&id)).await?.ok_or(Error::NotFound("list"))
    }
}
