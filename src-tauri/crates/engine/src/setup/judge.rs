//! How the steps stand: what was said, held against what Codat shows. Pure.

use super::steps::{Proof, Step, Take};
use crate::view::{Millis, Ring, SetupCopy, SetupMark, SetupPage, SetupPath, SetupSaid, SetupState, SetupStep, SetupView, StatusPill};
use domain::display::shown;
use jiff::Timestamp;
use say::{say, word};
use std::fmt::Write as _;

/// What Codat shows of one proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) is_so: bool,
    pub(super) says: String,
}

/// `shown` tells of a proof, or nothing where Codat could not be asked.
pub(super) fn judged(steps: &[Step], said: &[SetupSaid], template: &str, shown: impl Fn(Proof) -> Option<Shown>) -> Vec<SetupStep> {
    let stand = |step: &Step| {
        let last = said.iter().rev().find(|said| said.step == step.key).cloned();
        let shows = step.proof.and_then(&shown);
        let state = state(last.as_ref().map(|said| said.mark), shows.as_ref().map(|shown| shown.is_so));
        SetupStep {
            key: step.key.to_owned(),
            title: say::word(step.title).to_owned(),
            whose: say::word(step.whose).to_owned(),
            says: say::word(step.says).to_owned(),
            expect: step.expect.map(|expect| say::word(expect).to_owned()),
            page: step.page.map(|(label, address)| SetupPage { label: say::word(label).to_owned(), address: address.to_owned() }),
            copy: step.take.iter().map(|take| taken(*take, template)).collect(),
            state,
            status: pill(state),
            shows: shows.map(|shown| shown.says),
            said: last.filter(|said| said.mark != SetupMark::Open),
        }
    };
    steps.iter().map(stand).collect()
}

fn state(said: Option<SetupMark>, shown: Option<bool>) -> SetupState {
    match (said, shown) {
        (_, Some(true)) => SetupState::Seen,
        (Some(SetupMark::Done), Some(false)) => SetupState::Differs,
        (Some(SetupMark::Done), None) => SetupState::Done,
        (Some(SetupMark::Waiting), _) => SetupState::Waiting,
        (Some(SetupMark::Open) | None, _) => SetupState::Open,
    }
}

fn pill(state: SetupState) -> StatusPill {
    let (ring, word) = match state {
        SetupState::Open => (Ring::Dotted, word("To do")),
        SetupState::Waiting => (Ring::Waiting, word("Waiting")),
        SetupState::Done => (Ring::Moored, word("Done")),
        SetupState::Seen => (Ring::Moored, word("Seen at Codat")),
        SetupState::Differs => (Ring::Half, word("Not so at Codat")),
    };
    StatusPill { ring, word: word.to_owned() }
}

fn taken(take: Take, template: &str) -> SetupCopy {
    match take {
        Take::Text(label, text) => SetupCopy { label: say::word(label).to_owned(), text: say::word(text).to_owned() },
        Take::Template => SetupCopy { label: say!("Redirect template"), text: template.to_owned() },
    }
}

pub(super) fn is_over(step: &SetupStep) -> bool {
    matches!(step.state, SetupState::Done | SetupState::Seen)
}

/// The first step that somebody here can do now.
pub(super) fn next(steps: &[SetupStep]) -> Option<&SetupStep> {
    steps.iter().find(|step| matches!(step.state, SetupState::Open | SetupState::Differs))
}

/// Where things stand, in a sentence.
pub(super) fn truth(steps: &[SetupStep]) -> String {
    if steps.is_empty() {
        return say!("Choose how you reach your customers\u{2019} banks.");
    }
    let over = steps.iter().filter(|step| is_over(step)).count();
    let waiting = steps.iter().find(|step| step.state == SetupState::Waiting);
    match (next(steps), waiting) {
        (None, None) => say!("Everything is set up."),
        (None, Some(waiting)) => {
            say!("{over} of {steps} done. Waiting: {title}.", over, steps = steps.len(), title = begun(&waiting.title))
        }
        (Some(next), None) => say!("{over} of {steps} done. Next: {title}.", over, steps = steps.len(), title = begun(&next.title)),
        (Some(next), Some(waiting)) => {
            let (waits, goes) = (begun(&waiting.title), begun(&next.title));
            say!("{over} of {steps} done. Waiting: {waits}. Meanwhile: {goes}.", over, steps = steps.len(), waits, goes)
        }
    }
}

