//! Questions that only a terminal asks: the bank list for machines, and one company asked for now.

use crate::engine::Engine;
use crate::error::Result;
use crate::view::{BankQuery, Topic};
use serde::Serialize;

/// A list older than this (a day) is read again.
const LIST_LIFE_MS: i64 = 24 * 3600 * 1000;
/// The most rows of one window.
const WINDOW: u32 = 200;

/// A bank as Codat lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BankListing {
    /// Platform key: what `connect` wants.
    pub key: String,
    /// Name.
    pub name: String,
    /// Where its logo is.
    pub logo_url: Option<String>,
    /// Switched on in the Portal.
    pub enabled: bool,
    /// Source at Codat.
    pub source_id: Option<String>,
    /// Provider at Codat.
    pub integration_id: Option<String>,
    /// A business log-in.
    pub business: bool,
    /// A personal log-in.
    pub personal: bool,
    /// Why it matched, when the name alone does not show it.
    pub reason: Option<String>,
    /// Why the team does not offer it.
    pub hidden: Option<String>,
}

impl Engine {
    /// Banks that fit the text, best first; the list is read again when it is a day old and Codat can be asked.
    ///
    /// # Errors
    /// When the list was never read and Codat cannot be asked.
    pub async fn list_banks(&self, text: &str, limit: u32) -> Result<Vec<BankListing>> {
        let read_at = self.store(|store| store.fact("banks_at")).await?.and_then(|at| at.parse::<i64>().ok());
        if read_at.is_some_and(|at| self.now() - at > LIST_LIFE_MS)
            && let Err(error) = self.refresh_banks().await
        {
            tracing::info!(%error, "the bank list could not be read again");
        }
        let mut found: Vec<BankListing> = vec![];
        loop {
            let offset = u32::try_from(found.len()).unwrap_or(u32::MAX);
            let wanted = (limit - offset.min(limit)).min(WINDOW);
            if wanted == 0 {
                return Ok(found);
            }
            let page = self.search_banks(BankQuery { text: text.to_owned(), personal: true, offset, limit: wanted }).await?;
            let full = page.rows.len() == wanted as usize;
            for row in page.rows {
                let bank = self.bank(&row.key).await?;
                found.push(BankListing {
                    key: bank.key,
                    name: row.name,
                    logo_url: bank.logo_url,
                    enabled: bank.enabled,
                    source_id: bank.source_id,
                    integration_id: bank.integration_id,
                    business: row.business,
                    personal: row.personal,
                    reason: row.reason,
                    hidden: row.hidden,
                });
            }
            if !full {
                return Ok(found);
            }
        }
    }

    /// Asks Codat for one company, its connections and how far their reads are. Fetches no records.
    ///
    /// # Errors
    /// When Codat cannot be asked; what is known stays.
    pub async fn refresh_company(&self, id: &str) -> Result<()> {
        let asked = self.now();
        let told = self.inner.source.company(id).await?;
        self.store(move |store| store.take_companies(&[told], asked)).await?;
        self.look_at_reads(id).await?;
        self.stale([Topic::Company(id.to_owned()), Topic::Companies]);
        Ok(())
    }
}
