//! Banking data in and out: pages, cursors, exact sums, windows.

use crate::*;
use domain::money::Total;
use proptest::prelude::*;
use std::collections::BTreeMap;

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
    assert_eq!(store.reading(|reading| reading.newest_day("k1")).expect("day"), Some(20_005));
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
                    absent.push(row.id);
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
fn a_page_is_stored_with_how_far_it_brings_us_or_not_at_all() {
    let (folder, store) = fresh();
    with_company(&store);
    let begun = run(&store);
    store.apply_page(&begun, &Records::Transactions(vec![transaction("t1", 20_000, "5")]), &[], &page(1)).expect("stored");
    let before = store.content_hash().expect("hash");
    // The last step of a page, moving the run on, is made to fail: rows, sums and account books were written before it.
    let conn = raw(&folder.path().join("fairlead.db"));
    conn.execute_batch("CREATE TRIGGER cut BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'cut'); END;").expect("a cut");
    let second = Records::Transactions(vec![transaction("t1", 20_000, "6"), transaction("t2", 20_100, "7")]);
    let bad = [Quarantined { raw: "{}".into(), why: "id".into() }];
    assert!(store.apply_page(&begun, &second, &bad, &page(2)).is_err());
    assert_eq!(store.content_hash().expect("hash"), before, "nothing of the page is there");
    conn.execute_batch("DROP TRIGGER cut;").expect("mended");
    store.apply_page(&begun, &second, &bad, &page(2)).expect("stored");
    assert_eq!(store.totals().expect("totals").sums["GBP"].to_string(), "13");
    assert_eq!(store.reading(|reading| reading.set_aside("k1", "banking-transactions")).expect("count"), 1);
}

#[test]
fn what_lies_on_the_disk_after_each_page_opens_and_goes_on_from_it() {
    let (folder, store) = fresh();
    with_company(&store);
    let begun = run(&store);
    for number in 1..=5_u32 {
        let rows = (0..300).map(|n| transaction(&format!("t{number}-{n}"), 20_000 + n, "0.01")).collect();
        let done = PageDone { page: number, watermark: Some(format!("w{number}")), at: 2 };
        store.apply_page(&begun, &Records::Transactions(rows), &[], &done).expect("stored");
        // The program dies here: what is on the disk is all there is.
        let grave = tempfile::tempdir().expect("folder");
        for name in ["fairlead.db", "fairlead.db-wal", "fairlead.key-check"] {
            std::fs::copy(folder.path().join(name), grave.path().join(name)).expect("copied");
        }
        let found = Store::open(&grave.path().join("fairlead.db"), &key(7)).expect("opens");
        let left = found.unfinished_run("k1", "banking-transactions").expect("read").expect("unfinished");
        assert_eq!((left.page, left.watermark, left.rows), (number, Some(format!("w{number}")), u64::from(number) * 300));
        assert_eq!(found.totals().expect("totals").transactions, u64::from(number) * 300);
        assert_eq!(found.cursor("k1", "banking-transactions").expect("read"), None, "the cursor moves at the end only");
    }
}

#[test]
fn the_cursor_moves_at_the_end_and_only_forward() {
    let (_folder, store) = fresh();
    with_company(&store);
    let first = run(&store);
    store.finish_run(&first, Some("2026-03-01"), 10).expect("finished");
    let delta = store.begin_run("c1", "k1", "banking-transactions", Some("d2"), Some("2026-03-01"), 5000, 20).expect("delta");
    assert_eq!(delta.pass, first.pass, "a delta belongs to the pass that stands");
    store.finish_run(&delta, None, 30).expect("an empty delta");
    let cursor = store.cursor("k1", "banking-transactions").expect("read").expect("there");
    assert_eq!((cursor.watermark.as_deref(), cursor.dataset.as_deref(), cursor.fetched_at), (Some("2026-03-01"), Some("d2"), Some(30)));
    assert_eq!(run(&store).pass, first.pass + 1);
}

