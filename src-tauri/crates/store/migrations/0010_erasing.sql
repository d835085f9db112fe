-- What was erased, one receipt each, without anything of the customer but Codat's id. `state`: 0 while the rows go, in the same transaction; 1 they are gone;
-- 2 the file was written anew without what they left behind. A company stays out (`kept_out`) however often Codat lists it, until a person connects it anew.
CREATE TABLE erasures (
  n INTEGER PRIMARY KEY, at INTEGER NOT NULL, company TEXT, state INTEGER NOT NULL, kept_out INTEGER NOT NULL, receipt TEXT NOT NULL
) STRICT;
CREATE INDEX erasures_by_company ON erasures (company) WHERE kept_out = 1;
CREATE INDEX erasures_open ON erasures (state) WHERE state < 2;
CREATE TRIGGER erasures_stay BEFORE DELETE ON erasures BEGIN SELECT RAISE(ABORT, 'a receipt is never forgotten'); END;

-- The ledger and creations are only ever added to, but for an erasure.
DROP TRIGGER ledger_stays;
CREATE TRIGGER ledger_stays BEFORE DELETE ON ledger WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE state = 0)
  BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END;
DROP TRIGGER outbox_stays;
CREATE TRIGGER outbox_stays BEFORE DELETE ON outbox WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE state = 0)
  BEGIN SELECT RAISE(ABORT, 'a creation is never forgotten'); END;

-- What was on its way while a company was erased does not come in after it.
CREATE TRIGGER companies_kept_out BEFORE INSERT ON companies WHEN EXISTS (SELECT 1 FROM erasures WHERE kept_out = 1 AND company = NEW.id)
  BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER connections_kept_out BEFORE INSERT ON connections WHEN EXISTS (SELECT 1 FROM erasures WHERE kept_out = 1 AND company = NEW.company)
  BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER datasets_kept_out BEFORE INSERT ON datasets WHEN EXISTS (SELECT 1 FROM erasures WHERE kept_out = 1 AND company = NEW.company)
  BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER ledger_kept_out BEFORE INSERT ON ledger WHEN EXISTS (SELECT 1 FROM erasures WHERE kept_out = 1 AND company = NEW.company)
  BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER kept_kept_out BEFORE INSERT ON kept WHEN EXISTS (SELECT 1 FROM erasures WHERE kept_out = 1 AND company = NEW.company)
  BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER tags_kept_out BEFORE INSERT ON tags WHEN EXISTS (SELECT 1 FROM erasures WHERE kept_out = 1 AND company = NEW.company)
  BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER runs_kept_out BEFORE INSERT ON runs WHEN EXISTS (SELECT 1 FROM erasures WHERE kept_out = 1 AND company = NEW.company)
  BEGIN SELECT RAISE(ABORT, 'this company was erased'); END;
