//! What Codat's answer means for an attempt. The truth is the connection's status; nothing that came with a return is looked at here.

use crate::calm::in_background;
use crate::engine::Engine;
use crate::error::Result;
use crate::links::attempts::{Handed, handed};
use crate::links::causes;
use crate::links::change::{ENDED, event, set_problem, set_stage, stage};
use crate::ports::{CompanyTold, Queued, SourceError};
use crate::view::{AttemptStage, Problem};
use domain::data_type::DataType;
use say::say;
use store::{Attempt, ConnectionEntry, DatasetEntry, Event};

/// Seen linked within this time after the last look, it was linked just now.
const PROMPT_MS: i64 = 30_000;
/// So many attempts are few.
const FEW: usize = 3;
/// Two computers' clocks may differ by this.
const CLOCKS_MS: i64 = 5 * 60_000;

impl Engine {
    /// Takes in the answer to a question that was asked at `asked`. The reads come first: some banks give full history for five minutes only.
    pub(crate) async fn answered(&self, attempt: &Attempt, told: CompanyTold, asked: i64) -> Result<()> {
        let connections = told.1.clone();
        let before = self.store({
            let company = told.0.id.clone();
            move |store| Ok(store.company(&company)?.map(|item| item.connections).unwrap_or_default())
        });
        let before = before.await?;
        self.take_in(told, attempt.connection.clone().map(|id| (id, attempt.bank_key.clone())), asked).await?;
        for connection in connections.iter().filter(|found| found.status == "Linked" && is_of_this_link(attempt, found, &before)) {
            self.linked(attempt, connection, asked).await?;
        }
        self.judge(attempt, &connections, asked).await
    }

    /// All four reads of a connection that is linked now. Asked again until all four were.
    async fn linked(&self, attempt: &Attempt, connection: &ConnectionEntry, asked: i64) -> Result<()> {
        let (id, company) = (connection.id.clone(), connection.company.clone());
        let known = self
            .store(move |store| Ok(store.company(&company)?.and_then(|item| item.connections.into_iter().find(|found| found.id == id))));
        let known = known.await?;
        let was_linked = handed(attempt).last().is_some_and(|handed| handed.was_linked);
        let came_back = stage(attempt) == AttemptStage::Returned && was_linked && new_problem(attempt, connection).is_none();
        if known.as_ref().is_some_and(|known| known.linked_at.is_some() && known.queued_at.is_some()) && !came_back {
            return Ok(());
        }
        let last_look = last_look(attempt);
        let (linked_at, mut begun) =
            if asked - last_look <= PROMPT_MS { (asked, vec![]) } else { self.when_linked(connection, last_look).await };
        let id = connection.id.clone();
        let first = self.store(move |store| store.first_seen_linked(&id, linked_at)).await?;
        let missing: Vec<DataType> =
            DataType::ALL.into_iter().filter(|data_type| begun.iter().all(|(there, _)| there != data_type)).collect();
        self.queue_all(connection, &missing).await?;
        let done = self.now();
        // Reads that Codat began by itself began then; the rest began now.
        begun.extend(missing.iter().map(|data_type| (*data_type, done)));
        let queued_at = begun.iter().map(|(_, at)| *at).max().unwrap_or(done);
        let mut told = event(attempt, "linked", asked);
        told.connection = Some(connection.id.clone());
        told.bank_key = connection.bank_key.clone().or(told.bank_key);
        told.detail = Some(say::plainly(|| {
            let seconds = format!("{}.{}", (queued_at - linked_at) / 1_000, (queued_at - linked_at) % 1_000 / 100);
            say!("All four reads begun {seconds} s after linking", seconds)
        }));
        let id = connection.id.clone();
        self.store(move |store| {
            store.all_queued(&id, queued_at)?;
            if first { store.record(&told) } else { Ok(()) }
        })
        .await
    }

    /// When a connection was linked that we did not look at for a while: Codat begins reading by itself then. Where it did not, the earliest moment
    /// possible stands, so that a window is never called met that may have been missed.
    async fn when_linked(&self, connection: &ConnectionEntry, last_look: i64) -> (i64, Vec<(DataType, i64)>) {
        let reads = match self.inner.source.history(&connection.company).await {
            Ok(reads) => reads,
            Err(error) => {
                tracing::info!(connection.id = %connection.id, %error, "when a connection was linked could not be found out");
                return (last_look, vec![]);
            }
        };
        let begun = first_reads(&reads, &connection.id, last_look);
        (begun.iter().map(|(_, at)| *at).min().unwrap_or(last_look), begun)
    }

