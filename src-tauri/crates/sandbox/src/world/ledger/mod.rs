//! Believable money of a small business behind one connection: pay days, tax, rent, takings that follow the week and
//! the season, card bills, currencies, transfers between own accounts. Exact decimals throughout.
//!
//! Two promises: a day's closing balance is the opening balance plus every transaction up to it, to the last digit;
//! and a ledger read later begins with the ledger read earlier. Both follow from deciding each day from the days
//! before it and from nothing else. When records become visible (syncs, 90-day limits) is decided by the caller.

mod accounts;
mod categories;
mod ids;
mod money;
mod plan;
mod trade;
mod wire;
mod words;

use super::{Bank, DateForm, Dice, Mode};
use ids::{IdShape, other_case};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use plan::Event;
use rust_decimal::Decimal;
use std::sync::Arc;
use trade::What;
use uuid::Uuid;

pub use accounts::{Account, AccountKind};
pub use categories::Category;

/// What a ledger is made from. Two specs that differ only in `now` give ledgers of which the earlier is a prefix.
#[derive(Clone, Debug)]
pub struct LedgerSpec {
    /// The world's seed.
    pub seed: u64,
    /// The connection it lies behind.
    pub connection: Uuid,
    /// The provider: decides ids, categories and date forms.
    pub mode: Mode,
    /// The bank.
    pub bank: Bank,
    /// The business whose money it is; words like "bakery" or "studio" decide its trade.
    pub holder: String,
    /// The day consent was given: history reaches back `months` from here. Nothing happens on this day itself.
    pub opened: Date,
    /// Nothing later than this has happened yet.
    pub now: Timestamp,
    /// How many accounts; 0 = four (current, savings, card, foreign currency).
    pub accounts: u32,
    /// How many transactions lie in the history before `opened`, exactly; `None` = as many as such a business has
    /// (2,000 to 3,500 in 24 months). After `opened` they go on at the same pace.
    pub transactions: Option<u32>,
    /// Months of history before `opened`.
    pub months: u32,
    /// Write some amounts in exponent form (`-20578E-2`), which JSON allows and few expect.
    pub exponent_amounts: bool,
}

impl LedgerSpec {
    /// A spec with 24 months of history and the usual number of accounts and transactions.
    #[must_use]
    pub fn new(seed: u64, connection: Uuid, mode: Mode, bank: &Bank, holder: &str, opened: Date, now: Timestamp) -> Self {
        Self {
            seed,
            connection,
            mode,
            bank: bank.clone(),
            holder: holder.to_owned(),
            opened,
            now,
            accounts: 0,
            transactions: None,
            months: 24,
            exponent_amounts: false,
        }
    }
}

/// Everything the bank would tell about one connection up to `now`, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Closing balances of finished days, by day and account. Banks known to give no running balances (Monzo,
    /// Starling) tell month ends only.
    pub balances: Vec<Balance>,
    /// Transactions, in the order they were posted.
    pub transactions: Vec<Transaction>,
    /// The provider's categories.
    pub categories: Vec<Category>,
}

impl Ledger {
    /// Transactions posted on or after a day: what a provider gives that may only look 90 days back.
    #[must_use]
    pub fn transactions_since(&self, day: Date) -> &[Transaction] {
        let start = self.transactions.partition_point(|t| t.posted.date() < day);
        self.transactions.get(start..).unwrap_or_default()
    }

    /// Closing balances of this day and later.
    #[must_use]
    pub fn balances_since(&self, day: Date) -> &[Balance] {
        let start = self.balances.partition_point(|b| b.day < day);
        self.balances.get(start..).unwrap_or_default()
    }
}

