//! The banks that a client enables: read from Codat, searched here, with their logos and our own experience.

mod logos;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ports::Wait;
use crate::view::{BankPage, BankQuery, BankRow, Evidence, Millis, PickerMode, Ring, StatusPill, Topic};
use domain::bank_kind::BankKind;
use domain::bank_search::{BankName, Index, Options};
use domain::monogram::monogram;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use store::{BankEntry, BankRecord};

/// The enabled banks, prepared for searching.
pub(crate) struct Picker {
    banks: Vec<BankEntry>,
    index: Index,
}

/// Banks that most businesses in Europe use, for a list without own history.
const POPULAR: [&str; 12] = [
    "barclays",
    "hsbc",
    "lloyds",
    "natwest",
    "santander",
    "starling",
    "tide",
    "monzo",
    "revolut",
    "bank of ireland",
    "aib",
    "royal bank of scotland",
];

/// Longest text that counts, in characters.
const LONGEST_QUERY: usize = 100;

impl Engine {
    /// Reads the list from Codat.
    ///
    /// # Errors
    /// When Codat cannot be asked; the list that is there stays.
    pub async fn refresh_banks(&self) -> Result<()> {
        let banks = self.inner.source.banks().await?;
        let now = self.now();
        self.store(move |store| store.replace_banks(&banks, now)).await?;
        *self.inner.index.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.stale([Topic::Banks]);
        let logos: Wait<'static, ()> = self.clone().logos();
        self.spawn(logos);
        Ok(())
    }

    /// An enabled bank by its key. Reads the list once when there is none yet.
    pub(crate) async fn bank(&self, key: &str) -> Result<BankEntry> {
        let picker = self.picker().await?;
        picker.banks.iter().find(|bank| bank.key == key).cloned().ok_or_else(|| Error::BankUnavailable(key.chars().take(80).collect()))
    }

    async fn picker(&self) -> Result<Arc<Picker>> {
        if let Some(picker) = self.inner.index.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(picker);
        }
        let never_read = self.store(|store| store.fact("banks_at")).await?.is_none();
        if never_read {
            self.refresh_banks().await?;
        }
        let mut banks = self.store(store::Store::banks).await?;
        banks.retain(|bank| bank.enabled);
        let index = Index::new(banks.iter().map(|bank| BankName { key: bank.key.clone(), name: bank.name.clone() }));
        let picker = Arc::new(Picker { banks, index });
        *self.inner.index.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&picker));
        Ok(picker)
    }

    /// A window of the banks that fit the typed text, best first.
    ///
    /// # Errors
    /// When the list was never read and Codat cannot be asked.
    pub async fn search_banks(&self, query: BankQuery) -> Result<BankPage> {
        let picker = self.picker().await?;
        let text: String = query.text.chars().take(LONGEST_QUERY).collect();
        let personal = query.personal || self.preferences().show_personal_banks;
        let options = Options { personal, offset: query.offset as usize, limit: query.limit.clamp(1, 200) as usize };
        let matches = picker.index.search(&text, options);
        let records = self.store(store::Store::bank_records).await?;
        let by_key: HashMap<&str, &BankRecord> = records.iter().map(|record| (record.key.as_str(), record)).collect();
        let mut rows = vec![];
        for hit in &matches.hits {
            if let Some(bank) = picker.banks.get(hit.bank) {
                rows.push(self.row(bank, hit.matched.clone(), hit.reason.clone(), by_key.get(bank.key.as_str()).copied()).await?);
            }
        }
        let (mut recent, mut popular) = (vec![], vec![]);
        if text.trim().is_empty() && query.offset == 0 {
            for record in records.iter().take(3) {
                if let Some(bank) = picker.banks.iter().find(|bank| bank.key == record.key) {
                    recent.push(self.row(bank, vec![], None, Some(record)).await?);
                }
            }
            for bank in popular_of(&picker, &records).into_iter().take(6) {
                popular.push(self.row(bank, vec![], None, by_key.get(bank.key.as_str()).copied()).await?);
            }
        }
        let as_of = self.store(|store| store.fact("banks_at")).await?;
        Ok(BankPage {
            mode: match picker.banks.as_slice() {
                [] => PickerMode::None,
                [only] if only.key == "plaid" || only.key == "suuo" => PickerMode::Plaid,
                [_] => PickerMode::Single,
                _ => PickerMode::List,
            },
            enabled: u32::try_from(picker.banks.len()).unwrap_or(u32::MAX),
            total: u32::try_from(matches.total).unwrap_or(u32::MAX),
            hidden_personal: u32::try_from(matches.hidden_personal).unwrap_or(u32::MAX),
            note: matches.note,
            rows,
            recent,
            popular,
            as_of: as_of.and_then(|at| at.parse().ok()).map(Millis),
        })
    }

    async fn row(
        &self,
        bank: &BankEntry,
        matched: Vec<(u32, u32)>,
        reason: Option<String>,
        record: Option<&BankRecord>,
    ) -> Result<BankRow> {
        let kind = BankKind::of(&bank.key, &bank.name);
        let logo = match &bank.logo_url {
            Some(url) => self.kept_logo(url).await?,
            None => None,
        };
        Ok(BankRow {
            key: bank.key.clone(),
            name: domain::display::shown(&bank.name),
            matched,
            reason,
            business: kind == BankKind::Business,
            personal: kind == BankKind::Personal,
            logo,
            monogram: monogram(&bank.name),
            evidence: record.map(evidence),
        })
    }
}

/// Most linked here first, then well-known names, one row a name, business before the rest.
fn popular_of<'p>(picker: &'p Picker, records: &[BankRecord]) -> Vec<&'p BankEntry> {
    let mut linked: Vec<&BankRecord> = records.iter().filter(|record| record.linked > 0).collect();
    linked.sort_by(|left, right| right.linked.cmp(&left.linked).then_with(|| left.key.cmp(&right.key)));
    let mut found: Vec<&BankEntry> = linked.iter().filter_map(|record| picker.banks.iter().find(|bank| bank.key == record.key)).collect();
    for name in POPULAR {
        let options = Options { personal: false, offset: 0, limit: 1 };
        let best = picker.index.search(name, options).hits.first().and_then(|hit| picker.banks.get(hit.bank));
        if let Some(best) = best.filter(|best| found.iter().all(|there| there.key != best.key)) {
            found.push(best);
        }
    }
    found
}

/// Own experience in words: never a promise, always counted.
fn evidence(record: &BankRecord) -> Evidence {
    let (good, all) = (record.last.iter().filter(|linked| **linked).count(), record.last.len());
    let ring = match (good, all) {
        (good, all) if good == all => Ring::Moored,
        (0, _) => Ring::Crossed,
        _ => Ring::Half,
    };
    Evidence {
        status: StatusPill { ring, word: format!("{good} of last {all} linked") },
        last_success: record.last_success.map(Millis),
        linked: record.linked,
    }
}
