//! The one error of the engine, and what a face is told of it. Every sentence says what happened, whose side it is on, and what to do.

use crate::policy::PolicyTrouble;
use crate::ports::{InOutbox, SourceError, VaultError};
use crate::view::{ErrorCode, Side, WireError};
use say::{say, word};
use store::{DiskTrouble, OpenError, StoreError, StoreProblem};

/// Why the engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No profile is open.
    #[error("no profile is open")]
    NoProfile,
    /// Fairlead is locked.
    #[error("locked")]
    Locked,
    /// The organisation does not allow it.
    #[error("not allowed by the policy")]
    Managed(String),
    /// The organisation's policy is there and cannot be read.
    #[error("the policy cannot be read: {0}")]
    Policy(#[from] PolicyTrouble),
    /// The request makes no sense.
    #[error("{0}")]
    BadRequest(String),
    /// It is not here.
    #[error("{0} is not here")]
    NotFound(&'static str),
    /// The bank is not enabled, or no such bank exists.
    #[error("the bank {0} cannot be connected")]
    BankUnavailable(String),
    /// The address of a link was refused by our own rules.
    #[error("the link's address was refused")]
    UnsafeLink,
    /// A creation's outcome is not known yet.
    #[error("the outcome is not known yet")]
    OutcomeUnknown,
    /// Company and connection are still being made.
    #[error("not made yet")]
    NotMadeYet,
    /// Codat.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The vault has no key for a database that exists.
    #[error("the database key is missing")]
    KeyMissing,
    /// A profile that kept its secrets for a session that has ended.
    #[error("the session that held the secrets has ended")]
    SessionOver,
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file outside the database.
    #[error("{doing}: {kind}")]
    File {
        /// What was being tried.
        doing: &'static str,
        /// What the system said.
        kind: std::io::ErrorKind,
    },
    /// Our own mistake.
    #[error("{0}")]
    Internal(String),
}

/// The engine's result.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn file(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::File { doing, kind: error.kind() }
    }

    /// What a face is told. `trace_id` finds the log line.
    #[must_use]
    pub fn wire(&self, trace_id: String) -> WireError {
        let Told { code, side, retry, message } = self.told();
        WireError { code, message, side, retry, detail: self.detail(), correlation_id: self.correlation_id(), trace_id }
    }

    /// The code alone.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.told().code
    }

    fn told(&self) -> Told {
        use ErrorCode as C;
        let told = |code, side, retry, message: &str| Told { code, side, retry, message: message.to_owned() };
        match self {
            Self::NoProfile => told(C::NoProfile, Side::Fairlead, false, word("No profile is open. Choose one, or start the demo.")),
            Self::Locked => told(C::Locked, Side::Fairlead, false, word("Fairlead is locked. Unlock it first.")),
            Self::Managed(why) => told(C::Managed, Side::ThisComputer, false, why),
            Self::Policy(trouble) => Told { message: unreadable(trouble), ..told(C::Managed, Side::ThisComputer, true, "") },
            Self::BadRequest(why) => told(C::BadRequest, Side::Fairlead, false, why),
            Self::NotFound(what) => Told {
                message: say!("This {what} is not here any more.", what = word(what)),
                ..told(C::NotFound, Side::Fairlead, false, "")
            },
            Self::BankUnavailable(key) => Told {
                message: say!(
                    "The bank \u{201c}{key}\u{201d} is not enabled for your Codat client. Choose another, or enable it in Codat\u{2019}s Portal under Integrations, Banking.",
                    key
                ),
                ..told(C::BankUnavailable, Side::Codat, false, "")
            },
            Self::UnsafeLink => told(
                C::UnsafeLink,
                Side::Codat,
                false,
                word("Codat sent a link to an unexpected address, so Fairlead did not open it. Nothing was sent. Tell your administrator."),
            ),
            Self::OutcomeUnknown => told(
                C::OutcomeUnknown,
                Side::Network,
                true,
                word(
                    "The answer from Codat was lost. Fairlead is finding out whether the company was created, and will not create it twice.",
                ),
            ),
            Self::NotMadeYet => told(
                C::OutcomeUnknown,
                Side::Codat,
                true,
                word("Company and connection are still being made at Codat. Try again in a moment; nothing is made twice."),
            ),
            Self::Source(error) => source(error),
            Self::Vault(error) => Told { message: say::again(&error.to_string()), ..told(C::Keychain, Side::ThisComputer, true, "") },
            Self::KeyMissing => told(
                C::KeyMissing,
                Side::ThisComputer,
                true,
                word(
                    "The key of this profile\u{2019}s database is not in the keychain. It may be locked: unlock it and try again. The database was left as it is, and no new key was made. If the keychain is lost, a recovery code brings the key back: fairlead recovery use.",
                ),
            ),
            Self::SessionOver => told(
                C::KeyMissing,
                Side::ThisComputer,
                false,
                word(
                    "This profile kept its secrets only until Fairlead was closed, so its database cannot be opened any more. Remove the profile and enter the key again; Codat still has everything.",
                ),
            ),
            Self::Open(error) => open(error),
            Self::Store(error) => match &error.problem {
                StoreProblem::Disk(trouble) => Told {
                    message: say!("{trouble} Nothing was lost.", trouble = disk(*trouble)),
                    ..told(C::Disk, Side::ThisComputer, true, "")
                },
                StoreProblem::Busy => {
                    told(C::Busy, Side::ThisComputer, true, word("Another Fairlead is writing to this database. Try again in a moment."))
                }
                StoreProblem::Damaged => told(
                    C::Damaged,
                    Side::ThisComputer,
                    false,
                    word(
                        "The database is damaged. It was left as it is; restore it from a backup, or start a new profile and read the data again.",
                    ),
                ),
                StoreProblem::TooSlow | StoreProblem::Stopped => {
                    told(C::Busy, Side::ThisComputer, true, word("This took too long and was stopped. Narrow the question, or try again."))
                }
                StoreProblem::Internal(_) => {
                    told(C::Internal, Side::Fairlead, true, word("Something went wrong inside Fairlead. Nothing was lost."))
                }
            },
            Self::File { .. } => told(
                C::Disk,
                Side::ThisComputer,
                true,
                word("A file could not be written or read. Check the folder\u{2019}s free space and permissions, then try again."),
            ),
            Self::Internal(_) => told(C::Internal, Side::Fairlead, true, word("Something went wrong inside Fairlead. Nothing was lost.")),
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Self::Source(
                SourceError::Down(told)
                | SourceError::KeyRefused(told)
                | SourceError::Forbidden(told)
                | SourceError::PlanLimit(told)
                | SourceError::NotFound(told)
                | SourceError::Refused(told),
            ) => Some(told.message.clone()),
            Self::Source(SourceError::Unreadable(why)) | Self::Internal(why) => Some(why.clone()),
            Self::Store(error) => Some(error.to_string()),
            Self::Open(error) => Some(error.to_string()),
            Self::File { .. } => Some(self.to_string()),
            _ => None,
        }
    }

    fn correlation_id(&self) -> Option<String> {
        match self {
            Self::Source(
                SourceError::Down(told)
                | SourceError::KeyRefused(told)
                | SourceError::Forbidden(told)
                | SourceError::PlanLimit(told)
                | SourceError::NotFound(told)
                | SourceError::Refused(told),
            ) => told.correlation_id.clone(),
            _ => None,
        }
    }
}

