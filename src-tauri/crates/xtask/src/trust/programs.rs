//! The test programs of the workspace: built once, run test by test, and what they say read.

use super::goals::{Check, Goal, LIB, WINDOW};
use crate::step::{Failed, command};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where each test program stands.
#[derive(Default)]
pub struct Programs {
    root: PathBuf,
    /// Source file as cargo tells it, and the program.
    built: Vec<(String, PathBuf)>,
}

/// Where and how programs are built.
pub struct Build<'a> {
    /// The sources.
    pub root: &'a Path,
    /// Where to, when it is another place than usual.
    pub target: Option<&'a Path>,
    /// Of the tests that run often.
    pub profile: &'static str,
    /// Packages that are left out.
    pub without: &'static [&'static str],
}

impl Build<'_> {
    /// Runs cargo over the workspace, and notes what it says.
    fn cargo(&self, args: &[&str], profile: &str, told: &mut Vec<u8>) -> Result<(), Failed> {
        let mut build = command("cargo", args);
        build.args(["--workspace", "--locked", "--color", "never", "--profile", profile]).current_dir(self.root).stdin(Stdio::null());
        build.args(self.without.iter().flat_map(|package| ["--exclude", package]));
        if let Some(target) = self.target {
            build.env("CARGO_TARGET_DIR", target);
        }
        let out = build.output().map_err(|error| Failed(format!("could not start cargo: {error}")))?;
        if !out.status.success() {
            return Err(Failed(format!("the build failed:\n{}", String::from_utf8_lossy(&out.stderr))));
        }
        told.extend(out.stderr);
        Ok(())
    }
}

/// One state of the screens in so many is looked at in a full run; all of them take minutes.
const A_PART: u32 = 4;

/// How the tests are run.
pub struct Run {
    /// What looks random follows from it.
    pub seed: u64,
    /// How many seeds a check goes through that goes through several.
    pub seeds: u32,
    /// Of what takes minutes, one in so many; which ones, the seed draws.
    pub part: u32,
    /// Whether the screens are looked at too.
    pub screens: bool,
    /// Whether the real window is part of it: it takes longest to build.
    pub window: bool,
}

/// What became of some tests.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed, and tests that are not there.
    pub failed: usize,
    /// Faults that fired.
    pub fired: u64,
    /// Faults that were planned.
    pub planned: u64,
    /// What they measured, in their words.
    pub measured: Vec<String>,
}

impl Ran {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.fired += other.fired;
        self.planned += other.planned;
        self.measured.extend(other.measured);
    }

    /// One line for a table.
    pub fn figures(&self) -> String {
        let tests = format!("{} passed, {} failed", self.passed, self.failed);
        if self.measured.is_empty() { tests } else { format!("{tests}: {}", self.measured.join("; ")) }
    }
}

impl Programs {
    /// Builds what these goals run. What is put through thousands of rounds is built under a profile of its own; unit tests and the window,
    /// which take longest to build, are the ones of every day.
    pub fn built(goals: &[&Goal], how: &Build) -> Result<Self, Failed> {
        let all = goals.iter().flat_map(|goal| goal.checks).filter_map(|check| match check {
            Check::Tests(source, program, _) | Check::InHalves(source, program, _) => Some((*source, *program)),
            _ => None,
        });
        let (daily, often): (BTreeSet<_>, BTreeSet<_>) = all.partition(|(source, _)| [LIB, WINDOW].contains(source));
        let mut told = vec![];
        let asks_our_own = goals.iter().flat_map(|goal| goal.checks).any(|check| matches!(check, Check::SupplyChain));
        // The programs that the suites start come first: a test run alone would not build them.
        if !daily.is_empty() || asks_our_own {
            how.cargo(&["build", "--bins"], "dev", &mut told)?;
        }
        if !daily.is_empty() {
            let window: &[&str] = if how.without.contains(&"fairlead-desktop") { &[] } else { &["--test", "desktop"] };
            how.cargo(&[&["test", "--no-run", "--lib"], window].concat(), "dev", &mut told)?;
        }
        if !often.is_empty() {
            how.cargo(&["build", "--bin", "fairlead"], how.profile, &mut told)?;
            let tests: Vec<&str> = often.iter().flat_map(|(_, name)| ["--test", name]).collect();
            how.cargo(&[&["test", "--no-run"], &tests[..]].concat(), how.profile, &mut told)?;
        }
        Ok(Self { root: how.root.to_path_buf(), built: executables(&String::from_utf8_lossy(&told)) })
    }

