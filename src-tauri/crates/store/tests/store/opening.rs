//! Opening: every state a person must be told about, and a file of the version before.

use crate::*;
use std::path::{Path, PathBuf};

#[test]
fn the_wrong_key_is_told_apart_from_damage_and_neither_changes_the_file() {
    let (folder, store) = fresh();
    let path = folder.path().join("fairlead.db");
    with_company(&store);
    drop(store);
    assert_eq!(Store::open(&path, &key(8)).expect_err("another key"), OpenError::KeyWrong);
    assert_eq!(Store::create(&path, &key(8)).expect_err("never over an existing one"), OpenError::Exists);

    let good = std::fs::read(&path).expect("read");
    let mut bad = good.clone();
    bad[100] ^= 1;
    std::fs::write(&path, &bad).expect("write");
    assert_eq!(Store::open(&path, &key(7)).expect_err("the key is right"), OpenError::Damaged);
    assert_eq!(std::fs::read(&path).expect("read"), bad, "nothing was repaired or overwritten");
    std::fs::write(&path, &good).expect("write");
    assert!(Store::open(&path, &key(7)).is_ok(), "the good file still opens");
}

#[test]
fn a_file_whose_pages_are_proved_as_they_were_before_opens_and_stays_so() {
    let (folder, store) = fresh();
    with_company(&store);
    let hash = store.content_hash().expect("hash");
    drop(store);
    let (path, before) = (folder.path().join("fairlead.db"), folder.path().join("before.db"));
    let new = raw(&path);
    let version: i64 = new.pragma_query_value(None, "user_version", |row| row.get(0)).expect("a version");
    new.execute_batch(&format!(
        "ATTACH '{}' AS before KEY \"x'{}'\"; PRAGMA before.cipher_page_size = 16384; PRAGMA before.cipher_hmac_algorithm = HMAC_SHA512;
         SELECT sqlcipher_export('before'); PRAGMA before.user_version = {version};",
        before.display(),
        "07".repeat(32)
    ))
    .expect("written as before");
    drop(new);
    std::fs::copy(path.with_extension("key-check"), before.with_extension("key-check")).expect("copied");
    for _ in 0..2 {
        let store = Store::open(&before, &key(7)).expect("opens");
        assert_eq!(store.content_hash().expect("hash"), hash);
        with_company(&store);
    }
    assert_eq!(Store::open(&before, &key(8)).expect_err("another key"), OpenError::KeyWrong);
    assert!(raw(&before).execute_batch("SELECT count(*) FROM meta").is_err(), "control: a new file it is not");
}

#[test]
fn a_newer_database_is_left_alone() {
    let (folder, store) = fresh();
    drop(store);
    let path = folder.path().join("fairlead.db");
    raw(&path).execute_batch("PRAGMA user_version = 99;").expect("set");
    assert_eq!(Store::open(&path, &key(7)).expect_err("newer"), OpenError::Newer(99));
}

#[test]
fn nothing_readable_lies_on_the_disk() {
    let (folder, store) = fresh();
    with_company(&store);
    let page = Records::Transactions(vec![transaction("t1", 20_000, "-12.50")]);
    store.apply_page(&run(&store), &page, &[], &PageDone { page: 1, watermark: None, at: 2 }).expect("stored");
    let mut searched = 0;
    for entry in std::fs::read_dir(folder.path()).expect("list") {
        let bytes = std::fs::read(entry.expect("entry").path()).expect("read");
        searched += bytes.len();
        assert!(!bytes.windows(16).any(|window| window == b"PLAINTEXT-MARKER"), "bank text is encrypted, in the log file too");
    }
    assert!(searched > 10_000, "control: there were files to search");
}

/// A database as version 1 left it, in a folder of its own.
pub(crate) fn version_1() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("fairlead.db");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::copy(fixtures.join("version-1.db"), &path).expect("copied");
    std::fs::copy(fixtures.join("version-1.key-check"), path.with_extension("key-check")).expect("copied");
    (folder, path)
}

fn raw_version_1(path: &Path) -> rusqlite::Connection {
    let conn = rusqlite::Connection::open(path).expect("open");
    conn.execute_batch(&format!("PRAGMA key = \"x'{}'\"; PRAGMA cipher_page_size = 4096;", "07".repeat(32))).expect("key");
    conn
}

