//! What workers do with the shared outbox: one row is one worker's at a time, for a while. A creation's steps are the embedded outbox's, each a
//! compare-and-set; who lost its row writes nothing.

use crate::lease::ms;
use crate::outbox::Kind;
use crate::{Error, Server, news};
use std::time::Duration;
use store::{Op, OpKind, OpState};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// A row that is this worker's for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Its id.
    pub id: String,
    /// What is asked for.
    pub kind: Kind,
    /// By whom.
    pub person: String,
    /// When it was written, UTC milliseconds.
    pub at: i64,
    /// Company.
    pub company: Option<String>,
    /// Connection.
    pub connection: Option<String>,
    /// Data type.
    pub data_type: Option<String>,
    /// Bank of a connection that is made.
    pub bank_key: Option<String>,
    /// Name of a company that is made.
    pub name: Option<String>,
    /// Its reference.
    pub reference: Option<String>,
    /// What was there before.
    pub before: String,
    op: Stand,
    fence: i64,
}

/// Where a creation stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stand {
    state: String,
    body: Option<Vec<u8>>,
    key: Option<String>,
    key_at: Option<i64>,
    sent_at: Option<i64>,
    looks: i64,
    looked_at: Option<i64>,
    answer: Option<String>,
    remote: Option<String>,
}

impl Errand {
    /// The creation it is, with bytes that are frozen once they were sent; none when it makes nothing.
    #[must_use]
    pub fn op(&self, body: impl FnOnce() -> Vec<u8>) -> Option<Op> {
        let kind = match self.kind {
            Kind::Company => OpKind::Company,
            Kind::Connection => OpKind::Connection,
            _ => return None,
        };
        let state = match self.op.state.as_str() {
            "ready" => OpState::Ready,
            "done" => OpState::Done,
            "failed" => OpState::Failed,
            // Whoever had it in flight has lost it.
            _ => OpState::Unknown,
        };
        Some(Op {
            op: self.id.clone(),
            kind,
            after: None,
            target: self.company.clone(),
            body: self.op.body.clone().unwrap_or_else(body),
            key: self.op.key.clone().unwrap_or_else(|| self.id.clone()),
            key_at: self.op.key_at.unwrap_or(self.at),
            state,
            lease_until: None,
            not_before: None,
            sent_at: self.op.sent_at,
            looks: u32::try_from(self.op.looks).unwrap_or(u32::MAX),
            looked_at: self.op.looked_at,
            answer: self.op.answer.clone(),
            remote: self.op.remote.clone(),
            before: self.before.clone(),
            made_at: self.at,
        })
    }
}

