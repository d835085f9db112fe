//! JSON, one list or one document a line. Amounts are text: exact whatever reads them.

use super::Format;
use super::row::Row;
use crate::view::CurrencySum;
use std::io::{Result, Write};

/// One list.
pub(super) struct List<W> {
    out: W,
    rows: u64,
}

impl<W: Write> List<W> {
    pub(super) fn new(mut out: W) -> Result<Self> {
        out.write_all(b"[")?;
        Ok(Self { out, rows: 0 })
    }
}

impl<W: Write> Format for List<W> {
    fn add(&mut self, row: &Row) -> Result<()> {
        self.out.write_all(if self.rows == 0 { b"\n" } else { b",\n" })?;
        self.rows += 1;
        Ok(serde_json::to_writer(&mut self.out, &row.told)?)
    }

    fn finish(mut self: Box<Self>, _: &[CurrencySum]) -> Result<()> {
        self.out.write_all(b"\n]\n")?;
        self.out.flush()
    }
}

/// One document a line.
pub(super) struct Lines<W>(pub(super) W);

impl<W: Write> Format for Lines<W> {
    fn add(&mut self, row: &Row) -> Result<()> {
        serde_json::to_writer(&mut self.0, &row.told)?;
        self.0.write_all(b"\n")
    }

    fn finish(mut self: Box<Self>, _: &[CurrencySum]) -> Result<()> {
        self.0.flush()
    }
}
