//! Killed at every step it takes on the disk, and refused by the disk at every step: whatever the moment, the file opens, what was promised
//! is there, and nothing is half done. The work runs in a process of its own under strace, which holds it to be killed, or lets a call fail,
//! at the n-th call of a kind.
#![cfg(target_os = "linux")]

#[path = "../../../../../tests/src/strace.rs"]
mod strace;

use crate::erasing::{decrypted, hits, with_a_needle};
use crate::links::op;
use crate::opening::version_1;
use crate::*;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Calls through which a file changes.
const CALLS: [&str; 7] = ["openat", "pwrite64", "write", "fsync", "fdatasync", "ftruncate", "unlink"];
const ROWS: i64 = 40;
const PAGES: u32 = 4;

/// Something that must not be left half done.
struct Work {
    name: &'static str,
    before: fn(&Path),
    act: fn(&Path) -> Result<(), String>,
    /// Looks at what is left; it is told how many steps were promised.
    after: fn(&Path, u64) -> Result<(), String>,
}

static WORKS: [Work; 8] = [
    Work { name: "creation", before: |_| (), act: create, after: created },
    Work { name: "pages", before: with_a_database, act: take_pages, after: pages_taken },
    Work { name: "outbox", before: with_an_attempt, act: send, after: sent },
    Work { name: "migration", before: with_version_1, act: migrate, after: migrated },
    Work { name: "erasure", before: with_two_companies, act: erase, after: erased },
    Work { name: "rekey", before: with_two_companies, act: rekey, after: rekeyed },
    Work { name: "audit", before: with_a_database, act: note, after: noted },
    Work { name: "reading", before: with_a_database, act: read, after: |folder, _| open(folder).map(drop) },
];

fn database(folder: &Path) -> PathBuf {
    folder.join("fairlead.db")
}

fn open(folder: &Path) -> Result<Store, String> {
    Store::open(&database(folder), &key(7)).map_err(|error| format!("{error:?}"))
}

fn told<T, E: std::fmt::Debug>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| format!("{error:?}"))
}

/// A step is promised: written beside the database before the next one begins.
fn promise(folder: &Path) {
    let mut file = std::fs::File::options().append(true).create(true).open(folder.join("promised")).expect("a place for promises");
    file.write_all(b"x").expect("promised");
}

fn create(folder: &Path) -> Result<(), String> {
    let store = told(Store::create(&database(folder), &key(7)))?;
    promise(folder);
    told(store.take_companies(&[(folded_company("c1", "Acme Bakery"), vec![])], 1))?;
    promise(folder);
    Ok(())
}

fn created(folder: &Path, promised: u64) -> Result<(), String> {
    let store = match Store::open(&database(folder), &key(7)) {
        Err(OpenError::Missing) if promised == 0 => told(Store::create(&database(folder), &key(7)))?,
        opened => told(opened)?,
    };
    let companies = told(store.totals())?.companies;
    if promised == 2 && companies != 1 { Err(format!("{companies} companies")) } else { Ok(()) }
}

fn with_a_database(folder: &Path) {
    let store = Store::create(&database(folder), &key(7)).expect("a new database");
    with_company(&store);
}

fn take_pages(folder: &Path) -> Result<(), String> {
    let store = open(folder)?;
    let begun = told(store.begin_run("c1", "k1", "banking-transactions", Some("d1"), None, 5000, 1))?;
    for number in 1..=PAGES {
        let rows = (0..ROWS).map(|n| transaction(&format!("t{number}-{n}"), 20_000 + n, "0.25")).collect();
        told(store.apply_page(&begun, &Records::Transactions(rows), &[], &page(number)))?;
        promise(folder);
    }
    Ok(())
}

fn pages_taken(folder: &Path, promised: u64) -> Result<(), String> {
    let store = open(folder)?;
    let totals = told(store.totals())?;
    let rows = u64::try_from(ROWS).expect("few");
    let pages = totals.transactions / rows;
    let sum = totals.sums.get("GBP").cloned().unwrap_or(Amount::ZERO.into());
    let noted = told(store.unfinished_run("k1", "banking-transactions"))?.map_or(0, |run| u64::from(run.page));
    let whole = totals.transactions % rows == 0 && sum == Amount::parse(&format!("{}.00", pages * 10)).expect("an amount").into();
    if whole && noted == pages && (promised..=promised + 1).contains(&pages) {
        Ok(())
    } else {
        Err(format!("{} rows, {sum}, noted up to page {noted}, promised {promised}", totals.transactions))
    }
}

