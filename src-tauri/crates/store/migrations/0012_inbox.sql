-- What a person is to be told: a row is a notice, in which alike events of a while are counted. `seen`: a person has read it; `told`: the system has shown it, or
-- was not to. What stands in the ledger so far is no news. `ending` holds the consents of which the end was told.
CREATE TABLE inbox (
  n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, at INTEGER NOT NULL, times INTEGER NOT NULL, company TEXT, connection TEXT, attempt TEXT, bank_key TEXT,
  detail TEXT, seen INTEGER NOT NULL DEFAULT 0, told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX inbox_unseen ON inbox (n) WHERE seen = 0;
CREATE TABLE ending (connection TEXT PRIMARY KEY, linked_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta (name, value) SELECT 'inbox', coalesce(max(seq), 0) FROM ledger;
