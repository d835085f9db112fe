//! The period and the accounts that figures of one currency stand on.

use crate::analysis::view::{CountedAccount, PeriodQuery};
use crate::browse::days;
use domain::display::shown;
use domain::figures::Month;
use domain::figures::balance::Closings;
use domain::freshness::day_of_number;
use jiff::civil::Date;
use say::say;
use std::collections::{BTreeMap, HashMap};
use store::{AccountHistory, AccountRow, MonthSum, Store, StoreError};

/// Months that can be asked for.
const MONTHS: std::ops::RangeInclusive<u8> = 1..=36;

/// What figures of one currency stand on.
pub(super) struct Period {
    pub currencies: Vec<String>,
    pub currency: String,
    /// First month.
    pub from: Month,
    /// The present month.
    pub present: Month,
    pub today: Date,
    /// Sums of this currency's months.
    pub sums: BTreeMap<Month, MonthSum>,
    pub accounts: Vec<CountedAccount>,
    /// Closing balances of the accounts that count.
    pub closings: Vec<Closings>,
}

impl Period {
    /// `None` when the company is not here.
    pub(super) fn read(store: &Store, query: &PeriodQuery, today: Date) -> Result<Option<Self>, StoreError> {
        if store.company(&query.company_id)?.is_none() {
            return Ok(None);
        }
        let months = store.months(&query.company_id)?;
        let mut rows: BTreeMap<&str, u64> = BTreeMap::new();
        for month in &months {
            *rows.entry(&month.currency).or_default() += u64::from(month.count);
        }
        let mut currencies: Vec<(&str, u64)> = rows.into_iter().collect();
        currencies.sort_by(|(one, few), (other, many)| many.cmp(few).then(one.cmp(other)));
        let currencies: Vec<String> = currencies.into_iter().map(|(currency, _)| currency.to_owned()).collect();
        let wanted = query.currency.as_ref().filter(|wanted| currencies.contains(wanted));
        let currency = wanted.or(currencies.first()).cloned().unwrap_or_default();
        let sums = months
            .into_iter()
            .filter(|month| month.currency == currency)
            .filter_map(|sum| Some((Month::from_number(sum.year * 12 + i64::from(sum.month) - 1)?, sum)))
            .collect();
        let present = Month::of(today);
        let (accounts, closings) = accounts(store.accounts(&query.company_id)?, store.closing_balances(&query.company_id)?, &currency);
        Ok(Some(Self {
            currencies,
            currency,
            from: present.plus(-i32::from(query.months.clamp(*MONTHS.start(), *MONTHS.end()))),
            present,
            today,
            sums,
            accounts,
            closings,
        }))
    }

    /// The whole months.
    pub(super) fn whole(&self) -> impl Iterator<Item = Month> + use<> {
        self.from.up_to(self.present.plus(-1))
    }

    pub(super) fn last_whole_day(&self) -> Date {
        self.present.plus(-1).last()
    }
}

/// Accounts of a currency, and the closing balances of those that count.
fn accounts(accounts: Vec<AccountRow>, histories: Vec<AccountHistory>, currency: &str) -> (Vec<CountedAccount>, Vec<Closings>) {
    let mut known: HashMap<(String, String), AccountHistory> =
        histories.into_iter().map(|history| ((history.connection.clone(), history.account.clone()), history)).collect();
    let mut closings = vec![];
    let counted = accounts.into_iter().filter(|account| account.currency == currency).map(|account| {
        let history = known.remove(&(account.connection.clone(), account.id.clone())).map(|history| history.balances).unwrap_or_default();
        let balances: Closings = history.into_iter().filter_map(|(day, amount)| Some((day_of_number(day)?, amount))).collect();
        let left_out = if account.kind == "Credit" {
            Some(say!("a credit account: what it owes is no balance to spend"))
        } else if balances.is_empty() {
            Some(say!("the bank gave no closing balance"))
        } else {
            closings.push(balances);
            None
        };
        let ending = account.ending.as_deref().map(|ending| format!(" \u{2022}\u{2022}{}", shown(ending))).unwrap_or_default();
        CountedAccount { account_id: account.id, bank: shown(&account.bank), name: shown(&account.name) + &ending, left_out }
    });
    (counted.collect(), closings)
}

/// Days since 1970 of a period's ends, for the store.
pub(super) fn ends(from: Date, to: Date) -> (i64, i64) {
    (days(from), days(to))
}
