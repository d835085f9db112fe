use super::*;
use crate::world::{Record, catalogue};
use jiff::civil::date;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Instant;

fn spec(mode: Mode, key: &str, connection: u128, now: &str) -> LedgerSpec {
    let all = catalogue(mode, 42);
    let bank = all.by_key(key).expect("a bank of the catalogue");
    let now: Timestamp = now.parse().expect("an instant");
    LedgerSpec::new(42, Uuid::from_u128(connection), mode, bank, "Harbour Street Bakery Ltd", date(2026, 11, 25), now)
}

fn usual() -> LedgerSpec {
    spec(Mode::TrueLayer, "natwest_business_uk", 7, "2026-11-25T12:00:00Z")
}

/// Adds up each account and compares every closing balance on the way.
fn assert_adds_up(ledger: &Ledger) {
    let mut running: HashMap<&str, Decimal> = ledger.accounts.iter().map(|a| (&*a.id, a.opening)).collect();
    let owed: HashSet<&str> = ledger.accounts.iter().filter(|a| a.kind.is_owed()).map(|a| &*a.id).collect();
    let mut transactions = ledger.transactions.iter().peekable();
    let mut by_day: BTreeMap<Date, Vec<&Balance>> = BTreeMap::new();
    for balance in &ledger.balances {
        by_day.entry(balance.day).or_default().push(balance);
    }
    let book = |running: &mut HashMap<&str, Decimal>, t: &Transaction| {
        let sum = running.get_mut(&*t.account_id).expect("every transaction belongs to an account of the ledger");
        if owed.contains(&*t.account_id) { *sum -= t.amount } else { *sum += t.amount }
    };
    for (day, balances) in by_day {
        while let Some(t) = transactions.next_if(|t| t.posted.date() <= day) {
            book(&mut running, t);
        }
        for balance in balances {
            assert_eq!(
                running[&*balance.account_id], balance.current,
                "the closing balance of {day} is the running sum, to the last digit"
            );
        }
    }
    for t in transactions {
        book(&mut running, t);
    }
    for account in &ledger.accounts {
        assert_eq!(running[&*account.id], account.current, "the balance of {} now is the running sum", account.name);
    }
}

#[test]
fn balances_are_running_sums_to_the_last_digit() {
    for key in ["natwest_business_uk", "ing_nl", "seb_se", "demobank_truelayer"] {
        let mut spec = spec(Mode::TrueLayer, key, 3, "2026-12-20T09:30:00Z");
        spec.accounts = 8;
        assert_adds_up(&ledger(&spec));
    }
}

#[test]
fn a_later_ledger_begins_with_the_earlier_one() {
    for accounts in [1, 4, 9] {
        let mut early = spec(Mode::Plaid, "plaid", 11, "2026-11-25T12:00:00Z");
        early.accounts = accounts;
        let mut late = early.clone();
        let (one, two) = (ledger(&early), {
            late.now = "2027-02-03T16:45:00Z".parse().expect("an instant");
            ledger(&late)
        });
        assert!(two.transactions.len() > one.transactions.len() + 50, "life goes on after linking");
        assert_eq!(two.transactions[..one.transactions.len()], one.transactions, "a bank does not rewrite the past");
        assert_eq!(two.balances[..one.balances.len()], one.balances, "a bank does not rewrite the past");
        assert_adds_up(&two);
    }
}

#[test]
fn the_history_has_exactly_as_many_transactions_as_asked_for() {
    for wanted in [0, 1, 250, 1_000, 20_000] {
        let mut spec = usual();
        spec.transactions = Some(wanted);
        let ledger = ledger(&spec);
        assert_eq!(ledger.transactions.len(), wanted as usize, "the sandbox promises exact numbers");
        assert_adds_up(&ledger);
    }
}

#[test]
fn a_hundred_thousand_transactions_are_made_in_moments() {
    let mut spec = usual();
    spec.transactions = Some(100_000);
    let start = Instant::now();
    let ledger = ledger(&spec);
    let made = start.elapsed();
    let start = Instant::now();
    let page: usize = ledger.transactions.iter().take(5_000).map(|t| t.to_json(spec.now).len()).sum();
    println!("100,000 transactions in {made:?}; a page of 5,000 rows, {page} bytes, in {:?}", start.elapsed());
    assert_eq!(ledger.transactions.len(), 100_000);
    let ids: HashSet<&str> = ledger.transactions.iter().map(|t| t.id.as_str()).collect();
    assert_eq!(ids.len(), 100_000, "an id names one transaction");
    assert!(page > 1_500_000, "rows are as heavy as real ones");
    assert_adds_up(&ledger);
}

