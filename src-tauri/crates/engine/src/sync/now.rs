//! What is fetched right now, as a face shows it, and a person's word about it.

use crate::calm::in_background;
use crate::engine::Engine;
use crate::error::Result;
use crate::sync::pace::{learned, left_ms, rows_a_second, usual};
use crate::sync::runs::{Key, Live, Names};
use crate::sync::{SyncProgress, Tally};
use crate::view::{Millis, Pass, RunState, SyncNow, SyncRun, SyncStep, Topic};
use domain::data_type::DataType;
use domain::display::shown;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Fetches that are shown.
const SHOWN: usize = 50;
/// Ended fetches that teach how long the next one takes.
const LOOKED_AT: u32 = 2_000;
/// They are looked at again after this.
const LEARNED_FOR_MS: i64 = 60_000;

/// What each type usually takes at each bank, and when that was looked up.
#[derive(Default)]
pub(crate) struct Learned(Mutex<Option<(i64, Paces)>>);

type Paces = Arc<BTreeMap<(String, String), i64>>;

impl Engine {
    /// What is fetched right now, after a person's word about it. Going on also looks at what else moved meanwhile.
    ///
    /// # Errors
    /// When the database cannot be read, or a read is asked for and cannot be.
    pub async fn sync(&self, step: Option<SyncStep>) -> Result<SyncNow> {
        match step {
            None => {}
            Some(SyncStep::Start(request)) => {
                let company = request.company_id.clone();
                let types = request.data_types.len();
                self.start_sync(request).await?;
                self.noted("data-queued", &company, if types == 0 { "all types".to_owned() } else { format!("{types} of the types") })
                    .await;
            }
            Some(SyncStep::Stop(None)) => self.inner.runs.stop(None),
            Some(SyncStep::Stop(Some(which))) => {
                if let Some(data_type) = DataType::from_wire(&which.data_type) {
                    self.inner.runs.stop(Some(Key { connection: which.connection_id, data_type }));
                }
            }
            Some(SyncStep::GoOn(company)) => self.let_go_on(company),
        }
        self.sync_now().await
    }

    fn let_go_on(&self, company: Option<String>) {
        let stopped: BTreeSet<String> =
            self.inner.runs.all().into_iter().filter(|(_, live)| live.is_stopped).map(|(_, live)| live.company).collect();
        self.inner.runs.let_go_on(company.as_deref());
        self.say([Topic::Progress]);
        if let Some(company) = company {
            return self.follow_in_background(company);
        }
        let engine = self.clone();
        self.spawn(async move {
            let tally = Mutex::new(Tally::default());
            let rest = in_background(async {
                engine.bring_these(stopped, &tally, None).await?;
                engine.bring_all(&tally).await
            });
            if let Err(error) = rest.await {
                tracing::info!(%error, "what was stopped did not all go on");
            }
        });
    }

