//! The endings: three different things at Codat, and erasing here. None can be taken back; all are therefore asked for by the company's name.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ports::SourceError;
use crate::view::{End, Ending, ErasureView, Topic};
use say::say;
use store::{CompanyEntry, ConnectionEntry, Event};

impl Engine {
    /// Ends a connection or a company at Codat, where what was read stays in this computer's database, or erases it here, which has a receipt. Asked for
    /// again, it has happened already.
    ///
    /// # Errors
    /// When the company or the connection is not here, the name does not agree, or Codat cannot be asked or refuses.
    pub async fn end(&self, end: End) -> Result<Option<ErasureView>> {
        let id = end.company_id.clone();
        let item = self.store(move |store| store.company(&id)).await?.ok_or(Error::NotFound("company"))?;
        if end.typed.trim() != item.company.name.trim() {
            return Err(Error::BadRequest(say!("Type the company\u{2019}s name exactly as it stands here. Nothing was changed.")));
        }
        let connection = match &end.ending {
            Ending::Unlink(connection) | Ending::DeleteConnection(connection) => {
                Some(item.connections.iter().find(|found| found.id == *connection).ok_or(Error::NotFound("connection"))?)
            }
            Ending::DeleteCompany => None,
            Ending::Erase => return self.erase_company(end.company_id).await.map(Some),
        };
        if let Err(error) = self.inner.source.end(&end.company_id, &end.ending).await {
            // The first answer may have been lost: what is refused now has happened then.
            let has_happened = matches!(error, SourceError::Refused(_)) && self.is_unlinked(&end).await;
            if !has_happened {
                return Err(error.into());
            }
        }
        let (act, bank) = match &end.ending {
            Ending::Unlink(bank) => ("unlinked", format!("connection {bank}")),
            Ending::DeleteConnection(bank) => ("connection-deleted", format!("connection {bank}")),
            Ending::DeleteCompany | Ending::Erase => ("company-deleted", String::new()),
        };
        self.noted(act, &end.company_id, bank).await;
        self.note_ending(&item.company, &end.ending, connection).await?;
        Ok(None)
    }

    async fn is_unlinked(&self, end: &End) -> bool {
        let Ending::Unlink(connection) = &end.ending else { return false };
        let told = self.inner.source.connections(&end.company_id).await.unwrap_or_default();
        told.iter().any(|found| found.id == *connection && found.status == "Unlinked")
    }

    /// It has happened at Codat: whatever fails here, the next pass over the companies finds out.
    pub(crate) async fn note_ending(&self, company: &CompanyEntry, ending: &Ending, connection: Option<&ConnectionEntry>) -> Result<()> {
        let id = company.id.clone();
        let kind = match ending {
            Ending::Unlink(_) => "unlinked",
            Ending::DeleteConnection(_) => "connection-deleted",
            Ending::DeleteCompany | Ending::Erase => "company-deleted",
        };
        let event = Event {
            at: self.now(),
            company: Some(id.clone()),
            connection: connection.map(|own| own.id.clone()),
            bank_key: connection.and_then(|own| own.bank_key.clone()),
            detail: connection.map(|own| own.bank_name.clone()),
            kind: kind.to_owned(),
            ..Event::default()
        };
        let open = self
            .store(move |store| {
                store.record(&event)?;
                store.open_attempts()
            })
            .await?;
        for attempt in open {
            let is_over =
                attempt.company.as_ref() == Some(&id) && connection.is_none_or(|own| attempt.connection.as_ref() == Some(&own.id));
            if is_over {
                self.park_attempt(attempt.id).await?;
            }
        }
        if *ending == Ending::DeleteCompany {
            let gone = id.clone();
            self.store(move |store| store.company_left(&gone)).await?;
        } else if let Err(error) = self.refresh_company(&id).await {
            tracing::info!(%error, "what an ending changed could not be read again");
        }
        self.inner.rhythm.forget(Some(&id));
        self.stale([Topic::Status, Topic::Companies, Topic::Company(id)]);
        Ok(())
    }
}