#[test]
fn absent_rows_are_shown_and_not_summed() {
    let (_folder, store) = fresh();
    with_company(&store);
    let pass = |rows: Vec<TransactionRecord>| {
        let run = run(&store);
        store.apply_page(&run, &Records::Transactions(rows), &[], &page(1)).expect("stored");
        store.finish_run(&run, None, 3).expect("finished");
    };
    let pending = || transaction("pending", 20_000, "-9.99");
    // On the same day: older than everything that a pass saw would be before its window, not gone.
    let posted = || transaction("posted", 20_000, "-9.99");
    pass(vec![pending()]);
    pass(vec![posted()]);
    pass(vec![posted()]);
    let window = store.transactions(&all_of("c1"), 0, 10).expect("window");
    assert_eq!((ids(&window), window.total), (vec!["posted", "pending"], 2), "nothing is erased");
    assert!(window.rows[1].absent);
    assert_eq!((window.sums["GBP"].money_out.to_string(), window.sums["GBP"].count), ("-9.99".into(), 1), "money is not counted twice");
    assert_eq!(store.totals().expect("totals").transactions, 1);
    pass(vec![pending(), posted()]);
    assert_eq!(store.totals().expect("totals").sums["GBP"].to_string(), "-19.98", "what came back counts again");
}

#[test]
fn words_are_found_whatever_their_case_and_accents_in_all_three_texts() {
    let (_folder, store) = fresh();
    with_company(&store);
    let category = CategoryRecord { id: "g1".into(), name: "Na\u{ef}ve Art".into(), parent: None, raw: "{}".into() };
    let categories = store.begin_run("c1", "k1", "banking-transactionCategories", None, None, 5000, 1).expect("run");
    store.apply_page(&categories, &Records::Categories(vec![category]), &[], &page(1)).expect("stored");
    let rows = vec![
        TransactionRecord { description: Some("CAF\u{c9} Z\u{dc}RICH".into()), ..transaction("t1", 20_000, "-5") },
        TransactionRecord { merchant: Some("Mill & Sons".into()), description: None, ..transaction("t2", 20_001, "-50") },
        TransactionRecord { category: Some("g1".into()), category_name: Some("Old name".into()), ..transaction("t3", 20_002, "500") },
        TransactionRecord { category: Some("g9".into()), category_name: Some("Unlisted".into()), ..transaction("t4", 20_003, "5000") },
    ];
    store.apply_page(&run(&store), &Records::Transactions(rows), &[], &page(1)).expect("stored");
    let find = |words: &[&str]| {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        let window = store.transactions(&TransactionFilter { words, ..all_of("c1") }, 0, 10).expect("window");
        ids(&window).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(find(&["zurich", "caf\u{e9}"]), ["t1"]);
    assert_eq!(find(&["sons"]), ["t2"]);
    assert_eq!(find(&["naive"]), ["t3"], "the category as it is called now");
    assert_eq!(find(&["unlisted", "flour"]), ["t4"], "words may stand in different texts");
    assert_eq!(find(&["old"]), Vec::<String>::new());
}

#[test]
fn a_connection_and_an_account_show_their_days_and_newest_balance() {
    let (_folder, store) = fresh();
    with_company(&store);
    let account = AccountRecord {
        id: "a".into(),
        name: "Main".into(),
        holder: None,
        kind: "Debit".into(),
        ending: Some("1234".into()),
        currency: "GBP".into(),
        current: Some("1.00".into()),
        available: Some("2.00".into()),
        raw: "{}".into(),
    };
    let put = |data_type: &str, records: &Records| {
        let run = store.begin_run("c1", "k1", data_type, None, None, 5000, 1).expect("run");
        store.apply_page(&run, records, &[], &page(1)).expect("stored");
    };
    // Transactions may come before their account.
    put("banking-transactions", &Records::Transactions(vec![transaction("t1", 20_000, "5"), transaction("t2", 20_009, "5")]));
    put("banking-accounts", &Records::Accounts(vec![account]));
    let shown = || store.accounts("c1").expect("accounts").remove(0);
    assert_eq!((shown().current.as_deref(), shown().balance_day), (Some("1.00"), None), "until a closing balance comes");
    assert_eq!((shown().from, shown().to, shown().transactions), (Some(20_000), Some(20_009), 2));
    let balance = |day, ordinal, current: Option<&str>| BalanceRecord {
        account: "a".into(),
        day,
        date_text: "x".into(),
        ordinal,
        current: current.map(str::to_owned),
        available: None,
    };
    put(
        "banking-accountBalances",
        &Records::Balances(vec![balance(20_008, 0, Some("7.00")), balance(20_009, 0, Some("8.00")), balance(20_009, 1, Some("9.00"))]),
    );
    assert_eq!((shown().current.as_deref(), shown().balance_day), (Some("9.00"), Some(20_009)), "the figure and its day belong together");
    assert_eq!(store.reading(|reading| reading.newest_day("k1")).expect("day"), Some(20_009));
    let rows = ["banking-accounts", "banking-accountBalances", "banking-transactions", "banking-transactionCategories"]
        .map(|data_type| store.row_count("k1", data_type).expect("count"));
    assert_eq!(rows, [1, 3, 2, 0]);
}

/// What one round of a history does to one transaction.
#[derive(Clone, Debug)]
struct Told {
    id: u8,
    day: i64,
    units: i64,
    scale: u32,
    currency: &'static str,
    account: &'static str,
}

fn told() -> impl Strategy<Value = Told> {
    let amount = (-3_000_i64..3_000, 0_u32..4);
    (0_u8..12, 19_900_i64..20_100, amount, prop::sample::select(vec!["GBP", "EUR"]), prop::sample::select(vec!["a", "b"]))
        .prop_map(|(id, day, (units, scale), currency, account)| Told { id, day, units, scale, currency, account })
}

#[test]
fn a_currency_of_a_months_other_days_is_not_among_the_sums_of_these() {
    let (_folder, store) = fresh();
    with_company(&store);
    // Most days of a month: its sum less that of the days left.
    store.apply_page(&run(&store), &Records::Transactions(vec![transaction("t1", 19_903, "0")]), &[], &page(1)).expect("stored");
    let filter = TransactionFilter { from: Some(19_876), to: Some(19_900), ..all_of("c1") };
    let window = store.transactions(&filter, 0, 5).expect("window");
    assert_eq!((window.total, window.sums.len()), (0, 0));
}

fn sums_of(rows: &[&TransactionRow]) -> BTreeMap<String, Sum> {
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.absent) {
        let sum = sums.entry(row.currency.clone()).or_default();
        let side = if row.amount.is_negative() { &mut sum.money_out } else { &mut sum.money_in };
        side.add(row.amount);
        sum.count += 1;
    }
    sums
}

