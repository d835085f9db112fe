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
    assert_eq!(engine.status().await.expect("status").counts.unread as usize, news.len());
    let seen = activity.happened.first().map(|line| line.seq);
    engine.desk(Some(Desk { seen, ..Desk::default() })).await.expect("kept");
    assert_eq!(engine.status().await.expect("status").counts.unread, 0);
}
