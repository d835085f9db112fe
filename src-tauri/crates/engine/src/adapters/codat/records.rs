//! Banking records, a page at a time, in the store's words. What cannot be held exactly is set aside whole.

use super::CodatSource;
use super::ask::Failed;
use crate::budget::Urgency;
use crate::ports::{Fetched, PageAsked, RecordPage, SourceError};
use codat::endpoint::banking::{ListAccounts, ListBalances, ListCategories, ListTransactions};
use codat::ids::{CompanyId, ConnectionId};
use codat::model::{Account, AccountBalance, Balance, Transaction, TransactionCategory};
use codat::wire::{Digits, WireDate};
use codat::{Absence, BadRecord, Page, PageQuery, Record};
use domain::data_type::DataType;
use domain::money::Amount;
use jiff::civil::Date;
use std::collections::HashMap;
use store::{AccountRecord, BalanceRecord, CategoryRecord, Quarantined, Records, TransactionRecord};

/// Newest changes last, so that what lands during a walk comes at its end.
const ORDER: &str = "modifiedDate";

pub(super) async fn fetch(source: &CodatSource, asked: PageAsked<'_>) -> Result<Fetched, SourceError> {
    let (company, connection) = (&CompanyId::new(asked.company), &ConnectionId::new(asked.connection));
    let mut page = PageQuery { page: asked.page.max(1), ..PageQuery::first(asked.size.clamp(1, 5_000), ORDER) };
    page.query = asked.since.map(|since| format!("modifiedDate>={since}"));
    let told = match asked.data_type {
        DataType::Accounts => {
            let told = source.ask(&ListAccounts { company, connection, page }, Urgency::Background).await;
            told.and_then(|told| {
                read(source, told, |told| told.modified_date.as_ref(), Records::Accounts, |told, raw, _| account(told, raw))
            })
        }
        DataType::Balances => {
            let told = source.ask(&ListBalances { company, connection, page }, Urgency::Background).await;
            told.and_then(|told| {
                read(source, told, |told| told.modified_date.as_ref(), Records::Balances, |told, _, seen| balance(&told, seen))
            })
        }
        DataType::Categories => {
            let told = source.ask(&ListCategories { company, connection, page }, Urgency::Background).await;
            told.and_then(|told| {
                read(source, told, |told| told.modified_date.as_ref(), Records::Categories, |told, raw, _| Ok(category(told, raw)))
            })
        }
        DataType::Transactions => {
            let told = source.ask(&ListTransactions { company, connection, page }, Urgency::Background).await;
            told.and_then(|told| {
                read(source, told, |told| told.modified_date.as_ref(), Records::Transactions, |told, _, _| transaction(told))
            })
        }
    };
    match told {
        Ok(page) => Ok(Fetched::Page(page)),
        Err(Failed::Absent(Absence::NoData | Absence::NotSupported, _)) => Ok(Fetched::Empty),
        Err(Failed::Absent(Absence::NotYet | Absence::AlreadyInProgress(_), _)) => Ok(Fetched::NotYet),
        Err(failed) => Err(failed.into()),
    }
}

/// Which of several balances of one account, day and text on a page.
type Seen = HashMap<(String, String), u32>;

fn read<T, R>(
    source: &CodatSource,
    told: Page<T>,
    modified: impl Fn(&T) -> Option<&WireDate>,
    wrap: impl FnOnce(Vec<R>) -> Records,
    convert: impl Fn(T, &str, &mut Seen) -> Result<R, &'static str>,
) -> Result<RecordPage, Failed> {
    source.is_ours(&told).map_err(Failed::Error)?;
    let rows = u32::try_from(told.len()).unwrap_or(u32::MAX);
    let watermark = newest(told.records.iter().filter_map(|record| modified(&record.value)));
    let mut bad: Vec<Quarantined> = told.quarantined.into_iter().map(|BadRecord { raw, error }| Quarantined { raw, why: error }).collect();
    let mut good = Vec::with_capacity(told.records.len());
    let mut seen = Seen::new();
    for Record { value, raw } in told.records {
        match convert(value, &raw, &mut seen) {
            Ok(record) => good.push(record),
            Err(why) => bad.push(Quarantined { raw, why: why.into() }),
        }
    }
    Ok(RecordPage { records: wrap(good), bad, total: told.total, watermark, rows })
}

