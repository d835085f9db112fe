//! The lock in the real window: what is left on screen, open and answered, and who rang meanwhile.

use crate::{my_turn, pictures};
use fairlead_tests::journey::{Decision, Journey, visit_the_bank};
use fairlead_tests::window::Key;
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};

const PIN: &str = "4711";

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lock_nothing_is_on_screen_open_or_answered_and_unlocking_brings_the_same_screen_back() {
    let _turn = my_turn();
    let mut journey = Journey::begin(&pictures("lock")).await;
    journey.try_the_demo().await;
    journey.open_a_case("Pell Chandlery Ltd", "HF-2044", "Starling").await;
    let address = journey.hand_over_here().await;
    let landed = visit_the_bank(&address, Decision::Authorise).await;
    let ring = format!("fairlead://return?{}", landed.query().expect("our state"));
    let Journey { desktop, mut window, .. } = journey;
    let set = json!({ "step": { "kind": "set", "of": { "old": "", "new": PIN } } });
    window.call("app_state", &set).await.expect("a PIN is set");
    let markers = ["Pell Chandlery", "HF-2044", "Starling"];
    let place = window.run("return location.hash").await;
    let page = window.run("window.before = true; return document.documentElement.outerHTML").await;
    let page = page.as_str().expect("a page");
    assert!(markers.iter().any(|marker| page.contains(marker)), "control: something of a customer is on screen");
    let app = window.app();
    assert!(open_databases(app, &desktop.data()) > 0, "control: the database is open");

    let begun = Instant::now();
    window.press_with_control('l').await;
    let mut beat = tokio::time::interval(Duration::from_millis(5));
    let closed = async {
        while open_databases(app, &desktop.data()) > 0 {
            beat.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(90), closed).await.expect("the database is closed");
    let closed = begun.elapsed();
    window.until_new_page("document.querySelector('h1')?.innerText === 'Fairlead is locked'").await;
    let blank = begun.elapsed();
    window.picture("locked").await;
    let page = window
        .run("return document.documentElement.outerHTML + JSON.stringify([...document.querySelectorAll('input')].map((one) => one.value))")
        .await;
    let page = page.as_str().expect("a page");
    let left: Vec<&&str> = markers.iter().filter(|marker| page.contains(**marker)).collect();
    assert_eq!(left, Vec::<&&str>::new(), "nothing of a customer is in the page");
    let mut refused = 0;
    let asked = [
        (
            "list_companies",
            json!({ "query": { "view": "all", "text": "", "sort": "name", "descending": false, "offset": 0, "limit": 10, "status": null, "bank": null, "endsWithinDays": null, "owner": null, "tag": null } }),
        ),
        ("status", json!({})),
        ("activity", json!({ "ask": { "kind": "audit" } })),
        ("desk", json!({})),
        ("doctor", json!({ "ask": { "kind": "checkUp" } })),
        ("sync", json!({})),
        ("drafts", json!({ "ask": { "kind": "all" } })),
        ("open_profile", json!({ "name": "Demo" })),
        ("remove_profile", json!({ "name": "Demo" })),
        ("returns", json!({ "ask": { "kind": "pasted", "of": ring } })),
    ];
    for (command, args) in &asked {
        let told = window.call(command, args).await.expect_err("nobody is answered");
        assert!(told.contains("\"locked\""), "{command}: {told}");
        refused += 1;
    }
    desktop.second_process(&[&ring]);
    window.type_text("0000").await;
    window.press(Key::Enter).await;
    window.until_text("This is not the PIN").await;
    window.picture("wrong-pin").await;
    window.type_text(PIN).await;
    window.press(Key::Enter).await;
    window.until_text("is connected").await;
    window.picture("unlocked").await;
    assert_eq!(window.run("return location.hash").await, place, "the same screen, on which a ring of meanwhile was heard");
    let again = window.call("returns", &json!({ "ask": { "kind": "pasted", "of": ring } })).await.expect("heard");
    assert_eq!(again["reason"], "used", "who rang while it was locked was heard afterwards");
    println!(
        "measured: the database closed after {} ms, the page empty after {} ms, 0 of {} texts of a customer left in it, {refused} of {} commands refused",
        closed.as_millis(),
        blank.as_millis(),
        markers.len(),
        asked.len()
    );
    window.close().await;
}

/// Files of databases that a process has open.
fn open_databases(process: u32, data: &Path) -> usize {
    let open = std::fs::read_dir(format!("/proc/{process}/fd")).expect("the app's files").flatten();
    let paths = open.filter_map(|entry| std::fs::read_link(entry.path()).ok());
    paths.filter(|path| path.starts_with(data) && path.to_string_lossy().contains("fairlead.db")).count()
}
