//! Companies and their connections, as Codat tells them, and what that leaves to do.

use crate::{Error, Server};
use std::collections::BTreeMap;
use store::{CompanyEntry, ConnectionEntry, DatasetEntry};

/// A connection as far as work goes by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionState {
    /// Codat's id.
    pub id: String,
    /// UTC milliseconds; none = never read.
    pub last_sync: Option<i64>,
    /// What Codat says of it, as one word.
    pub says: String,
    /// It said something else when all it had was fetched.
    pub has_moved: bool,
}

impl Server {
    /// Takes companies in, each with all its connections, and notes which are to be brought up to date. Says how many that are.
    ///
    /// # Errors
    /// When the server cannot be asked; then nothing was taken in.
    pub async fn take_companies(&mut self, told: &[(CompanyEntry, Vec<ConnectionEntry>)], at: i64) -> Result<u64, Error> {
        let companies = last_of_each(told.iter().map(|(company, _)| company), |company| &company.id);
        let connections = last_of_each(told.iter().flat_map(|(_, connections)| connections), |found| (&found.company, &found.id));
        let ids: Vec<&str> = companies.iter().map(|company| company.id.as_str()).collect();
        let of = |pick: fn(&CompanyEntry) -> Option<&str>| companies.iter().map(|company| clean(pick(company))).collect::<Vec<_>>();
        let at_of = |pick: fn(&CompanyEntry) -> Option<i64>| companies.iter().map(|company| pick(company)).collect::<Vec<_>>();
        let tx = self.client.transaction().await?;
        tx.execute(
            "INSERT INTO companies (id, name, folded, reference, description, created, last_sync)
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, folded = excluded.folded, reference = excluded.reference,
                 description = excluded.description, created = excluded.created, last_sync = excluded.last_sync, gone_at = NULL
             WHERE (companies.name, companies.folded, companies.reference, companies.description, companies.created, companies.last_sync, NULL)
                 IS DISTINCT FROM (excluded.name, excluded.folded, excluded.reference, excluded.description, excluded.created, excluded.last_sync,
                 companies.gone_at)",
            &[
                &ids,
                &of(|company| Some(&company.name)),
                &of(|company| Some(&company.folded)),
                &of(|company| company.reference.as_deref()),
                &of(|company| company.description.as_deref()),
                &at_of(|company| company.created),
                &at_of(|company| company.last_sync),
            ],
        )
        .await?;
        let of = |pick: fn(&ConnectionEntry) -> Option<&str>| connections.iter().map(|found| clean(pick(found))).collect::<Vec<_>>();
        let at_of = |pick: fn(&ConnectionEntry) -> Option<i64>| connections.iter().map(|found| pick(found)).collect::<Vec<_>>();
        let (owners, names) = (of(|found| Some(&found.company)), of(|found| Some(&found.id)));
        tx.execute(
            "INSERT INTO connections (company, id, bank_key, bank_name, source_id, integration_id, status, created, last_sync, problem_code,
                 problem_text, problem_at)
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
                 $10::text[], $11::text[], $12::bigint[])
             ON CONFLICT (company, id) DO UPDATE SET bank_key = excluded.bank_key, bank_name = excluded.bank_name,
                 source_id = excluded.source_id, integration_id = excluded.integration_id, status = excluded.status, created = excluded.created,
                 last_sync = excluded.last_sync, problem_code = excluded.problem_code, problem_text = excluded.problem_text,
                 problem_at = excluded.problem_at, gone_at = NULL
             WHERE (connections.bank_key, connections.bank_name, connections.source_id, connections.integration_id, connections.status,
                     connections.created, connections.last_sync, connections.problem_code, connections.problem_text, connections.problem_at, NULL)
                 IS DISTINCT FROM (excluded.bank_key, excluded.bank_name, excluded.source_id, excluded.integration_id, excluded.status,
                     excluded.created, excluded.last_sync, excluded.problem_code, excluded.problem_text, excluded.problem_at,
                     connections.gone_at)",
            &[
                &owners,
                &names,
                &of(|found| found.bank_key.as_deref()),
                &of(|found| Some(&found.bank_name)),
                &of(|found| found.source_id.as_deref()),
                &of(|found| found.integration_id.as_deref()),
                &of(|found| Some(&found.status)),
                &at_of(|found| found.created),
                &at_of(|found| found.last_sync),
                &of(|found| found.problem_code.as_deref()),
                &of(|found| found.problem_text.as_deref()),
                &at_of(|found| found.problem_at),
            ],
        )
        .await?;
        tx.execute(
            "UPDATE connections SET gone_at = $1 WHERE company = ANY($2) AND gone_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM unnest($3::text[], $4::text[]) told (company, id)
                 WHERE told.company = connections.company AND told.id = connections.id)",
            &[&at, &ids, &owners, &names],
        )
        .await?;
        // Apart from the rest: a worker has a company's row of work locked while it notes what its connections said.
        tx.commit().await?;
        Ok(self
            .client
            .execute(
                "INSERT INTO work (company, due)
                 SELECT DISTINCT company, now() FROM connections
                 WHERE company = ANY($1) AND gone_at IS NULL AND last_sync IS NOT NULL AND says IS DISTINCT FROM seen
                 ON CONFLICT (company) DO UPDATE SET due = excluded.due WHERE work.due IS NULL",
                &[&ids],
            )
            .await?)
    }

    /// Takes in one connection of a company that is here.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn take_connection(&mut self, found: &ConnectionEntry) -> Result<(), Error> {
        self.client
            .execute(
                "INSERT INTO connections (company, id, bank_key, bank_name, source_id, integration_id, status, created, last_sync, problem_code,
                     problem_text, problem_at)
                 SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 WHERE EXISTS (SELECT 1 FROM companies WHERE id = $1)
                 ON CONFLICT (company, id) DO UPDATE SET bank_key = coalesce(excluded.bank_key, connections.bank_key),
                     bank_name = excluded.bank_name, status = excluded.status, last_sync = excluded.last_sync,
                     problem_code = excluded.problem_code, problem_text = excluded.problem_text, problem_at = excluded.problem_at, gone_at = NULL",
                &[
                    &found.company,
                    &found.id,
                    &clean(found.bank_key.as_deref()),
                    &clean(Some(&found.bank_name)),
                    &clean(found.source_id.as_deref()),
                    &clean(found.integration_id.as_deref()),
                    &clean(Some(&found.status)),
                    &found.created,
                    &found.last_sync,
                    &clean(found.problem_code.as_deref()),
                    &clean(found.problem_text.as_deref()),
                    &found.problem_at,
                ],
            )
            .await?;
        Ok(())
    }

    /// A company is not at Codat any more, and its customer may be onboarded anew.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn company_left(&mut self, company: &str, at: i64) -> Result<(), Error> {
        self.client.execute("UPDATE companies SET gone_at = $2 WHERE id = $1 AND gone_at IS NULL", &[&company, &at]).await?;
        self.client.execute("UPDATE outbox SET customer = NULL WHERE kind = 'company' AND remote = $1", &[&company]).await?;
        Ok(())
    }

    /// Ends a pass over all companies: those that were not listed are gone.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn finish_pass(&mut self, listed: &[String], at: i64) -> Result<u64, Error> {
        let gone = "UPDATE companies SET gone_at = $1 WHERE gone_at IS NULL
                    AND NOT EXISTS (SELECT 1 FROM unnest($2::text[]) told (id) WHERE told.id = companies.id)";
        Ok(self.client.execute(gone, &[&at, &listed]).await?)
    }

    /// A company's connections as last told.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn connections(&mut self, company: &str) -> Result<Vec<ConnectionState>, Error> {
        let question =
            "SELECT id, last_sync, says, says IS DISTINCT FROM seen FROM connections WHERE company = $1 AND gone_at IS NULL ORDER BY id";
        let rows = self.client.query(question, &[&company]).await?;
        Ok(rows
            .iter()
            .map(|row| ConnectionState { id: row.get(0), last_sync: row.get(1), says: row.get(2), has_moved: row.get(3) })
            .collect())
    }

    /// Keeps reads as Codat's history tells them.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn keep_datasets(&mut self, reads: &[DatasetEntry]) -> Result<(), Error> {
        let reads = last_of_each(reads, |read| (&read.company, &read.id));
        let of = |pick: fn(&DatasetEntry) -> Option<&str>| reads.iter().map(|read| clean(pick(read))).collect::<Vec<_>>();
        let at_of = |pick: fn(&DatasetEntry) -> Option<i64>| reads.iter().map(|read| pick(read)).collect::<Vec<_>>();
        self.client
            .execute(
                "INSERT INTO datasets (company, id, connection, data_type, status, progress, requested, completed, error)
                 SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[])
                 ON CONFLICT (company, id) DO UPDATE SET status = excluded.status, progress = excluded.progress, requested = excluded.requested,
                     completed = excluded.completed, error = excluded.error",
                &[
                    &of(|read| Some(&read.company)),
                    &of(|read| Some(&read.id)),
                    &of(|read| Some(&read.connection)),
                    &of(|read| Some(&read.data_type)),
                    &of(|read| Some(&read.status)),
                    &at_of(|read| read.progress.map(i64::from)),
                    &at_of(|read| read.requested),
                    &at_of(|read| read.completed),
                    &of(|read| read.error.as_deref()),
                ],
            )
            .await?;
        Ok(())
    }
}

/// One statement stores a row once: of several with one key the last.
fn last_of_each<'a, T, K: Ord>(all: impl IntoIterator<Item = &'a T>, key: impl Fn(&'a T) -> K) -> Vec<&'a T> {
    all.into_iter().map(|each| (key(each), each)).collect::<BTreeMap<K, &T>>().into_values().collect()
}

/// PostgreSQL's texts hold no NUL; what a bank sent of them is shown as what it is, a character that cannot be read.
pub(crate) fn clean(text: Option<&str>) -> Option<String> {
    text.map(|text| text.replace('\0', "\u{fffd}"))
}
