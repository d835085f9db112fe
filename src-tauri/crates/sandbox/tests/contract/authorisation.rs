//! S39 to S45: the bank's pages and the way back.

use crate::world::World;
use sandbox::{Mode, Options};
use serde_json::{Value, json};
use std::collections::HashMap;

const TEMPLATE: &str = "http://127.0.0.1:9/return?state={state}&companyId={companyId}&connectionId={connectionId}&statuscode={statusCode}&error={errorMessage}";

async fn with_template(template: &str) -> World {
    World::with(Options { redirect_url: Some(template.into()), ..Options::default() }).await
}

async fn pending(world: &World) -> (String, String) {
    let company = world.company("Alder Joinery").await;
    let connection = world.connection(&company, "natwest_business_uk").await;
    (company, connection)
}

fn query(url: &str) -> HashMap<String, String> {
    url::Url::parse(url).expect("an address").query_pairs().into_owned().collect()
}

#[tokio::test]
async fn s39_the_page_offers_every_ending_and_each_has_its_result() {
    let world = World::new().await;
    for (decision, status, code) in [
        ("cancel", "PendingAuth", "403"),
        ("fail", "PendingAuth", "500"),
        ("unsupported", "PendingAuth", "501"),
        ("authorise", "Linked", ""),
    ] {
        let (company, connection) = pending(&world).await;
        let (page, shown) = world.open(&world.link(&company, &connection).await).await;
        for button in ["authorise", "cancel", "fail", "unsupported", "approver"] {
            assert!(shown.text.contains(&format!("value=\"{button}\"")), "{button} is offered");
        }
        assert!(shown.text.contains("Alder Joinery"), "the customer sees for whom it is");
        world.press(&page, decision).await;
        let told = world.read(&company, &connection).await;
        assert_eq!(told["status"], status, "{decision}");
        if code.is_empty() {
            continue;
        }
        let error = &told["dataConnectionErrors"][0];
        assert_eq!((&error["statusCode"], &error["status"]), (&json!(code), &json!("Active")), "{decision}");
    }
}

#[tokio::test]
async fn s39_a_second_person_approves_or_refuses() {
    let world = World::new().await;
    for (decision, status) in [("approve", "Linked"), ("refuse", "PendingAuth")] {
        let (company, connection) = pending(&world).await;
        let link = world.link(&company, &connection).await;
        let asked = world.decide(&link, "approver").await;
        let (_, waiting) = world.open(asked.header("location")).await;
        assert!(waiting.text.contains("Another person must approve"));
        assert_eq!(world.status(&company, &connection).await, "PendingAuth", "nothing is shared until they agree");
        let door = world.look("state").await["awaitingApprover"][0]["url"].as_str().expect("a door for the second person").to_owned();
        let form = world.send(world.client.post(&door).form(&[("decision", "continue")])).await;
        let (page, shown) = world.open(form.header("location")).await;
        assert!(shown.text.contains("A colleague wants to share"));
        world.press(page.trim_end_matches("/approver"), decision).await;
        assert_eq!(world.status(&company, &connection).await, status);
    }
}

#[tokio::test]
async fn s39_where_two_people_decide_the_first_one_is_never_enough() {
    let world = World::new().await;
    world.switch(json!({ "secondApprover": true })).await;
    let (company, connection) = pending(&world).await;
    let asked = world.decide(&world.link(&company, &connection).await, "authorise").await;
    let (page, waiting) = world.open(asked.header("location")).await;
    assert!(waiting.text.contains("Another person must approve"));
    assert_eq!(world.status(&company, &connection).await, "PendingAuth");
    world.press(&page, "approve").await;
    assert_eq!(world.status(&company, &connection).await, "Linked");
}

