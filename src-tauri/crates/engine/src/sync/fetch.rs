//! Fetching what a read brought: pages into the store, each in one transaction with how far it brings us.

use crate::calm::in_background;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ports::{Fetched, PageAsked, RecordPage, SourceError};
use crate::sync::plan::{How, Local, Mark, PAGE, Step, how, may_be_overtaken};
use crate::sync::reads::with_download;
use crate::sync::room::{Taken, Weight};
use crate::sync::runs::{Key, Running};
use crate::sync::{Tally, reads};
use crate::view::Topic;
use domain::data_type::DataType;
use store::{PageDone, Quarantined, Records, Run, StoreError, Writing};

/// The smallest page after answers that were too large or never came.
pub(crate) const SMALL: u32 = 250;
/// A walk that is overtaken this often is left to the next look: then it begins anew.
pub(crate) const RESTARTS: u32 = 3;
/// More pages than any bank has: a list that never ends is not walked for ever.
pub(crate) const MOST_PAGES: u32 = 100_000;

/// How one walk over the pages ended.
#[derive(Debug, PartialEq, Eq)]
enum Walk {
    /// Everything is stored.
    Whole,
    /// Codat has nothing to read yet.
    NotYet,
    /// A read landed meanwhile: rows may have shifted between pages.
    Overtaken,
    /// The answers were too large, or did not come: smaller pages.
    Smaller,
    /// Rows went since the stamp that was asked by: everything is to be asked for.
    Fewer,
    /// A person stopped it. The run stays open and goes on after its last stored page.
    Stopped,
}

impl Engine {
    /// Makes one step of a plan. A connection's type is fetched by one at a time; who waited for another's fetch looks again at what is left to do.
    /// What was stored is counted also where it ends badly.
    pub(crate) async fn fetch(&self, company: &str, step: &Step, tally: &mut Tally) -> Result<()> {
        let _turn = self.inner.turns.fetch(&step.connection, step.data_type.wire()).await;
        let Some((step, cut)) = self.still_to_do(step).await? else { return Ok(()) };
        let key = Key { connection: step.connection.clone(), data_type: step.data_type };
        let Some(running) = self.inner.runs.begin(company, key, self.now()) else {
            tally.stopped += 1;
            return Ok(());
        };
        self.say([Topic::Progress]);
        let ended = self.fetch_to_end(company, step, cut, &running, tally).await;
        drop(running);
        self.say([Topic::Progress]);
        ended
    }

    async fn fetch_to_end(
        &self,
        company: &str,
        mut step: Step,
        mut cut: Option<Run>,
        running: &Running<'_>,
        tally: &mut Tally,
    ) -> Result<()> {
        let began = self.now();
        let mut restarts = 0;
        // Pages that had to be made smaller before a cut stay small.
        let mut size = cut.as_ref().map_or(PAGE, |run| run.page_size.clamp(SMALL, PAGE));
        let mut since = match &step.how {
            How::GoOn => cut.as_ref().and_then(|run| run.since.clone()),
            How::Since(stamp) => Some(stamp.clone()),
            How::Whole => None,
        };
        if step.how != How::GoOn {
            cut = None;
        }
        loop {
            let (mut run, first) = match cut.take() {
                Some(run) => {
                    running.walks(run.page, run.page_size);
                    let first = self.ask_page(&Asking::after(&run), &step, None, running).await;
                    (run, first)
                }
                None => {
                    running.walks(0, size);
                    // While it is noted that this began, its first page is on its way.
                    let asking = Asking { company, since: since.as_deref(), page: 1, size };
                    let begun = self.begin(company, &step, since.clone(), size);
                    let (run, first) = tokio::join!(begun, self.ask_page(&asking, &step, None, running));
                    (run?, first)
                }
            };
            let why = match self.walk(&mut run, &step, first, began, running, tally).await? {
                Walk::Whole => break,
                Walk::Stopped => {
                    tally.stopped += 1;
                    return Ok(());
                }
                Walk::NotYet => return self.give_up(&run, "not read yet").await,
                Walk::Overtaken if restarts < RESTARTS => {
                    restarts += 1;
                    step.mark = self.newest(company, &step).await?.unwrap_or(step.mark);
                    "overtaken by a read"
                }
                Walk::Overtaken => {
                    self.give_up(&run, "overtaken by reads").await?;
                    tally.failed += 1;
                    return Ok(());
                }
                Walk::Fewer => {
                    since = None;
                    "rows went"
                }
                Walk::Smaller if run.page_size > SMALL => {
                    size = (run.page_size / 5).max(SMALL);
                    "in smaller pages"
                }
                Walk::Smaller => {
                    self.give_up(&run, "too large").await?;
                    return Err(SourceError::TooLarge.into());
                }
            };
            // Another size means other pages: the walk begins anew. What is stored is stored again, which changes nothing.
            self.give_up(&run, why).await?;
        }
        self.say([Topic::Company(company.to_owned()), Topic::Companies]);
        running.ends_well();
        tally.good += 1;
        Ok(())
    }

