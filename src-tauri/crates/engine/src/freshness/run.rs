//! The loops: the list of companies first, then only what moved; reads at Codat only where nobody else asks for them; and what is on screen more often.
//! All of it is background work.

use crate::calm;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::freshness::due::{Jitter, company_pause, has_jumped, interval, list_pause};
use crate::freshness::standings::{Watched, keep_tried, watched};
use crate::freshness::wishes::{Wishes, holds};
use crate::ports::SourceError;
use crate::sync::{Tally, ends_all};
use crate::view::Topic;
use domain::data_type::DataType;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

/// A longer sleep is slept in parts: a clock that jumped is noticed this soon.
const NAP_MS: i64 = 60_000;
/// Companies that are gone through at once.
const CHUNK: u32 = 200;
/// Pauses after the list could not be asked for: the first, and the longest.
const AGAIN_MS: (i64, i64) = (15_000, 15 * 60_000);

impl Engine {
    /// Keeps data fresh for as long as the engine runs.
    pub(crate) async fn keep_fresh(&self) {
        self.inner.rhythm.wake(self.now());
        let keep_due = async {
            // In a team workers ask Codat for reads, and nobody else.
            if !self.inner.source.is_teams() {
                self.keep_due().await;
            }
        };
        calm::in_background(async { tokio::join!(self.keep_list(), keep_due, self.keep_screen()) }).await;
    }

