-- Banks that Codat lists and that are switched off there are kept too, with who provides them. What changed between two looks is noted with its day.
ALTER TABLE banks ADD COLUMN provider TEXT;
CREATE TABLE bank_changes (
  n INTEGER PRIMARY KEY, at INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, provider TEXT, change TEXT NOT NULL, was TEXT
) STRICT;
CREATE INDEX bank_changes_by_time ON bank_changes (at);
-- What the team makes of a bank: its place among the favourites, why it is not offered, and what a customer will see there, as Markdown.
CREATE TABLE offers (key TEXT PRIMARY KEY, place INTEGER, hidden TEXT, note TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
