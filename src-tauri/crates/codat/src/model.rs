//! Codat's objects, as tolerant as the wire needs: absent equals null, words of open sets stay text, amounts keep their digits.
//!
//! Members that nobody here reads are not listed; they are kept in the record's raw text.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A number's literal digits, so that no amount ever passes through a float.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits(pub String);

impl<'de> Deserialize<'de> for Digits {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        let text = raw.get();
        if text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        Err(serde::de::Error::custom("expected a number"))
    }
}

/// null and absent are the same; so is an empty text, which Codat sends where it means nothing.
fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.filter(|text| !text.is_empty()))
}

fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// A source that can be connected: with TrueLayer one a bank, with Plaid one in all.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    /// Platform key.
    #[serde(alias = "Key")]
    pub key: String,
    /// Name.
    #[serde(alias = "Name")]
    pub name: String,
    /// May be an empty text.
    #[serde(default, alias = "LogoUrl", deserialize_with = "text")]
    pub logo_url: Option<String>,
    /// Switched on in the Portal.
    #[serde(default, alias = "Enabled")]
    pub enabled: bool,
    /// Source.
    #[serde(default, alias = "SourceId", deserialize_with = "text")]
    pub source_id: Option<String>,
    /// Provider.
    #[serde(default, alias = "IntegrationId", deserialize_with = "text")]
    pub integration_id: Option<String>,
    /// `Banking`, `Accounting` …
    #[serde(default, alias = "SourceType", deserialize_with = "text")]
    pub source_type: Option<String>,
    /// Not final.
    #[serde(default)]
    pub is_beta: bool,
}

/// A company.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Company {
    /// Id.
    #[serde(alias = "Id")]
    pub id: String,
    /// Name as stored, which may differ from the name as sent.
    #[serde(alias = "Name")]
    pub name: String,
    /// Company link.
    #[serde(default, deserialize_with = "text")]
    pub redirect: Option<String>,
    /// Description.
    #[serde(default, deserialize_with = "text")]
    pub description: Option<String>,
    /// Platform of old answers; today an empty text.
    #[serde(default, deserialize_with = "text")]
    pub platform: Option<String>,
    /// Status of old answers.
    #[serde(default, deserialize_with = "text")]
    pub status: Option<String>,
    /// Last sync.
    #[serde(default, deserialize_with = "text")]
    pub last_sync: Option<String>,
    /// Made.
    #[serde(default, deserialize_with = "text")]
    pub created: Option<String>,
    /// Tags.
    #[serde(default, deserialize_with = "or_default")]
    pub tags: BTreeMap<String, String>,
    /// Connections.
    #[serde(default, deserialize_with = "or_default")]
    pub data_connections: Vec<Connection>,
}

/// A connection of a company to a source.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// Id.
    #[serde(alias = "Id")]
    pub id: String,
    /// Provider.
    #[serde(default, deserialize_with = "text")]
    pub integration_id: Option<String>,
    /// Platform key, when sent.
    #[serde(default, deserialize_with = "text")]
    pub integration_key: Option<String>,
    /// Source.
    #[serde(default, deserialize_with = "text")]
    pub source_id: Option<String>,
    /// Kind of source.
    #[serde(default, deserialize_with = "text")]
    pub source_type: Option<String>,
    /// Name of the source.
    #[serde(default, deserialize_with = "text")]
    pub platform_name: Option<String>,
    /// Link, possibly one-time: opaque, never kept.
    #[serde(default, deserialize_with = "text")]
    pub link_url: Option<String>,
    /// `PendingAuth`, `Linked`, `Unlinked`, `Deauthorized`, or something new.
    #[serde(alias = "Status")]
    pub status: String,
    /// Last sync.
    #[serde(default, deserialize_with = "text")]
    pub last_sync: Option<String>,
    /// Made.
    #[serde(default, deserialize_with = "text")]
    pub created: Option<String>,
    /// Errors, newest first as a rule.
    #[serde(default, deserialize_with = "or_default")]
    pub data_connection_errors: Vec<ConnectionError>,
}

/// An error that Codat holds for a connection.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnectionError {
    /// A text, not a number.
    #[serde(deserialize_with = "word")]
    pub status_code: String,
    /// Provider's words.
    #[serde(deserialize_with = "text")]
    pub status_text: Option<String>,
    /// Codat's words.
    #[serde(deserialize_with = "text")]
    pub error_message: Option<String>,
    /// When.
    #[serde(deserialize_with = "text")]
    pub errored_on_utc: Option<String>,
    /// `Active`, `Resolved`, or nothing.
    #[serde(deserialize_with = "text")]
    pub status: Option<String>,
}

