//! The client's profile and schedules.

use super::{endpoint, object};
use crate::error::Error;
use crate::ids::CompanyId;
use crate::model::{Profile, SyncSettings};
use crate::page::Record;

endpoint! {
    /// The client's profile.
    GetProfile {}
    GET "/profile", |this| ["profile"]
    => Record<Profile>, |body| object(&body, "the profile")
}

endpoint! {
    /// Schedules of the whole client.
    GetClientSyncSettings {}
    GET "/profile/syncSettings", |this| ["profile", "syncSettings"]
    => Record<SyncSettings>, |body| object(&body, "the sync settings")
}

endpoint! {
    /// Replaces the client's schedules. Every data type must be in it.
    SetClientSyncSettings<'a> { /** From `SyncSettings::to_bytes`. */ frozen: &'a [u8] }
    POST "/profile/syncSettings", |this| ["profile", "syncSettings"], body this.frozen
    => (), |_| Ok::<(), Error>(())
}

endpoint! {
    /// Schedules of a company.
    GetCompanySyncSettings<'a> { /** Company. */ company: &'a CompanyId }
    GET "/companies/{companyId}/syncSettings", |this| ["companies", this.company.as_str(), "syncSettings"]
    => Record<SyncSettings>, |body| object(&body, "the sync settings")
}

endpoint! {
    /// Replaces a company's schedules. Every data type must be in it.
    SetCompanySyncSettings<'a> { /** Company. */ company: &'a CompanyId, /** From `SyncSettings::to_bytes`. */ frozen: &'a [u8] }
    POST "/companies/{companyId}/syncSettings", |this| ["companies", this.company.as_str(), "syncSettings"], body this.frozen
    => (), |_| Ok::<(), Error>(())
}
