//! Drafts: leaving the flow loses nothing.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::attempts::language_of;
use crate::view::{BankMark, DraftView, Millis, Ring, SaveDraft, StatusPill, Topic};
use say::say;
use store::Draft;

/// Longest name that is kept, in characters.
const LONGEST_NAME: usize = 200;

impl Engine {
    /// All drafts, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn drafts(&self) -> Result<Vec<DraftView>> {
        let drafts = self.store(store::Store::drafts).await?;
        let mut views = vec![];
        for draft in drafts {
            views.push(self.draft_view(draft).await);
        }
        Ok(views)
    }

    /// Makes a draft, or changes one; members left out stay.
    ///
    /// # Errors
    /// When it is not here, or a text is too long.
    pub async fn save_draft(&self, save: SaveDraft) -> Result<DraftView> {
        let now = self.now();
        let mut draft = match &save.id {
            Some(id) => {
                let id = id.clone();
                self.store(move |store| store.draft(&id)).await?.ok_or(Error::NotFound("draft"))?
            }
            None => Draft { id: self.inner.ports.entropy.guid(), ..Draft::default() },
        };
        if let Some(name) = save.name {
            if name.chars().count() > LONGEST_NAME {
                return Err(Error::BadRequest(say!("A company name has at most 200 characters.")));
            }
            draft.name = name.trim().to_owned();
        }
        if let Some(reference) = save.reference {
            let reference = reference.trim();
            if reference.chars().count() > 100 {
                return Err(Error::BadRequest(say!("A reference has at most 100 characters.")));
            }
            draft.reference = Some(reference.to_owned()).filter(|reference| !reference.is_empty());
        }
        if let Some(company) = save.company_id {
            draft.company = Some(company).filter(|company| !company.is_empty());
        }
        if let Some(bank) = save.bank_key {
            self.bank(&bank).await?;
            draft.bank_key = Some(bank);
        }
        if save.sheet_seen {
            draft.sheet_seen_at.get_or_insert(now);
        }
        if let Some(language) = save.language {
            draft.language = Some(language.code().to_owned());
        }
        draft.saved_at = now;
        let kept = draft.clone();
        self.store(move |store| store.keep_draft(&kept)).await?;
        self.stale([Topic::Status, Topic::Companies]);
        Ok(self.draft_view(draft).await)
    }

    /// Drops a draft.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn discard_draft(&self, id: String) -> Result<()> {
        self.store(move |store| store.drop_draft(&id)).await?;
        self.stale([Topic::Status, Topic::Companies]);
        Ok(())
    }

    async fn draft_view(&self, draft: Draft) -> DraftView {
        let bank = match draft.bank_key {
            Some(key) => {
                let name = self.bank_name(&key).await;
                Some(BankMark { key, name, status: StatusPill { ring: Ring::Dotted, word: say!("Draft") } })
            }
            None => None,
        };
        DraftView {
            id: draft.id,
            name: draft.name,
            reference: draft.reference,
            company_id: draft.company,
            bank,
            sheet_seen_at: draft.sheet_seen_at.map(Millis),
            language: language_of(draft.language.as_deref()),
            saved_at: Millis(draft.saved_at),
        }
    }
}
