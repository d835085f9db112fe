//! Coverage: months by accounts, what is missing, what brings it.

use crate::analysis::view::{CoverageAccount, CoverageCell, CoverageFix, CoverageKind, CoverageView};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{Ring, StatusPill};
use domain::data_type::DataType;
use domain::display::shown;
use domain::figures::Month;
use domain::figures::coverage::{self, Cell, Covered, Fix, History, Line, Part, Rows};
use domain::freshness::{day_of_number, in_words};
use domain::history_window::Window;
use domain::status::ConnectionStatus;
use jiff::civil::Date;
use say::{say, word};
use std::collections::HashMap;
use store::{AccountHistory, AccountRow, ConnectionEntry};

/// Months shown before the required ones.
const BEFORE: i32 = 6;
/// Months that can be required.
const REQUIRED: std::ops::RangeInclusive<u8> = 1..=24;

/// The required months: whole ones before the present one.
struct Asked {
    from: Month,
    to: Month,
    shown_from: Month,
    present: Month,
}

impl Engine {
    /// Which months of which account are here.
    ///
    /// # Errors
    /// When the company is not here or the database cannot be read.
    pub async fn coverage(&self, company_id: String) -> Result<CoverageView> {
        let required = self.preferences().required_months.clamp(*REQUIRED.start(), *REQUIRED.end());
        let today = self.today();
        let (connections, accounts, histories, read) = self
            .store(move |store| {
                let Some(item) = store.company(&company_id)? else { return Ok(None) };
                let mut read = HashMap::new();
                for connection in &item.connections {
                    let cursor = store.cursor(&connection.id, DataType::Transactions.wire())?;
                    read.insert(connection.id.clone(), cursor.and_then(|cursor| cursor.fetched_at));
                }
                Ok(Some((item.connections, store.accounts(&company_id)?, store.histories(&company_id)?, read)))
            })
            .await?
            .ok_or(Error::NotFound("company"))?;
        let mut histories: HashMap<(String, String), AccountHistory> =
            histories.into_iter().map(|history| ((history.connection.clone(), history.account.clone()), history)).collect();
        let held: Vec<(AccountRow, History)> = accounts
            .into_iter()
            .map(|account| {
                let history = histories.remove(&(account.connection.clone(), account.id.clone())).unwrap_or_default();
                let read_to = read.get(&account.connection).copied().flatten().and_then(|at| day_of_number(at.div_euclid(86_400_000)));
                (account, history_of(&history, read_to))
            })
            .collect();
        let present = Month::of(today);
        let from = present.plus(-i32::from(required));
        let oldest = held.iter().filter_map(|(_, history)| history.months.keys().next()).min().copied().unwrap_or(from);
        let window = Asked { from, to: present.plus(-1), shown_from: oldest.clamp(from.plus(-BEFORE), from), present };
        let connections: HashMap<&str, &ConnectionEntry> = connections.iter().map(|found| (found.id.as_str(), found)).collect();
        let accounts: Vec<CoverageAccount> = held
            .iter()
            .filter_map(|(account, history)| Some(row(account, history, connections.get(account.connection.as_str())?, &window, today)))
            .collect();
        Ok(CoverageView {
            sentence: sentence(&accounts, required, &window),
            required,
            required_from: window.from.to_string(),
            required_to: window.to.to_string(),
            months: window.shown_from.up_to(window.present).map(|month| month.to_string()).collect(),
            accounts,
        })
    }
}

fn history_of(history: &AccountHistory, read_to: Option<Date>) -> History {
    let rows = history.months.iter().filter_map(|(month, rows)| {
        let (first, last) = (day_of_number(rows.first)?, day_of_number(rows.last)?);
        Some((Month::from_number(*month)?, Rows { count: rows.count, first, last }))
    });
    let balances = history.balances.iter().filter_map(|(day, amount)| Some((day_of_number(*day)?, *amount)));
    History { months: rows.collect(), balances: balances.collect(), read_to }
}

