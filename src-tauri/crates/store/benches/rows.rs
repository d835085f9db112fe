//! Storing a page of 5,000 transactions, and asking for some, in encrypted files that hold more and more of other companies: neither may cost more for
//! that. The floor beside it is the same rows into one bare table. Counts are checked.
//!
//! `cargo bench -p fairlead-store`; only ratios within one run mean anything.

use divan::Bencher;
use divan::counter::ItemsCount;
use domain::money::Amount;
use rusqlite::{Connection, params};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use store::{CompanyEntry, ConnectionEntry, DbKey, PageDone, Records, Store, TransactionFilter, TransactionRecord};
use tempfile::TempDir;

const PAGE: u32 = 5_000;
/// Rows that are there before.
const HELD: [u32; 3] = [10_000, 100_000, 1_000_000];
/// Rows a company.
const EACH: u32 = 10_000;

fn company(n: u32) -> (CompanyEntry, Vec<ConnectionEntry>) {
    let entry =
        CompanyEntry { id: format!("c{n}"), name: format!("Company {n}"), folded: format!("company {n}"), ..CompanyEntry::default() };
    let link = ConnectionEntry { id: format!("k{n}"), company: format!("c{n}"), status: "Linked".into(), ..ConnectionEntry::default() };
    (entry, vec![link])
}

fn rows(company: u32, page: u32) -> Vec<TransactionRecord> {
    let row = |n: u32| TransactionRecord {
        id: format!("{:08x}-6988-11ed-a1eb-{company:012x}", n.wrapping_mul(0x9e37_79b9)),
        account: format!("account {}", n % 3).into(),
        day: 19_000 + i64::from(n) / 14,
        date_text: String::new(),
        amount: Amount::parse(&format!("-{n}.25")).expect("an amount"),
        currency: "GBP".into(),
        description: Some(format!("CARD PAYMENT {n} HARBOUR SUPPLIES")),
        merchant: Some(format!("Merchant {}", n % 40).into()),
        code: "Payment".into(),
        category: None,
        category_name: None,
    };
    (page * PAGE..(page + 1) * PAGE).map(row).collect()
}

fn store_page(store: &Store, company: u32, page: u32) {
    let run = store
        .begin_run(&format!("c{company}"), &format!("k{company}"), "banking-transactions", Some("d"), None, PAGE, 1)
        .expect("a fetch begins");
    let done = PageDone { page: page + 1, watermark: None, at: 2 };
    let applied = store.apply_page(&run, &Records::Transactions(rows(company, page)), &[], &done).expect("a page is stored");
    assert_eq!(applied.rows, PAGE);
    store.finish_run(&run, None, 3).expect("it ends");
}

type Filled = (TempDir, Store);

/// Files with so many rows, made once.
fn with_filled<T>(held: u32, act: impl FnOnce(&Store) -> T) -> T {
    static FILLED: LazyLock<Mutex<BTreeMap<u32, Filled>>> = LazyLock::new(Mutex::default);
    let mut filled = FILLED.lock().unwrap_or_else(PoisonError::into_inner);
    let (_, store) = filled.entry(held).or_insert_with(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let key = DbKey::from_bytes(&[7; 32]).expect("32 bytes");
        let store = Store::create(&folder.path().join("fairlead.db"), &key).expect("a database");
        // More than will be filled: the benches bring their own rows into those that are left.
        let companies: Vec<_> = (0..held / EACH + 400).map(company).collect();
        store.take_companies(&companies, 1).expect("companies");
        for n in 0..held / EACH {
            (0..EACH / PAGE).for_each(|page| store_page(&store, n, page));
        }
        (folder, store)
    });
    act(store)
}

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 30, sample_size = 1)]
fn a_bare_insert(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().expect("a folder");
    let conn = Connection::open(folder.path().join("bare.db")).expect("a database");
    conn.execute_batch(&format!(
        "PRAGMA key = \"x'{}'\"; PRAGMA cipher_page_size = 16384; PRAGMA cipher_hmac_algorithm = HMAC_SHA256; PRAGMA journal_mode = WAL;",
        "07".repeat(32)
    ))
    .expect("set up");
    conn.execute_batch(
        "CREATE TABLE bare (k INTEGER PRIMARY KEY, id BLOB, account INT, day INT, units INT, currency INT, text TEXT, merchant INT)",
    )
    .expect("a table");
    let next = Cell::new(0_u32);
    bencher.counter(ItemsCount::new(PAGE)).with_inputs(|| rows(next.replace(next.get() + 1), 0)).bench_local_values(|rows| {
        let tx = conn.unchecked_transaction().expect("begins");
        let mut put = tx
            .prepare_cached("INSERT INTO bare (id, account, day, units, currency, text, merchant) VALUES (?, ?, ?, ?, 1, ?, 2)")
            .expect("SQL");
        for row in rows {
            let units = row.amount.units().expect("fits").0;
            put.execute(params![row.id.as_bytes(), 1, row.day, units, row.description]).expect("a row");
        }
        drop(put);
        tx.commit().expect("committed");
    });
}

#[divan::bench(args = HELD, sample_count = 30, sample_size = 1)]
fn b_a_page_of_a_new_company(bencher: Bencher<'_, '_>, held: u32) {
    with_filled(held, |store| {
        let next = Cell::new(held / EACH);
        bencher.counter(ItemsCount::new(PAGE)).bench_local(|| store_page(store, next.replace(next.get() + 1), 0));
    });
}

#[divan::bench(args = HELD, sample_count = 200, sample_size = 1)]
fn c_the_newest_hundred(bencher: Bencher<'_, '_>, held: u32) {
    with_filled(held, |store| {
        let next = Cell::new(0_u32);
        bencher.bench_local(|| {
            let filter = TransactionFilter {
                company: format!("c{}", next.replace((next.get() + 7) % (held / EACH))),
                ..TransactionFilter::default()
            };
            let window = store.transactions(&filter, 0, 100).expect("a window");
            assert_eq!((window.total, window.rows.len()), (EACH, 100));
        });
    });
}

#[divan::bench(args = HELD, sample_count = 100, sample_size = 1)]
fn d_a_word_in_one_company(bencher: Bencher<'_, '_>, held: u32) {
    with_filled(held, |store| {
        let next = Cell::new(0_u32);
        bencher.bench_local(|| {
            let filter = TransactionFilter {
                company: format!("c{}", next.replace((next.get() + 7) % (held / EACH))),
                words: vec!["merchant".into(), "payment".into()],
                ..TransactionFilter::default()
            };
            let window = store.transactions(&filter, 0, 100).expect("a window");
            assert_eq!(window.total, EACH);
        });
    });
}
