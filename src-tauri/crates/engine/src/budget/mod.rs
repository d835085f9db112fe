//! One paced budget for all requests of a profile: how fast, how many at once, how many a day, and whose turn it is.
//!
//! Persons go ahead: background work leaves slots, a part of the minute and a twentieth of the day's quota to them, and waits while one of them
//! does. What may leave is decided by parts that are told the time and do no waiting; this module waits, and speaks with the other copies of the
//! program through the place where the budget is kept. Nothing here sends.

mod copies;
mod day;
mod line;
mod minute;
mod plan;
mod queue;
mod retries;
mod share;
mod slots;
mod state;

use crate::ports::{BudgetPlace, Clock, Pace};
use crate::view::{BudgetView, Fits};
use codat::rate::RateInfo;
pub(crate) use copies::OnThisComputer;
use day::Moment;
use state::{State, Turn, Wish};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Who waits for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// Somebody in front of a screen.
    Person,
    /// Nobody.
    Background,
}

impl Urgency {
    /// The longest pause that is waited for here; a longer one frees the task.
    fn sits_out(self) -> Duration {
        match self {
            Self::Person => Duration::from_secs(10),
            Self::Background => Duration::from_secs(70),
        }
    }
}

/// Why no request may be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Not before then, UTC milliseconds.
    Until(i64),
    /// The line failed too often; it is tried again soon.
    LineDown,
    /// The key is no good: nothing is sent any more.
    NoKey,
}

/// How a request left the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Codat did what was asked, or said why that cannot be.
    Answered,
    /// Codat answered that it failed.
    Failed,
    /// 429: nobody sends before this has passed.
    Limited(Duration),
    /// Codat is away for this long.
    Away(Duration),
    /// It did not answer, or was not heard.
    LineFailed,
    /// Something else answered.
    Portal,
    /// 401.
    KeyRefused,
}

/// The budget of one profile.
#[derive(Clone)]
pub(crate) struct Budget {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
    place: Arc<OnceLock<Arc<dyn BudgetPlace>>>,
}

impl Budget {
    /// For one copy of the program, which `holder` tells from others.
    pub(crate) fn new(clock: Arc<dyn Clock>, holder: u64) -> Self {
        Self { clock, state: Arc::new(Mutex::new(State::new(holder))), place: Arc::default() }
    }

    /// At most so many requests a minute, whatever Codat would allow.
    pub(crate) fn at_most(&self, a_minute: u32) {
        self.state().at_most(a_minute);
    }

    /// From now on shares the budget with all who keep it at this place.
    pub(crate) fn share(&self, place: Arc<dyn BudgetPlace>) {
        let there = Arc::clone(&place);
        if self.place.set(place).is_ok() {
            there.arrive(self.state().share());
        }
    }

