//! One paced budget for all requests of a profile: how fast, how many at once, how many a day, and whose turn it is.
//!
//! Persons go ahead: background work leaves one slot, part of the bucket and a twentieth of the day's quota to them. Nothing here sends.

use crate::ports::{Clock, Pace};
use crate::view::Line;
use codat::rate::RateInfo;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// At once, in all.
const AT_ONCE: usize = 4;
/// At once, in the background.
const AT_ONCE_BACKGROUND: usize = 3;
/// Requests that may come at once after a rest. With the refill below, at most 600 in any minute.
const BURST: u64 = 60;
/// Thousandths of a request that come back per millisecond: nine requests a second.
const REFILL: u64 = 9;
/// What background work leaves in the bucket.
const RESERVE: u64 = 10;
/// One request, in the bucket's unit.
const ONE: u64 = 1_000;
/// Failures of the line in a row after which background work pauses.
const PATIENCE: u32 = 5;
/// How long it pauses then.
const BREAK: Duration = Duration::from_secs(30);
/// How long all pause when something answers in Codat's place.
const PORTAL_BREAK: Duration = Duration::from_secs(60);

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
            Self::Background => Duration::from_secs(60),
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
    /// Codat answered, whatever it said.
    Answered,
    /// It did not, or it was not heard.
    LineFailed,
    /// Something else answered.
    Portal,
    /// 401.
    KeyRefused,
}

/// The right to send one request.
pub(crate) struct Permit<'a> {
    _slot: SemaphorePermit<'a>,
    _background: Option<SemaphorePermit<'a>>,
}

/// The budget of one profile.
pub(crate) struct Budget {
    clock: Arc<dyn Clock>,
    slots: Semaphore,
    background: Semaphore,
    state: Mutex<State>,
    moved: Notify,
}

struct State {
    tokens: u64,
    refilled: Instant,
    waiting_persons: u32,
    paused_until: Option<(Instant, i64)>,
    day: Day,
    calls: u64,
    line: Line,
    checked_at: Option<i64>,
    failures: u32,
    line_rests_until: Option<Instant>,
    key_refused: bool,
}

/// The day's quota as last told.
#[derive(Clone, Copy, Debug, Default)]
struct Day {
    number: i64,
    sent: u32,
    limit: Option<u32>,
    remaining: Option<u32>,
    resets_at: Option<i64>,
}

const DAY_MS: i64 = 86_400_000;