#[test]
fn a_database_of_version_1_opens_with_everything_in_it() {
    let (_folder, path) = version_1();
    let hash = Store::open(&path, &key(7)).expect("migrated").content_hash().expect("hash");
    let store = Store::open(&path, &key(7)).expect("opened again");
    assert_eq!(store.content_hash().expect("hash"), hash, "a second opening changes nothing");

    let window = store.transactions(&all_of("c1"), 0, 10).expect("window");
    let told: Vec<(&str, i64, &str, String)> =
        window.rows.iter().map(|row| (row.id.as_str(), row.day, row.date_text.as_str(), row.amount.to_string())).collect();
    assert_eq!(
        told,
        [
            ("t5", 2_932_896, "9999-12-31T00:00:00Z", "7".into()),
            ("t3", 20_031, "2024-11-04T23:30:00+02:00", "99999999999999999999.01".into()),
            ("t4", 20_001, "soon", "1234567890123456.10".into()),
            ("plaid_Xy", 20_000, "2024-10-04", "0.1".into()),
            ("6f9619ff-8b86-d011-b42d-00c04fc964ff", 20_000, "2024-10-04T00:00:00", "-12.50".into()),
            ("t6", -40_000, "1860-06-26T00:00:00", "8".into()),
        ]
    );
    let row = window.rows.last().expect("rows");
    assert_eq!(
        (row.merchant.as_deref(), row.category.as_deref(), row.code.as_str(), row.account.as_str()),
        (Some("Mill"), Some("Supplies & stock"), "Payment", "Main")
    );
    let totals = store.totals().expect("totals");
    assert_eq!((totals.companies, totals.connections, totals.accounts, totals.transactions), (3, 3, 2, 6));
    assert_eq!(totals.sums["GBP"].to_string(), "1234567890123458.70");
    assert_eq!(totals.sums["EUR"].to_string(), "99999999999999999999.01");

    let accounts = store.accounts("c1").expect("accounts");
    let main = accounts.iter().find(|account| account.id == "a1").expect("the main account");
    assert_eq!((main.balance_day, main.current.as_deref(), main.transactions), (Some(20_001), Some("11.00"), 5));
    assert_eq!(store.company("c1").expect("read").expect("there").data_to, Some(20_031), "the euro account is behind");
    assert_eq!(store.company_counts(i64::MAX, 0).expect("counts"), Counts { needs_you: 1, waiting: 1, ending: 0, stale: 1, all: 3 });

    let moved = Records::Transactions(vec![transaction("plaid_Xy", 20_500, "0.1")]);
    store.apply_page(&run(&store), &moved, &[], &page(1)).expect("stored");
    assert_eq!(store.totals().expect("totals").transactions, 6, "what the old version stored is known to the new one");
    let found = store.companies(&CompanyFilter { words: vec!["societe".into()], limit: 9, ..CompanyFilter::default() }).expect("window");
    assert_eq!(found.items[0].company.id, "c2", "a bank is found by its name without accents");

    let banks = store.bank_records().expect("records");
    assert_eq!(
        banks,
        [BankRecord { key: "natwest".into(), last: vec![true, false, true], last_success: Some(52), linked: 2, last_tried: 52 }]
    );
    assert_eq!(store.reading(|reading| reading.durations("natwest", "banking-transactions")).expect("durations"), [60_000]);
    assert_eq!(store.reading(|reading| reading.set_aside("k1", "banking-transactions")).expect("count"), 1);
    assert_eq!(store.draft("f1").expect("read").expect("there").name, "Kept draft");
    assert_eq!(store.op("o1").expect("read").expect("there").body, b"{}");
    assert_eq!(store.nonce_state(&[1; 32], 5).expect("state"), NonceUse::Accepted("at1".into()));
    assert_eq!(store.cursor("k1", "banking-transactions").expect("read").expect("there").watermark.as_deref(), Some("w1"));
    assert_eq!(store.fact("client_name").expect("read").as_deref(), Some("Team"));
}

#[test]
fn a_migration_that_fails_leaves_the_version_before() {
    let (_folder, path) = version_1();
    raw_version_1(&path).execute_batch("CREATE TABLE books (in_the_way INTEGER);").expect("a table in the way");
    assert!(matches!(Store::open(&path, &key(7)), Err(OpenError::Internal(_))));
    let conn = raw_version_1(&path);
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0)).expect("version");
    let begun: i64 =
        conn.query_row("SELECT count(*) FROM pragma_table_info('companies') WHERE name = 'search'", [], |row| row.get(0)).expect("columns");
    assert_eq!((version, begun), (1, 0), "all of a migration or nothing of it");
    conn.execute_batch("DROP TABLE books;").expect("out of the way");
    drop(conn);
    assert_eq!(Store::open(&path, &key(7)).expect("opens now").totals().expect("totals").transactions, 6);
}

