//! A backfill that is killed again and again, on real processes: whatever the moment, what was stored stays, what was not comes again, nothing comes twice.

use domain::money::Amount;
use fairlead_tests::world::World;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sandbox::Options;
use serde_json::Value;
use std::collections::BTreeMap;

/// Kills in an ordinary run; `FAIRLEAD_KILLS=100` for the long one.
const KILLS: u32 = 20;
/// A kill may find one page asked for and not stored yet.
const READ_AGAIN: u32 = 1;

async fn world(seed: u64) -> World {
    World::new(Options { seed, companies: 8, transactions: Some(12_000), ..Options::default() }).await
}

/// Pages of banking data asked for so far, how often each.
async fn pages(world: &World) -> BTreeMap<(String, String), u32> {
    let log = world.control("requests").await;
    let mut pages = BTreeMap::new();
    for line in log["results"].as_array().expect("log") {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        if text("path").contains("/data/banking-") {
            *pages.entry((text("path"), text("query"))).or_default() += 1;
        }
    }
    pages
}

/// Currency by currency.
fn sums(told: &Value) -> BTreeMap<String, Amount> {
    let sums = told.as_object().expect("sums").iter();
    sums.map(|(currency, sum)| (currency.clone(), Amount::parse(sum.as_str().expect("text")).expect("exact"))).collect()
}

