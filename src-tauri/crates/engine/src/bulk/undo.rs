//! Undoing a list: what was made for it and never linked is deleted at Codat. What was here before, and whoever connected a bank, stays.

use crate::calm::in_background;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ports::{CompanyTold, SourceError};
use crate::view::{BulkView, Ending, Topic};
use domain::status::ConnectionStatus;
use store::{BulkRow, BulkState, RowState};

impl Engine {
    /// Undoes a list in the background, once it has stopped being made.
    pub fn undo_bulk_behind(&self, id: String) {
        let engine = self.clone();
        self.spawn(async move {
            let done = match engine.wait_for_bulk_turn().await {
                Ok(_one) => engine.undo_in_turn(&id).await,
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                tracing::info!(list = %id, %error, "a list could not be undone");
            }
        });
    }

    /// From now on nothing more of a list is made, and it is over.
    ///
    /// # Errors
    /// When it is not here.
    pub async fn begin_undo(&self, id: &str) -> Result<BulkView> {
        let own = id.to_owned();
        let all = [BulkState::Running, BulkState::Held, BulkState::Cancelled, BulkState::Done];
        self.store(move |store| store.move_bulk(&own, &all, BulkState::Undoing, None)).await?;
        self.noted("list-undone", id, "").await;
        self.stale([Topic::Bulk]);
        self.bulk(id).await
    }

    /// Deletes what was made for a list and never linked. Cut, it goes on where it was.
    ///
    /// # Errors
    /// When another copy is at a list, or Codat cannot be asked: what is deleted until then stays so.
    pub async fn undo_bulk(&self, id: &str) -> Result<BulkView> {
        let _one = self.bulk_turn()?;
        self.begin_undo(id).await?;
        self.undo_in_turn(id).await?;
        self.bulk(id).await
    }

    async fn undo_in_turn(&self, id: &str) -> Result<()> {
        in_background(self.undo_rows(id)).await?;
        let own = id.to_owned();
        self.store(move |store| store.move_bulk(&own, &[BulkState::Undoing], BulkState::Undone, None)).await?;
        self.stale([Topic::Bulk, Topic::Companies, Topic::Status]);
        Ok(())
    }

    async fn undo_rows(&self, id: &str) -> Result<()> {
        self.finish_begun_row(id).await?;
        let mut after = 0;
        loop {
            let own = id.to_owned();
            let Some(row) = self.store(move |store| store.next_made_row(&own, after)).await? else { return Ok(()) };
            after = row.n;
            if self.delete_unless_linked(&row).await? {
                let own = id.to_owned();
                self.store(move |store| store.settle_bulk_row(&own, row.n, RowState::Undone, None, None)).await?;
            }
            self.say([Topic::Bulk]);
        }
    }

    /// Asked right before, since a customer may be at the bank.
    async fn delete_unless_linked(&self, row: &BulkRow) -> Result<bool> {
        let Some(company) = row.company.clone() else { return Ok(false) };
        let now = self.now();
        match self.inner.source.company(&company).await {
            Err(SourceError::NotFound(_)) => return Ok(true),
            Err(error) => return Err(error.into()),
            Ok(told) => {
                let has_consent = has_consent(&told);
                let own = company.clone();
                let was_linked = self
                    .store(move |store| {
                        store.take_companies(&[told], now)?;
                        store.was_ever_linked(&own)
                    })
                    .await?;
                if has_consent || was_linked {
                    return Ok(false);
                }
            }
        }
        self.inner.source.end(&company, &Ending::DeleteCompany).await?;
        let own = company.clone();
        let item = self.store(move |store| store.company(&own)).await?.ok_or(Error::NotFound("company"))?;
        self.note_ending(&item.company, &Ending::DeleteCompany, None).await?;
        Ok(true)
    }
}

fn has_consent((_, connections): &CompanyTold) -> bool {
    connections.iter().any(|found| ConnectionStatus::from_wire(&found.status) != ConnectionStatus::PendingAuth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{CompanyEntry, ConnectionEntry};

    #[test]
    fn whoever_gave_consent_once_is_not_deleted_whatever_became_of_it() {
        let with = |statuses: &[&str]| {
            let connections = statuses.iter().map(|status| ConnectionEntry { status: (*status).into(), ..ConnectionEntry::default() });
            has_consent(&(CompanyEntry::default(), connections.collect()))
        };
        assert!(!with(&[]) && !with(&["PendingAuth", "pending"]));
        for status in ["Linked", "Deauthorized", "Unlinked", "A word of tomorrow"] {
            assert!(with(&["PendingAuth", status]), "{status}");
        }
    }
}
