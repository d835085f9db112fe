//! Reads at Codat, as we watched them: per connection and data type, with the stages that were seen.

use crate::together::Writing;
use crate::{Reading, Store, StoreError};
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

/// A stretch of a stage, as observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageSpan {
    /// One word of the engine.
    pub stage: String,
    /// Milliseconds.
    pub ms: u32,
}

/// A dataset (pull operation) as last told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatasetEntry {
    /// Codat's id.
    pub id: String,
    /// Company.
    pub company: String,
    /// Connection.
    pub connection: String,
    /// Data type.
    pub data_type: String,
    /// Codat's word.
    pub status: String,
    /// 0 to 100, as told.
    pub progress: Option<u32>,
    /// UTC milliseconds.
    pub requested: Option<i64>,
    /// UTC milliseconds.
    pub completed: Option<i64>,
    /// Why it failed, in Codat's words.
    pub error: Option<String>,
    /// Stages seen.
    pub stages: Vec<StageSpan>,
}

const DATASET: &str = "id, company, connection, data_type, status, progress, requested, completed, error, stages";

fn dataset(row: &Row<'_>) -> rusqlite::Result<DatasetEntry> {
    let stages: String = row.get(9)?;
    Ok(DatasetEntry {
        id: row.get(0)?,
        company: row.get(1)?,
        connection: row.get(2)?,
        data_type: row.get(3)?,
        status: row.get(4)?,
        progress: row.get(5)?,
        requested: row.get(6)?,
        completed: row.get(7)?,
        error: row.get(8)?,
        stages: serde_json::from_str(&stages).unwrap_or_default(),
    })
}

impl Writing<'_> {
    /// Keeps datasets as they were told; those of a company that was erased and stays out are not taken.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_datasets(&self, datasets: &[DatasetEntry]) -> Result<(), StoreError> {
        self.write("keeping reads", |tx| {
            let mut kept_out = tx.prepare_cached("SELECT 1 FROM erasures WHERE kept_out = 1 AND company = ?")?;
            // Not `INSERT OR REPLACE`: such a statement copies the pages it changes, in case it fails halfway.
            let mut put = tx.prepare_cached(&format!(
                "INSERT INTO datasets ({DATASET}, bank_key)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT bank_key FROM connections WHERE id = ?3)) ON CONFLICT (id) DO UPDATE SET
                 company = excluded.company, connection = excluded.connection, data_type = excluded.data_type, status = excluded.status,
                 progress = excluded.progress, requested = excluded.requested, completed = excluded.completed, error = excluded.error,
                 stages = excluded.stages, bank_key = excluded.bank_key"
            ))?;
            for of_company in datasets.chunk_by(|one, other| one.company == other.company) {
                if kept_out.exists([&of_company[0].company])? {
                    continue;
                }
                for d in of_company {
                    let stages = serde_json::to_string(&d.stages).unwrap_or_else(|_| "[]".into());
                    put.execute(params![
                        d.id,
                        d.company,
                        d.connection,
                        d.data_type,
                        d.status,
                        d.progress,
                        d.requested,
                        d.completed,
                        d.error,
                        stages
                    ])?;
                }
            }
            Ok(())
        })
    }
}

impl Reading<'_> {
    /// Reads of a connection and type, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn datasets(&self, connection: &str, data_type: &str, limit: u32) -> Result<Vec<DatasetEntry>, StoreError> {
        self.ask("reading the reads", |conn| {
            conn.prepare_cached(&format!(
                "SELECT {DATASET} FROM datasets WHERE connection = ? AND data_type = ? ORDER BY requested DESC, id DESC LIMIT ?"
            ))?
            .query_map(params![connection, data_type, limit], dataset)?
            .collect()
        })
    }

    /// Reads of a company, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn datasets_of(&self, company: &str, limit: u32) -> Result<Vec<DatasetEntry>, StoreError> {
        self.ask("reading the reads", |conn| {
            conn.prepare_cached(&format!("SELECT {DATASET} FROM datasets WHERE company = ? ORDER BY requested DESC, id DESC LIMIT ?"))?
                .query_map(params![company, limit], dataset)?
                .collect()
        })
    }

    /// Durations of good reads of a type at a bank, in milliseconds, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn durations(&self, bank_key: &str, data_type: &str) -> Result<Vec<i64>, StoreError> {
        self.ask("reading usual durations", |conn| {
            conn.prepare_cached(
                "SELECT completed - requested FROM datasets WHERE bank_key = ? AND data_type = ? AND status = 'Complete' AND completed IS NOT NULL
                 AND requested IS NOT NULL ORDER BY requested DESC LIMIT 50",
            )?
            .query_map([bank_key, data_type], |row| row.get(0))?
            .collect()
        })
    }
}

impl Store {
    /// As [`Reading::datasets`], alone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn datasets(&self, connection: &str, data_type: &str, limit: u32) -> Result<Vec<DatasetEntry>, StoreError> {
        self.reading(|reading| reading.datasets(connection, data_type, limit))
    }

    /// As [`Reading::datasets_of`], alone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn datasets_of(&self, company: &str, limit: u32) -> Result<Vec<DatasetEntry>, StoreError> {
        self.reading(|reading| reading.datasets_of(company, limit))
    }

    /// Reads at Codat that were requested after `since` and not seen to end, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn open_datasets(&self, since: i64, limit: u32) -> Result<Vec<DatasetEntry>, StoreError> {
        self.read("reading the reads", |conn| {
            conn.prepare_cached(&format!(
                "SELECT {DATASET} FROM datasets WHERE completed IS NULL AND requested > ? ORDER BY requested DESC, id DESC LIMIT ?"
            ))?
            .query_map(params![since, limit], dataset)?
            .collect()
        })
    }

    /// Companies with a fetch of ours that was not ended, or a read at Codat that was requested after `since` and not seen to end.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn companies_with_open_reads(&self, since: i64) -> Result<Vec<String>, StoreError> {
        self.read("looking for unfinished reads", |conn| {
            conn.prepare_cached(
                "SELECT company FROM runs WHERE state = 'running' UNION SELECT company FROM datasets WHERE completed IS NULL AND requested > ? ORDER BY 1",
            )?
            .query_map([since], |row| row.get(0))?
            .collect()
        })
    }
}