#[test]
fn an_emptied_file_is_damage_and_a_cut_creation_goes_on() {
    let (folder, store) = fresh();
    drop(store);
    let path = folder.path().join("fairlead.db");
    std::fs::write(&path, b"").expect("emptied");
    assert_eq!(Store::open(&path, &key(7)).expect_err("it had content once"), OpenError::Damaged);
    std::fs::remove_file(path.with_extension("key-check")).expect("removed");
    assert!(Store::open(&path, &key(7)).is_ok(), "a file that never was a database becomes one");
    assert_eq!(Store::open(&path, &key(8)).expect_err("from then on it has its key"), OpenError::KeyWrong);
    assert_eq!(Store::open(&folder.path().join("none.db"), &key(7)).expect_err("no file"), OpenError::Missing);
}

#[test]
fn without_its_key_check_nobody_pretends_to_know_why_a_file_cannot_be_read() {
    let (folder, store) = fresh();
    drop(store);
    let path = folder.path().join("fairlead.db");
    std::fs::remove_file(path.with_extension("key-check")).expect("removed");
    assert_eq!(Store::open(&path, &key(8)).expect_err("wrong key or damage"), OpenError::Unreadable);
    assert!(!path.with_extension("key-check").exists(), "a key that opened nothing is not noted");
    assert!(Store::open(&path, &key(7)).is_ok());
    assert_eq!(Store::open(&path, &key(8)).expect_err("noted again"), OpenError::KeyWrong);
}

#[test]
fn a_flipped_bit_anywhere_is_noticed_and_never_read_as_data() {
    let (folder, store) = fresh();
    with_company(&store);
    let rows = (0..2_000).map(|n| transaction(&format!("t{n}"), 20_000 + n / 10, "5")).collect();
    store.apply_page(&run(&store), &Records::Transactions(rows), &[], &page(1)).expect("stored");
    let hash = store.content_hash().expect("hash");
    drop(store);
    let path = folder.path().join("fairlead.db");
    let good = std::fs::read(&path).expect("read");
    let pages = good.len() / 16_384;
    let mut noticed = 0;
    for page in 0..pages {
        let mut bad = good.clone();
        bad[page * 16_384 + 5_000] ^= 4;
        std::fs::write(&path, &bad).expect("write");
        match Store::open(&path, &key(7)).map(|store| store.content_hash()) {
            Err(OpenError::Damaged) | Ok(Err(StoreError { problem: StoreProblem::Damaged, .. })) => noticed += 1,
            // A page of an index, which the hash does not read.
            read => assert_eq!(read.expect("opens").expect("reads"), hash),
        }
    }
    assert!(noticed > 20, "control: pages with rows were damaged too, {noticed} of {pages}");
    std::fs::write(&path, &good[..good.len() - 16_384]).expect("cut");
    let read = Store::open(&path, &key(7)).map(|store| store.content_hash());
    assert!(matches!(&read, Err(OpenError::Damaged) | Ok(Err(_))), "a file that was cut short is not complete");
}

#[test]
fn two_programs_share_one_database() {
    let (folder, first) = fresh();
    let second = Store::open(&folder.path().join("fairlead.db"), &key(7)).expect("the command line beside the window");
    with_company(&first);
    let begun = run(&second);
    std::thread::scope(|scope| {
        for (store, who) in [(&first, "a"), (&second, "b")] {
            let begun = &begun;
            scope.spawn(move || {
                for number in 0..20 {
                    let rows = (0..50).map(|n| transaction(&format!("{who}{number}-{n}"), 20_000 + n, "0.01")).collect();
                    store.apply_page(begun, &Records::Transactions(rows), &[], &page(number)).expect("stored");
                }
            });
        }
    });
    assert_eq!(first.totals().expect("totals").sums["GBP"].to_string(), "20.00", "nobody overwrote the other's sums");
    assert_eq!(first.content_hash().expect("hash"), second.content_hash().expect("hash"));
}
