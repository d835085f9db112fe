//! Data on its way to a screen: accounts, windows of transactions, figures of the whole store.

use crate::companies::day_text;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{AccountView, CurrencySum, Millis, MoneyView, QueryChip, Stats, TransactionPage, TransactionQuery, TransactionRow};
use domain::data_type::DataType;
use domain::display::shown;
use domain::own_category::Mapping;
use domain::query_bar::Query;
use jiff::civil::Date;
use say::say;
use std::sync::Arc;
use store::{AccountRow, CompanyItem, Store, StoreError, TransactionFilter};

impl Engine {
    /// Accounts of a company with their newest balances.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn accounts(&self, company_id: String) -> Result<Vec<AccountView>> {
        let accounts = self.store(move |store| store.accounts(&company_id)).await?;
        Ok(accounts.into_iter().map(account_view).collect())
    }

    /// A window of transactions, newest first, with sums over all that match.
    ///
    /// # Errors
    /// When the company is not here, a day makes no sense, or the database cannot be read.
    pub async fn transactions(&self, query: TransactionQuery) -> Result<TransactionPage> {
        let (filter, chips) = filter(&query, self.today())?;
        let mut filter = filter;
        let (offset, limit) = (query.offset, query.limit.clamp(1, 500));
        let company = query.company_id.clone();
        let (window, mapping, as_of) = self
            .store(move |store| {
                let Some(item) = store.company(&company)? else { return Ok(None) };
                filter.mapping = crate::categories::mapping(store)?;
                let window = store.transactions(&filter, offset, limit)?;
                Ok(Some((window, filter.mapping, read_at(store, &item)?)))
            })
            .await?
            .ok_or(Error::NotFound("company"))?;
        Ok(TransactionPage {
            total: window.total,
            rows: window.rows.into_iter().map(|found| row(found, &mapping)).collect(),
            sums: window
                .sums
                .into_iter()
                .map(|(currency, sum)| CurrencySum {
                    currency,
                    money_in: sum.money_in.to_string(),
                    money_out: sum.money_out.to_string(),
                    count: sum.count,
                })
                .collect(),
            chips,
            as_of: as_of.map(Millis),
        })
    }

    /// The whole store in figures, exact.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn stats(&self) -> Result<Stats> {
        let totals = self.store(store::Store::totals).await?;
        Ok(Stats {
            companies: totals.companies,
            connections: totals.connections,
            accounts: totals.accounts,
            transactions: totals.transactions,
            sums: totals.sums.into_iter().map(|(currency, sum)| (currency, sum.to_string())).collect(),
        })
    }
}

pub(crate) fn account_view(account: AccountRow) -> AccountView {
    let money = |amount: Option<String>| amount.map(|amount| MoneyView { amount, currency: account.currency.clone() });
    AccountView {
        current: money(account.current),
        available: money(account.available),
        id: account.id,
        connection_id: account.connection,
        bank: shown(&account.bank),
        name: shown(&account.name),
        holder: account.holder.as_deref().map(shown),
        account_type: shown(&account.kind),
        ending: account.ending.as_deref().map(shown),
        as_of: account.balance_day.map(day_text),
        data_to: account.to.map(day_text),
        data_from: account.from.map(day_text),
        transactions: account.transactions,
        currency: account.currency,
    }
}

/// When transactions of a company were last read.
pub(crate) fn read_at(store: &Store, company: &CompanyItem) -> std::result::Result<Option<i64>, StoreError> {
    let mut read_at = None;
    for connection in &company.connections {
        read_at = read_at.max(store.cursor(&connection.id, DataType::Transactions.wire())?.and_then(|cursor| cursor.fetched_at));
    }
    Ok(read_at)
}

pub(crate) fn row(row: store::TransactionRow, mapping: &Mapping) -> TransactionRow {
    let own = mapping.own(row.category.as_deref(), row.description.as_deref(), row.merchant.as_deref());
    TransactionRow {
        id: row.id,
        account_id: row.account_id,
        account: shown(&row.account),
        date: day_text(row.day),
        date_text: shown(&row.date_text),
        amount: row.amount.to_string(),
        currency: shown(&row.currency),
        description: row.description.as_deref().map(shown).unwrap_or_default(),
        merchant: row.merchant.as_deref().map(shown).filter(|merchant| !merchant.is_empty()),
        own_category: own.map(str::to_owned),
        category: row.category.as_deref().map(shown),
        code: shown(&row.code),
        missing: row.absent,
    }
}

