//! The client's profile and schedules.

use super::{endpoint, object};
use crate::model::{Profile, SyncSettings};

endpoint! {
    /// The client's profile.
    GetProfile {}
    GET "/profile", |this| ["profile"]
    => Profile, |body| object(body, "the profile")
}

endpoint! {
    /// Schedules of the whole client.
    GetClientSyncSettings {}
    GET "/profile/syncSettings", |this| ["profile", "syncSettings"]
    => SyncSettings, |body| object(body, "the sync settings")
}

endpoint! {
    /// Replaces the client's schedules. Every data type must be in it.
    SetClientSyncSettings<'a> { /** JSON with `clientId`, `settings`, `overridesDefaults`. */ frozen: &'a [u8] }
    POST "/profile/syncSettings", |this| ["profile", "syncSettings"], body this.frozen
    => (), |_| Ok(())
}

endpoint! {
    /// Schedules of a company.
    GetCompanySyncSettings<'a> { /** Company. */ company: &'a str }
    GET "/companies/{companyId}/syncSettings", |this| ["companies", this.company, "syncSettings"]
    => SyncSettings, |body| object(body, "the sync settings")
}

endpoint! {
    /// Replaces a company's schedules. Every data type must be in it.
    SetCompanySyncSettings<'a> { /** Company. */ company: &'a str, /** JSON with `settings`, `overridesDefaults`. */ frozen: &'a [u8] }
    POST "/companies/{companyId}/syncSettings", |this| ["companies", this.company, "syncSettings"], body this.frozen
    => (), |_| Ok(())
}
