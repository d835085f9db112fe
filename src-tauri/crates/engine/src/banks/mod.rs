//! The banks that a client enables: read from Codat, searched here, with their logos and our own experience.

mod logos;
mod mirror;
mod note;
pub(crate) mod view;

pub(crate) use logos::Shelf;
pub use note::blocks as note_blocks;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{AwayBank, BankPage, BankQuery, BankRow, Evidence, Millis, NoteBlock, PickerMode, Ring, StatusPill, Topic};
use domain::bank_kind::BankKind;
use domain::bank_search::{BankName, Hit, Index, Matches, Options, fold};
use domain::monogram::monogram;
use say::{say, word};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::{BankChange, BankEntry, BankRecord, Change, Offer};

/// The banks, prepared for searching: a keystroke asks neither Codat nor the disk.
pub(crate) struct Picker {
    /// Those that are enabled.
    banks: Vec<BankEntry>,
    by_key: HashMap<String, usize>,
    /// Those that are offered, by their places in `banks`.
    offered: Part,
    /// Those that the team hides.
    hidden: Part,
    /// The default and the favourites, as they come first.
    front: Vec<usize>,
    /// All that are listed, switched on or not, by name.
    listed: Vec<Listed>,
    /// What the team makes of them.
    offers: HashMap<String, Offer>,
    /// Favourites in their order.
    favourites: Vec<String>,
    /// The bank that is chosen unless a person chooses another.
    default_bank: Option<String>,
    /// What went or was switched off in the last week, newest first.
    away: Vec<BankChange>,
    /// When the list was read.
    as_of: Option<i64>,
    /// Our own experience, most recently tried first.
    records: Vec<BankRecord>,
}

/// A bank of the mirror with the words it is found by.
struct Listed {
    bank: BankEntry,
    folded: String,
}

/// Banks that are searched together.
struct Part {
    index: Index,
    at: Vec<usize>,
}

impl Part {
    fn of(banks: &[BankEntry], wanted: impl Fn(&BankEntry) -> bool) -> Self {
        let at: Vec<usize> = banks.iter().enumerate().filter(|(_, bank)| wanted(bank)).map(|(at, _)| at).collect();
        let named = at.iter().filter_map(|at| banks.get(*at)).map(|bank| BankName { key: bank.key.clone(), name: bank.name.clone() });
        Self { index: Index::new(named), at }
    }

    /// Hits tell places in the whole list of banks.
    fn search(&self, text: &str, options: Options) -> Matches {
        let mut matches = self.index.search(text, options);
        for hit in &mut matches.hits {
            hit.bank = self.at.get(hit.bank).copied().unwrap_or(usize::MAX);
        }
        matches
    }
}

/// What a picker is made from.
struct Known {
    banks: Vec<BankEntry>,
    offers: Vec<Offer>,
    default_bank: Option<String>,
    away: Vec<BankChange>,
    as_of: Option<i64>,
    records: Vec<BankRecord>,
}

impl Picker {
    fn new(known: Known) -> Self {
        let Known { banks: listed, offers, default_bank, away, as_of, records } = known;
        let banks: Vec<BankEntry> = listed.iter().filter(|bank| bank.enabled).cloned().collect();
        let by_key: HashMap<String, usize> = banks.iter().enumerate().map(|(at, bank)| (bank.key.clone(), at)).collect();
        let favourites: Vec<String> = offers.iter().filter(|offer| offer.place.is_some()).map(|offer| offer.key.clone()).collect();
        let offers: HashMap<String, Offer> = offers.into_iter().map(|offer| (offer.key.clone(), offer)).collect();
        let is_hidden = |bank: &BankEntry| is_hidden(&offers, bank);
        let mut front: Vec<usize> = vec![];
        for at in default_bank.iter().chain(&favourites).filter_map(|key| by_key.get(key).copied()) {
            if !front.contains(&at) && !banks.get(at).is_some_and(is_hidden) {
                front.push(at);
            }
        }
        let (offered, hidden) = (Part::of(&banks, |bank| !is_hidden(bank)), Part::of(&banks, is_hidden));
        let mut listed: Vec<Listed> = listed.into_iter().map(|bank| Listed { folded: fold(&bank.name), bank }).collect();
        listed.sort_by(|one, other| one.folded.cmp(&other.folded).then_with(|| one.bank.key.cmp(&other.bank.key)));
        Self { banks, by_key, offered, hidden, front, listed, offers, favourites, default_bank, away, as_of, records }
    }