    /// Asks for reads, all at once. A bank that does not have a type has answered; anything else is asked again with the next look.
    async fn queue_all(&self, connection: &ConnectionEntry, types: &[DataType]) -> Result<()> {
        let asked = types.iter().map(|data_type| self.inner.source.queue(&connection.company, &connection.id, *data_type));
        let answers = futures::future::join_all(asked).await;
        let (mut datasets, mut failed) = (vec![], None);
        for (data_type, answer) in types.iter().zip(answers) {
            match answer {
                Ok(Queued::New(dataset)) => datasets.push(dataset),
                // Codat starts reads itself on first link: one that runs already is what we wanted.
                Ok(Queued::Running(_)) => {}
                Err(SourceError::Refused(told) | SourceError::NotFound(told)) => {
                    tracing::info!(connection.id = %connection.id, %data_type, %told, "a read was refused");
                }
                Err(error) => failed = Some(error),
            }
        }
        datasets.retain(|dataset| dataset.company == connection.company && dataset.connection == connection.id);
        self.store(move |store| store.keep_datasets(&datasets)).await?;
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    /// What the answer means for the attempt.
    async fn judge(&self, attempt: &Attempt, connections: &[ConnectionEntry], now: i64) -> Result<()> {
        let own = connections.iter().find(|found| Some(&found.id) == attempt.connection.as_ref()).cloned();
        let experience = self.experience(&attempt.bank_key).await?;
        self.change(&attempt.id, move |attempt| {
            attempt.last_check = Some(now.max(attempt.last_check.unwrap_or(now)));
            attempt.next_check = None;
            match verdict(attempt, own.as_ref(), &experience) {
                Verdict::Pending => {
                    causes::answered(attempt);
                    None
                }
                Verdict::Settled => None,
                Verdict::Gone => Some(gone(attempt, now)),
                Verdict::Linked { again } => {
                    set_stage(attempt, AttemptStage::Reading);
                    let note = again.then(|| say::plainly(|| causes::nothing_new(&attempt.bank_name)));
                    set_problem(attempt, note.as_ref());
                    (!again).then(|| ended(attempt, "linked", now))
                }
                Verdict::Failed(problem, outcome) => {
                    let is_known = stage(attempt) == AttemptStage::NotLinked;
                    set_stage(attempt, AttemptStage::NotLinked);
                    set_problem(attempt, Some(&problem));
                    (!is_known).then(|| ended(attempt, outcome, now))
                }
            }
        })
        .await?;
        Ok(())
    }

    async fn experience(&self, bank_key: &str) -> Result<Vec<bool>> {
        let key = bank_key.to_owned();
        let records = self.store(store::Store::bank_records).await?;
        Ok(records.into_iter().find(|record| record.key == key).map(|record| record.last).unwrap_or_default())
    }

    /// The company is not at Codat any more.
    pub(crate) async fn gone(&self, id: &str) -> Result<()> {
        let now = self.now();
        self.change(id, move |attempt| Some(gone(attempt, now))).await?;
        Ok(())
    }

    /// Linked: follow the reads, fetch what they bring, and say how it ended.
    pub(crate) async fn read_and_settle(&self, attempt: &Attempt) -> Result<()> {
        let company = attempt.company.clone().unwrap_or_default();
        // Where many read at once, looking at them must not stand in the way of what still has to be queued.
        let good =
            if self.inner.watchers.count() > FEW { in_background(self.follow(&company)).await? } else { self.follow(&company).await? };
        // What came back is noted now, so that the next renewal is held against it.
        let known = company.clone();
        if let Some(item) = self.store(move |store| store.company(&known)).await? {
            self.note_business(&item).await?;
        }
        self.change(&attempt.id, move |attempt| {
            if stage(attempt) == AttemptStage::Reading {
                set_stage(attempt, if good { AttemptStage::Complete } else { AttemptStage::ReadFailed });
                attempt.ended = true;
            }
            None
        })
        .await?;
        Ok(())
    }
}

enum Verdict {
    Pending,
    Gone,
    /// Linked; `again` = it was before, and somebody visited the bank once more.
    Linked {
        again: bool,
    },
    /// Linked, and we knew.
    Settled,
    Failed(Problem, &'static str),
}

fn verdict(attempt: &Attempt, own: Option<&ConnectionEntry>, experience: &[bool]) -> Verdict {
    let Some(own) = own else { return Verdict::Gone };
    let doors = handed(attempt);
    let problem = new_problem(attempt, own);
    if own.status == "Linked" {
        let was_linked = doors.last().is_some_and(|handed| handed.was_linked);
        return match stage(attempt) {
            AttemptStage::Reading | AttemptStage::Complete => Verdict::Settled,
            // They left: the consent that stood stands.
            AttemptStage::Returned if was_linked => {
                problem.map_or(Verdict::Linked { again: true }, |code| failed(attempt, code, own, experience))
            }
            // It was linked when the link was handed over, and nobody came back yet.
            _ if was_linked => Verdict::Pending,
            _ => Verdict::Linked { again: false },
        };
    }
    problem.map_or(Verdict::Pending, |code| failed(attempt, code, own, experience))
}

/// A problem that was there when the link was handed over is an earlier link's.
fn new_problem<'a>(attempt: &Attempt, own: &'a ConnectionEntry) -> Option<&'a str> {
    let known = handed(attempt).last().and_then(|handed: &Handed| handed.known_problem);
    let is_new = own.problem_at.is_some_and(|at| known.is_none_or(|known| at > known));
    own.problem_code.as_deref().filter(|_| is_new)
}