/// How far a creation got, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move<'a> {
    /// It is sent now, after these were there: the bytes are frozen.
    Sent {
        /// The bytes.
        body: &'a [u8],
        /// The key.
        key: &'a str,
        /// Ids that were there before.
        before: &'a str,
    },
    /// The same once more.
    SentAgain,
    /// Nobody knows; one word says how it ended.
    Unknown(&'a str),
    /// It had no effect.
    Ready,
    /// A look found nothing.
    Looked,
    /// It was not made: a new key.
    NewKey(&'a str),
}

const ERRAND: &str =
    "outbox.id, kind, person, (extract(epoch FROM at) * 1000)::bigint, company, connection, data_type, bank_key, name, reference,
    before, state, body, key, key_at, sent_at, looks, looked_at, answer, remote, fence";

fn errand(row: &Row) -> Option<Errand> {
    Some(Errand {
        id: row.get(0),
        kind: Kind::from_word(row.get(1))?,
        person: row.get(2),
        at: row.get(3),
        company: row.get(4),
        connection: row.get(5),
        data_type: row.get(6),
        bank_key: row.get(7),
        name: row.get(8),
        reference: row.get(9),
        before: row.get(10),
        op: Stand {
            state: row.get(11),
            body: row.get(12),
            key: row.get(13),
            key_at: row.get(14),
            sent_at: row.get(15),
            looks: row.get(16),
            looked_at: row.get(17),
            answer: row.get(18),
            remote: row.get(19),
        },
        fence: row.get(20),
    })
}

impl Server {
    /// The wish that waits longest and is nobody's. Whoever had it before and did not give it back left its creation unknown.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn take_errand(&mut self, worker: &str, length: Duration) -> Result<Option<Errand>, Error> {
        let question = format!(
            "WITH next AS (
                 SELECT id FROM outbox WHERE state NOT IN ('done', 'failed') AND (until IS NULL OR until <= now())
                     AND (not_before IS NULL OR not_before <= (extract(epoch FROM now()) * 1000)::bigint)
                 ORDER BY at LIMIT 1 FOR UPDATE SKIP LOCKED
             )
             UPDATE outbox SET worker = $1, until = now() + $2::bigint * interval '1 millisecond', fence = fence + 1,
                 taken_at = coalesce(taken_at, now()), answer = CASE WHEN state = 'in-flight' THEN 'none' ELSE answer END,
                 state = CASE WHEN state = 'in-flight' THEN 'unknown' ELSE state END
             FROM next WHERE outbox.id = next.id RETURNING {ERRAND}"
        );
        let taken = self.client.query_opt(&question, &[&worker, &ms(length)]).await?;
        Ok(taken.as_ref().and_then(errand))
    }

    /// A wish as it stands now, while it is this worker's.
    ///
    /// # Errors
    /// When the server cannot be asked, or another worker has taken over.
    pub async fn errand(&mut self, held: &Errand) -> Result<Errand, Error> {
        let question = format!("SELECT {ERRAND} FROM outbox WHERE id = $1 AND fence = $2 AND until IS NOT NULL");
        let found = self.client.query_opt(&question, &[&held.id, &held.fence]).await?;
        found.as_ref().and_then(errand).ok_or(Error::LeaseLost)
    }

    /// Something is wished that a worker could do now or later; watching reads is none of it.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn is_wished(&mut self) -> Result<bool, Error> {
        let question = "SELECT EXISTS (SELECT 1 FROM outbox WHERE state NOT IN ('done', 'failed') AND kind <> 'follow')";
        Ok(self.client.query_one(question, &[]).await?.get(0))
    }

    /// Keeps how far a creation got, while it is this worker's.
    ///
    /// # Errors
    /// When the server cannot be asked, or another worker has taken over.
    pub async fn move_errand(&mut self, errand: &Errand, now: i64, step: Move<'_>) -> Result<(), Error> {
        let (set, values): (&str, Vec<&(dyn ToSql + Sync)>) = match &step {
            Move::Sent { body, key, before } => (
                "state = 'in-flight', sent_at = $3, body = coalesce(body, $4), key = $5, key_at = coalesce(key_at, $3),
                 before = CASE WHEN sent_at IS NULL THEN $6 ELSE before END, why = NULL",
                vec![&now, body, key, before],
            ),
            Move::SentAgain => ("state = 'in-flight', sent_at = $3", vec![&now]),
            Move::Unknown(word) => ("state = 'unknown', answer = $3", vec![word]),
            Move::Ready => ("state = 'ready'", vec![]),
            Move::Looked => ("looks = looks + 1, looked_at = $3", vec![&now]),
            Move::NewKey(key) => {
                ("state = 'ready', key_at = $3, key = $4, not_before = NULL, looks = 0, looked_at = NULL, answer = NULL", vec![&now, key])
            }
        };
        let mut all: Vec<&(dyn ToSql + Sync)> = vec![&errand.id, &errand.fence];
        all.extend(values);
        let moved = format!("UPDATE outbox SET {set} WHERE id = $1 AND fence = $2 AND until IS NOT NULL");
        match self.client.execute(&moved, &all).await? {
            1 => Ok(()),
            _ => Err(Error::LeaseLost),
        }
    }

    /// Gives a wish back, to be gone on with at that moment (UTC milliseconds), with a word for its writer.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn put_back(&mut self, errand: &Errand, due: i64, before: Option<&str>, why: Option<&str>) -> Result<(), Error> {
        let tx = self.client.transaction().await?;
        let back = "UPDATE outbox SET worker = NULL, until = NULL, not_before = $3, before = coalesce($4, before), why = $5 WHERE id = $1 AND fence = $2";
        tx.execute(back, &[&errand.id, &errand.fence, &due, &before, &why]).await?;
        if why.is_some() {
            news::ring_errand(&tx, &errand.id).await?;
        }
        Ok(tx.commit().await?)
    }

    /// It happened; what came of it. A company that was made is of its writer's scope; a link is left for its writer; what else there is to tell rings.
    ///
    /// # Errors
    /// When the server cannot be asked, or another worker has taken over.
    pub async fn errand_done(&mut self, errand: &Errand, remote: Option<&str>, link: Option<&str>) -> Result<(), Error> {
        let tx = self.client.transaction().await?;
        end(&tx, errand, "done", remote, None).await?;
        match (errand.kind, remote) {
            (Kind::Company, Some(remote)) => {
                let scope = "UPDATE companies SET scope = wish.scope FROM outbox wish WHERE wish.id = $1 AND companies.id = $2
                             AND companies.scope = 'all' AND wish.scope IS NOT NULL AND wish.scope <> 'all'";
                tx.execute(scope, &[&errand.id, &remote]).await?;
            }
            (Kind::Queue, _) => {
                let follow = "INSERT INTO outbox (id, kind, company) VALUES (gen_random_uuid()::text, 'follow', $1) ON CONFLICT DO NOTHING";
                tx.execute(follow, &[&errand.company]).await?;
            }
            _ => {}
        }
        if let Some(link) = link {
            let left = "INSERT INTO links (errand, person, url) VALUES ($1, $2, $3)";
            tx.execute(left, &[&errand.id, &errand.person, &link]).await?;
        }
        let changed = match errand.kind {
            Kind::Company => remote,
            Kind::Look | Kind::Link | Kind::Follow => None,
            _ => errand.company.as_deref(),
        };
        if let Some(company) = changed {
            news::ring(&tx, company).await?;
        }
        Ok(tx.commit().await?)
    }

    /// It was refused for good, in the engine's words.
    ///
    /// # Errors
    /// When the server cannot be asked, or another worker has taken over.
    pub async fn errand_failed(&mut self, errand: &Errand, why: &str) -> Result<(), Error> {
        let tx = self.client.transaction().await?;
        end(&tx, errand, "failed", None, Some(why)).await?;
        Ok(tx.commit().await?)
    }

    /// These are this worker's own for the whole length again.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn beat_errands(&mut self, worker: &str, ids: &[String], length: Duration) -> Result<(), Error> {
        let held = "UPDATE outbox SET until = now() + $3::bigint * interval '1 millisecond' WHERE worker = $1 AND id = ANY($2) AND until IS NOT NULL";
        self.client.execute(held, &[&worker, &ids, &ms(length)]).await?;
        Ok(())
    }

    /// Links that nobody took, customers that were onboarded a day ago, and what ended a month ago: nobody waits for them any more.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn tidy_outbox(&mut self) -> Result<(), Error> {
        let tidy = "DELETE FROM links WHERE at < now() - interval '10 minutes';
            UPDATE outbox SET customer = NULL WHERE customer IS NOT NULL AND ended_at < now() - interval '1 day';
            DELETE FROM outbox WHERE kind IN ('follow', 'look') AND ended_at < now() - interval '1 day';
            DELETE FROM outbox WHERE ended_at < now() - interval '30 days'";
        Ok(self.client.batch_execute(tidy).await?)
    }
}

async fn end(
    tx: &tokio_postgres::Transaction<'_>,
    errand: &Errand,
    state: &str,
    remote: Option<&str>,
    why: Option<&str>,
) -> Result<(), Error> {
    let ended =
        "UPDATE outbox SET state = $3, remote = $4, why = $5, worker = NULL, until = NULL, ended_at = now() WHERE id = $1 AND fence = $2
                 AND until IS NOT NULL";
    match tx.execute(ended, &[&errand.id, &errand.fence, &state, &remote, &why]).await? {
        1 => news::ring_errand(tx, &errand.id).await,
        _ => Err(Error::LeaseLost),
    }
}
