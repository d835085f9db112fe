//! The consent desk at the real sandbox: estimates that reality corrects, renewals on the same connections, and what becomes of them.

mod support;

use engine::RenewTo;
use engine::view::*;
use sandbox::Options;
use serde_json::json;
use std::path::Path;
use support::World;

const BANK: &str = "demobank_truelayer";
const DAY_MS: i64 = 86_400_000;

/// A company that its customer has linked; its id and its connection's.
async fn linked(world: &World, name: &str) -> RenewOf {
    let done = world.linked(name, BANK).await;
    RenewOf { company_id: done.company_id.expect("a company"), connection_id: done.connection_id.expect("a connection") }
}

/// Days go by, here and at the bank.
async fn days_go_by(world: &World, days: i64) {
    world.clock.ahead(days * DAY_MS);
    world.turn("clock", json!({ "advance": days * 86_400 })).await;
}

async fn desk(world: &World) -> ConsentsView {
    world.engine().consents(ConsentQuery::default()).await.expect("a desk")
}

fn row<'a>(desk: &'a ConsentsView, of: &RenewOf) -> &'a ConsentRow {
    desk.rows.iter().find(|row| row.connection_id == of.connection_id).expect("a row")
}

/// The link in the folder's list that belongs to a company.
fn link(folder: &Path, company: &str) -> String {
    let text = std::fs::read_to_string(folder.join("renewals.csv")).expect("a list");
    let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(text.as_bytes()).records().map(|row| row.expect("a row")).collect();
    rows.iter().find(|row| &row[0] == company).expect("a row")[4].to_owned()
}

