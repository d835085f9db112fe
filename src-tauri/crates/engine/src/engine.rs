//! One open profile. Families of questions add their own `impl Engine` blocks in their own folders.

use crate::budget::OnThisComputer;
use crate::error::{Error, Result};
use crate::events::Events;
use crate::lane::Lane;
use crate::place::Place;
use crate::ports::{BankingSource, Ports, SourceError};
use crate::view::{BudgetView, Fits, Millis, Policy, Preferences, StatusView, Topic, ViewCounts};
use crate::{audit, banks, course, freshness, inbox, links, search, sync};
use say::say;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use store::{Store, StoreError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Where blocking is allowed: the store has one writer and two readers, and each thread keeps a heap of its own.
const BLOCKING: usize = 6;

/// How long work may take to reach its next step before the database is closed under it.
const POLITE: std::time::Duration = std::time::Duration::from_millis(300);

/// What the command line runs an engine on: few threads, whatever the computer has, because a sync waits for the network and for one writer.
///
/// # Errors
/// When the system gives no threads.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).max_blocking_threads(BLOCKING).enable_all().build()
}

/// What an engine is opened with.
pub(crate) struct Opening {
    pub(crate) store: Store,
    pub(crate) source: Arc<dyn BankingSource>,
    pub(crate) ports: Ports,
    pub(crate) events: Events,
    pub(crate) folder: PathBuf,
    pub(crate) profile: String,
    pub(crate) preferences: Preferences,
    pub(crate) audit: audit::Keeper,
    /// The demo's own sandbox, which the training course turns.
    pub(crate) demo: Option<String>,
}

/// One open profile. Cheap to clone; the last clone's work ends with `stop`.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) source: Arc<dyn BankingSource>,
    pub(crate) ports: Ports,
    pub(crate) events: Events,
    pub(crate) folder: PathBuf,
    /// Its name.
    pub(crate) profile: String,
    pub(crate) preferences: Mutex<Preferences>,
    pub(crate) audit: audit::Keeper,
    pub(crate) index: Mutex<Option<Arc<banks::Picker>>>,
    pub(crate) logos: banks::Shelf,
    pub(crate) watchers: links::Watchers,
    pub(crate) turns: sync::Turns,
    pub(crate) unsaid: sync::Unsaid,
    pub(crate) rhythm: freshness::Rhythm,
    pub(crate) queue: sync::Queue,
    /// One pass over the companies at a time: what the older of two wrote last would look gone to the newer.
    pub(crate) listing: tokio::sync::Mutex<()>,
    /// Where rows in bulk are stored and indexed.
    pub(crate) writing: Lane,
    pub(crate) room: sync::Room,
    pub(crate) runs: sync::Runs,
    pub(crate) learned: sync::Learned,
    pub(crate) searching: search::Searching,
    pub(crate) inbox: inbox::Watch,
    pub(crate) course: course::Course,
    pub(crate) progress: tokio::sync::watch::Sender<sync::SyncProgress>,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
    attended: AtomicBool,
}

impl Engine {
    /// Opens and takes up what was left: creations, waits, fetches.
    pub(crate) fn start(opening: Opening) -> Self {
        let engine = Self::rest(opening);
        let resumed = engine.clone();
        engine.spawn(async move { resumed.take_up().await });
        let searchable = engine.clone();
        engine.spawn(async move { searchable.keep_searchable().await });
        engine
    }

