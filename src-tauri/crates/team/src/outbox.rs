//! The shared outbox as people see it: what they ask of Codat, written by who holds no key, and how far it is. Whose row it is and what a role may ask for
//! is held by the server's grants; what workers do with a row is `errands`.

use crate::{Error, Server, Way, news};
use std::fmt;
use tokio_postgres::Row;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A company is made.
    Company,
    /// A connection of a company is made.
    Connection,
    /// A company's own link, on which its customer chooses the bank.
    CompanyLink,
    /// A fresh link of a connection.
    Link,
    /// A read of a data type.
    Queue,
    /// A look at a company.
    Look,
    /// A consent is ended.
    Unlink,
    /// A connection is deleted.
    DeleteConnection,
    /// A company is deleted.
    DeleteCompany,
    /// Reads that were asked for are watched until they have ended: workers ask it of themselves.
    Follow,
}

impl Kind {
    const ALL: [Self; 10] = [
        Self::Company,
        Self::Connection,
        Self::CompanyLink,
        Self::Link,
        Self::Queue,
        Self::Look,
        Self::Unlink,
        Self::DeleteConnection,
        Self::DeleteCompany,
        Self::Follow,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Connection => "connection",
            Self::CompanyLink => "company-link",
            Self::Link => "link",
            Self::Queue => "queue",
            Self::Look => "look",
            Self::Unlink => "unlink",
            Self::DeleteConnection => "delete-connection",
            Self::DeleteCompany => "delete-company",
            Self::Follow => "follow",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What somebody writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish<'a> {
    /// Its id: written twice, it is there once.
    pub id: &'a str,
    /// Company, except where one is made.
    pub company: Option<&'a str>,
    /// Connection.
    pub connection: Option<&'a str>,
    /// Data type.
    pub data_type: Option<&'a str>,
    /// Bank of a connection that is made.
    pub bank_key: Option<&'a str>,
    /// Name of a company that is made.
    pub name: Option<&'a str>,
    /// Its reference.
    pub reference: Option<&'a str>,
    /// Who is onboarded, one word for each customer.
    pub customer: Option<&'a str>,
    /// What the writer's own outbox calls it.
    pub mark: Option<&'a str>,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Course {
    /// A worker has it, or will.
    Open,
    /// It happened; what came of it, where there is an id.
    Done(Option<String>),
    /// It was refused for good.
    Failed,
}

/// A row of the outbox as its writer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its id. Another's than was given where the same was asked for already.
    pub id: String,
    /// The login that wrote it.
    pub person: String,
    /// When, UTC milliseconds by the server's clock.
    pub at: i64,
    /// When a worker first took it.
    pub taken_at: Option<i64>,
    /// How far it is.
    pub course: Course,
    /// Why it waits or failed, in the engine's words.
    pub why: Option<String>,
}

/// What can be told of a row that is not this login's to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The login that wrote it.
    pub person: String,
    /// When, UTC milliseconds.
    pub at: i64,
}

/// What came of writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It stands there.
    Here(Standing),
    /// Somebody of another scope asked for the same.
    Elsewhere(Elsewhere),
}

const STANDING: &str =
    "id, person, (extract(epoch FROM at) * 1000)::bigint, (extract(epoch FROM taken_at) * 1000)::bigint, state, remote, why";

fn standing(row: &Row) -> Standing {
    let (state, remote): (String, Option<String>) = (row.get(4), row.get(5));
    let course = match state.as_str() {
        "done" => Course::Done(remote),
        "failed" => Course::Failed,
        _ => Course::Open,
    };
    Standing { id: row.get(0), person: row.get(1), at: row.get(2), taken_at: row.get(3), course, why: row.get(6) }
}

