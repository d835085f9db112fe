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
    /// What the accounts held at its end, or on its last day that was told, when all of them are known.
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

/// The figures of the underwriting lens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LensView {
    /// Currencies with rows, the one with most first.
    pub currencies: Vec<String>,
    /// The one shown; empty when there is none.
    pub currency: String,
    /// First day; whole months only.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Accounts of this currency; those that count for balances have nothing in `leftOut`.
    pub accounts: Vec<CountedAccount>,
    /// Rows of the period.
    pub rows: u32,
    /// Of them, sides of transfers between own accounts; they count for no figure of payments.
    pub transfers: u32,
    /// The figures.
    pub figures: Vec<FigureView>,
    /// Who paid in, own transfers left out.
    pub payers: PartyList,
    /// Recurring money in, the dearest first.
    pub recurring_in: Vec<RecurringView>,
    /// Recurring money out.
    pub recurring_out: Vec<RecurringView>,
    /// Recurring money out that looks like the repayment of a loan or a lease.
    pub loans: Vec<RecurringView>,
}

/// Which figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it; the screen defines each")]
pub enum FigureKey {
    AverageBalance,
    LowestBalance,
    DaysNegative,
    TopPayer,
    Concentration,
    Volatility,
    RecurringIn,
    RecurringOut,
    Loans,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum FigureUnit {
    Money,
    Percent,
    Days,
    Index,
}

/// A figure with what it stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FigureView {
    /// Which.
    pub key: FigureKey,
    /// What it counts.
    pub unit: FigureUnit,
    /// Decimal text; `None` when it cannot be told.
    pub value: Option<String>,
    /// What it stands on, or why it cannot be told.
    pub note: String,
    /// Rows it counts; 0 for what is told by balances.
    pub rows: u32,
    /// Its rows, where one address finds them.
    pub opens: Option<RowsOf>,
}

/// A set of rows that recurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecurringView {
    /// Counterparty.
    pub name: String,
    /// `monthly` and the like.
    pub rhythm: String,
    /// Rows.
    pub rows: u32,
    /// Middle amount, signed.
    pub usual: String,
    /// Smallest, without a sign.
    pub least: String,
    /// Largest, without a sign.
    pub most: String,
    /// What it comes to in a month.
    pub a_month: Option<String>,
    /// First day.
    pub first: String,
    /// Last day.
    pub last: String,
    /// The next one is not overdue at the end of the period.
    pub goes_on: bool,
    /// The word that makes it look like a repayment.
    pub why: Option<String>,
    /// Its rows.
    pub opens: RowsOf,
}