/// The latest stamp as an instant, kept as it was written.
fn newest<'a>(stamps: impl Iterator<Item = &'a WireDate>) -> Option<String> {
    let at = |stamp: &WireDate| domain::date::WireDate::new(stamp.as_str()).instant_or_utc();
    stamps.filter_map(|stamp| Some((at(stamp)?, stamp))).max_by_key(|(at, _)| *at).map(|(_, stamp)| stamp.as_str().to_owned())
}

fn account(told: Account, raw: &str) -> Result<AccountRecord, &'static str> {
    let numbers = &told.identifiers;
    let number = [&numbers.number, &numbers.masked_account_number, &numbers.iban].into_iter().flatten().next();
    let ending = number.map(String::as_str).map(ending).filter(|ending| !ending.is_empty());
    let (current, available) = amounts(&told.balance)?;
    Ok(AccountRecord {
        id: told.id.as_str().to_owned(),
        name: told.name.or(told.account_name).or(told.informal_name).unwrap_or_default(),
        holder: told.holder,
        kind: told.account_type.map_or_else(|| "Unknown".to_owned(), |kind| kind.as_str().to_owned()),
        ending,
        currency: told.currency.unwrap_or_default(),
        current,
        available,
        raw: raw.to_owned(),
    })
}

fn balance(told: &AccountBalance, seen: &mut Seen) -> Result<BalanceRecord, &'static str> {
    let day = told.date.day().ok_or("date: names no day")?;
    let (current, available) = amounts(&told.balance)?;
    let account = told.account_id.as_str().to_owned();
    let twin = seen.entry((account.clone(), told.date.as_str().to_owned())).and_modify(|twins| *twins += 1).or_insert(0);
    // A balance has no id. Its time of day tells it apart from others of the day, the same in every walk.
    let ordinal = second_of_day(&told.date).saturating_mul(16).saturating_add(*twin);
    Ok(BalanceRecord { account, day: days(day), date_text: told.date.as_str().to_owned(), ordinal, current, available })
}

fn category(told: TransactionCategory, raw: &str) -> CategoryRecord {
    CategoryRecord {
        id: told.id.as_str().to_owned(),
        name: told.name,
        parent: told.parent_id.map(|id| id.as_str().to_owned()),
        raw: raw.to_owned(),
    }
}

fn transaction(told: Transaction) -> Result<TransactionRecord, &'static str> {
    let date = [told.posted_date, told.authorized_date].into_iter().flatten().find(|date| date.day().is_some());
    let date = date.ok_or("postedDate: names no day")?;
    let day = date.day().ok_or("postedDate: names no day")?;
    let digits = told.amount.ok_or("amount: missing")?;
    let amount = exact(&digits)?;
    let category_name = told.transaction_category_ref.as_ref().and_then(|category| category.name.clone());
    Ok(TransactionRecord {
        id: told.id.as_str().to_owned(),
        account: told.account_id.as_str().to_owned(),
        day: days(day),
        date_text: date.as_str().to_owned(),
        amount,
        currency: told.currency.ok_or("currency: missing")?,
        description: told.description,
        merchant: told.merchant_name,
        code: told.code.map_or_else(|| "Unknown".to_owned(), |code| code.as_str().to_owned()),
        category: told.transaction_category_ref.map(|category| category.id.as_str().to_owned()),
        category_name,
    })
}

fn amounts(balance: &Balance) -> Result<(Option<String>, Option<String>), &'static str> {
    let text = |digits: &Option<Digits>| digits.as_ref().map(|digits| exact(digits).map(|amount| amount.to_string())).transpose();
    Ok((text(&balance.current)?, text(&balance.available)?))
}

fn exact(digits: &Digits) -> Result<Amount, &'static str> {
    Amount::parse(digits.as_str()).map_err(|_| "amount: more digits than can be held exactly")
}

fn ending(number: &str) -> String {
    let kept: Vec<char> = number.chars().filter(char::is_ascii_alphanumeric).collect();
    kept[kept.len().saturating_sub(4)..].iter().collect()
}

