//! `fairlead-bench`: Fairlead against floors, interleaved in one run, so that a noisy machine disturbs both alike. Only ratios are claims.
//!
//! A floor is the least anybody could do for a part of the work: fetch the bytes and drop them, only parse, only insert; and, from above, the
//! loop that a careful script would be. Product, floors and the local Codat are processes of their own, so that each one's CPU and memory are
//! its own. A timing whose rows or exact sums differ from what the sandbox says it holds is void.

// Ratios of measured times are no money.
#![allow(clippy::float_arithmetic)]

mod args;
mod benches;
mod computer;
mod floor;
mod measure;
mod product;
mod report;
mod rounds;
mod world;

use clap::Parser as _;
use std::alloc::System;
use std::process::ExitCode;
use zeroizing_alloc::ZeroAlloc;

/// Whatever went wrong, in words; a bench that cannot be run has nothing to recover.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// As what is shipped does it.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    let done = match args::Args::parse().command {
        args::Command::Floor { name } => floor::serve(&name).map(|()| true),
        args::Command::Bench(bench) => benches::run(&bench),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("fairlead-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
