//! What each role may see and do is held by the database, whatever program asks: real logins, past everything that Fairlead does.

use crate::support::{PASSWORD, Team};
use tokio_postgres::Client;

/// Two companies of different scopes, each with money.
async fn two_companies(team: &Team) {
    let admin = team.postgres.admin(&team.database).await;
    for (id, scope) in [("north-1", "north"), ("south-1", "south")] {
        let rows = format!(
            "SET search_path = fairlead;
             INSERT INTO companies (id, name, folded, scope) VALUES ('{id}', 'Needle {id}', '', '{scope}');
             INSERT INTO connections (company, id, bank_name, status) VALUES ('{id}', 'k', 'Bank', 'Linked');
             INSERT INTO datasets (company, id, connection, data_type, status) VALUES ('{id}', 'd', 'k', 'banking-accounts', 'Complete');
             INSERT INTO accounts (company, connection, id, name, holder, kind, ending, currency, current, raw, run, changed)
                 VALUES ('{id}', 'k', 'a', 'Current', 'Holder', 'Debit', '1234', 'GBP', 77.01, '{{}}', 1, now());
             INSERT INTO categories (company, connection, id, name, raw, run, changed) VALUES ('{id}', 'k', 'c', 'Rent', '{{}}', 1, now());
             INSERT INTO balances (company, connection, account, day, ordinal, date_text, current, run, changed)
                 VALUES ('{id}', 'k', 'a', 1, 0, '1970-01-02', 77.01, 1, now());
             INSERT INTO transactions (company, connection, id, account, day, date_text, amount, currency, code, run, changed)
                 VALUES ('{id}', 'k', 't', 'a', 1, '1970-01-02', 77.01, 'GBP', 'Fee', 1, now());"
        );
        admin.batch_execute(&rows).await.expect("a company with money");
    }
}

async fn session(team: &Team, login: &str) -> Client {
    let session = team.postgres.session(&team.database, login, PASSWORD).await.expect("a login");
    session.batch_execute("SET search_path = fairlead").await.expect("a path");
    session
}

/// Rows that came, as text; none when the database refused.
async fn asks(session: &Client, question: &str) -> Option<Vec<String>> {
    let answer = session.simple_query(question).await.ok()?;
    let rows = answer.iter().filter_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => Some((0..row.len()).filter_map(|n| row.get(n)).collect::<Vec<_>>().join("|")),
        _ => None,
    });
    Some(rows.collect())
}

const TABLES: [&str; 7] = ["companies", "connections", "datasets", "accounts", "categories", "balances", "transactions"];

/// Which of the tables a role may read whole.
fn may_read(role: &str, table: &str) -> bool {
    match table {
        "companies" | "connections" | "datasets" => true,
        _ => role == "analyst",
    }
}

