//! One paced budget for all requests of a profile: how fast, how many at once, how many a day, and whose turn it is.
//!
//! Persons go ahead: background work leaves slots, a part of the minute and a twentieth of the day's quota to them, and waits while one of them
//! does. What may leave is decided by parts that are told the time and do no waiting; this module waits. Nothing here sends.

mod day;
mod line;
mod minute;
mod queue;
mod retries;
mod slots;

use crate::ports::{Clock, Pace};
use crate::view::Line;
use codat::rate::RateInfo;
use day::{About, Day, Moment};
use minute::{Minute, Room};
use queue::Queue;
use retries::Retries;
use slots::Slots;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// A refusal that asks for less than this is about how many there were at once, not in a minute.
const AT_ONCE_WAIT: Duration = Duration::from_secs(10);
/// One that asks for more than this is about the day.
const MINUTE_WAIT: Duration = Duration::from_secs(150);

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
pub(crate) struct Budget {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    queue: Queue,
    slots: Slots,
    minute: Minute,
    day: Day,
    retries: Retries,
    line: line::State,
    pause: Option<Pause>,
    calls: u64,
}

/// Nobody sends.
#[derive(Clone, Copy, Debug)]
struct Pause {
    began: Instant,
    until: Moment,
}

enum Turn {
    Now,
    At(Instant),
    WhenMoved,
}

