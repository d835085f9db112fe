//! What can become of a request, in the terms that decide what to do next.

use crate::ids::DatasetId;
use crate::rate::RateInfo;
pub use reqwest::StatusCode;
use serde::Deserialize;

/// A request that did not end with a readable, successful answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It never left: no route, name not found, connection refused, handshake not finished.
    #[error("no connection to Codat")]
    NotSent,
    /// The certificate is not trusted. Not transient: nothing was sent.
    #[error("the certificate shown for Codat is not trusted")]
    Untrusted,
    /// It left, and no whole answer came back: nobody knows whether it took effect.
    #[error("the answer was lost on the way")]
    Lost,
    /// An answer that is not Codat's: a page instead of JSON.
    #[error("something between us and Codat answered instead of it")]
    CaptivePortal,
    /// A redirect. Never followed.
    #[error("Codat's address answered with a redirect")]
    Redirect,
    /// More bytes than we accept, after decompression.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// JSON that does not fit.
    #[error("could not read {what}: {why}")]
    Unreadable {
        /// Which answer.
        what: &'static str,
        /// Where and how, without any content.
        why: String,
    },
    /// Codat refused or failed.
    #[error(transparent)]
    Refused(#[from] Box<Refusal>),
    /// The client could not be built or the address makes no sense; nothing was sent.
    #[error("this address cannot be used: {0}")]
    Address(String),
}

/// A non-2xx answer. The HTTP status decides; everything else is only shown.
#[derive(Clone, Debug, thiserror::Error)]
#[error("Codat answered {status}: {message}")]
pub struct Refusal {
    /// HTTP status.
    pub status: StatusCode,
    /// Codat's text, or the status' own name.
    pub message: String,
    /// For Codat's support.
    pub correlation_id: Option<String>,
    /// Which of Codat's services spoke.
    pub service: Option<String>,
    /// What was wrong with which item, where Codat says so.
    pub validation: Vec<String>,
    /// Whether this refusal only says that there is nothing (yet).
    pub absence: Option<Absence>,
    /// Limits as told beside it.
    pub rate: RateInfo,
}

