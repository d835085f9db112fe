//! What was erased is gone: from every table, every sum, the text index, and every page of the file, also the ones nobody reads any more.

use crate::links::op;
use crate::*;
use aes::Aes256;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _, block_padding::NoPadding};
use std::path::Path;

/// Bytes of a page that SQLCipher keeps for itself: the start vector, then the authentication code.
const RESERVED: usize = 48;
const PAGE: usize = 16_384;

/// Everything that stands in the file and its log for whoever has the key, free pages and old versions included.
pub(crate) fn decrypted(path: &Path) -> Vec<u8> {
    let mut plain = vec![];
    let mut add = |page: &[u8], salt: usize| {
        let (told, reserved) = page.split_at(PAGE - RESERVED);
        let iv: [u8; 16] = reserved[..16].try_into().expect("sixteen bytes");
        let mut bytes = told[salt..].to_vec();
        let opened = cbc::Decryptor::<Aes256>::new(&[7; 32].into(), &iv.into()).decrypt_padded::<NoPadding>(&mut bytes);
        plain.extend_from_slice(opened.expect("whole blocks"));
    };
    let file = std::fs::read(path).expect("the file");
    for (number, page) in file.chunks_exact(PAGE).enumerate() {
        add(page, if number == 0 { 16 } else { 0 });
    }
    let log = std::fs::read(format!("{}-wal", path.display())).unwrap_or_default();
    for frame in log.get(32..).unwrap_or_default().chunks_exact(24 + PAGE) {
        let first = frame[..4] == 1_u32.to_be_bytes();
        add(&frame[24..], if first { 16 } else { 0 });
    }
    plain
}

pub(crate) fn hits(haystack: &[u8], needle: &str) -> usize {
    haystack.windows(needle.len()).filter(|window| *window == needle.as_bytes()).count()
}

/// Words that only the erased company has, as text and, the last, as the text index has them.
const NEEDLES: [&str; 10] = [
    "Needleworks",
    "NDL-REF-77",
    "Account Of Needle",
    "Haystack purchase",
    "Merchant Of Needle",
    "needle-tag",
    "needle note",
    "needle@example.com",
    "Notice of needle",
    "\u{10e6}\u{10de}",
];

fn told(id: &str, day: i64, text: &str, merchant: &str) -> TransactionRecord {
    TransactionRecord { description: Some(text.into()), merchant: Some(merchant.into()), ..transaction(id, day, "2.50") }
}

fn stored(store: &Store, company: &str, connection: &str, rows: Vec<TransactionRecord>) {
    let begun = store.begin_run(company, connection, "banking-transactions", None, None, 5000, 1).expect("begun");
    store.apply_page(&begun, &Records::Transactions(rows), &[], &page(1)).expect("stored");
    store.finish_run(&begun, None, 3).expect("ended");
}

