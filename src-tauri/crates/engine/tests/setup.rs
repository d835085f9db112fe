//! The list from a signed contract to the first bank, held against the real sandbox: what Codat shows counts for more than what was said.

mod support;

use engine::view::*;
use sandbox::Options;
use serde_json::json;
use support::World;

fn of<'a>(view: &'a SetupView, step: &str) -> &'a SetupStep {
    view.steps.iter().find(|each| each.key == step).unwrap_or_else(|| panic!("no step {step}: {view:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_is_led_from_its_contract_to_its_first_bank_and_nothing_said_is_lost() {
    let mut world = World::new(Options::default()).await;
    world.turn("switches", json!({ "chosenBanks": [] })).await;
    world.codat_reads(&[], json!({ "fetchOnFirstLink": true })).await;
    let view = world.engine().setup().await.expect("looked");
    assert!(view.path.is_none() && view.steps.is_empty(), "nobody chose a way yet");

    let view = world.engine().choose_setup(SetupPath::ThroughCodat).await.expect("chosen");
    assert_eq!(of(&view, "key").state, SetupState::Seen, "the key needs no tick");
    let banks = of(&view, "enable");
    assert!(banks.state == SetupState::Open && banks.shows.as_deref() == Some("No bank is enabled."), "{banks:?}");

    let mark = |step: &str, mark, by: &str| MarkSetup { step: step.into(), mark, by: by.into() };
    let engine = world.engine();
    engine.mark_setup(mark("agreement", SetupMark::Waiting, "Ruth")).await.expect("marked");
    let view = engine.mark_setup(mark("enable", SetupMark::Done, "Tom\u{202e}\u{7}")).await.expect("marked");
    assert_eq!(of(&view, "enable").state, SetupState::Differs, "Codat shows no bank");
    assert_eq!(of(&view, "enable").said.as_ref().map(|said| said.by.as_str()), Some("Tom"), "a name is a hostile text too");
    assert!(engine.mark_setup(mark("nothing", SetupMark::Done, "Ruth")).await.is_err());
    assert!(engine.mark_setup(mark("tell", SetupMark::Done, " ")).await.is_err(), "somebody has to have done it");

    // Another start, another way: what was said of a shared step stands, and its time.
    world.restart().await;
    world.turn("switches", json!({ "chosenBanks": null })).await;
    let view = world.engine().choose_setup(SetupPath::OwnTrueLayer).await.expect("chosen");
    assert_eq!(of(&view, "enable").state, SetupState::Seen, "{:?}", of(&view, "enable"));
    assert_eq!(view.said.len(), 2);
    assert!(view.report.contains("[x] Enable TrueLayer") && view.report.contains("Ruth: Sign the agreement, waiting"), "{}", view.report);

    let attempt = world.begin("Ashdown Joinery", "A-1", "demobank_truelayer").await;
    world.until(&attempt.id, &[AttemptStage::Ready]).await;
    let link = world.engine().hand_over(attempt.id.clone(), Door::Copy).await.expect("handed over");
    world.customer(&link.link_url.expect("a link"), "authorise").await;
    world.until(&attempt.id, &[AttemptStage::Complete]).await;
    world.engine().refresh_companies().await.expect("refreshed");
    let view = world.engine().setup().await.expect("looked");
    assert_eq!(of(&view, "firstBank").state, SetupState::Seen, "{:?}", of(&view, "firstBank"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_codat_what_was_said_stands_and_a_page_is_one_of_the_known_ones() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    engine.choose_setup(SetupPath::Plaid).await.expect("chosen");
    world.turn("faults", json!([{ "match": "* **", "fault": { "kind": "dropBefore" } }])).await;
    let marked = MarkSetup { step: "plaidKeys".into(), mark: SetupMark::Done, by: "Ruth".into() };
    let view = engine.mark_setup(marked).await.expect("marked");
    assert!(view.unasked.is_some() && of(&view, "plaidKeys").state == SetupState::Done, "{view:?}");
    let fired = world.control("faults").await["fired"].as_u64().unwrap_or(0);
    println!("faults fired: {fired}");
    assert!(fired > 0);

    engine.open_setup_page("plaidKeys").expect("opened");
    assert!(engine.open_setup_page("firstBank").is_err(), "no page belongs to it");
    assert!(engine.open_setup_page("https://evil.example/").is_err());
    let opened = world.opener.0.lock().expect("opener").clone();
    assert_eq!(opened, ["https://app.codat.io/settings/integrations/banking/manage/suuo?integrationName=Plaid"]);
}
