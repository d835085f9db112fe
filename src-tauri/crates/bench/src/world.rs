//! The local Codat as a process of its own, and what it says it holds.

use crate::Result;
use crate::measure::Holds;
use base64::Engine as _;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::str::FromStr as _;

/// How large a world is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) companies: u32,
    /// Accounts a connection; 0 = as the bank has them.
    pub(crate) accounts: u32,
    /// Transactions a connection.
    pub(crate) transactions: u32,
    /// Months of history: one balance an account and day.
    pub(crate) months: u32,
}

/// A running sandbox.
pub(crate) struct World {
    child: Child,
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    pub(crate) base_url: String,
    pub(crate) api_key: String,
    control_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    base_url: String,
    api_key: String,
    control_url: String,
}

/// What can be read of one connection.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Digest {
    pub(crate) company_id: String,
    pub(crate) connection_id: String,
    pub(crate) accounts: u64,
    pub(crate) balances: u64,
    pub(crate) categories: u64,
    pub(crate) transactions: u64,
    sums: BTreeMap<String, String>,
}

/// A request as the sandbox logged it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Logged {
    pub(crate) at: Timestamp,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) status: u16,
}

impl World {
    /// Starts one. It sets no limit of its own: limits are what `limit` measures.
    pub(crate) fn start(fairlead: &Path, seed: u64, size: Size) -> Result<Self> {
        let mut command = Command::new(fairlead);
        command.args(["sandbox", "--seed", &seed.to_string(), "--companies", &size.companies.to_string()]);
        command.args(["--accounts", &size.accounts.to_string(), "--transactions", &size.transactions.to_string()]);
        command.args(["--months", &size.months.to_string()]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output of the sandbox")?).read_line(&mut line)?;
        let place: Place = serde_json::from_str(&line).map_err(|error| format!("the sandbox did not say where it is: {error}"))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build()?;
        let Place { base_url, api_key, control_url } = place;
        let world = Self { child, runtime, client, base_url, api_key, control_url };
        world.switch(&json!({ "requestsAMinute": null, "dailyQuota": 100_000_000 }))?;
        Ok(world)
    }

    fn control(&self, what: &str) -> Result<Value> {
        let url = format!("{}/{what}", self.control_url);
        Ok(self.runtime.block_on(async { self.client.get(url).send().await?.error_for_status()?.json().await })?)
    }

    fn turn(&self, what: &str, body: &Value) -> Result<()> {
        let url = format!("{}/{what}", self.control_url);
        self.runtime.block_on(async { self.client.post(url).json(body).send().await?.error_for_status() })?;
        Ok(())
    }

    pub(crate) fn switch(&self, switches: &Value) -> Result<()> {
        self.turn("switches", switches)
    }

    /// Every answer takes at least this long.
    pub(crate) fn latency(&self, ms: u64) -> Result<()> {
        self.switch(&json!({ "latencyMs": ms }))
    }

    /// A sync ends this moment, for each of these connections.
    pub(crate) fn land(&self, connections: &[String], data_type: &str) -> Result<()> {
        connections.iter().try_for_each(|id| self.turn(&format!("connections/{id}/land/{data_type}"), &Value::Null))
    }

    /// What can be read, connection by connection. Only connections that were asked for stand here.
    pub(crate) fn digest(&self) -> Result<Vec<Digest>> {
        Ok(Vec::deserialize(&self.control("digest")?["results"])?)
    }

    /// Requests to the API so far.
    pub(crate) fn requests(&self) -> Result<u64> {
        let told = self.control("requests?last=0")?;
        told["total"].as_u64().ok_or_else(|| "the sandbox did not say how many requests it had".into())
    }

    /// Keeps the bodies of these requests as numbered files.
    pub(crate) fn keep_pages<'a>(&self, urls: impl Iterator<Item = &'a String>, folder: &Path) -> Result<()> {
        for (number, url) in urls.enumerate() {
            let asked = self.client.get(format!("{}{url}", self.base_url)).header("authorization", basic(&self.api_key));
            let body = self.runtime.block_on(async { asked.send().await?.error_for_status()?.bytes().await })?;
            std::fs::write(folder.join(format!("{number:06}.json")), body)?;
        }
        Ok(())
    }

    /// The last `count` requests.
    pub(crate) fn last_requests(&self, count: u64) -> Result<Vec<Logged>> {
        Ok(Vec::deserialize(&self.control(&format!("requests?last={count}"))?["results"])?)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The key as Codat wants it.
pub(crate) fn basic(key: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(key))
}

/// All connections together, as a side holds them.
pub(crate) fn total(digests: &[Digest]) -> Result<Holds> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for (currency, sum) in digests.iter().flat_map(|digest| &digest.sums) {
        *sums.entry(currency.clone()).or_default() += Decimal::from_str(sum)?;
    }
    Ok(Holds { transactions: digests.iter().map(|digest| digest.transactions).sum(), sums: in_words(&sums) })
}

/// Sums in one writing, so that they can be compared.
pub(crate) fn in_words<'a>(sums: impl IntoIterator<Item = (&'a String, &'a Decimal)>) -> BTreeMap<String, String> {
    sums.into_iter().map(|(currency, sum)| (currency.clone(), sum.normalize().to_string())).collect()
}

/// Requests without which nobody can have everything: the pages of companies, and of each type of each connection.
pub(crate) fn fewest_requests(companies: u64, digests: &[Digest]) -> u64 {
    let pages = |rows: u64| rows.div_ceil(5_000).max(1);
    let of = |found: &Digest| [found.accounts, found.balances, found.categories, found.transactions].map(pages).iter().sum::<u64>();
    pages(companies) + digests.iter().map(of).sum::<u64>()
}
