//! One computer for a test: a data folder, a vault in memory, a browser that only remembers, the real sandbox over HTTP.

#![allow(dead_code, reason = "each suite uses its own part of this computer")]

use base64::Engine as _;
use engine::adapters::codat::CodatSources;
use engine::ports::*;
use engine::view::*;
use engine::{Engine, Home, NewProfile, PolicyPlace};
use sandbox::{Options, Sandbox};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

#[derive(Default)]
pub struct MemoryVault(Mutex<HashMap<String, SecretSlice<u8>>>);

impl SecretVault for MemoryVault {
    fn kind(&self) -> VaultKind {
        VaultKind::Session
    }

    fn get<'a>(&'a self, slot: &'a str) -> Wait<'a, Result<Option<SecretSlice<u8>>, VaultError>> {
        Box::pin(async move { Ok(self.0.lock().expect("vault").get(slot).cloned()) })
    }

    fn set<'a>(&'a self, slot: &'a str, secret: SecretSlice<u8>) -> Wait<'a, Result<(), VaultError>> {
        Box::pin(async move {
            self.0.lock().expect("vault").insert(slot.to_owned(), secret);
            Ok(())
        })
    }

    fn delete<'a>(&'a self, slot: &'a str) -> Wait<'a, Result<(), VaultError>> {
        Box::pin(async move {
            self.0.lock().expect("vault").remove(slot);
            Ok(())
        })
    }
}

pub struct OneVault(pub Arc<MemoryVault>);

impl Vaults for OneVault {
    fn vault(&self, kind: VaultKind) -> Option<Arc<dyn SecretVault>> {
        matches!(kind, VaultKind::Session | VaultKind::Keychain).then(|| Arc::clone(&self.0) as Arc<dyn SecretVault>)
    }

    fn keychain(&self) -> Wait<'_, KeychainState> {
        Box::pin(async { KeychainState { available: false, message: Some("No keychain in a test.".into()) } })
    }
}

/// Remembers what it was asked to open.
#[derive(Default)]
pub struct Remembering(pub Mutex<Vec<String>>);

impl LinkOpener for Remembering {
    fn open(&self, url: &SecretString) -> Result<(), String> {
        self.0.lock().expect("opener").push(url.expose_secret().to_owned());
        Ok(())
    }
}

/// The computer's clock, turned ahead by hand.
#[derive(Default)]
pub struct Shifted(AtomicI64);

impl Shifted {
    pub fn ahead(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for Shifted {
    fn now(&self) -> i64 {
        SystemClock.now() + self.0.load(Ordering::SeqCst)
    }
}

/// Nobody starts a demo here.
pub struct NoDemo;

impl DemoSandbox for NoDemo {
    fn start(&self, _folder: PathBuf, _redirect: String) -> Wait<'_, Result<SandboxAddress, String>> {
        Box::pin(async { Err("no demo in this test".to_owned()) })
    }
}

pub struct World {
    pub sandbox: Sandbox,
    pub home: Home,
    pub opener: Arc<Remembering>,
    pub http: reqwest::Client,
    pub clock: Arc<Shifted>,
    vault: Arc<MemoryVault>,
    folder: tempfile::TempDir,
}

pub const REDIRECT: &str =
    "http://127.0.0.1:47811/return?state={state}&companyId={companyId}&connectionId={connectionId}&statuscode={statusCode}";

/// The four types, as Codat names them.
pub const TYPES: [&str; 4] = ["banking-accounts", "banking-accountBalances", "banking-transactions", "banking-transactionCategories"];

impl World {
    pub async fn new(options: Options) -> Self {
        let options = Options { redirect_url: Some(REDIRECT.into()), speed: 20, ..options };
        let sandbox = Sandbox::start(options).await.expect("the sandbox starts");
        let folder = tempfile::tempdir().expect("folder");
        let (vault, opener) = (Arc::new(MemoryVault::default()), Arc::new(Remembering::default()));
        let clock = Arc::new(Shifted::default());
        let home = open_home(&folder, &vault, &opener, &clock);
        add_and_open(&home, sandbox.api_key(), Some(sandbox.base_url())).await;
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("client");
        Self { sandbox, home, opener, http, clock, vault, folder }
    }

    pub fn engine(&self) -> Engine {
        self.home.engine().expect("open")
    }

    /// The organisation says this from now on.
    pub fn set_policy(&self, json: &str) {
        std::fs::write(policy_in(&self.folder), json).expect("a policy");
    }

    /// What the vault holds there.
    pub fn secret(&self, slot: &str) -> Option<Vec<u8>> {
        self.vault.0.lock().expect("vault").get(slot).map(|secret| secret.expose_secret().to_vec())
    }

    /// Puts something else there; tells what was.
    pub fn put_secret(&self, slot: &str, secret: Option<Vec<u8>>) -> Option<Vec<u8>> {
        let mut kept = self.vault.0.lock().expect("vault");
        let before = match secret {
            Some(secret) => kept.insert(slot.to_owned(), SecretSlice::from(secret)),
            None => kept.remove(slot),
        };
        before.map(|secret| secret.expose_secret().to_vec())
    }

    /// As if the program was started a second time, with nothing open yet.
    pub fn started_anew(&self) -> Home {
        open_home(&self.folder, &self.vault, &self.opener, &self.clock)
    }

    /// As if the program had ended and was started again.
    pub async fn restart(&mut self) {
        self.engine().stopped().await;
        self.home.close_profile();
        self.home = open_home(&self.folder, &self.vault, &self.opener, &self.clock);
        self.home.open_profile("Test").await.expect("opens again");
    }

