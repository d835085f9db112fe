//! The `BankingSource` port on the `codat` crate: paces, repeats what may be repeated, and speaks the engine's words.
//!
//! What may be repeated is decided by `codat::retry`; when, by the `budget`. Creations are sent once: the outbox decides about them.

mod ask;
mod links;
mod records;
mod tell;

pub(crate) use links::{logo_of, may_open};
pub(crate) use records::account_numbers;

use crate::budget::{Budget, Urgency};
use crate::ports::{
    BankingSource, BanksTold, BudgetPlace, ClientTold, Clock, CompanyBatch, CompanyTold, Fetched, FreshLink, Pace, PageAsked, Queued,
    Schedule, ScheduleChange, Sent, SourceError, SourceFactory, SystemClock, Wait,
};
use crate::view::{BudgetView, Ending, Fits};
use ask::Failed;
use codat::endpoint::companies::{CompanyBody, CreateCompany, DeleteCompany, GetCompany, ListCompanies, tag_is};
use codat::endpoint::connections::{CreateConnection, DeleteConnection, GetConnection, ListConnections, Unlink, connection_body};
use codat::endpoint::data::{ListHistory, QueueDataType};
use codat::endpoint::integrations::ListIntegrations;
use codat::endpoint::settings::{GetClientSyncSettings, GetCompanySyncSettings, GetProfile, SetClientSyncSettings, SetCompanySyncSettings};
use codat::ids::{CompanyId, ConnectionId, PlatformKey};
use codat::model::SyncSettings;
use codat::words::SourceType;
use codat::{Absence, ApiKey, Client, Ended, Limits, Observer, PageQuery};
use domain::data_type::DataType;
use say::{say, word};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use store::{BankEntry, ConnectionEntry};

/// Rows a page of small things; the answer's own size decides in the end.
const PAGE: u32 = 2_000;
/// Pages of one list, at most: a walk that does not end by itself is not a walk.
const MOST_PAGES: u32 = 10_000;
/// Banks are asked for in Codat's own query language, and filtered again here.
const BANKING: &str = "sourceType=Banking";
const ENABLED: &str = "sourceType=Banking&&enabled=true";

/// Where the live Codat is.
pub(crate) fn live() -> Option<url::Url> {
    url::Url::parse(codat::client::LIVE).ok()
}

/// Makes sources that speak to Codat, or to a sandbox on this computer.
#[derive(Clone)]
pub struct CodatSources {
    clock: Arc<dyn Clock>,
    watch: Option<Arc<dyn Observer>>,
    a_minute: Option<u32>,
}

impl CodatSources {
    /// With this clock for budgets.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, watch: None, a_minute: None }
    }

    /// The same, and tells this observer of every request too.
    #[must_use]
    pub fn watched_by(self, watch: Arc<dyn Observer>) -> Self {
        Self { watch: Some(watch), ..self }
    }

    /// The same, with at most so many requests a minute.
    #[must_use]
    pub fn at_most(self, a_minute: u32) -> Self {
        Self { a_minute: Some(a_minute), ..self }
    }
}

impl Default for CodatSources {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock))
    }
}

impl SourceFactory for CodatSources {
    fn source(&self, key: &SecretSlice<u8>, base_url: Option<&str>) -> Result<Arc<dyn BankingSource>, String> {
        let text = std::str::from_utf8(key.expose_secret()).map_err(|_| say!("This does not look like a Codat API key."))?;
        let key = ApiKey::parse(text).map_err(|_| say!("This does not look like a Codat API key."))?;
        let budget = Budget::new(Arc::clone(&self.clock), rand::random());
        if let Some(most) = self.a_minute {
            budget.at_most(most);
        }
        let client = Client::new(base_url.unwrap_or(codat::client::LIVE), &key, Limits::default())
            .map_err(|_| {
                word("Fairlead speaks to Codat, or to a sandbox on this computer (http://127.0.0.1 with a port), and to nobody else.")
            })?
            .observed_by(Arc::new(Meter { budget: budget.clone(), watch: self.watch.clone() }));
        Ok(Arc::new(CodatSource { client, budget, plain: OnceLock::new() }))
    }

