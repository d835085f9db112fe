//! `cargo xtask fuzz`: libFuzzer before every reader of what comes from outside, by stable Rust. It follows which ways through a reader its bytes
//! take, and keeps those that take a new one; what it kept is where the next run begins.

use crate::step::{Done, Failed, command, must, step, target};
use std::path::Path;
use std::process::Stdio;

const USAGE: &str = "cargo xtask fuzz [READER…] [--seconds N: for each of them, else 20]";
/// What makes a program tell libFuzzer its ways. `cargo fuzz` sets the same.
const FLAGS: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
];

/// Runs the named readers, or all.
pub fn fuzz(args: &[String]) -> Done {
    let (mut seconds, mut named) = (20_u32, vec![]);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seconds" => seconds = args.next().and_then(|text| text.parse().ok()).ok_or_else(|| Failed(USAGE.into()))?,
            option if option.starts_with('-') => return Err(Failed(USAGE.into())),
            name => named.push(name.to_owned()),
        }
    }
    let folder = target().join("fuzz");
    let (corpora, found) = (folder.join("corpora"), folder.join("found"));
    step("build for libFuzzer", || built(&folder, &corpora))?;
    std::fs::create_dir_all(&found).map_err(|error| Failed(format!("making {}: {error}", found.display())))?;
    let all = names(&corpora)?;
    if let Some(unknown) = named.iter().find(|name| !all.contains(name)) {
        return Err(Failed(format!("no such reader: {unknown}; there are {}", all.join(", "))));
    }
    let wanted = if named.is_empty() { all } else { named };
    let program = folder.join(host()?).join("fuzz").join(format!("reader{}", std::env::consts::EXE_SUFFIX));
    let mut broken = vec![];
    for name in &wanted {
        let mut run = command(&program, [corpora.join(name)]);
        run.arg(format!("-max_total_time={seconds}")).arg(format!("-artifact_prefix={}/{name}-", found.display()));
        run.args(["-timeout=5", "-rss_limit_mb=1024", "-max_len=65536", "-print_final_stats=1"]);
        run.env("FAIRLEAD_READER", name).stdin(Stdio::null());
        let out = run.output().map_err(|error| Failed(format!("could not start {}: {error}", program.display())))?;
        let told = String::from_utf8_lossy(&out.stderr);
        let is_whole = out.status.success() && runs(&told) > 0;
        println!(
            "{name:<13} {:>10} inputs, {:>5} ways at first, {:>5} in the end{}",
            runs(&told),
            ways(&told).0,
            ways(&told).1,
            if is_whole { "" } else { "  BROKEN" }
        );
        if !is_whole {
            eprintln!("{told}");
            broken.push(name.as_str());
        }
    }
    println!("measured: {} readers, {seconds} s each: {} broken", wanted.len(), broken.len());
    if broken.is_empty() {
        Ok(())
    } else {
        Err(Failed(format!("broken: {}; what broke them lies in {}", broken.join(", "), found.display())))
    }
}

fn built(folder: &Path, corpora: &Path) -> Done {
    let mut write = command("cargo", ["run", "--quiet", "--locked", "-p", "fairlead-fuzz", "--bin", "corpora", "--"]);
    write.arg(corpora);
    must(write)?;
    let mut build =
        command("cargo", ["build", "--locked", "--profile", "fuzz", "-p", "fairlead-fuzz", "--features", "libfuzzer", "--bin", "reader"]);
    // Named, so that what runs while building is built without.
    build.args(["--target", &host()?]).env("CARGO_TARGET_DIR", folder).env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    must(build)
}

/// The name that Rust has for this computer.
fn host() -> Result<String, Failed> {
    let out = command("rustc", ["-vV"]).output().map_err(|error| Failed(format!("could not start rustc: {error}")))?;
    let told = String::from_utf8_lossy(&out.stdout);
    told.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| Failed("rustc does not say where it runs".into()))
}

fn names(corpora: &Path) -> Result<Vec<String>, Failed> {
    let entries = std::fs::read_dir(corpora).map_err(|error| Failed(format!("reading {}: {error}", corpora.display())))?;
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    Ok(names)
}

/// How many inputs were read.
fn runs(told: &str) -> u64 {
    told.lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .and_then(|number| number.trim().parse().ok())
        .unwrap_or(0)
}

/// Ways through the reader that the corpus took, and that were known in the end.
fn ways(told: &str) -> (u64, u64) {
    let mut ways = told.lines().filter_map(|line| line.split_once("cov: ")?.1.split(' ').next()?.parse().ok());
    let first = ways.next().unwrap_or(0);
    (first, ways.next_back().unwrap_or(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libfuzzer_tells_is_read() {
        let told = "#2\tINITED cov: 40 ft: 41 corp: 1/1b\n#9\tNEW    cov: 52 ft: 60\n#100\tDONE   cov: 61 ft: 70\nstat::number_of_executed_units: 100\n";
        assert_eq!((runs(told), ways(told)), (100, (40, 61)));
        assert_eq!((runs("nothing"), ways("nothing")), (0, (0, 0)));
    }
}