fn with_an_attempt(folder: &Path) {
    let store = Store::create(&database(folder), &key(7)).expect("a new database");
    let ops = [op("o1", OpKind::Company, None), op("o2", OpKind::Connection, Some("o1"))];
    let event = Event { kind: "begun".into(), ..Event::default() };
    store.begin_attempt(None, &Attempt { id: "a1".into(), ..Attempt::default() }, &ops, &event).expect("begun");
}

fn send(folder: &Path) -> Result<(), String> {
    let store = open(folder)?;
    let claimed =
        |id: &str| told(store.claim_op(id, 1, 9, None, "[]")).and_then(|own| own.then_some(()).ok_or_else(|| "not ours".to_owned()));
    claimed("o1")?;
    promise(folder);
    told(store.op_done("o1", "c9"))?;
    promise(folder);
    claimed("o2")?;
    promise(folder);
    told(store.op_unknown("o2", "none"))?;
    promise(folder);
    Ok(())
}

/// A creation that may have left is never ready to leave again.
fn sent(folder: &Path, promised: u64) -> Result<(), String> {
    let store = open(folder)?;
    told(store.release_leases(i64::MAX))?;
    let states: Vec<OpState> = ["o1", "o2"]
        .into_iter()
        .map(|id| told(store.op(id)).and_then(|op| op.map(|op| op.state).ok_or("gone".into())))
        .collect::<Result<_, String>>()?;
    let possible: &[[OpState; 2]] = &[
        [OpState::Ready, OpState::Ready],
        [OpState::Unknown, OpState::Ready],
        [OpState::Done, OpState::Ready],
        [OpState::Done, OpState::Unknown],
        [OpState::Done, OpState::Unknown],
    ];
    let at = usize::try_from(promised).expect("few");
    let fits = possible[at..possible.len().min(at + 2)].iter().any(|pair| pair[..] == states[..]);
    if fits { Ok(()) } else { Err(format!("{states:?} after {promised} promises")) }
}

fn with_version_1(folder: &Path) {
    let (from, _) = version_1();
    for name in ["fairlead.db", "fairlead.key-check"] {
        std::fs::copy(from.path().join(name), folder.join(name)).expect("copied");
    }
}

fn migrate(folder: &Path) -> Result<(), String> {
    open(folder).map(drop)?;
    promise(folder);
    Ok(())
}

fn migrated(folder: &Path, _promised: u64) -> Result<(), String> {
    let totals = told(open(folder)?.totals())?;
    let sums = (totals.sums["GBP"].to_string(), totals.sums["EUR"].to_string());
    let whole = (totals.companies, totals.connections, totals.accounts, totals.transactions) == (3, 3, 2, 6)
        && sums == ("1234567890123458.70".to_owned(), "99999999999999999999.01".to_owned());
    if whole { Ok(()) } else { Err(format!("{totals:?}")) }
}

fn with_two_companies(folder: &Path) {
    with_a_needle(&Store::create(&database(folder), &key(7)).expect("a new database"));
}

fn erase(folder: &Path) -> Result<(), String> {
    told(open(folder)?.erase_company("needle-id", 77))?;
    promise(folder);
    Ok(())
}

/// Whole or gone; and where it is gone, the next start makes up for what was left in the pages.
fn erased(folder: &Path, promised: u64) -> Result<(), String> {
    let store = open(folder)?;
    let totals = told(store.totals())?;
    let receipts = told(store.erasures(9))?.len();
    let swept = told(store.sweep())?;
    let left = hits(&decrypted(&database(folder)), "Needleworks");
    match (totals.companies, totals.transactions, receipts, left) {
        (2, 1200, 0, 1..) if promised == 0 => Ok(()),
        (1, 300, 1, 0) if swept => Ok(()),
        state => Err(format!("{state:?}, swept: {swept}, promised {promised}")),
    }
}