    fn read_key(&self, typed: &str) -> Option<SecretSlice<u8>> {
        ApiKey::parse(typed).ok().map(|key| SecretSlice::from(key.expose().as_bytes().to_vec()))
    }
}

/// Tells the budget what every answer said of limits.
struct Meter {
    budget: Budget,
    watch: Option<Arc<dyn Observer>>,
}

impl Observer for Meter {
    fn begun(&self) -> Option<Box<dyn Send>> {
        self.watch.as_ref().and_then(|watch| watch.begun())
    }

    fn ended(&self, request: &Ended<'_>) {
        self.budget.told(&request.rate);
        if let Some(watch) = &self.watch {
            watch.ended(request);
        }
        if let Some(id) = request.correlation_id {
            tracing::info!(
                correlation.id = id,
                path = request.template,
                status = request.status.map(|status| status.as_u16()),
                "Codat refused"
            );
        }
    }
}

struct CodatSource {
    client: Client,
    budget: Budget,
    /// Knows no key: fetches logos. Made with the first of them, because it reads the computer's certificates.
    plain: OnceLock<reqwest::Client>,
}

impl CodatSource {
    async fn client_told(&self) -> Result<ClientTold, SourceError> {
        let profile = self.ask(&GetProfile {}, Urgency::Person).await?.value;
        Ok(ClientTold { name: profile.name, redirect_url: profile.redirect_url.filter(|url| !url.is_empty()) })
    }

    async fn all_banks(&self, asked: &str) -> Result<BanksTold, SourceError> {
        let mut page = PageQuery::first(PAGE, "name").filtered(asked);
        let mut told_all = BanksTold { banks: vec![], whole: true };
        loop {
            let answer = self.ask(&ListIntegrations { page: page.clone() }, Urgency::Person).await;
            let told = match answer {
                // The documents say both that this list can be queried and that it cannot.
                Err(Failed::Error(SourceError::Refused(_))) if page.query.is_some() => {
                    page.query = None;
                    continue;
                }
                answer => answer?,
            };
            self.is_ours(told.next.as_deref())?;
            if !told.quarantined.is_empty() {
                tracing::warn!(count = told.quarantined.len(), "some integrations could not be read");
                told_all.whole = false;
            }
            let wanted = told.records.iter().map(|record| &record.value);
            told_all.banks.extend(wanted.filter(|bank| bank.source_type == Some(SourceType::Banking)).map(tell::bank));
            if !page.goes_on_after(&told) || page.page >= MOST_PAGES {
                return Ok(told_all);
            }
            page = page.next();
        }
    }

    async fn company_page(&self, page: u32, size: u32) -> Result<CompanyBatch, SourceError> {
        let page = PageQuery { page: page.max(1), ..PageQuery::first(size.clamp(1, 5_000), "created") };
        let told = self.ask(&ListCompanies { page: page.clone(), tags: None }, Urgency::Person).await?;
        self.is_ours(told.next.as_deref())?;
        let unread = u32::try_from(told.quarantined.len()).unwrap_or(u32::MAX);
        if unread > 0 {
            tracing::warn!(unread, "some companies could not be read");
        }
        Ok(CompanyBatch {
            companies: told.records.iter().map(|record| tell::company(&record.value)).collect(),
            total: told.total,
            has_next: page.goes_on_after(&told),
            unread,
        })
    }

