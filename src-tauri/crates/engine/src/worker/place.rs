//! The request budget of all workers, kept on the team's server, and the clock they all go by.

use crate::ports::{BudgetChange, BudgetPlace, Clock, SystemClock, Wait};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use team::{Server, Way};
use tokio::sync::Mutex;

/// The team's server's clock: workers stand on many computers, and their budget counts by one.
#[derive(Debug, Default)]
pub(super) struct ServerClock {
    /// Ahead of this computer's by so many milliseconds.
    ahead: AtomicI64,
}

impl ServerClock {
    pub(super) fn set(&self, now: i64) {
        self.ahead.store(now - SystemClock.now(), Ordering::Relaxed);
    }
}

impl Clock for ServerClock {
    fn now(&self) -> i64 {
        SystemClock.now() + self.ahead.load(Ordering::Relaxed)
    }
}

/// A session of its own for the budget.
pub(super) struct Place {
    way: Arc<Way>,
    clock: Arc<ServerClock>,
    session: Mutex<Option<Server>>,
}

impl Place {
    pub(super) fn new(way: Arc<Way>, clock: Arc<ServerClock>) -> Self {
        Self { way, clock, session: Mutex::default() }
    }

    /// The session that is there, or a new one. Whoever takes it gives it back when nothing failed in it.
    async fn take(&self, session: &mut Option<Server>) -> Result<Server, team::Error> {
        if let Some(server) = session.take().filter(|server| !server.is_closed()) {
            return Ok(server);
        }
        let mut fresh = self.way.connect().await?;
        self.clock.set(fresh.clock().await?);
        Ok(fresh)
    }

    async fn look(&self) -> Result<Option<String>, team::Error> {
        let mut session = self.session.lock().await;
        let mut server = self.take(&mut session).await?;
        let text = server.budget().await?;
        *session = Some(server);
        Ok(text)
    }

    async fn keep(&self, change: BudgetChange) -> Result<(), team::Error> {
        let mut session = self.session.lock().await;
        let mut server = self.take(&mut session).await?;
        server.change_budget(change).await?;
        *session = Some(server);
        Ok(())
    }
}

impl BudgetPlace for Place {
    fn read(&self) -> Wait<'_, Result<Option<String>, String>> {
        Box::pin(async { self.look().await.map_err(|error| error.to_string()) })
    }

    fn change(&self, change: BudgetChange) -> Wait<'_, Result<(), String>> {
        Box::pin(async { self.keep(change).await.map_err(|error| error.to_string()) })
    }

    /// What the other workers send cannot be known then.
    fn may_go_on_alone(&self) -> bool {
        false
    }
}
