//! What may be done next about a creation. Pure: reads no clock and sends nothing, so that a table and any history of crashes can test it.
//!
//! One rule carries the weight: a creation whose outcome nobody knows never gets a new key before we looked for what it may have made, twice.

use store::{Op, OpState};

/// Codat keeps an answer for 90 minutes; a key older than this is not trusted to be remembered.
const KEY_LIFE_MS: i64 = 80 * 60_000;
/// The first empty look that counts: what was just made may not be listed yet.
const FIRST_LOOK_MS: i64 = 60_000;
/// Between two looks that count.
const LOOK_AGAIN_MS: i64 = 30_000;
/// A look that does not count is repeated after this.
const PEEK_MS: i64 = 5_000;

/// What happened to the last sending, one word, as it is kept.
pub(crate) mod answer {
    /// Nothing came back, or we died meanwhile.
    pub(crate) const NONE: &str = "none";
    /// Codat is still at work on the same key.
    pub(crate) const IN_FLIGHT: &str = "in-flight";
    /// It has been at work for too long.
    pub(crate) const STUCK: &str = "stuck";
}

/// The next move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It happened; this is its id.
    Done(String),
    /// Nothing before these milliseconds have passed.
    Wait(i64),
    /// It may be sent with the key it has.
    Send,
    /// The same bytes under the same key once more: Codat answers from memory.
    Repeat,
    /// Look for what it may have made.
    Look,
    /// It was refused, and a person wants it tried again.
    Reopen,
}

/// The next move about this creation.
pub(crate) fn next(op: &Op, now: i64) -> Next {
    match op.state {
        OpState::Done => op.remote.clone().map_or(Next::Look, Next::Done),
        OpState::Failed => Next::Reopen,
        OpState::InFlight => Next::Wait(1_000),
        OpState::Ready => match op.not_before {
            Some(due) if due > now => Next::Wait(due - now),
            _ => Next::Send,
        },
        OpState::Unknown if is_remembered(op, now) => Next::Repeat,
        OpState::Unknown => Next::Look,
    }
}

/// Whether sending the same key again tells the truth. Not after a 5xx, which Codat would replay; not after what we could not read; not for a key that
/// Codat may have forgotten.
fn is_remembered(op: &Op, now: i64) -> bool {
    let last = op.answer.as_deref().unwrap_or(answer::NONE);
    [answer::NONE, answer::IN_FLIGHT, "408", "portal"].contains(&last) && now - op.key_at < KEY_LIFE_MS
}

/// What an empty look is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Empty {
    /// Too early to count; look again after these milliseconds.
    TooEarly(i64),
    /// The first that counts.
    First,
    /// The second that counts: it was not made.
    Second,
}

/// What it means that a look, ending now, found nothing.
pub(crate) fn after_empty_look(op: &Op, now: i64) -> Empty {
    let since_send = now - op.sent_at.unwrap_or(now);
    if since_send < FIRST_LOOK_MS {
        return Empty::TooEarly((FIRST_LOOK_MS - since_send).min(PEEK_MS));
    }
    match op.looked_at.filter(|_| op.looks > 0) {
        None => Empty::First,
        Some(at) if now - at >= LOOK_AGAIN_MS => Empty::Second,
        Some(at) => Empty::TooEarly((LOOK_AGAIN_MS - (now - at)).clamp(1, PEEK_MS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use store::OpKind;

    const NOW: i64 = 1_800_000_000_000;

    fn op(state: OpState, answer: Option<&str>) -> Op {
        Op {
            op: "op".into(),
            kind: OpKind::Company,
            after: None,
            target: None,
            body: vec![],
            key: "key".into(),
            key_at: NOW - 10_000,
            state,
            lease_until: None,
            not_before: None,
            sent_at: Some(NOW - 5_000),
            looks: 0,
            looked_at: None,
            answer: answer.map(str::to_owned),
            remote: None,
            before: "[]".into(),
            made_at: NOW - 10_000,
        }
    }

    #[test]
    fn only_an_answer_that_codat_remembers_is_asked_for_with_the_same_key() {
        for (answer, wanted) in [
            (None, Next::Repeat),
            (Some("none"), Next::Repeat),
            (Some("in-flight"), Next::Repeat),
            (Some("408"), Next::Repeat),
            (Some("portal"), Next::Repeat),
            (Some("5xx"), Next::Look),
            (Some("unreadable"), Next::Look),
            (Some("stuck"), Next::Look),
            (Some("a word of tomorrow"), Next::Look),
        ] {
            assert_eq!(next(&op(OpState::Unknown, answer), NOW), wanted, "{answer:?}");
        }
        let old = Op { key_at: NOW - KEY_LIFE_MS, ..op(OpState::Unknown, Some("none")) };
        assert_eq!(next(&old, NOW), Next::Look, "a forgotten key would create a second one");
    }

    #[test]
    fn what_is_known_is_not_asked_again() {
        assert_eq!(next(&Op { remote: Some("c".into()), ..op(OpState::Done, None) }, NOW), Next::Done("c".into()));
        assert_eq!(next(&op(OpState::Ready, None), NOW), Next::Send);
        assert_eq!(
            next(&Op { not_before: Some(NOW + 7), ..op(OpState::Ready, None) }, NOW),
            Next::Wait(7),
            "a pause that Codat asked for outlives us"
        );
        assert_eq!(next(&Op { not_before: Some(NOW), ..op(OpState::Ready, None) }, NOW), Next::Send);
        assert_eq!(next(&op(OpState::Failed, Some("refused")), NOW), Next::Reopen);
    }

    #[test]
    fn a_new_key_takes_two_empty_looks_half_a_minute_apart_and_a_minute_after_sending() {
        let sent = |ago: i64, looks: u32, looked: Option<i64>| {
            let op = op(OpState::Unknown, Some("5xx"));
            after_empty_look(&Op { sent_at: Some(NOW - ago), looks, looked_at: looked.map(|ago| NOW - ago), ..op }, NOW)
        };
        assert_eq!(sent(0, 0, None), Empty::TooEarly(5_000));
        assert_eq!(sent(58_000, 0, None), Empty::TooEarly(2_000));
        assert_eq!(sent(60_000, 0, None), Empty::First);
        assert_eq!(sent(61_000, 1, Some(1_000)), Empty::TooEarly(5_000));
        assert_eq!(sent(89_000, 1, Some(29_000)), Empty::TooEarly(1_000));
        assert_eq!(sent(90_000, 1, Some(30_000)), Empty::Second);
        assert_eq!(sent(90_000, 0, Some(30_000)), Empty::First, "a look of an earlier key does not count");
    }

    proptest! {
        #[test]
        fn nothing_unknown_is_ever_sent_as_if_it_were_new(
            answer in prop::option::of("[a-z0-9-]{0,12}"), key_age in 0..200 * 60_000_i64, sent_ago in 0..200 * 60_000_i64, looks in 0..4_u32,
        ) {
            let op = Op { key_at: NOW - key_age, sent_at: Some(NOW - sent_ago), looks, ..op(OpState::Unknown, answer.as_deref()) };
            let next = next(&op, NOW);
            prop_assert!(matches!(next, Next::Repeat | Next::Look));
            prop_assert!(next == Next::Look || key_age < KEY_LIFE_MS);
            if after_empty_look(&op, NOW) == Empty::Second {
                prop_assert!(looks >= 1 && sent_ago >= FIRST_LOOK_MS);
            }
        }
    }
}
