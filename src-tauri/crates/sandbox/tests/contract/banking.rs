//! S61 to S75: reading banking data.

use crate::world::{TYPES, World, encoded, ids};
use sandbox::{Fault, Mode, Options, Rule};
use serde_json::{Value, json};
use std::collections::HashSet;

#[tokio::test]
async fn s61_before_the_first_sync_409_and_empty_404_or_an_empty_page() {
    let world = World::new().await;
    let company = world.company("Alder").await;
    let connection = world.connection(&company, "natwest_business_uk").await;
    for data_type in TYPES {
        let answer = world.data(&company, &connection, data_type).await;
        assert_eq!((answer.status, answer.error().as_str()), (409, "The data set has not been requested."), "{data_type}");
    }
    world.switch(json!({ "emptyTypes": ["banking-transactions"] })).await;
    world.decide(&world.link(&company, &connection).await, "authorise").await;
    let empty = world.data(&company, &connection, "banking-transactions").await;
    assert_eq!(empty.status, 404);
    assert!(empty.error().starts_with("No data available for"), "{}", empty.text);
    world.switch(json!({ "emptyIs404": false })).await;
    assert_eq!(world.data(&company, &connection, "banking-transactions").await.total(), 0);
}

/// The text of a page, for what a decoder would hide.
async fn raw(world: &World, company: &str, connection: &str, rest: &str) -> String {
    let answer = world.data(company, connection, rest).await;
    answer.good();
    answer.text
}

/// Number literals behind a member.
fn literals<'t>(text: &'t str, member: &str) -> Vec<&'t str> {
    let sign = format!("\"{member}\":");
    text.split(sign.as_str()).skip(1).map(|rest| rest.split([',', '}']).next().unwrap_or_default()).collect()
}

#[tokio::test]
async fn s62_amounts_are_number_literals_of_every_kind() {
    let world = World::with(Options { transactions: Some(6000), ..Options::default() }).await;
    world.switch(json!({ "exponentAmounts": true })).await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let mut all = vec![];
    for page in 1..=2 {
        let text = raw(&world, &company, &connection, &format!("banking-transactions?pageSize=5000&page={page}&orderBy=id")).await;
        all.extend(literals(&text, "amount").into_iter().map(str::to_owned));
    }
    assert!(all.iter().all(|text| !text.starts_with('"')), "never text");
    let any = |what: &dyn Fn(&String) -> bool| all.iter().any(what);
    assert!(any(&|text| text.starts_with('-')), "money goes out");
    assert!(any(&|text| !text.contains('.') && !text.contains('E')), "whole amounts come without a point");
    assert!(any(&|text| text.split_once('.').is_some_and(|(_, cents)| cents.len() == 2)));
    assert!(any(&|text| text.contains('E')), "some with an exponent");
    assert!(any(&|text| text.bytes().filter(u8::is_ascii_digit).count() >= 15), "some with more digits than a double holds");
    assert!(any(&|text| text == "0"), "some are nothing at all");
    for text in &all {
        text.parse::<rust_decimal::Decimal>().or_else(|_| rust_decimal::Decimal::from_scientific(text)).expect("a decimal");
    }
}

#[tokio::test]
async fn s63_what_is_missing_is_null_absent_or_an_empty_text() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let rows = world.all(&company, &connection, "banking-transactions").await;
    let forms = |member: &str| -> HashSet<&str> {
        rows.iter()
            .map(|row| match row.get(member) {
                None => "absent",
                Some(Value::Null) => "null",
                Some(Value::String(text)) if text.is_empty() => "empty",
                Some(_) => "there",
            })
            .collect()
    };
    assert_eq!(forms("merchantName").len(), 4, "{:?}", forms("merchantName"));
    assert!(forms("transactionCategoryRef").is_superset(&HashSet::from(["absent", "null", "there"])));
}

fn form(date: &str) -> &'static str {
    let fraction = date.split_once('.').map(|(_, rest)| rest.trim_end_matches('Z').len());
    match fraction {
        Some(7) => "seven digits",
        Some(6) => "six digits",
        Some(3) => "milliseconds",
        Some(_) => "odd",
        None if date.len() == 10 => "date only",
        None if date.ends_with('Z') => "seconds",
        None if date.contains('+') => "offset",
        None => "no zone",
    }
}

