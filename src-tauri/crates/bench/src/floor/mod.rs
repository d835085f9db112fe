//! The floors: short, with nothing that a product needs and a measurement does not. Each runs as a process of its own.

mod download;
mod insert;
mod naive;
mod parse;
mod start;
mod wire;

use crate::Result;
use crate::computer::Secrets;
use crate::measure::{Ran, peak_rss};
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// What a floor is to do.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) base_url: String,
    pub(crate) api_key: String,
    /// Requests at once.
    pub(crate) connections: usize,
    /// What to fetch: path and query.
    pub(crate) urls: Vec<String>,
    /// Rows a page, for the loop that pages by itself.
    pub(crate) page_size: u32,
    /// Where pages of transactions lie, for floors that fetch nothing; or a data folder.
    pub(crate) pages: PathBuf,
    /// What opens a data folder.
    pub(crate) secrets: Secrets,
}

/// Runs a floor in a process of its own.
pub(crate) fn run(name: &str, job: &Job) -> Result<Ran> {
    Ok(serde_json::from_slice(&ended(&mut Command::new(std::env::current_exe()?), name, job)?.stdout)?)
}

/// Runs a floor under valgrind: the instructions it took, in all its threads.
pub(crate) fn counted(name: &str, job: &Job) -> Result<u64> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe()?);
    let told = ended(command.stderr(Stdio::piped()), name, job)?.stderr;
    let told = String::from_utf8_lossy(&told).into_owned();
    let count = told.lines().find_map(|line| line.split_once("Collected : ")).ok_or("valgrind did not say what it counted")?;
    Ok(count.1.trim().parse()?)
}

fn ended(command: &mut Command, name: &str, job: &Job) -> Result<Output> {
    let mut child = command.args(["floor", name]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().ok_or("no input")?.write_all(&serde_json::to_vec(job)?)?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("the floor {name} ended with {}", output.status).into());
    }
    Ok(output)
}

/// The process that `run` starts.
pub(crate) fn serve(name: &str) -> Result<()> {
    let job: Job = serde_json::from_reader(std::io::stdin().lock())?;
    let ran = match name {
        "download" => download::run(&job),
        "parse" => parse::run(&job),
        "insert" => insert::run(&job, true),
        "append" => insert::run(&job, false),
        "naive" => naive::run(&job),
        "product" => crate::product::run(&job),
        "start" => start::product(&job),
        "bare-start" => start::bare(),
        _ => Err("there is no such floor".into()),
    }?;
    println!("{}", serde_json::to_string(&Ran { peak_rss: peak_rss(), ..ran })?);
    Ok(())
}

/// Files of pages, in order.
fn page_files(job: &Job) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(&job.pages)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.sort_unstable();
    Ok(files)
}