impl Server {
    /// Writes a wish down, or finds the one that asks for the same: under its id, for the same customer, or while it is open.
    ///
    /// # Errors
    /// When this login may not, or the server is away; then it may be written again under the same id.
    pub async fn wish(&mut self, kind: Kind, wish: &Wish<'_>) -> Result<Written, Error> {
        // What stood in its way may have ended in the moment between.
        for _ in 0..3 {
            self.client
                .execute(
                    "INSERT INTO outbox (id, kind, company, connection, data_type, bank_key, name, reference, customer, mark)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
                    &[
                        &wish.id,
                        &kind.word(),
                        &wish.company,
                        &wish.connection,
                        &wish.data_type,
                        &wish.bank_key,
                        &wish.name,
                        &wish.reference,
                        &wish.customer,
                        &wish.mark,
                    ],
                )
                .await?;
            if let Some(found) = self.standing(wish.id).await? {
                return Ok(Written::Here(found));
            }
            if let Some(found) = self.same(kind, wish).await? {
                return Ok(found);
            }
        }
        Err(Error::Away)
    }

    /// Whatever asks for the same under another id.
    async fn same(&mut self, kind: Kind, wish: &Wish<'_>) -> Result<Option<Written>, Error> {
        let found = match kind {
            Kind::Company => {
                let question = "SELECT errand, who, (extract(epoch FROM since) * 1000)::bigint FROM onboarded_by($1)";
                let Some(row) = self.client.query_opt(question, &[&wish.customer]).await? else { return Ok(None) };
                let id: String = row.get(0);
                return Ok(Some(match self.standing(&id).await? {
                    Some(found) => Written::Here(found),
                    None => Written::Elsewhere(Elsewhere { person: row.get(1), at: row.get(2) }),
                }));
            }
            Kind::Connection => {
                let question = format!(
                    "SELECT {STANDING} FROM outbox WHERE kind = 'connection' AND company = $1 AND bank_key = $2 AND state NOT IN ('done', 'failed')"
                );
                self.client.query_opt(&question, &[&wish.company, &wish.bank_key]).await?
            }
            _ => {
                let question = format!(
                    "SELECT {STANDING} FROM outbox WHERE kind = $1 AND company = $2 AND connection IS NOT DISTINCT FROM $3
                     AND data_type IS NOT DISTINCT FROM $4 AND state NOT IN ('done', 'failed') ORDER BY at LIMIT 1"
                );
                self.client.query_opt(&question, &[&kind.word(), &wish.company, &wish.connection, &wish.data_type]).await?
            }
        };
        Ok(found.map(|row| Written::Here(standing(&row))))
    }

    /// Whether this login's role asks anything of Codat.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn may_ask(&mut self) -> Result<bool, Error> {
        Ok(self.client.query_one("SELECT has_any_column_privilege('outbox', 'INSERT')", &[]).await?.get(0))
    }

    /// How far a wish is; none when there is none for this login.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn standing(&mut self, id: &str) -> Result<Option<Standing>, Error> {
        let question = format!("SELECT {STANDING} FROM outbox WHERE id = $1");
        Ok(self.client.query_opt(&question, &[&id]).await?.map(|row| standing(&row)))
    }

    /// The last wish that its writer's own outbox calls so.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn marked(&mut self, mark: &str) -> Result<Option<Standing>, Error> {
        let question = format!("SELECT {STANDING} FROM outbox WHERE mark = $1 AND person = session_user ORDER BY at DESC LIMIT 1");
        Ok(self.client.query_opt(&question, &[&mark]).await?.map(|row| standing(&row)))
    }

    /// Takes a wish back that no worker has taken. False when one has.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn take_back(&mut self, id: &str) -> Result<bool, Error> {
        Ok(self.client.execute("DELETE FROM outbox WHERE id = $1 AND taken_at IS NULL", &[&id]).await? == 1)
    }

    /// The address that a wish for a link brought. It is there once: whoever takes it, takes it out.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn take_link(&mut self, id: &str) -> Result<Option<String>, Error> {
        Ok(self.client.query_opt("DELETE FROM links WHERE errand = $1 RETURNING url", &[&id]).await?.map(|row| row.get(0)))
    }
}

/// Hears of new wishes.
pub struct Wishes(news::Heard);

impl Way {
    /// Logs in to hear when something is wished.
    ///
    /// # Errors
    /// As `connect`.
    pub async fn listen_for_wishes(&self) -> Result<Wishes, Error> {
        Ok(Wishes(self.hear_on(&["fairlead_errands"]).await?))
    }
}

impl Wishes {
    /// Waits for the next; false when the line ended.
    pub async fn next(&mut self) -> bool {
        self.0.next().await.is_some()
    }
}
