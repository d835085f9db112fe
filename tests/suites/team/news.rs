//! What a worker brings is rung for, and desktops that are open show it at once: engines as the window has them, without a window.

use crate::support::PASSWORD;
use crate::workers::{Fleet, portfolio, until};
use engine::adapters::codat::CodatSources;
use engine::ports::{DemoSandbox, LinkOpener, Ports, SandboxAddress, SystemClock, SystemEntropy, Wait};
use engine::view::{Environment, Stats, VaultKind};
use engine::{Engine, Home, JoinTeam, PolicyPlace};
use sandbox::Options;
use secrecy::{SecretSlice, SecretString};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use team::{Address, Ring, Trust, Way};
use tempfile::TempDir;
use vault::ComputerVaults;

/// When something is wrong.
const TOO_LONG: Duration = Duration::from_secs(60);

/// Nobody looks on.
struct Nobody;

impl LinkOpener for Nobody {
    fn open(&self, _url: &SecretString) -> Result<(), String> {
        Err("nobody looks on".into())
    }
}

impl DemoSandbox for Nobody {
    fn start(&self, _folder: PathBuf, _redirect: String) -> Wait<'_, Result<SandboxAddress, String>> {
        Box::pin(async { Err("no demo".into()) })
    }
}

/// An open desktop of the team.
pub struct Open {
    pub home: Home,
    pub engine: Engine,
    _folder: TempDir,
}

impl Open {
    pub async fn join(server: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let ports = Ports {
            sources: Arc::new(CodatSources::default()),
            vaults: Arc::new(ComputerVaults::new()),
            opener: Arc::new(Nobody),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            demo: Arc::new(Nobody),
            policy: PolicyPlace::Computer,
        };
        let home = Home::open(folder.path().join("home"), ports).expect("home");
        let password = Some(SecretSlice::from(PASSWORD.as_bytes().to_vec()));
        let (vault, environment) = (VaultKind::Session, Environment::Production);
        let join = JoinTeam { name: "Team".into(), server: server.into(), authority: None, password, environment, vault };
        home.join_team(join).await.expect("joined");
        home.open_profile("Team").await.expect("opened");
        let engine = home.engine().expect("open");
        engine.attend().await;
        Self { home, engine, _folder: folder }
    }

    pub async fn shows(&self) -> Stats {
        self.engine.stats().await.expect("figures")
    }

    /// When it showed something else than before, as whoever looks at it is told.
    async fn shows_more_than(&self, before: Stats) -> Instant {
        let mut told = self.home.events();
        let shown = async {
            while self.shows().await == before {
                // Who missed some of it asks again too.
                let _ = told.recv().await;
            }
            Instant::now()
        };
        tokio::time::timeout(TOO_LONG, shown).await.expect("what the worker brought is shown")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_open_desktops_show_what_a_worker_brought_at_once() {
    const DESKTOPS: usize = 20;
    const ROUNDS: usize = 6;
    let fleet = Arc::new(Fleet::new(Options { transactions: Some(200), ..portfolio(51, 8) }).await);
    fleet.work(1, &[]);
    let analyst = fleet.team.admit("analyst", "*").await;
    let server = fleet.team.postgres.address(&fleet.team.database, &analyst);
    let mut desktops = vec![];
    for _ in 0..DESKTOPS {
        desktops.push(Arc::new(Open::join(&server).await));
    }
    let all: u64 = fleet.at_the_sandbox().await.values().map(|(counts, _)| counts[0]).sum();
    for desktop in &desktops {
        until("each has all of it", async || desktop.shows().await.transactions == all).await;
    }
    let password = Some(SecretSlice::from(PASSWORD.as_bytes().to_vec()));
    let way = Way { address: Address::parse(&server).expect("address"), password, trust: Trust::System };
    let mut news = way.listen().await.expect("it can be listened to");
    let mut took = vec![];
    let mut rounds = 0;
    for (company, connection) in fleet.at_the_sandbox().await.into_keys() {
        let digest = fleet.at_the_sandbox().await;
        fleet.land(&connection).await;
        // Some reads bring no new row.
        if rounds == ROUNDS || fleet.at_the_sandbox().await == digest {
            continue;
        }
        rounds += 1;
        let before = desktops[0].shows().await;
        let shown: Vec<_> = desktops
            .iter()
            .map(|desktop| {
                let (desktop, before) = (Arc::clone(desktop), before.clone());
                tokio::spawn(async move { desktop.shows_more_than(before).await })
            })
            .collect();
        let at_work = Arc::clone(&fleet);
        let brought = tokio::spawn(async move {
            at_work.work(1, &[]);
        });
        while news.next().await != Some(Ring::Company(company.clone())) {}
        let committed = Instant::now();
        for at in shown {
            took.push(at.await.expect("shown").saturating_duration_since(committed));
        }
        brought.await.expect("brought");
        for desktop in &desktops {
            until("all show the same", async || desktop.shows().await == desktops[0].shows().await).await;
        }
    }
    assert_eq!(rounds, ROUNDS, "control: there was enough to show");
    took.sort();
    let of = |percent: usize| took[(took.len() * percent).div_ceil(100) - 1].as_millis();
    println!(
        "measured: what a worker committed was shown by {DESKTOPS} open desktops, {ROUNDS} times, after {} ms (median), {} ms (95 of 100), {} ms (the last)",
        of(50),
        of(95),
        of(100)
    );
    // Nothing but the ring is as soon: the list is looked at every few minutes.
    assert!(of(95) <= 10_000, "{took:?}");
    for desktop in &desktops {
        desktop.engine.stopped().await;
    }
}