impl Budget {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default() }
    }

    /// Waits for a turn. Short pauses are sat out; long ones are told.
    pub(crate) async fn enter(&self, urgency: Urgency) -> Result<Permit<'_>, Refused> {
        let place = Place::take(self, urgency);
        loop {
            match self.turn(urgency, &place.bell)? {
                Turn::Now => return Ok(Permit { budget: self, urgency, began: Instant::now(), outcome: None }),
                Turn::At(then) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(then) => {}
                        () = place.bell.notified() => {}
                    }
                }
                Turn::WhenMoved => place.bell.notified().await,
            }
        }
    }

    fn turn(&self, urgency: Urgency, bell: &Arc<Notify>) -> Result<Turn, Refused> {
        let now = self.moment();
        self.state().turn(urgency, bell, now)
    }

    /// What an answer told of limits.
    pub(crate) fn told(&self, rate: &RateInfo) {
        let now = self.moment();
        let mut state = self.state();
        state.told(rate, now);
        state.queue.ring();
    }

    /// Whether a request may be repeated.
    pub(crate) fn may_repeat(&self) -> bool {
        self.state().retries.take()
    }

    /// The end of the pause, UTC milliseconds.
    pub(crate) fn paused_until(&self) -> Option<i64> {
        let now = self.moment();
        self.state().paused(now).map(|until| until.wall)
    }

    /// The wall clock of the budget, UTC milliseconds.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// For the status line.
    pub(crate) fn pace(&self) -> Pace {
        let now = self.moment();
        let mut state = self.state();
        state.day.turn_over(now);
        let paused = state.paused(now).map(|until| until.wall);
        let spent = state.spent_until(Urgency::Background, now);
        let line = match state.line.line() {
            Line::KeyRefused => Line::KeyRefused,
            _ if paused.is_some() || spent.is_some() => Line::Limited,
            line => line,
        };
        Pace {
            line,
            checked_at: state.line.checked_at,
            calls_today: state.day.calls(),
            calls: state.calls,
            quota: state.day.limit(),
            resumes_at: paused.or(spent),
        }
    }

    fn moment(&self) -> Moment {
        Moment { at: Instant::now(), wall: self.clock.now() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn turn(&mut self, urgency: Urgency, bell: &Arc<Notify>, now: Moment) -> Result<Turn, Refused> {
        let in_background = urgency == Urgency::Background;
        if self.line.is_key_refused {
            return Err(Refused::NoKey);
        }
        if let Some(until) = self.paused(now) {
            let sits_out = until.at.saturating_duration_since(now.at) <= urgency.sits_out();
            return if sits_out { Ok(Turn::At(until.at)) } else { Err(Refused::Until(until.wall)) };
        }
        if in_background && self.line.rests(now.at) {
            return Err(Refused::LineDown);
        }
        self.day.turn_over(now);
        if let Some(until) = self.spent_until(urgency, now) {
            return Err(Refused::Until(until));
        }
        let waits_for_trial = in_background && self.line.is_on_trial() && self.slots.taken() > 0;
        if waits_for_trial || !self.queue.is_next(urgency, bell) || !self.slots.is_free(now.at, in_background) {
            return Ok(Turn::WhenMoved);
        }
        let most = self.minute.most(now.at);
        match self.minute.room(now.at, if in_background { Minute::reserve(most) } else { 0 }) {
            Room::At(then) => return Ok(Turn::At(then)),
            Room::AfterAnswers => return Ok(Turn::WhenMoved),
            Room::Now => {}
        }
        self.slots.take(in_background);
        self.minute.begin();
        self.day.send(now);
        self.calls += 1;
        Ok(Turn::Now)
    }

    fn paused(&self, now: Moment) -> Option<Moment> {
        self.pause.map(|pause| pause.until).filter(|until| until.is_ahead_of(now))
    }

    fn spent_until(&self, urgency: Urgency, now: Moment) -> Option<i64> {
        let keep = match urgency {
            Urgency::Person => 0,
            Urgency::Background => self.day.reserve(),
        };
        self.day.spent_until(keep, self.slots.taken(), now)
    }

    fn told(&mut self, rate: &RateInfo, now: Moment) {
        match self.day.tell(rate, now) {
            About::Nothing => {}
            About::Day => self.day.active_companies().into_iter().for_each(|active| self.slots.tell_active(active)),
            About::Minute(limit, nothing_left_for) => {
                limit.into_iter().for_each(|limit| self.minute.tell(limit));
                nothing_left_for.into_iter().for_each(|wait| self.pause(wait, now));
            }
        }
    }

    fn pause(&mut self, wait: Duration, now: Moment) {
        let until = Moment::after(now, wait);
        let standing = self.pause.filter(|pause| pause.until.is_ahead_of(now));
        if standing.is_none_or(|standing| standing.until.at < until.at) {
            self.pause = Some(Pause { began: standing.map_or(now.at, |standing| standing.began), until });
        }
    }

    fn end(&mut self, urgency: Urgency, began: Instant, outcome: Option<Outcome>, now: Moment) {
        self.slots.give(urgency == Urgency::Background);
        match outcome {
            Some(Outcome::Answered) => {
                self.line.answered(now.wall);
                self.retries.refund();
            }
            Some(Outcome::Failed) => self.line.answered(now.wall),
            Some(Outcome::Limited(wait)) => {
                self.line.answered(now.wall);
                self.slow_down(began, wait, now);
                self.pause(wait, now);
            }
            Some(Outcome::Away(wait)) => {
                self.line.answered(now.wall);
                self.pause(wait, now);
            }
            Some(Outcome::LineFailed) => self.line.failed(now.at),
            Some(Outcome::Portal) => self.line.portal(now.at),
            Some(Outcome::KeyRefused) => self.line.key_refused(now.wall),
            // Given up on: whether it arrived is not known.
            None => {}
        }
        self.minute.end(now.at, matches!(outcome, Some(Outcome::Limited(_))));
        self.queue.ring();
    }

    /// Once a refusal: what left before the pause it brought says nothing new.
    fn slow_down(&mut self, began: Instant, wait: Duration, now: Moment) {
        if self.pause.is_some_and(|pause| began <= pause.began) || wait > MINUTE_WAIT {
            return;
        }
        if wait < AT_ONCE_WAIT && self.slots.lower(now.at) {
            return;
        }
        self.minute.lower(now.at);
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
    /// How the request left the line.
    pub(crate) fn end(mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
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
        let bell = budget.state().queue.join(urgency);
        Self { budget, urgency, bell }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        state.queue.leave(self.urgency, &self.bell);
        state.queue.ring();
    }
}

#[cfg(test)]
mod tests;
