//! Is a case done? Told from what is kept of it, never from what was pressed. Pure.

use super::UnderWay;
use crate::companies::timeline::within;
use crate::view::{CourseCheck, CourseKey, CoursePart};
use domain::data_type::DataType;
use domain::history_window::Window;
use domain::status::{DatasetStatus, Phase};
use say::{say, word};
use store::{Attempt, CompanyItem, ConnectionEntry, Consent, DatasetEntry, Event};

/// Ninety days, and the month in which they began: what is known is the first month of which there are transactions.
const BEYOND_NINETY_DAYS: i64 = 90 + 31;

/// What is kept of a case.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// The company, once it is made.
    pub(super) item: Option<CompanyItem>,
    /// Attempts of the company, or the one that is to make it.
    pub(super) attempts: Vec<Attempt>,
    /// Doors used since the learner's turn began, over all attempts of the case's own connection.
    pub(super) doors: usize,
    /// Newest first.
    pub(super) reads: Vec<DatasetEntry>,
    /// Newest first.
    pub(super) consents: Vec<Consent>,
    /// Newest first.
    pub(super) events: Vec<Event>,
    /// First day of the first month with transactions, days since 1970.
    pub(super) oldest: Option<i64>,
    /// Accounts that another connection holds too.
    pub(super) twins: usize,
    /// Companies of this very name.
    pub(super) of_this_name: usize,
    /// Requests that the stage turned away.
    pub(super) turned_away: u32,
    /// Today, days since 1970.
    pub(super) today: i64,
}

struct Seen<'a> {
    of: &'a UnderWay,
    facts: &'a Facts,
}

/// What is done of a case, and what is missing.
pub(super) fn check(of: &UnderWay, facts: &Facts) -> CourseCheck {
    let seen = Seen { of, facts };
    let parts = match of.case {
        CourseKey::SlowBank => vec![seen.linked(), seen.arrived(None), seen.single()],
        CourseKey::BankDown => vec![seen.arrived(None), seen.same_consent(), seen.single()],
        CourseKey::Cancelled => vec![seen.left(), seen.linked(), seen.single()],
        CourseKey::SecondApprover => vec![seen.named(), seen.linked(), seen.single()],
        CourseKey::LinkExpired => vec![seen.fresh_link(), seen.linked(), seen.single()],
        CourseKey::WindowMissed => vec![seen.given_anew(), seen.in_time(), seen.full_history(), seen.single()],
        CourseKey::PartialData => vec![seen.named(), seen.arrived(Some(DataType::Transactions)), seen.single()],
        CourseKey::Duplicate => vec![seen.counts_once(), seen.still_linked()],
        CourseKey::ConsentEnded => vec![seen.given_anew(), seen.read_since(), seen.single()],
        CourseKey::RateLimited => vec![seen.was_turned_away(), seen.made(), seen.made_once()],
        CourseKey::PlaidFirst => vec![seen.arrived(Some(DataType::Transactions)), seen.same_consent(), seen.single()],
        CourseKey::WrongBusiness => vec![seen.said_wrong(), seen.reads_no_more()],
    };
    CourseCheck { done: parts.iter().all(|part| part.done), parts }
}

/// Another person was named and given a link: from then on the bank of the seventh case shares what they may see.
pub(super) fn another_person_signs_in(of: &UnderWay, facts: &Facts) -> bool {
    of.case == CourseKey::PartialData && facts.attempts.iter().any(|attempt| attempt.to_name.is_some()) && facts.doors > 0
}

fn part(done: bool, so: &str, missing: &str) -> CoursePart {
    CoursePart { done, says: if done { so } else { missing }.to_owned() }
}

fn brought(read: &DatasetEntry) -> bool {
    DatasetStatus::from_wire(read.status.clone()).phase() == Phase::Done
}