fn row(account: &AccountRow, history: &History, connection: &ConnectionEntry, window: &Asked, today: Date) -> CoverageAccount {
    let cells = coverage::cells(history, window.shown_from, window.present, today);
    let required: Vec<Covered> = cells.iter().filter(|cell| window.holds(cell.month)).copied().collect();
    let line = match ConnectionStatus::from_wire(&connection.status) {
        ConnectionStatus::Linked => Line::Open,
        _ => Line::Closed,
    };
    let cut = connection.linked_at.is_some_and(|linked_at| !Window { linked_at, queued_at: connection.queued_at }.is_met());
    let fix = coverage::fix(&required, line, cut);
    let counted = required.iter().filter(|cell| cell.counts()).count();
    let ring = match fix {
        None => Ring::Moored,
        Some(_) if required.iter().any(|cell| matches!(cell.cell, Cell::Gap)) || counted == 0 => Ring::Crossed,
        Some(_) => Ring::Half,
    };
    CoverageAccount {
        account_id: account.id.clone(),
        connection_id: account.connection.clone(),
        bank: shown(&account.bank),
        name: shown(&account.name),
        ending: account.ending.as_deref().map(shown),
        currency: shown(&account.currency),
        verdict: StatusPill { ring, word: say!("{counted} of {required}##months", counted, required = required.len()) },
        reasons: reasons(&required, history, line, cut),
        cells: cells.iter().map(|cell| cell_view(*cell, window, history)).collect(),
        fix: fix.map(|fix| match fix {
            Fix::Refresh => CoverageFix::Refresh,
            Fix::Renew => CoverageFix::Renew,
            Fix::AskAnother => CoverageFix::AskAnother,
        }),
    }
}

impl Asked {
    fn holds(&self, month: Month) -> bool {
        (self.from..=self.to).contains(&month)
    }
}

fn cell_view(cell: Covered, window: &Asked, history: &History) -> CoverageCell {
    let (kind, rows, words) = match cell.cell {
        Cell::Rows(rows) => (CoverageKind::Rows, rows, if rows == 1 { say!("1 row") } else { say!("{count} rows", count = rows) }),
        Cell::Empty => (CoverageKind::Empty, 0, say!("0 rows, the balance stood still")),
        Cell::Gap => (CoverageKind::Gap, 0, say!("gap: the balance moved, but no row came")),
        Cell::Unproven => (CoverageKind::Unproven, 0, say!("no row, and no balance that tells why")),
        Cell::NotGiven => (CoverageKind::NotGiven, 0, say!("not given by the bank")),
        Cell::NotRead => (CoverageKind::NotRead, 0, say!("not read yet")),
    };
    let part = match cell.part.filter(|_| matches!(cell.cell, Cell::Rows(_) | Cell::Empty)) {
        None => String::new(),
        Some(Part::NotOver) => say!(", the month is not over"),
        Some(Part::NotReadToEnd) => history.read_to.map_or_else(String::new, |day| say!(", read on {day}", day = in_words(day))),
        Some(Part::BeginsLate) => first_day(history).map_or_else(String::new, |day| say!(", begins on {day}", day = in_words(day))),
    };
    CoverageCell {
        month: cell.month.to_string(),
        kind,
        rows,
        required: window.holds(cell.month),
        counts: cell.counts(),
        words: words + &part,
    }
}

fn first_day(history: &History) -> Option<Date> {
    history.months.values().next().map(|rows| rows.first)
}

/// `Jul and Aug 2026`, `Jul 2026 to Sep 2026`, `3 months from Mar 2026`.
fn named(months: &[Month]) -> String {
    match months {
        [] => String::new(),
        [one] => one.in_words(),
        [one, two] => say!("{one} and {two}", one = one.in_words(), two = two.in_words()),
        [first, .., last] if first.plus(i32::try_from(months.len()).unwrap_or(i32::MAX) - 1) == *last => {
            say!("{from} to {to}", from = first.in_words(), to = last.in_words())
        }
        [first, .., last] => {
            say!("{months} months between {first} and {last}", months = months.len(), first = first.in_words(), last = last.in_words())
        }
    }
}

