//! The four kinds of record as Codat tells them, awkward parts included (S62 to S68 and S72 of the contract).

use super::{Account, Balance, Category, Transaction};
use crate::world::record::{Field, Object, Record, write_amount, write_text};
use jiff::{Timestamp, civil::DateTime};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::fmt::Write as _;

fn text(value: &str) -> Field<'_> {
    Field::Text(Cow::Borrowed(value))
}

fn or_missing<'a, T>(value: Option<T>, field: impl FnOnce(T) -> Field<'a>) -> Field<'a> {
    value.map_or(Field::Missing, field)
}

/// A member that is null in some records and absent in others when there is nothing to say.
fn text_or_nothing(object: &mut Object<'_>, name: &str, value: Option<&str>, absent: bool) {
    match value {
        Some(value) => object.text(name, value),
        None if absent => {}
        None => object.null(name),
    }
}

fn balance_object(out: &mut String, current: Decimal, available: Option<Decimal>, limit: Option<Decimal>, absent: bool) {
    let mut balance = Object::open(out);
    match available {
        Some(available) => balance.amount("available", available),
        None if absent => {}
        None => balance.null("available"),
    }
    balance.amount("current", current);
    match limit {
        Some(limit) => balance.amount("limit", limit),
        None if absent => {}
        None => balance.null("limit"),
    }
    balance.close();
}

impl Record for Account {
    const DATA_TYPE: &'static str = "banking-accounts";

    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }

    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn at(&self) -> DateTime {
        // An account is not of a day: no history limit hides it.
        DateTime::MAX
    }

    fn field(&self, path: &str) -> Field<'_> {
        match path.to_ascii_lowercase().as_str() {
            "id" => text(&self.id),
            "name" | "accountname" => text(&self.name),
            "informalname" => or_missing(self.informal_name.as_deref(), text),
            "holder" | "accountholder" => or_missing(self.holder.as_deref(), text),
            "type" | "accounttype" => text(self.account_type),
            "currency" => text(self.currency),
            "balance.current" => Field::Number(self.current),
            "balance.available" => or_missing(self.available(), Field::Number),
            "balance.limit" => or_missing(self.limit, Field::Number),
            "identifiers.type" => text(self.identifier_type),
            "identifiers.subtype" => or_missing(self.subtype, text),
            "identifiers.number" => or_missing(self.number.as_deref(), text),
            "identifiers.bankcode" => or_missing(self.bank_code.as_deref(), text),
            "identifiers.iban" => or_missing(self.iban.as_deref(), text),
            "identifiers.bic" => or_missing(self.bic.as_deref(), text),
            "identifiers.maskedaccountnumber" => text(&self.masked),
            "institution.id" => text(&self.institution_id),
            "institution.name" => text(&self.institution),
            "sourcemodifieddate" => Field::Missing,
            _ => Field::Unknown,
        }
    }

    fn write_json(&self, modified: Timestamp, out: &mut String) {
        let mut account = Object::open(out);
        account.text("id", &self.id);
        account.text("name", &self.name);
        text_or_nothing(&mut account, "informalName", self.informal_name.as_deref(), self.absent);
        text_or_nothing(&mut account, "holder", self.holder.as_deref(), self.absent);
        account.text("type", self.account_type);
        balance_object(account.member("balance"), self.current, self.available(), self.limit, self.absent);
        let mut identifiers = Object::open(account.member("identifiers"));
        identifiers.text("type", self.identifier_type);
        text_or_nothing(&mut identifiers, "subtype", self.subtype, self.absent);
        text_or_nothing(&mut identifiers, "number", self.number.as_deref(), self.absent);
        text_or_nothing(&mut identifiers, "bankCode", self.bank_code.as_deref(), self.absent);
        text_or_nothing(&mut identifiers, "iban", self.iban.as_deref(), self.absent);
        text_or_nothing(&mut identifiers, "bic", self.bic.as_deref(), false);
        identifiers.text("maskedAccountNumber", &self.masked);
        identifiers.close();
        account.text("currency", self.currency);
        let mut institution = Object::open(account.member("institution"));
        institution.text("id", &self.institution_id);
        institution.text("name", &self.institution);
        institution.close();
        account.instant("modifiedDate", self.form, modified);
        if !self.absent {
            account.null("sourceModifiedDate");
        }
        // Older duplicates, undocumented and still sent (S66).
        account.text("accountName", &self.name);
        text_or_nothing(&mut account, "accountHolder", self.holder.as_deref(), self.absent);
        account.text("accountType", self.account_type);
        let mut numbers = Object::open(account.member("accountNumbers"));
        text_or_nothing(&mut numbers, "number", self.number.as_deref(), false);
        text_or_nothing(&mut numbers, "bankCode", self.bank_code.as_deref(), false);
        numbers.close();
        account.close();
    }
}

impl Record for Balance {
    const DATA_TYPE: &'static str = "banking-accountBalances";

