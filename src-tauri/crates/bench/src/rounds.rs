//! A B A B: every side once a round, so that what disturbs the machine disturbs all of them.

use crate::Result;
use crate::measure::{Holds, Ran};
use rust_decimal::Decimal;
use std::str::FromStr as _;

/// One of the things that are compared.
pub(crate) struct Side<'a> {
    pub(crate) name: &'static str,
    pub(crate) run: Box<dyn FnMut() -> Result<Ran> + 'a>,
    pub(crate) check: Check,
}

/// How what a side holds is compared with what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// Rows and sums to the last digit.
    Exact,
    /// Rows, and sums to four digits behind the point: it went through doubles, as scripts do.
    Rounded,
    /// It holds nothing.
    Nothing,
}

impl Check {
    fn passes(self, held: &Holds, wanted: &Holds) -> bool {
        let rounded = |holds: &Holds| -> Vec<(String, Option<Decimal>)> {
            holds.sums.iter().map(|(currency, sum)| (currency.clone(), Decimal::from_str(sum).ok().map(|sum| sum.round_dp(4)))).collect()
        };
        match self {
            Self::Exact => held == wanted,
            Self::Rounded => held.transactions == wanted.transactions && rounded(held) == rounded(wanted),
            Self::Nothing => true,
        }
    }
}

/// All runs of one side, one a round.
pub(crate) struct Runs {
    pub(crate) name: &'static str,
    pub(crate) rounds: Vec<Ran>,
}

/// Runs all sides `rounds` times in turn. A run that ends with other rows or sums than `wanted` voids everything.
///
/// # Errors
/// When a side cannot be run, or did not do its work.
pub(crate) fn interleave(rounds: u32, wanted: &Holds, mut sides: Vec<Side<'_>>) -> Result<Vec<Runs>> {
    let mut all: Vec<Runs> = sides.iter().map(|side| Runs { name: side.name, rounds: vec![] }).collect();
    for round in 1..=rounds {
        for (side, runs) in sides.iter_mut().zip(&mut all) {
            eprint!("\rround {round} of {rounds}: {:<40}", side.name);
            let ran = (side.run)()?;
            if !side.check.passes(&ran.holds, wanted) {
                eprintln!();
                return Err(format!(
                    "void: {} ended with {} rows and sums {:?}; the sandbox holds {} and {:?}",
                    side.name, ran.holds.transactions, ran.holds.sums, wanted.transactions, wanted.sums
                )
                .into());
            }
            runs.rounds.push(ran);
        }
    }
    eprint!("\r{:<60}\r", "");
    Ok(all)
}

/// Middle and spread of some numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Middle {
    pub(crate) median: f64,
    /// From the median to the farther quartile.
    pub(crate) spread: f64,
}

impl Middle {
    pub(crate) fn of(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        let at = |quarter: usize| {
            let place = quarter * (numbers.len().saturating_sub(1));
            let (low, part) = (place / 4, place % 4);
            let (low, high) = (numbers.get(low), numbers.get(low + usize::from(part > 0)));
            let part = [0.0, 0.25, 0.5, 0.75][part];
            low.zip(high).map_or(0.0, |(low, high)| low + (high - low) * part)
        };
        let median = at(2);
        Self { median, spread: (median - at(1)).max(at(3) - median) }
    }

    /// Of one side over another, round by round.
    pub(crate) fn ratio(over: &Runs, under: &Runs, of: impl Fn(&Ran) -> f64) -> Self {
        Self::of(over.rounds.iter().zip(&under.rounds).map(|(over, under)| of(over) / of(under).max(1e-9)).collect())
    }

    pub(crate) fn over(runs: &Runs, of: impl Fn(&Ran) -> f64) -> Self {
        Self::of(runs.rounds.iter().map(of).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_reaches_to_the_farther_quartile() {
        let middle = Middle::of(vec![1.0, 5.0, 2.0, 3.0, 9.0]);
        assert!((middle.median - 3.0).abs() < 1e-12 && (middle.spread - 2.0).abs() < 1e-12, "{middle:?}");
        let two = Middle::of(vec![1.0, 2.0]);
        assert!((two.median - 1.5).abs() < 1e-12 && (two.spread - 0.25).abs() < 1e-12, "{two:?}");
        assert!(Middle::of(vec![]).median.abs() < 1e-12);
    }
}
