//! Codat's own schedule of reads, the client's and companies' own, as it was last told. Not knowing it is no reason to stop.

use crate::engine::Engine;
use crate::ports::Schedule;
use domain::data_type::DataType;
use serde::{Deserialize, Serialize};
use store::{Reading, Store, StoreError};

/// Schedules change rarely; they are asked for at most this often.
const ASK_EVERY_MS: i64 = 24 * 3_600_000;

/// One type's schedule as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ScheduleOf {
    data_type: String,
    /// Hours between reads; 0 = none.
    pub(crate) hours: u32,
    /// Codat starts it by itself when a bank links.
    pub(crate) on_first_link: bool,
}

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    at: i64,
    types: Vec<ScheduleOf>,
}

/// The client's stands under the name of no company.
const CLIENT: &str = "";

fn fact(company: &str) -> String {
    format!("schedules/{company}")
}

fn kept(reading: &Reading<'_>, company: &str) -> Result<Kept, StoreError> {
    Ok(reading.fact(&fact(company))?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

impl ScheduleOf {
    /// What is known about a type of a company.
    pub(crate) fn known(reading: &Reading<'_>, company: &str, data_type: DataType) -> Result<Option<Self>, StoreError> {
        Ok(kept(reading, company)?.types.into_iter().find(|known| known.data_type == data_type.wire()))
    }

    /// The same, else what is known of the whole client; says which of the two by a flag that is true for the client's.
    pub(crate) fn known_or_clients(store: &Store, company: &str, data_type: DataType) -> Result<(Option<Self>, bool), StoreError> {
        store.reading(|reading| match Self::known(reading, company, data_type)? {
            Some(own) => Ok((Some(own), false)),
            None => Ok((Self::known(reading, CLIENT, data_type)?, true)),
        })
    }

    /// Of the whole client.
    pub(crate) fn clients(store: &Store, data_type: DataType) -> Result<Option<Self>, StoreError> {
        store.reading(|reading| Self::known(reading, CLIENT, data_type))
    }

    /// Codat reads at least this often by itself.
    pub(crate) fn covers(&self, interval_ms: i64) -> bool {
        self.hours > 0 && i64::from(self.hours) * 3_600_000 <= interval_ms
    }
}

impl Engine {
    /// Asks for a company's schedules when they were not asked for today. True when they are another than before.
    pub(crate) async fn learn_schedules(&self, company: &str) -> bool {
        self.learn(Some(company)).await
    }

    /// The same for the whole client.
    pub(crate) async fn learn_client_schedules(&self) -> bool {
        self.learn(None).await
    }

    async fn learn(&self, company: Option<&str>) -> bool {
        let (name, now) = (company.unwrap_or(CLIENT).to_owned(), self.now());
        let Ok(before) = self.store(move |store| store.reading(|reading| kept(reading, &name))).await else { return false };
        if (0..ASK_EVERY_MS).contains(&(now - before.at)) {
            return false;
        }
        let Ok(told) = self.inner.source.sync_settings(company).await else { return false };
        match self.keep_schedules(company, &told).await {
            Ok(kept) => kept != before.types,
            Err(error) => {
                tracing::warn!(company.id = company.unwrap_or(CLIENT), %error, "schedules could not be kept");
                false
            }
        }
    }

    /// Keeps schedules as they were told now.
    pub(crate) async fn keep_schedules(&self, company: Option<&str>, told: &[Schedule]) -> crate::error::Result<Vec<ScheduleOf>> {
        let types = told.iter().map(|told| ScheduleOf {
            data_type: told.data_type.wire().to_owned(),
            hours: told.hours,
            on_first_link: told.on_first_link,
        });
        let learnt = Kept { at: self.now(), types: types.collect() };
        let text = serde_json::to_string(&learnt).map_err(|error| crate::Error::Internal(error.to_string()))?;
        let name = fact(company.unwrap_or(CLIENT));
        self.store(move |store| store.set_fact(&name, &text)).await?;
        Ok(learnt.types)
    }
}
