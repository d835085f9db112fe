//! Every kind of fault, at many places, on the real sandbox over real HTTP, with the waits of days run through in moments: whatever went
//! wrong, there is one company, one connection and every row once in the end, nothing was asked before its time, and a refused key stopped all.
//!
//! The clock is paused and leaps to whatever is waited for, but not while a request is on the line; the sandbox's clock is set to ours
//! before each request. Only an answer that never comes lets time pass.

mod support;

use codat::{Ended, Observer};
use engine::adapters::codat::CodatSources;
use engine::ports::*;
use engine::view::*;
use engine::{Engine, Home};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use sandbox::{Fault, Options, Rule, Sandbox, Switches};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{MemoryVault, NoDemo, OneVault, Remembering};
use tokio::time::Instant;

/// 2027-01-15 08:00 UTC.
const START: i64 = 1_800_000_000_000;
/// How often, in the time of this computer, it is asked whether an answer is still to be expected.
const PATIENCE: Duration = Duration::from_millis(150);
const BANK: &str = "demobank_truelayer";

/// What can go wrong, and where.
#[derive(Clone, Debug)]
struct Kind {
    name: &'static str,
    faults: Vec<Fault>,
    place: Place,
    /// What happens besides.
    beside: Beside,
    /// It does not pass by itself: a person has to say "again".
    takes_a_person: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Anywhere,
    /// Where a list is read.
    Lists,
    Nowhere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside {
    Nothing,
    Crash,
    TwoCrashes,
    ClockAhead,
    ClockBack,
    TagLag(u32),
    OddStatus,
    LinkLate,
}

/// Where a fault strikes: everything that connecting a bank asks for.
const PLACES: [&str; 6] = [
    "POST /companies",
    "POST /companies/*/connections",
    "GET /companies/*/connections/*",
    "POST /companies/*/data/queue/*",
    "GET /companies/*/data/history",
    "GET /companies/*/connections/*/data/*",
];
const LISTS: [&str; 2] = ["GET /companies/*/data/history", "GET /companies/*/connections/*/data/*"];

fn status(name: &'static str, status: u16, retry_after: Option<&str>) -> Kind {
    let takes_a_person = matches!(status, 300..=499) && !matches!(status, 408 | 429);
    Kind { takes_a_person, ..fault(name, Fault::Status { status, retry_after: retry_after.map(str::to_owned) }) }
}

fn fault(name: &'static str, fault: Fault) -> Kind {
    Kind { name, faults: vec![fault], place: Place::Anywhere, beside: Beside::Nothing, takes_a_person: false }
}

fn beside(name: &'static str, beside: Beside) -> Kind {
    Kind { name, faults: vec![], place: Place::Nowhere, beside, takes_a_person: false }
}

fn kinds() -> Vec<Kind> {
    let on_lists = |kind: Kind| Kind { place: Place::Lists, ..kind };
    let person = |kind: Kind| Kind { takes_a_person: true, ..kind };
    let with_crash = |kind: Kind| Kind { beside: Beside::Crash, ..kind };
    vec![
        status("400", 400, None),
        status("401", 401, None),
        status("402", 402, None),
        status("403", 403, None),
        status("404", 404, None),
        status("405", 405, None),
        status("408", 408, None),
        status("409", 409, None),
        status("413", 413, None),
        status("418", 418, None),
        status("422", 422, None),
        status("451", 451, None),
        status("429 without a time", 429, None),
        status("429 for a second", 429, Some("1")),
        status("429 for a minute", 429, Some("60")),
        status("429 for two hours", 429, Some("7200")),
        status("429 for 23 hours", 429, Some("82800")),
        status("429 until a near date", 429, Some("httpDate:5")),
        status("429 until a far date", 429, Some("httpDate:5400")),
        status("429 until a word", 429, Some("soon")),
        status("429 for less than nothing", 429, Some("-5")),
        status("429 for longer than there are numbers", 429, Some("99999999999999999999")),
        status("500", 500, None),
        status("501", 501, None),
        status("502", 502, None),
        status("503", 503, None),
        status("503 for half a minute", 503, Some("30")),
        status("503 until a date", 503, Some("httpDate:40")),
        status("504", 504, None),
        status("511", 511, None),
        status("520", 520, None),
        fault("done, then 500", Fault::ApplyThen500),
        fault("done, then no answer", Fault::ApplyThenDrop),
        fault("broken off before", Fault::DropBefore),
        fault("half an answer", Fault::CutBody),
        fault("half an answer, then silence", Fault::Stall),
        fault("a hotel's page", Fault::Html200),
        fault("an empty answer", Fault::EmptyBody),
        fault("slow before", Fault::SlowBefore { ms: 60 }),
        fault("slow after", Fault::SlowAfter { ms: 60 }),
        fault("an answer after its time", Fault::SlowAfter { ms: 900 }),
        fault("an answer in drops", Fault::Drip { ms: 3 }),
        fault("more than fits", Fault::HugeBody { mib: 17 }),
        person(fault("sent elsewhere", Fault::Redirect { to: "http://127.0.0.1:9/evil".into() })),
        person(fault("sent to a stranger", Fault::Redirect { to: "https://evil.example/companies".into() })),
        on_lists(fault("rows in a wrong order", Fault::WrongOrder)),
        on_lists(fault("rows that move", Fault::SyncLands)),
        on_lists(person(fault("rows of a stranger", Fault::WrongCompany))),
        with_crash(fault("done, no answer, and a crash", Fault::ApplyThenDrop)),
        with_crash(fault("done, then 500, and a crash", Fault::ApplyThen500)),
        with_crash(status("429 and a crash", 429, Some("45"))),
        with_crash(fault("broken off and a crash", Fault::DropBefore)),
        beside("a crash", Beside::Crash),
        beside("two crashes", Beside::TwoCrashes),
        beside("the clock a day ahead", Beside::ClockAhead),
        beside("the clock a day back", Beside::ClockBack),
        Kind { beside: Beside::TagLag(20), ..fault("an index that lags, and no answer", Fault::ApplyThenDrop) },
        Kind { beside: Beside::TagLag(50), ..fault("an index that lags, and a 500", Fault::ApplyThen500) },
        Kind { beside: Beside::OddStatus, ..fault("words nobody knows", Fault::CutBody) },
        Kind { beside: Beside::LinkLate, ..fault("a confirmation that comes late", Fault::DropBefore) },
    ]
}

/// Our clock as the product sees it: the paused one, and what was turned by hand.
struct Paused {
    began: Instant,
    turned: Mutex<i64>,
}

impl Paused {
    fn passed(&self) -> i64 {
        START + i64::try_from(self.began.elapsed().as_millis()).expect("a while")
    }
}

impl Clock for Paused {
    fn now(&self) -> i64 {
        self.passed() + *self.turned.lock().expect("clock")
    }
}

/// Speaks to the sandbox's controls in the time of this computer: no moment of the paused clock passes meanwhile.
struct Controls {
    address: String,
    line: Mutex<TcpStream>,
}

impl Controls {
    fn new(base_url: &str) -> Self {
        let address = base_url.trim_start_matches("http://").to_owned();
        let line = TcpStream::connect(&address).expect("the sandbox listens");
        line.set_nodelay(true).expect("no delay");
        Self { address, line: Mutex::new(line) }
    }

