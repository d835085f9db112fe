//! A team's server as a source: it answers with what workers brought there, in the words in which Codat would have told it.
//!
//! What is told of a connection is what it said when all it had was brought; reads are told as the moments at which a state of a type was here whole, by the
//! server's clock, so that plans made for Codat hold here too: what is here already is not asked for, and afterwards only what was changed.

mod sessions;

use crate::ports::{
    BankingSource, BanksTold, BudgetPlace, ClientTold, CompanyBatch, CompanyTold, Fetched, FreshLink, Pace, PageAsked, Queued, RecordPage,
    Rung, Schedule, ScheduleChange, Sent, SourceError, Wait,
};
use crate::sync::brought_rows;
use crate::view::{BudgetView, DayBudget, Ending, Fits, Millis, MinuteBudget};
use domain::data_type::DataType;
use say::later;
use secrecy::SecretString;
use sessions::Sessions;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::{BankEntry, ConnectionEntry, DatasetEntry};
use team::{Asked, Held, News, Read, Way};
use tokio::sync::Mutex;

/// A server that was away is tried again after this, longer each time, up to the longest.
const AGAIN: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(60));

/// What only workers do: they hold the key.
const WORKERS_DO: &str = later!(
    "This profile reads from your team\u{2019}s server, where workers keep the data fresh and nobody else holds a key of Codat. \
    Ask whoever runs them, or use a profile with a key of its own"
);

/// A team's server, as somebody of the team.
pub(crate) struct TeamSource {
    way: Arc<Way>,
    sessions: Sessions,
    news: Mutex<Option<News>>,
}

impl TeamSource {
    pub(crate) fn new(way: Way) -> Self {
        let way = Arc::new(way);
        Self { sessions: Sessions::new(Arc::clone(&way)), way, news: Mutex::default() }
    }

    async fn page(&self, page: u32, size: u32) -> Result<CompanyBatch, SourceError> {
        let mut session = self.sessions.take().await?;
        let told = session.server().page_of_companies(page, size).await;
        let (companies, total) = session.answered(told)?;
        let before = u64::from(page.saturating_sub(1)) * u64::from(size);
        let has_next = before + (companies.len() as u64) < total;
        Ok(CompanyBatch { companies, total, has_next, unread: 0 })
    }

    async fn named(&self, ids: &[&str]) -> Result<Vec<CompanyTold>, SourceError> {
        let mut session = self.sessions.take().await?;
        let told = session.server().companies_named(ids).await;
        session.answered(told)
    }

    async fn one(&self, id: &str) -> Result<CompanyTold, SourceError> {
        let absent = || SourceError::NotFound(crate::ports::Told { message: NOT_SEEN.into(), correlation_id: None });
        self.named(&[id]).await?.pop().ok_or_else(absent)
    }

    async fn reads(&self, company: &str) -> Result<Vec<DatasetEntry>, SourceError> {
        let mut session = self.sessions.take().await?;
        let here = session.server().reads_of(company).await;
        let here = session.kept(here)?;
        let at_codat = session.server().ended_at_codat(company).await;
        Ok(history(company, here, session.answered(at_codat)?))
    }

    async fn rows(&self, asked: PageAsked<'_>) -> Result<Fetched, SourceError> {
        let question = Asked {
            company: asked.company,
            connection: asked.connection,
            data_type: asked.data_type,
            page: asked.page,
            size: asked.size,
            since: asked.since,
        };
        let mut session = self.sessions.take().await?;
        let held = session.server().page_of_records(question).await;
        Ok(match session.answered(held)? {
            Held::Nothing => Fetched::NotYet,
            Held::Fewer => Fetched::Fewer,
            Held::Page { records, rows, total, up_to } => Fetched::Page(RecordPage {
                bad: vec![],
                total,
                has_next: u64::from(asked.page) * u64::from(asked.size) < total,
                // What was changed behind a walk bears a later stamp than its first page knew of.
                watermark: Some(up_to).filter(|_| asked.page == 1),
                rows,
                sent: records.bytes(),
                records,
            }),
        })
    }

