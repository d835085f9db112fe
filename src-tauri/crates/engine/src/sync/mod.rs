//! Reads: asking Codat for them, watching them, fetching what they brought.
//!
//! `plan` decides what is to be fetched, `fetch` brings it page by page, `reads` looks at Codat's history, `follow` watches one company until its reads
//! have ended, `portfolio` brings many companies up to date while asking little. Many fetches wait for the network at once; `room` bounds what they hold in
//! memory and `writer` stores it; `runs` knows which are under way and stops them, `now` shows them. Nothing here schedules: who wants fresh data asks
//! for it.

mod fetch;
mod follow;
mod hear;
mod now;
mod pace;
mod plan;
mod portfolio;
mod progress;
mod reads;
mod room;
mod runs;
mod say;
mod schedules;
mod turns;
mod writer;

pub(crate) use fetch::{MOST_PAGES, Next, RESTARTS, SMALL, Walked, ends_all, later};
pub(crate) use now::Learned;
pub(crate) use plan::{How, Local, Locals, Mark, PAGE, Remote, Step, SyncPlan, may_be_overtaken};
pub use progress::SyncProgress;
pub(crate) use reads::{again_at, brought_rows};
pub(crate) use room::Room;
pub(crate) use runs::Runs;
pub(crate) use say::Unsaid;
pub(crate) use schedules::ScheduleOf;
pub(crate) use turns::Turns;
pub(crate) use writer::Queue;

use crate::calm::in_background;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ports::{Queued, SourceError};
use crate::view::{StartSync, Topic};
use domain::data_type::DataType;
use store::{ConnectionEntry, Event};

/// What fetching brought and how often it did not work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) pages: u32,
    pub(crate) rows: u64,
    /// Types that ended well.
    pub(crate) good: u32,
    /// Types that did not.
    pub(crate) failed: u32,
    /// Those of them where trying again soon may help.
    pub(crate) passing: u32,
    /// Types that a person stopped.
    pub(crate) stopped: u32,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.pages += other.pages;
        self.rows += other.rows;
        self.good += other.good;
        self.failed += other.failed;
        self.passing += other.passing;
        self.stopped += other.stopped;
    }
}

impl Engine {
    /// Queues reads at Codat, one type at a time and never by "refresh all", which leaves types out; then follows them in the background.
    ///
    /// # Errors
    /// When the company is not here, nothing of it is linked, or Codat cannot be asked or refuses.
    pub async fn start_sync(&self, request: StartSync) -> Result<()> {
        let types = asked_types(&request.data_types)?;
        self.inner.runs.let_go_on(Some(&request.company_id));
        let company = request.company_id.clone();
        let item = self.store(move |store| store.company(&company)).await?.ok_or(Error::NotFound("company"))?;
        let linked = item.connections.into_iter().filter(|found| found.status == "Linked");
        let linked: Vec<ConnectionEntry> =
            linked.filter(|found| request.connection_id.as_ref().is_none_or(|wanted| *wanted == found.id)).collect();
        if linked.is_empty() {
            return Err(Error::BadRequest(::say::say!(
                "No bank of this company is linked, so there is nothing to refresh. Hand over a link first."
            )));
        }
        for connection in &linked {
            for data_type in &types {
                let asked = self.ask_for(connection, *data_type).await;
                if matches!(asked, Err(Error::Source(SourceError::Refused(_) | SourceError::NotFound(_)))) {
                    // Perhaps it is not linked any more: the page should say so next to the refusal.
                    self.look_at_company(&request.company_id).await;
                }
                asked?;
            }
        }
        let (at, labels) = (self.now(), types.iter().map(|data_type| data_type.english()).collect::<Vec<_>>().join(", "));
        let asked =
            Event { at, company: Some(request.company_id.clone()), kind: "refresh".into(), detail: Some(labels), ..Event::default() };
        let asked = Event { connection: request.connection_id.clone(), ..asked };
        self.store(move |store| store.record(&asked)).await?;
        self.stale([Topic::Company(request.company_id.clone()), Topic::Companies]);
        self.follow_in_background(request.company_id);
        Ok(())
    }

    /// Asks for one read; one that runs already is joined.
    pub(crate) async fn ask_for(&self, connection: &ConnectionEntry, data_type: DataType) -> Result<()> {
        if let Queued::New(dataset) = self.inner.source.queue(&connection.company, &connection.id, data_type).await?
            && dataset.company == connection.company
        {
            self.store(move |store| store.keep_datasets(&[dataset])).await?;
        }
        Ok(())
    }

    pub(crate) fn follow_in_background(&self, company: String) {
        let engine = self.clone();
        self.spawn(async move {
            if let Err(error) = in_background(engine.follow(&company)).await {
                tracing::warn!(company.id = %company, %error, "the reads of a company could not be followed");
            }
        });
    }
}

fn asked_types(texts: &[String]) -> Result<Vec<DataType>> {
    if texts.is_empty() {
        return Ok(DataType::ALL.to_vec());
    }
    let known = DataType::ALL.into_iter().filter(|data_type| texts.iter().any(|text| DataType::from_wire(text) == Some(*data_type)));
    let all_known = texts.iter().all(|text| DataType::from_wire(text).is_some());
    if all_known { Ok(known.collect()) } else { Err(Error::BadRequest(::say::say!("There is no such data type."))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_four_unless_named_and_each_once() {
        let asked = |texts: &[&str]| asked_types(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).ok();
        assert_eq!(asked(&[]), Some(DataType::ALL.to_vec()));
        assert_eq!(
            asked(&["banking-transactions", "BANKING-ACCOUNTS", "banking-accounts"]),
            Some(vec![DataType::Accounts, DataType::Transactions])
        );
        assert_eq!(asked(&["invoices"]), None);
    }
}
