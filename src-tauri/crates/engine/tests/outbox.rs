//! Creations under every cruelty and any crash, on a Codat of three dozen lines and a clock that is wound by hand: one company, one connection, always.

mod support;

use engine::ports::*;
use engine::view::*;
use engine::{Engine, Home};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{BankEntry, CompanyEntry, ConnectionEntry, DatasetEntry};
use support::{MemoryVault, NoDemo, OneVault, Remembering};
use tokio::time::Instant;

const START: i64 = 1_800_000_000_000;

/// What becomes of a POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Good,
    DropBefore,
    ApplyThenDrop,
    ApplyThen500,
    Fail500,
    Limited,
    InFlight,
    Unreadable,
    Html,
}

const FATES: [Fate; 9] = [
    Fate::Good,
    Fate::DropBefore,
    Fate::ApplyThenDrop,
    Fate::ApplyThen500,
    Fate::Fail500,
    Fate::Limited,
    Fate::InFlight,
    Fate::Unreadable,
    Fate::Html,
];

/// What Codat remembers of a key.
#[derive(Clone)]
struct Remembered {
    body: Vec<u8>,
    answer: Result<String, &'static str>,
}

#[derive(Default)]
struct Codat {
    fates: Vec<Fate>,
    fired: Vec<Fate>,
    keys: HashMap<String, Remembered>,
    /// Id, its tags as JSON, made at.
    companies: Vec<(String, String, i64)>,
    connections: Vec<(String, i64)>,
    /// How long after its making a thing is listed.
    lag_ms: i64,
    posts: u32,
    looks: u32,
}

#[derive(Clone)]
struct Fake {
    codat: Arc<Mutex<Codat>>,
    began: Instant,
}

impl Fake {
    fn now(&self) -> i64 {
        START + i64::try_from(self.began.elapsed().as_millis()).expect("a while")
    }

    fn company(&self, id: &str, tags: &str, created: i64) -> CompanyTold {
        let entry = CompanyEntry {
            id: id.to_owned(),
            name: "Acme Ltd".into(),
            folded: "acme ltd".into(),
            reference: tags.contains("HF-1").then(|| "HF-1".to_owned()),
            description: None,
            created: Some(created),
            last_sync: None,
        };
        let connections = self.codat.lock().expect("codat").connections.iter().map(|(id, at)| connection(id, *at)).collect();
        (entry, connections)
    }

    /// One POST: the fate of this one, the memory of its key, and what it makes.
    async fn post(&self, key: &str, body: &[u8], make: impl Fn(&mut Codat, i64) -> String) -> Sent<String> {
        let now = self.now();
        let known = {
            let mut codat = self.codat.lock().expect("codat");
            codat.posts += 1;
            codat.keys.get(key).cloned()
        };
        if let Some(known) = known {
            assert_eq!(known.body, body, "the same key must carry the same bytes");
            tokio::time::sleep(Duration::from_millis(20)).await;
            return known.answer.map_or_else(Sent::Unknown, Sent::Made);
        }
        let (fate, answer) = {
            let mut codat = self.codat.lock().expect("codat");
            let fate = if codat.fates.is_empty() { Fate::Good } else { codat.fates.remove(0) };
            codat.fired.push(fate);
            let applies = matches!(fate, Fate::Good | Fate::ApplyThenDrop | Fate::ApplyThen500 | Fate::Unreadable);
            let made = applies.then(|| make(&mut codat, now));
            let answer = match (fate, made) {
                (Fate::ApplyThen500 | Fate::Fail500, _) => Some(Err("5xx")),
                (Fate::Unreadable, _) => Some(Err("unreadable")),
                (_, Some(made)) => Some(Ok(made)),
                _ => None,
            };
            if let Some(answer) = answer.clone() {
                codat.keys.insert(key.to_owned(), Remembered { body: body.to_vec(), answer });
            }
            (fate, answer)
        };
        // Here the caller may die: Codat has done it, and nobody heard.
        tokio::time::sleep(Duration::from_millis(500)).await;
        match (fate, answer) {
            (Fate::DropBefore | Fate::ApplyThenDrop, _) => Sent::Unknown("none"),
            (Fate::Html, _) => Sent::Unknown("portal"),
            (Fate::Limited, _) => Sent::Again(Duration::from_secs(45)),
            (Fate::InFlight, _) => Sent::InFlight,
            (_, Some(answer)) => answer.map_or_else(Sent::Unknown, Sent::Made),
            (_, None) => Sent::Unknown("none"),
        }
    }
}

