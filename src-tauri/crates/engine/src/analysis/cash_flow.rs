//! Cash flow: money in and out by month, the balance line, who paid and who was paid. One currency at a time.

use crate::analysis::period::{Period, ends};
use crate::analysis::view::{CashFlowView, CashMonth, PartyList, PartyView, PeriodQuery, RowsOf};
use crate::engine::Engine;
use crate::error::{Error, Result};
use domain::display::shown;
use domain::figures::counterparty::{Parties, Told};
use domain::figures::{Month, balance, money_in_words};
use domain::money::Total;
use jiff::civil::Date;
use rust_decimal::Decimal;
use say::say;

/// Counterparties shown of each direction.
const TOP: usize = 8;

impl Engine {
    /// Money in and out by month, the balance line, who paid and who was paid.
    ///
    /// # Errors
    /// When the company is not here or the database cannot be read.
    pub async fn cash_flow(&self, query: PeriodQuery) -> Result<CashFlowView> {
        let today = self.today();
        let read = self.store(move |store| {
            let Some(period) = Period::read(store, &query, today)? else { return Ok(None) };
            let (mut payers, mut payees) = (Parties::default(), Parties::default());
            store.each_payment(&query.company_id, &period.currency, ends(period.from.first(), today), |row| {
                let side = if row.amount.is_negative() { &mut payees } else { &mut payers };
                side.add(Told::by(row.merchant, row.description), row.amount);
            })?;
            Ok(Some((period, payers, payees)))
        });
        let (period, payers, payees) = read.await?.ok_or(Error::NotFound("company"))?;
        Ok(view(period, &payers, &payees))
    }
}

fn view(period: Period, payers: &Parties, payees: &Parties) -> CashFlowView {
    let months: Vec<CashMonth> = period.from.up_to(period.present).map(|month| cash_month(&period, month)).collect();
    let sum = |side: &dyn Fn(&store::MonthSum) -> Total| {
        let mut sum = Total::default();
        period.sums.range(period.from..=period.present).for_each(|(_, month)| sum.add_total(&side(month)));
        sum.to_string()
    };
    let (from, to) = (period.from.first(), period.today);
    CashFlowView {
        sentence: sentence(&period),
        from: from.to_string(),
        to: to.to_string(),
        months,
        money_in: sum(&|month| month.money_in.clone()),
        money_out: sum(&|month| month.money_out.clone()),
        payers: list(payers, "in", &period.currency, from, to),
        payees: list(payees, "out", &period.currency, from, to),
        currencies: period.currencies,
        currency: period.currency,
        accounts: period.accounts,
    }
}

fn cash_month(period: &Period, month: Month) -> CashMonth {
    let sum = period.sums.get(&month);
    let (money_in, money_out) = sum.map(|sum| (sum.money_in.clone(), sum.money_out.clone())).unwrap_or_default();
    // Of the present month, and of one in which the closing balances stop, what was told last.
    let told = balance::last_told(&period.closings).filter(|told| *told >= month.first());
    let balance = told.and_then(|told| balance::together(&period.closings, month.last().min(told)));
    CashMonth {
        month: month.to_string(),
        money_in: money_in.to_string(),
        money_out: money_out.to_string(),
        net: sum.map(net).unwrap_or_default().to_string(),
        rows: sum.map_or(0, |sum| sum.count),
        balance: balance.map(|balance| balance.to_string()),
        over: month < period.present,
    }
}

/// In less out.
fn net(sum: &store::MonthSum) -> Total {
    let mut net = sum.money_in.clone();
    net.add_total(&sum.money_out);
    net
}

fn sentence(period: &Period) -> String {
    if period.currency.is_empty() {
        return say!("No transaction is here yet.");
    }
    let whole: Vec<Month> = period.whole().filter(|month| period.sums.contains_key(month)).collect();
    if whole.is_empty() {
        return say!("No whole month in {currency} has rows in this period.", currency = period.currency);
    }
    let exceeds =
        |month: &&Month| net(&period.sums[*month]).amount().is_some_and(|net| !net.is_negative() && net != domain::money::Amount::ZERO);
    let more = whole.iter().filter(exceeds).count();
    let lowest = whole
        .iter()
        .filter_map(|month| Some((balance::together(&period.closings, month.last())?.amount()?.decimal(), *month)))
        .min_by_key(|(held, month): &(Decimal, Month)| (*held, *month));
    let lowest = lowest.map_or_else(String::new, |(held, month)| {
        let held = money_in_words(held, &period.currency);
        say!(" The lowest month-end balance was {held}, in {month}.", held, month = month.in_words())
    });
    let months =
        if whole.len() == 1 { say!("the 1 whole month with rows") } else { say!("{count} whole months with rows", count = whole.len()) };
    say!("Money in exceeded money out in {more} of {months}.{lowest}", more, months, lowest)
}

pub(super) fn list(parties: &Parties, direction: &str, currency: &str, from: Date, to: Date) -> PartyList {
    let ranked = parties.ranked();
    let top = ranked.iter().take(TOP).map(|party| PartyView {
        name: shown(&party.name),
        sum: party.sum.to_string(),
        share: parties.share(&party.sum).map(|share| share.to_string()),
        rows: party.rows,
        opens: RowsOf { from: from.to_string(), to: to.to_string(), text: format!("{direction} {currency} {}", shown(&party.finds)) },
    });
    PartyList {
        top: top.collect(),
        others: u32::try_from(ranked.len().saturating_sub(TOP)).unwrap_or(u32::MAX),
        unnamed: parties.unnamed().rows,
        whole: parties.whole().to_string(),
    }
}
