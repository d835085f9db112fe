//! Which transactions a connection has told already. A unique index would do, but ids come in no order: once it no longer fits the cache, every row
//! writes a page of it. So ids are noted in the order they come, twelve bytes each, and a filter in memory answers for nearly every new row that it
//! is new. What the filter may know is looked for on its day first, and only then in the notes.

use crate::packed::PackedId;
use rusqlite::{Connection, Transaction, params};
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};

/// Bytes of a note: eight of the id's hash, four of the day.
const NOTE: usize = 12;
/// Notes of a chunk: a page of 5,000 rows fills one, a delta of one row rewrites at most one.
const CHUNK: usize = 5_461;
/// Memory that filters may take together. One connection may pass it alone: four bytes a row.
const ROOM: usize = 8 << 20;

/// An id as notes and filters know it. Written to disk: never to be changed. Two ids of one hash cost time and nothing else.
pub(crate) fn hash(id: &PackedId<'_>) -> u64 {
    let (high, low) = match id {
        PackedId::Uuid(bytes) => {
            let halves = u128::from_be_bytes(*bytes);
            (halves >> 64, halves & u128::from(u64::MAX))
        }
        PackedId::Text(text) => {
            let digest = Sha256::digest(text.as_bytes());
            (digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u128::from(*byte)), 0)
        }
    };
    let whole = u64::try_from(high).unwrap_or(0).rotate_left(32) ^ u64::try_from(low).unwrap_or(0);
    let mixed = (whole ^ whole >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ mixed >> 29
}

/// What the writer knows of the connections it wrote last. Holds while nobody else writes; whoever finds out otherwise, or rolls back, drops it.
#[derive(Default)]
pub(crate) struct Heard {
    known: HashMap<i64, Known>,
    turn: u64,
}

#[derive(Default)]
struct Known {
    filters: Vec<Filter>,
    /// Key of the last chunk and how many notes it holds.
    last: Option<(i64, usize)>,
    used: u64,
}

impl Heard {
    pub(crate) fn forget(&mut self) {
        self.known.clear();
    }

    /// Gets ready for a connection's rows.
    pub(crate) fn load(&mut self, tx: &Connection, connection: i64) -> rusqlite::Result<()> {
        self.turn += 1;
        let turn = self.turn;
        if let Some(known) = self.known.get_mut(&connection) {
            known.used = turn;
            return Ok(());
        }
        let size = |known: &Known| known.filters.iter().map(Filter::bytes).sum::<usize>();
        while self.known.values().map(size).sum::<usize>() > ROOM {
            let Some(oldest) = self.known.iter().min_by_key(|(_, known)| known.used).map(|(connection, _)| *connection) else { break };
            self.known.remove(&oldest);
        }
        let mut known = Known { used: turn, ..Known::default() };
        each_chunk(tx, connection, |key, ids| {
            notes(ids).for_each(|(hash, _)| known.note(hash));
            known.last = Some((key, ids.len() / NOTE));
        })?;
        self.known.insert(connection, known);
        Ok(())
    }

    /// False: certainly not. True: look.
    pub(crate) fn may_know(&self, connection: i64, hash: u64) -> bool {
        self.known.get(&connection).is_none_or(|known| known.filters.iter().any(|filter| filter.has(hash)))
    }

    /// Notes rows that were written, with their days.
    pub(crate) fn note(&mut self, tx: &Transaction<'_>, connection: i64, rows: &[(u64, i64)]) -> rusqlite::Result<()> {
        let known = self.known.entry(connection).or_default();
        let mut rows = rows;
        while !rows.is_empty() {
            let (key, held) = match known.last {
                Some((key, held)) if held < CHUNK && (held + rows.len() <= CHUNK || held < CHUNK / 2) => (key, held),
                Some((key, _)) => (key + 1, 0),
                None => (connection << 24, 0),
            };
            let (now, later) = rows.split_at(rows.len().min(CHUNK - held));
            let mut ids = Vec::with_capacity(now.len() * NOTE);
            for (hash, day) in now {
                ids.extend_from_slice(&hash.to_le_bytes());
                ids.extend_from_slice(&kept_day(*day).to_le_bytes());
                known.note(*hash);
            }
            if held == 0 {
                tx.prepare_cached("INSERT INTO heard (k, ids) VALUES (?, ?)")?.execute(params![key, ids])?;
            } else {
                tx.prepare_cached("UPDATE heard SET ids = CAST(ids || ?2 AS BLOB) WHERE k = ?1")?.execute(params![key, ids])?;
            }
            known.last = Some((key, held + now.len()));
            rows = later;
        }
        Ok(())
    }
}

impl Known {
    fn note(&mut self, hash: u64) {
        if self.filters.last().is_none_or(|filter| filter.left == 0) {
            let room = self.filters.iter().map(|filter| filter.room).sum::<usize>().clamp(8_192, 1 << 20);
            self.filters.push(Filter::new(room));
        }
        if let Some(filter) = self.filters.last_mut() {
            filter.note(hash);
        }
    }
}

fn kept_day(day: i64) -> i32 {
    i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX })
}

fn notes(ids: &[u8]) -> impl Iterator<Item = (u64, i64)> {
    ids.chunks_exact(NOTE).map(|note| {
        let (hash, day) = note.split_at(8);
        let hash = hash.iter().rev().fold(0, |hash, byte| hash << 8 | u64::from(*byte));
        (hash, i64::from(i32::from_le_bytes(day.try_into().unwrap_or_default())))
    })
}

