//! S15 to S21: pages, order, queries.

use crate::world::{World, encoded, ids};
use sandbox::Options;
use serde_json::json;
use std::collections::HashSet;

async fn crowd(companies: u32) -> World {
    World::with(Options { companies, ..Options::default() }).await
}

#[tokio::test]
async fn s15_pages_have_bounds() {
    let world = crowd(120).await;
    let plain = world.get("/companies").await.good();
    assert_eq!((&plain["pageNumber"], &plain["pageSize"], &plain["totalResults"]), (&json!(1), &json!(100), &json!(120)));
    for bad in ["page=0", "pageSize=0", "pageSize=5001", "page=-1", "page=x"] {
        assert_eq!(world.get(&format!("/companies?{bad}")).await.status, 400, "{bad}");
    }
    let beyond = world.get("/companies?page=3").await;
    assert_eq!((beyond.rows().len(), beyond.total()), (0, 120), "beyond the end there are no rows, and the total is right");
    world.switch(json!({ "strictPaging": false })).await;
    let clamped = world.get("/companies?page=0&pageSize=9999").await.good();
    assert_eq!((&clamped["pageNumber"], &clamped["pageSize"]), (&json!(1), &json!(5000)));
}

#[tokio::test]
async fn s16_links_are_relative_and_say_where_the_ends_are() {
    let world = crowd(25).await;
    let query = encoded("name!=Nobody & Sons");
    let of = |page: u32| format!("/companies?page={page}&pageSize=10&query={query}&orderBy=name");
    let links = |answer: &serde_json::Value, name: &str| answer["_links"][name]["href"].as_str().map(str::to_owned);
    let first = world.get(&of(1)).await.good();
    assert_eq!(links(&first, "self").as_deref(), Some("/companies"), "self has no query");
    assert_eq!(links(&first, "previous"), None);
    let current = links(&first, "current").expect("current");
    assert!(current.starts_with("/companies?page=1&pageSize=10&query=name%21%3DNobody+%26+Sons"), "relative, encoded: {current}");
    let next = links(&first, "next").expect("next");
    let second = world.get(&next).await.good();
    assert_eq!(second["pageNumber"], 2, "next can be followed");
    assert!(links(&second, "previous").is_some_and(|link| link.contains("page=1")));
    let last = world.get(&of(3)).await.good();
    assert_eq!((last["results"].as_array().map(Vec::len), links(&last, "next")), (Some(5), None));
}

#[tokio::test]
async fn s17_totals_count_what_passed_the_filter() {
    let world = crowd(200).await;
    let bank = world.get("/companies?pageSize=10&query=dataConnections.status=PendingAuth").await;
    let total = bank.total();
    assert!((1..100).contains(&total), "{total} of 200 wait");
    assert!(bank.rows().iter().all(|row| row["dataConnections"].to_string().contains("PendingAuth")));
}

