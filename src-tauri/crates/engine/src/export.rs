//! Exactly the rows of a query, as a file. Written beside its place, then moved there: a broken export leaves nothing under the final name.

use crate::browse::{filter, row};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{ExportDone, ExportFormat, TransactionQuery, TransactionRow};
use sha2::{Digest as _, Sha256};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const COLUMNS: [&str; 12] =
    ["id", "accountId", "account", "date", "dateText", "amount", "currency", "description", "merchant", "category", "code", "missing"];

impl Engine {
    /// Writes the rows of a query; offset and limit do not count.
    ///
    /// # Errors
    /// When the query makes no sense or the file cannot be written.
    pub async fn export_transactions(&self, query: TransactionQuery, format: ExportFormat, out: PathBuf) -> Result<ExportDone> {
        let (filter, _) = filter(&query, self.today())?;
        let rows = self
            .store(move |store| {
                let mut rows = vec![];
                store.each_transaction(&filter, |found| rows.push(row(found)))?;
                Ok(rows)
            })
            .await?;
        let written = tokio::task::spawn_blocking(move || write(&rows, format, &out).map_err(Error::file("writing the export")));
        written.await.map_err(|error| Error::Internal(error.to_string()))?
    }
}

fn write(rows: &[TransactionRow], format: ExportFormat, out: &Path) -> std::io::Result<ExportDone> {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let fresh = folder.join(format!(".{name}.part"));
    let written: std::io::Result<String> = (|| {
        let mut file = Hashing { file: BufWriter::new(std::fs::File::create(&fresh)?), hash: Sha256::new() };
        match format {
            ExportFormat::Csv => csv(rows, &mut file)?,
            ExportFormat::Json => json(rows, &mut file)?,
        }
        file.file.flush()?;
        file.file.get_ref().sync_all()?;
        std::fs::rename(&fresh, out)?;
        Ok(file.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&fresh);
    }
    Ok(ExportDone {
        file: name,
        folder: folder.display().to_string(),
        rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        sha256: written?,
    })
}

fn csv(rows: &[TransactionRow], out: &mut impl Write) -> std::io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS)?;
    for row in rows {
        writer.write_record([
            safe(&row.id).as_str(),
            &safe(&row.account_id),
            &safe(&row.account),
            &row.date,
            &safe(&row.date_text),
            // A number of ours, from exact digits: the one column that may begin with a minus.
            &row.amount,
            &safe(&row.currency),
            &safe(&row.description),
            &safe(row.merchant.as_deref().unwrap_or_default()),
            &safe(row.category.as_deref().unwrap_or_default()),
            &safe(&row.code),
            if row.missing { "true" } else { "false" },
        ])?;
    }
    writer.flush()
}

fn json(rows: &[TransactionRow], out: &mut impl Write) -> std::io::Result<()> {
    out.write_all(b"[")?;
    for (index, row) in rows.iter().enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, row)?;
    }
    out.write_all(b"\n]\n")
}

/// Text that a spreadsheet would take for a formula gets an apostrophe in front.
fn safe(text: &str) -> String {
    let first = text.trim_start_matches([' ', '\u{a0}']).chars().next();
    let acts = first.is_some_and(|first| matches!(first, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'));
    if acts { format!("'{text}") } else { text.to_owned() }
}

struct Hashing<W> {
    file: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn no_text_becomes_a_formula_and_amounts_stay_numbers() {
        let mut out = vec![];
        csv(
            &[
                row("=HYPERLINK(\"http://x\",\"y\")", "-12.50"),
                row("  +cmd|calc", "3"),
                row("＝1+1", "0"),
                row("ordinary, \"quoted\"", "1"),
            ],
            &mut out,
        )
        .expect("csv");
        let mut reader = csv::Reader::from_reader(out.as_slice());
        let cells: Vec<(String, String)> =
            reader.records().map(|record| record.expect("record")).map(|record| (record[7].to_owned(), record[5].to_owned())).collect();
        let told: Vec<(&str, &str)> = cells.iter().map(|(text, amount)| (text.as_str(), amount.as_str())).collect();
        assert_eq!(
            told,
            [("'=HYPERLINK(\"http://x\",\"y\")", "-12.50"), ("'  +cmd|calc", "3"), ("'＝1+1", "0"), ("ordinary, \"quoted\"", "1")]
        );
    }

    #[test]
    fn the_hash_is_the_files_and_a_failed_export_leaves_nothing() {
        let folder = tempfile::tempdir().expect("folder");
        let out = folder.path().join("rows.json");
        let done = write(&[row("a", "1.10")], ExportFormat::Json, &out).expect("written");
        let bytes = std::fs::read(&out).expect("read");
        assert_eq!(done.sha256, Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&bytes).expect("json")[0]["amount"], "1.10", "exact, as text");
        assert!(write(&[], ExportFormat::Csv, &folder.path().join("no such folder/rows.csv")).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).expect("list").count(), 1);
    }
}