#[test]
fn days_of_one_month_without_a_row_have_no_sum_of_nothing() {
    let (_folder, store) = fresh();
    with_company(&store);
    let run = run(&store);
    store.apply_page(&run, &Records::Transactions(vec![transaction("t0", 19_967, "0")]), &[], &page(1)).expect("stored");
    store.finish_run(&run, None, 3).expect("finished");
    let later = TransactionFilter { from: Some(19_968), to: Some(19_983), ..all_of("c1") };
    assert_eq!(store.transactions(&later, 0, 5).expect("window").sums, BTreeMap::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is told, corrected, moved, dropped and told again: sums kept beside the rows are the sums of the rows.
    #[test]
    fn sums_agree_with_their_rows_after_any_history(
        passes in prop::collection::vec(prop::collection::vec(told(), 0..20), 1..6),
        from in 19_880_i64..20_120,
        length in 0_i64..150,
    ) {
        let (_folder, store) = fresh();
        with_company(&store);
        for rows in passes {
            let run = run(&store);
            let rows = rows.iter().map(|told| TransactionRecord {
                account: told.account.into(),
                currency: told.currency.into(),
                amount: Amount::from_units(told.units, told.scale).expect("fits"),
                ..transaction(&format!("t{}", told.id), told.day, "0")
            });
            store.apply_page(&run, &Records::Transactions(rows.collect()), &[], &page(1)).expect("stored");
            store.finish_run(&run, None, 3).expect("finished");
        }
        let mut rows = vec![];
        store.each_transaction(&all_of("c1"), |row| rows.push(row)).expect("read");
        prop_assert!(rows.is_sorted_by(|newer, older| newer.day >= older.day));

        let range = |from: Option<i64>, to: Option<i64>, account: Option<&str>, words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            TransactionFilter { from, to, account: account.map(str::to_owned), words, ..all_of("c1") }
        };
        let to = from + length;
        for filter in [
            range(None, None, None, &[]),
            range(Some(from), Some(to), None, &[]),
            range(Some(from), None, None, &[]),
            range(None, Some(to), Some("a"), &[]),
            range(Some(from), Some(to), None, &["flour"]),
        ] {
            let fits = |row: &&TransactionRow| {
                filter.from.is_none_or(|from| row.day >= from) && filter.to.is_none_or(|to| row.day <= to)
                    && filter.account.as_ref().is_none_or(|account| *account == row.account_id)
            };
            let expected: Vec<&TransactionRow> = rows.iter().filter(fits).collect();
            let window = store.transactions(&filter, 2, 5).expect("window");
            prop_assert_eq!(window.total as usize, expected.len());
            prop_assert_eq!(&window.sums, &sums_of(&expected), "{:?}", filter);
            let shown: Vec<&str> = expected.iter().skip(2).take(5).map(|row| row.id.as_str()).collect();
            prop_assert_eq!(ids(&window), shown);
        }
        let whole = sums_of(&rows.iter().collect::<Vec<_>>());
        let totals = store.totals().expect("totals");
        for (currency, sum) in &whole {
            let mut both = sum.money_in.clone();
            both.add_total(&sum.money_out);
            prop_assert_eq!(&totals.sums[currency], &both);
            let months: Vec<MonthSum> = store.months("c1").expect("months").into_iter().filter(|month| month.currency == *currency).collect();
            prop_assert_eq!(months.iter().map(|month| month.count).sum::<u32>(), sum.count);
            let mut summed = Total::default();
            months.iter().for_each(|month| summed.add_total(&month.money_out));
            prop_assert_eq!(&summed, &sum.money_out);
        }
        prop_assert_eq!(totals.transactions, u64::from(whole.values().map(|sum| sum.count).sum::<u32>()));
        prop_assert_eq!(store.reading(|reading| reading.newest_day("k1")).expect("day"), rows.iter().map(|row| row.day).max());
        prop_assert_eq!(store.row_count("k1", "banking-transactions").expect("count") as usize, rows.len());
    }
}

