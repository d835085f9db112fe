//! The training course at the demo's real sandbox: every case from its stage to a check that finds it done, by the right acts and not by wrong ones.

mod support;

use engine::adapters::codat::CodatSources;
use engine::ports::*;
use engine::view::*;
use engine::{Engine, Home};
use sandbox::{Options, Sandbox};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{MemoryVault, OneVault, Remembering, Shifted, World};

const PATIENCE: Duration = Duration::from_secs(120);

/// The demo's sandbox, quicker than for a person.
#[derive(Default)]
struct Stage(Mutex<Option<Sandbox>>);

impl Stage {
    fn base(&self) -> String {
        self.0.lock().expect("stage").as_ref().expect("running").base_url().to_owned()
    }
}

impl DemoSandbox for Stage {
    fn start(&self, folder: PathBuf, redirect: String) -> Wait<'_, Result<SandboxAddress, String>> {
        Box::pin(async move {
            let state_file = Some(folder.join("sandbox.json"));
            let options = Options { state_file, redirect_url: Some(redirect), speed: 20, transactions: Some(120), ..Options::default() };
            let sandbox = Sandbox::start(options).await.map_err(|error| error.to_string())?;
            let address = SandboxAddress { base_url: sandbox.base_url().into(), api_key: SecretString::from(sandbox.api_key().to_owned()) };
            *self.0.lock().expect("stage") = Some(sandbox);
            Ok(address)
        })
    }
}

/// A learner at the demo.
struct Learner {
    home: Home,
    engine: Engine,
    stage: Arc<Stage>,
    http: reqwest::Client,
    _folder: tempfile::TempDir,
}