    /// Everything hangs on an absence here being one: a record that cannot be read is no absence.
    async fn all_tagged(&self, tag: &str, value: &str) -> Result<Vec<CompanyTold>, SourceError> {
        let mut page = PageQuery::first(PAGE, "created");
        let mut found = vec![];
        loop {
            let told = self.ask(&ListCompanies { page: page.clone(), tags: Some(tag_is(tag, value)) }, Urgency::Person).await?;
            self.is_ours(told.next.as_deref())?;
            if let Some(bad) = told.quarantined.first() {
                return Err(SourceError::Unreadable(format!("companies: {}", bad.error)));
            }
            let exact =
                told.records.iter().map(|record| &record.value).filter(|company| company.tags.get(tag).is_some_and(|is| is == value));
            found.extend(exact.map(tell::company));
            if !page.goes_on_after(&told) || page.page >= MOST_PAGES {
                return Ok(found);
            }
            page = page.next();
        }
    }

    async fn one_company(&self, id: &str) -> Result<CompanyTold, SourceError> {
        Ok(self.company_link_now(id).await?.0)
    }

    async fn company_link_now(&self, id: &str) -> Result<(CompanyTold, Option<SecretString>), SourceError> {
        let id = CompanyId::new(id);
        let told = self.ask(&GetCompany { company: &id }, Urgency::Person).await?.value;
        if told.id != id {
            return Err(SourceError::Unreadable("a company: another one was sent than was asked for".into()));
        }
        Ok((tell::company(&told), told.redirect.map(SecretString::from)))
    }

    async fn these_companies(&self, ids: &[&str]) -> Result<Vec<CompanyTold>, SourceError> {
        // An id that would change the question is not Codat's.
        let is_plain = |id: &&&str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let query = ids.iter().filter(is_plain).map(|id| format!("id={id}")).collect::<Vec<_>>().join("||");
        if query.is_empty() {
            return Ok(vec![]);
        }
        let page = PageQuery::first(u32::try_from(ids.len()).unwrap_or(PAGE).max(1), "created").filtered(query);
        let told = self.ask(&ListCompanies { page, tags: None }, Urgency::Person).await?;
        self.is_ours(told.next.as_deref())?;
        Ok(told.records.iter().map(|record| tell::company(&record.value)).collect())
    }

    async fn send_company(&self, body: &[u8], key: &str) -> Sent<CompanyTold> {
        match self.send_once(&CreateCompany { frozen: body, key }).await {
            Sent::Made(record) => Sent::Made(tell::company(&record.value)),
            other => ask::not_made(other),
        }
    }

    async fn send_connection(&self, company: &str, body: &[u8], key: &str) -> Sent<ConnectionEntry> {
        let id = CompanyId::new(company);
        match self.send_once(&CreateConnection { company: &id, frozen: body, key }).await {
            Sent::Made(record) => Sent::Made(tell::connection(company, &record.value)),
            other => ask::not_made(other),
        }
    }

    async fn all_connections(&self, company: &str) -> Result<Vec<ConnectionEntry>, SourceError> {
        let id = CompanyId::new(company);
        let mut page = PageQuery::first(PAGE, "created");
        let mut found = vec![];
        loop {
            let told = self.ask(&ListConnections { company: &id, page: page.clone() }, Urgency::Person).await?;
            self.is_ours(told.next.as_deref())?;
            if let Some(bad) = told.quarantined.first() {
                return Err(SourceError::Unreadable(format!("connections: {}", bad.error)));
            }
            found.extend(told.records.iter().map(|record| tell::connection(company, &record.value)));
            if !page.goes_on_after(&told) || page.page >= MOST_PAGES {
                return Ok(found);
            }
            page = page.next();
        }
    }

    async fn link_now(&self, company: &str, connection: &str) -> Result<FreshLink, SourceError> {
        let (company_id, connection_id) = (CompanyId::new(company), ConnectionId::new(connection));
        let told = self.ask(&GetConnection { company: &company_id, connection: &connection_id }, Urgency::Person).await?.value;
        if told.id != connection_id {
            return Err(SourceError::Unreadable("a connection: another one was sent than was asked for".into()));
        }
        let connection = tell::connection(company, &told);
        let url = told.link_url.ok_or_else(|| SourceError::Unreadable("a connection: it has no link".into()))?;
        Ok(FreshLink { connection, url: SecretString::from(url) })
    }

