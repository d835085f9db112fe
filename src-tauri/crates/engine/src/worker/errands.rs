//! What people of the team ask of Codat: taken from the shared outbox one after the other, sent within the budget, and answered there.
//!
//! All but creations may be done twice without harm, so whoever is killed in between leaves them to the next; how a creation is made once is `create`.

use super::{Counts, Trouble, Worker};
use crate::adapters::team::why;
use crate::ports::{Clock as _, Queued, SourceError, Told};
use crate::view::Ending;
use domain::data_type::DataType;
use domain::status::DatasetStatus;
use say::say;
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;
use store::DatasetEntry;
use team::{Errand, Kind, Server};

/// What Codat could not answer is asked again after this, for as long as somebody may wait for it.
const AGAIN_MS: i64 = 5_000;
const WORTHWHILE_MS: i64 = 10 * 60_000;

/// What doing it came to.
pub(super) enum Outcome {
    /// It happened: an id, where there is one, and the address of a link.
    Done(Option<String>, Option<SecretString>),
    /// More is to be done at that moment; what is to be remembered until then.
    Later(i64, Option<String>),
    /// The same, and why, where whoever asked may want to know.
    Waits(Option<SourceError>, Duration),
    /// It takes a person.
    Refused(SourceError),
}

impl Worker {
    /// Does what somebody asked for, or as much of it as can be done now.
    pub(super) async fn serve(&self, server: &mut Server, errand: &Errand) -> Result<(), Trouble> {
        let done = match errand.kind {
            Kind::Queue => self.queue(server, errand).await,
            Kind::Follow => self.watch_reads(server, errand).await,
            Kind::Look => self.look_at(server, errand).await,
            Kind::Link => self.link(server, errand).await,
            Kind::CompanyLink => self.company_link(server, errand).await,
            Kind::Company | Kind::Connection => self.create(server, errand).await,
            Kind::Unlink | Kind::DeleteConnection | Kind::DeleteCompany => self.end(server, errand).await,
        };
        match done {
            Ok(Outcome::Done(remote, link)) => {
                let link = link.as_ref().map(|link| link.expose_secret().to_owned());
                server.errand_done(errand, remote.as_deref(), link.as_deref()).await?;
                Counts::add(&self.counts.errands, 1);
                // What it changed is brought next.
                self.bell.notify_waiters();
                Ok(())
            }
            Ok(Outcome::Later(due, before)) => Ok(server.put_back(errand, due, before.as_deref(), None).await?),
            Ok(Outcome::Waits(error, pause)) => {
                let due = self.clock.now().saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX));
                Ok(server.put_back(errand, due, None, error.as_ref().map(why::kept).as_deref()).await?)
            }
            Ok(Outcome::Refused(error)) => Ok(server.errand_failed(errand, &why::kept(&error)).await?),
            Err(Trouble::Source(error)) => self.could_not(server, errand, error).await,
            Err(trouble) => Err(trouble),
        }
    }

    /// What passes is tried again, and whoever asked is told why it waits; the rest is told as it is.
    async fn could_not(&self, server: &mut Server, errand: &Errand, error: SourceError) -> Result<(), Trouble> {
        let now = self.clock.now();
        let words = why::kept(&error);
        let passes = crate::links::passes(&crate::error::Error::Source(error.clone()));
        if error.ends_all() {
            let due = if let SourceError::Limited(until) = &error { *until } else { now + AGAIN_MS };
            server.put_back(errand, due, None, Some(&words)).await?;
            return Err(error.into());
        }
        let is_patient = matches!(errand.kind, Kind::Follow | Kind::Company | Kind::Connection);
        if passes && (is_patient || now - errand.at < WORTHWHILE_MS) {
            return Ok(server.put_back(errand, now + AGAIN_MS, None, Some(&words)).await?);
        }
        tracing::info!(errand = %errand.id, kind = %errand.kind, %error, "what somebody asked for was refused");
        Ok(server.errand_failed(errand, &words).await?)
    }

    async fn queue(&self, server: &mut Server, errand: &Errand) -> Result<Outcome, Trouble> {
        let (company, connection) = (of(&errand.company)?, of(&errand.connection)?);
        let data_type = DataType::from_wire(of(&errand.data_type)?).ok_or_else(unreadable)?;
        Ok(match self.source.queue(company, connection, data_type).await? {
            Queued::New(read) => {
                let id = read.id.clone();
                if read.company == *company {
                    server.keep_datasets(&[read]).await?;
                }
                Outcome::Done(Some(id), None)
            }
            Queued::Running(read) => Outcome::Done(read, None),
        })
    }

    /// The company as Codat tells it now.
    async fn look_at(&self, server: &mut Server, errand: &Errand) -> Result<Outcome, Trouble> {
        let company = of(&errand.company)?;
        let told = self.source.company(company).await;
        if matches!(told, Err(SourceError::NotFound(_))) {
            server.company_left(company, self.clock.now()).await?;
        }
        let before = server.connections(company).await?;
        server.take_companies(&[told?], self.clock.now()).await?;
        // Who waits for a link looks every few seconds: the others hear of what moved only.
        if server.connections(company).await? != before {
            server.ring_for(company).await?;
        }
        Ok(Outcome::Done(None, None))
    }

    /// A link, and what its connection says at this moment.
    async fn link(&self, server: &mut Server, errand: &Errand) -> Result<Outcome, Trouble> {
        let fresh = self.source.fresh_link(of(&errand.company)?, of(&errand.connection)?).await?;
        server.take_connection(&fresh.connection).await?;
        self.may_hand_out(fresh.url)
    }

    async fn company_link(&self, server: &mut Server, errand: &Errand) -> Result<Outcome, Trouble> {
        let (told, url) = self.source.company_link(of(&errand.company)?).await?;
        server.take_companies(&[told], self.clock.now()).await?;
        match url {
            Some(url) => self.may_hand_out(url),
            None => Ok(Outcome::Done(None, None)),
        }
    }

    /// An address that this worker would not open is left for nobody.
    fn may_hand_out(&self, url: SecretString) -> Result<Outcome, Trouble> {
        if self.source.may_open(url.expose_secret()) {
            return Ok(Outcome::Done(None, Some(url)));
        }
        let message = say!("Codat sent a link to an unexpected address, so it was not handed out.");
        Err(SourceError::Refused(Told { message, correlation_id: None }).into())
    }

    /// What has happened already is no refusal.
    async fn end(&self, server: &mut Server, errand: &Errand) -> Result<Outcome, Trouble> {
        let company = of(&errand.company)?;
        let connection = || of(&errand.connection).cloned();
        let ending = match errand.kind {
            Kind::Unlink => Ending::Unlink(connection()?),
            Kind::DeleteConnection => Ending::DeleteConnection(connection()?),
            _ => Ending::DeleteCompany,
        };
        if let Err(error) = self.source.end(company, &ending).await {
            let is_over = matches!(error, SourceError::Refused(_)) && self.is_unlinked(company, &ending).await;
            if !is_over {
                return Err(error.into());
            }
        }
        let now = self.clock.now();
        match ending {
            Ending::DeleteCompany | Ending::Erase => server.company_left(company, now).await?,
            Ending::Unlink(_) | Ending::DeleteConnection(_) => {
                let told = self.source.company(company).await?;
                server.take_companies(&[told], now).await?;
            }
        }
        Ok(Outcome::Done(None, None))
    }

    async fn is_unlinked(&self, company: &str, ending: &Ending) -> bool {
        let Ending::Unlink(connection) = ending else { return false };
        let told = self.source.connections(company).await.unwrap_or_default();
        told.iter().any(|found| found.id == *connection && found.status == "Unlinked")
    }

    /// Reads that were asked for are looked at until they have ended, so that what they bring is fetched at once.
    async fn watch_reads(&self, server: &mut Server, errand: &Errand) -> Result<Outcome, Trouble> {
        let company = of(&errand.company)?;
        let reads = self.source.history(company).await?;
        let own: Vec<DatasetEntry> = reads.into_iter().filter(|read| read.company == *company).collect();
        server.keep_datasets(&own).await?;
        let ended = own.iter().filter(|read| is_over(read)).count();
        let (words, now) = (format!("[{ended}]"), self.clock.now());
        if words != errand.before {
            let told = self.source.company(company).await?;
            server.take_companies(&[told], now).await?;
            server.ring_for(company).await?;
        }
        let pause = domain::ladder::following_reads(now - errand.at);
        Ok(match pause.filter(|_| ended < own.len()) {
            Some(pause) => Outcome::Later(now + pause, Some(words)),
            None => Outcome::Done(None, None),
        })
    }
}

fn is_over(read: &DatasetEntry) -> bool {
    DatasetStatus::from_wire(read.status.clone()).is_terminal()
}

fn unreadable() -> SourceError {
    SourceError::Refused(Told { message: say!("A worker could not read what was asked for."), correlation_id: None })
}

pub(super) fn of(text: &Option<String>) -> Result<&String, SourceError> {
    text.as_ref().ok_or_else(unreadable)
}