fn rekey(folder: &Path) -> Result<(), String> {
    told(Store::rekey(&database(folder), &key(7), &key(8)))?;
    promise(folder);
    Ok(())
}

/// It opens with one of the two keys and not with the other, and everything is in it; once it was said to be done, that is the new one.
fn rekeyed(folder: &Path, promised: u64) -> Result<(), String> {
    let path = database(folder);
    let has = told(Store::key_of(&path, &[&key(7), &key(8)]))?.ok_or("neither key opens it")?;
    let (mine, other) = if has == 0 { (key(7), key(8)) } else { (key(8), key(7)) };
    let sound = told(told(Store::open(&path, &mine))?.totals())?;
    let is_shut = Store::open(&path, &other).is_err();
    match (sound.companies, sound.transactions, is_shut) {
        (2, 1200, true) if promised == 0 || has == 1 => Ok(()),
        state => Err(format!("{state:?} under key {has}, promised {promised}")),
    }
}

fn note(folder: &Path) -> Result<(), String> {
    let store = open(folder)?;
    let mut head = Head::before(1);
    for number in 1..=3 {
        let act = Act { at: number, who: "ruth".into(), act: "unlink".into(), ..Act::default() };
        head = told(store.audit(&AuditKey::new([9; 32]), head, &act))?;
        // Where the vault is told.
        promise(folder);
    }
    Ok(())
}

/// Every line that the vault was told of is there; at most one more is, and that is no tampering.
fn noted(folder: &Path, promised: u64) -> Result<(), String> {
    let store = open(folder)?;
    let lines = told(store.audit_lines(9))?;
    let seq = i64::try_from(promised).expect("few");
    let code = |text: &str| std::array::from_fn(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).expect("hexadecimal"));
    let known = lines.iter().find(|line| line.seq == seq).map_or(Head::before(1), |line| Head { from: 1, seq, code: code(&line.code) });
    match (told(store.audit_verdict(&AuditKey::new([9; 32]), known))?, u64::try_from(lines.len()).expect("few")) {
        (Verdict::Whole(_), count) if count == promised => Ok(()),
        (Verdict::Ahead(_), count) if count == promised + 1 => Ok(()),
        state => Err(format!("{state:?}, promised {promised}")),
    }
}

fn read(folder: &Path) -> Result<(), String> {
    told(open(folder)?.totals())?;
    promise(folder);
    Ok(())
}

/// What runs in the process that is killed.
#[test]
#[ignore = "the other half of the sweeps: they start it"]
fn the_work_itself() {
    let text = |name: &str| std::env::var(name).expect("the sweep says what to do");
    let (name, folder) = (text("FAIRLEAD_WORK"), PathBuf::from(text("FAIRLEAD_FOLDER")));
    let work = WORKS.iter().find(|work| work.name == name).expect("a work of that name");
    println!("ended: {:?}", (work.act)(&folder));
}

/// A work in a process of its own, under strace told so.
fn under_strace(work: &Work, folder: &Path, told: &[String]) -> Command {
    let mut strace = strace::strace(told);
    strace.arg("--").arg(std::env::current_exe().expect("this program has a path"));
    strace.args(["--exact", "sweeps::the_work_itself", "--ignored", "--nocapture", "--test-threads", "1"]);
    strace.env("FAIRLEAD_WORK", work.name).env("FAIRLEAD_FOLDER", folder);
    strace
}

/// Runs it to its end; what it called is noted beside its files.
fn noting(work: &Work, folder: &Path, told: &[&str]) -> Output {
    let mut all = on_these_files(folder);
    all.extend(["-o".to_owned(), folder.join("calls").display().to_string()]);
    all.extend(told.iter().flat_map(|told| ["-e".to_owned(), (*told).to_owned()]));
    under_strace(work, folder, &all).output().expect("strace is installed")
}

/// The folder in which a work begins: made once, and copied for every point.
struct Start {
    work: &'static Work,
    folder: tempfile::TempDir,
}

impl Start {
    fn of(work: &'static Work) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        (work.before)(folder.path());
        Self { work, folder }
    }

    fn copied(&self) -> tempfile::TempDir {
        let copy = tempfile::tempdir().expect("folder");
        for file in std::fs::read_dir(self.folder.path()).expect("files").map(|file| file.expect("a file")) {
            std::fs::copy(file.path(), copy.path().join(file.file_name())).expect("copied");
        }
        copy
    }
}

