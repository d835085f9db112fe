//! One page that says what works and what does not: facts are gathered from this computer and from Codat, and judged in pure code.

mod facts;
mod judge;
mod support;
mod system;
pub mod view;

use crate::home::Home;
use crate::view::{DoctorView, Millis, Verdict};

impl Home {
    /// Looks at everything once. `trouble` is why no profile is open, when opening one was tried. Changes nothing, here or at Codat.
    pub async fn doctor(&self, trouble: Option<&str>) -> DoctorView {
        let facts = facts::gather(self, trouble).await;
        let findings = judge::findings(&facts);
        let count = |verdict| u32::try_from(findings.iter().filter(|finding| finding.verdict == verdict).count()).unwrap_or(u32::MAX);
        DoctorView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            profile: facts.profile.map(|profile| profile.name),
            checked_at: Millis(self.inner.ports.clock.now()),
            wrong: count(Verdict::Wrong),
            notes: count(Verdict::Note),
            findings,
        }
    }
}
