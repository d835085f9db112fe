//! What Fairlead says of a keychain that cannot be used, with the real keyring of a desktop brought into each state. Each time nothing is
//! opened, made or changed, no secret goes anywhere else, and with the keyring as it was everything is there again. The same of a vault in a file.

#![cfg(target_os = "linux")]

use fairlead_tests::desktop::Desktop;
use fairlead_tests::fairlead::{Answer, Fairlead, binary};
use fairlead_tests::keyring::Keyring;
use fairlead_tests::needle::{Needle, files_below};
use fairlead_tests::world::World;
use sandbox::{Options, Sandbox};
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

const DB: &str = "db/test";
const HOME: &str = "home/.local/share";

/// One person's `fairlead`, with the keychain of their desktop.
struct Person {
    desktop: Desktop,
    sandbox: Sandbox,
}

impl Person {
    async fn new() -> Self {
        let sandbox = Sandbox::start(Options { companies: 3, ..Options::default() }).await.expect("the sandbox starts");
        Self { desktop: Desktop::new(), sandbox }
    }

    /// Runs a command to its end, with what it reads; its exit code and its document.
    async fn run(&self, args: &[&str], input: &str, bus: Option<&str>) -> (i32, Value) {
        let mut command = self.desktop.command(&binary("fairlead").display().to_string());
        command.args(args).arg("--json").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.envs(bus.map(|bus| ("DBUS_SESSION_BUS_ADDRESS", bus)));
        let input = input.to_owned();
        let ended = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().expect("starting fairlead");
            child.stdin.take().expect("stdin is piped").write_all(input.as_bytes()).expect("writing to the process");
            child.wait_with_output().expect("it ends")
        });
        let ended = ended.await.expect("joined");
        let document = serde_json::from_slice(&ended.stdout).unwrap_or_else(|_| panic!("one document: {ended:?}"));
        (ended.status.code().unwrap_or(-1), document)
    }

    async fn stats(&self) -> (i32, Value) {
        self.run(&["stats"], "", None).await
    }

    /// Another key, to be kept.
    async fn add(&self, name: &str) -> (i32, Value) {
        self.run(&["profile", "add", name, "--key-stdin", "--sandbox-url", self.sandbox.base_url()], self.sandbox.api_key(), None).await
    }

    /// Every file of the data folder, with what is in it.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let read = |path: PathBuf| (std::fs::read(&path).expect("readable"), path);
        files_below(&self.desktop.data()).into_iter().map(read).map(|(bytes, path)| (path, bytes)).collect()
    }
}

/// What became of one state.
struct Seen<'p> {
    person: &'p Person,
    before: Vec<(PathBuf, Vec<u8>)>,
    told: Vec<String>,
}