    async fn client_told(&self) -> Result<ClientTold, SourceError> {
        let mut session = self.sessions.take().await?;
        let told = session.server().is_ready().await;
        session.answered(told)?;
        Ok(ClientTold { name: self.way.address.database().to_owned(), redirect_url: None })
    }

    /// Listens, and begins anew where the line ended: what was rung meanwhile nobody knows.
    async fn hear(&self) -> Rung {
        let mut news = self.news.lock().await;
        if let Some(listening) = news.as_mut() {
            if let Some(company) = listening.next().await {
                return Rung::Company(company);
            }
            *news = None;
        }
        let mut pause = AGAIN.0;
        loop {
            match self.way.listen().await {
                Ok(listening) => {
                    *news = Some(listening);
                    return Rung::Anything;
                }
                Err(error) => tracing::info!(%error, "the team's server cannot be listened to"),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(AGAIN.1);
        }
    }
}

const NOT_SEEN: &str = later!("The team\u{2019}s server shows this login no such company.");

/// What is here whole counts as read at that moment; of Codat's own reads those are told beside it that brought nothing, with their reasons.
fn history(company: &str, here: Vec<Read>, at_codat: Vec<DatasetEntry>) -> Vec<DatasetEntry> {
    let here = here.into_iter().map(|read| DatasetEntry {
        id: format!("{}/{}/{}", read.connection, read.data_type, read.at),
        company: company.to_owned(),
        connection: read.connection,
        data_type: read.data_type,
        status: "Complete".into(),
        progress: Some(100),
        requested: Some(read.requested.unwrap_or(read.at)),
        completed: Some(read.at),
        ..DatasetEntry::default()
    });
    let mut reads: Vec<DatasetEntry> = at_codat.into_iter().filter(|read| !brought_rows(read)).chain(here).collect();
    reads.sort_by_key(|read| std::cmp::Reverse(read.requested));
    reads
}

fn refused<T: Send + 'static>() -> Wait<'static, Result<T, SourceError>> {
    Box::pin(async { Err(SourceError::NotHere(WORKERS_DO)) })
}

impl BankingSource for TeamSource {
    fn is_teams(&self) -> bool {
        true
    }

    fn rung(&self) -> Wait<'_, Rung> {
        Box::pin(self.hear())
    }

