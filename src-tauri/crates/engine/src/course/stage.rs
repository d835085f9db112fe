//! Setting the stage of a case: the sandbox is turned over its own control, and what is there before the learner's turn is done by the engine's own acts.

use super::UnderWay;
use super::cases::{self, Case, Prepared};
use crate::adapters::control::Control;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ports::{ScheduleChange, Sent};
use crate::view::{AttemptStage, AttemptView, Door, SaveDraft};
use domain::data_type::DataType;
use domain::status::DatasetStatus;
use say::say;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use store::DatasetEntry;

/// Setting a stage takes a few seconds; this is when something is wrong.
const TOO_LONG: Duration = Duration::from_secs(120);
/// A minute more than a read of Plaid's takes.
const READ_TOO_LONG_S: i64 = 16 * 60;
/// Twice as long as the history window is open.
const TEN_MINUTES_S: i64 = 10 * 60;

/// The sandbox is as it is without a course.
pub(super) async fn clear(control: &Control) -> Result<()> {
    control.turn("faults", &json!([])).await?;
    control.turn("switches", &cases::untouched()).await
}

/// The sandbox behaves as it does during a case.
pub(super) async fn behave(control: &Control, case: &Case) -> Result<()> {
    control.turn("switches", &(case.during)()).await?;
    control.turn("faults", &(case.faults)()).await
}

impl Engine {
    /// Everything that is there before the learner's turn.
    pub(super) async fn set_the_stage(&self, control: &Control, case: &Case, run: &mut UnderWay) -> Result<()> {
        clear(control).await?;
        control.turn("switches", &(case.before)()).await?;
        if self.bank(case.bank).await.is_err() {
            self.refresh_banks().await?;
        }
        match case.prepared {
            Prepared::Draft => run.draft = Some(self.written_down(case, run).await?),
            Prepared::Made => drop(self.make_for(case, run).await?),
            Prepared::LinkUsed => {
                let made = self.make_for(case, run).await?;
                let handed = self.hand_over(made.id, Door::Copy).await?;
                control.open(&handed.link_url.unwrap_or_default()).await?;
            }
            Prepared::Read => self.let_read(control, case, run).await?,
            Prepared::ReadTooLong => {
                control.turn("clock", &json!({ "advance": -READ_TOO_LONG_S })).await?;
                let linked = self.let_agree(control, case, run).await;
                control.turn("clock", &json!({ "advance": READ_TOO_LONG_S })).await?;
                linked?;
                self.all_ended(run).await?;
            }
            Prepared::LinkedTwice => {
                self.let_read(control, case, run).await?;
                let (company, connection) = (run.company.clone(), run.connection.clone());
                self.let_read(control, case, run).await?;
                (run.company, run.connection) = (company, connection);
            }
            Prepared::Ended => {
                self.let_read(control, case, run).await?;
                control.turn(&format!("connections/{}/deauthorise", connection_of(run)?), &json!({})).await?;
                self.refresh_company(company_of(run)?).await?;
            }
            Prepared::ElsewhereTenMinutesAgo => self.linked_elsewhere(control, case, run).await?,
        }
        if !matches!(case.prepared, Prepared::Made | Prepared::LinkUsed) {
            // Whatever waited is over: the learner goes on from the company.
            run.attempt = None;
        }
        control.turn("switches", &cases::untouched()).await?;
        behave(control, case).await
    }

    /// The draft of the case, or of one more bank of its company.
    async fn written_down(&self, case: &Case, run: &UnderWay) -> Result<String> {
        let draft = SaveDraft {
            name: Some(case.company.to_owned()),
            reference: run.company.is_none().then(|| run.reference.clone()),
            company_id: run.company.clone(),
            bank_key: Some(case.bank.to_owned()),
            sheet_seen: true,
            ..SaveDraft::default()
        };
        Ok(self.save_draft(draft).await?.id)
    }

    /// Company and connection at Codat.
    async fn make_for(&self, case: &Case, run: &mut UnderWay) -> Result<AttemptView> {
        let draft = self.written_down(case, run).await?;
        let begun = self.begin_link(draft).await?.id;
        let made = self.until(&begun, |view, _| view.stage != AttemptStage::Creating).await?;
        run.company.clone_from(&made.company_id);
        run.connection.clone_from(&made.connection_id);
        run.attempt = Some(made.id.clone());
        connection_of(run)?;
        Ok(made)
    }

