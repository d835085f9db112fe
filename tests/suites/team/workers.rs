//! Workers as real processes on one portfolio: together they ask no more than one would and never more than they may, and whatever is killed, nothing is lost
//! or comes twice.

use crate::support::{PASSWORD, Team};
use domain::data_type::DataType;
use domain::money::Amount;
use fairlead_tests::postgres::Postgres;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Output};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant, SystemTime};
use tokio_postgres::Client;

/// Minutes that Codat's limits may ask for are in it; this is when something is wrong.
const TOO_LONG: Duration = Duration::from_secs(300);

/// Companies in the long run, which has fifty kills of workers and ten of PostgreSQL too: `FAIRLEAD_WORKERS=2000`. None = an ordinary run.
fn long_run() -> Option<u32> {
    std::env::var("FAIRLEAD_WORKERS").ok().and_then(|text| text.parse().ok())
}

/// A worker as a process. It dies with this value.
pub struct Worker(Option<Child>);

impl Worker {
    fn process(&mut self) -> &mut Child {
        self.0.as_mut().expect("it was not waited for")
    }

    /// What it says behind this beginning of its first line.
    pub fn says(&mut self, beginning: &str) -> String {
        let words = self.process().stderr.take().expect("its words");
        let (told, heard) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(words).read_line(&mut line);
            let _ = told.send(line);
        });
        let line = tokio::task::block_in_place(|| heard.recv_timeout(TOO_LONG)).expect("a first line");
        line.trim().strip_prefix(beginning).unwrap_or_else(|| panic!("{line}")).to_owned()
    }

    pub fn signal(&self, name: &str) {
        let id = self.0.as_ref().expect("it was not waited for").id();
        let sent = std::process::Command::new("kill").args([name, &id.to_string()]).status().expect("kill runs");
        assert!(sent.success(), "{name}");
    }

    pub fn kill(mut self) {
        self.process().kill().expect("killed");
    }

    /// Waits until it ends.
    pub fn end(mut self) -> Output {
        let child = self.0.take().expect("it was not waited for");
        let id = child.id();
        let (told, ended) = mpsc::channel();
        std::thread::spawn(move || told.send(child.wait_with_output()));
        let output = tokio::task::block_in_place(|| {
            ended.recv_timeout(TOO_LONG).unwrap_or_else(|_| {
                let _ = std::process::Command::new("kill").args(["-KILL", &id.to_string()]).status();
                panic!("a worker that was to end still worked after {TOO_LONG:?}: {:?}", ended.recv());
            })
        });
        output.expect("it ends")
    }

    /// The same, well. Says what it did.
    pub fn end_well(self) -> Value {
        let output = self.end();
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).expect("an answer")
    }

    /// The same, because it is asked to.
    pub fn stop(self) -> Value {
        self.signal("-TERM");
        self.end_well()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A team whose workers ask this sandbox.
pub struct Fleet {
    pub team: Team,
    login: String,
    sandbox: Sandbox,
    http: reqwest::Client,
}

/// What can be read of a connection: transactions, balances, accounts, categories, and the sum of each currency.
pub type Told = BTreeMap<(String, String), ([u64; 4], BTreeMap<String, Amount>)>;

fn amount(text: &str) -> Amount {
    Amount::parse(text).expect("exact")
}

impl Fleet {
    pub async fn new(options: Options) -> Self {
        Self::on(Postgres::shared(), options).await
    }

    pub async fn on(postgres: Arc<Postgres>, options: Options) -> Self {
        let team = Team::on(postgres).await;
        let login = team.admit("worker", "*").await;
        let sandbox = Sandbox::start(options).await.expect("the sandbox starts");
        Self { team, login, sandbox, http: reqwest::Client::new() }
    }

    pub fn start(&self, more: &[&str]) -> Worker {
        self.start_with(more, "")
    }

    /// The same, with more on standard input behind key and password.
    pub fn start_with(&self, more: &[&str], secret: &str) -> Worker {
        let address = self.team.postgres.address(&self.team.database, &self.login);
        let base = self.sandbox.base_url();
        let command = ["worker", "--server", &address, "--key-stdin", "--password-stdin", "--sandbox-url", base];
        let mut child = self.team.fairlead.start(&[&command[..], more].concat());
        let secrets = format!("{}\n{PASSWORD}\n{secret}", self.sandbox.api_key());
        child.stdin.take().expect("stdin is piped").write_all(secrets.as_bytes()).expect("the worker reads them");
        Worker(Some(child))
    }

    /// Some that work until all is here. Says what each did.
    pub fn work(&self, workers: u32, more: &[&str]) -> Vec<Value> {
        let running: Vec<Worker> = (0..workers).map(|_| self.start(&[&["--once"][..], more].concat())).collect();
        running.into_iter().map(Worker::end_well).collect()
    }

    pub async fn control(&self, what: &str) -> Value {
        self.http.get(format!("{}/{what}", self.sandbox.control_url())).send().await.expect("control").json().await.expect("json")
    }

    pub async fn turn(&self, what: &str, body: &Value) {
        let url = format!("{}/{what}", self.sandbox.control_url());
        let text = body.to_string();
        let answer = self.http.post(url).header("content-type", "application/json").body(text).send().await.expect("control");
        assert!(answer.status().is_success(), "{what}: {}", answer.status());
    }

    /// A read of each type lands.
    pub async fn land(&self, connection: &str) {
        for data_type in DataType::ALL {
            self.turn(&format!("connections/{connection}/land/{data_type}"), &json!({})).await;
        }
    }

    /// The same for every connection.
    async fn land_everywhere(&self) {
        for (_, connection) in self.at_the_sandbox().await.into_keys() {
            self.land(&connection).await;
        }
    }

    /// Whoever administers the server, in the team's schema.
    pub async fn admin(&self) -> Client {
        let admin = self.team.postgres.admin(&self.team.database).await;
        admin.batch_execute("SET search_path = fairlead").await.expect("a path");
        admin
    }

    /// Waits until workers that stay have looked anew and brought all that they found.
    async fn until_all_is_brought(&self) {
        let admin = self.admin().await;
        let looks =
            async || -> i64 { admin.query_one("SELECT fence FROM duties WHERE name = 'look'", &[]).await.expect("an answer").get(0) };
        let before = looks().await;
        until("a look begins", async || looks().await > before).await;
        let began: SystemTime = admin.query_one("SELECT clock_timestamp()", &[]).await.expect("an answer").get(0);
        let question = "SELECT EXISTS (SELECT 1 FROM duties WHERE name = 'look' AND done_at > $1) AND NOT EXISTS (SELECT 1 FROM work WHERE due IS NOT NULL)";
        let is_brought = async || -> bool { admin.query_one(question, &[&began]).await.expect("an answer").get(0) };
        until("all that was found is brought", is_brought).await;
    }

    pub async fn requests(&self) -> u64 {
        self.control("state").await["requests"].as_u64().expect("a count")
    }

    /// Requests that were one too many.
    pub async fn over(&self) -> usize {
        let log = self.control("requests").await;
        log["results"].as_array().expect("a log").iter().filter(|line| line["status"] == 429).count()
    }

    pub async fn at_the_sandbox(&self) -> Told {
        let digest = self.control("digest").await;
        let told = digest["results"].as_array().expect("connections").iter().map(|found| {
            let text = |name: &str| found[name].as_str().expect("text").to_owned();
            let count = |name: &str| found[name].as_u64().expect("a count");
            let sums = found["sums"].as_object().expect("sums").iter();
            let sums = sums.map(|(currency, sum)| (currency.clone(), amount(sum.as_str().expect("text")))).collect();
            let counts = [count("transactions"), count("balances"), count("accounts"), count("categories")];
            ((text("companyId"), text("connectionId")), (counts, sums))
        });
        told.collect()
    }

    pub async fn at_the_team(&self) -> Told {
        let admin = self.admin().await;
        let mut told = Told::new();
        for (at, table) in ["transactions", "balances", "accounts", "categories"].into_iter().enumerate() {
            let question = format!("SELECT company, connection, count(*) FROM {table} WHERE gone_at IS NULL GROUP BY 1, 2");
            for row in admin.query(&question, &[]).await.expect("counts") {
                let entry = told.entry((row.get(0), row.get(1))).or_default();
                entry.0[at] = u64::try_from(row.get::<_, i64>(2)).expect("a count");
            }
        }
        let sums =
            "SELECT company, connection, currency, trim_scale(sum(amount))::text FROM transactions WHERE gone_at IS NULL GROUP BY 1, 2, 3";
        for row in admin.query(sums, &[]).await.expect("sums") {
            let entry = told.entry((row.get(0), row.get(1))).or_default();
            entry.1.insert(row.get(2), amount(&row.get::<_, String>(3)));
        }
        told
    }

    /// Every row and every penny once. Says how many transactions that are.
    pub async fn all_is_here_once(&self, after: &str) -> u64 {
        let (theirs, ours) = (self.at_the_sandbox().await, self.at_the_team().await);
        let rows = theirs.values().map(|(counts, _)| counts[0]).sum();
        assert!(rows > 500, "control: there is something to lose: {rows}");
        for (connection, told) in &theirs {
            assert_eq!(ours.get(connection), Some(told), "{after}: {connection:?}");
        }
        assert_eq!(ours.len(), theirs.len(), "{after}: nothing that is not at the sandbox");
        rows
    }

    /// Waits until all is brought and ends the workers: how many transactions are here, once, and how many companies were tried again.
    async fn all_is_here_in_the_end(&self, workers: [Worker; 2], after: &str) -> (u64, u64) {
        self.until_all_is_brought().await;
        let again = workers.into_iter().map(|worker| worker.stop()["failures"].as_u64().expect("a count")).sum();
        (self.all_is_here_once(after).await, again)
    }

    /// Rows of the work that a worker holds now.
    async fn held(&self) -> i64 {
        self.admin().await.query_one("SELECT count(*) FROM work WHERE until > now()", &[]).await.expect("a count").get(0)
    }
}

/// Waits for it; a long while later something is wrong.
pub async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let mut beat = tokio::time::interval(Duration::from_millis(20));
    let ends = Instant::now() + TOO_LONG;
    while !is_so().await {
        assert!(Instant::now() < ends, "waited {TOO_LONG:?} for this: {what}");
        beat.tick().await;
    }
}

