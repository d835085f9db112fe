//! Hearing a source that rings: what it rings for is looked at now, and the next look makes good what was not heard.

use crate::calm::in_background;
use crate::engine::Engine;
use crate::error::Result;
use crate::ports::Rung;
use crate::sync::Tally;
use crate::view::Topic;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What could not be brought is tried again after these pauses, and then left to the next look.
const AGAIN: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(10), Duration::from_secs(60)];

impl Engine {
    /// Brings what a source rings for, for as long as the engine runs.
    pub(crate) async fn keep_hearing(&self) {
        loop {
            let rung = self.inner.source.rung().await;
            let engine = self.clone();
            self.spawn(async move {
                for pause in AGAIN {
                    match engine.bring_what_rang(&rung).await {
                        Ok(true) => return,
                        Ok(false) => tracing::info!("some of what the team's server rang for could not be brought"),
                        Err(error) => tracing::info!(%error, "what the team's server rang for could not be brought"),
                    }
                    tokio::time::sleep(pause).await;
                }
            });
        }
    }

    /// True when all of it came.
    async fn bring_what_rang(&self, rung: &Rung) -> Result<bool> {
        let tally: Mutex<Tally> = Mutex::default();
        match rung {
            Rung::Company(company) => self.bring_rung(company, &tally).await?,
            Rung::Anything => in_background(self.bring_all(&tally)).await?,
        }
        let failed = tally.lock().unwrap_or_else(PoisonError::into_inner).failed;
        Ok(failed == 0)
    }

    /// One company as it is told now, and what moved of it.
    async fn bring_rung(&self, company: &str, tally: &Mutex<Tally>) -> Result<()> {
        let ids = [company];
        let (told, now) = (self.inner.source.companies_named(&ids).await?, self.now());
        // A login hears of every company and sees its own.
        if told.is_empty() {
            return Ok(());
        }
        let taken = self.store(move |store| {
            let kept_out = store.kept_out()?;
            let told: Vec<_> = told.into_iter().filter(|(company, _)| !kept_out.contains(&company.id)).collect();
            store.take_companies(&told, now)?;
            Ok(!told.is_empty())
        });
        if !taken.await? {
            return Ok(());
        }
        self.say([Topic::Company(company.to_owned()), Topic::Companies]);
        self.hear_of_links(company).await?;
        self.bring_these(BTreeSet::from([company.to_owned()]), tally, None).await
    }
}