/// A text that was a number in some answers.
fn word<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(from)?;
    Ok(raw.map(|raw| raw.get().trim_matches('"').to_owned()).unwrap_or_default())
}

/// Status of one data type, over all connections of a company.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataStatus {
    /// Data type.
    pub data_type: String,
    /// Missing when never synced.
    #[serde(default, deserialize_with = "text")]
    pub current_status: Option<String>,
    /// Last success.
    #[serde(default, deserialize_with = "text")]
    pub last_successful_sync: Option<String>,
    /// Latest dataset.
    #[serde(default, deserialize_with = "text")]
    pub latest_sync_id: Option<String>,
    /// Latest good dataset.
    #[serde(default, deserialize_with = "text")]
    pub latest_successful_sync_id: Option<String>,
}

/// A dataset: one read of one data type of one connection.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PullOperation {
    /// Id.
    pub id: String,
    /// Company.
    pub company_id: String,
    /// Connection.
    pub connection_id: String,
    /// Data type.
    pub data_type: String,
    /// One of 21, or something new.
    pub status: String,
    /// For example "Paused until …".
    #[serde(default, deserialize_with = "text")]
    pub status_description: Option<String>,
    /// Why it failed.
    #[serde(default, deserialize_with = "text")]
    pub error_message: Option<String>,
    /// Asked for.
    #[serde(default, deserialize_with = "text")]
    pub requested: Option<String>,
    /// Ended.
    #[serde(default, deserialize_with = "text")]
    pub completed: Option<String>,
    /// 0 to 100: shown, never computed with.
    #[serde(default)]
    pub progress: Option<u32>,
    /// Ended *well*.
    #[serde(default)]
    pub is_completed: bool,
    /// Ended, not well.
    #[serde(default)]
    pub is_errored: bool,
}

/// The client's own settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Client name.
    pub name: String,
    /// Redirect template, one for the whole client.
    #[serde(default, deserialize_with = "text")]
    pub redirect_url: Option<String>,
}

/// Schedules per data type. Sent back whole: a type left out would be lost.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncSettings {
    /// Per data type.
    #[serde(default)]
    pub settings: Vec<SyncSetting>,
    /// They stand over the client's.
    #[serde(default)]
    pub overrides_defaults: bool,
}

/// Schedule of one data type.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncSetting {
    /// Data type.
    pub data_type: String,
    /// Read as soon as a connection links.
    #[serde(default)]
    pub fetch_on_first_link: bool,
    /// Hours; 0 is none.
    #[serde(default)]
    pub sync_schedule: u32,
    /// Order.
    #[serde(default)]
    pub sync_order: u32,
    /// Months back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_from_window: Option<u32>,
    /// Day to start from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_from_utc: Option<String>,
    /// Months to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months_to_sync: Option<u32>,
    /// Cannot be changed.
    #[serde(default)]
    pub is_locked: bool,
}

/// A bank account.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Id.
    pub id: String,
    /// Name.
    #[serde(default, alias = "accountName", deserialize_with = "text")]
    pub name: Option<String>,
    /// Nickname.
    #[serde(default, deserialize_with = "text")]
    pub informal_name: Option<String>,
    /// Holder.
    #[serde(default, deserialize_with = "text")]
    pub holder: Option<String>,
    /// `Debit`, `Credit`, or something else.
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub account_type: Option<String>,
    /// Balance.
    #[serde(default)]
    pub balance: Option<Balance>,
    /// Numbers.
    #[serde(default)]
    pub identifiers: Option<Identifiers>,
    /// Currency.
    #[serde(default, deserialize_with = "text")]
    pub currency: Option<String>,
    /// Bank.
    #[serde(default)]
    pub institution: Option<Institution>,
    /// Codat's copy changed.
    #[serde(default, deserialize_with = "text")]
    pub modified_date: Option<String>,
}

/// Amounts of a balance.
#[derive(Clone, Debug, Default, Deserialize)]
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
    /// Kind, an open set.
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Option<String>,
    /// Number.
    #[serde(deserialize_with = "text")]
    pub number: Option<String>,
    /// Sort code or the like.
    #[serde(deserialize_with = "text")]
    pub bank_code: Option<String>,
    /// IBAN.
    #[serde(deserialize_with = "text")]
    pub iban: Option<String>,
    /// BIC.
    #[serde(deserialize_with = "text")]
    pub bic: Option<String>,
    /// Masked number.
    #[serde(deserialize_with = "text")]
    pub masked_account_number: Option<String>,
}

