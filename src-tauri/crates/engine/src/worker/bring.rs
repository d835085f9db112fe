//! One company up to what Codat holds: the plan is the one that desktops go by, the rows go to the team's server.

use super::{Counts, Trouble, Worker};
use crate::ports::{Clock as _, Fetched, PageAsked, RecordPage, SourceError};
use crate::sync::{
    How, Local, Locals, MOST_PAGES, Mark, Next, PAGE, RESTARTS, Remote, SMALL, Step, SyncPlan, Walked, brought_rows, later,
    may_be_overtaken,
};
use domain::data_type::DataType;
use std::collections::BTreeMap;
use std::time::Duration;
use store::DatasetEntry;
use team::{ConnectionState, Cursor, Fetch, Lease, Page, Server};

/// A company that failed is tried again after this, doubled each time, up to the longest.
const AGAIN: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(3_600));

/// How one walk over the pages ended.
enum Walk {
    Whole,
    /// Codat has nothing to read yet.
    NotYet,
    /// A read landed meanwhile: rows may have shifted between pages.
    Overtaken(Option<Mark>),
    /// The answers were too large, or did not come.
    Smaller,
}

impl Worker {
    /// Brings the company up to date and gives it back, whatever comes of it.
    pub(super) async fn bring(&self, server: &mut Server, lease: &Lease) -> Result<(), Trouble> {
        match self.fetch_all(server, lease).await {
            Ok(connections) => {
                let seen: Vec<(String, String)> = connections.into_iter().map(|found| (found.id, found.says)).collect();
                server.done(lease, &seen).await?;
                Counts::add(&self.counts.companies, 1);
                Ok(())
            }
            Err(Trouble::Source(error)) if error.ends_all() => {
                server.give_back(lease, Duration::ZERO, false).await?;
                Err(error.into())
            }
            Err(Trouble::Source(error)) => {
                tracing::warn!(company.id = %lease.company, %error, "a company could not be brought up to date");
                let doubled = AGAIN.0 * 2_u32.saturating_pow(u32::try_from(lease.failures).unwrap_or(u32::MAX).min(10));
                server.give_back(lease, doubled.min(AGAIN.1), true).await?;
                Counts::add(&self.counts.failures, 1);
                Ok(())
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Gives what its connections said before anything was fetched.
    async fn fetch_all(&self, server: &mut Server, lease: &Lease) -> Result<Vec<ConnectionState>, Trouble> {
        if lease.is_rung {
            let told = self.source.company(&lease.company).await?;
            server.take_companies(&[told], self.clock.now()).await?;
        }
        let connections = server.connections(&lease.company).await?;
        let cursors = server.cursors(&lease.company).await?;
        // The first time everything is fetched whatever the history says; later it says which types moved, which costs less than asking all.
        let must_look = !cursors.is_empty() && connections.iter().any(|found| found.has_moved);
        let reads = if must_look { self.source.history(&lease.company).await? } else { vec![] };
        let reads: Vec<DatasetEntry> = reads.into_iter().filter(|read| read.company == lease.company).collect();
        server.keep_datasets(&reads).await?;
        let mut cuts: BTreeMap<(String, DataType), Fetch> = BTreeMap::new();
        let locals: Locals = cursors.into_iter().filter_map(|cursor| local(cursor, &mut cuts)).collect();
        let plan = SyncPlan::new(&remotes(&connections, &reads, &locals), &locals, self.clock.now());
        for step in plan.steps {
            let cut = cuts.remove(&(step.connection.clone(), step.data_type));
            self.fetch(server, lease, step, cut).await?;
        }
        Ok(connections)
    }

    async fn fetch(&self, server: &mut Server, lease: &Lease, mut step: Step, mut cut: Option<Fetch>) -> Result<(), Trouble> {
        let (mut size, mut restarts) = (PAGE, 0);
        let since = match &step.how {
            How::GoOn => cut.as_ref().and_then(|cut| cut.since.clone()),
            How::Since(stamp) => Some(stamp.clone()),
            How::Whole => None,
        };
        cut = cut.filter(|_| step.how == How::GoOn);
        loop {
            let mut fetch = match cut.take() {
                Some(cut) => cut,
                None => server.begin_fetch(lease, &step.connection, step.data_type, step.mark.word(), since.clone(), size).await?,
            };
            match self.walk(server, lease, &step, &mut fetch).await? {
                // What is not there yet is fetched once Codat says that it is.
                Walk::Whole | Walk::NotYet => return Ok(()),
                Walk::Overtaken(newest) if restarts < RESTARTS => {
                    restarts += 1;
                    step.mark = newest.unwrap_or(step.mark);
                }
                Walk::Overtaken(_) => return Err(SourceError::Unreadable("a list that moves faster than it is read".into()).into()),
                Walk::Smaller if fetch.size > SMALL => size = (fetch.size / 5).max(SMALL),
                Walk::Smaller => return Err(SourceError::TooLarge.into()),
            }
        }
    }

    async fn walk(&self, server: &mut Server, lease: &Lease, step: &Step, fetch: &mut Fetch) -> Result<Walk, Trouble> {
        let mut walked = Walked::after(u64::from(fetch.page) * u64::from(fetch.size));
        let several = fetch.page > 0;
        loop {
            let number = fetch.page + 1;
            let asked = PageAsked {
                company: &lease.company,
                connection: &step.connection,
                data_type: step.data_type,
                page: number,
                size: fetch.size,
                since: fetch.since.as_deref(),
            };
            let found = match self.source.records(asked).await {
                Ok(Fetched::Page(found)) => found,
                Ok(Fetched::Empty) => {
                    self.keep_last(server, lease, fetch, None).await?;
                    return Ok(Walk::Whole);
                }
                Ok(Fetched::NotYet) => return Ok(Walk::NotYet),
                // Codat never says so.
                Ok(Fetched::Fewer) => return Err(SourceError::Unreadable("a list that is shorter than it says".into()).into()),
                Err(SourceError::TooLarge) => return Ok(Walk::Smaller),
                Err(SourceError::Lost) if fetch.size > SMALL => return Ok(Walk::Smaller),
                Err(error) => return Err(error.into()),
            };
            let next = walked.take(number, &found);
            let page = page(number, found, fetch.watermark.clone());
            match next {
                Next::Overtaken => return Ok(Walk::Overtaken(self.newest(&lease.company, step).await?)),
                Next::More if number < MOST_PAGES => {
                    let rows = server.keep_page(lease, fetch, page).await?;
                    self.count(rows);
                }
                Next::More | Next::Again => return Err(SourceError::Unreadable("a list that does not end".into()).into()),
                Next::Last => {
                    // One page is one moment. Over several, a read may have landed without changing the count; then its rows came last.
                    if (several || number > 1) && may_be_overtaken(&step.mark, page.watermark.as_deref()) {
                        let newest = self.newest(&lease.company, step).await?;
                        if newest.as_ref().is_some_and(|newest| !step.mark.covers(newest)) {
                            return Ok(Walk::Overtaken(newest));
                        }
                    }
                    self.keep_last(server, lease, fetch, Some(page)).await?;
                    return Ok(Walk::Whole);
                }
            }
        }
    }

    async fn keep_last(&self, server: &mut Server, lease: &Lease, fetch: &Fetch, last: Option<Page>) -> Result<(), Trouble> {
        let rows = server.end_fetch(lease, fetch, last, self.clock.now()).await?;
        self.count(rows);
        Ok(())
    }

    fn count(&self, rows: u64) {
        Counts::add(&self.counts.pages, 1);
        Counts::add(&self.counts.rows, rows);
    }

    /// The state of this type after its newest good read, as Codat's history tells it now.
    async fn newest(&self, company: &str, step: &Step) -> Result<Option<Mark>, SourceError> {
        Ok(newest_of(&self.source.history(company).await?, &step.connection, step.data_type))
    }
}

fn page(number: u32, found: RecordPage, before: Option<String>) -> Page {
    Page { number, watermark: later(before, found.watermark), records: found.records, bad: found.bad }
}

/// What is here of one type of one connection; a fetch that was cut is laid aside.
fn local(cursor: Cursor, cuts: &mut BTreeMap<(String, DataType), Fetch>) -> Option<((String, DataType), Local)> {
    let key = (cursor.connection, DataType::from_wire(&cursor.data_type)?);
    let cut = cursor.cut.as_ref().map(|cut| (Mark::from_word(&cut.state), cut.page));
    cuts.extend(cursor.cut.map(|cut| (key.clone(), cut)));
    let fetched = cursor.fetched.as_deref().map(Mark::from_word);
    Some((key, Local { fetched, watermark: cursor.watermark, cut, rows: cursor.rows, whole_at: cursor.whole_at, ..Local::default() }))
}

/// What can be fetched of a company's connections.
fn remotes(connections: &[ConnectionState], reads: &[DatasetEntry], locals: &Locals) -> Vec<Remote> {
    let mut remotes = vec![];
    for connection in connections {
        for data_type in DataType::ALL {
            let here = locals.get(&(connection.id.clone(), data_type));
            // Where no history is told, the last sync's time says that there is something.
            let by_time = connection.last_sync.filter(|_| reads.is_empty() || here.is_none_or(|here| here.fetched.is_none())).map(Mark::at);
            let by_read = newest_of(reads, &connection.id, data_type);
            let readable = match (by_read, by_time) {
                (Some(read), Some(time)) => Some(if read.covers(&time) { read } else { time }),
                (read, time) => read.or(time),
            };
            remotes.push(Remote { connection: connection.id.clone(), data_type, readable });
        }
    }
    remotes
}

fn newest_of(reads: &[DatasetEntry], connection: &str, data_type: DataType) -> Option<Mark> {
    let own = reads.iter().filter(|read| read.connection == connection && DataType::from_wire(&read.data_type) == Some(data_type));
    let good = own.filter(|read| brought_rows(read)).map(Mark::after);
    good.reduce(|newest, other| if newest.covers(&other) { newest } else { other })
}
