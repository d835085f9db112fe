//! Holds `Cargo.lock` against the RustSec advisory database: `advisories FOLDER`. Fails on an advisory that `deny.toml` does not except, on an
//! exception without a last day or past it, and on one that excepts nothing any more.

use fairlead_tests::exceptions::{Exception, exceptions};
use rustsec::advisory::Informational;
use rustsec::report::Settings;
use rustsec::{Database, Lockfile, Report};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let folder = std::env::args().nth(1).expect("usage: advisories FOLDER");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let database = Database::open(Path::new(&folder)).expect("an advisory database");
    let known = database.iter().count();
    assert!(known > 500, "a database of {known} advisories proves nothing");
    let lock = Lockfile::load(root.join("Cargo.lock")).expect("the lock file");
    let settings = Settings {
        informational_warnings: vec![Informational::Unmaintained, Informational::Unsound, Informational::Notice],
        ..Settings::default()
    };
    let report = Report::generate(&database, &lock, &settings);
    let vulnerable = report.vulnerabilities.list.iter().map(|found| (found.advisory.id.to_string(), &found.package, &found.advisory.title));
    let warned = report.warnings.values().flatten().filter_map(|found| {
        let advisory = found.advisory.as_ref()?;
        Some((advisory.id.to_string(), &found.package, &advisory.title))
    });
    let found: BTreeMap<String, String> =
        vulnerable.chain(warned).map(|(id, package, title)| (id, format!("{} {}: {title}", package.name, package.version))).collect();

    let text = std::fs::read_to_string(root.join("deny.toml")).expect("deny.toml");
    let excepted: Vec<Exception> = exceptions(&text).unwrap_or_else(|why| panic!("deny.toml: {why}"));
    let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date();
    let mut wrong: Vec<String> =
        excepted.iter().filter(|one| one.until < today).map(|one| format!("{} was excepted until {}", one.id, one.until)).collect();
    let named: BTreeSet<&str> = excepted.iter().map(|one| one.id.as_str()).collect();
    wrong.extend(found.iter().filter(|(id, _)| !named.contains(id.as_str())).map(|(id, what)| format!("{id}, {what}")));
    wrong.extend(named.iter().filter(|id| !found.contains_key(**id)).map(|id| format!("{id} is excepted and concerns nothing here")));
    println!(
        "{} crates held against {known} advisories: {} let pass by name until a day, {} not",
        lock.packages.len(),
        excepted.len(),
        wrong.len()
    );
    wrong.iter().for_each(|why| eprintln!("{why}"));
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
