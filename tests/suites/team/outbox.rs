//! What people of a team ask of Codat: they hold no key, a worker sends it, and what each may ask and see is held by the database.

use crate::news::Open;
use crate::support::{PASSWORD, Team};
use crate::workers::{Fleet, portfolio, until};
use engine::view::{AttemptStage, AttemptView, Door, End, Ending, QueuedStep, SaveDraft, StartSync, SyncStep};
use sandbox::Options;
use serde_json::json;
use tokio_postgres::Client;

async fn session(team: &Team, login: &str) -> Client {
    let session = team.postgres.session(&team.database, login, PASSWORD).await.expect("a login");
    session.batch_execute("SET search_path = fairlead").await.expect("a path");
    session
}

/// Somebody's open desktop, once it shows these companies.
async fn desktop(fleet: &Fleet, role: &str, companies: u32) -> Open {
    let login = fleet.team.admit(role, "*").await;
    let open = Open::join(&fleet.team.postgres.address(&fleet.team.database, &login)).await;
    until("it shows what is there", async || open.shows().await.companies == companies).await;
    open
}

async fn count(admin: &Client, what: &str) -> i64 {
    admin.query_one(&format!("SELECT count(*) FROM outbox WHERE {what}"), &[]).await.expect("a count").get(0)
}

