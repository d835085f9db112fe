//! The underwriting lens: the few figures that a decision stands on, each with its sentence, its period, its accounts and its rows.

use crate::analysis::cash_flow::list;
use crate::analysis::period::{Period, ends};
use crate::analysis::view::{FigureKey, FigureUnit, FigureView, LensView, PeriodQuery, RecurringView, RowsOf};
use crate::engine::Engine;
use crate::error::{Error, Result};
use domain::display::shown;
use domain::figures::balance::{self, Standing};
use domain::figures::counterparty::{Counterparty, Parties, Told};
use domain::figures::coverage::BEGINS_BY;
use domain::figures::recurring::{self, Beat, Recurring};
use domain::figures::transfers::{self, Leg};
use domain::figures::{Month, in_currency, spread};
use domain::freshness::{day_of_number, in_words};
use domain::money::Total;
use jiff::civil::Date;
use rust_decimal::Decimal;
use say::say;
use std::collections::{BTreeMap, HashMap};
use store::{Movement, Store, StoreError};

/// Recurring sets shown of each direction.
const MOST: usize = 20;

/// A counterparty as the rows tell it.
struct Who {
    named: Option<Counterparty>,
    /// Texts that may say that it is a lender.
    description: String,
    category: String,
}

/// The rows of a period in one currency.
#[derive(Default)]
struct Rows {
    legs: Vec<Leg>,
    /// Whose each is.
    who: Vec<usize>,
    known: Vec<Who>,
    by_key: HashMap<String, usize>,
    /// The key at hand.
    key: String,
    /// By connection and id.
    accounts: HashMap<String, HashMap<String, usize>>,
}

impl Rows {
    fn add(&mut self, row: &Movement<'_>) {
        let told = Told::by(row.merchant, row.description);
        self.key.clear();
        if let Some(told) = &told {
            told.key(&mut self.key);
        }
        let who = match self.by_key.get(&self.key).filter(|_| told.is_some()) {
            Some(known) => *known,
            None => self.meet(told.map(|told| told.counterparty()), row),
        };
        let account = self.account(row);
        self.legs.push(Leg { day: row.day, account, amount: row.amount });
        self.who.push(who);
    }

    /// A counterparty that no row before named.
    fn meet(&mut self, named: Option<Counterparty>, row: &Movement<'_>) -> usize {
        let next = self.known.len();
        if let Some(named) = &named {
            self.by_key.insert(named.key.clone(), next);
        }
        let category = row.category_name.or(row.category).unwrap_or_default();
        self.known.push(Who { named, description: row.description.to_owned(), category: category.to_owned() });
        next
    }

    fn account(&mut self, row: &Movement<'_>) -> usize {
        let known = self.accounts.get(row.connection).and_then(|accounts| accounts.get(row.account));
        known.copied().unwrap_or_else(|| {
            let next = self.accounts.values().map(HashMap::len).sum();
            self.accounts.entry(row.connection.to_owned()).or_default().insert(row.account.to_owned(), next);
            next
        })
    }
}

impl Engine {
    /// The figures of the lens over whole months.
    ///
    /// # Errors
    /// When the company is not here or the database cannot be read.
    pub async fn lens(&self, query: PeriodQuery) -> Result<LensView> {
        let today = self.today();
        self.store(move |store| read(store, &query, today)).await?.ok_or(Error::NotFound("company"))
    }
}

fn read(store: &Store, query: &PeriodQuery, today: Date) -> std::result::Result<Option<LensView>, StoreError> {
    let Some(period) = Period::read(store, query, today)? else { return Ok(None) };
    let mut rows = Rows::default();
    let (from, to) = ends(period.from.first(), period.last_whole_day());
    store.each_movement(&query.company_id, from, to, |row| {
        if row.currency == period.currency {
            rows.add(row);
        }
    })?;
    Ok(Some(view(period, &rows)))
}

/// What stays when transfers between own accounts are left out.
#[derive(Default)]
struct Outside {
    payers: Parties,
    months: BTreeMap<Month, Total>,
    rows_in: u32,
    transfers: u32,
    /// First and last day with a row.
    days: Option<(Date, Date)>,
    beats: BTreeMap<(usize, bool), Vec<Beat>>,
}

