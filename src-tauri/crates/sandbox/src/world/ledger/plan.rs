//! What happens when: the calendar (pay day, tax, rent) and the daily business that fills the rest. The plan of a day
//! never depends on a later day, so a longer plan begins with the shorter one.

use super::trade::{Trade, What, working_day};
use super::words;
use super::{AccountKind, LedgerSpec, accounts::Account};
use crate::world::Dice;
use jiff::{Span, civil::Date};

/// Something that will happen on a day; its amount is decided when the day comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Event {
    pub day: Date,
    pub what: What,
    /// Which of several of the kind (the employee, the supplier).
    pub nth: usize,
    /// Money moves between two own accounts, and this is the receiving leg.
    pub other_leg: bool,
    /// The account it happens on.
    pub account: usize,
}

/// The whole plan of a spec from its first day to a last one.
pub(super) struct Plan {
    pub first_day: Date,
    /// By day.
    pub events: Vec<Event>,
    /// How many daily items the history has, for the size of each.
    pub daily_items: u64,
    /// Days of history.
    pub days: u64,
}

/// How many people and contracts the business has.
pub(super) struct Shape {
    pub staff: usize,
    pub subscriptions: usize,
}

/// Plans everything up to and with `until`.
pub(super) fn plan(spec: &LedgerSpec, trade: Trade, shape: &Shape, accounts: &[Account], until: Date) -> Plan {
    let first_day = spec.opened.saturating_sub(Span::new().months(i64::from(spec.months.min(600))));
    // The day of linking itself stays quiet, so that a fresh link shows exactly the history asked for.
    let last_of_history = spec.opened.saturating_sub(Span::new().days(1)).max(first_day);
    let days = each_day(first_day, last_of_history).count() as u64;
    let end = until.max(last_of_history);

    let mut calendar = calendar(trade, shape, accounts, first_day, end);
    calendar.retain(|event| event.day >= first_day && event.day <= end && event.day != spec.opened);
    calendar.sort_unstable();
    let in_history = calendar.partition_point(|event| event.day <= last_of_history) as u64;
    let wanted = spec.transactions.map_or(in_history + 2 * days, u64::from);
    let daily_items = wanted.saturating_sub(in_history);
    if wanted < in_history {
        thin(&mut calendar, wanted, in_history);
    }

    let mut events = calendar;
    if daily_items > 0 {
        let total: u64 = each_day(first_day, last_of_history).map(|day| trade.weight(day)).sum::<u64>().max(1);
        let mut sum = 0_u64;
        for day in each_day(first_day, end) {
            if day == spec.opened {
                continue;
            }
            let before = daily_items * sum / total;
            sum += trade.weight(day);
            let count = daily_items * sum / total - before;
            for nth in 0..count {
                events.push(daily(spec, trade, accounts, day, nth));
            }
        }
        // Stable: within a day the calendar comes first, then the business in its own order.
        events.sort_by_key(|event| event.day);
    }
    events.retain(|event| event.day <= until);
    Plan { first_day, events, daily_items, days }
}

/// Days from `first` to `last`, both included.
pub(super) fn each_day(first: Date, last: Date) -> impl Iterator<Item = Date> {
    first.series(Span::new().days(1)).take_while(move |day| *day <= last)
}

/// Keeps `wanted` of every `of` events, evenly spread.
fn thin(events: &mut Vec<Event>, wanted: u64, of: u64) {
    let mut index = 0_u64;
    events.retain(|_| {
        let keep = (index + 1) * wanted / of > index * wanted / of;
        index += 1;
        keep
    });
}

