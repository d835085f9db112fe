-- Who may do what, held by the database itself: no program can give more than stands here. Roles belong to the whole server; what they may do, to
-- this database. Another team's database on the same server may have made them already, and may be making them now.

DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['worker', 'onboarding', 'analyst', 'administrator', 'readonly'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'fairlead_' || role) THEN
            BEGIN
                EXECUTE format('CREATE ROLE fairlead_%s NOLOGIN', role);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO fairlead_worker', current_database());
END
$$;

-- Which companies a login sees, by scope; '*' is all of them.
CREATE TABLE members (
    login text NOT NULL,
    scope text NOT NULL,
    PRIMARY KEY (login, scope)
);

-- Asks by who logged in, which no SET ROLE changes.
CREATE FUNCTION sees(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = fairlead, pg_temp
AS $$ SELECT EXISTS (SELECT 1 FROM members WHERE login = session_user AND scope IN ('*', wanted)) $$;

REVOKE ALL ON FUNCTION sees(text) FROM PUBLIC;

GRANT USAGE ON SCHEMA fairlead TO fairlead_worker, fairlead_onboarding, fairlead_analyst, fairlead_administrator, fairlead_readonly;
GRANT EXECUTE ON FUNCTION sees(text) TO fairlead_onboarding, fairlead_analyst, fairlead_readonly;
GRANT SELECT ON migrations TO fairlead_worker, fairlead_onboarding, fairlead_analyst, fairlead_administrator, fairlead_readonly;

-- Workers bring in what Codat holds. They name nobody a member.
GRANT SELECT, INSERT, UPDATE, DELETE ON companies, connections, datasets, accounts, categories, balances, transactions, cursors, set_aside, work
    TO fairlead_worker;
GRANT SELECT, UPDATE ON duties, budget TO fairlead_worker;

-- Who follows how far a case is sees no money.
GRANT SELECT ON companies, connections, datasets TO fairlead_readonly, fairlead_onboarding, fairlead_analyst, fairlead_administrator;
-- Who onboards sees whose accounts came back, and no amount.
GRANT SELECT (company, connection, id, name, holder, kind, ending, currency) ON accounts TO fairlead_onboarding;
-- Who decides sees the money.
GRANT SELECT ON accounts, categories, balances, transactions TO fairlead_analyst, fairlead_administrator;
-- Who administers says who sees what, and looks at the work.
GRANT SELECT, INSERT, UPDATE, DELETE ON members TO fairlead_administrator;
GRANT UPDATE (scope) ON companies TO fairlead_administrator;
GRANT SELECT ON cursors, set_aside, work, duties TO fairlead_administrator;

DO $$
DECLARE
    part text;
BEGIN
    FOREACH part IN ARRAY ARRAY['companies', 'connections', 'datasets', 'accounts', 'categories', 'balances', 'transactions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('CREATE POLICY everything ON %I TO fairlead_worker, fairlead_administrator USING (true) WITH CHECK (true)', part);
    END LOOP;
    FOREACH part IN ARRAY ARRAY['connections', 'datasets', 'accounts', 'categories', 'balances', 'transactions'] LOOP
        EXECUTE format(
            'CREATE POLICY scope ON %I FOR SELECT TO fairlead_onboarding, fairlead_analyst, fairlead_readonly USING (company IN (SELECT id FROM companies))',
            part
        );
    END LOOP;
END
$$;

CREATE POLICY scope ON companies FOR SELECT TO fairlead_onboarding, fairlead_analyst, fairlead_readonly USING (sees(scope));
