-- Words across all companies. One document is eight days of one company, numbered block of days << 22 | company, and holds the distinct folded words of its
-- rows. It keeps no text and no places: a document that may match is looked at row by row. `unsearched` are the documents whose rows changed since.
CREATE VIRTUAL TABLE search USING fts5 (words, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1');
CREATE TABLE unsearched (block INTEGER PRIMARY KEY) STRICT;
