//! The whole journey without a window: an embedded sandbox, a company, a bank, the customer at the bank's page, the way back, the first reads.

use crate::answer::{Answer, Exit, Failure, number, seconds};
use crate::args::{Global, Vault};
use crate::commands::connect::{until, window};
use crate::computer::{self, Embedded};
use crate::customer;
use crate::progress::say;
use engine::Home;
use engine::ports::{DemoSandbox, SecretVault, Vaults, Wait};
use engine::view::{AttemptStage, AttemptView, Door, KeychainState, SaveDraft, TransactionQuery, VaultKind};
use serde_json::{Value, json};
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use vault::{ComputerVaults, Session};

/// The sandbox's bank of the demo.
const BANK: &str = "demobank_truelayer";
const COMPANY: &str = "Harbour Lights Bakery";
/// The whole journey takes a few seconds; this is when something is wrong.
const TOO_LONG: Duration = Duration::from_secs(120);

pub(crate) async fn run(global: &Global) -> Result<Answer, Failure> {
    // Without a data folder of its own the demo leaves nothing behind.
    let passing =
        tempfile::tempdir().map_err(|error| Failure::failed("disk", format!("No temporary folder could be made ({}).", error.kind())))?;
    let folder = global.home.as_deref().unwrap_or_else(|| passing.path());
    let vaults = vaults(global, folder).await?;
    let sandbox = Arc::new(Embedded::default());
    let ports = computer::ports(vaults, Arc::clone(&sandbox) as Arc<dyn DemoSandbox>, computer::policy(global)?);
    let home = Home::open(folder.to_path_buf(), ports)?;
    let answer = walk(&home, &sandbox).await;
    if let Ok(engine) = home.engine() {
        engine.stopped().await;
    }
    home.close_profile();
    answer
}

async fn walk(home: &Home, sandbox: &Embedded) -> Result<Answer, Failure> {
    let mut steps = Steps::default();
    steps.take("start the sandbox and open the demo", home.start_demo()).await?;
    let engine = home.engine()?;
    steps.take("read the banks", engine.refresh_banks()).await?;
    let best = steps.take("find the bank", engine.list_banks("demo bank", 5)).await?;
    if !best.iter().any(|bank| bank.key == BANK) {
        return Err(Failure::failed("internal", "The sandbox does not list its Demo Bank."));
    }
    // In a data folder that is kept, every walk is another customer.
    let walk = engine.stats().await?.companies + 1;
    let save = SaveDraft {
        name: Some(if walk == 1 { COMPANY.into() } else { format!("{COMPANY} {walk}") }),
        reference: Some(format!("DEMO-{walk}")),
        bank_key: Some(BANK.into()),
        sheet_seen: true,
        ..SaveDraft::default()
    };
    let draft = steps.take("write the case down", engine.save_draft(save)).await?;
    let attempt = steps
        .take("create company and connection", async {
            let attempt = engine.begin_link(draft.id).await?;
            until(home, &engine, &attempt.id, Instant::now() + TOO_LONG, |view| view.stage != AttemptStage::Creating).await
        })
        .await?;
    expect(&attempt, &[AttemptStage::Ready, AttemptStage::Waiting])?;
    let handed = steps.take("hand the link over", engine.hand_over(attempt.id.clone(), Door::Copy)).await?;
    let link = handed.link_url.ok_or_else(|| Failure::failed("internal", "The link has no address."))?;
    let back = steps.take("the customer agrees at the bank", customer::authorise(&link)).await?;
    let heard = steps.take("the customer comes back", engine.ring(back)).await?;
    if !heard.accepted {
        return Err(Failure::failed("internal", format!("The return was refused: {}.", heard.reason)));
    }
    let linked = |view: &AttemptView| matches!(view.stage, AttemptStage::Reading | AttemptStage::Complete | AttemptStage::ReadFailed);
    steps.take("Codat confirms, four reads are asked for", until(home, &engine, &attempt.id, Instant::now() + TOO_LONG, linked)).await?;
    let over = |view: &AttemptView| matches!(view.stage, AttemptStage::Complete | AttemptStage::ReadFailed);
    let done = steps.take("the first reads arrive", until(home, &engine, &attempt.id, Instant::now() + TOO_LONG, over)).await?;
    expect(&done, &[AttemptStage::Complete])?;
    let company = done.company_id.clone().ok_or_else(|| Failure::failed("internal", "The company has no id."))?;
    let query = TransactionQuery { company_id: company.clone(), limit: 100, ..TransactionQuery::default() };
    let page = steps.take("browse the transactions", engine.transactions(query)).await?;
    let stats = engine.stats().await?;
    let view = engine.company(company).await?;
    let history = done.history.as_ref();
    let status = view.connections.first().map_or("PendingAuth", |connection| connection.raw_status.as_str());
    let at_sandbox = made_there(sandbox).await;
    let document = json!({
        "status": status,
        "companies": stats.companies,
        "connections": stats.connections,
        "accounts": stats.accounts,
        "transactions": stats.transactions,
        "historyWindow": history.map_or(json!({ "met": false, "seconds": null }), window),
        "atSandbox": at_sandbox,
        "steps": steps.0.iter().map(|(name, ms)| json!({ "name": name, "seconds": number(&seconds(*ms)) })).collect::<Vec<_>>(),
    });
    let met = history.is_some_and(|history| history.met);
    let words = format!(
        "{status}: {} accounts, {} transactions ({} on the first page). History window {}.",
        stats.accounts,
        stats.transactions,
        page.rows.len(),
        if met { "met" } else { "missed" }
    );
    Ok(Answer { document, words, exit: if status == "Linked" && met { Exit::Done } else { Exit::Failed } })
}

