//! Several steps of several fetches in one transaction: a commit costs the same whether it holds a page or twenty small ones.

use crate::datasets::DatasetEntry;
use crate::put::Memory;
use crate::records::{Applied, PageDone, Quarantined, Records, Run};
use crate::{Reading, Store, StoreError};
use rusqlite::Transaction;
use std::cell::RefCell;

/// An open transaction. Each step stands or falls alone; all of them count only once the whole is committed.
pub struct Writing<'t> {
    tx: &'t Transaction<'t>,
    memory: RefCell<&'t mut Memory>,
}

impl Writing<'_> {
    /// What stands in the open transaction, the steps before included.
    #[must_use]
    pub fn reading(&self) -> Reading<'_> {
        Reading::new(self.tx, None)
    }

    /// One step; a failure leaves nothing of it behind, and what came before it stays.
    pub(crate) fn write<T>(
        &self,
        doing: &'static str,
        body: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.write_rows(doing, |tx, _| body(tx))
    }

    /// The same for rows in bulk, with what the writer remembers of the rows before.
    pub(crate) fn write_rows<T>(
        &self,
        doing: &'static str,
        body: impl FnOnce(&Transaction<'_>, &mut Memory) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut memory = self.memory.borrow_mut();
        let step = |memory: &mut Memory| {
            if self.tx.is_autocommit() {
                // A step before this one ended the whole transaction: what came now would be committed alone.
                return Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT), None));
            }
            self.tx.execute_batch("SAVEPOINT step")?;
            let value = body(self.tx, memory).inspect_err(|_| {
                // A full disk ends the whole transaction by itself.
                if !self.tx.is_autocommit() {
                    let _ = self.tx.execute_batch("ROLLBACK TO step; RELEASE step");
                }
            })?;
            self.tx.execute_batch("RELEASE step")?;
            Ok(value)
        };
        step(&mut memory).map_err(|error| {
            // What it remembers of this step is not so.
            memory.forget();
            StoreError::new(doing, &error)
        })
    }
}

impl Store {
    /// Runs in one transaction. What `body` returns counts only if this returns it.
    ///
    /// # Errors
    /// When the database cannot be written: then nothing is stored.
    pub fn together<T>(&self, doing: &'static str, body: impl FnOnce(&Writing<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut refused = None;
        let written = self.write_rows(doing, |tx, memory| {
            body(&Writing { tx, memory: RefCell::new(memory) }).map_err(|error| {
                refused = Some(error);
                rusqlite::Error::QueryReturnedNoRows
            })
        });
        written.map_err(|error| refused.unwrap_or(error))
    }

    /// As [`Writing::begin_run`], alone.
    ///
    /// # Errors
    /// When the database cannot be written.
    #[expect(clippy::too_many_arguments, reason = "a run is made of just these")]
    pub fn begin_run(
        &self,
        company: &str,
        connection: &str,
        data_type: &str,
        dataset: Option<&str>,
        since: Option<&str>,
        page_size: u32,
        at: i64,
    ) -> Result<Run, StoreError> {
        self.together("beginning a fetch", |writing| writing.begin_run(company, connection, data_type, dataset, since, page_size, at))
    }

    /// As [`Writing::apply_page`], alone.
    ///
    /// # Errors
    /// When the database cannot be written: then nothing of the page is stored.
    pub fn apply_page(&self, run: &Run, records: &Records, bad: &[Quarantined], done: &PageDone) -> Result<Applied, StoreError> {
        self.together("storing a page", |writing| writing.apply_page(run, records, bad, done))
    }

    /// As [`Writing::finish_run`], alone.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn finish_run(&self, done: &Run, watermark: Option<&str>, at: i64) -> Result<(), StoreError> {
        self.together("ending a fetch", |writing| writing.finish_run(done, watermark, at))
    }

    /// As [`Writing::drop_run`], alone.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn drop_run(&self, n: i64, why: &str, at: i64) -> Result<(), StoreError> {
        self.together("giving up a fetch", |writing| writing.drop_run(n, why, at))
    }

    /// As [`Writing::keep_datasets`], alone.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_datasets(&self, datasets: &[DatasetEntry]) -> Result<(), StoreError> {
        self.together("keeping reads", |writing| writing.keep_datasets(datasets))
    }

    /// As [`Writing::set_facts`], alone.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_facts(&self, facts: &[(String, String)]) -> Result<(), StoreError> {
        self.together("keeping facts", |writing| writing.set_facts(facts))
    }
}
