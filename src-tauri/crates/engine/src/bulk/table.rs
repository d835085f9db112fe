//! A file as rows of text: CSV as spreadsheets of any country write it, or XLSX. It is read whole and sparsely: what a cell claims to be costs nothing.

use crate::error::{Error, Result};
use calamine::{DataRef, Reader as _, Xlsx};
use say::{say, word};
use std::borrow::Cow;
use std::io::Cursor;

/// Rows of one list.
pub(super) const MOST_ROWS: usize = 5_000;
/// A list of that many rows has far fewer bytes.
const MOST_BYTES: usize = 16 * 1024 * 1024;
const MOST_COLUMNS: usize = 100;
/// Characters of a cell that are kept: nothing that we read of a row may be longer.
const LONGEST_CELL: usize = 1_000;

/// Rows of text under headings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) headings: Vec<String>,
    /// With the line of the file that each begins at.
    pub(super) rows: Vec<(u32, Vec<String>)>,
}

/// Reads a file by what is in it, whatever it is called.
pub(super) fn read(bytes: &[u8]) -> Result<Table> {
    if bytes.len() > MOST_BYTES {
        return Err(refused(word("This file is larger than 16 MB. A list of customers is smaller: leave out what is not needed.")));
    }
    let rows = match bytes {
        [b'P', b'K', 3, 4, ..] => from_xlsx(bytes)?,
        [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            return Err(refused(word("This is a file of an old Excel, or one with a password. Save it as .xlsx or CSV.")));
        }
        // One kind of line's end: lines are counted by it.
        _ => from_csv(&text_of(bytes).replace("\r\n", "\n"))?,
    };
    let mut rows = rows.into_iter().filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
    let Some(first) = rows.next() else { return Err(refused(word("This file is empty."))) };
    let mut table = Table::default();
    // A list without headings begins with a customer, and customers have addresses.
    if first.1.iter().any(|cell| cell.contains('@')) {
        table.headings = (1..=first.1.len()).map(|number| say!("Column {number}", number)).collect();
        table.rows.push(first);
    } else {
        table.headings = first.1;
    }
    table.rows.extend(rows.take(MOST_ROWS + 1));
    if table.rows.len() > MOST_ROWS {
        return Err(refused(word("This file has more than 5,000 rows. Split it.")));
    }
    if table.rows.is_empty() {
        return Err(refused(word("This file has headings and no rows.")));
    }
    let width = table.rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0).min(MOST_COLUMNS);
    for number in table.headings.len()..width {
        table.headings.push(say!("Column {number}", number = number + 1));
    }
    Ok(table)
}

fn refused(why: &str) -> Error {
    Error::BadRequest(why.to_owned())
}

/// UTF-8, what Excel calls Unicode text, or the code page of western Windows.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    std::str::from_utf8(bytes).map_or_else(|_| encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0, Cow::Borrowed)
}

fn from_csv(text: &str) -> Result<Vec<(u32, Vec<String>)>> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let parts = |mark: &char| first.matches(*mark).count();
    let mark = [',', ';', '\t', '|'].into_iter().rev().max_by_key(parts).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(mark).unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut rows = vec![];
    for record in reader.records() {
        let record = record.map_err(|_| refused(word("This file cannot be read as a table. Save it as .xlsx or CSV.")))?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((u32::try_from(line).unwrap_or(u32::MAX), record.iter().take(MOST_COLUMNS).map(cut).collect()));
    }
    Ok(rows)
}

