//! Pages are read from their text on one thread. Each thread takes memory from a heap of its own and keeps what its largest page needed: read by
//! many, pages would leave every one of them with that much. One is enough: storing a page takes several times as long as reading it.

use std::sync::{LazyLock, mpsc};
use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

static LANE: LazyLock<mpsc::Sender<Work>> = LazyLock::new(|| {
    let (sender, waiting) = mpsc::channel::<Work>();
    let begun = std::thread::Builder::new().name("pages".into()).spawn(move || {
        for work in waiting {
            // Whoever waits for it hears that it ended without an answer; the next page is read all the same.
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        }
    });
    if let Err(error) = begun {
        tracing::error!(%error, "there is no thread to read pages on");
    }
    sender
});

/// Does this on the thread for pages, after what was asked for before; `None` when it broke off.
pub(crate) async fn read_page<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (tell, told) = oneshot::channel();
    let work = move || {
        // Who asked may have been cancelled.
        let _ = tell.send(work());
    };
    LANE.send(Box::new(work)).ok()?;
    told.await.ok()
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
