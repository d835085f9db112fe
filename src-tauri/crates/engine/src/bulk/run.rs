//! Making the rows of a list, one after the other, through the same outbox as a single case: whenever it is cut, the next run goes on with the very row.
//!
//! It is background work, and lets whoever connects a bank meanwhile go first.

use crate::calm::in_background;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::{set_stage, stage};
use crate::ports::SourceError;
use crate::view::{AttemptStage, BulkView, Topic};
use say::say;
use std::time::Duration;
use store::{Attempt, BulkRow, BulkState, Draft, Op, RowState};

/// How long a single case may hold up a list, in steps: then both go on in turn.
const GIVE_WAY: Duration = Duration::from_millis(250);
const MOST_STEPS: u32 = 20;

/// What a row came to.
enum Came {
    Settled,
    /// Nothing of the list can be made before a person acts.
    Held(SourceError),
}

impl Engine {
    /// Lists that were being made or undone when the program ended go on.
    pub(crate) async fn take_up_bulks(&self) -> Result<()> {
        for list in self.store(store::Store::bulks).await? {
            match list.state {
                BulkState::Running => self.run_bulk_behind(list.id),
                BulkState::Undoing => self.undo_bulk_behind(list.id),
                BulkState::Held | BulkState::Cancelled | BulkState::Done | BulkState::Undone => {}
            }
        }
        Ok(())
    }

    /// Makes the rows of a list in the background, when its turn comes.
    pub fn run_bulk_behind(&self, id: String) {
        let engine = self.clone();
        self.spawn(async move {
            let done = match engine.wait_for_bulk_turn().await {
                Ok(_one) => engine.run_in_turn(&id).await,
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                tracing::info!(list = %id, %error, "a list could not be gone on with");
            }
        });
    }

    /// A list that was stopped, or that waits for a person, may go on; what Codat refused is tried again.
    ///
    /// # Errors
    /// When it is not here, or was undone.
    pub async fn go_on_bulk(&self, id: String) -> Result<BulkView> {
        let list = self.kept_bulk(&id).await?;
        if matches!(list.state, BulkState::Undoing | BulkState::Undone) {
            return Err(Error::BadRequest(say!("This list was undone. Take its file in again to begin anew.")));
        }
        let own = id.clone();
        self.store(move |store| {
            store.move_bulk(&own, &[BulkState::Held, BulkState::Cancelled, BulkState::Done], BulkState::Running, None)?;
            store.retry_refused_rows(&own)
        })
        .await?;
        self.noted("list-resumed", &id, "").await;
        self.stale([Topic::Bulk]);
        self.bulk(&id).await
    }

    /// Stops a list before its next row. What was made stays; it can be gone on with or undone.
    ///
    /// # Errors
    /// When it is not here.
    pub async fn cancel_bulk(&self, id: String) -> Result<BulkView> {
        let own = id.clone();
        self.store(move |store| store.move_bulk(&own, &[BulkState::Running, BulkState::Held], BulkState::Cancelled, None)).await?;
        self.noted("list-stopped", &id, "").await;
        self.stale([Topic::Bulk]);
        self.bulk(&id).await
    }

    /// Makes the rows of a list until none is left, a person stops it, or only a person can help. One at a time on this computer.
    ///
    /// # Errors
    /// When another copy is at it, Codat cannot be asked at the beginning, or the database fails.
    pub async fn run_bulk(&self, id: &str) -> Result<BulkView> {
        let _one = self.bulk_turn()?;
        self.run_in_turn(id).await?;
        self.bulk(id).await
    }

    async fn run_in_turn(&self, id: &str) -> Result<()> {
        if self.kept_bulk(id).await?.state == BulkState::Running { in_background(self.run_rows(id)).await } else { Ok(()) }
    }

    pub(super) fn bulk_turn(&self) -> Result<std::fs::File> {
        let busy =
            || Error::BadRequest(say!("A list is being worked on right now, here or by another copy of Fairlead. One goes at a time."));
        self.turn_on_disk("bulk.lock")?.ok_or_else(busy)
    }

    /// In the background the next list waits, and so does undoing one that is about to stop.
    pub(super) async fn wait_for_bulk_turn(&self) -> Result<std::fs::File> {
        loop {
            match self.turn_on_disk("bulk.lock")? {
                Some(turn) => return Ok(turn),
                None => tokio::time::sleep(GIVE_WAY).await,
            }
        }
    }