    pub async fn begin(&self, name: &str, reference: &str, bank: &str) -> AttemptView {
        let engine = self.engine();
        let save =
            SaveDraft { name: Some(name.into()), reference: Some(reference.into()), bank_key: Some(bank.into()), ..SaveDraft::default() };
        let draft = engine.save_draft(save).await.expect("a draft");
        engine.begin_link(draft.id).await.expect("begun")
    }

    /// Waits for a stage by listening, not by sleeping.
    pub async fn until(&self, id: &str, wanted: &[AttemptStage]) -> AttemptView {
        let mut events = self.home.events();
        let waiting = async {
            loop {
                let view = self.engine().attempt(id.to_owned()).await.expect("attempt");
                if wanted.contains(&view.stage) {
                    return view;
                }
                let _ = tokio::time::timeout(std::time::Duration::from_secs(1), events.recv()).await;
            }
        };
        match tokio::time::timeout(std::time::Duration::from_secs(90), waiting).await {
            Ok(view) => view,
            Err(_) => panic!("never {wanted:?}: {:?}", self.engine().attempt(id.to_owned()).await),
        }
    }

    /// What a customer's browser does: follow the link, press a button, follow the way back. Returns the address it ends at.
    pub async fn customer(&self, url: &str, decision: &str) -> Option<String> {
        let base = self.sandbox.base_url();
        let first = self.http.get(url).send().await.expect("the bank's page");
        let visit = first.headers().get("location")?.to_str().expect("text").to_owned();
        let page = self.http.get(format!("{base}{visit}")).send().await.expect("the bank's page");
        assert!(page.text().await.expect("html").contains("form"), "the bank asks something");
        let done = self.http.post(format!("{base}{visit}")).form(&[("decision", decision)]).send().await.expect("pressed");
        done.headers().get("location").map(|to| to.to_str().expect("text").to_owned())
    }

    /// The customer follows the link, agrees at the bank and comes back; the first reads end.
    pub async fn authorise(&self, attempt: &str) -> AttemptView {
        let handed = self.engine().hand_over(attempt.to_owned(), Door::Copy).await.expect("handed over");
        let back = self.customer(&handed.link_url.expect("address"), "authorise").await.expect("a redirect");
        self.engine().ring(back).await.expect("rung");
        self.until(attempt, &[AttemptStage::Complete]).await
    }

    /// The case of a company whose customer has linked this bank.
    pub async fn linked(&self, name: &str, bank: &str) -> AttemptView {
        let attempt = self.begin(name, name, bank).await;
        self.until(&attempt.id, &[AttemptStage::Ready]).await;
        self.authorise(&attempt.id).await
    }

    /// Codat's own schedule for the whole client: all four types on first link and daily, with these members changed for these types.
    pub async fn codat_reads(&self, types: &[&str], change: Value) {
        let usual = |data_type| json!({ "dataType": data_type, "fetchOnFirstLink": true, "syncSchedule": 24, "syncOrder": 0 });
        let mut settings: Vec<Value> = TYPES.map(usual).into();
        for setting in settings.iter_mut().filter(|setting| types.iter().any(|data_type| setting["dataType"] == **data_type)) {
            setting.as_object_mut().expect("members").extend(change.as_object().expect("members").clone());
        }
        let key = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(self.sandbox.api_key()));
        let body = json!({ "clientId": "c", "settings": settings, "overridesDefaults": true });
        let sent = self.http.post(format!("{}/profile/syncSettings", self.sandbox.base_url())).header("authorization", key).json(&body);
        let answer = sent.send().await.expect("answered");
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
    }

    pub async fn control(&self, what: &str) -> serde_json::Value {
        self.http.get(format!("{}/{what}", self.sandbox.control_url())).send().await.expect("control").json().await.expect("json")
    }

    pub async fn turn(&self, what: &str, body: serde_json::Value) {
        let answer = self.http.post(format!("{}/{what}", self.sandbox.control_url())).json(&body).send().await.expect("control");
        assert!(answer.status().is_success(), "{what}: {}", answer.text().await.unwrap_or_default());
    }
}

/// The profile `Test`, at this sandbox or at Codat, open.
pub async fn add_and_open(home: &Home, key: &str, base_url: Option<&str>) {
    let new = NewProfile {
        name: "Test".into(),
        key: SecretString::from(key.to_owned()),
        environment: if base_url.is_some() { Environment::Sandbox } else { Environment::Test },
        base_url: base_url.map(str::to_owned),
        vault: VaultKind::Session,
    };
    home.add_profile(new).await.expect("the key is good");
    home.open_profile("Test").await.expect("opens");
}

/// Where the organisation of a test puts its policy.
fn policy_in(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("policy.json")
}

fn open_home(folder: &tempfile::TempDir, vault: &Arc<MemoryVault>, opener: &Arc<Remembering>, clock: &Arc<Shifted>) -> Home {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let ports = Ports {
        sources: Arc::new(CodatSources::new(Arc::clone(&clock))),
        vaults: Arc::new(OneVault(Arc::clone(vault))),
        opener: Arc::clone(opener) as Arc<dyn LinkOpener>,
        clock,
        entropy: Arc::new(SystemEntropy),
        demo: Arc::new(NoDemo),
        policy: PolicyPlace::File(policy_in(folder)),
    };
    Home::open(folder.path().join("home"), ports).expect("home")
}
