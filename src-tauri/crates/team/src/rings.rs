//! What webhooks ring for.

use crate::{Error, Server, news};

impl Server {
    /// Has this company looked at now, or the whole list where it is not known. False when this ring was heard before.
    ///
    /// # Errors
    /// When the server cannot be asked; then it was not heard.
    pub async fn ring(&mut self, id: &str, company: &str) -> Result<bool, Error> {
        let tx = self.client.transaction().await?;
        // Codat sends again for a day and four hours at the longest.
        tx.execute("DELETE FROM webhooks WHERE at < now() - interval '3 days'", &[]).await?;
        if tx.execute("INSERT INTO webhooks (id) VALUES ($1) ON CONFLICT DO NOTHING", &[&id]).await? == 0 {
            return Ok(false);
        }
        let rung = "INSERT INTO work (company, due, rings) SELECT id, now(), 1 FROM companies WHERE id = $1
                    ON CONFLICT (company) DO UPDATE SET due = least(work.due, now()), rings = work.rings + 1";
        if tx.execute(rung, &[&company]).await? == 0 {
            tx.execute("UPDATE duties SET done_at = NULL WHERE name = 'look'", &[]).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Rings for whoever reads: there is news of this company.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn ring_for(&mut self, company: &str) -> Result<(), Error> {
        let tx = self.client.transaction().await?;
        news::ring(&tx, company).await?;
        Ok(tx.commit().await?)
    }
}
