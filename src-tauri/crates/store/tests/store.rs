//! The store on real encrypted files.

use domain::money::Amount;
use store::*;
use tempfile::TempDir;

fn key(byte: u8) -> DbKey {
    DbKey::from_bytes(&[byte; 32]).expect("32 bytes")
}

fn fresh() -> (TempDir, Store) {
    let folder = tempfile::tempdir().expect("folder");
    let store = Store::create(&folder.path().join("fairlead.db"), &key(7)).expect("a new database");
    (folder, store)
}

/// The file without the store: what an attacker with the key, or our own mistake, could try.
fn raw(path: &std::path::Path) -> rusqlite::Connection {
    let conn = rusqlite::Connection::open(path).expect("open");
    conn.execute_batch(&format!("PRAGMA key = \"x'{}'\"; PRAGMA cipher_page_size = 16384;", "07".repeat(32))).expect("key");
    conn
}

fn with_company(store: &Store) {
    let company = CompanyEntry { id: "c1".into(), name: "Acme Bakery".into(), folded: "acme bakery".into(), ..CompanyEntry::default() };
    let connection = ConnectionEntry {
        id: "k1".into(),
        company: "c1".into(),
        bank_name: "NatWest".into(),
        status: "Linked".into(),
        ..ConnectionEntry::default()
    };
    store.take_companies(&[(company, vec![connection])], 1).expect("kept");
}

fn transaction(id: &str, day: i64, amount: &str) -> TransactionRecord {
    TransactionRecord {
        id: id.into(),
        account: "a".into(),
        day,
        date_text: "2026-03-01".into(),
        amount: Amount::parse(amount).expect("amount"),
        currency: "GBP".into(),
        description: Some("PLAINTEXT-MARKER flour".into()),
        merchant: None,
        code: "Payment".into(),
        category: None,
        category_name: None,
    }
}

fn run(store: &Store) -> Run {
    store.begin_run("c1", "k1", "banking-transactions", Some("d1"), None, 5000, 1).expect("run")
}

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

#[test]
fn the_ledger_refuses_to_forget() {
    let (folder, store) = fresh();
    store.record(&Event { kind: "begun".into(), ..Event::default() }).expect("added");
    drop(store);
    let conn = raw(&folder.path().join("fairlead.db"));
    for sql in ["DELETE FROM ledger", "UPDATE ledger SET kind = 'x'"] {
        assert!(conn.execute(sql, []).is_err_and(|error| error.to_string().contains("only ever added to")), "{sql}");
    }
}

#[test]
fn a_page_read_twice_changes_nothing_and_sums_are_exact() {
    let (_folder, store) = fresh();
    with_company(&store);
    let run = run(&store);
    let page = Records::Transactions(vec![
        transaction("t1", 20_000, "0.1"),
        transaction("t2", 20_000, "0.2"),
        transaction("t3", 20_001, "-1234567890123456.10"),
        transaction("t4", 20_001, "99999999999999999999.01"),
    ]);
    let done = PageDone { page: 1, watermark: None, at: 2 };
    store.apply_page(&run, &page, &[], &done).expect("stored");
    let once = store.totals().expect("totals");
    store.apply_page(&run, &page, &[], &done).expect("stored again");
    assert_eq!(store.totals().expect("totals"), once);
    assert_eq!(once.transactions, 4);
    assert_eq!(once.sums["GBP"].to_string(), "99998765432109876543.21", "0.1 + 0.2 and twenty digits, to the last one");

    let filter = TransactionFilter {
        company: "c1".into(),
        money_in: Some(true),
        at_least: Amount::parse("0.15").ok(),
        ..TransactionFilter::default()
    };
    let window = store.transactions(&filter, 0, 10).expect("window");
    assert_eq!(window.rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["t4", "t2"], "newest first, in only, at least 0.15");
}

#[test]
fn a_corrected_day_moves_a_record_instead_of_doubling_it() {
    let (_folder, store) = fresh();
    with_company(&store);
    let run = run(&store);
    for (page, day) in [(1, 20_000), (2, 20_005)] {
        let records = Records::Transactions(vec![transaction("t1", day, "5")]);
        store.apply_page(&run, &records, &[], &PageDone { page, watermark: None, at: 2 }).expect("stored");
    }
    assert_eq!(store.totals().expect("totals").transactions, 1);
    assert_eq!(store.newest_day("k1").expect("day"), Some(20_005));
}

#[test]
fn a_run_that_was_cut_goes_on_after_its_last_page() {
    let (folder, store) = fresh();
    with_company(&store);
    let begun = run(&store);
    store
        .apply_page(
            &begun,
            &Records::Transactions(vec![transaction("t1", 1, "5")]),
            &[],
            &PageDone { page: 1, watermark: Some("w".into()), at: 2 },
        )
        .expect("stored");
    drop(store);
    let store = Store::open(&folder.path().join("fairlead.db"), &key(7)).expect("open");
    let left = store.unfinished_run("k1", "banking-transactions").expect("read").expect("unfinished");
    assert_eq!((left.page, left.watermark.as_deref(), left.rows), (1, Some("w"), 1));
}

