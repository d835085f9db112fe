//! Hearing a source that rings: what it rings for is looked at now, and the next look makes good what was not heard.

use crate::calm::in_background;
use crate::engine::Engine;
use crate::error::Result;
use crate::ports::Rung;
use crate::sync::Tally;
use crate::view::Topic;
use std::collections::BTreeSet;
use std::sync::Mutex;

impl Engine {
    /// Brings what a source rings for, for as long as the engine runs.
    pub(crate) async fn keep_hearing(&self) {
        loop {
            let rung = self.inner.source.rung().await;
            let engine = self.clone();
            self.spawn(async move {
                let brought = match &rung {
                    Rung::Company(company) => engine.bring_rung(company).await,
                    Rung::Anything => in_background(engine.bring_all(&Mutex::default())).await,
                };
                if let Err(error) = brought {
                    tracing::info!(%error, "what the team's server rang for could not be brought");
                }
            });
        }
    }

    /// One company as it is told now, and what moved of it.
    async fn bring_rung(&self, company: &str) -> Result<()> {
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
        let tally: Mutex<Tally> = Mutex::default();
        self.bring_these(BTreeSet::from([company.to_owned()]), &tally, None).await
    }
}
