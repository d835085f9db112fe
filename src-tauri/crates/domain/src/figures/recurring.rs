//! What comes again and again: the same counterparty, about the same amount, in an even rhythm. Pure.
//!
//! Rows of one counterparty are put together while the largest is within a tenth of the smallest. Such a set recurs when it has at least three rows
//! (two a year apart do not prove a rhythm) and at least four of five of its gaps fit one rhythm.

use crate::money::Amount;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// A row as far as rhythm is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Its day.
    pub day: Date,
    /// Its amount.
    pub amount: Amount,
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rhythm {
    /// Every 6 to 8 days.
    Weekly,
    /// Every 12 to 16 days.
    Fortnightly,
    /// Every 25 to 36 days: a payday may fall before or after a weekend.
    Monthly,
    /// Every 84 to 98 days.
    Quarterly,
}

impl Rhythm {
    const ALL: [Self; 4] = [Self::Weekly, Self::Fortnightly, Self::Monthly, Self::Quarterly];

    fn days(self) -> std::ops::RangeInclusive<i64> {
        match self {
            Self::Weekly => 6..=8,
            Self::Fortnightly => 12..=16,
            Self::Monthly => 25..=36,
            Self::Quarterly => 84..=98,
        }
    }

    /// Times a year.
    #[must_use]
    pub fn a_year(self) -> u32 {
        match self {
            Self::Weekly => 52,
            Self::Fortnightly => 26,
            Self::Monthly => 12,
            Self::Quarterly => 4,
        }
    }

    /// One word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Weekly => "weekly",
            Self::Fortnightly => "fortnightly",
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
        }
    }
}

/// A set of rows that recurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recurring {
    /// How often.
    pub rhythm: Rhythm,
    /// Rows, oldest first.
    pub beats: Vec<Beat>,
    /// Its middle amount; of an even number the smaller of the two.
    pub usual: Amount,
    /// Smallest and largest magnitude.
    pub range: (Amount, Amount),
    /// The next one is not overdue on the last day read.
    pub goes_on: bool,
}

impl Recurring {
    /// What it comes to in a month: usual amount, times a year, by twelve.
    #[must_use]
    pub fn a_month(&self) -> Option<Decimal> {
        self.usual.magnitude().decimal().checked_mul(Decimal::from(self.rhythm.a_year()))?.checked_div(Decimal::from(12))
    }
}

/// What recurs among the rows of one counterparty and direction. `read_to` is the last day that is known.
#[must_use]
pub fn find(beats: &[Beat], read_to: Date) -> Vec<Recurring> {
    let mut by_size: Vec<Beat> = beats.to_vec();
    by_size.sort_by_key(|beat| (beat.amount.magnitude(), beat.day));
    let mut found = vec![];
    let mut rest = by_size.as_slice();
    while let Some(smallest) = rest.first() {
        // Largest at most a tenth above the smallest.
        let most = smallest.amount.magnitude().decimal() * Decimal::new(11, 1);
        let many = rest.partition_point(|beat| beat.amount.magnitude().decimal() <= most);
        let (set, others) = rest.split_at(many.max(1));
        rest = others;
        found.extend(recurs(set, read_to));
    }
    found
}

fn recurs(set: &[Beat], read_to: Date) -> Option<Recurring> {
    let (smallest, largest) = (set.first()?.amount.magnitude(), set.last()?.amount.magnitude());
    let usual = set.get((set.len() - 1) / 2)?.amount;
    let mut beats = set.to_vec();
    beats.sort_by_key(|beat| beat.day);
    // Two on one day are one beat.
    let mut days: Vec<Date> = beats.iter().map(|beat| beat.day).collect();
    days.dedup();
    if days.len() < 3 || smallest == Amount::ZERO {
        return None;
    }
    let gaps: Vec<i64> = days.windows(2).filter_map(|pair| Some(days_between(*pair.first()?, *pair.get(1)?))).collect();
    let rhythm = Rhythm::ALL.into_iter().find(|rhythm| {
        let fitting = gaps.iter().filter(|gap| rhythm.days().contains(gap)).count();
        fitting * 5 >= gaps.len() * 4
    })?;
    let since = days_between(*days.last()?, read_to);
    Some(Recurring { rhythm, beats, usual, range: (smallest, largest), goes_on: since <= *rhythm.days().end() })
}

fn days_between(from: Date, to: Date) -> i64 {
    crate::freshness::number_of_day(to) - crate::freshness::number_of_day(from)
}

/// Words that lenders, leasing companies and their repayments carry, folded, in the languages of the banks that Codat reads.
const LOAN_WORDS: [&str; 30] = [
    "advance",
    "amortissement",
    "annuity",
    "capital repayment",
    "darlehen",
    "emprunt",
    "finance",
    "financing",
    "financiera",
    "funding",
    "hire purchase",
    "hypothek",
    "iwoca",
    "kredit",
    "lease",
    "leasing",
    "lend",
    "lender",
    "lending",
    "loan",
    "loc repayment",
    "mortgage",
    "prestamo",
    "pret",
    "prestito",
    "repayment",
    "tilgung",
    "kreditrate",
    "youlend",
    "lening",
];

