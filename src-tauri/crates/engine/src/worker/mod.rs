//! What a worker does for a team: it keeps the portfolio on the team's server up to what Codat holds, together with any number of others.
//!
//! `look` goes through the list of companies, which one of them does for all; `bring` brings one company up to date; `errands` does what people ask of Codat; `place` is
//! the budget they share.
//! Who does what is decided by rows of the server (`team::Lease`): a worker knows no other. What may be killed at any moment needs no ending: a lease runs
//! out, a page that was not committed is read again.

mod banks;
mod bring;
mod create;
mod errands;
mod look;
mod place;
mod webhooks;

pub use webhooks::{Headers, NotBelieved, Signing};

use crate::adapters::codat::CodatSources;
use crate::ports::{BankingSource, Entropy as _, SourceError, SourceFactory as _, SystemEntropy};
use place::{Place, ServerClock};
use secrecy::SecretSlice;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use team::{Server, Way};
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

/// How long a worker that found nothing to do, or nobody to ask, waits.
const NAP: Duration = Duration::from_millis(500);
/// The same after trouble that may take a while.
const LONG_NAP: Duration = Duration::from_secs(5);
/// What nobody waits for any more in the shared outbox is taken away this often.
const TIDY: Duration = Duration::from_secs(60);
/// What is under way is given so long to end by itself.
const DRAINED: Duration = Duration::from_secs(30);

/// How a worker works.
#[derive(Clone, Debug)]
pub struct Work {
    /// Companies at once.
    pub hands: u32,
    /// How often the list of companies is looked through, by whichever worker comes first.
    pub look_every: Duration,
    /// How long a lease lasts without a sign of life.
    pub lease: Duration,
    /// Ends when all is here, instead of staying.
    pub once: bool,
    /// At most so many requests a minute by all workers together.
    pub a_minute: Option<u32>,
}

/// Why a worker cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The team's server.
    #[error(transparent)]
    Team(#[from] team::Error),
    /// Codat.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The key or the address cannot be one.
    #[error("{0}")]
    Setup(String),
}

/// What a worker did so far.
#[derive(Debug, Default)]
pub struct Counts {
    /// Companies brought up to date.
    pub companies: AtomicU64,
    /// Pages stored.
    pub pages: AtomicU64,
    /// Rows in them.
    pub rows: AtomicU64,
    /// Companies that could not be brought up to date, and are tried again.
    pub failures: AtomicU64,
    /// Leases that ran out under it.
    pub lost: AtomicU64,
    /// Looks through the list of companies.
    pub looks: AtomicU64,
    /// What people asked of Codat and got.
    pub errands: AtomicU64,
    /// Times that the team's server was away.
    pub aways: AtomicU64,
    /// It answers now.
    pub is_reached: AtomicBool,
}

impl Counts {
    fn add(count: &AtomicU64, by: u64) {
        count.fetch_add(by, Ordering::Relaxed);
    }
}

/// One worker.
pub struct Worker {
    way: Arc<Way>,
    source: Arc<dyn BankingSource>,
    clock: Arc<ServerClock>,
    work: Work,
    name: String,
    began: i64,
    counts: Counts,
    /// Companies in hand.
    held: std::sync::Mutex<BTreeSet<String>>,
    /// The same of what people asked for.
    errands: std::sync::Mutex<BTreeSet<String>>,
    /// It looks through the list.
    looks: AtomicBool,
    /// Rings when something is due.
    bell: Notify,
    /// For what webhooks ring.
    ringing: Mutex<Option<Server>>,
    stop: CancellationToken,
}

