//! A row on its way to a file, and what all rows of a file come to.

use crate::view::{CurrencySum, TransactionRow};
use domain::money::{Amount, Total};
use domain::own_category::Mapping;
use std::collections::BTreeMap;

/// The columns of every format, in this order.
pub(super) const COLUMNS: [&str; 13] = [
    "id",
    "accountId",
    "account",
    "date",
    "dateText",
    "amount",
    "currency",
    "description",
    "merchant",
    "category",
    "ownCategory",
    "code",
    "missing",
];

/// What a person is shown, and the day and the amount as what they are.
pub(super) struct Row {
    pub(super) told: TransactionRow,
    /// Since 1970.
    pub(super) day: i64,
    pub(super) amount: Amount,
}

impl Row {
    pub(super) fn of(row: store::TransactionRow, mapping: &Mapping) -> Self {
        let (day, amount) = (row.day, row.amount);
        Self { told: crate::browse::row(row, mapping), day, amount }
    }
}

/// In, out and rows per currency; never across.
#[derive(Default)]
pub(super) struct Sums(BTreeMap<String, (Total, Total, u32)>);

impl Sums {
    pub(super) fn add(&mut self, row: &Row) {
        if !self.0.contains_key(&row.told.currency) {
            self.0.insert(row.told.currency.clone(), Default::default());
        }
        if let Some((money_in, money_out, count)) = self.0.get_mut(&row.told.currency) {
            if row.amount.is_negative() { money_out } else { money_in }.add(row.amount);
            *count += 1;
        }
    }

    pub(super) fn told(&self) -> Vec<CurrencySum> {
        let told = |(currency, (money_in, money_out, count)): (&String, &(Total, Total, u32))| CurrencySum {
            currency: currency.clone(),
            money_in: money_in.to_string(),
            money_out: money_out.to_string(),
            count: *count,
        };
        self.0.iter().map(told).collect()
    }
}
