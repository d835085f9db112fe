//! Opening and making the file, its migrations, the writer and the readers. Nothing here repairs, overwrites or deletes a database.

use crate::error::{DiskTrouble, OpenError, StoreError, StoreProblem, problem};
use crate::guard::{Guard, Stop};
use crate::key::DbKey;
use crate::put::Memory;
use crate::reading::Reading;
use parking_lot::{FairMutex, Mutex};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, InterruptHandle, OpenFlags, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Numbered, never edited.
const MIGRATIONS: [&str; 17] = [
    include_str!("../migrations/0001_first.sql"),
    include_str!("../migrations/0002_packed.sql"),
    include_str!("../migrations/0003_heard.sql"),
    include_str!("../migrations/0004_budget.sql"),
    include_str!("../migrations/0005_books.sql"),
    include_str!("../migrations/0006_search.sql"),
    include_str!("../migrations/0007_desk.sql"),
    include_str!("../migrations/0009_kept.sql"),
    include_str!("../migrations/0010_erasing.sql"),
    include_str!("../migrations/0011_bulk.sql"),
    include_str!("../migrations/0012_inbox.sql"),
    include_str!("../migrations/0013_audit.sql"),
    include_str!("../migrations/0014_consents.sql"),
    CLOSINGS,
    include_str!("../migrations/0018_team.sql"),
    include_str!("../migrations/0020_told.sql"),
    include_str!("../migrations/0024_reads.sql"),
];

/// The one that SQL alone does not finish.
const CLOSINGS: &str = include_str!("../migrations/0015_closings.sql");

/// Changes when what is derived from rows is derived otherwise: it is then made anew at the next opening.
const DERIVED: &str = "5";

const READERS: usize = 2;

/// Between two tries to break off what runs: a statement may just have begun.
const A_MOMENT: Duration = Duration::from_millis(5);

/// What a screen asks for is answered within this time or not at all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// How a file's pages lie on the disk.
#[derive(Clone, Copy)]
pub(crate) struct Format {
    page_bytes: u32,
    /// What proves a page. Processors of this time have instructions for SHA-256 and none for SHA-512: reading a page costs less than half.
    proof: &'static str,
}

/// New files have the first. A file does not say which it has until the right one is tried.
pub(crate) const FORMATS: [Format; 3] = [
    Format { page_bytes: 16_384, proof: "HMAC_SHA256" },
    Format { page_bytes: 16_384, proof: "HMAC_SHA512" },
    Format { page_bytes: 4_096, proof: "HMAC_SHA512" },
];

/// A profile's database. Cheap to clone; methods block and belong on a blocking thread.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    /// In the order of asking: who stores page after page would else let nobody in between. None once it was closed.
    writer: FairMutex<Option<Writer>>,
    readers: [Mutex<Option<Reader>>; READERS],
    /// Break off what runs.
    ends: Vec<InterruptHandle>,
    turn: AtomicUsize,
}

/// The one connection that writes, and what it remembers of what it wrote.
struct Writer {
    conn: Connection,
    memory: Memory,
    /// Changes when somebody else wrote.
    version: i64,
}

