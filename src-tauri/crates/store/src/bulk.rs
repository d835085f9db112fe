//! Lists of customers from a file, row by row. A row moves on by compare-and-set, so that a crash at any point leaves a state from which it is known
//! what may be done.

use crate::companies::RANK_LINKED;
use crate::ledger::{self, Event};
use crate::links::put_attempt;
use crate::{Attempt, Op, Store, StoreError};
use rusqlite::{OptionalExtension as _, Row, params};

/// Where a list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkState {
    /// Its rows are being made, or will be when somebody goes on.
    Running,
    /// It takes a person to go on.
    Held,
    /// A person stopped it.
    Cancelled,
    /// Nothing is left to be made.
    Done,
    /// What was made and never linked is being deleted again.
    Undoing,
    /// It was.
    Undone,
}

const STATES: [(BulkState, &str); 6] = [
    (BulkState::Running, "running"),
    (BulkState::Held, "held"),
    (BulkState::Cancelled, "cancelled"),
    (BulkState::Done, "done"),
    (BulkState::Undoing, "undoing"),
    (BulkState::Undone, "undone"),
];

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    /// Is to be made.
    Ready,
    /// Its creation is under way.
    Begun,
    /// Its company was made for it.
    Made,
    /// Its company was there already.
    Known,
    /// Was never to be made.
    LeftOut,
    /// Codat refused it.
    Refused,
    /// Its company was deleted again.
    Undone,
}

const ROW_STATES: [(RowState, &str); 7] = [
    (RowState::Ready, "ready"),
    (RowState::Begun, "begun"),
    (RowState::Made, "made"),
    (RowState::Known, "known"),
    (RowState::LeftOut, "left-out"),
    (RowState::Refused, "refused"),
    (RowState::Undone, "undone"),
];

impl BulkState {
    fn word(self) -> &'static str {
        STATES.iter().find(|(state, _)| *state == self).map_or("held", |(_, word)| word)
    }

    fn read(word: &str) -> Self {
        STATES.iter().find(|(_, known)| *known == word).map_or(Self::Held, |(state, _)| *state)
    }
}

impl RowState {
    fn word(self) -> &'static str {
        ROW_STATES.iter().find(|(state, _)| *state == self).map_or("left-out", |(_, word)| word)
    }

    fn read(word: &str) -> Self {
        ROW_STATES.iter().find(|(_, known)| *known == word).map_or(Self::LeftOut, |(state, _)| *state)
    }
}

/// A list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bulk {
    /// Follows from the file's content.
    pub id: String,
    /// Name of the file.
    pub name: String,
    /// Where it stands.
    pub state: BulkState,
    /// When it was taken in.
    pub made_at: i64,
    /// JSON of the engine: why it is held.
    pub problem: Option<String>,
}

/// A row of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkRow {
    /// Line of the file.
    pub n: u32,
    /// Name as in the file.
    pub name: String,
    /// Reference.
    pub reference: Option<String>,
    /// Address of the person who is to connect.
    pub mail: Option<String>,
    /// Their language, its code.
    pub language: Option<String>,
    /// What became of it.
    pub state: RowState,
    /// Its attempt, once begun.
    pub attempt: Option<String>,
    /// Its company.
    pub company: Option<String>,
    /// Why it was left out or refused.
    pub why: Option<String>,
    /// When its link was last given out.
    pub link_at: Option<i64>,
    /// A bank of its company is linked.
    pub is_linked: bool,
}

/// How many rows stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct BulkCounts {
    pub rows: u32,
    pub open: u32,
    pub made: u32,
    pub known: u32,
    pub left_out: u32,
    pub refused: u32,
    pub undone: u32,
    pub linked: u32,
    pub invited: u32,
}

/// Which rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkRows {
    /// All.
    All,
    /// With a company that has no linked bank.
    NotLinked,
    /// With a linked bank.
    Linked,
    /// Left out or refused.
    Failed,
}

/// A company as a list is compared with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCompany {
    /// Codat's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its reference.
    pub reference: Option<String>,
}

const ROW: &str =
    "r.n, r.name, r.reference, r.mail, r.state, r.attempt, r.company, r.why, r.link_at, r.language, c.gone IS 0 AND c.rank IS ";

fn rows_sql(rest: &str) -> String {
    format!("SELECT {ROW}{RANK_LINKED} FROM bulk_rows r LEFT JOIN companies c ON c.id = r.company WHERE r.bulk = ?1 {rest}")
}

fn row(row: &Row<'_>) -> rusqlite::Result<BulkRow> {
    Ok(BulkRow {
        n: row.get(0)?,
        name: row.get(1)?,
        reference: row.get(2)?,
        mail: row.get(3)?,
        state: RowState::read(&row.get::<_, String>(4)?),
        attempt: row.get(5)?,
        company: row.get(6)?,
        why: row.get(7)?,
        link_at: row.get(8)?,
        language: row.get(9)?,
        is_linked: row.get(10)?,
    })
}