    /// Waits for a turn to send `what`. Short pauses are sat out; long ones are told.
    pub(crate) async fn enter(&self, urgency: Urgency, what: &'static str) -> Result<Permit<'_>, Refused> {
        let place = Place::take(self, urgency);
        let mut has_looked = false;
        loop {
            let turn = self.turn(&place, what, has_looked)?;
            has_looked = false;
            match turn {
                Turn::Now => break,
                Turn::At(then) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(then) => {}
                        () = place.bell.notified() => {}
                    }
                }
                Turn::WhenMoved => place.bell.notified().await,
                Turn::AfterLook => {
                    self.look().await;
                    has_looked = true;
                }
                Turn::AfterExchange => {
                    self.exchange(Wish::Block(urgency)).await;
                    has_looked = true;
                }
            }
        }
        let permit = Permit { budget: self, urgency, began: Instant::now(), outcome: None };
        if self.state().runs_low() {
            // Taken while the rest of the last block leaves.
            let budget = self.clone();
            tokio::spawn(async move { budget.exchange(Wish::Block(urgency)).await });
        }
        Ok(permit)
    }

    fn turn(&self, place: &Place<'_>, what: &'static str, has_looked: bool) -> Result<Turn, Refused> {
        let now = self.moment();
        self.state().turn(place.urgency, &place.bell, what, has_looked, now)
    }

    /// Hears what the other copies found out.
    async fn look(&self) {
        let Some(place) = self.place.get().cloned() else { return };
        match place.read().await {
            Ok(text) => {
                let now = self.moment();
                self.state().look(text.as_deref(), now);
            }
            Err(error) => tracing::warn!(%error, "the request budget could not be read"),
        }
    }

    /// Says what this copy sent and found out, hears the same of the others, and takes a block of requests.
    async fn exchange(&self, wish: Wish) {
        let Some(place) = self.place.get().cloned() else { return };
        let budget = self.clone();
        // To its end, also when nobody waits for it any more: what was taken has to be known on both sides.
        let exchanged = tokio::spawn(async move {
            let (asking, there) = (budget.clone(), Arc::clone(&place));
            let change = move |text: Option<&str>| {
                let now = asking.moment();
                asking.state().exchange(text, wish, |others| there.gone(others), now)
            };
            if let Err(error) = place.change(Box::new(change)).await {
                tracing::warn!(%error, "the request budget could not be shared");
                let now = budget.moment();
                if place.may_go_on_alone() {
                    budget.state().go_on_alone(wish, now);
                } else {
                    budget.state().wait_for_the_others(wish, now);
                }
            }
        });
        let _ = exchanged.await;
        self.state().ring();
    }

    /// Says what was sent and gives back what was not: this copy ends.
    pub(crate) async fn settle(&self) {
        if self.state().has_anything_to_say() {
            self.exchange(Wish::Nothing).await;
        }
    }

    /// What an answer told of limits.
    pub(crate) fn told(&self, rate: &RateInfo) {
        let now = self.moment();
        self.state().told(rate, now);
    }

    /// So many links are waited for.
    pub(crate) fn expect_links(&self, links: u32) {
        self.state().expect_links(links);
    }

    /// Whether a request may be repeated.
    pub(crate) fn may_repeat(&self) -> bool {
        self.state().may_repeat()
    }

    /// The end of the pause, UTC milliseconds.
    pub(crate) fn paused_until(&self) -> Option<i64> {
        let now = self.moment();
        self.state().paused(now).map(|pause| pause.until.wall)
    }

    /// The wall clock of the budget, UTC milliseconds.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// For the status line.
    pub(crate) fn pace(&self) -> Pace {
        let now = self.moment();
        self.state().pace(now)
    }

    /// All there is to see, other copies included.
    pub(crate) async fn view(&self) -> BudgetView {
        self.look().await;
        let now = self.moment();
        self.state().view(now)
    }

    /// How many requests fit when, for background work.
    pub(crate) async fn fits(&self, needed: u32) -> Fits {
        self.look().await;
        let now = self.moment();
        self.state().fits(needed, now)
    }

    fn moment(&self) -> Moment {
        Moment { at: Instant::now(), wall: self.clock.now() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to send one request. What became of it is told with `end`; one that is dropped was given up.
pub(crate) struct Permit<'a> {
    budget: &'a Budget,
    urgency: Urgency,
    began: Instant,
    outcome: Option<Outcome>,
}

impl Permit<'_> {
    /// How the request left the line. A pause is told to the other copies before this returns.
    pub(crate) async fn end(mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
        let budget = self.budget;
        drop(self);
        if budget.state().take_urgent() {
            budget.exchange(Wish::Nothing).await;
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let now = self.budget.moment();
        self.budget.state().end(self.urgency, self.began, self.outcome, now);
    }
}

/// A place in the queue, for as long as this lives.
struct Place<'a> {
    budget: &'a Budget,
    urgency: Urgency,
    bell: Arc<Notify>,
}

impl<'a> Place<'a> {
    fn take(budget: &'a Budget, urgency: Urgency) -> Self {
        let bell = budget.state().join(urgency);
        Self { budget, urgency, bell }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.budget.state().leave(self.urgency, &self.bell);
    }
}

#[cfg(test)]
mod tests;
