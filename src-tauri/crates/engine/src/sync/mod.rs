//! Reads: asking Codat for them, watching them, fetching what they brought.

mod fetch;
mod follow;
mod plan;
mod watch;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ports::{Queued, SourceError};
use crate::view::{StartSync, SyncOutcome, Topic};
use domain::data_type::DataType;
use store::ConnectionEntry;

/// What a fetch cost and brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) pages: u32,
    pub(crate) rows: u64,
    pub(crate) failed: u32,
}

impl Engine {
    /// Queues reads at Codat and follows them in the background.
    ///
    /// # Errors
    /// When the company is not here, nothing of it is linked, or Codat refuses.
    pub async fn start_sync(&self, request: StartSync) -> Result<()> {
        let types: Vec<DataType> = if request.data_types.is_empty() {
            DataType::ALL.to_vec()
        } else {
            let known = request.data_types.iter().map(|text| DataType::from_wire(text)).collect::<Option<_>>();
            known.ok_or_else(|| Error::BadRequest("There is no such data type.".into()))?
        };
        let company = request.company_id.clone();
        let item = self.store(move |store| store.company(&company)).await?.ok_or(Error::NotFound("company"))?;
        let linked: Vec<ConnectionEntry> = item
            .connections
            .into_iter()
            .filter(|found| found.status == "Linked" && request.connection_id.as_ref().is_none_or(|wanted| *wanted == found.id))
            .collect();
        if linked.is_empty() {
            return Err(Error::BadRequest(
                "No bank of this company is linked, so there is nothing to refresh. Hand over a link first.".into(),
            ));
        }
        for connection in &linked {
            for data_type in &types {
                self.ask_for(connection, *data_type).await?;
            }
        }
        self.stale([Topic::Company(request.company_id.clone())]);
        let engine = self.clone();
        self.spawn(async move {
            if let Err(error) = engine.follow(&request.company_id).await {
                tracing::warn!(company = %request.company_id, %error, "a refresh could not be followed");
            }
        });
        Ok(())
    }

    /// Asks for one read; one that runs already is joined.
    async fn ask_for(&self, connection: &ConnectionEntry, data_type: DataType) -> Result<()> {
        if let Queued::New(dataset) = self.inner.source.queue(&connection.company, &connection.id, data_type).await? {
            self.store(move |store| store.keep_datasets(&[dataset])).await?;
        }
        Ok(())
    }

    /// Brings one company, or all of the client's, up to what Codat holds, and waits for it. Nothing new is queued at Codat.
    ///
    /// # Errors
    /// When the company is not found; otherwise the outcome says how it went.
    pub async fn sync_and_wait(&self, company: Option<String>) -> Result<SyncOutcome> {
        let started = std::time::Instant::now();
        let before = self.requests();
        let mut tally = Tally::default();
        let outcome = match self.bring_up(company, &mut tally).await {
            Ok(()) if tally.failed == 0 => "complete",
            Ok(()) if tally.pages > 0 => "partial",
            Ok(()) => "failed",
            Err(Error::Source(SourceError::Limited(_))) => "limited",
            Err(Error::Source(SourceError::Offline | SourceError::Lost | SourceError::CaptivePortal)) => "offline",
            Err(error) => return Err(error),
        };
        let ms = started.elapsed().as_millis();
        Ok(SyncOutcome {
            outcome: outcome.to_owned(),
            requests: u32::try_from(self.requests() - before).unwrap_or(u32::MAX),
            pages: tally.pages,
            rows: tally.rows,
            seconds: format!("{}.{:03}", ms / 1000, ms % 1000),
        })
    }

    async fn bring_up(&self, company: Option<String>, tally: &mut Tally) -> Result<()> {
        let companies = match company {
            Some(id) => {
                let told = self.inner.source.company(&id).await?;
                let now = self.now();
                self.store(move |store| store.take_companies(&[told], now)).await?;
                vec![id]
            }
            None => {
                let moved = self.refresh_companies().await?;
                // Besides what moved: fetches that an earlier run left unfinished.
                let left = self.unfetched().await?;
                moved.into_iter().chain(left).collect::<std::collections::BTreeSet<_>>().into_iter().collect()
            }
        };
        for id in companies {
            self.fetch_company(&id, tally).await?;
        }
        Ok(())
    }

    /// After a restart: fetches that were cut go on.
    pub(crate) async fn take_up_syncs(&self) -> Result<()> {
        for company in self.unfetched().await? {
            self.follow(&company).await?;
        }
        Ok(())
    }
}