    fn bank(&self, key: &str) -> Option<&BankEntry> {
        self.by_key.get(key).and_then(|at| self.banks.get(*at))
    }

    fn linked(&self, key: &str) -> u32 {
        self.records.iter().find(|record| record.key == key).map_or(0, |record| record.linked)
    }

    /// Nothing typed: the default, the favourites, then the rest. Something typed: what is offered, and behind it what is hidden.
    fn search(&self, text: &str, options: Options) -> Matches {
        if text.trim().is_empty() {
            return self.everything(options);
        }
        let mut found = self.offered.search(text, options);
        let rest = Options { offset: options.offset.saturating_sub(found.total), limit: options.limit - found.hits.len(), ..options };
        let hidden = self.hidden.search(text, rest);
        // Words that fit as they are typed need no others.
        if found.total == 0 || hidden.note.is_none() {
            found.note = found.note.or(hidden.note);
            found.total += hidden.total;
            found.hidden_personal += hidden.hidden_personal;
            found.hits.extend(hidden.hits);
        }
        found
    }

    fn everything(&self, options: Options) -> Matches {
        if self.front.is_empty() {
            return self.offered.search("", options);
        }
        let first: HashSet<usize> = self.front.iter().copied().collect();
        let all = self.offered.search("", Options { offset: 0, limit: usize::MAX, ..options });
        let in_front = self.front.iter().map(|bank| Hit { bank: *bank, score: 0, matched: vec![], reason: None });
        let listed: Vec<Hit> = in_front.chain(all.hits.into_iter().filter(|hit| !first.contains(&hit.bank))).collect();
        let personal = |bank: &&usize| self.banks.get(**bank).is_some_and(|bank| BankKind::of(&bank.key, &bank.name) == BankKind::Personal);
        let shown_though_personal = if options.personal { 0 } else { self.front.iter().filter(personal).count() };
        Matches {
            total: listed.len(),
            hidden_personal: all.hidden_personal.saturating_sub(shown_though_personal),
            note: None,
            hits: listed.into_iter().skip(options.offset).take(options.limit).collect(),
        }
    }

    /// Banks of these words that went or were switched off lately, and did not come back.
    fn away(&self, text: &str) -> Vec<AwayBank> {
        let words: Vec<String> = fold(text).split_whitespace().map(str::to_owned).collect();
        if words.is_empty() {
            return vec![];
        }
        let mut told = HashSet::new();
        let gone = self.away.iter().filter(|one| self.bank(&one.key).is_none() && told.insert(one.key.as_str()));
        let fitting = gone.filter(|one| {
            let name = fold(&one.name);
            words.iter().all(|word| name.contains(word.as_str()))
        });
        let told = fitting.take(MOST_AWAY).map(|one| AwayBank {
            name: domain::display::shown(&one.name),
            word: if one.change == Change::Disappeared {
                word("No longer listed by Codat")
            } else {
                word("Switched off in Codat\u{2019}s Portal")
            }
            .into(),
            at: Millis(one.at),
        });
        told.collect()
    }
}

fn is_hidden(offers: &HashMap<String, Offer>, bank: &BankEntry) -> bool {
    offers.get(&bank.key).is_some_and(|offer| offer.hidden.is_some())
}

