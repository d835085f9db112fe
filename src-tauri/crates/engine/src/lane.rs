//! Work of which much comes at once, each kind on one thread of its own, which lets go first what a person waits for.
//!
//! One, because each thread takes memory from a heap of its own and keeps what its largest page needed: read by many, pages would leave every one of
//! them with that much, and storing a page takes several times as long as reading it. Behind, because a screen's question takes a few milliseconds of
//! a processor that a backfill would else share with it.

use std::sync::{LazyLock, mpsc};
use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};
use tokio::sync::oneshot;

/// Of 99, where most threads have 50: far behind them where there is not enough for all, and nothing less where there is.
const BEHIND: u8 = 25;

type Work = Box<dyn FnOnce() + Send>;

/// A thread for one kind of work. It ends with the last who may ask it.
pub(crate) struct Lane(mpsc::Sender<Work>);

impl Lane {
    pub(crate) fn new(name: &str) -> Self {
        let (sender, waiting) = mpsc::channel::<Work>();
        let begun = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            if let Err(error) =
                ThreadPriorityValue::try_from(BEHIND).map(|value| set_current_thread_priority(ThreadPriority::Crossplatform(value)))
            {
                tracing::debug!(error, "this thread does not let others go first");
            }
            for work in waiting {
                // Whoever waits for it hears that it ended without an answer; the next one is done all the same.
                let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            }
        });
        if let Err(error) = begun {
            tracing::error!(%error, name, "there is no thread for this work");
        }
        Self(sender)
    }

    /// Does this after what was asked for before; the answer never comes when it broke off.
    fn ask<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
        let (tell, told) = oneshot::channel();
        // Who asked may have been cancelled. A thread that is not there drops the work, and who waits for it hears of that.
        let _ = self.0.send(Box::new(move || {
            let _ = tell.send(work());
        }));
        told
    }

    /// Does this and waits for it, where blocking is allowed; `None` when it broke off.
    pub(crate) fn wait<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        self.ask(work).blocking_recv().ok()
    }
}

static PAGES: LazyLock<Lane> = LazyLock::new(|| Lane::new("pages"));

/// Reads a page's records from its text; `None` when it broke off.
pub(crate) async fn read_page<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    PAGES.ask(work).await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pages_are_read_on_one_thread_and_a_panic_ends_one_of_them_only() {
        let here = || std::thread::current().name().map(str::to_owned);
        assert_eq!(read_page(|| panic!("on purpose")).await, None::<()>);
        assert_eq!(read_page(here).await.flatten().as_deref(), Some("pages"));
    }
}
