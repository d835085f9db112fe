//! A team's server as a source: it answers with what workers brought there, in the words in which Codat would have told it.
//!
//! What is told of a connection is what it said when all it had was brought; reads are told as the moments at which a state of a type was here whole, by the
//! server's clock, so that plans made for Codat hold here too: what is here already is not asked for, and afterwards only what was changed.

mod sessions;
pub(crate) mod why;
mod wishes;

use crate::adapters::codat::{logo_of, may_open};
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
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use store::{BankEntry, ConnectionEntry, DatasetEntry};
use team::{Asked, Held, News, Read, Ring, Way};
use tokio::sync::{Mutex, Notify};
use url::Url;

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
    /// Rings when there is news of a wish.
    bell: Notify,
    /// Whether this login asks anything of Codat, once it was looked up.
    may_ask: OnceLock<bool>,
    /// Where Codat is for the workers, once it was asked for.
    base: std::sync::Mutex<Option<Url>>,
}

impl TeamSource {
    pub(crate) fn new(way: Way) -> Self {
        let way = Arc::new(way);
        Self {
            sessions: Sessions::new(Arc::clone(&way)),
            way,
            news: Mutex::default(),
            bell: Notify::new(),
            may_ask: OnceLock::new(),
            base: std::sync::Mutex::default(),
        }
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
        let at_codat = session.server().reads_at_codat(company, WATCHED_MS).await;
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
            while let Some(rung) = listening.next().await {
                match rung {
                    Ring::Company(company) => return Rung::Company(company),
                    Ring::Wish => self.bell.notify_waiters(),
                }
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

/// What a read is called that has ended at Codat and is not here whole.
const UNDER_WAY: &str = "Fetching";
/// A read that is under way at Codat is told as such for so long after it was asked for: a worker watches it.
const WATCHED_MS: i64 = 60 * 60_000;

/// What is here whole counts as read at that moment. Beside it Codat's own reads are told: those that brought nothing, with their reasons, and those that
/// are under way, until what they bring is here whole.
fn history(company: &str, here: Vec<Read>, at_codat: Vec<(DatasetEntry, bool)>) -> Vec<DatasetEntry> {
    let mut young: Vec<DatasetEntry> = vec![];
    for (mut read, is_watched) in at_codat {
        let is_over = read.completed.is_some();
        if is_over && !brought_rows(&read) {
            young.push(read);
            continue;
        }
        let came = here.iter().find(|came| came.connection == read.connection && came.data_type == read.data_type);
        let came = came.filter(|came| came.requested.is_some_and(|requested| Some(requested) >= read.requested));
        match came {
            Some(came) => {
                read.completed = Some(came.at);
                read.status = "Complete".into();
            }
            None if is_over => {
                read.completed = None;
                read.status = UNDER_WAY.into();
            }
            None => {}
        }
        if is_watched {
            young.push(read);
        }
    }
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
    let mut reads: Vec<DatasetEntry> = young.into_iter().chain(here).collect();
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
        Box::pin(async { Ok(self.banks_read().await?.banks.into_iter().filter(|bank| bank.enabled).collect()) })
    }

    fn all_banks(&self) -> Wait<'_, Result<BanksTold, SourceError>> {
        Box::pin(self.banks_read())
    }

    fn companies(&self, page: u32, size: u32) -> Wait<'_, Result<CompanyBatch, SourceError>> {
        Box::pin(self.page(page.max(1), size))
    }

    fn company<'a>(&'a self, id: &'a str) -> Wait<'a, Result<CompanyTold, SourceError>> {
        Box::pin(self.one(id))
    }

    fn company_now<'a>(&'a self, id: &'a str) -> Wait<'a, Result<CompanyTold, SourceError>> {
        Box::pin(self.looked_at(id))
    }

    /// Each is a wish of its own.
    fn tells_several_now(&self) -> bool {
        false
    }

