//! The lock through the whole engine: what is closed, who is refused, and what a PIN costs who does not know it.

mod support;

use engine::view::*;
use engine::{Home, NewProfile};
use sandbox::Options;
use secrecy::SecretString;
use support::World;

const NEEDLE: &str = "the-right-pin-4711";

fn typed(pin: &str) -> SecretString {
    SecretString::from(pin.to_owned())
}

async fn refused(home: &Home, pin: &str) -> String {
    home.unlock(&typed(pin)).await.expect_err("refused").wire(String::new()).message
}

/// A world whose open profile keeps its secrets as one with a keychain does.
async fn world() -> World {
    let world = World::new(Options { companies: 2, transactions: Some(40), months: 6, ..Options::default() }).await;
    let new = NewProfile {
        name: "Kept".into(),
        key: SecretString::from(world.sandbox.api_key().to_owned()),
        environment: Environment::Sandbox,
        base_url: Some(world.sandbox.base_url().to_owned()),
        vault: VaultKind::Keychain,
    };
    world.home.add_profile(new).await.expect("the key is good");
    world.home.open_profile("Kept").await.expect("opens");
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_the_file_is_closed_everybody_is_refused_and_the_pin_opens_it_again() {
    let world = world().await;
    let home = &world.home;
    home.set_pin(&typed(""), Some(&typed(NEEDLE))).await.expect("set");
    let held = world.engine();
    held.refresh_companies().await.expect("read");
    let names: Vec<String> = held.list_companies(all()).await.expect("companies").rows.into_iter().map(|row| row.name).collect();
    assert!(names.len() == 2 && is_open(home), "control: there is something to close");

    let mut took = vec![];
    for _ in 0..3 {
        home.unlock(&typed(NEEDLE)).await.expect("unlocked");
        world.engine().refresh_companies().await.expect("something runs");
        let begun = std::time::Instant::now();
        home.lock(true).await.expect("locked");
        took.push(begun.elapsed());
    }
    let took = *took.iter().min().expect("three");
    assert!(took < std::time::Duration::from_secs(1), "at once: {took:?}");
    assert!(!is_open(home), "no file of the database is open, whoever still holds its engine");
    assert!(
        held.list_companies(all()).await.is_err() && held.set_freshness(SetFreshness::default()).await.is_err(),
        "and who does gets nothing"
    );
    let codes = [
        home.engine().err().map(|error| error.code()),
        home.open_profile("Kept").await.err().map(|error| error.code()),
        home.open_profile("Test").await.err().map(|error| error.code()),
    ];
    assert_eq!(codes, [Some(ErrorCode::Locked); 3]);
    let state = home.app_state().await.expect("what to show");
    assert!(state.lock.locked && state.profiles.is_empty() && state.active.is_none(), "{state:?}");
    assert_eq!((state.lock.by, state.lock.profile.as_deref()), (Some(LockBy::Pin), Some("Kept")));

    assert!(refused(home, "wrong").await.starts_with("This is not the PIN. 4 more tries"));
    home.unlock(&typed(NEEDLE)).await.expect("unlocked");
    let engine = world.engine();
    assert_eq!(engine.list_companies(all()).await.expect("companies").rows.len(), 2, "everything is as it was");
    let log = engine.audit().await.expect("the log");
    let acts: Vec<(&str, &str)> = log.lines.iter().rev().map(|line| (line.act.as_str(), line.detail.as_str())).collect();
    let told: Vec<_> = acts.iter().filter(|(act, _)| act.contains("lock")).collect();
    assert_eq!(told[..2], [&("lock", "a new PIN"), &("locked", "by hand")]);
    assert_eq!(told.last(), Some(&&("unlocked", "after 1 wrong PINs")));
    assert!(matches!(log.standing, AuditStanding::Whole { from: 1 } | AuditStanding::CaughtUp { from: 1, .. }), "{:?}", log.standing);
    println!("measured: locked in {} ms, its file closed, 5 of 5 askers refused, the PIN opened it again", took.as_millis());
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_pins_cost_growing_waits_and_a_new_start_does_not_make_them_good() {
    let world = world().await;
    world.home.set_pin(&typed(""), Some(&typed(NEEDLE))).await.expect("set");
    assert!(world.home.set_pin(&typed("guess"), None).await.is_err(), "nobody takes it away without knowing it");
    world.home.lock(true).await.expect("locked");
    for wrong in 2..=4 {
        assert!(refused(&world.home, "guess").await.contains("before Fairlead makes you wait"), "{wrong}");
    }
    assert_eq!(refused(&world.home, "guess").await, "This is not the PIN. Try again in 30 seconds.");
    assert!(refused(&world.home, NEEDLE).await.starts_with("Try again in"), "not even the right one");

    let started = world.started_anew();
    started.lock_at_start().await.expect("looked at");
    assert!(started.is_locked(), "starting Fairlead anew is no way around it");
    assert!(started.app_state().await.expect("what to show").lock.not_before.is_some(), "the screen says from when on");
    assert!(refused(&started, NEEDLE).await.starts_with("Try again in"), "nor does it make the wait shorter");
    world.clock.ahead(31_000);
    assert_eq!(refused(&started, "guess").await, "This is not the PIN. Try again in 60 seconds.", "the next costs more");
    world.clock.ahead(61_000);
    started.unlock(&typed(NEEDLE)).await.expect("the right one, in its time");
    started.open_profile("Kept").await.expect("opens");
    let tries = std::fs::read_to_string(started.folder().join("profiles.json")).expect("read");
    assert!(!tries.contains(NEEDLE), "and no file says it");
    println!("measured: 6 wrong PINs over two starts: waits of 0, 0, 0, 0, 30 and 60 s, the right one refused until then");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_locks_after_the_minutes_that_were_chosen() {
    let world = world().await;
    let used = engine::ports::Clock::now(&*world.clock);
    world.home.lock_after(Some(5)).await.expect("kept");
    world.clock.ahead(6 * 60_000);
    assert!(world.home.is_idle(used).expect("looked"));
    world.home.lock_after(None).await.expect("kept");
    assert!(!world.home.is_idle(used).expect("looked"), "only by hand");
    assert!(world.home.lock_after(Some(0)).await.is_err());
    world.home.set_pin(&typed(""), Some(&typed(NEEDLE))).await.expect("set");
    assert!(!world.home.is_idle(engine::ports::Clock::now(&*world.clock)).expect("looked"), "somebody set it just now");
    world.clock.ahead(5 * 60_000);
    assert!(world.home.is_idle(used).expect("looked"), "with a PIN it locks itself unless somebody says otherwise");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_pin_the_computers_keychain_decides_and_what_has_neither_cannot_be_locked() {
    let world = world().await;
    let home = &world.home;
    home.lock(false).await.expect("locked");
    assert_eq!(home.app_state().await.expect("what to show").lock.by, Some(LockBy::Computer));
    home.unlock(&typed("")).await.expect("unlocked");
    assert!(home.engine().is_ok(), "with the profile that was open");
    home.set_pin(&typed(""), Some(&typed(NEEDLE))).await.expect("set");
    home.lock(true).await.expect("locked");
    assert!(refused(home, "").await.starts_with("This is not the PIN"));
    assert!(home.forget_pin().await.expect("at a terminal of this account"));
    assert!(world.started_anew().lock_at_start().await.is_ok(), "there is no PIN to ask for any more");
    let again = world.started_anew();
    again.lock_at_start().await.expect("looked");
    assert!(!again.is_locked());
    again.open_profile("Test").await.expect("opens");
    assert!(again.lock(true).await.is_err(), "its keys are nowhere but in memory, so nothing could be held against anybody");
}

fn all() -> CompanyQuery {
    CompanyQuery { limit: 10, ..CompanyQuery::default() }
}

/// Whether this process has a file of the profile open.
fn is_open(home: &Home) -> bool {
    let folder = home.folder().join("profiles").join("kept");
    let open = std::fs::read_dir("/proc/self/fd").expect("our files").flatten();
    open.filter_map(|entry| std::fs::read_link(entry.path()).ok())
        .any(|path| path.starts_with(&folder) && path.to_string_lossy().contains("fairlead.db"))
}
