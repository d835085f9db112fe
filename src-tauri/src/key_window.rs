//! The key window's short life: it hands a key over, and nothing hands one back.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a key was checked in this window and may be saved from it.
#[derive(Default)]
pub(crate) struct KeyWindow {
    checked: AtomicBool,
}

impl KeyWindow {
    pub(crate) fn checked(&self) {
        self.checked.store(true, Ordering::SeqCst);
    }

    pub(crate) fn take_checked(&self) -> bool {
        self.checked.swap(false, Ordering::SeqCst)
    }
}
