//! Banking records, a page at a time, in the store's words. What cannot be held exactly is set aside whole.

use super::CodatSource;
use super::ask::{Failed, tell};
use crate::browse::days;
use crate::budget::Urgency;
use crate::ports::{Fetched, PageAsked, RecordPage, SourceError};
use codat::endpoint::banking::{ListAccounts, ListBalances, ListCategories, ListTransactions};
use codat::ids::{CompanyId, ConnectionId};
use codat::model::{Account, AccountBalance, Balance, Transaction, TransactionCategory};
use codat::wire::Digits;
use codat::{Absence, BadRecord, PageQuery, Sheet, Take, Taken};
use domain::data_type::DataType;
use domain::date;
use domain::money::Amount;
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::{AccountRecord, BalanceRecord, CategoryRecord, Quarantined, Records, TransactionRecord};

/// Newest changes last, so that what lands during a walk comes at its end.
const ORDER: &str = "modifiedDate";

pub(super) async fn fetch(source: &CodatSource, asked: PageAsked<'_>) -> Result<Fetched, SourceError> {
    let (company, connection) = (&CompanyId::new(asked.company), &ConnectionId::new(asked.connection));
    let mut page = PageQuery { page: asked.page.max(1), ..PageQuery::first(asked.size.clamp(1, 5_000), ORDER) };
    page.query = asked.since.map(|since| format!("modifiedDate>={since}"));
    let told = match asked.data_type {
        DataType::Accounts => source.ask(&ListAccounts { company, connection, page }, Urgency::Background).await,
        DataType::Balances => source.ask(&ListBalances { company, connection, page }, Urgency::Background).await,
        DataType::Categories => source.ask(&ListCategories { company, connection, page }, Urgency::Background).await,
        DataType::Transactions => source.ask(&ListTransactions { company, connection, page }, Urgency::Background).await,
    };
    let sheet = match told {
        Ok(sheet) => sheet,
        Err(Failed::Absent(Absence::NoData | Absence::NotSupported, _)) => return Ok(Fetched::Empty),
        Err(Failed::Absent(Absence::NotYet | Absence::AlreadyInProgress(_), _)) => return Ok(Fetched::NotYet),
        Err(failed) => return Err(failed.into()),
    };
    let data_type = asked.data_type;
    // Thousands of records are read elsewhere: whoever waits for the network next to us goes on waiting for nothing else.
    let read = crate::lane::read_page(move || match data_type {
        DataType::Accounts => read::<Accounts>(&sheet),
        DataType::Balances => read::<Balances>(&sheet),
        DataType::Categories => read::<Categories>(&sheet),
        DataType::Transactions => read::<Transactions>(&sheet),
    });
    let (page, next) = read.await.ok_or_else(|| SourceError::Unreadable("a page: reading it broke off".into()))??;
    source.is_ours(next.as_deref())?;
    Ok(Fetched::Page(page))
}

/// Records of one type on their way to the store.
trait Taking: Take {
    fn done(self) -> (Records, Newest);
}

fn read<T: Taking>(sheet: &Sheet) -> Result<(RecordPage, Option<String>), SourceError> {
    let Taken { records, quarantined, rows, total, next } = sheet.read::<T>().map_err(|error| tell(&error))?;
    let bad = quarantined.into_iter().map(|BadRecord { raw, error }| Quarantined { raw, why: error }).collect();
    let (records, Newest(newest)) = records.done();
    let has_next = next.is_some();
    Ok((RecordPage { records, bad, total, has_next, watermark: newest.map(|(_, stamp)| stamp), rows, sent: sheet.len() }, next))
}

/// The latest stamp as an instant, kept as it was written.
#[derive(Default)]
struct Newest(Option<(Timestamp, String)>);

impl Newest {
    fn see(&mut self, stamp: Option<&str>) {
        let Some(stamp) = stamp else { return };
        // Many records of one read bear the same stamp.
        if self.0.as_ref().is_some_and(|(_, newest)| newest == stamp) {
            return;
        }
        let Some(at) = date::instant_or_utc(stamp) else { return };
        if self.0.as_ref().is_none_or(|(newest, _)| at >= *newest) {
            self.0 = Some((at, stamp.to_owned()));
        }
    }
}

#[derive(Default)]
struct Accounts {
    rows: Vec<AccountRecord>,
    newest: Newest,
}

impl Take for Accounts {
    type Told<'a> = Account<'a>;
    const WITH_TEXT: bool = true;

    fn take(&mut self, told: Account<'_>, text: &str) -> Result<(), &'static str> {
        self.newest.see(told.modified_date.as_deref());
        self.rows.push(account(told, text)?);
        Ok(())
    }
}

impl Taking for Accounts {
    fn done(self) -> (Records, Newest) {
        (Records::Accounts(self.rows), self.newest)
    }
}

/// Texts that many rows of a page have: each is kept once.
#[derive(Default)]
struct Shared(HashSet<Arc<str>>);

impl Shared {
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(kept) = self.0.get(text) {
            return Arc::clone(kept);
        }
        let kept: Arc<str> = text.into();
        self.0.insert(Arc::clone(&kept));
        kept
    }

