//! Ways to start the app: cold with an address, twice, right after the end, on a folder that does not open.

use crate::{my_turn, pictures};
use fairlead_tests::desktop::Desktop;
use fairlead_tests::journey::{Decision, Journey, visit_the_bank};
use fairlead_tests::needle::Needle;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_starts_the_app_is_heard_once_its_profile_is_open() {
    let _turn = my_turn();
    let mut journey = Journey::begin(&pictures("cold-start")).await;
    journey.try_the_demo().await;
    journey.open_a_case("Pell Chandlery Ltd", "HF-2044", "Starling").await;
    let address = journey.hand_over_here().await;
    let landed = visit_the_bank(&address, Decision::Authorise).await;
    let ours = format!("fairlead://return?{}", landed.query().expect("our state"));
    journey.window.close().await;

    let mut window = journey.desktop.open(&[&ours]).await;
    window.keep_pictures_in(&pictures("cold-start-second"));
    window.until_text("is connected").await;
    window.picture("came-back").await;
    let again = window.call("returns", &json!({ "ask": { "kind": "pasted", "of": ours } })).await.expect("heard");
    assert_eq!(again["reason"], "used", "it was this address that brought the case on screen");
    let state = window.call("app_state", &json!({})).await.expect("state");
    assert_eq!(state["active"]["name"], "Demo", "the profile used last was taken up by itself");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desktop_knows_who_opens_our_scheme_and_a_forged_address_changes_nothing() {
    let _turn = my_turn();
    let desktop = Desktop::new();
    let mut window = desktop.open(&[]).await;
    window.until_heading("How would you like to start?").await;
    window.try_the_demo().await;
    assert!(desktop.handler_of("fairlead").contains("fairlead-desktop-handler.desktop"), "{}", desktop.handler_of("fairlead"));
    let before = window.run("return location.href").await;
    for forged in [
        format!("fairlead://return?state={}", "A".repeat(43)),
        "fairlead://return?statuscode=200".into(),
        "fairlead://settings/delete".into(),
        "fairlead:".into(),
    ] {
        desktop.second_process(&[&forged]);
        desktop.follow_link(&forged);
    }
    assert_eq!(window.run("return location.href").await, before, "no screen was changed");
    assert_eq!(window.call("activity", &json!({ "ask": { "kind": "attempts" } })).await.expect("attempts"), json!([]), "no case was made");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_may_be_started_again_at_once_after_it_ended() {
    let _turn = my_turn();
    let desktop = Desktop::new();
    for _ in 0..4 {
        let mut window = desktop.open(&[]).await;
        window.until_heading("How would you like to start?").await;
        window.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_meets_the_instance_before_on_its_way_out_tries_again() {
    let _turn = my_turn();
    let desktop = Desktop::new();
    let mut before = desktop.open(&[]).await;
    before.until_heading("How would you like to start?").await;
    before.freeze();
    let handing_over = desktop.overhear("ExecuteCallback");
    let (mut after, ()) = tokio::join!(desktop.open(&[]), async {
        handing_over.made().await;
        // The one that was called dies without an answer.
        drop(before);
    });
    after.until_heading("How would you like to start?").await;
    after.close().await;
    let told = Needle::new("a second try", b"the instance before is still on its way out").files_below(&desktop.data().join("logs"));
    assert_eq!(told.len(), 1, "control: this start did meet the one before");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_does_not_open_is_said_on_the_screen_and_tried_again() {
    let _turn = my_turn();
    let desktop = Desktop::new();
    let folder = desktop.folder().join("taken");
    std::fs::write(&folder, "a file stands where the folder should be").expect("written");
    let mut window = desktop.open(&["--home", &folder.display().to_string()]).await;
    window.keep_pictures_in(&pictures("no-folder"));
    window.until("an error with its way out", "document.querySelector('[role=alert]')?.innerText.includes('Try again')").await;
    window.picture("no-folder").await;
    std::fs::remove_file(&folder).expect("removed");
    window.choose("Try again").await;
    window.until_heading("How would you like to start?").await;
    assert!(folder.join("profiles.json").exists() || folder.is_dir(), "the folder was made");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_the_screen_says_so_and_the_demo_still_works() {
    let _turn = my_turn();
    let desktop = Desktop::without_keyring();
    let mut window = desktop.open(&[]).await;
    window.keep_pictures_in(&pictures("no-keychain"));
    window.until_text("The demo works without it").await;
    window.picture("first-run").await;
    let state = window.call("app_state", &json!({})).await.expect("state");
    assert_eq!(state["keychain"]["available"], false, "nobody unlocked it");
    window.try_the_demo().await;
    let state = window.call("app_state", &json!({})).await.expect("state");
    assert_eq!(state["active"]["vault"], "session", "memory only, and the profile says so: nothing secret went into a file");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_takes_its_time_does_not_hold_up_the_first_screen() {
    let _turn = my_turn();
    let desktop = Desktop::new();
    desktop.keyring_hangs();
    let mut window = desktop.open(&[]).await;
    window.keep_pictures_in(&pictures("slow-keychain"));
    window.until_text("The keychain has not answered yet").await;
    window.picture("not-yet").await;
    desktop.keyring_answers();
    // Nobody presses anything: the screen is told, and asks again.
    window.until("no word of the keychain", "!document.body.innerText.includes('The keychain has not answered yet')").await;
    let state = window.call("app_state", &json!({})).await.expect("state");
    assert_eq!(state["keychain"]["available"], true, "and the answer was yes");
    window.close().await;
}

#[test]
fn an_argument_that_is_not_understood_is_refused_with_the_usage() {
    let binary = fairlead_tests::fairlead::binary("fairlead-desktop");
    for args in [&["--base-url", "http://127.0.0.1:1"][..], &["https://evil.example/?key=s3cret"], &["--home"]] {
        let done = std::process::Command::new(&binary).args(args).output().expect("started");
        assert_eq!(done.status.code(), Some(2), "{args:?}");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(said.contains("usage: fairlead-desktop") && !said.contains("s3cret"), "{said}");
    }
}
