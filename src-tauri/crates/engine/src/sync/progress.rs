//! How far a sync of many companies is, for whoever looks on.

use crate::engine::Engine;
use crate::view::{Fits, Millis, WaitReason};
use tokio::sync::watch;

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncProgress {
    /// About how many requests it will take, and how they fit; known once the companies were looked through.
    pub plan: Option<Fits>,
    /// Companies with something to fetch.
    pub companies: u32,
    /// Of them, so many are done.
    pub done: u32,
    /// Rows stored.
    pub rows: u64,
    /// Pages stored.
    pub pages: u32,
}

impl SyncProgress {
    /// More is needed than Codat allows today.
    #[must_use]
    pub fn is_too_much_for_today(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| plan.today.is_some_and(|today| plan.needed > today))
    }
}

impl Engine {
    /// How far the sync of all companies is. The newest state only: nobody has to keep up.
    #[must_use]
    pub fn sync_progress(&self) -> watch::Receiver<SyncProgress> {
        self.inner.progress.subscribe()
    }

    /// Until when nothing is asked in the background, and why.
    #[must_use]
    pub fn waits(&self) -> Option<(WaitReason, Millis)> {
        let pace = self.inner.source.pace();
        pace.why.zip(pace.resumes_at.map(Millis))
    }

    pub(crate) fn progress(&self, change: impl FnOnce(&mut SyncProgress)) {
        self.inner.progress.send_modify(change);
    }
}
