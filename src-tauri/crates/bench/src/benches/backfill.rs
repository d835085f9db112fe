//! A world that the product has read once, and what the others need to do the same.

use super::Setup;
use crate::Result;
use crate::floor::{self, Job};
use crate::measure::{Holds, Ran};
use crate::product::Home;
use crate::rounds::{Check, Side};
use crate::world::{Digest, Logged, Size, World, total};
use tempfile::TempDir;

/// A world that was read once: the sandbox has made its rows, and its log tells what there is to fetch.
pub(super) struct Backfill {
    pub(super) world: World,
    /// The home of that first time.
    pub(super) home: Home,
    pub(super) first: Ran,
    pub(super) digests: Vec<Digest>,
    pub(super) wanted: Holds,
    urls: Vec<String>,
    pages: TempDir,
}

impl Backfill {
    pub(super) fn new(setup: &Setup, size: Size) -> Result<Self> {
        let world = World::start(&setup.fairlead, setup.seed, size)?;
        let home = Home::new(&world)?;
        let (first, log) = logged(&world, || home.sync())?;
        let digests = world.digest()?;
        let wanted = total(&digests)?;
        if first.holds != wanted {
            return Err(format!("void: the product holds {:?}, the sandbox {wanted:?}", first.holds).into());
        }
        Ok(Self { world, home, first, digests, wanted, urls: fetched(&log), pages: tempfile::tempdir()? })
    }

    /// The product, from nothing.
    pub(super) fn product(&self) -> Side<'_> {
        let run = || Home::new(&self.world)?.sync();
        Side { name: "fairlead", run: Box::new(run), check: Check::Exact }
    }

    /// A floor; the loop that pages by itself takes so many rows a page.
    pub(super) fn floor(&self, name: &'static str, floor: &'static str, check: Check, page_size: u32) -> Side<'_> {
        let job = Job { page_size, ..self.job(self.urls.clone()) };
        Side { name, run: Box::new(move || floor::run(floor, &job)), check }
    }

    /// Keeps the pages of transactions for the floors that fetch nothing.
    pub(super) fn keep_pages(&self) -> Result<()> {
        self.world.keep_pages(self.urls.iter().filter(|url| url.contains("/banking-transactions?")), self.pages.path())
    }

    pub(super) fn job(&self, urls: Vec<String>) -> Job {
        Job {
            base_url: self.world.base_url.clone(),
            api_key: self.world.api_key.clone(),
            // As many as the product has under way in the background: of the ten that Codat lets one active company have, and of the sixteen that it
            // takes in all, two are kept for a person.
            connections: if self.digests.len() == 1 { 8 } else { 14 },
            urls,
            page_size: 100,
            pages: self.pages.path().to_owned(),
            ..Job::default()
        }
    }

    pub(super) fn connections(&self) -> Vec<String> {
        self.digests.iter().map(|digest| digest.connection_id.clone()).collect()
    }
}

/// What the sandbox was asked for meanwhile.
pub(super) fn logged<T>(world: &World, run: impl FnOnce() -> Result<T>) -> Result<(T, Vec<Logged>)> {
    let before = world.requests()?;
    let value = run()?;
    let log = world.last_requests(world.requests()? - before)?;
    Ok((value, log))
}

/// What was fetched, as paths and queries.
pub(super) fn fetched(log: &[Logged]) -> Vec<String> {
    let good = log.iter().filter(|line| line.method == "GET" && line.status == 200 && line.path != "/profile");
    good.map(|line| line.query.as_ref().map_or_else(|| line.path.clone(), |query| format!("{}?{query}", line.path))).collect()
}
