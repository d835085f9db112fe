//! Parse only: each page into rows that borrow from it, amounts exact, and dropped.

use super::wire::Page;
use super::{Job, page_files};
use crate::Result;
use crate::measure::{Holds, Ran, Watch};
use crate::world::in_words;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

pub(super) fn run(job: &Job) -> Result<Ran> {
    let mut ran = Ran::default();
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for file in page_files(job)? {
        let bytes = std::fs::read(file)?;
        let watch = Watch::start();
        let page: Page<'_> = serde_json::from_slice(&bytes)?;
        let amounts = page.results.iter().map(super::wire::Row::amount).collect::<Result<Vec<_>>>()?;
        watch.add_to(&mut ran);
        ran.bytes += bytes.len() as u64;
        ran.holds.transactions += page.results.len() as u64;
        for (row, amount) in page.results.iter().zip(amounts) {
            *sums.entry(row.currency.clone().into_owned()).or_default() += amount;
        }
    }
    ran.holds = Holds { sums: in_words(&sums), ..ran.holds };
    Ok(ran)
}