pub fn portfolio(seed: u64, companies: u32) -> Options {
    Options { seed, companies, transactions: Some(60), months: 6, ..Options::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn four_workers_ask_no_more_than_one_and_a_second_look_asks_next_to_nothing() {
    let size = match long_run() {
        Some(companies) => Options { transactions: Some(2_000), ..portfolio(7, companies) },
        None => portfolio(7, 40),
    };
    let (one, four) = (Fleet::new(size.clone()).await, Fleet::new(size).await);
    one.work(1, &[]);
    let alone = one.requests().await;
    let done = four.work(4, &[]);
    let together = four.requests().await;
    let rows = four.all_is_here_once("four workers").await;
    assert_eq!(one.all_is_here_once("one worker").await, rows);
    let shared: Vec<u64> = done.iter().map(|told| told["companies"].as_u64().expect("a count")).collect();
    println!("measured: {rows} transactions by four workers ({shared:?} companies) in {together} requests, by one in {alone}");
    assert!(together * 100 <= alone * 105, "{together} against {alone}");
    assert_eq!(four.over().await + one.over().await, 0);

    one.work(1, &[]);
    assert_eq!(one.requests().await, alone + 1, "nothing moved: one page of companies");
    let (company, connection) = one.at_the_sandbox().await.into_keys().next().expect("a connection");
    one.land(&connection).await;
    one.work(1, &[]);
    one.all_is_here_once("a read landed").await;
    let asked = one.requests().await - alone - 1;
    assert!(asked <= 6, "one company moved ({company}): the list, its history, a page of each type: {asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_are_killed_again_and_again_lose_nothing_and_double_nothing() {
    let kills = if long_run().is_some() { 50 } else { 6 };
    let fleet = Fleet::new(Options { transactions: Some(6_000), ..portfolio(8, 4) }).await;
    let mut dice = ChaCha8Rng::seed_from_u64(8);
    let start = || fleet.start(&["--look", "1", "--lease", "2"]);
    let mut workers = [start(), start()];
    let mut killed = 0;
    while killed < kills {
        // Of the first fetch, of several pages, or of what landed since.
        let next = fleet.requests().await + dice.random_range(1..=8);
        until(&format!("request {next}, to kill for the {}th time", killed + 1), async || fleet.requests().await >= next).await;
        // Somewhere between an answer and its commit.
        for _ in 0..dice.random_range(0..2_000) {
            tokio::task::yield_now().await;
        }
        std::mem::replace(&mut workers[dice.random_range(0..2_usize)], start()).kill();
        killed += 1;
        if killed % 3 == 0 {
            fleet.land_everywhere().await;
        }
    }
    let (rows, again) = fleet.all_is_here_in_the_end(workers, "kills").await;
    println!(
        "measured: two workers killed again and again: faults fired {killed} of {kills}, {rows} transactions, 0 lost, 0 doubled, {again} companies tried again"
    );
    assert_eq!(fleet.over().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_is_waited_for_and_the_work_goes_on_where_it_was() {
    let kills = if long_run().is_some() { 10 } else { 3 };
    let fleet = Fleet::on(Arc::new(Postgres::start()), Options { transactions: Some(6_000), ..portfolio(9, 4) }).await;
    let mut dice = ChaCha8Rng::seed_from_u64(9);
    let workers = [0; 2].map(|_| fleet.start(&["--look", "1", "--lease", "2"]));
    let mut killed = 0;
    while killed < kills {
        let next = fleet.requests().await + dice.random_range(1..=8);
        until(&format!("request {next}, to kill PostgreSQL for the {}th time", killed + 1), async || fleet.requests().await >= next).await;
        tokio::task::block_in_place(|| {
            fleet.team.postgres.kill();
            fleet.team.postgres.start_again();
        });
        killed += 1;
        fleet.land_everywhere().await;
    }
    let (rows, again) = fleet.all_is_here_in_the_end(workers, "PostgreSQL was killed").await;
    println!(
        "measured: PostgreSQL killed under two workers: faults fired {killed} of {kills}, {rows} transactions, 0 lost, 0 doubled, {again} companies tried again, no worker was started again"
    );
    assert_eq!(fleet.over().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_slept_through_its_lease_writes_nothing() {
    let fleet = Fleet::new(portfolio(10, 16)).await;
    fleet.turn("switches", &json!({ "latencyMs": 300 })).await;
    let sleeper = fleet.start(&["--once", "--lease", "2"]);
    // Asleep while it holds something and waits for an answer.
    until("it holds four companies", async || fleet.held().await >= 4 && fleet.requests().await >= 6).await;
    sleeper.signal("-STOP");
    fleet.turn("switches", &json!({ "latencyMs": 0 })).await;
    fleet.work(1, &["--lease", "2"]);
    fleet.all_is_here_once("one worker slept").await;
    sleeper.signal("-CONT");
    let told = sleeper.end_well();
    assert!(told["leasesLost"].as_u64() >= Some(1), "what it held was another's by then: {told}");
    fleet.all_is_here_once("it woke up").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_quota_is_one_for_all_and_outlives_every_worker() {
    let fleet = Fleet::new(portfolio(11, 24)).await;
    fleet.turn("switches", &json!({ "dailyQuota": 60 })).await;
    for round in 1..=2 {
        let running: Vec<Worker> = (0..4).map(|_| fleet.start(&["--once"])).collect();
        for worker in running {
            let output = worker.end();
            assert_eq!(output.status.code(), Some(4), "round {round}, waiting helps: {output:?}");
        }
    }
    let (requests, over) = (fleet.requests().await, fleet.over().await);
    println!("measured: a quota of 60 and four workers, twice: {requests} requests, {over} over");
    assert!(over == 0 && (40..=60).contains(&requests), "{requests} requests, {over} over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_shows_its_figures_here_only_and_ends_what_is_under_way_when_it_is_asked_to() {
    let fleet = Fleet::new(portfolio(13, 6)).await;
    let mut worker = fleet.start(&["--look", "1", "--metrics", "127.0.0.1:0"]);
    let address = worker.says("Figures: ");
    let figure = async |name: &str| -> u64 {
        let text = fleet.http.get(&address).send().await.expect("figures").text().await.expect("text");
        let found = text.lines().find_map(|line| line.strip_prefix(&format!("fairlead_worker_{name} ")).map(str::to_owned));
        found.unwrap_or_else(|| panic!("{name}: {text}")).parse().expect("a number")
    };
    until("it looks and works", async || figure("looks_total").await >= 2 && figure("companies_total").await >= 1).await;
    let health = fleet.http.get(address.replace("/metrics", "/health")).send().await.expect("health");
    assert!(health.status().is_success());
    worker.stop();
    assert_eq!(fleet.held().await, 0, "nothing is left in its hands");
    let open = fleet.start(&["--once", "--metrics", "0.0.0.0:0"]);
    assert_eq!(open.end().status.code(), Some(2), "figures are for this computer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_says_what_a_person_has_to_do() {
    let fleet = Fleet::new(portfolio(14, 2)).await;
    let analyst = fleet.team.admit("analyst", "*").await;
    let (good, other) = (fleet.sandbox.api_key().to_owned(), fleet.sandbox.other_clients_key().to_owned());
    let base = fleet.sandbox.base_url();
    let run = |login: &str, key: &str| {
        let address = fleet.team.postgres.address(&fleet.team.database, login);
        let command = ["worker", "--once", "--server", &address, "--key-stdin", "--password-stdin", "--sandbox-url", base];
        tokio::task::block_in_place(|| fleet.team.fairlead.run_with_input(&command, &format!("{key}\n{PASSWORD}\n")))
    };
    let refused = run(&analyst, &good);
    assert!(refused.code == 3 && refused.stdout.contains("may not do that"), "an analyst is no worker: {refused:?}");
    fleet.turn("switches", &json!({ "keyOutdated": true })).await;
    let refused = run(&fleet.login, &good);
    assert!(refused.code == 3 && refused.stdout.contains("key"), "{refused:?}");
    let shown = format!("{refused:?}");
    assert!(!shown.contains(&good) && !shown.contains(&other) && !shown.contains(PASSWORD), "no secret is said");
}
