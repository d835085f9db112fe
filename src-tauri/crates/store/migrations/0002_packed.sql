-- The home list sorts, filters and counts by what stands here, kept up to date with everything below a company.
ALTER TABLE companies ADD COLUMN search TEXT NOT NULL DEFAULT '';
ALTER TABLE companies ADD COLUMN rank INTEGER;
ALTER TABLE companies ADD COLUMN needs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE companies ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE companies ADD COLUMN read_at INTEGER;
ALTER TABLE companies ADD COLUMN data_to INTEGER;
-- A hash of what was last told about a company and its connections: told again, nothing needs to be written but when.
ALTER TABLE companies ADD COLUMN told INTEGER;
DROP INDEX companies_by_name;
CREATE INDEX companies_by_name ON companies (folded, id, read_at) WHERE gone = 0;
CREATE INDEX companies_by_rank ON companies (rank, folded, id) WHERE gone = 0;
CREATE INDEX companies_by_data ON companies (data_to, folded, id) WHERE gone = 0;
CREATE INDEX companies_by_age ON companies (created, folded, id) WHERE gone = 0;
CREATE INDEX companies_by_read ON companies (read_at) WHERE gone = 0 AND read_at IS NOT NULL;
CREATE INDEX companies_needing ON companies (folded, id) WHERE gone = 0 AND needs = 1;
CREATE INDEX companies_waiting ON companies (folded, id) WHERE gone = 0 AND waits = 1;

-- What a bank did for us so far, one row a bank, written with the line of the ledger it comes from.
CREATE TABLE experience (
  bank_key TEXT PRIMARY KEY, last TEXT NOT NULL, last_success INTEGER, linked INTEGER NOT NULL, last_tried INTEGER NOT NULL, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO experience (bank_key, last, last_success, linked, last_tried, seq)
  SELECT e.bank_key,
    (SELECT group_concat(bit, '') FROM (SELECT CASE l.outcome WHEN 'linked' THEN '1' ELSE '0' END AS bit FROM ledger l
      WHERE l.bank_key = e.bank_key AND l.kind = 'ended' ORDER BY l.seq DESC LIMIT 10)),
    (SELECT l.at FROM ledger l WHERE l.bank_key = e.bank_key AND l.kind = 'ended' AND l.outcome = 'linked' ORDER BY l.seq DESC LIMIT 1),
    count(*) FILTER (WHERE e.outcome = 'linked'),
    (SELECT l.at FROM ledger l WHERE l.bank_key = e.bank_key AND l.kind = 'ended' ORDER BY l.seq DESC LIMIT 1), max(e.seq)
  FROM ledger e WHERE e.kind = 'ended' AND e.bank_key IS NOT NULL GROUP BY e.bank_key;
CREATE TRIGGER ledger_teaches AFTER INSERT ON ledger WHEN NEW.kind = 'ended' AND NEW.bank_key IS NOT NULL BEGIN
  INSERT INTO experience (bank_key, last, last_success, linked, last_tried, seq)
    VALUES (NEW.bank_key, iif(NEW.outcome IS 'linked', '1', '0'), iif(NEW.outcome IS 'linked', NEW.at, NULL), NEW.outcome IS 'linked', NEW.at, NEW.seq)
    ON CONFLICT (bank_key) DO UPDATE SET last = substr(excluded.last || last, 1, 10), last_success = coalesce(excluded.last_success, last_success),
      linked = linked + excluded.linked, last_tried = excluded.last_tried, seq = excluded.seq;
END;

-- The bytes of a creation are frozen: the same key must always carry the same bytes.
CREATE TRIGGER outbox_frozen BEFORE UPDATE OF op, kind, body, made_at ON outbox
  WHEN NEW.op IS NOT OLD.op OR NEW.kind IS NOT OLD.kind OR NEW.body IS NOT OLD.body OR NEW.made_at IS NOT OLD.made_at
  BEGIN SELECT RAISE(ABORT, 'a creation is never rewritten'); END;
CREATE TRIGGER outbox_done BEFORE UPDATE OF state, remote ON outbox WHEN OLD.state = 'done' AND (NEW.state <> 'done' OR NEW.remote IS NOT OLD.remote)
  BEGIN SELECT RAISE(ABORT, 'what happened stays'); END;
CREATE TRIGGER outbox_stays BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT, 'a creation is never forgotten'); END;

CREATE INDEX attempts_by_reference ON attempts (reference, started_at);
CREATE INDEX attempts_by_name ON attempts (typed_name, started_at);
CREATE INDEX runs_open ON runs (company) WHERE state = 'running';
ALTER TABLE datasets ADD COLUMN bank_key TEXT;
UPDATE datasets SET bank_key = (SELECT k.bank_key FROM connections k WHERE k.id = datasets.connection);
CREATE INDEX datasets_by_company ON datasets (company, requested);
CREATE INDEX datasets_open ON datasets (requested, company) WHERE completed IS NULL;
CREATE INDEX datasets_usual ON datasets (bank_key, data_type, requested) WHERE status = 'Complete' AND completed IS NOT NULL AND requested IS NOT NULL;

