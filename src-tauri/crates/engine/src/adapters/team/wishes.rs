//! What a desktop of a team asks of Codat: written into the shared outbox, waited for while a worker is at it, and told as if Codat had been asked.
//!
//! A wish is written under an id, so that writing it again after an answer was lost changes nothing. One that nobody takes stays, where doing it later is
//! what was meant; a link that nobody waits for any more is taken back.

use super::{TeamSource, why};
use crate::adapters::codat::live;
use crate::links::OP_TAG;
use crate::ports::{BanksTold, CompanyTold, Entropy as _, FreshLink, InOutbox, Queued, Sent, SourceError, SystemEntropy, Told};
use crate::view::Ending;
use domain::bank_search::fold;
use domain::data_type::DataType;
use say::{later, say};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::Duration;
use store::ConnectionEntry;
use team::{Course, Kind, Standing, Wish, Written};
use tokio::time::Instant;
use url::Url;

/// A worker takes what is wished within a second; so long after, there may be none.
const UNTAKEN: Duration = Duration::from_secs(8);
/// One that took it answers within this; a creation may take longer and goes on by itself.
const UNANSWERED: Duration = Duration::from_secs(60);
/// Between two looks where nothing rang.
const PEEK: Duration = Duration::from_millis(400);
/// What is not done when we stop waiting is looked at again after this.
pub(super) const AGAIN: Duration = Duration::from_secs(5);

impl TeamSource {
    /// Writes a wish and waits until a worker has done it.
    pub(super) async fn ask(&self, kind: Kind, wish: &Wish<'_>) -> Result<Standing, SourceError> {
        let mut found = self.write(kind, wish).await?;
        let began = Instant::now();
        loop {
            match &found.course {
                Course::Done(_) => return Ok(found),
                Course::Failed => {
                    let refused = || SourceError::Refused(Told { message: say!("A worker could not do it."), correlation_id: None });
                    return Err(found.why.as_deref().and_then(why::read).unwrap_or_else(refused));
                }
                Course::Open => {}
            }
            let patience = if found.taken_at.is_some() { UNANSWERED } else { UNTAKEN };
            // What waits for a limit or the network is told at once.
            if began.elapsed() >= patience || found.why.is_some() && began.elapsed() >= PEEK {
                return Err(self.waits(&found));
            }
            tokio::select! {
                () = self.bell.notified() => {}
                () = tokio::time::sleep(PEEK) => {}
            }
            found = match self.standing(&found.id).await? {
                Some(found) => found,
                // Taken back by whoever wrote it, or away with what is old.
                None => self.write(kind, wish).await?,
            };
        }
    }

    async fn write(&self, kind: Kind, wish: &Wish<'_>) -> Result<Standing, SourceError> {
        let mut session = self.sessions.take().await?;
        let may_ask = match self.may_ask.get() {
            Some(may_ask) => *may_ask,
            None => {
                let told = session.server().may_ask().await;
                *self.may_ask.get_or_init(|| matches!(told, Ok(true)))
            }
        };
        if !may_ask {
            return Err(SourceError::Team(team::Error::NoRights));
        }
        let written = session.server().wish(kind, wish).await;
        match session.answered(written)? {
            Written::Here(found) => Ok(found),
            Written::Elsewhere(other) => Err(SourceError::BegunBy(other.person, other.at)),
        }
    }

    async fn standing(&self, id: &str) -> Result<Option<Standing>, SourceError> {
        let mut session = self.sessions.take().await?;
        let found = session.server().standing(id).await;
        session.answered(found)
    }

    /// It stands there and is not done: since when, and why.
    fn waits(&self, found: &Standing) -> SourceError {
        let why = found.why.as_deref().and_then(why::read).map(|error| crate::error::source_sentence(&error));
        SourceError::Outbox(InOutbox { since: found.at, next: crate::ports::in_a_while(AGAIN), is_taken: found.taken_at.is_some(), why })
    }

