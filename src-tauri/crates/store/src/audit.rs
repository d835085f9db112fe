//! Who did what, to what, when: lines that are only ever added to, each with a code over itself and the line before it. Without the key nobody can make
//! a line; the newest line's code (`Head`), which the vault keeps, shows that none was cut off the end. Holds ids and words of ours, never bank data.

use crate::{Stop, Store, StoreError};
use hmac::{Hmac, Mac as _};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;
use sha2::Sha256;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Bytes of a code.
const CODE: usize = 32;

const COLUMNS: &str = "SELECT seq, at, who, act, subject, detail, code FROM audit";

/// The key of the log. No `Debug`, no `Serialize`; wiped when dropped.
#[derive(Clone, ZeroizeOnDrop)]
pub struct AuditKey([u8; CODE]);

impl AuditKey {
    /// From 32 random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; CODE]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the vault.
    #[must_use]
    pub const fn expose(&self) -> &[u8; CODE] {
        &self.0
    }
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Act {
    /// UTC milliseconds.
    pub at: i64,
    /// Who, as the operating system names them.
    pub who: String,
    /// One word.
    pub act: String,
    /// An id, or nothing.
    pub subject: String,
    /// Words of ours.
    pub detail: String,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditLine {
    /// Its number, from 1.
    pub seq: i64,
    /// What it says.
    #[serde(flatten)]
    pub act: Act,
    /// Its code, hexadecimal.
    pub code: String,
}

/// How far the log was when it was last known, and where the key's lines begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of the first line under this key.
    pub from: i64,
    /// Number of the newest line; less than `from`: none yet.
    pub seq: i64,
    /// The newest line's code.
    pub code: [u8; CODE],
}

impl Head {
    /// Before the first line of a key.
    #[must_use]
    pub const fn before(from: i64) -> Self {
        Self { from, seq: from - 1, code: [0; CODE] }
    }
}

/// What a log is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every line is as it was written, and none is missing.
    Whole(Head),
    /// The same, and the vault had not heard of the newest lines yet: a program ended between writing a line and saying so. Only who has the key can
    /// have written them.
    Ahead(Head),
    /// This line is not what was written, or does not follow the one before it.
    Changed(i64),
    /// Lines after this one are missing.
    Cut(i64),
}

impl Store {
    /// Adds a line after the newest that is here or that the vault knows of, and tells the new head. Lines that were cut off before leave a gap for ever.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn audit(&self, key: &AuditKey, head: Head, act: &Act) -> Result<Head, StoreError> {
        self.write("writing the audit log", |tx| {
            let newest = tx
                .prepare_cached("SELECT seq, code FROM audit WHERE seq > ? ORDER BY seq DESC LIMIT 1")?
                .query_row([head.seq], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))
                .optional()?;
            let (seq, before) = newest.unwrap_or_else(|| (head.seq, head.code.to_vec()));
            let seq = seq.saturating_add(1);
            let code: [u8; CODE] = code(key, &before, seq, act).finalize().into_bytes().into();
            tx.prepare_cached("INSERT INTO audit (seq, at, who, act, subject, detail, code) VALUES (?, ?, ?, ?, ?, ?, ?)")?
                .execute(params![seq, act.at, act.who, act.act, act.subject, act.detail, code.as_slice()])?;
            Ok(Head { from: head.from, seq, code })
        })
    }

    /// Number of the newest line; 0: none.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn audit_newest(&self) -> Result<i64, StoreError> {
        self.read("reading the audit log", |conn| conn.query_row("SELECT ifnull(max(seq), 0) FROM audit", [], |row| row.get(0)))
    }

    /// Holds every line under this key against its code, and the newest against the head.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn audit_verdict(&self, key: &AuditKey, head: Head) -> Result<Verdict, StoreError> {
        self.read_for("checking the audit log", None, &Stop::default(), |conn| verdict(conn, key, head))
    }

    /// Lines of the log, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn audit_lines(&self, limit: u32) -> Result<Vec<AuditLine>, StoreError> {
        self.read_for("reading the audit log", None, &Stop::default(), |conn| {
            let mut found = conn.prepare_cached(&format!("{COLUMNS} ORDER BY seq DESC LIMIT ?"))?;
            let lines = found.query_map([limit], |row| line(row).map(|(line, _)| line))?;
            lines.collect()
        })
    }
}

