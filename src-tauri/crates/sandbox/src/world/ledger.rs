//! Believable money of a small business behind one connection. (Bodies follow.)

use super::{Bank, Field, Mode, Record};
use jiff::{Timestamp, civil::Date, civil::DateTime};
use rust_decimal::Decimal;
use std::borrow::Cow;
use uuid::Uuid;

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
    /// The business whose money it is.
    pub holder: String,
    /// The day consent was given: history reaches back `months` from here.
    pub opened: Date,
    /// Nothing later than this has happened yet.
    pub now: Timestamp,
    /// How many accounts; 0 = four.
    pub accounts: u32,
    /// How many transactions lie in the history up to `opened`; `None` = as many as such a business has (about 2,500).
    pub transactions: Option<u32>,
    /// Months of history before `opened`.
    pub months: u32,
    /// Write some amounts in exponent form (`1.2E+3`), which JSON allows and few expect.
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
    /// Closing balances of every finished day, by day and account.
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

/// What an account is for; decides what happens on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// Where the business lives.
    Current,
    /// Reserves for tax and rainy days.
    Savings,
    /// A company card: what is owed counts up, and a positive transaction reduces it.
    Card,
    /// A current account in another currency.
    Foreign,
    /// A business loan.
    Loan,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The provider's id.
    pub id: String,
    /// What it is for.
    pub kind: AccountKind,
    /// Name as the bank shows it.
    pub name: String,
    /// ISO 4217.
    pub currency: &'static str,
    /// Balance at `now`, as the wire tells it (for a card: what is owed).
    pub current: Decimal,
}

/// An account's closing balance of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The account's id.
    pub account_id: String,
    /// The day that closed.
    pub day: Date,
    /// The closing balance, as the wire tells it.
    pub current: Decimal,
}

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// The provider's id.
    pub id: String,
    /// The account's id.
    pub account_id: String,
    /// When it was posted, local time.
    pub posted: DateTime,
    /// Signed: money in is positive.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: &'static str,
}

/// One category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// The provider's id.
    pub id: String,
}

/// The ledger of a connection.
#[must_use]
pub fn ledger(_spec: &LedgerSpec) -> Ledger {
    Ledger::default()
}

macro_rules! stub {
    ($t:ty, $name:literal) => {
        impl Record for $t {
            const DATA_TYPE: &'static str = $name;
            fn id(&self) -> Option<&str> {
                None
            }
            fn key(&self) -> Cow<'_, str> {
                Cow::Borrowed("")
            }
            fn at(&self) -> DateTime {
                DateTime::default()
            }
            fn field(&self, _path: &str) -> Field<'_> {
                Field::Unknown
            }
            fn write_json(&self, _modified: Timestamp, out: &mut String) {
                out.push_str("{}");
            }
        }
    };
}
stub!(Account, "banking-accounts");
stub!(Balance, "banking-accountBalances");
stub!(Transaction, "banking-transactions");
stub!(Category, "banking-transactionCategories");
