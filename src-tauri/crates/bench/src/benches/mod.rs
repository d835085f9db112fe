//! The benches. Each makes a world, runs its sides in turn, and reports.

mod backfill;
mod filter;
mod grow;
mod instructions;
mod limit;
mod portfolio;
mod query;
mod start;
mod status;
mod sync;
mod wide;

use crate::Result;
use crate::args::{Bench, Name};
use crate::report::Report;
use serde_json::json;
use std::path::PathBuf;

/// Runs what was asked for; false when a ratio passes what it must be.
pub(crate) fn run(asked: &Bench) -> Result<bool> {
    let fairlead = match &asked.fairlead {
        Some(file) => file.clone(),
        None => std::env::current_exe()?.with_file_name(format!("fairlead{}", std::env::consts::EXE_SUFFIX)),
    };
    if cfg!(debug_assertions) {
        eprintln!("warning: this is not a release build: its figures say little");
    }
    let names = asked.name.map_or_else(|| ALL.to_vec(), |name| vec![name]);
    let mut reports = vec![];
    for name in names {
        let setup = Setup {
            fairlead: fairlead.clone(),
            seed: asked.seed,
            rounds: asked.rounds.max(1),
            rows: asked.rows,
            is_short: asked.name.is_none(),
        };
        let report = match name {
            Name::Sync => sync::run(&setup),
            Name::Wide => wide::run(&setup),
            Name::Status => status::run(&setup),
            Name::Grow => grow::run(&setup),
            Name::Query => query::run(&setup),
            Name::Filter => Ok(filter::run(&setup)),
            Name::Start => start::run(&setup),
            Name::Limit => limit::run(&setup),
            Name::Instructions => instructions::run(&setup),
        }?;
        if !asked.json {
            report.print();
        }
        reports.push(report);
    }
    if asked.json {
        println!("{}", json!({ "benches": reports.iter().map(Report::json).collect::<Vec<_>>() }));
    }
    Ok(reports.iter().all(Report::passes))
}

const ALL: [Name; 8] = [Name::Sync, Name::Wide, Name::Status, Name::Grow, Name::Query, Name::Filter, Name::Start, Name::Limit];

/// What every bench needs to know.
pub(crate) struct Setup {
    fairlead: PathBuf,
    seed: u64,
    rounds: u32,
    rows: Option<u32>,
    /// One of many: smaller, where a smaller one says the same.
    is_short: bool,
}

impl Setup {
    fn rows(&self, usual: u32, short: u32) -> u32 {
        self.rows.unwrap_or(if self.is_short { short } else { usual })
    }
}