fn bulk(row: &Row<'_>) -> rusqlite::Result<Bulk> {
    let state: String = row.get(2)?;
    Ok(Bulk { id: row.get(0)?, name: row.get(1)?, state: BulkState::read(&state), made_at: row.get(3)?, problem: row.get(4)? })
}

impl Store {
    /// Keeps a new list with all its rows, or nothing. False when it is here already.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_bulk(&self, new: &Bulk, rows: &[BulkRow]) -> Result<bool, StoreError> {
        self.write("keeping a list", |tx| {
            let is_new = tx.execute(
                "INSERT INTO bulks (id, name, state, made_at, problem) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                params![new.id, new.name, new.state.word(), new.made_at, new.problem],
            )? == 1;
            if is_new {
                let mut put = tx.prepare_cached(
                    "INSERT INTO bulk_rows (bulk, n, name, reference, mail, state, company, why, language) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                )?;
                for r in rows {
                    put.execute(params![new.id, r.n, r.name, r.reference, r.mail, r.state.word(), r.company, r.why, r.language])?;
                }
            }
            Ok(is_new)
        })
    }

    /// One list.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn bulk(&self, id: &str) -> Result<Option<Bulk>, StoreError> {
        self.read("reading a list", |conn| {
            conn.prepare_cached("SELECT id, name, state, made_at, problem FROM bulks WHERE id = ?")?.query_row([id], bulk).optional()
        })
    }

    /// All lists, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn bulks(&self) -> Result<Vec<Bulk>, StoreError> {
        self.read("reading the lists", |conn| {
            conn.prepare_cached("SELECT id, name, state, made_at, problem FROM bulks ORDER BY made_at DESC, id")?
                .query_map([], bulk)?
                .collect()
        })
    }

    /// Moves a list on, unless it has left the states it may be moved from. False when it has.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn move_bulk(&self, id: &str, from: &[BulkState], to: BulkState, problem: Option<&str>) -> Result<bool, StoreError> {
        self.write("moving a list on", |tx| {
            let mut set = tx.prepare_cached("UPDATE bulks SET state = ?2, problem = ?4 WHERE id = ?1 AND state = ?3")?;
            for state in from {
                if set.execute(params![id, to.word(), state.word(), problem])? == 1 {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// The row to go on with: one whose creation is under way first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn next_bulk_row(&self, id: &str) -> Result<Option<BulkRow>, StoreError> {
        self.read("reading the next row of a list", |conn| {
            for state in [RowState::Begun, RowState::Ready] {
                let sql = rows_sql("AND r.state = ?2 ORDER BY r.n LIMIT 1");
                let found = conn.prepare_cached(&sql)?.query_row(params![id, state.word()], row).optional()?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            Ok(None)
        })
    }

    /// The row after this one that was made for the list and may be deleted again.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn next_made_row(&self, id: &str, after: u32) -> Result<Option<BulkRow>, StoreError> {
        self.read("reading the next row of a list", |conn| {
            let sql = rows_sql("AND r.state = 'made' AND r.n > ?2 ORDER BY r.n LIMIT 1");
            conn.prepare_cached(&sql)?.query_row(params![id, after], row).optional()
        })
    }

    /// A row's creation begins: the attempt, its creations and the first line of its history come with it, or nothing does. False when it was begun.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn begin_bulk_row(&self, id: &str, n: u32, attempt: &Attempt, ops: &[Op], event: &Event) -> Result<bool, StoreError> {
        self.write("beginning a row of a list", |tx| {
            let begun = tx.execute(
                "UPDATE bulk_rows SET state = 'begun', attempt = ?3 WHERE bulk = ?1 AND n = ?2 AND state = 'ready'",
                params![id, n, attempt.id],
            )?;
            if begun == 1 {
                put_attempt(tx, attempt)?;
                for op in ops {
                    crate::outbox::insert(tx, op)?;
                }
                ledger::insert(tx, event)?;
            }
            Ok(begun == 1)
        })
    }

    /// What became of a row.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn settle_bulk_row(&self, id: &str, n: u32, state: RowState, company: Option<&str>, why: Option<&str>) -> Result<(), StoreError> {
        self.write("settling a row of a list", |tx| {
            tx.prepare_cached("UPDATE bulk_rows SET state = ?3, company = coalesce(?4, company), why = ?5 WHERE bulk = ?1 AND n = ?2")?
                .execute(params![id, n, state.word(), company, why])?;
            Ok(())
        })
    }

    /// What was refused is to be tried again.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn retry_refused_rows(&self, id: &str) -> Result<u32, StoreError> {
        self.write("taking up what was refused", |tx| {
            let again = tx.execute("UPDATE bulk_rows SET state = 'begun', why = NULL WHERE bulk = ? AND state = 'refused'", [id])?;
            Ok(u32::try_from(again).unwrap_or(u32::MAX))
        })
    }

    /// Rows in the order of the file.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn bulk_rows(&self, id: &str, which: BulkRows, offset: u32, limit: u32) -> Result<Vec<BulkRow>, StoreError> {
        let which = match which {
            BulkRows::All => "",
            BulkRows::NotLinked => "AND r.state IN ('made', 'known') AND NOT (c.gone IS 0 AND c.rank IS 2)",
            BulkRows::Linked => "AND r.state IN ('made', 'known') AND c.gone IS 0 AND c.rank IS 2",
            BulkRows::Failed => "AND r.state IN ('left-out', 'refused')",
        };
        self.read("reading rows of a list", |conn| {
            conn.prepare_cached(&rows_sql(&format!("{which} ORDER BY r.n LIMIT ?3 OFFSET ?2")))?
                .query_map(params![id, offset, limit], row)?
                .collect()
        })
    }

    /// How many rows stand where.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn bulk_counts(&self, id: &str) -> Result<BulkCounts, StoreError> {
        self.read("counting rows of a list", |conn| {
            let sql = format!(
                "SELECT r.state, count(*), count(*) FILTER (WHERE c.gone IS 0 AND c.rank IS {RANK_LINKED}), count(r.link_at)
                 FROM bulk_rows r LEFT JOIN companies c ON c.id = r.company WHERE r.bulk = ? GROUP BY r.state"
            );
            let mut counts = BulkCounts::default();
            let mut told = conn.prepare_cached(&sql)?;
            let mut told = told.query([id])?;
            while let Some(line) = told.next()? {
                let (state, rows, linked, invited): (String, u32, u32, u32) = (line.get(0)?, line.get(1)?, line.get(2)?, line.get(3)?);
                counts.rows += rows;
                counts.invited += invited;
                match RowState::read(&state) {
                    RowState::Ready | RowState::Begun => counts.open += rows,
                    RowState::Made => (counts.made, counts.linked) = (counts.made + rows, counts.linked + linked),
                    RowState::Known => (counts.known, counts.linked) = (counts.known + rows, counts.linked + linked),
                    RowState::LeftOut => counts.left_out += rows,
                    RowState::Refused => counts.refused += rows,
                    RowState::Undone => counts.undone += rows,
                }
            }
            Ok(counts)
        })
    }

    /// Links of these rows were given out.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn links_given(&self, id: &str, rows: &[u32], at: i64) -> Result<(), StoreError> {
        self.write("noting links that were given out", |tx| {
            let mut set = tx.prepare_cached("UPDATE bulk_rows SET link_at = ?3 WHERE bulk = ?1 AND n = ?2")?;
            rows.iter().try_for_each(|n| set.execute(params![id, n, at]).map(|_| ()))
        })
    }

    /// All companies that are here, as a list is compared with them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn known_companies(&self) -> Result<Vec<KnownCompany>, StoreError> {
        self.read_for("reading all names and references", None, &crate::Stop::default(), |conn| {
            conn.prepare_cached("SELECT id, name, reference FROM companies WHERE gone = 0")?
                .query_map([], |row| Ok(KnownCompany { id: row.get(0)?, name: row.get(1)?, reference: row.get(2)? }))?
                .collect()
        })
    }

    /// The oldest company with this reference.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn company_with_reference(&self, reference: &str) -> Result<Option<String>, StoreError> {
        self.read("looking for a reference", |conn| {
            conn.prepare_cached("SELECT id FROM companies WHERE gone = 0 AND reference = ? ORDER BY created, id LIMIT 1")?
                .query_row([reference], |row| row.get(0))
                .optional()
        })
    }

    /// Whether another attempt than this is being made right now: somebody waits for it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn somebody_creates(&self, but: &str) -> Result<bool, StoreError> {
        self.read("looking for creations under way", |conn| {
            conn.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM attempts WHERE ended = 0 AND stage = 'creating' AND id <> ? AND bank_key <> '')",
            )?
            .query_row([but], |row| row.get(0))
        })
    }

    /// Whether a bank of this company was ever seen linked.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn was_ever_linked(&self, company: &str) -> Result<bool, StoreError> {
        self.read("looking for linked banks", |conn| {
            conn.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM connections WHERE company = ?1 AND (linked_at IS NOT NULL OR lower(status) NOT IN ('pendingauth', 'pending')))
                 OR EXISTS (SELECT 1 FROM ledger WHERE company = ?1 AND kind = 'linked')",
            )?
            .query_row([company], |row| row.get(0))
        })
    }
}