/// Two companies; everything that can be kept of a company is kept of the first.
pub(crate) fn with_a_needle(store: &Store) {
    let needle = CompanyEntry { reference: Some("NDL-REF-77".into()), ..folded_company("needle-id", "Needleworks Ltd") };
    let both = [
        (needle, vec![connection("nk", "needle-id", "NatWest", "Linked")]),
        (folded_company("c2", "Acme Bakery"), vec![connection("k2", "c2", "NatWest", "Linked")]),
    ];
    store.take_companies(&both, 1).expect("kept");
    let text = |n: i64| format!("Haystack purchase {n} \u{10e5}\u{10e6}\u{10de}");
    stored(store, "needle-id", "nk", (0..900).map(|n| told(&format!("n{n}"), 20_000 + n / 3, &text(n), "Merchant Of Needle")).collect());
    stored(store, "c2", "k2", (0..300).map(|n| told(&format!("o{n}"), 20_000 + n, "Flour", "Mill")).collect());
    let account = AccountRecord {
        id: "a".into(),
        name: "Account Of Needle".into(),
        holder: None,
        kind: "Debit".into(),
        ending: None,
        currency: "GBP".into(),
        current: None,
        available: None,
        raw: "{}".into(),
    };
    let begun = store.begin_run("needle-id", "nk", "banking-accounts", None, None, 100, 1).expect("begun");
    let bad = [Quarantined { raw: "{\"of\":\"Needleworks\"}".into(), why: "no date".into() }];
    store.apply_page(&begun, &Records::Accounts(vec![account]), &bad, &page(1)).expect("stored");
    let keep = Keep { note: Some("needle note".into()), add: vec!["needle-tag".into()], ..Keep::default() };
    store.keep(&["needle-id".into()], &keep).expect("kept");
    let mut creation = op("o1", OpKind::Company, None);
    creation.body = b"{\"name\":\"Needleworks Ltd\"}".to_vec();
    let attempt = Attempt {
        id: "a1".into(),
        typed_name: "Needleworks Ltd".into(),
        reference: Some("NDL-REF-77".into()),
        company_op: Some("o1".into()),
        company: Some("needle-id".into()),
        to_name: Some("Needle Ann".into()),
        to_mail: Some("ann@needle.example".into()),
        ..Attempt::default()
    };
    store
        .begin_attempt(None, &attempt, &[creation], &Event { kind: "begun".into(), attempt: Some("a1".into()), ..Event::default() })
        .expect("begun");
    store.claim_op("o1", 1, 9, None, "[]").expect("claimed");
    store.op_done("o1", "needle-id").expect("done");
    store
        .record(&Event { kind: "linked".into(), company: Some("needle-id".into()), detail: Some("Needleworks".into()), ..Event::default() })
        .expect("noted");
    let row = BulkRow {
        n: 2,
        name: "Needleworks Ltd".into(),
        reference: Some("NDL-REF-77".into()),
        mail: Some("needle@example.com".into()),
        language: Some("de".into()),
        state: RowState::Known,
        attempt: None,
        company: Some("needle-id".into()),
        why: None,
        link_at: None,
        is_linked: false,
    };
    let list = Bulk { id: "b1".into(), name: "customers.csv".into(), state: BulkState::Done, made_at: 1, problem: None };
    let other = BulkRow { n: 3, name: "Acme Bakery".into(), reference: None, mail: None, company: Some("c2".into()), ..row.clone() };
    assert!(store.keep_bulk(&list, &[row, other]).expect("kept"));
    let notice = |recent: Vec<Notice>, _: &[Event]| {
        let new = Notice {
            kind: "linked".into(),
            company: Some("needle-id".into()),
            detail: Some("Notice of needle".into()),
            ..Notice::default()
        };
        recent.into_iter().chain([new]).collect()
    };
    assert!(store.gather(0, &[], notice).expect("gathered"));
    let desk = "{\"recent\":[\"needle-id\",\"c2\"],\"route\":\"/company/needle-id/overview\",\"views\":[{\"id\":\"v\",\"name\":\"Needleworks Ltd only\",\"address\":\"?q=x\"}]}";
    store.set_fact("desk", desk).expect("kept");
    while store.index_some(50).expect("indexed").waiting > 0 {}
}

fn left(path: &Path) -> Vec<(&'static str, usize)> {
    let bytes = decrypted(path);
    NEEDLES.into_iter().map(|needle| (needle, hits(&bytes, needle))).filter(|(_, hits)| *hits > 0).collect()
}

