//! Words in the transactions of all companies: an index that follows the rows in small steps while no page is being stored, and a question of which only
//! the newest counts.

use crate::browse::row;
use crate::categories::mapping;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{FoundTransaction, FoundTransactions};
use domain::bank_search::fold;
use domain::display::shown;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store::{Indexed, Stop, StoreError, StoreProblem};
use tokio::sync::Notify;

/// Parts of the index that one step brings up to date: short enough not to keep a page waiting.
const STEP: u32 = 32;
/// Pages that follow one another have pauses shorter than this.
const QUIET: Duration = Duration::from_millis(250);
/// Rows that are told at most.
const MOST: u32 = 200;

/// The index on its way, and the question that is being answered.
#[derive(Default)]
pub(crate) struct Searching {
    bell: Notify,
    asked: Mutex<Stop>,
}

impl Searching {
    /// Rows may have come.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    /// A new question; the one before is called off.
    fn ask(&self) -> Stop {
        let stop = Stop::default();
        std::mem::replace(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner), stop.clone()).stop();
        stop
    }
}

impl Engine {
    /// Brings the index up to date for as long as the engine runs. What waits for it is written with the rows, so a crash loses nothing.
    pub(crate) async fn keep_searchable(&self) {
        self.inner.searching.ring();
        loop {
            self.inner.searching.bell.notified().await;
            loop {
                tokio::time::sleep(QUIET).await;
                if self.inner.queue.is_writing() {
                    // It rings when it is done.
                    break;
                }
                match self.index_some().await {
                    Ok(indexed) if indexed.waiting > 0 => {}
                    Ok(_) => break,
                    Err(error) => {
                        tracing::warn!(%error, "the search index could not be brought up to date");
                        break;
                    }
                }
            }
        }
    }

    /// Brings the index up to date now, for somebody who waits for it. Given up at any point, it goes on there the next time.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn make_searchable(&self) -> Result<()> {
        while self.index_some().await?.waiting > 0 {}
        Ok(())
    }

    async fn index_some(&self) -> Result<Indexed> {
        let engine = self.clone();
        self.store(move |store| {
            let own = store.clone();
            let broke_off = StoreError { doing: "indexing", problem: StoreProblem::Internal("it broke off".into()) };
            engine.inner.writing.wait(move || own.index_some(STEP)).unwrap_or(Err(broke_off))
        })
        .await
    }

    /// Transactions of all companies that have all words, newest first, and how much of them can be searched by now. A newer question calls this one
    /// off; then it finds nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn search_transactions(&self, text: String, limit: u32) -> Result<FoundTransactions> {
        let stop = self.inner.searching.ask();
        let text: String = text.chars().take(100).collect();
        let words: Vec<String> = fold(&text).split_whitespace().take(8).map(str::to_owned).collect();
        let limit = limit.clamp(1, MOST);
        let found = self.store(move |store| {
            let indexed = store.indexed()?.percent();
            let found = if words.is_empty() { store::Found::default() } else { store.search_all(&words, limit, None, &stop)? };
            Ok((found, indexed, mapping(store)?))
        });
        match found.await {
            Ok((found, indexed, mapping)) => Ok(FoundTransactions {
                cut: found.cut,
                indexed,
                rows: found
                    .rows
                    .into_iter()
                    .map(|found| FoundTransaction {
                        company_id: found.company,
                        company_name: shown(&found.company_name),
                        row: row(found.row, &mapping),
                    })
                    .collect(),
            }),
            Err(Error::Store(error)) if matches!(error.problem, StoreProblem::Stopped) => {
                Ok(FoundTransactions { rows: vec![], indexed: 0, cut: true })
            }
            Err(error) => Err(error),
        }
    }
}
