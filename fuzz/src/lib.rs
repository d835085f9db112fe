//! Every reader of what comes from outside, as a function of any bytes: from Codat, from the desktop, from a person's keyboard or files. It panics where
//! the reader does, and where what it gave is not what it promises. The seeded runs of the tests and the targets of libFuzzer call the same.

use codat::model::{
    Account, AccountBalance, Company, Connection, DataStatus, Integration, PullOperation, Transaction, TransactionCategory,
};
use codat::page::Page;
use domain::link_return::{Doors, parse};

/// A reader, and good examples of what it reads.
pub struct Reader {
    /// What it reads.
    pub name: &'static str,
    /// Good examples, to be spoilt.
    pub goods: &'static [&'static str],
    /// Reads any bytes; true when they were good.
    pub read: fn(&[u8]) -> bool,
}

/// All of them.
pub const READERS: [Reader; 11] = [
    Reader { name: "returns", goods: &[RETURN, LOOPBACK, BOUNCE], read: returns },
    Reader { name: "transactions", goods: &[TRANSACTION, TRANSACTIONS], read: transactions },
    Reader { name: "accounts", goods: &[ACCOUNT], read: accounts },
    Reader { name: "companies", goods: &[COMPANY], read: companies },
    Reader { name: "reads", goods: &[READS], read: reads },
    Reader { name: "money", goods: &["-12.50", "1234567890.1234", "1e3", "0.00", "99999999999999999999.01"], read: money },
    Reader {
        name: "dates",
        goods: &["2026-03-01", "2026-03-01T00:00:00", "2026-03-01T00:00:00.0000000Z", "2026-03-01T00:00:00+02:00"],
        read: dates,
    },
    Reader { name: "query_bar", goods: &["out >20 flour", "\"acme mill\" last month", "in 10..20 £5", "march 2026"], read: query_bar },
    Reader {
        name: "customers",
        goods: &["Company,Reference,E-mail\nAcme Ltd,HF-1,ann@acme.example\n", "Firma;Nr\r\n\"A; B\";0017\r\n"],
        read: customers,
    },
    Reader { name: "shown", goods: &["Caf\u{e9} \u{202e}gnp.exe\u{202c}", "a\nb\tc", "\u{200b}zero"], read: shown },
    Reader {
        name: "keys",
        goods: &["0123456789abcdef0123456789abcdef01234567", "Basic MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="],
        read: keys,
    },
];