#[test]
fn an_erased_company_is_in_no_table_no_sum_no_index_and_no_page_of_the_file() {
    let (folder, store) = fresh();
    let path = folder.path().join("fairlead.db");
    with_a_needle(&store);
    let before = decrypted(&path);
    for needle in NEEDLES {
        assert!(hits(&before, needle) > 0, "control: {needle} is found before");
    }

    let EraseAnswer::Erased(receipt) = store.erase_company("needle-id", 77).expect("erased") else { panic!("it is here") };
    assert_eq!(left(&path), [], "no page and no log holds a word of it");
    assert!(hits(&decrypted(&path), "Acme Bakery") > 0, "control: what stays is still found");

    assert_eq!((receipt.what.as_str(), receipt.of.as_deref(), receipt.at), ("company", Some("needle-id"), 77));
    assert_eq!((receipt.counts["transactions"], receipt.counts["accounts"], receipt.counts["outbox"]), (900, 1, 1), "{receipt:?}");
    let kept = store.erasures(10).expect("receipts");
    assert!(kept.len() == 1 && kept[0].receipt == receipt && kept[0].is_swept, "{kept:?}");

    let totals = store.totals().expect("totals");
    assert_eq!((totals.companies, totals.transactions), (1, 300));
    assert_eq!(totals.sums["GBP"].to_string(), "750.00", "the sums are the other company's");
    assert_eq!(store.totals().expect("totals").sums.len(), 1);
    let found = store.search_all(&["haystack".into()], 10, None, &Stop::default()).expect("searched");
    assert!(found.rows.is_empty() && store.indexed().expect("told").waiting == 0);
    let others = store.search_all(&["flour".into()], 10, None, &Stop::default()).expect("searched");
    assert_eq!(others.rows.len(), 10, "the other company is found as before");
    assert_eq!(store.transactions(&all_of("c2"), 0, 500).expect("read").rows.len(), 300);
    let desk = store.fact("desk").expect("read").expect("there");
    assert_eq!(desk, "{\"recent\":[\"c2\"],\"route\":null,\"views\":[]}");
    assert!(store.record(&Event { kind: "x".into(), ..Event::default() }).is_ok(), "the ledger goes on");
    println!(
        "measured: {} rows of {} tables erased, {} needles in no decrypted page and no log",
        receipt.counts.values().sum::<u64>(),
        receipt.counts.len(),
        NEEDLES.len()
    );
}

#[test]
fn an_erased_company_stays_out_whatever_was_on_its_way_until_it_is_taken_back() {
    let (_folder, store) = fresh();
    with_a_needle(&store);
    let begun = store.begin_run("needle-id", "nk", "banking-transactions", None, None, 5000, 1).expect("begun");
    store.erase_company("needle-id", 77).expect("erased");
    assert!(store.apply_page(&begun, &Records::Transactions(vec![told("late", 20_000, "Haystack", "M")]), &[], &page(1)).is_err());
    assert!(store.begin_run("needle-id", "nk", "banking-transactions", None, None, 5000, 1).is_err());
    let again = [(folded_company("needle-id", "Needleworks Ltd"), vec![connection("nk", "needle-id", "NatWest", "Linked")])];
    store.take_companies(&again, 5).expect("the list goes on");
    store.record(&Event { kind: "linked".into(), company: Some("needle-id".into()), ..Event::default() }).expect("the ledger goes on");
    store.keep_connection(&connection("nk", "needle-id", "NatWest", "Linked"), 5).expect("goes on");
    let read = |id: &str, company: &str| DatasetEntry { id: id.into(), company: company.into(), ..DatasetEntry::default() };
    store.keep_datasets(&[read("d1", "needle-id"), read("d2", "c1"), read("d3", "needle-id")]).expect("goes on");
    assert_eq!(store.datasets_of("c1", 9).expect("read"), [read("d2", "c1")], "the reads of others come in");
    let nothing = (None, vec![], vec![], 1);
    let there = (
        store.company("needle-id").expect("read"),
        store.events_of("needle-id", 9).expect("read"),
        store.datasets_of("needle-id", 9).expect("read"),
        store.totals().expect("totals").connections,
    );
    assert_eq!(there, nothing, "nothing of it came in again");
    assert_eq!(store.kept_out().expect("read").len(), 1);
    assert_eq!(store.erase_company("needle-id", 78).expect("asked"), EraseAnswer::NotHere);

    store.take_back("needle-id").expect("taken back");
    store.take_companies(&again, 6).expect("kept");
    assert_eq!(store.company("needle-id").expect("read").map(|item| item.connections.len()), Some(1));
    assert_eq!(store.erasures(9).expect("receipts").len(), 1, "the receipt stays");
}

