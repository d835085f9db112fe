//! The mirror of what the Portal enables, and the team's offer on top, at the real sandbox.

mod support;

use engine::view::*;
use sandbox::Options;
use serde_json::json;
use support::World;

const NATWEST: &str = "natwest_business_uk";
const HSBC: &str = "hsbc_business_uk";
const BARCLAYS: &str = "barclays_business_uk";

async fn mirror(world: &World, text: &str, which: MirrorWhich) -> MirrorView {
    let query = MirrorQuery { text: text.into(), which, offset: 0, limit: 200 };
    world.engine().bank_mirror(query).await.expect("a mirror")
}

async fn picked(world: &World, text: &str) -> BankPage {
    let query = BankQuery { text: text.into(), limit: 200, ..BankQuery::default() };
    world.engine().search_banks(query).await.expect("banks")
}

fn keys(rows: &[BankRow]) -> Vec<&str> {
    rows.iter().map(|row| row.key.as_str()).collect()
}

async fn changed(world: &World, change: OfferChange) {
    world.engine().change_offer(change).await.expect("changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_portal_changed_between_two_looks_is_told_for_a_week_and_the_first_look_tells_nothing() {
    let world = World::new(Options::default()).await;
    world.engine().refresh_banks().await.expect("a first look");
    let first = mirror(&world, "", MirrorWhich::All).await;
    let source = &first.sources[0];
    assert_eq!((first.sources.len(), source.name.as_str(), source.on + source.off), (1, "TrueLayer", 2200), "{:?}", first.sources);
    assert!(source.off > 10 && first.changes.is_empty() && first.since.is_some(), "what was always so is no change: {:?}", first.changes);
    let off = mirror(&world, "", MirrorWhich::Off).await;
    assert_eq!(
        (off.total, off.rows[0].status.word.as_str()),
        (source.off, "Switched off"),
        "the mirror shows what cannot be connected too"
    );
    assert_eq!(picked(&world, "").await.enabled, source.on, "the picker does not");

    let turned = json!({ NATWEST: { "name": "NatWest for Business" }, HSBC: { "enabled": false }, BARCLAYS: { "gone": true } });
    world.turn("switches", json!({ "turnedBanks": turned })).await;
    world.engine().refresh_banks().await.expect("a second look");
    let second = mirror(&world, "", MirrorWhich::All).await;
    let told: Vec<(&str, &str)> = second.changes.iter().map(|one| (one.key.as_str(), one.status.word.as_str())).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    for wanted in [(NATWEST, "Renamed from NatWest"), (HSBC, "Switched off"), (BARCLAYS, "Not listed any more")] {
        assert!(told.contains(&wanted), "{wanted:?} in {told:?}");
    }
    assert_eq!(mirror(&world, "natwest for business", MirrorWhich::On).await.rows[0].key, NATWEST);
    let page = picked(&world, "barclays business").await;
    assert_eq!((page.away[0].name.as_str(), page.away[0].word.as_str()), ("Barclays Business", "No longer listed by Codat"), "{page:?}");
    assert!(!keys(&page.rows).contains(&BARCLAYS), "what is gone cannot be chosen");
    assert_eq!(picked(&world, "hsbc business").await.away[0].word, "Switched off in Codat\u{2019}s Portal");

    world.engine().refresh_banks().await.expect("a third look");
    assert_eq!(mirror(&world, "", MirrorWhich::All).await.changes.len(), 3, "nothing changed since: nothing is noted");
    world.turn("switches", json!({ "turnedBanks": {} })).await;
    world.engine().refresh_banks().await.expect("a fourth look");
    assert_eq!(picked(&world, "barclays business").await.away, vec![], "it is back");
    assert_eq!(mirror(&world, "", MirrorWhich::All).await.changes.len(), 6);
    world.clock.ahead(8 * 86_400_000);
    let later = mirror(&world, "", MirrorWhich::All).await;
    assert_eq!((later.changes.len(), later.since), (0, first.since), "a week later it is no news");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_teams_offer_leads_the_picker_survives_a_restart_and_changes_nothing_at_codat() {
    let mut world = World::new(Options::default()).await;
    let before = picked(&world, "").await;
    assert_eq!((before.favourites.len(), before.rows[0].favourite), (0, false));
    changed(&world, OfferChange::Favourites { keys: vec!["ing_nl".into(), NATWEST.into(), "ing_nl".into()] }).await;
    changed(&world, OfferChange::Default { key: Some("demobank_truelayer".into()) }).await;
    changed(&world, OfferChange::Hide { key: HSBC.into(), why: Some(" asks for a second person ".into()) }).await;
    let note = "# At NatWest\n\nThey need the **card reader**. <b onclick=x>No</b> ![x](https://evil.example/x.png)";
    changed(&world, OfferChange::Note { key: NATWEST.into(), text: note.into() }).await;
    world.restart().await;

    let page = picked(&world, "").await;
    assert_eq!(keys(&page.favourites), ["demobank_truelayer", "ing_nl", NATWEST]);
    assert_eq!(keys(&page.rows)[..3], ["demobank_truelayer", "ing_nl", NATWEST], "they come first in the list too");
    assert!(page.rows[0].is_default && page.rows[1].favourite && !keys(&page.rows).contains(&HSBC));
    assert_eq!(page.total, before.total - 1, "one is hidden");
    let found = picked(&world, "hsbc business").await;
    let hidden = found.rows.iter().find(|row| row.key == HSBC).expect("a search reaches it");
    assert_eq!(hidden.hidden.as_deref(), Some("Hidden by your team: asks for a second person"));
    let sheet = world.engine().data_access_sheet(NATWEST.into(), Language::En).await.expect("a sheet");
    assert!(matches!(&sheet.note[0], NoteBlock::Heading { runs } if runs[0].text == "At NatWest"), "{:?}", sheet.note);
    let all = serde_json::to_string(&sheet.note).expect("json");
    assert!(all.contains("<b onclick=x>") && !all.contains("evil.example"), "markup is words, a picture is not fetched: {all}");

    let attempt = world.begin("Acme Ltd", "R-1", HSBC).await;
    assert_eq!(attempt.bank.key, HSBC, "hidden is not forbidden");
    let ours = mirror(&world, "", MirrorWhich::Ours).await;
    assert_eq!((ours.total, ours.default_bank.expect("a default").key.as_str()), (4, "demobank_truelayer"));
    world.turn("switches", json!({ "turnedBanks": { "ing_nl": { "gone": true } } })).await;
    world.engine().refresh_banks().await.expect("read");
    let ours = mirror(&world, "", MirrorWhich::Ours).await;
    let ing = ours.rows.iter().find(|row| row.key == "ing_nl").expect("a favourite that is gone is still told");
    assert_eq!(ing.status.word, "Not listed any more");
    assert_eq!(keys(&picked(&world, "").await.favourites), ["demobank_truelayer", NATWEST], "and not offered");

    let nobody = OfferChange::Hide { key: "nobank_zz".into(), why: None };
    assert!(world.engine().change_offer(nobody).await.is_err());
    let long = OfferChange::Note { key: NATWEST.into(), text: "x".repeat(4_001) };
    assert!(world.engine().change_offer(long).await.is_err());
    let audit = world.engine().audit().await.expect("a log");
    assert_eq!(audit.lines.iter().filter(|line| line.act == "offer-changed").count(), 4);
    let sent = world.control("requests").await;
    let asked = sent["results"].as_array().expect("a log").iter().filter(|line| line["method"] != "GET");
    assert!(
        asked.clone().all(|line| line["path"].as_str().is_some_and(|path| path.starts_with("/companies"))),
        "no setting of Codat was written"
    );
}