impl Seen<'_> {
    fn connections(&self) -> &[ConnectionEntry] {
        self.facts.item.as_ref().map(|item| item.connections.as_slice()).unwrap_or_default()
    }

    fn own(&self) -> Option<&ConnectionEntry> {
        self.connections().iter().find(|found| Some(&found.id) == self.of.connection.as_ref())
    }

    fn is_linked(&self) -> bool {
        self.own().is_some_and(|own| own.status == "Linked")
    }

    fn linked(&self) -> CoursePart {
        let missing = if self.own().is_none() {
            word("The connection of this case is not there any more: start the case over.")
        } else {
            word("The bank is not linked yet.")
        };
        part(self.is_linked(), word("The bank is linked, by the connection that was there."), missing)
    }

    fn single(&self) -> CoursePart {
        part(
            self.connections().len() <= 1,
            word("Nothing was made twice."),
            word("There is a second connection to a bank. One is enough: delete the other."),
        )
    }

    fn latest(&self, data_type: DataType) -> Option<&DatasetEntry> {
        let own = |read: &&DatasetEntry| Some(&read.connection) == self.of.connection.as_ref() && read.data_type == data_type.wire();
        self.facts.reads.iter().find(own)
    }

    /// One type, or all four.
    fn arrived(&self, wanted: Option<DataType>) -> CoursePart {
        let types = DataType::ALL.into_iter().filter(|data_type| wanted.is_none_or(|wanted| wanted == *data_type));
        let missing: Vec<&str> = types.filter(|data_type| !self.latest(*data_type).is_some_and(brought)).map(DataType::label).collect();
        let so = wanted.map_or_else(|| say!("All four data types were read."), |wanted| say!("{types} were read.", types = wanted.label()));
        part(
            missing.is_empty(),
            &so,
            &say!("Not read yet: {types}.", types = missing.iter().map(|label| within(label)).collect::<Vec<_>>().join(", ")),
        )
    }

    fn own_consents(&self) -> impl Iterator<Item = &Consent> {
        self.facts.consents.iter().filter(|consent| Some(&consent.connection) == self.of.connection.as_ref())
    }

    fn same_consent(&self) -> CoursePart {
        let stands = self.own_consents().count() == 1 && self.own_consents().all(|consent| consent.ended.is_none());
        part(
            stands,
            word("The customer\u{2019}s consent was left as it is."),
            word("The consent was ended or given anew. Nothing was wrong with it: start the case over."),
        )
    }

    fn given_anew(&self) -> CoursePart {
        let anew = self.is_linked() && self.own_consents().any(|consent| consent.ended.is_some());
        part(
            anew,
            word("The consent was given anew, on the same connection."),
            word("No new consent was given on the connection that was there."),
        )
    }

    fn in_time(&self) -> CoursePart {
        let window = self.own().and_then(|own| Some(Window { linked_at: own.linked_at?, queued_at: own.queued_at }));
        part(
            window.is_some_and(Window::is_met),
            word("All four types were asked for within five minutes of it."),
            word("The four types were not asked for within five minutes of a consent."),
        )
    }

    fn full_history(&self) -> CoursePart {
        let reaches = self.facts.oldest.is_some_and(|day| day < self.facts.today - BEYOND_NINETY_DAYS);
        part(
            reaches,
            word("The transactions go back further than ninety days."),
            word("The transactions here begin within the last ninety days."),
        )
    }

    fn left(&self) -> CoursePart {
        let left = self.facts.events.iter().any(|event| event.kind == "ended" && event.outcome.as_deref() == Some("left"));
        let missing = if self.is_linked() {
            word("Nobody left the bank\u{2019}s page before it was linked: start the case over.")
        } else {
            word("Nobody has left the bank\u{2019}s page yet.")
        };
        part(left, word("The customer left the bank\u{2019}s page, and Fairlead heard of it."), missing)
    }

    fn named(&self) -> CoursePart {
        part(
            self.facts.attempts.iter().any(|attempt| attempt.to_name.is_some()),
            word("The other person\u{2019}s name is kept with the case."),
            word("The case does not say yet who the other person is."),
        )
    }

    fn fresh_link(&self) -> CoursePart {
        part(
            self.facts.doors > 0,
            word("A fresh link was handed over."),
            word("The customer still has the link that does not open any more."),
        )
    }

    fn counts_once(&self) -> CoursePart {
        part(
            self.facts.item.is_some() && self.facts.twins == 0,
            word("No account comes by two connections."),
            word("The same accounts still come by two connections."),
        )
    }

    fn still_linked(&self) -> CoursePart {
        let linked = self.connections().iter().filter(|found| found.status == "Linked").count();
        part(linked > 0, word("One connection is linked."), word("No connection is linked any more: one was to stay."))
    }

    fn read_since(&self) -> CoursePart {
        let since = self.own().and_then(|own| own.linked_at);
        let read = |data_type| self.latest(data_type).is_some_and(|read| brought(read) && read.requested >= since.map(|at| at - CLOCKS_MS));
        part(
            self.is_linked() && since.is_some() && DataType::ALL.into_iter().all(read),
            word("All four data types were read since."),
            word("The data was not read again yet."),
        )
    }

    fn was_turned_away(&self) -> CoursePart {
        part(
            self.facts.turned_away > 0,
            word("Codat turned the request away, and was waited for."),
            word("The case was not begun yet: Codat was not asked for anything."),
        )
    }

    fn made(&self) -> CoursePart {
        let made = self.facts.attempts.iter().any(|attempt| attempt.connection.is_some());
        let taken_out = self.facts.events.iter().any(|event| event.kind == "discarded");
        let missing = match (self.facts.attempts.is_empty(), taken_out) {
            (true, _) => word("Company and connection are not made: begin the case from its draft."),
            (false, true) => word("The case was taken out of the queue, so nothing was made: start it over."),
            (false, false) => word("Company and connection are not made yet. Fairlead goes on by itself."),
        };
        part(made, word("Company and connection are made."), missing)
    }

    fn made_once(&self) -> CoursePart {
        part(
            self.facts.of_this_name <= 1 && self.connections().len() <= 1,
            word("Nothing was made twice."),
            word("The company or its connection was made a second time."),
        )
    }

    fn said_wrong(&self) -> CoursePart {
        let said = self.facts.events.iter().find(|event| event.kind == "business").and_then(|event| event.outcome.as_deref());
        let missing = match said {
            Some(_) => word("It was said that this is the right business; the holder is another."),
            None => word("Nobody has said yet whose accounts these are."),
        };
        part(said == Some("wrong"), word("It stands in the ledger that these are another business\u{2019}s accounts."), missing)
    }

    fn reads_no_more(&self) -> CoursePart {
        let over = self.facts.item.is_some() && !self.connections().iter().any(|found| found.status == "Linked");
        part(over, word("Nothing more is read from them."), word("The connection is still linked, so their data goes on coming."))
    }
}

