//! Renewing: the same connection, opened again for its customer. Nothing new is made at Codat, so nothing can come twice.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::Stage;
use crate::links::change::event;
use crate::view::{AttemptStage, AttemptView, Topic};
use store::{Attempt, CompanyEntry, ConnectionEntry};

impl Engine {
    /// Opens a connection again for its customer, or goes on with what is open already.
    ///
    /// # Errors
    /// When the connection is not here or the database cannot be read.
    pub async fn renew_connection(&self, company_id: String, connection_id: String) -> Result<AttemptView> {
        let item = self.store(move |store| store.company(&company_id)).await?.ok_or(Error::NotFound("company"))?;
        let connection = item.connections.iter().find(|found| found.id == connection_id).ok_or(Error::NotFound("connection"))?;
        self.renew(&item.company, connection).await?;
        let open = self.store(store::Store::open_attempts).await?;
        let attempt = open.into_iter().find(|attempt| attempt.connection.as_ref() == Some(&connection_id));
        self.attempt_view(attempt.ok_or(Error::NotFound("attempt"))?).await
    }

    /// Makes an attempt that waits for a door. False when one of this connection is open already.
    pub(crate) async fn renew(&self, company: &CompanyEntry, connection: &ConnectionEntry) -> Result<bool> {
        let _one = self.inner.watchers.beginning.lock().await;
        let own = connection.id.clone();
        let open = self.store(store::Store::open_attempts).await?;
        if open.iter().any(|attempt| attempt.connection.as_ref() == Some(&own)) {
            return Ok(false);
        }
        let attempt = Attempt {
            id: self.inner.ports.entropy.guid(),
            typed_name: company.name.clone(),
            reference: company.reference.clone(),
            company: Some(company.id.clone()),
            connection: Some(own),
            bank_key: connection.bank_key.clone().unwrap_or_default(),
            bank_name: connection.bank_name.clone(),
            stage: Stage(AttemptStage::Ready).word(),
            started_at: self.now(),
            doors: "[]".into(),
            ..Attempt::default()
        };
        let begun = event(&attempt, "renewal", attempt.started_at);
        self.store(move |store| store.begin_attempt(None, &attempt, &[], &begun)).await?;
        self.noted("renewal", &company.id, format!("connection {}", connection.id)).await;
        self.stale([Topic::Status, Topic::Companies, Topic::Company(company.id.clone())]);
        Ok(true)
    }
}