fn connection(id: &str, created: i64) -> ConnectionEntry {
    ConnectionEntry {
        id: id.to_owned(),
        company: "company-0".into(),
        bank_key: Some("bank".into()),
        bank_name: "A Bank".into(),
        status: "PendingAuth".into(),
        created: Some(created),
        ..ConnectionEntry::default()
    }
}

fn nothing<T: Send + 'static>() -> Wait<'static, Result<T, SourceError>> {
    Box::pin(async { Err(SourceError::NotFound(Told::default())) })
}

impl BankingSource for Fake {
    fn client(&self) -> Wait<'_, Result<ClientTold, SourceError>> {
        Box::pin(async { Ok(ClientTold { name: "Lender".into(), redirect_url: None }) })
    }

    fn banks(&self) -> Wait<'_, Result<Vec<BankEntry>, SourceError>> {
        let bank = BankEntry {
            key: "bank".into(),
            name: "A Bank".into(),
            enabled: true,
            source_type: Some("Banking".into()),
            ..BankEntry::default()
        };
        Box::pin(async move { Ok(vec![bank]) })
    }

    fn all_banks(&self) -> Wait<'_, Result<BanksTold, SourceError>> {
        Box::pin(async { Ok(BanksTold { banks: self.banks().await?, whole: true }) })
    }

    fn companies(&self, _page: u32, _size: u32) -> Wait<'_, Result<CompanyBatch, SourceError>> {
        nothing()
    }

    fn company<'a>(&'a self, id: &'a str) -> Wait<'a, Result<CompanyTold, SourceError>> {
        Box::pin(async move {
            let found = self.codat.lock().expect("codat").companies.iter().find(|(known, ..)| known == id).cloned();
            let (id, tags, created) = found.ok_or(SourceError::NotFound(Told::default()))?;
            Ok(Fake::company(self, &id, &tags, created))
        })
    }

    fn companies_named<'a>(&'a self, _: &'a [&'a str]) -> Wait<'a, Result<Vec<CompanyTold>, SourceError>> {
        nothing()
    }

    fn tagged<'a>(&'a self, _tag: &'a str, value: &'a str) -> Wait<'a, Result<Vec<CompanyTold>, SourceError>> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let now = self.now();
            let found: Vec<_> = {
                let mut codat = self.codat.lock().expect("codat");
                codat.looks += 1;
                let lag = codat.lag_ms;
                codat.companies.iter().filter(|(_, tags, at)| tags.contains(value) && now - at >= lag).cloned().collect()
            };
            Ok(found.iter().map(|(id, tags, at)| Fake::company(self, id, tags, *at)).collect())
        })
    }

    fn company_body(&self, name: &str, tags: &BTreeMap<String, String>) -> Vec<u8> {
        format!("{name} {tags:?}").into_bytes()
    }

    fn connection_body(&self, bank_key: &str) -> Vec<u8> {
        bank_key.as_bytes().to_vec()
    }

    fn create_company<'a>(&'a self, body: &'a [u8], key: &'a str) -> Wait<'a, Sent<CompanyTold>> {
        Box::pin(async move {
            let tags = String::from_utf8_lossy(body).into_owned();
            let make = |codat: &mut Codat, now: i64| {
                let id = format!("company-{}", codat.companies.len());
                codat.companies.push((id.clone(), tags.clone(), now));
                id
            };
            match self.post(key, body, make).await {
                Sent::Made(id) => Sent::Made(Fake::company(self, &id, &tags, self.now())),
                Sent::Again(pause) => Sent::Again(pause),
                Sent::InFlight => Sent::InFlight,
                Sent::Unknown(word) => Sent::Unknown(word),
                Sent::Refused(error) => Sent::Refused(error),
                Sent::Found { .. } | Sent::Held(..) => unreachable!("a team's server says so, and Codat does not"),
            }
        })
    }

    fn create_connection<'a>(&'a self, _company: &'a str, body: &'a [u8], key: &'a str) -> Wait<'a, Sent<ConnectionEntry>> {
        Box::pin(async move {
            let make = |codat: &mut Codat, now: i64| {
                let id = format!("connection-{}", codat.connections.len());
                codat.connections.push((id.clone(), now));
                id
            };
            match self.post(key, body, make).await {
                Sent::Made(id) => Sent::Made(connection(&id, self.now())),
                Sent::Again(pause) => Sent::Again(pause),
                Sent::InFlight => Sent::InFlight,
                Sent::Unknown(word) => Sent::Unknown(word),
                Sent::Refused(error) => Sent::Refused(error),
                Sent::Found { .. } | Sent::Held(..) => unreachable!("a team's server says so, and Codat does not"),
            }
        })
    }

    fn connections<'a>(&'a self, _company: &'a str) -> Wait<'a, Result<Vec<ConnectionEntry>, SourceError>> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let now = self.now();
            let codat = self.codat.lock().expect("codat");
            Ok(codat.connections.iter().filter(|(_, at)| now - at >= codat.lag_ms).map(|(id, at)| connection(id, *at)).collect())
        })
    }

    fn fresh_link<'a>(&'a self, _company: &'a str, connection: &'a str) -> Wait<'a, Result<FreshLink, SourceError>> {
        Box::pin(async move {
            let url = SecretString::from("https://link-api.codat.io/start?otp=123456");
            Ok(FreshLink { connection: self::connection(connection, START), url })
        })
    }

    fn end<'a>(&'a self, _: &'a str, _: &'a engine::view::Ending) -> Wait<'a, Result<(), SourceError>> {
        nothing()
    }

    fn company_link<'a>(&'a self, _: &'a str) -> Wait<'a, Result<(CompanyTold, Option<SecretString>), SourceError>> {
        nothing()
    }

    fn queue<'a>(&'a self, _: &'a str, _: &'a str, _: domain::data_type::DataType) -> Wait<'a, Result<Queued, SourceError>> {
        nothing()
    }

    fn history<'a>(&'a self, _company: &'a str) -> Wait<'a, Result<Vec<DatasetEntry>, SourceError>> {
        Box::pin(async { Ok(vec![]) })
    }

    fn records<'a>(&'a self, _asked: PageAsked<'a>) -> Wait<'a, Result<Fetched, SourceError>> {
        nothing()
    }

    fn sync_settings<'a>(&'a self, _company: Option<&'a str>) -> Wait<'a, Result<Vec<Schedule>, SourceError>> {
        Box::pin(async { Ok(vec![]) })
    }

    fn change_sync_settings<'a>(&'a self, _: Option<&'a str>, _: &'a [ScheduleChange]) -> Wait<'a, Result<(), SourceError>> {
        nothing()
    }

    fn logo<'a>(&'a self, _url: &'a str) -> Wait<'a, Result<Vec<u8>, SourceError>> {
        nothing()
    }

    fn pace(&self) -> Pace {
        Pace { line: Line::Online, checked_at: None, calls_today: 0, calls: 0, quota: None, resumes_at: None, why: None, clock_off: 0 }
    }

    fn share_budget(&self, _place: Arc<dyn engine::ports::BudgetPlace>) {}

    fn budget(&self) -> Wait<'_, engine::view::BudgetView> {
        Box::pin(std::future::pending())
    }

    fn fits(&self, _needed: u32) -> Wait<'_, engine::view::Fits> {
        Box::pin(std::future::pending())
    }

    fn expect_links(&self, _: usize) {}
    fn settle_budget(&self) -> Wait<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn may_open(&self, _url: &str) -> bool {
        true
    }
}