/// How long a change is told of.
const WEEK_MS: i64 = 7 * 24 * 3600 * 1000;
/// Banks that are gone, told beside a search.
const MOST_AWAY: usize = 5;
/// Favourites that stand beside the list.
const MOST_TILES: usize = 9;
/// Between two looks of a program that runs for days.
const A_DAY: Duration = Duration::from_hours(24);
/// The fact that names the bank chosen unless a person chooses another.
const DEFAULT: &str = "default_bank";

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
    /// Reads the list from Codat and notes what changed since it was read before.
    ///
    /// # Errors
    /// When Codat cannot be asked; the list that is there stays.
    pub async fn refresh_banks(&self) -> Result<()> {
        let told = self.inner.source.all_banks().await?;
        let now = self.now();
        self.store(move |store| store.look_at_banks(&told.banks, told.whole, now)).await?;
        self.forget_picker();
        self.stale([Topic::Banks]);
        self.fetch_likely_logos().await;
        Ok(())
    }

    /// At the start and once a day.
    pub(crate) async fn keep_banks(&self) {
        loop {
            if let Err(error) = self.refresh_banks().await {
                tracing::info!(%error, "the banks could not be refreshed");
            }
            tokio::time::sleep(A_DAY).await;
        }
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

    /// A bank's name, also when it cannot be connected any more.
    pub(crate) async fn bank_name(&self, key: &str) -> String {
        let picker = self.picker().await.ok();
        let listed = picker.as_ref().and_then(|picker| picker.listed.iter().find(|listed| listed.bank.key == key));
        listed.map_or_else(|| key.to_owned(), |listed| listed.bank.name.clone())
    }

    /// What a customer will see at a bank, as the team wrote it.
    pub(crate) async fn bank_note(&self, key: &str) -> Vec<NoteBlock> {
        let picker = self.picker().await.ok();
        picker.and_then(|picker| Some(note::blocks(&picker.offers.get(key)?.note))).unwrap_or_default()
    }

    async fn picker(&self) -> Result<Arc<Picker>> {
        if let Some(picker) = self.inner.index.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(picker);
        }
        let never_read = self.store(|store| store.fact("banks_at")).await?.is_none();
        if never_read {
            self.refresh_banks().await?;
        }
        let since = self.now() - WEEK_MS;
        let known = self
            .store(move |store| {
                let away = store.bank_changes(since, u32::MAX)?;
                Ok(Known {
                    banks: store.banks()?,
                    offers: store.offers()?,
                    default_bank: store.fact(DEFAULT)?.filter(|key| !key.is_empty()),
                    away: away.into_iter().filter(|one| matches!(one.change, Change::Disappeared | Change::SwitchedOff)).collect(),
                    as_of: store.fact("banks_at")?.and_then(|at| at.parse().ok()),
                    records: store.bank_records()?,
                })
            })
            .await?;
        let picker = tokio::task::spawn_blocking(move || Arc::new(Picker::new(known)));
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
        let matches = picker.search(&text, options);
        let (mut favourites, mut recent, mut popular): (Vec<&BankEntry>, Vec<&BankEntry>, Vec<&BankEntry>) = (vec![], vec![], vec![]);
        if text.trim().is_empty() && query.offset == 0 {
            let is_hidden = |bank: &BankEntry| is_hidden(&picker.offers, bank);
            favourites = picker.front.iter().filter_map(|at| picker.banks.get(*at)).take(MOST_TILES).collect();
            let tried = picker.records.iter().filter_map(|record| picker.bank(&record.key));
            recent = tried.filter(|bank| !is_hidden(bank) && !favourites.contains(bank)).take(3).collect();
            let linked = popular_of(&picker).into_iter();
            popular = linked.filter(|bank| !is_hidden(bank) && !favourites.contains(bank)).take(6).collect();
        }
        let hits: Vec<_> = matches.hits.iter().filter_map(|hit| Some((picker.banks.get(hit.bank)?, hit))).collect();
        let shown = favourites.iter().chain(&recent).chain(&popular).chain(hits.iter().map(|(bank, _)| bank));
        let logos = self.logos(shown.filter_map(|bank| bank.logo_url.as_deref())).await?;
        let records: HashMap<&str, &BankRecord> = picker.records.iter().map(|record| (record.key.as_str(), record)).collect();
        let row = |bank: &BankEntry, matched: &[(u32, u32)], reason: Option<&String>| {
            let kind = BankKind::of(&bank.key, &bank.name);
            let logo = bank.logo_url.as_ref().and_then(|url| logos.get(url.as_str()));
            let offer = picker.offers.get(&bank.key);
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
                favourite: offer.is_some_and(|offer| offer.place.is_some()),
                is_default: picker.default_bank.as_ref() == Some(&bank.key),
                hidden: offer.and_then(|offer| offer.hidden.as_deref()).map(why_hidden),
            }
        };
        Ok(BankPage {
            mode: mode(&picker.banks),
            enabled: u32::try_from(picker.banks.len()).unwrap_or(u32::MAX),
            total: u32::try_from(matches.total).unwrap_or(u32::MAX),
            hidden_personal: u32::try_from(matches.hidden_personal).unwrap_or(u32::MAX),
            rows: hits.iter().map(|(bank, hit)| row(bank, &hit.matched, hit.reason.as_ref())).collect(),
            favourites: favourites.iter().map(|bank| row(bank, &[], None)).collect(),
            recent: recent.iter().map(|bank| row(bank, &[], None)).collect(),
            popular: popular.iter().map(|bank| row(bank, &[], None)).collect(),
            note: matches.note.clone(),
            away: if query.offset == 0 { picker.away(&text) } else { vec![] },
            as_of: picker.as_of.map(Millis),
        })
    }
}

