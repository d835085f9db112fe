//! The training course of the demo: twelve cases, each with a stage that is set in the demo's own sandbox, a goal, hints, and a check of what became of
//! it. Only the demo's profile has one; where it is kept is that profile's own data.

mod cases;
mod check;
mod facts;
mod stage;
pub mod view;

use crate::adapters::control::Control;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{
    CourseCase, CourseCheck, CourseKey, CourseRun, CourseState, CourseStep, CourseView, End, Ending, Ring, StatusPill, Topic,
};
use cases::{CASES, Case};
use say::{say, word};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::{Store, StoreError};

const FACT: &str = "course";
/// Lines and reads of a company that are looked at.
const READS: u32 = 200;

/// The course of an open profile; none but the demo has a stage.
#[derive(Default)]
pub(crate) struct Course {
    control: Option<Control>,
    /// One step at a time: two would turn the stage under each other.
    one: tokio::sync::Mutex<()>,
}

impl Course {
    pub(crate) fn of(demo: Option<String>) -> Self {
        Self { control: demo.and_then(|base| Control::at(&base).ok()), ..Self::default() }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Kept {
    /// How many cases were begun, so that each has a reference of its own.
    begun: u32,
    under_way: Option<UnderWay>,
    done: BTreeSet<CourseKey>,
    /// What each case made last.
    made: BTreeMap<CourseKey, Made>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Made {
    company: Option<String>,
    draft: Option<String>,
}

/// The case under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UnderWay {
    case: CourseKey,
    reference: String,
    /// When the learner's turn began.
    begun_at: i64,
    hints: u32,
    company: Option<String>,
    connection: Option<String>,
    attempt: Option<String>,
    draft: Option<String>,
}

impl UnderWay {
    fn of(case: CourseKey, reference: String, begun_at: i64) -> Self {
        Self { case, reference, begun_at, hints: 0, company: None, connection: None, attempt: None, draft: None }
    }
}

impl Engine {
    /// The course, after a step of the learner's.
    ///
    /// # Errors
    /// When this is not the demo, nothing is under way, the stage cannot be set, or the database cannot be used.
    pub async fn course(&self, step: CourseStep) -> Result<CourseView> {
        let control = self.inner.course.control.as_ref().ok_or_else(no_course)?;
        let _one = self.inner.course.one.lock().await;
        let mut kept = self.store(kept).await?;
        let mut checked = None;
        match step {
            CourseStep::Look => {}
            CourseStep::Start(case) => self.begin_case(control, &mut kept, case).await?,
            CourseStep::StartOver => {
                let case = under_way(&kept)?.case;
                self.begin_case(control, &mut kept, case).await?;
            }
            CourseStep::Hint => {
                let run = kept.under_way.as_mut().ok_or_else(nothing_under_way)?;
                run.hints = run.hints.saturating_add(1).min(count(cases::case(run.case).hints.len()));
            }
            CourseStep::Check => {
                let found = check::check(under_way(&kept)?, &self.facts_of(control, under_way(&kept)?).await?);
                if found.done {
                    kept.done.insert(under_way(&kept)?.case);
                }
                checked = Some(found);
            }
            CourseStep::End => {
                stage::clear(control).await?;
                kept.under_way = None;
            }
        }
        self.go_on_with_the_scene(control, &kept).await?;
        if step != CourseStep::Look {
            self.keep_course(&kept).await?;
            self.stale([Topic::Status]);
        }
        Ok(view_of(&kept, checked))
    }

    async fn keep_course(&self, kept: &Kept) -> Result<()> {
        let text = serde_json::to_string(kept).map_err(|error| Error::Internal(error.to_string()))?;
        self.store(move |store| store.set_fact(FACT, &text)).await
    }

    /// After the demo was opened anew: its sandbox has forgotten how it was turned.
    pub(crate) async fn take_up_course(&self) {
        let Some(control) = &self.inner.course.control else { return };
        let taken_up = async {
            let Some(run) = self.store(kept).await?.under_way else { return Ok(()) };
            stage::behave(control, cases::case(run.case)).await
        };
        if let Err::<(), Error>(error) = taken_up.await {
            tracing::warn!(%error, "the case under way could not be taken up");
        }
    }

    async fn begin_case(&self, control: &Control, kept: &mut Kept, key: CourseKey) -> Result<()> {
        let case = cases::case(key);
        if let Some(made) = kept.made.remove(&key) {
            self.forget_what_was_made(made).await;
        }
        kept.begun += 1;
        let mut run = UnderWay::of(key, format!("COURSE-{}-{}", cases::number(key), kept.begun), self.now());
        let set = self.set_the_stage(control, case, &mut run).await;
        kept.made.insert(key, Made { company: run.company.clone(), draft: run.draft.clone() });
        if let Err(error) = set {
            // What was turned is turned back, and what was made is known to the next try.
            let cleared = stage::clear(control).await;
            kept.under_way = None;
            self.keep_course(kept).await?;
            return cleared.and(Err(error));
        }
        run.begun_at = self.now();
        kept.under_way = Some(run);
        self.stale([Topic::Companies]);
        Ok(())
    }

    /// The try before leaves nothing behind that could be taken for this one.
    async fn forget_what_was_made(&self, made: Made) {
        let forgotten = async {
            let mut company = made.company;
            if let Some(draft) = made.draft {
                self.discard_draft(draft.clone()).await?;
                let begun = self.store(move |store| store.attempt(&draft)).await?;
                company = company.or_else(|| begun?.company);
            }
            let Some(company) = company else { return Ok(()) };
            let wanted = company.clone();
            let Some(item) = self.store(move |store| store.company(&wanted)).await? else { return Ok(()) };
            self.end(End { company_id: company, ending: Ending::DeleteCompany, typed: item.company.name }).await.map(drop)
        };
        if let Err::<(), Error>(error) = forgotten.await {
            tracing::info!(%error, "what an earlier try had made could not be deleted");
        }
    }

    /// A bank that waited for somebody goes on once they are there.
    async fn go_on_with_the_scene(&self, control: &Control, kept: &Kept) -> Result<()> {
        let Some(run) = kept.under_way.as_ref().filter(|run| run.case == CourseKey::PartialData) else { return Ok(()) };
        if check::another_person_signs_in(run, &self.facts_of(control, run).await?) {
            control.turn("switches", &json!({ "failSyncs": {} })).await?;
        }
        Ok(())
    }
}

fn kept(store: &Store) -> std::result::Result<Kept, StoreError> {
    Ok(store.fact(FACT)?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

fn under_way(kept: &Kept) -> Result<&UnderWay> {
    kept.under_way.as_ref().ok_or_else(nothing_under_way)
}

fn no_course() -> Error {
    Error::BadRequest(say!("The training course belongs to the demo, whose bank plays its part in it. Open the demo first."))
}

fn nothing_under_way() -> Error {
    Error::BadRequest(say!("No case of the course is under way. Start one first."))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn view_of(kept: &Kept, checked: Option<CourseCheck>) -> CourseView {
    let row = |case: &Case| {
        let is_under_way = kept.under_way.as_ref().is_some_and(|run| run.case == case.key);
        let (state, ring, word) = if is_under_way {
            (CourseState::UnderWay, Ring::Half, word("Under way"))
        } else if kept.done.contains(&case.key) {
            (CourseState::Done, Ring::Moored, word("Done"))
        } else {
            (CourseState::NotBegun, Ring::Dotted, word("Not begun"))
        };
        CourseCase {
            key: case.key,
            number: cases::number(case.key),
            title: say::word(case.title).to_owned(),
            goal: say::word(case.goal).to_owned(),
            state,
            status: StatusPill { ring, word: word.to_owned() },
        }
    };
    let running = kept.under_way.as_ref().map(|run| {
        let case = cases::case(run.case);
        let shown = usize::try_from(run.hints).unwrap_or(usize::MAX).min(case.hints.len());
        CourseRun {
            key: case.key,
            number: cases::number(case.key),
            title: word(case.title).to_owned(),
            goal: word(case.goal).to_owned(),
            see: word(case.see).to_owned(),
            hints: case.hints[..shown].iter().map(|hint| word(hint).to_owned()).collect(),
            hints_left: count(case.hints.len() - shown),
            company: case.company.to_owned(),
            company_id: run.company.clone(),
            attempt_id: run.attempt.clone(),
            draft_id: run.draft.clone(),
            checked,
        }
    });
    CourseView { cases: CASES.iter().map(row).collect(), running, done: count(kept.done.len()) }
}
