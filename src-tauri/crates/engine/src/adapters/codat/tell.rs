//! Codat's objects in the store's words.

use codat::model::{Company, Connection, Integration, PullOperation};
use codat::wire::WireDate;
use domain::company_name::searchable;
use store::{BankEntry, CompanyEntry, ConnectionEntry, DatasetEntry};

/// The tag that carries the team's own reference.
pub(super) const REFERENCE: &str = "reference";

pub(super) fn bank(told: &Integration) -> BankEntry {
    BankEntry {
        key: told.key.as_str().to_owned(),
        name: told.name.clone(),
        logo_url: told.logo_url.clone(),
        enabled: told.enabled,
        source_id: told.source_id.as_ref().map(|id| id.as_str().to_owned()),
        integration_id: told.integration_id.as_ref().map(|id| id.as_str().to_owned()),
        source_type: told.source_type.as_ref().map(|kind| kind.as_str().to_owned()),
        provider: told.data_provided_by.clone(),
    }
}

pub(super) fn company(told: &Company) -> (CompanyEntry, Vec<ConnectionEntry>) {
    let reference = told.tags.get(REFERENCE).filter(|text| !text.is_empty()).cloned();
    let company = CompanyEntry {
        id: told.id.as_str().to_owned(),
        name: told.name.clone(),
        folded: searchable(&told.name, reference.as_deref()),
        reference,
        description: told.description.clone(),
        created: told.created.as_ref().and_then(millis),
        last_sync: told.last_sync.as_ref().and_then(millis),
    };
    (company, told.data_connections.iter().map(|each| connection(told.id.as_str(), each)).collect())
}

pub(super) fn connection(company: &str, told: &Connection) -> ConnectionEntry {
    let active = told.data_connection_errors.iter().filter(|error| error.is_active());
    let problem = active.max_by_key(|error| error.errored_on_utc.as_ref().and_then(millis));
    ConnectionEntry {
        id: told.id.as_str().to_owned(),
        company: company.to_owned(),
        bank_key: told.integration_key.as_ref().map(|key| key.as_str().to_owned()),
        bank_name: told.platform_name.clone().unwrap_or_default(),
        source_id: told.source_id.as_ref().map(|id| id.as_str().to_owned()),
        integration_id: told.integration_id.as_ref().map(|id| id.as_str().to_owned()),
        status: told.status.as_str().to_owned(),
        created: told.created.as_ref().and_then(millis),
        last_sync: told.last_sync.as_ref().and_then(millis),
        linked_at: None,
        ends_at: None,
        queued_at: None,
        problem_code: problem.map(|error| error.status_code.clone()).filter(|code| !code.is_empty()),
        problem_text: problem.and_then(|error| error.error_message.clone().or_else(|| error.status_text.clone())),
        problem_at: problem.and_then(|error| error.errored_on_utc.as_ref().and_then(millis)),
    }
}

pub(super) fn dataset(told: &PullOperation) -> DatasetEntry {
    // Either flag ends a read, whatever its word; the store knows words only.
    let status = match (told.status.is_terminal(), told.is_completed, told.is_errored) {
        (false, true, _) => "Complete".to_owned(),
        (false, false, true) => "InternalError".to_owned(),
        _ => told.status.as_str().to_owned(),
    };
    DatasetEntry {
        id: told.id.as_str().to_owned(),
        company: told.company_id.as_str().to_owned(),
        connection: told.connection_id.as_str().to_owned(),
        data_type: told.data_type.clone(),
        status,
        progress: told.progress,
        requested: told.requested.as_ref().and_then(millis),
        completed: told.completed.as_ref().and_then(millis),
        error: told.error_message.clone().or_else(|| told.status_description.clone()),
        stages: vec![],
    }
}

/// UTC milliseconds of one of Codat's own stamps; unzoned ones are read as UTC, for ordering only.
pub(super) fn millis(date: &WireDate) -> Option<i64> {
    domain::date::WireDate::new(date.as_str()).instant_or_utc().map(jiff::Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company_of(json: &str) -> Company {
        serde_json::from_str(json).expect(json)
    }

    #[test]
    fn a_company_is_found_by_its_reference_and_its_newest_active_error_is_the_problem() {
        let (entry, connections) = company(&company_of(
            r#"{"id":"c","name":"Bakery Ltd","tags":{"reference":"R-7","onboard_ref":"x"},"created":"2026-01-01T00:00:00","dataConnections":[
            {"id":"k","status":"pendingauth","platformName":"Demo","integrationKey":"demo","dataConnectionErrors":[
              {"statusCode":"500","errorMessage":"old","erroredOnUtc":"2026-01-01T00:00:00Z","status":"Active"},
              {"statusCode":"403","errorMessage":"","statusText":"User cancelled linking","erroredOnUtc":"2026-01-02T00:00:00Z","status":null},
              {"statusCode":"401","errorMessage":"over","erroredOnUtc":"2026-01-03T00:00:00Z","status":"Resolved"}]}]}"#,
        ));
        assert_eq!((entry.reference.as_deref(), entry.created), (Some("R-7"), Some(1_767_225_600_000)));
        let connection = &connections[0];
        assert_eq!(
            (connection.company.as_str(), connection.status.as_str(), connection.bank_key.as_deref()),
            ("c", "PendingAuth", Some("demo"))
        );
        assert_eq!((connection.problem_code.as_deref(), connection.problem_text.as_deref()), (Some("403"), Some("User cancelled linking")));
    }

    #[test]
    fn c20_a_flag_ends_a_read_whose_word_is_new() {
        let read = |rest: &str| -> PullOperation {
            let json = format!(r#"{{"id":"d","companyId":"c","connectionId":"k","dataType":"banking-accounts",{rest}}}"#);
            serde_json::from_str(&json).expect("dataset")
        };
        assert_eq!(dataset(&read(r#""status":"Brewing","isCompleted":true"#)).status, "Complete");
        assert_eq!(dataset(&read(r#""status":"Brewing","isErrored":true"#)).status, "InternalError");
        assert_eq!(dataset(&read(r#""status":"Brewing""#)).status, "Brewing");
        assert_eq!(dataset(&read(r#""status":"AuthError","isErrored":true"#)).status, "AuthError");
    }
}
