//! What the team keeps about a company beside what Codat tells: who looks after it, tags, a note.

use crate::companies::derive;
use crate::{Held, Store, StoreError};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

/// Tags of one company.
const MOST_TAGS: i64 = 20;

/// What is kept about a company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Who looks after it.
    pub owner: Option<String>,
    /// By name.
    pub tags: Vec<String>,
    /// A note of the team.
    pub note: String,
}

/// A change of it; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Empty: nobody.
    pub owner: Option<String>,
    /// Tags it gets.
    pub add: Vec<String>,
    /// Tags it loses.
    pub remove: Vec<String>,
    /// The note.
    pub note: Option<String>,
}

pub(crate) fn kept(conn: &Connection, company: &str) -> rusqlite::Result<Kept> {
    let told = conn
        .prepare_cached("SELECT owner, note FROM kept WHERE company = ?")?
        .query_row([company], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (owner, note) = told.unwrap_or_default();
    let tags = conn
        .prepare_cached("SELECT tag FROM tags WHERE company = ? ORDER BY tag")?
        .query_map([company], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Kept { owner, tags, note })
}

impl Store {
    /// Changes what is kept about these companies; tells about how many anything changed.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep(&self, companies: &[String], change: &Keep) -> Result<u32, StoreError> {
        self.write("keeping what the team says of companies", |tx| {
            let mut changed = 0;
            for company in companies {
                if keep(tx, company, change)? {
                    derive(tx, company)?;
                    changed += 1;
                }
            }
            Ok(changed)
        })
    }

    /// Owners of companies that are here, by name, at most 500.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn owners(&self) -> Result<Vec<Held>, StoreError> {
        self.held(
            "listing the owners of companies",
            "SELECT k.owner, count(*) FROM kept k JOIN companies c ON c.id = k.company AND c.gone = 0
             WHERE k.owner IS NOT NULL GROUP BY k.owner ORDER BY k.owner LIMIT 500",
        )
    }

    /// Tags of companies that are here, by name, at most 500.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn tags(&self) -> Result<Vec<Held>, StoreError> {
        self.held(
            "listing the tags of companies",
            "SELECT t.tag, count(*) FROM tags t JOIN companies c ON c.id = t.company AND c.gone = 0 GROUP BY t.tag ORDER BY t.tag LIMIT 500",
        )
    }
}

fn keep(tx: &Transaction<'_>, company: &str, change: &Keep) -> rusqlite::Result<bool> {
    let mut changed = 0;
    if let Some(owner) = &change.owner {
        changed += tx
            .prepare_cached(
                "INSERT INTO kept (company, owner) VALUES (?1, nullif(?2, '')) ON CONFLICT (company) DO UPDATE SET owner = excluded.owner
                 WHERE owner IS NOT excluded.owner COLLATE BINARY",
            )?
            .execute(params![company, owner])?;
    }
    if let Some(note) = &change.note {
        changed += tx
            .prepare_cached(
                "INSERT INTO kept (company, note) VALUES (?1, ?2) ON CONFLICT (company) DO UPDATE SET note = excluded.note WHERE note <> excluded.note",
            )?
            .execute(params![company, note])?;
    }
    for tag in &change.remove {
        changed += tx.prepare_cached("DELETE FROM tags WHERE company = ? AND tag = ?")?.execute(params![company, tag])?;
    }
    for tag in &change.add {
        changed += tx
            .prepare_cached(
                "INSERT INTO tags (company, tag) SELECT ?1, ?2 WHERE (SELECT count(*) FROM tags WHERE company = ?1) < ?3 ON CONFLICT DO NOTHING",
            )?
            .execute(params![company, tag, MOST_TAGS])?;
    }
    Ok(changed > 0)
}
