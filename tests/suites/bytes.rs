//! What comes from outside can be any bytes: every reader of it is given good examples that were spoilt at random, and answers without a
//! panic, in bounded time, and never with more than it was given.

use codat::model::{Account, AccountBalance, Transaction, TransactionCategory};
use codat::model::{Company, Connection, Integration};
use codat::model::{DataStatus, PullOperation};
use codat::page::Page;
use domain::link_return::{Doors, parse};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::time::{Duration, Instant};

/// Words that parsers trip over.
const WORDS: [&str; 22] = [
    "\0",
    "\u{202e}",
    "\u{feff}",
    "null",
    "-0",
    "1e999",
    "99999999999999999999999",
    "\"",
    "\\u0000",
    "{",
    "[",
    "]",
    "}",
    "%00",
    "&",
    "=",
    "#",
    "@",
    "//",
    "..",
    "é",
    "\u{1f4a3}",
];

/// A good example, spoilt in one to six places.
fn spoilt(dice: &mut ChaCha8Rng, good: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..dice.random_range(1..=6) {
        let at = dice.random_range(0..=bytes.len());
        match dice.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] = dice.random(),
            1 if at < bytes.len() => bytes[at] ^= 1 << dice.random_range(0..8),
            2 => bytes.truncate(at),
            3 => {
                let word = WORDS[dice.random_range(0..WORDS.len())];
                bytes.splice(at..at, word.bytes());
            }
            4 => {
                let end = (at + dice.random_range(0..40)).min(bytes.len());
                let piece = bytes[at.min(end)..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let end = (at + dice.random_range(0..12)).min(bytes.len());
                bytes.drain(at.min(end)..end);
            }
        }
    }
    bytes
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Inputs a reader: 200,000 for the goal, fewer in an ordinary run.
fn inputs() -> u64 {
    if number("FAIRLEAD_SEEDS", 2) >= 24 { 200_000 } else { 10_000 }
}