#[test]
fn it_looks_like_a_business() {
    let ledger = ledger(&usual());
    let count = ledger.transactions.len();
    assert!((1_500..4_500).contains(&count), "a small business has a few transactions a day: {count}");
    let of_code = |code: &str| ledger.transactions.iter().filter(|t| t.code == code).count();
    assert!(of_code("DirectDebit") > 100 && of_code("Purchase") > 100 && of_code("Transfer") > 40, "many kinds of business");
    assert!(ledger.transactions.iter().any(|t| t.description.as_deref().is_some_and(|d| d.starts_with("SALARY"))));
    assert!(ledger.transactions.iter().any(|t| t.description.as_deref().is_some_and(|d| d.contains("HMRC"))));
    let currencies: HashSet<&str> = ledger.transactions.iter().map(|t| t.currency).collect();
    assert!(currencies.len() >= 2, "several currencies: {currencies:?}");
    let takings: Vec<_> =
        ledger.transactions.iter().filter(|t| t.description.as_deref().is_some_and(|d| d.starts_with("CARD TAKINGS"))).collect();
    let mean = |weekday: jiff::civil::Weekday| {
        let day: Vec<Decimal> = takings.iter().filter(|t| t.posted.weekday() == weekday).map(|t| t.amount).collect();
        day.iter().sum::<Decimal>() / Decimal::from(day.len())
    };
    assert!(
        mean(jiff::civil::Weekday::Saturday) > mean(jiff::civil::Weekday::Monday) * Decimal::new(15, 1),
        "a bakery's Saturday is busier than its Monday"
    );
    let main = &ledger.accounts[0];
    let lowest = ledger.balances.iter().filter(|b| b.account_id == main.id).map(|b| b.current).min().expect("balances");
    let highest = ledger.balances.iter().filter(|b| b.account_id == main.id).map(|b| b.current).max().expect("balances");
    println!("{count} transactions; main account between {lowest} and {highest}, now {}", main.current);
    assert!(lowest > Decimal::from(-60_000) && highest < Decimal::from(400_000), "the main account neither drains nor floods");
    let foreign = &ledger.accounts[3];
    let lowest = ledger.balances.iter().filter(|b| b.account_id == foreign.id).map(|b| b.current).min().expect("balances");
    assert!(lowest > Decimal::from(-2_000), "the currency account is topped up before it is empty: {lowest}");
}

#[test]
fn businesses_of_every_seed_stay_solvent() {
    for seed in 0..12_u64 {
        for holder in ["Alder Joinery Ltd", "Tern Coffee Shop", "Marlow & Pike"] {
            let mut spec = usual();
            spec.seed = seed;
            spec.holder = holder.to_owned();
            let ledger = ledger(&spec);
            let main = &ledger.accounts[0];
            let lowest = ledger.balances.iter().filter(|b| b.account_id == main.id).map(|b| b.current).min().expect("balances");
            assert!(lowest > Decimal::from(-80_000), "seed {seed}, {holder}: {lowest}");
        }
    }
}

#[test]
fn the_awkward_parts_are_there() {
    let mut spec = usual();
    spec.transactions = Some(20_000);
    spec.accounts = 6;
    spec.exponent_amounts = true;
    let ledger = ledger(&spec);
    let rows: Vec<String> = ledger.transactions.iter().map(|t| t.to_json(spec.now)).collect();
    let any = |needle: &str| rows.iter().any(|row| row.contains(needle));
    for (needle, why) in [
        ("\"amount\":0,", "S62: a nought"),
        ("E-2,", "S62: exponent form behind its switch"),
        ("\"description\":null", "S63"),
        ("\"description\":\"\"", "S63"),
        ("\"merchantName\":\"\"", "S63"),
        ("\"merchantName\":null", "S63"),
        ("\"transactionCategoryRef\":null", "S63"),
        ("\"code\":\"Contactless\"", "S68: a code outside the list"),
        ("\"id\":\"legacy.uncategorised\"", "S72: a category outside the list"),
        ("\\u000a", "text is text, line breaks and all"),
    ] {
        assert!(any(needle), "{why}: {needle}");
    }
    assert!(rows.iter().any(|row| !row.contains("merchantName")), "S63: absent members");
    let whole = rows.iter().any(|row| {
        let amount = row.split("\"amount\":").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
        amount.starts_with('-') && !amount.contains(['.', 'E'])
    });
    assert!(whole, "S62: whole amounts without a point");
    assert!(ledger.transactions.iter().any(|t| t.amount.normalize().mantissa().unsigned_abs() >= 1_000_000_000_000_000), "S62: 16 digits");
    assert!(!rows.iter().any(|row| row.contains("\"amount\":\"")), "S62: never a string");
    let forms: HashSet<DateForm> = ledger.transactions.iter().map(|t| t.form).collect();
    assert!(forms.len() >= 6, "S64: {forms:?}");
    for account in &ledger.accounts {
        let value: serde_json::Value = serde_json::from_str(&account.to_json(spec.now)).expect("JSON");
        assert_eq!(value["accountName"], value["name"], "S66");
        assert!(value["accountNumbers"].is_object(), "S66");
    }
    let balance = &ledger.balances[0];
    assert!(!balance.to_json(spec.now).contains("\"id\""), "S67: balances have no id");
}