#[test]
fn two_hundred_thousand_rows_go_in_and_stay_quick() {
    let (_folder, store) = fresh();
    let companies: Vec<_> = (0..20)
        .map(|n| (folded_company(&format!("c{n}"), "A"), vec![connection(&format!("k{n}"), &format!("c{n}"), "Bank", "Linked")]))
        .collect();
    store.take_companies(&companies, 1).expect("kept");
    let started = std::time::Instant::now();
    for company in 0..20 {
        let (company, connection) = (format!("c{company}"), format!("k{company}"));
        let run = store.begin_run(&company, &connection, "banking-transactions", None, None, 5000, 1).expect("run");
        for number in 0..2_i64 {
            let rows = (0..5000_i64).map(|n| TransactionRecord {
                merchant: Some(format!("Merchant {}", n % 300).into()),
                account: format!("a{}", n % 5).into(),
                date_text: "2024-10-04T00:00:00".into(),
                ..transaction(&format!("{number}-{n}"), 19_000 + (number * 5000 + n) / 10, "-12.50")
            });
            store.apply_page(&run, &Records::Transactions(rows.collect()), &[], &page(1)).expect("stored");
        }
    }
    let stored = started.elapsed();
    let started = std::time::Instant::now();
    let window = store.transactions(&all_of("c7"), 0, 100).expect("window");
    assert_eq!((window.total, window.rows.len(), window.sums["GBP"].money_out.to_string()), (10_000, 100, "-125000.00".into()));
    let first = started.elapsed();
    let started = std::time::Instant::now();
    let words = TransactionFilter { words: vec!["merchant 77".into()], ..all_of("c7") };
    assert_eq!(store.transactions(&words, 0, 100).expect("window").total, 34);
    let searched = started.elapsed();
    assert_eq!(store.totals().expect("totals").sums["GBP"].to_string(), "-2500000.00");
    println!("200,000 rows: stored in {stored:?}, a window with sums in {first:?}, words in one company in {searched:?}");
}

