//! The data-access sheet: what the customer is told before the link is handed over. The binding consent is on the provider's page.

use crate::engine::Engine;
use crate::error::Result;
use crate::view::{DataAccessSheet, SheetSection};

/// Version of the words below; kept with every case. Change it with them.
pub(crate) const VERSION: &str = "2026-11-en-1";

impl Engine {
    /// The sheet for a bank.
    ///
    /// # Errors
    /// When the bank is not known.
    pub async fn data_access_sheet(&self, bank_key: String) -> Result<DataAccessSheet> {
        let bank = self.bank(&bank_key).await?.name;
        let client = self.client_name().await;
        let section = |heading: &str, lead: String, detail: &[&str]| SheetSection {
            heading: heading.into(),
            lead,
            detail: detail.iter().map(|line| (*line).to_owned()).collect(),
        };
        Ok(DataAccessSheet {
            version: VERSION.into(),
            note: self.bank_note(&bank_key).await,
            sections: vec![
                section(
                    "Why we ask",
                    format!("{client} uses the account information to make its decision and to look after the account with you."),
                    &["It replaces statements on paper.", "It is not used for anything else without asking again."],
                ),
                section(
                    "What is shared",
                    "Account names and numbers, balances, transactions and their categories.".into(),
                    &[
                        "Usually up to 24 months of history, as far as the bank gives it.",
                        "Read-only: nobody can move money with it.",
                        "Only the accounts you tick on the bank\u{2019}s page.",
                    ],
                ),
                section(
                    "How it works",
                    format!("You will be sent to {bank} to sign in. We never see the password."),
                    &[
                        "The connection runs through Codat and a regulated account information provider.",
                        "Some banks ask a second person to approve.",
                    ],
                ),
                section(
                    "For how long",
                    "Until you stop it, or until the bank asks you to confirm again, usually after 90 to 180 days.".into(),
                    &["After that nothing new is read; what was read is kept as long as the law and your agreement say."],
                ),
                section(
                    "How to stop",
                    "Tell us, or remove the access in your online banking, at any time.".into(),
                    &["Stopping does not undo what was read before.", "You can ask for a copy of what is held, or for its erasure."],
                ),
            ],
        })
    }

    pub(crate) async fn client_name(&self) -> String {
        let kept = self.store(|store| store.fact("client_name")).await.ok().flatten();
        if let Some(name) = kept {
            return name;
        }
        match self.inner.source.client().await {
            Ok(client) => {
                let name = client.name.clone();
                let _ = self.store(move |store| store.set_fact("client_name", &name)).await;
                client.name
            }
            Err(_) => "The lender".into(),
        }
    }
}