fn days(day: Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    i64::from((day - epoch).get_days())
}

/// Of the text as it stands, in no zone.
fn second_of_day(date: &WireDate) -> u32 {
    let part = |from: usize| date.as_str().get(from..from + 2).and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    part(11) * 3_600 + part(14) * 60 + part(17)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_json<T: serde::de::DeserializeOwned>(json: &str) -> T {
        serde_json::from_str(json).expect(json)
    }

    #[test]
    fn c28_the_day_is_the_one_that_is_written_and_the_digits_too() {
        let told = read_json(
            r#"{"id":"t","accountId":"a","amount":-12.50,"currency":"GBP","postedDate":"2026-03-01T23:30:00+02:00","code":"fee"}"#,
        );
        let record = transaction(told).expect("record");
        assert_eq!((record.day, record.date_text.as_str()), (20_513, "2026-03-01T23:30:00+02:00"), "not shifted into UTC");
        assert_eq!((record.amount.to_string().as_str(), record.code.as_str()), ("-12.50", "Fee"));
    }

    #[test]
    fn what_cannot_be_held_exactly_is_set_aside_and_says_why() {
        let why = |rest: &str| transaction(read_json(&format!(r#"{{"id":"t","accountId":"a",{rest}}}"#))).expect_err(rest);
        assert_eq!(why(r#""currency":"GBP","postedDate":"2026-03-01""#), "amount: missing");
        assert_eq!(why(r#""amount":1,"currency":"","postedDate":"2026-03-01""#), "currency: missing");
        assert_eq!(why(r#""amount":1,"currency":"GBP","postedDate":"soon""#), "postedDate: names no day");
        assert!(why(r#""amount":0.12345678901234567890123456789012345,"currency":"GBP","postedDate":"2026-03-01""#).starts_with("amount"));
    }

    #[test]
    fn a_transaction_not_posted_yet_stands_on_the_day_it_was_authorised() {
        let told =
            read_json(r#"{"id":"t","accountId":"a","amount":1,"currency":"GBP","postedDate":null,"authorizedDate":"2026-03-02T00:00:00"}"#);
        assert_eq!(transaction(told).expect("record").date_text, "2026-03-02T00:00:00");
    }

    #[test]
    fn c29_balances_of_one_day_are_told_apart_the_same_way_in_every_walk() {
        let at = |text: &str, seen: &mut Seen| {
            let json = format!(r#"{{"accountId":"a","date":"{text}","balance":{{"current":1.10}}}}"#);
            balance(&read_json(&json), seen).expect("balance")
        };
        let mut seen = Seen::new();
        let noon = at("2026-03-01T12:00:00", &mut seen);
        let evening = at("2026-03-01T18:00:00Z", &mut seen);
        let twin = at("2026-03-01T18:00:00Z", &mut seen);
        assert_eq!(noon.day, evening.day);
        assert!(noon.ordinal < evening.ordinal && evening.ordinal < twin.ordinal);
        assert_eq!(at("2026-03-01T18:00:00Z", &mut Seen::new()).ordinal, evening.ordinal, "the next walk names it the same");
        assert_eq!(at("2026-03-01", &mut Seen::new()).ordinal, 0);
        assert_eq!(noon.current.as_deref(), Some("1.10"));
    }

    #[test]
    fn an_account_is_named_by_whatever_name_there_is() {
        let told: Account = read_json(r#"{"id":"a","name":"","accountName":"Old name","identifiers":{"maskedAccountNumber":"**** 5678"}}"#);
        let record = account(told, "").expect("account");
        assert_eq!((record.name.as_str(), record.ending.as_deref(), record.kind.as_str()), ("Old name", Some("5678"), "Unknown"));
    }

    #[test]
    fn the_newest_stamp_is_the_latest_instant_not_the_largest_text() {
        let stamps = ["2026-03-01T10:00:00", "2026-03-01T11:30:00+02:00", "2026-03-01T09:45:00.1234567Z", "soon"];
        let stamps: Vec<WireDate> = stamps.iter().map(|text| WireDate::from((*text).to_owned())).collect();
        assert_eq!(newest(stamps.iter()).as_deref(), Some("2026-03-01T10:00:00"));
    }
}
