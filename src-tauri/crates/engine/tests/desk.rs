//! Many companies at once, and what is told of them afterwards.

mod support;

use engine::view::*;
use sandbox::Options;
use support::World;

const BANK: &str = "demobank_truelayer";

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_opens_the_same_connection_and_makes_nothing_new() {
    let world = World::new(Options { transactions: Some(50), ..Options::default() }).await;
    let engine = world.engine();
    let attempt = world.begin("Acme Ltd", "HF-7", BANK).await;
    world.until(&attempt.id, &[AttemptStage::Ready]).await;
    let link = |handed: HandOver| handed.link_url.expect("address");
    let handed = engine.hand_over(attempt.id.clone(), Door::Copy).await.expect("handed over");
    let back = world.customer(&link(handed), "authorise").await.expect("a redirect");
    engine.ring(back).await.expect("rung");
    let done = world.until(&attempt.id, &[AttemptStage::Complete]).await;
    let connection = done.connection_id.expect("connection");

    let everything = || Pick { query: CompanyQuery::default(), all: true, ids: vec![] };
    let early = engine.for_companies(everything(), PickAction::Renew, None).await.expect("asked");
    assert_eq!((early.done, early.said.as_str()), (0, "Nothing to renew"), "{early:?}");

    world.turn(&format!("connections/{connection}/deauthorise"), serde_json::json!({})).await;
    engine.refresh_companies().await.expect("read again");
    let renewed = engine.for_companies(everything(), PickAction::Renew, None).await.expect("prepared");
    assert_eq!(renewed.done, 1, "{renewed:?}");
    assert_eq!(engine.for_companies(everything(), PickAction::Renew, None).await.expect("asked again").done, 0, "one is open already");

    let open = engine.open_attempts().await.expect("open");
    let renewal = open.iter().find(|open| open.connection_id.as_ref() == Some(&connection)).expect("an attempt");
    assert_eq!(renewal.stage, AttemptStage::Ready);
    let handed = engine.hand_over(renewal.id.clone(), Door::Copy).await.expect("handed over");
    let back = world.customer(&link(handed), "authorise").await.expect("a redirect");
    engine.ring(back).await.expect("rung");
    world.until(&renewal.id, &[AttemptStage::Complete]).await;
    let state = world.control("state").await;
    assert_eq!((state["companies"].as_u64(), state["connections"].as_u64()), (Some(1), Some(1)), "the same company, the same connection");

    let activity = engine.activity().await.expect("activity");
    let record = activity.banks.iter().find(|bank| bank.key == BANK).expect("a record");
    assert!(record.last.iter().all(|linked| *linked), "{record:?}");
    let news: Vec<&HistoryLine> = activity.happened.iter().filter(|line| line.is_news).collect();
    assert!(news.iter().all(|line| line.company_name.as_deref() == Some("Acme Ltd")) && news.len() >= 2, "{news:?}");
    assert_eq!(engine.status().await.expect("status").counts.unread, 1, "both times are one notice of one company");
    let inbox = engine.inbox(InboxStep::Look).await.expect("inbox");
    engine.inbox(InboxStep::MarkAll { upto: inbox.notices[0].id }).await.expect("kept");
    assert_eq!(engine.status().await.expect("status").counts.unread, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_tags_and_notes_stay_here_and_are_cleaned_searched_and_exported() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    for (name, reference) in [("Acme Ltd", "HF-7"), ("Beta Ltd", "HF-8")] {
        let attempt = world.begin(name, reference, BANK).await;
        world.until(&attempt.id, &[AttemptStage::Ready]).await;
    }
    let pick = |ids: &[String]| Pick { query: CompanyQuery::default(), all: ids.is_empty(), ids: ids.to_vec() };
    let keep = |change| PickAction::Keep(change);
    let owner = Some("Ruth\u{202e}".to_owned());
    let done = engine.for_companies(pick(&[]), keep(KeepDesk { owner, add: vec![" =vip ".into()], ..KeepDesk::default() }), None).await;
    let done = done.expect("kept");
    assert_eq!((done.done, done.said.as_str()), (2, "Ruth looks after 2 companies"));
    let mine = CompanyQuery { owner: Some("ruth".into()), tag: Some("=vip".into()), limit: 10, ..CompanyQuery::default() };
    let page = engine.list_companies(mine.clone()).await.expect("listed");
    assert_eq!(
        (page.total, page.rows[0].owner.as_deref(), page.rows[0].tags.as_slice()),
        (2, Some("Ruth"), ["=vip".to_owned()].as_slice())
    );

    let note = || keep(KeepDesk { note: Some("Rings on Monday\n\u{7}at nine".into()), ..KeepDesk::default() });
    let told = engine.for_companies(pick(&[]), note(), None).await.expect_err("not two at once");
    assert!(told.to_string().contains("one company at a time"), "{told}");
    let one = page.rows[0].id.clone();
    engine.for_companies(pick(std::slice::from_ref(&one)), note(), None).await.expect("kept");
    assert_eq!(engine.company(one).await.expect("company").note, "Rings on Monday\nat nine");
    let found = CompanyQuery { text: "monday".into(), limit: 10, ..CompanyQuery::default() };
    assert_eq!(engine.list_companies(found).await.expect("listed").total, 1, "a note is searched too");
    let too_long = KeepDesk { add: vec!["x".repeat(41)], ..KeepDesk::default() };
    assert!(engine.for_companies(pick(&[]), keep(too_long), None).await.is_err());

    let folder = tempfile::tempdir().expect("folder");
    let out = folder.path().join("companies.csv");
    engine.for_companies(Pick { query: mine, all: true, ids: vec![] }, PickAction::Export, Some(out.clone())).await.expect("exported");
    let text = std::fs::read_to_string(out).expect("read");
    assert_eq!(text.matches(",Ruth,'=vip").count(), 2, "{text}");
}