    /// What is left of a step, and the cut fetch that it may go on with.
    async fn still_to_do(&self, step: &Step) -> Result<Option<(Step, Option<Run>)>> {
        let (connection, data_type, mark) = (step.connection.clone(), step.data_type, step.mark.clone());
        let (local, cut) = self
            .store(move |store| {
                store.reading(|reading| {
                    Ok((reads::local(reading, &connection, data_type, &mark)?, reading.unfinished_run(&connection, data_type.wire())?))
                })
            })
            .await?;
        let local = Local { is_told_of_what_went: self.inner.source.is_teams(), ..local };
        let how = how(step.data_type, &step.mark, &local, self.now());
        Ok(how.map(|how| (Step { how, ..step.clone() }, cut)))
    }

    async fn begin(&self, company: &str, step: &Step, since: Option<String>, size: u32) -> Result<Run> {
        let (company, connection, mark) = (company.to_owned(), step.connection.clone(), step.mark.word());
        let (data_type, now) = (step.data_type, self.now());
        self.write(0, move |writing| writing.begin_run(&company, &connection, data_type.wire(), Some(&mark), since.as_deref(), size, now))
            .await
    }

    async fn give_up(&self, run: &Run, why: &'static str) -> Result<()> {
        let (n, now) = (run.n, self.now());
        self.write(0, move |writing| writing.drop_run(n, why, now)).await
    }

    /// From the page after the last stored one to the end.
    async fn walk(
        &self,
        run: &mut Run,
        step: &Step,
        first: Option<Page>,
        began: i64,
        running: &Running<'_>,
        tally: &mut Tally,
    ) -> Result<Walk> {
        let mut walked = Walked::after(u64::from(run.page) * u64::from(run.page_size));
        let several = run.page > 0;
        let mut answer = first;
        loop {
            let page = run.page + 1;
            let Some(answered) = answer else { return Ok(Walk::Stopped) };
            let (found, mut room) = match answered {
                (Ok(Fetched::Page(found)), room) => (found, room),
                (Ok(Fetched::Empty), _) => {
                    self.finish(run, step, began, None).await?;
                    return Ok(Walk::Whole);
                }
                (Ok(Fetched::NotYet), _) => return Ok(Walk::NotYet),
                (Ok(Fetched::Fewer), _) => return Ok(Walk::Fewer),
                (Err(SourceError::TooLarge), _) => return Ok(Walk::Smaller),
                // Answers that break off time and again may be too long for the line.
                (Err(SourceError::Lost), _) if run.page_size > SMALL => return Ok(Walk::Smaller),
                (Err(error), _) => return Err(error.into()),
            };
            self.inner.room.settle(step.data_type, page == 1, &Weight::of(&found), &mut room);
            running.answered(found.total);
            let next = walked.take(page, &found);
            let watermark = later(run.watermark.clone(), found.watermark.clone());
            let found = Found { page, watermark, records: found.records, bad: found.bad, room };
            match next {
                Next::Overtaken => return Ok(Walk::Overtaken),
                Next::More if page < MOST_PAGES => {
                    // Asked for once this one is stored: a kill costs one page, and other fetches use the time.
                    self.keep_page(run, found, running, tally).await?;
                    answer = self.ask_page(&Asking::after(run), step, walked.left(), running).await;
                    self.say([Topic::Company(run.company.clone())]);
                }
                Next::More | Next::Again => return Err(SourceError::Unreadable("a list that does not end".into()).into()),
                Next::Last => {
                    // One page is one moment. Over several, a read may have landed without changing the count; then its rows came last.
                    let overtaken = (several || page > 1) && may_be_overtaken(&step.mark, found.watermark.as_deref()) && {
                        let newest = tokio::select! {
                            newest = self.newest(&run.company, step) => newest?,
                            () = running.stopped() => return Ok(Walk::Stopped),
                        };
                        newest.is_some_and(|newest| !step.mark.covers(&newest))
                    };
                    if overtaken {
                        self.keep_page(run, found, running, tally).await?;
                        return Ok(Walk::Overtaken);
                    }
                    let kept = self.finish(run, step, began, Some(found)).await?;
                    self.count_page(running, tally, kept);
                    return Ok(Walk::Whole);
                }
            }
        }
    }