    /// The customer agreed at the bank, and Fairlead knows.
    async fn let_agree(&self, control: &Control, case: &Case, run: &mut UnderWay) -> Result<()> {
        let made = self.make_for(case, run).await?;
        control.turn(&format!("connections/{}/authorise", connection_of(run)?), &json!({})).await?;
        self.check_now(made.id.clone()).await?;
        self.until(&made.id, |view, _| view.stage != AttemptStage::Ready).await.map(drop)
    }

    /// The same, and the first reads ended.
    async fn let_read(&self, control: &Control, case: &Case, run: &mut UnderWay) -> Result<()> {
        self.let_agree(control, case, run).await?;
        self.all_ended(run).await
    }

    /// The first reads ended, and what they brought is here. One that timed out at the bank is followed for minutes, which nobody waits for here.
    async fn all_ended(&self, run: &UnderWay) -> Result<()> {
        let connection = connection_of(run)?;
        let over = |view: &AttemptView, reads: &[DatasetEntry]| {
            let latest =
                |data_type: DataType| reads.iter().find(|read| read.connection == connection && read.data_type == data_type.wire());
            let ended = |data_type| latest(data_type).is_some_and(|read| DatasetStatus::from_wire(read.status.clone()).is_terminal());
            let timed_out = DataType::ALL.into_iter().any(|data_type| latest(data_type).is_some_and(|read| read.status == "FetchError"));
            matches!(view.stage, AttemptStage::Complete | AttemptStage::ReadFailed) || (timed_out && DataType::ALL.into_iter().all(ended))
        };
        self.until(run.attempt.as_deref().unwrap_or_default(), over).await.map(drop)
    }

    /// What a colleague did in Codat's Portal: a company, a bank that agreed ten minutes ago, and a read just now.
    async fn linked_elsewhere(&self, control: &Control, case: &Case, run: &mut UnderWay) -> Result<()> {
        let source = &self.inner.source;
        let tags = BTreeMap::from([("reference".to_owned(), run.reference.clone())]);
        let body = source.company_body(case.company, &tags);
        let company = sent(source.create_company(&body, &self.inner.ports.entropy.guid()).await)?.0.id;
        let schedules = DataType::ALL.map(|data_type| ScheduleChange { data_type, hours: 24, on_first_link: false, from_months: None });
        source.change_sync_settings(Some(&company), &schedules).await?;
        let body = source.connection_body(case.bank);
        let connection = sent(source.create_connection(&company, &body, &self.inner.ports.entropy.guid()).await)?.id;
        control.turn("clock", &json!({ "advance": -TEN_MINUTES_S })).await?;
        let linked = control.turn(&format!("connections/{connection}/authorise"), &json!({})).await;
        control.turn("clock", &json!({ "advance": TEN_MINUTES_S })).await?;
        linked?;
        for data_type in DataType::ALL {
            source.queue(&company, &connection, data_type).await?;
        }
        (run.company, run.connection) = (Some(company.clone()), Some(connection));
        self.refresh_company(&company).await?;
        self.follow(&company).await?;
        Ok(())
    }

    /// Waits by listening, until an attempt and the reads of its company are so.
    async fn until(&self, attempt: &str, over: impl Fn(&AttemptView, &[DatasetEntry]) -> bool + Send + Sync) -> Result<AttemptView> {
        let mut events = self.inner.events.subscribe();
        let seen = async {
            loop {
                let view = self.attempt(attempt.to_owned()).await?;
                let company = view.company_id.clone().unwrap_or_default();
                let reads = self.store(move |store| store.datasets_of(&company, super::READS)).await?;
                if over(&view, &reads) {
                    return Ok(view);
                }
                let _ = tokio::time::timeout(Duration::from_secs(1), events.recv()).await;
            }
        };
        tokio::time::timeout(TOO_LONG, seen).await.unwrap_or_else(|_| Err(unset()))
    }
}

fn sent<T>(sent: Sent<T>) -> Result<T> {
    match sent {
        Sent::Made(made) | Sent::Found { made, .. } => Ok(made),
        Sent::Refused(error) | Sent::Held(error, _) => Err(error.into()),
        Sent::Again(_) | Sent::InFlight | Sent::Unknown(_) => Err(unset()),
    }
}

fn company_of(run: &UnderWay) -> Result<&str> {
    run.company.as_deref().ok_or_else(unset)
}

fn connection_of(run: &UnderWay) -> Result<&str> {
    run.connection.as_deref().ok_or_else(unset)
}

fn unset() -> Error {
    Error::BadRequest(say!("The stage of this case could not be set: the demo\u{2019}s bank did not play its part. Start the case over."))
}
