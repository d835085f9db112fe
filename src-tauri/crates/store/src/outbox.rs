//! Creations that must happen exactly once. Every step is a compare-and-set in one transaction, so that a crash at any point leaves a state from
//! which it is known what may be done.

use crate::{Store, StoreError};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

/// What is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpKind {
    /// A company.
    Company,
    /// A connection of a company.
    Connection,
}

/// Where a creation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpState {
    /// May be sent, with the key it has.
    Ready,
    /// Is being sent by somebody who holds a lease.
    InFlight,
    /// Was sent; nobody knows whether it took effect.
    Unknown,
    /// Happened; `remote` is its id.
    Done,
    /// Refused for good; a person must act.
    Failed,
}

/// A creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Op {
    /// Our id; the first key and the tag `onboard_ref`.
    pub op: String,
    /// What.
    pub kind: OpKind,
    /// Must be done first; its remote id is our target.
    pub after: Option<String>,
    /// Company a connection belongs to, once known.
    pub target: Option<String>,
    /// Frozen: the same key must always carry the same bytes.
    pub body: Vec<u8>,
    /// Idempotency key.
    pub key: String,
    /// When the key was made.
    pub key_at: i64,
    /// Where it stands.
    pub state: OpState,
    /// Until when the sender may hold it.
    pub lease_until: Option<i64>,
    /// Not before.
    pub not_before: Option<i64>,
    /// Last sent.
    pub sent_at: Option<i64>,
    /// Looks that found nothing.
    pub looks: u32,
    /// Last look.
    pub looked_at: Option<i64>,
    /// One word: how the last sending ended.
    pub answer: Option<String>,
    /// Id at Codat.
    pub remote: Option<String>,
    /// JSON: ids that were there before sending.
    pub before: String,
    /// Made.
    pub made_at: i64,
}

const OP: &str = "op, kind, after_op, target, body, key, key_at, state, lease_until, not_before, sent_at, looks, looked_at, answer, remote, before, made_at";

fn kind_word(kind: OpKind) -> &'static str {
    match kind {
        OpKind::Company => "company",
        OpKind::Connection => "connection",
    }
}

fn state_word(state: OpState) -> &'static str {
    match state {
        OpState::Ready => "ready",
        OpState::InFlight => "in-flight",
        OpState::Unknown => "unknown",
        OpState::Done => "done",
        OpState::Failed => "failed",
    }
}

fn op(row: &Row<'_>) -> rusqlite::Result<Op> {
    let (kind, state): (String, String) = (row.get(1)?, row.get(7)?);
    Ok(Op {
        op: row.get(0)?,
        kind: if kind == "company" { OpKind::Company } else { OpKind::Connection },
        after: row.get(2)?,
        target: row.get(3)?,
        body: row.get(4)?,
        key: row.get(5)?,
        key_at: row.get(6)?,
        state: match state.as_str() {
            "ready" => OpState::Ready,
            "in-flight" => OpState::InFlight,
            "done" => OpState::Done,
            "failed" => OpState::Failed,
            _ => OpState::Unknown,
        },
        lease_until: row.get(8)?,
        not_before: row.get(9)?,
        sent_at: row.get(10)?,
        looks: row.get(11)?,
        looked_at: row.get(12)?,
        answer: row.get(13)?,
        remote: row.get(14)?,
        before: row.get(15)?,
        made_at: row.get(16)?,
    })
}

pub(crate) fn insert(tx: &Transaction<'_>, o: &Op) -> rusqlite::Result<()> {
    tx.prepare_cached(&format!("INSERT INTO outbox ({OP}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"))?.execute(
        params![
            o.op,
            kind_word(o.kind),
            o.after,
            o.target,
            o.body,
            o.key,
            o.key_at,
            state_word(o.state),
            o.lease_until,
            o.not_before,
            o.sent_at,
            o.looks,
            o.looked_at,
            o.answer,
            o.remote,
            o.before,
            o.made_at
        ],
    )?;
    Ok(())
}

