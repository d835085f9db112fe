//! What a row costs, from ten thousand to a million: measured by the bench itself, which holds rows and sums against the sandbox and knows its bounds.

use fairlead_tests::fairlead::binary;
use serde_json::Value;
use std::process::Command;

/// Debug builds cost several times as much everywhere, so that a ratio still says whether something grows with the table. What one large company costs is
/// told here and bound by the bench of a release: there so little is left of a row that what is not optimised would be most of it.
#[test]
fn a_row_of_a_million_costs_what_one_of_a_hundred_thousand_costs_and_memory_stays_within_its_bound() {
    let mut bench = Command::new(binary("fairlead-bench"));
    let ran = bench.args(["bench", "grow", "--rows", "1000000", "--rounds", "1", "--json"]).output().expect("the bench starts");
    let told: Value =
        serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("no report ({error}): {}", String::from_utf8_lossy(&ran.stderr)));
    let ratios = told["benches"][0]["ratios"].as_array().expect("ratios");
    let mut bound = 0;
    for ratio in ratios {
        let (what, found, must) = (ratio["what"].as_str().unwrap_or_default(), ratio["median"].as_f64(), ratio["must"].as_f64());
        println!("measured: {what}: {found:.2?}, must {must:?}");
        if !what.contains("of one company") {
            assert!(found <= must && found.is_some(), "{what}: {found:?}, must {must:?}");
            bound += 1;
        }
    }
    assert_eq!(bound, 3, "a row at 10,000 and at a million, and memory: {ratios:?}");
}
