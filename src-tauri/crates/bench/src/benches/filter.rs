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
    // A keystroke takes microseconds: many rounds cost nothing.
    for _ in 0..setup.rounds * 20 {
        let (mut product, mut floor) = (0.0, 0.0);
        for typed in &keystrokes {
            let started = Instant::now();
            black_box(index.search(typed, Options { limit: 60, ..Options::default() }));
            let took = started.elapsed().as_secs_f64();
            times.push(took * 1e3);
            product += took;
            let started = Instant::now();
            let finder = memchr::memmem::Finder::new(typed);
            black_box(names.iter().filter(|name| finder.find(name.as_bytes()).is_some()).count());
            floor += started.elapsed().as_secs_f64();
        }
        ratios.push(product / floor);
    }
    let mut report = Report::new(format!("filter: {} keystrokes over {} banks", keystrokes.len(), names.len()));
    report.ratios.push(Ratio::counted("a keystroke, p99, ms", percentile(&times, 99), Some((4.0, 1.0))));
    report.ratios.push(Ratio::new("all keystrokes against memmem over every name", Middle::of(ratios), None));
    report.fact("a keystroke, median", percentile(&times, 50), "ms");
    report
}