/// Only calls that concern the database and what stands beside it.
fn on_these_files(folder: &Path) -> Vec<String> {
    let file = database(folder);
    let beside = |ending: &str| PathBuf::from(format!("{}{ending}", file.display()));
    let all = [file.clone(), beside("-wal"), beside("-shm"), beside("-journal"), file.with_extension("key-check")];
    all.iter().flat_map(|path| ["-P".to_owned(), path.display().to_string()]).collect()
}

/// How often a work makes each call.
fn calls_of(start: &Start) -> BTreeMap<&'static str, usize> {
    let (folder, work) = (start.copied(), start.work);
    let out = noting(work, folder.path(), &[&format!("trace={}", CALLS.join(","))]);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(said.contains("ended: Ok(())"), "undisturbed it ends well: {} {said} {}", work.name, String::from_utf8_lossy(&out.stderr));
    let calls = std::fs::read_to_string(folder.path().join("calls")).expect("what was called");
    let count = |call: &str| {
        calls.lines().filter(|line| line.split_whitespace().nth(1).is_some_and(|word| word.starts_with(&format!("{call}(")))).count()
    };
    CALLS.into_iter().map(|call| (call, count(call))).collect()
}

fn promised(folder: &Path) -> u64 {
    std::fs::metadata(folder.join("promised")).map_or(0, |file| file.len())
}

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn seed() -> usize {
    number("FAIRLEAD_SEED", 1)
}

/// Numbers below another that look random and follow from the seed.
fn dice() -> impl FnMut(usize) -> usize {
    let mut state = seed().wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 8) % below
    }
}

/// How many points a sweep goes to: so many for the trust goals, few in an ordinary run, all with `FAIRLEAD_DEEP=1`.
fn most(for_the_goal: usize) -> usize {
    match number("FAIRLEAD_SEEDS", 2) {
        _ if number("FAIRLEAD_DEEP", 0) > 0 => usize::MAX,
        24.. => for_the_goal,
        3.. => for_the_goal / 4,
        _ => for_the_goal / 12,
    }
}

/// Of each work as many as of any other, as far as it has them: one out of every stretch of its points, as the seed will have it.
fn drawn<T: Copy>(mut of_works: Vec<Vec<T>>, most: usize) -> Vec<T> {
    of_works.sort_by_key(Vec::len);
    let (mut dice, mut left, mut drawn) = (dice(), most, vec![]);
    for (done, points) in of_works.iter().enumerate() {
        let share = (left / (of_works.len() - done)).min(points.len());
        left -= share;
        drawn.extend((0..share).map(|number| {
            let (from, to) = (number * points.len() / share, (number + 1) * points.len() / share);
            points[from + dice(to - from)]
        }));
    }
    drawn
}

/// Does it with each, a few at a time: much of it is waiting for the disk.
fn with_each<T: Sync>(all: &[T], act: impl Fn(&T) + Sync) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst)) {
                    act(one);
                }
            });
        }
    });
}

/// What a sweep has shown.
struct Swept {
    fired: usize,
    planned: usize,
    /// How many points there are.
    points: usize,
    broken: Vec<String>,
}

/// Kills the works at as many points as this, or at all there are.
fn sweep(works: impl Iterator<Item = &'static Work>, most: usize) -> Swept {
    let starts: Vec<Start> = works.map(Start::of).collect();
    let of_works: Vec<Vec<(&Start, &str, usize)>> = starts
        .iter()
        .map(|start| calls_of(start).into_iter().flat_map(|(call, count)| (1..=count).map(move |number| (start, call, number))).collect())
        .collect();
    let points = of_works.iter().map(Vec::len).sum();
    let drawn = drawn(of_works, most);
    let seen = std::sync::Mutex::new((0, vec![]));
    with_each(&drawn, |(start, call, number)| {
        let (folder, work) = (start.copied(), start.work);
        let mut told = on_these_files(folder.path());
        told.extend(strace::held_at(call, *number));
        let is_killed = strace::killed_when_held(&mut under_strace(work, folder.path(), &told), call, *number);
        let left = (work.after)(folder.path(), promised(folder.path()));
        let mut seen = seen.lock().expect("seen");
        seen.0 += usize::from(is_killed);
        if let Err(why) = left {
            seen.1.push(format!("{} killed at {call} {number}: {why}", work.name));
        }
    });
    let (fired, broken) = seen.into_inner().expect("seen");
    Swept { fired, planned: drawn.len(), points, broken }
}

