-- What a team holds of its companies: what Codat told, exactly as the embedded store has it. Texts and digits are kept as they were sent.
-- Large tables are split by company, and every key begins with the company: what one company costs does not depend on how many others there are.

CREATE TABLE companies (
    id text PRIMARY KEY,
    name text NOT NULL,
    folded text NOT NULL,
    reference text,
    description text,
    created bigint,
    last_sync bigint,
    -- Whose it is among the team: who may see it is said in `members`.
    scope text NOT NULL DEFAULT 'all',
    -- Since when Codat no longer lists it.
    gone_at bigint
);

CREATE TABLE connections (
    company text NOT NULL REFERENCES companies ON DELETE CASCADE,
    id text NOT NULL,
    bank_key text,
    bank_name text NOT NULL,
    source_id text,
    integration_id text,
    status text NOT NULL,
    created bigint,
    last_sync bigint,
    problem_code text,
    problem_text text,
    problem_at bigint,
    gone_at bigint,
    says text NOT NULL GENERATED ALWAYS AS (status || '@' || coalesce(last_sync::text, '')) STORED,
    -- What it said when all it had was fetched. It is asked further only when it says something else.
    seen text,
    PRIMARY KEY (company, id)
);

CREATE TABLE datasets (
    company text NOT NULL REFERENCES companies ON DELETE CASCADE,
    id text NOT NULL,
    connection text NOT NULL,
    data_type text NOT NULL,
    status text NOT NULL,
    progress bigint,
    requested bigint,
    completed bigint,
    error text,
    PRIMARY KEY (company, id)
);

CREATE TABLE accounts (
    company text NOT NULL REFERENCES companies ON DELETE CASCADE,
    connection text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    holder text,
    kind text NOT NULL,
    ending text,
    currency text NOT NULL,
    current numeric,
    available numeric,
    raw text NOT NULL,
    run bigint NOT NULL,
    changed timestamptz NOT NULL,
    gone_at timestamptz,
    PRIMARY KEY (company, connection, id)
);

CREATE TABLE categories (
    company text NOT NULL REFERENCES companies ON DELETE CASCADE,
    connection text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    parent text,
    raw text NOT NULL,
    run bigint NOT NULL,
    changed timestamptz NOT NULL,
    gone_at timestamptz,
    PRIMARY KEY (company, connection, id)
);

CREATE TABLE balances (
    company text NOT NULL,
    connection text NOT NULL,
    account text NOT NULL,
    day bigint NOT NULL,
    ordinal bigint NOT NULL,
    date_text text NOT NULL,
    current numeric,
    available numeric,
    run bigint NOT NULL,
    changed timestamptz NOT NULL,
    gone_at timestamptz,
    PRIMARY KEY (company, connection, account, day, ordinal)
) PARTITION BY HASH (company);

CREATE TABLE transactions (
    company text NOT NULL,
    connection text NOT NULL,
    id text NOT NULL,
    account text NOT NULL,
    day bigint NOT NULL,
    date_text text NOT NULL,
    amount numeric NOT NULL,
    currency text NOT NULL,
    description text,
    merchant text,
    code text NOT NULL,
    category text,
    category_name text,
    run bigint NOT NULL,
    changed timestamptz NOT NULL,
    gone_at timestamptz,
    PRIMARY KEY (company, connection, id)
) PARTITION BY HASH (company);

CREATE INDEX transactions_by_day ON transactions (company, day);

DO $$
BEGIN
    FOR n IN 0..15 LOOP
        EXECUTE format('CREATE TABLE balances_%s PARTITION OF balances FOR VALUES WITH (MODULUS 16, REMAINDER %s)', n, n);
        EXECUTE format('CREATE TABLE transactions_%s PARTITION OF transactions FOR VALUES WITH (MODULUS 16, REMAINDER %s)', n, n);
    END LOOP;
END
$$;

-- How far each type of each connection is, and the fetch that is under way or was cut.
CREATE TABLE cursors (
    company text NOT NULL REFERENCES companies ON DELETE CASCADE,
    connection text NOT NULL,
    data_type text NOT NULL,
    -- The state at Codat that was fetched to its end.
    fetched text,
    watermark text,
    rows bigint NOT NULL DEFAULT 0,
    whole_at bigint,
    -- The fetch that has not ended: of which state, from which stamp, after how many pages of which size, up to which stamp.
    run bigint NOT NULL DEFAULT 0,
    run_state text,
    run_since text,
    run_page bigint NOT NULL DEFAULT 0,
    run_size bigint NOT NULL DEFAULT 0,
    run_watermark text,
    PRIMARY KEY (company, connection, data_type)
);

-- Records that could not be understood, kept whole.
CREATE TABLE set_aside (
    company text NOT NULL REFERENCES companies ON DELETE CASCADE,
    connection text NOT NULL,
    data_type text NOT NULL,
    -- Of its text: the same record is set aside once.
    fingerprint text NOT NULL,
    raw text NOT NULL,
    why text NOT NULL,
    PRIMARY KEY (company, connection, data_type, fingerprint)
);
