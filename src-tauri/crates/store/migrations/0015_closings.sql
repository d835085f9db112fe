-- Closing balances, a month of an account as one row: there are more of them than transactions, and a row each cost as much as a transaction. `days` holds
-- them in the order of day and ordinal, as `closings` writes them; `count` says how many. Those of a day each are packed in the same step, and their table goes.
CREATE TABLE closings (
  book INTEGER NOT NULL, month INTEGER NOT NULL, count INTEGER NOT NULL, days BLOB NOT NULL, PRIMARY KEY (book, month)
) STRICT, WITHOUT ROWID;
