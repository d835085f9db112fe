//! What Codat's Portal enables, read only, with what changed of it; and the team's own offer on top, which changes nothing at Codat.

use super::{DEFAULT, Listed, Picker, WEEK_MS, note};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{
    BankChangeView, Millis, MirrorQuery, MirrorRow, MirrorView, MirrorWhich, OfferChange, Ring, SourceView, StatusPill, Topic,
};
use domain::bank_kind::BankKind;
use domain::bank_search::fold;
use domain::display::shown;
use domain::monogram::monogram;
use say::{say, word};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use store::{BankChange, BankEntry, Change};

/// Changes that are shown.
const MOST_CHANGES: usize = 200;
/// Changes among which the last name of a bank is looked for.
const KEPT_IN_MIND: u32 = 5_000;
const MOST_FAVOURITES: usize = 40;
/// Longest reason for hiding a bank, in characters.
const LONGEST_WHY: usize = 200;

impl Engine {
    /// Banks as Codat's Portal has them, through whom each is reached, and what changed within the last week.
    ///
    /// # Errors
    /// When the list was never read and Codat cannot be asked.
    pub async fn bank_mirror(&self, query: MirrorQuery) -> Result<MirrorView> {
        let picker = self.picker().await?;
        let week = self.now() - WEEK_MS;
        let (mut changes, since) = self.store(|store| Ok((store.bank_changes(0, KEPT_IN_MIND)?, store.fact("banks_since")?))).await?;
        let words: Vec<String> = fold(&query.text.chars().take(100).collect::<String>()).split_whitespace().map(str::to_owned).collect();
        let gone = unlisted(&picker, &changes);
        changes.retain(|one| one.at >= week);
        changes.truncate(MOST_CHANGES);
        let all = picker.listed.iter().chain(if query.which == MirrorWhich::Ours { gone.iter() } else { [].iter() });
        let fitting: Vec<&Listed> = all.filter(|listed| wanted(&picker, listed, query.which) && fits(listed, &words)).collect();
        let window: Vec<&BankEntry> =
            fitting.iter().skip(query.offset as usize).take(query.limit.clamp(1, 200) as usize).map(|listed| &listed.bank).collect();
        let find = |key: &String| picker.listed.iter().chain(&gone).find(|listed| listed.bank.key == *key).map(|listed| &listed.bank);
        let favourites: Vec<&BankEntry> = picker.favourites.iter().filter_map(find).collect();
        let default_bank = picker.default_bank.as_ref().and_then(find);
        let shown_banks = window.iter().chain(&favourites).chain(&default_bank);
        let logos = self.logos(shown_banks.filter_map(|bank| bank.logo_url.as_deref())).await?;
        let row = |bank: &BankEntry| mirror_row(&picker, bank, &logos);
        Ok(MirrorView {
            sources: sources(&picker),
            changes: changes.iter().map(change_view).collect(),
            since: since.and_then(|at| at.parse().ok()).map(Millis),
            as_of: picker.as_of.map(Millis),
            favourites: favourites.into_iter().map(row).collect(),
            default_bank: default_bank.map(row),
            total: u32::try_from(fitting.len()).unwrap_or(u32::MAX),
            rows: window.into_iter().map(row).collect(),
        })
    }

    /// Changes what the team offers. Codat is not asked and nothing is changed there.
    ///
    /// # Errors
    /// When there is no such bank, a text is too long, or the database cannot be written.
    pub async fn change_offer(&self, change: OfferChange) -> Result<()> {
        let picker = self.picker().await?;
        let is_known = |key: &String| picker.offers.contains_key(key) || picker.listed.iter().any(|listed| listed.bank.key == *key);
        let known = |key: String| if is_known(&key) { Ok(key) } else { Err(Error::BankUnavailable(key.chars().take(80).collect())) };
        let kept = |key: &String| picker.offers.get(key).cloned().unwrap_or_default();
        let subject = match change {
            OfferChange::Favourites { keys } => {
                let mut once = HashSet::new();
                let keys = keys.into_iter().filter(|key| once.insert(key.clone())).map(known).collect::<Result<Vec<String>>>()?;
                if keys.len() > MOST_FAVOURITES {
                    return Err(Error::BadRequest(say!(
                        "A team has at most 40 favourite banks: they are to save looking, not to be looked through."
                    )));
                }
                let subject = format!("favourites: {}", keys.join(" "));
                self.store(move |store| store.keep_favourites(&keys)).await?;
                subject
            }
            OfferChange::Default { key } => {
                let key = key.map(known).transpose()?.unwrap_or_default();
                let subject = format!("default: {key}");
                self.store(move |store| store.set_fact(DEFAULT, &key)).await?;
                subject
            }
            OfferChange::Hide { key, why } => {
                let (key, why) = (known(key)?, why.map(|why| why.trim().to_owned()));
                if why.as_ref().is_some_and(|why| why.chars().count() > LONGEST_WHY) {
                    return Err(Error::BadRequest(say!("A reason has at most 200 characters.")));
                }
                let subject = format!("{}: {key}", if why.is_some() { "hidden" } else { "offered" });
                let note = kept(&key).note;
                self.store(move |store| store.keep_offer(&key, why.as_deref(), &note)).await?;
                subject
            }
            OfferChange::Note { key, text } => {
                let (key, text) = (known(key)?, text.trim().to_owned());
                if text.chars().count() > note::LONGEST {
                    return Err(Error::BadRequest(say!("A note has at most 4,000 characters.")));
                }
                let subject = format!("note: {key}");
                let hidden = kept(&key).hidden;
                self.store(move |store| store.keep_offer(&key, hidden.as_deref(), &text)).await?;
                subject
            }
        };
        self.noted("offer-changed", "", subject).await;
        self.forget_picker();
        self.stale([Topic::Banks]);
        Ok(())
    }
}

