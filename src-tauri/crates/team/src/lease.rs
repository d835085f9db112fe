//! How workers share what is to be done: one company is one worker's at a time, for a while.

use crate::{Error, Server, news};
use std::time::Duration;
use tokio_postgres::Transaction;

/// The right to bring one company up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Company.
    pub company: String,
    /// How often in a row it did not work.
    pub failures: i64,
    /// Codat rang for it: it is asked about before what is kept of it is believed.
    pub is_rung: bool,
    rings: i64,
    fence: i64,
    length: i64,
}

/// The right to do for all what one of them does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duty {
    fence: i64,
}

impl Lease {
    /// Still its holder's, and from now on for the whole length again. Nobody else takes it before this transaction has ended.
    pub(crate) async fn hold(&self, tx: &Transaction<'_>) -> Result<(), Error> {
        let held =
            "UPDATE work SET until = now() + $3::bigint * interval '1 millisecond' WHERE company = $1 AND fence = $2 AND until IS NOT NULL";
        match tx.execute(held, &[&self.company, &self.fence, &self.length]).await? {
            1 => Ok(()),
            _ => Err(Error::LeaseLost),
        }
    }
}

pub(crate) fn ms(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

impl Server {
    /// The company that waits longest and is nobody's.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn lease(&mut self, worker: &str, length: Duration) -> Result<Option<Lease>, Error> {
        let length = ms(length);
        let taken = self
            .client
            .query_opt(
                "WITH next AS (
                     SELECT company FROM work WHERE due <= now() AND (until IS NULL OR until <= now()) ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED
                 )
                 UPDATE work SET worker = $1, until = now() + $2::bigint * interval '1 millisecond', fence = fence + 1
                 FROM next WHERE work.company = next.company RETURNING work.company, work.failures, work.fence, work.rings, work.rings > work.heard",
                &[&worker, &length],
            )
            .await?;
        Ok(taken.map(|row| Lease {
            company: row.get(0),
            failures: row.get(1),
            fence: row.get(2),
            rings: row.get(3),
            is_rung: row.get(4),
            length,
        }))
    }

    /// All of the company is here, as its connections said these words.
    ///
    /// # Errors
    /// When the server cannot be asked, or another worker has taken over.
    pub async fn done(&mut self, lease: &Lease, seen: &[(String, String)]) -> Result<(), Error> {
        let (ids, words): (Vec<&str>, Vec<&str>) = seen.iter().map(|(id, says)| (id.as_str(), says.as_str())).unzip();
        let tx = self.client.transaction().await?;
        lease.hold(&tx).await?;
        tx.execute(
            "UPDATE connections SET seen = told.says FROM unnest($2::text[], $3::text[]) told (id, says)
             WHERE connections.company = $1 AND connections.id = told.id",
            &[&lease.company, &ids, &words],
        )
        .await?;
        // What moved meanwhile is due again.
        tx.execute(
            "UPDATE work SET worker = NULL, until = NULL, failures = 0, heard = $2, due = CASE WHEN rings > $2 OR EXISTS (
                 SELECT 1 FROM connections WHERE company = $1 AND gone_at IS NULL AND last_sync IS NOT NULL AND says IS DISTINCT FROM seen
             ) THEN now() END WHERE company = $1",
            &[&lease.company, &lease.rings],
        )
        .await?;
        news::ring(&tx, &lease.company).await?;
        Ok(tx.commit().await?)
    }

    /// Gives a company back. It is due again after a while; what it was that failed may or may not count against it.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn give_back(&mut self, lease: &Lease, after: Duration, failed: bool) -> Result<(), Error> {
        let given =
            "UPDATE work SET worker = NULL, until = NULL, due = now() + $3::bigint * interval '1 millisecond', failures = failures + $4
                     WHERE company = $1 AND fence = $2";
        self.client.execute(given, &[&lease.company, &lease.fence, &ms(after), &i64::from(failed)]).await?;
        Ok(())
    }

    /// These companies, and the look where it has it, are this worker's own for the whole length again. What it lost with a line is not among them, and runs out.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn beat(&mut self, worker: &str, companies: &[String], looks: bool, length: Duration) -> Result<(), Error> {
        let held = "UPDATE work SET until = now() + $3::bigint * interval '1 millisecond' WHERE worker = $1 AND company = ANY($2) AND until IS NOT NULL";
        self.client.execute(held, &[&worker, &companies, &ms(length)]).await?;
        if looks {
            let held = "UPDATE duties SET until = now() + $2::bigint * interval '1 millisecond' WHERE worker = $1 AND until IS NOT NULL";
            self.client.execute(held, &[&worker, &ms(length)]).await?;
        }
        Ok(())
    }

    /// Gives back whatever this worker holds: it ends.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn release(&mut self, worker: &str) -> Result<(), Error> {
        for table in ["work", "duties", "outbox"] {
            self.client.execute(&format!("UPDATE {table} SET worker = NULL, until = NULL WHERE worker = $1"), &[&worker]).await?;
        }
        Ok(())
    }

    /// The look through all companies, when nobody has it and the last one ended before `since` (UTC milliseconds).
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn take_look(&mut self, worker: &str, since: i64, length: Duration) -> Result<Option<Duty>, Error> {
        let taken = self
            .client
            .query_opt(
                "UPDATE duties SET worker = $1, until = now() + $3::bigint * interval '1 millisecond', fence = fence + 1
                 WHERE name = 'look' AND (until IS NULL OR until <= now())
                     AND (done_at IS NULL OR done_at < 'epoch'::timestamptz + $2::bigint * interval '1 millisecond')
                 RETURNING fence",
                &[&worker, &since, &ms(length)],
            )
            .await?;
        Ok(taken.map(|row| Duty { fence: row.get(0) }))
    }

    /// It has ended, well or not.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn end_look(&mut self, duty: Duty, well: bool) -> Result<(), Error> {
        let ended = "UPDATE duties SET worker = NULL, until = NULL, done_at = CASE WHEN $2 THEN now() ELSE done_at END WHERE name = 'look' AND fence = $1";
        self.client.execute(ended, &[&duty.fence, &well]).await?;
        Ok(())
    }

    /// Since then (UTC milliseconds) all was looked through, and nothing of it is left to do now.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn is_done_since(&mut self, since: i64) -> Result<bool, Error> {
        let question = "SELECT EXISTS (SELECT 1 FROM duties WHERE name = 'look' AND done_at >= 'epoch'::timestamptz + $1::bigint * interval '1 millisecond')
                        AND NOT EXISTS (SELECT 1 FROM work WHERE due <= now())";
        Ok(self.client.query_one(question, &[&since]).await?.get(0))
    }
}