#[test]
fn a_creation_that_may_be_taking_effect_keeps_its_company_here_unless_it_is_gone_at_codat() {
    let (_folder, store) = fresh();
    with_a_needle(&store);
    let more = Attempt { id: "a2".into(), company: Some("needle-id".into()), connection_op: Some("o2".into()), ..Attempt::default() };
    store
        .begin_attempt(None, &more, &[op("o2", OpKind::Connection, None)], &Event { kind: "begun".into(), ..Event::default() })
        .expect("begun");
    store.claim_op("o2", 1, 9, Some("needle-id"), "[]").expect("claimed");
    let hash = store.content_hash().expect("hash");
    assert_eq!(store.erase_company("needle-id", 77).expect("asked"), EraseAnswer::OnItsWay);
    assert_eq!(store.content_hash().expect("hash"), hash, "and nothing was touched");
    store.company_left("needle-id").expect("gone at Codat");
    assert!(matches!(store.erase_company("needle-id", 77).expect("asked"), EraseAnswer::Erased(_)));
}

#[test]
fn what_is_older_than_a_day_goes_with_its_sums_and_words_and_does_not_come_in_again() {
    let (folder, store) = fresh();
    with_company(&store);
    // 20,240 is 1 June 2025: a first of a month, and not a first of the index's eight days.
    let cut = 20_240;
    let row = |n: i64| {
        told(
            &format!("t{n}"),
            cut - 40 + n,
            if n < 40 { "Ancient haystack" } else { "Recent flour" },
            if n < 40 { "Old Merchant" } else { "Mill" },
        )
    };
    let rows: Vec<TransactionRecord> = (0..100).map(row).collect();
    stored(&store, "c1", "k1", rows.clone());
    while store.index_some(50).expect("indexed").waiting > 0 {}
    let path = folder.path().join("fairlead.db");
    assert!(hits(&decrypted(&path), "Ancient haystack") > 0 && hits(&decrypted(&path), "Old Merchant") > 0, "control: found before");
    assert_eq!(store.older_than(cut).expect("counted"), Older { transactions: 40, balances: 0, companies: 1 });

    let receipt = store.erase_older(cut, 9).expect("erased").expect("something went");
    assert_eq!((receipt.counts["transactions"], receipt.before.as_deref()), (40, Some("2025-06-01")));
    assert_eq!(hits(&decrypted(&path), "Ancient haystack") + hits(&decrypted(&path), "Old Merchant"), 0);
    let totals = store.totals().expect("totals");
    assert_eq!((totals.transactions, totals.sums["GBP"].to_string()), (60, "150.00".to_owned()));
    let search = |word: &str| store.search_all(&[word.to_owned()], 100, None, &Stop::default()).expect("searched").rows.len();
    assert_eq!((search("ancient"), search("flour")), (0, 60));
    assert_eq!(store.older_than(cut).expect("counted"), Older::default());
    assert_eq!(store.erase_older(cut, 10).expect("asked"), None, "nothing to erase is no receipt");

    stored(&store, "c1", "k1", rows);
    assert_eq!(store.totals().expect("totals").transactions, 60, "a full reading does not bring the old rows back, nor the others twice");
    store.keep_all_ages().expect("kept");
    stored(&store, "c1", "k1", (0..100).map(row).collect());
    assert_eq!(store.totals().expect("totals").transactions, 100, "once any age is kept, it does");
    println!("measured: retention: 40 of 40 old rows gone, 60 of 60 others stay, none came in again");
}