/// An account's closing balance of one day. It has no id of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The account's id.
    pub account_id: Arc<str>,
    /// The day that closed.
    pub day: Date,
    /// The closing balance, as the wire tells it.
    pub current: Decimal,
    /// What is available, when the bank tells it.
    pub available: Option<Decimal>,
    /// The limit, when there is one.
    pub limit: Option<Decimal>,
    form: DateForm,
    absent: bool,
}

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// The provider's id.
    pub id: String,
    /// The account's id.
    pub account_id: Arc<str>,
    /// When it was posted, local time; midnight where the bank tells days only.
    pub posted: DateTime,
    /// When it was authorised, for card payments.
    pub authorized: Option<DateTime>,
    /// Signed: money in is positive; on a card, money paid off is positive.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: &'static str,
    /// The bank's line of text; may be empty or missing.
    pub description: Option<String>,
    /// The merchant; `Some("")` when the provider sends an empty one.
    pub merchant: Option<&'static str>,
    /// Codat's code, or now and then a word nobody promised.
    pub code: &'static str,
    /// Category id and name.
    pub category: Option<(&'static str, Option<&'static str>)>,
    source_modified: Option<DateTime>,
    form: DateForm,
    stamp_form: DateForm,
    absent: bool,
    exponent: bool,
}

/// The ledger of a connection.
#[must_use]
pub fn ledger(spec: &LedgerSpec) -> Ledger {
    let connection = accounts::connection_key(spec);
    let shape = IdShape::of(spec.mode, &spec.bank, spec.seed);
    let now = jiff::tz::Offset::UTC.to_datetime(spec.now);
    let business = money::Business::of(spec, connection);
    let mut accounts = accounts::open(spec, shape, business.revenue);
    let plan = plan::plan(spec, business.trade, &business.shape, &accounts, now.date());
    let main_form = *Dice::new(spec.seed, &[connection, 0xda7e]).pick(&DateForm::ALL[..6]);
    let only_month_ends = ["monzo", "starling"].iter().any(|name| spec.bank.key.starts_with(name));

    let mut balances = Vec::new();
    let mut transactions: Vec<Transaction> = Vec::with_capacity(plan.events.len());
    let mut events = plan.events.as_slice();
    for day in plan::each_day(plan.first_day, now.date()) {
        let count = events.partition_point(|event| event.day <= day);
        let (todays, later) = events.split_at(count);
        events = later;
        let snapshot: Vec<i64> = accounts.iter().map(|account| money::minor(account.current)).collect();
        let start = transactions.len();
        for (ordinal, event) in todays.iter().enumerate() {
            let mut dice = Dice::new(spec.seed, &[connection, u64::from(plan::number_of(day)), ordinal as u64]);
            let amount = money::amount(&business, &plan, &accounts, &snapshot, event, &mut dice);
            let before = (ordinal > 0).then(|| transactions.last().map(|t| t.id.as_str())).flatten();
            let id = match before {
                Some(before) if shape == IdShape::Long && dice.chance(1, 150) => other_case(before),
                _ => shape.write(&mut dice, plan::number_of(day), u32::try_from(ordinal).unwrap_or(u32::MAX)),
            };
            if let Some(account) = accounts.get(event.account) {
                transactions.push(transaction(spec, account, event, amount, id, main_form, &mut dice));
            }
        }
        if let Some(new) = transactions.get_mut(start..) {
            new.sort_by_key(|transaction| transaction.posted);
        }
        while transactions.len() > start && transactions.last().is_some_and(|t| t.posted > now) {
            transactions.pop();
        }
        let happened = transactions.get(start..).unwrap_or_default();
        for account in &mut accounts {
            let moved: Decimal = happened.iter().filter(|t| Arc::ptr_eq(&t.account_id, &account.id)).map(|t| t.amount).sum();
            if account.kind.is_owed() {
                account.current -= moved;
            } else {
                account.current += moved;
            }
        }
        if day < now.date() && (!only_month_ends || day == day.last_of_month()) {
            balances.extend(accounts.iter().map(|account| closing(account, day, main_form)));
        }
    }
    let categories = categories::categories(spec.mode, spec.seed, spec.opened.at(0, 0, 0, 0));
    Ledger { accounts, balances, transactions, categories }
}

