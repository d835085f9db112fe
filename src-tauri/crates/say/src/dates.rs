//! Days, months and numbers as the chosen language writes them.

use crate::Language;

const ENGLISH: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const GERMAN: [&str; 12] = ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."];
const FRENCH: [&str; 12] = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
const SPANISH: [&str; 12] = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"];

fn name(month: i8) -> &'static str {
    let names = match crate::formats() {
        Language::English => ENGLISH,
        Language::German => GERMAN,
        Language::French => FRENCH,
        Language::Spanish => SPANISH,
    };
    usize::try_from(month - 1).ok().and_then(|month| names.get(month)).copied().unwrap_or_default()
}

/// `22 Nov 2026`, `22. Nov. 2026`.
#[must_use]
pub fn day(year: i16, month: i8, day: i8) -> String {
    let dot = if crate::formats() == Language::German { "." } else { "" };
    format!("{day}{dot} {} {year}", name(month))
}

/// `Nov 2026`.
#[must_use]
pub fn month(year: i16, month: i8) -> String {
    format!("{} {year}", name(month))
}

/// What stands between the thousands of a number, and before its decimals.
#[must_use]
pub fn marks() -> (&'static str, &'static str) {
    match crate::formats() {
        Language::English => (",", "."),
        Language::German | Language::Spanish => (".", ","),
        Language::French => ("\u{202f}", ","),
    }
}