    /// The address that a wish brought. Asked for by a person who waits: what no worker took is taken back.
    pub(super) async fn ask_for_link(&self, kind: Kind, wish: &Wish<'_>) -> Result<Option<String>, SourceError> {
        let asked = self.ask(kind, wish).await;
        let mut session = self.sessions.take().await?;
        match asked {
            Ok(found) => {
                let link = session.server().take_link(&found.id).await;
                session.answered(link)
            }
            Err(error @ SourceError::Outbox(_)) => {
                let back = session.server().take_back(wish.id).await;
                session.answered(back)?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Asks for a read. What this role may not read when it came is nothing to wait for here.
    pub(super) async fn ask_for_read(&self, company: &str, connection: &str, data_type: DataType) -> Result<Queued, SourceError> {
        let id = SystemEntropy.guid();
        let wish =
            Wish { id: &id, company: Some(company), connection: Some(connection), data_type: Some(data_type.wire()), ..Wish::default() };
        let found = self.ask(Kind::Queue, &wish).await?;
        let mut session = self.sessions.take().await?;
        let is_readable = session.server().reads_type(data_type).await;
        let is_readable = session.answered(is_readable)?;
        let Course::Done(Some(read)) = found.course else { return Ok(Queued::Running(None)) };
        if !is_readable {
            return Ok(Queued::Running(None));
        }
        let told = self.reads(company).await?.into_iter().find(|told| told.id == read);
        Ok(told.map_or(Queued::Running(Some(read)), Queued::New))
    }

    /// Has a company made, or finds the one that somebody of the team had made of the same customer.
    pub(super) async fn make_company(&self, frozen: &[u8], key: &str) -> Sent<CompanyTold> {
        let Ok(body) = serde_json::from_slice::<NewCompany>(frozen) else { return Sent::Refused(unreadable()) };
        let reference = body.tags.get("reference");
        let customer = match reference {
            Some(reference) => format!("reference {reference}"),
            None => format!("name {}", fold(&body.name)),
        };
        let wish = Wish {
            id: key,
            name: Some(&body.name),
            reference: reference.map(String::as_str),
            customer: Some(&customer),
            mark: body.tags.get(OP_TAG).map(String::as_str),
            ..Wish::default()
        };
        let made = async {
            let found = self.ask(Kind::Company, &wish).await?;
            let id = made_of(&found)?;
            Ok((self.one(&id).await?, found))
        };
        match made.await {
            Ok((told, found)) if found.id == key => Sent::Made(told),
            Ok((made, found)) => Sent::Found { made, who: found.person, at: found.at },
            Err(error) => not_made(error),
        }
    }

    /// Takes a wish back that no worker has taken; false when one has.
    pub(super) async fn taken_back(&self, key: &str) -> Result<bool, SourceError> {
        let mut session = self.sessions.take().await?;
        let back = session.server().take_back(key).await;
        let is_back = session.kept(back)?;
        let left = session.server().standing(key).await;
        Ok(is_back || session.answered(left)?.is_none())
    }

    /// Has a connection made; one that somebody has made at the same moment is the same.
    pub(super) async fn make_connection(&self, company: &str, frozen: &[u8], key: &str) -> Sent<ConnectionEntry> {
        let Ok(body) = serde_json::from_slice::<NewConnection>(frozen) else { return Sent::Refused(unreadable()) };
        let wish = Wish { id: key, company: Some(company), bank_key: Some(&body.bank), ..Wish::default() };
        let made = async {
            let id = made_of(&self.ask(Kind::Connection, &wish).await?)?;
            self.one(company).await?.1.into_iter().find(|found| found.id == id).ok_or_else(unreadable)
        };
        made.await.map_or_else(not_made, Sent::Made)
    }

    /// What a creation of ours came to, by what this computer's outbox calls it. References are looked for by the worker, at Codat itself.
    pub(super) async fn made_as(&self, tag: &str, value: &str) -> Result<Vec<CompanyTold>, SourceError> {
        if tag != OP_TAG {
            return Ok(vec![]);
        }
        let mut session = self.sessions.take().await?;
        let found = session.server().marked(value).await;
        match session.answered(found)? {
            Some(Standing { course: Course::Done(Some(id)), .. }) => self.named(&[&id]).await,
            Some(found) if found.course == Course::Open => Err(self.waits(&found)),
            _ => Ok(vec![]),
        }
    }

    /// A connection's link, for whoever asks now.
    pub(super) async fn link_of(&self, company: &str, connection: &str) -> Result<FreshLink, SourceError> {
        let id = SystemEntropy.guid();
        let wish = Wish { id: &id, company: Some(company), connection: Some(connection), ..Wish::default() };
        let url = self.ask_for_link(Kind::Link, &wish).await?.ok_or_else(unreadable)?;
        self.learn_base().await?;
        let connection = self.one(company).await?.1.into_iter().find(|found| found.id == connection).ok_or_else(unreadable)?;
        Ok(FreshLink { connection, url: SecretString::from(url) })
    }

    /// A company's own link.
    pub(super) async fn link_of_company(&self, company: &str) -> Result<(CompanyTold, Option<SecretString>), SourceError> {
        let id = SystemEntropy.guid();
        let url = self.ask_for_link(Kind::CompanyLink, &Wish { id: &id, company: Some(company), ..Wish::default() }).await?;
        self.learn_base().await?;
        Ok((self.one(company).await?, url.map(SecretString::from)))
    }

    /// Ends a connection or a company.
    pub(super) async fn have_ended(&self, company: &str, ending: &Ending) -> Result<(), SourceError> {
        let (kind, connection) = match ending {
            Ending::Unlink(connection) => (Kind::Unlink, Some(connection.as_str())),
            Ending::DeleteConnection(connection) => (Kind::DeleteConnection, Some(connection.as_str())),
            Ending::DeleteCompany | Ending::Erase => (Kind::DeleteCompany, None),
        };
        let id = SystemEntropy.guid();
        self.ask(kind, &Wish { id: &id, company: Some(company), connection, ..Wish::default() }).await?;
        Ok(())
    }

    /// A company as Codat tells it now, where this login may have it looked at and a worker is there; else as it is known.
    pub(super) async fn looked_at(&self, company: &str) -> Result<CompanyTold, SourceError> {
        let id = SystemEntropy.guid();
        match self.ask(Kind::Look, &Wish { id: &id, company: Some(company), ..Wish::default() }).await {
            Ok(_) | Err(SourceError::Team(team::Error::NoRights)) => self.one(company).await,
            Err(error) => Err(error),
        }
    }

    /// The banks as a worker read them last.
    pub(super) async fn banks_read(&self) -> Result<BanksTold, SourceError> {
        if !self.learn_base().await? {
            return Err(SourceError::NotHere(NO_BANKS));
        }
        let mut session = self.sessions.take().await?;
        let banks = session.server().banks().await;
        Ok(BanksTold { banks: session.answered(banks)?, whole: true })
    }

    /// Learns where Codat is for the workers: only its own pages are opened. True when the banks were ever read.
    pub(super) async fn learn_base(&self) -> Result<bool, SourceError> {
        let mut session = self.sessions.take().await?;
        let told = session.server().base().await;
        let (base, is_read) = session.answered(told)?;
        let base = base.and_then(|base| Url::parse(&base).ok()).filter(codat::client::is_allowed).or_else(live);
        *self.base.lock().unwrap_or_else(PoisonError::into_inner) = base;
        Ok(is_read)
    }

    /// Where Codat is for the workers, once it was asked for.
    pub(super) fn base(&self) -> Option<Url> {
        self.base.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What only a worker knows.
const NO_BANKS: &str = later!("No worker of your team has read the list of banks yet. Ask whoever administers the team whether one runs");

/// A company's creation, as it is frozen here: what goes to Codat is made of it by the worker.
#[derive(Debug, Serialize, Deserialize)]
struct NewCompany {
    name: String,
    tags: BTreeMap<String, String>,
}

/// The same of a connection.
#[derive(Debug, Serialize, Deserialize)]
struct NewConnection {
    bank: String,
}

pub(super) fn company_body(name: &str, tags: &BTreeMap<String, String>) -> Vec<u8> {
    serde_json::to_vec(&NewCompany { name: name.to_owned(), tags: tags.clone() }).unwrap_or_default()
}

pub(super) fn connection_body(bank: &str) -> Vec<u8> {
    serde_json::to_vec(&NewConnection { bank: bank.to_owned() }).unwrap_or_default()
}

fn made_of(found: &Standing) -> Result<String, SourceError> {
    match &found.course {
        Course::Done(Some(id)) => Ok(id.clone()),
        _ => Err(unreadable()),
    }
}

/// A wish that is not done is written again under its id, which changes nothing.
fn not_made<T>(error: SourceError) -> Sent<T> {
    match error {
        SourceError::Outbox(_) => Sent::Held(error, AGAIN),
        SourceError::Team(ref cause) if cause.is_passing() => Sent::Held(error, AGAIN),
        error => Sent::Refused(error),
    }
}

fn unreadable() -> SourceError {
    SourceError::Unreadable("what a worker left".into())
}
