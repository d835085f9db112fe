//! The banks that a client enables: read from Codat, searched here, with their logos and our own experience.

mod logos;

pub(crate) use logos::Shelf;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{BankPage, BankQuery, BankRow, Evidence, Millis, PickerMode, Ring, StatusPill, Topic};
use domain::bank_kind::BankKind;
use domain::bank_search::{BankName, Index, Options};
use domain::monogram::monogram;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use store::{BankEntry, BankRecord};

/// The enabled banks, prepared for searching: a keystroke asks neither Codat nor the disk.
pub(crate) struct Picker {
    banks: Vec<BankEntry>,
    by_key: HashMap<String, usize>,
    index: Index,
    /// When the list was read.
    as_of: Option<i64>,
    /// Our own experience, most recently tried first.
    records: Vec<BankRecord>,
}

impl Picker {
    fn bank(&self, key: &str) -> Option<&BankEntry> {
        self.by_key.get(key).and_then(|at| self.banks.get(*at))
    }
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

/// Plaid's own platform keys.
const PLAID: [&str; 2] = ["plaid", "suuo"];

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
        self.forget_picker();
        self.stale([Topic::Banks]);
        self.fetch_likely_logos().await;
        Ok(())
    }

    /// What a keystroke is answered from is made anew: the list or our experience changed.
    pub(crate) fn forget_picker(&self) {
        *self.inner.index.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// An enabled bank by its key. Reads the list once when there is none yet.
    pub(crate) async fn bank(&self, key: &str) -> Result<BankEntry> {
        let picker = self.picker().await?;
        picker.bank(key).cloned().ok_or_else(|| Error::BankUnavailable(key.chars().take(80).collect()))
    }

    async fn picker(&self) -> Result<Arc<Picker>> {
        if let Some(picker) = self.inner.index.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(picker);
        }
        let never_read = self.store(|store| store.fact("banks_at")).await?.is_none();
        if never_read {
            self.refresh_banks().await?;
        }
        let (banks, records, as_of) = self.store(|store| Ok((store.banks()?, store.bank_records()?, store.fact("banks_at")?))).await?;
        let banks: Vec<BankEntry> = banks.into_iter().filter(|bank| bank.enabled).collect();
        let picker = tokio::task::spawn_blocking(move || {
            let index = Index::new(banks.iter().map(|bank| BankName { key: bank.key.clone(), name: bank.name.clone() }));
            let by_key = banks.iter().enumerate().map(|(at, bank)| (bank.key.clone(), at)).collect();
            Arc::new(Picker { banks, by_key, index, as_of: as_of.and_then(|at| at.parse().ok()), records })
        });
        let picker = picker.await.map_err(|error| Error::Internal(error.to_string()))?;
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
        let (mut recent, mut popular) = (vec![], vec![]);
        if text.trim().is_empty() && query.offset == 0 {
            recent = picker.records.iter().filter_map(|record| picker.bank(&record.key)).take(3).collect();
            popular = popular_of(&picker).into_iter().take(6).collect();
        }
        let hits: Vec<_> = matches.hits.iter().filter_map(|hit| Some((picker.banks.get(hit.bank)?, hit))).collect();
        let shown = recent.iter().chain(&popular).chain(hits.iter().map(|(bank, _)| bank));
        let logos = self.logos(shown.filter_map(|bank| bank.logo_url.as_deref())).await?;
        let records: HashMap<&str, &BankRecord> = picker.records.iter().map(|record| (record.key.as_str(), record)).collect();
        let row = |bank: &BankEntry, matched: &[(u32, u32)], reason: Option<&String>| {
            let kind = BankKind::of(&bank.key, &bank.name);
            let logo = bank.logo_url.as_ref().and_then(|url| logos.get(url.as_str()));
            BankRow {
                key: bank.key.clone(),
                name: domain::display::shown(&bank.name),
                matched: matched.to_vec(),
                reason: reason.cloned(),
                business: kind == BankKind::Business,
                personal: kind == BankKind::Personal,
                logo: logo.map(ToString::to_string),
                monogram: monogram(&bank.name),
                evidence: records.get(bank.key.as_str()).map(|record| evidence(record)),
            }
        };
        Ok(BankPage {
            mode: mode(&picker.banks),
            enabled: u32::try_from(picker.banks.len()).unwrap_or(u32::MAX),
            total: u32::try_from(matches.total).unwrap_or(u32::MAX),
            hidden_personal: u32::try_from(matches.hidden_personal).unwrap_or(u32::MAX),
            rows: hits.iter().map(|(bank, hit)| row(bank, &hit.matched, hit.reason.as_ref())).collect(),
            recent: recent.iter().map(|bank| row(bank, &[], None)).collect(),
            popular: popular.iter().map(|bank| row(bank, &[], None)).collect(),
            note: matches.note.clone(),
            as_of: picker.as_of.map(Millis),
        })
    }
}

/// Whether customers choose their bank on Plaid's page rather than here.
pub(crate) fn is_plaid(bank: &BankEntry) -> bool {
    PLAID.contains(&bank.key.to_lowercase().as_str()) || bank.name.eq_ignore_ascii_case("plaid")
}

fn mode(banks: &[BankEntry]) -> PickerMode {
    match banks {
        [] => PickerMode::None,
        [only] if is_plaid(only) => PickerMode::Plaid,
        [_] => PickerMode::Single,
        _ => PickerMode::List,
    }
}

/// Most linked here first, then well-known names, one row a name, business before the rest.
fn popular_of(picker: &Picker) -> Vec<&BankEntry> {
    let mut linked: Vec<&BankRecord> = picker.records.iter().filter(|record| record.linked > 0).collect();
    linked.sort_by(|left, right| right.linked.cmp(&left.linked).then_with(|| left.key.cmp(&right.key)));
    let mut found: Vec<&BankEntry> = linked.iter().filter_map(|record| picker.bank(&record.key)).collect();
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
pub(crate) fn evidence(record: &BankRecord) -> Evidence {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn bank(key: &str, name: &str) -> BankEntry {
        BankEntry {
            key: key.into(),
            name: name.into(),
            logo_url: None,
            enabled: true,
            source_id: None,
            integration_id: None,
            source_type: None,
        }
    }

    #[test]
    fn one_source_is_not_a_list_and_plaid_asks_the_customer_itself() {
        assert_eq!(mode(&[]), PickerMode::None);
        assert_eq!(mode(&[bank("suuo", "Plaid")]), PickerMode::Plaid);
        assert_eq!(mode(&[bank("natwest", "NatWest")]), PickerMode::Single);
        assert_eq!(mode(&[bank("suuo", "Plaid"), bank("natwest", "NatWest")]), PickerMode::List);
    }

    #[test]
    fn experience_is_counted_and_never_promised() {
        let of = |last: &[bool]| evidence(&BankRecord { last: last.to_vec(), ..BankRecord::default() }).status;
        assert_eq!((of(&[true, true]).ring, of(&[true, true]).word.as_str()), (Ring::Moored, "2 of last 2 linked"));
        assert_eq!((of(&[false, true, true]).ring, of(&[false]).ring), (Ring::Half, Ring::Crossed));
    }
}