fn from_xlsx(bytes: &[u8]) -> Result<Vec<(u32, Vec<String>)>> {
    let unreadable = || refused(word("This workbook cannot be read. Save it again as .xlsx, or as CSV."));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let sheet = book.sheet_names().first().cloned().ok_or_else(unreadable)?;
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(|_| unreadable())?;
    let mut rows: Vec<(u32, Vec<String>)> = vec![];
    while let Some(cell) = cells.next_cell().map_err(|_| unreadable())? {
        let (row, column) = cell.get_position();
        let Some(text) = cell_text(cell.get_value()).filter(|_| (column as usize) < MOST_COLUMNS) else { continue };
        if rows.last().is_none_or(|(line, _)| *line != row + 1) {
            if rows.len() > MOST_ROWS + 1 {
                break;
            }
            rows.push((row + 1, vec![]));
        }
        if let Some((_, cells)) = rows.last_mut() {
            cells.resize(cells.len().max(column as usize + 1), String::new());
            cells[column as usize] = text;
        }
    }
    Ok(rows)
}

fn cell_text(value: &DataRef<'_>) -> Option<String> {
    match value {
        DataRef::Empty | DataRef::Error(_) => None,
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Some(cut(text)),
        DataRef::SharedString(text) => Some(cut(text)),
        DataRef::Bool(is) => Some(is.to_string()),
        DataRef::Int(number) => Some(number.to_string()),
        // A reference that Excel took for a number: 10023, not 10023.0.
        DataRef::Float(number) => Some(number.to_string()),
        DataRef::DateTime(moment) => Some(moment.as_f64().to_string()),
    }
}

fn cut(cell: &str) -> String {
    cell.trim().chars().take(LONGEST_CELL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_xlsxwriter::Workbook;

    fn told(bytes: &[u8]) -> String {
        match read(bytes) {
            Err(Error::BadRequest(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_list_is_read_as_any_office_writes_it() {
        let wanted = Table {
            headings: vec!["Firma".into(), "Nr".into()],
            rows: vec![(2, vec!["Müller; Söhne".into(), "0017".into()]), (4, vec!["Zwei".into(), "18".into()])],
        };
        let utf8 = "Firma;Nr\r\n\"Müller; Söhne\";0017\r\n;\r\nZwei;18\r\n";
        let with_mark = format!("\u{feff}{utf8}");
        let windows = encoding_rs::WINDOWS_1252.encode(utf8).0.into_owned();
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(utf8.replace(';', "\t").replace("Müller\t", "Müller;").encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        for bytes in [utf8.as_bytes(), with_mark.as_bytes(), &windows, &wide] {
            assert_eq!(read(bytes).expect("a table"), wanted, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_workbook_is_read_by_its_cells_whatever_size_it_claims_to_have() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "Company").and_then(|sheet| sheet.write(0, 1, "Id")).expect("written");
        sheet.write(1, 0, "Acme Ltd").and_then(|sheet| sheet.write(1, 1, 10_023)).expect("written");
        sheet.write(1_048_575, 16_383, "far away").expect("written");
        let table = read(&book.save_to_buffer().expect("a book")).expect("a table");
        assert_eq!(table.headings, ["Company", "Id"]);
        assert_eq!(table.rows, [(2, vec!["Acme Ltd".to_owned(), "10023".to_owned()])], "a number is no number with a point");
    }

    #[test]
    fn a_list_without_headings_loses_no_customer() {
        let table = read(b"Acme Ltd,ann@acme.example\nBee Ltd,b@bee.example,more").expect("a table");
        assert_eq!(table.headings, ["Column 1", "Column 2", "Column 3"]);
        assert_eq!(table.rows.len(), 2);
    }

    #[test]
    fn what_is_no_list_is_refused_with_what_to_do() {
        assert!(told(b"  \n ").contains("empty"));
        assert!(told(b"Name,Reference\n").contains("no rows"));
        assert!(told(b"PK\x03\x04 is no book").contains("again"));
        assert!(told(b"\xd0\xcf\x11\xe0").contains("old Excel"));
        let long = "a,b\n".repeat(MOST_ROWS + 2);
        assert!(told(long.as_bytes()).contains("Split"));
        assert!(told(&vec![b'x'; MOST_BYTES + 1]).contains("16 MB"));
    }
}