impl Worker {
    /// Gets to the server, and ready to ask Codat (`None`) or a sandbox on this computer.
    ///
    /// # Errors
    /// When the server cannot be reached, holds no portfolio of this version, or the key cannot be one.
    pub async fn new(way: Way, key: &SecretSlice<u8>, base_url: Option<&str>, work: Work) -> Result<Self, Trouble> {
        let way = Arc::new(way);
        let mut server = way.connect().await?;
        server.is_ready().await?;
        let clock = Arc::new(ServerClock::default());
        clock.set(server.clock().await?);
        let mut sources = CodatSources::new(Arc::clone(&clock) as Arc<dyn crate::ports::Clock>);
        if let Some(most) = work.a_minute {
            sources = sources.at_most(most);
        }
        let source = sources.source(key, base_url).map_err(Trouble::Setup)?;
        source.share_budget(Arc::new(Place::new(Arc::clone(&way), Arc::clone(&clock))));
        server.keep_base(base_url).await?;
        let began = crate::ports::Clock::now(clock.as_ref());
        let counts = Counts { is_reached: AtomicBool::new(true), ..Counts::default() };
        let name = SystemEntropy.guid();
        Ok(Self {
            way,
            source,
            clock,
            work,
            name,
            began,
            counts,
            held: std::sync::Mutex::default(),
            errands: std::sync::Mutex::default(),
            looks: AtomicBool::new(false),
            bell: Notify::new(),
            ringing: Mutex::default(),
            stop: CancellationToken::new(),
        })
    }

    /// Ends it once what is under way has ended.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// What it did so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// What it knows of the line to Codat.
    #[must_use]
    pub fn pace(&self) -> crate::ports::Pace {
        self.source.pace()
    }

