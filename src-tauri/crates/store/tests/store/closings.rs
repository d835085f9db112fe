//! Closing balances: a month of an account is one row, and nobody can tell.

use crate::*;

fn closing(account: &str, day: i64, ordinal: u32, current: &str) -> BalanceRecord {
    BalanceRecord {
        account: account.into(),
        day,
        date_text: "2026-01-01T00:00:00".into(),
        ordinal,
        current: Some(current.into()),
        available: None,
    }
}

/// One whole pass over these, in pages.
fn walk(store: &Store, pages: &[Vec<BalanceRecord>]) {
    let run = store.begin_run("c1", "k1", "banking-accountBalances", None, None, 5000, 1).expect("run");
    for (number, rows) in (1..).zip(pages) {
        store.apply_page(&run, &Records::Balances(rows.clone()), &[], &page(number)).expect("stored");
    }
    store.finish_run(&run, None, 9).expect("ended");
}

/// Account, day and amount of everything that is shown.
fn shown(store: &Store) -> Vec<(String, i64, String)> {
    let histories = store.closing_balances("c1").expect("read");
    let days =
        |history: AccountHistory| history.balances.into_iter().map(move |(day, amount)| (history.account.clone(), day, amount.to_string()));
    histories.into_iter().flat_map(days).collect()
}

fn count(store: &Store) -> u32 {
    store.row_count("k1", "banking-accountBalances").expect("count")
}

/// What migration 0020 added, taken away.
const BEFORE_TOLD: &str = "DROP TABLE told; ALTER TABLE drafts DROP COLUMN language; ALTER TABLE bulk_rows DROP COLUMN language;
    ALTER TABLE attempts DROP COLUMN language; ALTER TABLE attempts DROP COLUMN to_name; ALTER TABLE attempts DROP COLUMN to_mail;";

/// What migration 0018 added, taken away.
const BEFORE_TEAM: &str = "ALTER TABLE banks DROP COLUMN provider; DROP TABLE bank_changes; DROP TABLE offers;";

/// As versions before migration 0015 kept them, from `rows`: account, day, ordinal, date, amount, pass, absent.
pub(crate) fn a_row_a_day(conn: &rusqlite::Connection, rows: &[(&str, i64, u32, &str, &str, i64, bool)]) {
    conn.execute_batch(BEFORE_TOLD).expect("as before it was kept what was told");
    conn.execute_batch(BEFORE_TEAM).expect("as before the team's own");
    conn.execute_batch(
        "DROP TABLE closings;
         CREATE TABLE balances (
           book INTEGER NOT NULL, day INTEGER NOT NULL, ordinal INTEGER NOT NULL, date_text TEXT NOT NULL, current TEXT, available TEXT, seen INTEGER NOT NULL,
           absent INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (book, day, ordinal)
         ) STRICT, WITHOUT ROWID;",
    )
    .expect("as it was");
    let mut put = conn.prepare("INSERT INTO balances SELECT n, ?, ?, ?, ?, NULL, ?, ? FROM books WHERE account = ?").expect("statement");
    for (account, day, ordinal, date, amount, seen, absent) in rows {
        assert_eq!(put.execute(rusqlite::params![day, ordinal, date, amount, seen, absent, account]).expect("put"), 1);
    }
}

#[test]
fn a_page_read_twice_changes_nothing_and_what_is_corrected_takes_its_place() {
    let (_folder, store) = fresh();
    with_company(&store);
    // Day 20,484 is the last of a month.
    let pages = [
        vec![closing("a", 20_485, 0, "3"), closing("a", 20_483, 0, "1")],
        vec![closing("a", 20_484, 0, "2"), closing("b", 20_484, 0, "9")],
    ];
    walk(&store, &pages);
    let all = |corrected: &str| {
        let of = |account: &str, day, amount: &str| (account.to_owned(), day, amount.to_owned());
        vec![of("a", 20_483, "1"), of("a", 20_484, corrected), of("a", 20_485, "3"), of("b", 20_484, "9")]
    };
    assert_eq!((shown(&store), count(&store)), (all("2"), 4));
    walk(&store, &pages);
    assert_eq!((shown(&store), count(&store)), (all("2"), 4));
    let run = store.begin_run("c1", "k1", "banking-accountBalances", None, Some("w"), 5000, 1).expect("a delta");
    let told = vec![closing("a", 20_484, 0, "7"), closing("a", 20_484, 0, "8")];
    store.apply_page(&run, &Records::Balances(told), &[], &page(1)).expect("stored");
    assert_eq!((shown(&store), count(&store)), (all("8"), 4), "of one place the last told stands");
}

