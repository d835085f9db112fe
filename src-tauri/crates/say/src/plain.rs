//! What is said plainly: in English with neutral days and numbers, because it is kept, or goes into a file that others read.

use std::cell::Cell;
use std::pin::pin;

thread_local! {
    static PLAIN: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread speaks plainly now.
#[must_use]
pub fn is_plain() -> bool {
    PLAIN.get()
}

/// Says everything within plainly.
pub fn plainly<T>(body: impl FnOnce() -> T) -> T {
    like(true, body)
}

/// Says everything within as it was said elsewhere: work that goes on in another thread takes `is_plain` along.
pub fn like<T>(plain: bool, body: impl FnOnce() -> T) -> T {
    /// However the work ends.
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            PLAIN.set(self.0);
        }
    }
    let _before = Before(PLAIN.replace(plain));
    body()
}

/// The same for what waits in between, on whichever thread it goes on.
pub async fn all_plainly<F: Future>(work: F) -> F::Output {
    let mut work = pin!(work);
    std::future::poll_fn(move |context| plainly(|| work.as_mut().poll(context))).await
}
