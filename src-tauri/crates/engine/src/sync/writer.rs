//! The one who writes what fetches bring. Pages of many connections queue up here and go into the database together, because a commit costs the same for
//! one small page as for twenty. What has queued up while one transaction was committed is the next one; only a few rows wait a moment for company, because
//! each commit is a flush of the disk, and readers then read what they had in memory anew.

use crate::engine::Engine;
use crate::error::{Error, Result};
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{Store, StoreError, Writing};
use tokio::sync::oneshot;

/// Rows a commit, about.
const ROWS: usize = 5_000;
/// So many are worth a commit of their own.
const WORTH: usize = 500;
/// How long fewer wait for others.
const MOMENT: Duration = Duration::from_millis(10);

/// What is queued, and whether somebody is writing.
#[derive(Default)]
pub(crate) struct Queue {
    queued: Mutex<Queued>,
    came: Condvar,
}

#[derive(Default)]
struct Queued {
    jobs: VecDeque<Box<dyn Job>>,
    is_writing: bool,
}

impl Queued {
    fn is_little(&self) -> bool {
        !self.jobs.is_empty() && self.jobs.iter().map(|job| job.rows()).sum::<usize>() < WORTH
    }
}

/// Something to be written, and who wants to hear of it.
trait Job: Send {
    fn rows(&self) -> usize;
    /// Does it within an open transaction.
    fn run(&mut self, writing: &Writing<'_>);
    /// Tells how it ended; an error of the whole transaction goes before its own.
    fn tell(self: Box<Self>, committed: std::result::Result<(), &StoreError>);
}

struct Asked<T, F> {
    rows: usize,
    work: Option<F>,
    came: Option<std::result::Result<T, StoreError>>,
    tell: oneshot::Sender<std::result::Result<T, StoreError>>,
}

impl<T: Send, F: FnOnce(&Writing<'_>) -> std::result::Result<T, StoreError> + Send> Job for Asked<T, F> {
    fn rows(&self) -> usize {
        self.rows
    }

    fn run(&mut self, writing: &Writing<'_>) {
        self.came = self.work.take().map(|work| work(writing));
    }

    fn tell(self: Box<Self>, committed: std::result::Result<(), &StoreError>) {
        let own = match committed {
            Ok(()) => self.came,
            Err(error) => Some(Err(StoreError { doing: error.doing, problem: error.problem.clone() })),
        };
        if let Some(own) = own {
            // Who asked may have been cancelled; what was written stays written.
            let _ = self.tell.send(own);
        }
    }
}

impl Queue {
    /// Adds a job; true when somebody must now begin to write.
    fn add(&self, job: Box<dyn Job>) -> bool {
        let mut queued = self.lock();
        queued.jobs.push_back(job);
        self.came.notify_one();
        !std::mem::replace(&mut queued.is_writing, true)
    }

    /// The jobs of the next transaction; none = nothing is queued and nobody writes any more.
    fn next(&self) -> Vec<Box<dyn Job>> {
        let waited = self.came.wait_timeout_while(self.lock(), MOMENT, |queued| queued.is_little());
        let mut queued = waited.unwrap_or_else(PoisonError::into_inner).0;
        let (mut jobs, mut rows) = (vec![], 0);
        while let Some(job) = queued.jobs.pop_front_if(|job| rows == 0 || rows + job.rows() <= ROWS) {
            rows += job.rows();
            jobs.push(job);
        }
        queued.is_writing = !jobs.is_empty();
        jobs
    }

    /// Something is being written.
    pub(crate) fn is_writing(&self) -> bool {
        self.lock().is_writing
    }

    fn write(&self, store: &Store) {
        loop {
            let mut jobs = self.next();
            if jobs.is_empty() {
                return;
            }
            let committed = store.together("storing pages", |writing| {
                jobs.iter_mut().for_each(|job| job.run(writing));
                Ok(())
            });
            jobs.into_iter().for_each(|job| job.tell(committed.as_ref().copied()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queued> {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Writes together with whatever else is to be written now; returns after the commit. It is written even if nobody waits for it any more.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        rows: usize,
        work: impl FnOnce(&Writing<'_>) -> std::result::Result<T, StoreError> + Send + 'static,
    ) -> Result<T> {
        let (tell, told) = oneshot::channel();
        if self.inner.queue.add(Box::new(Asked { rows, work: Some(work), came: None, tell })) {
            let engine = self.clone();
            self.inner.tasks.spawn_blocking(move || {
                let writer = engine.clone();
                engine.inner.writing.wait(move || writer.inner.queue.write(&writer.inner.store));
                engine.inner.searching.ring();
            });
        }
        Ok(told.await.map_err(|_| Error::Internal("the writer ended".into()))??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(rows: usize) -> Box<dyn Job> {
        Box::new(Asked { rows, work: Some(|_: &Writing<'_>| Ok(())), came: None, tell: oneshot::channel().0 })
    }

    #[test]
    fn a_few_rows_wait_for_others_and_go_as_soon_as_enough_are_there() {
        let queue = Queue::default();
        queue.add(job(3));
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut rows = vec![];
                // However late the other comes: what came alone went alone.
                while rows.iter().sum::<usize>() < 3 + WORTH {
                    rows.extend(queue.next().iter().map(|job| job.rows()));
                }
                rows
            });
            queue.add(job(WORTH));
            assert_eq!(writer.join().expect("ends"), [3, WORTH]);
        });
    }

    #[test]
    fn what_queued_up_is_one_transaction_of_about_five_thousand_rows() {
        let queue = Queue::default();
        assert!(queue.add(job(300)), "the first one has it written");
        for rows in [300, 4_000, 500, 5_000, 9_000, 0] {
            assert!(!queue.add(job(rows)), "the others are taken along");
        }
        let transactions: Vec<Vec<usize>> = std::iter::from_fn(|| Some(queue.next()).filter(|jobs| !jobs.is_empty()))
            .map(|jobs| jobs.iter().map(|job| job.rows()).collect())
            .collect();
        assert_eq!(transactions, [vec![300, 300, 4_000], vec![500], vec![5_000], vec![9_000], vec![0]]);
        assert!(queue.add(job(1)), "afterwards it begins anew");
    }
}