    fn client(&self) -> Wait<'_, Result<ClientTold, SourceError>> {
        Box::pin(self.client_told())
    }

    fn banks(&self) -> Wait<'_, Result<Vec<BankEntry>, SourceError>> {
        refused()
    }

    fn all_banks(&self) -> Wait<'_, Result<BanksTold, SourceError>> {
        refused()
    }

    fn companies(&self, page: u32, size: u32) -> Wait<'_, Result<CompanyBatch, SourceError>> {
        Box::pin(self.page(page.max(1), size))
    }

    fn company<'a>(&'a self, id: &'a str) -> Wait<'a, Result<CompanyTold, SourceError>> {
        Box::pin(self.one(id))
    }

    fn companies_named<'a>(&'a self, ids: &'a [&'a str]) -> Wait<'a, Result<Vec<CompanyTold>, SourceError>> {
        Box::pin(self.named(ids))
    }

    fn tagged<'a>(&'a self, _tag: &'a str, _value: &'a str) -> Wait<'a, Result<Vec<CompanyTold>, SourceError>> {
        refused()
    }

    fn company_body(&self, _name: &str, _tags: &BTreeMap<String, String>) -> Vec<u8> {
        vec![]
    }

    fn connection_body(&self, _bank_key: &str) -> Vec<u8> {
        vec![]
    }

    fn create_company<'a>(&'a self, _body: &'a [u8], _key: &'a str) -> Wait<'a, Sent<CompanyTold>> {
        Box::pin(async { Sent::Refused(SourceError::NotHere(WORKERS_DO)) })
    }

    fn create_connection<'a>(&'a self, _company: &'a str, _body: &'a [u8], _key: &'a str) -> Wait<'a, Sent<ConnectionEntry>> {
        Box::pin(async { Sent::Refused(SourceError::NotHere(WORKERS_DO)) })
    }

    fn connections<'a>(&'a self, company: &'a str) -> Wait<'a, Result<Vec<ConnectionEntry>, SourceError>> {
        Box::pin(async move { Ok(self.one(company).await?.1) })
    }

    fn fresh_link<'a>(&'a self, _company: &'a str, _connection: &'a str) -> Wait<'a, Result<FreshLink, SourceError>> {
        refused()
    }

    fn end<'a>(&'a self, _company: &'a str, _ending: &'a Ending) -> Wait<'a, Result<(), SourceError>> {
        refused()
    }

    fn company_link<'a>(&'a self, _company: &'a str) -> Wait<'a, Result<(CompanyTold, Option<SecretString>), SourceError>> {
        refused()
    }

    fn queue<'a>(&'a self, _company: &'a str, _connection: &'a str, _data_type: DataType) -> Wait<'a, Result<Queued, SourceError>> {
        refused()
    }

    fn history<'a>(&'a self, company: &'a str) -> Wait<'a, Result<Vec<DatasetEntry>, SourceError>> {
        Box::pin(self.reads(company))
    }

    fn records<'a>(&'a self, asked: PageAsked<'a>) -> Wait<'a, Result<Fetched, SourceError>> {
        Box::pin(self.rows(asked))
    }

    fn sync_settings<'a>(&'a self, _company: Option<&'a str>) -> Wait<'a, Result<Vec<Schedule>, SourceError>> {
        refused()
    }

    fn change_sync_settings<'a>(&'a self, _company: Option<&'a str>, _changes: &'a [ScheduleChange]) -> Wait<'a, Result<(), SourceError>> {
        refused()
    }

    fn logo<'a>(&'a self, _url: &'a str) -> Wait<'a, Result<Vec<u8>, SourceError>> {
        refused()
    }

    fn pace(&self) -> Pace {
        let (line, checked_at) = self.sessions.line();
        Pace { line, checked_at, calls_today: 0, calls: self.sessions.asked(), quota: None, resumes_at: None, why: None, clock_off: 0 }
    }

    /// Nothing is sent with a key.
    fn share_budget(&self, _place: Arc<dyn BudgetPlace>) {}

    fn budget(&self) -> Wait<'_, BudgetView> {
        let no_limit = MinuteBudget { used: 0, limit: 0, reserve: 0, next_at: None };
        let today = DayBudget { used: 0, limit: None, reserve: None, refills_at: Millis(0) };
        Box::pin(async move {
            BudgetView {
                minute: no_limit,
                today,
                in_flight: 0,
                at_once: sessions::AT_ONCE,
                waiting_persons: 0,
                waiting_background: 0,
                others: 0,
                spent_on: vec![],
                paused_until: None,
                why: None,
            }
        })
    }

    fn fits(&self, needed: u32) -> Wait<'_, Fits> {
        Box::pin(async move { Fits { needed, now: needed, today: None, until: None } })
    }

    fn expect_links(&self, _count: usize) {}

    fn settle_budget(&self) -> Wait<'_, ()> {
        Box::pin(async {})
    }

    fn may_open(&self, _url: &str) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_team_does_not_have_yet_is_no_read_that_could_be_fetched() {
        let read = |id: &str, status: &str, requested| DatasetEntry {
            id: id.into(),
            status: status.into(),
            requested: Some(requested),
            completed: Some(requested + 1),
            ..DatasetEntry::default()
        };
        let here = Read { connection: "k".into(), data_type: "banking-accounts".into(), at: 50, requested: Some(10) };
        let told = history("c", vec![here], vec![read("newer", "Complete", 90), read("failed", "FetchError", 40)]);
        let told: Vec<(&str, &str, Option<i64>)> =
            told.iter().map(|read| (read.id.as_str(), read.status.as_str(), read.completed)).collect();
        assert_eq!(told, [("failed", "FetchError", Some(41)), ("k/banking-accounts/50", "Complete", Some(50))]);
    }
}
