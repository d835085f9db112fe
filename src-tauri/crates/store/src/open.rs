//! Opening and making the file, migrations, the writer and the readers.

use crate::error::{OpenError, StoreError, StoreProblem, problem};
use crate::key::DbKey;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Numbered, never edited.
const MIGRATIONS: [&str; 1] = [include_str!("../migrations/0001_first.sql")];

const READERS: usize = 2;

/// A profile's database. Cheap to clone; methods block and belong on a blocking thread.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: [Mutex<Connection>; READERS],
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
        let disk = |error: std::io::Error| OpenError::Disk(error.kind().to_string());
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map_err(disk)?;
        std::fs::write(check_file(path), key.check_word()).map_err(disk)?;
        Self::connect(path, key)
    }

    /// Opens an existing database.
    ///
    /// # Errors
    /// Each state a person must be told about has its own variant.
    pub fn open(path: &Path, key: &DbKey) -> Result<Self, OpenError> {
        match std::fs::metadata(path) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(OpenError::Missing),
            Err(error) => return Err(OpenError::Disk(error.kind().to_string())),
        }
        let check = std::fs::read_to_string(check_file(path)).ok();
        if check.as_ref().is_some_and(|word| word.trim() != key.check_word()) {
            return Err(OpenError::KeyWrong);
        }
        Self::connect(path, key).map_err(|error| match error {
            OpenError::Unreadable if check.is_some() => OpenError::Damaged,
            other => other,
        })
    }

    fn connect(path: &Path, key: &DbKey) -> Result<Self, OpenError> {
        let mut writer = connection(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrate(&mut writer)?;
        let reader = || {
            connection(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(|reader| {
                reader.pragma_update(None, "query_only", true).map_err(|error| opening(&error))?;
                Ok(Mutex::new(reader))
            })
        };
        let readers = [reader()?, reader()?];
        Ok(Self { inner: Arc::new(Inner { path: path.to_path_buf(), writer: Mutex::new(writer), readers }) })
    }

    /// Runs in one transaction; a failure leaves nothing behind.
    pub(crate) fn write<T>(
        &self,
        doing: &'static str,
        body: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut writer = lock(&self.inner.writer);
        let run = |writer: &mut Connection| {
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = body(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        run(&mut writer).map_err(|error| StoreError::new(doing, &error))
    }

    /// Reads from a snapshot.
    pub(crate) fn read<T>(&self, doing: &'static str, body: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let free = self.inner.readers.iter().find_map(|reader| reader.try_lock().ok());
        let reader = free.unwrap_or_else(|| lock(&self.inner.readers[0]));
        body(&reader).map_err(|error| StoreError::new(doing, &error))
    }

    /// A hash over every row of every table, for proving that nothing changed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn content_hash(&self) -> Result<String, StoreError> {
        use sha2::{Digest as _, Sha256};
        self.read("hashing the content", |conn| {
            let mut names =
                conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")?;
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

fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    // A panic inside a transaction rolled it back: the connection is good.
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn check_file(path: &Path) -> PathBuf {
    path.with_extension("key-check")
}

fn connection(path: &Path, key: &DbKey, flags: OpenFlags) -> Result<Connection, OpenError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let conn = Connection::open_with_flags(path, flags).map_err(|error| opening(&error))?;
    set_up(&conn, key).map_err(|error| opening(&error))?;
    Ok(conn)
}

fn set_up(conn: &Connection, key: &DbKey) -> rusqlite::Result<()> {
    conn.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    let literal = key.literal();
    let keyed = zeroize::Zeroizing::new(format!("PRAGMA key = {};", literal.as_str()));
    conn.execute_batch(&keyed)?;
    conn.execute_batch("PRAGMA cipher_memory_security = ON;")?;
    // The first read decides whether the key opens the file.
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
         PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; PRAGMA cache_size = -32768;",
    )?;
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(())
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
                transaction.pragma_update(None, "user_version", number)?;
            }
            transaction.commit()
        };
        step(conn).map_err(|error| opening(&error))?;
    }
    Ok(())
}

fn opening(error: &rusqlite::Error) -> OpenError {
    match problem(error) {
        StoreProblem::Disk => OpenError::Disk(error.sqlite_error_code().map_or_else(String::new, |code| format!("{code:?}"))),
        StoreProblem::Busy => OpenError::Busy,
        StoreProblem::Damaged => OpenError::Unreadable,
        StoreProblem::Internal(what) => OpenError::Internal(what),
    }
}
