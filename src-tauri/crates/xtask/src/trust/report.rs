//! `docs/trust.md`: the table of the last run.

use super::goals::GOALS;
use super::programs::Run;
use super::{SEEDS, Seen, write};
use crate::step::{Done, command, root};
use std::fmt::Write as _;

const HEAD: &str = "# Trust, measured

What `cargo xtask trust` saw in its last full run: each promise of the threat model in `SECURITY.md`, its target, and the number. A check that
ran nothing, or whose faults did not all fire, is red. What is not built is named and never counted. `cargo xtask trust --sabotage` breaks the
product on purpose in a copy of its own and shows that the check turns red.

This file is written by the command; do not edit it.

";

/// Writes the table.
pub fn write_table(seen: &[Seen], run: &Run) -> Done {
    let green = seen.iter().filter(|seen| seen.is_green()).count();
    let fired = |pick: fn(&Seen) -> u64| seen.iter().map(pick).sum::<u64>();
    let mut text = String::from(HEAD);
    let at = command("git", ["log", "-1", "--format=%cs"]).output().map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    let seconds: f64 = seen.iter().map(|seen| seen.took.as_secs_f64()).sum();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let _ = writeln!(
        text,
        "{green} passed, {} failed; seed {}, {} seeds of {SEEDS}; faults fired: {} of {} planned; {seconds:.0} s on {cores} cores, source of {}.\n",
        seen.len() - green,
        run.seed,
        run.seeds,
        fired(|seen| seen.ran.fired),
        fired(|seen| seen.ran.planned),
        at.unwrap_or_default(),
    );
    text.push_str("| goal | promise | target | measured | |\n|---|---|---|---|---|\n");
    for goal in GOALS {
        let (figures, word) = match seen.iter().find(|seen| seen.goal.id == goal.id) {
            Some(seen) => (seen.ran.figures().replace('|', "/"), format!("{}, {:.0} s", seen.word(), seen.took.as_secs_f64())),
            None => (String::new(), "not built".to_owned()),
        };
        let _ = writeln!(text, "| {} | {} | {} | {} | {word} |", goal.id, goal.what, goal.target, figures);
    }
    write(&root().join("docs/trust.md"), &text)
}
