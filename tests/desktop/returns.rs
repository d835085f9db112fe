//! Forged returns that the desktop hands over: what a page with a link on it, or any program of the same person, can do.

use crate::my_turn;
use fairlead_tests::attacks;
use fairlead_tests::desktop::Desktop;
use fairlead_tests::fairlead::binary;
use fairlead_tests::measure::Sandbox;
use fairlead_tests::needle::files_below;
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;

const BANK: &str = "demobank_truelayer";

/// A link to the bank for one customer, by the command line on this desktop; the state in it.
fn handed_over(desktop: &Desktop) -> String {
    let mut command = desktop.command(&binary("fairlead").display().to_string());
    command.args(["connect", "--company", "Acme Ltd", "--reference", "HF-1", "--bank", BANK, "--json", "--home"]).arg(desktop.data());
    let told: Value = serde_json::from_slice(&command.output().expect("fairlead").stdout).expect("one document");
    told["linkUrl"].as_str().and_then(|url| url.split("state=").nth(1)).expect("a link with a state").to_owned()
}

/// All that could change: every byte of the database, and what Codat was asked.
async fn now(desktop: &Desktop, sandbox: &Sandbox) -> (Vec<Vec<u8>>, Vec<Value>) {
    let database = files_below(&desktop.data()).into_iter().filter(|path| path.to_string_lossy().contains("fairlead.db"));
    let bytes = database.map(|file| std::fs::read(file).expect("read")).collect();
    (bytes, sandbox.control("requests").await["results"].as_array().expect("a log").clone())
}

/// The same once the work of the start is done.
async fn rested(desktop: &Desktop, sandbox: &Sandbox) -> (Vec<Vec<u8>>, Vec<Value>) {
    let mut beat = tokio::time::interval(Duration::from_secs(3));
    let mut before = now(desktop, sandbox).await;
    beat.tick().await;
    loop {
        beat.tick().await;
        let after = now(desktop, sandbox).await;
        if after == before {
            return after;
        }
        before = after;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_forged_return_that_the_desktop_hands_over_changes_a_byte_or_costs_a_request() {
    let _turn = my_turn();
    let desktop = Desktop::new();
    let sandbox = Sandbox::start(&["--companies", "1", "--transactions", "20"]);
    sandbox.add_profile(&desktop);
    let (used, good) = (handed_over(&desktop), handed_over(&desktop));
    let window = desktop.open(&[]).await;
    window.call("open_profile", &json!({ "name": "Measured" })).await.expect("it opens");
    let attempts = window.call("activity", &json!({ "ask": { "kind": "attempts" } })).await.expect("attempts");
    for attempt in attempts.as_array().expect("a list") {
        // What changes from here on was changed by an attack.
        window.call("attempt", &json!({ "id": attempt["id"], "step": "park" })).await.expect("parked");
    }
    let before = rested(&desktop, &sandbox).await;
    let (mut handed, mut not_ours) = (0, 0);
    let attacks = attacks::returns(&good, &used, 1);
    for text in &attacks {
        // As the desktop does it: a second process with the address, which hands it over on the bus and goes.
        let mut second = desktop.command(&binary("fairlead-desktop").display().to_string());
        let ended = second.arg(text).stderr(Stdio::null()).status().expect("it starts");
        match ended.code() {
            Some(0) => handed += 1,
            Some(2) => not_ours += 1,
            _ => panic!("{text:?}: {ended}"),
        }
    }
    assert!(handed >= 40 && handed + not_ours >= 60, "{handed}, {not_ours}");
    // The app answers in the order of arrival: whatever an attack did is done.
    window.call("app_state", &json!({})).await.expect("it goes on");
    let after = rested(&desktop, &sandbox).await;
    assert_eq!(after.1[before.1.len()..], [] as [Value; 0], "nobody was asked");
    assert!(after.0 == before.0, "no byte of the database changed");
    println!(
        "measured: {} attacks by way of the desktop, {handed} handed over on the bus and {not_ours} refused before: 0 changes, {} requests",
        attacks.len(),
        after.1.len() - before.1.len()
    );
    desktop.second_process(&[&format!("fairlead://return?state={good}")]);
    let mut beat = tokio::time::interval(Duration::from_millis(50));
    let heard = async {
        while now(&desktop, &sandbox).await == before {
            beat.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), heard).await.expect("control: the good one is heard and leaves its trace");
    window.close().await;
}