#[tokio::test]
async fn s39_accounts_stay_those_of_the_business_whose_log_in_gave_the_consent() {
    // Not every bank tells the holder of every account: of a dozen, some are told.
    let world = World::with(Options { accounts: 12, ..Options::default() }).await;
    world.switch(json!({ "holder": "Other Business Ltd" })).await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    world.switch(json!({ "holder": null })).await;
    let accounts = world.all(&company, &connection, "banking-accounts").await;
    let holders: Vec<&str> = accounts.iter().filter_map(|account| account["holder"].as_str()).filter(|holder| !holder.is_empty()).collect();
    assert!(!holders.is_empty() && holders.iter().all(|holder| *holder == "OTHER BUSINESS LTD"), "{holders:?}");
}

#[tokio::test]
async fn s39_only_ticked_accounts_are_shared() {
    let world = World::new().await;
    let (company, connection) = pending(&world).await;
    let (page, shown) = world.open(&world.link(&company, &connection).await).await;
    let accounts: Vec<&str> =
        shown.text.split("name=\"account\" checked value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(accounts.len() > 1);
    let none = world.send(world.client.post(&page).form(&[("ticked", "yes"), ("decision", "authorise")])).await;
    assert_eq!((none.status, world.status(&company, &connection).await.as_str()), (200, "PendingAuth"), "without a tick the page stays");
    let one = [("ticked", "yes"), ("decision", "authorise"), ("account", accounts[0])];
    world.send(world.client.post(&page).form(&one)).await;
    let rows = world.all(&company, &connection, "banking-accounts").await;
    assert_eq!((rows.len(), &rows[0]["id"]), (1, &json!(accounts[0])));
    let transactions = world.all(&company, &connection, "banking-transactions").await;
    assert!(!transactions.is_empty() && transactions.iter().all(|row| row["accountId"] == accounts[0]));
}

#[tokio::test]
async fn s39_codats_own_page_lets_the_customer_pick() {
    let world = World::new().await;
    let company = world.company("Alder").await;
    let redirect = world.get(&format!("/companies/{company}")).await.good()["redirect"].as_str().expect("a link").to_owned();
    let (page, shown) = world.open(&redirect).await;
    let key = shown.text.split("name=\"institution\" checked value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a bank");
    let picked = world.send(world.client.post(&page).form(&[("institution", key), ("decision", "continue")])).await;
    let (page, _) = world.open(picked.header("location")).await;
    world.press(&page, "authorise").await;
    let connections = world.get(&format!("/companies/{company}/connections")).await.rows();
    assert_eq!((connections.len(), &connections[0]["status"]), (1, &json!("Linked")));
}

#[tokio::test]
async fn s40_the_template_is_filled_encoded_and_case_sensitive() {
    let template = "https://bounce.example/r?c={companyId}&k={connectionId}&i={integrationId}&s={sourceId}&p={platform}&n={platformName}&t={sourceType}&code={statusCode}&wrong={CompanyId}&st={state}&nothing={nothing}&client={clientId}";
    let world = with_template(template).await;
    let (company, connection) = pending(&world).await;
    let link = format!("{}&state=a%20b%26c", world.link(&company, &connection).await);
    let back = world.decide(&link, "authorise").await;
    assert_eq!(back.status, 303);
    let told = world.read(&company, &connection).await;
    let to = query(back.header("location"));
    for (name, wanted) in [
        ("c", company.as_str()),
        ("k", &connection),
        ("i", told["integrationId"].as_str().expect("id")),
        ("s", told["sourceId"].as_str().expect("id")),
        ("p", "natwest_business_uk"),
        ("n", told["platformName"].as_str().expect("a name")),
        ("t", "Banking"),
        ("code", "200"),
        ("wrong", ""),
        ("st", "a b&c"),
        ("nothing", ""),
    ] {
        assert_eq!(to[name], wanted, "{name}");
    }
    assert_eq!(to["client"].len(), 36);
    assert!(back.header("location").contains("st=a%20b%26c"), "percent-encoded");
}

#[tokio::test]
async fn s41_status_codes_and_their_fixed_messages() {
    let world = with_template(TEMPLATE).await;
    for (decision, code, message) in [
        ("authorise", "200", ""),
        ("cancel", "403", "User cancelled"),
        ("fail", "500", "Unknown error occurred"),
        ("unsupported", "501", "Not supported"),
    ] {
        let (company, connection) = pending(&world).await;
        let mut forms = vec![];
        for _ in 0..2 {
            let back = world.decide(&world.link(&company, &connection).await, decision).await;
            let to = query(back.header("location"));
            assert!(decision == "authorise" || to["statuscode"] == code, "{decision}: {to:?}");
            forms.push(to);
        }
        if decision == "authorise" {
            assert_eq!((forms[0]["statuscode"].as_str(), forms[0]["connectionId"].as_str()), ("200", connection.as_str()));
            assert_eq!((forms[1]["statuscode"].as_str(), forms[1]["connectionId"].as_str()), ("201", ""), "nothing new was done");
        } else {
            let messages: Vec<&str> = forms.iter().map(|form| form["error"].as_str()).collect();
            assert!(
                messages.contains(&message) && messages.contains(&format!("{message}.").as_str()),
                "with and without stop: {messages:?}"
            );
        }
    }
}

#[tokio::test]
async fn s42_without_a_template_there_is_a_page_and_custom_schemes_go_by_switch() {
    let world = World::new().await;
    let (company, connection) = pending(&world).await;
    let end = world.decide(&world.link(&company, &connection).await, "authorise").await;
    assert_eq!((end.status, end.header("location")), (200, ""));
    assert!(end.text.contains("is connected"));
    let world = with_template("fairlead://return?state={state}&statuscode={statusCode}").await;
    let (company, connection) = pending(&world).await;
    let link = format!("{}&state=abc", world.link(&company, &connection).await);
    let back = world.decide(&link, "cancel").await;
    assert_eq!((back.status, back.header("location")), (303, "fairlead://return?state=abc&statuscode=403"));
    assert!(back.text.contains("You can close this tab"), "the tab that stays behind says so");
    assert!(!back.header("content-security-policy").contains("form-action"), "which would stop a redirect to another program");
    world.switch(json!({ "customSchemeRedirect": false })).await;
    let back = world.decide(&world.link(&company, &connection).await, "authorise").await;
    assert_eq!((back.status, back.header("location")), (400, ""));
    assert_eq!(world.status(&company, &connection).await, "Linked", "the consent counts, whatever becomes of the redirect");
}

#[tokio::test]
async fn s42_a_dynamic_host_must_be_on_the_list() {
    let world = with_template("https://{host}/return?state={state}").await;
    for (allowed, status) in [(json!([]), 400), (json!(["https://good.example/"]), 303)] {
        let mut profile = world.get("/profile").await.good();
        profile["whiteListUrls"] = allowed;
        world.put("/profile", &profile).await.good();
        let (company, connection) = pending(&world).await;
        let link = format!("{}&host=good.example", world.link(&company, &connection).await);
        assert_eq!(world.decide(&link, "authorise").await.status, status);
    }
}

#[tokio::test]
async fn s43_the_redirect_comes_early_late_twice_or_never() {
    let world = with_template(TEMPLATE).await;
    world.switch(json!({ "linkDelaySeconds": 10 })).await;
    let (company, connection) = pending(&world).await;
    let back = world.decide(&world.link(&company, &connection).await, "authorise").await;
    assert_eq!(query(back.header("location"))["statuscode"], "200");
    assert_eq!(world.status(&company, &connection).await, "PendingAuth", "the redirect was faster");
    world.later(10).await;
    assert_eq!(world.status(&company, &connection).await, "Linked");

    world.switch(json!({ "linkDelaySeconds": 0, "redirect": "twice" })).await;
    let (company, connection) = pending(&world).await;
    let (page, _) = world.open(&world.link(&company, &connection).await).await;
    let (first, second) = (world.press(&page, "authorise").await, world.press(&page, "authorise").await);
    assert_eq!(first.header("location"), second.header("location"));
    assert!(!first.header("location").is_empty());

    world.switch(json!({ "redirect": "never" })).await;
    let (company, connection) = pending(&world).await;
    let end = world.decide(&world.link(&company, &connection).await, "authorise").await;
    assert_eq!((end.status, end.header("location"), world.status(&company, &connection).await.as_str()), (200, "", "Linked"));

    world.switch(json!({ "redirect": "once", "redirectDelaySeconds": 3 })).await;
    let (company, connection) = pending(&world).await;
    let (page, _) = world.open(&world.link(&company, &connection).await).await;
    let late = world.press(&page, "authorise").await;
    assert!(late.header("refresh").starts_with("3; url=http://127.0.0.1:9/return?"), "the browser goes there by itself");
    let again = world.press(&page, "authorise").await;
    assert_eq!((again.header("location"), again.header("refresh")), ("", ""), "once is once");
}

#[tokio::test]
async fn s44_one_visit_may_link_several_banks() {
    let world = World::new().await;
    world.switch(json!({ "extraConnections": 2 })).await;
    let (company, _) = world.linked("natwest_business_uk").await;
    let rows = world.get(&format!("/companies/{company}/connections")).await.rows();
    assert_eq!(rows.iter().filter(|row| row["status"] == "Linked").count(), 3);
}

#[tokio::test]
async fn s45_consent_ends_and_the_same_link_renews_it() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    world.control(&format!("connections/{connection}/deauthorise"), &Value::Null).await;
    let told = world.read(&company, &connection).await;
    assert_eq!((&told["status"], &told["dataConnectionErrors"][0]["statusCode"]), (&json!("Deauthorized"), &json!("401")));
    assert_eq!(told["dataConnectionErrors"][0]["status"], "Active");
    world.later(3600).await;
    world.decide(told["linkUrl"].as_str().expect("a link"), "authorise").await;
    let told = world.read(&company, &connection).await;
    let error = &told["dataConnectionErrors"][0];
    assert_eq!((&told["status"], &error["status"]), (&json!("Linked"), &json!("Resolved")));
    assert_eq!(error["resolvedOnUtc"], "2026-11-25T13:00:00.0000000Z");
    world.later(90 * 24 * 3600).await;
    assert_eq!(world.status(&company, &connection).await, "Deauthorized", "ninety days later it ends by itself");
}

