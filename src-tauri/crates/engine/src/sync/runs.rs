//! Fetches that run, for whoever looks on, and a person's word that stops them. A stopped fetch keeps its place: what was asked for is stored, and it
//! goes on after the last stored page once a person asks again, or after the next start.

use domain::data_type::DataType;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// Pages whose times are kept: the usual one of them is the pace, so that one long wait does not count.
const TIMED: usize = 9;

/// Which fetch: one type of one connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) connection: String,
    pub(crate) data_type: DataType,
}

/// Words for a fetch, looked up once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) company: String,
    pub(crate) bank: String,
    pub(crate) bank_key: Option<String>,
}

/// How far a fetch is.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) company: String,
    pub(crate) names: Option<Names>,
    /// Since when it runs here.
    pub(crate) since: i64,
    /// Pages stored of the walk, earlier tries included.
    pub(crate) page: u32,
    pub(crate) page_size: u32,
    /// Rows of the walk as Codat counts them; known with the first page.
    pub(crate) total: Option<u64>,
    /// Rows stored since then.
    pub(crate) rows: u64,
    /// A page is being stored, and the next was not answered yet.
    pub(crate) is_storing: bool,
    /// A person stopped it.
    pub(crate) is_stopped: bool,
    /// Rows and milliseconds of the last pages.
    pub(crate) timed: VecDeque<(u32, i64)>,
    last_page: i64,
    stop: CancellationToken,
}

impl Live {
    /// Rows that are still to come.
    pub(crate) fn left(&self) -> Option<u64> {
        Some(self.total?.saturating_sub(u64::from(self.page) * u64::from(self.page_size)))
    }

    /// Pages of the walk.
    pub(crate) fn pages(&self) -> Option<u32> {
        let pages = u32::try_from(self.total?.div_ceil(self.page_size.max(1).into())).unwrap_or(u32::MAX);
        Some(pages.max(self.page).max(1))
    }
}

/// All fetches.
#[derive(Default)]
pub(crate) struct Runs(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    fetches: BTreeMap<Key, Live>,
    /// Stopped by a person, one by one.
    stopped: BTreeSet<Key>,
    /// Everything is stopped, but for companies that a person asked for since.
    all_but: Option<BTreeSet<String>>,
}

impl Kept {
    fn is_stopped(&self, company: &str, key: &Key) -> bool {
        self.stopped.contains(key) || self.all_but.as_ref().is_some_and(|asked| !asked.contains(company))
    }
}

/// One fetch, for as long as it runs.
pub(crate) struct Running<'a> {
    runs: &'a Runs,
    key: Key,
    stop: CancellationToken,
}