const RETURN: &str = "fairlead://return?state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&companyId=0f8fad5b-d9cb-469f-a165-70867728950e&connectionId=6f9619ff-8b86-d011-b42d-00c04fc964ff&statuscode=200";
const LOOPBACK: &str = "http://127.0.0.1:47811/return?state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&statuscode=403";
const BOUNCE: &str = "https://bounce.example/back?state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const TRANSACTION: &str = r#"{"id":"6f9619ff-8b86-d011-b42d-00c04fc964ff","accountId":"a1","transactionAmount":{"value":-12.50,"currency":"GBP"},"amount":-12.50,"currency":"GBP","date":"2026-03-01T00:00:00","authorizedDate":null,"description":"Flour & co","merchantName":"Mill","transactionCategoryRef":{"id":"c1"},"code":"Payment","modifiedDate":"2026-03-02T10:00:00Z"}"#;
const TRANSACTIONS: &str = r#"{"results":[{"id":"6f9619ff-8b86-d011-b42d-00c04fc964ff","accountId":"a1","transactionAmount":{"value":-12.50,"currency":"GBP"},"amount":-12.50,"currency":"GBP","date":"2026-03-01T00:00:00","authorizedDate":null,"description":"Flour & co","merchantName":"Mill","transactionCategoryRef":{"id":"c1"},"code":"Payment","modifiedDate":"2026-03-02T10:00:00Z"}],"pageNumber":1,"pageSize":100,"totalResults":1,"_links":{"next":{"href":"/companies?page=2"}}}"#;
const ACCOUNT: &str = r#"{"id":"a1","name":"Main","holder":"Acme","type":"Debit","balance":{"available":10.01,"current":11,"limit":null},"identifiers":{"type":"Depository","number":"12345678","bankCode":"010203","iban":"GB33BUKB20201555555555"},"currency":"GBP","institution":{"id":"i","name":"NatWest"},"modifiedDate":"2026-03-02T10:00:00Z"}"#;
const COMPANY: &str = r#"{"results":[{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","name":"Acme","redirect":"https://link.codat.io/company/0f8fad5b","created":"2026-03-01T00:00:00.0000000Z","lastSync":null,"tags":{"reference":"HF-1"},"dataConnections":[{"id":"k1","integrationId":"i","sourceId":"s","platformName":"NatWest","linkUrl":"https://link-api.codat.io/x","status":"Linked","created":"2026-03-01","dataConnectionErrors":[{"statusCode":"403","errorMessage":"no"}]}]}],"pageNumber":1,"pageSize":2,"totalResults":1}"#;
const READS: &str = r#"{"results":[{"id":"d1","companyId":"c","connectionId":"k","dataType":"banking-transactions","status":"Complete","requested":"2026-03-01T00:00:00Z","completed":"2026-03-01T00:00:08Z","progress":100,"isCompleted":true,"isErrored":false}],"totalResults":1}"#;

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// A return address. What is taken as ours holds nothing but a state and identifiers of the right shape.
#[must_use]
pub fn returns(bytes: &[u8]) -> bool {
    let doors = Doors { loopback_port: 47_811, bounce: Some("https://bounce.example/back".into()) };
    let Ok(found) = parse(&text(bytes), &doors) else { return false };
    let is_state = found.state.len() == 43 && found.state.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    assert!(is_state, "{found:?}");
    for id in [&found.company, &found.connection].into_iter().flatten() {
        assert!(id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'), "{found:?}");
    }
    true
}

/// A page of transactions, and one transaction.
#[must_use]
pub fn transactions(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Transaction<'_>>(bytes).is_ok() | Page::<serde_json::Value>::read(bytes, "transactions").is_ok()
}

/// An account, a balance, a category.
#[must_use]
pub fn accounts(bytes: &[u8]) -> bool {
    let _ = (serde_json::from_slice::<AccountBalance<'_>>(bytes), serde_json::from_slice::<TransactionCategory<'_>>(bytes));
    serde_json::from_slice::<Account<'_>>(bytes).is_ok()
}

/// Pages of companies, connections and banks.
#[must_use]
pub fn companies(bytes: &[u8]) -> bool {
    let _ = (Page::<Connection>::read(bytes, "dataConnections").is_ok(), Page::<Integration>::read(bytes, "integrations").is_ok());
    Page::<Company>::read(bytes, "companies").is_ok()
}

/// A page of reads, and the state of a data type.
#[must_use]
pub fn reads(bytes: &[u8]) -> bool {
    let _ = serde_json::from_slice::<DataStatus>(bytes);
    Page::<PullOperation>::read(bytes, "history").is_ok()
}

/// An amount. What is shown of it reads as the same amount.
#[must_use]
pub fn money(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let Ok(amount) = domain::money::Amount::parse(&text) else { return false };
    assert_eq!(domain::money::Amount::parse(&amount.to_string()), Ok(amount), "{text}: what is shown is what was read");
    true
}

/// A day, and a moment.
#[must_use]
pub fn dates(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let (day, moment) = (domain::date::day(&text), domain::date::instant_or_utc(&text));
    day.is_some() && moment.is_some()
}

/// What a person types to find transactions. Anything may be asked for.
#[must_use]
pub fn query_bar(bytes: &[u8]) -> bool {
    let _ = domain::query_bar::Query::parse(&text(bytes), jiff::civil::date(2026, 3, 1));
    true
}

/// A file with a list of customers.
#[must_use]
pub fn customers(bytes: &[u8]) -> bool {
    engine::customers_in(bytes).is_ok()
}

/// Text of a bank, made fit for a screen. Nothing in it turns or hides what stands beside it.
#[must_use]
pub fn shown(bytes: &[u8]) -> bool {
    let shown = domain::display::shown(&text(bytes));
    let turns = |letter: char| ('\u{202a}'..='\u{202e}').contains(&letter) || ('\u{2066}'..='\u{2069}').contains(&letter);
    assert!(!shown.chars().any(|letter| letter.is_control() || turns(letter)), "{shown:?}");
    true
}

/// What a person pastes as Codat's key.
#[must_use]
pub fn keys(bytes: &[u8]) -> bool {
    codat::ApiKey::parse(&text(bytes)).is_ok()
}