/// Whoever Codat names; Plaid is told by its key where Codat does not.
fn source_of(bank: &BankEntry) -> String {
    match bank.provider.as_deref().map(shown).filter(|name| !name.is_empty()) {
        Some(name) => name,
        None if super::is_plaid(bank) => "Plaid".into(),
        None => say!("Provider not named"),
    }
}

/// Banks that the team made something of and that Codat no longer lists, by the last name known.
fn unlisted(picker: &Picker, changes: &[BankChange]) -> Vec<Listed> {
    let there: HashSet<&str> = picker.listed.iter().map(|listed| listed.bank.key.as_str()).collect();
    let mut keys: Vec<&String> = picker.offers.keys().chain(&picker.default_bank).filter(|key| !there.contains(key.as_str())).collect();
    keys.sort_unstable();
    keys.dedup();
    let gone = keys.into_iter().map(|key| {
        let last = changes.iter().find(|one| one.key == *key);
        let name = last.map_or_else(|| key.clone(), |one| one.name.clone());
        let bank = BankEntry { key: key.clone(), provider: last.and_then(|one| one.provider.clone()), name, ..BankEntry::default() };
        Listed { folded: fold(&bank.name), bank }
    });
    gone.collect()
}

fn wanted(picker: &Picker, listed: &Listed, which: MirrorWhich) -> bool {
    let key = &listed.bank.key;
    match which {
        MirrorWhich::All => true,
        MirrorWhich::On => listed.bank.enabled,
        MirrorWhich::Off => !listed.bank.enabled,
        MirrorWhich::Ours => picker.offers.contains_key(key) || picker.default_bank.as_ref() == Some(key),
    }
}

fn fits(listed: &Listed, words: &[String]) -> bool {
    let provider = listed.bank.provider.as_deref().map(fold).unwrap_or_default();
    let key = listed.bank.key.to_lowercase();
    words.iter().all(|word| listed.folded.contains(word.as_str()) || key.contains(word.as_str()) || provider.contains(word.as_str()))
}

fn sources(picker: &Picker) -> Vec<SourceView> {
    let mut by_source: BTreeMap<(String, Option<String>), (u32, u32)> = BTreeMap::new();
    for Listed { bank, .. } in &picker.listed {
        let (on, off) = by_source.entry((source_of(bank), bank.integration_id.clone())).or_default();
        *(if bank.enabled { on } else { off }) += 1;
    }
    let view = |((name, integration_id), (on, off))| SourceView { name, integration_id, on, off };
    let mut sources: Vec<SourceView> = by_source.into_iter().map(view).collect();
    sources.sort_by_key(|source| std::cmp::Reverse(source.on + source.off));
    sources
}

fn mirror_row(picker: &Picker, bank: &BankEntry, logos: &HashMap<String, Arc<str>>) -> MirrorRow {
    let is_listed = picker.listed.iter().any(|listed| listed.bank.key == bank.key);
    let (ring, word) = match (is_listed, bank.enabled) {
        (false, _) => (Ring::Crossed, word("Not listed any more")),
        (true, true) => (Ring::Moored, word("Switched on")),
        (true, false) => (Ring::Slashed, word("Switched off")),
    };
    let offer = picker.offers.get(&bank.key).cloned().unwrap_or_default();
    MirrorRow {
        key: bank.key.clone(),
        name: shown(&bank.name),
        source: source_of(bank),
        status: StatusPill { ring, word: word.into() },
        logo: bank.logo_url.as_ref().and_then(|url| logos.get(url)).map(ToString::to_string),
        monogram: monogram(&bank.name),
        personal: BankKind::of(&bank.key, &bank.name) == BankKind::Personal,
        linked: picker.linked(&bank.key),
        favourite: offer.place.is_some(),
        is_default: picker.default_bank.as_ref() == Some(&bank.key),
        blocks: note::blocks(&offer.note),
        hidden: offer.hidden.as_deref().map(shown),
        note: offer.note,
    }
}

fn change_view(change: &BankChange) -> BankChangeView {
    let (ring, word) = match change.change {
        Change::Appeared => (Ring::Moored, say!("Appeared")),
        Change::Disappeared => (Ring::Crossed, say!("Not listed any more")),
        Change::Renamed => (Ring::Dotted, say!("Renamed from {was}", was = shown(change.was.as_deref().unwrap_or(word("another name"))))),
        Change::SwitchedOn => (Ring::Moored, say!("Switched on")),
        Change::SwitchedOff => (Ring::Slashed, say!("Switched off")),
    };
    let bank = BankEntry { key: change.key.clone(), name: change.name.clone(), provider: change.provider.clone(), ..BankEntry::default() };
    BankChangeView {
        at: Millis(change.at),
        key: change.key.clone(),
        name: shown(&change.name),
        source: source_of(&bank),
        status: StatusPill { ring, word },
    }
}