    fn ask(&self, method: &str, what: &str, body: &str) -> Vec<u8> {
        let mut line = self.line.lock().expect("line");
        let sent = format!(
            "{method} /control/{what} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        line.write_all(sent.as_bytes()).expect("asked");
        let (mut told, mut piece) = (vec![], [0; 16_384]);
        loop {
            let length = line.read(&mut piece).expect("told");
            assert!(length > 0, "the sandbox hung up");
            told.extend_from_slice(&piece[..length]);
            let Some(head) = told.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let text = String::from_utf8_lossy(&told[..head]).to_ascii_lowercase();
            assert!(text.starts_with("http/1.1 20"), "{method} {what} {body}: {text}");
            let length =
                text.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.parse().expect("a length"));
            if told.len() >= head + 4 + length {
                return told.split_off(head + 4);
            }
        }
    }

    fn look(&self, what: &str) -> Value {
        serde_json::from_slice(&self.ask("GET", what, "")).expect("json")
    }

    fn fired(&self) -> u64 {
        self.look("faults")["fired"].as_u64().unwrap_or(0)
    }

    fn turn(&self, what: &str, body: &Value) {
        self.ask("POST", what, &body.to_string());
    }
}

/// Holds the paused clock while a request is on the line.
struct Line {
    clock: Arc<Paused>,
    controls: Arc<Controls>,
    /// What the fault of this moment does to a line.
    mood: Arc<Mood>,
}

/// What the fault of this moment does to a line, and what came of it.
#[derive(Default)]
struct Mood {
    /// Requests stay without an answer.
    is_silent: AtomicBool,
    /// How long a refusal of this kind asks everybody to wait; a refused key for as long as a person takes.
    wait_ms: AtomicI64,
    /// Until then nobody may send.
    closed_until: AtomicI64,
    /// Who did nevertheless.
    early: AtomicU64,
    /// What the sandbox's clock was set to last.
    told_at: AtomicI64,
}

impl Observer for Line {
    fn begun(&self) -> Option<Box<dyn Send>> {
        let now = self.clock.passed();
        if self.mood.told_at.swap(now, Ordering::SeqCst) != now {
            self.controls.turn("clock", &json!({ "set": jiff::Timestamp::from_millisecond(now).expect("a time") }));
        }
        if now < self.mood.closed_until.load(Ordering::SeqCst) {
            self.mood.early.fetch_add(1, Ordering::SeqCst);
        }
        let (over, wait) = std::sync::mpsc::channel::<()>();
        let silent = self.mood.is_silent.load(Ordering::SeqCst).then(|| (Arc::clone(&self.controls), self.controls.fired()));
        // The clock does not leap while a thread of the runtime works.
        tokio::task::spawn_blocking(move || {
            while wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                if silent.as_ref().is_some_and(|(controls, before)| controls.fired() > *before) {
                    return;
                }
            }
        });
        Some(Box::new(over))
    }