impl SourceFactory for Fake {
    fn source(&self, _key: &SecretSlice<u8>, _base_url: Option<&str>) -> Result<Arc<dyn BankingSource>, String> {
        Ok(Arc::new(self.clone()))
    }

    fn read_key(&self, typed: &str) -> Option<SecretSlice<u8>> {
        Some(SecretSlice::from(typed.as_bytes().to_vec()))
    }
}

impl Clock for Fake {
    fn now(&self) -> i64 {
        Fake::now(self)
    }
}

struct Office {
    fake: Fake,
    ports: Ports,
    folder: tempfile::TempDir,
    home: Home,
}

impl Office {
    async fn new(fates: Vec<Fate>, lag_ms: i64) -> Self {
        let codat = Arc::new(Mutex::new(Codat { fates, lag_ms, ..Codat::default() }));
        let fake = Fake { codat, began: Instant::now() };
        let ports = Ports {
            sources: Arc::new(fake.clone()),
            vaults: Arc::new(OneVault(Arc::new(MemoryVault::default()))),
            opener: Arc::new(Remembering::default()),
            clock: Arc::new(fake.clone()),
            entropy: Arc::new(SystemEntropy),
            demo: Arc::new(NoDemo),
            policy: engine::PolicyPlace::File("no-policy-in-this-test.json".into()),
        };
        let folder = tempfile::tempdir().expect("folder");
        let home = Home::open(folder.path().join("home"), ports.clone()).expect("home");
        support::add_and_open(&home, "key", None).await;
        Self { fake, ports, folder, home }
    }

