//! Closing balances. Each account has one a day, so they outnumber transactions; a month of an account is one row, its days packed one after the other.
//!
//! A day is packed as: its number from the first of the month, its ordinal with four flags below it, the pass that saw it, and then whichever of the
//! date's rest, the booked and the available amount the flags say are there, each with its length in front. Numbers are seven bits a byte, smallest first.

use crate::erase::kept_from;
use crate::packed::{self, first_day_of, month_of};
use crate::put::{Place, book};
use crate::records::BalanceRecord;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

const ABSENT: u64 = 1;
const HAS_REST: u64 = 2;
const HAS_CURRENT: u64 = 4;
const HAS_AVAILABLE: u64 = 8;
const FLAGS: u32 = 4;

/// A closing balance as it is packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Closing<'a> {
    pub(crate) day: i64,
    pub(crate) ordinal: u32,
    /// As [`packed::rest`] leaves it.
    rest: Option<Cow<'a, str>>,
    pub(crate) current: Option<Cow<'a, str>>,
    pub(crate) available: Option<Cow<'a, str>>,
    /// Number of the pass that saw it.
    seen: i64,
    pub(crate) absent: bool,
}

impl Closing<'_> {
    fn place(&self) -> (i64, u32) {
        (self.day, self.ordinal)
    }

    /// The same without its row.
    fn kept(self) -> Closing<'static> {
        let own = |text: Option<Cow<'_, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        let Self { day, ordinal, seen, absent, .. } = self;
        Closing { day, ordinal, rest: own(self.rest), current: own(self.current), available: own(self.available), seen, absent }
    }
}

/// Packs the closings of a month, which stand in order.
fn pack(month: i64, closings: &[Closing<'_>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(closings.len() * 24);
    let first = first_day_of(month);
    for closing in closings {
        let flag = |there: bool, flag: u64| if there { flag } else { 0 };
        let flags = flag(closing.absent, ABSENT)
            | flag(closing.rest.is_some(), HAS_REST)
            | flag(closing.current.is_some(), HAS_CURRENT)
            | flag(closing.available.is_some(), HAS_AVAILABLE);
        put_number(&mut bytes, folded(closing.day - first));
        put_number(&mut bytes, u64::from(closing.ordinal) << FLAGS | flags);
        put_number(&mut bytes, folded(closing.seen));
        for text in [&closing.rest, &closing.current, &closing.available].into_iter().flatten() {
            put_number(&mut bytes, text.len() as u64);
            bytes.extend_from_slice(text.as_bytes());
        }
    }
    bytes
}

/// Takes a month apart again; what does not fit together is damage.
pub(crate) fn unpack(month: i64, bytes: &[u8]) -> rusqlite::Result<Vec<Closing<'_>>> {
    let first = first_day_of(month);
    let mut rest = bytes;
    let mut closings = vec![];
    while !rest.is_empty() {
        let one = take_one(first, &mut rest);
        closings.push(one.ok_or_else(|| rusqlite::Error::InvalidColumnType(0, "closing balances".into(), Type::Blob))?);
    }
    Ok(closings)
}

fn take_one<'a>(first: i64, bytes: &mut &'a [u8]) -> Option<Closing<'a>> {
    let day = first.checked_add(unfolded(take_number(bytes)?))?;
    let word = take_number(bytes)?;
    let seen = unfolded(take_number(bytes)?);
    let mut text = |flag: u64| -> Option<Option<Cow<'a, str>>> {
        if word & flag == 0 {
            return Some(None);
        }
        let length = usize::try_from(take_number(bytes)?).ok()?;
        let (text, later) = bytes.split_at_checked(length)?;
        *bytes = later;
        Some(Some(Cow::Borrowed(std::str::from_utf8(text).ok()?)))
    };
    Some(Closing {
        rest: text(HAS_REST)?,
        current: text(HAS_CURRENT)?,
        available: text(HAS_AVAILABLE)?,
        day,
        ordinal: u32::try_from(word >> FLAGS).ok()?,
        seen,
        absent: word & ABSENT != 0,
    })
}

fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7F {
        bytes.push((number & 0x7F | 0x80).to_le_bytes()[0]);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, later) = bytes.split_first()?;
        *bytes = later;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Small numbers of either sign become small ones without.