    fn ended(&self, request: &Ended<'_>) {
        let (status, wait) = (request.status.map_or(0, |status| status.as_u16()), self.mood.wait_ms.load(Ordering::SeqCst));
        if matches!(status, 401 | 429 | 503) && wait > 0 {
            self.mood.closed_until.store(self.clock.passed() + wait, Ordering::SeqCst);
        }
    }
}

/// One Codat and one computer, which go through one mishap after the other.
struct Office {
    dice: StdRng,
    clock: Arc<Paused>,
    controls: Arc<Controls>,
    mood: Arc<Mood>,
    ports: Ports,
    home: Home,
    folder: tempfile::TempDir,
    _sandbox: Sandbox,
}

/// What a journey has shown.
#[derive(Debug, Default)]
struct Shown {
    fired: u64,
    planned: u64,
    crashes: u64,
    early: u64,
    helped: u64,
}

impl Office {
    async fn new(seed: u64) -> Self {
        // The journeys leap over days: how long consent lasts, and how fast this computer asks, are other matters.
        let switches = Switches { consent_days: None, requests_a_minute: None, daily_quota: Some(1_000_000), ..Switches::default() };
        let clock = Some(jiff::Timestamp::from_millisecond(START).expect("a time"));
        let sandbox = Sandbox::start(Options { seed, transactions: Some(60), months: 4, clock, switches, ..Options::default() });
        let sandbox = sandbox.await.expect("the sandbox starts");
        let controls = Arc::new(Controls::new(sandbox.base_url()));
        let clock = Arc::new(Paused { began: Instant::now(), turned: Mutex::new(0) });
        let mood = Arc::new(Mood::default());
        let line = Line { clock: Arc::clone(&clock), controls: Arc::clone(&controls), mood: Arc::clone(&mood) };
        let ports = Ports {
            sources: Arc::new(CodatSources::new(Arc::clone(&clock) as Arc<dyn Clock>).watched_by(Arc::new(line))),
            vaults: Arc::new(OneVault(Arc::new(MemoryVault::default()))),
            opener: Arc::new(Remembering::default()),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(SystemEntropy),
            demo: Arc::new(NoDemo),
            policy: engine::PolicyPlace::File("no-policy-in-this-test.json".into()),
        };
        let folder = tempfile::tempdir().expect("folder");
        let home = Home::open(folder.path().join("home"), ports.clone()).expect("home");
        support::add_and_open(&home, sandbox.api_key(), Some(sandbox.base_url())).await;
        let office = Self { dice: StdRng::seed_from_u64(seed), clock, controls, mood, ports, home, folder, _sandbox: sandbox };
        // The list of banks is long; it is here before the first mishap.
        office.engine().search_banks(BankQuery { limit: 1, ..BankQuery::default() }).await.expect("banks");
        office
    }

