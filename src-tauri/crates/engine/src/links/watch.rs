//! The wait: one task an attempt asks Codat by the ladder, sooner when the bell rings, and stops by itself.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::attempts::handed;
use crate::links::{Stage, causes};
use crate::ports::{Queued, SourceError};
use crate::view::{AttemptStage, AttemptView, Topic};
use domain::data_type::DataType;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{Attempt, ConnectionEntry, Event};
use tokio::sync::Notify;

/// Tasks that wait, by attempt.
#[derive(Default)]
pub(crate) struct Watchers {
    bells: Mutex<HashMap<String, Arc<Notify>>>,
    /// One creation at a time.
    pub(crate) creating: tokio::sync::Mutex<()>,
    /// One question about an attempt at a time.
    asking: tokio::sync::Mutex<()>,
}

impl Watchers {
    fn bells(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Notify>>> {
        self.bells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// After a restart: every open attempt goes on where it was.
    pub(crate) async fn take_up_links(&self) -> Result<()> {
        for attempt in self.store(store::Store::open_attempts).await? {
            if !matches!(Stage::read(&attempt.stage).0, AttemptStage::Parked | AttemptStage::NotLinked | AttemptStage::Blocked) {
                self.go_on(&attempt.id);
            }
        }
        Ok(())
    }

    /// Makes sure that a task takes care of this attempt.
    pub(crate) fn go_on(&self, id: &str) {
        let bell = Arc::new(Notify::new());
        {
            let mut bells = self.inner.watchers.bells();
            if let Some(bell) = bells.get(id) {
                bell.notify_one();
                return;
            }
            bells.insert(id.to_owned(), Arc::clone(&bell));
        }
        let (engine, id) = (self.clone(), id.to_owned());
        self.spawn(async move {
            if let Err(error) = engine.watch(&id, &bell).await {
                tracing::warn!(attempt = %id, %error, "an attempt could not be followed");
            }
            engine.inner.watchers.bells().remove(&id);
        });
    }

    /// The next question happens now.
    pub(crate) fn check_soon(&self, id: &str) {
        self.go_on(id);
    }

    async fn watch(&self, id: &str, bell: &Notify) -> Result<()> {
        loop {
            let attempt = self.kept_attempt(id).await?;
            match Stage::read(&attempt.stage).0 {
                AttemptStage::Creating => {
                    self.create(id).await?;
                    continue;
                }
                AttemptStage::Waiting | AttemptStage::Returned => {}
                AttemptStage::Reading => return self.read_and_settle(attempt).await,
                _ => return Ok(()),
            }
            let Some(pause) = self.next_pause(&attempt) else { return self.park(attempt).await };
            self.plan_check(&attempt, pause).await?;
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(u64::try_from(pause).unwrap_or(0))) => {}
                () = bell.notified() => {}
            }
            // The bell also rings when a person stopped the wait.
            if !matches!(Stage::read(&self.kept_attempt(id).await?.stage).0, AttemptStage::Waiting | AttemptStage::Returned) {
                continue;
            }
            match self.check(id).await {
                Ok(()) => {}
                // Said in the status line; the ladder goes on.
                Err(Error::Source(
                    SourceError::Offline | SourceError::Lost | SourceError::Down(_) | SourceError::CaptivePortal | SourceError::Limited(_),
                )) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Milliseconds until the next question; `None` = we have asked long enough.
    fn next_pause(&self, attempt: &Attempt) -> Option<i64> {
        let now = self.now();
        let until = attempt.until.unwrap_or(now);
        let began = until - domain::ladder::waits_until(0);
        if Stage::read(&attempt.stage).0 == AttemptStage::Returned {
            domain::ladder::after_return(now - began)
        } else {
            domain::ladder::waiting_for_consent(now - began)
        }
    }

    async fn plan_check(&self, attempt: &Attempt, pause: i64) -> Result<()> {
        let mut planned = attempt.clone();
        planned.next_check = Some(self.now() + pause);
        self.keep(planned, None).await
    }

    /// Asks Codat once and acts on the answer.
    pub(crate) async fn check(&self, id: &str) -> Result<()> {
        let _one = self.inner.watchers.asking.lock().await;
        let attempt = self.kept_attempt(id).await?;
        let Some(company) = attempt.company.clone() else { return Ok(()) };
        let told = self.inner.source.company(&company).await?;
        let now = self.now();
        let own = attempt.connection.clone();
        let key = attempt.bank_key.clone();
        let told_connections = told.1.clone();
        self.store(move |store| {
            store.take_companies(std::slice::from_ref(&told), now)?;
            for mut connection in told.1.into_iter().filter(|found| found.bank_key.is_none() && Some(&found.id) == own.as_ref()) {
                connection.bank_key = Some(key.clone());
                store.keep_connection(&connection, now)?;
            }
            Ok(())
        })
        .await?;
        for connection in told_connections.iter().filter(|found| found.status == "Linked") {
            self.linked(&attempt, connection).await?;
        }
        self.judge(attempt, &told_connections, now).await
    }

    /// The first time a connection is seen linked: all four reads at once, before anything else. Some banks give full history for five minutes only.
    async fn linked(&self, attempt: &Attempt, connection: &ConnectionEntry) -> Result<()> {
        let (id, now) = (connection.id.clone(), self.now());
        let key = connection.id.clone();
        let first = self.store(move |store| store.first_seen_linked(&id, now)).await?;
        if !first && self.is_queued(&key, &connection.company).await? {
            return Ok(());
        }
        self.queue_all(connection).await?;
        let (id, done) = (connection.id.clone(), self.now());
        let event = Event {
            at: now,
            company: Some(connection.company.clone()),
            connection: Some(connection.id.clone()),
            attempt: Some(attempt.id.clone()),
            bank_key: connection.bank_key.clone().or(Some(attempt.bank_key.clone())),
            kind: "linked".into(),
            detail: Some(format!("all four reads queued in {} ms", done - now)),
            ..Event::default()
        };
        self.store(move |store| {
            store.all_queued(&id, done)?;
            if first { store.record(&event) } else { Ok(()) }
        })
        .await
    }

    async fn is_queued(&self, connection: &str, company: &str) -> Result<bool> {
        let (connection, company) = (connection.to_owned(), company.to_owned());
        let item = self.store(move |store| store.company(&company)).await?;
        Ok(item.is_some_and(|item| item.connections.iter().any(|found| found.id == connection && found.queued_at.is_some())))
    }

    async fn queue_all(&self, connection: &ConnectionEntry) -> Result<()> {
        let mut datasets = vec![];
        for data_type in DataType::ALL {
            match self.inner.source.queue(&connection.company, &connection.id, data_type).await {
                // Codat starts them itself on first link: one that runs already is what we wanted.
                Ok(Queued::New(dataset)) => datasets.push(dataset),
                Ok(Queued::Running(_)) => {}
                Err(error) => {
                    tracing::warn!(connection = %connection.id, %data_type, %error, "a read could not be queued");
                    return Err(error.into());
                }
            }
        }
        self.store(move |store| store.keep_datasets(&datasets)).await
    }

    /// What the answer means for the attempt.
    async fn judge(&self, mut attempt: Attempt, connections: &[ConnectionEntry], now: i64) -> Result<()> {
        attempt.last_check = Some(now);
        attempt.next_check = None;
        let own = connections.iter().find(|found| Some(&found.id) == attempt.connection.as_ref());
        let mut event = None;
        match own {
            None => {
                attempt.stage = Stage(AttemptStage::NotLinked).word();
                attempt.problem =
                    serde_json::to_string(&causes::of_connection("500", Some("The connection was deleted at Codat."), &attempt.bank_name))
                        .ok();
            }
            Some(own) if own.status == "Linked" => {
                attempt.stage = Stage(AttemptStage::Reading).word();
                attempt.problem = None;
                event = Some(self.ended(&attempt, "linked", now));
            }
            Some(own) => {
                let known = handed(&attempt).last().and_then(|handed| handed.known_problem);
                let fresh = own.problem_at.filter(|at| known.is_none_or(|known| *at > known));
                if let (Some(code), Some(_)) = (own.problem_code.as_deref(), fresh) {
                    attempt.stage = Stage(AttemptStage::NotLinked).word();
                    attempt.problem =
                        serde_json::to_string(&causes::of_connection(code, own.problem_text.as_deref(), &attempt.bank_name)).ok();
                    let outcome = match code {
                        "403" => "left",
                        "501" => "unsupported",
                        _ => "failed",
                    };
                    event = Some(self.ended(&attempt, outcome, now));
                }
            }
        }
        self.keep(attempt, event).await
    }

    fn ended(&self, attempt: &Attempt, outcome: &str, now: i64) -> Event {
        Event {
            at: now,
            company: attempt.company.clone(),
            connection: attempt.connection.clone(),
            attempt: Some(attempt.id.clone()),
            bank_key: Some(attempt.bank_key.clone()),
            kind: "ended".into(),
            outcome: Some(outcome.to_owned()),
            door: handed(attempt).last().and_then(|handed| serde_json::to_value(handed.door).ok()?.as_str().map(str::to_owned)),
            ..Event::default()
        }
    }

    /// Linked: follow the reads, fetch what they bring, and say how it ended.
    async fn read_and_settle(&self, attempt: Attempt) -> Result<()> {
        let company = attempt.company.clone().unwrap_or_default();
        let good = self.follow(&company).await?;
        let mut attempt = self.kept_attempt(&attempt.id).await?;
        attempt.stage = Stage(if good { AttemptStage::Complete } else { AttemptStage::ReadFailed }).word();
        attempt.ended = true;
        self.keep(attempt, None).await
    }

    async fn park(&self, mut attempt: Attempt) -> Result<()> {
        attempt.stage = Stage(AttemptStage::Parked).word();
        attempt.next_check = None;
        let event = Event { kind: "parked".into(), outcome: None, ..self.ended(&attempt, "parked", self.now()) };
        self.keep(attempt, Some(event)).await
    }

    /// Asks now, whatever the ladder says; a blocked creation is tried again.
    ///
    /// # Errors
    /// When the attempt is not here or Codat cannot be asked.
    pub async fn check_now(&self, id: String) -> Result<AttemptView> {
        let mut attempt = self.kept_attempt(&id).await?;
        match Stage::read(&attempt.stage).0 {
            AttemptStage::Blocked => {
                attempt.stage = Stage(AttemptStage::Creating).word();
                attempt.problem = None;
                self.keep(attempt, None).await?;
                self.go_on(&id);
            }
            AttemptStage::Creating => self.go_on(&id),
            AttemptStage::Parked => {
                attempt.stage = Stage(AttemptStage::Waiting).word();
                attempt.until = Some(domain::ladder::waits_until(self.now()));
                self.keep(attempt, None).await?;
                self.check(&id).await?;
                self.go_on(&id);
            }
            _ => {
                self.check(&id).await?;
                self.go_on(&id);
            }
        }
        self.attempt(id).await
    }

    /// Stops asking by ourselves. The case stays and can be gone on with.
    ///
    /// # Errors
    /// When the attempt is not here.
    pub async fn park_attempt(&self, id: String) -> Result<AttemptView> {
        let attempt = self.kept_attempt(&id).await?;
        if matches!(
            Stage::read(&attempt.stage).0,
            AttemptStage::Waiting | AttemptStage::Returned | AttemptStage::Ready | AttemptStage::NotLinked
        ) {
            self.park(attempt).await?;
            self.go_on(&id);
        }
        self.stale([Topic::Attempt(id.clone())]);
        self.attempt(id).await
    }
}
