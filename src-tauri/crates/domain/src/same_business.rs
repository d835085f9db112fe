//! Whether the accounts that came back are the business that was asked: names, currencies, countries and the tails of account numbers, held against the
//! company's name and what was there before. Says what differs; a person decides what it means.

use crate::company_name::{as_stored, telling_words};
use std::collections::BTreeSet;

/// An account as far as it tells whose it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Holder, where the bank tells one.
    pub holder: Option<String>,
    /// Currency.
    pub currency: String,
    /// Country, where the bank tells an IBAN.
    pub country: Option<String>,
    /// Last characters of its number, where there is one.
    pub ending: Option<String>,
}

/// How near a holder is to a company's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// Another name.
    Other,
    /// One name is within the other.
    Alike,
    /// The same, but for case, accents, marks and the form of law.
    Same,
}

/// What differs, or cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// This holder bears another name.
    OtherHolder(String),
    /// This holder's name is like the company's, not the same.
    LikeHolder(String),
    /// The bank tells no holder of any account.
    NoHolder,
    /// A holder who was there before is not any more, and this one is there instead.
    HolderChanged(String, String),
    /// Not one account is as before.
    AllOther,
    /// Accounts that are not there any more, by their tails.
    Gone(Vec<String>),
    /// Accounts that were not there before, by their tails.
    New(Vec<String>),
    /// A currency that was not there before.
    NewCurrency(String),
    /// A country that was not there before.
    NewCountry(String),
    /// Accounts in several countries, at a first link.
    Countries(Vec<String>),
}

impl Difference {
    /// A person must say what it means. The rest is only told.
    #[must_use]
    pub const fn asks(&self) -> bool {
        !matches!(self, Self::NoHolder | Self::LikeHolder(_) | Self::Gone(_) | Self::New(_) | Self::Countries(_))
    }
}

/// Trading names stand beside the legal one: "A N Other t/a Corner Café".
fn names(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    for sign in [" trading as ", " t/a ", " t/as ", " dba ", " d/b/a "] {
        if let Some((legal, trading)) = lower.split_once(sign) {
            return vec![legal.to_owned(), trading.to_owned(), lower.replacen(sign, " ", 1)];
        }
    }
    vec![lower]
}

/// How near a holder is to a company's name.
#[must_use]
pub fn likeness(company: &str, holder: &str) -> Likeness {
    let sets = |text: &str| -> Vec<BTreeSet<String>> { names(text).iter().map(|name| telling_words(name).into_iter().collect()).collect() };
    // Codat drops letters of a company's name without a word; the bank does not of its holder's.
    let holders = [sets(holder), sets(&as_stored(holder).stored)].concat();
    sets(company).iter().flat_map(|own| holders.iter().map(move |other| of_words(own, other))).max().unwrap_or(Likeness::Other)
}

fn of_words(one: &BTreeSet<String>, other: &BTreeSet<String>) -> Likeness {
    if one.is_empty() || other.is_empty() {
        return Likeness::Other;
    }
    if one == other {
        return Likeness::Same;
    }
    // Some banks write names without blanks.
    let letters = |words: &BTreeSet<String>| {
        let mut letters: Vec<char> = words.iter().flat_map(|word| word.chars()).collect();
        letters.sort_unstable();
        letters
    };
    if one.len() != other.len() && letters(one) == letters(other) {
        return Likeness::Alike;
    }
    if one.is_subset(other) || other.is_subset(one) { Likeness::Alike } else { Likeness::Other }
}

/// What differs between the accounts now and the company's name, and the accounts before if there were any. Each difference once.
#[must_use]
pub fn differences(company: &str, now: &[Mark], before: Option<&[Mark]>) -> Vec<Difference> {
    if now.is_empty() {
        return vec![];
    }
    let mut all = holders(company, now, before.unwrap_or_default());
    match before.filter(|before| !before.is_empty()) {
        Some(before) => all.extend(since(now, before)),
        None => {
            let countries: BTreeSet<&str> = now.iter().filter_map(|mark| mark.country.as_deref()).collect();
            if countries.len() > 1 {
                all.push(Difference::Countries(countries.into_iter().map(str::to_owned).collect()));
            }
        }
    }
    all
}

fn holders(company: &str, now: &[Mark], before: &[Mark]) -> Vec<Difference> {
    let told = |marks: &[Mark]| -> BTreeSet<String> { marks.iter().filter_map(|mark| mark.holder.clone()).collect() };
    let (ours, theirs) = (told(now), told(before));
    if ours.is_empty() {
        return vec![Difference::NoHolder];
    }
    let mut all = vec![];
    for holder in &ours {
        if theirs.iter().any(|known| likeness(known, holder) == Likeness::Same) {
            continue;
        }
        match likeness(company, holder) {
            Likeness::Same => {}
            Likeness::Alike => all.push(Difference::LikeHolder(holder.clone())),
            Likeness::Other => match theirs.first() {
                Some(known) => all.push(Difference::HolderChanged(known.clone(), holder.clone())),
                None => all.push(Difference::OtherHolder(holder.clone())),
            },
        }
    }
    all
}

