//! Following a company: asks Codat by the ladder how its reads are doing, fetches each as soon as it has ended, and stops by itself.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ports::SourceError;
use crate::sync::Tally;
use crate::sync::fetch::{ends_all, passes};
use crate::sync::plan::SyncPlan;
use crate::sync::portfolio::keep_seen;
use crate::sync::reads::{Look, plan};
use crate::sync::turns::{End, Joined, Lead};
use crate::view::Topic;
use domain::data_type::DataType;
use std::time::Duration;
use store::ConnectionEntry;

/// Reads that were seen running this long before a restart are worth looking at after it.
const TAKEN_UP_MS: i64 = 24 * 3_600_000;
/// How long a fetch that Codat failed to answer is tried again by ourselves.
const TRIES_MS: i64 = 120_000;

impl Engine {
    /// Follows until every linked connection's latest reads have ended and are here. True when all ended well. A company is followed once: whoever
    /// else asks makes the next look happen now and hears the same end.
    pub(crate) async fn follow(&self, company: &str) -> Result<bool> {
        Ok(self.follow_to_end(company).await?.good)
    }

    pub(crate) async fn follow_to_end(&self, company: &str) -> Result<End> {
        match self.inner.turns.join(company) {
            Joined::Leading(lead) => self.lead(company, &lead).await,
            Joined::Waiting(mut end) => Ok(end.wait_for(Option::is_some).await.ok().and_then(|end| *end).unwrap_or_default()),
        }
    }

    async fn lead(&self, company: &str, lead: &Lead<'_>) -> Result<End> {
        let mut began = self.now();
        let mut tally = Tally::default();
        self.learn_schedules(company).await;
        loop {
            lead.listen();
            let pause = match self.look_and_fetch(company, &mut tally).await {
                Ok(look) => {
                    let again = look.again(self.now());
                    let tries = tally.passing > 0 && self.now() - began < TRIES_MS;
                    if look.is_running() || tries {
                        domain::ladder::following_reads(self.now() - began)
                    } else if let Some(due) = again.iter().map(|(_, at)| *at).min() {
                        Some((due - self.now()).max(0))
                    } else {
                        self.look_at_company(company).await;
                        let end = End { good: look.is_good() && tally.failed + tally.stopped == 0, tally };
                        if lead.end(end) {
                            return Ok(end);
                        }
                        Some(0)
                    }
                }
                // One answer that nobody could read is not the end either: the next may be whole, and the ladder ends by itself.
                Err(Error::Source(SourceError::Down(_) | SourceError::Unreadable(_) | SourceError::TooLarge)) => {
                    domain::ladder::following_reads(self.now() - began).map(|pause| pause.max(5_000))
                }
                Err(Error::Source(error)) if error.is_away() => {
                    domain::ladder::following_reads(self.now() - began).map(|pause| pause.max(5_000))
                }
                Err(Error::Source(SourceError::Limited(until))) => Some((until - self.now()).max(1_000)),
                Err(error) => return Err(error),
            };
            // Long enough without an end: what runs at Codat goes on there, and the next look finds it.
            let Some(pause) = pause else {
                let end = End { good: false, tally };
                if lead.end(end) {
                    return Ok(end);
                }
                continue;
            };
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(u64::try_from(pause).unwrap_or(0))) => {}
                () = lead.rung() => began = self.now(),
            }
        }
    }

    /// One look at Codat, what it brings, and what is to be asked for once more.
    async fn look_and_fetch(&self, company: &str, tally: &mut Tally) -> Result<Look> {
        let (look, moved) = self.look_at_reads(company).await?;
        if moved {
            self.say_moved(company).await?;
        }
        let mut fetched = Tally::default();
        let ended = self.fetch_what_moved(company, &mut fetched).await;
        if fetched != Tally::default() {
            // Only the last state of a type counts: what failed once and came later did not fail.
            (tally.failed, tally.passing, tally.stopped) = (fetched.failed, fetched.passing, fetched.stopped);
            tally.add(Tally { failed: 0, passing: 0, stopped: 0, ..fetched });
            self.say_moved(company).await?;
        }
        ended?;
        let now = self.now();
        let due: Vec<_> = look.again(now).into_iter().filter(|(_, at)| *at <= now).map(|(read, _)| read).collect();
        for read in &due {
            let connection = ConnectionEntry { id: read.connection.clone(), company: company.to_owned(), ..ConnectionEntry::default() };
            if let Some(data_type) = DataType::from_wire(&read.data_type) {
                self.ask_for(&connection, data_type).await?;
            }
        }
        if due.is_empty() { Ok(look) } else { Ok(self.look_at_reads(company).await?.0) }
    }

    /// Fetches every type of a company that Codat has newer than we do, as far as its kept history says.
    pub(crate) async fn fetch_what_moved(&self, company: &str, tally: &mut Tally) -> Result<()> {
        let (wanted, now) = (company.to_owned(), self.now());
        let plan = self.store(move |store| store.reading(|reading| plan(reading, &wanted, now))).await?;
        self.make(company, &plan, tally).await
    }

    /// Makes the steps of a plan at once: the budget bounds how many requests that means, and they wait for the network together. What each of them
    /// brought is counted, also where one ends all: it was answered, and it was paid for.
    pub(crate) async fn make(&self, company: &str, plan: &SyncPlan, tally: &mut Tally) -> Result<()> {
        let fetches = plan.steps.iter().map(|step| async move {
            let mut own = Tally::default();
            let ended = self.fetch(company, step, &mut own).await;
            (step, own, ended)
        });
        let mut all = Ok(());
        for (step, own, ended) in futures::future::join_all(fetches).await {
            tally.add(own);
            match ended {
                Err(error) if !ends_all(&error) => {
                    tracing::warn!(company.id = company, connection.id = %step.connection, data_type = %step.data_type, %error, "a type could not be fetched");
                    tally.add(Tally { failed: 1, passing: u32::from(passes(&error)), ..Tally::default() });
                }
                ended => all = all.and(ended),
            }
        }
        all
    }

    /// The connection's own words changed with its reads: its last sync, perhaps its consent.
    pub(crate) async fn look_at_company(&self, company: &str) {
        let told = match self.inner.source.company(company).await {
            Ok(told) => told,
            Err(error) => return tracing::info!(company.id = company, %error, "the company could not be looked at"),
        };
        let now = self.now();
        let kept = self
            .store(move |store| {
                store.take_companies(std::slice::from_ref(&told), now)?;
                keep_seen(store, &told.1)
            })
            .await;
        if let Err(error) = kept {
            return tracing::warn!(company.id = company, %error, "the company could not be kept");
        }
        self.say([Topic::Company(company.to_owned()), Topic::Companies]);
    }

    /// Says what is stale, for every attempt of the company too.
    async fn say_moved(&self, company: &str) -> Result<()> {
        let attempts = self.store(store::Store::open_attempts).await?;
        let attempts = attempts.into_iter().filter(|attempt| attempt.company.as_deref() == Some(company));
        let attempts = attempts.map(|attempt| Topic::Attempt(attempt.id));
        self.say([Topic::Company(company.to_owned()), Topic::Companies].into_iter().chain(attempts));
        Ok(())
    }

    /// After a restart: reads that ran are looked at, fetches that were cut go on.
    pub(crate) async fn take_up_syncs(&self) -> Result<()> {
        let since = self.now() - TAKEN_UP_MS;
        for company in self.store(move |store| store.companies_with_open_reads(since)).await? {
            self.follow_in_background(company);
        }
        Ok(())
    }
}
