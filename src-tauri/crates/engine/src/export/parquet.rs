//! Parquet: exact decimals of one scale, days, dictionaries of what repeats.

use super::Format;
use super::row::Row;
use crate::view::CurrencySum;
use domain::money::Amount;
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;
use std::io::{Error, ErrorKind, Result, Write};
use std::sync::Arc;

/// Rows that are held before they are written: the price in memory.
const GROUP: usize = if cfg!(test) { 1_000 } else { 32_768 };
/// Digits of the amount column.
const PRECISION: u32 = 38;
/// Decimals that money has in most currencies.
const USUAL: u32 = 2;

/// The decimals that the amount column needs for all amounts: they must be known before the first is written.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    decimals: u32,
    whole: u32,
}

impl Default for Scale {
    fn default() -> Self {
        Self { decimals: USUAL, whole: 0 }
    }
}

impl Scale {
    pub(super) fn widen(&mut self, amount: Amount) {
        let decimal = amount.decimal();
        let digits = decimal.mantissa().unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
        self.decimals = self.decimals.max(decimal.scale());
        self.whole = self.whole.max(digits.saturating_sub(decimal.scale()));
    }

    pub(super) fn fits(self) -> bool {
        self.decimals + self.whole <= PRECISION
    }

    fn units(self, amount: Amount) -> Option<i128> {
        let decimal = amount.decimal();
        let units = decimal.mantissa().checked_mul(10_i128.checked_pow(self.decimals.checked_sub(decimal.scale())?)?)?;
        (units.unsigned_abs() < 10_u128.pow(PRECISION)).then_some(units)
    }
}

/// A group of rows at a time.
pub(super) struct Parquet<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    scale: Scale,
    group: Group,
}

#[derive(Default)]
struct Group {
    ids: Vec<ByteArray>,
    account_ids: Vec<ByteArray>,
    accounts: Vec<ByteArray>,
    days: Vec<i32>,
    date_texts: Vec<ByteArray>,
    amounts: Vec<FixedLenByteArray>,
    currencies: Vec<ByteArray>,
    descriptions: Vec<ByteArray>,
    merchants: Optional,
    categories: Optional,
    own_categories: Optional,
    codes: Vec<ByteArray>,
    missing: Vec<bool>,
}

/// Only what is there has a value; every row has a level, 1 where it is there.
#[derive(Default)]
struct Optional {
    values: Vec<ByteArray>,
    levels: Vec<i16>,
}

impl Optional {
    fn push(&mut self, text: Option<&str>) {
        self.levels.push(i16::from(text.is_some()));
        self.values.extend(text.map(ByteArray::from));
    }
}

impl<W: Write + Send> Parquet<W> {
    pub(super) fn new(out: W, scale: Scale) -> Result<Self> {
        let schema = format!(
            "message transactions {{
                REQUIRED BYTE_ARRAY id (STRING); REQUIRED BYTE_ARRAY accountId (STRING); REQUIRED BYTE_ARRAY account (STRING);
                REQUIRED INT32 date (DATE); REQUIRED BYTE_ARRAY dateText (STRING);
                REQUIRED FIXED_LEN_BYTE_ARRAY (16) amount (DECIMAL({PRECISION},{})); REQUIRED BYTE_ARRAY currency (STRING);
                REQUIRED BYTE_ARRAY description (STRING); OPTIONAL BYTE_ARRAY merchant (STRING); OPTIONAL BYTE_ARRAY category (STRING);
                OPTIONAL BYTE_ARRAY ownCategory (STRING);
                REQUIRED BYTE_ARRAY code (STRING); REQUIRED BOOLEAN missing;
            }}",
            scale.decimals
        );
        let schema = parse_message_type(&schema).map_err(failed)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("Fairlead {}", env!("CARGO_PKG_VERSION")))
            // No id comes twice.
            .set_column_dictionary_enabled(ColumnPath::from("id"), false)
            .build();
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties)).map_err(failed)?;
        Ok(Self { writer, scale, group: Group::default() })
    }

    fn write_group(&mut self) -> std::result::Result<(), ParquetError> {
        let group = std::mem::take(&mut self.group);
        let mut columns = self.writer.next_row_group()?;
        macro_rules! column {
            ($kind:ty, $values:expr, $levels:expr) => {
                if let Some(mut column) = columns.next_column()? {
                    column.typed::<$kind>().write_batch($values, $levels, None)?;
                    column.close()?;
                }
            };
        }
        column!(ByteArrayType, &group.ids, None);
        column!(ByteArrayType, &group.account_ids, None);
        column!(ByteArrayType, &group.accounts, None);
        column!(Int32Type, &group.days, None);
        column!(ByteArrayType, &group.date_texts, None);
        column!(FixedLenByteArrayType, &group.amounts, None);
        column!(ByteArrayType, &group.currencies, None);
        column!(ByteArrayType, &group.descriptions, None);
        column!(ByteArrayType, &group.merchants.values, Some(&group.merchants.levels));
        column!(ByteArrayType, &group.categories.values, Some(&group.categories.levels));
        column!(ByteArrayType, &group.own_categories.values, Some(&group.own_categories.levels));
        column!(ByteArrayType, &group.codes, None);
        column!(BoolType, &group.missing, None);
        columns.close()?;
        Ok(())
    }
}

impl<W: Write + Send> Format for Parquet<W> {
    fn add(&mut self, row: &Row) -> Result<()> {
        let (group, told) = (&mut self.group, &row.told);
        let text = |text: &str| ByteArray::from(text);
        // An amount that came between looking and writing.
        let units = self.scale.units(row.amount).ok_or_else(|| Error::from(ErrorKind::InvalidData))?;
        group.ids.push(text(&told.id));
        group.account_ids.push(text(&told.account_id));
        group.accounts.push(text(&told.account));
        group.days.push(i32::try_from(row.day).map_err(|_| Error::from(ErrorKind::InvalidData))?);
        group.date_texts.push(text(&told.date_text));
        group.amounts.push(FixedLenByteArray::from(units.to_be_bytes().to_vec()));
        group.currencies.push(text(&told.currency));
        group.descriptions.push(text(&told.description));
        group.merchants.push(told.merchant.as_deref());
        group.categories.push(told.category.as_deref());
        group.own_categories.push(told.own_category.as_deref());
        group.codes.push(text(&told.code));
        group.missing.push(told.missing);
        if group.ids.len() == GROUP { self.write_group().map_err(failed) } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>, _: &[CurrencySum]) -> Result<()> {
        if !self.group.ids.is_empty() {
            self.write_group().map_err(failed)?;
        }
        self.writer.finish().map_err(failed)?;
        self.writer.inner_mut().flush()
    }
}

fn failed(error: ParquetError) -> Error {
    match error {
        ParquetError::External(error) => match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => Error::other(error),
        },
        error => Error::other(error),
    }
}
