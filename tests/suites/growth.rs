#![allow(clippy::float_arithmetic, reason = "ratios of what was measured are no money")]
//! What a row costs, from ten thousand to a million: measured by the bench itself, which holds rows and sums against the sandbox and knows its bounds.

use fairlead_tests::fairlead::binary;
use serde_json::Value;
use std::process::Command;

/// Debug builds cost several times as much everywhere and hold more, so that only ratios say whether something grows with the table. What one large company
/// costs, and the bound of memory itself, are told here and held by the bench of a release.
#[test]
fn a_row_of_a_million_costs_what_one_of_a_hundred_thousand_costs_and_memory_does_not_grow_with_the_rows() {
    let mut bench = Command::new(binary("fairlead-bench"));
    let ran = bench.args(["bench", "grow", "--rows", "1000000", "--rounds", "1", "--json"]).output().expect("the bench starts");
    let told: Value =
        serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("no report ({error}): {}", String::from_utf8_lossy(&ran.stderr)));
    let report = &told["benches"][0];
    let found = |list: &str, figure: &str, what: &str| {
        let line =
            report[list].as_array().into_iter().flatten().find(|line| line["what"].as_str().is_some_and(|told| told.starts_with(what)));
        line.and_then(|line| line[figure].as_f64()).unwrap_or_else(|| panic!("{what} is not told: {report}"))
    };
    for rows in [10_000, 1_000_000] {
        let ratio = found("ratios", "median", &format!("CPU a row at {rows} rows"));
        println!("measured: CPU a row at {rows} rows against 100,000: {ratio:.2}, must 1.5");
        assert!(ratio <= 1.5, "{rows} rows: {ratio}");
    }
    let peak = |rows: u32| found("facts", "value", &format!("{rows} rows, companies of 10,000: peak memory"));
    let (small, large) = (peak(100_000), peak(1_000_000));
    println!("measured: peak memory {small:.0} MiB at 100,000 rows, {large:.0} MiB at a million, must be less than double");
    assert!(large < small * 2.0, "ten times the rows, {large} MiB instead of {small}");
    println!("one company, a million rows against a hundred thousand: {:.2}", found("ratios", "median", "CPU a row of one company"));
}