fn line(row: &rusqlite::Row<'_>) -> rusqlite::Result<(AuditLine, Vec<u8>)> {
    let code: Vec<u8> = row.get(6)?;
    let act = Act { at: row.get(1)?, who: row.get(2)?, act: row.get(3)?, subject: row.get(4)?, detail: row.get(5)? };
    let hex = code.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((AuditLine { seq: row.get(0)?, act, code: hex }, code))
}

/// Goes through all lines, those before the key's first one too: where the log began with this key there may be none.
fn verdict(conn: &Connection, key: &AuditKey, head: Head) -> rusqlite::Result<Verdict> {
    let (mut before, mut newest) = (vec![0; CODE], Head::before(head.from));
    let mut is_on_the_way = head.seq < head.from;
    let mut found = conn.prepare_cached(&format!("{COLUMNS} ORDER BY seq"))?;
    for found in found.query_map([], line)? {
        let (AuditLine { seq, act, .. }, told) = found?;
        if (1..head.from).contains(&seq) {
            continue;
        }
        let is_next = seq == newest.seq + 1;
        if !is_next || code(key, &before, seq, &act).verify_slice(&told).is_err() {
            return Ok(Verdict::Changed(seq));
        }
        newest = Head { seq, code: told.as_slice().try_into().unwrap_or_default(), ..newest };
        is_on_the_way |= newest == head;
        before = told;
    }
    Ok(match newest.seq - head.seq {
        _ if !is_on_the_way => Verdict::Cut(newest.seq),
        0 => Verdict::Whole(newest),
        _ => Verdict::Ahead(newest),
    })
}

