//! What the desktop tells a person who looks elsewhere.

use crate::{my_turn, pictures};
use fairlead_tests::journey::{Decision, Journey, visit_the_bank};
use fairlead_tests::notices::Notices;

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_links_while_nobody_looks_is_told_by_the_desktop_and_a_press_opens_the_case() {
    let _turn = my_turn();
    let mut journey = Journey::begin(&pictures("notices")).await;
    let mut notices = Notices::of(&journey.desktop).await;
    journey.try_the_demo().await;
    journey.open_a_case("Otter Ferries Ltd", "HF-2050", "Monzo").await;
    let address = journey.hand_over_here().await;
    // The customer closes the page at the end: nothing rings, so nothing brings our window to the front.
    journey.desktop.look_elsewhere();
    visit_the_bank(&address, Decision::Authorise).await;
    let shown = notices.next().await;
    assert_eq!((shown.title.as_str(), shown.body.as_str()), ("Fairlead", "A bank was linked"), "a lock screen names nobody");
    journey.until_connected().await;
    let window = &mut journey.window;
    window.run("location.hash = '#/settings/appearance'").await;
    window.until_heading("Appearance").await;
    notices.press(&shown).await;
    window.until_heading("Otter Ferries").await;
    // Consents of the demo that end soon may be told beside it, so the bell's number is not what is asked here.
    window.choose("Inbox").await;
    let read = "[...document.querySelectorAll('li')].some((one) => one.innerText.includes('Otter Ferries') && one.querySelector('a') && !one.matches('.unread'))";
    window.until("that opening its case was reading it", read).await;
    window.picture("opened-by-a-press").await;
    journey.window.close().await;
}
