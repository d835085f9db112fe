//! The command line.

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Fairlead against floors, interleaved in one run. Only ratios are claims.
#[derive(Debug, Parser)]
#[command(name = "fairlead-bench", version, subcommand_precedence_over_arg = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run one bench, or a short form of all.
    Bench(Bench),
    /// One floor as a process; the job comes on standard input.
    #[command(hide = true)]
    Floor {
        /// Which.
        name: String,
    },
}

/// One bench.
#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct Bench {
    /// Which; all in a short form when not given.
    #[arg(value_enum)]
    pub(crate) name: Option<Name>,
    /// Transactions.
    #[arg(long)]
    pub(crate) rows: Option<u32>,
    /// Everything that looks random follows from it.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Rounds: each runs every side once.
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: u32,
    /// One JSON document on standard output.
    #[arg(long)]
    pub(crate) json: bool,
    /// The product; the `fairlead` beside this program when not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) fairlead: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Name {
    /// The first backfill of one company.
    Sync,
    /// Many companies with many accounts at 50 ms an answer.
    Wide,
    /// The state of the reads of 500 companies at 50 ms an answer.
    Status,
    /// CPU a row and memory at 10k, 100k and 1 M rows; 10 M with --rows 10000000.
    Grow,
    /// What screens ask, idle and while a backfill writes.
    Query,
    /// The bank picker, a keystroke.
    Filter,
    /// Start to a usable list of 10,000 companies: the engine's part.
    Start,
    /// How a limit of requests is kept.
    Limit,
    /// Instructions a row, counted under valgrind.
    Instructions,
}
