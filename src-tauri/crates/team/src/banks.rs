//! The banks that the client behind the key may connect, kept by one worker for all and read by everybody.

use crate::lease::ms;
use crate::portfolio::clean;
use crate::{Error, Server};
use std::time::Duration;
use store::BankEntry;
use tokio_postgres::Row;

impl Server {
    /// True when the list is this worker's to read now, because nobody reads it and it is as old as that.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn take_banks(&mut self, worker: &str, older_than: Duration, length: Duration) -> Result<bool, Error> {
        let taken = "UPDATE duties SET worker = $1, until = now() + $3::bigint * interval '1 millisecond', fence = fence + 1
                     WHERE name = 'banks' AND (until IS NULL OR until <= now())
                         AND (done_at IS NULL OR done_at < now() - $2::bigint * interval '1 millisecond')";
        Ok(self.client.execute(taken, &[&worker, &ms(older_than), &ms(length)]).await? == 1)
    }

    /// Keeps the whole list, in its order; where it could not be read, what stands there stays.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn keep_banks(&mut self, worker: &str, banks: Option<&[BankEntry]>) -> Result<(), Error> {
        let done = "UPDATE duties SET worker = NULL, until = NULL, done_at = now() WHERE name = 'banks' AND worker = $1";
        let Some(banks) = banks else {
            self.client.execute(done, &[&worker]).await?;
            return Ok(());
        };
        let of = |pick: fn(&BankEntry) -> Option<&str>| banks.iter().map(|bank| clean(pick(bank))).collect::<Vec<_>>();
        let enabled: Vec<bool> = banks.iter().map(|bank| bank.enabled).collect();
        let tx = self.client.transaction().await?;
        tx.execute("DELETE FROM banks", &[]).await?;
        tx.execute(
            "INSERT INTO banks (key, name, logo_url, enabled, source_id, integration_id, source_type, provider, place)
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::text[], $6::text[], $7::text[], $8::text[]) WITH ORDINALITY
             ON CONFLICT DO NOTHING",
            &[
                &of(|bank| Some(&bank.key)),
                &of(|bank| Some(&bank.name)),
                &of(|bank| bank.logo_url.as_deref()),
                &enabled,
                &of(|bank| bank.source_id.as_deref()),
                &of(|bank| bank.integration_id.as_deref()),
                &of(|bank| bank.source_type.as_deref()),
                &of(|bank| bank.provider.as_deref()),
            ],
        )
        .await?;
        tx.execute("UPDATE codat SET banks_at = now()", &[]).await?;
        tx.execute(done, &[&worker]).await?;
        Ok(tx.commit().await?)
    }

    /// Where Codat is for the workers; none = the live one.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn keep_base(&mut self, base: Option<&str>) -> Result<(), Error> {
        self.client.execute("UPDATE codat SET base = $1 WHERE base IS DISTINCT FROM $1", &[&base]).await?;
        Ok(())
    }

    /// The same, and whether the banks were ever read.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn base(&mut self) -> Result<(Option<String>, bool), Error> {
        let row = self.client.query_one("SELECT base, banks_at IS NOT NULL FROM codat", &[]).await?;
        Ok((row.get(0), row.get(1)))
    }

    /// The list as it was last read.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn banks(&mut self) -> Result<Vec<BankEntry>, Error> {
        let rows = self.client.query(&format!("SELECT {BANK} FROM banks ORDER BY place"), &[]).await?;
        Ok(rows.iter().map(bank).collect())
    }

    /// One of them, where it is listed.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn bank(&mut self, key: &str) -> Result<Option<BankEntry>, Error> {
        let row = self.client.query_opt(&format!("SELECT {BANK} FROM banks WHERE key = $1"), &[&key]).await?;
        Ok(row.as_ref().map(bank))
    }
}

const BANK: &str = "key, name, logo_url, enabled, source_id, integration_id, source_type, provider";

fn bank(row: &Row) -> BankEntry {
    BankEntry {
        key: row.get(0),
        name: row.get(1),
        logo_url: row.get(2),
        enabled: row.get(3),
        source_id: row.get(4),
        integration_id: row.get(5),
        source_type: row.get(6),
        provider: row.get(7),
    }
}
