//! What the product promises, on real processes: `fairlead` as a person runs it, against the sandbox over HTTP.

use engine::ports::SecretVault as _;
use fairlead_tests::fairlead::Fairlead;
use fairlead_tests::needle::{Needle, files_below};
use fairlead_tests::world::World;
use futures::StreamExt as _;
use sandbox::Options;
use secrecy::{ExposeSecret as _, SecretSlice};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use vault::PassphraseFile;

const BANK: &str = "demobank_truelayer";
const SEEDS: u64 = 20;

async fn world(seed: u64) -> World {
    World::new(Options { seed, speed: 50, transactions: Some(400), ..Options::default() }).await
}

async fn script(world: &World, rules: Value) {
    let answer = world.http.post(format!("{}/faults", world.sandbox.control_url())).json(&rules).send().await.expect("control");
    assert!(answer.status().is_success(), "the script is understood: {:?}", answer.text().await);
}

/// Faults that fired so far.
async fn faults_fired(world: &World) -> u64 {
    let counts = world.control("faults").await;
    counts["results"].as_array().expect("rules").iter().map(|rule| rule["fired"].as_u64().unwrap_or(0)).sum()
}

async fn connect(world: &World) -> fairlead_tests::fairlead::Answer {
    tokio::task::block_in_place(|| world.fairlead.run(&["connect", "--company", "Acme Bakery Ltd", "--reference", "HF-7", "--bank", BANK]))
}

async fn assert_one_of_each(world: &World, why: &str) {
    let state = world.control("state").await;
    assert_eq!((state["companies"].as_u64(), state["connections"].as_u64()), (Some(1), Some(1)), "{why}");
}

