//! Small facts by name: preferences of the profile, when a list was read, how many requests were sent today.

use crate::together::Writing;
use crate::{Reading, Store, StoreError};
use rusqlite::{OptionalExtension as _, params};

impl Reading<'_> {
    /// A fact, if it was ever set.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn fact(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.ask("reading a fact", |conn| {
            conn.prepare_cached("SELECT value FROM meta WHERE name = ?")?.query_row([name], |row| row.get(0)).optional()
        })
    }

    /// Facts in the order of their names; `None` where one was never set.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn facts(&self, names: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        self.ask("reading facts", |conn| {
            let mut get = conn.prepare_cached("SELECT value FROM meta WHERE name = ?")?;
            names.iter().map(|name| get.query_row([name], |row| row.get(0)).optional()).collect()
        })
    }
}

impl Store {
    /// As [`Reading::fact`], alone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn fact(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.reading(|reading| reading.fact(name))
    }

    /// Sets a fact.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_fact(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.write("keeping a fact", |tx| {
            tx.execute(
                "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                params![name, value],
            )?;
            Ok(())
        })
    }

    /// As [`Reading::facts`], alone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn facts(&self, names: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        self.reading(|reading| reading.facts(names))
    }
}

impl Writing<'_> {
    /// Sets several facts at once.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_facts(&self, facts: &[(String, String)]) -> Result<(), StoreError> {
        self.write("keeping facts", |tx| {
            let mut put =
                tx.prepare_cached("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")?;
            for (name, value) in facts {
                put.execute(params![name, value])?;
            }
            Ok(())
        })
    }
}
