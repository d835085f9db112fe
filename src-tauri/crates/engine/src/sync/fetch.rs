//! Fetching what a read brought: pages into the store, each in one transaction with how far it brings us.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ports::{Fetched, PageAsked, SourceError};
use crate::sync::plan::{Known, Plan};
use crate::sync::{Tally, watch};
use domain::data_type::DataType;
use domain::status::{DatasetStatus, Phase};
use std::collections::BTreeSet;
use std::time::Instant;
use store::{ConnectionEntry, DatasetEntry, Event, PageDone, Run};

/// Rows a page when nobody looks on.
const PAGE: u32 = 5_000;
/// The smallest page after time-outs.
const SMALL: u32 = 250;
/// A walk that is overtaken this often is ended and left to the next look.
const RESTARTS: u32 = 3;

impl Engine {
    /// Fetches every type of every linked connection of a company that Codat has newer than we do.
    pub(crate) async fn fetch_company(&self, company: &str, tally: &mut Tally) -> Result<()> {
        let wanted = company.to_owned();
        let connections = self.store(move |store| Ok(store.company(&wanted)?.map(|item| item.connections).unwrap_or_default())).await?;
        let readable: Vec<ConnectionEntry> =
            connections.into_iter().filter(|found| found.last_sync.is_some() || found.status == "Linked").collect();
        if readable.is_empty() {
            return Ok(());
        }
        let known: Vec<DatasetEntry> = {
            let wanted = company.to_owned();
            self.store(move |store| store.datasets_of(&wanted, 400)).await?
        };
        for connection in &readable {
            for data_type in DataType::ALL {
                let good = known.iter().find(|dataset| {
                    dataset.connection == connection.id
                        && dataset.data_type == data_type.wire()
                        && DatasetStatus::from_wire(dataset.status.clone()).phase() == Phase::Done
                });
                // A company made elsewhere has no history here: its last sync stands for the dataset.
                let remote = good.map(|dataset| dataset.id.clone()).or_else(|| {
                    connection
                        .last_sync
                        .filter(|_| !known.iter().any(|dataset| dataset.connection == connection.id))
                        .map(|at| format!("sync-{at}"))
                });
                match self.fetch(connection, data_type, remote, good.cloned(), tally).await {
                    Ok(()) => {}
                    Err(
                        error @ Error::Source(
                            SourceError::KeyRefused(_)
                            | SourceError::Limited(_)
                            | SourceError::Offline
                            | SourceError::Lost
                            | SourceError::CaptivePortal
                            | SourceError::Untrusted,
                        ),
                    ) => return Err(error),
                    Err(error @ (Error::Store(_) | Error::Internal(_))) => return Err(error),
                    Err(error) => {
                        tracing::warn!(connection = %connection.id, %data_type, %error, "a type could not be fetched");
                        tally.failed += 1;
                    }
                }
            }
        }
        Ok(())
    }

    /// Companies with a fetch to be gone on with or begun.
    pub(crate) async fn unfetched(&self) -> Result<BTreeSet<String>> {
        let cut = self.store(store::Store::companies_with_cut_runs).await?;
        Ok(cut.into_iter().collect())
    }

