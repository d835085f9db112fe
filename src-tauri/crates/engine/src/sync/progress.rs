//! How far a sync of many companies is, for whoever looks on.

use crate::engine::Engine;
use crate::view::{Fits, Millis, Topic, WaitReason};
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
    /// Since when, UTC milliseconds.
    pub since: i64,
    /// Passes over companies that are under way.
    pub under_way: u32,
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

    /// A pass over so many companies begins; it ends when this is dropped. Passes at the same time are shown as one.
    pub(crate) fn pass(&self, companies: usize, plan: Option<Fits>) -> UnderWay<'_> {
        let (companies, now) = (u32::try_from(companies).unwrap_or(u32::MAX), self.now());
        self.progress(|progress| {
            if progress.under_way == 0 {
                *progress = SyncProgress { since: now, ..SyncProgress::default() };
            }
            progress.plan = plan.or(progress.plan.take());
            progress.companies = progress.companies.saturating_add(companies);
            progress.under_way += 1;
        });
        UnderWay(self)
    }

    pub(crate) fn progress(&self, change: impl FnOnce(&mut SyncProgress)) {
        self.inner.progress.send_modify(change);
    }
}

/// A pass that is under way.
pub(crate) struct UnderWay<'a>(&'a Engine);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.progress(|progress| progress.under_way -= 1);
        self.0.say([Topic::Progress]);
    }
}
