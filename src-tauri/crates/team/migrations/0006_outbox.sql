-- What people ask of Codat: a row each, written by who holds no key and sent by a worker, who does. Who wrote it is this server's word, not the program's.

CREATE TABLE outbox (
    -- Given by whoever writes it: written twice, it is there once.
    id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN (
        'company', 'connection', 'company-link', 'link', 'queue', 'look', 'unlink', 'delete-connection', 'delete-company', 'follow'
    )),
    person text NOT NULL DEFAULT session_user,
    at timestamptz NOT NULL DEFAULT now(),
    -- Whose it is among the team: of its company, or of whoever makes one.
    scope text,
    company text,
    connection text,
    data_type text,
    bank_key text,
    name text,
    reference text,
    -- Who is onboarded: two who onboard the same at once get one row.
    customer text,
    -- What the writer's own outbox calls it.
    mark text,
    -- Where it stands, in the words of the embedded outbox, whose rules hold here too.
    state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'in-flight', 'unknown', 'done', 'failed')),
    body bytea,
    key text,
    key_at bigint,
    sent_at bigint,
    not_before bigint,
    looks bigint NOT NULL DEFAULT 0,
    looked_at bigint,
    answer text,
    before text NOT NULL DEFAULT '[]',
    -- What came of it: an id at Codat, or what was refused and why.
    remote text,
    why text,
    -- When a worker first took it, and when nothing more was to be done.
    taken_at timestamptz,
    ended_at timestamptz,
    -- Whose it is now, as with a company's work.
    worker text,
    until timestamptz,
    fence bigint NOT NULL DEFAULT 0
);

CREATE INDEX outbox_open ON outbox (at) WHERE state NOT IN ('done', 'failed');
CREATE UNIQUE INDEX outbox_customer ON outbox (customer) WHERE kind = 'company' AND state <> 'failed';
CREATE UNIQUE INDEX outbox_bank ON outbox (company, bank_key) WHERE kind = 'connection' AND state NOT IN ('done', 'failed');
-- Asked for once more while it is still to be done, it is done once.
CREATE UNIQUE INDEX outbox_once ON outbox (kind, company, coalesce(connection, ''), coalesce(data_type, ''))
    WHERE kind IN ('queue', 'look', 'unlink', 'delete-connection', 'delete-company', 'follow') AND state NOT IN ('done', 'failed');

-- The address of a link, for whoever asked for it: whoever takes it, takes it out.
CREATE TABLE links (
    errand text PRIMARY KEY REFERENCES outbox ON DELETE CASCADE,
    person text NOT NULL,
    url text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);

-- The banks that the client behind the key may connect, and where Codat is for the workers: the live one, or a sandbox.
CREATE TABLE banks (
    key text PRIMARY KEY,
    place bigint NOT NULL,
    name text NOT NULL,
    logo_url text,
    enabled boolean NOT NULL,
    source_id text,
    integration_id text,
    source_type text,
    provider text
);

CREATE TABLE codat (
    id bigint PRIMARY KEY CHECK (id = 1),
    base text,
    banks_at timestamptz
);

INSERT INTO codat (id) VALUES (1);
INSERT INTO duties (name) VALUES ('banks');

CREATE FUNCTION scope_of_errand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = fairlead, pg_temp
AS $$
BEGIN
    IF NEW.company IS NULL THEN
        NEW.scope := (SELECT CASE WHEN bool_or(scope = '*') THEN 'all' ELSE min(scope) END FROM members WHERE login = session_user);
    ELSE
        NEW.scope := (SELECT scope FROM companies WHERE id = NEW.company);
    END IF;
    PERFORM pg_notify('fairlead_errands', NEW.kind);
    RETURN NEW;
END
$$;

REVOKE ALL ON FUNCTION scope_of_errand() FROM PUBLIC;
CREATE TRIGGER scope_of_errand BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION scope_of_errand();

-- Who began to onboard this customer, also where the company is of a scope that the asking login does not see: a name, and nothing else of it.
CREATE FUNCTION onboarded_by(wanted text) RETURNS TABLE (errand text, who text, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = fairlead, pg_temp
AS $$ SELECT id, person, at FROM outbox WHERE kind = 'company' AND customer = wanted AND state <> 'failed' $$;

REVOKE ALL ON FUNCTION onboarded_by(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION onboarded_by(text) TO fairlead_onboarding, fairlead_administrator;

GRANT SELECT, INSERT, UPDATE, DELETE ON outbox, banks TO fairlead_worker;
GRANT SELECT, UPDATE ON codat TO fairlead_worker;
-- A worker leaves a link and takes old ones away; it reads none.
GRANT INSERT, DELETE ON links TO fairlead_worker;
GRANT SELECT (errand, person, at) ON links TO fairlead_worker;

-- Who writes says what is wanted. Who it is, when, and how far it is, nobody can write.
GRANT INSERT (id, kind, company, connection, data_type, bank_key, name, reference, customer, mark) ON outbox
    TO fairlead_onboarding, fairlead_administrator;
GRANT SELECT (id, kind, person, at, scope, company, connection, data_type, bank_key, name, reference, mark, state, not_before, remote, why, taken_at,
    ended_at), DELETE ON outbox TO fairlead_onboarding, fairlead_administrator;
GRANT SELECT, DELETE ON links TO fairlead_onboarding, fairlead_administrator;
GRANT SELECT ON banks, codat TO fairlead_readonly, fairlead_onboarding, fairlead_analyst, fairlead_administrator;

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE links ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON outbox TO fairlead_worker USING (true) WITH CHECK (true);
CREATE POLICY everything ON links TO fairlead_worker USING (true) WITH CHECK (true);

CREATE POLICY reading ON outbox FOR SELECT TO fairlead_onboarding
    USING (person = session_user OR scope IN (SELECT scopes()) OR '*' IN (SELECT scopes()));
CREATE POLICY reading_all ON outbox FOR SELECT TO fairlead_administrator USING (true);
-- Deleting at Codat is for who administers.
CREATE POLICY writing ON outbox FOR INSERT TO fairlead_onboarding WITH CHECK (
    person = session_user
    AND kind IN ('company', 'connection', 'company-link', 'link', 'queue', 'look', 'unlink')
    AND CASE WHEN kind = 'company' THEN company IS NULL ELSE EXISTS (SELECT 1 FROM companies seen WHERE seen.id = outbox.company) END
);
CREATE POLICY writing_all ON outbox FOR INSERT TO fairlead_administrator WITH CHECK (
    person = session_user
    AND kind <> 'follow'
    AND CASE WHEN kind = 'company' THEN company IS NULL ELSE EXISTS (SELECT 1 FROM companies seen WHERE seen.id = outbox.company) END
);
-- What no worker has taken yet, its writer may take back.
CREATE POLICY taking_back ON outbox FOR DELETE TO fairlead_onboarding, fairlead_administrator USING (person = session_user AND taken_at IS NULL);

-- One that nobody took for ten minutes is nobody's any more, and the next worker takes it away.
CREATE POLICY own ON links TO fairlead_onboarding USING (person = session_user AND at > now() - interval '10 minutes') WITH CHECK (false);
CREATE POLICY all_of_them ON links TO fairlead_administrator USING (at > now() - interval '10 minutes') WITH CHECK (false);
