//! Codat's own reads of a source.

use crate::ids::{CompanyId, ConnectionId, DatasetId};
use crate::wire::{WireDate, filled, or_default};
use crate::words::DatasetStatus;
use serde::Deserialize;

/// Status of one data type, over all connections of a company.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataStatus {
    /// Data type.
    pub data_type: String,
    /// Missing when never synced.
    #[serde(default, deserialize_with = "filled")]
    pub current_status: Option<DatasetStatus>,
    /// Last success; stays while later ones fail.
    #[serde(default, deserialize_with = "filled")]
    pub last_successful_sync: Option<WireDate>,
    /// Latest dataset.
    #[serde(default, deserialize_with = "filled")]
    pub latest_sync_id: Option<DatasetId>,
    /// Latest good dataset.
    #[serde(default, deserialize_with = "filled")]
    pub latest_successful_sync_id: Option<DatasetId>,
}

/// A dataset: one read of one data type of one connection.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PullOperation {
    /// Id.
    pub id: DatasetId,
    /// Company.
    pub company_id: CompanyId,
    /// Connection.
    pub connection_id: ConnectionId,
    /// Data type; `custom/…` too.
    pub data_type: String,
    /// How far it is.
    pub status: DatasetStatus,
    /// For example "Paused until …".
    #[serde(default, deserialize_with = "filled")]
    pub status_description: Option<String>,
    /// Why it failed.
    #[serde(default, deserialize_with = "filled")]
    pub error_message: Option<String>,
    /// Asked for.
    #[serde(default, deserialize_with = "filled")]
    pub requested: Option<WireDate>,
    /// Ended.
    #[serde(default, deserialize_with = "filled")]
    pub completed: Option<WireDate>,
    /// 0 to 100: shown, never computed with.
    #[serde(default)]
    pub progress: Option<u32>,
    /// Ended *well*.
    #[serde(default, deserialize_with = "or_default")]
    pub is_completed: bool,
    /// Ended, not well.
    #[serde(default, deserialize_with = "or_default")]
    pub is_errored: bool,
}

impl PullOperation {
    /// It will not change any more: a terminal status, or either flag.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.status.is_terminal() || self.is_completed || self.is_errored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c19_a_type_never_synced_has_no_status() {
        let status: DataStatus = serde_json::from_str(r#"{"dataType":"banking-accounts"}"#).expect("status");
        assert_eq!((status.current_status, status.last_successful_sync), (None, None));
    }

    #[test]
    fn c20_over_is_a_terminal_word_or_a_flag_and_an_unknown_word_is_running() {
        let read = |rest: &str| -> PullOperation {
            let json = format!(r#"{{"id":"d","companyId":"c","connectionId":"k","dataType":"banking-accounts",{rest}}}"#);
            serde_json::from_str(&json).expect("dataset")
        };
        assert!(read(r#""status":"Complete","isCompleted":true,"isErrored":false,"progress":100"#).is_over());
        assert!(read(r#""status":"NotSupported","isCompleted":false,"isErrored":false"#).is_over());
        assert!(read(r#""status":"Brewing","isErrored":true"#).is_over(), "a flag counts, whatever the word");
        assert!(!read(r#""status":"Brewing","isCompleted":null,"progress":10"#).is_over());
        assert!(!read(r#""status":"Initial","progress":10"#).is_over(), "progress says nothing");
    }
}
