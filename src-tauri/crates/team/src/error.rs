//! What goes wrong between us and a team's server, in sentences that say whose side it is on.

use tokio_postgres::error::SqlState;

/// Why the team's server did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The address is none.
    #[error("This is no address of a team\u{2019}s server: {0}.")]
    Address(String),
    /// Nobody answers, or the line broke.
    #[error("The team\u{2019}s server does not answer. Look whether it runs and whether this computer reaches it; nothing was lost.")]
    Away,
    /// It speaks no TLS.
    #[error("The team\u{2019}s server offers no TLS, so nothing was sent. Have its administrator switch it on (ssl = on).")]
    NoTls,
    /// Its certificate is not trusted.
    #[error(
        "The certificate of the team\u{2019}s server is not trusted, so nothing was sent. If your organisation signs its own, name its authority with --ca."
    )]
    Untrusted,
    /// Login or password.
    #[error("The team\u{2019}s server refuses this login: the password is wrong or missing, or the login does not exist there.")]
    Refused,
    /// There is no such database.
    #[error("The team\u{2019}s server has no such database. Have its administrator make it (createdb), then run: fairlead team init")]
    NoDatabase,
    /// Not enough rights.
    #[error("This login may not do that on the team\u{2019}s server. Ask whoever administers the team for the role it needs.")]
    NoRights,
    /// Nobody of that name logs in there.
    #[error("The team\u{2019}s server knows no such login. Have its administrator make it (CREATE ROLE \u{2026} LOGIN), then try again.")]
    NoLogin,
    /// Nothing of ours stands there.
    #[error("This database holds no portfolio yet. Whoever administers it runs: fairlead team init")]
    NotSetUp,
    /// A later version made it.
    #[error("This database was made by a newer Fairlead (version {found}, this one knows {known}). Update Fairlead on this computer.")]
    Newer {
        /// What stands there.
        found: u32,
        /// What this program knows.
        known: u32,
    },
    /// An earlier version made it.
    #[error(
        "This database is of an older Fairlead (version {found}, this one needs {known}). Whoever administers it runs: fairlead team migrate"
    )]
    Older {
        /// What stands there.
        found: u32,
        /// What this program knows.
        known: u32,
    },
    /// The server is too old.
    #[error("The team\u{2019}s server is PostgreSQL {0}; Fairlead needs 15 or newer.")]
    OldServer(String),
    /// Another worker has the company now.
    #[error("Another worker has taken over.")]
    LeaseLost,
    /// Anything else, with the server's code; its words may hold a customer's.
    #[error("The team\u{2019}s server failed (code {0}). Its own log says more.")]
    Failed(String),
}

impl Error {
    /// Waiting may help, and nobody has to act.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Away)
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.code() {
            Some(code) => of_state(code),
            None => of_line(&error),
        }
    }
}

fn of_state(code: &SqlState) -> Error {
    match code.code() {
        "28000" | "28P01" => Error::Refused,
        "3D000" => Error::NoDatabase,
        "42501" => Error::NoRights,
        // The server stops, starts, or has no room for one more; a deadlock, a cut, or a row that somebody else holds is tried again.
        "57P01" | "57P02" | "57P03" | "53300" | "40001" | "40P01" | "55P03" | "25P03" => Error::Away,
        code if code.starts_with("08") => Error::Away,
        code => Error::Failed(code.to_owned()),
    }
}

fn of_line(error: &tokio_postgres::Error) -> Error {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        let wrapped = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = inner.downcast_ref::<rustls::Error>().or_else(|| wrapped.and_then(|inner| inner.downcast_ref::<rustls::Error>()));
        if let Some(tls) = tls {
            return if matches!(tls, rustls::Error::InvalidCertificate(_)) { Error::Untrusted } else { Error::NoTls };
        }
        cause = inner.source();
    }
    let says = |words: &[&str]| words.iter().any(|words| text.contains(words));
    if says(&["does not support TLS"]) {
        Error::NoTls
    } else if says(&["password missing", "authentication"]) {
        Error::Refused
    } else if says(&["communicating", "connecting", "connection closed", "timeout", "handshake", "unexpected message"]) {
        Error::Away
    } else {
        Error::Failed(error.to_string())
    }
}