/// Brings all in that is still missing, and holds every row and every penny against what the sandbox has. Gives the rows.
async fn all_is_here_once(world: &World, after: &str) -> u64 {
    let last = tokio::task::block_in_place(|| world.fairlead.run(&["sync", "--all"]));
    assert_eq!((last.code, last.json()["outcome"].as_str()), (0, Some("complete")), "{after}: {last:?}");
    let stats = tokio::task::block_in_place(|| world.fairlead.run(&["stats"])).json();
    let mut told: BTreeMap<String, Vec<Amount>> = BTreeMap::new();
    let (mut rows, digest) = (0, world.control("digest").await);
    for connection in digest["results"].as_array().expect("connections") {
        rows += connection["transactions"].as_u64().expect("a count");
        for (currency, sum) in sums(&connection["sums"]) {
            told.entry(currency).or_default().push(sum);
        }
    }
    let told: BTreeMap<String, Amount> = told
        .into_iter()
        .map(|(currency, sums)| (currency, sums.into_iter().fold(Amount::ZERO, |all, sum| all.plus(sum).expect("fits"))))
        .collect();
    assert!(rows >= 20_000, "control: there is something to lose: {rows}");
    assert_eq!(stats["transactions"].as_u64(), Some(rows), "{after}");
    assert_eq!(sums(&stats["sums"]), told, "{after}: every penny once");
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_moment_of_a_backfill_loses_nothing_and_doubles_nothing() {
    let wanted = std::env::var("FAIRLEAD_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let (mut killed, mut seed, mut most_again) = (0, 0, 0);
    while killed < wanted {
        seed += 1;
        let world = world(seed).await;
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut kills_here = 0;
        while killed < wanted {
            let before: u32 = pages(&world).await.values().sum();
            // Early in what is left of it, so that one world sees many.
            let until = before + dice.random_range(1..=4);
            let mut child = world.fairlead.start(&["sync", "--all"]);
            drop(child.stdin.take());
            let ended = loop {
                if child.try_wait().expect("the process").is_some() {
                    break true;
                }
                if pages(&world).await.values().sum::<u32>() >= until {
                    // Somewhere between an answer and its commit.
                    for _ in 0..dice.random_range(0..2_000) {
                        tokio::task::yield_now().await;
                    }
                    break false;
                }
            };
            if ended {
                break;
            }
            child.kill().expect("killed");
            child.wait().expect("dead");
            killed += 1;
            kills_here += 1;
        }
        let rows = all_is_here_once(&world, &format!("seed {seed}, after {kills_here} kills")).await;
        let mut of_connection: BTreeMap<String, u32> = BTreeMap::new();
        for ((path, _), times) in pages(&world).await {
            *of_connection.entry(path).or_default() += times - 1;
        }
        let again = of_connection.into_values().max().unwrap_or(0);
        assert!(again <= kills_here * READ_AGAIN, "seed {seed}: {again} pages of one type read again after {kills_here} kills");
        most_again = most_again.max(again.div_ceil(kills_here.max(1)));
        println!("seed {seed}: {rows} rows, {kills_here} kills, at most {again} pages of one type read again in all");
    }
    println!(
        "measured: a backfill killed again and again: faults fired {killed} of {wanted}, 0 lost, 0 doubled, at most {most_again} pages of one type read again a kill"
    );
    assert_eq!(killed, wanted, "a kill that never comes proves nothing");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_up_in_the_middle_of_a_backfill_is_said_and_after_relief_it_goes_on() {
    // So many writes to the database go well; from then on there is no room. One at the start, others among the pages.
    let moments = [5, 60, 150];
    let mut fired = 0;
    for writes in moments {
        let world = world(u64::from(writes)).await;
        let calls = world.fairlead.home().join("calls");
        let filled = tokio::task::block_in_place(|| world.fairlead.run_on_a_disk_that_fills_up(&["sync", "--all"], writes, &calls));
        fired += usize::from(std::fs::read_to_string(&calls).is_ok_and(|calls| calls.contains("(INJECTED)")));
        let told = format!("{}{}", filled.stdout, filled.stderr);
        assert_ne!(filled.code, 0, "after {writes} writes: {filled:?}");
        assert!(told.contains("no room is left"), "after {writes} writes it is said what is wrong: {filled:?}");
        let rows = all_is_here_once(&world, &format!("after {writes} writes and relief")).await;
        println!("no room after {writes} writes: said, and {rows} rows once there was");
    }
    println!("measured: a disk that fills up in the middle of a backfill: faults fired {fired} of {}", moments.len());
    assert_eq!(fired, moments.len(), "a disk that never fills up proves nothing");
}

/// Calls through which a file comes to its place.
#[cfg(target_os = "linux")]
const CALLS: [&str; 5] = ["write", "fsync", "rename", "renameat2", "unlink"];

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_export_killed_at_any_step_leaves_the_old_file_or_the_whole_new_one() {
    const BEFORE: &[u8] = b"what somebody exported before";
    let world = World::new(Options { companies: 1, transactions: Some(1_500), ..Options::default() }).await;
    let run = |args: &[&str]| tokio::task::block_in_place(|| world.fairlead.run(args));
    assert_eq!(run(&["sync", "--all"]).code, 0);
    let company = run(&["companies"]).json()[0]["id"].as_str().expect("a company").to_owned();
    let folder = tempfile::tempdir().expect("folder");
    let (out, calls) = (folder.path().join("rows.csv"), world.fairlead.home().join("calls"));
    let manifest = folder.path().join("rows.csv.manifest.json");
    let out_text = out.display().to_string();
    let args = ["export", &company, "--format", "csv", "--out", &out_text, "--force"];
    let as_before = || {
        let _ = std::fs::remove_file(&manifest);
        std::fs::write(&out, BEFORE).expect("written");
    };
    as_before();
    let told = format!("trace={}", CALLS.join(","));
    let whole = tokio::task::block_in_place(|| world.fairlead.run_traced(&args, &[&told], &calls));
    assert_eq!(whole.code, 0, "undisturbed it ends well: {whole:?}");
    let good = std::fs::read(&out).expect("exported");
    let noted = std::fs::read_to_string(&calls).expect("what was called");
    // As many as concern the place where the export goes: whatever else the program does, that many come.
    let of_ours = |call: &str| {
        let ours = noted.lines().filter(|line| line.contains(&format!(" {call}(")) && line.contains(&folder.path().display().to_string()));
        ours.count()
    };
    let points: Vec<(&str, usize)> = CALLS.into_iter().flat_map(|call| (1..=of_ours(call)).map(move |number| (call, number))).collect();
    let seeds = std::env::var("FAIRLEAD_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    let stride = if seeds >= 24 { 1 } else { 6 };
    let (mut fired, mut planned, mut old, mut left) = (0, 0, 0, 0);
    for (call, number) in points.iter().step_by(stride) {
        as_before();
        let is_killed = tokio::task::block_in_place(|| world.fairlead.killed_at(&args, call, *number));
        planned += 1;
        fired += u32::from(is_killed);
        let now = std::fs::read(&out).expect("one of the two");
        assert!(now == BEFORE || now == good, "killed at {call} {number}: {} bytes of {}", now.len(), good.len());
        old += u32::from(now == BEFORE);
        if let Ok(about) = std::fs::read(&manifest) {
            let told: Value = serde_json::from_slice(&about).unwrap_or_else(|_| panic!("killed at {call} {number}: half a manifest"));
            assert!(now == good, "killed at {call} {number}: {told} tells of a file that is not there");
        }
        for part in
            std::fs::read_dir(folder.path()).expect("files").flatten().filter(|file| file.file_name().to_string_lossy().ends_with(".part"))
        {
            left += 1;
            std::fs::remove_file(part.path()).expect("taken away");
        }
    }
    as_before();
    let again = run(&args);
    assert!(again.code == 0 && std::fs::read(&out).is_ok_and(|now| now == good), "and afterwards it goes on: {again:?}");
    println!(
        "measured: an export killed at {planned} of {} calls on the disk: faults fired {fired} of {planned}, 0 half files; {old} times the old one \
         stayed, {left} unfinished ones lay beside it under a name of their own",
        points.len()
    );
    assert!(planned >= 3 && fired == planned && old > 0, "a kill that never comes proves nothing: {fired} of {planned}, {old}");
}