#[tokio::test]
async fn s64_dates_come_in_all_forms() {
    let world = World::new().await;
    let mut seen = HashSet::new();
    for bank in ["natwest_business_uk", "ing_nl", "demobank_truelayer"] {
        let (company, connection) = world.linked(bank).await;
        for row in world.all(&company, &connection, "banking-transactions").await {
            for member in ["postedDate", "authorizedDate", "modifiedDate", "sourceModifiedDate"] {
                if let Some(date) = row[member].as_str() {
                    seen.insert(form(date));
                }
            }
        }
    }
    for wanted in ["seven digits", "six digits", "milliseconds", "seconds", "no zone", "date only"] {
        assert!(seen.contains(wanted), "{wanted} in {seen:?}");
    }
    assert!(!seen.contains("odd"));
}

#[tokio::test]
async fn s65_ids_are_opaque_and_case_matters() {
    let world = World::new().await;
    let mut longest = 0;
    let mut shapes = HashSet::new();
    for bank in ["natwest_business_uk", "ing_nl", "demobank_truelayer", "rbs_business_uk", "socgen_business_fr", "hsbc_business_uk"] {
        let (company, connection) = world.linked(bank).await;
        let all = ids(&world.all(&company, &connection, "banking-transactions").await);
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len(), "unique within a connection, by case");
        longest = all.iter().map(String::len).max().unwrap_or(0).max(longest);
        let first = &all[0];
        shapes.insert(if first.len() == 36 && first.matches('-').count() == 4 {
            "guid"
        } else if first.bytes().all(|byte| byte.is_ascii_digit()) {
            "digits"
        } else if first.contains('_') {
            "mixed"
        } else {
            "base36"
        });
    }
    assert!(shapes.len() >= 2, "{shapes:?}");
    assert!(longest >= 36, "{longest}");
}

#[tokio::test]
async fn s65_an_id_is_only_an_id_within_its_connection() {
    let world = World::new().await;
    let (company, one) = world.linked("natwest_business_uk").await;
    let other = world.connection(&company, "natwest_business_uk").await;
    world.decide(&world.link(&company, &other).await, "authorise").await;
    let categories = |rows: Vec<Value>| -> HashSet<String> { ids(&rows).into_iter().collect() };
    let (left, right) = (
        categories(world.all(&company, &one, "banking-transactionCategories").await),
        categories(world.all(&company, &other, "banking-transactionCategories").await),
    );
    assert!(left.intersection(&right).count() > 0, "the same id in two connections is two records");
}

#[tokio::test]
async fn s66_accounts_carry_their_old_duplicates() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    for account in world.all(&company, &connection, "banking-accounts").await {
        assert_eq!(account["accountName"], account["name"]);
        assert_eq!(account["accountType"], account["type"]);
        assert!(account["accountNumbers"].is_object());
    }
}

#[tokio::test]
async fn s67_balances_have_no_id_and_an_account_has_many() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let rows = world.data(&company, &connection, "banking-accountBalances?pageSize=5000&orderBy=date").await.rows();
    assert!(rows.iter().all(|row| row.get("id").is_none()));
    let accounts: HashSet<&str> = rows.iter().filter_map(|row| row["accountId"].as_str()).collect();
    assert!(rows.len() > accounts.len() * 100, "{} balances of {} accounts", rows.len(), accounts.len());
}

#[tokio::test]
async fn s68_words_outside_the_lists() {
    let world = World::with(Options { accounts: 14, ..Options::default() }).await;
    let codes: [&str; 15] = [
        "Unknown",
        "Fee",
        "Payment",
        "Cash",
        "Transfer",
        "Interest",
        "Cashback",
        "Cheque",
        "DirectDebit",
        "Purchase",
        "StandingOrder",
        "Adjustment",
        "Credit",
        "Other",
        "NotSupported",
    ];
    let (mut odd_code, mut odd_type) = (false, false);
    for bank in ["natwest_business_uk", "ing_nl", "rbs_business_uk", "hsbc_business_uk"] {
        let (company, connection) = world.linked(bank).await;
        let rows = world.all(&company, &connection, "banking-transactions").await;
        odd_code |= rows.iter().filter_map(|row| row["code"].as_str()).any(|code| !codes.contains(&code));
        let accounts = world.all(&company, &connection, "banking-accounts").await;
        let known = ["Account", "Card", "Credit", "Depository", "Investment", "Loan", "Other"];
        odd_type |= accounts.iter().filter_map(|row| row["identifiers"]["type"].as_str()).any(|word| !known.contains(&word));
    }
    assert!(odd_code, "a code that no document names");
    assert!(odd_type, "an identifier type that no document names");
}