    /// What is fetched right now. Asks nothing of Codat.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sync_now(&self) -> Result<SyncNow> {
        let now = self.now();
        let all = self.inner.runs.all();
        let hidden = all.len().saturating_sub(SHOWN);
        let mut runs = vec![];
        for (key, live) in all.into_iter().take(SHOWN) {
            runs.push(self.run_view(&key, live, now).await?);
        }
        let progress = self.inner.progress.borrow().clone();
        let pass = pass(&progress, now);
        let waits = self.waits();
        let working = runs.iter().filter(|run| run.state != RunState::Stopped);
        let rows_a_second = match &pass {
            Some(pass) => pass.rows_a_second,
            None => working.clone().map(|run| run.rows_a_second).sum(),
        };
        let ends_at = match &pass {
            Some(pass) => pass.ends_at,
            None => working.map(|run| run.ends_at).max().flatten(),
        };
        Ok(SyncNow {
            runs,
            hidden: u32::try_from(hidden).unwrap_or(u32::MAX),
            pass,
            rows_a_second,
            ends_at,
            why: waits.map(|(why, _)| why),
            waits_until: waits.map(|(_, until)| until),
            all_stopped: self.inner.runs.holds_all(),
        })
    }

    /// One fetch as it is shown, if it runs or was stopped.
    pub(crate) async fn run_of(&self, connection: &str, data_type: DataType) -> Result<Option<SyncRun>> {
        let key = Key { connection: connection.to_owned(), data_type };
        match self.inner.runs.one(&key) {
            Some(live) => Ok(Some(self.run_view(&key, live, self.now()).await?)),
            None => Ok(None),
        }
    }

    async fn run_view(&self, key: &Key, live: Live, now: i64) -> Result<SyncRun> {
        let names = match live.names.clone() {
            Some(names) => names,
            None => self.look_up(key, &live.company).await?,
        };
        let learned = match &names.bank_key {
            Some(bank) => self.learned(now).await?.get(&(bank.clone(), key.data_type.wire().to_owned())).copied(),
            None => None,
        };
        let own: Vec<(u64, i64)> = live.timed.iter().map(|(rows, ms)| (u64::from(*rows), *ms)).collect();
        let waits = self.waits().filter(|_| !live.is_storing);
        let state = match (live.is_stopped, waits) {
            (true, _) => RunState::Stopped,
            (_, Some(_)) => RunState::Waiting,
            _ if live.is_storing => RunState::Storing,
            _ => RunState::Asking,
        };
        let goes_on = waits.map_or(now, |(_, until)| until.0.max(now));
        let left = live.left().and_then(|left| left_ms(left, &own, learned)).filter(|_| !live.is_stopped);
        Ok(SyncRun {
            company_id: live.company.clone(),
            company_name: names.company,
            connection_id: key.connection.clone(),
            bank: names.bank,
            data_type: key.data_type.wire().to_owned(),
            label: key.data_type.label().to_owned(),
            state,
            since: Millis(live.since),
            rows: live.rows,
            page: live.page,
            pages: live.pages(),
            rows_a_second: if live.is_stopped { 0 } else { usual(own).map_or(0, rows_a_second) },
            ends_at: left.map(|ms| Millis(goes_on.saturating_add(ms))),
        })
    }

    async fn look_up(&self, key: &Key, company: &str) -> Result<Names> {
        let (company, connection) = (company.to_owned(), key.connection.clone());
        let item = self.store(move |store| store.company(&company)).await?;
        let own = item.as_ref().and_then(|item| item.connections.iter().find(|found| found.id == connection));
        let names = Names {
            company: item.as_ref().map(|item| shown(&item.company.name)).unwrap_or_default(),
            bank: own.map(|own| shown(&own.bank_name)).unwrap_or_default(),
            bank_key: own.and_then(|own| own.bank_key.clone()),
        };
        self.inner.runs.name(key, &names);
        Ok(names)
    }

    /// What each type usually takes at each bank: fetches that ended, of several pages, because one short page says little of a long one.
    async fn learned(&self, now: i64) -> Result<Paces> {
        let kept = self.inner.learned.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, paces)) = kept.filter(|(at, _)| (0..LEARNED_FOR_MS).contains(&(now - at))) {
            return Ok(paces);
        }
        let mut cases = BTreeMap::<_, Vec<_>>::new();
        for run in self.store(|store| store.ended_runs(LOOKED_AT)).await? {
            cases.entry((run.bank_key, run.data_type)).or_default().push((run.rows, run.ms));
        }
        let paces = Paces::new(cases.into_iter().filter_map(|(key, cases)| Some((key, learned(&cases)?))).collect());
        *self.inner.learned.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&paces)));
        Ok(paces)
    }
}

/// A pass over several companies.
fn pass(progress: &SyncProgress, now: i64) -> Option<Pass> {
    let is_under_way = progress.under_way > 0 && progress.companies > 1;
    let ms = (now - progress.since).max(1);
    is_under_way.then(|| Pass {
        companies: progress.companies,
        done: progress.done,
        rows: progress.rows,
        pages: progress.pages,
        rows_a_second: u32::try_from(progress.rows.saturating_mul(1_000) / ms.unsigned_abs()).unwrap_or(u32::MAX),
        // By companies, because nobody knows their pages before; a few of them must be done.
        ends_at: (progress.done >= 3).then(|| {
            let left = i64::from(progress.companies.saturating_sub(progress.done));
            Millis(now + ms * left / i64::from(progress.done))
        }),
    })
}
