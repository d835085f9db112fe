//! What the analyst's screens show.

use crate::view::StatusPill;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which months of which account are here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CoverageView {
    /// One sentence that says how much of what is required is here.
    pub sentence: String,
    /// Whole months asked for: those before the present one.
    pub required: u8,
    /// First required month, `YYYY-MM`.
    pub required_from: String,
    /// Last required month.
    pub required_to: String,
    /// All months shown, oldest first; the last is not over.
    pub months: Vec<String>,
    /// The accounts.
    pub accounts: Vec<CoverageAccount>,
}

/// An account's months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CoverageAccount {
    /// The bank's id.
    pub account_id: String,
    /// Connection it came by.
    pub connection_id: String,
    /// Bank.
    pub bank: String,
    /// Account name.
    pub name: String,
    /// Last characters of its number.
    pub ending: Option<String>,
    /// Currency.
    pub currency: String,
    /// `9 of 12` and its ring.
    pub verdict: StatusPill,
    /// One cell a month.
    pub cells: Vec<CoverageCell>,
    /// What is missing and why, a sentence each; empty when nothing is.
    pub reasons: Vec<String>,
    /// What brings it.
    pub fix: Option<CoverageFix>,
}

/// A month of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CoverageCell {
    /// `YYYY-MM`.
    pub month: String,
    /// What is here.
    pub kind: CoverageKind,
    /// Rows.
    pub rows: u32,
    /// It belongs to the required months.
    pub required: bool,
    /// It is over, read to its end, and has rows or is proven empty.
    pub counts: bool,
    /// In words.
    pub words: String,
}

/// What is here of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CoverageKind {
    /// Rows.
    Rows,
    /// No row, and the balance stood still.
    Empty,
    /// No row, but the balance moved.
    Gap,
    /// No row, and no balance that tells why.
    Unproven,
    /// Before the bank's first row.
    NotGiven,
    /// After what was read.
    NotRead,
}

/// What brings missing months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CoverageFix {
    /// Read the transactions of its connection.
    Refresh,
    /// Ask the customer for consent again.
    Renew,
    /// Ask for the account that was used before.
    AskAnother,
}

/// Which period of which currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PeriodQuery {
    /// Company.
    pub company_id: String,
    /// Currency; the one with most rows when not given.
    pub currency: Option<String>,
    /// Whole months back.
    pub months: u8,
}

/// An account that a figure counts, or why it does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CountedAccount {
    /// The bank's id.
    pub account_id: String,
    /// Bank.
    pub bank: String,
    /// Name and last characters.
    pub name: String,
    /// Why its balance does not count; `None` when it counts.
    pub left_out: Option<String>,
}

/// Money in and out by month, and who paid and was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CashFlowView {
    /// One sentence that says what the chart shows.
    pub sentence: String,
    /// Currencies with rows, the one with most first. They are never summed.
    pub currencies: Vec<String>,
    /// The one shown; empty when there is none.
    pub currency: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Months, oldest first.
    pub months: Vec<CashMonth>,
    /// Sum in.
    pub money_in: String,
    /// Sum out; negative.
    pub money_out: String,
    /// Accounts of this currency.
    pub accounts: Vec<CountedAccount>,
    /// Who paid in, largest first.
    pub payers: PartyList,
    /// Who was paid, largest first.
    pub payees: PartyList,
}

/// A month of one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CashMonth {
    /// `YYYY-MM`.
    pub month: String,
    /// Came in.
    pub money_in: String,
    /// Went out; negative.
    pub money_out: String,
    /// Both together.
    pub net: String,
    /// Rows.
    pub rows: u32,
    /// What the accounts held at its end, when all of them are known.
    pub balance: Option<String>,
    /// The month is over.
    pub over: bool,
}

/// The largest counterparties of one direction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PartyList {
    /// The largest.
    pub top: Vec<PartyView>,
    /// How many more have a name.
    pub others: u32,
    /// Rows that name nobody.
    pub unnamed: u32,
    /// Sum over all rows, always positive.
    pub whole: String,
}

/// A counterparty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PartyView {
    /// Name as the bank writes it.
    pub name: String,
    /// Sum, always positive.
    pub sum: String,
    /// Share of the whole in percent, one decimal.
    pub share: Option<String>,
    /// Rows.
    pub rows: u32,
    /// Its rows.
    pub opens: RowsOf,
}

/// The rows behind a figure, as the transactions tab asks for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RowsOf {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// As it would be typed into the query bar.
    pub text: String,
}