/// Ways to reach what is not given: by other names, by other rights, by changing who one is, and through texts that are no values.
fn attacks() -> Vec<String> {
    let mut attacks = vec![];
    for table in TABLES {
        for n in [0, 7, 15] {
            attacks.push(format!("SELECT * FROM {table}_{n}"));
        }
        attacks.push(format!("SELECT * FROM {table} WHERE company = 'south-1' OR 'a' = 'a'"));
        attacks.push(format!("SELECT * FROM {table} WHERE scope = 'north' OR 1 = 1 --'"));
        attacks.push(format!("SELECT * FROM {table} t WHERE t::text LIKE '%south%' OR true"));
        attacks.push(format!("SELECT * FROM companies WHERE id = '' UNION ALL SELECT * FROM {table}"));
        attacks.push(format!("SET row_security = off; SELECT * FROM {table}"));
        attacks.push(format!("COPY {table} TO STDOUT"));
        attacks.push(format!("CREATE TEMP VIEW mine AS SELECT * FROM {table}; SELECT * FROM mine WHERE true"));
        attacks.push(format!("SELECT query_to_xml('SELECT * FROM fairlead.{table} WHERE scope <> ''north''', true, true, '')"));
        attacks.push(format!("DELETE FROM {table} RETURNING *"));
        attacks.push(format!("UPDATE {table} SET company = company RETURNING *"));
        attacks.push(format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"));
        attacks.push(format!("TRUNCATE {table} CASCADE"));
    }
    for role in ["fairlead_worker", "fairlead_administrator", "postgres"] {
        for act in ["SET ROLE", "SET SESSION AUTHORIZATION"] {
            attacks.push(format!("{act} {role}; SELECT * FROM companies"));
            attacks.push(format!("{act} {role}; SELECT * FROM transactions"));
        }
        attacks.push(format!("GRANT {role} TO CURRENT_USER"));
        attacks.push(format!("ALTER ROLE CURRENT_USER IN DATABASE template1 SET ROLE = {role}"));
    }
    for hidden in ["budget", "work", "cursors", "set_aside", "duties", "members"] {
        attacks.push(format!("SELECT * FROM {hidden}"));
        attacks.push(format!("DELETE FROM {hidden}"));
    }
    attacks.extend(
        [
            "INSERT INTO members VALUES (current_user, '*')",
            "UPDATE companies SET scope = 'north'",
            "ALTER ROLE CURRENT_USER BYPASSRLS",
            "ALTER ROLE CURRENT_USER SUPERUSER",
            "CREATE FUNCTION fairlead.sees(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
            "CREATE OR REPLACE FUNCTION fairlead.sees(wanted text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
            "CREATE POLICY mine ON companies USING (true)",
            "DROP POLICY scope ON companies",
            "CREATE TEMP TABLE members (login text, scope text); INSERT INTO members VALUES (session_user, '*'); SELECT * FROM companies",
            "SET search_path = pg_temp, fairlead; CREATE TEMP TABLE members AS SELECT session_user::text AS login, '*' AS scope; SELECT * FROM companies",
            "SELECT sees('south') FROM companies WHERE scope = 'south'",
            "SELECT * FROM pg_read_file('postgresql.conf')",
            "COPY (SELECT 1) TO PROGRAM 'id'",
            "SELECT lo_import('/etc/passwd')",
            "SELECT most_common_vals FROM pg_stats WHERE tablename = 'companies' AND schemaname = 'fairlead'",
            "SELECT * FROM pg_statistic",
            "SELECT rolpassword FROM pg_authid",
        ]
        .map(str::to_owned),
    );
    attacks
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_sees_the_rows_and_columns_of_its_grant_and_nothing_by_any_other_way() {
    let team = Team::new().await;
    two_companies(&team).await;
    let mut tried = 0;
    for role in ["read-only", "onboarding", "analyst"] {
        let login = team.admit(role, "north").await;
        let session = session(&team, &login).await;
        for table in TABLES {
            let rows = asks(&session, &format!("SELECT * FROM {table}")).await;
            match rows {
                Some(rows) if may_read(role, table) => {
                    assert!(rows.len() == 1 && rows[0].contains("north"), "{role} sees its own scope of {table}: {rows:?}");
                }
                rows => assert!(rows.is_none() && !may_read(role, table), "{role} {table}: {rows:?}"),
            }
        }
        let holders = asks(&session, "SELECT holder, ending FROM accounts").await;
        assert_eq!(holders.is_some_and(|rows| rows == ["Holder|1234"]), role != "read-only", "whose account it is concerns who onboards");
        let amounts = asks(&session, "SELECT current FROM accounts").await;
        assert_eq!(amounts.is_some(), role == "analyst", "and not what is on it");
        for attack in attacks() {
            // In a transaction that is taken back: what one try changes helps no other.
            let _ = asks(&session, "ROLLBACK; BEGIN").await;
            let told = asks(&session, &attack).await.unwrap_or_default();
            let money = !may_read(role, "transactions") && told.iter().any(|row| row.contains("77.01"));
            assert!(!money && !told.iter().any(|row| row.contains("south")), "{role} by {attack}: {told:?}");
            tried += 1;
        }
        let _ = asks(&session, "ROLLBACK").await;
        let other = asks(&session, "SELECT scope FROM companies").await;
        assert_eq!(other, Some(vec!["north".to_owned()]), "{role} after all of it");
    }
    let admin = team.postgres.admin(&team.database).await;
    let left: i64 = admin.query_one("SELECT count(*) FROM fairlead.transactions WHERE amount = 77.01", &[]).await.expect("count").get(0);
    let members: i64 = admin.query_one("SELECT count(*) FROM fairlead.members WHERE scope = '*'", &[]).await.expect("count").get(0);
    assert_eq!((left, members), (2, 0), "nothing was changed");
    println!("measured: {tried} tries beyond a role's grant, 0 rows and 0 columns came");
    assert!(tried >= 200, "{tried}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_administers_says_who_sees_what_and_who_works_cannot() {
    let team = Team::new().await;
    two_companies(&team).await;
    let analyst = team.admit("analyst", "north").await;
    let analyst = session(&team, &analyst).await;
    let administrator = session(&team, &team.admit("administrator", "*").await).await;
    let scopes = asks(&administrator, "SELECT scope FROM companies ORDER BY id").await;
    assert_eq!(scopes, Some(vec!["north".into(), "south".into()]));
    assert!(asks(&administrator, "UPDATE companies SET name = 'x'").await.is_none(), "what Codat told is nobody's to change");
    assert!(asks(&administrator, "UPDATE companies SET scope = 'north' WHERE id = 'south-1'").await.is_some());
    let seen = asks(&analyst, "SELECT id FROM companies ORDER BY id").await;
    assert_eq!(seen, Some(vec!["north-1".into(), "south-1".into()]), "it counts at once");
    let worker = session(&team, &team.admit("worker", "*").await).await;
    for refused in ["INSERT INTO members VALUES ('x', '*')", "SELECT * FROM members", "UPDATE migrations SET n = 1", "DROP TABLE companies"]
    {
        assert!(asks(&worker, refused).await.is_none(), "{refused}");
    }
    assert_eq!(asks(&worker, "SELECT count(*) FROM transactions").await, Some(vec!["2".into()]));
}
