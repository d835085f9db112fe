//! Why it did not work: whose side, what happened, what to do, what to say. Never the customer's doing unless the code says so.

use crate::view::{Problem, Side};

/// What Codat's error of a connection means.
pub(crate) fn of_connection(code: &str, text: Option<&str>, bank: &str) -> Problem {
    let problem = |side, what: String, done: &str, say: &str| Problem {
        side,
        what,
        done: Some(done.to_owned()),
        say: Some(say.to_owned()),
        correlation_id: None,
    };
    match code {
        "403" => problem(
            Side::Nobody,
            "They came back without connecting. Nothing was lost.".into(),
            "The case is kept: continue with the same connection at any time.",
            "No problem \u{2014} would you like to carry on now, or should I send the link?",
        ),
        "501" => problem(
            Side::Bank,
            format!("{bank} can\u{2019}t be connected this way. We noted it."),
            "Choose another bank, or take statements for this one.",
            "We\u{2019}ll take statements for this one.",
        ),
        "401" => problem(
            Side::Bank,
            format!("{bank} stopped sharing: the consent ended. Data up to then is still here."),
            "Hand over a link to renew; the same connection is used again.",
            "Your bank asks you to re-confirm from time to time; it takes a minute.",
        ),
        _ => Problem {
            side: Side::Bank,
            what: format!("{bank} or the connection service had a problem. It is not something the customer did."),
            done: Some(text.map_or_else(
                || "The same link can be tried again.".to_owned(),
                |text| format!("Codat noted: {}", domain::display::shown(text)),
            )),
            say: Some("The bank\u{2019}s side had a hiccup; let\u{2019}s try once more in a minute.".into()),
            correlation_id: None,
        },
    }
}

/// What Codat says of a link whose customer had a problem at the bank, with our own experience, so that nobody blames the customer for a bank's bad day.
pub(crate) fn with_experience(mut problem: Problem, code: &str, last: &[bool]) -> Problem {
    let good = last.iter().filter(|linked| **linked).count();
    if code == "500" && !last.is_empty() {
        problem.what = format!("{} {good} of your last {} attempts here worked.", problem.what, last.len());
    }
    problem
}

/// Deleted in the Portal, or by another program with the same key.
pub(crate) fn deleted(bank: &str) -> Problem {
    Problem {
        side: Side::Codat,
        what: format!("The connection to {bank} was deleted at Codat. Nothing that was read is lost."),
        done: Some("Fairlead stopped asking. Begin again with the same reference to make a new one.".into()),
        say: None,
        correlation_id: None,
    }
}

/// Links work once, for a day.
pub(crate) fn link_expired() -> Problem {
    Problem {
        side: Side::Nobody,
        what: "This link has expired: links work once, for a day.".into(),
        done: Some("Hand over a new link; the same connection is used.".into()),
        say: Some("I\u{2019}m sending you a fresh one.".into()),
        correlation_id: None,
    }
}

/// The browser came back some time ago, and Codat still says pending.
pub(crate) fn not_confirmed_yet(bank: &str) -> Problem {
    Problem {
        side: Side::Codat,
        what: format!("They came back from {bank}; Codat hasn\u{2019}t confirmed yet."),
        done: Some("Fairlead goes on checking. At some banks a second person must approve first.".into()),
        say: Some("You can close the page; we have what we need from you.".into()),
        correlation_id: None,
    }
}

/// They visited the bank, and it was linked before already.
pub(crate) fn nothing_new(bank: &str) -> Problem {
    Problem {
        side: Side::Nobody,
        what: format!("They already had this connection to {bank}; nothing changed."),
        done: Some("Its data was asked for once more. Check the connection, or add another bank.".into()),
        say: None,
        correlation_id: None,
    }
}

/// What a failed read means.
pub(crate) fn of_dataset(status: &str, error: Option<&str>, bank: &str) -> Problem {
    let problem = |side, what: String, done: &str| Problem { side, what, done: Some(done.to_owned()), say: None, correlation_id: None };
    match status.to_ascii_lowercase().as_str() {
        "fetcherror" => problem(
            Side::Bank,
            error.map_or_else(|| format!("{bank} did not answer in time."), |error| format!("{bank}: {}", domain::display::shown(error))),
            "What was read before is kept. A large first read often works the second time: refresh again in a few minutes.",
        ),
        "autherror" => problem(
            Side::Bank,
            format!("{bank} no longer accepts the consent."),
            "Hand over a link to renew; the same connection is used again.",
        ),
        "permissionserror" => problem(
            Side::Bank,
            format!("The person who signed in may not share this at {bank}."),
            "Ask who else can sign in for the company, and hand over the link to them.",
        ),
        "ratelimiterror" => {
            problem(Side::Bank, format!("{bank} limits how often it may be read."), "Fairlead keeps what is there. Try again later today.")
        }
        "cancelled" => problem(Side::Codat, "The read was cancelled at Codat.".into(), "Refresh to read again."),
        "prerequisitenotmet" | "prerequisitesnotmet" => {
            problem(Side::Codat, "Another data type must be read first.".into(), "Refresh all four.")
        }
        _ => problem(
            Side::Codat,
            error.map_or_else(
                || "Codat could not process what the bank sent.".into(),
                |error| format!("Codat: {}", domain::display::shown(error)),
            ),
            "What was read before is kept. Refresh to try again.",
        ),
    }
}
