//! The request budget that all copies of the program share which have this profile open: one row, whose words are the engine's.

use crate::{Store, StoreError};
use rusqlite::OptionalExtension as _;

const READ: &str = "SELECT state FROM budget WHERE id = 1";

impl Store {
    /// The budget as it was last left, if it ever was.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn budget(&self) -> Result<Option<String>, StoreError> {
        self.read("reading the request budget", |conn| conn.prepare_cached(READ)?.query_row([], |row| row.get(0)).optional())
    }

    /// Changes the budget. Nobody else changes it between what `change` is shown and what it returns.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn change_budget(&self, change: impl FnOnce(Option<&str>) -> String) -> Result<(), StoreError> {
        self.write("keeping the request budget", |tx| {
            let before: Option<String> = tx.prepare_cached(READ)?.query_row([], |row| row.get(0)).optional()?;
            let after = change(before.as_deref());
            tx.prepare_cached("INSERT INTO budget (id, state) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state")?
                .execute([after])?;
            Ok(())
        })
    }
}