#[test]
fn what_two_passes_miss_is_absent_unless_it_lies_before_all_that_was_seen_and_comes_back_when_it_is_told_again() {
    let (_folder, store) = fresh();
    with_company(&store);
    let days = |days: &[i64]| vec![days.iter().map(|day| closing("a", *day, 0, "1")).collect::<Vec<_>>()];
    let here = |store: &Store| shown(store).into_iter().map(|(_, day, _)| day).collect::<Vec<_>>();
    walk(&store, &days(&[20_400, 20_484, 20_485, 20_486]));
    walk(&store, &days(&[20_484, 20_486]));
    assert_eq!(here(&store), [20_400, 20_484, 20_485, 20_486], "one pass may be wrong");
    walk(&store, &days(&[20_484, 20_486]));
    assert_eq!(here(&store), [20_400, 20_484, 20_486], "the window of the bank moved: what is older is not gone");
    assert_eq!(count(&store), 4, "it is marked and kept");
    walk(&store, &days(&[20_484, 20_485, 20_486]));
    assert_eq!(here(&store), [20_400, 20_484, 20_485, 20_486]);
}

#[test]
fn what_is_old_or_of_an_erased_company_goes_and_is_counted_by_day() {
    let (_folder, store) = fresh();
    with_company(&store);
    // 20,240 is 1 June 2025.
    walk(&store, &[(20_200..20_300).map(|day| closing("a", day, 0, "1")).collect()]);
    assert_eq!(store.older_than(20_240).expect("counted"), Older { transactions: 0, balances: 40, companies: 1 });
    let receipt = store.erase_older(20_240, 9).expect("erased").expect("something went");
    assert_eq!((receipt.counts["balances"], count(&store), shown(&store)[0].1), (40, 60, 20_240));
    walk(&store, &[(20_200..20_300).map(|day| closing("a", day, 0, "1")).collect()]);
    assert_eq!(count(&store), 60, "what is too old does not come in again");
    let EraseAnswer::Erased(receipt) = store.erase_company("c1", 10).expect("erased") else { panic!("it is here") };
    assert_eq!((receipt.counts["balances"], count(&store)), (60, 0));
}

#[test]
fn what_earlier_versions_kept_a_day_a_row_is_all_there_after_the_migration() {
    let (folder, store) = fresh();
    with_company(&store);
    walk(&store, &[vec![closing("a", 20_000, 0, "0"), closing("b", 20_000, 0, "0")]]);
    drop(store);
    let path = folder.path().join("fairlead.db");
    let old = raw(&path);
    let rows = [
        ("a", 20_484, 0, "2026-01-31T00:00:00", "-12345678901234567890.12", 3, false),
        ("a", 20_484, 1_036_800, "2026-01-31T18:00:00Z", "2.50", 3, false),
        ("a", 20_485, 0, "soon", "3", 3, false),
        ("b", -700_000, 0, "0053-06-22", "4", 2, false),
        ("b", 20_484, 0, "2026-01-31", "5", 1, true),
    ];
    a_row_a_day(&old, &rows);
    let files = std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations")).expect("migrations");
    let before = files.filter(|file| file.as_ref().expect("a file").file_name().as_encoded_bytes() < b"0015".as_slice()).count();
    old.execute_batch(&format!("PRAGMA user_version = {before};")).expect("as it was");
    drop(old);

    let store = Store::open(&path, &key(7)).expect("migrated");
    let of = |account: &str, day, amount: &str| (account.to_owned(), day, amount.to_owned());
    assert_eq!(
        shown(&store),
        [of("a", 20_484, "2.50"), of("a", 20_485, "3"), of("b", -700_000, "4")],
        "the last of its day; none that is absent"
    );
    assert_eq!(count(&store), 5);
    assert_eq!(
        raw(&path).query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'balances'", [], |row| row.get::<_, i64>(0)).expect("asked"),
        0
    );
    // Their passes came along: the one that was seen last is confirmed, the others were missed by two.
    let run = Run { pass: 5, ..store.begin_run("c1", "k1", "banking-accountBalances", None, None, 5000, 1).expect("run") };
    store.apply_page(&run, &Records::Balances(vec![closing("b", 20_300, 0, "6")]), &[], &page(1)).expect("stored");
    store.finish_run(&run, None, 9).expect("ended");
    assert_eq!(shown(&store), [of("b", -700_000, "4"), of("b", 20_300, "6")]);
}