struct Reader {
    conn: Connection,
    guard: Guard,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Makes a new database. Never touches an existing file.
    ///
    /// # Errors
    /// `Exists`, or what the disk says.
    pub fn create(path: &Path, key: &DbKey) -> Result<Self, OpenError> {
        if path.exists() {
            return Err(OpenError::Exists);
        }
        // A check that lies about belongs to a file that is gone.
        let _ = std::fs::remove_file(check_file(path));
        own_file(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => OpenError::Exists,
            _ => OpenError::Disk(DiskTrouble::from(&error)),
        })?;
        Self::connect(path, key)
    }

    /// Opens an existing database.
    ///
    /// # Errors
    /// Each state a person must be told about has its own variant.
    pub fn open(path: &Path, key: &DbKey) -> Result<Self, OpenError> {
        let bytes = match std::fs::metadata(path) {
            Ok(found) => found.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(OpenError::Missing),
            Err(error) => return Err(OpenError::Disk(DiskTrouble::from(&error))),
        };
        let check = check_of(path);
        if check.as_ref().is_some_and(|word| *word != key.check_word()) {
            return Err(OpenError::KeyWrong);
        }
        // The check is written when a database stands: a file that is empty since then was emptied. Without it, a creation was cut: it goes on.
        if bytes == 0 && check.is_some() {
            return Err(OpenError::Damaged);
        }
        Self::connect(path, key).map_err(|error| match error {
            OpenError::Unreadable if check.is_some() => OpenError::Damaged,
            other => other,
        })
    }

    fn connect(path: &Path, key: &DbKey) -> Result<Self, OpenError> {
        let (mut conn, format) = writer(path, key)?;
        migrate(&mut conn)?;
        derive(&mut conn).map_err(|error| opening(&error))?;
        keep_check(path, key)?;
        let reader = || {
            connection(path, key, format).and_then(|mut conn| {
                conn.pragma_update(None, "query_only", true)?;
                let guard = Guard::new(&mut conn)?;
                Ok(Reader { conn, guard })
            })
        };
        let readers = [reader().map_err(|error| opening(&error))?, reader().map_err(|error| opening(&error))?];
        let ends = std::iter::once(&conn).chain(readers.iter().map(|reader| &reader.conn)).map(Connection::get_interrupt_handle).collect();
        let writer = FairMutex::new(Some(Writer { conn, memory: Memory::default(), version: 0 }));
        let readers = readers.map(|reader| Mutex::new(Some(reader)));
        Ok(Self { inner: Arc::new(Inner { path: path.to_path_buf(), writer, readers, ends, turn: AtomicUsize::new(0) }) })
    }

    /// Closes the file, whoever still holds this store: what runs is broken off and undone, and whoever asks later is told that it was stopped.
    pub fn close(&self) {
        let inner = &self.inner;
        let end = || inner.ends.iter().for_each(InterruptHandle::interrupt);
        for reader in &inner.readers {
            loop {
                end();
                if let Some(mut reader) = reader.try_lock_for(A_MOMENT) {
                    reader.take();
                    break;
                }
            }
        }
        loop {
            end();
            if let Some(mut writer) = inner.writer.try_lock_for(A_MOMENT) {
                writer.take();
                break;
            }
        }
    }

    /// Runs in one transaction; a failure leaves nothing behind.
    pub(crate) fn write<T>(
        &self,
        doing: &'static str,
        body: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut writer = self.inner.writer.lock();
        let writer = writer.as_mut().ok_or(StoreError { doing, problem: StoreProblem::Stopped })?;
        let run = |writer: &mut Writer| {
            let transaction = writer.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = body(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        run(writer).map_err(|error| StoreError::new(doing, &error))
    }

    /// The same for rows in bulk, with what the writer remembers of the rows before.
    pub(crate) fn write_rows<T>(
        &self,
        doing: &'static str,
        body: impl FnOnce(&Transaction<'_>, &mut Memory) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut writer = self.inner.writer.lock();
        let writer = writer.as_mut().ok_or(StoreError { doing, problem: StoreProblem::Stopped })?;
        let run = |writer: &mut Writer| {
            let Writer { conn, memory, version } = writer;
            let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let now = transaction.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
            if std::mem::replace(version, now) != now {
                memory.forget();
            }
            let value = body(&transaction, memory)?;
            transaction.commit()?;
            Ok(value)
        };
        run(writer).map_err(|error| {
            writer.memory.forget();
            StoreError::new(doing, &error)
        })
    }

    /// Runs outside of a transaction, alone on the one connection that writes.
    pub(crate) fn with_writer<T>(
        &self,
        doing: &'static str,
        body: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let writer = self.inner.writer.lock();
        let writer = writer.as_ref().ok_or(StoreError { doing, problem: StoreProblem::Stopped })?;
        body(&writer.conn).map_err(|error| StoreError::new(doing, &error))
    }

    /// Reads from one snapshot: a count and its rows agree, whatever is written meanwhile. A statement past its time is stopped.
    pub(crate) fn read<T>(&self, doing: &'static str, body: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        self.read_for(doing, Some(PATIENCE), &Stop::default(), body)
    }

    /// The same with its own time, or none for what goes through everything; and with a way to call it off.
    pub(crate) fn read_for<T>(
        &self,
        doing: &'static str,
        time: Option<Duration>,
        stop: &Stop,
        body: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.read_moment(doing, time, stop, |reading| reading.ask(doing, body))
    }

    /// One snapshot, for as many questions as there are.
    pub(crate) fn read_moment<T>(
        &self,
        doing: &'static str,
        time: Option<Duration>,
        stop: &Stop,
        body: impl FnOnce(&Reading<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let free = self.inner.readers.iter().find_map(Mutex::try_lock);
        let next = self.inner.turn.fetch_add(1, Ordering::Relaxed) % READERS;
        let reader = free.unwrap_or_else(|| self.inner.readers[next].lock());
        let reader = reader.as_ref().ok_or(StoreError { doing, problem: StoreProblem::Stopped })?;
        // Who waited for a reader may be told meanwhile that nobody waits for them.
        if stop.is_stopped() {
            return Err(StoreError { doing, problem: StoreProblem::Stopped });
        }
        reader.guard.allow(time, stop);
        let snapshot = reader.conn.unchecked_transaction().map_err(|error| StoreError::new(doing, &error));
        let answer = snapshot.and_then(|snapshot| body(&Reading::new(&snapshot, Some(&reader.guard))));
        reader.guard.allow(None, &Stop::default());
        answer
    }

    /// A hash over every row of every table, for proving that nothing changed. How many requests were sent is no content.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn content_hash(&self) -> Result<String, StoreError> {
        use sha2::{Digest as _, Sha256};
        self.read_for("hashing the content", None, &Stop::default(), |conn| {
            let mut names = conn.prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'budget' ORDER BY name",
            )?;
            let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let mut hash = Sha256::new();
            for name in names {
                let mut rows = conn.prepare(&format!("SELECT * FROM \"{name}\""))?;
                let columns = rows.column_count();
                let mut lines: Vec<String> = vec![];
                let mut rows = rows.query([])?;
                while let Some(row) = rows.next()? {
                    let values: Vec<String> =
                        (0..columns).map(|column| Ok(format!("{:?}", row.get_ref(column)?))).collect::<rusqlite::Result<_>>()?;
                    lines.push(values.join("|"));
                }
                lines.sort_unstable();
                hash.update(name.as_bytes());
                lines.iter().for_each(|line| hash.update(line.as_bytes()));
            }
            Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
        })
    }
}

pub(crate) fn check_file(path: &Path) -> PathBuf {
    path.with_extension("key-check")
}

/// What is noted of the key. A note that was cut while it was written is none: it must not lock anybody out.
pub(crate) fn check_of(path: &Path) -> Option<String> {
    let word = std::fs::read_to_string(check_file(path)).ok()?.trim().to_owned();
    (word.len() == DbKey::CHECK_WORD).then_some(word)
}

/// A new file that only its owner may read.
fn own_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The key has just opened the file: from now on a wrong key can be told from damage.
pub(crate) fn keep_check(path: &Path, key: &DbKey) -> Result<(), OpenError> {
    use std::io::Write as _;
    if check_of(path).is_some() {
        return Ok(());
    }
    let file = check_file(path);
    // One that was cut, if any.
    let _ = std::fs::remove_file(&file);
    let written = own_file(&file).and_then(|mut file| {
        file.write_all(key.check_word().as_bytes())?;
        file.sync_all()
    });
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(OpenError::Disk(DiskTrouble::from(&error))),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The writer, and which format the file has.
fn writer(path: &Path, key: &DbKey) -> Result<(Connection, Format), OpenError> {
    let mut last = OpenError::Unreadable;
    for format in FORMATS {
        match connection(path, key, format) {
            Ok(writer) => return Ok((writer, format)),
            Err(error) => last = opening(&error),
        }
        if last != OpenError::Unreadable {
            break;
        }
    }
    Err(last)
}

/// A connection that has the key and has read nothing yet.
pub(crate) fn keyed(path: &Path, key: &DbKey, format: Format) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    // Freed memory is wiped, the key's own text included: so this comes first.
    conn.execute_batch("PRAGMA cipher_log_level = NONE; PRAGMA cipher_memory_security = ON;")?;
    let literal = key.literal();
    let keyed = zeroize::Zeroizing::new(format!("PRAGMA key = {};", literal.as_str()));
    conn.execute_batch(&keyed)?;
    let Format { page_bytes, proof } = format;
    conn.execute_batch(&format!("PRAGMA cipher_page_size = {page_bytes}; PRAGMA cipher_hmac_algorithm = {proof};"))?;
    Ok(conn)
}

fn connection(path: &Path, key: &DbKey, format: Format) -> rusqlite::Result<Connection> {
    let conn = keyed(path, key, format)?;
    // The first read decides whether the key opens the file.
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
         PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; PRAGMA cache_size = -16384;",
    )?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Without it every question with `LIMIT ?` is compiled anew each time it is asked.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    conn.set_prepared_statement_cache_capacity(96);
    Ok(conn)
}

