-- Which transactions a connection has told, as notes in the order they came: k = connection << 24 | number of the chunk; `ids` holds up to 5,461 notes of
-- twelve bytes, eight of the id's hash and four of the day, smallest byte first. A row that moved to another day has a note for each. They take the place of
-- a unique index on ids that come in no order, which made every row dearer the more rows a connection has; that an id is stored once is now held by the
-- writer. The notes are made from the rows when the file is opened the next time.
DROP INDEX transactions_by_id;
CREATE TABLE heard (k INTEGER PRIMARY KEY, ids BLOB NOT NULL) STRICT;
