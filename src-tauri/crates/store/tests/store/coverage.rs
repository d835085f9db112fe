//! What is here of each account.

use crate::*;

#[test]
fn rows_are_counted_per_account_and_month_and_balances_come_with_them() {
    let (_folder, store) = fresh();
    with_company(&store);
    let rows = vec![
        transaction("t1", 20_454, "5"),
        transaction("t2", 20_484, "5"),
        transaction("t3", 20_485, "5"),
        TransactionRecord { account: "b".into(), ..transaction("t4", 20_484, "5") },
    ];
    store.apply_page(&run(&store), &Records::Transactions(rows), &[], &page(1)).expect("stored");
    let run = store.begin_run("c1", "k1", "banking-accountBalances", Some("d2"), None, 5000, 1).expect("run");
    let balance = |day, ordinal, current: Option<&str>| BalanceRecord {
        account: "a".into(),
        day,
        ordinal,
        date_text: "x".into(),
        current: current.map(str::to_owned),
        available: None,
    };
    let balances = vec![balance(20_484, 0, Some("1.00")), balance(20_484, 1, Some("2.00")), balance(20_485, 0, None)];
    store.apply_page(&run, &Records::Balances(balances), &[], &page(1)).expect("stored");

    let histories = store.histories("c1").expect("read");
    let december = 2025 * 12 + 11;
    let months = |index: usize| histories[index].months.iter().map(|(month, rows)| (*month, *rows)).collect::<Vec<_>>();
    assert_eq!((histories[0].account.as_str(), histories[0].connection.as_str()), ("a", "k1"));
    let rows = |count, first, last| MonthRows { count, first, last };
    // Day 20,454 is 1 January 2026, 20,484 the 31st.
    assert_eq!(months(0), [(december + 1, rows(2, 20_454, 20_484)), (december + 2, rows(1, 20_485, 20_485))]);
    assert_eq!(months(1), [(december + 1, rows(1, 20_484, 20_484))]);
    assert_eq!(histories[0].balances, [(20_484, Amount::parse("2.00").expect("amount"))], "the last of its day; none is none");
    assert_eq!(store.histories("nobody").expect("read"), []);
}
