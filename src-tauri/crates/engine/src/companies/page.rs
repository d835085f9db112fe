//! A company's page: one honest sentence, its connections as cards, what happened.

use crate::companies::{bank_mark, connection_pill, consent_ends, day_text, history_of, row, timeline};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{AccountView, CompanyView, ConnectionCard, DataTypeSync, Millis, Problem, Ring};
use domain::freshness::day_of_number;
use domain::sentence::{Link, LinkState, Standing};
use domain::status::ConnectionStatus;
use store::{CompanyItem, ConnectionEntry};

/// Lines of a timeline, and reads it is made from.
const LINES: u32 = 200;

impl Engine {
    /// Everything on a company's page.
    ///
    /// # Errors
    /// When it is not here.
    pub async fn company(&self, id: String) -> Result<CompanyView> {
        let wanted = id.clone();
        let item = self.store(move |store| store.company(&wanted)).await?.ok_or(Error::NotFound("company"))?;
        let accounts = self.accounts(id.clone()).await?;
        let mut cards = vec![];
        for connection in item.connections.iter().rev() {
            cards.push(self.card(connection, &accounts).await?);
        }
        let wanted = id.clone();
        let (events, reads, attempts) = self
            .store(move |store| Ok((store.events_of(&wanted, LINES)?, store.datasets_of(&wanted, LINES)?, store.open_attempts()?)))
            .await?;
        Ok(CompanyView {
            sentence: domain::sentence::of(&standing(&item, &accounts, &cards)),
            row: row(&item, self.is_reading(&item), self.now()),
            accounts: u32::try_from(accounts.len()).unwrap_or(u32::MAX),
            transactions: accounts.iter().map(|account| account.transactions).sum(),
            timeline: timeline::of(&events, &reads, &item.connections),
            open_attempt: attempts.into_iter().find(|attempt| attempt.company.as_deref() == Some(id.as_str())).map(|attempt| attempt.id),
            checks: self.business_checks(&item).await?,
            note: item.kept.note.clone(),
            connections: cards,
        })
    }

    async fn card(&self, connection: &ConnectionEntry, accounts: &[AccountView]) -> Result<ConnectionCard> {
        let id = connection.id.clone();
        let newest = self.store(move |store| store.newest_day(&id)).await?;
        let sync = self.sync_rows(connection).await?;
        let mut bank = bank_mark(connection);
        bank.status = connection_pill(connection, is_reading(&sync));
        let is_linked = ConnectionStatus::from_wire(&connection.status) == ConnectionStatus::Linked;
        Ok(ConnectionCard {
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
        })
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
