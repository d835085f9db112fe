//! Bringing many companies up to date while asking little: large pages of companies first, then only what moved.

use crate::calm::in_background;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ports::SourceError;
use crate::sync::Tally;
use crate::sync::fetch::ends_all;
use crate::sync::plan::Mark;
use crate::sync::reads::{connections_of, plan};
use crate::view::{Fits, SyncOutcome, Topic};
use domain::data_type::DataType;
use futures::StreamExt as _;
use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};
use store::{ConnectionEntry, Reading, Store, StoreError};

/// Companies a page: 100,000 are 20 requests.
const PAGE: u32 = 5_000;
/// Companies at work at once: enough to keep all requests that the budget allows on their way, whatever each company has to be looked up for.
const AT_ONCE: usize = 48;

/// Companies that are looked through in one go, to foresee what they need.
const LOOKED_AT: usize = 500;

/// What was fetched of a connection, told as its own words at that time. A company is asked further only when they differ.
fn seen_fact(connection: &str) -> String {
    format!("seen/{connection}")
}

fn words(connection: &ConnectionEntry) -> String {
    format!("{}@{}", connection.status, connection.last_sync.map(|at| at.to_string()).unwrap_or_default())
}

/// Notes what connections say, where everything up to their last sync is here.
pub(crate) fn keep_seen(store: &Store, connections: &[ConnectionEntry]) -> std::result::Result<(), StoreError> {
    let mut seen = vec![];
    for connection in connections {
        let mut newest = Mark::default();
        for data_type in DataType::ALL {
            let fetched = store.cursor(&connection.id, data_type.wire())?.and_then(|cursor| cursor.dataset);
            let fetched = fetched.as_deref().map(Mark::from_word).unwrap_or_default();
            newest = if newest.covers(&fetched) { newest } else { fetched };
        }
        if connection.last_sync.is_some_and(|at| newest.covers(&Mark::at(at))) {
            seen.push((seen_fact(&connection.id), words(connection)));
        }
    }
    store.set_facts(&seen)
}

/// Connections that moved since their data was last fetched.
fn moved_connections<'a>(
    reading: &Reading<'_>,
    connections: impl IntoIterator<Item = &'a ConnectionEntry>,
) -> std::result::Result<Vec<&'a ConnectionEntry>, StoreError> {
    let read: Vec<&ConnectionEntry> = connections.into_iter().filter(|connection| connection.last_sync.is_some()).collect();
    let names: Vec<String> = read.iter().map(|connection| seen_fact(&connection.id)).collect();
    let seen = reading.facts(&names)?;
    let moved = read.into_iter().zip(seen).filter(|(connection, seen)| seen.as_deref() != Some(&words(connection)));
    Ok(moved.map(|(connection, _)| connection).collect())
}

/// Companies with such a connection.
fn moved(reading: &Reading<'_>, told: &[(store::CompanyEntry, Vec<ConnectionEntry>)]) -> std::result::Result<Vec<String>, StoreError> {
    let moved = moved_connections(reading, told.iter().flat_map(|(_, connections)| connections))?;
    Ok(moved.into_iter().map(|connection| connection.company.clone()).collect::<BTreeSet<_>>().into_iter().collect())
}

impl Engine {
    /// Takes in all companies with their connections, in large pages. Returns the ids of those with a connection that moved since its data was fetched.
    ///
    /// # Errors
    /// When Codat cannot be asked; what was taken in stays.
    pub async fn refresh_companies(&self) -> Result<Vec<String>> {
        let _one = self.inner.listing.lock().await;
        let since = self.now();
        let mut all_moved = vec![];
        let (mut number, mut total, mut is_whole) = (1, None, true);
        loop {
            // As of the question: what is made while it is answered must not look gone.
            let at = self.now();
            let mut batch = self.inner.source.companies(number, PAGE).await?;
            // A list that changed under the walk, or could not be read in full, must not make others look gone.
            is_whole &= batch.unread == 0 && total.is_none_or(|total| total == batch.total);
            total = Some(batch.total);
            let has_next = batch.has_next && !batch.companies.is_empty();
            let moved = self
                .store(move |store| {
                    let kept_out = store.kept_out()?;
                    batch.companies.retain(|(company, _)| !kept_out.contains(&company.id));
                    let moved = store.reading(|reading| moved(reading, &batch.companies))?;
                    store.take_companies(&batch.companies, at)?;
                    Ok(moved)
                })
                .await?;
            all_moved.extend(moved);
            self.say([Topic::Companies]);
            if !has_next {
                break;
            }
            number += 1;
        }
        self.store(
            move |store| if is_whole { store.finish_company_pass(since) } else { store.set_fact("companies_at", &since.to_string()) },
        )
        .await?;
        self.say([Topic::Companies, Topic::Status]);
        Ok(all_moved)
    }