    /// Opens and does nothing by itself.
    pub(crate) fn rest(opening: Opening) -> Self {
        opening.source.share_budget(Arc::new(OnThisComputer::new(opening.store.clone(), &opening.folder)));
        let inner = Inner {
            store: opening.store,
            source: opening.source,
            ports: opening.ports,
            events: opening.events,
            folder: opening.folder,
            profile: opening.profile,
            preferences: Mutex::new(opening.preferences),
            audit: opening.audit,
            index: Mutex::default(),
            logos: banks::Shelf::default(),
            watchers: links::Watchers::default(),
            turns: sync::Turns::default(),
            unsaid: sync::Unsaid::default(),
            rhythm: freshness::Rhythm::default(),
            queue: sync::Queue::default(),
            listing: tokio::sync::Mutex::default(),
            writing: Lane::new("writing"),
            room: sync::Room::default(),
            runs: sync::Runs::default(),
            learned: sync::Learned::default(),
            searching: search::Searching::default(),
            inbox: inbox::Watch::default(),
            course: course::Course::of(opening.demo),
            progress: tokio::sync::watch::Sender::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            attended: AtomicBool::new(false),
        };
        Self { inner: Arc::new(inner) }
    }

    async fn take_up(&self) {
        if let Err(error) = self.take_up_links().await {
            tracing::warn!(%error, "could not take up open attempts");
        }
        if let Err(error) = self.take_up_syncs().await {
            tracing::warn!(%error, "could not take up unfinished fetches");
        }
    }

    /// Starts the loopback doorbell and keeps the lists fresh; a face with a person in front calls it, as often as it likes.
    pub async fn attend(&self) {
        if self.inner.attended.swap(true, Ordering::SeqCst) {
            return;
        }
        self.noted("opened", "", "").await;
        links::doorbells::listen(self);
        let engine = self.clone();
        self.spawn(async move {
            if let Err(error) = engine.take_up_bulks().await {
                tracing::warn!(%error, "could not take up unfinished lists");
            }
            engine.keep_fresh().await;
        });
        let listed = self.clone();
        self.spawn(async move { listed.keep_banks().await });
        let clean = self.clone();
        self.spawn(async move { clean.keep_clean().await });
        let hearing = self.clone();
        self.spawn(async move { hearing.keep_hearing().await });
    }

    /// Ends all background work at its next step. What is stored stays resumable.
    pub fn stop(&self) {
        self.inner.stop.cancel();
        self.inner.tasks.close();
    }

    /// Waits until background work has ended.
    pub async fn stopped(&self) {
        self.stop();
        self.inner.tasks.wait().await;
        self.inner.source.settle_budget().await;
    }

    /// Ends all work and closes the database, whoever still holds this engine. What has not reached its next step by then is undone and done again later.
    pub(crate) async fn shut(&self) {
        let _ = tokio::time::timeout(POLITE, self.stopped()).await;
        let store = self.inner.store.clone();
        let _ = tokio::task::spawn_blocking(move || store.close()).await;
    }