    fn engine(&self) -> Engine {
        self.home.engine().expect("open")
    }

    async fn begin(&self) -> AttemptView {
        let save = SaveDraft {
            name: Some("Acme Ltd".into()),
            reference: Some("HF-1".into()),
            bank_key: Some("bank".into()),
            ..SaveDraft::default()
        };
        let draft = self.engine().save_draft(save).await.expect("draft");
        self.engine().begin_link(draft.id).await.expect("begun")
    }

    /// Everything of this process is dropped wherever it stands; then it is started again.
    async fn crash(&mut self) {
        self.engine().stopped().await;
        self.home.close_profile();
        self.home = Home::open(self.folder.path().join("home"), self.ports.clone()).expect("home");
        self.home.open_profile("Test").await.expect("opened");
    }

    async fn stage(&self, id: &str) -> AttemptStage {
        self.engine().attempt(id.to_owned()).await.expect("attempt").stage
    }

    fn made(&self) -> (usize, usize) {
        let codat = self.fake.codat.lock().expect("codat");
        (codat.companies.len(), codat.connections.len())
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_happens_and_wherever_it_dies_there_is_one_company_and_one_connection() {
    let mut fired: HashMap<String, u32> = HashMap::new();
    let mut crashes = 0;
    for seed in 0..48 {
        let mut dice = StdRng::seed_from_u64(seed);
        let fates = (0..dice.random_range(0..5)).map(|_| FATES[dice.random_range(0..FATES.len())]).collect::<Vec<_>>();
        let lag_ms = [0, 0, 2_000, 20_000, 50_000][dice.random_range(0..5)];
        let mut office = Office::new(fates.clone(), lag_ms).await;
        let attempt = office.begin().await;
        for _ in 0..dice.random_range(0..4) {
            tokio::time::sleep(Duration::from_millis(dice.random_range(0..4_000))).await;
            office.crash().await;
            crashes += 1;
        }
        let deadline = Instant::now() + Duration::from_secs(3_600);
        while office.stage(&attempt.id).await != AttemptStage::Ready {
            assert!(
                Instant::now() < deadline,
                "seed {seed}, {fates:?}, lag {lag_ms}: {:?}",
                office.engine().attempt(attempt.id.clone()).await
            );
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(office.made(), (1, 1), "seed {seed}, {fates:?}, lag {lag_ms}");
        assert_eq!(office.begin().await.id, attempt.id, "the same reference goes on with the same attempt");
        office.engine().stopped().await;
        for fate in &office.fake.codat.lock().expect("codat").fired {
            *fired.entry(format!("{fate:?}")).or_default() += 1;
        }
    }
    println!("{crashes} crashes; fates that fired: {fired:?}");
    assert!(fired.len() == FATES.len() && crashes >= 20, "a cruelty that never happens proves nothing: {fired:?}, {crashes}");
}

#[tokio::test(start_paused = true)]
async fn after_a_5xx_the_same_key_is_useless_and_a_new_one_waits_for_two_looks() {
    let office = Office::new(vec![Fate::Fail500], 0).await;
    let begun = Instant::now();
    let attempt = office.begin().await;
    while office.stage(&attempt.id).await != AttemptStage::Ready {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(begun.elapsed() >= Duration::from_secs(90), "two looks, half a minute apart, a minute after sending: {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(120), "and not much longer: {:?}", begun.elapsed());
    let codat = office.fake.codat.lock().expect("codat");
    assert_eq!(codat.posts, 3, "the company twice, the connection once: nothing was replayed");
    assert!(codat.looks <= 25, "{} looks", codat.looks);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_stays_dead_is_not_hammered() {
    let office = Office::new(vec![Fate::DropBefore; 200], 0).await;
    office.begin().await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    let posts = office.fake.codat.lock().expect("codat").posts;
    assert!((15..=40).contains(&posts), "{posts} in ten minutes");
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_codat_asked_for_outlives_a_restart() {
    let mut office = Office::new(vec![Fate::Limited], 0).await;
    let attempt = office.begin().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    office.crash().await;
    let view = office.engine().attempt(attempt.id.clone()).await.expect("attempt");
    assert!(view.problem.is_some_and(|problem| problem.what.contains("limit")), "a person is told why it takes so long");
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(office.fake.codat.lock().expect("codat").posts, 1, "45 seconds were asked for");
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(office.stage(&attempt.id).await, AttemptStage::Ready);
}

#[tokio::test(start_paused = true)]
async fn pressing_twice_and_two_banks_of_one_reference_make_one_company() {
    let office = Office::new(vec![Fate::Fail500], 50_000).await;
    let engine = office.engine();
    let save =
        SaveDraft { name: Some("Acme Ltd".into()), reference: Some("HF-1".into()), bank_key: Some("bank".into()), ..SaveDraft::default() };
    let draft = engine.save_draft(save.clone()).await.expect("draft");
    let (first, second) = tokio::join!(engine.begin_link(draft.id.clone()), engine.begin_link(draft.id.clone()));
    let first = first.expect("begun");
    assert_eq!(first.id, second.expect("the same").id, "the button was pressed twice");
    let again = engine.save_draft(save).await.expect("draft");
    assert_eq!(engine.begin_link(again.id).await.expect("begun").id, first.id, "filled in twice");
    while office.stage(&first.id).await != AttemptStage::Ready {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(office.made(), (1, 1));
    let other = SaveDraft {
        company_id: first.company_id.clone(),
        name: Some("Acme Ltd".into()),
        bank_key: Some("bank".into()),
        ..SaveDraft::default()
    };
    let other = engine.save_draft(SaveDraft { company_id: Some("company-0".into()), ..other }).await.expect("draft");
    assert_eq!(engine.begin_link(other.id).await.expect("begun").id, first.id, "the open attempt of this company at this bank");
}

#[tokio::test(start_paused = true)]
async fn the_wait_costs_fewer_than_eighty_questions_and_its_end_survives_a_restart() {
    let mut office = Office::new(vec![], 0).await;
    let attempt = office.begin().await;
    while office.stage(&attempt.id).await != AttemptStage::Ready {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let handed = office.engine().hand_over(attempt.id.clone(), Door::Mail).await.expect("handed over");
    let mail = handed.mail.expect("a mail");
    assert!(mail.subject.contains("A Bank") && mail.body.contains(&handed.link_url.expect("address")));
    tokio::time::sleep(Duration::from_secs(60)).await;
    office.crash().await;
    let mut checks = std::collections::BTreeSet::new();
    while office.stage(&attempt.id).await == AttemptStage::Waiting {
        checks.extend(office.engine().attempt(attempt.id.clone()).await.expect("attempt").last_check.map(|at| at.0));
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(office.stage(&attempt.id).await, AttemptStage::Parked, "half an hour later nobody asks any more; the case stays");
    assert!((50..80).contains(&checks.len()), "{} questions in 29 minutes", checks.len());
    let view = office.engine().check_now(attempt.id.clone()).await.expect("asked");
    assert_eq!(view.stage, AttemptStage::Waiting, "a person may begin the wait anew");
    tokio::time::sleep(Duration::from_secs(25 * 3_600)).await;
    let view = office.engine().attempt(attempt.id).await.expect("attempt");
    assert!(view.problem.is_some_and(|problem| problem.what.contains("expired")), "links live for a day");
}

#[tokio::test]
async fn secrets_stand_in_no_file_of_the_data_folder() {
    let office = Office::new(vec![], 0).await;
    let key = office.ports.vaults.vault(VaultKind::Session).expect("vault").get("codat/test").await.expect("asked").expect("kept");
    assert_eq!(key.expose_secret(), b"key");
    let listed = std::fs::read_to_string(office.folder.path().join("home/profiles.json")).expect("profiles");
    assert!(listed.contains("\"name\": \"Test\"") && !listed.contains("\"key\""), "{listed}");
}
