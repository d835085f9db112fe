//! News of companies, rung by who changed something and heard by who reads. A ring says which company and nothing else: whoever hears it looks for itself,
//! under its own rights, and one that was not heard is made good by the next look.

use crate::{Error, Server, Way};
use tokio::sync::mpsc;
use tokio_postgres::{Notification, Transaction};

/// Where it is rung.
const CHANNEL: &str = "fairlead_news";

/// A session that hears what is rung.
pub struct News {
    heard: mpsc::UnboundedReceiver<Notification>,
    /// Listens for as long as it lives.
    _server: Server,
}

impl Way {
    /// Logs in to listen.
    ///
    /// # Errors
    /// As `connect`.
    pub async fn listen(&self) -> Result<News, Error> {
        let (server, heard) = self.connect_and_hear().await?;
        server.client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        Ok(News { heard, _server: server })
    }
}

impl News {
    /// The next company that there is news of; none when the line ended.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            let rung = self.heard.recv().await?;
            if rung.channel() == CHANNEL {
                return Some(rung.payload().to_owned());
            }
        }
    }
}

/// Rings for a company once this transaction is committed.
pub(crate) async fn ring(tx: &Transaction<'_>, company: &str) -> Result<(), Error> {
    tx.execute("SELECT pg_notify($1, $2)", &[&CHANNEL, &company]).await?;
    Ok(())
}