impl Store {
    /// One creation.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn op(&self, id: &str) -> Result<Option<Op>, StoreError> {
        self.read("reading a creation", |conn| {
            conn.prepare_cached(&format!("SELECT {OP} FROM outbox WHERE op = ?"))?.query_row([id], op).optional()
        })
    }

    /// Takes a creation for sending until `lease`; notes what was there before. False when it is not ready, not due, waits for another creation, or
    /// somebody else has it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn claim_op(&self, id: &str, now: i64, lease: i64, target: Option<&str>, before: &str) -> Result<bool, StoreError> {
        self.write("claiming a creation", |tx| {
            Ok(tx.execute(
                "UPDATE outbox SET state = 'in-flight', lease_until = ?3, sent_at = ?2, target = coalesce(?4, target), before = CASE WHEN sent_at IS NULL THEN ?5 ELSE before END
                 WHERE op = ?1 AND state = 'ready' AND (not_before IS NULL OR not_before <= ?2)
                 AND (after_op IS NULL OR EXISTS (SELECT 1 FROM outbox a WHERE a.op = outbox.after_op AND a.state = 'done'))",
                params![id, now, lease, target, before],
            )? == 1)
        })
    }

    /// Takes an unknown one for sending the same bytes under the same key again.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn resend_op(&self, id: &str, now: i64, lease: i64) -> Result<bool, StoreError> {
        self.write("claiming a creation again", |tx| {
            Ok(tx.execute(
                "UPDATE outbox SET state = 'in-flight', lease_until = ?3, sent_at = ?2 WHERE op = ?1 AND state = 'unknown'",
                params![id, now, lease],
            )? == 1)
        })
    }

    /// It happened.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn op_done(&self, id: &str, remote: &str) -> Result<(), StoreError> {
        self.move_op(id, "UPDATE outbox SET state = 'done', remote = ?2, lease_until = NULL WHERE op = ?1 AND state <> 'done'", remote)
    }

    /// Nobody knows.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn op_unknown(&self, id: &str, answer: &str) -> Result<(), StoreError> {
        self.move_op(
            id,
            "UPDATE outbox SET state = 'unknown', answer = ?2, lease_until = NULL WHERE op = ?1 AND state = 'in-flight'",
            answer,
        )
    }

    /// Refused for good.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn op_failed(&self, id: &str, answer: &str) -> Result<(), StoreError> {
        self.move_op(id, "UPDATE outbox SET state = 'failed', answer = ?2, lease_until = NULL WHERE op = ?1 AND state <> 'done'", answer)
    }

    /// It had no effect: the same bytes under the same key, not before then.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn op_ready_again(&self, id: &str, not_before: i64) -> Result<(), StoreError> {
        self.write("putting a creation back", |tx| {
            tx.execute(
                "UPDATE outbox SET state = 'ready', not_before = ?2, lease_until = NULL WHERE op = ?1 AND state = 'in-flight'",
                params![id, not_before],
            )?;
            Ok(())
        })
    }

    /// A look found nothing.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn op_looked(&self, id: &str, now: i64) -> Result<(), StoreError> {
        self.write("noting a look", |tx| {
            tx.execute("UPDATE outbox SET looks = looks + 1, looked_at = ?2 WHERE op = ?1 AND state = 'unknown'", params![id, now])?;
            Ok(())
        })
    }

    /// It was not made, because two looks found nothing or Codat refused it: a new key, ready to be sent.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn op_new_key(&self, id: &str, key: &str, now: i64) -> Result<(), StoreError> {
        self.write("giving a creation a new key", |tx| {
            tx.execute(
                "UPDATE outbox SET state = 'ready', key = ?2, key_at = ?3, not_before = NULL, looks = 0, looked_at = NULL, answer = NULL WHERE op = ?1 AND state IN ('unknown', 'failed')",
                params![id, key, now],
            )?;
            Ok(())
        })
    }

    /// Leases that ran out: their sender is gone, so nobody knows. Called at open and before each step.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn release_leases(&self, now: i64) -> Result<u32, StoreError> {
        self.write("releasing leases", |tx| {
            let released = tx.execute(
                "UPDATE outbox SET state = 'unknown', answer = 'none', lease_until = NULL WHERE state = 'in-flight' AND lease_until < ?",
                [now],
            )?;
            Ok(u32::try_from(released).unwrap_or(u32::MAX))
        })
    }

    fn move_op(&self, id: &str, sql: &'static str, value: &str) -> Result<(), StoreError> {
        self.write("moving a creation on", |tx| {
            tx.execute(sql, params![id, value])?;
            Ok(())
        })
    }
}
