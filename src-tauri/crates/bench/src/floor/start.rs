//! Processes that start, answer once and end.

use super::Job;
use crate::Result;
use crate::computer::Computer;
use crate::measure::{Ran, own_cpu};
use engine::view::CompanyQuery;
use rusqlite::Connection;

/// The engine: opens the data folder and answers the first window of companies.
pub(super) fn product(job: &Job) -> Result<Ran> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let computer = Computer::open(&job.pages, job.secrets.clone()).await?;
        let page = computer.engine.list_companies(CompanyQuery { limit: 100, ..CompanyQuery::default() }).await?;
        if page.rows.len() < 100 {
            return Err(format!("only {} companies in the first window", page.rows.len()).into());
        }
        Ok(Ran { cpu: own_cpu().as_secs_f64(), ..Ran::default() })
    })
}

/// A new encrypted database and one row.
pub(super) fn bare() -> Result<Ran> {
    let folder = tempfile::tempdir()?;
    let conn = Connection::open(folder.path().join("bare.db"))?;
    conn.execute_batch(super::insert::SETTINGS)?;
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    Ok(Ran { cpu: own_cpu().as_secs_f64(), ..Ran::default() })
}
