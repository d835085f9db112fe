//! What the answer's headers say about limits and time. Every form that was seen or documented is read; what cannot be read is ignored.

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use std::time::Duration;

/// Limits and time as one answer told them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateInfo {
    /// Requests allowed today.
    pub limit: Option<u32>,
    /// Requests left today.
    pub remaining: Option<u32>,
    /// When the quota is full again.
    pub reset: Option<Timestamp>,
    /// How long to wait, measured against the answer's own clock.
    pub retry_after: Option<Duration>,
    /// The server's clock.
    pub date: Option<Timestamp>,
}

/// A wait longer than a day is not a wait but a mistake.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

impl RateInfo {
    /// Reads the headers; `now` is only used where the answer has no `Date` of its own.
    #[must_use]
    pub fn read(headers: &HeaderMap, now: Timestamp) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let date = text("date").and_then(http_date);
        Self {
            limit: text("x-rate-limit-limit").and_then(|text| text.parse().ok()),
            remaining: text("x-rate-limit-remaining").and_then(|text| text.parse().ok()),
            reset: text("x-rate-limit-reset").and_then(instant),
            retry_after: text("retry-after").and_then(|text| retry_after(text, date.unwrap_or(now))),
            date,
        }
    }
}

/// `X-Rate-Limit-Reset`: ISO date, Unix seconds, or HTTP date.
fn instant(text: &str) -> Option<Timestamp> {
    let seconds = text.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    seconds.or_else(|| text.parse().ok()).or_else(|| http_date(text))
}

fn http_date(text: &str) -> Option<Timestamp> {
    let since = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Timestamp::from_second(i64::try_from(since.as_secs()).ok()?).ok()
}

/// `Retry-After`: digits only, or an HTTP date (or, seen once, an ISO date).
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        let seconds = text.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST_WAIT));
    }
    let until = http_date(text).or_else(|| text.parse().ok())?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default().min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(pairs: &[(&'static str, &'static str)]) -> RateInfo {
        let headers = pairs.iter().map(|(name, value)| (name.parse().expect("name"), value.parse().expect("value"))).collect();
        RateInfo::read(&headers, Timestamp::from_second(0).expect("zero"))
    }

    #[test]
    fn c39_reset_is_read_in_three_forms_and_nonsense_is_ignored() {
        let midnight = "2026-11-26T00:00:00Z".parse().ok();
        for text in ["2026-11-26T00:00:00Z", "1795651200", "Thu, 26 Nov 2026 00:00:00 GMT"] {
            assert_eq!(info(&[("x-rate-limit-reset", text)]).reset, midnight, "{text}");
        }
        assert_eq!(info(&[("x-rate-limit-reset", "tomorrow"), ("x-rate-limit-limit", "-3")]), RateInfo::default());
    }

    #[test]
    fn c7_a_wait_is_measured_against_the_answers_own_clock_and_capped_at_a_day() {
        let date = ("date", "Wed, 25 Nov 2026 23:59:00 GMT");
        let wait = |text| info(&[date, ("retry-after", text)]).retry_after;
        assert_eq!(wait("90"), Some(Duration::from_secs(90)));
        assert_eq!(wait("Thu, 26 Nov 2026 00:00:30 GMT"), Some(Duration::from_secs(90)), "a wrong local clock does not matter");
        assert_eq!(wait("Wed, 25 Nov 2026 23:00:00 GMT"), Some(Duration::ZERO), "already over");
        assert_eq!(wait("99999999999999999999999"), Some(LONGEST_WAIT));
        assert_eq!((wait("-5"), wait("+5"), wait("soon"), wait("")), (None, None, None, None));
    }
}
