//! How an attempt looks, with what only time can tell: a link that grew old, a confirmation that is late.

use crate::companies::{bank_mark, connection_pill, history_of};
use crate::engine::Engine;
use crate::error::Result;
use crate::links::attempts::{Handed, addressee, handed};
use crate::links::causes;
use crate::links::change::{kept_problem, stage};
use crate::links::creation::still_finding_out;
use crate::links::hand_over::{LIFE_MS, letter_to, mail_to};
use crate::view::{AttemptStage, AttemptView, BankMark, DoorUse, Millis, Problem, Ring, StatusPill};
use crate::words::{About, UNNAMED};
use say::say;
use store::{Attempt, OpState};

/// Stands in a mail where the link will be, which is fetched at the moment of sending.
const NO_LINK_YET: &str = "\u{2026}";

/// Codat usually confirms within seconds; after this long the screen says that it has not.
const LATE_MS: i64 = 2 * 60_000;

impl Engine {
    /// An attempt as it stands.
    ///
    /// # Errors
    /// When it is not here.
    pub async fn attempt(&self, id: String) -> Result<AttemptView> {
        let attempt = self.kept_attempt(&id).await?;
        self.attempt_view(attempt).await
    }

    /// Attempts of which more is to come.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open_attempts(&self) -> Result<Vec<AttemptView>> {
        let mut views = vec![];
        for attempt in self.store(store::Store::open_attempts).await? {
            views.push(self.attempt_view(attempt).await?);
        }
        Ok(views)
    }

    pub(crate) async fn attempt_view(&self, attempt: Attempt) -> Result<AttemptView> {
        let item = match attempt.company.clone() {
            Some(id) => self.store(move |store| store.company(&id)).await?,
            None => None,
        };
        let problem = self.problem_of_attempt(&attempt).await?;
        let stored_name = item.as_ref().map(|item| item.company.name.clone());
        let connections = item.as_ref().map(|item| item.connections.as_slice()).unwrap_or_default();
        let own = connections.iter().find(|found| Some(&found.id) == attempt.connection.as_ref());
        let sync = match own {
            Some(connection) if connection.linked_at.is_some() => self.sync_rows(connection).await?,
            _ => vec![],
        };
        let typed = Some(&attempt.typed_name).filter(|typed| !typed.is_empty());
        let is_renamed = stored_name.as_ref().is_some_and(|stored| typed.is_some_and(|typed| typed != stored));
        let (doors, to) = (handed(&attempt), addressee(&attempt));
        let company_name = domain::display::shown(&stored_name.unwrap_or_else(|| attempt.typed_name.clone()));
        // A view asks Codat nothing.
        let client = self.kept_client_name().await.unwrap_or_else(|| UNNAMED.to_owned());
        let about = About { client: &client, company: &company_name, bank: &attempt.bank_name, name: to.name.as_deref() };
        let mail = mail_to(&to, letter_to(own), about, NO_LINK_YET);
        Ok(AttemptView {
            id: attempt.id.clone(),
            company_id: attempt.company.clone(),
            typed_name: is_renamed.then(|| domain::display::shown(&attempt.typed_name)),
            company_name,
            bank: BankMark {
                key: attempt.bank_key.clone(),
                name: domain::display::shown(&attempt.bank_name),
                status: own.map_or_else(
                    || StatusPill { ring: Ring::Dotted, word: say!("Draft") },
                    |own| connection_pill(own, sync.iter().any(|row| row.status.ring == Ring::Running)),
                ),
            },
            logo: self.logo_of(&attempt.bank_key).await?,
            stage: stage(&attempt),
            connection_id: attempt.connection.clone(),
            doors: doors.iter().map(|handed| DoorUse { door: handed.door, at: Millis(handed.at) }).collect(),
            started_at: Millis(attempt.started_at),
            last_check: attempt.last_check.map(Millis),
            next_check: attempt.next_check.map(Millis),
            until: attempt.until.map(Millis),
            problem,
            history: own.and_then(history_of),
            sync,
            connections: connections
                .iter()
                .filter(|found| found.linked_at.is_some_and(|at| at >= attempt.started_at))
                .map(bank_mark)
                .collect(),
            addressee: to,
            mail,
            note: self.bank_note(&attempt.bank_key).await,
        })
    }

    async fn problem_of_attempt(&self, attempt: &Attempt) -> Result<Option<Problem>> {
        if let Some(kept) = attempt.problem.as_deref().and_then(kept_problem) {
            return Ok(Some(kept));
        }
        if stage(attempt) != AttemptStage::Creating {
            return Ok(told_by_time(attempt, &handed(attempt), self.now()));
        }
        let op = attempt.company_op.clone().filter(|_| attempt.company.is_none()).or_else(|| attempt.connection_op.clone());
        let Some(op) = op else { return Ok(None) };
        let op = self.store(move |store| store.op(&op)).await?;
        Ok(op.filter(|op| op.state == OpState::Unknown).map(|_| still_finding_out()))
    }
}

/// What nobody said but the clock does.
fn told_by_time(attempt: &Attempt, doors: &[Handed], now: i64) -> Option<Problem> {
    let last_handed = doors.last()?.at;
    let stage = stage(attempt);
    if matches!(stage, AttemptStage::Waiting | AttemptStage::Parked) && now - last_handed >= LIFE_MS {
        return Some(causes::link_expired());
    }
    // A ring begins the wait anew, so its end tells when the customer came back.
    let came_back = attempt.until.map(domain::ladder::began)?;
    (stage == AttemptStage::Returned && now - came_back >= LATE_MS).then(|| causes::not_confirmed_yet(&attempt.bank_name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::Stage;
    use crate::view::{Door, Side};

    const NOW: i64 = 1_800_000_000_000;

    fn told(stage: AttemptStage, handed_ago: i64, began_ago: i64) -> Option<Problem> {
        let attempt = Attempt {
            stage: Stage(stage).word(),
            bank_name: "NatWest".into(),
            until: Some(domain::ladder::waits_until(NOW - began_ago)),
            ..Attempt::default()
        };
        let doors = [Handed { door: Door::Copy, at: NOW - handed_ago, known_problem: None, was_linked: false }];
        told_by_time(&attempt, &doors, NOW)
    }

    #[test]
    fn a_link_grows_old_and_a_confirmation_may_be_late_without_anybodys_fault() {
        assert_eq!(told(AttemptStage::Waiting, 1_000, 1_000), None, "nothing is wrong with waiting");
        assert!(told(AttemptStage::Parked, LIFE_MS, LIFE_MS).is_some_and(|problem| problem.what.contains("expired")));
        assert_eq!(told(AttemptStage::Complete, LIFE_MS, LIFE_MS), None, "what is linked needs no link");
        assert_eq!(told(AttemptStage::Returned, 300_000, 1_000), None);
        let late = told(AttemptStage::Returned, 300_000, LATE_MS).expect("late");
        assert!(late.what.contains("NatWest") && late.side == Side::Codat, "{late:?}");
    }
}
