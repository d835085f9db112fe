-- How workers share what is to be done. A lease is a row with an end: a worker that is killed says nothing, and its leases run out.

CREATE TABLE work (
    company text PRIMARY KEY REFERENCES companies ON DELETE CASCADE,
    -- From when on it is to be brought up to date; none = nothing is to be done.
    due timestamptz,
    worker text,
    until timestamptz,
    -- One more with each lease. Who writes names the one it was given, so that a worker that slept through its lease writes nothing.
    fence bigint NOT NULL DEFAULT 0,
    -- How often in a row it did not work.
    failures bigint NOT NULL DEFAULT 0
);

CREATE INDEX work_due ON work (due) WHERE due IS NOT NULL;

-- What one of them does for all.
CREATE TABLE duties (
    name text PRIMARY KEY,
    worker text,
    until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    done_at timestamptz
);

INSERT INTO duties (name) VALUES ('look');

-- The request budget of all of them: one row, whose words are the engine's. Who changes it has it locked.
CREATE TABLE budget (
    id bigint PRIMARY KEY CHECK (id = 1),
    state text
);

INSERT INTO budget (id) VALUES (1);
