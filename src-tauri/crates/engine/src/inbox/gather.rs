//! Which events are worth telling, and which of them are one notice. Pure.

use crate::view::NoticeKind;
use store::{Event, Notice};

/// Alike events that are heard of within this time are told together.
pub(super) const TOGETHER_MS: i64 = 10 * 60_000;
/// So many notices of a kind stand beside each other; one more, and they become one.
const ASIDE: usize = 3;

/// What is told of an event of the ledger. Everything else a person did, sees happen, or need not know of.
pub(super) fn worth(event: &Event) -> Option<NoticeKind> {
    match (event.kind.as_str(), event.outcome.as_deref()) {
        ("linked", _) => Some(NoticeKind::Linked),
        ("ended", Some("left")) => Some(NoticeKind::Left),
        ("ended", Some("failed" | "unsupported")) => Some(NoticeKind::NotLinked),
        ("blocked", _) => Some(NoticeKind::Refused),
        ("read", Some("failed")) => Some(NoticeKind::ReadFailed),
        ("parked", Some("over")) => Some(NoticeKind::Expired),
        ("ending", _) => Some(NoticeKind::Ending),
        ("exported", _) => Some(NoticeKind::Exported),
        _ => None,
    }
}

/// The unread notices of a while after these events: events of one company and kind are counted in one notice; where many companies have the
/// same at once, all of it is one notice, and what came after all takes the place of what went before.
pub(super) fn gathered(mut notices: Vec<Notice>, events: &[Event], now: i64) -> Vec<Notice> {
    for event in events {
        let Some(kind) = worth(event) else { continue };
        if kind == NoticeKind::Linked && event.attempt.is_some() {
            let overtaken = |one: &Notice| {
                one.attempt == event.attempt
                    && [NoticeKind::Left, NoticeKind::NotLinked, NoticeKind::Expired].iter().any(|old| old.word() == one.kind)
            };
            notices.retain(|one| !overtaken(one));
        }
        let alike = |one: &&mut Notice| one.kind == kind.word() && (one.company.is_none() || one.company == event.company);
        if let Some(same) = notices.iter_mut().find(alike) {
            let one_bank = same.connection == event.connection && same.bank_key == event.bank_key;
            *same = Notice {
                at: now,
                times: same.times + 1,
                connection: same.connection.take().filter(|_| one_bank),
                bank_key: same.bank_key.take().filter(|_| one_bank),
                detail: None,
                ..std::mem::take(same)
            };
            continue;
        }
        let beside: Vec<&Notice> = notices.iter().filter(|one| one.kind == kind.word()).collect();
        if beside.len() < ASIDE {
            notices.push(Notice {
                kind: kind.word().to_owned(),
                at: now,
                times: 1,
                company: event.company.clone(),
                connection: event.connection.clone(),
                attempt: event.attempt.clone(),
                bank_key: event.bank_key.clone(),
                detail: event.detail.clone(),
                ..Notice::default()
            });
            continue;
        }
        let times = beside.iter().map(|one| one.times).sum::<u32>() + 1;
        notices.retain(|one| one.kind != kind.word());
        notices.push(Notice { kind: kind.word().to_owned(), at: now, times, ..Notice::default() });
    }
    notices
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, outcome: Option<&str>, company: usize) -> Event {
        Event {
            kind: kind.into(),
            outcome: outcome.map(str::to_owned),
            company: Some(format!("c{company}")),
            connection: Some(format!("k{company}")),
            ..Event::default()
        }
    }

    fn failed(company: usize) -> Event {
        Event { detail: Some("Transactions: FetchError".into()), ..event("read", Some("failed"), company) }
    }

    fn told(notices: &[Notice]) -> Vec<(&str, u32, Option<&str>)> {
        notices.iter().map(|one| (one.kind.as_str(), one.times, one.company.as_deref())).collect()
    }

    #[test]
    fn five_hundred_failures_at_once_are_one_notice_however_they_arrive() {
        let failures: Vec<Event> = (0..500).map(failed).collect();
        let at_once = gathered(vec![], &failures, 7);
        let one_by_one = failures.iter().fold(vec![], |notices, failure| gathered(notices, std::slice::from_ref(failure), 7));
        assert_eq!(told(&at_once), [("readFailed", 500, None)]);
        assert_eq!(at_once, one_by_one);
        assert_eq!(at_once[0].at, 7);
    }

    #[test]
    fn four_types_that_fail_at_one_bank_are_one_notice_of_that_bank_and_two_banks_are_the_companys() {
        let notices = gathered(vec![], &[failed(1), failed(1), failed(1), failed(1), failed(2)], 0);
        assert_eq!(told(&notices), [("readFailed", 4, Some("c1")), ("readFailed", 1, Some("c2"))]);
        assert_eq!(
            (notices[0].connection.as_deref(), notices[0].detail.as_deref()),
            (Some("k1"), None),
            "the words of one type are not those of four"
        );
        assert_eq!(notices[1].detail.as_deref(), Some("Transactions: FetchError"));
        let other = Event { connection: Some("another".into()), ..failed(1) };
        assert_eq!(gathered(notices, &[other], 1)[0].connection, None);
    }

    #[test]
    fn kinds_are_never_mixed_and_what_nobody_waits_for_is_not_told() {
        let quiet = [
            event("begun", None, 1),
            event("handed-over", None, 1),
            event("parked", None, 1),
            event("ended", Some("linked"), 1),
            event("refresh", None, 1),
        ];
        assert_eq!(gathered(vec![], &quiet, 0), []);
        let many: Vec<Event> = (0..4).flat_map(|company| [failed(company), event("linked", None, company)]).collect();
        assert_eq!(told(&gathered(vec![], &many, 0)), [("readFailed", 4, None), ("linked", 4, None)]);
    }

    #[test]
    fn a_customer_who_links_after_all_leaves_only_the_good_news() {
        let of = |kind: &str, outcome: Option<&str>| Event { attempt: Some("a1".into()), ..event(kind, outcome, 1) };
        let other = Event { attempt: Some("a2".into()), ..event("ended", Some("left"), 2) };
        let notices = gathered(vec![], &[of("ended", Some("left")), other, of("parked", Some("over"))], 0);
        assert_eq!(told(&notices), [("left", 1, Some("c1")), ("left", 1, Some("c2")), ("expired", 1, Some("c1"))]);
        assert_eq!(told(&gathered(notices, &[of("linked", None)], 1)), [("left", 1, Some("c2")), ("linked", 1, Some("c1"))]);
    }
}