#[test]
fn what_two_full_passes_missed_is_marked_and_never_erased() {
    let (_folder, store) = fresh();
    with_company(&store);
    let pass = |ids: &[&str]| {
        let run = run(&store);
        let rows = ids.iter().map(|id| transaction(id, 1, "5")).collect();
        store.apply_page(&run, &Records::Transactions(rows), &[], &PageDone { page: 1, watermark: None, at: 2 }).expect("stored");
        store.finish_run(&run, None, 3).expect("finished");
    };
    let absent = || {
        let mut absent = vec![];
        let all = TransactionFilter { company: "c1".into(), ..TransactionFilter::default() };
        store
            .each_transaction(&all, |row| {
                if row.absent {
                    absent.push(row.id)
                }
            })
            .expect("read");
        absent
    };
    pass(&["t1", "t2"]);
    pass(&["t1"]);
    assert_eq!(absent(), Vec::<String>::new(), "banks drop pending rows for a moment: one pass is no proof");
    pass(&["t1"]);
    assert_eq!(absent(), ["t2"]);
    pass(&["t1", "t2"]);
    assert_eq!(absent(), Vec::<String>::new(), "what comes back is no longer absent");
}

#[test]
fn a_nonce_works_once_until_a_newer_link_replaces_it_or_it_is_too_old() {
    let (_folder, store) = fresh();
    store.new_nonce("a1", &[1; 32], 0, 100).expect("nonce");
    assert_eq!(store.nonce_state(&[9; 32], 1).expect("state"), NonceUse::Unknown);
    assert!(store.use_nonce(&[1; 32], 1).expect("use"));
    assert!(!store.use_nonce(&[1; 32], 1).expect("use"), "used is used");
    store.new_nonce("a1", &[2; 32], 2, 100).expect("nonce");
    store.new_nonce("a1", &[3; 32], 3, 100).expect("nonce");
    assert_eq!(store.nonce_state(&[2; 32], 4).expect("state"), NonceUse::Used, "a newer link voids the older");
    assert_eq!(store.nonce_state(&[3; 32], 101).expect("state"), NonceUse::Expired);
}

#[test]
fn a_creation_moves_only_along_its_allowed_ways() {
    let (_folder, store) = fresh();
    let op = Op {
        op: "o1".into(),
        kind: OpKind::Company,
        after: None,
        target: None,
        body: b"{}".to_vec(),
        key: "o1".into(),
        key_at: 0,
        state: OpState::Ready,
        lease_until: None,
        not_before: None,
        sent_at: None,
        looks: 0,
        looked_at: None,
        answer: None,
        remote: None,
        before: "[]".into(),
        made_at: 0,
    };
    store
        .begin_attempt(None, &Attempt { id: "a1".into(), ..Attempt::default() }, &[op], &Event { kind: "begun".into(), ..Event::default() })
        .expect("begun");
    assert!(store.claim_op("o1", 10, 20, None, "[]").expect("claim"));
    assert!(!store.claim_op("o1", 11, 21, None, "[]").expect("claim"), "one sender at a time");
    assert_eq!(store.release_leases(15).expect("release"), 0, "its sender may still be alive");
    assert_eq!(store.release_leases(21).expect("release"), 1);
    assert!(!store.claim_op("o1", 30, 40, None, "[]").expect("claim"), "unknown is never simply sent again");
    store.op_new_key("o1", "k2", 30).expect("new key");
    assert!(store.claim_op("o1", 31, 41, None, "[]").expect("claim"));
    store.op_done("o1", "c9").expect("done");
    store.op_unknown("o1", "late").expect("a late answer");
    let op = store.op("o1").expect("read").expect("there");
    assert_eq!((op.state, op.remote.as_deref()), (OpState::Done, Some("c9")), "done stays done");
}

#[test]
fn the_home_list_stays_quick_at_a_hundred_thousand_companies() {
    let (_folder, store) = fresh();
    let started = std::time::Instant::now();
    for block in 0..20 {
        let page: Vec<_> = (0..5000)
            .map(|n| {
                let number = block * 5000 + n;
                let company = CompanyEntry {
                    id: format!("c{number}"),
                    name: format!("Company {number}"),
                    folded: format!("company {number}"),
                    ..CompanyEntry::default()
                };
                let connection = ConnectionEntry {
                    id: format!("k{number}"),
                    company: format!("c{number}"),
                    bank_name: "Bank".into(),
                    status: "Linked".into(),
                    ..ConnectionEntry::default()
                };
                (company, vec![connection])
            })
            .collect();
        store.take_companies(&page, 1).expect("kept");
    }
    let filled = started.elapsed();
    let started = std::time::Instant::now();
    let window = store.companies(&CompanyFilter { limit: 100, ..CompanyFilter::default() }).expect("window");
    assert_eq!((window.total, window.items.len()), (100_000, 100));
    println!("100,000 companies: filled in {filled:?}, first window in {:?}", started.elapsed());
    let timed = |what: &str, body: &mut dyn FnMut()| { let started = std::time::Instant::now(); body(); println!("  {what}: {:?}", started.elapsed()); };
    for round in 0..2 {
    for order in [CompanyOrder::Name, CompanyOrder::Status, CompanyOrder::DataTo, CompanyOrder::Created] { for descending in [false,true] { for offset in [0, 99_000] {
        timed(&format!("{round} {order:?} {descending} {offset}"), &mut || { store.companies(&CompanyFilter { limit: 100, order, descending, offset, ..CompanyFilter::default() }).expect("window"); });
    }}}
    timed("counts", &mut || { store.company_counts(5).expect("counts"); });
    timed("text", &mut || { assert_eq!(store.companies(&CompanyFilter { limit: 100, words: vec!["99999".into()], ..CompanyFilter::default() }).expect("window").total, 1); });
    timed("text2", &mut || { store.companies(&CompanyFilter { limit: 100, words: vec!["company".into(), "bank".into()], ..CompanyFilter::default() }).expect("window").total; });
    timed("similar", &mut || { store.similar_companies(&["company".into(), "77".into()], 5).expect("s"); });
    }
}
