//! Bare download: the same requests at so many connections, every byte dropped as it comes.

use super::Job;
use crate::Result;
use crate::measure::{Ran, Watch};
use futures::{StreamExt as _, TryStreamExt as _};
use reqwest::Client;

pub(super) fn run(job: &Job) -> Result<Ran> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let client = client()?;
    let mut ran = Ran { requests: job.urls.len() as u64, ..Ran::default() };
    let watch = Watch::start();
    ran.bytes = runtime.block_on(async {
        let fetched = futures::stream::iter(&job.urls).map(|url| fetch(&client, job, url)).buffer_unordered(job.connections.max(1));
        fetched.try_fold(0, |sum, bytes| async move { Ok(sum + bytes) }).await
    })?;
    watch.add_to(&mut ran);
    Ok(ran)
}

pub(super) fn client() -> Result<Client> {
    Ok(Client::builder().no_proxy().tcp_nodelay(true).build()?)
}

async fn fetch(client: &Client, job: &Job, url: &str) -> reqwest::Result<u64> {
    let asked = client.get(format!("{}{url}", job.base_url)).header("authorization", crate::world::basic(&job.api_key));
    let mut body = asked.send().await?;
    let mut bytes = 0;
    while let Some(piece) = body.chunk().await? {
        bytes += piece.len() as u64;
    }
    Ok(bytes)
}
