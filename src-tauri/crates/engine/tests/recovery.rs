//! A lost vault and a changed key, through the whole engine.

mod support;

use engine::Home;
use engine::view::*;
use sandbox::Options;
use secrecy::{ExposeSecret as _, SecretString};
use std::path::PathBuf;
use store::{DbKey, Store};
use support::World;

const SLOT: &str = "db/test";
const NEXT: &str = "db-next/test";

async fn world() -> World {
    let world = World::new(Options { companies: 3, transactions: Some(40), months: 6, ..Options::default() }).await;
    world.engine().refresh_companies().await.expect("read");
    world
}

fn database(home: &Home) -> PathBuf {
    home.folder().join("profiles/test/fairlead.db")
}

fn key(bytes: &[u8]) -> DbKey {
    DbKey::from_bytes(bytes).expect("32 bytes")
}

async fn names(home: &Home) -> Vec<String> {
    let all = CompanyQuery { limit: 10, ..CompanyQuery::default() };
    home.engine().expect("open").list_companies(all).await.expect("companies").rows.into_iter().map(|row| row.name).collect()
}

/// A home in which the profile is closed.
async fn closed(world: &World) -> Home {
    world.engine().stopped().await;
    world.home.close_profile();
    world.started_anew()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_on_paper_brings_a_lost_key_back_and_nothing_but_the_right_one_does() {
    let world = world().await;
    let before = names(&world.home).await;
    let code = world.home.make_recovery_code("Test", false).await.expect("made");
    assert!(world.home.make_recovery_code("Test", false).await.is_err(), "it was shown; a second look there is none");
    let first = code.clone();
    let code = world.home.make_recovery_code("Test", true).await.expect("a new one");
    let home = closed(&world).await;
    let key = world.put_secret(SLOT, None).expect("there was one");
    assert_eq!(home.open_profile("Test").await.expect_err("lost").code(), ErrorCode::KeyMissing);
    let told = async |typed: &str| {
        home.use_recovery_code("Test", &SecretString::from(typed.to_owned())).await.expect_err("refused").wire(String::new()).message
    };
    assert!(told("ABCD").await.contains("24 letters and digits; this has 4"));
    let slip: String = code
        .expose_secret()
        .chars()
        .enumerate()
        .map(|(at, letter)| if at == 2 { if letter == 'A' { 'B' } else { 'A' } } else { letter })
        .collect();
    assert!(told(&slip).await.contains("a slip"));
    assert!(told(first.expose_secret()).await.contains("made void by a newer one"));
    assert_eq!(world.secret(SLOT), None, "nothing was put anywhere meanwhile");
    home.use_recovery_code("Test", &SecretString::from(code.expose_secret().to_lowercase())).await.expect("the right one, as typed");
    assert_eq!(world.secret(SLOT), Some(key));
    home.open_profile("Test").await.expect("opens");
    assert_eq!(names(&home).await, before);
    let acts: Vec<String> = home.engine().expect("open").audit().await.expect("the log").lines.into_iter().map(|line| line.act).collect();
    assert!(acts.contains(&"recovery-code-made".to_owned()) && acts.contains(&"recovery-code-used".to_owned()), "{acts:?}");
    for entry in std::fs::read_dir(home.folder().join("profiles/test")).expect("files").flatten() {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        let letters = code.expose_secret().replace('-', "");
        assert!(!bytes.windows(20).any(|window| window == &letters.as_bytes()[..20]), "no file says it: {}", entry.path().display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_opens_everything_the_old_one_nothing_and_an_old_code_is_void() {
    let world = world().await;
    let before = names(&world.home).await;
    let code = world.home.make_recovery_code("Test", false).await.expect("made");
    let sealed = world.home.folder().join("profiles/test/recovery");
    let kept = std::fs::read(&sealed).expect("beside the database");
    let old = world.secret(SLOT).expect("a key");
    world.home.change_database_key("Test").await.expect("changed");
    assert_eq!(names(&world.home).await, before, "it is open again, with everything in it");
    let new = world.secret(SLOT).expect("a key");
    assert!(old != new && world.secret(NEXT).is_none());
    assert!(!sealed.exists(), "what the old code opens is gone");
    let home = closed(&world).await;
    assert!(Store::open(&database(&home), &key(&old)).is_err());
    std::fs::write(&sealed, kept).expect("from a backup");
    let told = home.use_recovery_code("Test", &code).await.expect_err("void").wire(String::new()).message;
    assert!(told.contains("an earlier key"), "{told}");
    assert_eq!(world.secret(SLOT), Some(new));
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_a_change_of_key_is_cut_the_next_start_opens_everything() {
    let world = world().await;
    let before = names(&world.home).await;
    let (mut cuts, new) = (0, vec![0x5A; 32]);
    let home = closed(&world).await;
    let old = world.secret(SLOT).expect("a key");
    let path = database(&home);
    let note = path.with_extension("key-check");
    let old_note = std::fs::read(&note).expect("a note");
    let opens = async |cut: &str| {
        let home = world.started_anew();
        home.open_profile("Test").await.unwrap_or_else(|error| panic!("{cut}: {error}"));
        assert_eq!(names(&home).await, before, "{cut}");
        home.engine().expect("open").stopped().await;
        home.close_profile();
    };
    // The new key is in the vault and nowhere else.
    world.put_secret(NEXT, Some(new.clone()));
    opens("before the file").await;
    cuts += 1;
    // The file has it, and what is noted of its key is behind.
    Store::rekey(&path, &key(&old), &key(&new)).expect("changed");
    std::fs::write(&note, &old_note).expect("as before");
    world.put_secret(NEXT, Some(new.clone()));
    opens("after the file, before its note").await;
    assert_eq!((world.secret(SLOT), world.secret(NEXT)), (Some(new.clone()), None), "the vault keeps the one that opens");
    cuts += 1;
    // The file and its note have it.
    world.put_secret(SLOT, Some(old.clone()));
    world.put_secret(NEXT, Some(new.clone()));
    opens("after the note, before the vault").await;
    cuts += 1;
    // The vault has it twice.
    world.put_secret(NEXT, Some(new.clone()));
    opens("before the vault forgot the second").await;
    cuts += 1;
    // The file has it, and somebody changes the key again before anybody opened it.
    world.put_secret(SLOT, Some(old.clone()));
    world.put_secret(NEXT, Some(new.clone()));
    world.started_anew().change_database_key("Test").await.expect("the one before is ended first");
    opens("before another change of key").await;
    let newest = world.secret(SLOT).expect("a key");
    Store::rekey(&path, &key(&newest), &key(&new)).expect("as before");
    cuts += 1;
    // The note was being written.
    std::fs::write(&note, "cut").expect("cut");
    world.put_secret(SLOT, Some(old));
    world.put_secret(NEXT, Some(new));
    opens("within the note").await;
    cuts += 1;
    println!("measured: a change of key cut at 6 places: faults fired {cuts} of 6, everything opens");
}
