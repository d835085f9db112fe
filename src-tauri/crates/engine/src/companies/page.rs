//! A company's page: one honest sentence, its connections as cards, what happened.

use crate::browse::account_view;
use crate::business::business_checks;
use crate::companies::{bank_mark, connection_pill, consent_ends, day_text, history_of, row, sync_rows, timeline};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{AccountView, BusinessCheck, CompanyView, ConnectionCard, DataTypeSync, Millis, Problem, Ring};
use domain::freshness::day_of_number;
use domain::sentence::{Link, LinkState, Standing};
use domain::status::ConnectionStatus;
use store::{CompanyItem, ConnectionEntry, DatasetEntry, Event, Look, Reading, StoreError};

/// Lines of a timeline, and reads it is made from.
const LINES: u32 = 200;

impl Engine {
    /// Everything on a company's page.
    ///
    /// # Errors
    /// When it is not here.
    pub async fn company(&self, id: String) -> Result<CompanyView> {
        let now = self.now();
        let page =
            self.store(move |store| store.reading(|reading| Kept::of(reading, &id, now))).await?.ok_or(Error::NotFound("company"))?;
        let mut cards = vec![];
        for (connection, (newest, mut sync)) in page.item.connections.iter().zip(page.connections).rev() {
            self.add_runs(&connection.id, &mut sync).await?;
            cards.push(card(connection, newest, sync, &page.accounts));
        }
        self.note_looks(page.seen);
        Ok(CompanyView {
            sentence: domain::sentence::of(&standing(&page.item, &page.accounts, &cards)),
            row: row(&page.item, self.is_reading(&page.item), now),
            accounts: u32::try_from(page.accounts.len()).unwrap_or(u32::MAX),
            transactions: page.accounts.iter().map(|account| account.transactions).sum(),
            timeline: timeline::of(&page.events, &page.reads, &page.item.connections),
            open_attempt: page.open_attempt,
            checks: page.checks,
            note: page.item.kept.note.clone(),
            connections: cards,
        })
    }
}

/// What is kept about a company, of one moment: a page put together from several would disagree with itself while a sync writes.
struct Kept {
    item: CompanyItem,
    accounts: Vec<AccountView>,
    /// Of each connection its newest day and how its types are.
    connections: Vec<(Option<i64>, Vec<DataTypeSync>)>,
    events: Vec<Event>,
    reads: Vec<DatasetEntry>,
    open_attempt: Option<String>,
    checks: Vec<BusinessCheck>,
    /// To be noted, because the page shows it.
    seen: Vec<Look>,
}

impl Kept {
    fn of(reading: &Reading<'_>, id: &str, now: i64) -> std::result::Result<Option<Self>, StoreError> {
        let Some(item) = reading.company(id)? else { return Ok(None) };
        let (checks, seen) = business_checks(reading, &item)?;
        let connections =
            item.connections.iter().map(|own| Ok((reading.newest_day(&own.id)?, sync_rows::sync_rows_at_rest(reading, own, now)?)));
        Ok(Some(Self {
            accounts: reading.accounts(id)?.into_iter().map(account_view).collect(),
            connections: connections.collect::<std::result::Result<_, StoreError>>()?,
            events: reading.events_of(id, LINES)?,
            reads: reading.datasets_of(id, LINES)?,
            open_attempt: reading.open_attempt_of(id)?,
            item,
            checks,
            seen,
        }))
    }
}

fn card(connection: &ConnectionEntry, newest: Option<i64>, sync: Vec<DataTypeSync>, accounts: &[AccountView]) -> ConnectionCard {
    let mut bank = bank_mark(connection);
    bank.status = connection_pill(connection, is_reading(&sync));
    let is_linked = ConnectionStatus::from_wire(&connection.status) == ConnectionStatus::Linked;
    ConnectionCard {
        id: connection.id.clone(),
        bank,
        raw_status: domain::display::shown(&connection.status),
        linked_at: connection.linked_at.map(Millis),
        consent_until_estimate: consent_ends(connection).filter(|_| is_linked).map(Millis),
        last_read: sync.iter().filter_map(|row| row.last_success).max(),
        data_to: newest.map(day_text),
        accounts: accounts.iter().filter(|account| account.connection_id == connection.id).cloned().collect(),
        history: history_of(connection),
        problem: problem(connection, is_linked, &sync),
        sync,
    }
}

/// What is wrong with the link itself goes before what is wrong with a read.
fn problem(connection: &ConnectionEntry, is_linked: bool, sync: &[DataTypeSync]) -> Option<Problem> {
    let of_link = connection
        .problem_code
        .as_deref()
        .filter(|_| !is_linked)
        .map(|code| crate::links::of_connection(code, connection.problem_text.as_deref(), &connection.bank_name));
    of_link.or_else(|| sync.iter().find_map(|row| row.problem.clone()))
}

fn is_reading(sync: &[DataTypeSync]) -> bool {
    sync.iter().any(|row| matches!(row.status.ring, Ring::Running | Ring::Waiting))
}

fn standing(item: &CompanyItem, accounts: &[AccountView], cards: &[ConnectionCard]) -> Standing {
    let banks: std::collections::BTreeSet<&str> = accounts.iter().map(|account| account.bank.as_str()).collect();
    Standing {
        accounts: u32::try_from(accounts.len()).unwrap_or(u32::MAX),
        banks_with_accounts: u32::try_from(banks.len()).unwrap_or(u32::MAX),
        data_to: cards.iter().filter_map(|card| card.data_to.as_deref()?.parse().ok()).max(),
        oldest_to: item.data_to.and_then(day_of_number),
        links: cards.iter().map(|card| Link { bank: card.bank.name.clone(), state: state(card) }).collect(),
    }
}

fn state(card: &ConnectionCard) -> LinkState {
    match ConnectionStatus::from_wire(&card.raw_status) {
        ConnectionStatus::Deauthorized => LinkState::Ended,
        ConnectionStatus::Unlinked => LinkState::Unlinked,
        ConnectionStatus::PendingAuth if card.problem.is_some() => LinkState::NotLinked,
        ConnectionStatus::PendingAuth => LinkState::Pending,
        ConnectionStatus::Linked if is_reading(&card.sync) => LinkState::Reading,
        ConnectionStatus::Linked if card.sync.iter().any(|row| row.status.ring == Ring::Crossed) => LinkState::ReadFailed,
        ConnectionStatus::Linked if card.accounts.is_empty() && card.last_read.is_some() => LinkState::NoAccounts,
        ConnectionStatus::Linked => LinkState::Linked,
        ConnectionStatus::Unknown(_) => LinkState::Unknown,
    }
}
