//! The command line as a person or a script uses it: real processes, the real sandbox over HTTP.

mod support;

use sandbox::Options;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use support::{BANK, World, end, fairlead};

fn connect<'a>(reference: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["connect", "--company", "Acme Ltd", "--reference", reference, "--bank", BANK], more].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_is_connected_read_and_exported() {
    let world = World::new(Options { transactions: Some(300), ..Options::default() }).await;
    let banks = world.run(&["banks", "natwset", "--limit", "2"]).await.with(0);
    assert_eq!((banks.as_array().map(Vec::len), &banks[0]["key"]), (Some(2), &json!("natwest_business_uk")), "best first: {banks}");
    let demo = world.run(&["banks", "demo bank"]).await.with(0);
    assert_eq!((&demo[0]["key"], &demo[0]["enabled"], demo[0]["logoUrl"].is_string()), (&json!(BANK), &json!(true), true), "{demo}");

    let first = world.run(&connect("R-1", &[])).await.with(0);
    assert_eq!(first["status"], "PendingAuth");
    let again = world.run(&connect("R-1", &["--wait", "1"])).await.with(3);
    assert_eq!((&again["companyId"], &again["connectionId"]), (&first["companyId"], &first["connectionId"]), "it goes on, never doubles");
    assert_ne!(again["linkUrl"], first["linkUrl"], "the link is fetched fresh");
    assert_eq!(world.made().await, (1, 1));

    let third = world.run(&connect("R-1", &[])).await.with(0);
    let link = third["linkUrl"].as_str().expect("a link");
    assert!(link.contains("otp=") && link.contains("&state="), "as it is handed to the customer");
    let back = world.customer(link, "authorise").await;
    assert_eq!(world.run(&["ring", &back]).await.with(0)["accepted"], true);
    assert_eq!(world.run(&["ring", &back]).await.with(0)["reason"], "used");

    let linked = world.run(&connect("R-1", &["--wait", "60"])).await.with(0);
    assert_eq!((&linked["status"], &linked["historyWindow"]["met"]), (&json!("Linked"), &json!(true)));
    let afterwards = world.run(&connect("R-1", &["--wait", "60"])).await.with(0);
    assert_eq!((&afterwards["status"], &afterwards["connectionId"]), (&json!("Linked"), &first["connectionId"]), "linked is linked");
    assert_eq!(world.made().await, (1, 1));

    let status = world.run(&["status", "R-1"]).await.with(0);
    let rows: Vec<&Value> = status["connections"][0]["sync"].as_array().expect("types").iter().map(|row| &row["status"]["word"]).collect();
    assert_eq!(rows, ["Complete"; 4]);
    assert_eq!(world.run(&["companies", "--query", "acme"]).await.with(0)[0]["reference"], "R-1");

    let page = world.run(&["transactions", "Acme Ltd", "--limit", "3"]).await.with(0);
    assert_eq!((page["total"].as_u64(), page["rows"].as_array().map(Vec::len)), (Some(300), Some(3)));
    assert!(page["rows"][0]["amount"].is_string() && page["rows"][0]["accountId"].is_string(), "{page}");
    let all = world.run(&["transactions", "R-1", "--limit", "100000"]).await.with(0);
    assert_eq!(all["rows"].as_array().map(Vec::len), Some(300), "more than one window");

    for format in ["csv", "xlsx", "jsonl", "json", "parquet"] {
        let out = world.folder().join(format!("out.{format}"));
        let asked = ["export", "R-1", "--format", format, "--out", out.to_str().expect("text")];
        let done = world.run(&asked).await.with(0);
        assert_eq!((&done["rows"], done["bytes"].as_u64()), (&json!(300), std::fs::metadata(&out).ok().map(|file| file.len())), "{done}");
        assert!(done["sha256"].as_str().is_some_and(|hash| hash.len() == 64) && done["sums"][0]["moneyIn"].is_string(), "{done}");
        assert!(world.folder().join(format!("out.{format}.manifest.json")).exists());
        assert_eq!(world.run(&asked).await.with(1)["error"]["code"], "badRequest", "nothing is written over unless asked");
        let narrow = [&asked[..], &["--force", "--query", "out", "--from", "2020-01-01"]].concat();
        assert!(world.run(&narrow).await.with(0)["rows"].as_u64().is_some_and(|rows| rows > 0 && rows < 300));
    }
    let inbox = world.run(&["inbox", "--mark-read"]).await.with(0);
    let told: Vec<(&Value, &Value, &Value)> =
        inbox["notices"].as_array().expect("notices").iter().map(|one| (&one["title"], &one["companyName"], &one["isUnread"])).collect();
    let acme = json!("Acme Ltd");
    assert_eq!(told, [(&json!("10 exports finished"), &acme, &json!(true)), (&json!("Demo Bank linked"), &acme, &json!(true))], "{inbox}");
    assert_eq!(
        world.run(&["inbox", "--unread"]).await.with(0),
        json!({ "notices": [], "unread": 0 }),
        "read is read, in another process too"
    );

    let elsewhere = ["export", "R-1", "--format", "csv", "--out", "x.csv", "--account", "nobody"];
    assert_eq!(world.run(&elsewhere).await.with(1)["error"]["code"], "notFound");
    let stats = world.run(&["stats"]).await.with(0);
    assert_eq!((stats["transactions"].as_u64(), stats["connections"].as_u64()), (Some(300), Some(1)));
    assert!(stats["sums"]["GBP"].is_string(), "exact, as text: {stats}");
    let synced = world.run(&["sync", "--all"]).await.with(0);
    assert_eq!((&synced["outcome"], synced["requests"].as_u64().is_some()), (&json!("complete"), true));
    assert!(synced["peakRssBytes"].as_u64().is_some_and(|bytes| bytes > 1_000_000) || !cfg!(target_os = "linux"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_end_is_one_document_and_one_exit_code() {
    let world = World::new(Options::default()).await;
    let url = world.sandbox.base_url();
    let key = world.sandbox.api_key();
    for (args, input, code, word) in [
        (&["nonsense"][..], "", 2, "usage"),
        (&["sync"], "", 2, "usage"),
        (&["stats", "--profile", "other"], "", 2, "usage"),
        (&["profile", "add", "x", "--key-stdin", "--sandbox-url", "http://192.168.1.1:80"], key, 2, "usage"),
        (&["profile", "add", "x", "--sandbox-url", url], key, 3, "keyMissing"),
        (&["profile", "add", "x", "--key-stdin", "--sandbox-url", url], "", 3, "keyMissing"),
        (&["profile", "add", "x", "--key-stdin", "--sandbox-url", url], "two words", 3, "keyRefused"),
        (&["profile", "add", "x", "--key-stdin", "--sandbox-url", url], "wrongwrongwrong", 3, "keyRefused"),
        (&["connect", "--company", "Acme", "--bank", "no_such_bank"], "", 1, "bankUnavailable"),
        (&["connect", "--company", "日本", "--bank", BANK], "", 1, "badRequest"),
        (&["transactions", "nobody"], "", 1, "notFound"),
        (&["profile", "remove", "nobody"], "", 1, "notFound"),
    ] {
        let ended = world.run_with(args, input).await;
        let error = ended.with(code)["error"].clone();
        assert_eq!(error["code"], word, "{args:?}: {error}");
        assert!(error["message"].as_str().is_some_and(|message| message.len() > 20), "a sentence: {error}");
    }
    assert_eq!(world.made().await, (0, 0), "nothing was made by mistake");
    world.run_with(&["profile", "add", "test", "--key-stdin", "--sandbox-url", url], key).await.with(0);
    let listed = world.run(&["profile", "list"]).await.with(0);
    assert_eq!(
        listed.as_array().map(Vec::len),
        Some(1),
        "a refused key leaves no profile behind, and the same client's key again makes no second one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_profile_or_its_passphrase_the_operator_is_asked() {
    let world = World::empty(Options::default()).await;
    assert_eq!(world.run(&["stats"]).await.with(3)["error"]["code"], "noProfile");

    let world = World::new(Options::default()).await;
    let home = world.home();
    let home = home.to_str().expect("text");
    let without = end(fairlead(&["stats", "--json", "--home", home]).spawn().expect("started"), "").await;
    assert_eq!(without.with(3)["error"]["code"], "keyMissing");
    let wrong = world.folder().join("wrong");
    support::write_private(&wrong, "another\n");
    let vault = format!("passphrase-file={}", wrong.display());
    let with = end(fairlead(&["--vault", &vault, "stats", "--json", "--home", home]).spawn().expect("started"), "").await;
    assert_eq!(with.with(3)["error"]["code"], "keychain");
    let session = end(
        fairlead(&["--vault", "session", "--home", home, "--json", "profile", "add", "s", "--key-stdin"]).spawn().expect("started"),
        "k",
    )
    .await;
    assert_eq!(session.with(2)["error"]["code"], "usage", "its key would end with the command");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_stays_readable_when_codat_is_away() {
    let world = World::new(Options { transactions: Some(50), companies: 1, ..Options::default() }).await;
    assert_eq!(world.run(&["sync", "--all"]).await.with(0)["outcome"], "complete");
    let companies = world.run(&["companies"]).await.with(0);
    let id = companies[0]["id"].as_str().expect("an id").to_owned();
    world.turn("faults", json!([{ "match": "* **", "fault": { "kind": "dropBefore" } }])).await;
    let sync = world.run(&["sync", &id]).await;
    assert_eq!((sync.code, &sync.json()["outcome"]), (Some(4), &json!("offline")));
    let companies = world.run(&["companies"]).await;
    assert!(companies.stderr.contains("Showing what was read before"), "{companies:?}");
    assert_eq!(companies.with(0).as_array().map(Vec::len), Some(1));
    let page = world.run(&["transactions", &id]).await.with(0);
    assert!(page["total"].as_u64().is_some_and(|total| total > 0), "{page}");
    assert_eq!(world.run(&["status", &id]).await.with(0)["row"]["id"], id.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_right_after_the_request_makes_neither_a_second_company_nor_a_second_connection() {
    for (seed, path) in [(1, "POST /companies"), (2, "POST /companies/*/connections")] {
        let world = World::new(Options { seed, ..Options::default() }).await;
        world.turn("faults", json!([{ "match": path, "times": 1, "fault": { "kind": "slowAfter", "ms": 4_000 } }])).await;
        let mut child = world.start(&connect("R-9", &[]));
        // Until the sandbox has done it and keeps the answer back.
        let wanted = if seed == 1 { (1, 0) } else { (1, 1) };
        while world.made().await != wanted {
            assert!(child.try_wait().expect("state").is_none(), "it still waits for the answer");
        }
        child.kill().expect("killed");
        child.wait().expect("gone");
        let again = world.run(&connect("R-9", &[])).await.with(0);
        assert_eq!(world.made().await, (1, 1), "{path}: {again}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_says_first_where_it_is_and_stops_when_told() {
    let mut child = fairlead(&["sandbox", "--seed", "7", "--companies", "2"]).spawn().expect("started");
    let mut lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
    let first: Value = serde_json::from_str(&lines.next().expect("a line").expect("text")).expect("a document");
    let control = first["controlUrl"].as_str().expect("control");
    let client = reqwest::Client::builder().no_proxy().build().expect("client");
    let state: Value = client.get(format!("{control}/state")).send().await.expect("it serves").json().await.expect("json");
    assert_eq!(state["companies"], 2);
    assert!(first["apiKey"].as_str().is_some_and(|key| key.len() > 10) && first["baseUrl"].is_string());
    #[cfg(unix)]
    {
        let told = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("told");
        assert!(told.success());
        assert_eq!(child.wait().expect("ended").code(), Some(0));
        assert!(lines.next().is_none(), "one document and no more");
    }
    #[cfg(not(unix))]
    child.kill().expect("stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_with_a_mistake_is_named() {
    let folder = tempfile::tempdir().expect("folder");
    let script = folder.path().join("script.json");
    support::write_private(&script, r#"[{"match":"* **","fault":{"kind":"gremlins"}}]"#);
    let ended = end(fairlead(&["--json", "sandbox", "--script", script.to_str().expect("text")]).spawn().expect("started"), "").await;
    assert!(ended.with(2)["error"]["message"].as_str().is_some_and(|message| message.contains("gremlins")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_walks_the_whole_journey_and_leaves_nothing_behind() {
    let ended = end(fairlead(&["demo", "--json"]).spawn().expect("started"), "").await;
    assert_eq!(ended.stderr.matches(" s  ").count(), 11, "a progress line per step: {}", ended.stderr);
    let demo = ended.with(0);
    assert_eq!((&demo["status"], &demo["historyWindow"]["met"]), (&json!("Linked"), &json!(true)));
    assert!(demo["transactions"].as_u64().is_some_and(|count| count >= 1_000), "{demo}");
    assert_eq!((&demo["atSandbox"]["companies"], &demo["atSandbox"]["connections"]), (&json!(1), &json!(1)));
    assert_eq!(demo["steps"].as_array().map(Vec::len), Some(11));
    assert!(demo["steps"][0]["seconds"].is_number());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_shown_set_taken_back_and_changed_at_codat_only_after_yes() {
    let world = World::new(Options { companies: 1, transactions: Some(20), ..Options::default() }).await;
    world.run(&["sync", "--all"]).await.with(0);
    let company = world.run(&["companies"]).await.with(0)[0]["id"].as_str().expect("an id").to_owned();
    let word =
        |view: &Value, key: &str| -> Vec<Value> { view["types"].as_array().expect("types").iter().map(|row| row[key].clone()).collect() };

    let shown = world.run(&["schedule", "show"]).await.with(0);
    assert_eq!(word(&shown, "cadence"), vec![json!("daily"); 4], "{shown}");
    let one = world.run(&["schedule", "set", &company, "--type", "banking-transactions", "--every", "weekly"]).await.with(0);
    assert_eq!(
        (word(&one, "cadence")[2].clone(), word(&one, "isOwn")),
        (json!("weekly"), [false, false, true, false].map(Value::from).to_vec())
    );
    assert_eq!(word(&world.run(&["schedule", "show"]).await.with(0), "cadence"), vec![json!("daily"); 4], "the others keep theirs");
    let back = world.run(&["schedule", "set", &company, "--every", "default"]).await.with(0);
    assert_eq!((word(&back, "cadence"), word(&back, "isOwn")), (vec![json!("daily"); 4], vec![json!(false); 4]));
    let unknown = world.run(&["schedule", "set", "--type", "nonsense", "--every", "daily"]).await.with(1);
    assert_eq!(unknown["error"]["code"], "badRequest");

    let told = world.run(&["schedule", "codat"]).await.with(0);
    assert_eq!((word(&told, "hours"), &told["saved"]), (vec![json!(24); 4], &json!(false)));
    let change = ["schedule", "codat", "--type", "banking-accounts", "--hours", "168"];
    let warned = world.run(&change).await.with(1);
    assert!(
        warned["saved"] == json!(false) && warned["warnings"][0].as_str().is_some_and(|said| said.contains("whole Codat client")),
        "{warned}"
    );
    assert_eq!(word(&world.run(&["schedule", "codat"]).await.with(0), "hours"), vec![json!(24); 4], "nothing was changed");
    let saved = world.run(&[&change[..], &["--yes"]].concat()).await.with(0);
    assert_eq!((word(&saved, "hours"), &saved["saved"]), ([168, 24, 24, 24].map(Value::from).to_vec(), &json!(true)));
    let now = world.run(&["schedule", "show"]).await.with(0);
    assert_eq!(word(&now, "byCodat"), [false, true, true, true].map(Value::from).to_vec(), "a week is too seldom for a daily wish");
}

#[tokio::test(flavor = "multi_thread")]
async fn consents_are_listed_put_into_a_calendar_and_renewed() {
    let world = World::new(Options { transactions: Some(20), ..Options::default() }).await;
    let asked = world.run(&connect("R-1", &[])).await.with(0);
    let back = world.customer(asked["linkUrl"].as_str().expect("a link"), "authorise").await;
    assert_eq!(world.run(&["ring", &back]).await.with(0)["accepted"], true);
    world.run(&connect("R-1", &["--wait", "60"])).await.with(0);

    let out = |name: &str| world.folder().join(name).to_str().expect("text").to_owned();
    let (ics, mails, early) = (out("ends.ics"), out("mails"), out("early"));
    let desk = world.run(&["consents", "--ics", &ics]).await.with(0);
    assert_eq!(
        (&desk["counts"]["later"], &desk["rows"][0]["companyName"], &desk["calendar"]["ends"]),
        (&json!(1), &json!("Acme Ltd"), &json!(1)),
        "{desk}"
    );
    assert!(std::fs::read_to_string(&ics).expect("a calendar").contains("at Demo Bank ends (estimate)"));
    assert_eq!(
        world.run(&["consents", "--ics", &ics]).await.with(1)["error"]["code"],
        "badRequest",
        "nothing is written over unless asked"
    );
    assert_eq!(world.run(&["renew", "--within", "30", "--out", &mails]).await.with(0)["sent"], 0, "nothing ends");
    assert!(world.run(&["renew", "--out", &mails]).await.with(2)["error"]["code"].is_string(), "whose?");

    let sent = world.run(&["renew", "R-1", "--out", &early]).await.with(0);
    assert_eq!((&sent["sent"], std::path::Path::new(&early).join("0001 Acme Ltd.eml").exists()), (&json!(1), true), "{sent}");
    assert_eq!(world.made().await, (1, 1), "the same connection");
    let desk = world.run(&["consents"]).await.with(0);
    assert_eq!((&desk["rows"][0]["renewal"]["word"], &desk["batches"][0]["waiting"]), (&json!("Still waiting"), &json!(1)), "{desk}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evidence_pack_is_made_and_what_was_changed_in_one_ends_with_1() {
    let world = World::new(Options { transactions: Some(20), ..Options::default() }).await;
    world.run(&connect("R-1", &[])).await.with(0);
    let out = world.folder().join("acme.zip");
    let path = out.to_str().expect("text");
    let made = world.run(&["evidence", "make", "R-1", "--out", path]).await.with(0);
    assert!(made["sha256"].as_str().is_some_and(|hash| hash.len() == 64), "{made}");
    assert_eq!(
        world.run(&["evidence", "make", "R-1", "--out", path]).await.with(1)["error"]["code"],
        "badRequest",
        "nothing is written over unless asked"
    );
    let verdict = world.run(&["evidence", "verify", path]).await.with(0);
    assert_eq!((&verdict["isWhole"], &verdict["company"]), (&json!(true), &json!("Acme Ltd")), "{verdict}");
    let mut bytes = std::fs::read(&out).expect("a pack");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 128].iter_mut().for_each(|byte| *byte ^= 0xff);
    std::fs::write(&out, bytes).expect("written");
    let harmed = world.run(&["evidence", "verify", path]).await.with(1);
    let named = harmed["differs"].as_array().is_some_and(|differs| !differs.is_empty());
    assert!(named || harmed["error"]["code"] == "badRequest", "{harmed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portals_banks_are_told_with_what_changed_and_the_offer_needs_no_window() {
    let world = World::new(Options::default()).await;
    let first = world.run(&["banks", "--portal", "--limit", "3"]).await.with(0);
    assert_eq!(
        (&first["sources"][0]["name"], first["rows"].as_array().map(Vec::len), &first["changes"]),
        (&json!("TrueLayer"), Some(3), &json!([]))
    );
    let turned = json!({ "natwest_business_uk": { "name": "NatWest for Business" }, "hsbc_business_uk": { "enabled": false } });
    world.turn("switches", json!({ "turnedBanks": turned })).await;
    let second = world.run(&["banks", "--portal", "natwest for business"]).await.with(0);
    assert_eq!(
        (second["changes"].as_array().map(Vec::len), &second["rows"][0]["key"]),
        (Some(2), &json!("natwest_business_uk")),
        "{second}"
    );
    let many = world.run(&["banks", "--portal", "--limit", "450"]).await.with(0);
    assert_eq!(many["rows"].as_array().map(Vec::len), Some(450), "more than one window");

    let note = world.folder().join("note.md");
    std::fs::write(&note, "They need the **card reader**.").expect("a note");
    let unchosen = world.run(&["connect", "--company", "Acme Ltd"]).await.with(2);
    assert!(unchosen["error"]["message"].as_str().is_some_and(|said| said.contains("fairlead offer default")), "{unchosen}");
    world.run(&["offer", "default", BANK]).await.with(0);
    world.run(&["offer", "favourites", "ing_nl", BANK]).await.with(0);
    world.run(&["offer", "hide", "ing_nl", "--why", "closed to companies"]).await.with(0);
    let kept = world.run(&["offer", "note", BANK, "--file", note.to_str().expect("text")]).await.with(0);
    assert_eq!((&kept["defaultBank"]["key"], kept["rows"].as_array().map(Vec::len)), (&json!(BANK), Some(2)), "{kept}");
    assert_eq!(world.run(&["banks", "--limit", "1"]).await.with(0)[0]["key"], BANK, "the default comes first");
    let hidden = world.run(&["banks", "ing", "--limit", "2000"]).await.with(0);
    let ing = hidden.as_array().expect("rows").iter().find(|bank| bank["key"] == "ing_nl").expect("reached by a search");
    assert_eq!(ing["hidden"], "Hidden by your team: closed to companies");
    let connected = world.run(&["connect", "--company", "Acme Ltd", "--reference", "R-9"]).await.with(0);
    assert_eq!(connected["status"], "PendingAuth", "the default needs no option: {connected}");
    assert_eq!(world.run(&["offer", "note", "nobank_zz", "--none"]).await.with(1)["error"]["code"], "bankUnavailable");
    let cleared = world.run(&["offer", "unhide", "ing_nl"]).await.with(0);
    assert_eq!(cleared["rows"][1]["hidden"], Value::Null, "{cleared}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_goes_into_files_in_the_customers_language_and_a_leaflet_needs_no_case() {
    let world = World::new(Options::default()).await;
    let path = |name: &str| world.folder().join(name).display().to_string();
    let early = ["invite", "Acme Ltd", "--eml", &path("early.eml")];
    assert_eq!(world.run(&early).await.code, Some(1), "there is no case yet");
    world.run(&connect("R-1", &[])).await.with(0);
    let draft = ["invite", "R-1", "--language", "fr", "--to", "Ann Dupont", "--mail", "ann@acme.example", "--eml", &path("a.eml")];
    let written = world.run(&draft).await.with(0);
    assert_eq!((&written["to"], &written["textVersion"]), (&json!("ann@acme.example"), &json!("invitation 2026-12-fr-1")), "{written}");
    assert!(std::fs::read_to_string(path("a.eml")).expect("a draft").starts_with("To: ann@acme.example"));
    assert_eq!(world.run(&draft).await.with(1)["error"]["code"], "badRequest", "nothing is written over unless asked");
    let sheet = world.run(&["invite", "R-1", "--sheet", &path("a.html")]).await.with(0);
    assert_eq!(sheet["language"], "fr", "the language is kept with the case");
    let wrong = world.run(&["invite", "R-1", "--mail", "ann", "--png", &path("a.png")]).await.with(1);
    assert!(wrong["error"]["message"].as_str().is_some_and(|said| said.contains("no mail address")), "{wrong}");
    world.run(&["invite", "R-1", "--png", &path("a.png")]).await.with(0);
    assert!(std::fs::read(path("a.png")).expect("a picture").starts_with(b"\x89PNG"));
    let leaflet = world.run(&["leaflet", BANK, "--language", "de", "--out", &path("a.pdf")]).await.with(0);
    assert_eq!(leaflet["version"], "2026-12-de-1");
    assert_eq!(world.made().await, (1, 1), "a link to the same case, however often it goes out");
}
