-- What the team keeps about a company beside what Codat tells: who looks after it, words to find it by, a note. Codat is never told.
CREATE TABLE kept (company TEXT PRIMARY KEY, owner TEXT COLLATE NOCASE, note TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE INDEX kept_by_owner ON kept (owner, company) WHERE owner IS NOT NULL;
CREATE TABLE tags (company TEXT NOT NULL, tag TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY (company, tag)) STRICT, WITHOUT ROWID;
CREATE INDEX tags_by_name ON tags (tag, company);
