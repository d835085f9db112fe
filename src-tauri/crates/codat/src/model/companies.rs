//! Sources, companies, and the connections between them.

use crate::ids::{CompanyId, ConnectionId, IntegrationId, PlatformKey, SourceId};
use crate::wire::{WireDate, filled, or_default, word};
use crate::words::{ConnectionStatus, ErrorState, SourceType};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A source that can be connected: with TrueLayer one a bank, with Plaid one in all.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    /// Platform key.
    pub key: PlatformKey,
    /// Name.
    pub name: String,
    /// An empty text is none.
    #[serde(default, deserialize_with = "filled")]
    pub logo_url: Option<String>,
    /// Switched on in the Portal.
    #[serde(default, deserialize_with = "or_default")]
    pub enabled: bool,
    /// Source.
    #[serde(default, deserialize_with = "filled")]
    pub source_id: Option<SourceId>,
    /// Provider.
    #[serde(default, deserialize_with = "filled")]
    pub integration_id: Option<IntegrationId>,
    /// What kind of thing it is.
    #[serde(default, deserialize_with = "filled")]
    pub source_type: Option<SourceType>,
    /// Who provides the data.
    #[serde(default, deserialize_with = "filled")]
    pub data_provided_by: Option<String>,
    /// Not final.
    #[serde(default, deserialize_with = "or_default")]
    pub is_beta: bool,
    /// What can be done with which data type.
    #[serde(default, deserialize_with = "or_default")]
    pub datatype_features: Vec<DataTypeFeature>,
}

/// What a source can do with a data type.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "DataTypeFeatureOnTheWire")]
pub struct DataTypeFeature {
    /// Data type.
    pub data_type: String,
    /// Features.
    pub supported_features: Vec<SupportedFeature>,
}

/// The wire spells `datatype`, the reference also `dataType`; nothing forbids both.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DataTypeFeatureOnTheWire {
    #[serde(default, rename = "datatype")]
    small: Option<String>,
    #[serde(default, rename = "dataType")]
    camel: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    supported_features: Vec<SupportedFeature>,
}

impl From<DataTypeFeatureOnTheWire> for DataTypeFeature {
    fn from(wire: DataTypeFeatureOnTheWire) -> Self {
        Self { data_type: wire.small.or(wire.camel).unwrap_or_default(), supported_features: wire.supported_features }
    }
}

/// A feature and how far it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SupportedFeature {
    /// `Get`, `Post` …, an open set.
    pub feature_type: String,
    /// `Release`, `NotSupported` …, an open set.
    pub feature_state: String,
}

/// A company.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Company {
    /// Id.
    pub id: CompanyId,
    /// Name as stored, which may differ from the name as sent.
    pub name: String,
    /// Company link, possibly one-time: opaque, never kept.
    #[serde(default, deserialize_with = "filled")]
    pub redirect: Option<String>,
    /// Description.
    #[serde(default, deserialize_with = "filled")]
    pub description: Option<String>,
    /// Platform of old answers; today an empty text.
    #[serde(default, deserialize_with = "filled")]
    pub platform: Option<PlatformKey>,
    /// Status of old answers.
    #[serde(default, deserialize_with = "filled")]
    pub status: Option<ConnectionStatus>,
    /// Last sync.
    #[serde(default, deserialize_with = "filled")]
    pub last_sync: Option<WireDate>,
    /// Made.
    #[serde(default, deserialize_with = "filled")]
    pub created: Option<WireDate>,
    /// Who made it.
    #[serde(default, deserialize_with = "filled")]
    pub created_by_user_name: Option<String>,
    /// Products.
    #[serde(default, deserialize_with = "or_default")]
    pub products: Vec<String>,
    /// Tags.
    #[serde(default, deserialize_with = "or_default")]
    pub tags: BTreeMap<String, String>,
    /// All its connections. One that cannot be read fails its company's record: a missing one would look deleted.
    #[serde(default, deserialize_with = "or_default")]
    pub data_connections: Vec<Connection>,
}

/// A connection of a company to a source.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// Id.
    pub id: ConnectionId,
    /// Provider.
    #[serde(default, deserialize_with = "filled")]
    pub integration_id: Option<IntegrationId>,
    /// Platform key, when sent.
    #[serde(default, deserialize_with = "filled")]
    pub integration_key: Option<PlatformKey>,
    /// Source.
    #[serde(default, deserialize_with = "filled")]
    pub source_id: Option<SourceId>,
    /// Kind of source.
    #[serde(default, deserialize_with = "filled")]
    pub source_type: Option<SourceType>,
    /// Name of the source.
    #[serde(default, deserialize_with = "filled")]
    pub platform_name: Option<String>,
    /// Link, possibly one-time: opaque, never kept.
    #[serde(default, deserialize_with = "filled")]
    pub link_url: Option<String>,
    /// Where it stands.
    pub status: ConnectionStatus,
    /// Last sync.
    #[serde(default, deserialize_with = "filled")]
    pub last_sync: Option<WireDate>,
    /// Made.
    #[serde(default, deserialize_with = "filled")]
    pub created: Option<WireDate>,
    /// Errors, newest first as a rule.
    #[serde(default, deserialize_with = "or_default")]
    pub data_connection_errors: Vec<ConnectionError>,
}