-- Texts that come again and again, once each.
CREATE TABLE words (n INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO words (text) SELECT currency FROM transactions UNION SELECT code FROM transactions UNION SELECT merchant FROM transactions WHERE merchant IS NOT NULL
  UNION SELECT category FROM transactions WHERE category IS NOT NULL UNION SELECT category_name FROM transactions WHERE category_name IS NOT NULL;

-- An account as its rows know it: which days it has and how many of them. The account's own record may come later.
CREATE TABLE books (
  n INTEGER PRIMARY KEY, company INTEGER NOT NULL, connection INTEGER NOT NULL, account TEXT NOT NULL, first INTEGER, last INTEGER,
  count INTEGER NOT NULL DEFAULT 0, UNIQUE (connection, account)
) STRICT;
CREATE INDEX books_by_company ON books (company, connection);
INSERT INTO books (company, connection, account)
  SELECT company, connection, account FROM transactions UNION SELECT company, connection, account FROM balances;

-- k = company << 41 | days since 1850 << 24 | number within the day: the days of a company are one range of one tree. `day` stands only where it is
-- outside 1850 to 2208. An id is 16 bytes when it is a UUID as usually written, else text. `rest` is what the date as sent has after its day:
-- nothing = midnight without a zone; with '=' in front the whole text, when it does not begin with the day.
CREATE TABLE packed (
  k INTEGER PRIMARY KEY, units INTEGER NOT NULL, scale INTEGER NOT NULL, currency INTEGER NOT NULL, book INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
  amount TEXT, day INTEGER, merchant INTEGER, category INTEGER, category_name INTEGER, code INTEGER NOT NULL, connection INTEGER NOT NULL, id ANY NOT NULL,
  seen INTEGER NOT NULL, rest TEXT, description TEXT
) STRICT;
INSERT INTO packed (k, units, scale, currency, book, absent, amount, day, merchant, category, category_name, code, connection, id, seen, rest, description)
  SELECT (t.company << 41) | (max(0, min(131071, t.day + 43829)) << 24)
      | (row_number() OVER (PARTITION BY t.company, max(0, min(131071, t.day + 43829)) ORDER BY t.day, t.connection, t.id) - 1),
    t.units, t.scale, (SELECT n FROM words WHERE text = t.currency),
    (SELECT n FROM books b WHERE b.connection = t.connection AND b.account = t.account), t.absent, t.amount,
    iif(t.day BETWEEN -43829 AND 87242, NULL, t.day), (SELECT n FROM words WHERE text = t.merchant), (SELECT n FROM words WHERE text = t.category),
    (SELECT n FROM words WHERE text = t.category_name), (SELECT n FROM words WHERE text = t.code), t.connection,
    iif(t.id GLOB '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]',
      unhex(t.id, '-'), t.id),
    t.seen,
    CASE WHEN substr(t.date_text, 1, 10) IS NOT date(t.day * 86400, 'unixepoch') THEN '=' || t.date_text
      WHEN substr(t.date_text, 11) = 'T00:00:00' THEN NULL ELSE substr(t.date_text, 11) END,
    t.description
  FROM transactions t;
DROP TABLE transactions;
ALTER TABLE packed RENAME TO transactions;
CREATE UNIQUE INDEX transactions_by_id ON transactions (connection, id);
CREATE INDEX transactions_absent ON transactions (k) WHERE absent = 1;

CREATE TABLE days (
  book INTEGER NOT NULL, day INTEGER NOT NULL, ordinal INTEGER NOT NULL, date_text TEXT NOT NULL, current TEXT, available TEXT, seen INTEGER NOT NULL,
  absent INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (book, day, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO days (book, day, ordinal, date_text, current, available, seen, absent)
  SELECT (SELECT n FROM books k WHERE k.connection = b.connection AND k.account = b.account), b.day, b.ordinal, b.date_text, b.current, b.available, b.seen, b.absent
  FROM balances b;
DROP TABLE balances;
ALTER TABLE days RENAME TO balances;

-- Sums of what is not absent, exact, as text that a Total packs. Written in the transaction of the rows they sum up.
CREATE TABLE months (
  company INTEGER NOT NULL, month INTEGER NOT NULL, currency INTEGER NOT NULL, money_in TEXT NOT NULL, money_out TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (company, month, currency)
) STRICT, WITHOUT ROWID;
CREATE TABLE sums (currency INTEGER PRIMARY KEY, total TEXT NOT NULL, count INTEGER NOT NULL) STRICT;