    fn some(&mut self, text: Option<Cow<'_, str>>) -> Option<Arc<str>> {
        text.map(|text| self.text(&text))
    }
}

#[derive(Default)]
struct Balances {
    rows: Vec<BalanceRecord>,
    shared: Shared,
    seen: Seen,
    newest: Newest,
}

impl Take for Balances {
    type Told<'a> = AccountBalance<'a>;

    fn take(&mut self, told: AccountBalance<'_>, _text: &str) -> Result<(), &'static str> {
        self.newest.see(told.modified_date.as_deref());
        self.rows.push(balance(told, &mut self.shared, &mut self.seen)?);
        Ok(())
    }
}

impl Taking for Balances {
    fn done(self) -> (Records, Newest) {
        (Records::Balances(self.rows), self.newest)
    }
}

#[derive(Default)]
struct Categories {
    rows: Vec<CategoryRecord>,
    newest: Newest,
}

impl Take for Categories {
    type Told<'a> = TransactionCategory<'a>;
    const WITH_TEXT: bool = true;

    fn take(&mut self, told: TransactionCategory<'_>, text: &str) -> Result<(), &'static str> {
        self.newest.see(told.modified_date.as_deref());
        self.rows.push(category(told, text));
        Ok(())
    }
}

impl Taking for Categories {
    fn done(self) -> (Records, Newest) {
        (Records::Categories(self.rows), self.newest)
    }
}

#[derive(Default)]
struct Transactions {
    rows: Vec<TransactionRecord>,
    shared: Shared,
    newest: Newest,
}

impl Take for Transactions {
    type Told<'a> = Transaction<'a>;