impl Swept {
    /// Says what was seen of what, and holds it to it.
    fn hold(&self, what: &str, least: usize) {
        let Self { fired, planned, points, broken } = self;
        println!(
            "measured: {what}: {planned} of {points} calls on the disk, seed {}: faults fired {fired} of {planned}, {} broken",
            seed(),
            broken.len()
        );
        assert_eq!(*broken, Vec::<String>::new());
        assert!(*planned >= least && fired == planned, "{fired} of {planned}: a kill that never comes proves nothing");
    }
}

#[test]
fn killed_at_any_step_on_the_disk_the_file_opens_and_what_was_promised_is_there() {
    let swept = sweep(WORKS.iter().filter(|work| work.name != "migration"), most(420));
    swept.hold("killed over creation, pages, outbox, erasure, change of key, audit log and reading", 20);
}

#[test]
fn a_migration_killed_at_any_step_leaves_the_old_version_or_the_new_one() {
    let swept = sweep(WORKS.iter().filter(|work| work.name == "migration"), most(240));
    swept.hold("a migration from version 1 killed", 10);
}

#[test]
fn a_disk_that_refuses_is_named_and_afterwards_all_goes_on() {
    // From the first call of the work on, every call of this kind fails.
    let troubles = [
        ("full", "pwrite64", "ENOSPC"),
        ("may only be read", "openat", "EROFS"),
        ("permission is denied", "openat", "EACCES"),
        ("fails", "pwrite64", "EIO"),
        ("does not keep", "fsync", "EIO"),
    ];
    let starts: Vec<Start> = WORKS.iter().map(Start::of).collect();
    let all: Vec<_> = starts.iter().flat_map(|start| troubles.map(|trouble| (start, trouble))).collect();
    let seen = std::sync::Mutex::new((0, 0, vec![]));
    with_each(&all, |(start, (trouble, call, errno))| {
        let (folder, work) = (start.copied(), start.work);
        let out = noting(work, folder.path(), &[&format!("trace={call}"), &format!("inject={call}:error={errno}:when=1+")]);
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        let ended = said.lines().find_map(|line| line.split_once("ended: ").map(|(_, ended)| ended.to_owned()));
        let calls = std::fs::read_to_string(folder.path().join("calls")).unwrap_or_default();
        let struck = calls.contains("(INJECTED)");
        let ended = ended.unwrap_or_else(|| format!("it did not end: {} {}", out.status, String::from_utf8_lossy(&out.stderr)));
        let is_named = ended == "Ok(())" || ended.contains("Disk(");
        let left = (work.after)(folder.path(), promised(folder.path()));
        let mut seen = seen.lock().expect("seen");
        // A reader that writes nothing meets no full disk: that is no trouble, and none was planned.
        seen.1 += usize::from(struck || work.name != "reading");
        seen.0 += usize::from(struck);
        if !is_named || left.is_err() {
            seen.2.push(format!("{} while the disk {trouble}: {ended}; afterwards {left:?}", work.name));
        }
        if ended == "Ok(())" && struck && work.name != "reading" {
            seen.2.push(format!("{} went well while the disk {trouble}", work.name));
        }
    });
    let (fired, planned, wrong) = seen.into_inner().expect("seen");
    println!(
        "measured: {} troubles × {} operations, faults fired {fired} of {planned}, {} not named or not recovered from",
        troubles.len(),
        WORKS.len(),
        wrong.len()
    );
    assert_eq!(wrong, Vec::<String>::new());
    assert!(planned >= 20 && fired == planned, "{fired} of {planned}");
}