    /// Asks for a page as soon as there is room for it; `None` when a person stops it meanwhile.
    async fn ask_page(&self, asking: &Asking<'_>, step: &Step, left: Option<u64>, running: &Running<'_>) -> Option<Page> {
        let left = left.map(|left| u32::try_from(left).unwrap_or(u32::MAX));
        let asked = PageAsked {
            company: asking.company,
            connection: &step.connection,
            data_type: step.data_type,
            page: asking.page,
            size: asking.size,
            since: asking.since,
        };
        let answer = async {
            let room = self.inner.room.take(step.data_type, left, asking.size).await;
            (self.inner.source.records(asked).await, room)
        };
        tokio::select! {
            answer = answer => Some(answer),
            () = running.stopped() => None,
        }
    }

    async fn keep_page(&self, run: &mut Run, found: Found, running: &Running<'_>, tally: &mut Tally) -> Result<()> {
        let (page, watermark) = (found.page, found.watermark.clone());
        let (kept, at) = (run.clone(), self.now());
        let rows = self.write(found.records.len(), move |writing| found.keep(writing, &kept, at)).await?;
        run.page = page;
        run.watermark = watermark;
        run.rows += rows;
        self.count_page(running, tally, rows);
        Ok(())
    }

    fn count_page(&self, running: &Running<'_>, tally: &mut Tally, rows: u64) {
        running.stored(rows, self.now());
        self.say([Topic::Progress]);
        tally.pages += 1;
        tally.rows += rows;
        self.progress(|progress| {
            progress.pages += 1;
            progress.rows += rows;
        });
    }

    /// Ends a walk well: its last page, the cursor and what is told of it are one step.
    async fn finish(&self, run: &Run, step: &Step, began: i64, last: Option<Found>) -> Result<u64> {
        let now = self.now();
        let (run, mark) = (run.clone(), step.mark.clone());
        // What is missing at Codat may be there the next time. What a team's server says is gone was looked for often enough by a worker: that one pass
        // did not see it counts as two.
        let looked = i64::from(self.inner.source.is_teams() && run.since.is_none());
        self.write(last.as_ref().map_or(0, |found| found.records.len()), move |writing| {
            let watermark = last.as_ref().map_or_else(|| run.watermark.clone(), |found| found.watermark.clone());
            let rows = last.map_or(Ok(0), |found| found.keep(writing, &run, now))?;
            let run = Run { pass: run.pass + looked, ..run };
            writing.finish_run(&run, watermark.as_deref(), now)?;
            if run.since.is_none() {
                writing.set_facts(&[(whole_fact(&run.connection, &run.data_type), now.to_string())])?;
            }
            if let Some(read) = with_download(&writing.reading(), &run.connection, &run.data_type, &mark, now - began)? {
                writing.keep_datasets(&[read])?;
            }
            Ok(rows)
        })
        .await
    }

    /// The state of this type after its newest good read, as Codat's history tells it now.
    async fn newest(&self, company: &str, step: &Step) -> Result<Option<Mark>> {
        let told = in_background(self.inner.source.history(company)).await?;
        let own = told.iter().filter(|read| read.company == company && read.connection == step.connection);
        let good = own.filter(|read| DataType::from_wire(&read.data_type) == Some(step.data_type) && reads::brought_rows(read));
        Ok(good.map(Mark::after).reduce(|newest, other| if newest.covers(&other) { newest } else { other }))
    }
}

/// A page that was asked for, and the room it takes.
type Page = (std::result::Result<Fetched, SourceError>, Taken);

/// Which page to ask for.
struct Asking<'a> {
    company: &'a str,
    since: Option<&'a str>,
    page: u32,
    size: u32,
}

impl<'a> Asking<'a> {
    fn after(run: &'a Run) -> Self {
        Self { company: &run.company, since: run.since.as_deref(), page: run.page + 1, size: run.page_size }
    }
}

/// A page on its way into the database.
struct Found {
    page: u32,
    /// Of the walk, this page included.
    watermark: Option<String>,
    records: Records,
    bad: Vec<Quarantined>,
    /// Given back when the page is stored.
    room: Taken,
}

impl Found {
    fn keep(self, writing: &Writing<'_>, run: &Run, at: i64) -> std::result::Result<u64, StoreError> {
        if !self.bad.is_empty() {
            tracing::warn!(connection.id = %run.connection, data_type = %run.data_type, count = self.bad.len(), "records were set aside");
        }
        let done = PageDone { page: self.page, watermark: self.watermark, at };
        let applied = writing.apply_page(run, &self.records, &self.bad, &done)?;
        drop(self.room);
        Ok(applied.rows.into())
    }
}

/// What a page means for the walk.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    More,
    Last,
    Overtaken,
    /// The same page once more: this list does not end.
    Again,
}

