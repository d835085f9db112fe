//! What goes on and what happened, over all companies.

use crate::companies::timeline;
use crate::engine::Engine;
use crate::error::Result;
use crate::view::{ActivityView, BankRecordView, HistoryLine, Millis, OpenRead, Ring, StatusPill};
use domain::data_type::DataType;
use domain::display::shown;
use domain::stages::usual;
use domain::status::{DatasetStatus, Phase};
use std::collections::HashMap;
use store::{CompanyItem, Store, StoreError};

/// Lines of history that are shown.
const LINES: u32 = 300;
/// Reads that are shown.
const READS: u32 = 200;
/// A read of which nothing was heard for so long is none that runs.
const READ_ENDS_MS: i64 = 24 * 3_600_000;

/// Companies, each read once.
#[derive(Default)]
struct Known(HashMap<String, Option<CompanyItem>>);

impl Known {
    fn company(&mut self, store: &Store, id: &str) -> std::result::Result<Option<&CompanyItem>, StoreError> {
        if !self.0.contains_key(id) {
            self.0.insert(id.to_owned(), store.company(id)?);
        }
        Ok(self.0.get(id).and_then(Option::as_ref))
    }
}

impl Engine {
    /// Reads that run, the newest lines of history, and how every bank that was tried did.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn activity(&self) -> Result<ActivityView> {
        let now = self.now();
        let mut view = self
            .store(move |store| {
                let mut known = Known::default();
                Ok(ActivityView { reads: reads(store, &mut known, now)?, happened: happened(store, &mut known)?, banks: vec![] })
            })
            .await?;
        view.banks = self.bank_records().await?;
        Ok(view)
    }

    async fn bank_records(&self) -> Result<Vec<BankRecordView>> {
        let records = self.store(store::Store::bank_records).await?;
        let mut views = vec![];
        for record in records {
            let name = self.bank_name(&record.key).await;
            let evidence = crate::banks::evidence(&record);
            views.push(BankRecordView {
                name: shown(&name),
                key: record.key,
                last: record.last,
                evidence,
                last_tried: Millis(record.last_tried),
            });
        }
        Ok(views)
    }
}

fn reads(store: &Store, known: &mut Known, now: i64) -> std::result::Result<Vec<OpenRead>, StoreError> {
    let mut views = vec![];
    for read in store.open_datasets(now - READ_ENDS_MS, READS)? {
        let (Some(data_type), Some(requested)) = (DataType::from_wire(&read.data_type), read.requested) else { continue };
        let Some(item) = known.company(store, &read.company)? else { continue };
        let connection = item.connections.iter().find(|found| found.id == read.connection);
        let is_queued = DatasetStatus::from_wire(read.status.clone()).phase() == Phase::Queued;
        views.push(OpenRead {
            company_id: read.company.clone(),
            company_name: shown(&item.company.name),
            bank: connection.map(|found| shown(&found.bank_name)).unwrap_or_default(),
            label: data_type.label().to_owned(),
            status: StatusPill { ring: if is_queued { Ring::Waiting } else { Ring::Running }, word: shown(&read.status) },
            requested_at: Millis(requested),
            usual_ms: match connection.and_then(|found| found.bank_key.as_deref()) {
                Some(bank) => usual(&store.reading(|reading| reading.durations(bank, data_type.wire()))?),
                None => None,
            },
        });
    }
    Ok(views)
}

fn happened(store: &Store, known: &mut Known) -> std::result::Result<Vec<HistoryLine>, StoreError> {
    let mut lines = vec![];
    let open: Vec<String> = store.open_attempts()?.into_iter().map(|attempt| attempt.id).collect();
    for (seq, event) in store.newest_events(LINES)? {
        let item = match &event.company {
            Some(id) => known.company(store, id)?,
            None => None,
        };
        let connections = item.map(|item| item.connections.as_slice()).unwrap_or_default();
        let Some(line) = timeline::line_of_all(&event, connections) else { continue };
        lines.push(HistoryLine {
            seq: u32::try_from(seq).unwrap_or(u32::MAX),
            at: line.at,
            ring: line.ring,
            title: line.title,
            detail: line.detail,
            company_name: item.map(|item| shown(&item.company.name)),
            company_id: item.map(|item| item.company.id.clone()),
            is_open: event.attempt.as_ref().is_some_and(|id| open.contains(id)),
            attempt_id: event.attempt,
            is_news: match event.kind.as_str() {
                "linked" | "blocked" => true,
                "ended" => event.outcome.as_deref() != Some("linked"),
                "read" => event.outcome.as_deref() == Some("failed"),
                _ => false,
            },
        });
    }
    Ok(lines)
}
