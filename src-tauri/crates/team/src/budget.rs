//! The request budget of all workers: one row, whose words are the engine's.

use crate::{Error, Server};

impl Server {
    /// The budget as it was last left, if it ever was.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn budget(&mut self) -> Result<Option<String>, Error> {
        Ok(self.client.query_one("SELECT state FROM budget WHERE id = 1", &[]).await?.get(0))
    }

    /// Changes the budget. Nobody else changes it between what `change` is shown and what it returns.
    ///
    /// # Errors
    /// When the server cannot be asked. What `change` returned may be kept all the same, where only the answer was lost.
    pub async fn change_budget(&mut self, change: impl FnOnce(Option<&str>) -> String) -> Result<(), Error> {
        let tx = self.client.transaction().await?;
        let before: Option<String> = tx.query_one("SELECT state FROM budget WHERE id = 1 FOR UPDATE", &[]).await?.get(0);
        let after = change(before.as_deref());
        tx.execute("UPDATE budget SET state = $1 WHERE id = 1", &[&after]).await?;
        Ok(tx.commit().await?)
    }

    /// The server's clock, UTC milliseconds.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn clock(&mut self) -> Result<i64, Error> {
        Ok(self.client.query_one("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint", &[]).await?.get(0))
    }
}