    fn engine(&self) -> Engine {
        self.home.engine().expect("open")
    }

    /// Where this fault strikes.
    fn rules(&mut self, kind: &Kind, turn: usize) -> Vec<Rule> {
        let places: &[&str] = match kind.place {
            Place::Anywhere => &PLACES,
            Place::Lists => &LISTS,
            Place::Nowhere => return vec![],
        };
        let place = places[turn % places.len()];
        // The four reads are four requests at least, and so are their pages: the strike may come at any of them.
        let after = if place.ends_with("/*") && place.contains("/data/") { self.dice.random_range(0..3) } else { 0 };
        kind.faults.iter().map(|fault| Rule { after, ..Rule::once(place, fault.clone()) }).collect()
    }

    /// Codat as it is for this kind, and the faults that wait.
    fn prepare(&mut self, kind: &Kind, turn: usize) -> u64 {
        let rules = self.rules(kind, turn);
        self.controls.turn(
            "switches",
            &json!({
                "tagLagSeconds": if let Beside::TagLag(seconds) = kind.beside { seconds } else { 0 },
                "oddStatus": (kind.beside == Beside::OddStatus).then_some("Percolating"),
                "linkDelaySeconds": if kind.beside == Beside::LinkLate { 400 } else { 0 },
            }),
        );
        self.controls.turn("faults", &json!(rules));
        let silent = kind.faults.iter().any(|fault| matches!(fault, Fault::Stall | Fault::SlowAfter { ms: 500.. }));
        self.mood.is_silent.store(silent, Ordering::SeqCst);
        self.mood.wait_ms.store(kind.faults.iter().map(closes_for_ms).max().unwrap_or(0), Ordering::SeqCst);
        self.mood.closed_until.store(0, Ordering::SeqCst);
        self.mood.early.store(0, Ordering::SeqCst);
        *self.clock.turned.lock().expect("clock") = 0;
        rules.len() as u64
    }

    /// Everything of this process is dropped wherever it stands; then it is started again.
    async fn crash(&mut self) {
        self.engine().stopped().await;
        self.home.close_profile();
        self.home = Home::open(self.folder.path().join("home"), self.ports.clone()).expect("home");
        self.home.open_profile("Test").await.expect("opened");
    }

    async fn begin(&self, name: &str) -> Result<AttemptView, engine::Error> {
        let save = SaveDraft { name: Some(name.into()), reference: Some(name.into()), bank_key: Some(BANK.into()), ..SaveDraft::default() };
        let draft = self.engine().save_draft(save).await?;
        self.engine().begin_link(draft.id).await
    }

