-- What Codat's webhooks ring for. A ring says nothing but: look at this company now. Each is heard once, however often it is sent.

ALTER TABLE work ADD COLUMN rings bigint NOT NULL DEFAULT 0;
-- So many of them had rung when the company was last brought up to date.
ALTER TABLE work ADD COLUMN heard bigint NOT NULL DEFAULT 0;

CREATE TABLE webhooks (
    id text PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX webhooks_at ON webhooks (at);

GRANT SELECT, INSERT, DELETE ON webhooks TO fairlead_worker;
