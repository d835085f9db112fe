//! The bank picker's search over the whole catalogue, keystroke by keystroke, against looking for the typed letters in every folded name.

use super::Setup;
use super::query::percentile;
use crate::report::{Ratio, Report};
use crate::rounds::Middle;
use domain::bank_search::{BankName, Index, Options};
use sandbox::world::{Mode, catalogue};
use std::hint::black_box;
use std::time::Instant;

const TYPED: [&str; 8] =
    ["natwest", "natwset", "société generale", "rbs business", "sparkasse muenchen", "banca popolare di sondrio", "the bank", "xqzvk"];

pub(super) fn run(setup: &Setup) -> Report {
    let all = catalogue(Mode::TrueLayer, setup.seed);
    let index = Index::new(all.banks().iter().map(|bank| BankName { key: bank.key.clone(), name: bank.name.clone() }));
    let names: Vec<String> = all.banks().iter().map(|bank| bank.name.to_lowercase()).collect();
    let keystrokes: Vec<String> =
        TYPED.iter().flat_map(|text| (1..=text.chars().count()).map(|end| text.chars().take(end).collect::<String>())).collect();
    let (mut ratios, mut times) = (vec![], vec![]);
    for typed in &keystrokes {
        let finder = memchr::memmem::Finder::new(typed);
        // The best of a few, in turn: what a busy machine does to one of them is neither's.
        let (mut product, mut floor) = (f64::MAX, f64::MAX);
        for _ in 0..setup.rounds * 4 {
            product = product.min(seconds(|| index.search(typed, Options { limit: 60, ..Options::default() })));
            floor = floor.min(seconds(|| names.iter().filter(|name| finder.find(name.as_bytes()).is_some()).count()));
        }
        times.push(product * 1e3);
        ratios.push(product / floor);
    }
    let mut report = Report::new(format!("filter: {} keystrokes over {} banks", keystrokes.len(), names.len()));
    report.ratios.push(Ratio::counted("a keystroke, p99, ms", percentile(&times, 99), Some((4.0, 1.0))));
    report.ratios.push(Ratio::new("a keystroke against memmem over every name", Middle::of(ratios), None));
    report.fact("a keystroke, median", percentile(&times, 50), "ms");
    report
}

fn seconds<T>(run: impl FnOnce() -> T) -> f64 {
    let started = Instant::now();
    black_box(run());
    started.elapsed().as_secs_f64()
}
