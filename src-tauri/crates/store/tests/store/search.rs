//! Words across all companies.

use crate::*;
use proptest::prelude::*;

fn many(companies: usize) -> Vec<(CompanyEntry, Vec<ConnectionEntry>)> {
    (0..companies)
        .map(|n| (folded_company(&format!("c{n}"), "A"), vec![connection(&format!("k{n}"), &format!("c{n}"), "Bank", "Linked")]))
        .collect()
}

fn put(store: &Store, company: usize, rows: Vec<TransactionRecord>) {
    let run = store.begin_run(&format!("c{company}"), &format!("k{company}"), "banking-transactions", None, None, 5000, 1).expect("run");
    store.apply_page(&run, &Records::Transactions(rows), &[], &page(1)).expect("stored");
}

/// Every page of a search, three rows at a time.
fn search(store: &Store, words: &[&str]) -> Vec<(i64, String)> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let (mut all, mut before) = (vec![], None);
    loop {
        let found = store.search_all(&words, 3, before, &Stop::default()).expect("found");
        all.extend(found.rows.into_iter().map(|found| (found.row.day, format!("{}/{}", found.company, found.row.id))));
        before = found.next;
        if before.is_none() {
            return all;
        }
    }
}

#[test]
fn a_search_finds_what_is_indexed_and_tells_how_much_that_is() {
    let (_folder, store) = fresh();
    store.take_companies(&many(3), 1).expect("kept");
    let said = |id: &str, day, text: &str| TransactionRecord { description: Some(text.into()), ..transaction(id, day, "1") };
    put(&store, 0, vec![said("t1", 20_000, "CAF\u{c9} Z\u{fc}rich 4711"), said("t2", 20_100, "flour")]);
    put(&store, 1, vec![said("t1", 20_003, "cafe near Zurich"), said("t2", 20_003, "\"NEAR\" OR bp*")]);
    assert_eq!(store.indexed().expect("read"), Indexed { done: 0, waiting: 3 });
    assert!(search(&store, &["cafe"]).is_empty());
    assert_eq!(store.index_some(1).expect("indexed").percent(), 33, "newest days first");
    assert_eq!(search(&store, &["flour"]).len(), 1);
    assert_eq!(store.index_some(10).expect("indexed").percent(), 100);
    let ids = |words: &[&str]| search(&store, words).into_iter().map(|(_, id)| id).collect::<Vec<_>>();
    assert_eq!(ids(&["zurich", "caf"]), ["c1/t1", "c0/t1"], "in the middle of words, without accents, newest first");
    assert_eq!(ids(&["711"]), ["c0/t1"]);
    assert_eq!(ids(&["bp"]), ["c1/t2"], "a short word takes longer and is found");
    assert_eq!(ids(&["\"near\" or"]), ["c1/t2"], "what is typed is text, not a question to the index");
    assert_eq!(ids(&["flour", "cafe"]), Vec::<String>::new(), "all words in one row");
    put(&store, 0, vec![said("t2", 20_100, "sugar")]);
    assert_eq!(store.indexed().expect("read").waiting, 1, "a corrected row is indexed again");
    store.index_some(10).expect("indexed");
    assert_eq!((ids(&["flour"]), ids(&["sugar"])), (vec![], vec!["c0/t2".to_owned()]));
}

#[test]
fn an_index_that_an_older_version_numbered_otherwise_is_made_anew() {
    let (folder, store) = fresh();
    store.take_companies(&many(2), 1).expect("kept");
    put(&store, 0, vec![transaction("t1", 20_000, "1")]);
    put(&store, 1, vec![transaction("t1", 20_100, "1")]);
    store.index_some(10).expect("indexed");
    let found = search(&store, &["flour"]);
    assert_eq!(found.len(), 2);
    drop(store);
    let path = folder.path().join("fairlead.db");
    raw(&path)
        .execute_batch("UPDATE meta SET value = '4' WHERE name = 'derived'; INSERT INTO search (rowid, words) VALUES (1 << 40, 'flour');")
        .expect("as an older version left it");
    let store = Store::open(&path, &key(7)).expect("opened");
    assert_eq!(store.indexed().expect("read"), Indexed { done: 0, waiting: 2 }, "nothing of the old index stays");
    assert_eq!(store.index_some(10).expect("indexed"), Indexed { done: 2, waiting: 0 });
    assert_eq!(search(&store, &["flour"]), found);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_search_by_pages_finds_every_row_once_and_in_order(
        rows in prop::collection::vec((0_usize..4, 20_000_i64..20_030, prop::sample::select(vec!["bread", "breadth", "road", "r"])), 1..60),
    ) {
        let (_folder, store) = fresh();
        store.take_companies(&many(4), 1).expect("kept");
        let mut expected = vec![];
        for company in 0..4 {
            let own = rows.iter().enumerate().filter(|(_, row)| row.0 == company);
            let own = own.map(|(n, row)| TransactionRecord { description: Some(row.2.into()), ..transaction(&format!("t{n}"), row.1, "1") });
            put(&store, company, own.collect());
        }
        expected.extend(rows.iter().enumerate().filter(|(_, row)| row.2.contains("read")).map(|(n, row)| (row.1, format!("c{}/t{n}", row.0))));
        while store.index_some(3).expect("indexed").waiting > 0 {}
        let found = search(&store, &["read"]);
        prop_assert!(found.is_sorted_by(|newer, older| newer.0 >= older.0));
        let (mut found, mut expected) = (found, expected);
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
    }
}
