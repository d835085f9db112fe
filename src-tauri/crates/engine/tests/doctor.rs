//! The check-up against the real sandbox: each misconfiguration is planted for real, found, and its remedy named; taken out, all is well again.

mod support;

use engine::view::*;
use sandbox::Options;
use serde_json::json;
use support::{REDIRECT, TYPES, World};
use tokio::net::TcpListener;

async fn found(world: &World, check: Check) -> Finding {
    let seen = world.home.doctor(None).await;
    seen.findings.into_iter().find(|finding| finding.check == check).expect("every check has an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_planted_misconfiguration_is_found_and_its_remedy_named() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    // The page of this computer stands on a port of its own, and Codat knows of it.
    let port = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port").local_addr().expect("bound").port();
    engine.set_return(SetReturn { port: Some(port), ..SetReturn::default() }).await.expect("set");
    let ours = REDIRECT.replace("47811", &port.to_string());
    world.turn("redirect", json!(ours)).await;
    world.codat_reads(&[], json!({})).await;

    let all_is_well = async |after: &str| {
        let seen = world.home.doctor(None).await;
        let wrong: Vec<&Finding> = seen.findings.iter().filter(|finding| finding.verdict == Verdict::Wrong).collect();
        assert!(wrong.is_empty() && seen.wrong == 0, "after {after}: {wrong:?}");
    };
    all_is_well("nothing").await;

    let mut planted = 0;
    let mut expect = async |what: &str, check, verdict, remedy: &str| {
        let finding = found(&world, check).await;
        let fix = finding.fix.clone().unwrap_or_default();
        assert!(finding.verdict == verdict && fix.contains(remedy), "{what}: {finding:?}");
        planted += 1;
    };

    world.turn("switches", json!({ "chosenBanks": [] })).await;
    expect("no bank is switched on", Check::Banks, Verdict::Wrong, "enable TrueLayer or Plaid").await;
    world.turn("switches", json!({ "chosenBanks": null })).await;

    world.codat_reads(&TYPES[..1], json!({ "fetchOnFirstLink": false })).await;
    expect("a type is not read on first link", Check::FirstLink, Verdict::Wrong, "Fetch on first link").await;
    world.codat_reads(&TYPES[..1], json!({ "syncSchedule": 0 })).await;
    expect("a type is read only when asked", Check::Schedule, Verdict::Note, "Set a schedule").await;
    world.codat_reads(&TYPES[..1], json!({ "monthsToSync": 3 })).await;
    expect("the sync window is too narrow for a year", Check::Schedule, Verdict::Note, "Widen the sync window").await;
    world.codat_reads(&[], json!({})).await;

    world.turn("redirect", json!("https://lender.example/back?company={companyId}")).await;
    expect("the template lacks our state", Check::Redirect, Verdict::Wrong, "Auth flow, Redirects").await;
    world.turn("redirect", json!(null)).await;
    expect("no template is set at Codat", Check::Redirect, Verdict::Note, "Auth flow, Redirects").await;
    world.turn("redirect", json!("https://lender.example/back?state={state}")).await;
    expect("returns go elsewhere", Check::Redirect, Verdict::Note, "Auth flow, Redirects").await;
    world.turn("redirect", json!(ours)).await;

    let stranger = TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
    expect("another program holds the port", Check::Loopback, Verdict::Wrong, "another port").await;
    drop(stranger);

    world.turn("switches", json!({ "keyOutdated": true })).await;
    expect("the key is closed", Check::Key, Verdict::Wrong, "administrator").await;
    world.turn("switches", json!({ "keyOutdated": false, "accountExpired": true })).await;
    expect("the account has expired", Check::Key, Verdict::Wrong, "account manager").await;
    world.turn("switches", json!({ "accountExpired": false })).await;

    world.turn("faults", json!([{ "match": "GET /profile", "fault": { "kind": "html200" } }])).await;
    expect("a hotel's sign-in page answers", Check::Network, Verdict::Wrong, "sign in to the network").await;
    world.turn("faults", json!([{ "match": "GET /profile", "fault": { "kind": "dropBefore" } }])).await;
    expect("the line is cut", Check::Network, Verdict::Wrong, "firewall").await;
    world.turn("faults", json!([])).await;

    world.clock.ahead(2 * 86_400_000);
    engine.return_settings().await.expect("asked");
    expect("this computer's clock is two days ahead", Check::Clock, Verdict::Wrong, "set its clock").await;
    world.clock.ahead(-2 * 86_400_000);
    engine.return_settings().await.expect("asked");

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let open_to = |mode| std::fs::set_permissions(world.home.folder(), std::fs::Permissions::from_mode(mode)).expect("changed");
        open_to(0o755);
        expect("others may look into the data folder", Check::Disk, Verdict::Wrong, "chmod 700").await;
        open_to(0o700);
    }
    all_is_well("everything was taken out again").await;

    // The last one stops all traffic, so nothing can be planted after it.
    world.turn("faults", json!([{ "match": "* **", "fault": { "kind": "status", "status": 401 } }])).await;
    expect("the key was deleted", Check::Key, Verdict::Wrong, "Make a new key").await;
    println!("{planted} misconfigurations planted and found");
    assert!(planted >= 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_up_changes_nothing_and_names_neither_secret_nor_customer() {
    let world = World::new(Options { companies: 2, ..Options::default() }).await;
    let engine = world.engine();
    engine.refresh_companies().await.expect("companies");
    let before = engine.content_hash().await.expect("hashed");
    let seen = serde_json::to_string(&world.home.doctor(None).await).expect("a report");
    assert_eq!(engine.content_hash().await.expect("hashed"), before);
    assert!(!seen.contains(world.sandbox.api_key()), "the key is not in it");
    let companies = engine.list_companies(CompanyQuery { limit: 10, ..CompanyQuery::default() }).await.expect("companies");
    assert!(!companies.rows.is_empty());
    for company in companies.rows {
        assert!(!seen.contains(&company.name) && !seen.contains(&company.id), "no customer is in it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_support_is_given_is_what_was_shown_and_names_neither_secret_nor_customer() {
    let world = World::new(Options { transactions: Some(40), ..Options::default() }).await;
    let engine = world.engine();
    let done = world.linked("Quillfeather Bindery Ltd", "demobank_truelayer").await;
    let (company, connection) = (done.company_id.expect("a company"), done.connection_id.expect("a connection"));
    let rows = engine.transactions(TransactionQuery { company_id: company.clone(), limit: 200, ..TransactionQuery::default() }).await;
    let rows = rows.expect("transactions").rows;
    let mut needles = vec!["Quillfeather".to_owned(), company, connection, world.sandbox.api_key().to_owned()];
    needles.extend(rows.iter().flat_map(|row| [row.description.clone(), row.id.clone()]).filter(|text| text.len() > 5));
    assert!(needles.len() > 44, "control: there is something to hide");

    let shown = world.home.support(None).await.expect("gathered");
    let out = world.home.folder().join("support.zip");
    let written = world.home.write_support(shown.clone(), out.clone()).await.expect("written");
    assert_eq!(written.bytes, std::fs::metadata(&out).expect("there").len());
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&out).expect("a file")).expect("a ZIP");
    let mut inside = vec![];
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).expect("an entry");
        let mut text = String::new();
        std::io::Read::read_to_string(&mut part, &mut text).expect("text");
        inside.push((part.name().expect("a name").into_owned(), text));
    }
    let files: Vec<_> = shown.files.iter().map(|file| (file.name.clone(), file.text.clone())).collect();
    assert_eq!(inside, files, "nothing is in it that nobody saw");
    for (name, text) in &inside {
        let found: Vec<&String> = needles.iter().filter(|needle| text.contains(needle.as_str())).collect();
        assert!(found.is_empty(), "{name} holds {found:?}");
    }
    let of = |name: &str| files.iter().find(|(named, _)| named == name).map(|(_, text)| text.as_str()).expect("this file");
    let kept: serde_json::Value = serde_json::from_str(of("kept.json")).expect("json");
    assert_eq!(kept["transactions"], json!(rows.len()), "it counts what is here: {kept}");
    assert_eq!(kept["connections"], json!([{ "of": "Linked", "count": 1 }]));
    assert!(kept["bytes"].as_u64() > Some(100_000), "and how large the file is: {kept}");
    assert!(of("happened.json").contains("\"linked\"") && of("check-up.txt").contains("Database"));

    let again = world.home.write_support(shown, out).await.expect_err("nothing is written over");
    assert!(again.to_string().contains("already"), "{again}");
    world.home.close_profile();
    let without = world.home.support(Some("The key is gone.")).await.expect("it helps most when nothing opens");
    assert!(without.files[0].text.contains("The key is gone.") && without.files.len() == 2);
}
