//! How a command ends: a document, words for a person, an exit code.

use engine::view::{ErrorCode, Side};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::ExitCode;

/// Exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    NeedsOperator = 3,
    Offline = 4,
}

impl Exit {
    /// Whether a person must act, waiting helps, or neither.
    pub(crate) fn of(code: ErrorCode) -> Self {
        match code {
            ErrorCode::Locked
            | ErrorCode::Managed
            | ErrorCode::NoProfile
            | ErrorCode::KeyRefused
            | ErrorCode::Forbidden
            | ErrorCode::Keychain
            | ErrorCode::KeyMissing => Self::NeedsOperator,
            ErrorCode::Limited | ErrorCode::Offline | ErrorCode::CaptivePortal | ErrorCode::CodatDown | ErrorCode::OutcomeUnknown => {
                Self::Offline
            }
            ErrorCode::BadRequest
            | ErrorCode::NotFound
            | ErrorCode::PlanLimit
            | ErrorCode::Untrusted
            | ErrorCode::Unreadable
            | ErrorCode::BankUnavailable
            | ErrorCode::UnsafeLink
            | ErrorCode::Damaged
            | ErrorCode::NewerDatabase
            | ErrorCode::Disk
            | ErrorCode::Busy
            | ErrorCode::Internal => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Answer {
    /// For machines.
    pub(crate) document: Value,
    /// For a person.
    pub(crate) words: String,
    pub(crate) exit: Exit,
}

impl Answer {
    /// The command printed its document itself.
    pub(crate) fn printed() -> Self {
        Self { document: Value::Null, words: String::new(), exit: Exit::Done }
    }

    pub(crate) fn done(document: &impl Serialize, words: impl Into<String>) -> Self {
        Self { document: serde_json::to_value(document).unwrap_or_default(), words: words.into(), exit: Exit::Done }
    }

    pub(crate) fn print(self, json: bool) -> ExitCode {
        let text = match &self.document {
            Value::Null => String::new(),
            document if json => document.to_string(),
            _ => self.words.trim_end().to_owned(),
        };
        if !text.is_empty() && writeln!(std::io::stdout().lock(), "{text}").is_err() {
            // The reader is gone.
            return Exit::Failed.into();
        }
        self.exit.into()
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    code: String,
    message: String,
    side: Option<Side>,
    detail: Option<String>,
    correlation_id: Option<String>,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, ..Self::failed("usage", message) }
    }

    pub(crate) fn needs_operator(code: &str, message: impl Into<String>) -> Self {
        Self { exit: Exit::NeedsOperator, ..Self::failed(code, message) }
    }

    pub(crate) fn failed(code: &str, message: impl Into<String>) -> Self {
        Self { exit: Exit::Failed, code: code.into(), message: message.into(), side: None, detail: None, correlation_id: None }
    }

    /// The sentence for a person.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn print(self, json: bool) -> ExitCode {
        if json {
            let error = json!({
                "code": self.code, "message": self.message, "side": self.side, "detail": self.detail, "correlationId": self.correlation_id,
            });
            // The reader may be gone; the exit code still tells.
            let _ = writeln!(std::io::stdout().lock(), "{}", json!({ "error": error }));
        }
        let mut words = format!("fairlead: {}", self.message);
        if let Some(detail) = &self.detail {
            words = format!("{words}\n  Codat or the system said: {detail}");
        }
        if let Some(id) = &self.correlation_id {
            words = format!("{words}\n  For Codat's support: {id}");
        }
        crate::progress::say(&words);
        self.exit.into()
    }
}

impl From<engine::Error> for Failure {
    fn from(error: engine::Error) -> Self {
        Self::of(&error)
    }
}

impl From<engine::worker::Trouble> for Failure {
    fn from(trouble: engine::worker::Trouble) -> Self {
        match trouble {
            engine::worker::Trouble::Team(error) => error.into(),
            engine::worker::Trouble::Source(error) => engine::Error::from(error).into(),
            engine::worker::Trouble::Setup(why) => Self::usage(why),
        }
    }
}

impl From<team::Error> for Failure {
    fn from(error: team::Error) -> Self {
        let (code, exit) = match &error {
            team::Error::Address(_) => ("usage", Exit::Usage),
            team::Error::Away => ("offline", Exit::Offline),
            team::Error::Untrusted | team::Error::NoTls => ("untrusted", Exit::NeedsOperator),
            team::Error::Refused | team::Error::NoLogin => ("keyRefused", Exit::NeedsOperator),
            team::Error::NoRights => ("forbidden", Exit::NeedsOperator),
            team::Error::NoDatabase | team::Error::NotSetUp | team::Error::Older { .. } => ("notSetUp", Exit::NeedsOperator),
            team::Error::Newer { .. } | team::Error::OldServer(_) => ("newerDatabase", Exit::NeedsOperator),
            team::Error::LeaseLost | team::Error::Failed(_) => ("team", Exit::Failed),
        };
        Self { exit, ..Self::failed(code, error.to_string()) }
    }
}

impl Failure {
    /// The same with one more way out.
    pub(crate) fn hinting(self, hint: Option<&str>) -> Self {
        match hint {
            Some(hint) => Self { message: format!("{} {hint}", self.message), ..self },
            None => self,
        }
    }

    pub(crate) fn of(error: &engine::Error) -> Self {
        let wire = error.wire(String::new());
        let code = serde_json::to_value(wire.code).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default();
        Self {
            exit: Exit::of(wire.code),
            code,
            message: wire.message,
            side: Some(wire.side),
            detail: wire.detail,
            correlation_id: wire.correlation_id,
        }
    }
}

/// A decimal text as a JSON number, for example seconds.
pub(crate) fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// Milliseconds as seconds with three decimals.
pub(crate) fn seconds(ms: u128) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}