fn calendar(trade: Trade, shape: &Shape, accounts: &[Account], first: Date, last: Date) -> Vec<Event> {
    let find = |kind: AccountKind| accounts.iter().position(|account| account.kind == kind);
    let all = |kind: AccountKind| accounts.iter().enumerate().filter(move |(_, account)| account.kind == kind).map(|(index, _)| index);
    let main = 0;
    let mut events = Vec::new();
    let mut month = first.first_of_month().saturating_sub(Span::new().months(1));
    while month <= last {
        let on = |day: i8| month.with().day(day.min(month.days_in_month())).build().unwrap_or(month);
        for nth in 0..shape.staff {
            // Pay day: the 28th, or the Friday before.
            let mut day = on(28);
            while working_day(day) != day {
                day = day.saturating_sub(Span::new().days(1));
            }
            events.push(one(day, What::Salary, nth, main));
        }
        events.push(one(working_day(on(22)), What::PayrollTax, 0, main));
        if month.month() % 3 == 2 {
            events.push(one(working_day(on(7)), What::Vat, 0, main));
        }
        events.push(one(working_day(on(1)), What::Rent, 0, main));
        for nth in 0..words::UTILITY_BILLS {
            events.push(one(working_day(on([5, 9, 14, 17][nth % 4])), What::Utility, nth, main));
        }
        events.push(one(working_day(on(12)), What::Insurance, 0, main));
        let card_or_main = find(AccountKind::Card).unwrap_or(main);
        for nth in 0..shape.subscriptions {
            events.push(one(on([2, 6, 11, 16, 21, 25][nth % 6]), What::Subscription, nth, card_or_main));
        }
        events.push(one(working_day(on(3)), What::ProcessorFee, 0, main));
        events.push(one(working_day(on(30)), What::AccountFee, 0, main));
        if let Some(loan) = find(AccountKind::Loan) {
            events.extend(both(working_day(on(18)), What::LoanRepayment, 0, main, loan));
        } else {
            events.push(one(working_day(on(18)), What::LoanRepayment, 0, main));
        }
        if let Some(card) = find(AccountKind::Card) {
            events.extend(both(working_day(on(20)), What::CardSettlement, 0, main, card));
        }
        for (nth, foreign) in all(AccountKind::Foreign).enumerate() {
            events.extend(both(working_day(on(15)), What::Conversion, nth, foreign, main));
        }
        for (nth, branch) in all(AccountKind::Branch).enumerate() {
            events.extend(both(working_day(on(24)), What::BranchSweep, nth, branch, main));
        }
        if let Some(savings) = find(AccountKind::Savings) {
            events.extend(both(working_day(on(26)), What::Sweep, 0, main, savings));
        }
        if let Some(loan) = find(AccountKind::Loan) {
            events.push(one(on(31), What::LoanInterest, 0, loan));
        }
        if month.month() % 3 == 0 {
            for (nth, account) in all(AccountKind::Savings).chain(all(AccountKind::Foreign)).enumerate() {
                events.push(one(on(31), What::Interest, nth, account));
            }
        }
        month = month.saturating_add(Span::new().months(1));
    }
    if trade.takings_budget() > 0 {
        events.extend(each_day(first, last).filter(|day| Trade::takes_money(*day)).map(|day| one(day, What::Takings, 0, main)));
    }
    events
}

fn daily(spec: &LedgerSpec, trade: Trade, accounts: &[Account], day: Date, nth: u64) -> Event {
    let mut dice = Dice::new(spec.seed, &[super::accounts::connection_key(spec), 0xda11, number_of(day).into(), nth]);
    let mut point = dice.below(1000);
    let mut what = What::Purchase;
    for line in trade.lines() {
        if point < line.share {
            what = line.what;
            break;
        }
        point -= line.share;
    }
    let count = accounts.len() as u64;
    let one_of = |dice: &mut Dice, wanted: AccountKind| -> Option<usize> {
        let first = accounts.iter().position(|account| account.kind == wanted)?;
        let many = accounts.iter().filter(|account| account.kind == wanted).count() as u64;
        let skip = usize::try_from(dice.below(many)).unwrap_or(0);
        accounts.iter().enumerate().skip(first).filter(|(_, account)| account.kind == wanted).nth(skip).map(|(index, _)| index)
    };
    // The more branches, the more of the business is theirs.
    let at_a_branch = count > 6 && dice.chance(count - 6, count - 3);
    let home = if at_a_branch { one_of(&mut dice, AccountKind::Branch).unwrap_or(0) } else { 0 };
    let account = match what {
        What::Purchase => one_of(&mut dice, AccountKind::Card).unwrap_or(home),
        What::ForeignIn | What::ForeignOut => match one_of(&mut dice, AccountKind::Foreign) {
            Some(account) => account,
            None => {
                what = if what == What::ForeignIn { What::CustomerPayment } else { What::Supplier };
                home
            }
        },
        _ => home,
    };
    one(day, what, usize::try_from(nth).unwrap_or(0), account)
}

fn one(day: Date, what: What, nth: usize, account: usize) -> Event {
    Event { day, what, nth, other_leg: false, account }
}

/// The two legs of money moving between own accounts.
fn both(day: Date, what: What, nth: usize, from: usize, to: usize) -> [Event; 2] {
    [one(day, what, nth, from), Event { day, what, nth, other_leg: true, account: to }]
}

/// `yyyymmdd`.
pub(super) fn number_of(day: Date) -> u32 {
    let part = |value: i16| u32::from(value.unsigned_abs());
    part(day.year()) * 10_000 + part(day.month().into()) * 100 + part(day.day().into())
}
