//! Questions about companies, asked together: whoever asks while an answer is on its way waits and asks with all others who did. Many open links cost
//! about as much as one, and one alone waits for nobody.

use crate::engine::Engine;
use crate::ports::{CompanyTold, SourceError};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// Companies of one question: its text must stay below 2,048 letters, also when each sign of it is escaped.
pub(crate) const AT_ONCE: usize = 40;
/// Where several are waited for, their questions fall due at the same moment: it may take this long until all have come.
const GATHER: Duration = Duration::from_millis(50);
/// From this many on, links are waited for together.
const SEVERAL: usize = 2;
/// Then the question costs next to nothing a link, so that none is left waiting for longer.
const LONGEST_MS: i64 = 15_000;

type Answer = Result<CompanyTold, SourceError>;

/// Who waits for an answer about which company.
#[derive(Default)]
pub(crate) struct Together {
    waiting: Mutex<Vec<(String, oneshot::Sender<Answer>)>>,
    asking: tokio::sync::Mutex<()>,
    /// Codat did not take such a question.
    only_singly: AtomicBool,
}

impl Together {
    fn join(&self, company: &str) -> oneshot::Receiver<Answer> {
        let (say, hear) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push((company.to_owned(), say));
        hear
    }

    fn take(&self) -> Vec<(String, oneshot::Sender<Answer>)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.len().min(AT_ONCE);
        waiting.drain(..count).collect()
    }
}

/// The pause until the next question, made to end with the others'.
pub(super) fn in_step(pause: i64, now: i64, watched: usize) -> i64 {
    if watched < SEVERAL || pause < 5_000 {
        return pause;
    }
    let step = pause.min(LONGEST_MS);
    step - now.rem_euclid(step)
}

impl Engine {
    /// One company as Codat tells it now.
    pub(super) async fn ask_about(&self, company: &str) -> Answer {
        let together = &self.inner.watchers.together;
        loop {
            let mut hear = together.join(company);
            let turn = tokio::select! {
                biased;
                heard = &mut hear => match heard {
                    Ok(answer) => return answer,
                    // Whoever asked for us broke off.
                    Err(_) => continue,
                },
                turn = together.asking.lock() => turn,
            };
            if self.inner.watchers.count() >= SEVERAL {
                tokio::time::sleep(GATHER).await;
            }
            loop {
                match hear.try_recv() {
                    Ok(answer) => return answer,
                    Err(oneshot::error::TryRecvError::Closed) => break,
                    // Behind a full question it is the next one.
                    Err(oneshot::error::TryRecvError::Empty) => self.ask_for_all(together.take()).await,
                }
            }
            drop(turn);
        }
    }

    async fn ask_for_all(&self, asked: Vec<(String, oneshot::Sender<Answer>)>) {
        let ids: BTreeSet<&str> = asked.iter().map(|(company, _)| company.as_str()).collect();
        let ids: Vec<&str> = ids.into_iter().collect();
        let together = &self.inner.watchers.together;
        let mut told = vec![];
        if ids.len() > 1 && self.inner.source.tells_several_now() && !together.only_singly.load(Ordering::SeqCst) {
            match self.inner.source.companies_named(&ids).await {
                Ok(companies) => told = companies,
                Err(SourceError::Refused(_)) => together.only_singly.store(true, Ordering::SeqCst),
                Err(error) => {
                    for (_, say) in asked {
                        let _ = say.send(Err(error.clone()));
                    }
                    return;
                }
            }
        }
        for (company, say) in asked {
            let answer = match told.iter().find(|(found, _)| found.id == company) {
                Some(found) => Ok(found.clone()),
                // Not among them: only its own answer says that it is gone.
                None => self.inner.source.company_now(&company).await,
            };
            // Whoever asked may have left.
            let _ = say.send(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_001_234;

    #[test]
    fn several_links_are_asked_about_at_the_same_moments_and_one_alone_at_its_own() {
        assert_eq!(in_step(5_000, NOW, 1), 5_000);
        for ago in [0, 777, 4_999, 123_456] {
            let now = NOW + ago;
            assert_eq!((now + in_step(5_000, now, 2)) % 5_000, 0, "whenever it was handed over");
            assert!((1..=5_000).contains(&in_step(5_000, now, 2)), "never later than alone");
            assert!((1..=15_000).contains(&in_step(60_000, now, 50)), "a question for all costs little: none waits a minute");
        }
        assert_eq!(in_step(1_000, NOW, 50), 1_000, "who just came back is not put off");
    }

    #[test]
    fn a_question_stays_within_its_length_and_keeps_the_order() {
        let together = Together::default();
        let _hear: Vec<_> = (0..50).map(|number| together.join(&number.to_string())).collect();
        let first = together.take();
        assert_eq!((first.len(), first[0].0.as_str(), together.take().len(), together.take().len()), (AT_ONCE, "0", 10, 0));
    }
}
