//! The audit log through the whole engine: acts are noted, and what happens to the log or to its place in the vault is told apart.

mod support;

use engine::Engine;
use engine::view::*;
use sandbox::Options;
use support::World;

async fn acts(engine: &Engine) -> Vec<String> {
    engine.audit().await.expect("the log").lines.into_iter().rev().map(|line| line.act).collect()
}

async fn standing(world: &World) -> AuditStanding {
    world.engine().audit().await.expect("the log").standing
}

async fn close(world: &World) {
    world.engine().stopped().await;
    world.home.close_profile();
}

async fn open(world: &World) {
    world.home.open_profile("Test").await.expect("opens");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_does_is_noted_with_who_and_to_what_and_nothing_of_the_customer() {
    let mut world = World::new(Options { companies: 2, transactions: Some(40), months: 6, ..Options::default() }).await;
    let engine = world.engine();
    engine.sync_and_wait(None).await.expect("synced");
    let page = engine.list_companies(CompanyQuery { limit: 10, ..CompanyQuery::default() }).await.expect("companies");
    let company = engine.company(page.rows[0].id.clone()).await.expect("a company");
    let end = |ending| End { company_id: company.row.id.clone(), ending, typed: company.row.name.clone() };

    let attempt = world.begin("Audited Ltd", "AUD-1", &bank(&engine).await).await;
    world.until(&attempt.id, &[AttemptStage::Ready]).await;
    engine.hand_over(attempt.id.clone(), Door::Copy).await.expect("handed over");
    engine
        .sync(Some(SyncStep::Start(StartSync { company_id: company.row.id.clone(), connection_id: None, data_types: vec![] })))
        .await
        .expect("asked");
    let text = "Searched For".to_owned();
    let query =
        TransactionQuery { company_id: company.row.id.clone(), from: Some("2020-01-01".into()), text, ..TransactionQuery::default() };
    let to = engine::ExportTo { format: ExportFormat::Csv, out: world.home.folder().join("rows.csv"), overwrite: false };
    let exported = engine.export_transactions(query, to).await.expect("exported");
    engine.end(end(Ending::Unlink(company.connections[0].id.clone()))).await.expect("unlinked");
    engine.keep_for(Some(24)).await.expect("kept");
    engine.end(end(Ending::DeleteCompany)).await.expect("deleted");
    engine.end(end(Ending::Erase)).await.expect("erased");

    let log = engine.audit().await.expect("the log");
    assert_eq!(log.standing, AuditStanding::Whole { from: 1 }, "an erasure breaks nothing");
    let wanted = [
        "profile-made",
        "link-begun",
        "company-made",
        "connection-made",
        "link-handed-over",
        "data-queued",
        "exported",
        "unlinked",
        "retention",
        "company-deleted",
        "company-erased",
    ];
    assert_eq!(acts(&engine).await, wanted);
    assert!(log.lines.iter().all(|line| !line.who.is_empty() && line.at.0 > 0), "{log:?}");
    let line = |act: &str| log.lines.iter().find(|line| line.act == act).expect("noted");
    assert_eq!(line("unlinked").subject, company.row.id);
    assert_eq!(line("exported").detail, format!("csv, 0 rows, from 2020-01-01, narrowed by words, SHA-256 {}", exported.sha256));
    let text = serde_json::to_string(&log).expect("JSON");
    for word in [company.row.name.as_str(), "Audited Ltd", "AUD-1", "Searched For", world.sandbox.api_key()] {
        assert!(!text.contains(word), "{word} is nothing for the log: {text}");
    }
    assert!(text.contains(&company.row.id), "control: what stands in it is found");

    world.restart().await;
    let again = world.engine().audit().await.expect("the log");
    assert_eq!(
        (again.standing, again.total, again.seal),
        (AuditStanding::Whole { from: 1 }, 11, log.seal),
        "a restart adds nothing and loses nothing"
    );
    let copy = world.home.folder().join("audit.jsonl");
    assert_eq!(world.engine().write_audit(&copy).await.expect("written").lines, 11);
    assert!(world.engine().write_audit(&copy).await.is_err(), "what lies there is not written over");
    assert_eq!(std::fs::read_to_string(copy).expect("read").lines().count(), 11);
    assert_eq!(acts(&world.engine()).await.last().map(String::as_str), Some("audit-exported"));
    println!("measured: {} acts of {} noted, 0 words of a customer in the log", wanted.len(), wanted.len());
}

async fn bank(engine: &Engine) -> String {
    engine.refresh_banks().await.expect("banks");
    let banks = engine.search_banks(BankQuery { text: "NatWest".into(), limit: 1, ..BankQuery::default() }).await.expect("banks");
    banks.rows[0].key.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_ended_between_line_and_vault_is_made_up_for_and_an_older_database_is_not() {
    const SLOT: &str = "audit/test";
    let world = World::new(Options::default()).await;
    let database = world.home.folder().join("profiles").join("test").join("fairlead.db");
    close(&world).await;
    let one_known = world.secret(SLOT);
    assert!(one_known.is_some(), "control: the vault knows of the first line");
    open(&world).await;
    world.engine().keep_for(Some(24)).await.expect("noted");
    close(&world).await;

    // The vault never heard of the second line.
    let two_known = world.put_secret(SLOT, one_known);
    open(&world).await;
    assert_eq!(standing(&world).await, AuditStanding::CaughtUp { from: 1, lines: 1 });
    assert_eq!(standing(&world).await, AuditStanding::Whole { from: 1 }, "made up for once and for all");
    assert_eq!(world.secret(SLOT), two_known);

    // An older copy of the database in its place: its lines are good, and one is missing.
    close(&world).await;
    let kept = std::fs::read(&database).expect("read");
    open(&world).await;
    world.engine().keep_for(None).await.expect("noted");
    close(&world).await;
    for beside in ["db-wal", "db-shm"] {
        let _ = std::fs::remove_file(database.with_extension(beside));
    }
    std::fs::write(&database, kept).expect("written");
    open(&world).await;
    assert_eq!(standing(&world).await, AuditStanding::Cut { after: 2 });
    world.engine().keep_for(Some(48)).await.expect("noted");
    assert_eq!(standing(&world).await, AuditStanding::Changed { line: 4 }, "the gap stays for ever");

    // The vault lost the key: nothing is claimed, and new lines begin anew.
    close(&world).await;
    world.put_secret(SLOT, None);
    open(&world).await;
    assert_eq!(standing(&world).await, AuditStanding::KeyGone);
    world.engine().keep_for(Some(60)).await.expect("noted");
    assert_eq!(standing(&world).await, AuditStanding::Whole { from: 5 });
    println!("measured: a kill between line and vault made up for, an older database, a gap and a lost key each told as what they are");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_noted_also_while_its_profile_is_closed() {
    let world = World::new(Options::default()).await;
    close(&world).await;
    support::add_and_open(&world.home, world.sandbox.api_key(), Some(world.sandbox.base_url())).await;
    assert_eq!(acts(&world.engine()).await, ["profile-made", "key-replaced"]);
    assert_eq!(standing(&world).await, AuditStanding::Whole { from: 1 });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accounts_numbers_are_shown_in_full_when_asked_for_and_the_log_tells_that_without_them() {
    let world = World::new(Options { transactions: Some(10), accounts: 3, ..Options::default() }).await;
    let engine = world.engine();
    let company = world.linked("Number Ltd", "demobank_truelayer").await.company_id.expect("a company");
    let page = engine.company(company.clone()).await.expect("a page");
    let (mut shown, mut looked) = (vec![], 0);
    for account in page.connections.iter().flat_map(|connection| &connection.accounts) {
        let of = AccountOf { company_id: company.clone(), connection_id: account.connection_id.clone(), account_id: account.id.clone() };
        let numbers = engine.account_numbers(of).await.expect("numbers");
        let ends = account.ending.as_deref().expect("this bank tells its numbers");
        if numbers.is_empty() {
            assert_eq!(account.account_type, "Credit", "of a card the bank tells the end only");
            continue;
        }
        assert!(numbers.iter().any(|number| number.plain.ends_with(ends)), "the account that was pointed at: {account:?} {numbers:?}");
        shown.extend(numbers);
        looked += 1;
    }
    assert!(looked > 0, "control: there are accounts with numbers");
    let lines = engine.audit().await.expect("the log").lines;
    let noted: Vec<_> = lines.iter().filter(|line| line.act == "account-number-shown").collect();
    assert_eq!(noted.len(), looked);
    assert!(noted.iter().all(|line| shown.iter().all(|number| !format!("{line:?}").contains(&number.plain))), "{noted:?}");
    let strange = AccountOf { company_id: company, connection_id: "another".into(), account_id: shown[0].plain.clone() };
    assert!(matches!(engine.account_numbers(strange).await, Err(engine::Error::NotFound(_))));
}
