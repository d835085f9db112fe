//! A window in German is answered in German; what is kept and what goes out is not. Alone in its process: a process speaks one language.

mod support;

use engine::view::*;
use sandbox::Options;
use support::World;

const BANK: &str = "demobank_truelayer";

#[tokio::test(flavor = "multi_thread")]
async fn a_german_window_is_answered_in_german_and_files_stay_english() {
    let world = World::new(Options { transactions: Some(50), ..Options::default() }).await;
    let engine = world.engine();
    let mut events = world.home.events();
    world.home.speak_to_window(Language::En).expect("spoken to");
    let acme = world.begin("Acme Ltd", "HF-7", BANK).await;
    world.until(&acme.id, &[AttemptStage::Ready]).await;
    let row =
        || async { engine.list_companies(CompanyQuery { limit: 10, ..CompanyQuery::default() }).await.expect("listed").rows.remove(0) };
    assert_eq!(row().await.next_action.as_deref(), Some("Hand the link over"));

    let state = world.home.app_state().await.expect("state");
    assert_eq!(state.computer, Language::En, "the page goes by the same language where none was chosen");
    world.home.set_preferences(Preferences { language: Some(Language::De), ..state.preferences }).expect("kept");
    let mut told = vec![];
    while let Ok(stale) = events.try_recv() {
        told.extend(stale.topics);
    }
    assert!(told.contains(&Topic::Resync), "every screen asks again, so that the new words count at once: {told:?}");

    let waiting = row().await;
    assert_eq!((waiting.status.word.as_str(), waiting.next_action.as_deref()), ("Bei der Bank", Some("Link übergeben")));
    let handed = engine.hand_over(acme.id.clone(), Door::Copy).await.expect("handed over");
    let back = world.customer(&handed.link_url.expect("address"), "cancel").await.expect("a redirect");
    engine.ring(back).await.expect("rung");
    let left = world.until(&acme.id, &[AttemptStage::NotLinked]).await;
    let problem = left.problem.expect("a problem");
    assert_eq!(problem.what, "Der Kunde kam zurück, ohne zu verbinden. Nichts ging verloren.");
    assert_eq!(problem.done.as_deref(), Some("Der Vorgang bleibt: Machen Sie jederzeit mit derselben Verbindung weiter."));

    let handed = engine.hand_over(acme.id.clone(), Door::Copy).await.expect("handed over again");
    let back = world.customer(&handed.link_url.expect("address"), "authorise").await.expect("a redirect");
    engine.ring(back).await.expect("rung");
    let done = world.until(&acme.id, &[AttemptStage::Complete]).await;
    assert!(done.sync.iter().all(|row| row.status.word == "Vollständig"), "{:?}", done.sync);
    assert_eq!(done.sync.iter().map(|row| row.label.as_str()).collect::<Vec<_>>(), ["Konten", "Salden", "Umsätze", "Kategorien"]);
    let company = done.company_id.expect("a company");
    let page = engine.company(company.clone()).await.expect("its page");
    assert!(page.sentence.contains("Konten bei") && page.sentence.contains("Daten bis"), "{}", page.sentence);
    assert!(page.timeline.iter().any(|line| line.title.ends_with("verknüpft")), "{:?}", page.timeline);
    assert_eq!(row().await.status.word, "Aktuell");
    let inbox = engine.inbox(InboxStep::Look).await.expect("inbox");
    assert!(inbox.notices.iter().any(|notice| notice.title.contains("verknüpft")), "{:?}", inbox.notices);
    let refused = engine.company("nobody".into()).await.expect_err("not here").wire(String::new());
    assert_eq!(refused.message, "Nicht mehr hier: Unternehmen.");
    let checked = world.home.doctor(None).await;
    assert!(checked.findings.iter().any(|finding| finding.title == "Festplatte"), "{:?}", checked.findings);

    let folder = tempfile::tempdir().expect("folder");
    let list = folder.path().join("companies.csv");
    let everything = Pick { query: CompanyQuery::default(), all: true, ids: vec![] };
    let exported = engine.for_companies(everything, PickAction::Export, Some(list.clone())).await.expect("exported");
    assert_eq!(exported.said, "Exportiert: 1 Unternehmen");
    let text = std::fs::read_to_string(&list).expect("read");
    assert!(text.contains("Fresh") && !text.contains("Aktuell"), "an export speaks no language: {text}");
    let support = world.home.support(None).await.expect("support");
    assert!(support.files[0].text.contains("Disk") && !support.files[0].text.contains("Festplatte"), "{}", support.files[0].text);

    world
        .home
        .set_preferences(Preferences { language: Some(Language::En), ..world.home.app_state().await.expect("state").preferences })
        .expect("kept");
    let again = engine.attempt(acme.id).await.expect("the case");
    assert!(again.sync.iter().all(|row| row.status.word == "Complete"), "what was shown in German was not kept in German");
}