fn outside(rows: &Rows) -> Outside {
    let own = transfers::own(&rows.legs);
    let mut outside = Outside::default();
    for ((leg, who), own) in rows.legs.iter().zip(&rows.who).zip(own) {
        let (Some(day), Some(known)) = (day_of_number(leg.day), rows.known.get(*who)) else { continue };
        let (first, last) = outside.days.unwrap_or((day, day));
        outside.days = Some((first.min(day), last.max(day)));
        if own {
            outside.transfers += 1;
            continue;
        }
        let out = leg.amount.is_negative();
        if known.named.is_some() {
            outside.beats.entry((*who, out)).or_default().push(Beat { day, amount: leg.amount });
        }
        if !out {
            outside.rows_in += 1;
            match &known.named {
                Some(named) => outside.payers.add_named(named, leg.amount),
                None => outside.payers.add_unnamed(leg.amount),
            }
            outside.months.entry(Month::of(day)).or_default().add(leg.amount);
        }
    }
    outside
}

fn view(period: Period, rows: &Rows) -> LensView {
    let outside = outside(rows);
    let (from, to) = (period.from.first(), period.last_whole_day());
    // What is overdue is told by what was read, not by the calendar.
    let read_to = outside.days.map_or(to, |(_, last)| last);
    let mut recurring_in = vec![];
    let mut recurring_out = vec![];
    let mut loans = vec![];
    for ((who, out), beats) in &outside.beats {
        let Some(Who { named: Some(named), description, category }) = rows.known.get(*who) else { continue };
        let why = recurring::loan_word(&[&named.name, description, category]).filter(|_| *out);
        for found in recurring::find(beats, read_to) {
            let view = recurring_view(&found, named, *out, &period.currency, why);
            if why.is_some() {
                loans.push((found.a_month(), view.clone()));
            }
            if *out { &mut recurring_out } else { &mut recurring_in }.push((found.a_month(), view));
        }
    }
    let figures = figures(&period, &outside, [&recurring_in, &recurring_out, &loans]);
    LensView {
        rows: u32::try_from(rows.legs.len()).unwrap_or(u32::MAX),
        transfers: outside.transfers,
        figures,
        payers: list(&outside.payers, "in", &period.currency, from, to),
        recurring_in: largest(recurring_in),
        recurring_out: largest(recurring_out),
        loans: largest(loans),
        currencies: period.currencies,
        currency: period.currency,
        from: from.to_string(),
        to: to.to_string(),
        accounts: period.accounts,
    }
}

/// Money in of the months that the rows cover from their first week to their last.
fn monthly_in(outside: &Outside) -> Vec<Decimal> {
    let Some((first, last)) = outside.days else { return vec![] };
    let from = Month::of(first).plus(i32::from(first.day() > BEGINS_BY));
    let to = Month::of(last).plus(-i32::from(Month::of(last).last().day() - last.day() >= BEGINS_BY));
    let sum = |month| outside.months.get(&month).map_or(Some(Decimal::ZERO), |sum: &Total| Some(sum.amount()?.decimal()));
    from.up_to(to).filter_map(sum).collect()
}

type Weighed = (Option<Decimal>, RecurringView);

/// The dearest first.
fn largest(mut found: Vec<Weighed>) -> Vec<RecurringView> {
    found.sort_by(|(one, left), (other, right)| other.cmp(one).then_with(|| left.name.cmp(&right.name)));
    found.into_iter().take(MOST).map(|(_, view)| view).collect()
}

fn recurring_view(found: &Recurring, who: &Counterparty, out: bool, currency: &str, why: Option<&str>) -> RecurringView {
    let day = |beat: Option<&Beat>| beat.map(|beat| beat.day.to_string()).unwrap_or_default();
    let (first, last) = (day(found.beats.first()), day(found.beats.last()));
    let direction = if out { "out" } else { "in" };
    RecurringView {
        name: shown(&who.name),
        rhythm: found.rhythm.word().to_owned(),
        rows: u32::try_from(found.beats.len()).unwrap_or(u32::MAX),
        usual: found.usual.to_string(),
        least: found.range.0.to_string(),
        most: found.range.1.to_string(),
        a_month: found.a_month().map(|sum| in_currency(sum, currency)),
        goes_on: found.goes_on,
        why: why.map(str::to_owned),
        opens: RowsOf {
            from: first.clone(),
            to: last.clone(),
            text: format!("{direction} {currency} >{} <{} {}", found.range.0, found.range.1, shown(&who.finds)),
        },
        first,
        last,
    }
}