/// Which word of a recurring payment's texts makes it look like the repayment of a loan or a lease. A category of debt counts too.
#[must_use]
pub fn loan_word(texts: &[&str]) -> Option<&'static str> {
    let folded: Vec<String> =
        texts.iter().map(|text| format!(" {} ", crate::bank_search::fold(text).replace(['.', ',', '/', '-'], " "))).collect();
    LOAN_WORDS.into_iter().find(|word| folded.iter().any(|text| text.contains(&format!(" {word} "))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn beat(day: Date, text: &str) -> Beat {
        Beat { day, amount: Amount::parse(text).expect(text) }
    }

    fn every(first: Date, days: i64, many: i64, text: &str) -> Vec<Beat> {
        (0..many).map(|number| beat(first.checked_add((number * days).days()).expect("day"), text)).collect()
    }

    const READ_TO: Date = date(2026, 11, 24);

    #[test]
    fn a_rent_on_the_first_of_the_month_recurs_and_its_figures_are_those_computed_by_hand() {
        let rent: Vec<Beat> = (6..=11).map(|month| beat(date(2026, month, 1), if month < 10 { "-1000" } else { "-1050" })).collect();
        let found = find(&rent, READ_TO);
        let [rent] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((rent.rhythm, rent.beats.len(), rent.goes_on), (Rhythm::Monthly, 6, true));
        assert_eq!(
            (rent.usual.to_string(), rent.range.0.to_string(), rent.range.1.to_string()),
            ("-1000".into(), "1000".into(), "1050".into())
        );
        assert_eq!(rent.a_month(), Some(Decimal::from(1000)));
        let weekly = find(&every(date(2026, 9, 1), 7, 6, "30"), READ_TO);
        assert_eq!(weekly[0].a_month(), Some(Decimal::from(130)), "30 × 52 / 12");
        assert!(!weekly[0].goes_on, "the last was on 6 October");
    }

    #[test]
    fn two_streams_of_one_counterparty_are_two_and_noise_is_none() {
        let mut rows = every(date(2026, 5, 4), 28, 7, "-200");
        rows.extend(every(date(2026, 5, 6), 91, 3, "-999"));
        let found: Vec<(Rhythm, usize)> = find(&rows, READ_TO).iter().map(|each| (each.rhythm, each.beats.len())).collect();
        assert_eq!(found, [(Rhythm::Monthly, 7), (Rhythm::Quarterly, 3)]);
        let noise = [1, 3, 20, 22, 61].map(|day| beat(date(2026, 6, 1).checked_add(i64::from(day).days()).expect("day"), "-50"));
        assert_eq!(find(&noise, READ_TO), []);
        assert_eq!(find(&every(date(2026, 9, 1), 30, 2, "-50"), READ_TO), [], "twice is no rhythm");
        assert_eq!(find(&[], READ_TO), []);
    }

    #[test]
    fn one_missed_payment_in_five_does_not_break_a_rhythm_and_two_do() {
        let mut rows = every(date(2026, 1, 5), 30, 10, "-75");
        rows.remove(4);
        assert_eq!(find(&rows, READ_TO).len(), 1);
        rows.remove(2);
        rows.remove(4);
        assert_eq!(find(&rows, READ_TO), []);
    }

    #[test]
    fn a_loan_is_known_by_its_words_only_when_they_stand_alone() {
        assert_eq!(loan_word(&["BUSINESS LOAN REPAYMENT"]), Some("loan"));
        assert_eq!(loan_word(&["Grenke Leasing Ltd", ""]), Some("leasing"));
        assert_eq!(loan_word(&["SLOANE STREET RENT"]), None);
        assert_eq!(loan_word(&["Préstamo ICO"]), Some("prestamo"));
    }

    proptest! {
        #[test]
        fn whatever_recurs_is_made_of_the_rows_given_each_once(rows in prop::collection::vec((0_i64..700, 1_i64..400), 0..60)) {
            let beats: Vec<Beat> = rows.iter().map(|(day, units)| {
                Beat { day: date(2025, 1, 1).checked_add(day.days()).expect("day"), amount: Amount::from_units(-units, 0).expect("fits") }
            }).collect();
            let found = find(&beats, date(2026, 12, 31));
            prop_assert!(found.iter().map(|each| each.beats.len()).sum::<usize>() <= beats.len());
            for each in found {
                prop_assert!(each.beats.iter().all(|beat| beats.contains(beat)));
                prop_assert!(each.range.1.decimal() <= each.range.0.decimal() * Decimal::new(11, 1));
            }
        }

        #[test]
        fn an_even_rhythm_is_always_found(days in prop::sample::select(vec![7_i64, 14, 30, 91]), many in 3_i64..12, cents in 1_i64..1_000_000) {
            let beats: Vec<Beat> = (0..many).map(|number| Beat {
                day: date(2024, 1, 1).checked_add((number * days).days()).expect("day"), amount: Amount::from_units(cents, 2).expect("fits"),
            }).collect();
            prop_assert_eq!(find(&beats, date(2026, 12, 31)).len(), 1);
        }
    }
}
