-- Lists of customers from a file, and what became of each row. A row's company is made by an attempt of its own, so that the outbox keeps it to one.
CREATE TABLE bulks (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, made_at INTEGER NOT NULL, problem TEXT
) STRICT;
CREATE TABLE bulk_rows (
  bulk TEXT NOT NULL, n INTEGER NOT NULL, name TEXT NOT NULL, reference TEXT, mail TEXT, state TEXT NOT NULL, attempt TEXT, company TEXT, why TEXT,
  link_at INTEGER, PRIMARY KEY (bulk, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX bulk_rows_by_state ON bulk_rows (bulk, state, n);
CREATE INDEX companies_by_reference ON companies (reference) WHERE gone = 0 AND reference IS NOT NULL;
CREATE INDEX attempts_creating ON attempts (started_at) WHERE ended = 0 AND stage = 'creating';