impl Learner {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let stage = Arc::new(Stage::default());
        let clock = Arc::new(Shifted::default()) as Arc<dyn Clock>;
        let ports = Ports {
            sources: Arc::new(CodatSources::new(Arc::clone(&clock))),
            vaults: Arc::new(OneVault(Arc::new(MemoryVault::default()))),
            opener: Arc::new(Remembering::default()),
            clock,
            entropy: Arc::new(SystemEntropy),
            demo: Arc::clone(&stage) as Arc<dyn DemoSandbox>,
            policy: engine::PolicyPlace::File(folder.path().join("policy.json")),
        };
        let home = Home::open(folder.path().join("home"), ports).expect("home");
        home.start_demo().await.expect("the demo opens");
        let engine = home.engine().expect("open");
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("client");
        Self { home, engine, stage, http, _folder: folder }
    }

    async fn step(&self, step: CourseStep) -> CourseView {
        self.engine.course(step).await.expect("a step")
    }

    async fn start(&self, case: CourseKey) -> CourseRun {
        let view = self.step(CourseStep::Start(case)).await;
        let row = view.cases.iter().find(|row| row.key == case).expect("in the list");
        assert_eq!((row.state, view.cases.iter().filter(|row| row.state == CourseState::UnderWay).count()), (CourseState::UnderWay, 1));
        view.running.expect("under way")
    }

    /// What a check finds missing; empty when it is done.
    async fn missing(&self) -> Vec<String> {
        let checked = self.step(CourseStep::Check).await.running.and_then(|run| run.checked).expect("checked");
        let missing: Vec<String> = checked.parts.into_iter().filter(|part| !part.done).map(|part| part.says).collect();
        assert_eq!(checked.done, missing.is_empty());
        missing
    }

    async fn says_not_yet(&self, why: &str) {
        let missing = self.missing().await;
        assert!(missing.iter().any(|says| says.contains(why)), "{why}: {missing:?}");
    }

    /// Waits, by listening, until a check finds it done.
    async fn until_done(&self, case: CourseKey) {
        let mut events = self.home.events();
        let waiting = async {
            while !self.missing().await.is_empty() {
                let _ = tokio::time::timeout(Duration::from_secs(1), events.recv()).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            panic!("never done: {:?}", self.missing().await);
        }
        let list = self.step(CourseStep::End).await;
        let row = list.cases.iter().find(|row| row.key == case).expect("in the list");
        assert_eq!((row.state, list.done, list.running), (CourseState::Done, 1, None));
    }

    async fn until(&self, attempt: &str, wanted: &[AttemptStage]) -> AttemptView {
        let mut events = self.home.events();
        let waiting = async {
            loop {
                let view = self.engine.attempt(attempt.to_owned()).await.expect("attempt");
                if wanted.contains(&view.stage) {
                    return view;
                }
                let _ = tokio::time::timeout(Duration::from_secs(1), events.recv()).await;
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(view) => view,
            Err(_) => panic!("never {wanted:?}: {:?}", self.engine.attempt(attempt.to_owned()).await),
        }
    }

    async fn press(&self, page: &str, decision: &str) -> String {
        let done = self.http.post(page).form(&[("decision", decision)]).send().await.expect("pressed");
        done.headers().get("location").expect("leads on").to_str().expect("text").to_owned()
    }

    /// The page behind a fresh link.
    async fn page(&self, attempt: &str) -> String {
        let handed = self.engine.hand_over(attempt.to_owned(), Door::Copy).await.expect("handed over");
        let first = self.http.get(handed.link_url.expect("address")).send().await.expect("the bank's page");
        format!("{}{}", self.stage.base(), first.headers().get("location").expect("it opens").to_str().expect("text"))
    }

    /// Hands the link over, and the customer presses a button and comes back.
    async fn customer(&self, attempt: &str, decision: &str) {
        let page = self.page(attempt).await;
        let back = self.press(&page, decision).await;
        let heard = self.engine.ring(back).await.expect("rung");
        assert!(heard.accepted, "{heard:?}");
    }

    async fn turn(&self, what: &str, body: Value) {
        let answer = self.http.post(format!("{}/control/{what}", self.stage.base())).json(&body).send().await.expect("control");
        assert!(answer.status().is_success(), "{what}");
    }

    async fn look(&self, what: &str) -> Value {
        self.http.get(format!("{}/control/{what}", self.stage.base())).send().await.expect("control").json().await.expect("json")
    }

    async fn connections(&self, company: &str) -> Vec<ConnectionCard> {
        self.engine.company(company.to_owned()).await.expect("a page").connections
    }

    /// The case of the only connection, opened again.
    async fn renewed(&self, company: &str) -> String {
        let connection = self.connections(company).await[0].id.clone();
        self.engine.renew_connection(company.to_owned(), connection).await.expect("renewed").id
    }

    async fn refresh(&self, company: &str) {
        let all = StartSync { company_id: company.to_owned(), connection_id: None, data_types: vec![] };
        self.engine.start_sync(all).await.expect("asked");
    }

    async fn ended(&self, run: &CourseRun, ending: Ending) {
        let end = End { company_id: company(run), ending, typed: run.company.clone() };
        self.engine.end(end).await.expect("ended");
    }

    /// What an impatient person does: one more connection of the same company.
    async fn add_another(&self, run: &CourseRun) -> String {
        let draft = SaveDraft { company_id: Some(company(run)), bank_key: Some("natwest_business_uk".into()), ..SaveDraft::default() };
        let draft = self.engine.save_draft(draft).await.expect("a draft");
        let begun = self.engine.begin_link(draft.id).await.expect("begun");
        self.until(&begun.id, &[AttemptStage::Ready]).await.connection_id.expect("made")
    }
}

fn company(run: &CourseRun) -> String {
    run.company_id.clone().expect("a company")
}

fn attempt(run: &CourseRun) -> String {
    run.attempt_id.clone().expect("a case")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_bank_is_waited_for_and_a_second_connection_is_no_help() {
    let learner = Learner::new().await;
    let run = learner.start(CourseKey::SlowBank).await;
    learner.says_not_yet("The bank is not linked yet").await;
    learner.customer(&attempt(&run), "authorise").await;
    learner.until(&attempt(&run), &[AttemptStage::Reading]).await;
    learner.says_not_yet("Not read yet").await;
    let other = learner.add_another(&run).await;
    learner.turn("clock", json!({ "advance": 120 })).await;
    learner.until(&attempt(&run), &[AttemptStage::Complete]).await;
    learner.says_not_yet("There is a second connection").await;
    learner.ended(&run, Ending::DeleteConnection(other)).await;
    learner.until_done(CourseKey::SlowBank).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_was_down_is_asked_again() {
    let learner = Learner::new().await;
    let run = learner.start(CourseKey::BankDown).await;
    learner.says_not_yet("Not read yet: accounts, balances, transactions, categories").await;
    learner.refresh(&company(&run)).await;
    learner.until_done(CourseKey::BankDown).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_left_links_the_same_connection_and_who_never_left_does_not_pass() {
    let learner = Learner::new().await;
    let run = learner.start(CourseKey::Cancelled).await;
    learner.says_not_yet("Nobody has left").await;
    learner.customer(&attempt(&run), "authorise").await;
    learner.until(&attempt(&run), &[AttemptStage::Complete]).await;
    learner.says_not_yet("start the case over").await;
    let again = learner.step(CourseStep::StartOver).await.running.expect("under way");
    assert_ne!(again.company_id, run.company_id, "the try before is not taken for this one");
    learner.customer(&attempt(&again), "cancel").await;
    learner.until(&attempt(&again), &[AttemptStage::NotLinked]).await;
    learner.says_not_yet("The bank is not linked yet").await;
    learner.customer(&attempt(&again), "authorise").await;
    learner.until(&attempt(&again), &[AttemptStage::Complete]).await;
    learner.until_done(CourseKey::Cancelled).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_person_approves_and_is_named_with_the_case() {
    let learner = Learner::new().await;
    let run = learner.start(CourseKey::SecondApprover).await;
    let page = learner.page(&attempt(&run)).await;
    assert!(learner.press(&page, "authorise").await.starts_with("/link/visits/"), "the first person is not sent back yet");
    learner.says_not_yet("The bank is not linked yet").await;
    let back = learner.press(&page, "approve").await;
    learner.engine.ring(back).await.expect("rung");
    learner.until(&attempt(&run), &[AttemptStage::Complete]).await;
    learner.says_not_yet("who the other person is").await;
    let to = Addressee { name: Some("Dana Eastgate".into()), ..Addressee::default() };
    learner.engine.address_attempt(attempt(&run), to).await.expect("kept");
    learner.until_done(CourseKey::SecondApprover).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_used_is_handed_over_afresh() {
    let learner = Learner::new().await;
    let run = learner.start(CourseKey::LinkExpired).await;
    learner.says_not_yet("the link that does not open any more").await;
    learner.customer(&attempt(&run), "authorise").await;
    learner.until(&attempt(&run), &[AttemptStage::Complete]).await;
    learner.until_done(CourseKey::LinkExpired).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missed_window_opens_with_a_new_consent_and_not_with_a_refresh() {
    let learner = Learner::new().await;
    let run = learner.start(CourseKey::WindowMissed).await;
    learner.says_not_yet("begin within the last ninety days").await;
    learner.refresh(&company(&run)).await;
    learner.says_not_yet("begin within the last ninety days").await;
    let connection = learner.connections(&company(&run)).await[0].id.clone();
    learner.ended(&run, Ending::Unlink(connection)).await;
    let renewal = learner.renewed(&company(&run)).await;
    learner.customer(&renewal, "authorise").await;
    learner.until(&renewal, &[AttemptStage::Complete]).await;
    learner.until_done(CourseKey::WindowMissed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_person_may_not_share_another_does() {
    let learner = Learner::new().await;
    let run = learner.start(CourseKey::PartialData).await;
    learner.says_not_yet("Not read yet: transactions").await;
    learner.refresh(&company(&run)).await;
    let renewal = learner.renewed(&company(&run)).await;
    learner.says_not_yet("who the other person is").await;
    let to = Addressee { name: Some("Robin Harrow".into()), ..Addressee::default() };
    learner.engine.address_attempt(renewal.clone(), to).await.expect("kept");
    learner.says_not_yet("Not read yet: transactions").await;
    let page = learner.page(&renewal).await;
    assert_eq!(learner.look("switches").await["failSyncs"], json!({ "banking-transactions": "PermissionsError" }));
    learner.step(CourseStep::Look).await;
    assert_eq!(learner.look("switches").await["failSyncs"], json!({}), "somebody else is there");
    let back = learner.press(&page, "authorise").await;
    learner.engine.ring(back).await.expect("rung");
    // A read that was asked for before they were there fails as before: once all have ended, one more brings it.
    learner.until(&renewal, &[AttemptStage::Complete, AttemptStage::ReadFailed]).await;
    learner.refresh(&company(&run)).await;
    learner.until_done(CourseKey::PartialData).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_comes_twice_counts_once_when_a_connection_is_deleted_not_when_it_is_unlinked() {
    let learner = Learner::new().await;
    let run = learner.start(CourseKey::Duplicate).await;
    learner.says_not_yet("The same accounts still come by two connections").await;
    let second = learner.connections(&company(&run)).await[0].id.clone();
    learner.ended(&run, Ending::Unlink(second.clone())).await;
    learner.says_not_yet("The same accounts still come by two connections").await;
    learner.ended(&run, Ending::DeleteConnection(second)).await;
    learner.until_done(CourseKey::Duplicate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_consent_is_renewed_on_its_own_connection() {
    let learner = Learner::new().await;
    let run = learner.start(CourseKey::ConsentEnded).await;
    learner.says_not_yet("No new consent").await;
    let other = learner.add_another(&run).await;
    let own = learner.connections(&company(&run)).await.into_iter().find(|card| card.id != other).expect("its own").id;
    let renewal = learner.engine.renew_connection(company(&run), own).await.expect("renewed").id;
    learner.customer(&renewal, "authorise").await;
    learner.until(&renewal, &[AttemptStage::Complete]).await;
    learner.says_not_yet("There is a second connection").await;
    learner.ended(&run, Ending::DeleteConnection(other)).await;
    learner.until_done(CourseKey::ConsentEnded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_limit_is_sat_out_and_who_takes_the_case_out_of_the_queue_does_not_pass() {
    let learner = Learner::new().await;
    let run = learner.start(CourseKey::RateLimited).await;
    learner.says_not_yet("was not begun yet").await;
    let draft = run.draft_id.clone().expect("a draft");
    let begun = learner.engine.begin_link(draft).await.expect("begun");
    learner.says_not_yet("not made yet").await;
    learner.until(&begun.id, &[AttemptStage::Ready]).await;
    let fired = learner.look("faults").await["fired"].as_u64();
    assert_eq!(fired, Some(1), "a limit that was never met teaches nothing");
    println!("measured: {fired:?} request turned away, one company");
    learner.until_done(CourseKey::RateLimited).await;

    let again = learner.start(CourseKey::RateLimited).await;
    let begun = learner.engine.begin_link(again.draft_id.clone().expect("a draft")).await.expect("begun");
    // Whether it was sent and turned away by then is a matter of moments; that it may exist is then said.
    learner.engine.queue(QueuedStep::Discard { attempt_id: begun.id, knowing: true }).await.expect("taken out");
    learner.says_not_yet("taken out of the queue").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_read_that_timed_out_is_asked_for_again_and_unlinking_is_no_help() {
    let learner = Learner::new().await;
    let run = learner.start(CourseKey::PlaidFirst).await;
    learner.says_not_yet("Not read yet: transactions").await;
    let connection = learner.connections(&company(&run)).await[0].id.clone();
    learner.ended(&run, Ending::Unlink(connection)).await;
    learner.says_not_yet("Nothing was wrong with it").await;
    let again = learner.step(CourseStep::StartOver).await.running.expect("under way");
    learner.refresh(&company(&again)).await;
    learner.until_done(CourseKey::PlaidFirst).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_business_is_called_so_and_read_no_more() {
    let learner = Learner::new().await;
    let run = learner.start(CourseKey::WrongBusiness).await;
    learner.says_not_yet("Nobody has said yet").await;
    let page = learner.engine.company(company(&run)).await.expect("a page");
    let [check] = page.checks.as_slice() else { panic!("{:?}", page.checks) };
    assert!(check.asks && check.differences.iter().any(|one| one.says.contains("ORCHARD FABRICATIONS")), "{check:?}");
    let connection = check.connection_id.clone();
    learner.engine.say_business(company(&run), connection.clone(), true).await.expect("said");
    learner.says_not_yet("that this is the right business").await;
    learner.engine.say_business(company(&run), connection.clone(), false).await.expect("said");
    learner.says_not_yet("still linked").await;
    learner.ended(&run, Ending::Unlink(connection)).await;
    learner.until_done(CourseKey::WrongBusiness).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_case_runs_at_a_time_hints_come_one_by_one_and_leaving_turns_everything_back() {
    let learner = Learner::new().await;
    let untouched = learner.look("switches").await;
    assert!(learner.engine.course(CourseStep::Check).await.is_err(), "there is nothing to check");
    let run = learner.start(CourseKey::SlowBank).await;
    assert_eq!((run.hints.len(), run.hints_left), (0, 3));
    let hinted = learner.step(CourseStep::Hint).await.running.expect("under way");
    assert_eq!((hinted.hints.len(), hinted.hints_left), (1, 2));
    assert_eq!(learner.look("switches").await["pauses"], json!({ "banking-transactions": 1 }));
    learner.start(CourseKey::SecondApprover).await;
    let turned = learner.look("switches").await;
    assert_eq!((&turned["pauses"], &turned["secondApprover"]), (&json!({}), &json!(true)), "the case before is over");
    learner.step(CourseStep::End).await;
    assert_eq!(learner.look("switches").await, untouched);

    learner.start(CourseKey::SecondApprover).await;
    learner.engine.stopped().await;
    learner.home.close_profile();
    learner.home.start_demo().await.expect("opens again");
    let taken_up = learner.home.engine().expect("open").course(CourseStep::Look).await.expect("the course");
    assert_eq!(taken_up.running.map(|run| run.key), Some(CourseKey::SecondApprover));
    assert_eq!(learner.look("switches").await["secondApprover"], json!(true), "a sandbox that started anew is turned again");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_demo_has_a_course() {
    let world = World::new(Options::default()).await;
    let refused = world.engine().course(CourseStep::Look).await.expect_err("this is no demo");
    assert!(refused.to_string().contains("belongs to the demo"), "{refused}");
}