impl Seen<'_> {
    /// It is told as what it is, and nothing was made or changed.
    fn told(&mut self, state: &str, (code, document): &(i32, Value), wire: &str, words: &[&str]) {
        let said = document["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert_eq!((*code, document["error"]["code"].as_str()), (3, Some(wire)), "{state}: {document}");
        assert!(words.iter().any(|words| said.contains(words)), "{state}: {said}");
        let now = self.person.files();
        let names = |files: &[(PathBuf, Vec<u8>)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
        assert_eq!(names(&now), names(&self.before), "{state}: no file was made or taken away");
        assert!(now == self.before, "{state}: no file was changed");
        self.told.push(state.to_owned());
    }

    /// With the keyring as it was, everything is there.
    async fn relieved(&mut self, state: &str, all: &Value) {
        let (code, now) = self.person.stats().await;
        assert_eq!((code, &now), (0, all), "after {state} everything is there");
        self.before = self.person.files();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nine_states_of_a_keychain_are_told_as_what_they_are_and_nothing_falls_back_to_a_file() {
    let mut person = Person::new().await;
    assert_eq!(person.add("test").await.0, 0, "its key goes into the keychain");
    assert_eq!(person.run(&["sync", "--all"], "", None).await.0, 0, "there is something to lose");
    let (code, all) = person.stats().await;
    assert_eq!(code, 0, "{all}");
    let keyring = Keyring::of(&person.desktop).await;
    let mine = keyring.read(DB).await;
    let mut states = vec!["good".to_owned()];

    let mut seen = Seen { before: person.files(), person: &person, told: vec![] };
    let nowhere = person.run(&["stats"], "", Some("unix:path=/nonexistent/bus")).await;
    seen.told("no keychain", &nowhere, "keychain", &["no keychain that answers"]);
    seen.relieved("no keychain", &all).await;

    person.desktop.keyring_hangs();
    let silent = person.stats().await;
    person.desktop.keyring_answers();
    seen.told("silent", &silent, "keychain", &["did not answer in 10 seconds"]);
    seen.relieved("silent", &all).await;

    keyring.put(DB, b"Dear diary").await;
    let corrupt = person.stats().await;
    seen.told("something else in our place", &corrupt, "keychain", &["something unreadable"]);
    keyring.put(DB, &mine).await;
    seen.relieved("something else in our place", &all).await;

    keyring.remove(DB).await;
    let missing = person.stats().await;
    seen.told("our entry gone", &missing, "keyMissing", &["is not in the keychain"]);
    keyring.put(DB, &mine).await;
    seen.relieved("our entry gone", &all).await;

    // What it holds is still read; what it cannot write down it does not promise to keep.
    person.desktop.keyring_may_open(Some(3));
    let refused = person.add("another").await;
    person.desktop.keyring_may_open(None);
    seen.told("will not keep", &refused, "keychain", &["refused", "no keychain that answers"]);
    seen.relieved("will not keep", &all).await;

    // Nobody answers its prompt, if it can show one.
    keyring.lock().await;
    let locked = person.stats().await;
    seen.told("locked", &locked, "keychain", &["A password prompt may be waiting", "locked or refused access"]);
    let begun = Instant::now();
    let denied = loop {
        let asked = tokio::select! {
            asked = person.stats() => asked,
            () = person.desktop.close_the_prompt() => unreachable!("it looks for prompts for ever"),
        };
        // A prompt that came too late for a busy machine is asked for again.
        let is_late = asked.1["error"]["message"].as_str().is_some_and(|said| said.contains("did not answer"));
        if !is_late || begun.elapsed() > Duration::from_secs(180) {
            break asked;
        }
    };
    seen.told("denied", &denied, "keychain", &["locked or refused access"]);
    states.append(&mut seen.told);

    person.desktop.change_keyring("another desktop").await;
    let mut seen = Seen { before: person.files(), person: &person, told: vec![] };
    let elsewhere = person.stats().await;
    seen.told("another keychain", &elsewhere, "keyMissing", &["is not in the keychain"]);
    states.append(&mut seen.told);
    person.desktop.change_keyring(HOME).await;
    let mut seen = Seen { before: vec![], person: &person, told: vec![] };
    seen.relieved("another keychain, and a lock", &all).await;

    let byte = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()).expect("hexadecimal");
    let key: Vec<u8> = mine.chunks(2).map(byte).collect();
    for (name, secret) in [("the database key", key.as_slice()), ("the API key", person.sandbox.api_key().as_bytes())] {
        let kept = Needle::new(name, secret).files_below(&person.desktop.data());
        assert_eq!(kept, Vec::<PathBuf>::new(), "no file of Fairlead's holds {name}");
    }
    println!(
        "measured: {} states of 9 of the real keyring, each told as what it is: 0 files made or changed, everything back afterwards: {}",
        states.len(),
        states.join(", ")
    );
    assert_eq!(states.len(), 9);
}

/// What happened to a vault's file, and what is said of it.
struct Mishap {
    what: &'static str,
    made: fn(vault: &Path, passphrase: &Path),
    code: &'static str,
    says: &'static str,
}

fn other_passphrase(_: &Path, passphrase: &Path) {
    std::fs::write(passphrase, "another one\n").expect("written");
}

fn one_bit(vault: &Path, _: &Path) {
    let mut bytes = std::fs::read(vault).expect("a vault");
    *bytes.last_mut().expect("not empty") ^= 1;
    std::fs::write(vault, bytes).expect("written");
}

fn folder_instead(vault: &Path, _: &Path) {
    std::fs::remove_file(vault).expect("taken away");
    std::fs::create_dir(vault).expect("made");
}

const MISHAPS: [Mishap; 3] = [
    Mishap { what: "another passphrase", made: other_passphrase, code: "keychain", says: "does not open this vault" },
    Mishap { what: "a damaged file", made: one_bit, code: "keychain", says: "damaged" },
    Mishap { what: "a file that cannot be read", made: folder_instead, code: "keychain", says: "could not be read" },
];

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_in_a_file_that_does_not_open_is_told_as_what_it_is_and_left_as_it_is() {
    let world = World::new(Options { companies: 3, ..Options::default() }).await;
    let run = |args: &[&str]| -> Answer { tokio::task::block_in_place(|| world.fairlead.run(args)) };
    assert_eq!(run(&["sync", "--all"]).code, 0, "there is something to lose");
    let all = run(&["stats"]).json();
    let (vault, passphrase) = (world.fairlead.home().join("secrets.vault"), world.fairlead.passphrase());
    let good = std::fs::read(&vault).expect("a vault");
    for mishap in MISHAPS {
        (mishap.made)(&vault, &passphrase);
        let files =
            || files_below(&world.fairlead.home()).into_iter().map(|path| (std::fs::read(&path).expect("read"), path)).collect::<Vec<_>>();
        let before = files();
        let told = run(&["stats"]);
        let error = &told.json()["error"];
        assert_eq!((told.code, error["code"].as_str()), (3, Some(mishap.code)), "{}: {told:?}", mishap.what);
        assert!(error["message"].as_str().is_some_and(|said| said.contains(mishap.says)), "{}: {told:?}", mishap.what);
        assert!(files() == before, "{}: nothing was made or changed", mishap.what);
        let _ = std::fs::remove_dir(&vault);
        std::fs::write(&vault, &good).expect("as it was");
        std::fs::write(&passphrase, Fairlead::PASSPHRASE).expect("as it was");
        assert_eq!(run(&["stats"]).json(), all, "after {} everything is there", mishap.what);
    }
    println!(
        "measured: {} states of {} of a vault in a file, each told as what it is, everything back afterwards",
        MISHAPS.len(),
        MISHAPS.len()
    );
}
