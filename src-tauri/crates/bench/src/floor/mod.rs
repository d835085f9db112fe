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
use std::process::{Command, Stdio};

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
    let mut child = Command::new(std::env::current_exe()?).args(["floor", name]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().ok_or("no input")?.write_all(&serde_json::to_vec(job)?)?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("the floor {name} ended with {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
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
