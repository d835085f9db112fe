//! `cargo xtask trust`: every goal of the threat model that is built, its number beside its target.
//!
//! A test says what it saw on a line that begins with `measured:`. How many faults fired stands in it as `fired A of B`. A check that ran
//! nothing is red, and so is one whose faults did not all fire.

mod bom;
mod goals;
mod programs;
mod report;
mod reproducible;
mod sabotage;

use crate::step::{Done, Failed, command, must, step};
use crate::{deny, machine, ui};
use goals::{Check, GOALS, Goal, WINDOW};
use programs::{Build, Programs, Ran, Run};
use std::path::Path;
use std::time::{Duration, Instant};

/// Longer than this, and a goal is not looked at often.
const A_MINUTE: Duration = Duration::from_secs(60);

/// Seeds that a check goes through which goes through several.
const SEEDS: u32 = 24;
/// Of what takes minutes an ordinary run sees one in so many; another run, with the next seed, sees others.
const PART: u32 = 4;
/// The same where only red and green count.
const FEW: u32 = 3;

/// What became of a goal.
struct Seen {
    goal: &'static Goal,
    ran: Ran,
    took: Duration,
}

impl Seen {
    fn is_green(&self) -> bool {
        self.ran.failed == 0 && self.ran.passed > 0 && self.ran.fired == self.ran.planned
    }

    fn word(&self) -> &'static str {
        match (self.is_green(), self.ran.passed + self.ran.failed) {
            (true, _) => "passed",
            (false, 0) => "RAN NOTHING",
            (false, _) => "FAILED",
        }
    }
}

/// Runs the named goals, or all; `--full` leaves nothing of them to other runs, `--sabotage` shows that they can fail.
pub fn trust(args: &[String]) -> Done {
    let mut run = Run { seed: 1, seeds: SEEDS, part: PART, screens: true, window: true };
    let mut named: Vec<&str> = vec![];
    let mut sabotaged = false;
    let mut args = args.iter().map(String::as_str);
    while let Some(arg) = args.next() {
        match arg {
            "--sabotage" => sabotaged = true,
            "--reproducible" => return reproducible::reproducible(),
            "--full" => run.part = 1,
            "--seed" => run.seed = number(arg, args.next())?,
            "--seeds" => run.seeds = number(arg, args.next())?,
            id => named.push(id),
        }
    }
    if let Some(unknown) = named.iter().find(|id| !GOALS.iter().any(|goal| goal.id == **id)) {
        return Err(Failed(format!("no such goal: {unknown}")));
    }
    machine::ready_to_test()?;
    if sabotaged {
        return sabotage::sabotage(&named, &Run { seeds: FEW, part: 1, window: false, ..run });
    }
    ui::built()?;
    let wanted: Vec<&'static Goal> = GOALS.iter().filter(|goal| named.is_empty() || named.contains(&goal.id)).collect();
    let mut programs = Programs::default();
    step("build", || {
        programs = Programs::built(&wanted, &Build { root: &crate::step::root(), target: None, profile: "trust", without: &[] })?;
        Ok(())
    })?;
    if wanted.iter().flat_map(|goal| goal.checks).any(|check| matches!(check, Check::SupplyChain)) {
        // A tool that has to be built first is no part of what a goal takes. Where it cannot be, the goal says why.
        let _ = deny::installed();
    }
    let seen: Vec<Seen> = wanted.iter().filter(|goal| !goal.checks.is_empty()).map(|goal| see(goal, &programs, &run)).collect();
    for goal in wanted {
        match seen.iter().find(|seen| seen.goal.id == goal.id) {
            Some(seen) => println!("{:<4} {:<8} {:>5.1} s  {}", goal.id, seen.word(), seen.took.as_secs_f64(), seen.ran.figures()),
            None => println!("{:<4} not built          {}", goal.id, goal.what),
        }
    }
    if named.is_empty() {
        report::write_table(&seen, &run)?;
    }
    conclude(&seen, &run)
}

/// Runs one goal's checks side by side: most of them wait for processes more than they work.
fn see(goal: &'static Goal, programs: &Programs, run: &Run) -> Seen {
    eprintln!("\n── {}: {}", goal.id, goal.what);
    let begun = Instant::now();
    let mut ran = Ran::default();
    std::thread::scope(|threads| {
        let checks: Vec<_> = goal.checks.iter().map(|check| threads.spawn(|| checked(goal, check, programs, run))).collect();
        for check in checks {
            // One that panicked passed nothing.
            ran.add(check.join().unwrap_or(Ran { failed: 1, ..Ran::default() }));
        }
    });
    let seen = Seen { goal, ran, took: begun.elapsed() };
    eprintln!("── {}: {} in {:.1} s", goal.id, seen.word(), seen.took.as_secs_f64());
    seen
}

fn checked(goal: &Goal, check: &Check, programs: &Programs, run: &Run) -> Ran {
    match check {
        Check::Tests(WINDOW, _, _) if !run.window && !goal.is_of_the_window() => Ran::default(),
        Check::Tests(source, program, names) => programs.run(source, program, names, run),
        Check::InHalves(source, program, names) => {
            let first = Run { seeds: run.seeds / 2, ..*run };
            let rest = Run { seed: run.seed + u64::from(first.seeds), seeds: run.seeds - first.seeds, ..*run };
            std::thread::scope(|threads| {
                let beside = threads.spawn(|| programs.run(source, program, names, &first));
                let mut ran = programs.run(source, program, names, &rest);
                ran.add(beside.join().unwrap_or(Ran { failed: 1, ..Ran::default() }));
                ran
            })
        }
        Check::SupplyChain => bom::seen(),
        Check::Screens if !run.screens => Ran::default(),
        Check::Screens => programs.screens(run),
    }
}

fn number<N: std::str::FromStr>(option: &str, text: Option<&str>) -> Result<N, Failed> {
    let text = text.unwrap_or_default();
    text.parse().map_err(|_| Failed(format!("{option} takes a number, not {text:?}")))
}

fn conclude(seen: &[Seen], run: &Run) -> Done {
    let passed = seen.iter().filter(|seen| seen.is_green()).count();
    let failed = seen.len() - passed;
    let (fired, planned) = seen.iter().fold((0, 0), |(fired, planned), seen| (fired + seen.ran.fired, planned + seen.ran.planned));
    let long: Vec<&str> = seen.iter().filter(|seen| seen.took > A_MINUTE).map(|seen| seen.goal.id).collect();
    println!("\n{passed} passed, {failed} failed; seed {}, {} seeds; faults fired: {fired} of {planned} planned", run.seed, run.seeds);
    if !long.is_empty() {
        println!("over a minute: {}", long.join(", "));
    }
    if seen.is_empty() {
        return Err(Failed("nothing ran".into()));
    }
    if failed > 0 {
        let red: Vec<&str> = seen.iter().filter(|seen| !seen.is_green()).map(|seen| seen.goal.id).collect();
        return Err(Failed(format!("not shown: {}", red.join(", "))));
    }
    Ok(())
}

/// A file of the repository, written whole.
fn write(path: &Path, text: &str) -> Done {
    std::fs::write(path, text).map_err(|error| Failed(format!("writing {}: {error}", path.display())))
}

/// `git` in a folder.
fn git(folder: &Path, args: &[&str]) -> Done {
    let mut git = command("git", args);
    git.current_dir(folder);
    must(git)
}
