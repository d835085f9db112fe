-- What desktops need that read from here: which state of each type is here whole, since when, and under the same rights as the rows themselves.

-- When the fetch of that state had ended, by this server's clock. Every row of it was changed no later, so who has read up to here asks for what was
-- changed later and misses nothing.
ALTER TABLE cursors ADD COLUMN fetched_at timestamptz;
UPDATE cursors SET fetched_at = clock_timestamp() WHERE fetched IS NOT NULL;

GRANT SELECT (company, connection, data_type, fetched, fetched_at) ON cursors TO fairlead_onboarding, fairlead_analyst, fairlead_readonly;
-- Which accounts went, and when, is no amount.
GRANT SELECT (changed, gone_at) ON accounts TO fairlead_onboarding;
ALTER TABLE cursors ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON cursors TO fairlead_worker, fairlead_administrator USING (true) WITH CHECK (true);

-- Which scopes a login sees, asked once for a question and not once for a row.
CREATE FUNCTION scopes() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = fairlead, pg_temp
AS $$ SELECT scope FROM members WHERE login = session_user $$;

REVOKE ALL ON FUNCTION scopes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION scopes() TO fairlead_onboarding, fairlead_analyst, fairlead_readonly;

ALTER POLICY scope ON companies USING (scope IN (SELECT scopes()) OR '*' IN (SELECT scopes()));
CREATE POLICY scope ON cursors FOR SELECT TO fairlead_onboarding, fairlead_analyst, fairlead_readonly
    USING (EXISTS (SELECT 1 FROM companies seen WHERE seen.id = cursors.company));

DO $$
DECLARE
    part text;
BEGIN
    -- A question about one company looks at one company's row, and not at all that its login may see.
    FOREACH part IN ARRAY ARRAY['connections', 'datasets', 'accounts', 'categories', 'balances', 'transactions'] LOOP
        EXECUTE format('ALTER POLICY scope ON %I USING (EXISTS (SELECT 1 FROM companies seen WHERE seen.id = %I.company))', part, part);
    END LOOP;
END
$$;

-- What was changed since somebody read is found without looking at all that was not.
CREATE INDEX transactions_by_change ON transactions (company, connection, changed);
CREATE INDEX balances_by_change ON balances (company, connection, changed);