/// An error that Codat holds for a connection.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnectionError {
    /// A text, not a number; old answers sent a number.
    #[serde(deserialize_with = "word")]
    pub status_code: String,
    /// Provider's words.
    #[serde(deserialize_with = "filled")]
    pub status_text: Option<String>,
    /// Codat's words.
    #[serde(deserialize_with = "filled")]
    pub error_message: Option<String>,
    /// When.
    #[serde(deserialize_with = "filled")]
    pub errored_on_utc: Option<WireDate>,
    /// Whether it still stands.
    #[serde(deserialize_with = "filled")]
    pub status: Option<ErrorState>,
    /// Since when it does not.
    #[serde(deserialize_with = "filled")]
    pub resolved_on_utc: Option<WireDate>,
}

impl ConnectionError {
    /// It was not said to be resolved.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status != Some(ErrorState::Resolved) && self.resolved_on_utc.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: serde::de::DeserializeOwned>(json: &str) -> T {
        serde_json::from_str(json).expect(json)
    }

    #[test]
    fn an_integration_of_today_is_read_with_either_spelling_of_its_features() {
        let integration: Integration = read(
            r#"{"key":"natwest_business_uk","logoUrl":"","name":"NatWest Business","enabled":true,"sourceId":"not-a-guid","integrationId":"7c5",
            "sourceType":"Banking","isOfflineConnector":false,"isBeta":null,"dataProvidedBy":"TrueLayer","linkedConnectionsCount":3,
            "datatypeFeatures":[{"datatype":"banking-accounts","supportedFeatures":[{"featureType":"Get","featureState":"Release"}]},
            {"dataType":"banking-transactions","supportedFeatures":null}]}"#,
        );
        assert_eq!(
            (integration.key.as_str(), integration.logo_url, integration.source_type),
            ("natwest_business_uk", None, Some(SourceType::Banking))
        );
        let types: Vec<_> = integration.datatype_features.iter().map(|feature| feature.data_type.as_str()).collect();
        assert_eq!(types, ["banking-accounts", "banking-transactions"]);
        assert_eq!(integration.datatype_features[0].supported_features[0].feature_state, "Release");
    }

    #[test]
    fn a_company_of_today_is_read_with_what_it_will_grow() {
        let company: Company = read(
            r#"{"id":"c1","name":"Bakery Ltd","platform":"","redirect":"https://link.codat.io/company/c1?link.otp=123456","description":null,
            "created":"2026-03-01T10:00:00.1234567Z","createdByUserName":null,"products":["bank"],"tags":{"reference":"R-1"},"ownerUserIds":["u"],
            "referenceParentCompany":null,"referenceSubsidiaryCompanies":[],"dataConnections":[{"id":"k1","integrationId":"i","integrationKey":"demo",
            "sourceId":"s","sourceType":"Banking","platformName":"Demo Bank","linkUrl":"https://link-api.codat.io/companies/c1/connections/k1/start",
            "status":"Linked","lastSync":null,"created":"2026-03-01T10:00:01Z","dataConnectionErrors":[],"connectionInfo":{"n":1,"m":null}}]}"#,
        );
        assert_eq!((company.platform, company.last_sync, company.tags["reference"].as_str()), (None, None, "R-1"));
        assert_eq!(company.created.expect("created").as_str(), "2026-03-01T10:00:00.1234567Z", "all seven digits are kept");
        let connection = &company.data_connections[0];
        assert_eq!((&connection.status, connection.platform_name.as_deref()), (&ConnectionStatus::Linked, Some("Demo Bank")));
    }

    #[test]
    fn c41_a_company_of_2020_is_read() {
        let company: Company = read(
            r#"{"id":"c","name":"Old Ltd","platform":"gbol","redirect":"https://link.codat.io/x","status":"pendingAuth",
            "dataConnections":[{"id":"k","status":"pendingAuth","linkUrl":"https://link.codat.io/y","dataConnectionErrors":null}]}"#,
        );
        assert_eq!((company.platform, company.status), (Some(PlatformKey::from("gbol")), Some(ConnectionStatus::PendingAuth)));
        assert_eq!(company.data_connections[0].status, ConnectionStatus::PendingAuth);
    }

    #[test]
    fn c16_a_connection_with_a_new_status_and_odd_errors_is_read() {
        let connection: Connection = read(
            r#"{"id":"k","status":"Dormant","dataConnectionErrors":[{"statusCode":403,"status":null},
            {"statusCode":"501","statusText":"","status":"Resolved","resolvedOnUtc":"2026-01-01T00:00:00Z"},{}]}"#,
        );
        let errors: Vec<_> =
            connection.data_connection_errors.iter().map(|error| (error.status_code.as_str(), error.is_active())).collect();
        assert_eq!(connection.status.as_str(), "Dormant");
        assert_eq!(errors, [("403", true), ("501", false), ("", true)]);
    }
}
