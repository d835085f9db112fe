//! What an organisation sets holds for whoever asks: it is the engine that refuses, and what was chosen before counts no further than the policy lets it.

mod support;

use engine::view::*;
use engine::{DEMO, ExportTo, NewProfile};
use sandbox::Options;
use secrecy::SecretString;
use support::World;

async fn world() -> World {
    World::new(Options { companies: 1, transactions: Some(30), months: 30, ..Options::default() }).await
}

fn told<T>(answer: engine::Result<T>) -> String {
    let error = answer.err().expect("refused");
    assert_eq!(error.code(), ErrorCode::Managed, "{error}");
    error.wire(String::new()).message
}

fn pin() -> SecretString {
    SecretString::from("4711-0815")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_exported_leaves_by_no_door() {
    let world = world().await;
    let engine = world.engine();
    engine.refresh_companies().await.expect("read");
    let id = engine.list_companies(CompanyQuery { limit: 10, ..CompanyQuery::default() }).await.expect("companies").rows[0].id.clone();
    let out = tempfile::tempdir().expect("folder");
    let rows = |format: ExportFormat| {
        let query = TransactionQuery { company_id: id.clone(), ..TransactionQuery::default() };
        engine.export_transactions(query, ExportTo { format, out: out.path().join(format.ending()), overwrite: true })
    };
    rows(ExportFormat::Csv).await.expect("control: without a policy it is written");

    world.set_policy(r#"{"exports": ["parquet"], "contact": "it@lender.example"}"#);
    let message = told(rows(ExportFormat::Csv).await);
    assert_eq!(message, "Your organisation sets this (policy): nothing is exported as csv. Ask it@lender.example.");
    rows(ExportFormat::Parquet).await.expect("this one is allowed");

    world.set_policy(r#"{"exports": []}"#);
    for format in [ExportFormat::Csv, ExportFormat::Xlsx, ExportFormat::Json, ExportFormat::Jsonl, ExportFormat::Parquet] {
        assert!(told(rows(format).await).contains("nothing is exported. Ask whoever looks after this computer"));
    }
    let before = std::fs::read_dir(out.path()).expect("list").count();
    told(engine.make_evidence(id.clone(), out.path().join("pack.zip"), false).await);
    assert_eq!(std::fs::read_dir(out.path()).expect("list").count(), before, "nothing was begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_of_an_hour_is_one_of_ten_minutes_where_the_organisation_says_ten() {
    let world = world().await;
    let home = &world.home;
    home.set_pin(&SecretString::from(String::new()), Some(&pin())).await.expect("a PIN");
    home.lock_after(Some(60)).await.expect("free without a policy");
    let now = || engine::ports::SystemClock;
    let since = engine::ports::Clock::now(&now()) - 11 * 60_000;
    assert!(!home.is_idle(since).expect("read"), "control: an hour is not over");

    world.set_policy(r#"{"lockAfterMinutes": 10, "pinRequired": true}"#);
    assert!(home.is_idle(since).expect("read"));
    assert_eq!(home.app_state().await.expect("state").lock.after_minutes, Some(10));
    assert!(told(home.lock_after(Some(60)).await).contains("10 minutes at most"));
    told(home.lock_after(None).await);
    home.lock_after(Some(5)).await.expect("sooner is allowed");
    assert_eq!(home.app_state().await.expect("state").lock.after_minutes, Some(5));
    told(home.set_pin(&pin(), None).await);
    home.set_pin(&pin(), Some(&SecretString::from("another-1"))).await.expect("another in its place");
    assert!(home.forget_pin().await.expect("one that was forgotten locks nobody out"));
    assert!(home.app_state().await.expect("state").lock.wants_pin, "the window asks for a new one first");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_customer_is_shown_before_the_pin_that_the_organisation_wants() {
    let world = world().await;
    world.set_policy(r#"{"pinRequired": true}"#);
    assert!(world.home.app_state().await.expect("state").lock.wants_pin);
    assert!(told(world.home.engine_to_show()).contains("a PIN comes first"));
    world.home.set_pin(&SecretString::from(String::new()), Some(&pin())).await.expect("a PIN");
    assert!(!world.home.app_state().await.expect("state").lock.wants_pin);
    world.home.engine_to_show().expect("now");
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_are_opened_and_added_as_the_organisation_says_before_a_key_goes_anywhere() {
    let world = world().await;
    let home = &world.home;
    let new = |name: &str| NewProfile {
        name: name.into(),
        key: SecretString::from(world.sandbox.api_key().to_owned()),
        environment: Environment::Sandbox,
        base_url: Some(world.sandbox.base_url().to_owned()),
        vault: VaultKind::Session,
    };
    world.set_policy(r#"{"environments": ["production"]}"#);
    assert!(told(home.engine()).contains("environment sandbox"), "one that is open is none from now on");
    home.close_profile();
    for (policy, what) in [
        (r#"{"environments": ["production"]}"#, "environment sandbox"),
        (r#"{"profiles": ["Lender"]}"#, "no profile named"),
        (r#"{"vaults": ["keychain"]}"#, "vault session"),
    ] {
        world.set_policy(policy);
        assert!(told(home.open_profile("Test").await).contains(what), "{policy}");
        assert!(told(home.add_profile(new("Other")).await).contains(what), "{policy}");
        assert!(told(home.make_recovery_code("Test", false).await).contains(what), "no key of it goes onto paper: {policy}");
        assert!(told(home.use_recovery_code("Test", &pin()).await).contains(what), "{policy}");
        assert!(told(home.change_database_key("Test").await).contains(what), "{policy}");
    }
    world.set_policy(r#"{"newProfiles": false, "demo": false}"#);
    assert!(told(home.add_profile(new("Other")).await).contains("no profile is added"));
    home.add_profile(new("Test")).await.expect("a new key in an old one's place");
    assert!(told(home.start_demo().await).contains("demo"));
    assert!(home.app_state().await.expect("state").profiles.iter().all(|profile| profile.name != DEMO), "none was made");
    world.set_policy(r#"{"profiles": ["Test", "Other"], "environments": ["sandbox"], "vaults": ["session"]}"#);
    home.open_profile("Test").await.expect("all three say yes");
    home.add_profile(new("Other")).await.expect("this one too");
}

#[tokio::test(flavor = "multi_thread")]
async fn returns_retention_and_preferences_are_what_the_policy_says_whatever_was_chosen() {
    let world = world().await;
    let (home, engine) = (&world.home, world.engine());
    engine.keep_for(Some(60)).await.expect("free without a policy");
    world.set_policy(
        r#"{"doorbell": "bounce", "bounceUrl": "https://lender.example/back", "loopbackPort": 50000, "keepMonths": 13, "namesInNotices": false, "requiredMonths": 24}"#,
    );
    let returns = engine.return_settings().await.expect("settings");
    assert_eq!(
        (returns.chosen, returns.port, returns.bounce_url.as_deref()),
        (Doorbell::Bounce, 50_000, Some("https://lender.example/back"))
    );
    let change = |chosen, port, url: Option<&str>| SetReturn { chosen, port, bounce_url: url.map(str::to_owned) };
    told(engine.set_return(change(Some(Doorbell::Loopback), None, None)).await);
    told(engine.set_return(change(None, Some(50_001), None)).await);
    told(engine.set_return(change(None, None, Some("https://evil.example/"))).await);

    assert_eq!(engine.kept_here().await.expect("kept").months, Some(13));
    assert!(told(engine.keep_for(None).await).contains("13 months at most"));
    told(engine.keep_for(Some(14)).await);
    engine.keep_for(Some(12)).await.expect("less is allowed");
    assert_eq!(engine.kept_here().await.expect("kept").months, Some(12));

    let state = home.app_state().await.expect("state");
    let managed = state.managed.expect("it says who manages it");
    assert_eq!(managed.policy.keep_months, Some(13));
    assert_eq!(state.preferences.required_months, 24);
    let mut wished = state.preferences.clone();
    wished.theme = Theme::Dark;
    let kept = home.set_preferences(wished).expect("how it looks is everybody's own");
    assert!(told(home.set_preferences(Preferences { required_months: 12, ..kept.clone() })).contains("policy"));
    told(home.set_preferences(Preferences { notices: NoticeSettings { names: true, ..kept.notices }, ..kept }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_cannot_be_read_opens_nothing_says_why_and_is_over_once_it_is_mended() {
    let world = world().await;
    let home = &world.home;
    world.set_policy(r#"{"lockAfterMinute": 10}"#);
    let message = told(home.app_state().await);
    assert!(
        message.contains("Fairlead opens nothing") && message.contains("lockAfterMinute") && message.contains("policy.json"),
        "{message}"
    );
    told(home.engine());
    told(home.open_profile("Test").await);
    told(home.check_key(&SecretString::from("any")).await);
    told(home.start_demo().await);
    told(home.forget_pin().await);
    let seen = home.doctor(None).await;
    let line = seen.findings.iter().find(|finding| finding.check == Check::Policy).expect("a line");
    assert!(line.verdict == Verdict::Wrong && line.says.contains("lockAfterMinute"), "{line:?}");

    world.set_policy(r#"{"lockAfterMinutes": 10, "contact": "it@lender.example"}"#);
    home.engine().expect("open as before");
    let seen = home.doctor(None).await;
    let line = seen.findings.iter().find(|finding| finding.check == Check::Policy).expect("a line");
    assert!(line.verdict == Verdict::Good && line.says.contains("2 settings") && line.says.contains("it@lender.example"), "{line:?}");
}