#[test]
fn a_row_is_stored_once_wherever_it_was_told_and_by_whichever_program() {
    let (folder, window) = fresh();
    with_company(&window);
    window
        .take_companies(
            &[(folded_company("c1", "Acme Bakery"), ["k1", "k2"].map(|id| connection(id, "c1", "NatWest", "Linked")).to_vec())],
            1,
        )
        .expect("kept");
    let terminal = Store::open(&folder.path().join("fairlead.db"), &key(7)).expect("the same file");
    let put = |store: &Store, connection: &str, rows: Vec<TransactionRecord>| {
        let run = store.begin_run("c1", connection, "banking-transactions", None, None, 5000, 1).expect("run");
        store.apply_page(&run, &Records::Transactions(rows), &[], &page(1)).expect("stored");
    };
    put(&window, "k1", vec![transaction("t1", 20_000, "1"), transaction("t2", 20_000, "2")]);
    put(&terminal, "k1", vec![transaction("t3", 20_001, "4"), transaction("t1", 21_500, "8")]);
    put(&window, "k1", vec![transaction("t3", 19_000, "16"), transaction("t1", 21_500, "8")]);
    put(&window, "k1", vec![transaction("t4", 20_000, "32"), transaction("t4", 20_900, "64"), transaction("t4", 18_000, "128")]);
    put(&terminal, "k2", vec![transaction("t1", 21_500, "256")]);
    let rows = window.transactions(&all_of("c1"), 0, 10).expect("window");
    assert_eq!(ids(&rows), ["t1", "t1", "t2", "t3", "t4"], "an id is its connection's own, and what is told last holds");
    assert_eq!(rows.sums["GBP"].money_in.to_string(), (8 + 2 + 16 + 128 + 256).to_string());
}

#[test]
fn a_page_that_was_rolled_back_is_not_remembered() {
    let (folder, store) = fresh();
    with_company(&store);
    let begun = run(&store);
    let rows = |from: u32| {
        Records::Transactions(
            (from..from + 50)
                .map(|n| TransactionRecord { merchant: Some(format!("m{n}").into()), ..transaction(&format!("t{n}"), 20_000, "1") })
                .collect(),
        )
    };
    store.apply_page(&begun, &rows(0), &[], &page(1)).expect("stored");
    let conn = raw(&folder.path().join("fairlead.db"));
    conn.execute_batch("CREATE TRIGGER cut BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'cut'); END;").expect("a cut");
    assert!(store.apply_page(&begun, &rows(50), &[], &page(2)).is_err());
    conn.execute_batch("DROP TRIGGER cut;").expect("mended");
    for _ in 0..2 {
        store.apply_page(&begun, &rows(50), &[], &page(2)).expect("stored");
    }
    let window = store.transactions(&TransactionFilter { words: vec!["m77".into()], ..all_of("c1") }, 0, 10).expect("window");
    assert_eq!((ids(&window), window.rows[0].merchant.as_deref()), (vec!["t77"], Some("m77")));
    assert_eq!(store.totals().expect("totals").transactions, 100);
}

