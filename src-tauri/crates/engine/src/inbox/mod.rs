//! The inbox: what happened that a person may want to know of, whoever looked at the window when it did.
//!
//! Notices are made from the ledger, so nothing that happens needs to know that there is an inbox. Whoever asks first takes in what is new.

mod gather;
mod tell;
mod words;

use crate::companies::timeline;
use crate::engine::Engine;
use crate::error::Result;
use crate::view::{InboxStep, InboxView, Millis, NoticeKind, NoticeView, Toast, Topic};
use domain::display::shown;
use std::sync::atomic::{AtomicI64, Ordering};
use store::{CompanyItem, Notice, Store, StoreError};
use tell::{Moment, Telling, telling};

/// Notices that are shown.
const SHOWN: u32 = 100;
/// More unread ones are "99 and more".
const MOST_UNREAD: u32 = 100;
/// How often consents are looked at: they end on a day, not at a minute.
const ENDINGS_EVERY_MS: i64 = 3_600_000;

/// What the inbox remembers while the profile is open.
#[derive(Default)]
pub(crate) struct Watch {
    /// When the consents were looked at last.
    endings: AtomicI64,
    /// When the system told something last.
    told: AtomicI64,
}

impl Engine {
    /// The inbox, after a step: newest first.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn inbox(&self, step: InboxStep) -> Result<InboxView> {
        match step {
            InboxStep::Look => {}
            InboxStep::Mark { notice, read } => self.store(move |store| store.see(notice.into(), read)).await?,
            InboxStep::MarkAll { upto } => self.store(move |store| store.see_all(upto.into())).await?,
        }
        if !matches!(step, InboxStep::Look) {
            self.stale([Topic::Status, Topic::Inbox]);
        }
        let unread = self.unread().await?;
        let notices = self
            .store(|store| {
                let open: Vec<String> = store.open_attempts()?.into_iter().map(|attempt| attempt.id).collect();
                let mut views = vec![];
                for notice in store.notices(SHOWN)? {
                    views.extend(view(store, &notice, &open)?);
                }
                Ok(views)
            })
            .await?;
        Ok(InboxView { notices, unread })
    }

    /// Notices that nobody has read, with what has just happened; counting stops at 100.
    pub(crate) async fn unread(&self) -> Result<u32> {
        self.gather_notices().await?;
        self.store(|store| store.unseen(MOST_UNREAD)).await
    }

    /// What the system is to tell now, if anything. `is_looking`: the window is in front of the person, who needs no second notice.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn to_tell(&self, is_looking: bool) -> Result<Option<Toast>> {
        self.gather_notices().await?;
        let untold = self.store(Store::untold).await?;
        if untold.is_empty() {
            return Ok(None);
        }
        let settings = self.preferences().notices;
        let (now, watch) = (self.now(), &self.inner.inbox);
        let telling = telling(&settings, Moment { now, minute: minute_of_day(now), last: watch.told.load(Ordering::SeqCst), is_looking });
        if telling == Telling::Later {
            return Ok(None);
        }
        // Noted before it is shown: twice is worse than never, because the inbox has it.
        let numbers: Vec<i64> = untold.iter().map(|one| one.n).collect();
        self.store(move |store| store.told(&numbers)).await?;
        if telling == Telling::Inbox {
            return Ok(None);
        }
        watch.told.store(now, Ordering::SeqCst);
        let [one] = untold.as_slice() else { return Ok(Some(words::toast_of_many(untold.len()))) };
        let one = one.clone();
        let view = self.store(move |store| view(store, &one, &[])).await?;
        Ok(view.map(|view| words::toast(view.id, view.kind, view.title, view.company_name, settings.names)))
    }

    /// Takes in what is new in the ledger, and consents that end soon.
    async fn gather_notices(&self) -> Result<()> {
        let (now, watch) = (self.now(), &self.inner.inbox);
        let due = !(0..ENDINGS_EVERY_MS).contains(&(now - watch.endings.load(Ordering::SeqCst)));
        if !due && !self.store(Store::inbox_is_behind).await? {
            return Ok(());
        }
        // What has ended is told elsewhere.
        let endings = if due { self.near_ends().await? } else { vec![] };
        let gather =
            move |store: &Store| store.gather(now - gather::TOGETHER_MS, &endings, |recent, events| gather::gathered(recent, events, now));
        let mut is_new = self.store(gather).await?;
        if due {
            watch.endings.store(now, Ordering::SeqCst);
        }
        let is_any = is_new;
        while is_new && self.store(Store::inbox_is_behind).await? {
            let rest =
                move |store: &Store| store.gather(now - gather::TOGETHER_MS, &[], |recent, events| gather::gathered(recent, events, now));
            is_new = self.store(rest).await?;
        }
        if is_any {
            self.stale([Topic::Inbox]);
        }
        Ok(())
    }
}

/// `None` for a kind that this version does not know.
fn view(store: &Store, notice: &Notice, open: &[String]) -> std::result::Result<Option<NoticeView>, StoreError> {
    let Some(kind) = NoticeKind::ALL.into_iter().find(|kind| kind.word() == notice.kind) else { return Ok(None) };
    let item: Option<CompanyItem> = match &notice.company {
        Some(id) => store.company(id)?,
        None => None,
    };
    let connections = item.as_ref().map(|item| item.connections.as_slice()).unwrap_or_default();
    let bank = timeline::bank(connections, notice.connection.as_deref(), notice.bank_key.as_deref());
    Ok(Some(NoticeView {
        id: u32::try_from(notice.n).unwrap_or(u32::MAX),
        kind,
        at: Millis(notice.at),
        ring: words::ring(kind),
        title: words::title(kind, notice.times, &bank, notice.company.is_none()),
        detail: notice.detail.as_deref().map(timeline::kept),
        company_name: item.as_ref().map(|item| shown(&item.company.name)),
        company_id: item.map(|item| item.company.id),
        open_attempt: notice.attempt.clone().filter(|id| open.contains(id)),
        is_unread: !notice.seen,
    }))
}

/// Where this computer is.
fn minute_of_day(now: i64) -> u16 {
    let at = jiff::Timestamp::from_millisecond(now).unwrap_or_default().to_zoned_datetime(jiff::tz::TimeZone::system());
    u16::try_from(i32::from(at.hour()) * 60 + i32::from(at.minute())).unwrap_or(0)
}
