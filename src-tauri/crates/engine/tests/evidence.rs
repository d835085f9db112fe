//! Whose accounts came back, and the pack that shows it, at the real sandbox.

mod support;

use engine::verify_evidence;
use sandbox::Options;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use support::World;

const BANK: &str = "demobank_truelayer";
/// With it this bank knows its accounts by their numbers, whoever links them.
const SEED: u64 = 9;

async fn linked(world: &World, name: &str) -> (String, String) {
    let done = world.linked(name, BANK).await;
    (done.company_id.expect("a company"), done.connection_id.expect("a connection"))
}

fn unpacked(file: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(file).expect("a file")).expect("a ZIP");
    let mut parts = BTreeMap::new();
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).expect("an entry");
        let mut bytes = vec![];
        part.read_to_end(&mut bytes).expect("read");
        parts.insert(part.name().expect("a name").into_owned(), bytes);
    }
    parts
}

#[tokio::test(flavor = "multi_thread")]
async fn another_business_behind_a_renewal_is_shown_until_a_person_says_what_it_means() {
    let world = World::new(Options { transactions: Some(20), accounts: 6, seed: SEED, ..Options::default() }).await;
    let engine = world.engine();
    let (company, connection) = linked(&world, "Alder Joinery Ltd").await;
    let first = engine.company(company.clone()).await.expect("a page");
    assert!(first.checks.iter().all(|check| !check.asks), "the bank writes the name in its own way: {:?}", first.checks);

    world.turn(&format!("connections/{connection}/deauthorise"), json!({})).await;
    world.turn("switches", json!({ "holder": "Elderberry Wines Ltd" })).await;
    engine.refresh_companies().await.expect("read again");
    let renewal = engine.renew_connection(company.clone(), connection.clone()).await.expect("renewed");
    world.authorise(&renewal.id).await;
    let asked = engine.company(company.clone()).await.expect("a page");
    let [check] = asked.checks.as_slice() else { panic!("{:?}", asked.checks) };
    assert!(check.asks && check.is_renewal && check.connection_id == connection, "{check:?}");
    assert!(check.differences.iter().any(|one| one.asks && one.says.contains("ELDERBERRY WINES LTD")), "{check:?}");

    let wrong = engine.say_business(company.clone(), connection.clone(), false).await.expect("said");
    assert_eq!((wrong.checks[0].asks, wrong.checks[0].answer.map(|answer| answer.right)), (false, Some(false)));
    assert!(wrong.timeline.iter().any(|line| line.title.contains("another business")), "it stands in the ledger");
    let right = engine.say_business(company.clone(), connection, true).await.expect("said after all");
    assert_eq!(right.checks[0].answer.map(|answer| answer.right), Some(true));
    assert!(engine.say_business(company, "nobody's".into(), true).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_two_companies_hold_is_named_on_both_pages() {
    let world = World::new(Options { transactions: Some(20), accounts: 6, seed: SEED, ..Options::default() }).await;
    world.turn("switches", json!({ "holder": "One Holder Ltd" })).await;
    let engine = world.engine();
    let (one, _) = linked(&world, "One Holder Ltd").await;
    let (other, _) = linked(&world, "Two Holder Ltd").await;
    let twins = async |of: &str| -> Vec<String> {
        let page = engine.company(of.to_owned()).await.expect("a page");
        page.checks.iter().flat_map(|check| &check.twins).map(|twin| twin.company_name.clone()).collect()
    };
    let (of_one, of_other) = (twins(&one).await, twins(&other).await);
    assert!(!of_one.is_empty(), "six accounts of one holder are linked twice");
    assert!(
        of_one.iter().all(|name| name == "Two Holder Ltd") && of_other.iter().all(|name| name == "One Holder Ltd"),
        "{of_one:?} {of_other:?}"
    );
    assert_eq!(of_one.len(), of_other.len(), "what is the same from one side is so from the other");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_holds_it_all_is_the_same_twice_and_names_what_was_changed_in_it() {
    let world = World::new(Options { transactions: Some(200), ..Options::default() }).await;
    let engine = world.engine();
    let (company, _) = linked(&world, "Acme Ltd").await;
    let folder = tempfile::tempdir().expect("folder");
    let (first, second) = (folder.path().join("one.zip"), folder.path().join("two.zip"));
    let made = engine.make_evidence(company.clone(), first.clone(), false).await.expect("made");
    let again = engine.make_evidence(company.clone(), second.clone(), false).await.expect("made again");
    assert_eq!(std::fs::read(&first).expect("read"), std::fs::read(&second).expect("read"), "the same state, the same bytes");
    assert_eq!((made.sha256.as_str(), made.bytes), (again.sha256.as_str(), std::fs::metadata(&first).expect("a file").len()));
    assert!(engine.make_evidence(company.clone(), first.clone(), false).await.is_err(), "nothing is written over unless asked");
    let page = engine.company(company.clone()).await.expect("a page");
    assert!(page.timeline.iter().any(|line| line.title == "Evidence pack made"), "{:?}", page.timeline);

    let parts = unpacked(&first);
    let names: Vec<&str> = parts.keys().map(String::as_str).collect();
    for name in [
        "SHA256SUMS",
        "manifest.json",
        "summary.pdf",
        "consents.json",
        "timeline.json",
        "ledger.csv",
        "coverage.json",
        "accounts.json",
        "transactions.csv",
        "transactions.parquet",
        "whose-accounts.json",
        "HOW-TO-VERIFY.txt",
    ] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    assert!(parts["summary.pdf"].starts_with(b"%PDF-") && String::from_utf8_lossy(&parts["transactions.csv"]).lines().count() == 201);
    let whole = verify_evidence(&first).expect("looked through");
    assert_eq!((whole.is_whole, whole.company.as_str(), whole.files as usize), (true, "Acme Ltd", names.len() - 2), "{whole:?}");

    // Whoever changes, takes out or adds a file is found, by its name.
    let mut found = 0;
    for (name, harm) in [
        ("transactions.csv", "changed"),
        ("ledger.csv", "gone"),
        ("extra.txt", "added"),
        ("manifest.json", "changed"),
        ("SHA256SUMS", "changed"),
    ] {
        let mut harmed = parts.clone();
        match harm {
            "gone" => drop(harmed.remove(name)),
            "added" => drop(harmed.insert(name.into(), b"more".to_vec())),
            _ => {
                let text = String::from_utf8_lossy(&harmed[name]).replace('0', "1");
                harmed.insert(name.into(), text.into_bytes());
            }
        }
        let out = folder.path().join("harmed.zip");
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&out).expect("a file"));
        for (name, bytes) in &harmed {
            zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).expect("an entry");
            std::io::Write::write_all(&mut zip, bytes).expect("written");
        }
        zip.finish().expect("written");
        match verify_evidence(&out) {
            Ok(verdict) => {
                assert!(
                    !verdict.is_whole && (name == "manifest.json" || verdict.differs.iter().any(|line| line.contains(name))),
                    "{name}: {verdict:?}"
                );
            }
            Err(_) => assert_eq!(name, "manifest.json", "only a manifest that is none makes it no pack"),
        }
        found += 1;
    }
    println!("changes planted: 5, found: {found}");
    let none = folder.path().join("none.zip");
    std::fs::write(&none, b"PK\x03\x04 no pack").expect("written");
    assert!(verify_evidence(&none).is_err());
    assert!(verify_evidence(&folder.path().join("absent.zip")).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_steps_prove_a_pack_without_fairlead() {
    let world = World::new(Options { transactions: Some(20), ..Options::default() }).await;
    let (company, _) = linked(&world, "Acme Ltd").await;
    let folder = tempfile::tempdir().expect("folder");
    let pack = folder.path().join("pack.zip");
    world.engine().make_evidence(company, pack.clone(), false).await.expect("made");
    let parts = unpacked(&pack);
    for (name, bytes) in &parts {
        let path = folder.path().join("open").join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, bytes).expect("written");
    }
    let steps = String::from_utf8_lossy(&parts["HOW-TO-VERIFY.txt"]).into_owned();
    assert!(steps.contains("sha256sum -c SHA256SUMS"), "{steps}");
    if cfg!(target_os = "linux") {
        let check = || {
            std::process::Command::new("sha256sum")
                .args(["-c", "SHA256SUMS"])
                .current_dir(folder.path().join("open"))
                .output()
                .expect("sha256sum")
        };
        let good = check();
        assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
        std::fs::write(folder.path().join("open/ledger.csv"), "changed").expect("written");
        assert!(!check().status.success());
    }
}
