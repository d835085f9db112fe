//! How long rows are kept: whole months, chosen by the team, looked after at the start and once a day.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{ErasureView, KeptView, OlderView, Topic};
use jiff::civil::Date;
use say::say;
use std::time::Duration;
use store::{Receipt, Store, StoreError};

const FACT: &str = "retention";
const A_DAY: Duration = Duration::from_secs(86_400);
/// Less would leave nothing to judge by, more is for ever.
const MONTHS: std::ops::RangeInclusive<u32> = 3..=120;

impl Engine {
    /// What is kept here, for how long, and what was erased.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn kept_here(&self) -> Result<KeptView> {
        let policy = self.policy()?;
        Ok(KeptView {
            months: policy.months(self.store(months).await?),
            left_behind: self.left_behind().await?,
            erasures: self.erasures().await?,
        })
    }

    /// What would go if rows were kept for so many months. Changes nothing.
    ///
    /// # Errors
    /// When there is no such rule or the database cannot be read.
    pub async fn older_than(&self, months: u32) -> Result<OlderView> {
        let first = first_kept(self.now(), checked(months)?);
        let older = self.store(move |store| store.older_than(day_of(first))).await?;
        Ok(OlderView {
            months,
            before: first.to_string(),
            transactions: older.transactions,
            balances: older.balances,
            companies: older.companies,
        })
    }

    /// Keeps rows for so many months, or of any age, from now on. What is older goes at once, and with it the receipt comes back.
    ///
    /// # Errors
    /// When there is no such rule or the database cannot be written.
    pub async fn keep_for(&self, months: Option<u32>) -> Result<Option<ErasureView>> {
        let policy = self.policy()?;
        let most = policy.keep_months.unwrap_or_default();
        policy.hold_choice(&months, &policy.months(months), &say!("rows are kept for {most} months at most", most))?;
        let kept = months.map(checked).transpose()?.map(|months| months.to_string()).unwrap_or_default();
        self.store(move |store| {
            store.set_fact(FACT, &kept)?;
            if kept.is_empty() { store.keep_all_ages() } else { Ok(()) }
        })
        .await?;
        let said = months.map_or_else(|| "for ever".to_owned(), |months| format!("{months} months"));
        self.noted("retention", "", said).await;
        let receipt = self.let_age_go().await?;
        Ok(receipt.map(|receipt| super::of_receipt(&receipt, true)))
    }

    /// Erases what is older than the team keeps.
    pub(crate) async fn let_age_go(&self) -> Result<Option<Receipt>> {
        let (now, policy) = (self.now(), self.policy()?);
        let receipt = self
            .store(move |store| match policy.months(months(store)?) {
                Some(months) => store.erase_older(day_of(first_kept(now, months)), now),
                None => Ok(None),
            })
            .await?;
        if let Some(receipt) = &receipt {
            self.noted("age-erased", "", format!("receipt {}", receipt.digest())).await;
            self.stale([Topic::Resync]);
        }
        Ok(receipt)
    }

    /// At the start and once a day: what is too old goes, and what an erasure left in free pages.
    pub(crate) async fn keep_clean(&self) {
        loop {
            if let Err(error) = self.let_age_go().await {
                tracing::warn!(%error, "what is too old could not be erased");
            }
            if let Err(error) = self.store(Store::sweep).await {
                tracing::warn!(%error, "what was erased still stands in free pages");
            }
            tokio::time::sleep(A_DAY).await;
        }
    }
}

fn months(store: &Store) -> std::result::Result<Option<u32>, StoreError> {
    Ok(store.fact(FACT)?.and_then(|months| months.parse().ok()))
}

fn checked(months: u32) -> Result<u32> {
    if MONTHS.contains(&months) {
        return Ok(months);
    }
    Err(Error::BadRequest(say!("Rows are kept for {start} to {end_} months, or for ever.", start = MONTHS.start(), end_ = MONTHS.end())))
}

/// The first day that is kept: whole months before the one we are in.
fn first_kept(now: i64, months: u32) -> Date {
    let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(now).unwrap_or_default()).date();
    today.first_of_month().saturating_sub(jiff::Span::new().months(i64::from(months)))
}

/// Days since 1970.
fn day_of(date: Date) -> i64 {
    date.since((jiff::Unit::Day, Date::constant(1970, 1, 1))).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_months_are_kept_whatever_day_it_is() {
        let first = |now: &str, months| {
            let now: jiff::Timestamp = now.parse().expect("a time");
            first_kept(now.as_millisecond(), months).to_string()
        };
        assert_eq!(first("2026-03-31T23:59:59Z", 13), "2025-02-01");
        assert_eq!(first("2026-03-01T00:00:00Z", 13), "2025-02-01");
        assert_eq!(first("2024-02-29T12:00:00Z", 12), "2023-02-01");
        assert_eq!((day_of(Date::constant(1970, 1, 1)), day_of(Date::constant(2025, 6, 1))), (0, 20_240));
        assert!(checked(2).is_err() && checked(121).is_err() && checked(13).is_ok());
    }
}