#[tokio::test]
async fn in_plaid_mode_the_bank_is_picked_on_the_page() {
    let world = World::with(Options { mode: Mode::Plaid, ..Options::default() }).await;
    let company = world.company("Alder").await;
    let connection = world.connection(&company, "plaid").await;
    let (page, shown) = world.open(&world.link(&company, &connection).await).await;
    assert!(shown.text.contains("Which bank do you use?"));
    let picked = world.send(world.client.post(&page).form(&[("institution", "tartan"), ("decision", "continue")])).await;
    let (page, shown) = world.open(picked.header("location")).await;
    assert!(shown.text.contains("Tartan Bank"));
    world.press(&page, "authorise").await;
    assert_eq!(world.status(&company, &connection).await, "Linked");
}

#[tokio::test]
async fn pages_that_never_were_and_decisions_that_are_none() {
    let world = World::new().await;
    assert_eq!(world.open("/link/visits/unknown").await.1.status, 404);
    assert_eq!(world.open("/link/companies/a/connections/b/start?otp=123456").await.1.status, 404);
    let (company, connection) = pending(&world).await;
    let (page, _) = world.open(&world.link(&company, &connection).await).await;
    assert_eq!(world.press(&page, "nonsense").await.status, 200, "the page is shown again");
    assert_eq!(world.status(&company, &connection).await, "PendingAuth");
}