fn each_chunk(tx: &Connection, connection: i64, mut take: impl FnMut(i64, &[u8])) -> rusqlite::Result<()> {
    let mut rows = tx.prepare_cached("SELECT k, ids FROM heard WHERE k BETWEEN ? AND ? ORDER BY k")?;
    let mut rows = rows.query([connection << 24, connection << 24 | 0xFF_FFFF])?;
    while let Some(row) = rows.next()? {
        take(row.get(0)?, row.get_ref(1)?.as_blob()?);
    }
    Ok(())
}

/// On which days the notes of a connection have these hashes. A day may be one that the row has left since.
pub(crate) fn days_of(tx: &Connection, connection: i64, wanted: &HashSet<u64>) -> rusqlite::Result<Vec<(u64, i64)>> {
    let mut found = vec![];
    each_chunk(tx, connection, |_, ids| found.extend(notes(ids).filter(|(hash, _)| wanted.contains(hash))))?;
    Ok(found)
}

/// Forgets the notes of days before this one.
pub(crate) fn leave_before(tx: &Transaction<'_>, day: i64) -> rusqlite::Result<()> {
    let keys: Vec<i64> = tx.prepare("SELECT k FROM heard ORDER BY k")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut get = tx.prepare("SELECT ids FROM heard WHERE k = ?")?;
    let mut put = tx.prepare("UPDATE heard SET ids = ?2 WHERE k = ?1")?;
    let mut drop = tx.prepare("DELETE FROM heard WHERE k = ?")?;
    for key in keys {
        let ids: Vec<u8> = get.query_row([key], |row| row.get(0))?;
        let kept: Vec<u8> = ids.chunks_exact(NOTE).filter(|note| notes(note).all(|(_, noted)| noted >= day)).flatten().copied().collect();
        if kept.is_empty() {
            drop.execute([key])?;
        } else if kept.len() < ids.len() {
            put.execute(params![key, kept])?;
        }
    }
    Ok(())
}

/// Makes all notes anew from the rows.
pub(crate) fn rebuild(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch("DELETE FROM heard;")?;
    let mut heard = Heard::default();
    let mut waiting: HashMap<i64, Vec<(u64, i64)>> = HashMap::new();
    let mut rows = tx.prepare("SELECT k, day, connection, id FROM transactions ORDER BY k")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let day = row.get::<_, Option<i64>>(1)?.map_or_else(|| row.get(0).map(crate::packed::day_of), Ok)?;
        let connection = row.get(2)?;
        let notes = waiting.entry(connection).or_default();
        notes.push((hash(&row.get(3)?), day));
        if notes.len() == CHUNK {
            heard.note(tx, connection, &std::mem::take(notes))?;
            if let Some(known) = heard.known.get_mut(&connection) {
                known.filters.clear();
            }
        }
    }
    for (connection, notes) in waiting {
        heard.note(tx, connection, &notes)?;
    }
    Ok(())
}

/// Answers "certainly new" for all but about one of a hundred thousand new ids, with one look at 64 bytes of memory.
struct Filter {
    blocks: Vec<[u64; 8]>,
    room: usize,
    left: usize,
}

impl Filter {
    /// 32 bits a row.
    fn new(room: usize) -> Self {
        Self { blocks: vec![[0; 8]; room / 16 + 1], room, left: room }
    }

    fn bytes(&self) -> usize {
        self.blocks.len() * 64
    }

    fn block(&self, hash: u64) -> usize {
        let count = u128::try_from(self.blocks.len()).unwrap_or(1);
        usize::try_from((u128::from(hash) * count) >> 64).unwrap_or(0)
    }

    /// One bit in each of the eight words.
    fn bits(hash: u64) -> impl Iterator<Item = u64> {
        let spread = hash.wrapping_mul(0xD6E8_FEB8_6659_FD93);
        (0..8).map(move |word| 1_u64 << ((spread >> (word * 6 + 8)) & 63))
    }

    fn note(&mut self, hash: u64) {
        let block = self.block(hash);
        if let Some(block) = self.blocks.get_mut(block) {
            block.iter_mut().zip(Self::bits(hash)).for_each(|(word, bit)| *word |= bit);
        }
        self.left = self.left.saturating_sub(1);
    }

    fn has(&self, hash: u64) -> bool {
        self.blocks.get(self.block(hash)).is_some_and(|block| block.iter().zip(Self::bits(hash)).all(|(word, bit)| word & bit != 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_never_denies_what_it_was_told_and_seldom_claims_what_it_was_not() {
        let mut known = Known::default();
        let id = |n: u32| hash(&PackedId::new(&format!("id-{n}")));
        (0..40_000).for_each(|n| known.note(id(n)));
        let has = |n| known.filters.iter().any(|filter| filter.has(id(n)));
        assert!((0..40_000).all(has));
        let claimed = (40_000..140_000).filter(|n| has(*n)).count();
        assert!(claimed < 30, "{claimed} of 100,000");
    }

    #[test]
    fn hashes_on_the_disk_stay_what_they_were() {
        assert_eq!(hash(&PackedId::new("6f9619ff-8b86-d011-b42d-00c04fc964ff")), 11_631_514_317_055_523_621);
        assert_eq!(hash(&PackedId::new("plaid_Xy")), 2_585_614_651_713_173_020);
    }
}
