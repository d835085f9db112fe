//! Accounts, balances, transactions and categories as a bank tells them through Codat.

use crate::wire::{Digits, lent, or_default};
use crate::words::{AccountType, CategoryStatus, IdentifierType, TransactionCode};
use serde::Deserialize;
use std::borrow::Cow;

/// A bank account.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account<'a> {
    /// Id.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// Name.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub name: Option<Cow<'a, str>>,
    /// The same, where older answers put it.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub account_name: Option<Cow<'a, str>>,
    /// Nickname.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub informal_name: Option<Cow<'a, str>>,
    /// Holder.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub holder: Option<Cow<'a, str>>,
    /// Had or owed.
    #[serde(default, rename = "type", deserialize_with = "lent")]
    pub account_type: Option<AccountType>,
    /// Balance.
    #[serde(default, deserialize_with = "or_default", borrow)]
    pub balance: Balance<'a>,
    /// Numbers.
    #[serde(default, deserialize_with = "or_default", borrow)]
    pub identifiers: Identifiers<'a>,
    /// Currency.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub currency: Option<Cow<'a, str>>,
    /// Bank.
    #[serde(default, deserialize_with = "or_default", borrow)]
    pub institution: Institution<'a>,
    /// Codat's copy changed.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub modified_date: Option<Cow<'a, str>>,
    /// The bank's record changed.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub source_modified_date: Option<Cow<'a, str>>,
}

/// Amounts of a balance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Balance<'a> {
    /// Can be spent.
    #[serde(default, borrow)]
    pub available: Option<Digits<'a>>,
    /// Booked.
    #[serde(default, borrow)]
    pub current: Option<Digits<'a>>,
    /// Overdraft or card limit; its sign means nothing.
    #[serde(default, borrow)]
    pub limit: Option<Digits<'a>>,
}

/// Numbers of an account.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Identifiers<'a> {
    /// What they belong to.
    #[serde(rename = "type", deserialize_with = "lent")]
    pub kind: Option<IdentifierType>,
    /// Finer than that.
    #[serde(deserialize_with = "lent", borrow)]
    pub subtype: Option<Cow<'a, str>>,
    /// Number.
    #[serde(deserialize_with = "lent", borrow)]
    pub number: Option<Cow<'a, str>>,
    /// Sort code or the like.
    #[serde(deserialize_with = "lent", borrow)]
    pub bank_code: Option<Cow<'a, str>>,
    /// IBAN.
    #[serde(deserialize_with = "lent", borrow)]
    pub iban: Option<Cow<'a, str>>,
    /// BIC.
    #[serde(deserialize_with = "lent", borrow)]
    pub bic: Option<Cow<'a, str>>,
    /// Masked number.
    #[serde(deserialize_with = "lent", borrow)]
    pub masked_account_number: Option<Cow<'a, str>>,
}

/// A bank by name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Institution<'a> {
    /// Id.
    #[serde(deserialize_with = "lent", borrow)]
    pub id: Option<Cow<'a, str>>,
    /// Name.
    #[serde(deserialize_with = "lent", borrow)]
    pub name: Option<Cow<'a, str>>,
}

/// A closing balance of a day. It has no id: account, date and place among equals name it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountBalance<'a> {
    /// Account.
    #[serde(borrow)]
    pub account_id: Cow<'a, str>,
    /// Amounts.
    #[serde(default, deserialize_with = "or_default", borrow)]
    pub balance: Balance<'a>,
    /// Day, as sent.
    #[serde(borrow)]
    pub date: Cow<'a, str>,
    /// Codat's copy changed.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub modified_date: Option<Cow<'a, str>>,
    /// The bank's record changed.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub source_modified_date: Option<Cow<'a, str>>,
}

/// A transaction.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction<'a> {
    /// Id.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// Account.
    #[serde(borrow)]
    pub account_id: Cow<'a, str>,
    /// Amount.
    #[serde(default, borrow)]
    pub amount: Option<Digits<'a>>,
    /// Currency.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub currency: Option<Cow<'a, str>>,
    /// Bank's text.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub description: Option<Cow<'a, str>>,
    /// Posted.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub posted_date: Option<Cow<'a, str>>,
    /// Authorised.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub authorized_date: Option<Cow<'a, str>>,
    /// Kind of movement.
    #[serde(default, deserialize_with = "lent")]
    pub code: Option<TransactionCode>,
    /// Merchant.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub merchant_name: Option<Cow<'a, str>>,
    /// Category.
    #[serde(default, borrow)]
    pub transaction_category_ref: Option<CategoryRef<'a>>,
    /// Codat's copy changed.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub modified_date: Option<Cow<'a, str>>,
    /// The bank's record changed.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub source_modified_date: Option<Cow<'a, str>>,
}

