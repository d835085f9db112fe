-- Companies and connections as Codat tells them. `n` is the short name that bulk rows use.
CREATE TABLE companies (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, folded TEXT NOT NULL, reference TEXT, description TEXT,
  created INTEGER, last_sync INTEGER, seen_at INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX companies_by_name ON companies (gone, folded, id);

CREATE TABLE connections (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, company TEXT NOT NULL, bank_key TEXT, bank_name TEXT NOT NULL, source_id TEXT,
  integration_id TEXT, status TEXT NOT NULL, created INTEGER, last_sync INTEGER, linked_at INTEGER, queued_at INTEGER,
  problem_code TEXT, problem_text TEXT, problem_at INTEGER, seen_at INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX connections_by_company ON connections (company, gone);

CREATE TABLE banks (
  position INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, logo_url TEXT, enabled INTEGER NOT NULL, source_id TEXT,
  integration_id TEXT, source_type TEXT
) STRICT;
CREATE TABLE logos (url TEXT PRIMARY KEY, png BLOB, at INTEGER NOT NULL) STRICT;

-- The link journey.
CREATE TABLE drafts (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, reference TEXT, company TEXT, bank_key TEXT, sheet_seen_at INTEGER, saved_at INTEGER NOT NULL
) STRICT;
CREATE TABLE attempts (
  id TEXT PRIMARY KEY, typed_name TEXT NOT NULL, reference TEXT, company_op TEXT, connection_op TEXT, company TEXT, connection TEXT,
  bank_key TEXT NOT NULL, bank_name TEXT NOT NULL, stage TEXT NOT NULL, started_at INTEGER NOT NULL, doors TEXT NOT NULL DEFAULT '[]',
  last_check INTEGER, next_check INTEGER, until INTEGER, problem TEXT, sheet_version TEXT, ended INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX attempts_open ON attempts (ended, started_at);
CREATE INDEX attempts_by_company ON attempts (company, started_at);
CREATE TABLE nonces (
  hash BLOB PRIMARY KEY, attempt TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, used_at INTEGER, void INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX nonces_by_attempt ON nonces (attempt);

-- Creations that must happen exactly once.
CREATE TABLE outbox (
  op TEXT PRIMARY KEY, kind TEXT NOT NULL, after_op TEXT, target TEXT, body BLOB NOT NULL, key TEXT NOT NULL, key_at INTEGER NOT NULL,
  state TEXT NOT NULL, lease_until INTEGER, not_before INTEGER, sent_at INTEGER, looks INTEGER NOT NULL DEFAULT 0, looked_at INTEGER,
  answer TEXT, remote TEXT, before TEXT NOT NULL DEFAULT '[]', made_at INTEGER NOT NULL
) STRICT;

-- What happened, for ever. Only ever added to.
CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, company TEXT, connection TEXT, attempt TEXT, bank_key TEXT, kind TEXT NOT NULL,
  outcome TEXT, door TEXT, detail TEXT
) STRICT;
CREATE INDEX ledger_by_company ON ledger (company, seq);
CREATE INDEX ledger_by_bank ON ledger (bank_key, kind, seq);
CREATE TRIGGER ledger_keeps BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END;
CREATE TRIGGER ledger_stays BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END;

-- Reads at Codat, and our own fetches of what they brought.
CREATE TABLE datasets (
  id TEXT PRIMARY KEY, company TEXT NOT NULL, connection TEXT NOT NULL, data_type TEXT NOT NULL, status TEXT NOT NULL, progress INTEGER,
  requested INTEGER, completed INTEGER, error TEXT, stages TEXT NOT NULL DEFAULT '[]', correlation TEXT
) STRICT;
CREATE INDEX datasets_by_type ON datasets (connection, data_type, requested);
CREATE TABLE runs (
  n INTEGER PRIMARY KEY, company TEXT NOT NULL, connection TEXT NOT NULL, data_type TEXT NOT NULL, dataset TEXT, state TEXT NOT NULL,
  since TEXT, page INTEGER NOT NULL, page_size INTEGER NOT NULL, pass INTEGER NOT NULL, watermark TEXT, rows INTEGER NOT NULL DEFAULT 0,
  pages INTEGER NOT NULL DEFAULT 0, started_at INTEGER NOT NULL, ended_at INTEGER, problem TEXT
) STRICT;
CREATE INDEX runs_by_type ON runs (connection, data_type, n);
CREATE TABLE cursors (
  connection TEXT NOT NULL, data_type TEXT NOT NULL, watermark TEXT, dataset TEXT, pass INTEGER NOT NULL DEFAULT 0, fetched_at INTEGER,
  PRIMARY KEY (connection, data_type)
) STRICT, WITHOUT ROWID;

-- Banking data. Keys start with the company, so that a company's days are one range.
CREATE TABLE accounts (
  company INTEGER NOT NULL, connection INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, holder TEXT, kind TEXT NOT NULL, ending TEXT,
  currency TEXT NOT NULL, current TEXT, available TEXT, raw TEXT NOT NULL, seen INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (company, connection, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE balances (
  company INTEGER NOT NULL, connection INTEGER NOT NULL, account TEXT NOT NULL, day INTEGER NOT NULL, date_text TEXT NOT NULL, ordinal INTEGER NOT NULL,
  current TEXT, available TEXT, seen INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (company, connection, account, day, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE categories (
  company INTEGER NOT NULL, connection INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, parent TEXT, raw TEXT NOT NULL, seen INTEGER NOT NULL,
  absent INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (company, connection, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE transactions (
  company INTEGER NOT NULL, day INTEGER NOT NULL, connection INTEGER NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, units INTEGER NOT NULL,
  scale INTEGER NOT NULL, amount TEXT, currency TEXT NOT NULL, description TEXT, merchant TEXT, code TEXT NOT NULL, category TEXT,
  category_name TEXT, date_text TEXT NOT NULL, seen INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (company, day, connection, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX transactions_by_id ON transactions (connection, id);
CREATE TABLE quarantine (
  company INTEGER NOT NULL, connection INTEGER NOT NULL, data_type TEXT NOT NULL, hash BLOB NOT NULL, raw TEXT NOT NULL, why TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (connection, data_type, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
