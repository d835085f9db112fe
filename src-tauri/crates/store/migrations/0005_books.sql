-- The sums of months once more for each account, so that a screen of one account counts months and not rows. Made from the rows when the file is opened
-- the next time.
CREATE TABLE book_months (
  book INTEGER NOT NULL, month INTEGER NOT NULL, currency INTEGER NOT NULL, money_in TEXT NOT NULL, money_out TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (book, month, currency)
) STRICT, WITHOUT ROWID;
