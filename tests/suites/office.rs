//! From "we signed with Codat" to customers who are connected, looked at and renewed: one office, one process a step, nothing but `fairlead`.

use fairlead_tests::world::World;
use reqwest::redirect::Policy;
use sandbox::Options;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

const BANK: &str = "natwest_business_uk";
const CUSTOMERS: usize = 6;
/// With it this bank knows its accounts by their numbers, whoever links them.
const SEED: u64 = 9;
/// A read of a small bank ends in seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the customer of a link does: choose the bank where it is asked for, and consent.
async fn customer(link: &str) {
    let browser = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().expect("a browser");
    let sent = |answer: &reqwest::Response, from: &str| {
        let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).map(str::to_owned);
        to.map(|to| url::Url::parse(from).expect("an address").join(&to).expect("an address").to_string())
    };
    let mut page = sent(&browser.get(link).send().await.expect("the link opens"), link).expect("it leads somewhere");
    let shown = browser.get(&page).send().await.expect("a page").text().await.expect("a page");
    if shown.contains("name=\"institution\"") {
        let chosen = browser.post(&page).form(&[("institution", BANK)]).send().await.expect("chosen");
        page = sent(&chosen, &page).unwrap_or(page);
    }
    let done = browser.post(&page).form(&[("decision", "authorise")]).send().await.expect("pressed");
    assert!(done.status().is_success() || done.status().is_redirection(), "the bank takes it: {}", done.status());
}

/// The one link of each line of a file that was written for the office.
fn links(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("the links");
    let mut rows = text.lines();
    let column = rows.next().expect("a heading").split(',').position(|name| name == "link").expect("a column of links");
    rows.map(|row| row.split(',').nth(column).expect("a link").to_owned()).collect()
}

fn done(world: &World, args: &[&str]) -> Value {
    let answer = tokio::task::block_in_place(|| world.fairlead.run(args));
    assert_eq!(answer.code, 0, "fairlead {}: {answer:?}", args.join(" "));
    answer.json()
}

/// Syncs until what the customers of these references linked is read.
fn read_all(world: &World, references: &[String]) {
    let begun = Instant::now();
    let is_read = |reference: &String| done(world, &["status", reference])["accounts"].as_u64() > Some(0);
    loop {
        done(world, &["sync", "--all"]);
        if references.iter().all(is_read) {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "the banks' rows do not arrive");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_goes_from_its_contract_to_renewed_customers_with_nothing_but_commands() {
    let world = World::new(Options { transactions: Some(20), accounts: 6, seed: SEED, ..Options::default() }).await;
    let desk = tempfile::tempdir().expect("a folder");
    let at = |name: &str| desk.path().join(name).to_str().expect("text").to_owned();

    let steps = done(&world, &["setup", "choose", "own-truelayer"]);
    assert!(steps["report"].as_str().is_some_and(|text| text.contains("TrueLayer with an account of our own")), "{steps}");
    let seen = tokio::task::block_in_place(|| world.fairlead.run(&["doctor"])).json();
    let good = |check: &str| {
        seen["findings"].as_array().is_some_and(|all| all.iter().any(|one| one["check"] == check && one["verdict"] == "good"))
    };
    assert!(good("key") && good("banks") && good("database"), "{seen}");
    let offer = done(&world, &["offer", "default", BANK]);
    assert_eq!(offer["defaultBank"]["key"], BANK);

    let mut list = String::from("Company,Reference,E-mail\n");
    for number in 1..=CUSTOMERS {
        let _ = writeln!(list, "Customer {number} Ltd,R-{number:02},c{number}@customer.example");
    }
    std::fs::write(at("customers.csv"), list).expect("a list");
    assert_eq!(done(&world, &["bulk", "check", &at("customers.csv")])["make"], json!(CUSTOMERS));
    let made = done(&world, &["bulk", "run", &at("customers.csv")]);
    let id = made["id"].as_str().expect("an id").to_owned();
    let out = done(&world, &["bulk", "links", &id, "--out", &at("links.csv"), "--mails", &at("mails")]);
    assert_eq!((&out["links"], &out["mails"]), (&json!(CUSTOMERS), &json!(CUSTOMERS)));

    let sent = links(Path::new(&at("links.csv")));
    let (last, others) = sent.split_last().expect("links");
    for link in others {
        customer(link).await;
    }
    let references: Vec<String> = (1..=CUSTOMERS).map(|number| format!("R-{number:02}")).collect();
    read_all(&world, &references[..CUSTOMERS - 1]);
    // The last customer signs in with the accounts of another business, and nobody else does.
    let whoever_signs_in_is = async |holder: Value| {
        let switch = world.http.post(format!("{}/switches", world.sandbox.control_url())).json(&json!({ "holder": holder }));
        assert!(switch.send().await.expect("control").status().is_success());
    };
    whoever_signs_in_is(json!("Elderberry Wines Ltd")).await;
    customer(last).await;
    whoever_signs_in_is(Value::Null).await;
    read_all(&world, &references);
    let board = done(&world, &["bulk", "board"]);
    assert_eq!(board[0]["linked"], json!(CUSTOMERS), "{board}");
    let asking: Vec<&String> = references
        .iter()
        .filter(|reference| {
            done(&world, &["status", reference])["checks"].as_array().is_some_and(|all| all.iter().any(|one| one["asks"] == true))
        })
        .collect();
    assert_eq!(asking, [&references[CUSTOMERS - 1]], "the one with another holder is asked about, and nobody else");

    let connections = |consents: &Value| -> BTreeSet<String> {
        let rows = consents["rows"].as_array().expect("rows");
        rows.iter().map(|row| row["connectionId"].as_str().expect("an id").to_owned()).collect()
    };
    let before = done(&world, &["consents", "--within", "120", "--ics", &at("consents.ics")]);
    assert_eq!(connections(&before).len(), CUSTOMERS);
    assert!(std::fs::read_to_string(at("consents.ics")).expect("a calendar").contains("BEGIN:VEVENT"));
    let batch = done(&world, &["renew", "--within", "120", "--out", &at("renewals")]);
    assert_eq!(batch["sent"], json!(CUSTOMERS));
    for link in links(&Path::new(&at("renewals")).join("renewals.csv")) {
        customer(&link).await;
    }
    done(&world, &["sync", "--all"]);
    let after = done(&world, &["consents", "--within", "120"]);
    assert_eq!(connections(&after), connections(&before), "each on the connection it had");

    let pack = done(&world, &["evidence", "make", "R-01", "--out", &at("R-01.zip")]);
    let proof = done(&world, &["evidence", "verify", &at("R-01.zip")]);
    assert_eq!(proof["isWhole"], true, "{proof}");
    done(&world, &["audit", "verify"]);
    println!(
        "measured: {CUSTOMERS} customers from a list to a renewal, {} files of proof, 1 other business found",
        pack["files"].as_u64().expect("a number")
    );
}
