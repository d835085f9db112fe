//! Company and connection, made once for whoever of the team asked: the steps are those of the embedded outbox (`links::making`), kept in the shared one.

use super::errands::{Outcome, of};
use super::{Trouble, Worker};
use crate::error::{Error, Result};
use crate::links::{Kept, Making, OP_TAG, Outbox, Step, Tries, Wanted};
use crate::ports::{Clock as _, CompanyTold, SourceError, SystemEntropy, Told, Wait};
use std::collections::BTreeMap;
use std::time::Duration;
use store::{BankEntry, ConnectionEntry, Op};
use team::{Errand, Kind, Move, Server};
use tokio::sync::Mutex;

/// A pause that is waited out with the wish in hand; over a longer one it is given back.
const SHORT: Duration = Duration::from_secs(5);

/// One row of the shared outbox, while it is this worker's.
struct Shared<'a> {
    server: Mutex<&'a mut Server>,
    errand: &'a Errand,
    now: i64,
}

impl Shared<'_> {
    async fn kept(&self, op: &Op, now: i64, kept: Kept<'_>) -> Result<bool> {
        let step = match kept {
            Kept::Sent(before) => Move::Sent { body: &op.body, key: &op.key, before },
            Kept::SentAgain => Move::SentAgain,
            Kept::Unknown(word) => Move::Unknown(word),
            Kept::Ready(_) => Move::Ready,
            Kept::Looked => Move::Looked,
            Kept::NewKey(key) => Move::NewKey(key),
            // Its end is kept with what came of it.
            Kept::Done(_) | Kept::Refused => return Ok(true),
        };
        self.server.lock().await.move_errand(self.errand, now, step).await.map_err(of_team)?;
        Ok(true)
    }
}

fn of_team(error: team::Error) -> Error {
    Error::Source(SourceError::Team(error))
}

impl Outbox for Shared<'_> {
    fn keep<'a>(&'a self, op: &'a Op, now: i64, kept: Kept<'a>) -> Wait<'a, Result<bool>> {
        Box::pin(self.kept(op, now, kept))
    }

    fn take_company(&self, told: CompanyTold) -> Wait<'_, Result<()>> {
        Box::pin(async move { self.server.lock().await.take_companies(&[told], self.now).await.map(|_| ()).map_err(of_team) })
    }

    fn take_connection(&self, told: ConnectionEntry) -> Wait<'_, Result<()>> {
        Box::pin(async move { self.server.lock().await.take_connection(&told).await.map_err(of_team) })
    }

    fn bank<'a>(&'a self, key: &'a str) -> Wait<'a, Option<BankEntry>> {
        Box::pin(async move { self.server.lock().await.bank(key).await.ok()? })
    }

    fn doubled(&self, count: usize) -> Wait<'_, ()> {
        tracing::warn!(errand = %self.errand.id, count, "a creation is there more than once; the oldest is used");
        Box::pin(async {})
    }
}

impl Worker {
    pub(super) async fn create(&self, server: &mut Server, errand: &Errand) -> std::result::Result<Outcome, Trouble> {
        let mut tries = Tries::default();
        let mut errand = errand.clone();
        loop {
            let op = errand.op(|| self.body(&errand)).ok_or_else(|| SourceError::Refused(Told::default()))?;
            let step = self.step(server, &errand, op, &mut tries).await?;
            let pause = match step {
                Step::Told(remote) | Step::Found(remote, _) => return Ok(Outcome::Done(Some(remote), None)),
                Step::Done(remote) => {
                    let company = if errand.kind == Kind::Company { remote.as_str() } else { of(&errand.company)? };
                    let told = self.source.company(company).await?;
                    server.take_companies(&[told], self.clock.now()).await?;
                    return Ok(Outcome::Done(Some(remote), None));
                }
                Step::Later(pause) => pause,
                Step::Held(error, pause) => return Ok(Outcome::Waits(Some(error), pause)),
                Step::Blocked(error) => return Ok(Outcome::Refused(error)),
            };
            if pause > SHORT || self.stop.is_cancelled() {
                return Ok(Outcome::Waits(None, pause));
            }
            tokio::time::sleep(pause).await;
            errand = server.errand(&errand).await?;
        }
    }

    async fn step(&self, server: &mut Server, errand: &Errand, op: Op, tries: &mut Tries) -> std::result::Result<Step, Trouble> {
        let now = self.clock.now();
        let shared = Shared { server: Mutex::new(server), errand, now };
        let wanted = Wanted {
            company: errand.company.as_deref(),
            reference: errand.reference.as_deref(),
            bank_key: errand.bank_key.as_deref().unwrap_or_default(),
        };
        let making = Making { source: self.source.as_ref(), outbox: &shared, clock: self.clock.as_ref(), entropy: &SystemEntropy, wanted };
        making.step(op, tries).await.map_err(|error| match error {
            Error::Source(SourceError::Team(error)) => Trouble::Team(error),
            Error::Source(error) => Trouble::Source(error),
            other => Trouble::Source(SourceError::Unreadable(other.to_string())),
        })
    }

    /// Bytes of the creation. They follow from the wish, so that nobody's program says what is sent with the key.
    fn body(&self, errand: &Errand) -> Vec<u8> {
        match errand.kind {
            Kind::Company => {
                let mut tags = BTreeMap::from([(OP_TAG.to_owned(), errand.id.clone())]);
                tags.extend(errand.reference.clone().map(|reference| ("reference".to_owned(), reference)));
                self.source.company_body(errand.name.as_deref().unwrap_or_default(), &tags)
            }
            _ => self.source.connection_body(errand.bank_key.as_deref().unwrap_or_default()),
        }
    }
}