fn refresh(company: &str) -> SyncStep {
    SyncStep::Start(StartSync { company_id: company.to_owned(), connection_id: None, data_types: vec![] })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_without_a_key_has_a_bank_read_again_and_sees_what_came() {
    let fleet = Fleet::new(Options { speed: 20, ..portfolio(61, 2) }).await;
    fleet.work(1, &[]);
    let (officer, reader) = (desktop(&fleet, "administrator", 2).await, desktop(&fleet, "analyst", 2).await);
    let all: u64 = fleet.at_the_sandbox().await.values().map(|(counts, _)| counts[0]).sum();
    until("it has all of it", async || officer.shows().await.transactions == all).await;
    let company = fleet.at_the_sandbox().await.into_keys().next().expect("a company").0;

    // Nobody is there to send it: it waits, and that is said.
    let told = officer.engine.sync(Some(refresh(&company))).await.expect_err("no worker runs").wire(String::new());
    assert!(told.retry && told.message.contains("No worker of your team has taken this since"), "{told:?}");
    let admin = fleet.admin().await;
    assert_eq!(count(&admin, "kind = 'queue' AND state = 'ready' AND person LIKE '%administrator%'").await, 1);

    let worker = fleet.start(&[]);
    officer.engine.sync(Some(refresh(&company))).await.expect("a worker takes it");
    until("all four reads were asked for", async || count(&admin, "kind = 'queue' AND state = 'done'").await >= 4).await;
    until("they are watched to their end", async || count(&admin, "kind = 'follow' AND state = 'done'").await == 1).await;
    assert_eq!(count(&admin, "state NOT IN ('done', 'failed')").await, 0);
    let brought = async || fleet.at_the_team().await == fleet.at_the_sandbox().await;
    until("what they brought is at the team", brought).await;
    let now: u64 = fleet.at_the_sandbox().await.values().map(|(counts, _)| counts[0]).sum();
    for open in [&officer, &reader] {
        until("and on every desktop", async || open.shows().await.transactions == now).await;
    }
    until("nothing is under way any more", async || officer.engine.sync(None).await.is_ok_and(|now| now.runs.is_empty())).await;

    let refused = reader.engine.sync(Some(refresh(&company))).await.expect_err("an analyst reads").wire(String::new());
    assert!(refused.message.contains("the role it needs"), "{refused:?}");
    assert_eq!(count(&admin, "person LIKE '%analyst%'").await, 0);
    println!(
        "measured: four reads asked for from a desktop without a key, sent by a worker: {} requests to Codat in all",
        fleet.requests().await
    );
    worker.stop();
    for open in [officer, reader] {
        open.engine.stopped().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_says_who_may_ask_what_and_who_reads_a_link() {
    let team = Team::new().await;
    let admin = team.postgres.admin(&team.database).await;
    admin
        .batch_execute(
            "SET search_path = fairlead; INSERT INTO companies (id, name, folded, scope) VALUES ('n', 'North', '', 'north'), ('s', 'South', '', 'south')",
        )
        .await
        .expect("two companies");
    let login = |role: &'static str, scope: &'static str| team.admit(role, scope);
    let (ann, worker) = (login("onboarding", "north").await, login("worker", "*").await);
    let (ann_session, worker) = (session(&team, &ann).await, session(&team, &worker).await);
    let other = session(&team, &login("onboarding", "*").await).await;
    let chief = session(&team, &login("administrator", "*").await).await;

    let may = async |who: &Client, act: &str| who.execute(act, &[]).await.is_ok_and(|rows| rows > 0);
    assert!(may(&ann_session, "INSERT INTO outbox (id, kind, company, connection) VALUES ('1', 'link', 'n', 'k')").await);
    assert!(may(&ann_session, "INSERT INTO outbox (id, kind, name, customer) VALUES ('2', 'company', 'New', 'new')").await);
    let row = admin.query_one("SELECT person, scope FROM fairlead.outbox WHERE id = '2'", &[]).await.expect("it stands there");
    assert_eq!((row.get::<_, String>(0), row.get::<_, String>(1)), (ann.clone(), "north".to_owned()), "who wrote it, and whose it will be");
    let mut refused = 0;
    for act in [
        "INSERT INTO outbox (id, kind, company) VALUES ('3', 'look', 's')",
        "INSERT INTO outbox (id, kind, company) VALUES ('3', 'look', NULL)",
        "INSERT INTO outbox (id, kind, company) VALUES ('3', 'company', 'n')",
        "INSERT INTO outbox (id, kind, company) VALUES ('3', 'delete-company', 'n')",
        "INSERT INTO outbox (id, kind, company, connection) VALUES ('3', 'delete-connection', 'n', 'k')",
        "INSERT INTO outbox (id, kind, company) VALUES ('3', 'follow', 'n')",
        "INSERT INTO outbox (id, kind, company, person) VALUES ('3', 'look', 'n', 'somebody')",
        "INSERT INTO outbox (id, kind, company, state) VALUES ('3', 'look', 'n', 'done')",
        "INSERT INTO outbox (id, kind, company, scope) VALUES ('3', 'look', 'n', 'south')",
        "UPDATE outbox SET remote = 'x'",
        "SELECT body FROM outbox",
        "SELECT key FROM outbox",
        "INSERT INTO links (errand, person, url) VALUES ('1', 'x', 'https://evil.example')",
        "UPDATE links SET url = 'https://evil.example'",
        "INSERT INTO banks (key, place, name, enabled) VALUES ('x', 1, 'x', true)",
        "UPDATE codat SET base = 'http://127.0.0.1:1'",
        "SELECT scope_of_errand()",
    ] {
        assert!(!may(&ann_session, act).await, "{act}");
        refused += 1;
    }
    for role in ["analyst", "read-only"] {
        let reads = session(&team, &login(role, "north").await).await;
        for act in [
            "INSERT INTO outbox (id, kind, company) VALUES ('4', 'look', 'n')",
            "INSERT INTO outbox (id, kind, name) VALUES ('4', 'company', 'x')",
            "SELECT id FROM outbox",
            "SELECT url FROM links",
            "DELETE FROM links",
            "DELETE FROM outbox",
            "SELECT * FROM onboarded_by('new')",
        ] {
            assert!(!may(&reads, act).await, "{role}: {act}");
            refused += 1;
        }
        assert!(reads.query("SELECT * FROM banks", &[]).await.is_ok(), "{role} sees which banks there are");
    }
    // The same customer, seen by nobody but its name.
    let south = session(&team, &login("onboarding", "south").await).await;
    assert!(south.query("SELECT id FROM outbox", &[]).await.expect("nothing of the north").is_empty());
    let told = south.query_one("SELECT who FROM onboarded_by('new')", &[]).await.expect("who began").get::<_, String>(0);
    assert_eq!(told, ann);
    assert!(may(&chief, "INSERT INTO outbox (id, kind, company) VALUES ('5', 'delete-company', 's')").await);

    // A link is for whoever asked for it, once.
    let left = format!("INSERT INTO links (errand, person, url) VALUES ('1', '{ann}', 'https://link.codat.io/x')");
    assert!(may(&worker, &left).await);
    assert!(worker.query("SELECT url FROM links", &[]).await.is_err(), "a worker leaves it and reads none");
    assert!(other.query("SELECT url FROM links", &[]).await.expect("no row").is_empty(), "a colleague of the same role");
    assert_eq!(chief.query("SELECT url FROM links", &[]).await.expect("all of them").len(), 1);
    let take = "DELETE FROM links WHERE errand = '1' RETURNING url";
    assert_eq!(ann_session.query(take, &[]).await.expect("hers").len(), 1);
    assert!(ann_session.query(take, &[]).await.expect("it is gone").is_empty(), "it goes when it is used");
    let old = format!(
        "INSERT INTO links (errand, person, url, at) VALUES ('1', '{ann}', 'https://link.codat.io/x', now() - interval '11 minutes')"
    );
    assert!(may(&worker, &old).await);
    assert!(ann_session.query(take, &[]).await.expect("too late").is_empty(), "what nobody took for ten minutes is nobody's");
    assert!(may(&worker, "DELETE FROM links WHERE at < now() - interval '10 minutes'").await);
    assert!(!may(&other, "DELETE FROM outbox WHERE id = '2'").await, "another's wish is not hers to take back");
    assert!(may(&ann_session, "DELETE FROM outbox WHERE id = '2'").await, "what nobody took yet is taken back");
    println!("measured: {refused} tries to ask for or read more than a role may, 0 went through");
}

/// A case that an officer begins on this desktop.
async fn begin(open: &Open, name: &str, reference: Option<&str>, bank: &str) -> AttemptView {
    let save =
        SaveDraft { name: Some(name.into()), reference: reference.map(str::to_owned), bank_key: Some(bank.into()), ..SaveDraft::default() };
    let draft = open.engine.save_draft(save).await.expect("a draft");
    open.engine.begin_link(draft.id).await.expect("begun")
}

async fn reaches(open: &Open, id: &str, stage: AttemptStage) -> AttemptView {
    until(&format!("the case is {stage:?}"), async || {
        let view = open.engine.attempt(id.to_owned()).await.expect("the case");
        assert_ne!(view.stage, AttemptStage::Blocked, "{:?}", view.problem);
        view.stage == stage
    })
    .await;
    open.engine.attempt(id.to_owned()).await.expect("the case")
}

/// Companies at the sandbox, and connections of them.
async fn made(fleet: &Fleet) -> (usize, usize) {
    let state = fleet.control("state").await;
    let rows = state["list"].as_array().expect("companies");
    (rows.len(), rows.iter().filter_map(|row| row["connections"].as_array()).map(Vec::len).sum())
}

async fn bank_of(open: &Open) -> String {
    until("a worker read the banks", async || open.engine.list_banks("demo bank", 5).await.is_ok_and(|banks| !banks.is_empty())).await;
    open.engine.list_banks("demo bank", 5).await.expect("banks")[0].key.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_without_a_key_connects_a_bank_from_the_name_to_what_came_and_ends_it() {
    let fleet = Fleet::new(Options { speed: 20, months: 6, transactions: Some(60), ..Options::default() }).await;
    let worker = fleet.start(&["--look", "2"]);
    let officer = desktop(&fleet, "administrator", 0).await;
    let bank = bank_of(&officer).await;
    let begun = begin(&officer, "Harbour Bakery Ltd", Some("CRM-1"), &bank).await;
    let ready = reaches(&officer, &begun.id, AttemptStage::Ready).await;
    assert_eq!(made(&fleet).await, (1, 1));
    let (company, connection) = (ready.company_id.expect("made"), ready.connection_id.expect("made"));
    let handed = officer.engine.hand_over(begun.id.clone(), Door::Copy).await.expect("a link");
    assert!(handed.link_url.is_some_and(|url| url.contains(&connection)));
    let admin = fleet.admin().await;
    let left: i64 = admin.query_one("SELECT count(*) FROM links", &[]).await.expect("a count").get(0);
    assert_eq!(left, 0, "the address went when it was used");
    fleet.turn(&format!("connections/{connection}/authorise"), &json!({})).await;
    reaches(&officer, &begun.id, AttemptStage::Complete).await;
    until("the money is on the desktop", async || officer.shows().await.transactions > 0).await;

    // The same connection once more, for the renewal of its consent.
    let renewed = officer.engine.renew_connection(company.clone(), connection.clone()).await.expect("opened again");
    let again = officer.engine.hand_over(renewed.id, Door::Qr).await.expect("a fresh link");
    assert!(again.qr.is_some());
    assert_eq!(made(&fleet).await, (1, 1), "nothing is made anew");

    let end = |ending| End { company_id: company.clone(), ending, typed: "Harbour Bakery Ltd".into() };
    officer.engine.end(end(Ending::Unlink(connection.clone()))).await.expect("unlinked");
    assert_eq!(fleet.control("state").await["list"][0]["connections"][0]["status"], "Unlinked");
    officer.engine.end(end(Ending::DeleteConnection(connection.clone()))).await.expect("deleted");
    assert_eq!(made(&fleet).await, (1, 0));
    officer.engine.end(end(Ending::DeleteCompany)).await.expect("deleted");
    assert_eq!(made(&fleet).await, (0, 0));
    assert_eq!(count(&admin, "person NOT LIKE '%administrator%' AND kind <> 'follow'").await, 0, "each row says who asked");
    println!("measured: a bank connected, read, renewed, unlinked and deleted from a desktop without a key");
    worker.stop();
    officer.engine.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_onboard_the_same_customer_at_once_get_one_company_and_the_second_is_told_who_began() {
    const ROUNDS: usize = 8;
    let fleet = Fleet::new(Options { speed: 20, ..Options::default() }).await;
    let workers = [fleet.start(&["--look", "60"]), fleet.start(&["--look", "60"])];
    let (ann, ben) = (desktop(&fleet, "onboarding", 0).await, desktop(&fleet, "administrator", 0).await);
    let bank = bank_of(&ann).await;
    bank_of(&ben).await;
    let mut told = 0;
    for round in 1..=ROUNDS {
        let name = format!("Twice Trading {round}");
        let reference = (round % 2 == 0).then(|| format!("CRM-{round}"));
        let (first, second) =
            tokio::join!(begin(&ann, &name, reference.as_deref(), &bank), begin(&ben, &name, reference.as_deref(), &bank));
        let (first, second) = tokio::join!(reaches(&ann, &first.id, AttemptStage::Ready), reaches(&ben, &second.id, AttemptStage::Ready));
        assert_eq!((&first.company_id, &first.connection_id), (&second.company_id, &second.connection_id), "one case of both");
        assert_eq!(made(&fleet).await, (round, round), "one company, one connection");
        let notes: Vec<String> = [first, second].into_iter().filter_map(|view| view.problem).map(|problem| problem.what).collect();
        assert!(notes.len() == 1 && notes[0].contains("of your team began to onboard this customer"), "{notes:?}");
        told += notes.len();
    }
    println!("measured: {ROUNDS} customers begun by two officers at once: {ROUNDS} companies, {told} of the second told who began");
    for worker in workers {
        worker.stop();
    }
    for open in [ann, ben] {
        open.engine.stopped().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_company_is_of_its_makers_scope_and_whoever_does_not_see_it_is_told_who_began() {
    let fleet = Fleet::new(Options { speed: 20, ..Options::default() }).await;
    let worker = fleet.start(&["--look", "60"]);
    let officer = async |scope: &str| {
        let login = fleet.team.admit("onboarding", scope).await;
        Open::join(&fleet.team.postgres.address(&fleet.team.database, &login)).await
    };
    let (north, south) = (officer("north").await, officer("south").await);
    let bank = bank_of(&north).await;
    bank_of(&south).await;
    let begun = begin(&north, "Northern Mills", Some("CRM-9"), &bank).await;
    let company = reaches(&north, &begun.id, AttemptStage::Ready).await.company_id.expect("made");
    let row = fleet.admin().await.query_one("SELECT scope FROM companies WHERE id = $1", &[&company]).await.expect("the company");
    assert_eq!(row.get::<_, String>(0), "north");

    let same = begin(&south, "Northern Mills", Some("CRM-9"), &bank).await;
    let problem = async || south.engine.attempt(same.id.clone()).await.expect("the case").problem;
    until("the case takes a person", async || problem().await.is_some()).await;
    let told = problem().await.map(|problem| problem.what).unwrap_or_default();
    assert!(told.contains("_onboarding_north began to onboard this customer") && !told.contains(&company), "{told}");
    assert_eq!(made(&fleet).await, (1, 1), "and nothing is made twice");
    assert!(worker.stop()["errands"].as_u64().is_some_and(|done| done >= 2), "what was asked of it is counted");
    for open in [north, south] {
        open.engine.stopped().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_between_sending_and_noting_makes_nothing_twice() {
    const KILLS: usize = 6;
    let fleet = Fleet::new(Options { speed: 20, ..Options::default() }).await;
    let start = || fleet.start(&["--look", "60", "--lease", "2"]);
    let mut worker = start();
    let officer = desktop(&fleet, "onboarding", 0).await;
    let bank = bank_of(&officer).await;
    let mut fired = 0;
    for round in 1..=KILLS {
        // Company and connection in turn: Codat has made it, and the answer is on its way.
        let matches = if round % 2 == 0 { "POST /companies/*/connections" } else { "POST /companies" };
        let slow = json!([{ "match": matches, "times": 1, "fault": { "kind": "slowAfter", "ms": 6_000 } }]);
        fleet.turn("faults", &slow).await;
        let begun = begin(&officer, &format!("Cut Short {round}"), None, &bank).await;
        until("Codat has made it, and nobody knows", async || fleet.control("faults").await["fired"] == 1).await;
        std::mem::replace(&mut worker, start()).kill();
        fired += 1;
        reaches(&officer, &begun.id, AttemptStage::Ready).await;
        assert_eq!(made(&fleet).await, (round, round), "{matches}");
    }
    println!(
        "measured: a worker killed between sending and noting: faults fired {fired} of {KILLS}, {fired} companies and connections, 0 doubled"
    );
    assert_eq!(count(&fleet.admin().await, "state NOT IN ('done', 'failed')").await, 0);
    worker.stop();
    officer.engine.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_worker_is_said_and_can_be_taken_back() {
    let fleet = Fleet::new(Options::default()).await;
    fleet.work(1, &[]);
    let officer = desktop(&fleet, "onboarding", 0).await;
    let bank = bank_of(&officer).await;
    let begun = begin(&officer, "Nobody There Ltd", None, &bank).await;
    let waits = async || {
        let waiting = officer.engine.queue(QueuedStep::Look).await.expect("the queue").waiting;
        waiting.first().is_some_and(|row| row.why.contains("No worker of your team has taken this since"))
    };
    until("that nobody takes it is on screen", waits).await;
    let admin = fleet.admin().await;
    assert_eq!(count(&admin, "kind = 'company' AND taken_at IS NULL").await, 1);
    let discard = QueuedStep::Discard { attempt_id: begun.id, knowing: false };
    officer.engine.queue(discard).await.expect("taken out");
    assert_eq!(count(&admin, "true").await, 0, "and nothing of it is left for a worker");
    fleet.work(1, &[]);
    assert_eq!(made(&fleet).await, (0, 0));
    officer.engine.stopped().await;
}
