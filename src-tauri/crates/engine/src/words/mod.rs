//! What a customer reads, in their language: mails, the data-access sheet, a printed code. Every text has a version that is kept with the case; a test holds
//! the words against it.

mod de;
mod en;
mod es;
mod fr;
mod leaflet;
pub(crate) mod view;

pub use leaflet::LeafletTo;
pub(crate) use leaflet::UNNAMED;

use crate::view::{DataAccessSheet, Language, Mail, NoteBlock, SheetSection};
use domain::display::shown;

/// The words of one language. `{client}`, `{company}`, `{bank}`, `{name}` and `{until}` stand for what they say.
pub(crate) struct Words {
    /// Of the mails: `2026-12-de-1`.
    letters: &'static str,
    /// Of the data-access sheet and the printed code.
    sheet: &'static str,
    invite_subject: &'static str,
    invite: &'static str,
    open_subject: &'static str,
    open: &'static str,
    renew_subject: &'static str,
    renew: &'static str,
    hello: &'static str,
    hello_name: &'static str,
    delegate: &'static str,
    pub(crate) safe: &'static str,
    once: &'static str,
    bye: &'static str,
    /// Above the data-access sheet.
    title: &'static str,
    lead: &'static str,
    points: [&'static str; 2],
    sections: [Section; 5],
    /// Below it.
    binding: &'static str,
    /// On a printed code.
    pub(crate) scan_title: &'static str,
    pub(crate) scan_again: &'static str,
    pub(crate) scan: &'static str,
    scan_until: &'static str,
    months: [&'static str; 12],
    /// `{day}`, `{month}`, `{year}`, `{time}`.
    moment: &'static str,
}

/// A section of the sheet.
struct Section {
    heading: &'static str,
    lead: &'static str,
    detail: &'static [&'static str],
}

/// Who and what a text is about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct About<'a> {
    pub(crate) client: &'a str,
    pub(crate) company: &'a str,
    pub(crate) bank: &'a str,
    /// The person it is for, where it is not the one who was asked.
    pub(crate) name: Option<&'a str>,
}

/// Names left open, for words that are kept by themselves.
pub(crate) const OPEN: About<'static> = About { client: "{client}", company: "{company}", bank: "{bank}", name: None };

/// Why a mail is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Letter {
    /// A bank that was chosen here is to be linked.
    Invite,
    /// A bank that the customer chooses is to be linked.
    Open,
    /// A consent is to be given again.
    Renew,
}

pub(crate) fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &en::WORDS,
        Language::De => &de::WORDS,
        Language::Fr => &fr::WORDS,
        Language::Es => &es::WORDS,
    }
}

/// The version of a mail's words, as it is kept with the case.
pub(crate) fn letter_version(language: Language, letter: Letter) -> String {
    let kind = match letter {
        Letter::Invite | Letter::Open => "invitation",
        Letter::Renew => "renewal",
    };
    format!("{kind} {}", words(language).letters)
}

/// The version of a mail's words and the words, names left open.
pub(crate) fn letter_as_kept(language: Language, kind: Letter) -> (String, String) {
    let Mail { subject, body, .. } = letter(language, kind, OPEN, "{link}");
    (letter_version(language, kind), format!("{subject}\n\n{body}"))
}

/// The version of the sheet's words.
pub(crate) fn sheet_version(language: Language) -> &'static str {
    words(language).sheet
}

/// The language of a sheet's version; none when it is another version's.
pub(crate) fn language_of_sheet(version: &str) -> Option<Language> {
    Language::ALL.into_iter().find(|language| sheet_version(*language) == version)
}

/// A mail with the link.
pub(crate) fn letter(language: Language, letter: Letter, about: About<'_>, url: &str) -> Mail {
    let words = words(language);
    let (subject, ask) = match letter {
        Letter::Invite => (words.invite_subject, words.invite),
        Letter::Open => (words.open_subject, words.open),
        Letter::Renew => (words.renew_subject, words.renew),
    };
    let hello = if about.name.is_some() { words.hello_name } else { words.hello };
    let say = |text: &str| fill(text, about);
    let why = if about.name.is_some() { format!("{} ", say(words.delegate)) } else { String::new() };
    Mail {
        to: None,
        subject: say(subject),
        body: format!("{}\n\n{why}{}\n\n{url}\n\n{}\n\n{}\n\n{}\n", say(hello), say(ask), say(words.safe), say(words.once), say(words.bye)),
    }
}

/// The sheet.
pub(crate) fn sheet(language: Language, about: About<'_>, note: Vec<NoteBlock>) -> DataAccessSheet {
    let words = words(language);
    let say = |text: &str| fill(text, about);
    let section = |section: &Section| SheetSection {
        heading: section.heading.to_owned(),
        lead: say(section.lead),
        detail: section.detail.iter().map(|line| say(line)).collect(),
    };
    DataAccessSheet {
        version: words.sheet.to_owned(),
        language,
        title: say(words.title),
        lead: say(words.lead),
        points: words.points.iter().map(|point| say(point)).collect(),
        sections: words.sections.iter().map(section).collect(),
        binding: say(words.binding),
        note,
    }
}