fn failed(attempt: &Attempt, code: &str, own: &ConnectionEntry, experience: &[bool]) -> Verdict {
    let outcome = match code {
        "403" => "left",
        "501" => "unsupported",
        _ => "failed",
    };
    // It is kept with the attempt.
    let problem = say::plainly(|| {
        let problem = causes::of_connection(code, own.problem_text.as_deref(), &attempt.bank_name);
        causes::with_experience(problem, code, experience)
    });
    Verdict::Failed(problem, outcome)
}

/// The end of an attempt, for the experience with its bank.
fn ended(attempt: &Attempt, outcome: &str, now: i64) -> Event {
    let door = handed(attempt).last().and_then(|handed| serde_json::to_value(handed.door).ok()?.as_str().map(str::to_owned));
    Event { outcome: Some(outcome.to_owned()), door, ..event(attempt, ENDED, now) }
}

/// Not at Codat any more: nothing more will come of this attempt.
fn gone(attempt: &mut Attempt, now: i64) -> Event {
    let problem = say::plainly(|| causes::deleted(&attempt.bank_name));
    set_stage(attempt, AttemptStage::NotLinked);
    set_problem(attempt, Some(&problem));
    attempt.next_check = None;
    attempt.until = None;
    attempt.ended = true;
    event(attempt, "deleted", now)
}

/// The latest moment at which it was certainly not linked yet.
fn last_look(attempt: &Attempt) -> i64 {
    let handed_at = handed(attempt).last().map_or(attempt.started_at, |handed| handed.at);
    attempt.last_check.unwrap_or(handed_at).max(handed_at)
}

/// One link may bring several connections. Ours is, and so are those that came with it or that waited before; not what was linked long ago elsewhere.
fn is_of_this_link(attempt: &Attempt, found: &ConnectionEntry, before: &[ConnectionEntry]) -> bool {
    let is_own = Some(&found.id) == attempt.connection.as_ref();
    let is_young = found.created.is_some_and(|at| at >= attempt.started_at - CLOCKS_MS);
    let waited = before.iter().any(|known| known.id == found.id && known.status != "Linked");
    is_own || is_young || waited
}