#[tokio::test]
async fn s18_order_goes_both_ways_and_is_stable() {
    let world = crowd(60).await;
    let names = |rows: Vec<serde_json::Value>| -> Vec<String> {
        rows.iter().map(|row| row["name"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let up = names(world.get("/companies?pageSize=60&orderBy=name").await.rows());
    let down = names(world.get("/companies?pageSize=60&orderBy=-name").await.rows());
    assert!(up.is_sorted() && down.is_sorted_by(|left, right| left >= right));
    let (one, again) = (world.get("/companies?pageSize=60").await.rows(), world.get("/companies?pageSize=60").await.rows());
    assert_eq!(ids(&one), ids(&again), "without an order it is arbitrary and stays so");
    let (company, connection) = world.linked("natwest_business_uk").await;
    let plain = world.data(&company, &connection, "banking-transactions?pageSize=500").await.rows();
    let dates: Vec<&str> = plain.iter().map(|row| row["postedDate"].as_str().expect("a date")).collect();
    assert!(!dates.is_sorted(), "nobody may rely on the order that was not asked for");
    assert_eq!(ids(&plain), ids(&world.data(&company, &connection, "banking-transactions?pageSize=500").await.rows()));
    let unknown = world.get("/companies?orderBy=colour").await;
    assert_eq!((unknown.status, unknown.error().contains("Could not resolve property colour")), (400, true));
}

#[tokio::test]
async fn s18_pages_in_an_order_are_the_whole_without_gaps() {
    let world = crowd(0).await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let mut seen = HashSet::new();
    let mut total = 0;
    for page in 1.. {
        let answer = world.data(&company, &connection, &format!("banking-transactions?page={page}&pageSize=400&orderBy=-postedDate")).await;
        total = answer.total();
        let rows = answer.rows();
        if rows.is_empty() {
            break;
        }
        seen.extend(ids(&rows));
    }
    assert_eq!(seen.len() as u64, total);
}

#[tokio::test]
async fn s19_queries_over_http() {
    let world = World::new().await;
    for name in ["Alder Joinery", "Birch Bakery", "Cedar Joinery"] {
        world.company(name).await;
        world.later(3600).await;
    }
    let ask = |query: &str| format!("/companies?pageSize=100&query={}", encoded(query));
    for (query, wanted) in [
        ("name~joinery", 2),
        ("name=Birch Bakery", 1),
        ("name!=Birch Bakery", 2),
        ("created>2026-11-25T12:30:00Z", 2),
        ("created<=2026-11-25T13:00:00Z&&name~joinery", 1),
        ("{name~alder||name~birch}&&created>=2026-11-25T13:00:00Z", 1),
        ("name~alder||name~birch&&created>=2026-11-25T13:00:00Z", 2),
    ] {
        assert_eq!(world.get(&ask(query)).await.total(), wanted, "{query}");
    }
    let bad = world.get(&ask("name~")).await;
    assert_eq!((bad.status, bad.error().as_str()), (400, "Error parsing query - Malformed query."));
    let unknown = world.get(&ask("colour=red")).await;
    assert_eq!((unknown.status, unknown.error().as_str()), (400, "Error parsing query - Could not resolve property colour on Company"));
    let (company, _) = world.linked("natwest_business_uk").await;
    let done = world.get(&format!("/companies/{company}/data/history?query={}", encoded("isCompleted=true"))).await;
    assert_eq!(done.status, 400, "isCompleted is told and cannot be asked");
    let failed = world.get(&format!("/companies/{company}/data/history?query={}", encoded("status!=Complete&&status!=NotSupported"))).await;
    assert_eq!(failed.total(), 0);
}

#[tokio::test]
async fn s20_long_queries_arrays_and_tags() {
    let world = World::new().await;
    let long = format!("/companies?query={}", encoded(&format!("name={}", "x".repeat(2048))));
    assert_eq!(world.get(&long).await.status, 400);
    world.switch(json!({ "strictQueryLength": false })).await;
    assert_eq!(world.get(&long).await.status, 200);
    assert_eq!(world.get("/companies?query=dataConnections.platformName=x").await.status, 400, "arrays cannot be asked");
    for (name, tags) in [("One", json!({ "region": "north", "tier": "gold" })), ("Two", json!({ "region": "south" })), ("Three", json!({}))]
    {
        world.post("/companies", &json!({ "name": name, "tags": tags })).await.good();
    }
    let ask = |tags: &str| format!("/companies?tags={}", encoded(tags));
    for (tags, wanted) in
        [("region=north", 1), ("region!=north", 2), ("region~out", 1), ("region~o&&tier=gold", 1), ("region=North", 0), ("colour=red", 0)]
    {
        assert_eq!(world.get(&ask(tags)).await.total(), wanted, "{tags}");
    }
    assert_eq!(world.get(&ask("nonsense")).await.status, 400);
}

#[tokio::test]
async fn s21_unknown_parameters_are_ignored() {
    let world = World::new().await;
    assert_eq!(world.get("/companies?colour=red&PAGESIZE=7").await.good()["pageSize"], 7, "names of parameters have no case");
    world.switch(json!({ "strictParameters": true })).await;
    assert_eq!(world.get("/companies?colour=red").await.status, 400);
}

#[tokio::test]
async fn a_hundred_thousand_companies_are_listed_page_by_page_and_found_by_tag() {
    let world = crowd(100_000).await;
    let mut seen = HashSet::new();
    let mut statuses: HashSet<String> = HashSet::new();
    for page in [1, 10, 20] {
        let rows = world.get(&format!("/companies?page={page}&pageSize=5000")).await.rows();
        assert_eq!(rows.len(), 5000);
        for connection in rows.iter().flat_map(|row| row["dataConnections"].as_array().cloned().unwrap_or_default()) {
            statuses.insert(connection["status"].as_str().unwrap_or_default().to_owned());
        }
        seen.extend(ids(&rows));
    }
    assert_eq!(seen.len(), 15_000);
    assert_eq!(statuses.len(), 4, "every status is there: {statuses:?}");
    let found = world.get("/companies?tags=reference=HF-45678").await.rows();
    assert_eq!(found.len(), 1);
    let id = found[0]["id"].as_str().expect("an id");
    assert_eq!(world.get(&format!("/companies/{id}")).await.good()["name"], found[0]["name"], "asleep or awake it is the same");
    assert_eq!(world.get("/companies?tags=onboard_ref=none").await.total(), 0);
    world.delete(&format!("/companies/{id}")).await;
    assert_eq!(world.get("/companies?pageSize=1").await.total(), 99_999);
    let after = world.company("Zebra Freight").await;
    let last = world.get("/companies?page=100000&pageSize=1").await.rows();
    assert_eq!(ids(&last), [after], "new ones come last");
}