/// Over the line before and every part with its length in front, so that no two lines are the same bytes.
fn code(key: &AuditKey, before: &[u8], seq: i64, act: &Act) -> Hmac<Sha256> {
    // Shorter than a block, a key counts as filled up with zeros.
    let mut block = Zeroizing::new([0_u8; 64]);
    block[..CODE].copy_from_slice(&key.0);
    let mut code = <Hmac<Sha256> as hmac::Mac>::new((&*block).into());
    code.update(b"fairlead audit 1");
    code.update(before);
    code.update(&seq.to_be_bytes());
    code.update(&act.at.to_be_bytes());
    for part in [&act.who, &act.act, &act.subject, &act.detail] {
        code.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        code.update(part.as_bytes());
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DbKey;

    const KEY: AuditKey = AuditKey::new([7; CODE]);
    const LINES: i64 = 30;

    /// Somebody who has the whole database and may write it as they like, but not the log's key.
    struct Thief<'a> {
        conn: &'a Connection,
        state: u64,
    }

    impl Thief<'_> {
        fn random(&mut self, from: i64, to: i64) -> i64 {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            from + i64::try_from(self.state % u64::try_from(to - from + 1).expect("a range")).expect("few")
        }

        fn run(&self, sql: &str, of: impl rusqlite::Params) {
            self.conn.execute(sql, of).expect("a thief may write what they like");
        }

        fn all(&self) -> Vec<(AuditLine, Vec<u8>)> {
            let mut found = self.conn.prepare(&format!("{COLUMNS} ORDER BY seq")).expect("lines");
            found.query_map([], line).expect("lines").collect::<Result<_, _>>().expect("lines")
        }

        fn put(&self, seq: i64, act: &Act, code: &[u8]) {
            let all = params![seq, act.at, act.who, act.act, act.subject, act.detail, code];
            self.run("INSERT OR REPLACE INTO audit (seq, at, who, act, subject, detail, code) VALUES (?, ?, ?, ?, ?, ?, ?)", all);
        }

        /// Numbers the lines anew and makes every code from this line on anew, with a key of their own.
        fn chain_again(&self, from: i64) {
            let all = self.all();
            self.run("DELETE FROM audit", []);
            let mut before = vec![0; CODE];
            for (seq, (line, told)) in (1..).zip(all) {
                let own = if seq < from {
                    told
                } else {
                    code(&AuditKey::new([9; CODE]), &before, seq, &line.act).finalize().into_bytes().to_vec()
                };
                self.put(seq, &line.act, &own);
                before = own;
            }
        }

        fn change(&mut self, number: usize) -> &'static str {
            let (one, other) = (self.random(1, LINES), self.random(1, LINES));
            let (part, what) =
                [("who", "another person"), ("act", "another act"), ("subject", "another subject"), ("detail", "another detail")]
                    [number % 4];
            match number % 12 {
                0..=3 => {
                    self.run(&format!("UPDATE audit SET {part} = {part} || 'x' WHERE seq = ?"), [one]);
                    what
                }
                4 => {
                    let by = self.random(1, 90_000);
                    self.run("UPDATE audit SET at = at - ? WHERE seq = ?", [by, one]);
                    "another time"
                }
                5 => {
                    let mut told = self.all()[usize::try_from(one).expect("few") - 1].1.clone();
                    told[usize::try_from(self.random(0, 31)).expect("few")] ^= 1 << self.random(0, 7);
                    self.run("UPDATE audit SET code = ? WHERE seq = ?", params![told, one]);
                    "another code"
                }
                6 => {
                    self.run("DELETE FROM audit WHERE seq = ?", [one]);
                    "a line taken out"
                }
                7 => {
                    self.run("DELETE FROM audit WHERE seq >= ?", [one]);
                    "the end cut off, as an older copy of the database has it"
                }
                8 => {
                    let (one, other) = if one == other { (1, LINES) } else { (one, other) };
                    let all = self.all();
                    let of = |seq: i64| all[usize::try_from(seq).expect("few") - 1].clone();
                    self.put(one, &of(other).0.act, &of(other).1);
                    self.put(other, &of(one).0.act, &of(one).1);
                    "two lines in each other's place"
                }
                9 => {
                    let (line, told) = self.all()[usize::try_from(one).expect("few") - 1].clone();
                    let at = [0, -one, LINES + 1, LINES + one][number / 12 % 4];
                    self.put(at, &line.act, &told);
                    "a line put in"
                }
                10 => {
                    self.run("UPDATE audit SET subject = 'somebody else' WHERE seq = ?", [one]);
                    self.chain_again(one);
                    "changed and chained again without the key"
                }
                _ => {
                    self.run("DELETE FROM audit WHERE seq = ?", [one]);
                    self.chain_again(one);
                    "taken out and chained again without the key"
                }
            }
        }
    }

    /// A log of so many lines, and its head after each.
    fn log(folder: &std::path::Path, count: i64) -> (Store, Vec<Head>) {
        let store = Store::create(&folder.join("fairlead.db"), &DbKey::from_bytes(&[1; 32]).expect("a key")).expect("a database");
        let mut heads = vec![Head::before(1)];
        for at in 1..=count {
            let act =
                Act { at: at * 1_000, who: "ruth".into(), act: "unlink".into(), subject: format!("c{}", at % 7), detail: String::new() };
            heads.push(store.audit(&KEY, *heads.last().expect("one"), &act).expect("written"));
        }
        (store, heads)
    }

    /// Lets somebody at the table whom no trigger holds back; all of it is taken back.
    fn unguarded<T>(store: &Store, act: impl FnOnce(&Connection) -> T) -> T {
        let let_in = |conn: &Connection| {
            conn.execute_batch("BEGIN IMMEDIATE; DROP TRIGGER audit_stays; DROP TRIGGER audit_stands;")?;
            let done = act(conn);
            conn.execute_batch("ROLLBACK")?;
            Ok(done)
        };
        store.with_writer("changing the audit log", let_in).expect("the table is ours")
    }

    /// What the log is worth after a change, which is taken back.
    fn after<T>(conn: &Connection, head: Head, change: impl FnOnce() -> T) -> (Verdict, T) {
        conn.execute_batch("SAVEPOINT change").expect("begun");
        let changed = change();
        let verdict = verdict(conn, &KEY, head).expect("judged");
        conn.execute_batch("ROLLBACK TO change; RELEASE change").expect("taken back");
        (verdict, changed)
    }

    #[test]
    fn a_thousand_changes_of_a_log_are_a_thousand_changes_seen() {
        let folder = tempfile::tempdir().expect("folder");
        let (store, heads) = log(folder.path(), LINES);
        let head = *heads.last().expect("one");
        assert_eq!(store.audit_verdict(&KEY, head).expect("judged"), Verdict::Whole(head), "control: unchanged it is whole");
        let seed: u64 = std::env::var("FAIRLEAD_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
        let mut kinds = std::collections::BTreeMap::new();
        let (mut fired, mut missed) = (0, vec![]);
        unguarded(&store, |conn| {
            let mut thief = Thief { conn, state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1 };
            let before = thief.all();
            for number in 0..1_000 {
                let (verdict, (kind, is_changed)) = after(conn, head, || {
                    let kind = thief.change(number);
                    (kind, before != thief.all())
                });
                *kinds.entry(kind).or_insert(0) += 1;
                fired += u32::from(is_changed);
                if matches!(verdict, Verdict::Whole(_) | Verdict::Ahead(_)) {
                    missed.push(format!("change {number}: {kind}"));
                }
            }
        });
        println!(
            "measured: changes of a log by who has the database and not its key, in {} ways: fired {fired} of 1000, {} found, seed {seed}",
            kinds.len(),
            1_000 - missed.len()
        );
        assert_eq!((fired, missed), (1_000, vec![]));
        assert_eq!(store.audit_verdict(&KEY, head).expect("judged"), Verdict::Whole(head), "control: each change was taken back");
    }

    #[test]
    fn a_program_that_ended_before_it_told_the_vault_is_no_tampering_and_a_cut_end_is() {
        let folder = tempfile::tempdir().expect("folder");
        let (store, heads) = log(folder.path(), 5);
        let judged = |head| store.audit_verdict(&KEY, head).expect("judged");
        assert_eq!(judged(heads[4]), Verdict::Ahead(heads[5]));
        assert_eq!(judged(heads[0]), Verdict::Ahead(heads[5]), "not even the first was told");
        unguarded(&store, |conn| {
            let thief = Thief { conn, state: 1 };
            let cut = |from: i64| after(conn, heads[5], || thief.run("DELETE FROM audit WHERE seq >= ?", [from])).0;
            assert_eq!((cut(5), cut(1)), (Verdict::Cut(4), Verdict::Cut(0)));
            // The end cut off and written anew by whoever has no key: also where the vault never heard of it.
            let forged = after(conn, heads[4], || {
                thief.run("UPDATE audit SET act = 'nothing' WHERE seq = 5", []);
                thief.chain_again(5);
            });
            assert_eq!(forged.0, Verdict::Changed(5));
            // And what is written after a cut does not hide it.
            let gone = after(conn, heads[5], || {
                thief.run("DELETE FROM audit WHERE seq >= 4", []);
                let act = Act::default();
                thief.put(6, &act, &code(&KEY, &heads[5].code, 6, &act).finalize().into_bytes());
            });
            assert_eq!(gone.0, Verdict::Changed(6), "the gap stays for ever");
        });
    }

    #[test]
    fn lines_under_a_key_that_is_gone_stay_and_prove_nothing() {
        let folder = tempfile::tempdir().expect("folder");
        let (store, _) = log(folder.path(), 3);
        let new = AuditKey::new([8; CODE]);
        let head = store.audit(&new, Head::before(4), &Act::default()).expect("written");
        assert_eq!(store.audit_verdict(&new, head).expect("judged"), Verdict::Whole(head));
        assert_eq!((head.from, head.seq, store.audit_lines(9).expect("lines").len()), (4, 4, 4));
    }
}