fn migrate(conn: &mut Connection) -> Result<(), OpenError> {
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(|error| opening(&error))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if version > known {
        return Err(OpenError::Newer(version));
    }
    for (number, sql) in (1_i64..).zip(MIGRATIONS).skip(usize::try_from(version).unwrap_or(0)) {
        let step = |conn: &mut Connection| {
            let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // Another process may have been faster.
            let now: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
            if now < number {
                transaction.execute_batch(sql)?;
                if sql == CLOSINGS {
                    crate::closings::move_in(&transaction)?;
                }
                transaction.pragma_update(None, "user_version", number)?;
            }
            transaction.commit()
        };
        step(conn).map_err(|error| opening(&error))?;
    }
    Ok(())
}

/// Makes anew what is derived from rows, when this version derives it otherwise than the one that wrote it.
fn derive(conn: &mut Connection) -> rusqlite::Result<()> {
    let stands = |conn: &Connection| -> rusqlite::Result<bool> {
        conn.query_row("SELECT count(*) FROM meta WHERE name = 'derived' AND value = ?", [DERIVED], |row| row.get(0))
    };
    if stands(conn)? {
        return Ok(());
    }
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if !stands(&transaction)? {
        crate::rollups::rebuild(&transaction)?;
        crate::companies::derive_all(&transaction)?;
        crate::heard::rebuild(&transaction)?;
        crate::search::begin_anew(&transaction)?;
        transaction.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('derived', ?)", [DERIVED])?;
    }
    transaction.commit()
}

