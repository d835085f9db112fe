//! The banks that the client enables, as last read, and their logos.

use crate::{Store, StoreError};
use rusqlite::{OptionalExtension as _, params};

/// A bank as Codat lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankEntry {
    /// Platform key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Where its logo is.
    pub logo_url: Option<String>,
    /// Switched on.
    pub enabled: bool,
    /// Source.
    pub source_id: Option<String>,
    /// Provider.
    pub integration_id: Option<String>,
    /// Kind of source.
    pub source_type: Option<String>,
}

/// A decoded logo as PNG, `None` when it could not be had; and when that was, UTC milliseconds.
pub type Logo = (Option<Vec<u8>>, i64);

impl Store {
    /// Replaces the whole list.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn replace_banks(&self, banks: &[BankEntry], at: i64) -> Result<(), StoreError> {
        self.write("keeping the banks", |tx| {
            tx.execute("DELETE FROM banks", [])?;
            let mut insert =
                tx.prepare_cached("INSERT OR IGNORE INTO banks (key, name, logo_url, enabled, source_id, integration_id, source_type) VALUES (?, ?, ?, ?, ?, ?, ?)")?;
            for bank in banks {
                insert.execute(params![bank.key, bank.name, bank.logo_url, bank.enabled, bank.source_id, bank.integration_id, bank.source_type])?;
            }
            tx.execute("INSERT INTO meta (name, value) VALUES ('banks_at', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", [at.to_string()])?;
            Ok(())
        })
    }

    /// All of them, in Codat's order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn banks(&self) -> Result<Vec<BankEntry>, StoreError> {
        self.read("reading the banks", |conn| {
            let mut rows = conn.prepare_cached(
                "SELECT key, name, logo_url, enabled, source_id, integration_id, source_type FROM banks ORDER BY position",
            )?;
            rows.query_map([], |row| {
                Ok(BankEntry {
                    key: row.get(0)?,
                    name: row.get(1)?,
                    logo_url: row.get(2)?,
                    enabled: row.get(3)?,
                    source_id: row.get(4)?,
                    integration_id: row.get(5)?,
                    source_type: row.get(6)?,
                })
            })?
            .collect()
        })
    }

    /// A logo that was fetched, or failed to be.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn logo(&self, url: &str) -> Result<Option<Logo>, StoreError> {
        self.read("reading a logo", |conn| {
            conn.query_row("SELECT png, at FROM logos WHERE url = ?", [url], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
    }

    /// Keeps a logo, or that there is none to be had.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_logo(&self, url: &str, png: Option<&[u8]>, at: i64) -> Result<(), StoreError> {
        self.write("keeping a logo", |tx| {
            tx.execute(
                "INSERT INTO logos (url, png, at) VALUES (?, ?, ?) ON CONFLICT (url) DO UPDATE SET png = excluded.png, at = excluded.at",
                params![url, png, at],
            )?;
            Ok(())
        })
    }
}