#[test]
fn every_window_of_a_long_list_is_where_counting_row_by_row_finds_it() {
    let (_folder, store) = fresh();
    with_company(&store);
    let one = |n: i64| TransactionRecord {
        account: if n % 3 == 0 { "a".into() } else { "b".into() },
        currency: if n % 7 == 0 { "EUR".into() } else { "GBP".into() },
        ..transaction(&format!("t{n}"), if n % 1000 == 0 { 5_000_000 } else { 19_000 + n * n / 40_000 }, "1")
    };
    for pass in 0..3 {
        let run = run(&store);
        let rows = (0..4_000).filter(|n| pass == 0 || n % 50 != 0).map(one).collect();
        store.apply_page(&run, &Records::Transactions(rows), &[], &page(1)).expect("stored");
        store.finish_run(&run, None, 3).expect("finished");
    }
    let filters = [
        all_of("c1"),
        TransactionFilter { from: Some(19_020), to: Some(19_355), ..all_of("c1") },
        TransactionFilter { to: Some(19_340), account: Some("b".into()), ..all_of("c1") },
        TransactionFilter { from: Some(19_003), currency: Some("GBP".into()), account: Some("b".into()), ..all_of("c1") },
    ];
    for filter in filters {
        let mut rows = vec![];
        store.each_transaction(&filter, |row| rows.push(row)).expect("read");
        let mut counted: BTreeMap<String, u32> = BTreeMap::new();
        rows.iter().filter(|row| !row.absent).for_each(|row| *counted.entry(row.currency.clone()).or_default() += 1);
        for offset in (0..rows.len() + 300).step_by(97) {
            let window = store.transactions(&filter, u32::try_from(offset).expect("small"), 20).expect("window");
            assert_eq!(window.total as usize, rows.len());
            assert_eq!(window.sums.iter().map(|(currency, sum)| (currency.clone(), sum.count)).collect::<BTreeMap<_, _>>(), counted);
            let shown: Vec<&str> = rows.iter().skip(offset).take(20).map(|row| row.id.as_str()).collect();
            assert_eq!(ids(&window), shown, "{filter:?} from row {offset}");
        }
    }
}

#[test]
fn a_filter_that_has_no_time_left_says_up_to_which_day_it_looked_and_one_that_is_called_off_answers_nothing() {
    let (_folder, store) = fresh();
    with_company(&store);
    let rows = (0..17_000).map(|n| transaction(&format!("t{n}"), 19_000 + n, "1")).collect();
    store.apply_page(&run(&store), &Records::Transactions(rows), &[], &page(1)).expect("stored");
    let filter = TransactionFilter { words: vec!["flour".into()], ..all_of("c1") };
    let window = store.transactions_within(&filter, 0, 10, std::time::Duration::ZERO, &Stop::default()).expect("an answer");
    assert_eq!((window.total, window.unseen_before), (16_384, Some(19_000 + 17_000 - 16_384 - 1)), "it says how far it looked");
    let stop = Stop::default();
    stop.stop();
    let called_off = store.transactions_within(&filter, 0, 10, std::time::Duration::from_secs(1), &stop).expect_err("nobody waits");
    assert_eq!(called_off.problem, StoreProblem::Stopped);
}

#[test]
fn a_category_is_found_by_codats_name_or_by_the_lenders_own() {
    use domain::own_category::{Mapping, Rule, When};
    let (_folder, store) = fresh();
    with_company(&store);
    let run = run(&store);
    let of = |id: &str, day, category: &str, text: &str| TransactionRecord {
        category_name: Some(category.into()),
        description: Some(text.into()),
        ..transaction(id, day, "-5")
    };
    let page = Records::Transactions(vec![
        of("t1", 1, "Énergie", "March"),
        of("t2", 2, "Rent", "Unit 7"),
        of("t3", 3, "Rent", "LOAN 44"),
        of("t4", 4, "Sales", "x"),
    ]);
    store.apply_page(&run, &page, &[], &PageDone { page: 1, watermark: None, at: 2 }).expect("stored");
    let rule = |when, own: &str| Rule { when, own: own.into() };
    let mapping = std::sync::Arc::new(Mapping::new(&[
        rule(When::Category("energie".into()), "Utilities"),
        rule(When::Text("loan".into()), "Debt service"),
    ]));
    let found = |wanted: &str| -> Vec<String> {
        let filter = TransactionFilter { category: Some(wanted.into()), mapping: mapping.clone(), ..all_of("c1") };
        let window = store.transactions(&filter, 0, 10).expect("window");
        assert_eq!(window.total as usize, window.rows.len());
        window.rows.into_iter().map(|row| row.id).collect()
    };
    assert_eq!(found("Rent"), ["t3", "t2"], "by Codat's name, also where an own one is given");
    assert_eq!((found("utilities"), found("DEBT")), (vec!["t1".to_owned()], vec!["t3".to_owned()]));
    assert!(found("payroll").is_empty());
}