/// What a query asks of the store, and its chips for showing back.
pub(crate) fn filter(query: &TransactionQuery, today: Date) -> Result<(TransactionFilter, Vec<QueryChip>)> {
    let text: String = query.text.chars().take(200).collect();
    let typed = Query::parse(&text, today);
    let day = |text: &Option<String>| match text {
        Some(text) => text.parse::<Date>().map(Some).map_err(|_| Error::BadRequest(say!("A day is written like 2026-03-31."))),
        None => Ok(None),
    };
    let from = typed.from.max(day(&query.from)?);
    let to = match (typed.to, day(&query.to)?) {
        (Some(typed), Some(given)) => Some(typed.min(given)),
        (typed, given) => typed.or(given),
    };
    let filter = TransactionFilter {
        company: query.company_id.clone(),
        account: query.account_id.clone(),
        from: from.map(days),
        to: to.map(days),
        words: typed.words,
        money_in: typed.money_in,
        at_least: typed.at_least,
        at_most: typed.at_most,
        currency: typed.currency,
        category: typed.category,
        mapping: Arc::default(),
    };
    Ok((filter, typed.chips.into_iter().map(|chip| QueryChip { text: chip.text, meaning: chip.meaning, valid: chip.valid }).collect()))
}

impl Engine {
    /// Today in UTC: periods such as "last 90 days" count back from it.
    pub(crate) fn today(&self) -> Date {
        jiff::Timestamp::from_millisecond(self.now()).map(|at| jiff::tz::Offset::UTC.to_datetime(at).date()).unwrap_or(Date::MIN)
    }
}

/// Days since 1970.
pub(crate) fn days(date: Date) -> i64 {
    i64::from(date.since(Date::constant(1970, 1, 1)).map(|span| span.get_days()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Amount;
    use jiff::civil::date;

    fn asked(text: &str, from: Option<&str>, to: Option<&str>) -> Result<(TransactionFilter, Vec<QueryChip>)> {
        let query =
            TransactionQuery { text: text.into(), from: from.map(str::to_owned), to: to.map(str::to_owned), ..TransactionQuery::default() };
        filter(&query, date(2026, 11, 25))
    }

    #[test]
    fn what_is_typed_narrows_what_is_chosen_and_never_widens_it() {
        let between = |text: &str, from, to| asked(text, from, to).map(|(filter, _)| (filter.from, filter.to)).expect("a query");
        let day = |year, month, day| Some(days(date(year, month, day)));
        assert_eq!(between("2026-03", None, None), (day(2026, 3, 1), day(2026, 3, 31)));
        assert_eq!(between("2026-03", Some("2026-03-10"), Some("2026-12-31")), (day(2026, 3, 10), day(2026, 3, 31)));
        assert_eq!(between("last 90 days", Some("2026-01-01"), None), (day(2026, 8, 28), day(2026, 11, 25)));
        assert_eq!(between("", Some("2026-01-01"), None), (day(2026, 1, 1), None));
        assert!(asked("", Some("1 March"), None).is_err(), "a day that is none is said, not guessed");
    }

    #[test]
    fn chips_reach_the_store_and_are_shown_back() {
        let (filter, chips) = asked(">1,000.50 out GBP rent >much", None, None).expect("a query");
        assert_eq!((filter.money_in, filter.currency.as_deref(), filter.words), (Some(false), Some("GBP"), vec!["rent".to_owned()]));
        assert_eq!(filter.at_least, Amount::parse("1000.50").ok());
        assert_eq!(chips.iter().map(|chip| chip.valid).collect::<Vec<_>>(), [true, true, true, false]);
    }

    #[test]
    fn a_banks_text_cannot_act_on_the_screen_and_digits_stay_as_sent() {
        let shown = row(
            store::TransactionRow {
                id: "t".into(),
                account_id: "a".into(),
                account: "Main\u{202e}".into(),
                day: days(date(2026, 3, 1)),
                date_text: "2026-03-01T00:00:00".into(),
                amount: Amount::parse("-12.50").expect("amount"),
                currency: "GBP".into(),
                description: Some("PAY\u{202e}LLOR\u{7}\r\nNEXT\u{0}".into()),
                merchant: Some("\u{200b}".into()),
                category: None,
                code: "Payment".into(),
                absent: true,
            },
            &Mapping::default(),
        );
        assert_eq!((shown.account.as_str(), shown.description.as_str(), shown.merchant), ("Main", "PAYLLOR NEXT", None));
        assert_eq!((shown.amount.as_str(), shown.date.as_str(), shown.missing), ("-12.50", "2026-03-01", true));
    }
}
