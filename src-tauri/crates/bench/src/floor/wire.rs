//! A transaction as it comes over the wire, borrowed from its page.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::str::FromStr as _;

#[derive(Deserialize)]
pub(super) struct Page<'a> {
    #[serde(borrow)]
    pub(super) results: Vec<Row<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) account_id: Cow<'a, str>,
    #[serde(borrow)]
    amount: &'a RawValue,
    #[serde(borrow)]
    pub(super) currency: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) description: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) merchant_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) code: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) posted_date: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) transaction_category_ref: Option<CategoryRef<'a>>,
}

#[derive(Deserialize)]
pub(super) struct CategoryRef<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) name: Option<Cow<'a, str>>,
}

impl Row<'_> {
    /// The amount, exact.
    pub(super) fn amount(&self) -> crate::Result<Decimal> {
        exact(self.amount.get())
    }
}

pub(super) fn exact(text: &str) -> crate::Result<Decimal> {
    Ok(Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text))?)
}
