//! Desktops that joined a team, as real processes: they hold no key and ask Codat nothing, and what they show is what workers brought to the server.

use crate::support::{PASSWORD, Team};
use crate::workers::{Fleet, Told, portfolio};
use domain::money::Amount;
use fairlead_tests::fairlead::{Answer, Fairlead};
use fairlead_tests::postgres::Postgres;
use sandbox::Options;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A person's computer that joined a team.
pub struct Desktop {
    fairlead: Fairlead,
}

impl Desktop {
    /// Over the socket of the server's own computer, or by TLS.
    pub fn join(team: &Team, login: &str, by_tls: bool) -> Self {
        let desktop = Self { fairlead: Fairlead::new() };
        let joined = desktop.try_to_join(team, login, by_tls, PASSWORD);
        assert_eq!(joined.code, 0, "{joined:?}");
        desktop
    }

    fn try_to_join(&self, team: &Team, login: &str, by_tls: bool, password: &str) -> Answer {
        let (postgres, database) = (&team.postgres, &team.database);
        let address = if by_tls { postgres.address_by_tls(database, login) } else { postgres.address(database, login) };
        let authority = postgres.authority();
        let ca = ["--ca", authority.to_str().expect("a path")];
        let command = [&["team", "join", "Team", "--server", &address, "--password-stdin"][..], if by_tls { &ca } else { &[] }].concat();
        tokio::task::block_in_place(|| self.fairlead.run_with_input(&command, &format!("{password}\n")))
    }

    pub fn run(&self, command: &[&str]) -> Answer {
        tokio::task::block_in_place(|| self.fairlead.run(command))
    }

    /// The outcome of a sync that ended well.
    fn sync(&self) -> serde_json::Value {
        let synced = self.run(&["sync", "--all"]);
        assert_eq!((synced.code, synced.json()["outcome"].as_str()), (0, Some("complete")), "{synced:?}");
        synced.json()
    }

    /// Companies, transactions, and the exact sum of each currency.
    fn holds(&self) -> Holds {
        let told = self.run(&["stats"]).json();
        let count = |name: &str| told[name].as_u64().expect("a count");
        let sums =
            told["sums"].as_object().map(|sums| sums.iter().map(|(currency, sum)| (currency.clone(), sum.clone())).collect::<Vec<_>>());
        let sums = sums.unwrap_or_default().into_iter().map(|(currency, sum)| (currency, amount(sum.as_str().expect("text"))));
        (count("companies"), count("transactions"), sums.collect())
    }
}

type Holds = (u64, u64, BTreeMap<String, Amount>);

fn amount(text: &str) -> Amount {
    Amount::parse(text).expect("exact")
}

/// The same of what the sandbox has, of these companies.
fn at_the_sandbox(told: &Told, companies: u64, is_seen: impl Fn(&str) -> bool) -> Holds {
    let (mut rows, mut sums) = (0, BTreeMap::new());
    for ((company, _), (counts, own)) in told {
        if is_seen(company) {
            rows += counts[0];
            for (currency, sum) in own {
                let so_far = sums.entry(currency.clone()).or_insert_with(|| amount("0"));
                *so_far = so_far.plus(*sum).expect("it fits");
            }
        }
    }
    (companies, rows, sums)
}

