//! The desk: where a person was, what goes on.

use super::{Answer, wire};
use crate::downloads;
use crate::house::House;
use engine::Engine;
use engine::view::{
    ActivityView, AttemptView, AuditView, AuditWritten, BudgetView, CourseStep, CourseView, Desk, InboxStep, InboxView, KeptView,
    OlderView, QueueView, QueuedStep,
};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, State};
use ts_rs::TS;

/// The desk as it was left; with `keep`, as it is left now.
#[tauri::command]
pub(crate) async fn desk(house: State<'_, House>, keep: Option<Desk>) -> Answer<Desk> {
    house.engine().await.map_err(wire)?.desk(keep).await.map_err(wire)
}

#[derive(Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum ActivityAsk {
    /// Reads that run, what happened, and how banks did here.
    Everything,
    /// Links that are out.
    Attempts,
    /// What waits to be made at Codat, after a step.
    Queued(QueuedStep),
    /// What was sent and what is left.
    Budget,
    /// What is kept on this computer, for how long, and what was erased.
    Kept,
    /// What would go if rows were kept for so many months.
    Older(u32),
    /// Keeps rows for so many months, or of any age, from now on.
    KeepFor(Option<u32>),
    /// Who did what, and whether anybody changed that log.
    Audit,
    /// Writes that log into the person's download folder; tells where.
    SaveAudit,
    /// What a person is to be told, after a step.
    Inbox(InboxStep),
    /// The training course of the demo, after a step; refused at any other profile.
    Course(CourseStep),
}

#[derive(Serialize, TS)]
#[serde(untagged)]
pub(crate) enum Activity {
    Everything(ActivityView),
    Attempts(Vec<AttemptView>),
    Queued(QueueView),
    Budget(BudgetView),
    Kept(KeptView),
    Older(OlderView),
    Audit(AuditView),
    Saved(AuditWritten),
    Inbox(InboxView),
    Course(CourseView),
}

/// What goes on, and what is kept. Sends nothing; only the demo's course turns the demo's own bank.
#[tauri::command]
pub(crate) async fn activity(app: AppHandle, house: State<'_, House>, ask: ActivityAsk) -> Answer<Activity> {
    let engine = house.engine().await.map_err(wire)?;
    let answer = match ask {
        ActivityAsk::Everything => engine.activity().await.map(Activity::Everything),
        ActivityAsk::Attempts => engine.open_attempts().await.map(Activity::Attempts),
        ActivityAsk::Inbox(step) => engine.inbox(step).await.map(Activity::Inbox),
        ActivityAsk::Course(step) => engine.course(step).await.map(Activity::Course),
        ActivityAsk::Queued(step) => engine.queue(step).await.map(Activity::Queued),
        ActivityAsk::Budget => Ok(Activity::Budget(engine.budget_view().await)),
        ActivityAsk::Kept => kept(&house, &engine).await,
        ActivityAsk::Audit => engine.audit().await.map(Activity::Audit),
        ActivityAsk::SaveAudit => save_audit(&app, &engine).await,
        ActivityAsk::Older(months) => engine.older_than(months).await.map(Activity::Older),
        ActivityAsk::KeepFor(months) => match engine.keep_for(months).await {
            Ok(_) => kept(&house, &engine).await,
            Err(error) => Err(error),
        },
    };
    answer.map_err(wire)
}

async fn save_audit(app: &AppHandle, engine: &Engine) -> engine::Result<Activity> {
    let out = downloads::free(&downloads::folder(app)?, "audit log", "jsonl")?;
    engine.write_audit(&out).await.map(Activity::Saved)
}

/// Receipts of profiles that are gone stand beside this one's own.
async fn kept(house: &House, engine: &Engine) -> engine::Result<Activity> {
    let mut kept = engine.kept_here().await?;
    kept.erasures.extend(house.home().await?.removed()?);
    kept.erasures.sort_by_key(|erasure| std::cmp::Reverse(erasure.at.0));
    Ok(Activity::Kept(kept))
}
