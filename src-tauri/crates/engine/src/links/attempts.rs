//! Attempts: beginning one, or going on with the one that is there. How they look is `attempt_view`.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::Stage;
use crate::links::change::{event, set_stage, stage};
use crate::links::making::OP_TAG;
use crate::view::{Addressee, AttemptStage, AttemptView, DataAccessSheet, Door, Language, Topic};
use crate::words;
use say::say;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use store::{Attempt, ConnectionEntry, Draft, Op, OpKind, OpState, Store, StoreError};

/// A door that was used, and what was known to be wrong at that time: an older problem is not this attempt's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Handed {
    pub(crate) door: Door,
    pub(crate) at: i64,
    pub(crate) known_problem: Option<i64>,
    /// The bank was linked already: another visit may change nothing.
    #[serde(default)]
    pub(crate) was_linked: bool,
}

pub(crate) fn handed(attempt: &Attempt) -> Vec<Handed> {
    serde_json::from_str(&attempt.doors).unwrap_or_default()
}

pub(crate) fn language_of(kept: Option<&str>) -> Language {
    kept.and_then(Language::read).unwrap_or_default()
}

/// Who an attempt's link is for.
pub(crate) fn addressee(attempt: &Attempt) -> Addressee {
    Addressee { language: language_of(attempt.language.as_deref()), name: attempt.to_name.clone(), mail: attempt.to_mail.clone() }
}

/// Longest name of a person, in characters.
const LONGEST_PERSON: usize = 100;

/// What a draft goes on with.
#[derive(Default)]
struct Earlier {
    /// The very attempt.
    same: Option<Attempt>,
    /// Its company.
    company: Option<String>,
    /// The creation of its company, which is still under way.
    company_op: Option<String>,
}

impl Engine {
    /// Turns a draft into an attempt and returns at once; company and connection are made in the background. The same reference and bank again goes on
    /// with the attempt that is there, and so does the same company or, without a reference, the same name while its attempt is open.
    ///
    /// # Errors
    /// When the draft lacks a name or a bank, or the bank is not enabled.
    pub async fn begin_link(&self, draft_id: String) -> Result<AttemptView> {
        let _one = self.inner.watchers.beginning.lock().await;
        let id = draft_id.clone();
        let Some(draft) = self.store(move |store| store.draft(&id)).await? else {
            // Pressed twice: the draft became this attempt.
            return self.attempt(draft_id).await.map_err(|_| Error::NotFound("draft"));
        };
        let key = draft.bank_key.clone().ok_or_else(|| Error::BadRequest(say!("Choose a bank first.")))?;
        let bank = self.bank(&key).await?;
        if draft.company.is_none() && domain::company_name::as_stored(&draft.name).stored.is_empty() {
            return Err(Error::BadRequest(say!(
                "Codat keeps only plain letters, digits and a few marks of a name, and nothing of this one would be left. Enter the name in Latin letters."
            )));
        }
        let wanted = draft.clone();
        let earlier = self.store(move |store| earlier(store, &wanted)).await?;
        if let Some(same) = earlier.same {
            self.store(move |store| store.drop_draft(&draft_id)).await?;
            return self.begin_again(same).await;
        }
        let (attempt, ops) = self.plan(&draft, earlier.company, earlier.company_op, bank.name);
        if attempt.sheet_version.is_some() {
            let (version, text) = sheet_as_kept(language_of(draft.language.as_deref()));
            self.store(move |store| store.keep_words(&version, &text)).await?;
        }
        let begun = event(&attempt, "begun", attempt.started_at);
        let kept = attempt.clone();
        self.store(move |store| store.begin_attempt(Some(&draft_id), &kept, &ops, &begun)).await?;
        self.noted("link-begun", &attempt.id, "").await;
        self.stale([Topic::Status, Topic::Companies]);
        self.go_on(&attempt.id);
        self.attempt(attempt.id).await
    }

    /// Says who a case's link is for: kept here with the case, and nothing of it is sent to Codat.
    ///
    /// # Errors
    /// When it is not here, or what stands for an address is none.
    pub async fn address_attempt(&self, id: String, to: Addressee) -> Result<AttemptView> {
        let tidy = |text: Option<String>| text.map(|text| domain::display::shown(&text)).filter(|text| !text.is_empty());
        let (name, mail) = (tidy(to.name), tidy(to.mail));
        if name.as_ref().is_some_and(|name| name.chars().count() > LONGEST_PERSON) {
            return Err(Error::BadRequest(say!("A name has at most 100 characters.")));
        }
        if let Some(wrong) = mail.as_ref().filter(|mail| !crate::bulk::is_address(mail)) {
            return Err(Error::BadRequest(say!("\u{201c}{wrong}\u{201d} is no mail address.", wrong)));
        }
        let is_named = name.is_some();
        self.change(&id, move |attempt| {
            attempt.language = Some(to.language.code().to_owned());
            (attempt.to_name, attempt.to_mail) = (name, mail);
            None
        })
        .await?;
        // Neither the name nor the address: the log holds nothing of a person.
        self.noted("link-addressed", &id, if is_named { "another person" } else { "" }).await;
        self.attempt(id).await
    }