/// The list as Markdown: what is done, who said so, and everything that was said.
pub(super) fn report(view: &SetupView) -> String {
    let way = match view.path {
        None => "no way chosen yet",
        Some(SetupPath::ThroughCodat) => "TrueLayer through Codat",
        Some(SetupPath::OwnTrueLayer) => "TrueLayer with an account of our own",
        Some(SetupPath::Plaid) => "Plaid",
        Some(SetupPath::BankingSandbox) => "Codat\u{2019}s banking sandbox",
    };
    let client = view.client.as_deref().map(|client| format!(", client {}", shown(client))).unwrap_or_default();
    let mut text = format!("# Set-up at Codat\n\n{way}{client}, looked at {}. {}\n\n", moment(view.checked_at), view.truth);
    for step in &view.steps {
        let tick = if is_over(step) { 'x' } else { ' ' };
        let said = step.said.as_ref().map(|said| format!(", says {} on {}", said.by, moment(said.at))).unwrap_or_default();
        let shows = step.shows.as_ref().map(|shows| format!(" {shows}")).unwrap_or_default();
        let _ = writeln!(text, "- [{tick}] {} ({}): {}{said}.{shows}", step.title, step.whose, step.status.word.to_lowercase());
    }
    if !view.said.is_empty() {
        text.push_str("\n## What was said\n\n");
    }
    for said in &view.said {
        let title = super::steps::step(&said.step).map_or(said.step.as_str(), |step| step.title);
        let mark = match said.mark {
            SetupMark::Open => "not done",
            SetupMark::Waiting => "waiting",
            SetupMark::Done => "done",
        };
        let _ = writeln!(text, "- {}, {}: {title}, {mark}", moment(said.at), said.by);
    }
    text
}

fn moment(at: Millis) -> String {
    Timestamp::from_millisecond(at.0).map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default()
}

/// A title inside a sentence.
fn begun(title: &str) -> String {
    if say::language() == say::Language::German {
        return title.to_owned();
    }
    let mut letters = title.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::steps::steps;
    use super::*;
    use crate::view::{Millis, SetupPath};

    fn said(step: &str, mark: SetupMark) -> SetupSaid {
        SetupSaid { step: step.into(), mark, by: "Ruth".into(), at: Millis(1) }
    }

    #[test]
    fn what_codat_shows_counts_for_more_than_what_was_said() {
        assert_eq!(state(None, Some(true)), SetupState::Seen, "nobody needs to tick what can be seen");
        assert_eq!(state(Some(SetupMark::Done), Some(false)), SetupState::Differs);
        assert_eq!(state(Some(SetupMark::Done), None), SetupState::Done, "offline, what was said stands");
        assert_eq!(state(Some(SetupMark::Waiting), Some(false)), SetupState::Waiting, "somebody else's turn is no contradiction");
        assert_eq!(state(Some(SetupMark::Open), Some(false)), SetupState::Open);
    }

    #[test]
    fn the_last_word_stands_and_may_be_taken_back() {
        let ways = steps(SetupPath::ThroughCodat);
        let told = [
            said("tell", SetupMark::Waiting),
            said("tell", SetupMark::Done),
            said("account", SetupMark::Done),
            said("account", SetupMark::Open),
        ];
        let stand = judged(&ways, &told, "", |_| None);
        let of = |key: &str| stand.iter().find(|step| step.key == key).expect("a step");
        assert_eq!(of("tell").state, SetupState::Done);
        assert!(of("account").state == SetupState::Open && of("account").said.is_none());
    }

    #[test]
    fn the_sentence_names_what_waits_and_what_can_be_done_meanwhile() {
        let ways = steps(SetupPath::ThroughCodat);
        let told = [said("agent", SetupMark::Done), said("tell", SetupMark::Done), said("agreement", SetupMark::Waiting)];
        let stand = judged(&ways, &told, "", |_| None);
        assert_eq!(truth(&stand), "2 of 10 done. Waiting: sign the agreement. Meanwhile: make a TrueLayer developer account.");
        assert_eq!(next(&stand).map(|step| step.key.as_str()), Some("account"));
        let all = judged(&ways, &[], "", |_| Some(Shown { is_so: true, says: String::new() }));
        assert_eq!(all.iter().filter(|step| is_over(step)).count(), 5, "what can be seen at Codat");
        assert_eq!(truth(&[]), "Choose how you reach your customers\u{2019} banks.");
    }
}