impl Budget {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let state = State {
            tokens: BURST * ONE,
            refilled: Instant::now(),
            waiting_persons: 0,
            paused_until: None,
            day: Day::default(),
            calls: 0,
            line: Line::Unknown,
            checked_at: None,
            failures: 0,
            line_rests_until: None,
            key_refused: false,
        };
        Self {
            clock,
            slots: Semaphore::new(AT_ONCE),
            background: Semaphore::new(AT_ONCE_BACKGROUND),
            state: Mutex::new(state),
            moved: Notify::new(),
        }
    }

    /// Waits for a turn. Short pauses are sat out; long ones are told.
    pub(crate) async fn enter(&self, urgency: Urgency) -> Result<Permit<'_>, Refused> {
        let _queue = (urgency == Urgency::Person).then(|| Queued::join(self));
        let background = match urgency {
            Urgency::Person => None,
            Urgency::Background => Some(self.background.acquire().await.map_err(|_| Refused::LineDown)?),
        };
        let slot = self.slots.acquire().await.map_err(|_| Refused::LineDown)?;
        loop {
            // Made before looking, so that nothing that moves in between is missed.
            let moved = self.moved.notified();
            match self.turn(urgency)? {
                Turn::Now => return Ok(Permit { _slot: slot, _background: background }),
                Turn::In(wait) => tokio::time::sleep(wait).await,
                Turn::AfterPersons => moved.await,
            }
        }
    }

    fn turn(&self, urgency: Urgency) -> Result<Turn, Refused> {
        let (now, wall) = (Instant::now(), self.clock.now());
        let mut state = self.state();
        if state.key_refused {
            return Err(Refused::NoKey);
        }
        if let Some((until, told)) = state.paused_until {
            if until > now {
                let wait = until - now;
                return if wait <= urgency.sits_out() { Ok(Turn::In(wait)) } else { Err(Refused::Until(told)) };
            }
            state.paused_until = None;
            state.line = Line::Unknown;
        }
        if urgency == Urgency::Background && state.line_rests_until.is_some_and(|until| until > now) {
            return Err(Refused::LineDown);
        }
        state.day.turn_over(wall);
        if let Some(until) = state.day.is_spent(urgency, wall) {
            return Err(Refused::Until(until));
        }
        state.refill(now);
        let keep = match urgency {
            Urgency::Person => 0,
            Urgency::Background => RESERVE * ONE,
        };
        if urgency == Urgency::Background && state.waiting_persons > 0 && state.tokens < BURST * ONE / 2 {
            return Ok(Turn::AfterPersons);
        }
        if state.tokens < keep + ONE {
            return Ok(Turn::In(Duration::from_millis((keep + ONE - state.tokens).div_ceil(REFILL))));
        }
        state.tokens -= ONE;
        Ok(Turn::Now)
    }

    /// A request was sent. What its answer told of limits is taken in.
    pub(crate) fn sent(&self, rate: &RateInfo) {
        let wall = self.clock.now();
        let mut state = self.state();
        state.calls += 1;
        state.day.turn_over(wall);
        state.day.sent += 1;
        if let Some(limit) = rate.limit {
            state.day.limit = Some(limit);
        }
        if let Some(remaining) = rate.remaining {
            state.day.remaining = Some(remaining);
            state.day.resets_at = rate.reset.map(|reset| {
                // Measured against the answer's own clock: ours may be wrong.
                let told_now = rate.date.map_or(wall, jiff::Timestamp::as_millisecond);
                wall + (reset.as_millisecond() - told_now).max(0)
            });
        }
    }

    /// How the request left the line.
    pub(crate) fn note(&self, outcome: Outcome) {
        let (now, wall) = (Instant::now(), self.clock.now());
        let mut state = self.state();
        match outcome {
            Outcome::Answered => {
                state.failures = 0;
                state.line_rests_until = None;
                state.checked_at = Some(wall);
                if state.paused_until.is_none() {
                    state.line = Line::Online;
                }
            }
            Outcome::LineFailed => {
                state.failures += 1;
                state.line = Line::Offline;
                if state.failures >= PATIENCE {
                    state.line_rests_until = Some(now + BREAK);
                }
            }
            Outcome::Portal => {
                state.line = Line::Offline;
                state.line_rests_until = Some(now + PORTAL_BREAK);
            }
            Outcome::KeyRefused => {
                state.key_refused = true;
                state.checked_at = Some(wall);
                state.line = Line::KeyRefused;
            }
        }
        drop(state);
        self.moved.notify_waiters();
    }

    /// Codat named a pause. Returns its end, UTC milliseconds.
    pub(crate) fn pause(&self, wait: Duration) -> i64 {
        let until = self.clock.now().saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
        let mut state = self.state();
        let end = Instant::now() + wait;
        if state.paused_until.is_none_or(|(standing, _)| standing < end) {
            state.paused_until = Some((end, until));
        }
        state.line = Line::Limited;
        until
    }

    /// The wall clock of the budget, UTC milliseconds.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// For the status line.
    pub(crate) fn pace(&self) -> Pace {
        let (now, wall) = (Instant::now(), self.clock.now());
        let mut state = self.state();
        state.day.turn_over(wall);
        let paused = state.paused_until.filter(|(until, _)| *until > now).map(|(_, told)| told);
        let spent = state.day.is_spent(Urgency::Background, wall);
        let line = if state.key_refused {
            Line::KeyRefused
        } else if paused.is_some() || spent.is_some() {
            Line::Limited
        } else if state.line == Line::Limited {
            Line::Unknown
        } else {
            state.line
        };
        Pace {
            line,
            checked_at: state.checked_at,
            calls_today: state.day.calls(),
            calls: state.calls,
            quota: state.day.limit,
            resumes_at: paused.or(spent),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Turn {
    Now,
    In(Duration),
    AfterPersons,
}

/// A person in the queue, for as long as this lives.
struct Queued<'a>(&'a Budget);

impl<'a> Queued<'a> {
    fn join(budget: &'a Budget) -> Self {
        budget.state().waiting_persons += 1;
        Self(budget)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.state().waiting_persons -= 1;
        self.0.moved.notify_waiters();
    }
}

impl State {
    fn refill(&mut self, now: Instant) {
        let ms = u64::try_from((now - self.refilled).as_millis()).unwrap_or(u64::MAX);
        self.tokens = self.tokens.saturating_add(ms.saturating_mul(REFILL)).min(BURST * ONE);
        self.refilled += Duration::from_millis(ms);
    }
}

impl Day {
    fn turn_over(&mut self, wall: i64) {
        let number = wall.div_euclid(DAY_MS);
        if self.number != number {
            *self = Self { number, limit: self.limit, ..Self::default() };
        }
    }

    /// The client's own count is not all: other computers share the quota, and so did this one before it was restarted.
    fn calls(self) -> u32 {
        let told = self.limit.zip(self.remaining).map_or(0, |(limit, remaining)| limit.saturating_sub(remaining));
        self.sent.max(told)
    }

    fn is_spent(self, urgency: Urgency, wall: i64) -> Option<i64> {
        let remaining = self.remaining?;
        let reserve = match urgency {
            Urgency::Person => 0,
            Urgency::Background => self.limit.unwrap_or(0) / 20,
        };
        let until = self.resets_at.unwrap_or((self.number + 1) * DAY_MS);
        (remaining <= reserve && until > wall).then_some(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    struct Hands(AtomicI64);

    impl Clock for Hands {
        fn now(&self) -> i64 {
            self.0.load(Ordering::SeqCst)
        }
    }

    const NOON: i64 = 20_000 * DAY_MS + DAY_MS / 2;

    fn budget() -> (Arc<Budget>, Arc<Hands>) {
        let hands = Arc::new(Hands(AtomicI64::new(NOON)));
        (Arc::new(Budget::new(Arc::clone(&hands) as Arc<dyn Clock>)), hands)
    }

    async fn send(budget: &Budget, urgency: Urgency) -> Result<(), Refused> {
        drop(budget.enter(urgency).await?);
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn c24_no_minute_sees_more_than_600_requests() {
        let (budget, _) = budget();
        let begun = Instant::now();
        let mut at = vec![];
        for _ in 0..1_500 {
            send(&budget, Urgency::Person).await.expect("a turn");
            at.push(Instant::now() - begun);
        }
        let worst = at
            .iter()
            .enumerate()
            .map(|(index, start)| at[index..].iter().take_while(|end| **end - *start < Duration::from_secs(60)).count())
            .max();
        assert!(worst <= Some(600), "{worst:?}");
        assert!(at[1_499] < Duration::from_secs(170), "and it is no slower than it must be: {:?}", at[1_499]);
    }

    #[tokio::test(start_paused = true)]
    async fn four_at_once_and_background_leaves_one_slot_to_a_person() {
        let (budget, _) = budget();
        let held =
            [budget.enter(Urgency::Background).await, budget.enter(Urgency::Background).await, budget.enter(Urgency::Background).await];
        assert!(held.iter().all(Result::is_ok));
        let fourth = tokio::time::timeout(Duration::from_secs(5), budget.enter(Urgency::Background)).await;
        assert!(fourth.is_err(), "the background is three at most");
        let person =
            tokio::time::timeout(Duration::from_secs(5), budget.enter(Urgency::Person)).await.expect("a slot was kept").expect("turn");
        let fifth = tokio::time::timeout(Duration::from_secs(5), budget.enter(Urgency::Person)).await;
        assert!(fifth.is_err(), "four in all");
        drop(person);
        assert!(budget.enter(Urgency::Person).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn the_background_leaves_a_reserve_in_the_bucket() {
        let (budget, _) = budget();
        for _ in 0..BURST - RESERVE {
            send(&budget, Urgency::Background).await.expect("a turn");
        }
        let begun = Instant::now();
        send(&budget, Urgency::Person).await.expect("a turn");
        assert_eq!(Instant::now(), begun, "a person need not wait");
        send(&budget, Urgency::Background).await.expect("a turn");
        assert!(Instant::now() > begun, "the background does");
    }

    #[tokio::test(start_paused = true)]
    async fn c7_a_short_pause_is_sat_out_and_a_long_one_is_told() {
        let (budget, _) = budget();
        budget.pause(Duration::from_secs(8));
        let begun = Instant::now();
        send(&budget, Urgency::Person).await.expect("eight seconds are sat out");
        assert!(begun.elapsed() >= Duration::from_secs(8));

        let until = budget.pause(Duration::from_secs(3_600));
        assert_eq!(send(&budget, Urgency::Background).await, Err(Refused::Until(until)), "an hour is told, not slept");
        assert_eq!((budget.pace().line, budget.pace().resumes_at), (Line::Limited, Some(until)));
        tokio::time::advance(Duration::from_secs(3_601)).await;
        assert_eq!(send(&budget, Urgency::Background).await, Ok(()));
        assert_eq!(budget.pace().resumes_at, None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_twentieth_of_the_day_belongs_to_persons() {
        let (budget, hands) = budget();
        let midnight = jiff::Timestamp::from_millisecond(NOON + DAY_MS / 2).expect("midnight");
        let told = |remaining| RateInfo { limit: Some(1_000), remaining: Some(remaining), reset: Some(midnight), ..RateInfo::default() };
        budget.sent(&told(51));
        assert_eq!(send(&budget, Urgency::Background).await, Ok(()));
        budget.sent(&told(50));
        assert_eq!(send(&budget, Urgency::Background).await, Err(Refused::Until(midnight.as_millisecond())));
        assert_eq!(send(&budget, Urgency::Person).await, Ok(()));
        budget.sent(&told(0));
        assert_eq!(send(&budget, Urgency::Person).await, Err(Refused::Until(midnight.as_millisecond())));
        assert_eq!((budget.pace().calls_today, budget.pace().quota, budget.pace().calls), (1_000, Some(1_000), 3));
        hands.0.store(midnight.as_millisecond() + 1, Ordering::SeqCst);
        assert_eq!(send(&budget, Urgency::Background).await, Ok(()), "a new day");
        assert_eq!(budget.pace().calls_today, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wrong_clock_here_does_not_make_the_wait_wrong() {
        let (budget, _) = budget();
        let theirs = |seconds: i64| jiff::Timestamp::from_millisecond(NOON + 3 * DAY_MS + seconds * 1_000).ok();
        budget.sent(&RateInfo { limit: Some(10), remaining: Some(0), date: theirs(0), reset: theirs(90), retry_after: None });
        assert_eq!(
            send(&budget, Urgency::Person).await,
            Err(Refused::Until(NOON + 90_000)),
            "ninety seconds, whatever day they think it is"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn c5_one_refused_key_stops_everything() {
        let (budget, _) = budget();
        budget.note(Outcome::KeyRefused);
        for urgency in [Urgency::Person, Urgency::Background] {
            assert_eq!(send(&budget, urgency).await, Err(Refused::NoKey));
        }
        budget.note(Outcome::Answered);
        assert_eq!(budget.pace().line, Line::KeyRefused, "an answer that was still under way changes nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn c8_a_dead_line_rests_the_background_and_lets_a_person_try() {
        let (budget, _) = budget();
        for _ in 0..PATIENCE {
            budget.note(Outcome::LineFailed);
        }
        assert_eq!(send(&budget, Urgency::Background).await, Err(Refused::LineDown));
        assert_eq!(send(&budget, Urgency::Person).await, Ok(()), "a person may probe");
        assert_eq!(budget.pace().line, Line::Offline);
        tokio::time::advance(BREAK).await;
        assert_eq!(send(&budget, Urgency::Background).await, Ok(()), "so may the background after a rest");
        budget.note(Outcome::Answered);
        assert_eq!(budget.pace().line, Line::Online);
    }
}
