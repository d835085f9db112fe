//! Watching the reads of a company, per connection and type, until all have ended; fetching each as soon as it has.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ports::SourceError;
use crate::sync::{Tally, watch};
use crate::view::Topic;
use domain::data_type::DataType;
use domain::status::{DatasetStatus, Phase};
use std::collections::HashSet;
use std::sync::PoisonError;
use std::time::Duration;
use store::{ConnectionEntry, DatasetEntry, Event};

impl Engine {
    /// Follows until every linked connection's latest reads have ended and are fetched. True when all ended well. Only one follower a company:
    /// a second call waits for the same end.
    pub(crate) async fn follow(&self, company: &str) -> Result<bool> {
        while !self.following().insert(company.to_owned()) {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let done = self.follow_alone(company).await;
        self.following().remove(company);
        done
    }

    fn following(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.inner.following.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn follow_alone(&self, company: &str) -> Result<bool> {
        let began = self.now();
        let mut tally = Tally::default();
        let mut tried_again = HashSet::new();
        self.keep_schedules(company).await;
        loop {
            match self.look_at_reads(company).await {
                Ok(latest) => {
                    self.fetch_company(company, &mut tally).await?;
                    self.say(company).await?;
                    let running = latest.iter().any(|dataset| !DatasetStatus::from_wire(dataset.status.clone()).is_terminal());
                    let again = self.try_again(&latest, &mut tried_again).await?;
                    if !running && !again {
                        let good = latest.iter().all(|dataset| DatasetStatus::from_wire(dataset.status.clone()).phase() == Phase::Done);
                        return Ok(good && tally.failed == 0 && !latest.is_empty());
                    }
                }
                Err(Error::Source(SourceError::Offline | SourceError::Lost | SourceError::Down(_) | SourceError::CaptivePortal)) => {}
                Err(Error::Source(SourceError::Limited(until))) => {
                    let wait = u64::try_from(until - self.now()).unwrap_or(0);
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                }
                Err(error) => return Err(error),
            }
            let Some(pause) = domain::ladder::following_reads(self.now() - began) else { return Ok(false) };
            tokio::time::sleep(Duration::from_millis(u64::try_from(pause).unwrap_or(0))).await;
        }
    }

    /// Says what is stale, for every attempt of the company too.
    async fn say(&self, company: &str) -> Result<()> {
        let wanted = company.to_owned();
        let attempts = self.store(store::Store::open_attempts).await?;
        let attempts = attempts
            .into_iter()
            .filter(|attempt| attempt.company.as_deref() == Some(wanted.as_str()))
            .map(|attempt| Topic::Attempt(attempt.id));
        self.stale([Topic::Company(company.to_owned()), Topic::Companies].into_iter().chain(attempts));
        Ok(())
    }

    /// Reads the history once and keeps it; returns the latest read per linked connection and type.
    pub(crate) async fn look_at_reads(&self, company: &str) -> Result<Vec<DatasetEntry>> {
        let told = self.inner.source.history(company).await?;
        let now = self.now();
        let wanted = company.to_owned();
        self.store(move |store| {
            let linked: Vec<ConnectionEntry> = store.company(&wanted)?.map(|item| item.connections).unwrap_or_default();
            let linked: Vec<ConnectionEntry> = linked.into_iter().filter(|found| found.status == "Linked").collect();
            let mut kept = vec![];
            let mut events = vec![];
            for mut dataset in
                told.into_iter().filter(|dataset| dataset.company == wanted && DataType::from_wire(&dataset.data_type).is_some())
            {
                let before = store.datasets(&dataset.connection, &dataset.data_type, 20)?.into_iter().find(|known| known.id == dataset.id);
                let was_over = before.as_ref().is_some_and(|known| DatasetStatus::from_wire(known.status.clone()).is_terminal());
                dataset.stages = before.map(|known| known.stages).unwrap_or_default();
                let status = DatasetStatus::from_wire(dataset.status.clone());
                if !was_over && let Some(requested) = dataset.requested {
                    let at = dataset.completed.unwrap_or(now);
                    watch::advance(&mut dataset.stages, status.phase(), at - requested);
                    if status.phase() == Phase::Failed {
                        let detail =
                            DataType::from_wire(&dataset.data_type).map(|data_type| format!("{}: {}", data_type.label(), status.wire()));
                        events.push(Event {
                            at: now,
                            company: Some(wanted.clone()),
                            connection: Some(dataset.connection.clone()),
                            kind: "read".into(),
                            outcome: Some("failed".into()),
                            detail,
                            ..Event::default()
                        });
                    }
                }
                kept.push(dataset);
            }
            store.keep_datasets(&kept)?;
            for event in &events {
                store.record(event)?;
            }
            let mut latest = vec![];
            for connection in &linked {
                for data_type in DataType::ALL {
                    latest.extend(store.datasets(&connection.id, data_type.wire(), 1)?);
                }
            }
            Ok(latest)
        })
        .await
    }

    /// A read that failed at the bank is asked for once more, spaced: large first reads often work the second time.
    async fn try_again(&self, latest: &[DatasetEntry], tried: &mut HashSet<String>) -> Result<bool> {
        let mut again = false;
        for dataset in latest.iter().filter(|dataset| dataset.status == "FetchError") {
            let Some(data_type) = DataType::from_wire(&dataset.data_type) else { continue };
            let slot = format!("{}/{}", dataset.connection, dataset.data_type);
            let aged = self.now() - dataset.completed.unwrap_or(0) >= 2_000;
            if tried.contains(&slot) {
                continue;
            }
            again = true;
            if aged {
                tried.insert(slot);
                self.inner.source.queue(&dataset.company, &dataset.connection, data_type).await?;
            }
        }
        Ok(again)
    }

    /// Schedules are shown beside each type. Not knowing them is no reason to stop.
    async fn keep_schedules(&self, company: &str) {
        let Ok(schedules) = self.inner.source.schedules(company).await else { return };
        let _ = self
            .store(move |store| {
                for schedule in schedules {
                    store.set_fact(&format!("schedule/{}", schedule.data_type.wire()), &schedule.hours.to_string())?;
                }
                Ok(())
            })
            .await;
    }
}