    /// The foot of the sidebar.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn status(&self) -> Result<StatusView> {
        let pace = self.inner.source.pace();
        let counts = self.counts().await?;
        let message = match pace.line {
            crate::view::Line::Offline if self.inner.source.is_teams() => {
                Some(say!("{what} Showing what was read before.", what = say::again(&SourceError::Team(team::Error::Away).to_string())))
            }
            crate::view::Line::KeyRefused if self.inner.source.is_teams() => {
                Some(say::again(&SourceError::Team(team::Error::Refused).to_string()))
            }
            crate::view::Line::Offline => Some(say!("No connection to Codat. Showing what was read before.")),
            crate::view::Line::Limited if pace.why == Some(crate::view::WaitReason::Away) => {
                Some(say!("Codat is away for a while and said when it will be back. Fairlead goes on by itself."))
            }
            crate::view::Line::Limited => Some(say!("Codat\u{2019}s request limit is reached. Fairlead goes on by itself.")),
            crate::view::Line::KeyRefused => Some(say!("Codat refuses the API key. Enter a new one in Settings.")),
            crate::view::Line::Unknown | crate::view::Line::Online => None,
        };
        Ok(StatusView {
            line: pace.line,
            message,
            checked_at: pace.checked_at.map(crate::view::Millis),
            calls_today: pace.calls_today,
            quota: pace.quota,
            resumes_at: pace.resumes_at.map(crate::view::Millis),
            counts,
        })
    }

    pub(crate) async fn counts(&self) -> Result<ViewCounts> {
        let stale_before = self.now() - domain::freshness::STALE_AFTER_MS;
        let ending_before = self.now() + crate::companies::ENDING_MS;
        let (counts, drafts, open) = self
            .store(move |store| Ok((store.company_counts(stale_before, ending_before)?, store.drafts()?.len(), store.open_attempts()?)))
            .await?;
        Ok(ViewCounts {
            unread: self.unread().await?,
            needs_you: counts.needs_you,
            waiting: counts.waiting,
            ending: counts.ending,
            stale: counts.stale,
            all: counts.all,
            drafts: u32::try_from(drafts + open.len()).unwrap_or(u32::MAX),
            queued: u32::try_from(open.iter().filter(|attempt| crate::links::is_queued(attempt)).count()).unwrap_or(u32::MAX),
        })
    }

    /// The database for support and proof: a hash over all its content.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn content_hash(&self) -> Result<String> {
        self.store(Store::content_hash).await
    }

    /// The request budget as all copies of the program share it. Sends nothing.
    pub async fn budget_view(&self) -> BudgetView {
        self.inner.source.budget().await
    }

    /// When so many requests in the background would be through. Sends nothing.
    pub async fn fits(&self, requests: u32) -> Fits {
        self.inner.source.fits(requests).await
    }

    /// When the list of companies was last taken in; none = never.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn listed_at(&self) -> Result<Option<Millis>> {
        Ok(self.store(|store| store.fact("companies_at")).await?.and_then(|at| at.parse().ok()).map(Millis))
    }

    /// It reads from a team's server, not from Codat.
    #[must_use]
    pub fn is_of_a_team(&self) -> bool {
        self.inner.source.is_teams()
    }

    /// Requests sent since this profile was opened.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.inner.source.pace().calls
    }

    pub(crate) fn prefer(&self, preferences: Preferences) {
        *self.inner.preferences.lock().unwrap_or_else(PoisonError::into_inner) = preferences;
    }

    /// With what the organisation sets; where that cannot be read, nobody is named outside.
    pub(crate) fn preferences(&self) -> Preferences {
        let chosen = self.inner.preferences.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let policy = self.policy().unwrap_or_else(|_| Policy { names_in_notices: Some(false), ..Policy::default() });
        policy.preferences(chosen)
    }

    pub(crate) fn now(&self) -> i64 {
        self.inner.ports.clock.now()
    }

    pub(crate) fn stale(&self, topics: impl IntoIterator<Item = Topic>) {
        self.inner.events.stale(topics);
    }

    /// Runs a store method where blocking is allowed.
    pub(crate) async fn store<T: Send + 'static>(
        &self,
        body: impl FnOnce(&Store) -> std::result::Result<T, StoreError> + Send + 'static,
    ) -> Result<T> {
        let store = self.inner.store.clone();
        // Tracked: what is being written when a task is dropped is still waited for.
        let plain = say::is_plain();
        let done = self.inner.tasks.spawn_blocking(move || say::like(plain, || body(&store))).await;
        Ok(done.map_err(|error| Error::Internal(error.to_string()))??)
    }

    /// Writes a small file where blocking is allowed, all or nothing.
    pub(crate) async fn write_file(&self, out: PathBuf, bytes: Vec<u8>, overwrite: bool, doing: &'static str) -> Result<()> {
        let written = move |_: &Store| Ok(Place::small(&out, &bytes).and_then(|file| file.put(overwrite)));
        self.store(written).await?.map_err(Error::file(doing))
    }

    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.inner.stop.clone();
        // Nobody is answered: what comes of it is kept.
        let work = say::all_plainly(work);
        self.inner.tasks.spawn(async move {
            tokio::select! {
                () = work => {}
                () = stop.cancelled() => {}
            }
        });
    }
}
