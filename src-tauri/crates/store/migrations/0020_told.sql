-- Who a case's link is for and in which language they read, kept with the case; and the words of every version that a customer was shown or sent.
ALTER TABLE drafts ADD COLUMN language TEXT;
ALTER TABLE attempts ADD COLUMN language TEXT;
ALTER TABLE attempts ADD COLUMN to_name TEXT;
ALTER TABLE attempts ADD COLUMN to_mail TEXT;
ALTER TABLE bulk_rows ADD COLUMN language TEXT;
CREATE TABLE told (version TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
