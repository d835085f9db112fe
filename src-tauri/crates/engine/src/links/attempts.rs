//! Attempts: beginning one, and how it looks.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::creation::{OP_TAG, still_finding_out};
use crate::links::{Stage, sheet};
use crate::view::{AttemptStage, AttemptView, BankMark, Door, DoorUse, Millis, Ring, StatusPill};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Attempt, Event, Op, OpKind, OpState};

/// A door that was used, and what was known to be wrong at that time: an older problem is not this attempt's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Handed {
    pub(crate) door: Door,
    pub(crate) at: i64,
    pub(crate) known_problem: Option<i64>,
}

pub(crate) fn handed(attempt: &Attempt) -> Vec<Handed> {
    serde_json::from_str(&attempt.doors).unwrap_or_default()
}

impl Engine {
    /// Turns a draft into an attempt and returns at once; company and connection are made in the background. The same reference (or name) and
    /// bank again goes on with the attempt that is there.
    ///
    /// # Errors
    /// When the draft lacks a name or a bank, or the bank is not enabled.
    pub async fn begin_link(&self, draft_id: String) -> Result<AttemptView> {
        let id = draft_id.clone();
        let draft = self.store(move |store| store.draft(&id)).await?.ok_or(Error::NotFound("draft"))?;
        let key = draft.bank_key.clone().ok_or_else(|| Error::BadRequest("Choose a bank first.".into()))?;
        let bank = self.bank(&key).await?;
        if draft.company.is_none() && domain::company_name::as_stored(&draft.name).stored.is_empty() {
            return Err(Error::BadRequest("Codat keeps only plain letters, digits and a few marks of a name, and nothing of this one would be left. Enter the name in Latin letters.".into()));
        }
        let (reference, name, wanted) = (draft.reference.clone(), draft.name.clone(), key.clone());
        let earlier = self
            .store(move |store| {
                let same = store.attempt_like(reference.as_deref(), &name, &wanted)?;
                let company = match &reference {
                    Some(reference) => store.attempt_with_reference(reference)?.and_then(|attempt| attempt.company),
                    None => None,
                };
                Ok((same.filter(|attempt| !attempt.ended), company))
            })
            .await?;
        if let (Some(same), _) = earlier {
            let drop_id = draft_id.clone();
            self.store(move |store| store.drop_draft(&drop_id)).await?;
            self.go_on(&same.id);
            return self.attempt(same.id).await;
        }
        let company = draft.company.clone().or(earlier.1);
        let (attempt, ops) = self.plan(&draft, company, bank.name);
        let event = Event {
            at: attempt.started_at,
            company: attempt.company.clone(),
            attempt: Some(attempt.id.clone()),
            bank_key: Some(key),
            kind: "begun".into(),
            ..Event::default()
        };
        let (kept, id) = (attempt.clone(), draft_id);
        self.store(move |store| store.begin_attempt(Some(&id), &kept, &ops, &event)).await?;
        self.go_on(&attempt.id);
        self.attempt(attempt.id).await
    }

    fn plan(&self, draft: &store::Draft, company: Option<String>, bank_name: String) -> (Attempt, Vec<Op>) {
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
        let mut company_op = None;
        if company.is_none() {
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
            id: self.inner.ports.entropy.guid(),
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
            sheet_version: draft.sheet_seen_at.map(|_| sheet::VERSION.to_owned()),
            ended: false,
        };
        (attempt, ops)
    }

    /// An attempt as it stands.
    ///
    /// # Errors
    /// When it is not here.
    pub async fn attempt(&self, id: String) -> Result<AttemptView> {
        let attempt = self.kept_attempt(&id).await?;
        self.attempt_view(attempt).await
    }

    /// Attempts of which more is to come.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open_attempts(&self) -> Result<Vec<AttemptView>> {
        let mut views = vec![];
        for attempt in self.store(store::Store::open_attempts).await? {
            views.push(self.attempt_view(attempt).await?);
        }
        Ok(views)
    }

    async fn attempt_view(&self, attempt: Attempt) -> Result<AttemptView> {
        let stage = Stage::read(&attempt.stage).0;
        let item = match attempt.company.clone() {
            Some(id) => self.store(move |store| store.company(&id)).await?,
            None => None,
        };
        let unknown = match (stage, attempt.company_op.clone().filter(|_| attempt.company.is_none()).or(attempt.connection_op.clone())) {
            (AttemptStage::Creating, Some(op)) => {
                self.store(move |store| store.op(&op)).await?.is_some_and(|op| op.state == OpState::Unknown)
            }
            _ => false,
        };
        let stored_name = item.as_ref().map(|item| item.company.name.clone());
        let connections = item.as_ref().map(|item| item.connections.as_slice()).unwrap_or_default();
        let own = connections.iter().find(|found| Some(&found.id) == attempt.connection.as_ref());
        let history = own.and_then(crate::companies::history_of);
        let sync = match own {
            Some(connection) if connection.linked_at.is_some() => self.sync_rows(connection).await?,
            _ => vec![],
        };
        let bank = self.bank(&attempt.bank_key).await.ok();
        let logo = match bank.and_then(|bank| bank.logo_url) {
            Some(url) => self.kept_logo(&url).await?,
            None => None,
        };
        Ok(AttemptView {
            id: attempt.id.clone(),
            company_id: attempt.company.clone(),
            typed_name: stored_name
                .as_ref()
                .filter(|stored| **stored != attempt.typed_name && !attempt.typed_name.is_empty())
                .map(|_| attempt.typed_name.clone()),
            company_name: stored_name.unwrap_or_else(|| attempt.typed_name.clone()),
            bank: BankMark {
                key: attempt.bank_key.clone(),
                name: attempt.bank_name.clone(),
                status: own.map_or_else(
                    || StatusPill { ring: Ring::Dotted, word: "Draft".into() },
                    |own| crate::companies::connection_pill(own, false),
                ),
            },
            logo,
            stage,
            connection_id: attempt.connection.clone(),
            doors: handed(&attempt).into_iter().map(|handed| DoorUse { door: handed.door, at: Millis(handed.at) }).collect(),
            started_at: Millis(attempt.started_at),
            last_check: attempt.last_check.map(Millis),
            next_check: attempt.next_check.map(Millis),
            until: attempt.until.map(Millis),
            problem: if unknown {
                Some(still_finding_out())
            } else {
                attempt.problem.as_deref().and_then(|problem| serde_json::from_str(problem).ok())
            },
            history,
            sync,
            connections: connections
                .iter()
                .filter(|found| found.linked_at.is_some_and(|at| at >= attempt.started_at))
                .map(crate::companies::bank_mark)
                .collect(),
        })
    }
}