    /// Sleeps, but not past the bell, and notices when the clock jumped meanwhile.
    async fn nap(&self, ms: i64, bell: impl Future) {
        let planned = ms.clamp(0, NAP_MS);
        let (wall, began) = (self.now(), Instant::now());
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(u64::try_from(planned).unwrap_or(0))) => {}
            _ = bell => {}
        }
        let passed = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        if has_jumped(planned, self.now() - wall, passed) {
            tracing::info!("the clock jumped: what fell due meanwhile is spread over the next minutes");
            self.inner.rhythm.wake(self.now());
        }
    }

    async fn keep_list(&self) {
        let mut screen = self.inner.rhythm.screen.subscribe();
        let mut failures = 0_u32;
        loop {
            let (asked, brought) = (self.now(), self.bring_list().await);
            let again = match &brought {
                Ok(()) => {
                    if failures > 0 {
                        // The network is back: what fell due meanwhile is spread.
                        self.inner.rhythm.wake(self.now());
                    }
                    failures = 0;
                    None
                }
                Err(Error::Source(SourceError::Limited(until))) => Some(*until),
                Err(error) => {
                    tracing::info!(%error, "the companies could not be refreshed");
                    failures = failures.saturating_add(1);
                    Some(self.now() + again(failures))
                }
            };
            loop {
                let due = again.unwrap_or_else(|| asked + list_pause(&screen.borrow_and_update(), self.now()));
                let left = due - self.now();
                // A clock that was turned back must not silence us.
                if left <= 0 || self.now() < asked {
                    break;
                }
                self.nap(left, screen.changed()).await;
            }
        }
    }

    /// The list, and the data of every company of it that moved.
    async fn bring_list(&self) -> Result<()> {
        let moved = self.refresh_companies().await?;
        self.settle_attempts().await?;
        if self.learn_client_schedules().await {
            self.inner.rhythm.forget(None);
        }
        self.inner.rhythm.expect_new();
        let is_teams = self.inner.source.is_teams();
        let wanted = self.store(move |store| {
            let all = Wishes::kept(store, None)?;
            let mut wanted = BTreeSet::new();
            for company in moved {
                let own = Wishes::kept(store, Some(&company))?;
                if is_teams || DataType::ALL.into_iter().any(|data_type| interval(holds(&own, &all, data_type)).is_some()) {
                    wanted.insert(company);
                }
            }
            Ok(wanted)
        });
        let tally = Mutex::new(Tally::default());
        self.bring_these(wanted.await?, &tally, None).await
    }

    async fn keep_due(&self) {
        loop {
            let pause = match self.freshen_due().await {
                Ok(next) => next.saturating_sub(self.now()),
                Err(Error::Source(SourceError::Limited(until))) => until - self.now(),
                Err(error) => {
                    tracing::info!(%error, "what is due could not be asked for");
                    NAP_MS
                }
            };
            self.nap(pause.max(1_000), self.inner.rhythm.bell.notified()).await;
        }
    }

    /// Everything that is due by now. Returns when there is something to do again.
    async fn freshen_due(&self) -> Result<i64> {
        if self.inner.rhythm.takes_new() {
            self.plan_new().await?;
        }
        for company in self.inner.rhythm.due(self.now()) {
            match self.freshen(&company).await {
                Err(error) if ends_all(&error) => return Err(error),
                Err(error) => {
                    tracing::warn!(company.id = %company, %error, "a company could not be kept fresh");
                    self.inner.rhythm.plan_at(&company, Some(self.now() + AGAIN_MS.1));
                }
                Ok(()) => {}
            }
        }
        Ok(self.inner.rhythm.next())
    }

    /// Companies that no moment is known of yet.
    async fn plan_new(&self) -> Result<()> {
        let mut last = String::new();
        loop {
            let after = last.clone();
            let chunk = self.store(move |store| store.linked_companies(&after, CHUNK)).await?;
            let Some(end) = chunk.last().cloned() else { return Ok(()) };
            let new: Vec<String> = chunk.into_iter().filter(|company| !self.inner.rhythm.is_planned(company)).collect();
            let now = self.now();
            let known = self.store(move |store| {
                let all = Wishes::kept(store, None)?;
                let known = new.into_iter().map(|company| Ok((watched(store, &all, &company, now)?, company)));
                known.collect::<std::result::Result<Vec<_>, store::StoreError>>()
            });
            for (watched, company) in known.await? {
                self.think_over(&company, &watched).await?;
            }
            last = end;
        }
    }

    async fn watched(&self, company: &str) -> Result<Vec<Watched>> {
        let (company, now) = (company.to_owned(), self.now());
        self.store(move |store| watched(store, &Wishes::kept(store, None)?, &company, now)).await
    }

    async fn think_over(&self, company: &str, watched: &[Watched]) -> Result<()> {
        let jitter = self.jitter(company).await?;
        self.inner.rhythm.plan_at(company, self.next_moment(watched, jitter));
        Ok(())
    }

    fn next_moment(&self, watched: &[Watched], jitter: Jitter) -> Option<i64> {
        let (now, woke) = (self.now(), self.inner.rhythm.woke());
        watched.iter().filter_map(|one| earlier(one.due(now, woke, jitter), one.look_at(now))).min()
    }

    /// This company's place among all, the same after a restart and another on another computer.
    pub(super) async fn jitter(&self, company: &str) -> Result<Jitter> {
        let seed = self.inner.rhythm.seed.get_or_try_init(|| self.jitter_seed()).await?;
        Ok(Jitter::of(seed, company))
    }

    /// Drawn once, and kept.
    async fn jitter_seed(&self) -> Result<String> {
        const SEED: &str = "freshness_seed";
        if let Some(seed) = self.store(|store| store.fact(SEED)).await? {
            return Ok(seed);
        }
        let seed = self.inner.ports.entropy.guid();
        let kept = seed.clone();
        self.store(move |store| store.set_fact(SEED, &kept)).await?;
        Ok(seed)
    }

    /// One company: looks at a read that runs, and asks for those that are due and that Codat does not make by itself.
    async fn freshen(&self, company: &str) -> Result<()> {
        let jitter = self.jitter(company).await?;
        let mut known = self.watched(company).await?;
        if known.iter().any(|one| one.open_since.is_some()) && !self.inner.turns.is_followed(company) {
            let (look, _) = self.look_at_reads(company).await?;
            if !look.is_running() {
                let tally = Mutex::new(Tally::default());
                self.bring_these(BTreeSet::from([company.to_owned()]), &tally, None).await?;
            }
            known = self.watched(company).await?;
        }
        let woke = self.inner.rhythm.woke();
        let is_due = |one: &Watched, now| one.due(now, woke, jitter).is_some_and(|at| at <= now);
        if known.iter().any(|one| is_due(one, self.now())) {
            // Known of the whole client only is not enough to ask for anything.
            self.learn_schedules(company).await;
            known = self.watched(company).await?;
            let now = self.now();
            let due: Vec<Watched> = known.iter().filter(|one| !one.standing.by_codat && is_due(one, now)).cloned().collect();
            if !due.is_empty() {
                self.ask_for_due(company, due, now).await?;
                known = self.watched(company).await?;
            }
        }
        self.inner.rhythm.plan_at(company, self.next_moment(&known, jitter));
        Ok(())
    }

    async fn ask_for_due(&self, company: &str, due: Vec<Watched>, now: i64) -> Result<()> {
        let tries = due.clone();
        self.store(move |store| keep_tried(store, &tries, now)).await?;
        let mut is_refused = false;
        for one in &due {
            match self.ask_for(&one.connection, one.data_type).await {
                Err(Error::Source(SourceError::Refused(told) | SourceError::NotFound(told))) => {
                    tracing::info!(company.id = company, connection.id = %one.connection.id, data_type = %one.data_type, %told, "a read was refused");
                    is_refused = true;
                }
                answer => answer?,
            }
        }
        self.say([Topic::Company(company.to_owned()), Topic::Companies]);
        if is_refused {
            // Perhaps it is not linked any more.
            self.look_at_company(company).await;
        }
        Ok(())
    }

    /// The company whose page is open.
    async fn keep_screen(&self) {
        let mut screen = self.inner.rhythm.screen.subscribe();
        let mut looked: Option<(String, i64)> = None;
        loop {
            let seen = screen.borrow_and_update().clone();
            let now = self.now();
            let (Some(pause), Some(company)) = (company_pause(&seen, now), seen.company) else {
                if screen.changed().await.is_err() {
                    return;
                }
                continue;
            };
            let last = looked.as_ref().filter(|(whose, at)| *whose == company && *at <= now).map(|(_, at)| *at);
            let left = last.map_or(0, |last| last + pause - now);
            if left > 0 {
                self.nap(left, screen.changed()).await;
                continue;
            }
            if let Err(error) = self.look_on(&company).await {
                tracing::info!(company.id = %company, %error, "the open company could not be looked at");
            }
            looked = Some((company, self.now()));
        }
    }

    /// One question about the open company, and its data when it moved. Whoever follows its reads already looks more often than that.
    async fn look_on(&self, company: &str) -> Result<()> {
        if self.inner.turns.is_followed(company) {
            return Ok(());
        }
        let before = self.told_of(company).await?;
        self.look_at_company(company).await;
        if self.told_of(company).await? == before {
            return Ok(());
        }
        let tally = Mutex::new(Tally::default());
        self.bring_these(BTreeSet::from([company.to_owned()]), &tally, None).await?;
        self.inner.rhythm.forget(Some(company));
        Ok(())
    }

    async fn told_of(&self, company: &str) -> Result<Vec<(String, String, Option<i64>)>> {
        let company = company.to_owned();
        self.store(move |store| {
            let connections = store.company(&company)?.map(|item| item.connections).unwrap_or_default();
            Ok(connections.into_iter().map(|found| (found.id, found.status, found.last_sync)).collect())
        })
        .await
    }
}

/// The pause after so many failures in a row.
fn again(failures: u32) -> i64 {
    (AGAIN_MS.0 << failures.saturating_sub(1).min(10)).min(AGAIN_MS.1)
}

fn earlier(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pause_is_fifteen_seconds_and_each_doubles_up_to_a_quarter_of_an_hour() {
        let seconds = |failures| again(failures) / 1_000;
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 8, 400].map(seconds), [15, 30, 60, 120, 240, 480, 900, 900, 900]);
    }
}