    async fn queue_read(&self, company: &str, connection: &str, data_type: DataType) -> Result<Queued, SourceError> {
        let (company, connection) = (CompanyId::new(company), ConnectionId::new(connection));
        let queue = QueueDataType { company: &company, connection: &connection, data_type: data_type.wire() };
        match self.ask(&queue, Urgency::Person).await {
            Ok(record) => Ok(Queued::New(tell::dataset(&record.value))),
            Err(Failed::Absent(Absence::AlreadyInProgress(id), _)) => Ok(Queued::Running(id.map(|id| id.as_str().to_owned()))),
            // The status of this refusal is not documented, nor its wording for sure.
            Err(Failed::Absent(Absence::NotYet, _)) => Ok(Queued::Running(None)),
            Err(failed) => Err(failed.into()),
        }
    }

    async fn newest_reads(&self, company: &str) -> Result<Vec<store::DatasetEntry>, SourceError> {
        let id = CompanyId::new(company);
        let page = PageQuery::first(200, "-requested");
        let told = self.ask(&ListHistory { company: &id, page }, Urgency::Person).await?;
        self.is_ours(told.next.as_deref())?;
        if !told.quarantined.is_empty() {
            tracing::warn!(company.id = company, count = told.quarantined.len(), "some reads in the history could not be understood");
        }
        Ok(told.records.iter().filter(|record| record.value.company_id == id).map(|record| tell::dataset(&record.value)).collect())
    }

    async fn settings_now(&self, company: Option<&str>, urgency: Urgency) -> Result<SyncSettings, SourceError> {
        Ok(match company.map(CompanyId::new) {
            Some(company) => self.ask(&GetCompanySyncSettings { company: &company }, urgency).await?.value,
            None => self.ask(&GetClientSyncSettings {}, urgency).await?.value,
        })
    }

    async fn end_at_codat(&self, company: &str, ending: &Ending) -> Result<(), SourceError> {
        let company = &CompanyId::new(company);
        let ended = match ending {
            Ending::Unlink(id) => {
                return Ok(self.ask(&Unlink { company, connection: &ConnectionId::new(id) }, Urgency::Person).await.map(|_| ())?);
            }
            Ending::DeleteConnection(id) => {
                self.ask(&DeleteConnection { company, connection: &ConnectionId::new(id) }, Urgency::Person).await
            }
            Ending::DeleteCompany => self.ask(&DeleteCompany { company }, Urgency::Person).await,
            Ending::Erase => return Ok(()),
        };
        match ended.map_err(SourceError::from) {
            Err(SourceError::NotFound(_)) => Ok(()),
            ended => ended,
        }
    }

    async fn schedules_of(&self, company: Option<&str>) -> Result<Vec<Schedule>, SourceError> {
        let told = self.settings_now(company, Urgency::Background).await?;
        let ours = told.settings.into_iter().filter_map(|setting| {
            Some(Schedule {
                data_type: DataType::from_wire(&setting.data_type)?,
                on_first_link: setting.fetch_on_first_link,
                hours: setting.sync_schedule,
                from_months: setting.sync_from_window,
                from_day: setting.sync_from_utc.map(|day| day.as_str().to_owned()),
                months: setting.months_to_sync,
                is_locked: setting.is_locked,
            })
        });
        Ok(ours.collect())
    }

    /// Everything that stands is sent back with the change: a type left out would be lost.
    async fn change_settings(&self, company: Option<&str>, changes: &[ScheduleChange]) -> Result<(), SourceError> {
        let mut settings = self.settings_now(company, Urgency::Person).await?;
        for setting in &mut settings.settings {
            let data_type = DataType::from_wire(&setting.data_type);
            let Some(change) = changes.iter().find(|change| data_type == Some(change.data_type)) else { continue };
            setting.sync_schedule = change.hours;
            setting.fetch_on_first_link = change.on_first_link;
            setting.sync_from_window = change.from_months;
        }
        settings.overrides_defaults = true;
        let frozen = settings.to_bytes().map_err(|error| SourceError::Unreadable(error.to_string()))?;
        match company.map(CompanyId::new) {
            Some(company) => self.ask(&SetCompanySyncSettings { company: &company, frozen: &frozen }, Urgency::Person).await?,
            None => self.ask(&SetClientSyncSettings { frozen: &frozen }, Urgency::Person).await?,
        }
        Ok(())
    }