/// A pointer to a category.
#[derive(Clone, Debug, Deserialize)]
pub struct CategoryRef<'a> {
    /// May name a category that is not listed.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// Name.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub name: Option<Cow<'a, str>>,
}

/// A category.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionCategory<'a> {
    /// Id.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// Name.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// Parent.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub parent_id: Option<Cow<'a, str>>,
    /// There are finer ones.
    #[serde(default, deserialize_with = "or_default")]
    pub has_children: bool,
    /// In use or not.
    #[serde(default, deserialize_with = "lent")]
    pub status: Option<CategoryStatus>,
    /// Codat's copy changed.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub modified_date: Option<Cow<'a, str>>,
    /// The provider's record changed.
    #[serde(default, deserialize_with = "lent", borrow)]
    pub source_modified_date: Option<Cow<'a, str>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a, T: Deserialize<'a>>(json: &'a str) -> T {
        serde_json::from_str(json).expect(json)
    }

    #[test]
    fn an_account_is_read_with_its_open_words_and_its_doubled_members() {
        let account: Account<'_> = read(
            r#"{"id":"f0e3","name":"Current","informalName":null,"holder":"","type":"Debit","currency":"GBP",
            "balance":{"available":null,"current":205.78,"limit":-10000},"identifiers":{"type":"Debit","subtype":"checking","number":"12345678",
            "bankCode":"040004","iban":null,"bic":"","maskedAccountNumber":"****5678"},"institution":{"id":"i","name":"Demo"},
            "accountName":"Current","accountHolder":null,"accountType":"Debit","accountNumbers":{"x":1},"modifiedDate":"2026-01-01T00:00:00"}"#,
        );
        assert_eq!((account.name.as_deref(), account.account_name.as_deref(), account.holder), (Some("Current"), Some("Current"), None));
        assert_eq!(account.balance.current.as_ref().map(Digits::as_str), Some("205.78"));
        assert_eq!(
            account.identifiers.kind,
            Some(IdentifierType::Unknown("Debit".into())),
            "the documents show this word, the list does not"
        );
    }

    #[test]
    fn c31_null_absent_and_empty_are_alike() {
        let bare: Account<'_> = read(r#"{"id":"a"}"#);
        let nulls: Account<'_> =
            read(r#"{"id":"a","name":null,"type":null,"balance":null,"identifiers":null,"institution":null,"currency":""}"#);
        for account in [bare, nulls] {
            assert_eq!((account.name, account.account_type, account.balance, account.currency), (None, None, Balance::default(), None));
        }
    }

    #[test]
    fn c27_a_transactions_amount_keeps_its_digits() {
        let transaction: Transaction<'_> = read(
            r#"{"id":"lpQ_long","accountId":"a","amount":-1234567890123456.10,"currency":"GBP","description":"","merchantName":null,
            "postedDate":"2022-10-27","code":"directdebit","transactionCategoryRef":{"id":"BANK_FEES.ATM","name":""}}"#,
        );
        assert_eq!(
            transaction.amount.as_ref().map(Digits::as_str),
            Some("-1234567890123456.10"),
            "a float would have lost the last digits"
        );
        assert_eq!(
            (transaction.description, transaction.merchant_name, transaction.code),
            (None, None, Some(TransactionCode::DirectDebit))
        );
        assert_eq!(transaction.transaction_category_ref.and_then(|category| category.name), None);
        assert!(serde_json::from_str::<Transaction<'_>>(r#"{"id":"t","accountId":"a","amount":"5"}"#).is_err(), "a text is no amount");
    }

    #[test]
    fn c29_a_balance_has_no_id_and_its_date_keeps_its_text() {
        let balance: AccountBalance<'_> = read(r#"{"accountId":"a","balance":{"current":0},"date":"2022-10-13T00:00:00"}"#);
        assert_eq!(balance.date, "2022-10-13T00:00:00");
        assert!(serde_json::from_str::<AccountBalance<'_>>(r#"{"accountId":"a"}"#).is_err(), "without a day it is nobody's balance");
    }

    #[test]
    fn a_category_is_read_flat_or_nested_from_the_past() {
        let category: TransactionCategory<'_> = read(
            r#"{"id":"BANK_FEES.BANK_FEES_ATM_FEES","name":"ATM fees","parentId":"BANK_FEES","hasChildren":null,"status":"Sunset",
            "subcategories":[{"id":"x","name":"y"}],"modifiedDate":"2022-10-13T00:00:00"}"#,
        );
        assert_eq!(category.status, Some(CategoryStatus::Unknown("Sunset".into())));
    }
}
