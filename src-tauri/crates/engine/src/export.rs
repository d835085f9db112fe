//! Exactly the rows of a query, as a file. Written beside its place, synced, then moved there: a broken export leaves nothing under the final name.

use crate::browse::{filter, row};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{ExportDone, ExportFormat, TransactionQuery, TransactionRow};
use sha2::{Digest as _, Sha256};
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

const COLUMNS: [&str; 12] =
    ["id", "accountId", "account", "date", "dateText", "amount", "currency", "description", "merchant", "category", "code", "missing"];

impl Engine {
    /// Writes the rows of a query as they come from the database, so that memory does not grow with them; offset and limit do not count.
    ///
    /// # Errors
    /// When the query makes no sense or the file cannot be written; then nothing is left behind.
    pub async fn export_transactions(&self, query: TransactionQuery, format: ExportFormat, out: PathBuf) -> Result<ExportDone> {
        let (filter, _) = filter(&query, self.today())?;
        let company = query.company_id;
        self.store(move |store| {
            if store.company(&company)?.is_none() {
                return Ok(Err(Error::NotFound("company")));
            }
            let mut file = match Unfinished::beside(&out, format) {
                Ok(file) => file,
                Err(error) => return Ok(Err(file_error(error))),
            };
            let mut added = Ok(());
            store.each_transaction_while(&filter, |found| {
                added = file.add(&row(found));
                if added.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
            Ok(added.and_then(|()| file.finish()).map_err(file_error))
        })
        .await?
    }
}

fn file_error(error: std::io::Error) -> Error {
    Error::file("writing the export")(error)
}

/// A file that is not in its place yet. Dropped before it is finished, it is gone.
struct Unfinished {
    out: PathBuf,
    fresh: PathBuf,
    file: Option<Format>,
    rows: u32,
}

enum Format {
    Csv(Box<csv::Writer<Hashing>>),
    Json(Hashing),
}

impl Unfinished {
    fn beside(out: &Path, format: ExportFormat) -> std::io::Result<Self> {
        let name = out.file_name().ok_or_else(|| std::io::Error::from(std::io::ErrorKind::InvalidFilename))?;
        let fresh = folder(out).join(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        // Customers' transactions are not for everybody on this computer.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = match options.open(&fresh) {
            // Left by a process of the same number that died.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                std::fs::remove_file(&fresh)?;
                options.open(&fresh)?
            }
            opened => opened?,
        };
        let mut unfinished = Self { out: out.to_owned(), fresh, file: None, rows: 0 };
        let mut hashing = Hashing { file: BufWriter::new(file), hash: Sha256::new() };
        unfinished.file = Some(match format {
            ExportFormat::Csv => {
                let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(hashing);
                writer.write_record(COLUMNS)?;
                Format::Csv(Box::new(writer))
            }
            ExportFormat::Json => {
                hashing.write_all(b"[")?;
                Format::Json(hashing)
            }
        });
        Ok(unfinished)
    }

    fn add(&mut self, row: &TransactionRow) -> std::io::Result<()> {
        match &mut self.file {
            Some(Format::Csv(writer)) => writer.write_record(cells(row))?,
            Some(Format::Json(file)) => {
                file.write_all(if self.rows == 0 { b"\n" } else { b",\n" })?;
                serde_json::to_writer(file, row)?;
            }
            None => {}
        }
        self.rows += 1;
        Ok(())
    }

    /// To the disk, and only then to its name.
    fn finish(mut self) -> std::io::Result<ExportDone> {
        let mut hashing = match self.file.take() {
            Some(Format::Csv(writer)) => writer.into_inner().map_err(|error| std::io::Error::from(error.error().kind()))?,
            Some(Format::Json(mut file)) => {
                file.write_all(b"\n]\n")?;
                file
            }
            None => return Err(std::io::ErrorKind::Other.into()),
        };
        hashing.flush()?;
        hashing.file.get_ref().sync_all()?;
        std::fs::rename(&self.fresh, &self.out)?;
        #[cfg(unix)]
        std::fs::File::open(folder(&self.out))?.sync_all()?;
        Ok(ExportDone {
            file: self.out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            folder: folder(&self.out).display().to_string(),
            rows: self.rows,
            sha256: hashing.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After `finish` there is nothing under this name any more.
        let _ = std::fs::remove_file(&self.fresh);
    }
}

fn folder(out: &Path) -> &Path {
    out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
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

struct Hashing {
    file: BufWriter<std::fs::File>,
    hash: Sha256,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(description: &str, amount: &str) -> TransactionRow {
        TransactionRow {
            id: "t1".into(),
            account_id: "a1".into(),
            account: "Main".into(),
            date: "2026-03-01".into(),
            date_text: "2026-03-01".into(),
            amount: amount.into(),
            currency: "GBP".into(),
            description: description.into(),
            merchant: None,
            category: None,
            code: "Payment".into(),
            missing: false,
        }
    }

    fn write(rows: &[TransactionRow], format: ExportFormat, out: &Path) -> std::io::Result<ExportDone> {
        let mut file = Unfinished::beside(out, format)?;
        rows.iter().try_for_each(|row| file.add(row))?;
        file.finish()
    }

    fn read_back(rows: &[TransactionRow]) -> Vec<(String, String)> {
        let folder = tempfile::tempdir().expect("folder");
        let out = folder.path().join("rows.csv");
        write(rows, ExportFormat::Csv, &out).expect("written");
        let mut reader = csv::Reader::from_path(out).expect("read");
        reader.records().map(|record| record.expect("record")).map(|record| (record[7].to_owned(), record[5].to_owned())).collect()
    }

    #[test]
    fn no_text_becomes_a_formula_and_amounts_stay_numbers() {
        let told = read_back(&[
            row("=HYPERLINK(\"http://x\",\"y\")", "-12.50"),
            row("  +cmd|calc", "3"),
            row("\u{ff1d}1+1", "0"),
            row("\u{feff}@SUM(A1)", "0"),
            row("\tin the next cell", "0"),
            row("ordinary, \"quoted\"\r\nlines", "1"),
            row("", "1"),
        ]);
        let told: Vec<(&str, &str)> = told.iter().map(|(text, amount)| (text.as_str(), amount.as_str())).collect();
        assert_eq!(
            told,
            [
                ("'=HYPERLINK(\"http://x\",\"y\")", "-12.50"),
                ("'  +cmd|calc", "3"),
                ("'\u{ff1d}1+1", "0"),
                ("'\u{feff}@SUM(A1)", "0"),
                ("'\tin the next cell", "0"),
                ("ordinary, \"quoted\"\r\nlines", "1"),
                ("", "1"),
            ]
        );
    }

    #[test]
    fn the_hash_is_the_files_and_amounts_in_json_are_exact_text() {
        let folder = tempfile::tempdir().expect("folder");
        let out = folder.path().join("rows.json");
        let done = write(&[row("a", "1.10"), row("b", "-0.00")], ExportFormat::Json, &out).expect("written");
        let bytes = std::fs::read(&out).expect("read");
        assert_eq!(done.sha256, Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        let json: serde_json::Value = serde_json::from_slice(&bytes).expect("json");
        assert_eq!((json[0]["amount"].as_str(), json[1]["amount"].as_str(), done.rows), (Some("1.10"), Some("-0.00"), 2));
        write(&[], ExportFormat::Json, &out).expect("nothing is an empty list");
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&std::fs::read(&out).expect("read")).expect("json"), serde_json::json!([]));
    }

    #[test]
    fn an_export_that_breaks_off_leaves_the_file_before_it_and_nothing_else() {
        let folder = tempfile::tempdir().expect("folder");
        let out = folder.path().join("rows.csv");
        std::fs::write(&out, "before").expect("a file from last month");
        let mut broken = Unfinished::beside(&out, ExportFormat::Csv).expect("begun");
        broken.add(&row("a", "1")).expect("a row");
        drop(broken);
        assert_eq!(std::fs::read_to_string(&out).expect("read"), "before");
        assert!(write(&[], ExportFormat::Csv, &folder.path().join("no such folder/rows.csv")).is_err());
        assert!(write(&[], ExportFormat::Csv, folder.path()).is_err(), "a folder is no place for rows");
        assert_eq!(std::fs::read_dir(folder.path()).expect("list").count(), 1);
    }

    proptest! {
        #[test]
        fn every_text_comes_back_as_it_was_and_no_cell_acts(texts in proptest::collection::vec("[ =+@\\-\t\r\n\"',a-z\u{ff1d}\u{feff}]{0,12}", 1..8)) {
            let rows: Vec<TransactionRow> = texts.iter().map(|text| row(text, "1")).collect();
            let told = read_back(&rows);
            prop_assert_eq!(told.len(), texts.len());
            for ((cell, _), text) in told.iter().zip(&texts) {
                let visible = cell.trim_start_matches(['\u{feff}', ' ']).chars().next();
                prop_assert!(!visible.is_some_and(|first| "=+-@\t\r\n\u{ff1d}".contains(first)), "{cell:?}");
                prop_assert_eq!(cell.strip_prefix('\'').filter(|rest| rest == text).unwrap_or(cell), text.as_str());
            }
        }
    }
}
