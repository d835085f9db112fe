//! `fairlead`: the same engine without a window.
//!
//! Answers go to standard output, progress to standard error. With `--json` standard output holds exactly one JSON document, whatever happens.
//! Exit codes: 0 done, 1 failed, 2 usage, 3 needs the operator (key, consent), 4 offline or limited.

mod answer;
mod args;
mod commands;
mod computer;
mod customer;
mod progress;

use answer::{Answer, Failure};
use args::{Args, Command};
use clap::Parser as _;
use std::alloc::System;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use zeroizing_alloc::ZeroAlloc;

/// Freed memory is wiped: keys pass through buffers of libraries that do not wipe theirs.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    vault::keep_memory_private();
    match engine::runtime() {
        Ok(runtime) => runtime.block_on(answer_what_is_asked()),
        Err(error) => {
            eprintln!("fairlead: the system gives no threads: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn answer_what_is_asked() -> ExitCode {
    let wants_json = std::env::args_os().any(|arg| arg == "--json");
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage(&error, wants_json),
    };
    log();
    let json = args.global.json;
    match run(args).await {
        Ok(answer) => answer.print(json),
        Err(failure) => failure.print(json),
    }
}

async fn run(args: Args) -> Result<Answer, Failure> {
    let global = args.global;
    match args.command {
        Command::Sandbox(options) => commands::sandbox::run(options).await,
        Command::Profile(command) => commands::profile::run(&global, command).await,
        Command::Banks(options) => commands::banks::run(&global, options).await,
        Command::Offer(command) => commands::offer::run(&global, command).await,
        Command::Connect(options) => commands::connect::run(&global, options).await,
        Command::Invite(options) => commands::invite::run(&global, options).await,
        Command::Leaflet(options) => commands::invite::leaflet(&global, options).await,
        Command::Bulk(command) => commands::bulk::run(&global, command).await,
        Command::Companies(options) => commands::companies::list(&global, options).await,
        Command::Status(options) => commands::companies::status(&global, options).await,
        Command::End(options) => commands::companies::end(&global, options).await,
        Command::Audit(command) => commands::audit::run(&global, command).await,
        Command::Consents(options) => commands::consents::list(&global, options).await,
        Command::Renew(options) => commands::consents::renew(&global, options).await,
        Command::Evidence(command) => commands::evidence::run(&global, command).await,
        Command::Recovery(command) => commands::recovery::run(&global, command).await,
        Command::Rekey => commands::recovery::rekey(&global).await,
        Command::Lock(command) => commands::lock::run(&global, command).await,
        Command::Erase(command) => commands::erase::run(&global, command).await,
        Command::Schedule(command) => commands::schedule::run(&global, command).await,
        Command::Sync(options) => commands::sync::run(&global, options).await,
        Command::Transactions(options) => commands::transactions::list(&global, options).await,
        Command::Export(options) => commands::transactions::export(&global, options).await,
        Command::Team(command) => commands::team::run(&global, command).await,
        Command::Worker(options) => commands::worker::run(&global, options).await,
        Command::Budget => commands::budget::run(&global).await,
        Command::Outbox(options) => commands::outbox::run(&global, options).await,
        Command::Inbox(options) => commands::inbox::run(&global, options).await,
        Command::Policy(command) => commands::policy::run(&global, &command),
        Command::Doctor => commands::doctor::run(&global).await,
        Command::Support { out } => commands::doctor::support(&global, out).await,
        Command::Setup(options) => commands::setup::run(&global, options).await,
        Command::Stats => commands::stats::run(&global).await,
        Command::Ring(options) => commands::ring::run(&global, options).await,
        Command::Course(options) => commands::course::run(&global, options).await,
        Command::Demo => commands::demo::run(&global).await,
        Command::Completions { shell } => Ok(commands::manual::completions(shell)),
        Command::Manual { out } => commands::manual::pages(&out),
    }
}

/// Help and version are answers; everything else is a mistake in the command line.
fn usage(error: &clap::Error, json: bool) -> ExitCode {
    if !error.use_stderr() {
        // Nobody reads it when standard output is closed.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.render().to_string();
    let text = text.trim().trim_start_matches("error:").trim();
    Failure::usage(text).print(json)
}

/// Silent unless asked: `FAIRLEAD_LOG=info fairlead …`. Only our own crates speak: others may log addresses.
fn log() {
    let level = std::env::var("FAIRLEAD_LOG").ok().and_then(|level| level.parse::<LevelFilter>().ok()).unwrap_or(LevelFilter::OFF);
    let ours = ["fairlead", "engine", "codat", "store", "team", "vault", "sandbox"];
    let filter = ours.iter().fold(EnvFilter::new("off"), |filter, name| match format!("{name}={level}").parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    });
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr).init();
}
