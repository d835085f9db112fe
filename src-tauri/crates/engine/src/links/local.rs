//! Creations as they are kept in this computer's database.

use crate::engine::Engine;
use crate::error::Result;
use crate::links::change::event;
use crate::links::making::{Kept, Outbox};
use crate::ports::{CompanyTold, Wait};
use store::{Attempt, BankEntry, ConnectionEntry, Op};

/// A sender is done or dead after this: one request takes at most a minute, and a worker is waited for as long.
const LEASE_MS: i64 = 75_000;

/// The outbox beside an attempt.
pub(super) struct Local<'a> {
    pub(super) engine: &'a Engine,
    pub(super) attempt: &'a Attempt,
}

impl Local<'_> {
    async fn kept(&self, op: &Op, now: i64, kept: Kept<'_>) -> Result<bool> {
        let id = op.op.clone();
        match kept {
            Kept::Sent(before) => {
                let (target, before) = (self.attempt.company.clone(), before.to_owned());
                self.engine.store(move |store| store.claim_op(&id, now, now + LEASE_MS, target.as_deref(), &before)).await
            }
            Kept::SentAgain => self.engine.store(move |store| store.resend_op(&id, now, now + LEASE_MS)).await,
            Kept::Done(remote) => {
                let remote = remote.to_owned();
                self.engine.store(move |store| store.op_done(&id, &remote)).await.map(|()| true)
            }
            Kept::Unknown(word) => self.engine.store(move |store| store.op_unknown(&id, word)).await.map(|()| true),
            Kept::Ready(due) => self.engine.store(move |store| store.op_ready_again(&id, due)).await.map(|()| true),
            Kept::Looked => self.engine.store(move |store| store.op_looked(&id, now)).await.map(|()| true),
            Kept::NewKey(key) => {
                let key = key.to_owned();
                self.engine.store(move |store| store.op_new_key(&id, &key, now)).await.map(|()| true)
            }
            Kept::Refused => self.engine.store(move |store| store.op_failed(&id, "refused")).await.map(|()| true),
        }
    }
}

impl Outbox for Local<'_> {
    fn keep<'a>(&'a self, op: &'a Op, now: i64, kept: Kept<'a>) -> Wait<'a, Result<bool>> {
        Box::pin(self.kept(op, now, kept))
    }

    fn take_company(&self, told: CompanyTold) -> Wait<'_, Result<()>> {
        let now = self.engine.now();
        Box::pin(self.engine.store(move |store| store.take_companies(&[told], now)))
    }

    fn take_connection(&self, told: ConnectionEntry) -> Wait<'_, Result<()>> {
        let now = self.engine.now();
        Box::pin(self.engine.store(move |store| store.keep_connection(&told, now)))
    }

    fn bank<'a>(&'a self, key: &'a str) -> Wait<'a, Option<BankEntry>> {
        Box::pin(async move { self.engine.bank(key).await.ok() })
    }

    fn doubled(&self, count: usize) -> Wait<'_, ()> {
        tracing::warn!(attempt = %self.attempt.id, count, "a creation is there more than once");
        let mut told = event(self.attempt, "doubled", self.engine.now());
        told.detail = Some(format!("{count} at Codat for one case; the oldest is used"));
        Box::pin(async move {
            if let Err(error) = self.engine.store(move |store| store.record(&told)).await {
                tracing::warn!(%error, "could not be written down");
            }
        })
    }
}