fn folded(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

fn unfolded(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Stores rows of a page; of one place the last told stands.
pub(crate) fn put(tx: &Transaction<'_>, place: Place, rows: &[BalanceRecord]) -> rusqlite::Result<()> {
    let kept_from = kept_from(tx)?;
    let (mut books, mut days) = (HashMap::new(), HashMap::new());
    let mut months: BTreeMap<(i64, i64), Vec<Closing<'_>>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.day >= kept_from) {
        let book = match books.get(&*row.account) {
            Some(book) => *book,
            None => *books.entry(&*row.account).or_insert(book(tx, place, &row.account)?.n),
        };
        let (month, day_text) = days.entry(row.day).or_insert_with(|| (month_of(row.day), packed::day_text(row.day)));
        months.entry((book, *month)).or_default().push(Closing {
            day: row.day,
            ordinal: row.ordinal,
            rest: packed::rest(day_text.as_deref(), &row.date_text),
            current: row.current.as_deref().map(Cow::Borrowed),
            available: row.available.as_deref().map(Cow::Borrowed),
            seen: place.pass,
            absent: false,
        });
    }
    let mut get = tx.prepare_cached("SELECT days FROM closings WHERE book = ? AND month = ?")?;
    for ((book, month), told) in months {
        let held: Option<Vec<u8>> = get.query_row([book, month], |row| row.get(0)).optional()?;
        let held = held.as_deref().map(|bytes| unpack(month, bytes)).transpose()?.unwrap_or_default();
        let all: BTreeMap<_, _> = held.into_iter().chain(told).map(|closing| (closing.place(), closing)).collect();
        keep(tx, (book, month), &all.into_values().collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Writes a month of a book; without closings there is none.
fn keep(tx: &Transaction<'_>, (book, month): (i64, i64), closings: &[Closing<'_>]) -> rusqlite::Result<()> {
    if closings.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(closings.len()).unwrap_or(i64::MAX);
    tx.prepare_cached(
        "INSERT INTO closings (book, month, count, days) VALUES (?, ?, ?, ?)
         ON CONFLICT (book, month) DO UPDATE SET count = excluded.count, days = excluded.days",
    )?
    .execute(params![book, month, count, pack(month, closings)])?;
    Ok(())
}

/// Marks what the pass and the one before it did not see, from the first day that the pass saw.
pub(crate) fn mark_absent(tx: &Transaction<'_>, place: Place) -> rusqlite::Result<()> {
    let mut rows =
        tx.prepare_cached("SELECT c.book, c.month, c.days FROM books b JOIN closings c ON c.book = b.n WHERE b.connection = ?")?;
    let rows: Vec<(i64, i64, Vec<u8>)> =
        rows.query_map([place.connection], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?;
    let mut first = None;
    for (_, month, days) in &rows {
        let seen = unpack(*month, days)?.into_iter().filter(|closing| closing.seen >= place.pass).map(|closing| closing.day);
        first = first.into_iter().chain(seen).min();
    }
    let first = first.unwrap_or(i64::MIN);
    for (book, month, days) in &rows {
        let mut closings = unpack(*month, days)?;
        let mut gone = closings.iter_mut().filter(|one| one.seen < place.pass - 1 && !one.absent && one.day >= first).peekable();
        if gone.peek().is_some() {
            gone.for_each(|one| one.absent = true);
            keep(tx, (*book, *month), &closings)?;
        }
    }
    Ok(())
}

/// Each closing of a book that Codat still lists, oldest first.
pub(crate) fn each_of(conn: &Connection, book: i64, mut take: impl FnMut(&Closing<'_>)) -> rusqlite::Result<()> {
    let mut rows = conn.prepare_cached("SELECT month, days FROM closings WHERE book = ? ORDER BY month")?;
    let mut rows = rows.query([book])?;
    while let Some(row) = rows.next()? {
        unpack(row.get(0)?, row.get_ref(1)?.as_blob()?)?.iter().filter(|closing| !closing.absent).for_each(&mut take);
    }
    Ok(())
}

/// The newest of a book.
pub(crate) fn newest_of(conn: &Connection, book: i64) -> rusqlite::Result<Option<Closing<'static>>> {
    let mut rows = conn.prepare_cached("SELECT month, days FROM closings WHERE book = ? ORDER BY month DESC")?;
    let mut rows = rows.query([book])?;
    while let Some(row) = rows.next()? {
        let closings = unpack(row.get(0)?, row.get_ref(1)?.as_blob()?)?;
        if let Some(newest) = closings.into_iter().rfind(|closing| !closing.absent) {
            return Ok(Some(newest.kept()));
        }
    }
    Ok(None)
}

/// How many a company has of months before this one.
pub(crate) fn count_before(conn: &Connection, company: i64, month: i64) -> rusqlite::Result<u64> {
    conn.prepare_cached(
        "SELECT coalesce(sum(c.count), 0) FROM books b JOIN closings c ON c.book = b.n WHERE b.company = ? AND c.month < ?",
    )?
    .query_row([company, month], |row| Ok(row.get::<_, i64>(0)?.unsigned_abs()))
}

/// Erases those of months before this one, and says how many went.
pub(crate) fn erase_before(tx: &Transaction<'_>, company: i64, month: i64) -> rusqlite::Result<u64> {
    let count = count_before(tx, company, month)?;
    tx.prepare_cached("DELETE FROM closings WHERE month < ?2 AND book IN (SELECT n FROM books WHERE company = ?1)")?
        .execute([company, month])?;
    Ok(count)
}

/// Takes in what earlier versions kept a day a row: the second half of migration 0015.
pub(crate) fn move_in(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    {
        let mut rows =
            tx.prepare("SELECT book, day, ordinal, date_text, current, available, seen, absent FROM balances ORDER BY book, day, ordinal")?;
        let mut rows = rows.query([])?;
        let (mut at, mut closings) = ((0, 0), vec![]);
        while let Some(row) = rows.next()? {
            let day: i64 = row.get(1)?;
            let next = (row.get(0)?, month_of(day));
            if next != at {
                keep(tx, at, &std::mem::take(&mut closings))?;
                at = next;
            }
            let text = |column: usize| row.get::<_, Option<String>>(column).map(|text| text.map(Cow::Owned));
            let date_text: String = row.get(3)?;
            closings.push(Closing {
                day,
                ordinal: row.get(2)?,
                rest: packed::rest(packed::day_text(day).as_deref(), &date_text).map(|rest| Cow::Owned(rest.into_owned())),
                current: text(4)?,
                available: text(5)?,
                seen: row.get(6)?,
                absent: row.get(7)?,
            });
        }
        keep(tx, at, &closings)?;
    }
    tx.execute_batch("DROP TABLE balances;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = Option<Cow<'static, str>>> {
        proptest::option::of(".{0,20}".prop_map(Cow::Owned))
    }

    proptest! {
        #[test]
        fn a_month_comes_back_as_it_was_packed(
            days in proptest::collection::btree_map((-4_100_000_i64..4_100_000, any::<u32>()), (text(), text(), text(), any::<i64>(), any::<bool>()), 0..40),
            month in -200_000_i64..200_000,
        ) {
            let closings: Vec<Closing<'_>> = days
                .into_iter()
                .map(|((day, ordinal), (rest, current, available, seen, absent))| Closing { day, ordinal, rest, current, available, seen, absent })
                .collect();
            let bytes = pack(month, &closings);
            prop_assert_eq!(unpack(month, &bytes).expect("whole"), closings);
        }

        #[test]
        fn bytes_that_are_no_month_are_refused_and_never_read_as_one(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(closings) = unpack(24_300, &bytes) {
                let packed = pack(24_300, &closings);
                prop_assert_eq!(unpack(24_300, &packed).expect("whole"), closings);
            }
        }
    }

    #[test]
    fn a_day_as_most_are_takes_a_few_bytes() {
        let amount = || Some(Cow::Borrowed("12345.67"));
        let closing = |day| Closing { day, ordinal: 0, rest: None, current: amount(), available: amount(), seen: 1, absent: false };
        let month: Vec<Closing<'_>> = (20_484..20_514).map(closing).collect();
        assert_eq!(pack(month_of(20_484), &month).len(), 30 * 21);
    }
}
