//! What stands in a team's database: made by numbered migrations, one program at a time.

use crate::{Error, Server};
use std::fmt;
use tokio_postgres::Transaction;

/// Never edited: what was changed later is a later one.
const MIGRATIONS: [&str; 6] = [
    include_str!("../migrations/0001_portfolio.sql"),
    include_str!("../migrations/0002_work.sql"),
    include_str!("../migrations/0003_rights.sql"),
    include_str!("../migrations/0004_webhooks.sql"),
    include_str!("../migrations/0005_readers.sql"),
    include_str!("../migrations/0006_outbox.sql"),
];

/// Of the advisory lock that whoever changes the schema holds; any number that nobody else takes.
const LOCK: i64 = 0x0066_6169_726c_6561;

/// What a login may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Fetches from Codat.
    Worker,
    /// Sees how far cases are, and whose accounts came back; no money.
    Onboarding,
    /// Sees the money too.
    Analyst,
    /// Sees all, and says who sees what.
    Administrator,
    /// Sees how far cases are.
    ReadOnly,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Worker, Self::Onboarding, Self::Analyst, Self::Administrator, Self::ReadOnly];

    /// Its name at the server.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Worker => "fairlead_worker",
            Self::Onboarding => "fairlead_onboarding",
            Self::Analyst => "fairlead_analyst",
            Self::Administrator => "fairlead_administrator",
            Self::ReadOnly => "fairlead_readonly",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name().trim_start_matches("fairlead_"))
    }
}

/// What a login sees of the team's server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Version of the schema.
    pub version: u32,
    /// What this login may do.
    pub roles: Vec<Role>,
    /// Companies it sees; none when its role sees no companies.
    pub companies: Option<u64>,
}

impl Server {
    /// The version of the schema that this program knows.
    #[must_use]
    pub fn known_version() -> u32 {
        u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
    }

    /// Makes the portfolio in an empty database, or brings the one that stands there up to date. Says from which version to which; whoever comes second finds
    /// nothing left to do.
    ///
    /// # Errors
    /// When this login may not, a newer Fairlead made it, or the server is away. Then nothing was changed.
    pub async fn init(&mut self) -> Result<(u32, u32), Error> {
        self.bring_up(true).await
    }

    /// Brings the portfolio that stands there up to date.
    ///
    /// # Errors
    /// As `init`; and when none stands there.
    pub async fn migrate(&mut self) -> Result<(u32, u32), Error> {
        self.bring_up(false).await
    }

    async fn bring_up(&mut self, may_begin: bool) -> Result<(u32, u32), Error> {
        let tx = self.client.transaction().await?;
        // However long whoever came first takes.
        tx.batch_execute("SET LOCAL lock_timeout = 0").await?;
        tx.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
        let before = match version(&tx).await? {
            None if may_begin => {
                tx.batch_execute(
                    "CREATE SCHEMA IF NOT EXISTS fairlead; SET LOCAL search_path = fairlead, pg_temp;
                     CREATE TABLE migrations (n bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())",
                )
                .await?;
                0
            }
            None => return Err(Error::NotSetUp),
            Some(before) => before,
        };
        for (n, migration) in (1_u32..).zip(MIGRATIONS).skip(before as usize) {
            tx.batch_execute(migration).await?;
            tx.execute("INSERT INTO migrations (n) VALUES ($1)", &[&i64::from(n)]).await?;
        }
        tx.commit().await?;
        Ok((before, Self::known_version()))
    }

    /// The portfolio is there, of the version that this program knows.
    ///
    /// # Errors
    /// When it is not.
    pub async fn is_ready(&mut self) -> Result<(), Error> {
        let tx = self.client.transaction().await?;
        let known = Self::known_version();
        match version(&tx).await? {
            None => Err(Error::NotSetUp),
            Some(found) if found < known => Err(Error::Older { found, known }),
            Some(_) => Ok(()),
        }
    }

    /// What this login sees.
    ///
    /// # Errors
    /// When the server cannot be asked, or holds no portfolio.
    pub async fn status(&mut self) -> Result<Status, Error> {
        let tx = self.client.transaction().await?;
        let version = version(&tx).await?.ok_or(Error::NotSetUp)?;
        let mut roles = vec![];
        for role in Role::ALL {
            let question = "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1 AND pg_has_role(session_user, oid, 'MEMBER'))";
            if tx.query_one(question, &[&role.name()]).await?.get(0) {
                roles.push(role);
            }
        }
        let may_count = tx.query_one("SELECT has_table_privilege('companies', 'SELECT')", &[]).await?.get(0);
        let companies = if may_count {
            let count: i64 = tx.query_one("SELECT count(*) FROM companies WHERE gone_at IS NULL", &[]).await?.get(0);
            u64::try_from(count).ok()
        } else {
            None
        };
        Ok(Status { version, roles, companies })
    }

    /// Gives a login that exists at the server a role, and the companies of a scope; `*` is all of them.
    ///
    /// # Errors
    /// When this login may not, or there is no such login.
    pub async fn admit(&mut self, login: &str, role: Role, scope: &str) -> Result<(), Error> {
        let tx = self.client.transaction().await?;
        version(&tx).await?.ok_or(Error::NotSetUp)?;
        let quoted: Option<String> =
            tx.query_opt("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = $1", &[&login]).await?.map(|row| row.get(0));
        let quoted = quoted.ok_or(Error::NoLogin)?;
        tx.batch_execute(&format!("GRANT {} TO {quoted}", role.name())).await?;
        tx.execute("INSERT INTO members (login, scope) VALUES ($1, $2) ON CONFLICT DO NOTHING", &[&login, &scope]).await?;
        Ok(tx.commit().await?)
    }
}

/// None when nothing of ours stands there.
async fn version(tx: &Transaction<'_>) -> Result<Option<u32>, Error> {
    let is_there: bool = tx.query_one("SELECT to_regclass('fairlead.migrations') IS NOT NULL", &[]).await?.get(0);
    if !is_there {
        return Ok(None);
    }
    let found: i64 = tx.query_one("SELECT coalesce(max(n), 0) FROM fairlead.migrations", &[]).await?.get(0);
    let (found, known) = (u32::try_from(found).unwrap_or(u32::MAX), Server::known_version());
    if found > known {
        return Err(Error::Newer { found, known });
    }
    Ok(Some(found))
}