#[tokio::test]
async fn s69_modified_dates_can_be_asked_and_a_new_model_touches_everything() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let since = |when: &str| format!("query={}&orderBy=modifiedDate&pageSize=5000", encoded(&format!("modifiedDate>={when}")));
    for data_type in TYPES {
        let all = world.data(&company, &connection, data_type).await.total();
        assert_eq!(
            world.data(&company, &connection, &format!("{data_type}?{}", since("2026-11-25T12:00:00Z"))).await.total(),
            all,
            "{data_type}"
        );
        assert_eq!(
            world.data(&company, &connection, &format!("{data_type}?{}", since("2026-11-25T12:00:01Z"))).await.total(),
            0,
            "{data_type}"
        );
    }
    world.later(3 * 24 * 3600).await;
    world.queue(&company, &connection, "banking-transactions").await.good();
    let path = format!("banking-transactions?{}", since("2026-11-25T12:00:01Z"));
    let news = world.data(&company, &connection, &path).await.rows();
    assert!(!news.is_empty() && news.len() < 200, "only what three days have brought: {}", news.len());
    assert!(news.iter().all(|row| row["postedDate"].as_str().is_some_and(|date| date >= "2026-11-25")));
    world.switch(json!({ "modelBumpedAt": "2026-12-01T00:00:00Z" })).await;
    for data_type in TYPES {
        let all = world.data(&company, &connection, data_type).await.total();
        let touched = world.data(&company, &connection, &format!("{data_type}?{}", since("2026-12-01T00:00:00Z"))).await.total();
        assert_eq!(touched, all, "{data_type}");
    }
}

#[tokio::test]
async fn s70_a_sync_that_lands_mid_walk_shifts_rows() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let page = |number: u32| format!("banking-transactions?pageSize=300&page={number}&orderBy=modifiedDate");
    let id = world.data_status(&company, "banking-transactions").await["latestSuccessfulSyncId"].clone();
    let total = world.data(&company, &connection, &page(1)).await.total();
    let mut seen: HashSet<String> = ids(&world.data(&company, &connection, &page(1)).await.rows()).into_iter().collect();
    world.later(60).await;
    world.faults(&[Rule::once("GET /companies/*/connections/*/data/banking-transactions", Fault::SyncLands)]).await;
    for number in 2..=total.div_ceil(300) {
        seen.extend(ids(&world.data(&company, &connection, &page(u32::try_from(number).expect("few"))).await.rows()));
    }
    assert!((seen.len() as u64) < total, "a walk that does not look loses rows: {} of {total}", seen.len());
    assert_ne!(world.data_status(&company, "banking-transactions").await["latestSuccessfulSyncId"], id, "and it can be seen");
    assert_eq!(world.data(&company, &connection, &page(1)).await.total(), total, "nothing is really gone");
}

#[tokio::test]
async fn s70_records_may_disappear_without_a_word() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let before: HashSet<String> = ids(&world.all(&company, &connection, "banking-transactions").await).into_iter().collect();
    world.switch(json!({ "dropEvery": 10 })).await;
    world.later(60).await;
    assert_eq!(world.data(&company, &connection, "banking-transactions").await.total(), before.len() as u64, "only a sync brings it");
    world.queue(&company, &connection, "banking-transactions").await.good();
    let after: HashSet<String> = ids(&world.all(&company, &connection, "banking-transactions").await).into_iter().collect();
    assert!(after.is_subset(&before));
    assert!((before.len() - after.len()).abs_diff(before.len() / 10) <= 1);
}

#[tokio::test]
async fn s71_a_hundred_thousand_transactions_in_pages_of_five_thousand() {
    let world = World::with(Options { transactions: Some(100_000), accounts: 3, ..Options::default() }).await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    assert_eq!(world.all(&company, &connection, "banking-accounts").await.len(), 3);
    let mut seen = HashSet::new();
    let mut bytes = 0;
    for page in 1..=20 {
        let answer =
            world.data(&company, &connection, &format!("banking-transactions?page={page}&pageSize=5000&orderBy=modifiedDate")).await;
        bytes = answer.text.len().max(bytes);
        assert_eq!(answer.total(), 100_000);
        seen.extend(ids(&answer.rows()));
    }
    assert_eq!(seen.len(), 100_000);
    assert!(bytes > 3 << 19, "a page is large: {bytes} bytes");
    let digest = world.look("digest").await["results"][0].clone();
    assert_eq!((&digest["transactions"], &digest["accounts"]), (&json!(100_000), &json!(3)));
}