    fn id(&self) -> Option<&str> {
        None
    }

    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{}@{}", self.account_id, self.day))
    }

    fn at(&self) -> DateTime {
        self.day.at(0, 0, 0, 0)
    }

    fn field(&self, path: &str) -> Field<'_> {
        match path.to_ascii_lowercase().as_str() {
            "accountid" => text(&self.account_id),
            "date" => Field::When(self.at()),
            "balance.current" => Field::Number(self.current),
            "balance.available" => or_missing(self.available, Field::Number),
            "balance.limit" => or_missing(self.limit, Field::Number),
            "sourcemodifieddate" => Field::Missing,
            _ => Field::Unknown,
        }
    }

    fn write_json(&self, modified: Timestamp, out: &mut String) {
        let mut balance = Object::open(out);
        balance.text("accountId", &self.account_id);
        balance_object(balance.member("balance"), self.current, self.available, self.limit, self.absent);
        balance.date("date", self.form, self.at());
        balance.instant("modifiedDate", crate::world::DateForm::SevenDigits, modified);
        if !self.absent {
            balance.null("sourceModifiedDate");
        }
        balance.close();
    }
}

impl Record for Transaction {
    const DATA_TYPE: &'static str = "banking-transactions";

    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }

    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn at(&self) -> DateTime {
        self.posted
    }

    fn field(&self, path: &str) -> Field<'_> {
        match path.to_ascii_lowercase().as_str() {
            "id" => text(&self.id),
            "accountid" => text(&self.account_id),
            "amount" => Field::Number(self.amount),
            "currency" => text(self.currency),
            "description" => or_missing(self.description.as_deref(), text),
            "merchantname" => or_missing(self.merchant, text),
            "code" => text(self.code),
            "posteddate" => Field::When(self.posted),
            "authorizeddate" => or_missing(self.authorized, Field::When),
            "transactioncategoryref.id" => or_missing(self.category, |(id, _)| text(id)),
            "transactioncategoryref.name" => or_missing(self.category.and_then(|(_, name)| name), text),
            "sourcemodifieddate" => or_missing(self.source_modified, Field::When),
            _ => Field::Unknown,
        }
    }

    fn write_json(&self, modified: Timestamp, out: &mut String) {
        let mut transaction = Object::open(out);
        transaction.text("id", &self.id);
        transaction.text("accountId", &self.account_id);
        if self.exponent {
            // `String` never refuses a write.
            let _ = write!(transaction.member("amount"), "{}E-{}", self.amount.mantissa(), self.amount.scale());
        } else {
            write_amount(self.amount, transaction.member("amount"));
        }
        transaction.text("currency", self.currency);
        text_or_nothing(&mut transaction, "description", self.description.as_deref(), self.absent);
        text_or_nothing(&mut transaction, "merchantName", self.merchant, self.absent);
        transaction.text("code", self.code);
        transaction.date("postedDate", self.form, self.posted);
        match self.authorized {
            Some(at) => transaction.date("authorizedDate", self.form, at),
            None if self.absent => {}
            None => transaction.null("authorizedDate"),
        }
        match self.category {
            Some((id, name)) => {
                let mut category = Object::open(transaction.member("transactionCategoryRef"));
                category.text("id", id);
                text_or_nothing(&mut category, "name", name, self.absent);
                category.close();
            }
            None if self.absent => {}
            None => transaction.null("transactionCategoryRef"),
        }
        transaction.instant("modifiedDate", self.stamp_form, modified);
        match self.source_modified {
            Some(at) => transaction.date("sourceModifiedDate", self.form, at),
            None if self.absent => {}
            None => transaction.null("sourceModifiedDate"),
        }
        transaction.close();
    }
}

impl Record for Category {
    const DATA_TYPE: &'static str = "banking-transactionCategories";

    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }

    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn at(&self) -> DateTime {
        // A category is not of a day: no history limit hides it.
        DateTime::MAX
    }

    fn field(&self, path: &str) -> Field<'_> {
        match path.to_ascii_lowercase().as_str() {
            "id" => text(&self.id),
            "name" => text(&self.name),
            "parentid" => or_missing(self.parent_id.as_deref(), text),
            "haschildren" => Field::Flag(self.has_children),
            "status" => text(self.status),
            "sourcemodifieddate" => or_missing(self.source_modified, Field::When),
            _ => Field::Unknown,
        }
    }

    fn write_json(&self, modified: Timestamp, out: &mut String) {
        let mut category = Object::open(out);
        category.text("id", &self.id);
        write_text(&self.name, category.member("name"));
        text_or_nothing(&mut category, "parentId", self.parent_id.as_deref(), false);
        category.flag("hasChildren", self.has_children);
        category.text("status", self.status);
        category.instant("modifiedDate", self.form, modified);
        if let Some(at) = self.source_modified {
            category.date("sourceModifiedDate", self.form, at);
        }
        category.close();
    }
}