    /// A person asked for what was begun before: what stood still goes on, and what ended is open again when its bank is not linked any more.
    async fn begin_again(&self, same: Attempt) -> Result<AttemptView> {
        let is_linked = self.own_connection(&same).await?.is_some_and(|own| own.status == "Linked");
        self.change(&same.id, move |attempt| {
            match stage(attempt) {
                AttemptStage::Blocked => set_stage(attempt, AttemptStage::Creating),
                AttemptStage::Parked if attempt.connection.is_none() => set_stage(attempt, AttemptStage::Creating),
                AttemptStage::Complete | AttemptStage::ReadFailed if !is_linked => {
                    set_stage(attempt, AttemptStage::Ready);
                    attempt.ended = false;
                }
                _ => {}
            }
            None
        })
        .await?;
        self.go_on(&same.id);
        self.attempt(same.id).await
    }

    /// The attempt's connection as last told; none when it is not made, or gone.
    pub(crate) async fn own_connection(&self, attempt: &Attempt) -> Result<Option<ConnectionEntry>> {
        let (Some(company), Some(id)) = (attempt.company.clone(), attempt.connection.clone()) else { return Ok(None) };
        let item = self.store(move |store| store.company(&company)).await?;
        Ok(item.and_then(|item| item.connections.into_iter().find(|found| found.id == id)))
    }

    /// An attempt that makes a company alone: its customer chooses the bank.
    pub(crate) fn plan_company(&self, draft: &Draft) -> (Attempt, Vec<Op>) {
        let (mut attempt, mut ops) = self.plan(draft, None, None, String::new());
        ops.retain(|op| op.kind == OpKind::Company);
        attempt.connection_op = None;
        (attempt, ops)
    }

    fn plan(&self, draft: &Draft, company: Option<String>, shared: Option<String>, bank_name: String) -> (Attempt, Vec<Op>) {
        let now = self.now();
        let bank_key = draft.bank_key.clone().unwrap_or_default();
        let op = |kind, after, target, op: String, body| Op {
            key: op.clone(),
            op,
            kind,
            after,
            target,
            body,
            key_at: now,
            state: OpState::Ready,
            lease_until: None,
            not_before: None,
            sent_at: None,
            looks: 0,
            looked_at: None,
            answer: None,
            remote: None,
            before: "[]".into(),
            made_at: now,
        };
        let mut ops = vec![];
        let mut company_op = shared;
        if company.is_none() && company_op.is_none() {
            let id = self.inner.ports.entropy.guid();
            let mut tags = BTreeMap::from([(OP_TAG.to_owned(), id.clone())]);
            tags.extend(draft.reference.clone().map(|reference| ("reference".to_owned(), reference)));
            ops.push(op(OpKind::Company, None, None, id.clone(), self.inner.source.company_body(&draft.name, &tags)));
            company_op = Some(id);
        }
        let connection_op = self.inner.ports.entropy.guid();
        ops.push(op(
            OpKind::Connection,
            company_op.clone(),
            company.clone(),
            connection_op.clone(),
            self.inner.source.connection_body(&bank_key),
        ));
        let attempt = Attempt {
            // So that pressing twice finds it.
            id: draft.id.clone(),
            typed_name: draft.name.clone(),
            reference: draft.reference.clone(),
            company_op,
            connection_op: Some(connection_op),
            company,
            connection: None,
            bank_key,
            bank_name,
            stage: Stage(AttemptStage::Creating).word(),
            started_at: now,
            doors: "[]".into(),
            last_check: None,
            next_check: None,
            until: None,
            problem: None,
            sheet_version: draft.sheet_seen_at.map(|_| words::sheet_version(language_of(draft.language.as_deref())).to_owned()),
            ended: false,
            language: draft.language.clone(),
            to_name: None,
            to_mail: None,
        };
        (attempt, ops)
    }
}

/// The words of the sheet with their version, names left open.
fn sheet_as_kept(language: Language) -> (String, String) {
    let sheet = words::sheet(language, words::OPEN, vec![]);
    (sheet.version.clone(), sheet_text(&sheet))
}

/// The sheet as plain text.
pub(crate) fn sheet_text(sheet: &DataAccessSheet) -> String {
    let mut text = format!("Version {}\n\n{}\n{}\n", sheet.version, sheet.title, sheet.lead);
    for point in &sheet.points {
        let _ = writeln!(text, "- {point}");
    }
    for section in &sheet.sections {
        let _ = write!(text, "\n{}\n{}\n", section.heading, section.lead);
        for line in &section.detail {
            let _ = writeln!(text, "- {line}");
        }
    }
    let _ = write!(text, "\n{}\n", sheet.binding);
    text
}

/// What an earlier case has to do with this draft. A draft of a company goes on with that company's open attempt at the same bank; a reference finds its
/// attempt whatever became of it; a bare name only while its attempt is open, since two customers may bear one name.
fn earlier(store: &Store, draft: &Draft) -> std::result::Result<Earlier, StoreError> {
    let key = draft.bank_key.as_deref().unwrap_or_default();
    if let Some(company) = &draft.company {
        let open = store.open_attempts()?;
        let same = open.into_iter().find(|attempt| attempt.company.as_ref() == Some(company) && attempt.bank_key == key);
        return Ok(Earlier { same, company: Some(company.clone()), company_op: None });
    }
    let like = store.attempt_like(draft.reference.as_deref(), &draft.name, key)?;
    let same = like.filter(|attempt| !attempt.ended || (attempt.reference.is_some() && stage(attempt) != AttemptStage::NotLinked));
    let Some(reference) = &draft.reference else { return Ok(Earlier { same, ..Earlier::default() }) };
    let Some(with_reference) = store.attempt_with_reference(reference)? else { return Ok(Earlier { same, ..Earlier::default() }) };
    let company_op = with_reference.company_op.filter(|_| with_reference.company.is_none());
    Ok(Earlier { same, company: with_reference.company, company_op })
}