struct Told {
    code: ErrorCode,
    side: Side,
    retry: bool,
    message: String,
}

fn source(error: &SourceError) -> Told {
    use ErrorCode as C;
    let told = |code, side, retry, message: &str| Told { code, side, retry, message: message.to_owned() };
    match error {
        SourceError::Offline | SourceError::Lost => told(
            C::Offline,
            Side::Network,
            true,
            word("No connection to Codat. Everything already read stays readable; Fairlead goes on when the network is back."),
        ),
        SourceError::Untrusted => told(
            C::Untrusted,
            Side::Network,
            false,
            word(
                "The certificate shown for Codat is not trusted, so nothing was sent. A company network may be inspecting traffic: ask IT to install its certificate on this computer.",
            ),
        ),
        SourceError::CaptivePortal => told(
            C::CaptivePortal,
            Side::Network,
            true,
            word("A page answered instead of Codat. Sign in to this network in your browser, then try again."),
        ),
        SourceError::Unreadable(_) | SourceError::TooLarge => {
            told(C::Unreadable, Side::Codat, true, word("Codat sent something Fairlead could not read. What was read before is unchanged."))
        }
        SourceError::Down(_) => {
            told(C::CodatDown, Side::Codat, true, word("Codat has a problem of its own. Nothing was lost; try again in a few minutes."))
        }
        SourceError::KeyRefused(_) => told(
            C::KeyRefused,
            Side::Codat,
            false,
            word("Codat refuses this profile\u{2019}s API key, so Fairlead stopped asking. Enter a new key."),
        ),
        SourceError::Forbidden(_) => told(
            C::Forbidden,
            Side::Codat,
            false,
            word("This key is outdated or belongs to another Codat client. Enter the key of the client that owns this company."),
        ),
        SourceError::PlanLimit(_) => told(
            C::PlanLimit,
            Side::Codat,
            false,
            word("Your Codat plan does not allow this. Ask your Codat account manager; Fairlead will not try again by itself."),
        ),
        SourceError::Limited(until) => Told {
            message: say!(
                "Codat\u{2019}s request limit is reached. Fairlead goes on by itself at {until} UTC.",
                until = clock_time(*until)
            ),
            ..told(C::Limited, Side::Codat, true, "")
        },
        SourceError::NotFound(_) => {
            told(C::NotFound, Side::Codat, false, word("Codat does not have this any more. What was read before stays here."))
        }
        SourceError::Refused(_) => told(C::BadRequest, Side::Codat, false, word("Codat refused the request. The details say why.")),
        SourceError::Team(error) => team(error),
        SourceError::BegunBy(who, at) => Told {
            message: say!(
                "{who} began to onboard this customer at {at} UTC, for companies that this login does not see. Ask them, or whoever administers the team.",
                who = domain::display::shown(who),
                at = clock_time(*at)
            ),
            ..told(C::BadRequest, Side::Nobody, false, "")
        },
        SourceError::Outbox(waits) => Told { message: in_outbox(waits), ..told(C::Busy, Side::Nobody, true, "") },
        SourceError::NotHere(why) => told(C::BadRequest, Side::Nobody, false, &format!("{}.", word(why))),
    }
}

