//! Several questions of one moment: what is decided from their answers is decided from what stood together, and asking costs one look at the file.

use crate::guard::{Guard, Stop};
use crate::open::PATIENCE;
use crate::{Store, StoreError};
use rusqlite::Connection;

/// A moment of the database: a snapshot, or what an open transaction sees.
pub struct Reading<'c> {
    conn: &'c Connection,
    guard: Option<&'c Guard>,
}

impl<'c> Reading<'c> {
    pub(crate) fn new(conn: &'c Connection, guard: Option<&'c Guard>) -> Self {
        Self { conn, guard }
    }

    pub(crate) fn ask<T>(&self, doing: &'static str, body: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        body(self.conn).map_err(|error| match self.guard.and_then(|guard| guard.why(&error)) {
            Some(problem) => StoreError { doing, problem },
            None => StoreError::new(doing, &error),
        })
    }
}

impl Store {
    /// Asks several questions of one snapshot. They share the time that one question may take.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn reading<T>(&self, body: impl FnOnce(&Reading<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.read_moment("reading", Some(PATIENCE), &Stop::default(), body)
    }
}