/// The first read of each type that began after the last look.
fn first_reads(reads: &[DatasetEntry], connection: &str, after: i64) -> Vec<(DataType, i64)> {
    let first = |data_type: DataType| {
        let of_type = reads.iter().filter(|read| read.connection == connection && DataType::from_wire(&read.data_type) == Some(data_type));
        of_type.filter_map(|read| read.requested).filter(|at| *at >= after).min()
    };
    DataType::ALL.into_iter().filter_map(|data_type| Some((data_type, first(data_type)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::Stage;
    use crate::view::{Door, Side};

    const NOW: i64 = 1_800_000_000_000;

    fn attempt(stage: AttemptStage, known_problem: Option<i64>, was_linked: bool) -> Attempt {
        let doors = [Handed { door: Door::Copy, at: NOW - 60_000, known_problem, was_linked }];
        Attempt {
            stage: Stage(stage).word(),
            company: Some("c".into()),
            connection: Some("own".into()),
            bank_name: "NatWest".into(),
            started_at: NOW - 120_000,
            doors: serde_json::to_string(&doors).expect("doors"),
            ..Attempt::default()
        }
    }

    fn own(status: &str, problem: Option<(&str, i64)>) -> ConnectionEntry {
        ConnectionEntry {
            id: "own".into(),
            status: status.into(),
            problem_code: problem.map(|(code, _)| code.to_owned()),
            problem_at: problem.map(|(_, at)| at),
            ..ConnectionEntry::default()
        }
    }

    #[test]
    fn only_codats_status_links_and_only_a_new_problem_fails() {
        let waiting = attempt(AttemptStage::Waiting, Some(NOW - 90_000), false);
        let judged = |own: ConnectionEntry| verdict(&waiting, Some(&own), &[]);
        assert!(matches!(judged(own("Linked", None)), Verdict::Linked { again: false }));
        assert!(matches!(judged(own("PendingAuth", None)), Verdict::Pending));
        assert!(matches!(judged(own("PendingAuth", Some(("403", NOW - 90_000)))), Verdict::Pending), "the problem of the link before");
        assert!(matches!(judged(own("PendingAuth", Some(("403", NOW - 1)))), Verdict::Failed(_, "left")));
        assert!(
            matches!(judged(own("Deauthorized", Some(("401", NOW - 90_000)))), Verdict::Pending),
            "a consent that ended waits for its renewal"
        );
        assert!(matches!(judged(own("Novel", None)), Verdict::Pending), "a new word is not an end");
        assert!(matches!(verdict(&waiting, None, &[]), Verdict::Gone));
        assert!(matches!(verdict(&attempt(AttemptStage::Complete, None, false), Some(&own("Linked", None)), &[]), Verdict::Settled));
        let renewing = attempt(AttemptStage::Waiting, None, true);
        assert!(
            matches!(verdict(&renewing, Some(&own("Linked", None)), &[]), Verdict::Pending),
            "that it is linked says nothing about the renewal"
        );
        let visited = attempt(AttemptStage::Returned, None, true);
        assert!(matches!(verdict(&visited, Some(&own("Linked", None)), &[]), Verdict::Linked { again: true }));
        let left = own("Linked", Some(("403", NOW)));
        assert!(
            matches!(verdict(&visited, Some(&left), &[]), Verdict::Failed(_, "left")),
            "they came back without renewing; it stays linked"
        );
    }

    #[test]
    fn no_failure_is_called_the_customers_and_a_banks_trouble_comes_with_our_experience() {
        let waiting = attempt(AttemptStage::Waiting, None, false);
        for code in ["403", "500", "501", "401", "201", "999", ""] {
            let Verdict::Failed(problem, _) = verdict(&waiting, Some(&own("PendingAuth", Some((code, NOW)))), &[true, false, true]) else {
                panic!("{code} must fail")
            };
            assert_ne!(problem.side, Side::Customer, "{code}");
            assert!(!problem.what.contains("denied"), "{code}: {}", problem.what);
            assert_eq!(problem.what.contains("2 of your last 3 attempts"), code == "500", "{}", problem.what);
        }
    }

    #[test]
    fn what_was_linked_long_ago_elsewhere_is_not_of_this_link() {
        let waiting = attempt(AttemptStage::Waiting, None, false);
        let other = |created: i64| ConnectionEntry { id: "other".into(), created: Some(created), ..own("Linked", None) };
        assert!(is_of_this_link(&waiting, &own("Linked", None), &[]));
        assert!(is_of_this_link(&waiting, &other(NOW), &[]), "it came with this link");
        assert!(!is_of_this_link(&waiting, &other(NOW - 86_400_000), &[]));
        let pending = ConnectionEntry { status: "PendingAuth".into(), ..other(NOW - 86_400_000) };
        assert!(is_of_this_link(&waiting, &other(NOW - 86_400_000), &[pending]), "it waited before");
    }

    #[test]
    fn a_window_is_judged_by_when_codat_began_to_read_not_by_when_we_looked() {
        let read = |data_type: &str, at: i64| DatasetEntry {
            connection: "own".into(),
            data_type: data_type.into(),
            requested: Some(at),
            ..DatasetEntry::default()
        };
        let reads = [
            read("banking-accounts", 50),
            read("banking-accounts", 40),
            read("banking-transactions", 60),
            read("banking-accounts", 5),
            read("invoices", 41),
        ];
        assert_eq!(first_reads(&reads, "own", 10), [(DataType::Accounts, 40), (DataType::Transactions, 60)]);
        assert_eq!(first_reads(&reads, "other", 10), []);
    }
}
