//! CSV as spreadsheets open it: no text of a bank becomes a formula there.

use super::Format;
use super::row::{COLUMNS, Row};
use crate::view::{CurrencySum, TransactionRow};
use std::io::{Result, Write};

/// RFC 4180, UTF-8.
pub(super) struct Csv<W: Write>(csv::Writer<W>);

impl<W: Write> Csv<W> {
    pub(super) fn new(out: W) -> Result<Self> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        writer.write_record(COLUMNS)?;
        Ok(Self(writer))
    }
}

impl<W: Write> Format for Csv<W> {
    fn add(&mut self, row: &Row) -> Result<()> {
        Ok(self.0.write_record(cells(&row.told))?)
    }

    fn finish(mut self: Box<Self>, _: &[CurrencySum]) -> Result<()> {
        self.0.flush()
    }
}

fn cells(row: &TransactionRow) -> [String; COLUMNS.len()] {
    [
        safe(&row.id),
        safe(&row.account_id),
        safe(&row.account),
        row.date.clone(),
        safe(&row.date_text),
        // A number of ours, from exact digits: the one column that may begin with a minus.
        row.amount.clone(),
        safe(&row.currency),
        safe(&row.description),
        safe(row.merchant.as_deref().unwrap_or_default()),
        safe(row.category.as_deref().unwrap_or_default()),
        safe(row.own_category.as_deref().unwrap_or_default()),
        safe(&row.code),
        if row.missing { "true" } else { "false" }.to_owned(),
    ]
}

/// Text that a spreadsheet would take for a formula gets an apostrophe in front. What counts is the first character that is seen, or that moves
/// to another cell.
pub(crate) fn safe(text: &str) -> String {
    let hidden = |c: &char| {
        (c.is_whitespace() && !matches!(c, '\t' | '\r' | '\n'))
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\0')
    };
    let first = text.chars().find(|c| !hidden(c));
    let acts = first.is_some_and(|first| {
        matches!(first, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}')
    });
    if acts { format!("'{text}") } else { text.to_owned() }
}
