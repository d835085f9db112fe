//! Making a portfolio, and what is said where that cannot be.

use crate::support::{PASSWORD, Team};
use fairlead_tests::fairlead::{Answer, Fairlead};
use fairlead_tests::postgres::Postgres;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

fn said(answer: &Answer) -> &str {
    answer.stdout.as_str()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portfolio_is_made_once_however_many_begin_at_once() {
    let postgres = Postgres::shared();
    let database = postgres.database().await;
    let address = postgres.address(&database, "postgres");
    let mut running = vec![];
    let homes: Vec<Fairlead> = (0..4).map(|_| Fairlead::new()).collect();
    for home in &homes {
        let mut child = home.start(&["team", "init", "--server", &address]);
        drop(child.stdin.take());
        running.push(child);
    }
    let mut made = 0;
    for child in running {
        let output = tokio::task::block_in_place(|| child.wait_with_output()).expect("it ends");
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("an answer");
        assert_eq!(told["version"], 6, "{told}");
        made += u32::from(told["before"] == 0);
    }
    assert_eq!(made, 1, "whoever comes second finds nothing left to do");
    let admin = postgres.admin(&database).await;
    let rows: i64 = admin.query_one("SELECT count(*) FROM fairlead.migrations", &[]).await.expect("migrations").get(0);
    assert_eq!(rows, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_can_be_wrong_is_said_in_a_sentence_of_its_own() {
    let team = Team::new().await;
    let (postgres, database) = (&team.postgres, &team.database);
    let outsider = format!("{database}_outsider");
    postgres.login(&outsider, PASSWORD).await;
    let socket = |login: &str| postgres.address(database, login);
    let status = ["team", "status"];
    let mut seen = 0;
    let mut says = |answer: Answer, code: i32, what: &str| {
        assert!(answer.code == code && said(&answer).contains(what), "{what}: {answer:?}");
        assert!(!format!("{answer:?}").contains(PASSWORD), "no password is said");
        seen += 1;
    };

    let good = team.as_administrator(&status);
    assert_eq!((good.code, good.json()["version"].as_u64(), good.json()["companies"].as_u64()), (0, Some(6), Some(0)), "{good:?}");
    says(team.run(&status, &socket(&outsider), "wrong"), 3, "the password is wrong or missing");
    says(team.run(&status, &socket("nobody_of_that_name"), PASSWORD), 3, "the password is wrong or missing");
    says(team.run(&status, &socket(&outsider), PASSWORD), 3, "may not do that");
    says(team.run(&["team", "init"], &socket(&outsider), PASSWORD), 3, "may not do that");
    says(team.as_administrator(&["team", "admit", "nobody_of_that_name", "--role", "analyst"]), 3, "knows no such login");
    says(team.run(&status, &postgres.address("no_such_database", "postgres"), PASSWORD), 3, "no such database");

    let empty = postgres.database().await;
    says(team.run(&["team", "migrate"], &postgres.address(&empty, "postgres"), PASSWORD), 3, "fairlead team init");
    let admin = postgres.admin(database).await;
    admin.batch_execute("INSERT INTO fairlead.migrations (n) VALUES (900)").await.expect("a newer one");
    says(team.as_administrator(&["team", "migrate"]), 3, "newer Fairlead (version 900");
    admin.batch_execute("DELETE FROM fairlead.migrations WHERE n = 900").await.expect("as before");

    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("address").port();
    says(team.run(&status, &format!("postgresql://ann@127.0.0.1:{nobody}/team"), PASSWORD), 4, "does not answer");
    says(team.run(&status, "postgresql:///team?host=/nowhere/at/all&user=ann", PASSWORD), 4, "does not answer");
    says(team.run(&status, "postgresql://ann:in-the-address@127.0.0.1/team", PASSWORD), 2, "holds a password");
    println!("measured: {seen} things that can be wrong with a team's server, each said in its own sentence");
    assert_eq!(seen, 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn off_the_socket_nothing_is_sent_without_a_certificate_that_is_trusted() {
    let team = Team::new().await;
    let login = team.admit("analyst", "*").await;
    let address = team.postgres.address_by_tls(&team.database, &login);
    let authority = team.postgres.authority();
    let by_authority = ["team", "status", "--ca", authority.to_str().expect("a path")];
    let good = team.run(&by_authority, &address, PASSWORD);
    assert_eq!((good.code, good.json()["roles"][0].as_str()), (0, Some("analyst")), "{good:?}");
    let unknown = team.run(&["team", "status"], &address, PASSWORD);
    assert!(unknown.code == 3 && said(&unknown).contains("is not trusted"), "nobody this computer believes signed it: {unknown:?}");

    // A server that has no TLS, and would take the password in the clear.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("address").port();
    let heard = std::thread::spawn(move || {
        let (mut line, _) = listener.accept().expect("somebody comes");
        let mut asked = [0; 8];
        line.read_exact(&mut asked).expect("the question for TLS");
        line.write_all(b"N").expect("no");
        let mut rest = vec![];
        let _ = line.read_to_end(&mut rest);
        rest
    });
    let plain = team.run(&by_authority, &format!("postgresql://{login}@127.0.0.1:{port}/team"), PASSWORD);
    assert!(plain.code == 3 && said(&plain).contains("offers no TLS"), "{plain:?}");
    assert!(heard.join().expect("heard").is_empty(), "not even the login's name was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_kept_is_asked_for_no_more() {
    let team = Team::new().await;
    let address = team.postgres.address(&team.database, &team.admit("read-only", "*").await);
    let wrong = team.run(&["team", "status", "--keep"], &address, "wrong");
    assert_eq!(wrong.code, 3, "what the server does not take is not kept: {wrong:?}");
    let without = |team: &Team| tokio::task::block_in_place(|| team.fairlead.run(&["team", "status", "--server", &address]));
    assert!(said(&without(&team)).contains("wrong or missing"));
    assert_eq!(team.run(&["team", "status", "--keep"], &address, PASSWORD).code, 0);
    let kept = without(&team);
    assert_eq!((kept.code, kept.json()["roles"][0].as_str()), (0, Some("readonly")), "{kept:?}");
}