#[tokio::test]
async fn s71_answers_may_be_larger_than_four_mebibytes() {
    let world = World::new().await;
    world.faults(&[Rule::once("GET /companies", Fault::HugeBody { mib: 5 })]).await;
    assert!(world.get("/companies").await.text.len() > 5 << 20);
}

#[tokio::test]
async fn s72_category_sets_are_small_or_large_and_incomplete() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let flat = world.all(&company, &connection, "banking-transactionCategories").await;
    assert_eq!((flat.len(), flat.iter().filter(|row| row["parentId"].is_string()).count()), (9, 0));
    let listed: HashSet<&str> = flat.iter().filter_map(|row| row["id"].as_str()).collect();
    let transactions = world.all(&company, &connection, "banking-transactions").await;
    let strange = transactions.iter().filter_map(|row| row["transactionCategoryRef"]["id"].as_str()).any(|id| !listed.contains(id));
    assert!(strange, "a transaction refers to a category that is not listed");
    let world = World::with(Options { mode: Mode::Plaid, ..Options::default() }).await;
    let company = world.company("Alder").await;
    let connection = world.connection(&company, "plaid").await;
    let (page, _) = world.open(&world.link(&company, &connection).await).await;
    world.press(&page, "authorise").await;
    let deep = world.all(&company, &connection, "banking-transactionCategories").await;
    assert_eq!(deep.len(), 120);
    assert!(
        deep.iter().any(|row| row["parentId"].is_string() && row["id"].as_str().is_some_and(|id| id.contains('.'))),
        "dotted, in levels"
    );
}

#[tokio::test]
async fn s73_the_path_without_a_connection_works_for_one() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let path = format!("/companies/{company}/data/banking-transactions");
    assert_eq!(world.get(&path).await.total(), world.data(&company, &connection, "banking-transactions").await.total());
    world.connection(&company, "rbs_business_uk").await;
    assert_eq!(world.get(&path).await.status, 404);
}

#[tokio::test]
async fn s74_records_by_their_id() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    for data_type in ["banking-accounts", "banking-transactions", "banking-transactionCategories"] {
        let row = world.data(&company, &connection, &format!("{data_type}?pageSize=1")).await.rows().remove(0);
        let id = row["id"].as_str().expect("an id");
        assert_eq!(world.data(&company, &connection, &format!("{data_type}/{id}")).await.good(), row, "{data_type}");
        assert_eq!(world.data(&company, &connection, &format!("{data_type}/nobody")).await.status, 404);
    }
    assert_eq!(world.data(&company, &connection, "banking-accountBalances/x").await.status, 404, "balances have no id");
}

#[tokio::test]
async fn s75_a_narrower_window_removes_older_records_at_the_next_sync() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let before = world.data(&company, &connection, "banking-transactions").await.total();
    let mut settings = world.get(&format!("/companies/{company}/syncSettings")).await.good();
    settings["overridesDefaults"] = json!(true);
    settings["settings"][2]["syncFromWindow"] = json!(3);
    assert_eq!(world.post(&format!("/companies/{company}/syncSettings"), &settings).await.status, 204);
    assert_eq!(world.data(&company, &connection, "banking-transactions").await.total(), before, "not before a sync");
    world.later(60).await;
    world.queue(&company, &connection, "banking-transactions").await.good();
    let first = world.data(&company, &connection, "banking-transactions?pageSize=1&orderBy=postedDate").await;
    assert!(first.total() < before / 4);
    assert!(first.rows()[0]["postedDate"].as_str().is_some_and(|date| date >= "2026-08-25"));
}

#[tokio::test]
async fn the_digest_agrees_with_what_can_be_read() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let mut sums: std::collections::BTreeMap<String, rust_decimal::Decimal> = std::collections::BTreeMap::new();
    let text = raw(&world, &company, &connection, "banking-transactions?pageSize=5000&orderBy=id").await;
    let rows = world.all(&company, &connection, "banking-transactions").await;
    for (row, literal) in rows.iter().zip(literals(&text, "amount")) {
        let amount: rust_decimal::Decimal = literal.parse().expect("a decimal");
        *sums.entry(row["currency"].as_str().expect("a currency").to_owned()).or_default() += amount;
    }
    let digest = world.look("digest").await["results"][0].clone();
    assert_eq!(digest["transactions"], json!(rows.len()));
    let told: Vec<(String, String)> = sums.into_iter().map(|(currency, sum)| (currency, sum.normalize().to_string())).collect();
    assert_eq!(digest["sums"], Value::Object(told.into_iter().map(|(currency, sum)| (currency, json!(sum))).collect()));
}