pub(crate) fn opening(error: &rusqlite::Error) -> OpenError {
    match problem(error) {
        StoreProblem::Disk(trouble) => OpenError::Disk(trouble),
        StoreProblem::Busy | StoreProblem::TooSlow | StoreProblem::Stopped => OpenError::Busy,
        StoreProblem::Damaged => OpenError::Unreadable,
        StoreProblem::Internal(what) => OpenError::Internal(what),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connection_is_set_up_as_the_security_notes_promise() {
        let folder = tempfile::tempdir().expect("folder");
        let key = DbKey::from_bytes(&[7; 32]).expect("32 bytes");
        let store = Store::create(&folder.path().join("fairlead.db"), &key).expect("a new database");
        let (writer, readers) = (store.inner.writer.lock(), store.inner.readers.each_ref().map(Mutex::lock));
        let readers = readers.each_ref().map(|reader| &reader.as_ref().expect("open").conn);
        for conn in std::iter::once(&writer.as_ref().expect("open").conn).chain(readers) {
            let told = |pragma: &str| {
                conn.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get_ref(0).map(|value| format!("{value:?}"))).expect("a pragma")
            };
            assert!(told("journal_mode").contains("Text") && told("cipher_version").contains("Text"));
            for (pragma, value) in [
                ("synchronous", 2),
                ("foreign_keys", 1),
                ("secure_delete", 1),
                ("temp_store", 2),
                ("trusted_schema", 0),
                ("cell_size_check", 1),
            ] {
                assert_eq!(told(pragma), format!("Integer({value})"), "{pragma}");
            }
            for (pragma, value) in [
                ("cipher_memory_security", "1"),
                ("cipher_page_size", "16384"),
                ("cipher_use_hmac", "1"),
                ("cipher_hmac_algorithm", "HMAC_SHA256"),
            ] {
                let told: String = conn.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0)).expect("a pragma");
                assert_eq!(told, value, "{pragma}");
            }
            assert!(conn.execute_batch("ATTACH ':memory:' AS other").is_err(), "no other file comes in");
        }
        assert!(readers[0].execute_batch("DELETE FROM meta").is_err(), "readers cannot write");
    }

    #[test]
    fn a_statement_past_its_time_is_stopped_and_so_is_one_that_nobody_waits_for() {
        const ENDLESS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        let folder = tempfile::tempdir().expect("folder");
        let key = DbKey::from_bytes(&[7; 32]).expect("32 bytes");
        let store = Store::create(&folder.path().join("fairlead.db"), &key).expect("a new database");
        let endless = |time: Duration, stop: &Stop| {
            let answer = store.read_for("counting", Some(time), stop, |conn| conn.query_row(ENDLESS, [], |row| row.get::<_, i64>(0)));
            answer.expect_err("never answered").problem
        };
        assert_eq!(endless(Duration::from_millis(20), &Stop::default()), StoreProblem::TooSlow);
        let stop = Stop::default();
        std::thread::scope(|threads| {
            let asked = threads.spawn(|| endless(Duration::from_secs(60), &stop));
            stop.stop();
            assert_eq!(asked.join().expect("an answer"), StoreProblem::Stopped);
        });
        let one = store.read("reading", |conn| conn.query_row("SELECT 1", [], |row| row.get::<_, i64>(0)));
        assert_eq!(one.expect("the next question is answered"), 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_store_closes_its_file_whoever_holds_it_and_whatever_runs() {
        const ENDLESS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        let folder = tempfile::tempdir().expect("folder");
        let key = DbKey::from_bytes(&[7; 32]).expect("32 bytes");
        let store = Store::create(&folder.path().join("fairlead.db"), &key).expect("a new database");
        let is_open = || {
            let open = std::fs::read_dir("/proc/self/fd").expect("our files").flatten();
            open.filter_map(|entry| std::fs::read_link(entry.path()).ok()).any(|path| path.starts_with(folder.path()))
        };
        assert!(is_open(), "control: the file is open");
        let held = store.clone();
        let (begun, waits) = std::sync::mpsc::channel();
        std::thread::scope(|threads| {
            let tell = begun.clone();
            let reading = threads.spawn(|| {
                store.read_for("counting", None, &Stop::default(), move |conn| {
                    tell.send(()).expect("heard");
                    conn.query_row(ENDLESS, [], |row| row.get::<_, i64>(0))
                })
            });
            let writing = threads.spawn(|| {
                store.write("writing", move |tx| {
                    tx.execute("INSERT INTO meta (name, value) VALUES ('half', 'done')", [])?;
                    begun.send(()).expect("heard");
                    tx.query_row(ENDLESS, [], |row| row.get::<_, i64>(0))
                })
            });
            waits.recv().expect("one runs");
            waits.recv().expect("both run");
            store.close();
            assert!(reading.join().expect("ended").is_err() && writing.join().expect("ended").is_err(), "what ran was broken off");
        });
        assert!(!is_open(), "and no file of it is open");
        assert_eq!(held.fact("half").expect_err("closed").problem, StoreProblem::Stopped);
        assert_eq!(held.set_fact("more", "x").expect_err("closed").problem, StoreProblem::Stopped);
        let again = Store::open(&folder.path().join("fairlead.db"), &key).expect("opens again");
        assert_eq!(again.fact("half").expect("read"), None, "what was broken off was undone");
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("folder");
        let key = DbKey::from_bytes(&[7; 32]).expect("32 bytes");
        let _store = Store::create(&folder.path().join("fairlead.db"), &key).expect("a new database");
        let mut count = 0;
        for entry in std::fs::read_dir(folder.path()).expect("list") {
            let entry = entry.expect("entry");
            assert_eq!(entry.metadata().expect("metadata").permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
            count += 1;
        }
        assert!(count >= 3, "the file, its log and its key check");
    }

    #[test]
    fn numbers_of_migrations_and_files_agree() {
        let files = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations")).expect("list").count();
        assert_eq!(files, MIGRATIONS.len(), "a file that nobody applies is no migration");
    }
}
