//! A portfolio of a team's, ready to be used.

use fairlead_tests::fairlead::{Answer, Fairlead};
use fairlead_tests::postgres::Postgres;
use std::sync::Arc;

/// What every login of these tests has; the database asks for it.
pub const PASSWORD: &str = "a password of the tests";

/// A database with a portfolio in it, and a computer from which it is looked after.
pub struct Team {
    pub postgres: Arc<Postgres>,
    pub database: String,
    pub fairlead: Fairlead,
}

impl Team {
    /// Empty, and ready.
    pub async fn new() -> Self {
        Self::on(Postgres::shared()).await
    }

    /// The same on a server of its own.
    pub async fn on(postgres: Arc<Postgres>) -> Self {
        let team = Self { database: postgres.database().await, postgres, fairlead: Fairlead::new() };
        let made = team.as_administrator(&["team", "init"]);
        assert_eq!(made.code, 0, "{made:?}");
        team
    }

    /// A command as whoever administers the server.
    pub fn as_administrator(&self, command: &[&str]) -> Answer {
        let address = self.postgres.address(&self.database, "postgres");
        let command = [command, &["--server", &address][..]].concat();
        tokio::task::block_in_place(|| self.fairlead.run(&command))
    }

    /// A command as somebody who gives a password.
    pub fn run(&self, command: &[&str], address: &str, password: &str) -> Answer {
        let command = [command, &["--server", address, "--password-stdin"][..]].concat();
        tokio::task::block_in_place(|| self.fairlead.run_with_input(&command, &format!("{password}\n")))
    }

    /// A login of this database alone, let in by `fairlead team admit`.
    pub async fn admit(&self, role: &str, scope: &str) -> String {
        let login = format!("{}_{}_{scope}", self.database, role.replace('-', "_")).replace('*', "all");
        self.postgres.login(&login, PASSWORD).await;
        let admitted = self.as_administrator(&["team", "admit", &login, "--role", role, "--scope", scope]);
        assert_eq!(admitted.code, 0, "{admitted:?}");
        login
    }
}