    /// Runs these tests of one program.
    pub fn run(&self, source: &str, program: &str, names: &[&str], how: &Run) -> Ran {
        let nothing = |why: String| {
            eprintln!("{why}");
            Ran { failed: names.len(), ..Ran::default() }
        };
        let is_it = |path: &Path| {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.rsplit_once('-'));
            stem.is_some_and(|(name, _)| name == program)
        };
        let Some((_, path)) = self.built.iter().find(|(told, path)| told.ends_with(source) && is_it(path)) else {
            return nothing(format!("{program} ({source}) was not built"));
        };
        let mut run = command(path, ["--exact", "--show-output", "--test-threads", "2", "--color", "never"]);
        run.args(names).current_dir(&self.root).stdin(Stdio::null());
        run.env("FAIRLEAD_SEED", how.seed.to_string()).env("FAIRLEAD_SEEDS", how.seeds.to_string());
        run.env("FAIRLEAD_PART", how.part.to_string());
        told(run, names.len())
    }

    /// Looks at the screens with hostile words in them: at a part that the seed draws, at all with `FAIRLEAD_DEEP=1`.
    pub fn screens(&self, how: &Run) -> Ran {
        let is_deep = std::env::var("FAIRLEAD_DEEP").is_ok_and(|deep| deep == "1");
        let part = if is_deep { 1 } else { (super::SEEDS * A_PART / how.seeds.max(1)).max(1) };
        let mut look = command("node", ["scripts/hostile.mjs", "--quiet"]);
        look.args([format!("--seed={}", how.seed), format!("--part={part}")]);
        look.current_dir(self.root.join("ui")).stdin(Stdio::null());
        told(look, 1)
    }
}

/// Runs what says its results as a test program does.
fn told(mut run: Command, wanted: usize) -> Ran {
    match run.output() {
        Ok(out) => {
            let told = String::from_utf8_lossy(&out.stdout);
            let ran = read(&told, wanted);
            if ran.failed > 0 || !out.status.success() {
                eprintln!("{told}\n{}", String::from_utf8_lossy(&out.stderr));
            }
            ran
        }
        Err(error) => {
            eprintln!("could not start {}: {error}", run.get_program().to_string_lossy());
            Ran { failed: wanted, ..Ran::default() }
        }
    }
}

/// The lines in which cargo says where test programs are.
fn executables(told: &str) -> Vec<(String, PathBuf)> {
    let line = |line: &str| {
        let (what, path) = line.trim().strip_prefix("Executable ")?.trim_end_matches(')').rsplit_once(" (")?;
        Some((what.trim_start_matches("unittests ").to_owned(), PathBuf::from(path)))
    };
    told.lines().filter_map(line).collect()
}

/// What a test program said. A test that was asked for and did not run counts as failed.
fn read(told: &str, wanted: usize) -> Ran {
    let mut ran = Ran::default();
    for line in told.lines() {
        if let Some(counts) = line.strip_prefix("test result: ") {
            let of = |word: &str| {
                let part = counts.split([';', '.']).map(str::trim).find_map(|part| part.strip_suffix(word));
                part.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
            };
            ran.passed += of("passed");
            ran.failed += of("failed");
        } else if let Some(measured) = line.strip_prefix("measured: ") {
            let (fired, planned) = fired(measured);
            ran.fired += fired;
            ran.planned += planned;
            ran.measured.push(measured.to_owned());
        }
    }
    ran.failed += wanted.saturating_sub(ran.passed + ran.failed);
    ran
}

/// `… fired A of B …`, as often as it is said.
fn fired(measured: &str) -> (u64, u64) {
    let words: Vec<&str> = measured.split_whitespace().map(|word| word.trim_matches([',', ';', '.', ':'])).collect();
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<u64>().ok());
    let mut sums = (0, 0);
    for (at, _) in words.iter().enumerate().filter(|(_, word)| **word == "fired") {
        if let (Some(fired), Some(&"of"), Some(planned)) = (number(at + 1), words.get(at + 2), number(at + 3)) {
            sums = (sums.0 + fired, sums.1 + planned);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tests_say_is_read_and_a_test_that_did_not_run_has_failed() {
        let told = "\nrunning 2 tests\ntest a ... ok\n\nsuccesses:\n\n---- a stdout ----\nmeasured: 40 runs, faults fired 39 of 40, seed 1\n\n\
                    test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.1s\n";
        let ran = read(told, 1);
        assert_eq!((ran.passed, ran.failed, ran.fired, ran.planned), (1, 0, 39, 40));
        assert_eq!(read(told, 2).failed, 1, "two were asked for");
        assert_eq!(read("", 1), Ran { failed: 1, ..Ran::default() }, "a program that says nothing has shown nothing");
        let red = read("test result: FAILED. 1 passed; 2 failed; 0 ignored", 3);
        assert_eq!((red.passed, red.failed), (1, 2));
    }

    #[test]
    fn programs_are_found_where_cargo_says() {
        let told = "    Finished `test` profile\n  Executable unittests src/lib.rs (target/debug/deps/fairlead_codat-1f)\n  Executable suites/kills.rs (target/debug/deps/kills-2e)\n";
        let found = executables(told);
        assert_eq!(found[0], ("src/lib.rs".into(), PathBuf::from("target/debug/deps/fairlead_codat-1f")));
        assert_eq!(found[1].0, "suites/kills.rs");
    }
}
