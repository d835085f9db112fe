//! The client's own settings, and when Codat reads by itself.

use crate::ids::CompanyId;
use crate::wire::{WireDate, filled, or_default};
use serde::{Deserialize, Serialize};

/// The client's own settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Client name.
    pub name: String,
    /// Redirect template, one for the whole client.
    #[serde(default, deserialize_with = "filled")]
    pub redirect_url: Option<String>,
}

/// Schedules per data type. Sent back whole: a type left out would be lost.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncSettings {
    /// The client, in its own settings.
    #[serde(default, deserialize_with = "filled", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The company, in a company's settings.
    #[serde(default, deserialize_with = "filled", skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// Per data type.
    #[serde(default, deserialize_with = "or_default")]
    pub settings: Vec<SyncSetting>,
    /// They stand over the client's.
    #[serde(default, deserialize_with = "or_default")]
    pub overrides_defaults: bool,
}

impl SyncSettings {
    /// The bytes to send, to be frozen before the first attempt.
    ///
    /// # Errors
    /// Never in practice: text, numbers and flags always have a JSON form.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

/// Schedule of one data type.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncSetting {
    /// Data type.
    pub data_type: String,
    /// Read as soon as a connection links.
    #[serde(default, deserialize_with = "or_default")]
    pub fetch_on_first_link: bool,
    /// Hours; 0 is none.
    #[serde(default, deserialize_with = "or_default")]
    pub sync_schedule: u32,
    /// Order.
    #[serde(default, deserialize_with = "or_default")]
    pub sync_order: u32,
    /// Months back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_from_window: Option<u32>,
    /// Day to start from.
    #[serde(default, deserialize_with = "filled", skip_serializing_if = "Option::is_none")]
    pub sync_from_utc: Option<WireDate>,
    /// Months to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months_to_sync: Option<u32>,
    /// Cannot be changed.
    #[serde(default, deserialize_with = "or_default")]
    pub is_locked: bool,
    /// What else was told, sent back as it was.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c35_settings_that_were_read_are_sent_back_with_every_type() {
        let json = r#"{"companyId":"c","settings":[
            {"dataType":"banking-accounts","fetchOnFirstLink":true,"syncSchedule":24,"syncOrder":0,"syncFromWindow":24,"isLocked":false},
            {"dataType":"banking-transactions","fetchOnFirstLink":false,"syncSchedule":0,"syncOrder":1,"syncFromUtc":"2020-01-01T00:00:00Z","monthsToSync":null}
        ],"overridesDefaults":true}"#;
        let settings: SyncSettings = serde_json::from_str(json).expect("settings");
        let again: SyncSettings = serde_json::from_slice(&settings.to_bytes().expect("bytes")).expect("our own bytes");
        assert_eq!(again, settings);
        let types: Vec<_> = again.settings.iter().map(|setting| setting.data_type.as_str()).collect();
        assert_eq!(types, ["banking-accounts", "banking-transactions"]);
        assert_eq!(again.settings[1].sync_from_utc.as_ref().map(WireDate::as_str), Some("2020-01-01T00:00:00Z"));
    }

    #[test]
    fn c41_older_forms_are_read_and_what_is_not_known_goes_back_as_it_came() {
        let json = r#"{"settings":[{"dataType":"banking-accounts","syncSchedule":null,"fetchOnFirstLink":null,"isLocked":null,"syncFreshness":{"a":1}}]}"#;
        let settings: SyncSettings = serde_json::from_str(json).expect("settings");
        assert_eq!((settings.settings[0].sync_schedule, settings.settings[0].is_locked), (0, false));
        let again = String::from_utf8(settings.to_bytes().expect("bytes")).expect("text");
        assert!(again.contains(r#""syncFreshness":{"a":1}"#), "{again}");
    }

    #[test]
    fn a_profile_with_only_a_name_is_read() {
        let profile: Profile = serde_json::from_str(r#"{"name":"Harbourline","redirectUrl":"","whiteListUrls":[]}"#).expect("profile");
        assert_eq!((profile.name.as_str(), profile.redirect_url), ("Harbourline", None));
    }
}
