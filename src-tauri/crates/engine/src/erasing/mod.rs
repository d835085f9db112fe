//! What goes for good from this computer: a company, what is older than the team keeps, a whole profile. Each leaves a receipt.

mod age;
mod profile;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{ErasedRows, ErasureView, LeftBehindView, Millis, Topic};
use say::word;
use store::{EraseAnswer, Erasure, LeftBehind, Receipt};

/// Receipts that are shown.
const SHOWN: u32 = 200;

impl Engine {
    /// Erases everything that is here of a company. Nothing at Codat changes; however often Codat lists it, it stays out.
    pub(crate) async fn erase_company(&self, id: String) -> Result<ErasureView> {
        self.inner.runs.leave(&id);
        let (company, now) = (id.clone(), self.now());
        let answer = self.store(move |store| store.erase_company(&company, now)).await?;
        match answer {
            EraseAnswer::NotHere => return Err(Error::NotFound("company")),
            EraseAnswer::OnItsWay => {
                let why = word(
                    "Something that was sent for this company may be taking effect at Codat right now. Wait until that is known, then erase. \
                           Nothing was changed.",
                );
                return Err(Error::BadRequest(why.into()));
            }
            EraseAnswer::Erased(_) => {}
        }
        let newest = self.store(|store| store.erasures(1)).await?;
        let receipt = newest.first().map(view).ok_or_else(|| Error::Internal("an erasure has a receipt".into()))?;
        self.noted("company-erased", &id, format!("receipt {}", receipt.digest)).await;
        self.inner.rhythm.forget(Some(&id));
        self.stale([Topic::Status, Topic::Companies, Topic::Company(id)]);
        Ok(receipt)
    }

    /// Receipts of this profile, newest first. Makes up for what kept a file from being written anew.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn erasures(&self) -> Result<Vec<ErasureView>> {
        let swept = self.store(store::Store::sweep).await;
        if let Err(error) = swept {
            tracing::warn!(%error, "what was erased still stands in free pages");
        }
        Ok(self.store(|store| store.erasures(SHOWN)).await?.iter().map(view).collect())
    }

    /// Companies that are gone at Codat and still here.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn left_behind(&self) -> Result<Vec<LeftBehindView>> {
        let told = self.store(store::Store::left_behind).await?;
        let view = |LeftBehind { id, name, rows }| LeftBehindView { id, name: domain::display::shown(&name), rows };
        Ok(told.into_iter().map(view).collect())
    }
}

fn view(erasure: &Erasure) -> ErasureView {
    of_receipt(&erasure.receipt, erasure.is_swept)
}

pub(crate) fn of_receipt(receipt: &Receipt, is_whole: bool) -> ErasureView {
    ErasureView {
        what: receipt.what.clone(),
        of: receipt.of.clone(),
        before: receipt.before.clone(),
        at: Millis(receipt.at),
        rows: receipt.counts.values().sum(),
        counts: receipt.counts.iter().map(|(table, rows)| ErasedRows { table: table.clone(), rows: *rows }).collect(),
        digest: receipt.digest(),
        is_whole,
    }
}