#[test]
fn some_plaid_ids_differ_in_case_only() {
    let ledger = ledger(&spec(Mode::Plaid, "plaid", 5, "2026-11-25T12:00:00Z"));
    let folded: HashSet<String> = ledger.transactions.iter().map(|t| t.id.to_lowercase()).collect();
    let exact: HashSet<&str> = ledger.transactions.iter().map(|t| t.id.as_str()).collect();
    assert_eq!(exact.len(), ledger.transactions.len(), "ids are unique");
    assert!(folded.len() < exact.len(), "S65: ids are case-sensitive");
    assert!(ledger.transactions.iter().all(|t| t.id.len() == 70), "S65");
}

#[test]
fn banks_that_write_figures_repeat_ids_across_connections() {
    let all = catalogue(Mode::TrueLayer, 42);
    let bank = all.banks().iter().find(|bank| IdShape::of(Mode::TrueLayer, bank, 42) == IdShape::Digits).expect("a fifth of all banks");
    let one = ledger(&spec(Mode::TrueLayer, &bank.key, 1, "2026-11-25T12:00:00Z"));
    let two = ledger(&spec(Mode::TrueLayer, &bank.key, 2, "2026-11-25T12:00:00Z"));
    assert_eq!(one.accounts[0].id, two.accounts[0].id, "S65: the same account linked twice");
    let ids: HashSet<&str> = one.transactions.iter().map(|t| t.id.as_str()).collect();
    assert!(two.transactions.iter().any(|t| ids.contains(t.id.as_str())), "S65: the same id means two records");
}

#[test]
fn ninety_days_are_a_suffix() {
    let ledger = ledger(&usual());
    let since = date(2026, 8, 27);
    let recent = ledger.transactions_since(since);
    assert!(!recent.is_empty() && recent.len() < ledger.transactions.len() / 4, "S58");
    assert!(recent.iter().all(|t| t.posted.date() >= since));
    assert!(ledger.balances_since(since).iter().all(|b| b.day >= since));
}

#[test]
fn two_banks_tell_no_running_balances() {
    let ledger = ledger(&spec(Mode::TrueLayer, "monzo_business_uk", 1, "2026-11-25T12:00:00Z"));
    assert!(ledger.balances.iter().all(|b| b.day == b.day.last_of_month()), "Monzo gives no running balances");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_spec_gives_valid_json_that_adds_up(seed: u64, connection: u128, accounts in 1..12_u32, wanted in 0..900_u32, days in 0..60_i64, months in 0..30_u32, holder in ".{0,12}") {
        let mut spec = usual();
        spec.seed = seed;
        spec.connection = Uuid::from_u128(connection);
        spec.accounts = accounts;
        spec.transactions = Some(wanted);
        spec.holder = holder;
        spec.months = months;
        spec.now = spec.now.checked_add(jiff::SignedDuration::from_hours(24 * days)).expect("in range");
        let mut later = spec.clone();
        later.now = spec.now.checked_add(jiff::SignedDuration::from_hours(777)).expect("in range");
        let (ledger, later) = (ledger(&spec), super::ledger(&later));
        assert_adds_up(&ledger);
        prop_assert_eq!(&later.transactions[..ledger.transactions.len()], &ledger.transactions[..]);
        prop_assert_eq!(&later.balances[..ledger.balances.len()], &ledger.balances[..]);
        for t in &ledger.transactions {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&t.to_json(spec.now)).is_ok());
        }
        for a in &ledger.accounts {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&a.to_json(spec.now)).is_ok());
        }
    }
}
