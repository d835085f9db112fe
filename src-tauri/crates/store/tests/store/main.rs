//! The store on real encrypted files.

mod banks;
mod closings;
mod companies;
mod consents;
mod coverage;
mod erasing;
mod inbox;
mod links;
mod memory;
mod movements;
mod opening;
mod records;
mod rekeying;
mod search;
mod sweeps;

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
    conn.execute_batch(&format!(
        "PRAGMA key = \"x'{}'\"; PRAGMA cipher_page_size = 16384; PRAGMA cipher_hmac_algorithm = HMAC_SHA256;",
        "07".repeat(32)
    ))
    .expect("key");
    conn
}

fn folded_company(id: &str, name: &str) -> CompanyEntry {
    CompanyEntry { id: id.into(), name: name.into(), folded: domain::bank_search::fold(name), ..CompanyEntry::default() }
}

fn connection(id: &str, company: &str, bank: &str, status: &str) -> ConnectionEntry {
    ConnectionEntry { id: id.into(), company: company.into(), bank_name: bank.into(), status: status.into(), ..ConnectionEntry::default() }
}

fn with_company(store: &Store) {
    store.take_companies(&[(folded_company("c1", "Acme Bakery"), vec![connection("k1", "c1", "NatWest", "Linked")])], 1).expect("kept");
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

fn page(number: u32) -> PageDone {
    PageDone { page: number, watermark: None, at: 2 }
}

fn all_of(company: &str) -> TransactionFilter {
    TransactionFilter { company: company.into(), ..TransactionFilter::default() }
}

fn ids(window: &TransactionWindow) -> Vec<&str> {
    window.rows.iter().map(|row| row.id.as_str()).collect()
}
