//! Codat's own schedule of a company's reads, kept to be shown beside each type. Not knowing it is no reason to stop.

use crate::engine::Engine;
use domain::data_type::DataType;
use serde::{Deserialize, Serialize};
use store::{Store, StoreError};

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

fn fact(company: &str) -> String {
    format!("schedules/{company}")
}

fn kept(store: &Store, company: &str) -> Result<Kept, StoreError> {
    Ok(store.fact(&fact(company))?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

impl ScheduleOf {
    /// What is known about a type of a company.
    pub(crate) fn known(store: &Store, company: &str, data_type: DataType) -> Result<Option<Self>, StoreError> {
        Ok(kept(store, company)?.types.into_iter().find(|known| known.data_type == data_type.wire()))
    }
}

impl Engine {
    /// Asks for a company's schedules when they were not asked for today.
    pub(crate) async fn learn_schedules(&self, company: &str) {
        let (wanted, now) = (company.to_owned(), self.now());
        let is_fresh = self.store(move |store| Ok(now - kept(store, &wanted)?.at < ASK_EVERY_MS)).await;
        if is_fresh.unwrap_or(true) {
            return;
        }
        let Ok(told) = self.inner.source.schedules(company).await else { return };
        let types = told.into_iter().map(|told| ScheduleOf {
            data_type: told.data_type.wire().to_owned(),
            hours: told.hours,
            on_first_link: told.on_first_link,
        });
        let Ok(text) = serde_json::to_string(&Kept { at: now, types: types.collect() }) else { return };
        let name = fact(company);
        if let Err(error) = self.store(move |store| store.set_fact(&name, &text)).await {
            tracing::warn!(company.id = company, %error, "schedules could not be kept");
        }
    }
}