#[tokio::test(flavor = "multi_thread")]
async fn desktops_hold_what_workers_brought_to_the_penny_and_ask_codat_nothing() {
    let fleet = Fleet::new(Options { transactions: Some(1_500), ..portfolio(41, 12) }).await;
    fleet.work(2, &[]);
    fleet.all_is_here_once("workers").await;
    let analyst = fleet.team.admit("analyst", "*").await;
    let desktops = [Desktop::join(&fleet.team, &analyst, false), Desktop::join(&fleet.team, &analyst, true)];
    let before = fleet.requests().await;
    let all = at_the_sandbox(&fleet.at_the_sandbox().await, 12, |_| true);
    assert!(all.1 > 10_000, "control: there is something to lose: {}", all.1);
    let mut first = 0;
    for desktop in &desktops {
        first = desktop.sync()["requests"].as_u64().expect("a count");
        assert_eq!(desktop.holds(), all);
    }
    let again = desktops[0].sync();
    assert!(again["requests"].as_u64() == Some(1) && again["rows"] == 0, "nothing moved: one page of companies: {again}");
    assert_eq!(fleet.requests().await, before, "who holds no key asks nothing of Codat");

    let (_, connection) = fleet.at_the_sandbox().await.into_keys().next().expect("a connection");
    fleet.land(&connection).await;
    fleet.work(1, &[]);
    let before = fleet.requests().await;
    let moved = at_the_sandbox(&fleet.at_the_sandbox().await, 12, |_| true);
    assert_ne!(moved, all, "control: something moved");
    let mut brought = serde_json::Value::Null;
    for desktop in &desktops {
        brought = desktop.sync();
        assert_eq!(desktop.holds(), moved);
    }
    let rows = brought["rows"].as_u64().expect("a count");
    println!(
        "measured: two desktops on a team's server: {} transactions each to the penny in {first} questions, a second sync 1 question, \
         after a read of one bank {} questions and {rows} rows; 0 requests to Codat",
        all.1, brought["requests"]
    );
    assert!(rows < all.1 / 12, "only what was changed is asked for: {rows} rows");
    assert_eq!(fleet.requests().await, before);

    // Everything else that a person does with what is here.
    let company = desktops[0].run(&["companies"]).json()[0]["id"].as_str().expect("an id").to_owned();
    let out = desktops[0].fairlead.home().join("rows.csv");
    let exported = desktops[0].run(&["export", &company, "--format", "csv", "--out", out.to_str().expect("a path")]);
    assert!(exported.code == 0 && out.is_file(), "{exported:?}");
    let shown = desktops[0].run(&["transactions", &company, "--limit", "3"]);
    assert!(shown.code == 0 && shown.json()["rows"].as_array().is_some_and(|rows| rows.len() == 3), "{shown:?}");
    let refused = desktops[0].run(&["schedule", "show"]);
    assert!(!format!("{refused:?}").contains(PASSWORD));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_sees_a_scope_brings_home_that_scope_and_what_its_role_may_read() {
    let fleet = Fleet::new(portfolio(42, 8)).await;
    fleet.work(1, &[]);
    let admin = fleet.team.postgres.admin(&fleet.team.database).await;
    let north =
        "UPDATE fairlead.companies SET scope = 'north' WHERE id IN (SELECT id FROM fairlead.companies ORDER BY id LIMIT 3) RETURNING id";
    let north: Vec<String> = admin.query(north, &[]).await.expect("three of them").iter().map(|row| row.get(0)).collect();
    let told = fleet.at_the_sandbox().await;
    let own = at_the_sandbox(&told, 3, |company| north.iter().any(|id| id == company));
    let analyst = Desktop::join(&fleet.team, &fleet.team.admit("analyst", "north").await, false);
    analyst.sync();
    assert_eq!(analyst.holds(), own);
    let onboarding = Desktop::join(&fleet.team, &fleet.team.admit("onboarding", "north").await, false);
    onboarding.sync();
    assert_eq!(onboarding.holds(), (3, 0, BTreeMap::new()), "no amount");
    let accounts = onboarding.run(&["stats"]).json()["accounts"].as_u64();
    assert!(accounts.is_some_and(|count| count > 0), "but whose accounts came back: {accounts:?}");
    let reader = Desktop::join(&fleet.team, &fleet.team.admit("read-only", "*").await, false);
    reader.sync();
    assert_eq!(reader.holds(), (8, 0, BTreeMap::new()));
    assert_eq!(reader.sync()["requests"], 1, "what a role may not read is not asked for again and again");

    admin.execute("UPDATE fairlead.companies SET scope = 'south' WHERE id = $1", &[&north[0]]).await.expect("it is another's");
    analyst.sync();
    let left = analyst.run(&["companies"]).json();
    let left: Vec<&str> = left.as_array().expect("rows").iter().filter_map(|row| row["id"].as_str()).collect();
    assert!(left.len() == 2 && !left.contains(&north[0].as_str()), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_at_the_bank_goes_on_every_desktop() {
    let fleet = Fleet::new(portfolio(43, 3)).await;
    fleet.work(1, &[]);
    let desktop = Desktop::join(&fleet.team, &fleet.team.admit("analyst", "*").await, false);
    desktop.sync();
    let before = desktop.holds();
    // As a worker would leave it after a whole pass that no longer found one row.
    let admin = fleet.team.postgres.admin(&fleet.team.database).await;
    admin
        .batch_execute(
            "SET search_path = fairlead;
             CREATE TEMP TABLE gone AS SELECT company, connection, id FROM transactions ORDER BY company, id LIMIT 1;
             UPDATE transactions t SET gone_at = now(), changed = clock_timestamp() FROM gone
                 WHERE (t.company, t.connection, t.id) = (gone.company, gone.connection, gone.id);
             UPDATE cursors c SET fetched_at = clock_timestamp() FROM gone WHERE (c.company, c.connection) = (gone.company, gone.connection);
             UPDATE connections c SET seen = 'Linked@' || (split_part(seen, '@', 2)::bigint + 1) FROM gone
                 WHERE (c.company, c.id) = (gone.company, gone.connection)",
        )
        .await
        .expect("a row went");
    desktop.sync();
    assert_eq!(desktop.holds().1, before.1 - 1, "the row that went is not shown any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_leaves_what_was_read_and_its_age_and_needs_no_restart_when_it_is_back() {
    let fleet = Fleet::on(Arc::new(Postgres::start()), portfolio(44, 4)).await;
    fleet.work(1, &[]);
    let analyst = fleet.team.admit("analyst", "*").await;
    let desktop = Desktop::join(&fleet.team, &analyst, true);
    let wrong = Desktop { fairlead: Fairlead::new() }.try_to_join(&fleet.team, &analyst, true, "wrong");
    assert!(wrong.code == 3 && wrong.stdout.contains("refuses this login"), "{wrong:?}");
    desktop.sync();
    let held = desktop.holds();
    tokio::task::block_in_place(|| fleet.team.postgres.kill());
    let listed = desktop.run(&["companies"]);
    assert_eq!((listed.code, listed.json().as_array().map(Vec::len)), (0, Some(4)), "{listed:?}");
    for words in ["server does not answer", "Showing what was read before", "It was last read on 20"] {
        assert!(listed.stderr.contains(words), "{words}: {listed:?}");
    }
    let synced = desktop.run(&["sync", "--all"]);
    assert_eq!((synced.code, synced.json()["outcome"].as_str()), (4, Some("offline")), "{synced:?}");
    assert!(synced.stderr.contains("server does not answer") && !synced.stderr.contains("Codat"), "whose side: {synced:?}");
    assert_eq!(desktop.holds(), held, "nothing was lost");
    tokio::task::block_in_place(|| fleet.team.postgres.start_again());
    desktop.sync();
    let (_, connection) = fleet.at_the_sandbox().await.into_keys().next().expect("a connection");
    fleet.land(&connection).await;
    fleet.work(1, &[]);
    desktop.sync();
    assert_ne!(desktop.holds(), held);
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_asks_for_no_key_and_says_what_stands_in_its_way() {
    let team = Team::new().await;
    let worker = team.admit("worker", "*").await;
    let desktop = Desktop { fairlead: Fairlead::new() };
    let refused = desktop.try_to_join(&team, &worker, false, PASSWORD);
    assert!(
        refused.code == 3 && refused.stdout.contains("Ask whoever administers the team for the role"),
        "a worker is no person: {refused:?}"
    );
    let analyst = team.admit("analyst", "*").await;
    assert_eq!(desktop.try_to_join(&team, &analyst, false, PASSWORD).code, 0);
    assert_eq!(desktop.try_to_join(&team, &analyst, false, PASSWORD).code, 0, "a password that was changed is given the same way");
    let other = desktop.try_to_join(&team, &worker, false, PASSWORD);
    assert!(other.code == 2 || other.code == 1, "another login is another profile: {other:?}");
    let key = desktop
        .fairlead
        .run_with_input(&["profile", "add", "Team", "--key-stdin", "--sandbox-url", "http://127.0.0.1:9"], "a-key-of-somebody");
    assert_ne!(key.code, 0, "{key:?}");
    let refused = desktop.run(&["banks", "enabled"]);
    assert!(!format!("{refused:?}").contains(PASSWORD), "{refused:?}");
    let files = std::fs::read_to_string(desktop.fairlead.home().join("profiles.json")).expect("the profiles");
    assert!(files.contains("postgresql://") && !files.contains(PASSWORD), "no secret is in a file");
    assert_eq!(desktop.run(&["profile", "remove", "Team"]).code, 0);
}