/// A bank by name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Institution {
    /// Name.
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
}

/// A closing balance of a day. It has no id.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountBalance {
    /// Account.
    pub account_id: String,
    /// Amounts.
    #[serde(default)]
    pub balance: Balance,
    /// Day, as sent.
    pub date: String,
    /// Codat's copy changed.
    #[serde(default, deserialize_with = "text")]
    pub modified_date: Option<String>,
}

/// A transaction.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    /// Id.
    pub id: String,
    /// Account.
    pub account_id: String,
    /// Amount.
    #[serde(default)]
    pub amount: Option<Digits>,
    /// Currency.
    #[serde(default, deserialize_with = "text")]
    pub currency: Option<String>,
    /// Bank's text.
    #[serde(default, deserialize_with = "text")]
    pub description: Option<String>,
    /// Posted.
    #[serde(default, deserialize_with = "text")]
    pub posted_date: Option<String>,
    /// Authorised.
    #[serde(default, deserialize_with = "text")]
    pub authorized_date: Option<String>,
    /// Kind, an open set.
    #[serde(default, deserialize_with = "text")]
    pub code: Option<String>,
    /// Merchant.
    #[serde(default, deserialize_with = "text")]
    pub merchant_name: Option<String>,
    /// Category.
    #[serde(default)]
    pub transaction_category_ref: Option<CategoryRef>,
    /// Codat's copy changed.
    #[serde(default, deserialize_with = "text")]
    pub modified_date: Option<String>,
}

/// A pointer to a category.
#[derive(Clone, Debug, Deserialize)]
pub struct CategoryRef {
    /// Id; may name a category that is not listed.
    pub id: String,
    /// Name.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
}

/// A category.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionCategory {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Parent.
    #[serde(default, deserialize_with = "text")]
    pub parent_id: Option<String>,
    /// `Active`, `Archived`, or something else.
    #[serde(default, deserialize_with = "text")]
    pub status: Option<String>,
    /// Codat's copy changed.
    #[serde(default, deserialize_with = "text")]
    pub modified_date: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c27_amounts_keep_their_digits() {
        let json = r#"{"id":"t","accountId":"a","amount":-1234567890123456.10,"currency":"GBP","description":"","merchantName":null}"#;
        let transaction: Transaction = serde_json::from_str(json).expect("transaction");
        assert_eq!(transaction.amount, Some(Digits("-1234567890123456.10".into())), "a float would have lost the last digits");
        assert_eq!((transaction.description, transaction.merchant_name), (None, None), "empty, null and absent are alike");
        assert!(serde_json::from_str::<Transaction>(r#"{"id":"t","accountId":"a","amount":"5"}"#).is_err(), "a text is no amount");
    }

    #[test]
    fn c41_a_company_of_2020_is_read() {
        let json = r#"{"id":"c","name":"Old Ltd","platform":"gbol","redirect":"https://link.codat.io/x","status":"pendingAuth",
            "dataConnections":[{"id":"k","status":"pendingAuth","linkUrl":"https://link.codat.io/y","dataConnectionErrors":null}]}"#;
        let company: Company = serde_json::from_str(json).expect("company");
        assert_eq!((company.platform.as_deref(), company.data_connections[0].status.as_str()), (Some("gbol"), "pendingAuth"));
    }

    #[test]
    fn a_connection_without_the_newer_members_and_with_odd_errors_is_read() {
        let json = r#"{"id":"k","status":"Dormant","dataConnectionErrors":[{"statusCode":403,"status":null},{"statusCode":"501","statusText":""}]}"#;
        let connection: Connection = serde_json::from_str(json).expect("connection");
        let codes: Vec<_> = connection.data_connection_errors.iter().map(|error| error.status_code.as_str()).collect();
        assert_eq!((connection.status.as_str(), codes), ("Dormant", vec!["403", "501"]));
    }

    #[test]
    fn c19_a_type_never_synced_has_no_status() {
        let status: DataStatus = serde_json::from_str(r#"{"dataType":"banking-accounts"}"#).expect("status");
        assert_eq!(status.current_status, None);
    }
}
