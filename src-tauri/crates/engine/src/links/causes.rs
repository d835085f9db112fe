//! Why it did not work: whose side, what happened, what to do, what to say. Never the customer's doing unless the code says so.

use crate::view::{Problem, Side};
use say::{later, say, word};
use store::Attempt;

/// What goes on after somebody else of the team began.
const GO_ON: &str = later!("You go on with the same company; nothing was made twice.");

/// Somebody else of the team onboards the same customer: a problem that is kept.
pub(crate) fn begun_by(who: &str, at: i64) -> Problem {
    let (who, at) = (domain::display::shown(who), crate::error::clock_time(at));
    let what = say::plainly(|| say!("{who} of your team began to onboard this customer at {at} UTC.", who, at));
    Problem { side: Side::Nobody, what, done: Some(GO_ON.into()), say: None, correlation_id: None }
}

/// What went well clears what was wrong; who else is at it stays told.
pub(crate) fn clear(attempt: &mut Attempt) {
    let is_note = attempt
        .problem
        .as_ref()
        .is_some_and(|kept| serde_json::from_str::<Problem>(kept).is_ok_and(|problem| problem.done.as_deref() == Some(GO_ON)));
    if !is_note {
        attempt.problem = None;
    }
}

/// There is an answer: that nobody gave one is over.
pub(crate) fn answered(attempt: &mut Attempt) {
    let was_waiting = attempt.problem.as_ref().is_some_and(|kept| {
        serde_json::from_str::<Problem>(kept)
            .is_ok_and(|problem| problem.side == Side::Nobody && problem.done.is_none() && problem.say.is_none())
    });
    if was_waiting {
        attempt.problem = None;
    }
}

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
            say!("They came back without connecting. Nothing was lost."),
            word("The case is kept: continue with the same connection at any time."),
            word("No problem \u{2014} would you like to carry on now, or should I send the link?"),
        ),
        "501" => problem(
            Side::Bank,
            say!("{bank} can\u{2019}t be connected this way. We noted it.", bank),
            word("Choose another bank, or take statements for this one."),
            word("We\u{2019}ll take statements for this one."),
        ),
        "401" => problem(
            Side::Bank,
            say!("{bank} stopped sharing: the consent ended. Data up to then is still here.", bank),
            word("Hand over a link to renew; the same connection is used again."),
            word("Your bank asks you to re-confirm from time to time; it takes a minute."),
        ),
        _ => Problem {
            side: Side::Bank,
            what: say!("{bank} or the connection service had a problem. It is not something the customer did.", bank),
            done: Some(text.map_or_else(
                || say!("The same link can be tried again."),
                |text| say!("Codat noted: {text}", text = domain::display::shown(text)),
            )),
            say: Some(say!("The bank\u{2019}s side had a hiccup; let\u{2019}s try once more in a minute.")),
            correlation_id: None,
        },
    }
}

/// What Codat says of a link whose customer had a problem at the bank, with our own experience, so that nobody blames the customer for a bank's bad day.
pub(crate) fn with_experience(mut problem: Problem, code: &str, last: &[bool]) -> Problem {
    let good = last.iter().filter(|linked| **linked).count();
    if code == "500" && !last.is_empty() {
        problem.what = say!("{what} {good} of your last {last} attempts here worked.", what = problem.what, good, last = last.len());
    }
    problem
}

/// Deleted in the Portal, or by another program with the same key.
pub(crate) fn deleted(bank: &str) -> Problem {
    Problem {
        side: Side::Codat,
        what: say!("The connection to {bank} was deleted at Codat. Nothing that was read is lost.", bank),
        done: Some(say!("Fairlead stopped asking. Begin again with the same reference to make a new one.")),
        say: None,
        correlation_id: None,
    }
}

/// Links work once, for a day.
pub(crate) fn link_expired() -> Problem {
    Problem {
        side: Side::Nobody,
        what: say!("This link has expired: links work once, for a day."),
        done: Some(say!("Hand over a new link; the same connection is used.")),
        say: Some(say!("I\u{2019}m sending you a fresh one.")),
        correlation_id: None,
    }
}

/// The browser came back some time ago, and Codat still says pending.
pub(crate) fn not_confirmed_yet(bank: &str) -> Problem {
    Problem {
        side: Side::Codat,
        what: say!("They came back from {bank}; Codat hasn\u{2019}t confirmed yet.", bank),
        done: Some(say!("Fairlead goes on checking. At some banks a second person must approve first.")),
        say: Some(say!("You can close the page; we have what we need from you.")),
        correlation_id: None,
    }
}

/// They visited the bank, and it was linked before already.
pub(crate) fn nothing_new(bank: &str) -> Problem {
    Problem {
        side: Side::Nobody,
        what: say!("They already had this connection to {bank}; nothing changed.", bank),
        done: Some(say!("Its data was asked for once more. Check the connection, or add another bank.")),
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
            error
                .map_or_else(|| say!("{bank} did not answer in time.", bank), |error| format!("{bank}: {}", domain::display::shown(error))),
            word("What was read before is kept. A large first read often works the second time: refresh again in a few minutes."),
        ),
        "autherror" => problem(
            Side::Bank,
            say!("{bank} no longer accepts the consent.", bank),
            word("Hand over a link to renew; the same connection is used again."),
        ),
        "permissionserror" => problem(
            Side::Bank,
            say!("The person who signed in may not share this at {bank}.", bank),
            word("Ask who else can sign in for the company, and hand over the link to them."),
        ),
        "ratelimiterror" => problem(
            Side::Bank,
            say!("{bank} limits how often it may be read.", bank),
            word("Fairlead keeps what is there. Try again later today."),
        ),
        "cancelled" => problem(Side::Codat, say!("The read was cancelled at Codat."), word("Refresh to read again.")),
        "prerequisitenotmet" | "prerequisitesnotmet" => {
            problem(Side::Codat, say!("Another data type must be read first."), word("Refresh all four."))
        }
        _ => problem(
            Side::Codat,
            error.map_or_else(
                || say!("Codat could not process what the bank sent."),
                |error| say!("Codat: {error}", error = domain::display::shown(error)),
            ),
            word("What was read before is kept. Refresh to try again."),
        ),
    }
}
