//! Rows for figures.

use crate::*;

#[test]
fn rows_of_a_period_come_oldest_first_with_their_words_and_without_what_is_no_longer_listed() {
    let (_folder, store) = fresh();
    with_company(&store);
    let told = |id, day, amount| TransactionRecord {
        merchant: Some("Lidl".into()),
        category: Some("c-9".into()),
        description: None,
        ..transaction(id, day, amount)
    };
    let pass = |rows: Vec<TransactionRecord>| {
        let run = run(&store);
        store.apply_page(&run, &Records::Transactions(rows), &[], &page(1)).expect("stored");
        store.finish_run(&run, None, 3).expect("finished");
    };
    pass(vec![told("t3", 20_002, "-7.123456789"), told("t1", 20_000, "5"), told("t2", 20_001, "6"), told("t4", 20_003, "8")]);
    for _ in 0..2 {
        pass(vec![told("t3", 20_002, "-7.123456789"), told("t1", 20_000, "5"), told("t4", 20_003, "8")]);
    }
    let mut seen = vec![];
    store
        .each_movement("c1", 20_000, 20_002, |row| {
            assert_eq!((row.currency, row.account, row.connection, row.description), ("GBP", "a", "k1", ""));
            assert_eq!((row.merchant, row.category, row.category_name), (Some("Lidl"), Some("c-9"), None));
            seen.push((row.day, row.amount.to_string()));
        })
        .expect("read");
    assert_eq!(seen, [(20_000, "5".to_owned()), (20_002, "-7.123456789".to_owned())], "to the last digit; t2 is gone, t4 is outside");
    store.each_movement("nobody", 0, 30_000, |_| panic!("nobody has no rows")).expect("read");
    let mut paid = vec![];
    store
        .each_payment("c1", "GBP", (20_000, 20_002), |row| {
            assert_eq!((row.merchant, row.description), (Some("Lidl"), ""));
            paid.push(row.amount.to_string());
        })
        .expect("read");
    assert_eq!(paid, ["5", "-7.123456789"], "the same rows, as far as sums by counterparty need them");
    store.each_payment("c1", "EUR", (20_000, 20_002), |_| panic!("all are pounds")).expect("read");
}
