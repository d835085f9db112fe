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
        let (attempt, _) = self.renew(&item.company, connection).await?;
        self.attempt(attempt).await
    }

    /// The attempt of this connection that waits for a door; true when it was made now, false when one was open already.
    pub(crate) async fn renew(&self, company: &CompanyEntry, connection: &ConnectionEntry) -> Result<(String, bool)> {
        let _one = self.inner.watchers.beginning.lock().await;
        let own = connection.id.clone();
        let open = self.store(store::Store::open_attempts).await?;
        if let Some(open) = open.into_iter().find(|attempt| attempt.connection.as_ref() == Some(&own)) {
            return Ok((open.id, false));
        }
        let (id, listed) = (company.id.clone(), company.id.clone());
        let (earlier, (_, language)) = self.store(move |store| Ok((store.attempts_of(&id)?.pop(), store.listed_for(&listed)?))).await?;
        let earlier = earlier.unwrap_or_default();
        let attempt = Attempt {
            language: earlier.language.or(language),
            to_name: earlier.to_name,
            to_mail: earlier.to_mail,
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
        let (id, begun) = (attempt.id.clone(), event(&attempt, "renewal", attempt.started_at));
        self.store(move |store| store.begin_attempt(None, &attempt, &[], &begun)).await?;
        self.noted("renewal", &company.id, format!("connection {}", connection.id)).await;
        self.stale([Topic::Status, Topic::Companies, Topic::Company(company.id.clone())]);
        Ok((id, true))
    }
}