#[test]
fn two_hundred_flipped_bits_are_noticed_or_change_nothing() {
    let (folder, store) = fresh();
    with_company(&store);
    let rows = (0..600).map(|n| transaction(&format!("t{n}"), 20_000 + n / 10, "5")).collect();
    store.apply_page(&run(&store), &Records::Transactions(rows), &[], &page(1)).expect("stored");
    let hash = store.content_hash().expect("hash");
    drop(store);
    let path = database(folder.path());
    let good = std::fs::read(&path).expect("read");
    let (mut noticed, mut unread, mut dice) = (0, 0, dice());
    for _ in 0..200 {
        let mut bad = good.clone();
        bad[dice(good.len())] ^= 1 << dice(8);
        std::fs::write(&path, &bad).expect("write");
        match Store::open(&path, &key(7)).map(|store| store.content_hash()) {
            Err(OpenError::Damaged) | Ok(Err(StoreError { problem: StoreProblem::Damaged, .. })) => noticed += 1,
            read => {
                assert_eq!(read.expect("opens").expect("reads"), hash, "what is read is what was written");
                unread += 1;
            }
        }
    }
    println!("measured: 200 flipped bits: {noticed} noticed, {unread} on pages that were not read, 0 read as data; seed {}", seed());
    assert!(noticed >= 50, "control: pages with rows were struck too: {noticed}");
}

/// Changes one bit.
fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).expect("read");
    bytes[at] ^= 1;
    std::fs::write(path, bytes).expect("written");
}

fn cut(path: &Path, keep: usize) {
    let bytes = std::fs::read(path).expect("read");
    std::fs::write(path, &bytes[..keep]).expect("cut");
}

fn without_check(path: &Path) {
    std::fs::remove_file(path.with_extension("key-check")).expect("removed");
}

/// A database that nobody encrypted.
fn plain(path: &Path) {
    std::fs::remove_file(path).expect("removed");
    rusqlite::Connection::open(path).expect("made").execute_batch("CREATE TABLE t (x);").expect("filled");
}

fn folder_instead(path: &Path) {
    std::fs::remove_file(path).expect("removed");
    std::fs::create_dir(path).expect("made");
}

fn link_instead(path: &Path) {
    let other = path.with_extension("elsewhere");
    std::fs::rename(path, &other).expect("moved");
    std::os::unix::fs::symlink(&other, path).expect("linked");
}

/// What happened to a file, with which key it is opened, and the beginning of what it must be called.
struct State {
    what: &'static str,
    key: u8,
    made: fn(&Path),
    called: &'static str,
}

const STATES: [State; 12] = [
    State { what: "no file", key: 7, made: |path| std::fs::remove_file(path).expect("removed"), called: "Missing" },
    State { what: "another key", key: 8, made: |_| (), called: "KeyWrong" },
    State { what: "another key and no check", key: 8, made: without_check, called: "Unreadable" },
    State {
        what: "a newer version",
        key: 7,
        made: |path| raw(path).execute_batch("PRAGMA user_version = 99;").expect("set"),
        called: "Newer(99)",
    },
    State { what: "emptied", key: 7, made: |path| cut(path, 0), called: "Damaged" },
    State { what: "cut in its first page", key: 7, made: |path| cut(path, 1_000), called: "Damaged" },
    State { what: "its salt lost", key: 7, made: |path| flip(path, 0), called: "Damaged" },
    State { what: "its first page spoilt", key: 7, made: |path| flip(path, 100), called: "Damaged" },
    State { what: "a text file", key: 7, made: |path| std::fs::write(path, "Dear diary").expect("written"), called: "Damaged" },
    State { what: "a plain database", key: 7, made: plain, called: "Damaged" },
    State { what: "a folder", key: 7, made: folder_instead, called: "Disk(" },
    State { what: "a link to another file", key: 7, made: link_instead, called: "Disk(" },
];

#[test]
fn twelve_states_of_a_file_have_their_own_names_and_nothing_is_deleted() {
    let mut named = 0;
    for state in STATES {
        let (folder, store) = fresh();
        with_company(&store);
        drop(store);
        let path = database(folder.path());
        (state.made)(&path);
        let before = std::fs::read(&path).ok();
        let error = format!("{:?}", Store::open(&path, &key(state.key)).expect_err(state.what));
        assert!(error.starts_with(state.called), "{}: {error}", state.what);
        assert_eq!(std::fs::read(&path).ok(), before, "{}: left as it is", state.what);
        named += 1;
    }
    println!("measured: {named} states of 12 named, every file left as it was");
}