impl Runs {
    /// Begins; `None` when a person stopped it.
    pub(crate) fn begin(&self, company: &str, key: Key, now: i64) -> Option<Running<'_>> {
        let mut kept = self.lock();
        if kept.is_stopped(company, &key) {
            return None;
        }
        let stop = CancellationToken::new();
        let live = Live {
            company: company.to_owned(),
            names: None,
            since: now,
            page: 0,
            page_size: 0,
            total: None,
            rows: 0,
            is_storing: false,
            is_stopped: false,
            timed: VecDeque::new(),
            last_page: now,
            stop: stop.clone(),
        };
        kept.fetches.insert(key.clone(), live);
        Some(Running { runs: self, key, stop })
    }

    /// Stops one fetch, or all of them and whatever else would begin.
    pub(crate) fn stop(&self, which: Option<Key>) {
        let mut kept = self.lock();
        let stopped = match &which {
            Some(key) => kept.fetches.get(key).into_iter().collect::<Vec<_>>(),
            None => kept.fetches.values().collect(),
        };
        stopped.iter().for_each(|live| live.stop.cancel());
        match which {
            Some(key) => drop(kept.stopped.insert(key)),
            None => kept.all_but = Some(BTreeSet::new()),
        }
    }

    /// A company is erased: whatever is fetched of it ends.
    pub(crate) fn leave(&self, company: &str) {
        let mut kept = self.lock();
        kept.fetches.retain(|_, live| {
            let leaves = live.company == company;
            if leaves {
                live.stop.cancel();
            }
            !leaves
        });
    }

    /// A person asks for a company, or for everything: what was stopped of it may go on.
    pub(crate) fn let_go_on(&self, company: Option<&str>) {
        let mut kept = self.lock();
        let Some(company) = company else {
            kept.fetches.retain(|_, live| !live.is_stopped);
            kept.stopped.clear();
            kept.all_but = None;
            return;
        };
        let own: Vec<Key> = kept.fetches.iter().filter(|(_, live)| live.company == company).map(|(key, _)| key.clone()).collect();
        for key in own {
            kept.stopped.remove(&key);
            if kept.fetches.get(&key).is_some_and(|live| live.is_stopped) {
                kept.fetches.remove(&key);
            }
        }
        if let Some(asked) = &mut kept.all_but {
            asked.insert(company.to_owned());
        }
    }

    /// Nothing begins by itself for this company.
    pub(crate) fn holds(&self, company: &str) -> bool {
        self.lock().all_but.as_ref().is_some_and(|asked| !asked.contains(company))
    }

    /// A person stopped everything.
    pub(crate) fn holds_all(&self) -> bool {
        self.lock().all_but.is_some()
    }

    /// How far each is, the longest at work first, stopped ones last.
    pub(crate) fn all(&self) -> Vec<(Key, Live)> {
        let mut all: Vec<(Key, Live)> = self.lock().fetches.iter().map(|(key, live)| (key.clone(), live.clone())).collect();
        all.sort_by_key(|(_, live)| (live.is_stopped, live.since));
        all
    }

    /// How far one is.
    pub(crate) fn one(&self, key: &Key) -> Option<Live> {
        self.lock().fetches.get(key).cloned()
    }

    /// Keeps the words of one.
    pub(crate) fn name(&self, key: &Key, names: &Names) {
        if let Some(live) = self.lock().fetches.get_mut(key) {
            live.names = Some(names.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running<'_> {
    /// Ends when a person stops this fetch.
    pub(crate) async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    /// The walk begins, or goes on after this page.
    pub(crate) fn walks(&self, page: u32, page_size: u32) {
        self.note(|live| (live.page, live.page_size) = (page, page_size));
    }

    /// A page is here and is being stored.
    pub(crate) fn answered(&self, total: u64) {
        self.note(|live| (live.total, live.is_storing) = (Some(total), true));
    }

    /// That page is stored.
    pub(crate) fn stored(&self, rows: u64, now: i64) {
        self.note(|live| {
            live.page += 1;
            live.rows += rows;
            live.is_storing = false;
            live.timed.push_back((u32::try_from(rows).unwrap_or(u32::MAX), now - live.last_page));
            live.last_page = now;
            if live.timed.len() > TIMED {
                live.timed.pop_front();
            }
        });
    }

    /// Everything is here: there is nothing left to stop.
    pub(crate) fn ends_well(&self) {
        let mut kept = self.runs.lock();
        kept.stopped.remove(&self.key);
        kept.fetches.remove(&self.key);
    }

    fn note(&self, change: impl FnOnce(&mut Live)) {
        if let Some(live) = self.runs.lock().fetches.get_mut(&self.key) {
            change(live);
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut kept = self.runs.lock();
        // Told to go on in the moment it stopped: then it is not stopped any more.
        let stopped = self.stop.is_cancelled()
            && kept.fetches.get(&self.key).map(|live| live.company.clone()).is_some_and(|company| kept.is_stopped(&company, &self.key));
        match kept.fetches.get_mut(&self.key) {
            Some(live) if stopped => (live.is_stopped, live.is_storing) = (true, false),
            _ => drop(kept.fetches.remove(&self.key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(connection: &str) -> Key {
        Key { connection: connection.into(), data_type: DataType::Transactions }
    }

    #[test]
    fn a_stopped_fetch_stays_in_sight_and_begins_no_more_until_a_person_asks() {
        let runs = Runs::default();
        let running = runs.begin("c", key("k"), 0).expect("nothing is stopped");
        let other = runs.begin("c", key("l"), 5).expect("nor here");
        runs.stop(Some(key("k")));
        assert!(running.stop.is_cancelled() && !other.stop.is_cancelled());
        drop((running, other));
        assert_eq!(runs.all().iter().map(|(key, live)| (key.connection.as_str(), live.is_stopped)).collect::<Vec<_>>(), [("k", true)]);
        assert!(runs.begin("c", key("k"), 9).is_none(), "by itself it does not go on");
        assert!(runs.begin("c", key("m"), 9).is_some(), "others do");
        runs.let_go_on(Some("c"));
        assert!(runs.all().is_empty() && runs.begin("c", key("k"), 10).is_some());
    }

    #[test]
    fn all_means_what_would_begin_too_but_not_what_a_person_asks_for_afterwards() {
        let runs = Runs::default();
        drop(runs.begin("c", key("k"), 0).expect("begins"));
        runs.stop(None);
        assert!(runs.holds_all() && runs.holds("c") && runs.begin("c", key("k"), 1).is_none());
        runs.let_go_on(Some("d"));
        assert!(runs.begin("d", key("l"), 2).is_some() && runs.begin("c", key("k"), 3).is_none());
        runs.let_go_on(None);
        assert!(!runs.holds_all() && runs.begin("c", key("k"), 4).is_some());
    }

    #[test]
    fn pages_of_pages_are_what_codat_counts() {
        let runs = Runs::default();
        let running = runs.begin("c", key("k"), 0).expect("begins");
        running.walks(2, 5_000);
        let live = || runs.one(&key("k")).expect("runs");
        assert_eq!((live().page, live().pages(), live().left()), (2, None, None), "nobody knows before an answer");
        running.answered(17_001);
        assert!(live().is_storing);
        running.stored(5_000, 400);
        assert_eq!((live().page, live().pages(), live().left(), live().rows), (3, Some(4), Some(2_001), 5_000));
        assert_eq!(live().timed, [(5_000, 400)]);
    }
}