    async fn stage(&self, id: &str) -> AttemptStage {
        self.engine().attempt(id.to_owned()).await.expect("attempt").stage
    }

    /// Lets time pass until it is so, or the time is over; at that very moment it is looked at once more. The thread for pages is not the
    /// runtime's: while it reads, the clock leaps to the next moment that anybody waits for, so ours is never far.
    async fn until(&self, id: &str, most: Duration, wanted: &[AttemptStage]) -> bool {
        let begun = Instant::now();
        loop {
            if wanted.contains(&self.stage(id).await) {
                return true;
            }
            let Some(left) = most.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) else { return false };
            tokio::time::sleep((Duration::from_secs(1) + begun.elapsed() / 8).min(Duration::from_secs(600)).min(left)).await;
        }
    }

    /// What goes on beside, as long as the attempt is under way.
    async fn what_happens_beside(&mut self, kind: &Kind, shown: &mut Shown) {
        let crashes = match kind.beside {
            Beside::Crash => 1,
            Beside::TwoCrashes => 2,
            Beside::ClockAhead => {
                *self.clock.turned.lock().expect("clock") += 86_400_000;
                0
            }
            Beside::ClockBack => {
                *self.clock.turned.lock().expect("clock") -= 86_400_000;
                0
            }
            _ => 0,
        };
        for _ in 0..crashes {
            tokio::time::sleep(Duration::from_millis(self.dice.random_range(0..4_000))).await;
            self.crash().await;
            shown.crashes += 1;
        }
    }

    /// The whole journey of one customer. Where a fault does not pass by itself, a person helps: says "again", as the screen offers it.
    async fn journey(&mut self, kind: &Kind, turn: usize) -> Result<Shown, String> {
        let mut shown = Shown { planned: self.prepare(kind, turn), ..Shown::default() };
        let name = format!("HF {turn}");
        let attempt = self.begin(&name).await.map_err(|error| format!("not begun: {error}"))?;
        self.what_happens_beside(kind, &mut shown).await;
        let hours = |hours: u64| Duration::from_secs(hours * 3_600);
        let made = [AttemptStage::Ready, AttemptStage::Waiting, AttemptStage::Returned, AttemptStage::Reading, AttemptStage::Complete];
        if !self.until(&attempt.id, if kind.takes_a_person { hours(1) } else { hours(25) }, &made).await {
            self.help(kind, &mut shown, &attempt.id, "never made").await?;
            self.begin(&name).await.map_err(|error| format!("not begun again: {error}"))?;
            if !self.until(&attempt.id, hours(2), &made).await {
                return Err(format!("never made: {}", self.tell(&attempt.id).await));
            }
        }
        let mut tries = 0;
        while let Err(error) = self.engine().hand_over(attempt.id.clone(), Door::Copy).await {
            // A person sees why, and presses again later.
            tries += 1;
            match tries {
                1 => tokio::time::sleep(hours(1)).await,
                2 if kind.takes_a_person => self.help(kind, &mut shown, &attempt.id, "not handed over").await?,
                2 => tokio::time::sleep(hours(24)).await,
                _ => return Err(format!("not handed over: {error}")),
            }
        }
        let company = self.company(&name)?;
        let connection = company["connections"][0]["id"].as_str().ok_or("no connection at Codat")?.to_owned();
        self.controls.turn(&format!("connections/{connection}/authorise"), &json!({}));
        self.what_happens_beside(kind, &mut shown).await;
        if !self.until(&attempt.id, if kind.takes_a_person { hours(1) } else { hours(26) }, &[AttemptStage::Complete]).await {
            self.help(kind, &mut shown, &attempt.id, "not read").await?;
        }
        self.settle(kind, &attempt.id, &name, &mut shown).await?;
        shown.fired = self.controls.fired();
        shown.early = self.mood.early.load(Ordering::SeqCst);
        Ok(shown)
    }

    /// The company of this name at Codat: there is one, with one connection.
    fn company(&self, name: &str) -> Result<Value, String> {
        let state = self.controls.look("state");
        let named: Vec<&Value> = state["list"].as_array().ok_or("no list")?.iter().filter(|company| company["name"] == name).collect();
        match named.as_slice() {
            [one] if one["connections"].as_array().map(Vec::len) == Some(1) => Ok((*one).clone()),
            several => Err(format!("not one company with one connection: {several:?}")),
        }
    }

    async fn tell(&self, id: &str) -> String {
        match self.engine().attempt(id.to_owned()).await {
            Ok(view) => format!(
                "{:?}, {:?}, reads {:?}",
                view.stage,
                view.problem,
                view.sync.iter().map(|row| &row.status.word).collect::<Vec<_>>()
            ),
            Err(error) => error.to_string(),
        }
    }

    async fn help(&mut self, kind: &Kind, shown: &mut Shown, id: &str, with: &str) -> Result<(), String> {
        if !kind.takes_a_person {
            return Err(format!("stuck, {with}: {}", self.tell(id).await));
        }
        shown.helped += 1;
        self.crash().await;
        Ok(())
    }

    /// A sync brings whatever is still missing; then both sides must agree.
    async fn settle(&mut self, kind: &Kind, id: &str, name: &str, shown: &mut Shown) -> Result<(), String> {
        let company = self.company(name)?["id"].as_str().ok_or("no id")?.to_owned();
        let mut last = String::new();
        for _ in 0..4 {
            let _ = self.engine().check_now(id.to_owned()).await;
            last = format!("{:?}", self.engine().sync_and_wait(Some(company.clone())).await);
            if self.agrees(&company).await?.is_none() {
                break;
            }
            if kind.takes_a_person {
                self.help(kind, shown, id, "rows are missing").await?;
            }
            tokio::time::sleep(Duration::from_secs(7 * 3_600)).await;
        }
        self.company(name)?;
        match self.agrees(&company).await? {
            Some(difference) => Err(format!("{difference}; {last}; {}", self.tell(id).await)),
            None => Ok(()),
        }
    }

    /// Every row of the one company, and every penny, on both sides; or how they differ.
    async fn agrees(&self, company: &str) -> Result<Option<String>, String> {
        let told = self.controls.look("digest");
        let rows = told["results"].as_array().ok_or("no digest")?;
        let Some(row) = rows.iter().find(|row| row["companyId"] == company) else { return Ok(Some("nothing was read at Codat".into())) };
        let query = TransactionQuery { company_id: company.to_owned(), limit: 1, ..TransactionQuery::default() };
        let page = self.engine().transactions(query).await.map_err(|error| error.to_string())?;
        let exact = |text: &str| text.parse::<rust_decimal::Decimal>().expect("exact");
        let here: Vec<(String, rust_decimal::Decimal)> =
            page.sums.iter().map(|sum| (sum.currency.clone(), exact(&sum.money_in) + exact(&sum.money_out))).collect();
        let there: Vec<(String, rust_decimal::Decimal)> = row["sums"]
            .as_object()
            .ok_or("no sums")?
            .iter()
            .map(|(currency, sum)| (currency.clone(), exact(sum.as_str().unwrap_or("x"))))
            .collect();
        let is_same = u64::from(page.total) == row["transactions"].as_u64().unwrap_or(0) && page.total > 0 && here == there;
        Ok((!is_same).then(|| format!("{} rows {here:?} here, {} rows {there:?} at Codat", page.total, row["transactions"])))
    }
}