    fn take(&mut self, told: Transaction<'_>, _text: &str) -> Result<(), &'static str> {
        self.newest.see(told.modified_date.as_deref());
        self.rows.push(transaction(told, &mut self.shared)?);
        Ok(())
    }
}

impl Taking for Transactions {
    fn done(self) -> (Records, Newest) {
        (Records::Transactions(self.rows), self.newest)
    }
}

fn account(told: Account<'_>, raw: &str) -> Result<AccountRecord, &'static str> {
    let numbers = &told.identifiers;
    let number = [&numbers.number, &numbers.masked_account_number, &numbers.iban].into_iter().flatten().next();
    let ending = number.map(|number| ending(number)).filter(|ending| !ending.is_empty());
    let (current, available) = amounts(&told.balance)?;
    Ok(AccountRecord {
        id: told.id.into_owned(),
        name: told.name.or(told.account_name).or(told.informal_name).map(Cow::into_owned).unwrap_or_default(),
        holder: told.holder.map(Cow::into_owned),
        kind: told.account_type.map_or_else(|| "Unknown".to_owned(), |kind| kind.as_str().to_owned()),
        ending,
        currency: told.currency.map(Cow::into_owned).unwrap_or_default(),
        current,
        available,
        raw: raw.to_owned(),
    })
}

/// Numbers of an account as Codat sent it, as the bank wrote them: sort code or the like, number, IBAN, BIC.
///
/// # Errors
/// When it is none.
pub(crate) fn account_numbers(raw: &str) -> serde_json::Result<[Option<String>; 4]> {
    let numbers = serde_json::from_str::<Account<'_>>(raw)?.identifiers;
    Ok([numbers.bank_code, numbers.number, numbers.iban, numbers.bic].map(|number| number.map(Cow::into_owned)))
}

/// Which of several balances of one account, day and text on a page.
type Seen = HashMap<(Arc<str>, String), u32>;

fn balance(told: AccountBalance<'_>, shared: &mut Shared, seen: &mut Seen) -> Result<BalanceRecord, &'static str> {
    let day = date::day(&told.date).ok_or("date: names no day")?;
    let (current, available) = amounts(&told.balance)?;
    let (account, date_text) = (shared.text(&told.account_id), told.date.into_owned());
    let twin = seen.entry((Arc::clone(&account), date_text.clone())).and_modify(|twins| *twins += 1).or_insert(0);
    // A balance has no id. Its time of day tells it apart from others of the day, the same in every walk.
    let ordinal = second_of_day(&date_text).saturating_mul(16).saturating_add(*twin);
    Ok(BalanceRecord { account, day: days(day), date_text, ordinal, current, available })
}

fn category(told: TransactionCategory<'_>, raw: &str) -> CategoryRecord {
    CategoryRecord {
        id: told.id.into_owned(),
        name: told.name.into_owned(),
        parent: told.parent_id.map(Cow::into_owned),
        raw: raw.to_owned(),
    }
}

fn transaction(told: Transaction<'_>, shared: &mut Shared) -> Result<TransactionRecord, &'static str> {
    let dates = [told.posted_date, told.authorized_date].into_iter().flatten();
    let (day, date) = dates.filter_map(|text| Some((date::day(&text)?, text))).next().ok_or("postedDate: names no day")?;
    let amount = exact(told.amount.ok_or("amount: missing")?)?;
    let (category, category_name) = told.transaction_category_ref.map(|category| (category.id, category.name)).unzip();
    Ok(TransactionRecord {
        id: told.id.into_owned(),
        account: shared.text(&told.account_id),
        day: days(day),
        date_text: date.into_owned(),
        amount,
        currency: shared.text(&told.currency.ok_or("currency: missing")?),
        description: told.description.map(Cow::into_owned),
        merchant: shared.some(told.merchant_name),
        code: shared.text(told.code.as_ref().map_or("Unknown", |code| code.as_str())),
        category: shared.some(category),
        category_name: shared.some(category_name.flatten()),
    })
}

fn amounts(balance: &Balance<'_>) -> Result<(Option<String>, Option<String>), &'static str> {
    let text = |digits: Option<Digits<'_>>| digits.map(|digits| exact(digits).map(|amount| amount.to_string())).transpose();
    Ok((text(balance.current)?, text(balance.available)?))
}

fn exact(digits: Digits<'_>) -> Result<Amount, &'static str> {
    Amount::parse(digits.as_str()).map_err(|_| "amount: more digits than can be held exactly")
}

fn ending(number: &str) -> String {
    let kept: Vec<char> = number.chars().filter(char::is_ascii_alphanumeric).collect();
    kept[kept.len().saturating_sub(4)..].iter().collect()
}

/// Of the text as it stands, in no zone.
fn second_of_day(date: &str) -> u32 {
    let part = |from: usize| date.get(from..from + 2).and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    part(11) * 3_600 + part(14) * 60 + part(17)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_json<'a, T: serde::Deserialize<'a>>(json: &'a str) -> T {
        serde_json::from_str(json).expect(json)
    }

    #[test]
    fn c28_the_day_is_the_one_that_is_written_and_the_digits_too() {
        let told = read_json(
            r#"{"id":"t","accountId":"a","amount":-12.50,"currency":"GBP","postedDate":"2026-03-01T23:30:00+02:00","code":"fee"}"#,
        );
        let record = transaction(told, &mut Shared::default()).expect("record");
        assert_eq!((record.day, record.date_text.as_str()), (20_513, "2026-03-01T23:30:00+02:00"), "not shifted into UTC");
        assert_eq!((record.amount.to_string().as_str(), &*record.code), ("-12.50", "Fee"));
    }

    #[test]
    fn what_cannot_be_held_exactly_is_set_aside_and_says_why() {
        let why = |rest: &str| {
            transaction(read_json(&format!(r#"{{"id":"t","accountId":"a",{rest}}}"#)), &mut Shared::default()).expect_err(rest)
        };
        assert_eq!(why(r#""currency":"GBP","postedDate":"2026-03-01""#), "amount: missing");
        assert_eq!(why(r#""amount":1,"currency":"","postedDate":"2026-03-01""#), "currency: missing");
        assert_eq!(why(r#""amount":1,"currency":"GBP","postedDate":"soon""#), "postedDate: names no day");
        assert!(why(r#""amount":0.12345678901234567890123456789012345,"currency":"GBP","postedDate":"2026-03-01""#).starts_with("amount"));
    }

    #[test]
    fn a_transaction_not_posted_yet_stands_on_the_day_it_was_authorised() {
        let told =
            read_json(r#"{"id":"t","accountId":"a","amount":1,"currency":"GBP","postedDate":null,"authorizedDate":"2026-03-02T00:00:00"}"#);
        assert_eq!(transaction(told, &mut Shared::default()).expect("record").date_text, "2026-03-02T00:00:00");
    }

    #[test]
    fn c29_balances_of_one_day_are_told_apart_the_same_way_in_every_walk() {
        let at = |text: &str, seen: &mut Seen| {
            let json = format!(r#"{{"accountId":"a","date":"{text}","balance":{{"current":1.10}}}}"#);
            balance(read_json(&json), &mut Shared::default(), seen).expect("balance")
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
        let told: Account<'_> =
            read_json(r#"{"id":"a","name":"","accountName":"Old name","identifiers":{"maskedAccountNumber":"**** 5678"}}"#);
        let record = account(told, "").expect("account");
        assert_eq!((record.name.as_str(), record.ending.as_deref(), record.kind.as_str()), ("Old name", Some("5678"), "Unknown"));
    }

    #[test]
    fn the_newest_stamp_is_the_latest_instant_not_the_largest_text() {
        let stamps = ["2026-03-01T10:00:00", "2026-03-01T11:30:00+02:00", "2026-03-01T09:45:00.1234567Z", "soon"];
        let mut newest = Newest::default();
        stamps.into_iter().for_each(|stamp| newest.see(Some(stamp)));
        assert_eq!(newest.0.map(|(_, stamp)| stamp).as_deref(), Some("2026-03-01T10:00:00"));
    }
}