    /// Next pages are computed; a page that names one elsewhere is not Codat's.
    fn is_ours(&self, next: Option<&str>) -> Result<(), SourceError> {
        if next.is_none_or(|next| codat::page::lies_at(next, self.client.base())) {
            return Ok(());
        }
        Err(SourceError::Unreadable("a list: its next page lies at another address".into()))
    }
}

impl BankingSource for CodatSource {
    fn client(&self) -> Wait<'_, Result<ClientTold, SourceError>> {
        Box::pin(self.client_told())
    }

    fn banks(&self) -> Wait<'_, Result<Vec<BankEntry>, SourceError>> {
        Box::pin(async {
            let told = self.all_banks(ENABLED).await?;
            Ok(told.banks.into_iter().filter(|bank| bank.enabled).collect())
        })
    }

    fn all_banks(&self) -> Wait<'_, Result<BanksTold, SourceError>> {
        Box::pin(Self::all_banks(self, BANKING))
    }

    fn companies(&self, page: u32, size: u32) -> Wait<'_, Result<CompanyBatch, SourceError>> {
        Box::pin(self.company_page(page, size))
    }

    fn company<'a>(&'a self, id: &'a str) -> Wait<'a, Result<CompanyTold, SourceError>> {
        Box::pin(self.one_company(id))
    }

    fn companies_named<'a>(&'a self, ids: &'a [&'a str]) -> Wait<'a, Result<Vec<CompanyTold>, SourceError>> {
        Box::pin(self.these_companies(ids))
    }

    fn tagged<'a>(&'a self, tag: &'a str, value: &'a str) -> Wait<'a, Result<Vec<CompanyTold>, SourceError>> {
        Box::pin(self.all_tagged(tag, value))
    }

    fn company_body(&self, name: &str, tags: &BTreeMap<String, String>) -> Vec<u8> {
        CompanyBody { name, description: None, tags }.to_bytes().unwrap_or_default()
    }

    fn connection_body(&self, bank_key: &str) -> Vec<u8> {
        connection_body(&PlatformKey::new(bank_key))
    }

    fn create_company<'a>(&'a self, body: &'a [u8], key: &'a str) -> Wait<'a, Sent<CompanyTold>> {
        Box::pin(self.send_company(body, key))
    }

    fn create_connection<'a>(&'a self, company: &'a str, body: &'a [u8], key: &'a str) -> Wait<'a, Sent<ConnectionEntry>> {
        Box::pin(self.send_connection(company, body, key))
    }

    fn connections<'a>(&'a self, company: &'a str) -> Wait<'a, Result<Vec<ConnectionEntry>, SourceError>> {
        Box::pin(self.all_connections(company))
    }

    fn fresh_link<'a>(&'a self, company: &'a str, connection: &'a str) -> Wait<'a, Result<FreshLink, SourceError>> {
        Box::pin(self.link_now(company, connection))
    }

    fn company_link<'a>(&'a self, company: &'a str) -> Wait<'a, Result<(CompanyTold, Option<SecretString>), SourceError>> {
        Box::pin(self.company_link_now(company))
    }

    fn queue<'a>(&'a self, company: &'a str, connection: &'a str, data_type: DataType) -> Wait<'a, Result<Queued, SourceError>> {
        Box::pin(self.queue_read(company, connection, data_type))
    }

    fn history<'a>(&'a self, company: &'a str) -> Wait<'a, Result<Vec<store::DatasetEntry>, SourceError>> {
        Box::pin(self.newest_reads(company))
    }

    fn records<'a>(&'a self, asked: PageAsked<'a>) -> Wait<'a, Result<Fetched, SourceError>> {
        Box::pin(records::fetch(self, asked))
    }

    fn end<'a>(&'a self, company: &'a str, ending: &'a Ending) -> Wait<'a, Result<(), SourceError>> {
        Box::pin(self.end_at_codat(company, ending))
    }

    fn sync_settings<'a>(&'a self, company: Option<&'a str>) -> Wait<'a, Result<Vec<Schedule>, SourceError>> {
        Box::pin(self.schedules_of(company))
    }

    fn change_sync_settings<'a>(&'a self, company: Option<&'a str>, changes: &'a [ScheduleChange]) -> Wait<'a, Result<(), SourceError>> {
        Box::pin(self.change_settings(company, changes))
    }

    fn logo<'a>(&'a self, url: &'a str) -> Wait<'a, Result<Vec<u8>, SourceError>> {
        Box::pin(async move {
            let plain = match self.plain.get() {
                Some(plain) => plain,
                None => {
                    let made = links::logo_client(self.client.base()).map_err(|()| SourceError::Untrusted)?;
                    self.plain.get_or_init(|| made)
                }
            };
            links::logo(plain, self.client.base(), url).await
        })
    }

    fn is_inspected(&self) -> bool {
        self.client.is_inspected()
    }

    fn pace(&self) -> Pace {
        self.budget.pace()
    }

    fn share_budget(&self, place: Arc<dyn BudgetPlace>) {
        self.budget.share(place);
    }

    fn budget(&self) -> Wait<'_, BudgetView> {
        Box::pin(self.budget.view())
    }

    fn fits(&self, needed: u32) -> Wait<'_, Fits> {
        Box::pin(self.budget.fits(needed))
    }

    fn expect_links(&self, count: usize) {
        self.budget.expect_links(u32::try_from(count).unwrap_or(u32::MAX));
    }

    fn settle_budget(&self) -> Wait<'_, ()> {
        Box::pin(self.budget.settle())
    }

    fn may_open(&self, url: &str) -> bool {
        links::may_open(self.client.base(), url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calm::in_background;
    use sandbox::{Options, Sandbox};
    use std::sync::Mutex;

    #[tokio::test]
    async fn what_looks_at_the_history_in_the_background_waits_for_a_person_who_came_later() {
        let sandbox = Sandbox::start(Options { speed: 0, companies: 1, ..Options::default() }).await.expect("the sandbox starts");
        let key = ApiKey::parse(sandbox.api_key()).expect("a key");
        let budget = Budget::new(Arc::new(SystemClock), 1);
        let client = Client::new(sandbox.base_url(), &key, Limits::default()).expect("a client");
        let source = CodatSource { client, budget: budget.clone(), plain: OnceLock::new() };
        let company = source.company_page(1, 1).await.expect("companies").companies.remove(0).0.id;
        // Everything that may be under way at once is.
        let mut taken = vec![];
        while let Some(permit) = now_or_never(budget.enter(Urgency::Person, "/held")).await {
            taken.push(permit.expect("a turn"));
        }
        let came = Mutex::new(vec![]);
        let background = async {
            in_background(source.history(&company)).await.expect("a history");
            came.lock().expect("order").push("background");
        };
        let person = async {
            source.history(&company).await.expect("a history");
            came.lock().expect("order").push("person");
        };
        tokio::pin!(background, person);
        assert!(futures::poll!(&mut background).is_pending() && futures::poll!(&mut person).is_pending());
        let view = budget.view().await;
        assert_eq!((view.waiting_persons, view.waiting_background), (1, 1));
        // One turn only: the second begins when the first has ended.
        drop(taken.pop());
        futures::join!(background, person);
        assert_eq!(*came.lock().expect("order"), ["person", "background"]);
    }

    async fn now_or_never<T>(answer: impl Future<Output = T>) -> Option<T> {
        let answer = std::pin::pin!(answer);
        match futures::poll!(answer) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        }
    }
}