    /// The team's server's time, UTC milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        crate::ports::Clock::now(self.clock.as_ref())
    }

    /// A webhook rings for a company, or for none that is known; false when this one was heard before.
    ///
    /// # Errors
    /// When the team's server does not take it; Codat sends it again.
    pub async fn ring(&self, id: &str, company: Option<&str>) -> Result<bool, team::Error> {
        let Some(company) = company else { return Ok(false) };
        let mut session = self.ringing.lock().await;
        let heard = self.session(&mut session).await?.ring(id, company).await;
        if heard.is_err() {
            *session = None;
        }
        self.bell.notify_waiters();
        heard
    }

    /// Works until it is stopped, or all is here.
    ///
    /// # Errors
    /// What a person has to act on: a refused key, rights that are missing. Where it works once, also what only time helps against.
    pub async fn run(&self) -> Result<(), Trouble> {
        let hands = (0..self.work.hands.max(1)).map(|_| self.hand());
        let work = async { tokio::try_join!(futures::future::try_join_all(hands), self.keep_looking()).map(|_| ()) };
        let heard = self.hear_wishes();
        let drained = async {
            self.stop.cancelled().await;
            tokio::time::sleep(DRAINED).await;
        };
        let ended = tokio::select! {
            ended = crate::calm::in_background(work) => ended,
            () = self.keep_alive() => Ok(()),
            () = heard => Ok(()),
            () = drained => Ok(()),
        };
        self.stop();
        // What cannot be given back now runs out by itself.
        let give_back = async {
            self.source.settle_budget().await;
            self.way.connect().await?.release(&self.name).await
        };
        let _ = tokio::time::timeout(LONG_NAP, give_back).await;
        ended
    }

    /// Brings one company after the other up to date.
    async fn hand(&self) -> Result<(), Trouble> {
        let mut session = None;
        while !self.stop.is_cancelled() {
            let turn = match self.session(&mut session).await {
                Ok(server) => self.turn(server).await,
                Err(error) => Err(error.into()),
            };
            match turn {
                Ok(Turn::Worked) => {}
                Ok(Turn::Idle) => {
                    // Requests that were set apart for this worker are the others' meanwhile.
                    self.source.settle_budget().await;
                    self.nap(NAP).await;
                }
                Ok(Turn::Finished) => return Ok(()),
                Err(trouble) => {
                    session = None;
                    self.bear(trouble).await?;
                }
            }
        }
        Ok(())
    }

    async fn turn(&self, server: &mut Server) -> Result<Turn, Trouble> {
        // Somebody waits for it.
        if let Some(errand) = server.take_errand(&self.name, self.work.lease).await? {
            lock(&self.errands).insert(errand.id.clone());
            let served = self.serve(server, &errand).await;
            lock(&self.errands).remove(&errand.id);
            return served.map(|()| Turn::Worked);
        }
        match server.lease(&self.name, self.work.lease).await? {
            Some(lease) => {
                lock(&self.held).insert(lease.company.clone());
                let brought = self.bring(server, &lease).await;
                lock(&self.held).remove(&lease.company);
                brought.map(|()| Turn::Worked)
            }
            None if self.work.once && server.is_done_since(self.began).await? && !server.is_wished().await? => Ok(Turn::Finished),
            None => Ok(Turn::Idle),
        }
    }

    /// Says again and again that what it has in hand is held.
    async fn keep_alive(&self) {
        let mut session = None;
        let mut tidied: Option<Instant> = None;
        loop {
            let beat = match self.session(&mut session).await {
                Ok(server) => {
                    let (companies, errands) = (all_of(&self.held), all_of(&self.errands));
                    let beat = server.beat(&self.name, &companies, self.looks.load(Ordering::Relaxed), self.work.lease).await;
                    match beat {
                        Ok(()) if tidied.is_none_or(|at| at.elapsed() >= TIDY) => {
                            tidied = Some(Instant::now());
                            server.beat_errands(&self.name, &errands, self.work.lease).await.and(server.tidy_outbox().await)
                        }
                        Ok(()) => server.beat_errands(&self.name, &errands, self.work.lease).await,
                        failed => failed,
                    }
                }
                Err(error) => Err(error),
            };
            if beat.is_err() {
                session = None;
            }
            tokio::time::sleep(self.work.lease / 4).await;
        }
    }

    /// What somebody asks for is taken at once. What was not heard is found at the next look.
    async fn hear_wishes(&self) {
        loop {
            if let Ok(mut wishes) = self.way.listen_for_wishes().await {
                while wishes.next().await {
                    self.bell.notify_one();
                }
            }
            tokio::time::sleep(LONG_NAP).await;
        }
    }

    /// The session that is there, or a new one.
    async fn session<'s>(&self, session: &'s mut Option<Server>) -> Result<&'s mut Server, team::Error> {
        let fresh = match session.take().filter(|server| !server.is_closed()) {
            Some(server) => server,
            None => self.way.connect().await?,
        };
        self.counts.is_reached.store(true, Ordering::Relaxed);
        Ok(session.insert(fresh))
    }

    /// Waits where waiting helps; gives back what does not pass by itself.
    async fn bear(&self, trouble: Trouble) -> Result<(), Trouble> {
        match &trouble {
            Trouble::Team(team::Error::LeaseLost) => Counts::add(&self.counts.lost, 1),
            Trouble::Team(error) if error.is_passing() => {
                tracing::warn!(%error, "waits for the team's server");
                Counts::add(&self.counts.aways, 1);
                self.counts.is_reached.store(false, Ordering::Relaxed);
                self.nap(NAP).await;
            }
            Trouble::Source(SourceError::Limited(_) | SourceError::Offline | SourceError::CaptivePortal) if !self.work.once => {
                tracing::warn!(%trouble, "waits for Codat");
                self.nap(LONG_NAP).await;
            }
            _ => return Err(trouble),
        }
        Ok(())
    }

    async fn nap(&self, length: Duration) {
        tokio::select! {
            () = tokio::time::sleep(length) => {}
            () = self.bell.notified() => {}
            () = self.stop.cancelled() => {}
        }
    }
}

fn lock(held: &std::sync::Mutex<BTreeSet<String>>) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
    held.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn all_of(held: &std::sync::Mutex<BTreeSet<String>>) -> Vec<String> {
    lock(held).iter().cloned().collect()
}

/// What became of a turn.
enum Turn {
    Worked,
    /// Nothing is due now.
    Idle,
    /// Nothing is due, and nothing will be.
    Finished,
}