/// Pages so far, as Codat counts them.
pub(crate) struct Walked {
    total: Option<u64>,
    rows: u64,
    /// The first record of the page before.
    first: Option<String>,
}

impl Walked {
    /// After so many rows that were taken before.
    pub(crate) fn after(rows: u64) -> Self {
        Self { total: None, rows, first: None }
    }

    /// The count is part of every answer: when it changes, a read landed in the middle of the walk. A page without rows is the last one, whatever
    /// the count says; the rows are counted, because a page may be shorter than asked for.
    pub(crate) fn take(&mut self, page: u32, found: &RecordPage) -> Next {
        let first = found.records.first_id().map(str::to_owned);
        let repeats = first.is_some() && first == self.first;
        self.first = first;
        if page > 1 && repeats {
            return Next::Again;
        }
        if page > 1 && self.total.is_some_and(|total| total != found.total) {
            return Next::Overtaken;
        }
        self.total = Some(found.total);
        self.rows += u64::from(found.rows);
        // A count that is too low while a next page is offered must not leave rows behind.
        if found.rows == 0 || (self.rows >= found.total && !found.has_next) { Next::Last } else { Next::More }
    }

    /// Rows that are still to come, as Codat counts them.
    fn left(&self) -> Option<u64> {
        self.total.map(|total| total.saturating_sub(self.rows))
    }
}

/// The later of two stamps, as instants: their texts have six forms.
pub(crate) fn later(left: Option<String>, right: Option<String>) -> Option<String> {
    let at = |stamp: &str| domain::date::WireDate::new(stamp).instant_or_utc();
    match (left, right) {
        (Some(left), Some(right)) => Some(if at(&right) > at(&left) { right } else { left }),
        (left, right) => left.or(right),
    }
}

/// When a type was last read whole.
pub(crate) fn whole_fact(connection: &str, data_type: &str) -> String {
    format!("whole/{connection}/{data_type}")
}

/// Errors that may be gone in a minute.
pub(crate) fn passes(error: &Error) -> bool {
    matches!(error, Error::Source(SourceError::Lost | SourceError::Down(_)))
}

/// Errors that end a whole sync, not one type of it: asking on would be pointless or rude.
pub(crate) fn ends_all(error: &Error) -> bool {
    match error {
        Error::Source(error) => error.ends_all(),
        Error::Store(_) | Error::Internal(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: u32, total: u64) -> RecordPage {
        RecordPage { records: Records::Accounts(vec![]), bad: vec![], total, has_next: false, watermark: None, rows, sent: 0 }
    }

    fn walk(pages: &[(u32, u64)]) -> Vec<Next> {
        let mut walked = Walked { total: None, rows: 0, first: None };
        (1..).zip(pages).map(|(number, (rows, total))| walked.take(number, &page(*rows, *total))).collect()
    }

    #[test]
    fn a_walk_ends_with_the_rows_and_not_with_a_promise() {
        assert_eq!(walk(&[(5_000, 7_000), (2_000, 7_000)]), [Next::More, Next::Last]);
        assert_eq!(walk(&[(5_000, 5_000)]), [Next::Last], "a full page that is all costs no second request");
        assert_eq!(walk(&[(100, 250), (100, 250), (50, 250)]), [Next::More, Next::More, Next::Last], "pages may be shorter than asked for");
        assert_eq!(walk(&[(0, 9_999)]), [Next::Last], "a count that lies does not keep us walking");
        assert_eq!(walk(&[(0, 0)]), [Next::Last]);
    }

    #[test]
    fn a_count_that_moves_says_that_a_read_landed() {
        assert_eq!(walk(&[(5_000, 7_000), (2_003, 7_003)]), [Next::More, Next::Overtaken]);
    }

    #[test]
    fn a_count_that_is_too_low_leaves_nothing_behind_while_a_next_page_is_offered() {
        let mut walked = Walked { total: None, rows: 0, first: None };
        assert_eq!(walked.take(1, &RecordPage { has_next: true, ..page(5_000, 10) }), Next::More);
        assert_eq!(walked.take(2, &page(2_000, 10)), Next::Last);
    }

    #[test]
    fn the_later_stamp_wins_whatever_its_form() {
        let pick = |left: &str, right: &str| later(Some(left.into()), Some(right.into())).expect("one");
        assert_eq!(pick("2026-03-01T10:00:00", "2026-03-01T09:59:59.9999999Z"), "2026-03-01T10:00:00");
        assert_eq!(pick("2026-03-01T11:30:00+02:00", "2026-03-01T09:45:00Z"), "2026-03-01T09:45:00Z");
        assert_eq!(later(None, Some("x".into())).as_deref(), Some("x"));
    }
}
