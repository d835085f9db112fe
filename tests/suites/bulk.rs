//! A list of customers whose making is killed again and again, on real processes: whatever the moment, every row becomes one company, and none two.

use fairlead_tests::world::World;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sandbox::{Options, Switches};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Rows in an ordinary run; `FAIRLEAD_BULK=5000` for the long one, which the request limit of Codat makes take ten minutes and more.
const ROWS: u32 = 120;
const KILLS: u32 = 10;

/// References at the sandbox, how often each.
async fn references(world: &World) -> BTreeMap<String, u32> {
    let mut told = BTreeMap::new();
    for page in 1.. {
        let asked = world.http.get(format!("{}/companies?page={page}&pageSize=5000", world.sandbox.base_url()));
        let asked = asked.header("Authorization", format!("Basic {}", base64(world.sandbox.api_key())));
        let answer: serde_json::Value = asked.send().await.expect("companies").json().await.expect("json");
        let companies = answer["results"].as_array().expect("companies");
        for company in companies {
            *told.entry(company["tags"]["reference"].as_str().unwrap_or("none").to_owned()).or_default() += 1;
        }
        if companies.len() < 5_000 {
            break;
        }
    }
    told
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

async fn made(world: &World) -> u64 {
    world.control("state").await["companies"].as_u64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_killed_ten_times_makes_every_company_once() {
    let rows: u32 = std::env::var("FAIRLEAD_BULK").ok().and_then(|text| text.parse().ok()).unwrap_or(ROWS);
    let switches = Switches { daily_quota: Some(1_000_000), requests_a_minute: None, ..Switches::default() };
    let world = World::new(Options { switches, ..Options::default() }).await;
    let mut list = String::from("Company,Reference,E-mail\n");
    for number in 1..=rows {
        let _ = writeln!(list, "Customer {number} Ltd,R-{number:05},c{number}@customer.example");
    }
    let file = world.fairlead.home().with_file_name("customers.csv");
    std::fs::write(&file, list).expect("written");
    let file = file.to_str().expect("text");

    let mut dice = ChaCha8Rng::seed_from_u64(7);
    let mut killed = 0;
    while killed < KILLS {
        // Spread over the whole list, and each somewhere between a creation's answer and what is kept of it.
        let until = u64::from(rows) * u64::from(killed + 1) / u64::from(KILLS + 1);
        let mut child = world.fairlead.start(&["bulk", "run", file]);
        drop(child.stdin.take());
        while made(&world).await < until {
            assert!(child.try_wait().expect("the process").is_none(), "it ended before its time with {} of {rows}", made(&world).await);
            tokio::task::yield_now().await;
        }
        for _ in 0..dice.random_range(0..2_000) {
            tokio::task::yield_now().await;
        }
        child.kill().expect("killed");
        child.wait().expect("dead");
        killed += 1;
    }
    let last = tokio::task::block_in_place(|| world.fairlead.run(&["bulk", "run", file]));
    let told = last.json();
    assert_eq!((last.code, &told["stage"], &told["open"]), (0, &serde_json::json!("done"), &serde_json::json!(0)), "{last:?}");
    assert_eq!(told["made"].as_u64().zip(told["known"].as_u64()).map(|(made, known)| made + known), Some(u64::from(rows)), "{told}");
    let references = references(&world).await;
    let doubled = references.values().filter(|times| **times > 1).count();
    println!(
        "measured: a list of {rows} killed again and again: faults fired {killed} of {KILLS}, {} companies, {doubled} doubled",
        references.len()
    );
    assert_eq!((references.len(), doubled, made(&world).await), (rows as usize, 0, u64::from(rows)), "every row once, and nothing else");
}
