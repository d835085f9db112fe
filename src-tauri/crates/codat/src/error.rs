//! What can become of a request, in the terms that decide what to do next.

use crate::rate::RateInfo;
use reqwest::StatusCode;
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
    /// The client could not be built or the address makes no sense.
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
    AlreadyInProgress(Option<String>),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    #[serde(alias = "Error", alias = "message")]
    error: Option<String>,
    #[serde(alias = "CorrelationId")]
    #[serde(rename = "correlationId")]
    correlation_id: Option<String>,
    service: Option<String>,
}

impl Refusal {
    /// Reads a refusal; a body that is no JSON is simply not read.
    #[must_use]
    pub fn read(status: StatusCode, body: &[u8], rate: RateInfo) -> Self {
        let body: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
        let message = body.error.unwrap_or_else(|| status.canonical_reason().unwrap_or("no reason given").to_owned());
        Self { absence: absence(status, &message), status, message, correlation_id: body.correlation_id, service: body.service, rate }
    }
}

/// The one place where Codat's wording is looked at: it gives these cases no code of their own.
fn absence(status: StatusCode, message: &str) -> Option<Absence> {
    let text = message.to_ascii_lowercase();
    if text.contains("datasetalreadyinprogress") || text.contains("still in progress") {
        return Some(Absence::AlreadyInProgress(running_dataset(message)));
    }
    match status {
        StatusCode::NOT_FOUND if text.contains("no data available") => Some(Absence::NoData),
        StatusCode::NOT_FOUND if text.contains("not supported") => Some(Absence::NotSupported),
        StatusCode::NOT_FOUND => Some(Absence::Gone),
        StatusCode::CONFLICT => Some(Absence::NotYet),
        _ => None,
    }
}

fn running_dataset(message: &str) -> Option<String> {
    let after = message.split("previous sync ").nth(1)?;
    after.split_whitespace().next().map(|id| id.trim_matches(['{', '}', '.']).to_owned()).filter(|id| !id.is_empty())
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
    }

    #[test]
    fn c21_a_running_dataset_is_named_whatever_the_status() {
        let text =
            "DatasetAlreadyInProgressException: Cannot queue banking-accounts sync for c1 as previous sync d-77 is still in progress";
        for status in [400, 409] {
            assert_eq!(read(status, text).absence, Some(Absence::AlreadyInProgress(Some("d-77".into()))));
        }
    }

    #[test]
    fn a_body_that_is_no_json_costs_nothing_but_its_words() {
        let refusal = Refusal::read(StatusCode::BAD_GATEWAY, b"<html>", RateInfo::default());
        assert_eq!((refusal.message.as_str(), refusal.correlation_id), ("Bad Gateway", None));
    }
}
