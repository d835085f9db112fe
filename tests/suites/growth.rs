//! What a row costs, from ten thousand to a million: measured by the bench itself, which holds rows and sums against the sandbox and knows its bounds.

use fairlead_tests::fairlead::binary;
use serde_json::Value;
use std::process::Command;

/// Debug builds cost several times as much everywhere, so that ratios still say whether something grows with the table.
#[test]
fn a_row_of_a_million_costs_what_one_of_a_hundred_thousand_costs_and_memory_stays_within_its_bound() {
    let mut bench = Command::new(binary("fairlead-bench"));
    let ran = bench.args(["bench", "grow", "--rows", "1000000", "--rounds", "1", "--json"]).output().expect("the bench starts");
    let told: Value =
        serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("no report ({error}): {}", String::from_utf8_lossy(&ran.stderr)));
    let ratios = told["benches"][0]["ratios"].as_array().expect("ratios");
    for ratio in ratios {
        println!("measured: {}: {:.2}, must {}", ratio["what"], ratio["median"].as_f64().unwrap_or(f64::NAN), ratio["must"]);
    }
    assert!(ratios.len() >= 4, "many and one company, and memory: {told}");
    assert!(ran.status.success(), "every figure is what it must be: {ratios:?}");
}
