//! News of companies, rung by who changed something and heard by who reads. A ring says which company and nothing else: whoever hears it looks for itself,
//! under its own rights, and one that was not heard is made good by the next look.

use crate::{Error, Server, Way};
use tokio::sync::mpsc;
use tokio_postgres::{Notification, Transaction};

/// Where it is rung for companies, and for what becomes of somebody's wish.
const COMPANIES: &str = "fairlead_news";
const WISHES: &str = "fairlead_outbox";

/// A session that hears what is rung.
pub(crate) struct Heard {
    heard: mpsc::UnboundedReceiver<Notification>,
    /// Listens for as long as it lives.
    _server: Server,
}

/// A session that hears news.
pub struct News(Heard);

/// What is rung for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ring {
    /// There is news of this company.
    Company(String),
    /// There is news of a wish: whoever wrote one looks how far it is.
    Wish,
}

impl Way {
    /// Logs in to listen.
    ///
    /// # Errors
    /// As `connect`.
    pub async fn listen(&self) -> Result<News, Error> {
        Ok(News(self.hear_on(&[COMPANIES, WISHES]).await?))
    }

    pub(crate) async fn hear_on(&self, channels: &[&str]) -> Result<Heard, Error> {
        let (server, heard) = self.connect_and_hear().await?;
        for channel in channels {
            server.client.batch_execute(&format!("LISTEN {channel}")).await?;
        }
        Ok(Heard { heard, _server: server })
    }
}

impl Heard {
    /// The next; none when the line ended.
    pub(crate) async fn next(&mut self) -> Option<Notification> {
        self.heard.recv().await
    }
}

impl News {
    /// The next; none when the line ended.
    pub async fn next(&mut self) -> Option<Ring> {
        loop {
            let rung = self.0.next().await?;
            match rung.channel() {
                COMPANIES => return Some(Ring::Company(rung.payload().to_owned())),
                WISHES => return Some(Ring::Wish),
                _ => {}
            }
        }
    }
}

/// Rings for a company once this transaction is committed.
pub(crate) async fn ring(tx: &Transaction<'_>, company: &str) -> Result<(), Error> {
    tx.execute("SELECT pg_notify($1, $2)", &[&COMPANIES, &company]).await?;
    Ok(())
}

/// The same for a wish.
pub(crate) async fn ring_errand(tx: &Transaction<'_>, id: &str) -> Result<(), Error> {
    tx.execute("SELECT pg_notify($1, $2)", &[&WISHES, &id]).await?;
    Ok(())
}
