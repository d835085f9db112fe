//! Where a team's server is.

use crate::Error;
use std::fmt;
use std::path::PathBuf;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// A server, a database and a login, as `postgresql://LOGIN@HOST[:PORT]/DATABASE` or, over a socket of this computer,
/// `postgresql:///DATABASE?host=/FOLDER&user=LOGIN`. It holds no password.
#[derive(Clone)]
pub struct Address {
    config: Config,
}

impl Address {
    /// Reads one.
    ///
    /// # Errors
    /// When it is none, names several servers or no login or database, or holds a password: arguments can be read by everybody on a computer.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = |why: &str| Err(Error::Address(why.to_owned()));
        if !text.starts_with("postgresql://") && !text.starts_with("postgres://") {
            return bad("it begins with postgresql://");
        }
        let Ok(config) = text.parse::<Config>() else { return bad("it is not postgresql://LOGIN@HOST/DATABASE") };
        if config.get_password().is_some() {
            return bad("it holds a password, which everybody on this computer could read; give it with --password-stdin");
        }
        if config.get_hosts().len() != 1 || !config.get_hostaddrs().is_empty() {
            return bad("it names one server");
        }
        if config.get_user().is_none() || config.get_dbname().is_none() {
            return bad("it names a login and a database: postgresql://LOGIN@HOST/DATABASE");
        }
        Ok(Self { config })
    }

    /// The folder of its socket; none when the way there leaves this computer's files.
    #[must_use]
    pub fn socket(&self) -> Option<PathBuf> {
        match self.config.get_hosts() {
            #[cfg(unix)]
            [Host::Unix(folder)] => Some(folder.clone()),
            _ => None,
        }
    }

    /// Login.
    #[must_use]
    pub fn login(&self) -> &str {
        self.config.get_user().unwrap_or_default()
    }

    /// Database.
    #[must_use]
    pub fn database(&self) -> &str {
        self.config.get_dbname().unwrap_or_default()
    }

    /// Under which name a vault keeps its password.
    #[must_use]
    pub fn slot(&self) -> String {
        format!("team/{self}")
    }

    pub(crate) fn config(&self) -> Config {
        self.config.clone()
    }

    fn host(&self) -> String {
        match self.config.get_hosts() {
            [Host::Tcp(host)] => host.clone(),
            #[cfg(unix)]
            [Host::Unix(folder)] => folder.display().to_string(),
            _ => String::new(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        write!(f, "{}@{}:{port}/{}", self.login(), self.host(), self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_where_and_as_whom_and_never_holds_a_password() {
        let read = |text: &str| Address::parse(text).map(|address| address.to_string()).map_err(|error| error.to_string());
        assert_eq!(read("postgresql://ann@db.example:6432/team").as_deref(), Ok("ann@db.example:6432/team"));
        assert_eq!(read("postgresql:///team?host=/run/pg&user=ann").as_deref(), Ok("ann@/run/pg:5432/team"));
        for (bad, why) in [
            ("postgresql://ann:secret@db.example/team", "password"),
            ("postgresql://ann@db.example", "a database"),
            ("postgresql://db.example/team", "a login"),
            ("postgresql://ann@a,b/team", "one server"),
            ("postgresql:///team?host=/run/pg&hostaddr=192.0.2.1&user=ann", "one server"),
            ("mysql://ann@db.example/team", "begins with"),
            ("host=db.example password=secret", "begins with"),
        ] {
            let told = read(bad).expect_err(bad);
            assert!(told.contains(why) && !told.contains("secret"), "{bad}: {told}");
        }
    }
}
