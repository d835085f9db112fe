//! Accounts, balances, transactions and categories as a bank tells them through Codat.

use crate::ids::{AccountId, CategoryId, TransactionId};
use crate::wire::{Digits, WireDate, filled, or_default};
use crate::words::{AccountType, CategoryStatus, IdentifierType, TransactionCode};
use serde::Deserialize;

/// A bank account.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Id.
    pub id: AccountId,
    /// Name.
    #[serde(default, deserialize_with = "filled")]
    pub name: Option<String>,
    /// The same, where older answers put it.
    #[serde(default, deserialize_with = "filled")]
    pub account_name: Option<String>,
    /// Nickname.
    #[serde(default, deserialize_with = "filled")]
    pub informal_name: Option<String>,
    /// Holder.
    #[serde(default, deserialize_with = "filled")]
    pub holder: Option<String>,
    /// Had or owed.
    #[serde(default, rename = "type", deserialize_with = "filled")]
    pub account_type: Option<AccountType>,
    /// Balance.
    #[serde(default, deserialize_with = "or_default")]
    pub balance: Balance,
    /// Numbers.
    #[serde(default, deserialize_with = "or_default")]
    pub identifiers: Identifiers,
    /// Currency.
    #[serde(default, deserialize_with = "filled")]
    pub currency: Option<String>,
    /// Bank.
    #[serde(default, deserialize_with = "or_default")]
    pub institution: Institution,
    /// Codat's copy changed.
    #[serde(default, deserialize_with = "filled")]
    pub modified_date: Option<WireDate>,
    /// The bank's record changed.
    #[serde(default, deserialize_with = "filled")]
    pub source_modified_date: Option<WireDate>,
}

/// Amounts of a balance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Balance {
    /// Can be spent.
    #[serde(default)]
    pub available: Option<Digits>,
    /// Booked.
    #[serde(default)]
    pub current: Option<Digits>,
    /// Overdraft or card limit; its sign means nothing.
    #[serde(default)]
    pub limit: Option<Digits>,
}

/// Numbers of an account.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Identifiers {
    /// What they belong to.
    #[serde(rename = "type", deserialize_with = "filled")]
    pub kind: Option<IdentifierType>,
    /// Finer than that.
    #[serde(deserialize_with = "filled")]
    pub subtype: Option<String>,
    /// Number.
    #[serde(deserialize_with = "filled")]
    pub number: Option<String>,
    /// Sort code or the like.
    #[serde(deserialize_with = "filled")]
    pub bank_code: Option<String>,
    /// IBAN.
    #[serde(deserialize_with = "filled")]
    pub iban: Option<String>,
    /// BIC.
    #[serde(deserialize_with = "filled")]
    pub bic: Option<String>,
    /// Masked number.
    #[serde(deserialize_with = "filled")]
    pub masked_account_number: Option<String>,
}

/// A bank by name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Institution {
    /// Id.
    #[serde(deserialize_with = "filled")]
    pub id: Option<String>,
    /// Name.
    #[serde(deserialize_with = "filled")]
    pub name: Option<String>,
}

/// A closing balance of a day. It has no id: account, date and place among equals name it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountBalance {
    /// Account.
    pub account_id: AccountId,
    /// Amounts.
    #[serde(default, deserialize_with = "or_default")]
    pub balance: Balance,
    /// Day, as sent.
    pub date: WireDate,
    /// Codat's copy changed.
    #[serde(default, deserialize_with = "filled")]
    pub modified_date: Option<WireDate>,
    /// The bank's record changed.
    #[serde(default, deserialize_with = "filled")]
    pub source_modified_date: Option<WireDate>,
}