    async fn run_rows(&self, id: &str) -> Result<()> {
        // Whom somebody else made meanwhile is used, not made again.
        self.refresh_companies().await?;
        loop {
            if self.kept_bulk(id).await?.state != BulkState::Running {
                return Ok(());
            }
            let own = id.to_owned();
            let Some(row) = self.store(move |store| store.next_bulk_row(&own)).await? else {
                let own = id.to_owned();
                self.store(move |store| store.move_bulk(&own, &[BulkState::Running], BulkState::Done, None)).await?;
                self.stale([Topic::Bulk, Topic::Companies]);
                return Ok(());
            };
            match self.make_row(id, row).await? {
                Came::Settled => self.say([Topic::Bulk]),
                Came::Held(error) => {
                    let (own, problem) = (id.to_owned(), crate::links::problem_of(&Error::Source(error)));
                    let problem = serde_json::to_string(&problem).map_err(|error| Error::Internal(error.to_string()))?;
                    self.store(move |store| store.move_bulk(&own, &[BulkState::Running], BulkState::Held, Some(&problem))).await?;
                    self.stale([Topic::Bulk]);
                    return Ok(());
                }
            }
        }
    }

    async fn make_row(&self, id: &str, row: BulkRow) -> Result<Came> {
        let attempt = match (row.state, &row.attempt) {
            (RowState::Begun, Some(attempt)) => attempt.clone(),
            _ => match self.begin_row(id, &row).await? {
                Some(attempt) => attempt,
                None => return Ok(Came::Settled),
            },
        };
        self.finish_row(id, row.n, &attempt).await
    }

    /// None when the company is here meanwhile.
    async fn begin_row(&self, id: &str, row: &BulkRow) -> Result<Option<String>> {
        if let Some(reference) = row.reference.clone() {
            let (own, n) = (id.to_owned(), row.n);
            let is_known = self
                .store(move |store| {
                    let Some(company) = store.company_with_reference(&reference)? else { return Ok(false) };
                    store.settle_bulk_row(&own, n, RowState::Known, Some(&company), None)?;
                    Ok(true)
                })
                .await?;
            if is_known {
                return Ok(None);
            }
        }
        let draft = Draft {
            id: self.inner.ports.entropy.guid(),
            name: row.name.clone(),
            reference: row.reference.clone(),
            language: row.language.clone(),
            ..Draft::default()
        };
        let (attempt, ops): (Attempt, Vec<Op>) = self.plan_company(&draft);
        let begun = crate::links::event(&attempt, "listed", attempt.started_at);
        let (own, n, name) = (id.to_owned(), row.n, attempt.id.clone());
        self.store(move |store| store.begin_bulk_row(&own, n, &attempt, &ops, &begun)).await?;
        Ok(Some(name))
    }

    /// Brings a row whose creation began to its end, however often it was cut.
    async fn finish_row(&self, id: &str, n: u32, attempt: &str) -> Result<Came> {
        self.change(attempt, |attempt| {
            if stage(attempt) == AttemptStage::Blocked {
                set_stage(attempt, AttemptStage::Creating);
                attempt.ended = false;
            }
            None
        })
        .await?;
        self.give_way(attempt).await?;
        let refused = self.create(attempt).await?;
        if refused.is_some() {
            // It is told on the list, not among the open cases.
            self.change(attempt, |attempt| {
                attempt.ended = true;
                None
            })
            .await?;
        }
        let (state, why) = match refused {
            None => (None, None),
            Some(SourceError::Refused(told)) => {
                (Some(RowState::Refused), Some(say::plainly(|| say!("Codat refused it: {message}", message = told.message))))
            }
            Some(error) => return Ok(Came::Held(error)),
        };
        let made = self.kept_attempt(attempt).await?;
        let (own, op) = (id.to_owned(), made.company_op.clone().unwrap_or_default());
        self.store(move |store| {
            // What was never sent was found: somebody else made it.
            let was_sent = store.op(&op)?.is_some_and(|op| op.sent_at.is_some());
            let state = state.unwrap_or(if was_sent { RowState::Made } else { RowState::Known });
            store.settle_bulk_row(&own, n, state, made.company.as_deref(), why.as_deref())
        })
        .await?;
        Ok(Came::Settled)
    }

    /// Before a list is undone, the one row whose outcome is open is brought to its end: what it made is to be found.
    pub(super) async fn finish_begun_row(&self, id: &str) -> Result<()> {
        let own = id.to_owned();
        let next = self.store(move |store| store.next_bulk_row(&own)).await?;
        if let Some(BulkRow { state: RowState::Begun, n, attempt: Some(attempt), .. }) = next
            && let Came::Held(error) = self.finish_row(id, n, &attempt).await?
        {
            return Err(error.into());
        }
        Ok(())
    }

    async fn give_way(&self, attempt: &str) -> Result<()> {
        for _ in 0..MOST_STEPS {
            let own = attempt.to_owned();
            if !self.store(move |store| store.somebody_creates(&own)).await? {
                break;
            }
            tokio::time::sleep(GIVE_WAY).await;
        }
        Ok(())
    }
}
