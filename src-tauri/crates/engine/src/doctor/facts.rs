//! What is so, without judging it.

use super::system::{self, SchemeOwner};
use crate::engine::Engine;
use crate::error::Error;
use crate::home::Home;
use crate::links::doorbells::Stored;
use crate::links::loopback::{self, Standing};
use crate::policy::PolicyTrouble;
use crate::ports::{ClientTold, Schedule, SourceError};
use crate::view::{BudgetView, KeychainState, ManagedView, ProfileView};
use std::time::Duration;
use store::{BankEntry, Soundness};

/// Longer than this nobody waits for a database to be looked through.
const LOOKING: Duration = Duration::from_secs(5);

pub(super) struct Facts {
    pub(super) profile: Option<ProfileView>,
    pub(super) policy: Result<Option<ManagedView>, PolicyTrouble>,
    /// Why none is open, in a sentence.
    pub(super) trouble: Option<String>,
    pub(super) keychain: KeychainState,
    pub(super) proxy: Option<String>,
    pub(super) scheme: SchemeOwner,
    pub(super) free: Option<u64>,
    pub(super) is_private: Option<bool>,
    pub(super) inside: Option<Inside>,
}

/// What an open profile knows.
pub(super) struct Inside {
    pub(super) client: Result<ClientTold, SourceError>,
    pub(super) banks: Result<Vec<BankEntry>, SourceError>,
    pub(super) schedules: Result<Vec<Schedule>, SourceError>,
    pub(super) returns: Stored,
    pub(super) loopback: Standing,
    /// Codat's clock less ours, milliseconds.
    pub(super) clock_off: i64,
    /// Somebody between us and Codat reads along.
    pub(super) is_inspected: bool,
    /// A team's server is asked, not Codat.
    pub(super) is_teams: bool,
    pub(super) budget: BudgetView,
    pub(super) database: Result<Soundness, Error>,
}

pub(super) async fn gather(home: &Home, trouble: Option<&str>) -> Facts {
    let folder = home.folder().to_owned();
    let disk = tokio::task::spawn_blocking(move || (system::free(&folder), system::is_private(&folder)));
    let inside = async {
        match home.engine() {
            Ok(engine) => Some(look_inside(&engine).await),
            Err(_) => None,
        }
    };
    let (keychain, scheme, disk, inside) = tokio::join!(home.inner.ports.vaults.keychain(), system::scheme_owner(), disk, inside);
    let (free, is_private) = disk.unwrap_or_default();
    Facts {
        profile: home.active(),
        policy: home.inner.ports.policy.read(),
        trouble: trouble.map(str::to_owned),
        keychain,
        proxy: system::proxy(),
        scheme,
        free,
        is_private,
        inside,
    }
}

async fn look_inside(engine: &Engine) -> Inside {
    let source = &engine.inner.source;
    let returns = engine.return_choice().await.unwrap_or_default();
    let database = engine.store(|store| store.soundness(LOOKING));
    let (client, banks, schedules, loopback, database) =
        tokio::join!(source.client(), source.banks(), source.sync_settings(None), loopback::standing(engine, returns.port), database);
    let (clock_off, budget) = (source.pace().clock_off, source.budget().await);
    let (is_inspected, is_teams) = (source.is_inspected(), source.is_teams());
    Inside { client, banks, schedules, returns, loopback, clock_off, is_inspected, is_teams, budget, database }
}