async fn renew(world: &World, of: &[RenewOf], folder: &Path) -> RenewalsSent {
    let to = RenewTo { folder: folder.to_owned(), codes: false, language: None };
    world.engine().send_renewals(of.to_vec(), to).await.expect("sent")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_estimated_told_by_codat_learned_from_and_renewed_on_the_same_connection() {
    let world = World::new(Options { transactions: Some(20), ..Options::default() }).await;
    let (acme, beta) = (linked(&world, "Acme Ltd").await, linked(&world, "Beta Ltd").await);
    let first = desk(&world).await;
    assert_eq!((first.counts.later, row(&first, &acme).why.as_str()), (2, "90 days, as is usual."), "{first:#?}");
    days_go_by(&world, 62).await;
    let before = desk(&world).await;
    assert_eq!((before.counts.month, row(&before, &acme).group), (2, ConsentGroup::Month), "{before:#?}");

    // The bank asks earlier than anybody thought.
    world.turn(&format!("connections/{}/deauthorise", beta.connection_id), json!({})).await;
    world.engine().refresh_companies().await.expect("read again");
    let after = desk(&world).await;
    assert_eq!((row(&after, &beta).group, after.counts.ended), (ConsentGroup::Ended, 1), "{after:#?}");
    let acmes = row(&after, &acme);
    assert!(acmes.ends_at < row(&before, &acme).ends_at && acmes.why == "62 days: 1 consent at this bank ended.", "{acmes:?}");
    let listed = CompanyQuery { ends_within_days: Some(7), limit: 10, ..CompanyQuery::default() };
    assert_eq!(world.engine().list_companies(listed).await.expect("listed").total, 1, "the list of companies goes by the same estimate");

    let folder = tempfile::tempdir().expect("folder");
    let out = folder.path().join("beta");
    let sent = renew(&world, std::slice::from_ref(&beta), &out).await;
    assert_eq!((sent.sent, sent.left_out, sent.stopped.as_deref()), (1, 0, None), "{sent:?}");
    let mail = std::fs::read_to_string(out.join("0001 Beta Ltd.eml")).expect("a mail");
    assert!(mail.contains("X-Unsent: 1") && !mail.contains("To:"), "nobody's address is known, and nothing is sent: {mail}");
    let again = RenewTo { folder: out.clone(), codes: false, language: None };
    assert!(world.engine().send_renewals(vec![beta.clone()], again).await.is_err(), "links that went out are not written over");
    let board = desk(&world).await.batches;
    assert_eq!((board.len(), board[0].waiting, board[0].rows[0].status.word.as_str()), (1, 1, "Still waiting"));

    let back = world.customer(&link(&out, "Beta Ltd"), "authorise").await.expect("a redirect");
    world.engine().ring(back).await.expect("rung");
    let attempts = world.engine().open_attempts().await.expect("attempts");
    if let Some(open) = attempts.iter().find(|open| open.connection_id.as_ref() == Some(&beta.connection_id)) {
        world.until(&open.id, &[AttemptStage::Reading, AttemptStage::Complete]).await;
    }
    let renewed = desk(&world).await;
    assert_eq!((renewed.batches[0].done, renewed.batches[0].rows[0].status.word.as_str()), (1, "Linked again"), "{renewed:#?}");
    let beta_now = row(&renewed, &beta);
    assert!(beta_now.group == ConsentGroup::Later || beta_now.group == ConsentGroup::Month, "a new consent, a new end: {beta_now:?}");
    assert_eq!(beta_now.renewal, None, "that renewal was of the consent before");
    let state = world.control("state").await;
    assert_eq!((state["companies"].as_u64(), state["connections"].as_u64()), (Some(2), Some(2)), "the same connections");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_early_renewal_that_nobody_finishes_leaves_a_healthy_connection_as_it_was() {
    let mut world = World::new(Options { transactions: Some(20), ..Options::default() }).await;
    let acme = linked(&world, "Acme Ltd").await;
    let before = desk(&world).await;
    let page = world.engine().company(acme.company_id.clone()).await.expect("a page");
    let folder = tempfile::tempdir().expect("folder");
    let out = folder.path().join("early");
    assert_eq!(renew(&world, std::slice::from_ref(&acme), &out).await.sent, 1);
    let unchanged = async |world: &World, when: &str| {
        let now = desk(world).await;
        let (one, other) = (row(&before, &acme), row(&now, &acme));
        assert_eq!((one.group, one.given_at, one.ends_at), (other.group, other.given_at, other.ends_at), "{when}");
        let now = world.engine().company(acme.company_id.clone()).await.expect("a page");
        assert_eq!(
            (&now.row.status.word, &now.connections[0].bank.status.word),
            (&page.row.status.word, &page.connections[0].bank.status.word),
            "{when}"
        );
        assert_eq!(now.connections[0].problem, None, "{when}");
    };
    unchanged(&world, "while it runs").await;
    let back = world.customer(&link(&out, "Acme Ltd"), "cancel").await;
    if let Some(back) = back {
        world.engine().ring(back).await.expect("rung");
    }
    world.engine().refresh_companies().await.expect("read again");
    unchanged(&world, "after the customer left").await;
    days_go_by(&world, 2).await;
    world.restart().await;
    world.engine().refresh_companies().await.expect("read again");
    unchanged(&world, "two days and a restart later").await;
    let board = desk(&world).await.batches;
    assert_eq!((board[0].expired, board[0].rows[0].again), (1, true), "{board:?}");
    let state = world.control("state").await;
    assert_eq!((state["companies"].as_u64(), state["connections"].as_u64()), (Some(1), Some(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_go_into_a_calendar_and_codes_to_a_folder_without_anything_of_an_account() {
    let world = World::new(Options { transactions: Some(20), ..Options::default() }).await;
    let acme = linked(&world, "Acme & Söhne; Ltd").await;
    let folder = tempfile::tempdir().expect("folder");
    let out = folder.path().join("ends.ics");
    assert_eq!(world.engine().consent_calendar(None, out.clone(), false).await.expect("written"), 1);
    let text = std::fs::read_to_string(&out).expect("a calendar");
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1);
    assert!(text.contains("DTSTART;VALUE=DATE:") && !text.contains(&acme.connection_id) && !text.contains(&acme.company_id), "{text}");
    assert!(world.engine().consent_calendar(None, out.clone(), false).await.is_err(), "nothing is written over unless asked");
    assert!(world.engine().consent_calendar(Some(3), folder.path().join("soon.ics"), false).await.is_err(), "nothing ends in three days");

    let codes = folder.path().join("codes");
    let to = RenewTo { folder: codes.clone(), codes: true, language: None };
    world.engine().send_renewals(vec![acme], to).await.expect("sent");
    let code = std::fs::read_dir(&codes)
        .expect("codes")
        .filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok())
        .find(|text| text.starts_with("<svg"));
    let code = code.expect("a code");
    assert!(code.contains("Acme &amp;") && code.contains("Works once"), "{code}");
}