fn figures(period: &Period, outside: &Outside, [recurring_in, recurring_out, loans]: [&Vec<Weighed>; 3]) -> Vec<FigureView> {
    let currency = &period.currency;
    let (from, to) = (period.from.first(), period.last_whole_day());
    let opens = |text: String| Some(RowsOf { from: from.to_string(), to: to.to_string(), text });
    let standing = balance::standing(&period.closings, from, to);
    let days = |standing: &Standing| {
        say!("{days} days, {from} to {to}", days = standing.days, from = in_words(standing.from), to = in_words(standing.to))
    };
    let unknown = || say!("no day on which all accounts are known");
    let money = |amount: Decimal| in_currency(amount, currency);
    let months = monthly_in(outside);
    let top = outside.payers.ranked().first().map(|party| ((*party).clone(), outside.payers.share(&party.sum)));
    let going = |found: &Vec<Weighed>| found.iter().filter(|(_, view)| view.goes_on).filter_map(|(sum, _)| *sum).collect::<Vec<Decimal>>();
    let sum = |found: &[Decimal]| found.iter().try_fold(Decimal::ZERO, |sum, next| sum.checked_add(*next)).map(money);
    let sets = |found: &Vec<Weighed>| {
        let rows: u32 = found.iter().filter(|(_, view)| view.goes_on).map(|(_, view)| view.rows).sum();
        (
            rows,
            match going(found).len() {
                1 => say!("1 that goes on, {rows} rows", rows),
                many => say!("{many} that go on, {rows} rows", many, rows),
            },
        )
    };
    let figure = |key, unit, value, note: String, rows, opens| FigureView { key, unit, value, note, rows, opens };
    let recur = |key, found| {
        let (rows, note) = sets(found);
        figure(key, FigureUnit::Money, sum(&going(found)), note, rows, None)
    };
    let whole = || opens(format!("in {currency}"));
    vec![
        figure(
            FigureKey::AverageBalance,
            FigureUnit::Money,
            standing.as_ref().map(|found| money(found.average)),
            standing.as_ref().map_or_else(unknown, days),
            0,
            opens(currency.clone()),
        ),
        figure(
            FigureKey::LowestBalance,
            FigureUnit::Money,
            standing.as_ref().map(|found| money(found.lowest.1)),
            standing.as_ref().map_or_else(unknown, |found| say!("on {day}", day = in_words(found.lowest.0))),
            0,
            standing.as_ref().map(|found| {
                let day = found.lowest.0.to_string();
                RowsOf { from: day.clone(), to: day, text: currency.clone() }
            }),
        ),
        figure(
            FigureKey::DaysNegative,
            FigureUnit::Days,
            standing.as_ref().map(|found| found.negative.to_string()),
            standing.as_ref().map_or_else(unknown, |found| say!("of {days}", days = days(found))),
            0,
            opens(currency.clone()),
        ),
        figure(
            FigureKey::TopPayer,
            FigureUnit::Percent,
            top.as_ref().and_then(|(_, share)| *share).map(|share| share.to_string()),
            top.as_ref().map_or_else(
                || say!("no payer has a name"),
                |(party, _)| say!("{name}, {count} rows", name = shown(&party.name), count = party.rows),
            ),
            top.as_ref().map_or(0, |(party, _)| party.rows),
            top.as_ref().and_then(|(party, _)| opens(format!("in {currency} {}", shown(&party.finds)))),
        ),
        figure(
            FigureKey::Concentration,
            FigureUnit::Index,
            outside.payers.hhi().map(|index| index.to_string()),
            say!("{rows_in} rows in, {unnamed} without a name", rows_in = outside.rows_in, unnamed = outside.payers.unnamed().rows),
            outside.rows_in,
            whole(),
        ),
        figure(
            FigureKey::Volatility,
            FigureUnit::Percent,
            spread::volatility(&months).map(|spread| spread.to_string()),
            say!("{count} whole months", count = months.len()),
            outside.rows_in,
            whole(),
        ),
        recur(FigureKey::RecurringIn, recurring_in),
        recur(FigureKey::RecurringOut, recurring_out),
        recur(FigureKey::Loans, loans),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::figures::balance::Closings;
    use domain::money::Amount;
    use jiff::civil::date;

    fn period(closings: Vec<Closings>) -> Period {
        Period {
            currencies: vec!["GBP".into()],
            currency: "GBP".into(),
            from: Month::of(date(2026, 8, 1)),
            present: Month::of(date(2026, 11, 25)),
            today: date(2026, 11, 25),
            sums: BTreeMap::new(),
            accounts: vec![],
            closings,
        }
    }

    fn rows(told: &[(Date, &str, &str, &str)]) -> Rows {
        let mut rows = Rows::default();
        for (day, account, amount, description) in told {
            rows.add(&Movement {
                day: domain::freshness::number_of_day(*day),
                amount: Amount::parse(amount).expect("amount"),
                currency: "GBP",
                account,
                connection: "k",
                description,
                merchant: None,
                category: None,
                category_name: None,
            });
        }
        rows
    }

    #[test]
    fn every_figure_is_that_computed_by_hand_and_names_its_rows() {
        let mut told = vec![];
        for month in 8..=10 {
            told.push((date(2026, month, 3), "a", "300", "FPI ALDERTON HOTELS INV 1"));
            told.push((date(2026, month, 5), "a", "-90.00", "BUSINESS LOAN REPAYMENT"));
            // To the reserve: neither in nor out.
            told.push((date(2026, month, 7), "a", "-40", "TRANSFER"));
            told.push((date(2026, month, 8), "b", "40.00", "TRANSFER"));
        }
        told.push((date(2026, 10, 26), "a", "100", "FPI PENDLE FESTIVALS"));
        let closings = vec![
            (date(2026, 7, 31), Amount::parse("10").expect("amount")),
            (date(2026, 10, 30), Amount::parse("-82").expect("amount")),
            (date(2026, 11, 2), Amount::ZERO),
        ];
        let lens = view(period(vec![closings]), &rows(&told));
        assert_eq!((lens.from.as_str(), lens.to.as_str(), lens.rows, lens.transfers), ("2026-08-01", "2026-10-31", 13, 6));
        let values: Vec<(FigureKey, Option<&str>, &str)> =
            lens.figures.iter().map(|figure| (figure.key, figure.value.as_deref(), figure.note.as_str())).collect();
        assert_eq!(
            values,
            [
                // 90 days of 10 and 2 of −82.
                (FigureKey::AverageBalance, Some("8.00"), "92 days, 1 Aug 2026 to 31 Oct 2026"),
                (FigureKey::LowestBalance, Some("-82.00"), "on 30 Oct 2026"),
                (FigureKey::DaysNegative, Some("2"), "of 92 days, 1 Aug 2026 to 31 Oct 2026"),
                (FigureKey::TopPayer, Some("90.0"), "ALDERTON HOTELS, 3 rows"),
                (FigureKey::Concentration, Some("8200"), "4 rows in, 0 without a name"),
                // 300, 300, 400: mean 333.33, deviation 47.14.
                (FigureKey::Volatility, Some("14.1"), "3 whole months"),
                (FigureKey::RecurringIn, Some("300.00"), "1 that goes on, 3 rows"),
                (FigureKey::RecurringOut, Some("90.00"), "1 that goes on, 3 rows"),
                (FigureKey::Loans, Some("90.00"), "1 that goes on, 3 rows"),
            ]
        );
        let loan = lens.loans.first().expect("a loan");
        assert_eq!((loan.why.as_deref(), loan.first.as_str(), loan.last.as_str()), (Some("loan"), "2026-08-05", "2026-10-05"));
        assert_eq!(loan.opens.text, "out GBP >90.00 <90.00 \"BUSINESS\" \"LOAN\" \"REPAYMENT\"");
    }

    #[test]
    fn where_reading_stopped_nothing_is_overdue_and_no_half_month_counts() {
        let mut told: Vec<(Date, &str, &str, &str)> = (8..=9).map(|month| (date(2026, month, 2), "a", "50", "FPI X")).collect();
        told.extend([6, 7, 8, 9].map(|month| (date(2026, month, 12), "a", "-90.00", "BUSINESS LOAN REPAYMENT")));
        told.sort_by_key(|row| row.0);
        let lens = view(period(vec![]), &rows(&told));
        assert_eq!(lens.loans.first().map(|loan| loan.goes_on), Some(true), "the next was due after the last row");
        let months = lens.figures.iter().find(|figure| figure.key == FigureKey::Volatility).map(|figure| figure.note.as_str());
        assert_eq!(months, Some("2 whole months"), "July and August: June begins, September stops in the middle");
    }

    #[test]
    fn what_cannot_be_told_is_not_told() {
        let lens = view(period(vec![]), &Rows::default());
        for figure in &lens.figures[..6] {
            assert_eq!(figure.value, None, "{:?}", figure.key);
        }
        assert_eq!((lens.rows, lens.loans.len()), (0, 0));
    }
}
