//! The project's own tools. `cargo xtask run` opens the app, `cargo xtask test` passes everything.
//!
//! No dependencies: this is the first thing a newcomer compiles. What needs a library lives in `tests/`.

mod bench;
mod deny;
mod exports;
mod frames;
mod fuzz;
mod machine;
mod package;
mod run;
mod screenshots;
mod step;
mod test;
mod trust;
mod ui;

use std::process::ExitCode;
use step::Failed;

const USAGE: &str = "cargo xtask COMMAND

  run [-- ARGS]   build and open Fairlead; without a display, walk the journey in a virtual one
  test [PART…]    everything that must pass; PART is one or more of: ui, lint, rust, axe
  bench [NAME]    Fairlead against floors in one release run: sync, wide, status, grow, query, filter, start, limit, instructions [--rows N --seed S --rounds R
                  --json], or the real window against a bare one: window [--rows N --rounds R]; all but the last two in a short form without a name
  exports         exports as LibreOffice, pyarrow and Python read them, and the memory that a million rows take [--rows N]
  frames          frames a second while 100,000 companies and a million rows are scrolled in the real window [COMPANIES ROWS]
  fuzz [READER…]  libFuzzer before every reader of what comes from outside [--seconds N]
  trust [GOAL…]   every promise of SECURITY.md, its number beside its target [--seed N --seeds N] [--sabotage: show that the checks can turn red]
                  [--reproducible: build for release twice and compare the programs]
  screenshots     draw the pictures of docs/screens anew [--check: compare with them | --all: every state in every theme, into target/screens]
  package         a deb and an rpm for release, into target/package [--try: install the deb in a Debian of its own and walk the journey there]
  bindings        write the TypeScript twins of the engine's views and commands
  setup           install what building and testing need (Debian packages, npm packages)
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    let done = match args.first().map(String::as_str) {
        Some("run") => run::run(rest),
        Some("test") => test::test(rest),
        Some("bench") => bench::bench(rest),
        Some("frames") => frames::frames(rest),
        Some("fuzz") => fuzz::fuzz(rest),
        Some("exports") => exports::exports(rest),
        Some("trust") => trust::trust(rest),
        Some("screenshots") => screenshots::screenshots(rest),
        Some("package") => package::package(rest),
        Some("bindings") => test::write_bindings(),
        Some("setup") => machine::ready_to_test().and_then(|()| ui::installed()),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(why)) => {
            eprintln!("\nxtask: {why}");
            ExitCode::FAILURE
        }
    }
}
