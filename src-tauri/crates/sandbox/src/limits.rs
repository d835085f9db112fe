//! How much may be asked: a day, at once, a minute; and how each answer says so.

use crate::answer::{Answer, Refused};
use crate::state::State;
use crate::switches::ResetForm;
use jiff::Timestamp;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

const DAY: i64 = 86_400;

/// Requests of the last minute. Measured by the computer's clock, whatever the sandbox's says: it guards against load.
#[derive(Debug, Default)]
pub(crate) struct LastMinute(VecDeque<Instant>);

impl LastMinute {
    pub(crate) fn count(&mut self, now: Instant) -> usize {
        while self.0.front().is_some_and(|first| now.duration_since(*first) > Duration::from_secs(60)) {
            self.0.pop_front();
        }
        self.0.push_back(now);
        self.0.len()
    }
}

/// Why a request is one too many.
pub(crate) enum TooMany {
    /// It is answered so.
    Answered(Answer),
    /// It gets no answer.
    Dropped,
}

/// Counts the request and says whether it is one too many.
pub(crate) fn check(state: &mut State, at_once: u32, in_last_minute: usize) -> Option<TooMany> {
    let quota = quota(state);
    state.today.1 = state.today.1.saturating_add(1);
    let most_at_once = 10 * state.active_companies().max(state.switches.at_once_floor);
    let flood = state.switches.requests_a_minute.is_some_and(|most| in_last_minute > most as usize);
    let (text, wait) = if state.today.1 > quota {
        ("Daily request limit exceeded. Requests are accepted again after midnight UTC.", seconds_to_midnight(state.now()))
    } else if at_once > most_at_once {
        ("Too many requests at once.", 1)
    } else if flood && state.switches.flood_drops {
        return Some(TooMany::Dropped);
    } else if flood {
        ("Too many requests from this address.", 60)
    } else {
        return None;
    };
    let mut answer = Refused::api(429, text).answer(state);
    answer.retry_after = Some(wait.to_string());
    Some(TooMany::Answered(answer))
}

/// The day's quota, as it stood when the day began.
fn quota(state: &mut State) -> u32 {
    let day = state.now().as_second().div_euclid(DAY);
    if state.today.0 != day {
        let active = state.active_companies();
        state.today = (day, 0, 1000_u32.saturating_mul(active.saturating_add(1)));
    }
    state.switches.daily_quota.unwrap_or(state.today.2)
}

fn seconds_to_midnight(now: Timestamp) -> i64 {
    DAY - now.as_second().rem_euclid(DAY)
}

/// `X-Rate-Limit-*` and `Date`, on every answer.
pub(crate) fn headers(state: &mut State) -> Vec<(&'static str, String)> {
    let limit = quota(state);
    let now = state.now();
    let reset = now.as_second() + seconds_to_midnight(now);
    let at = Timestamp::from_second(reset).unwrap_or(Timestamp::MAX);
    let reset = match state.switches.reset_form {
        ResetForm::Iso => at.to_string(),
        ResetForm::Unix => reset.to_string(),
        ResetForm::Http => http_date(at),
    };
    vec![
        ("x-rate-limit-limit", limit.to_string()),
        ("x-rate-limit-remaining", limit.saturating_sub(state.today.1).to_string()),
        ("x-rate-limit-reset", reset),
        ("date", http_date(now)),
    ]
}

pub(crate) fn http_date(at: Timestamp) -> String {
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_secs(seconds))
}