fn closing(account: &Account, day: Date, main_form: DateForm) -> Balance {
    Balance {
        account_id: Arc::clone(&account.id),
        day,
        current: account.current,
        available: account.available(),
        limit: account.limit,
        form: if main_form == DateForm::DateOnly { DateForm::DateOnly } else { DateForm::Unzoned },
        absent: account.absent,
    }
}

fn transaction(
    spec: &LedgerSpec,
    account: &Account,
    event: &Event,
    amount: Decimal,
    id: String,
    main_form: DateForm,
    dice: &mut Dice,
) -> Transaction {
    let by_the_calendar = event.what < What::CardSale;
    let form = if dice.chance(1, 12) { *dice.pick(&DateForm::ALL) } else { main_form };
    let hours = if by_the_calendar { (2 * 3600, 7 * 3600 - 1) } else { (8 * 3600, 20 * 3600 - 1) };
    let second = dice.between(hours.0, hours.1);
    let fraction = i32::try_from(dice.below(10_000_000)).unwrap_or(0);
    let posted = at(event.day, form, second, fraction);
    let carded = matches!(event.what, What::Purchase | What::CardSale | What::Subscription);
    let authorized = (carded && dice.chance(3, 4)).then(|| {
        let day = event.day.saturating_sub(jiff::Span::new().days(dice.between(0, 2)));
        at(day, form, second, fraction)
    });
    let mut said = words::say(event.what, event.nth, amount.abs() > Decimal::from(80), event.day, spec.bank.country, dice);
    let odd = dice.below(600);
    let description = match odd {
        0 => None,
        1 => Some(String::new()),
        // Text as banks send it: a stray line break, quotes, what a spreadsheet would take for a formula.
        2 => Some(format!("=\"{}\"", said.description)),
        3 => Some(format!("{}\n REF \"\\{}\"", said.description, dice.below(1000))),
        _ => Some(std::mem::take(&mut said.description)),
    };
    let category = match dice.below(400) {
        0 => Some((categories::UNLISTED.0, Some(categories::UNLISTED.1))),
        1..15 => None,
        15..40 => Some((categories::category_of(spec.mode, event.what).0, None)),
        _ => {
            let (id, name) = categories::category_of(spec.mode, event.what);
            Some((id, Some(name)))
        }
    };
    let code = match dice.below(300) {
        0 => "Contactless",
        1 => "Unknown",
        2 => "NotSupported",
        _ => money::code_of(event.what, event.other_leg),
    };
    Transaction {
        id,
        account_id: Arc::clone(&account.id),
        posted,
        authorized,
        amount,
        currency: account.currency,
        description,
        merchant: said.merchant.or_else(|| dice.chance(1, 2).then_some("")),
        code,
        category,
        source_modified: dice.chance(1, 2).then_some(posted),
        form,
        stamp_form: if dice.chance(1, 10) { DateForm::SixDigits } else { DateForm::SevenDigits },
        absent: dice.chance(1, 2),
        exponent: spec.exponent_amounts && dice.chance(1, 20),
    }
}

/// A time as precise as the form can tell it, so that the wire and the ledger agree.
fn at(day: Date, form: DateForm, second: i64, fraction: i32) -> DateTime {
    let nanos = match form {
        DateForm::SevenDigits => fraction * 100,
        DateForm::SixDigits => fraction / 10 * 1_000,
        DateForm::Millis | DateForm::Seconds | DateForm::Offset => 0,
        DateForm::Unzoned | DateForm::DateOnly => return day.at(0, 0, 0, 0),
    };
    let part = |value: i64| i8::try_from(value).unwrap_or(0);
    day.at(part(second / 3600), part(second / 60 % 60), part(second % 60), nanos)
}

#[cfg(test)]
mod tests;
