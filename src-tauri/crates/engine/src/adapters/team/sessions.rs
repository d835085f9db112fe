//! Few sessions for many questions: a server has a hundred or so for everybody, and a desktop that asks nothing holds none.

use crate::ports::{Clock as _, SourceError, SystemClock};
use crate::view::Line;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use team::{Error, Server, Way};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Questions at once.
pub(super) const AT_ONCE: u32 = 2;
/// A session that nobody asks for so long is given up.
const IDLE: Duration = Duration::from_secs(30);

type Idle = Arc<Mutex<Vec<(Server, Instant)>>>;

/// The sessions of one desktop.
pub(super) struct Sessions {
    way: Arc<Way>,
    places: Semaphore,
    idle: Idle,
    asked: AtomicU64,
    line: Mutex<(Line, Option<i64>)>,
}

/// A session for a question or several.
pub(super) struct Session<'s> {
    sessions: &'s Sessions,
    server: Server,
    _place: SemaphorePermit<'s>,
}

impl Sessions {
    pub(super) fn new(way: Arc<Way>) -> Self {
        let line = Mutex::new((Line::Unknown, None));
        Self { way, places: Semaphore::new(AT_ONCE as usize), idle: Idle::default(), asked: AtomicU64::new(0), line }
    }

    /// A session that is free, or a new one.
    pub(super) async fn take(&self) -> Result<Session<'_>, SourceError> {
        let place = self.places.acquire().await.map_err(|_| SourceError::Team(Error::Away))?;
        let kept = {
            let mut idle = lock(&self.idle);
            idle.retain(|(server, _)| !server.is_closed());
            idle.pop()
        };
        let server = match kept {
            Some((server, _)) => server,
            None => self.heard(self.fresh().await)?,
        };
        Ok(Session { sessions: self, server, _place: place })
    }

    async fn fresh(&self) -> Result<Server, Error> {
        let mut server = self.way.connect().await?;
        server.is_ready().await?;
        Ok(server)
    }

    /// What the last answer said of the line, and when it came.
    pub(super) fn line(&self) -> (Line, Option<i64>) {
        *lock(&self.line)
    }

    /// Questions so far.
    pub(super) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    fn heard<T>(&self, answer: Result<T, Error>) -> Result<T, SourceError> {
        let mut line = lock(&self.line);
        match &answer {
            Ok(_) => *line = (Line::Online, Some(SystemClock.now())),
            Err(Error::Refused) => line.0 = Line::KeyRefused,
            Err(error) if error.is_passing() => line.0 = Line::Offline,
            Err(_) => {}
        }
        answer.map_err(SourceError::Team)
    }

    fn give_back(&self, server: Server) {
        lock(&self.idle).push((server, Instant::now()));
        let idle = Arc::downgrade(&self.idle);
        tokio::spawn(async move {
            tokio::time::sleep(IDLE).await;
            if let Some(idle) = idle.upgrade() {
                lock(&idle).retain(|(_, since)| since.elapsed() < IDLE);
            }
        });
    }
}

impl Session<'_> {
    pub(super) fn server(&mut self) -> &mut Server {
        self.sessions.asked.fetch_add(1, Ordering::Relaxed);
        &mut self.server
    }

    /// An answer after which more is asked in this session.
    pub(super) fn kept<T>(&self, answer: Result<T, Error>) -> Result<T, SourceError> {
        self.sessions.heard(answer)
    }

    /// The last answer. A session in which something failed is given up.
    pub(super) fn answered<T>(self, answer: Result<T, Error>) -> Result<T, SourceError> {
        let answer = self.sessions.heard(answer)?;
        self.sessions.give_back(self.server);
        Ok(answer)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
