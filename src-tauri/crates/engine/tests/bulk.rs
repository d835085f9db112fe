//! A list of customers at the real sandbox: made once each, invited, connected, and undone without touching whoever connected.

mod support;

use engine::LinksTo;
use engine::view::*;
use sandbox::Options;
use serde_json::json;
use std::collections::BTreeSet;
use support::World;

const LIST: &str = "Customer;Loan no;Contact e-mail\n\
    Müller (Köln) GmbH;L-1;ann@mueller.example\n\
    Bee Ltd;L-2;not an address\n\
    Bee Ltd;L-2;bee@bee.example\n\
    =HYPERLINK(1);L-3;\n\
    ;L-4;nobody@x.example\n\
    Cat Ltd;L-5;cat@cat.example\n";

fn columns() -> Option<BulkColumns> {
    Some(BulkColumns { name: Some(0), reference: Some(1), mail: Some(2), language: None })
}

fn query(id: &str, which: BulkWhich) -> BulkQuery {
    BulkQuery { id: id.to_owned(), which, offset: 0, limit: 500 }
}

async fn companies(world: &World) -> u64 {
    world.control("state").await["companies"].as_u64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_checked_made_once_invited_and_undone_without_touching_who_connected() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    // L-5 was onboarded before, elsewhere.
    let body = json!({ "name": "Cat Ltd", "tags": { "reference": "L-5" } });
    let made = world
        .http
        .post(format!("{}/companies", world.sandbox.base_url()))
        .header("Authorization", format!("Basic {}", base64_of(world.sandbox.api_key())))
        .json(&body)
        .send()
        .await
        .expect("made");
    assert!(made.status().is_success());

    let check = engine.check_bulk("customers.csv", LIST.as_bytes(), None).await.expect("a list");
    assert_eq!(
        (check.columns, check.headings.len()),
        (BulkColumns { name: Some(0), reference: None, mail: Some(2), language: None }, 3),
        "\u{201c}Loan no\u{201d} is not guessed"
    );
    let check = engine.check_bulk("customers.csv", LIST.as_bytes(), columns()).await.expect("a list");
    assert_eq!((check.make, check.known, check.left_out, check.requests, check.is_current), (3, 1, 2, 6, true), "{check:#?}");
    assert_eq!(companies(&world).await, 1, "a dry run makes nothing");

    let list = engine.begin_bulk("customers.csv", LIST.as_bytes(), columns()).await.expect("taken in");
    let again = engine.begin_bulk("renamed.csv", LIST.as_bytes(), columns()).await.expect("the same");
    assert_eq!((&again.id, again.rows), (&list.id, 6), "the same content is the same list");
    let done = engine.run_bulk(&list.id).await.expect("made");
    assert_eq!((done.stage, done.made, done.known, done.left_out, done.open), (BulkStage::Done, 3, 1, 2, 0), "{done:?}");
    assert_eq!(companies(&world).await, 4);
    engine.go_on_bulk(list.id.clone()).await.expect("may go on");
    engine.run_bulk(&list.id).await.expect("nothing is left");
    assert_eq!(companies(&world).await, 4, "run again, nothing is made again");

    let folder = tempfile::tempdir().expect("folder");
    let to = LinksTo {
        out: folder.path().join("links.csv"),
        mails: Some(folder.path().join("mails")),
        overwrite: false,
        language: Language::En,
    };
    let out = engine.bulk_links(&list.id, to.clone()).await.expect("links");
    assert_eq!((out.links, out.mails, out.left_out), (4, 2, 0), "two have no address to write to");
    assert!(engine.bulk_links(&list.id, to.clone()).await.is_err(), "nothing is written over unless asked");
    let text = std::fs::read_to_string(&to.out).expect("a file");
    assert!(text.contains("'=HYPERLINK(1),L-3"), "no name becomes a formula: {text}");
    let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(text.as_bytes()).records().map(|row| row.expect("a row")).collect();
    let links: BTreeSet<&str> = rows.iter().map(|row| &row[4]).collect();
    assert_eq!(links.len(), 4, "each has a link of its own");
    let mails = std::fs::read_dir(to.mails.expect("a folder")).expect("mails").count();
    assert_eq!(mails, 2);

    // The first customer chooses a bank on Codat's page and agrees.
    connect(&world, &rows[0][4]).await;
    engine.refresh_companies().await.expect("companies");
    let board = engine.bulk_board(query(&list.id, BulkWhich::Linked)).await.expect("a board");
    assert_eq!((board.total, board.rows[0].line, board.list.linked), (1, 2, 1));
    let out = engine
        .bulk_links(&list.id, LinksTo { out: folder.path().join("again.csv"), mails: None, overwrite: false, language: Language::En })
        .await
        .expect("links");
    assert_eq!(out.links, 3, "who is linked is not asked again");

    let undone = engine.undo_bulk(&list.id).await.expect("undone");
    assert_eq!((undone.stage, undone.undone, undone.made, undone.known), (BulkStage::Undone, 2, 1, 1), "{undone:?}");
    assert_eq!(companies(&world).await, 2, "who connected stays, and who was here before");
    assert!(engine.go_on_bulk(list.id.clone()).await.is_err(), "an undone list is over");
    let anew = engine.begin_bulk("customers.csv", LIST.as_bytes(), columns()).await.expect("taken in anew");
    assert_ne!(anew.id, list.id);
    assert_eq!(engine.run_bulk(&anew.id).await.expect("made").made, 2, "only who is not here any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_codat_refuses_for_all_stops_a_list_and_what_it_refuses_of_one_does_not() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    let list = engine.begin_bulk("l.csv", b"Name\nAnt Ltd\nBee Ltd\nCat Ltd\n", None).await.expect("taken in");
    let fault = |status: u16| json!([{ "match": "POST /companies", "times": 1, "fault": { "kind": "status", "status": status } }]);
    world.turn("faults", fault(400)).await;
    let done = engine.run_bulk(&list.id).await.expect("gone through");
    assert_eq!((done.stage, done.made, done.refused), (BulkStage::Done, 2, 1), "{done:?}");
    assert_eq!(world.control("faults").await["fired"], 1, "1 fault of 1 fired");
    world.turn("faults", fault(402)).await;
    engine.go_on_bulk(list.id.clone()).await.expect("goes on");
    let held = engine.run_bulk(&list.id).await.expect("gone through");
    assert_eq!((held.stage, held.open, held.problem.is_some()), (BulkStage::Held, 1, true), "{held:?}");
    assert!(engine.open_attempts().await.expect("attempts").is_empty(), "a list does not fill the open cases");
    engine.go_on_bulk(list.id.clone()).await.expect("goes on");
    assert_eq!(engine.run_bulk(&list.id).await.expect("gone through").made, 3);
    assert_eq!(companies(&world).await, 3);

    let stopped = engine.begin_bulk("m.csv", b"Name\nDog Ltd\n", None).await.expect("taken in");
    assert_eq!(engine.cancel_bulk(stopped.id.clone()).await.expect("stopped").stage, BulkStage::Cancelled);
    engine.run_bulk(&stopped.id).await.expect("does nothing");
    assert_eq!(companies(&world).await, 3, "a stopped list makes nothing until somebody goes on");
}

/// What a customer does with a company's own link: choose the bank, then agree.
async fn connect(world: &World, link: &str) {
    let first = world.http.get(link).send().await.expect("the company's page");
    let visit = first.headers().get("location").expect("a page of its own").to_str().expect("text");
    let visit = format!("{}{visit}", world.sandbox.base_url());
    let chosen = [("decision", "continue"), ("institution", "demobank_truelayer")];
    world.http.post(&visit).form(&chosen).send().await.expect("chosen");
    let back = world.http.post(&visit).form(&[("decision", "authorise")]).send().await.expect("agreed");
    assert!(back.headers().contains_key("location"), "sent back: {}", back.status());
}

fn base64_of(key: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(key)
}
