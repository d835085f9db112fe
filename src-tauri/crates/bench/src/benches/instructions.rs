//! Instructions a transaction, counted under valgrind and not timed: nearly the same whatever else the computer does, so that a regression shows on a
//! busy machine too. What a process does once (its start, the database, the first answers) is left out by taking two sizes from each other.

use super::Setup;
use super::backfill::Backfill;
use crate::Result;
use crate::floor;
use crate::product::Home;
use crate::report::{Ratio, Report, count};
use crate::world::Size;

/// Sizes of one company; each is twice the one before.
const ROWS: [u32; 3] = [10_000, 20_000, 40_000];

pub(super) fn run(setup: &Setup) -> Result<Report> {
    let (mut product, mut parse, mut insert, mut held) = (vec![], vec![], vec![], vec![]);
    for rows in ROWS {
        let filled = Backfill::new(setup, Size { companies: 1, accounts: 0, transactions: rows, months: 24 })?;
        filled.keep_pages()?;
        product.push(floor::counted("product", &Home::new(&filled.world)?.job())?);
        let job = filled.job(vec![]);
        parse.push(floor::counted("parse", &job)?);
        insert.push(floor::counted("insert", &job)?);
        held.push(filled.wanted.transactions);
    }
    // From the size before to this one.
    let a_row = |counted: &[u64], to: usize| -> f64 {
        let step = |all: &[u64]| all.get(to).zip(all.get(to - 1)).map_or(0.0, |(large, small)| count(large.saturating_sub(*small)));
        step(counted) / step(&held).max(1.0)
    };
    let last = ROWS.len() - 1;
    let mut report = Report::new(format!("instructions: a transaction of a first backfill of one company, up to {} rows", ROWS[last]));
    for (name, counted) in [("fairlead", &product), ("parse only", &parse), ("bare packed insert", &insert)] {
        report.fact(format!("{name}: instructions a row"), a_row(counted, last).round(), "");
    }
    let floor = a_row(&parse, last) + a_row(&insert, last);
    report.ratios.push(Ratio::counted(
        "against parsing and the bare packed insert together",
        a_row(&product, last) / floor,
        Some((MUST, AIM)),
    ));
    report.ratios.push(Ratio::counted(
        "a row up to 40,000 against one up to 20,000",
        a_row(&product, last) / a_row(&product, last - 1),
        Some((1.1, 1.05)),
    ));
    Ok(report)
}

/// A little over what it is, so that what makes it grow is noticed.
const MUST: f64 = 2.0;
const AIM: f64 = 1.5;
