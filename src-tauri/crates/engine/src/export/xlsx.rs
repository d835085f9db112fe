//! A workbook: days are days, amounts are numbers where a number holds them exactly, and text is text that no spreadsheet evaluates.

use super::Format;
use super::row::{COLUMNS, Row};
use crate::view::CurrencySum;
use domain::money::Amount;
use rust_xlsxwriter::{Format as Look, FormatAlign, Workbook, Worksheet, XlsxError};
use std::io::{Error, Result, Write};
use std::path::Path;

/// Rows that a sheet holds below its header.
const MOST: u32 = if cfg!(test) { 1_200 } else { 1_048_575 };
/// What a cell holds, in UTF-16 units.
const LONGEST: usize = 32_767;
/// The first of January 1970, as spreadsheets count days.
const EPOCH: i64 = 25_569;
/// The first of March 1900: before it, spreadsheets do not agree. The last day of 9999.
const DAYS: std::ops::RangeInclusive<i64> = 61..=2_958_465;
/// A number of this many digits is one that every spreadsheet shows as it was.
const DIGITS: u32 = 15;
const WIDTHS: [f64; COLUMNS.len()] = [16.0, 16.0, 24.0, 12.0, 20.0, 14.0, 9.0, 48.0, 24.0, 24.0, 24.0, 12.0, 9.0];

/// Rows go to a nameless file in the folder of the export as they come; memory does not grow with them.
pub(super) struct Xlsx<W> {
    out: W,
    book: Workbook,
    /// Index of the sheet that is being filled, and how many rows it has.
    sheet: usize,
    filled: u32,
    looks: Looks,
}

struct Looks {
    head: Look,
    day: Look,
    /// By the number of decimals, so that an amount keeps those that were sent.
    amounts: Vec<Look>,
    text_amount: Look,
}

impl<W: Write + Send> Xlsx<W> {
    pub(super) fn new(out: W, folder: &Path) -> Result<Self> {
        let decimals = |n: u32| if n == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(n as usize)) };
        let looks = Looks {
            head: Look::new().set_bold(),
            day: Look::new().set_num_format("yyyy-mm-dd"),
            amounts: (0..=DIGITS).map(|n| Look::new().set_num_format(decimals(n))).collect(),
            text_amount: Look::new().set_align(FormatAlign::Right),
        };
        let mut book = Workbook::new();
        book.set_tempdir(folder).map_err(failed)?;
        let mut begun = Self { out, book, sheet: 0, filled: 0, looks };
        begun.sheet("Transactions").map_err(failed)?;
        Ok(begun)
    }

    fn sheet(&mut self, name: &str) -> std::result::Result<(), XlsxError> {
        let sheet = self.book.add_worksheet_with_constant_memory();
        let sheet = sheet?.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for ((column, title), width) in (0..).zip(COLUMNS).zip(WIDTHS) {
            sheet.set_column_width(column, width)?;
            sheet.write_string_with_format(0, column, title, &self.looks.head)?;
        }
        Ok(())
    }

    fn put(&mut self, row: &Row) -> std::result::Result<(), XlsxError> {
        if self.filled == MOST {
            self.sheet += 1;
            self.filled = 0;
            self.sheet(&format!("Transactions {}", self.sheet + 1))?;
        }
        self.filled += 1;
        let (at, looks) = (self.filled, &self.looks);
        let sheet = self.book.worksheet_from_index(self.sheet)?;
        let told = &row.told;
        for (column, text) in [(0, &told.id), (1, &told.account_id), (2, &told.account)] {
            write_text(sheet, at, column, text)?;
        }
        match i32::try_from(row.day.saturating_add(EPOCH)).ok().filter(|day| DAYS.contains(&i64::from(*day))) {
            Some(day) => sheet.write_number_with_format(at, 3, day, &looks.day)?,
            None => sheet.write_string(at, 3, &told.date)?,
        };
        write_text(sheet, at, 4, &told.date_text)?;
        write_amount(sheet, at, 5, row.amount, looks)?;
        write_text(sheet, at, 6, &told.currency)?;
        write_text(sheet, at, 7, &told.description)?;
        write_text(sheet, at, 8, told.merchant.as_deref().unwrap_or_default())?;
        write_text(sheet, at, 9, told.category.as_deref().unwrap_or_default())?;
        write_text(sheet, at, 10, told.own_category.as_deref().unwrap_or_default())?;
        write_text(sheet, at, 11, &told.code)?;
        sheet.write_boolean(at, 12, told.missing)?;
        Ok(())
    }

    fn put_sums(&mut self, sums: &[CurrencySum]) -> std::result::Result<(), XlsxError> {
        let sheet = self.book.add_worksheet().set_name("Sums")?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, title) in (0..).zip(["currency", "rows", "moneyIn", "moneyOut"]) {
            sheet.set_column_width(column, 18)?;
            sheet.write_string_with_format(0, column, title, &self.looks.head)?;
        }
        for (at, sum) in (1..).zip(sums) {
            write_text(sheet, at, 0, &sum.currency)?;
            sheet.write_number(at, 1, sum.count)?;
            for (column, text) in [(2, &sum.money_in), (3, &sum.money_out)] {
                match Amount::parse(text) {
                    Ok(amount) => write_amount(sheet, at, column, amount, &self.looks)?,
                    Err(_) => write_text(sheet, at, column, text)?,
                }
            }
        }
        Ok(())
    }
}

impl<W: Write + Send> Format for Xlsx<W> {
    fn add(&mut self, row: &Row) -> Result<()> {
        self.put(row).map_err(failed)
    }

    fn finish(mut self: Box<Self>, sums: &[CurrencySum]) -> Result<()> {
        self.put_sums(sums).map_err(failed)?;
        self.book.save_to_writer(&mut self.out).map_err(failed)?;
        self.out.flush()
    }
}

fn write_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> std::result::Result<(), XlsxError> {
    if text.is_empty() {
        return Ok(());
    }
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= LONGEST
    };
    // What XML cannot hold would make a file that nothing opens.
    let text: String = text.chars().take_while(fits).map(|c| if is_xml(c) { c } else { '\u{fffd}' }).collect();
    sheet.write_string(row, column, text)?;
    Ok(())
}

fn is_xml(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn write_amount(sheet: &mut Worksheet, row: u32, column: u16, amount: Amount, looks: &Looks) -> std::result::Result<(), XlsxError> {
    let text = amount.to_string();
    let look = looks.amounts.get(amount.decimal().scale() as usize).filter(|_| is_exact(amount));
    match (look, text.parse::<f64>()) {
        (Some(look), Ok(number)) => sheet.write_number_with_format(row, column, number, look)?,
        _ => sheet.write_string_with_format(row, column, text, &looks.text_amount)?,
    };
    Ok(())
}

fn is_exact(amount: Amount) -> bool {
    amount.decimal().normalize().mantissa().unsigned_abs() < 10_u128.pow(DIGITS)
}

fn failed(error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(error) => error,
        error => Error::other(error),
    }
}
