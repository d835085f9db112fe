//! The list of companies: one worker looks through it for all, in large pages, and notes which companies moved.

use super::{Counts, Trouble, Worker};
use crate::ports::Clock as _;
use std::sync::atomic::Ordering;
use team::Server;

/// Companies a page: 100,000 are 20 requests.
const PAGE: u32 = 5_000;

impl Worker {
    /// Looks whenever it is time and nobody else does.
    pub(super) async fn keep_looking(&self) -> Result<(), Trouble> {
        let mut session = None;
        while !self.stop.is_cancelled() {
            let looked = match self.session(&mut session).await {
                Ok(server) => self.look_if_due(server).await,
                Err(error) => Err(error.into()),
            };
            match looked {
                Ok(true) => return Ok(()),
                Ok(false) => self.nap(super::NAP).await,
                Err(trouble) => {
                    session = None;
                    self.bear(trouble).await?;
                }
            }
        }
        Ok(())
    }

    /// True when no further look is this worker's to make.
    async fn look_if_due(&self, server: &mut Server) -> Result<bool, Trouble> {
        self.keep_banks(server).await?;
        let every = i64::try_from(self.work.look_every.as_millis()).unwrap_or(i64::MAX);
        let since = if self.work.once { self.began } else { self.clock.now().saturating_sub(every) };
        if let Some(duty) = server.take_look(&self.name, since, self.work.lease).await? {
            self.looks.store(true, Ordering::Relaxed);
            let looked = self.look(server).await;
            self.looks.store(false, Ordering::Relaxed);
            server.end_look(duty, looked.is_ok()).await?;
            looked?;
            Counts::add(&self.counts.looks, 1);
        }
        Ok(self.work.once && server.is_done_since(self.began).await?)
    }

    async fn look(&self, server: &mut Server) -> Result<(), Trouble> {
        let (mut number, mut total, mut is_whole) = (1, None, true);
        let mut listed = vec![];
        loop {
            let batch = self.source.companies(number, PAGE).await?;
            // A list that changed under the walk, or could not be read in full, must not make others look gone.
            is_whole &= batch.unread == 0 && total.is_none_or(|total| total == batch.total);
            total = Some(batch.total);
            listed.extend(batch.companies.iter().map(|(company, _)| company.id.clone()));
            let has_next = batch.has_next && !batch.companies.is_empty();
            server.take_companies(&batch.companies, self.clock.now()).await?;
            if !has_next {
                break;
            }
            number += 1;
        }
        if is_whole {
            server.finish_pass(&listed, self.clock.now()).await?;
        }
        Ok(())
    }
}