fn expect(attempt: &AttemptView, wanted: &[AttemptStage]) -> Result<(), Failure> {
    if wanted.contains(&attempt.stage) {
        return Ok(());
    }
    let why = attempt.problem.as_ref().map_or_else(String::new, |problem| format!(" {}", problem.what));
    Err(Failure::failed("internal", format!("The journey stands still: {:?}.{why}", attempt.stage)))
}

/// What the sandbox itself counts.
async fn made_there(sandbox: &Embedded) -> Value {
    let Some(control) = sandbox.control_url() else { return Value::Null };
    let Ok(client) = reqwest::Client::builder().no_proxy().build() else { return Value::Null };
    let Ok(answer) = client.get(format!("{control}/state")).send().await else { return Value::Null };
    let state: Value = answer.json().await.unwrap_or_default();
    json!({ "companies": state["companies"], "connections": state["connections"] })
}

/// Steps with how long each took.
#[derive(Default)]
struct Steps(Vec<(&'static str, u128)>);

impl Steps {
    async fn take<T, E: Into<Failure>>(&mut self, name: &'static str, step: impl Future<Output = Result<T, E>>) -> Result<T, Failure> {
        let begun = Instant::now();
        let done = step.await.map_err(Into::into)?;
        let ms = begun.elapsed().as_millis();
        say(&format!("{:>8} s  {name}", seconds(ms)));
        self.0.push((name, ms));
        Ok(done)
    }
}

/// The demo holds no customer's data: without a vault named, its secrets live in memory and nobody is asked.
async fn vaults(global: &Global, folder: &Path) -> Result<Arc<dyn Vaults>, Failure> {
    match &global.vault {
        None | Some(Vault::Session) => Ok(Arc::new(Memory(Arc::default()))),
        Some(Vault::Keychain) => Ok(Arc::new(ComputerVaults::new())),
        Some(Vault::PassphraseFile(path)) => {
            let vaults = ComputerVaults::new();
            vaults.open_passphrase_file(folder, computer::passphrase(path)?).await.map_err(engine::Error::from)?;
            Ok(Arc::new(vaults))
        }
    }
}

struct Memory(Arc<Session>);

impl Vaults for Memory {
    fn vault(&self, kind: VaultKind) -> Option<Arc<dyn SecretVault>> {
        (kind == VaultKind::Session).then(|| Arc::clone(&self.0) as Arc<dyn SecretVault>)
    }

    fn keychain(&self) -> Wait<'_, KeychainState> {
        Box::pin(async { KeychainState { available: false, message: None } })
    }
}