/// A transaction.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    /// Id.
    pub id: TransactionId,
    /// Account.
    pub account_id: AccountId,
    /// Amount.
    #[serde(default)]
    pub amount: Option<Digits>,
    /// Currency.
    #[serde(default, deserialize_with = "filled")]
    pub currency: Option<String>,
    /// Bank's text.
    #[serde(default, deserialize_with = "filled")]
    pub description: Option<String>,
    /// Posted.
    #[serde(default, deserialize_with = "filled")]
    pub posted_date: Option<WireDate>,
    /// Authorised.
    #[serde(default, deserialize_with = "filled")]
    pub authorized_date: Option<WireDate>,
    /// Kind of movement.
    #[serde(default, deserialize_with = "filled")]
    pub code: Option<TransactionCode>,
    /// Merchant.
    #[serde(default, deserialize_with = "filled")]
    pub merchant_name: Option<String>,
    /// Category.
    #[serde(default)]
    pub transaction_category_ref: Option<CategoryRef>,
    /// Codat's copy changed.
    #[serde(default, deserialize_with = "filled")]
    pub modified_date: Option<WireDate>,
    /// The bank's record changed.
    #[serde(default, deserialize_with = "filled")]
    pub source_modified_date: Option<WireDate>,
}

/// A pointer to a category.
#[derive(Clone, Debug, Deserialize)]
pub struct CategoryRef {
    /// May name a category that is not listed.
    pub id: CategoryId,
    /// Name.
    #[serde(default, deserialize_with = "filled")]
    pub name: Option<String>,
}

/// A category.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionCategory {
    /// Id.
    pub id: CategoryId,
    /// Name.
    pub name: String,
    /// Parent.
    #[serde(default, deserialize_with = "filled")]
    pub parent_id: Option<CategoryId>,
    /// There are finer ones.
    #[serde(default, deserialize_with = "or_default")]
    pub has_children: bool,
    /// In use or not.
    #[serde(default, deserialize_with = "filled")]
    pub status: Option<CategoryStatus>,
    /// Codat's copy changed.
    #[serde(default, deserialize_with = "filled")]
    pub modified_date: Option<WireDate>,
    /// The provider's record changed.
    #[serde(default, deserialize_with = "filled")]
    pub source_modified_date: Option<WireDate>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: serde::de::DeserializeOwned>(json: &str) -> T {
        serde_json::from_str(json).expect(json)
    }

    #[test]
    fn an_account_is_read_with_its_open_words_and_its_doubled_members() {
        let account: Account = read(
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
        let bare: Account = read(r#"{"id":"a"}"#);
        let nulls: Account =
            read(r#"{"id":"a","name":null,"type":null,"balance":null,"identifiers":null,"institution":null,"currency":""}"#);
        for account in [bare, nulls] {
            assert_eq!((account.name, account.account_type, account.balance, account.currency), (None, None, Balance::default(), None));
        }
    }

    #[test]
    fn c27_a_transactions_amount_keeps_its_digits() {
        let transaction: Transaction = read(
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
        assert!(serde_json::from_str::<Transaction>(r#"{"id":"t","accountId":"a","amount":"5"}"#).is_err(), "a text is no amount");
    }

    #[test]
    fn c29_a_balance_has_no_id_and_its_date_keeps_its_text() {
        let balance: AccountBalance = read(r#"{"accountId":"a","balance":{"current":0},"date":"2022-10-13T00:00:00"}"#);
        assert_eq!((balance.date.as_str(), balance.date.instant()), ("2022-10-13T00:00:00", None));
        assert!(serde_json::from_str::<AccountBalance>(r#"{"accountId":"a"}"#).is_err(), "without a day it is nobody's balance");
    }

    #[test]
    fn a_category_is_read_flat_or_nested_from_the_past() {
        let category: TransactionCategory = read(
            r#"{"id":"BANK_FEES.BANK_FEES_ATM_FEES","name":"ATM fees","parentId":"BANK_FEES","hasChildren":null,"status":"Sunset",
            "subcategories":[{"id":"x","name":"y"}],"modifiedDate":"2022-10-13T00:00:00"}"#,
        );
        assert_eq!(category.status, Some(CategoryStatus::Unknown("Sunset".into())));
    }
}