/// Two computers' clocks may differ by this.
const CLOCKS_MS: i64 = 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn under_way(case: CourseKey) -> UnderWay {
        UnderWay { connection: Some("own".into()), company: Some("c".into()), ..UnderWay::of(case, "COURSE".into(), 0) }
    }

    fn connection(id: &str, status: &str) -> ConnectionEntry {
        ConnectionEntry { id: id.into(), status: status.into(), ..ConnectionEntry::default() }
    }

    fn facts(connections: Vec<ConnectionEntry>) -> Facts {
        Facts { item: Some(CompanyItem { connections, ..CompanyItem::default() }), ..Facts::default() }
    }

    #[test]
    fn nothing_is_done_of_what_nothing_is_known() {
        for case in &super::super::cases::CASES {
            let found = check(&under_way(case.key), &Facts::default());
            assert!(!found.done && found.parts.iter().any(|part| !part.done), "{}: {found:?}", case.title);
        }
    }

    #[test]
    fn a_second_connection_is_one_too_many_and_deleting_both_leaves_nothing() {
        let two = facts(vec![connection("own", "Linked"), connection("other", "PendingAuth")]);
        assert!(!check(&under_way(CourseKey::SlowBank), &two).parts[2].done);
        assert!(!check(&under_way(CourseKey::Duplicate), &facts(vec![])).done);
        assert!(check(&under_way(CourseKey::Duplicate), &facts(vec![connection("other", "Linked")])).done, "either may stay");
    }

    #[test]
    fn saying_that_it_is_the_right_business_is_no_answer_to_another_holder() {
        let said = |outcome: &str| Facts {
            events: vec![Event { kind: "business".into(), outcome: Some(outcome.into()), ..Event::default() }],
            ..facts(vec![connection("own", "Unlinked")])
        };
        assert!(check(&under_way(CourseKey::WrongBusiness), &said("wrong")).done);
        assert!(!check(&under_way(CourseKey::WrongBusiness), &said("right")).done);
    }
}
