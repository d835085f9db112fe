//! Who did what on this computer: noted in the profile's audit log, its key and its newest line known to the vault. The log holds ids and words of
//! ours, never bank data, so an erasure never breaks it.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::home::Home;
use crate::place::{Place, hex};
use crate::ports::{Entropy, SecretVault, VaultError};
use crate::profile::{Profile, folder_of};
use crate::view::{AuditLineView, AuditStanding, AuditView, AuditWritten, Millis};
use say::say;
use secrecy::{ExposeSecret as _, SecretSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{Act, AuditKey, AuditLine, Head, Store, Verdict};
use tokio_util::task::TaskTracker;
use zeroize::Zeroizing;

/// Lines that a screen shows.
const SHOWN: u32 = 500;
/// Bytes that the vault keeps: the key, where its lines begin, the newest line's number and code.
const KEPT: usize = 32 + 8 + 8 + 32;

/// Keeps one profile's log.
pub(crate) struct Keeper {
    vault: Arc<dyn SecretVault>,
    entropy: Arc<dyn Entropy>,
    slot: String,
    /// One copy of the program at a time tells the vault.
    turn: PathBuf,
    who: String,
    /// One line at a time: each follows the one before.
    known: tokio::sync::Mutex<Option<(AuditKey, Head)>>,
    /// The vault is about to be told.
    telling: AtomicBool,
}

impl Keeper {
    pub(crate) fn new(vault: Arc<dyn SecretVault>, entropy: Arc<dyn Entropy>, profile: &Profile, folder: &Path) -> Self {
        let named = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok().filter(|who| !who.is_empty()));
        Self {
            vault,
            entropy,
            slot: profile.audit_slot(),
            turn: folder.join("audit.lock"),
            who: named.map_or_else(|| "unknown".into(), |name| domain::display::shown(&name)),
            known: tokio::sync::Mutex::default(),
            telling: AtomicBool::new(false),
        }
    }

    /// Adds a line. The vault is to be told afterwards.
    async fn write(&self, at: i64, act: &str, subject: &str, detail: String, store: &Store, tasks: &TaskTracker) -> Result<()> {
        let mut known = self.known.lock().await;
        if known.is_none() {
            *known = Some(self.first(store).await?);
        }
        let Some((key, head)) = known.as_mut() else { return Ok(()) };
        let act = Act { at, who: self.who.clone(), act: act.to_owned(), subject: subject.to_owned(), detail };
        let (own, before, store) = (key.clone(), *head, store.clone());
        let written = tasks.spawn_blocking(move || store.audit(&own, before, &act)).await;
        *head = written.map_err(|error| Error::Internal(error.to_string()))??;
        Ok(())
    }

    /// The key, made where there is none. Lines under a key that is gone stay, and are said to be beyond proof.
    async fn first(&self, store: &Store) -> Result<(AuditKey, Head)> {
        let _turn = self.turn().await?;
        if let Some(kept) = self.kept().await? {
            return Ok(kept);
        }
        let newest = store.audit_newest()?;
        let made = (AuditKey::new(self.entropy.bytes()), Head::before(newest + 1));
        self.keep(&made.0, made.1).await?;
        Ok(made)
    }

    /// Tells the vault of the newest line, unless another copy told it of a newer one.
    async fn tell(&self) -> Result<()> {
        let _turn = self.turn().await?;
        self.telling.store(false, Ordering::SeqCst);
        // Let go of before the vault is asked: nothing that a person does waits for it.
        let Some((key, head)) = self.known.lock().await.clone() else { return Ok(()) };
        match self.kept().await? {
            Some((other, _)) if other.expose() != key.expose() => *self.known.lock().await = None,
            Some((_, there)) if there.seq >= head.seq => {}
            Some(_) | None => self.keep(&key, head).await?,
        }
        Ok(())
    }

    async fn kept(&self) -> Result<Option<(AuditKey, Head)>> {
        let Some(kept) = self.vault.get(&self.slot).await? else { return Ok(None) };
        unpacked(kept.expose_secret()).map(Some).ok_or(Error::Vault(VaultError::Unreadable))
    }

    async fn keep(&self, key: &AuditKey, head: Head) -> Result<()> {
        let mut bytes = Vec::with_capacity(KEPT);
        bytes.extend_from_slice(key.expose());
        bytes.extend_from_slice(&head.from.to_le_bytes());
        bytes.extend_from_slice(&head.seq.to_le_bytes());
        bytes.extend_from_slice(&head.code);
        Ok(self.vault.set(&self.slot, SecretSlice::from(bytes)).await?)
    }

    async fn turn(&self) -> Result<std::fs::File> {
        let path = self.turn.clone();
        let taken = tokio::task::spawn_blocking(move || {
            let mut options = std::fs::OpenOptions::new();
            options.create(true).truncate(false).write(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(path)?;
            file.lock()?;
            Ok(file)
        });
        taken.await.map_err(|error| Error::Internal(error.to_string()))?.map_err(Error::file("taking a turn"))
    }
}

fn unpacked(bytes: &[u8]) -> Option<(AuditKey, Head)> {
    let part = |from: usize, to: usize| bytes.get(from..to);
    let number = |from: usize| Some(i64::from_le_bytes(part(from, from + 8)?.try_into().ok()?));
    let key = Zeroizing::new(<[u8; 32]>::try_from(part(0, 32)?).ok()?);
    let head = Head { from: number(32)?, seq: number(40)?, code: part(48, KEPT)?.try_into().ok()? };
    (bytes.len() == KEPT).then(|| (AuditKey::new(*key), head))
}

impl Engine {
    /// Notes what was done. What cannot be noted does not undo it. The vault, which may take its time, is told in the background.
    pub(crate) async fn noted(&self, act: &'static str, subject: &str, detail: impl Into<String>) {
        let (keeper, tasks) = (&self.inner.audit, &self.inner.tasks);
        if let Err(error) = keeper.write(self.now(), act, subject, detail.into(), &self.inner.store, tasks).await {
            tracing::error!(act, %error, "the audit log could not be written");
            return;
        }
        if !keeper.telling.swap(true, Ordering::SeqCst) {
            let engine = self.clone();
            tasks.spawn(async move {
                if let Err(error) = engine.inner.audit.tell().await {
                    tracing::warn!(%error, "the vault was not told of the audit log's newest line; the next line tells it");
                }
            });
        }
    }

    /// The log and what it is worth. Where a program ended between writing a line and telling the vault, that is made up for.
    ///
    /// # Errors
    /// When the database or the vault cannot be read.
    pub async fn audit(&self) -> Result<AuditView> {
        self.audit_of(SHOWN).await
    }

    /// The same with so many of the newest lines.
    ///
    /// # Errors
    /// As `audit`.
    pub async fn audit_of(&self, newest: u32) -> Result<AuditView> {
        self.inner.audit.tell().await?;
        let (standing, seal) = self.audit_standing().await?;
        let lines = self.store(move |store| store.audit_lines(newest)).await?;
        let total = self.store(Store::audit_newest).await?;
        let seal = seal.map(|head| hex(&head.code));
        Ok(AuditView { says: in_words(&standing), standing, total: small(total), seal, lines: lines.into_iter().map(view).collect() })
    }

    async fn audit_standing(&self) -> Result<(AuditStanding, Option<Head>)> {
        let Some((key, head)) = self.inner.audit.kept().await? else {
            let newest = self.store(Store::audit_newest).await?;
            return Ok((if newest == 0 { AuditStanding::Whole { from: 1 } } else { AuditStanding::KeyGone }, None));
        };
        let (own, from) = (key.clone(), small(head.from));
        Ok(match self.store(move |store| store.audit_verdict(&own, head)).await? {
            Verdict::Whole(now) => (AuditStanding::Whole { from }, (now.seq >= now.from).then_some(now)),
            Verdict::Ahead(now) => {
                self.inner.audit.keep(&key, now).await?;
                (AuditStanding::CaughtUp { from, lines: small(now.seq - head.seq) }, Some(now))
            }
            Verdict::Changed(seq) => (AuditStanding::Changed { line: small(seq) }, None),
            Verdict::Cut(seq) => (AuditStanding::Cut { after: small(seq) }, None),
        })
    }

    /// Writes the whole log to a file, one JSON line each, oldest first, codes included.
    ///
    /// # Errors
    /// When a file lies there already or cannot be written.
    pub async fn write_audit(&self, out: &Path) -> Result<AuditWritten> {
        if out.exists() {
            return Err(Error::BadRequest(say!("A file of this name is there already. Choose another name.")));
        }
        let lines = self.store(|store| store.audit_lines(u32::MAX)).await?;
        let mut text = String::new();
        for line in lines.iter().rev() {
            text.push_str(&serde_json::to_string(line).map_err(|error| Error::Internal(error.to_string()))?);
            text.push('\n');
        }
        let out = out.to_owned();
        let place = out.display().to_string();
        let sha256 = self
            .store(move |_| {
                let write = || {
                    let copy = Place::small(&out, text.as_bytes())?;
                    let written = copy.settle()?;
                    copy.put(false)?;
                    Ok(written.sha256)
                };
                Ok(write().map_err(Error::file("writing the audit log")))
            })
            .await??;
        self.noted("audit-exported", "", format!("{} lines, SHA-256 {sha256}", lines.len())).await;
        Ok(AuditWritten { lines: u32::try_from(lines.len()).unwrap_or(u32::MAX), place, sha256 })
    }
}

impl Home {
    /// Notes what was done to a profile that may not be open. Where it has no database yet, its first opening is noted instead.
    pub(crate) async fn noted_of(&self, profile: &Profile, act: &'static str) {
        if self.active().is_some_and(|active| active.name == profile.name)
            && let Ok(engine) = self.engine()
        {
            return engine.noted(act, "", "").await;
        }
        let folder = folder_of(&self.inner.folder, profile);
        if folder.join("fairlead.db").exists()
            && let Err(error) = self.note_closed(profile, &folder, act).await
        {
            tracing::error!(act, %error, "the audit log could not be written");
        }
    }

    async fn note_closed(&self, profile: &Profile, folder: &Path, act: &'static str) -> Result<()> {
        let store = self.closed_store(profile).await?;
        let keeper = Keeper::new(self.vault(profile.vault)?, Arc::clone(&self.inner.ports.entropy), profile, folder);
        keeper.write(self.inner.ports.clock.now(), act, "", String::new(), &store, &TaskTracker::new()).await?;
        keeper.tell().await
    }
}

fn small(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}

fn in_words(standing: &AuditStanding) -> String {
    let before = |from: u32| {
        if from > 1 { say!(" Lines before {from} are under a key that is gone and cannot be proved.", from) } else { String::new() }
    };
    match standing {
        AuditStanding::Whole { from } => say!("Every line is as it was written, and none is missing.{from}", from = before(*from)),
        AuditStanding::CaughtUp { from, lines } => say!(
            "Every line is as it was written. Fairlead had ended before the vault knew of the last {lines}; that is made up for.{from}",
            lines,
            from = before(*from)
        ),
        AuditStanding::Changed { line } => {
            say!("Line {line} is not what Fairlead wrote, or does not follow the one before it. Somebody changed the log.", line)
        }
        AuditStanding::Cut { after } => {
            say!("Lines after {after} are missing. Somebody cut the log, or put an older database in its place.", after)
        }
        AuditStanding::KeyGone => {
            say!("The vault does not hold the log\u{2019}s key any more, so nothing in it can be proved. The next line begins a new log.")
        }
    }
}

fn view(line: AuditLine) -> AuditLineView {
    let Act { at, who, act, subject, detail } = line.act;
    AuditLineView { seq: small(line.seq), at: Millis(at), who, act, subject, detail }
}
