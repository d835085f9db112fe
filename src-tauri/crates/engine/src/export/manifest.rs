//! What a file holds and where it came from, beside it: what was asked, what came of it, and the hash that shows it is still that.

use crate::place::Written;
use crate::view::{CurrencySum, ExportFormat, QueryChip, TransactionQuery};
use serde::Serialize;
use std::path::{Path, PathBuf};
use store::TransactionFilter;

/// The document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest<'a> {
    file: String,
    format: ExportFormat,
    bytes: u64,
    sha256: &'a str,
    rows: u32,
    columns: &'a [&'a str],
    sums: &'a [CurrencySum],
    #[serde(flatten)]
    about: &'a About,
}

/// Known before the first row is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct About {
    pub(super) profile: String,
    pub(super) companies: Vec<Company>,
    pub(super) filter: Asked,
    /// When Codat was last read for these rows, in UTC.
    pub(super) data_as_of: Option<String>,
    pub(super) exported_at: String,
    pub(super) version: &'static str,
}

impl About {
    /// Of a file whose manifest is thrown away.
    pub(super) fn nothing() -> Self {
        let filter = Asked::of(&TransactionQuery::default(), &TransactionFilter::default(), &[], None);
        Self { profile: String::new(), companies: vec![], filter, data_as_of: None, exported_at: String::new(), version: "" }
    }
}

#[derive(Serialize)]
pub(super) struct Company {
    pub(super) id: String,
    pub(super) name: String,
}

/// What was asked for: as a person says it, as it was typed, and as it was understood.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked {
    pub(super) words: String,
    typed: String,
    account_id: Option<String>,
    from: Option<String>,
    to: Option<String>,
    search: Vec<String>,
    money_in: Option<bool>,
    at_least: Option<String>,
    at_most: Option<String>,
    currency: Option<String>,
}

impl Asked {
    pub(super) fn of(query: &TransactionQuery, filter: &TransactionFilter, chips: &[QueryChip], account: Option<String>) -> Self {
        let day = |day: Option<i64>| day.map(crate::companies::day_text);
        let mut words: Vec<String> = account.map(|account| format!("account {account}")).into_iter().collect();
        words.extend(query.from.iter().map(|day| format!("from {day}")));
        words.extend(query.to.iter().map(|day| format!("to {day}")));
        words.extend(chips.iter().filter(|chip| chip.valid).map(|chip| chip.meaning.clone()));
        words.extend(filter.words.iter().map(|word| format!("with \u{201c}{word}\u{201d}")));
        words.extend(chips.iter().filter(|chip| !chip.valid).map(|chip| format!("not understood and left out: {}", chip.text)));
        Self {
            words: if words.is_empty() { "all transactions".into() } else { words.join("; ") },
            typed: query.text.clone(),
            account_id: filter.account.clone(),
            from: day(filter.from),
            to: day(filter.to),
            search: filter.words.clone(),
            money_in: filter.money_in,
            at_least: filter.at_least.map(|amount| amount.to_string()),
            at_most: filter.at_most.map(|amount| amount.to_string()),
            currency: filter.currency.clone(),
        }
    }
}

impl<'a> Manifest<'a> {
    pub(super) fn new(
        out: &Path,
        format: ExportFormat,
        written: &'a Written,
        rows: u32,
        sums: &'a [CurrencySum],
        about: &'a About,
    ) -> Self {
        Self { file: name(out), format, bytes: written.bytes, sha256: &written.sha256, rows, columns: &super::row::COLUMNS, sums, about }
    }
}

/// `rows.csv` has `rows.csv.manifest.json`.
pub(super) fn beside(out: &Path) -> PathBuf {
    out.with_file_name(format!("{}.manifest.json", name(out)))
}

pub(super) fn name(out: &Path) -> String {
    out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