fn reasons(required: &[Covered], history: &History, line: Line, cut: bool) -> Vec<String> {
    let these = |test: &dyn Fn(&Covered) -> bool| required.iter().filter(|cell| test(cell)).map(|cell| cell.month).collect::<Vec<Month>>();
    let mut said = vec![];
    let closed = if line == Line::Closed { word(" The customer\u{2019}s consent is needed to read on.") } else { "" };
    let not_read = these(&|cell| cell.cell == Cell::NotRead || cell.part == Some(Part::NotReadToEnd) && cell.cell != Cell::NotGiven);
    if !not_read.is_empty() {
        let last =
            history.read_to.map_or_else(|| say!("no read has ended yet"), |day| say!("the last read was on {day}", day = in_words(day)));
        said.push(format!("{}: {last}.{closed}", named(&not_read)));
    }
    let gaps = these(&|cell| cell.cell == Cell::Gap);
    if !gaps.is_empty() {
        said.push(say!("{months}: the balance moved, but no row came. Rows are missing.", months = named(&gaps)));
    }
    let unproven = these(&|cell| cell.cell == Cell::Unproven && cell.part != Some(Part::NotReadToEnd));
    if !unproven.is_empty() {
        said.push(say!("{months}: no row, and no balance that tells whether that is right.{closed}", months = named(&unproven), closed));
    }
    let not_given = these(&|cell| cell.cell == Cell::NotGiven);
    let late = these(&|cell| cell.part == Some(Part::BeginsLate));
    if !not_given.is_empty() || !late.is_empty() {
        let begins = first_day(history)
            .map_or_else(|| say!("The bank gave no row."), |day| say!("The bank\u{2019}s rows begin on {day}.", day = in_words(day)));
        let why = if cut {
            word(" The first read came after the bank\u{2019}s five minutes; a new consent can bring more.")
        } else if line == Line::Open {
            word(" An account that was used before may have the rest.")
        } else {
            ""
        };
        said.push(begins + why);
    }
    let empty = these(&|cell| cell.cell == Cell::Empty && cell.counts());
    if !empty.is_empty() && !said.is_empty() {
        said.push(if empty.len() == 1 {
            say!("{month} counts: 0 rows, and the balance stood still.", month = named(&empty))
        } else {
            say!("{months} count: 0 rows, and the balance stood still.", months = named(&empty))
        });
    }
    said
}