/// Refusals that are normal outcomes of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// 404 "No data available": an empty set.
    NoData,
    /// 404 "Datatype … not supported".
    NotSupported,
    /// 404 of anything else: the thing is gone.
    Gone,
    /// 409: never synced, or still syncing.
    NotYet,
    /// A second queue while one is running; the running dataset's id when the text names it.
    AlreadyInProgress(Option<DatasetId>),
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ErrorBody {
    #[serde(alias = "message")]
    error: Option<String>,
    correlation_id: Option<String>,
    service: Option<String>,
    validation: Option<Validation>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Validation {
    errors: Option<Vec<ValidationItem>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ValidationItem {
    item_id: Option<String>,
    message: Option<String>,
}

impl Refusal {
    /// Reads a refusal; a body that is no JSON is simply not read.
    #[must_use]
    pub fn read(status: StatusCode, body: &[u8], rate: RateInfo) -> Self {
        let body = read_body(body);
        let message = body.error.filter(|text| !text.is_empty());
        let message = message.unwrap_or_else(|| status.canonical_reason().unwrap_or("no reason given").to_owned());
        let items = body.validation.and_then(|validation| validation.errors).unwrap_or_default();
        Self {
            absence: absence(status, &message),
            status,
            message,
            correlation_id: body.correlation_id.filter(|id| !id.is_empty()),
            service: body.service,
            validation: items.into_iter().filter_map(in_words).collect(),
            rate,
        }
    }
}

fn read_body(body: &[u8]) -> ErrorBody {
    let Ok(text) = std::str::from_utf8(body) else { return ErrorBody::default() };
    let read = |text: &str| serde_json::from_str::<ErrorBody>(text).ok();
    let plain = read(text).filter(|body| body.error.is_some() || body.correlation_id.is_some());
    plain.or_else(|| read(&crate::wire::small_members(text))).unwrap_or_default()
}

fn in_words(item: ValidationItem) -> Option<String> {
    match (item.item_id, item.message?) {
        (Some(item), message) if !item.is_empty() => Some(format!("{item}: {message}")),
        (_, message) => Some(message),
    }
}

/// The one place where Codat's wording is looked at: it gives these cases no code of their own.
fn absence(status: StatusCode, message: &str) -> Option<Absence> {
    let text = message.to_ascii_lowercase();
    if status.is_client_error() && (text.contains("datasetalreadyinprogress") || text.contains("still in progress")) {
        return Some(Absence::AlreadyInProgress(running_dataset(message)));
    }
    match status {
        StatusCode::NOT_FOUND if text.contains("no data available") => Some(Absence::NoData),
        StatusCode::NOT_FOUND if text.contains("datatype") && text.contains("not supported") => Some(Absence::NotSupported),
        StatusCode::NOT_FOUND => Some(Absence::Gone),
        StatusCode::CONFLICT => Some(Absence::NotYet),
        _ => None,
    }
}

fn running_dataset(message: &str) -> Option<DatasetId> {
    let after = message.split("previous sync ").nth(1)?;
    let id = after.split_whitespace().next()?.trim_matches(['{', '}', '.', '\'', '"']);
    if id.is_empty() { None } else { Some(DatasetId::from(id)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, error: &str) -> Refusal {
        let body = serde_json::json!({ "statusCode": 500, "error": error, "correlationId": "ab12", "canBeRetried": "Unknown" });
        Refusal::read(StatusCode::from_u16(status).expect("status"), body.to_string().as_bytes(), RateInfo::default())
    }

    #[test]
    fn c4_the_http_status_wins_over_the_bodys() {
        let refusal = read(402, "The company limit is reached");
        assert_eq!((refusal.status.as_u16(), refusal.correlation_id.as_deref()), (402, Some("ab12")));
    }

    #[test]
    fn c32_absence_is_told_apart_from_failure() {
        assert_eq!(read(404, "No data available for banking-accounts").absence, Some(Absence::NoData));
        assert_eq!(read(404, "Datatype [x] not supported by platform(s) [y]").absence, Some(Absence::NotSupported));
        assert_eq!(read(404, "No company was found with ID 1").absence, Some(Absence::Gone));
        assert_eq!(read(409, "The data set has not been requested.").absence, Some(Absence::NotYet));
        assert_eq!(read(500, "oops").absence, None);
        assert_eq!(read(400, "Datatype 'bankAccounts' not supported by platform 7").absence, None, "a 400 is our mistake, not an absence");
    }

    #[test]
    fn c21_a_running_dataset_is_named_whatever_the_status() {
        let text =
            "DatasetAlreadyInProgressException: Cannot queue banking-accounts sync for c1 as previous sync d-77 is still in progress";
        for status in [400, 409] {
            assert_eq!(read(status, text).absence, Some(Absence::AlreadyInProgress(Some("d-77".into()))));
        }
        assert_eq!(read(400, "DatasetAlreadyInProgressException").absence, Some(Absence::AlreadyInProgress(None)));
    }

    #[test]
    fn a_body_that_is_no_json_costs_nothing_but_its_words() {
        for body in [b"<html>".as_slice(), b"", b"[]", b"{\"error\":7}", b"\xff\xfe"] {
            let refusal = Refusal::read(StatusCode::BAD_GATEWAY, body, RateInfo::default());
            assert_eq!((refusal.message.as_str(), refusal.correlation_id), ("Bad Gateway", None));
        }
    }

    #[test]
    fn validation_is_read_whole_partial_null_or_capital() {
        let body = br#"{"Error":"Bad","CorrelationId":"c","Validation":{"Errors":[{"ItemId":"name","Message":"too long"},{"message":"odd"},{}],"warnings":null}}"#;
        let refusal = Refusal::read(StatusCode::BAD_REQUEST, body, RateInfo::default());
        assert_eq!((refusal.message.as_str(), refusal.correlation_id.as_deref()), ("Bad", Some("c")));
        assert_eq!(refusal.validation, ["name: too long", "odd"]);
        let refusal = Refusal::read(StatusCode::BAD_REQUEST, br#"{"error":"Bad","validation":null}"#, RateInfo::default());
        assert_eq!(refusal.validation, Vec::<String>::new());
    }
}