/// Gives a reader all its inputs and tells the slowest.
fn feed(name: &str, goods: &[&str], mut read: impl FnMut(&[u8])) -> Duration {
    let mut dice = ChaCha8Rng::seed_from_u64(number("FAIRLEAD_SEED", 1) ^ name.len() as u64);
    let mut slowest = Duration::ZERO;
    for turn in 0..inputs() {
        let good = goods[usize::try_from(turn).expect("small") % goods.len()];
        let bytes = spoilt(&mut dice, good.as_bytes());
        let begun = Instant::now();
        read(&bytes);
        slowest = slowest.max(begun.elapsed());
    }
    slowest
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const TRANSACTION: &str = r#"{"results":[{"id":"6f9619ff-8b86-d011-b42d-00c04fc964ff","accountId":"a1","transactionAmount":{"value":-12.50,"currency":"GBP"},"amount":-12.50,"currency":"GBP","date":"2026-03-01T00:00:00","authorizedDate":null,"description":"Flour & co","merchantName":"Mill","transactionCategoryRef":{"id":"c1"},"code":"Payment","modifiedDate":"2026-03-02T10:00:00Z"}],"pageNumber":1,"pageSize":100,"totalResults":1,"_links":{"next":{"href":"/companies?page=2"}}}"#;
const ACCOUNT: &str = r#"{"results":[{"id":"a1","name":"Main","holder":"Acme","type":"Debit","balance":{"available":10.01,"current":11,"limit":null},"identifiers":{"type":"Depository","number":"12345678","bankCode":"010203","iban":"GB33BUKB20201555555555"},"currency":"GBP","institution":{"id":"i","name":"NatWest"},"modifiedDate":"2026-03-02T10:00:00Z"}],"totalResults":1}"#;
const COMPANY: &str = r#"{"results":[{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","name":"Acme","redirect":"https://link.codat.io/company/0f8fad5b","created":"2026-03-01T00:00:00.0000000Z","lastSync":null,"tags":{"reference":"HF-1"},"dataConnections":[{"id":"k1","integrationId":"i","sourceId":"s","platformName":"NatWest","linkUrl":"https://link-api.codat.io/x","status":"Linked","created":"2026-03-01","dataConnectionErrors":[{"statusCode":"403","errorMessage":"no"}]}]}],"pageNumber":1,"pageSize":2,"totalResults":1}"#;
const READS: &str = r#"{"results":[{"id":"d1","companyId":"c","connectionId":"k","dataType":"banking-transactions","status":"Complete","requested":"2026-03-01T00:00:00Z","completed":"2026-03-01T00:00:08Z","progress":100,"isCompleted":true,"isErrored":false}],"totalResults":1}"#;
const RETURN: &str = "fairlead://return?state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&companyId=0f8fad5b-d9cb-469f-a165-70867728950e&connectionId=6f9619ff-8b86-d011-b42d-00c04fc964ff&statuscode=200";
const LOOPBACK: &str = "http://127.0.0.1:47811/return?state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&statuscode=403";

#[test]
fn any_bytes_at_all_are_refused_or_are_ours() {
    let doors = Doors { loopback_port: 47_811, bounce: Some("https://bounce.example/back".into()) };
    let (mut ours, mut refused) = (0_u64, 0_u64);
    let slowest =
        feed("a return", &[RETURN, LOOPBACK, "https://bounce.example/back?state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"], |bytes| {
            match parse(&text(bytes), &doors) {
                Ok(found) => {
                    assert!(
                        found.state.len() == 43 && found.state.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
                        "{found:?}"
                    );
                    let ids = [&found.company, &found.connection];
                    assert!(
                        ids.into_iter()
                            .flatten()
                            .all(|id| id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')),
                        "{found:?}"
                    );
                    ours += 1;
                }
                Err(_) => refused += 1,
            }
        });
    println!("measured: {} spoilt returns: {refused} refused, {ours} still well formed, slowest {slowest:?}, 0 panics", inputs());
    assert!(refused > ours && ours > 0, "control: both kinds were met");
}

#[test]
fn nine_readers_of_what_codat_and_people_send_survive_any_bytes() {
    let today = jiff::civil::date(2026, 3, 1);
    let mut readers: Vec<(&str, Duration)> = vec![];
    let mut good = 0_u64;
    let mut count = |is_good: bool| good += u64::from(is_good);
    readers.push((
        "transactions",
        feed("transactions", &[TRANSACTION], |bytes| {
            count(Page::<serde_json::Value>::read(bytes, "transactions").is_ok());
            let _ = serde_json::from_slice::<Transaction<'_>>(bytes);
        }),
    ));
    readers.push((
        "accounts",
        feed("accounts", &[ACCOUNT], |bytes| {
            let _ = (
                serde_json::from_slice::<Account<'_>>(bytes),
                serde_json::from_slice::<AccountBalance<'_>>(bytes),
                serde_json::from_slice::<TransactionCategory<'_>>(bytes),
            );
        }),
    ));
    readers.push((
        "companies",
        feed("companies", &[COMPANY], |bytes| {
            count(Page::<Company>::read(bytes, "companies").is_ok());
            let _ = (Page::<Connection>::read(bytes, "dataConnections").is_ok(), Page::<Integration>::read(bytes, "integrations").is_ok());
        }),
    ));
    readers.push((
        "reads",
        feed("reads", &[READS], |bytes| {
            count(Page::<PullOperation>::read(bytes, "history").is_ok());
            let _ = serde_json::from_slice::<DataStatus>(bytes);
        }),
    ));
    readers.push((
        "money",
        feed("money", &["-12.50", "1234567890.1234", "1e3", "0.00", "99999999999999999999.01"], |bytes| {
            let text = text(bytes);
            if let Ok(amount) = domain::money::Amount::parse(&text) {
                assert_eq!(domain::money::Amount::parse(&amount.to_string()), Ok(amount), "{text}: what is shown is what was read");
                count(true);
            }
        }),
    ));
    readers.push((
        "dates",
        feed("dates", &["2026-03-01", "2026-03-01T00:00:00", "2026-03-01T00:00:00.0000000Z", "2026-03-01T00:00:00+02:00"], |bytes| {
            let text = text(bytes);
            let (day, instant) = (domain::date::day(&text), domain::date::instant_or_utc(&text));
            count(day.is_some() && instant.is_some());
        }),
    ));
    readers.push((
        "the query bar",
        feed("the query bar", &["out >20 flour", "\"acme mill\" last month", "in 10..20 £5", "march 2026"], |bytes| {
            let _ = domain::query_bar::Query::parse(&text(bytes), today);
        }),
    ));
    readers.push((
        "shown text",
        feed("shown text", &["Caf\u{e9} \u{202e}gnp.exe\u{202c}", "a\nb\tc", "\u{200b}zero"], |bytes| {
            let shown = domain::display::shown(&text(bytes));
            assert!(
                !shown.chars().any(|letter| letter.is_control()
                    || ('\u{202a}'..='\u{202e}').contains(&letter)
                    || ('\u{2066}'..='\u{2069}').contains(&letter)),
                "{shown:?}"
            );
        }),
    ));
    readers.push((
        "a key",
        feed("a key", &["0123456789abcdef0123456789abcdef01234567", "Basic MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="], |bytes| {
            let _ = codat::ApiKey::parse(&text(bytes)).is_ok();
        }),
    ));
    let (slow, slowest) = readers.iter().max_by_key(|(_, took)| *took).expect("readers");
    println!("measured: {} readers × {} spoilt inputs: 0 panics, {good} still read, slowest {slowest:?} ({slow})", readers.len(), inputs());
    assert!(good > 1_000, "control: some were still good: {good}");
    assert!(*slowest < Duration::from_secs(2), "{slow} took {slowest:?}");
}
