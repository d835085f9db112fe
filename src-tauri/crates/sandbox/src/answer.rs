//! An answer before it is bytes on a wire, and Codat's error bodies.

use crate::state::State;
use serde_json::{Value, json};

/// What the API answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
    pub(crate) location: Option<String>,
    pub(crate) retry_after: Option<String>,
    /// Seconds and address of a `Refresh` header.
    pub(crate) refresh: Option<(u32, String)>,
}

impl Answer {
    pub(crate) fn json(value: &Value) -> Self {
        Self::raw_json(200, value.to_string())
    }

    pub(crate) fn raw_json(status: u16, body: String) -> Self {
        Self {
            status,
            content_type: "application/json; charset=utf-8",
            body: body.into_bytes(),
            location: None,
            retry_after: None,
            refresh: None,
        }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::raw_json(status, String::new())
    }

    pub(crate) fn page(status: u16, html: String) -> Self {
        Self { content_type: "text/html; charset=utf-8", ..Self::raw_json(status, html) }
    }

    pub(crate) fn file(content_type: &'static str, body: Vec<u8>) -> Self {
        Self { content_type, body, ..Self::empty(200) }
    }

    pub(crate) fn redirect(to: String) -> Self {
        Self { location: Some(to), content_type: "text/html; charset=utf-8", ..Self::empty(303) }
    }
}

/// A refusal by one of Codat's services.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) service: &'static str,
    pub(crate) error: String,
}

impl Refused {
    pub(crate) fn new(status: u16, service: &'static str, error: impl Into<String>) -> Self {
        Self { status, service, error: error.into() }
    }

    pub(crate) fn api(status: u16, error: impl Into<String>) -> Self {
        Self::new(status, "PublicApi", error)
    }

    /// The body, awkward parts included: two forms of id, members sometimes missing, validation sometimes partial.
    pub(crate) fn answer(&self, state: &mut State) -> Answer {
        let (correlation, number) = state.fresh_correlation();
        let body_status = match self.status {
            402 if state.switches.body_status_mismatch => 429,
            503 if state.switches.body_status_mismatch => 500,
            // As published, always (S5).
            409 if self.error.starts_with("Maximum number of API keys") => 400,
            status => status,
        };
        let mut body = json!({ "statusCode": body_status, "service": self.service, "error": self.error, "correlationId": correlation });
        if number % 3 != 2 {
            body["canBeRetried"] = json!("Unknown");
            body["detailedErrorCode"] = json!(0);
        }
        match number % 4 {
            0 => body["validation"] = Value::Null,
            1 if self.status == 400 => body["validation"] = json!({ "errors": [{ "message": self.error }], "warnings": null }),
            _ => {}
        }
        Answer::raw_json(self.status, body.to_string())
    }
}

pub(crate) type Outcome = Result<Answer, Refused>;