/// How long nobody may send after this answer; a person changes a refused key after most of an hour at the soonest.
fn closes_for_ms(fault: &Fault) -> i64 {
    match fault {
        Fault::Status { status: 401, .. } => 3_000_000,
        Fault::Status { status: 429 | 503, retry_after: Some(text) } => {
            let seconds = text.strip_prefix("httpDate:").unwrap_or(text).parse::<i64>().ok();
            // A date has no milliseconds.
            let cut = if text.starts_with("httpDate:") { 1_000 } else { 0 };
            seconds.filter(|seconds| (0..=86_400).contains(seconds)).map_or(0, |seconds| seconds * 1_000 - cut)
        }
        _ => 0,
    }
}

/// These kinds, one after the other, in one office on a thread and a clock of its own. An office in which something went wrong is left.
fn go_through(kinds: &[(usize, &Kind)], seed: u64, tell: &dyn Fn(&Kind, Result<Shown, String>)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
    runtime.block_on(async {
        let mut office = Office::new(seed).await;
        for &(number, kind) in kinds {
            // Another place with every seed, and another one for each kind.
            let turn = number + usize::try_from(seed).expect("small");
            let done = office.journey(kind, turn).await;
            let failed = done.is_err();
            tell(kind, done);
            if failed {
                office.engine().stopped().await;
                office = Office::new(seed).await;
            }
        }
        office.engine().stopped().await;
    });
    runtime.shutdown_background();
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn whatever_fails_in_the_end_every_row_is_here_once_and_nobody_was_pressed() {
    // One place of each kind in an ordinary run; the goal takes 24, of each kind one in so many at a time, others with the next seed.
    let (first, seeds, part) = (number("FAIRLEAD_SEED", 1), number("FAIRLEAD_SEEDS", 1), number("FAIRLEAD_PART", 1).max(1));
    let only = std::env::var("FAIRLEAD_KIND").ok();
    let kinds: Vec<Kind> = kinds().into_iter().filter(|kind| only.as_deref().is_none_or(|only| kind.name == only)).collect();
    let next = AtomicUsize::new(0);
    let (shown, failures, runs) = (Mutex::new(Shown::default()), Mutex::new(vec![]), AtomicUsize::new(0));
    let tell = |seed: u64, kind: &Kind, done: Result<Shown, String>| {
        runs.fetch_add(1, Ordering::SeqCst);
        match done {
            Ok(one) => {
                let mut all = shown.lock().expect("shown");
                all.fired += one.fired;
                all.planned += one.planned;
                all.crashes += one.crashes;
                all.early += one.early;
                all.helped += one.helped;
                if one.fired < one.planned || one.early > 0 {
                    failures.lock().expect("failures").push(format!("{}, seed {seed}: {one:?}", kind.name));
                }
            }
            Err(why) => failures.lock().expect("failures").push(format!("{}, seed {seed}: {why}", kind.name)),
        }
    };
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                loop {
                    let seed = first + next.fetch_add(1, Ordering::SeqCst) as u64;
                    if seed >= first + seeds {
                        break;
                    }
                    // Whichever 24 seeds follow each other, each kind comes to each of its places in one of them.
                    let round = seed / PLACES.len() as u64;
                    let is_drawn = |number: usize| (round + number as u64 + seed).is_multiple_of(part);
                    let drawn: Vec<(usize, &Kind)> = kinds.iter().enumerate().filter(|(number, _)| is_drawn(*number)).collect();
                    go_through(&drawn, seed, &|kind, done| tell(seed, kind, done));
                }
            });
        }
    });
    let (shown, failures, runs) = (shown.into_inner().expect("shown"), failures.into_inner().expect("failures"), runs.into_inner());
    for failure in &failures {
        println!("{failure}");
    }
    println!(
        "measured: {runs} journeys, {} kinds of fault × {seeds} seeds from {first}, of each kind one in {part}: {} lost, doubled, stuck or rude; \
         {} requests before their time or after a refused key; faults fired {} of {}; {} crashes; a person helped {} times",
        kinds.len(),
        failures.len(),
        shown.early,
        shown.fired,
        shown.planned,
        shown.crashes,
        shown.helped
    );
    assert!(failures.is_empty(), "{} of {runs} journeys", failures.len());
    assert!(runs as u64 >= kinds.len() as u64 * (seeds / part), "every kind was gone through: {runs}");
}