/// A moment as the language writes it, in UTC and saying so.
fn moment(language: Language, at: i64) -> String {
    let words = words(language);
    let at = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(at).unwrap_or_default());
    let month = usize::try_from(at.month() - 1).ok().and_then(|month| words.months.get(month)).copied().unwrap_or_default();
    let (day, year, time) = (at.day().to_string(), at.year().to_string(), format!("{:02}:{:02} UTC", at.hour(), at.minute()));
    replaced(words.moment, |name| match name {
        "day" => Some(day.clone()),
        "month" => Some(month.to_owned()),
        "year" => Some(year.clone()),
        "time" => Some(time.clone()),
        _ => None,
    })
}

/// Until when a printed code works.
pub(crate) fn works_until(language: Language, expires_at: i64) -> String {
    replaced(words(language).scan_until, |name| (name == "until").then(|| moment(language, expires_at)))
}

/// The text with its names; what a name says is not looked into again.
pub(crate) fn fill(text: &str, about: About<'_>) -> String {
    replaced(text, |name| {
        let said = match name {
            "client" => about.client,
            "company" => about.company,
            "bank" => about.bank,
            "name" => about.name.unwrap_or_default(),
            _ => return None,
        };
        Some(shown(said))
    })
}

/// Puts something in place of every `{name}` that is known.
fn replaced(text: &str, of: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}').and_then(|(name, after)| Some((of(name)?, after))) {
            Some((said, after)) => {
                out.push_str(&said);
                rest = after;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest as _, Sha256};

    const ABOUT: About<'static> = About { client: "Harbour Finance", company: "Acme {bank} Ltd", bank: "NatWest", name: None };

    fn everything(language: Language) -> (String, String) {
        let about = [ABOUT, About { name: Some("Ann"), ..ABOUT }];
        let letters = [Letter::Invite, Letter::Open, Letter::Renew]
            .into_iter()
            .flat_map(|kind| about.map(|about| letter(language, kind, about, "URL")));
        let letters: Vec<String> = letters.map(|mail| format!("{}\n{}", mail.subject, mail.body)).collect();
        let sheet = sheet(language, ABOUT, vec![]);
        let own = words(language);
        let sheet =
            format!("{sheet:?}{}{}{}{}{}", own.scan_title, own.scan_again, own.scan, own.scan_until, moment(language, 1_800_000_000_000));
        (letters.join("\n"), sheet)
    }

    /// Whoever changes words gives them a new version and writes down what they come to here. An older version never gets other words.
    #[test]
    fn words_that_change_have_another_version() {
        let digest = |text: &str| Sha256::digest(text.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect::<String>();
        let told: Vec<String> = Language::ALL
            .into_iter()
            .flat_map(|language| {
                let (letters, sheet) = everything(language);
                let own = words(language);
                [format!("letters {} {}", own.letters, digest(&letters)), format!("sheet {} {}", own.sheet, digest(&sheet))]
            })
            .collect();
        assert_eq!(told, KNOWN, "new words, so a new version");
    }

    const KNOWN: [&str; 8] = [
        "letters 2026-12-en-1 054308c481e5",
        "sheet 2026-12-en-1 b9a8b570e404",
        "letters 2026-12-de-1 fd215c8cf2bb",
        "sheet 2026-12-de-1 388533be7991",
        "letters 2026-12-fr-1 901415139a95",
        "sheet 2026-12-fr-1 a54055ca8545",
        "letters 2026-12-es-1 b184c1259ff9",
        "sheet 2026-12-es-1 568cd6fe096c",
    ];

    #[test]
    fn every_language_says_it_all_and_no_name_is_looked_into() {
        for language in Language::ALL {
            let (letters, sheet) = everything(language);
            assert!(!letters.contains("{client}") && !letters.contains("{name}") && !sheet.contains("{client}"), "{language:?}");
            assert!(letters.contains("Acme {bank} Ltd"), "a company's name is no place to put a bank: {letters}");
            assert!(letters.contains("\n\nURL\n\n") && letters.contains("24") && letters.contains("NatWest"), "{letters}");
            assert!(letters.matches("Ann").count() >= 3, "the person who has the log-in is addressed");
            assert!(sheet.matches("NatWest").count() >= 2 && sheet.matches("Harbour Finance").count() >= 2, "{sheet}");
            assert_eq!(language_of_sheet(sheet_version(language)), Some(language), "each version is one language's");
        }
        assert_eq!(language_of_sheet("2019-en-1"), None);
    }

    #[test]
    fn a_moment_is_written_as_the_language_writes_it() {
        let told = Language::ALL.map(|language| moment(language, 1_800_000_000_000));
        assert_eq!(
            told,
            ["15 January 2027, 08:00 UTC", "15. Januar 2027, 08:00 UTC", "15 janvier 2027 à 08:00 UTC", "15 de enero de 2027, 08:00 UTC"]
        );
    }

    #[test]
    fn only_known_names_are_put_in() {
        let of = |name: &str| (name == "a").then(|| "{b}{a}".to_owned());
        assert_eq!(replaced("{a} {b} { {a", of), "{b}{a} {b} { {a");
    }
}