fn sentence(accounts: &[CoverageAccount], required: u8, window: &Asked) -> String {
    let period = if required == 1 {
        window.from.in_words()
    } else {
        say!("{from} to {to}", from = window.from.in_words(), to = window.to.in_words())
    };
    let months = if required == 1 { say!("the required month") } else { say!("all {required} required months", required) };
    let complete = accounts.iter().filter(|account| account.fix.is_none()).count();
    match (accounts.len(), complete) {
        (0, _) => say!("No account is here yet, so no month is covered."),
        (1, 1) => say!("The account has {months}, {period}.", months, period),
        (1, _) => say!("The account has {part} required months, {period}.", part = accounts[0].verdict.word, period),
        (all, complete) if all == complete => say!("All {all} accounts have {months}, {period}.", all, months, period),
        (all, 1) => say!("1 of {all} accounts has {months}, {period}.", all, months, period),
        (all, complete) => say!("{complete} of {all} accounts have {months}, {period}.", complete, all, months, period),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Amount;
    use jiff::civil::date;
    use std::collections::BTreeMap;

    const TODAY: Date = date(2026, 11, 25);

    fn month(number: i8) -> Month {
        Month::of(date(2026, number, 1))
    }

    fn account(rows: &[(i8, u32, i8)], balances: &[(i8, &str)], read_to: Date, status: &str, queued_at: Option<i64>) -> CoverageAccount {
        let months: BTreeMap<Month, Rows> = rows
            .iter()
            .map(|(of, count, day)| (month(*of), Rows { count: *count, first: date(2026, *of, *day), last: date(2026, *of, 20) }))
            .collect();
        let balances = balances.iter().map(|(of, text)| (month(*of).last(), Amount::parse(text).expect("amount"))).collect();
        let account = AccountRow {
            id: "a".into(),
            connection: "k".into(),
            bank: "Bank of Ireland".into(),
            name: "Customs".into(),
            holder: None,
            kind: "Debit".into(),
            ending: Some("0047".into()),
            currency: "EUR".into(),
            current: None,
            available: None,
            balance_day: None,
            from: None,
            to: None,
            transactions: 0,
        };
        let connection = ConnectionEntry { status: status.into(), linked_at: Some(0), queued_at, ..ConnectionEntry::default() };
        let asked = Asked { from: month(5), to: month(10), shown_from: month(4), present: month(11) };
        row(&account, &History { months, balances, read_to: Some(read_to) }, &connection, &asked, TODAY)
    }

    #[test]
    fn an_account_says_what_is_missing_why_and_what_brings_it() {
        let whole = account(
            &[(4, 9, 1), (5, 9, 1), (6, 9, 1), (7, 9, 1), (8, 9, 1), (9, 9, 1), (10, 9, 1), (11, 3, 1)],
            &[],
            TODAY,
            "Linked",
            Some(1),
        );
        assert_eq!((whole.verdict.ring, whole.verdict.word.as_str(), whole.fix, whole.reasons), (Ring::Moored, "6 of 6", None, vec![]));
        assert_eq!(whole.cells.last().map(|cell| (cell.words.as_str(), cell.required)), Some(("3 rows, the month is not over", false)));

        let gap = account(&[(6, 9, 12), (9, 9, 1), (10, 9, 1)], &[(6, "5"), (7, "5"), (8, "7")], TODAY, "Linked", None);
        assert_eq!((gap.verdict.ring, gap.verdict.word.as_str(), gap.fix), (Ring::Crossed, "3 of 6", Some(CoverageFix::Refresh)));
        assert_eq!(
            gap.reasons,
            [
                "Aug 2026: the balance moved, but no row came. Rows are missing.",
                "The bank\u{2019}s rows begin on 12 Jun 2026. The first read came after the bank\u{2019}s five minutes; a new consent can bring more.",
                "Jul 2026 counts: 0 rows, and the balance stood still.",
            ]
        );

        let ended = account(&[(5, 9, 1), (6, 9, 1), (7, 9, 1)], &[], date(2026, 8, 3), "Deauthorized", Some(1));
        assert_eq!((ended.verdict.word.as_str(), ended.fix), ("3 of 6", Some(CoverageFix::Renew)));
        assert_eq!(
            ended.reasons,
            ["Aug 2026 to Oct 2026: the last read was on 3 Aug 2026. The customer\u{2019}s consent is needed to read on."]
        );
    }

    #[test]
    fn one_sentence_says_how_much_of_what_is_required_is_here() {
        let asked = Asked { from: month(5), to: month(10), shown_from: month(4), present: month(11) };
        let whole = account(&[(5, 9, 1), (6, 9, 1), (7, 9, 1), (8, 9, 1), (9, 9, 1), (10, 9, 1)], &[], TODAY, "Linked", Some(1));
        let half = account(&[(9, 9, 1), (10, 9, 1)], &[], TODAY, "Linked", Some(1));
        let said = |accounts: &[&CoverageAccount]| sentence(&accounts.iter().map(|each| (*each).clone()).collect::<Vec<_>>(), 6, &asked);
        assert_eq!(said(&[]), "No account is here yet, so no month is covered.");
        assert_eq!(said(&[&whole]), "The account has all 6 required months, May 2026 to Oct 2026.");
        assert_eq!(said(&[&half]), "The account has 2 of 6 required months, May 2026 to Oct 2026.");
        assert_eq!(said(&[&half, &whole]), "1 of 2 accounts has all 6 required months, May 2026 to Oct 2026.");
        assert_eq!(said(&[&whole, &whole]), "All 2 accounts have all 6 required months, May 2026 to Oct 2026.");
    }
}
