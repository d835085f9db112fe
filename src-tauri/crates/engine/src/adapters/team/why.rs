//! Why a wish waits at a worker or was refused, as it is kept on the team's server: the worker's error, for the desktop to say as if it had asked itself.

use crate::ports::{SourceError, Told};
use serde::{Deserialize, Serialize};

#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    what: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    correlation_id: Option<String>,
    #[serde(default)]
    until: i64,
}

/// The error in words that are kept.
pub(crate) fn kept(error: &SourceError) -> String {
    use SourceError as E;
    let (what, told, until) = match error {
        E::Offline => ("offline", None, 0),
        E::Lost => ("lost", None, 0),
        E::Untrusted => ("untrusted", None, 0),
        E::CaptivePortal => ("captive", None, 0),
        E::Unreadable(_) | E::TooLarge => ("unreadable", None, 0),
        E::Down(told) => ("down", Some(told), 0),
        E::KeyRefused(told) => ("key-refused", Some(told), 0),
        E::Forbidden(told) => ("forbidden", Some(told), 0),
        E::PlanLimit(told) => ("plan-limit", Some(told), 0),
        E::Limited(until) => ("limited", None, *until),
        E::NotFound(told) => ("not-found", Some(told), 0),
        E::Refused(told) => ("refused", Some(told), 0),
        E::Team(_) | E::NotHere(_) | E::Outbox(_) | E::BegunBy(..) => ("failed", None, 0),
    };
    let (message, correlation_id) = told.map(|told| (told.message.clone(), told.correlation_id.clone())).unwrap_or_default();
    serde_json::to_string(&Kept { what: what.into(), message, correlation_id, until }).unwrap_or_default()
}

/// The error that was kept; none of a word that another version wrote.
pub(crate) fn read(text: &str) -> Option<SourceError> {
    use SourceError as E;
    let Kept { what, message, correlation_id, until } = serde_json::from_str(text).ok()?;
    let told = Told { message, correlation_id };
    Some(match what.as_str() {
        "offline" => E::Offline,
        "lost" => E::Lost,
        "untrusted" => E::Untrusted,
        "captive" => E::CaptivePortal,
        "unreadable" => E::Unreadable("what a worker was sent".into()),
        "down" => E::Down(told),
        "key-refused" => E::KeyRefused(told),
        "forbidden" => E::Forbidden(told),
        "plan-limit" => E::PlanLimit(told),
        "limited" => E::Limited(until),
        "not-found" => E::NotFound(told),
        "refused" => E::Refused(told),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_worker_was_told_reaches_the_desktop_as_it_was() {
        let told = || Told { message: "No such bank.".into(), correlation_id: Some("c-1".into()) };
        for error in [
            SourceError::Offline,
            SourceError::Lost,
            SourceError::Untrusted,
            SourceError::CaptivePortal,
            SourceError::Down(told()),
            SourceError::KeyRefused(told()),
            SourceError::Forbidden(told()),
            SourceError::PlanLimit(told()),
            SourceError::Limited(1_800_000_000_000),
            SourceError::NotFound(told()),
            SourceError::Refused(told()),
        ] {
            assert_eq!(read(&kept(&error)), Some(error));
        }
        assert_eq!((read("{}"), read(r#"{"what":"novel"}"#)), (None, None), "a later version's word is no error of this one");
    }
}