/// The sentence alone, for what is told of somebody else's asking.
pub(crate) fn source_sentence(error: &SourceError) -> String {
    source(error).message
}

/// What waits in the team's outbox waits for a worker, or with one.
fn in_outbox(waits: &InOutbox) -> String {
    let (since, next) = (clock_time(waits.since), clock_time(waits.next));
    match (waits.is_taken, &waits.why) {
        (true, Some(why)) => say!("A worker of your team has this and goes on by itself. It says: {why}", why),
        (true, None) => {
            say!("A worker of your team has had this since {since} UTC and goes on by itself; next check {next} UTC.", since, next)
        }
        (false, _) => say!(
            "No worker of your team has taken this since {since} UTC; next check {next} UTC. Ask whoever administers the team whether a worker runs.",
            since,
            next
        ),
    }
}

/// The team's server says itself what is wrong and whose turn it is.
fn team(error: &team::Error) -> Told {
    use ErrorCode as C;
    use team::Error as E;
    let (code, side) = match error {
        E::Away | E::LeaseLost => (C::Offline, Side::Network),
        E::Untrusted | E::NoTls => (C::Untrusted, Side::Network),
        E::Refused | E::NoLogin => (C::KeyRefused, Side::Nobody),
        E::NoRights => (C::Forbidden, Side::Nobody),
        E::Address(_) | E::NoDatabase | E::NotSetUp | E::Older { .. } => (C::BadRequest, Side::Nobody),
        E::Newer { .. } | E::OldServer(_) => (C::NewerDatabase, Side::ThisComputer),
        E::Failed(_) => (C::Internal, Side::Nobody),
    };
    Told { code, side, retry: error.is_passing(), message: say::again(&error.to_string()) }
}

/// What a policy that cannot be read would lock is unknown, so nothing is opened.
pub(crate) fn unreadable(trouble: &PolicyTrouble) -> String {
    say!(
        "Your organisation\u{2019}s policy cannot be read, so Fairlead opens nothing. Ask whoever looks after this computer to put it right, and send \
         this along: {trouble}.",
        trouble
    )
}

fn disk(trouble: DiskTrouble) -> &'static str {
    match trouble {
        DiskTrouble::Full => word("This computer\u{2019}s disk is full. Make room, then try again."),
        DiskTrouble::ReadOnly => word("The folder of this profile may only be read. Make it writable, then try again."),
        DiskTrouble::NoPermission => {
            word("Fairlead may not use the folder of this profile. Ask whoever looks after this computer for permission, then try again.")
        }
        DiskTrouble::Failed => word("This computer\u{2019}s disk did not answer as it should. Check the disk, then try again."),
    }
}

fn open(error: &OpenError) -> Told {
    use ErrorCode as C;
    let told = |code, side, retry, message: &str| Told { code, side, retry, message: message.to_owned() };
    match error {
        OpenError::KeyWrong => told(
            C::KeyMissing,
            Side::ThisComputer,
            false,
            word("The key in the keychain is not the key of this database. The database was left as it is."),
        ),
        OpenError::Damaged | OpenError::Unreadable => told(
            C::Damaged,
            Side::ThisComputer,
            false,
            word(
                "The database cannot be read: it is damaged. It was left as it is; restore it from a backup, or start a new profile and read the data again.",
            ),
        ),
        OpenError::Newer(_) => told(
            C::NewerDatabase,
            Side::ThisComputer,
            false,
            word("This database was written by a newer Fairlead. Update Fairlead on this computer; the database was left as it is."),
        ),
        OpenError::Disk(trouble) => Told {
            message: say!("{trouble} Nothing was changed.", trouble = disk(*trouble)),
            ..told(C::Disk, Side::ThisComputer, true, "")
        },
        OpenError::Busy => {
            told(C::Busy, Side::ThisComputer, true, word("Another Fairlead holds this database. Close it, or try again in a moment."))
        }
        OpenError::Missing | OpenError::Exists | OpenError::Internal(_) => {
            told(C::Internal, Side::Fairlead, true, word("The database could not be opened. It was left as it is."))
        }
    }
}

pub(crate) fn clock_time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|at| at.strftime("%H:%M").to_string()).unwrap_or_default()
}
