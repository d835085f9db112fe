//! What the processes of the app still hold of a secret, looked at as an administrator can: with the right to read any memory.

use crate::borders::into_the_key_window;
use crate::my_turn;
use fairlead_tests::desktop::Desktop;
use fairlead_tests::measure::Sandbox;
use fairlead_tests::memory::{times_in, with_all_it_started};
use fairlead_tests::window::{Key, Window};
use serde_json::json;

/// The shape of a key, and nobody's.
const TYPED: &str = "hT3vKq8ZbW1nXs5RyLd0GfJm7PcAe2Uo";

/// How often it stands in the memory of each process of the app; the first process is the app itself.
fn found(window: &Window, desktop: &Desktop, secret: &str) -> Vec<(String, usize)> {
    let all = with_all_it_started(window.app());
    let found: Vec<_> = all.into_iter().filter_map(|(process, name)| Some((name, times_in(process, secret, desktop.folder())?))).collect();
    assert!(found.len() > 1, "control: the app and its web view have memory to be read: {found:?}");
    found
}

fn having(found: &[(String, usize)]) -> usize {
    found.iter().filter(|(_, times)| *times > 0).count()
}

/// Nobody has it any more.
fn assert_gone(found: &[(String, usize)]) {
    assert!(found.iter().all(|(_, times)| *times == 0), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_key_is_in_no_process_once_its_window_closed() {
    let _turn = my_turn();
    let desktop = Desktop::new();
    let mut window = desktop.open(&[]).await;
    window.until_heading("How would you like to start?").await;
    let main = into_the_key_window(&mut window).await;
    window.type_text(TYPED).await;
    let typed = found(&window, &desktop, TYPED);
    assert!(typed.iter().any(|(_, times)| *times > 0), "control: where it was typed, it is found: {typed:?}");
    window.press(Key::Enter).await;
    // Nobody answers here for Codat: the key got as far as it can get without being saved.
    window.until("an answer", "document.querySelector('[role=alert]')?.isConnected").await;
    window.close_this().await;
    window.switch_to(&main).await;
    window.until_heading("How would you like to start?").await;
    let left = found(&window, &desktop, TYPED);
    assert_gone(&left);
    println!(
        "measured: a typed key: in {} of {} processes before its window closed, in 0 of {} after",
        having(&typed),
        typed.len(),
        left.len()
    );
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_key_is_in_no_process_once_fairlead_is_locked() {
    let _turn = my_turn();
    let desktop = Desktop::new();
    let sandbox = Sandbox::start(&["--companies", "3"]);
    sandbox.add_profile(&desktop);
    let key = sandbox.api_key();
    let mut window = desktop.open(&[]).await;
    window.call("open_profile", &json!({ "name": "Measured" })).await.expect("it opens");
    let set = json!({ "step": { "kind": "set", "of": { "old": "", "new": "4711" } } });
    window.call("app_state", &set).await.expect("a PIN is set");
    window.call("sync", &json!({})).await.ok();
    let open = found(&window, &desktop, key);
    assert!(open[0].1 > 0, "control: while requests are sent with it, it is found: {open:?}");
    assert!(open[1..].iter().all(|(_, times)| *times == 0), "no page ever sees it: {open:?}");
    window.press_with_control('l').await;
    window.until_new_page("document.querySelector('h1')?.innerText === 'Fairlead is locked'").await;
    let left = found(&window, &desktop, key);
    assert_gone(&left);
    println!("measured: the API key: in {} of {} processes before a lock, in 0 of {} after", having(&open), open.len(), left.len());
    window.close().await;
}