/// What is not as it was. Accounts without a number cannot be told apart, so they say nothing.
fn since(now: &[Mark], before: &[Mark]) -> Vec<Difference> {
    let tails = |marks: &[Mark]| -> BTreeSet<(String, String)> {
        marks.iter().filter_map(|mark| Some((mark.ending.clone()?, mark.currency.clone()))).collect()
    };
    let (ours, theirs) = (tails(now), tails(before));
    let names = |of: Vec<&(String, String)>| of.into_iter().map(|(ending, _)| ending.clone()).collect::<Vec<_>>();
    let (gone, new) = (names(theirs.difference(&ours).collect()), names(ours.difference(&theirs).collect()));
    let mut all = vec![];
    let can_tell = !theirs.is_empty() && !ours.is_empty();
    if can_tell && ours.is_disjoint(&theirs) {
        all.push(Difference::AllOther);
    } else if can_tell {
        if !gone.is_empty() {
            all.push(Difference::Gone(gone));
        }
        if !new.is_empty() {
            all.push(Difference::New(new));
        }
    }
    let each = |of: fn(&Mark) -> Option<String>| {
        let known: BTreeSet<String> = before.iter().filter_map(of).collect();
        let new: BTreeSet<String> = now.iter().filter_map(of).filter(|value| !known.contains(value)).collect();
        if known.is_empty() { BTreeSet::new() } else { new }
    };
    all.extend(each(|mark| Some(mark.currency.clone())).into_iter().map(Difference::NewCurrency));
    all.extend(each(|mark| mark.country.clone()).into_iter().map(Difference::NewCountry));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(holder: &str, ending: &str) -> Mark {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Mark { holder: some(holder), currency: "GBP".into(), country: None, ending: some(ending) }
    }

    #[test]
    fn a_name_is_the_same_whatever_case_accents_form_of_law_or_trading_name_it_is_written_with() {
        for (company, holder) in [
            ("Alder Joinery Ltd", "ALDER JOINERY LIMITED"),
            ("Café Müller GmbH", "CAFE MULLER"),
            ("Smith & Sons Ltd", "SMITH AND SONS"),
            ("The Corner Shop Ltd", "CORNER SHOP"),
            ("Corner Café", "J Smith t/a Corner Cafe"),
            ("J Smith trading as Corner Café", "J SMITH"),
            ("O'Neil, Sons", "O NEIL SONS"),
            ("Mller & Shne GmbH", "MÜLLER & SÖHNE GMBH"),
        ] {
            assert_eq!(likeness(company, holder), Likeness::Same, "{company} / {holder}");
        }
        for (company, holder) in [
            ("Alder Joinery Ltd", "Alder Joinery Bristol Ltd"),
            ("Alder Joinery (UK) Ltd", "ALDER JOINERY"),
            ("Alder Joinery", "ALDERJOINERY"),
        ] {
            assert_eq!(likeness(company, holder), Likeness::Alike, "{company} / {holder}");
        }
        for (company, holder) in [
            ("Alder Joinery Ltd", "Elder Joinery Ltd"),
            ("Alder Joinery Ltd", "J Smith"),
            ("Ltd", "Limited"),
            ("Alder", "日本"),
            ("Alder", ""),
        ] {
            assert_eq!(likeness(company, holder), Likeness::Other, "{company} / {holder}");
        }
    }

    #[test]
    fn a_first_link_is_held_against_the_name_alone_and_a_missing_holder_is_said() {
        let of = |marks: &[Mark]| differences("Acme Ltd", marks, None);
        assert_eq!(of(&[mark("ACME LIMITED", "1234")]), []);
        assert_eq!(of(&[mark("Beta Ltd", "1234"), mark("Beta Ltd", "1235")]), [Difference::OtherHolder("Beta Ltd".into())], "once");
        assert_eq!(of(&[mark("", "1234")]), [Difference::NoHolder]);
        assert_eq!(of(&[]), [], "nothing came yet");
        let abroad = |country: &str| Mark { country: Some(country.into()), ..mark("Acme", "") };
        assert_eq!(of(&[abroad("DE"), abroad("GB")]), [Difference::Countries(vec!["DE".into(), "GB".into()])]);
    }

    #[test]
    fn a_renewal_is_held_against_what_was_there_before() {
        let before = [mark("Acme Ltd", "1234"), mark("Acme Ltd", "5678")];
        let of = |marks: &[Mark]| differences("Acme Ltd", marks, Some(&before));
        assert_eq!(of(&before), []);
        assert_eq!(of(&before[..1]), [Difference::Gone(vec!["5678".into()])]);
        assert_eq!(of(&[before.to_vec(), vec![mark("", "9")]].concat()), [Difference::New(vec!["9".into()])]);
        let wrong = of(&[mark("Beta Ltd", "4321")]);
        assert_eq!(wrong, [Difference::HolderChanged("Acme Ltd".into(), "Beta Ltd".into()), Difference::AllOther]);
        assert!(wrong.iter().all(Difference::asks));
        let euro = Mark { currency: "EUR".into(), ..mark("Acme Ltd", "1234") };
        assert!(of(&[before.to_vec(), vec![euro]].concat()).contains(&Difference::NewCurrency("EUR".into())));
        assert_eq!(of(&[mark("", ""), mark("", "")]), [Difference::NoHolder], "accounts without numbers cannot be told apart");
    }

    #[test]
    fn a_holder_whom_a_person_knows_already_is_not_asked_about_again() {
        let sole = [mark("J Smith", "1234")];
        assert_eq!(differences("Corner Café", &sole, Some(&sole)), []);
    }
}