/// Why a bank is not offered, in a word.
fn why_hidden(why: &str) -> String {
    let why = domain::display::shown(why);
    if why.is_empty() { say!("Hidden by your team") } else { say!("Hidden by your team: {why}", why) }
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
        let best = picker.offered.search(name, options).hits.first().and_then(|hit| picker.banks.get(hit.bank));
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
        status: StatusPill { ring, word: say!("{good} of last {all} linked", good, all) },
        last_success: record.last_success.map(Millis),
        linked: record.linked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bank(key: &str, name: &str) -> BankEntry {
        BankEntry { key: key.into(), name: name.into(), enabled: true, ..BankEntry::default() }
    }

    fn picker(banks: &[(&str, &str)], offers: &[(&str, Option<u32>, Option<&str>)], default_bank: Option<&str>) -> Picker {
        let offer = |(key, place, hidden): &(&str, Option<u32>, Option<&str>)| Offer {
            key: (*key).to_owned(),
            place: *place,
            hidden: hidden.map(str::to_owned),
            note: String::new(),
        };
        Picker::new(Known {
            banks: banks.iter().map(|(key, name)| bank(key, name)).collect(),
            offers: offers.iter().map(offer).collect(),
            default_bank: default_bank.map(str::to_owned),
            away: vec![BankChange {
                at: 1,
                key: "gone_uk".into(),
                name: "Gone Bank".into(),
                provider: None,
                change: Change::Disappeared,
                was: None,
            }],
            as_of: None,
            records: vec![],
        })
    }

    fn keys(picker: &Picker, text: &str, offset: usize, limit: usize) -> (usize, Vec<String>) {
        let found = picker.search(text, Options { personal: false, offset, limit });
        (found.total, found.hits.iter().filter_map(|hit| picker.banks.get(hit.bank)).map(|bank| bank.key.clone()).collect())
    }

    const BANKS: [(&str, &str); 6] = [
        ("alder_uk", "Alder Bank"),
        ("birch_uk", "Birch Bank"),
        ("cedar_uk", "Cedar Bank"),
        ("elm_uk", "Elm Bank"),
        ("elm_personal_uk", "Elm Bank Personal"),
        ("oak_uk", "Oak Bank"),
    ];

    #[test]
    fn the_default_and_the_favourites_come_first_and_what_is_hidden_only_when_it_is_asked_for() {
        let offers = [("oak_uk", Some(0), None), ("elm_personal_uk", Some(1), None), ("birch_uk", None, Some("fails for companies"))];
        let picker = picker(&BANKS, &offers, Some("cedar_uk"));
        let all = ["cedar_uk", "oak_uk", "elm_personal_uk", "alder_uk", "elm_uk"].map(str::to_owned).to_vec();
        assert_eq!(keys(&picker, "", 0, 10), (5, all.clone()));
        assert_eq!(
            (keys(&picker, " ", 1, 2).1, keys(&picker, "", 3, 9).1),
            (all[1..3].to_vec(), all[3..].to_vec()),
            "windows are pieces of one list"
        );
        assert_eq!(keys(&picker, "birch", 0, 10), (1, vec!["birch_uk".to_owned()]), "a search reaches it");
        let (total, found) = keys(&picker, "bank", 0, 10);
        assert_eq!((total, found.last().map(String::as_str)), (5, Some("birch_uk")), "behind what is offered: {found:?}");
        assert_eq!(keys(&picker, "bank", 4, 1).1, ["birch_uk"], "also where it begins a window");
        assert_eq!(
            (why_hidden(""), why_hidden("fails\u{202e} here")),
            ("Hidden by your team".into(), "Hidden by your team: fails here".into())
        );
        let found = picker.search("", Options { personal: false, offset: 0, limit: 1 });
        assert_eq!(found.hidden_personal, 0, "the one personal log-in is a favourite, so it is shown");
    }

    #[test]
    fn a_bank_that_went_lately_is_told_by_its_name_until_it_is_back() {
        let gone = picker(&BANKS, &[], None);
        assert_eq!(gone.away("gon").iter().map(|bank| bank.name.as_str()).collect::<Vec<_>>(), ["Gone Bank"]);
        assert_eq!((gone.away(""), gone.away("alder")), (vec![], vec![]));
        assert_eq!(picker(&[("gone_uk", "Gone Bank")], &[], None).away("gone"), vec![]);
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