    async fn fetch(
        &self,
        connection: &ConnectionEntry,
        data_type: DataType,
        remote: Option<String>,
        dataset: Option<DatasetEntry>,
        tally: &mut Tally,
    ) -> Result<()> {
        let id = connection.id.clone();
        let (cursor, cut) =
            self.store(move |store| Ok((store.cursor(&id, data_type.wire())?, store.unfinished_run(&id, data_type.wire())?))).await?;
        let plan = Plan::new(&Known {
            remote: remote.as_deref(),
            fetched: cursor.as_ref().and_then(|cursor| cursor.dataset.as_deref()),
            watermark: cursor.as_ref().and_then(|cursor| cursor.watermark.as_deref()),
            cut: cut.as_ref().map(|run| (run.dataset.as_deref(), run.page)),
        });
        let started = Instant::now();
        let (mut run, mut since) = match (plan, cut) {
            (Plan::Nothing, _) => return Ok(()),
            (Plan::Resume, Some(run)) => {
                let since = run.since.clone();
                (run, since)
            }
            (Plan::Delta(stamp), _) => (self.begin(connection, data_type, remote.as_deref(), Some(&stamp), PAGE).await?, Some(stamp)),
            (Plan::Full | Plan::Resume, _) => (self.begin(connection, data_type, remote.as_deref(), None, PAGE).await?, None),
        };
        let mut restarts = 0;
        loop {
            match self.walk(&mut run, data_type, since.as_deref(), tally).await {
                Ok(Walk::Whole) => break,
                Ok(Walk::NotYet) => {
                    let n = run.n;
                    let now = self.now();
                    self.store(move |store| store.drop_run(n, "not read yet", now)).await?;
                    return Ok(());
                }
                Ok(Walk::Overtaken) if restarts < RESTARTS => restarts += 1,
                Ok(Walk::Overtaken) => {
                    tally.failed += 1;
                    return Ok(());
                }
                Ok(Walk::Smaller) if run.page_size > SMALL => {
                    let size = (run.page_size / 4).max(SMALL);
                    run = self.begin(connection, data_type, remote.as_deref(), since.as_deref(), size).await?;
                    continue;
                }
                Ok(Walk::Smaller) => return Err(SourceError::TooLarge.into()),
                Err(error) => return Err(error),
            }
            // Rows may have shifted between pages: the whole once more, from the first.
            since = run.since.clone();
            run = self.begin(connection, data_type, remote.as_deref(), since.as_deref(), run.page_size).await?;
        }
        let now = self.now();
        let ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        let rows = run.rows;
        self.store(move |store| {
            store.finish_run(&run, run.watermark.as_deref(), now)?;
            if let Some(mut dataset) = dataset.filter(|dataset| dataset.stages.iter().all(|span| span.stage != "downloading")) {
                watch::downloaded(&mut dataset.stages, ms);
                store.keep_datasets(&[dataset])?;
            }
            if data_type == DataType::Transactions && run.since.is_none() {
                store.record(&Event {
                    at: now,
                    company: Some(run.company.clone()),
                    connection: Some(run.connection.clone()),
                    kind: "read".into(),
                    outcome: Some("complete".into()),
                    detail: Some(format!("{rows} transactions")),
                    ..Event::default()
                })?;
            }
            Ok(())
        })
        .await
    }

    async fn begin(
        &self,
        connection: &ConnectionEntry,
        data_type: DataType,
        dataset: Option<&str>,
        since: Option<&str>,
        size: u32,
    ) -> Result<Run> {
        let (company, id, now) = (connection.company.clone(), connection.id.clone(), self.now());
        let (dataset, since) = (dataset.map(str::to_owned), since.map(str::to_owned));
        self.store(move |store| store.begin_run(&company, &id, data_type.wire(), dataset.as_deref(), since.as_deref(), size, now)).await
    }

    /// From the page after the last stored one to the end.
    async fn walk(&self, run: &mut Run, data_type: DataType, since: Option<&str>, tally: &mut Tally) -> Result<Walk> {
        let mut total = None;
        loop {
            let page = run.page + 1;
            let asked = PageAsked { company: &run.company, connection: &run.connection, data_type, page, size: run.page_size, since };
            let fetched = match self.inner.source.records(asked).await {
                Ok(fetched) => fetched,
                Err(SourceError::TooLarge) => return Ok(Walk::Smaller),
                Err(error) => return Err(error.into()),
            };
            let found = match fetched {
                Fetched::NotYet => return Ok(Walk::NotYet),
                Fetched::Empty => return Ok(Walk::Whole),
                Fetched::Page(found) => found,
            };
            // The count is part of every answer: when it changes, a read landed in the middle of the walk.
            if total.is_some_and(|total| total != found.total) {
                return Ok(Walk::Overtaken);
            }
            total = Some(found.total);
            let rows = found.rows;
            let watermark = found.watermark.max(run.watermark.take());
            let done = PageDone { page, watermark: watermark.clone(), at: self.now() };
            let (kept, records, bad) = (run.clone(), found.records, found.bad);
            let applied = self.store(move |store| store.apply_page(&kept, &records, &bad, &done)).await?;
            run.page = page;
            run.watermark = watermark;
            run.rows += u64::from(applied.rows);
            tally.pages += 1;
            tally.rows += u64::from(applied.rows);
            let seen = u64::from(page) * u64::from(run.page_size);
            if rows == 0 || seen >= found.total {
                return Ok(Walk::Whole);
            }
        }
    }
}

/// How a walk over pages ended.
enum Walk {
    Whole,
    NotYet,
    Overtaken,
    Smaller,
}
