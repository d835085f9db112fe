//! The list of banks, read by one worker for everybody.

use super::{Trouble, Worker};
use std::time::Duration;
use team::Server;

/// How old the list may be.
const OLD: Duration = Duration::from_secs(24 * 3_600);

impl Worker {
    /// Reads the banks where it is time and nobody else does. A list that could not be read in full leaves what stands.
    pub(super) async fn keep_banks(&self, server: &mut Server) -> Result<(), Trouble> {
        if !server.take_banks(&self.name, OLD, self.work.lease).await? {
            return Ok(());
        }
        let told = match self.source.all_banks().await {
            Err(error) if error.ends_all() => return Err(error.into()),
            told => told,
        };
        let banks = match told {
            Ok(told) if told.whole => Some(told.banks),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, "the banks could not be read");
                None
            }
        };
        Ok(server.keep_banks(&self.name, banks.as_deref()).await?)
    }
}