    fn companies_named<'a>(&'a self, ids: &'a [&'a str]) -> Wait<'a, Result<Vec<CompanyTold>, SourceError>> {
        Box::pin(self.named(ids))
    }

    fn tagged<'a>(&'a self, tag: &'a str, value: &'a str) -> Wait<'a, Result<Vec<CompanyTold>, SourceError>> {
        Box::pin(self.made_as(tag, value))
    }

    fn company_body(&self, name: &str, tags: &BTreeMap<String, String>) -> Vec<u8> {
        wishes::company_body(name, tags)
    }

    fn connection_body(&self, bank_key: &str) -> Vec<u8> {
        wishes::connection_body(bank_key)
    }

    fn create_company<'a>(&'a self, body: &'a [u8], key: &'a str) -> Wait<'a, Sent<CompanyTold>> {
        Box::pin(self.make_company(body, key))
    }

    fn create_connection<'a>(&'a self, company: &'a str, body: &'a [u8], key: &'a str) -> Wait<'a, Sent<ConnectionEntry>> {
        Box::pin(self.make_connection(company, body, key))
    }

    fn take_back<'a>(&'a self, key: &'a str) -> Wait<'a, Result<bool, SourceError>> {
        Box::pin(self.taken_back(key))
    }

    fn connections<'a>(&'a self, company: &'a str) -> Wait<'a, Result<Vec<ConnectionEntry>, SourceError>> {
        Box::pin(async move { Ok(self.one(company).await?.1) })
    }

    fn fresh_link<'a>(&'a self, company: &'a str, connection: &'a str) -> Wait<'a, Result<FreshLink, SourceError>> {
        Box::pin(self.link_of(company, connection))
    }

    fn end<'a>(&'a self, company: &'a str, ending: &'a Ending) -> Wait<'a, Result<(), SourceError>> {
        Box::pin(self.have_ended(company, ending))
    }

    fn company_link<'a>(&'a self, company: &'a str) -> Wait<'a, Result<(CompanyTold, Option<SecretString>), SourceError>> {
        Box::pin(self.link_of_company(company))
    }

    fn queue<'a>(&'a self, company: &'a str, connection: &'a str, data_type: DataType) -> Wait<'a, Result<Queued, SourceError>> {
        Box::pin(self.ask_for_read(company, connection, data_type))
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

    /// From where Codat keeps it, without any key.
    fn logo<'a>(&'a self, url: &'a str) -> Wait<'a, Result<Vec<u8>, SourceError>> {
        Box::pin(async move {
            let base = match self.base() {
                Some(base) => base,
                None => {
                    self.learn_base().await?;
                    self.base().ok_or(SourceError::NotHere(WORKERS_DO))?
                }
            };
            logo_of(&base, url).await
        })
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

    fn may_open(&self, url: &str) -> bool {
        self.base().is_some_and(|base| may_open(&base, url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(id: &str, status: &str, requested: i64, completed: Option<i64>) -> DatasetEntry {
        DatasetEntry {
            id: id.into(),
            connection: "k".into(),
            data_type: "banking-accounts".into(),
            status: status.into(),
            requested: Some(requested),
            completed,
            ..DatasetEntry::default()
        }
    }

    fn told(at_codat: Vec<(DatasetEntry, bool)>) -> Vec<(String, String, Option<i64>)> {
        let here = Read { connection: "k".into(), data_type: "banking-accounts".into(), at: 50, requested: Some(10) };
        history("c", vec![here], at_codat).into_iter().map(|read| (read.id, read.status, read.completed)).collect()
    }

    #[test]
    fn what_the_team_does_not_have_yet_is_no_read_that_could_be_fetched() {
        let told = told(vec![(read("newer", "Complete", 90, Some(91)), false), (read("failed", "FetchError", 40, Some(41)), false)]);
        let expected = [("failed", "FetchError", Some(41)), ("k/banking-accounts/50", "Complete", Some(50))];
        assert_eq!(told, expected.map(|(id, status, at)| (id.to_owned(), status.to_owned(), at)));
    }

    #[test]
    fn a_read_that_somebody_watches_is_under_way_until_what_it_brings_is_here_whole() {
        let told = told(vec![
            (read("running", "Queued", 100, None), true),
            (read("ended", "Complete", 90, Some(91)), true),
            (read("came", "Complete", 9, Some(11)), true),
        ]);
        let expected = [
            ("running", "Queued", None),
            ("ended", UNDER_WAY, None),
            ("k/banking-accounts/50", "Complete", Some(50)),
            ("came", "Complete", Some(50)),
        ];
        assert_eq!(told, expected.map(|(id, status, at)| (id.to_owned(), status.to_owned(), at)));
    }
}