    /// Brings one company, or all of the client's, up to what Codat holds, and waits for it. Asks Codat to read from the bank only where a person named a
    /// company that was never read.
    ///
    /// # Errors
    /// When the company is not found or the key is refused; otherwise the outcome says how it went.
    pub async fn sync_and_wait(&self, company: Option<String>) -> Result<SyncOutcome> {
        let started = std::time::Instant::now();
        let before = self.requests();
        self.inner.runs.let_go_on(company.as_deref());
        let tally = Mutex::new(Tally::default());
        let result = match company {
            Some(id) => self.bring_one(&id, &tally).await,
            // However it was begun: what takes minutes does not go ahead of a click.
            None => in_background(self.bring_all(&tally)).await,
        };
        let tally = *lock(&tally);
        let outcome = match result {
            Ok(()) if tally.stopped > 0 || self.inner.runs.holds_all() => "stopped",
            Ok(()) if tally.failed == 0 => "complete",
            Ok(()) if tally.good > 0 => "partial",
            Ok(()) => "failed",
            Err(Error::Source(SourceError::Limited(_))) => "limited",
            Err(Error::Source(error)) if error.is_away() => "offline",
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

    pub(crate) async fn bring_all(&self, tally: &Mutex<Tally>) -> Result<()> {
        let moved = self.refresh_companies().await?;
        // Besides what moved: what an earlier sync left unfinished.
        let cut = self.store(|store| store.companies_with_open_reads(i64::MAX)).await?;
        let wanted: BTreeSet<String> = moved.into_iter().chain(cut).collect();
        let plan = self.foresee(&wanted).await?;
        self.bring_these(wanted, tally, Some(plan)).await
    }

    /// Says what is ahead before it begins. What does not fit today is begun all the same: the budget stops it, and the next sync goes on there.
    async fn foresee(&self, wanted: &BTreeSet<String>) -> Result<Fits> {
        let (looked, now) = (wanted.iter().cloned().collect::<Vec<_>>(), self.now());
        let needed = self.store(move |store| looked.chunks(LOOKED_AT).map(|some| requests_for_all(store, some, now)).sum()).await?;
        Ok(self.inner.source.fits(needed).await)
    }

    /// Brings these companies up to what Codat holds; one that fails does not keep the others.
    pub(crate) async fn bring_these(&self, wanted: BTreeSet<String>, tally: &Mutex<Tally>, plan: Option<Fits>) -> Result<()> {
        let _pass = self.pass(wanted.len(), plan);
        let ended = OnceLock::new();
        futures::stream::iter(wanted)
            .for_each_concurrent(AT_ONCE, |company| {
                let ended = &ended;
                async move {
                    if ended.get().is_some() || self.inner.runs.holds(&company) {
                        return;
                    }
                    let brought = self.bring_up(&company, tally).await;
                    self.progress(|progress| progress.done += u32::from(brought.is_ok()));
                    match brought {
                        Ok(()) => {}
                        // Nothing new is begun, but what was asked for already is still taken in: it was paid for.
                        Err(error) if ends_all(&error) => drop(ended.set(error)),
                        Err(error) => {
                            tracing::warn!(company.id = %company, %error, "a company could not be brought up to date");
                            lock(tally).failed += 1;
                        }
                    }
                }
            })
            .await;
        ended.into_inner().map_or(Ok(()), Err)
    }

    async fn bring_one(&self, company: &str, tally: &Mutex<Tally>) -> Result<()> {
        let _pass = self.pass(1, None);
        let told = self.inner.source.company(company).await?;
        let (linked, now) = (told.1.iter().filter(|found| found.status == "Linked").cloned().collect::<Vec<_>>(), self.now());
        self.store(move |store| store.take_companies(&[told], now)).await?;
        if !linked.is_empty() {
            let (look, _) = self.look_at_reads(company).await?;
            let mut waits = look.is_running();
            // What a team's workers did not bring yet is theirs to ask for.
            let never_read = linked.iter().filter(|found| found.last_sync.is_none() && !self.inner.source.is_teams());
            for connection in never_read {
                waits |= self.ask_for_missing(connection).await?;
            }
            if waits {
                let end = in_background(self.follow_to_end(company)).await?;
                lock(tally).add(end.tally);
            }
        }
        in_background(self.bring_up(company, tally)).await
    }

    /// Asks for the types of a linked connection that were never read. True when there were any.
    async fn ask_for_missing(&self, connection: &ConnectionEntry) -> Result<bool> {
        let id = connection.id.clone();
        let missing = self
            .store(move |store| {
                let known =
                    DataType::ALL.into_iter().map(|data_type| Ok((data_type, store.datasets(&id, data_type.wire(), 1)?.is_empty())));
                Ok(known
                    .collect::<std::result::Result<Vec<_>, StoreError>>()?
                    .into_iter()
                    .filter(|(_, never)| *never)
                    .map(|(data_type, _)| data_type))
            })
            .await?;
        let mut asked = false;
        for data_type in missing {
            self.ask_for(connection, data_type).await?;
            asked = true;
        }
        Ok(asked)
    }

    /// One company up to what Codat holds, and a note of what its connections said then.
    async fn bring_up(&self, company: &str, tally: &Mutex<Tally>) -> Result<()> {
        let (wanted, now, is_teams) = (company.to_owned(), self.now(), self.inner.source.is_teams());
        let (connections, plan) = self
            .store(move |store| {
                store.reading(|reading| {
                    let connections = connections_of(reading, &wanted)?;
                    // The first time everything is fetched whatever the history says; later it says which types moved, which costs less than asking all.
                    // A team's server tells its history for nothing, and by it what is asked for next is less.
                    let must_look = (is_teams || is_known(reading, &connections)?) && !moved_connections(reading, &connections)?.is_empty();
                    let plan = if must_look { None } else { Some(plan(reading, &wanted, now)?) };
                    Ok((connections, plan))
                })
            })
            .await?;
        let seen: Vec<(String, String)> = connections.iter().map(|connection| (seen_fact(&connection.id), words(connection))).collect();
        let plan = match plan {
            Some(plan) => plan,
            None => {
                let plan = self.look_and_plan(company, seen.clone()).await?;
                if plan.steps.is_empty() {
                    return Ok(());
                }
                plan
            }
        };
        let mut fetched = Tally::default();
        let ended = self.make(company, &plan, &mut fetched).await;
        lock(tally).add(fetched);
        ended?;
        if fetched.failed + fetched.stopped == 0 {
            self.write(0, move |writing| writing.set_facts(&seen)).await?;
        }
        Ok(())
    }
}

/// About how many requests a company takes: a page for each step of its plan, or a look at its history and what that will show. More pages than that
/// nobody knows before the first of them tells the count.
fn requests_for(reading: &Reading<'_>, company: &str, now: i64) -> std::result::Result<u32, StoreError> {
    let connections = connections_of(reading, company)?;
    let moved = moved_connections(reading, &connections)?.len();
    let needed = if moved > 0 && is_known(reading, &connections)? { 1 + moved } else { plan(reading, company, now)?.steps.len() };
    Ok(u32::try_from(needed).unwrap_or(u32::MAX))
}

fn requests_for_all(store: &Store, companies: &[String], now: i64) -> std::result::Result<u32, StoreError> {
    store.reading(|reading| companies.iter().map(|company| requests_for(reading, company, now)).sum())
}

/// Something of these was fetched before.
fn is_known(reading: &Reading<'_>, connections: &[ConnectionEntry]) -> std::result::Result<bool, StoreError> {
    for connection in connections {
        for data_type in DataType::ALL {
            if reading.cursor(&connection.id, data_type.wire())?.is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn lock(tally: &Mutex<Tally>) -> std::sync::MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}
