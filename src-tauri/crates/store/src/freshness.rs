//! Companies in the order of their ids, a few at a time, for whoever goes through all of them in the background.

use crate::{Store, StoreError};
use rusqlite::params;

impl Store {
    /// Companies with a linked connection whose id comes after this one, in that order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn linked_companies(&self, after: &str, limit: u32) -> Result<Vec<String>, StoreError> {
        self.read("going through the companies", |conn| {
            conn.prepare_cached(
                "SELECT DISTINCT company FROM connections INDEXED BY connections_by_company
                 WHERE company > ? AND gone = 0 AND status = 'Linked' ORDER BY company LIMIT ?",
            )?
            .query_map(params![after, limit], |row| row.get(0))?
            .collect()
        })
    }
}