/// One customer, whose creation goes wrong in this way; tells how many faults fired.
async fn connected_in_spite_of(kind: &str, seed: u64) -> u64 {
    let world = world(seed).await;
    let path = if seed.is_multiple_of(2) { "POST /companies" } else { "POST /companies/*/connections" };
    script(&world, json!([{ "match": path, "times": 1, "fault": { "kind": kind } }])).await;
    let answer = connect(&world).await;
    assert!([0, 3].contains(&answer.code), "the document comes, the customer's consent is awaited: {answer:?}");
    assert!(answer.json()["linkUrl"].as_str().is_some_and(|url| url.contains("state=")), "the link carries our state");
    assert_one_of_each(&world, &format!("{kind} at {path}, seed {seed}")).await;
    let again = connect(&world).await;
    assert_eq!(again.json()["connectionId"], answer.json()["connectionId"], "the same reference goes on with the same connection");
    assert_one_of_each(&world, &format!("{kind} at {path}, seed {seed}, run again")).await;
    faults_fired(&world).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_or_wrong_never_makes_a_second_company_or_connection() {
    let all = (0..SEEDS).flat_map(|seed| ["applyThenDrop", "applyThen500"].map(|kind| (kind, seed)));
    // A few customers at once, each on a computer of their own.
    let journeys = futures::stream::iter(all).map(|(kind, seed)| tokio::spawn(connected_in_spite_of(kind, seed))).buffer_unordered(4);
    let fired: u64 = journeys.map(|fired| fired.expect("one of each")).collect::<Vec<_>>().await.into_iter().sum();
    println!(
        "measured: {} creations by real processes, their answers lost or wrong: faults fired {fired} of {}, 0 doubled",
        2 * SEEDS,
        2 * SEEDS
    );
    assert_eq!(fired, 2 * SEEDS, "a fault that never fires proves nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_right_after_the_request_never_makes_a_second_company_or_connection() {
    let mut killed = 0;
    for seed in 0..SEEDS {
        let world = world(seed).await;
        let path = if seed % 2 == 0 { "/companies" } else { "/connections" };
        let rule = if seed % 2 == 0 { "POST /companies" } else { "POST /companies/*/connections" };
        // It takes effect, and the answer is held back long enough to die in between.
        script(&world, json!([{ "match": rule, "times": 1, "fault": { "kind": "slowAfter", "ms": 2_000 } }])).await;
        let mut child = world.fairlead.start(&["connect", "--company", "Acme Bakery Ltd", "--reference", "HF-7", "--bank", BANK]);
        drop(child.stdin.take());
        let applied = async {
            loop {
                let log = world.control("requests").await;
                let sent = log["results"]
                    .as_array()
                    .expect("log")
                    .iter()
                    .any(|line| line["method"] == "POST" && line["path"].as_str().is_some_and(|sent| sent.ends_with(path)));
                if sent {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(60), applied).await.expect("the request is sent");
        child.kill().expect("killed");
        child.wait().expect("dead");
        killed += 1;
        let answer = connect(&world).await;
        assert!([0, 3].contains(&answer.code), "{answer:?}");
        assert_one_of_each(&world, &format!("killed after {rule}, seed {seed}")).await;
    }
    println!("measured: processes killed right after the request, faults fired {killed} of {SEEDS}, 0 doubled");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_processes_at_once_make_one_company_and_one_connection() {
    const AT_ONCE: usize = 10;
    let rounds = if seeds() >= 24 { 4 } else { 1 };
    let (mut ended, mut gave_up) = (0, 0);
    for seed in 0..rounds {
        let world = world(seed).await;
        // The first opening makes the database and its key; the vault's file is written once.
        assert_eq!(tokio::task::block_in_place(|| world.fairlead.run(&["stats"])).code, 0);
        let args = ["connect", "--company", "Acme Bakery Ltd", "--reference", "HF-7", "--bank", BANK];
        let children: Vec<_> = (0..AT_ONCE).map(|_| world.fairlead.start(&args)).collect();
        let mut connections = std::collections::BTreeSet::new();
        for child in children {
            let output = tokio::task::block_in_place(|| child.wait_with_output()).expect("it ends");
            let told: Value = serde_json::from_slice(&output.stdout).expect("one document, whatever the end");
            connections.extend(told["connectionId"].as_str().map(str::to_owned));
            // Who waited too long for the others says so, and may be run again.
            let waited = told["error"]["message"].as_str().is_some_and(|message| message.contains("could not be made at Codat yet"));
            assert!(matches!(output.status.code(), Some(0 | 3)) || waited, "{:?}: {told}", output.status);
            gave_up += usize::from(waited);
            ended += 1;
        }
        let again = connect(&world).await;
        connections.extend(again.json()["connectionId"].as_str().map(str::to_owned));
        assert_eq!(connections.len(), 1, "everybody speaks of the same connection");
        assert_one_of_each(&world, &format!("{AT_ONCE} at once, seed {seed}")).await;
    }
    println!("measured: {AT_ONCE} processes at once × {rounds}: {ended} ended, {gave_up} of them with a plain \"not yet\", 0 double sends");
}

/// How many seeds a check goes through that goes through several.
fn seeds() -> u64 {
    std::env::var("FAIRLEAD_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(2)
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_forged_returns_change_not_one_byte_of_the_database() {
    let world = world(1).await;
    let old = connect(&world).await.json()["linkUrl"].as_str().expect("a link").to_owned();
    let new = connect(&world).await.json()["linkUrl"].as_str().expect("a link").to_owned();
    let state = |url: &str| url.split("state=").nth(1).expect("state").to_owned();
    let (used, good) = (state(&old), state(&new));
    let stranger = "0f8fad5b-d9cb-469f-a165-70867728950e";
    let mut forged: Vec<String> = vec![
        format!("fairlead://return?state={used}"),
        format!("fairlead://return?state={good}&companyId={stranger}"),
        format!("fairlead://return?state={good}&state={good}"),
        format!("fairlead://return?state={good}&statuscode=999"),
        format!("fairlead://return/?state={good}"),
        format!("FAIRLEAD://return?state={good}"),
        format!("fairlead://return?state={good}#x"),
        format!("https://evil.example/return?state={good}"),
        format!("http://localhost:47811/return?state={good}"),
        format!("http://127.0.0.1:47812/return?state={good}"),
        "javascript:alert(1)".into(),
        String::new(),
    ];
    for n in 0..24_u8 {
        let letter = char::from(b'a' + n);
        forged.push(format!("fairlead://return?state={}A", letter.to_string().repeat(42)));
        forged.push(format!("fairlead://return?state={}", &good[..usize::from(n) + 4]));
    }
    assert!(forged.len() >= 60, "{}", forged.len());
    let database = || {
        let file = files_below(&world.fairlead.home()).into_iter().find(|path| path.ends_with("fairlead.db")).expect("a database");
        Sha256::digest(std::fs::read(file).expect("read")).to_vec()
    };
    let before = database();
    // A few at once: most of a process is its start.
    for texts in forged.chunks(4) {
        let rings: Vec<_> = texts.iter().map(|text| world.fairlead.start(&["ring", text])).collect();
        for (text, ring) in texts.iter().zip(rings) {
            let ended = tokio::task::block_in_place(|| ring.wait_with_output()).expect("it ends");
            let told: Value = serde_json::from_slice(&ended.stdout).unwrap_or_else(|error| panic!("one document for {text}: {error}"));
            assert_eq!(told["accepted"], false, "{text}");
        }
        assert_eq!(database(), before, "one of {texts:?} left a trace");
    }
    let answer = tokio::task::block_in_place(|| world.fairlead.run(&["ring", &format!("fairlead://return?state={good}")]));
    assert_eq!(answer.json()["accepted"], true, "control: the good one is heard");
    assert_ne!(database(), before, "control: what is heard does leave a trace");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_stands_in_a_file_an_argument_the_environment_or_what_is_printed() {
    let world = world(3).await;
    let home = world.fairlead.home();
    // The first opening makes the database and its key.
    assert_eq!(tokio::task::block_in_place(|| world.fairlead.run(&["stats"])).code, 0);
    let secrets = [
        Needle::new("API key", world.sandbox.api_key().as_bytes()),
        Needle::new("passphrase", Fairlead::PASSPHRASE.as_bytes()),
        Needle::new("database key", &database_key(&home).await),
    ];
    let seen_in = |bytes: &[u8]| secrets.iter().filter(|secret| secret.is_in(bytes)).map(Needle::name).collect::<Vec<_>>();

    let mut child = world
        .fairlead
        .start_logging(&["connect", "--company", "Acme Bakery Ltd", "--reference", "HF-7", "--bank", BANK, "--wait", "2"], "trace");
    drop(child.stdin.take());
    let mut seen = 0;
    while child.try_wait().expect("the process").is_none() {
        for part in ["cmdline", "environ"] {
            let Ok(bytes) = std::fs::read(format!("/proc/{}/{part}", child.id())) else { continue };
            seen += bytes.len();
            assert_eq!(seen_in(&bytes), Vec::<&str>::new(), "in /proc/…/{part}");
        }
        tokio::task::yield_now().await;
    }
    assert!(seen > 0, "control: there was something to read");
    let printed = child.wait_with_output().expect("what it printed");
    assert!(printed.stderr.windows(11).any(|window| window == b"asked Codat"), "control: it logs its requests");
    assert_eq!((seen_in(&printed.stdout), seen_in(&printed.stderr)), (vec![], vec![]), "in what it prints");

    for secret in &secrets {
        assert_eq!(secret.files_below(&home), Vec::<std::path::PathBuf>::new(), "the {} stands in a file", secret.name());
    }
    let planted = home.join("planted");
    std::fs::write(&planted, database_key(&home).await).expect("planting");
    assert_eq!(secrets[2].files_below(&home), [planted], "control: the search finds what is there, and only that");
}

/// As the vault holds it: sealed behind the passphrase.
async fn database_key(home: &std::path::Path) -> Vec<u8> {
    let profiles: Value = serde_json::from_slice(&std::fs::read(home.join("profiles.json")).expect("profiles")).expect("profiles are JSON");
    let folder = profiles["profiles"][0]["folder"].as_str().expect("the profile's folder");
    let passphrase = SecretSlice::from(Fairlead::PASSPHRASE.as_bytes().to_vec());
    let vault = PassphraseFile::open(&vault::passphrase_path(home), passphrase).await.expect("the vault opens");
    let key = vault.get(&format!("db/{folder}")).await.expect("an answer").expect("a database key");
    assert_eq!(key.expose_secret().len(), 32, "256 bits");
    key.expose_secret().to_vec()
}
