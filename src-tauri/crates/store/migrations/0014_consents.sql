-- Every consent that is known to have been given, and when it ended: what the estimate of an end is learned from. `given` is exact when we saw it happen,
-- give or take the time between two looks (`exact`), else the earliest moment possible; `noted` is when we learned of it. At most one of a connection stands. `ends_at` is our estimate, kept up to
-- date by the engine; the first one is ninety days, and there is none for a consent of which nobody here knows how old it is.
CREATE TABLE consents (
  n INTEGER PRIMARY KEY, connection TEXT NOT NULL, company TEXT NOT NULL, bank_key TEXT, provider TEXT, given INTEGER NOT NULL, exact INTEGER NOT NULL,
  noted INTEGER NOT NULL, ends_at INTEGER, ended INTEGER, how TEXT
) STRICT;
CREATE UNIQUE INDEX consents_standing ON consents (connection) WHERE ended IS NULL;
CREATE INDEX consents_by_end ON consents (ends_at, company) WHERE ended IS NULL;
CREATE INDEX consents_by_connection ON consents (connection, noted);
DROP INDEX connections_by_consent;

INSERT INTO consents (connection, company, bank_key, provider, given, exact, noted, ends_at)
  SELECT id, company, bank_key, integration_id, coalesce(linked_at, created, seen_at), linked_at IS NOT NULL, coalesce(linked_at, seen_at),
    CASE WHEN linked_at IS NOT NULL OR coalesce(created, seen_at) + 7776000000 > seen_at THEN coalesce(linked_at, created, seen_at) + 7776000000 END
  FROM connections WHERE gone = 0 AND lower(status) = 'linked';

CREATE TRIGGER consent_listed AFTER INSERT ON connections WHEN NEW.gone = 0 AND lower(NEW.status) = 'linked' BEGIN
  INSERT INTO consents (connection, company, bank_key, provider, given, exact, noted, ends_at)
    VALUES (NEW.id, NEW.company, NEW.bank_key, NEW.integration_id, coalesce(NEW.linked_at, NEW.created, NEW.seen_at), NEW.linked_at IS NOT NULL, NEW.seen_at,
      CASE WHEN NEW.linked_at IS NOT NULL OR coalesce(NEW.created, NEW.seen_at) + 7776000000 > NEW.seen_at
        THEN coalesce(NEW.linked_at, NEW.created, NEW.seen_at) + 7776000000 END);
END;
CREATE TRIGGER consent_given AFTER UPDATE OF status, gone ON connections
  WHEN NEW.gone = 0 AND lower(NEW.status) = 'linked' AND NOT (OLD.gone = 0 AND lower(OLD.status) = 'linked') BEGIN
  INSERT INTO consents (connection, company, bank_key, provider, given, exact, noted, ends_at)
    VALUES (NEW.id, NEW.company, NEW.bank_key, NEW.integration_id, coalesce(NEW.linked_at, OLD.seen_at), 1, NEW.seen_at,
      coalesce(NEW.linked_at, OLD.seen_at) + 7776000000);
END;
CREATE TRIGGER consent_seen AFTER UPDATE OF linked_at ON connections WHEN NEW.linked_at IS NOT NULL AND NEW.linked_at IS NOT OLD.linked_at BEGIN
  UPDATE consents SET given = NEW.linked_at, exact = 1, ends_at = NEW.linked_at + 7776000000 WHERE connection = NEW.id AND ended IS NULL;
END;
CREATE TRIGGER consent_ended AFTER UPDATE OF status, gone ON connections
  WHEN OLD.gone = 0 AND lower(OLD.status) = 'linked' AND NOT (NEW.gone = 0 AND lower(NEW.status) = 'linked') BEGIN
  UPDATE consents SET how = CASE WHEN NEW.gone = 1 THEN 'gone' ELSE NEW.status END,
    ended = CASE WHEN NEW.gone = 0 AND NEW.problem_at > given AND NEW.problem_at <= NEW.seen_at THEN NEW.problem_at ELSE NEW.seen_at END
    WHERE connection = NEW.id AND ended IS NULL;
END;

-- An end is told at each of the team's steps, so many days before it.
ALTER TABLE ending ADD COLUMN step INTEGER NOT NULL DEFAULT 14;

-- Renewals that were sent together, each with a link of its own.
CREATE TABLE batches (id TEXT PRIMARY KEY, made_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE renewals (
  batch TEXT NOT NULL, connection TEXT NOT NULL, company TEXT NOT NULL, attempt TEXT NOT NULL, sent_at INTEGER NOT NULL, was_linked INTEGER NOT NULL,
  PRIMARY KEY (batch, connection)
) STRICT, WITHOUT ROWID;
CREATE INDEX renewals_by_connection ON renewals (connection, sent_at);
CREATE INDEX bulk_rows_mails ON bulk_rows (company) WHERE company IS NOT NULL AND mail IS NOT NULL;

-- What the accounts of a connection looked like under a consent (`known`) and under the one before (`earlier`), and what a person said of it: 1 it is the
-- right business, 0 it is not.
CREATE TABLE looks (
  connection TEXT PRIMARY KEY, company TEXT NOT NULL, consent INTEGER NOT NULL, known TEXT NOT NULL, earlier TEXT, answer INTEGER, answered_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_by_ending ON accounts (ending, currency) WHERE ending IS NOT NULL;
