//! The control of the demo's own sandbox, over HTTP: what the training course turns. Nothing else of the engine knows of it.

use crate::error::{Error, Result};
use serde_json::Value;
use std::time::Duration;

/// The control of one sandbox.
#[derive(Debug)]
pub(crate) struct Control {
    base: String,
    http: reqwest::Client,
}

impl Control {
    /// The control of a sandbox on this computer.
    pub(crate) fn at(base: &str) -> Result<Self> {
        let http =
            reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(30)).build();
        Ok(Self { base: base.to_owned(), http: http.map_err(|error| Error::Internal(error.to_string()))? })
    }

    /// Turns something.
    pub(crate) async fn turn(&self, what: &str, to: &Value) -> Result<()> {
        let answer = self.http.post(format!("{}/control/{what}", self.base)).json(to).send().await.map_err(|_| gone())?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(Error::Internal(format!("the demo\u{2019}s sandbox answered {} to {what}", answer.status().as_u16())))
    }

    /// Looks at something.
    pub(crate) async fn look(&self, what: &str) -> Result<Value> {
        let answer = self.http.get(format!("{}/control/{what}", self.base)).send().await.map_err(|_| gone())?;
        answer.json().await.map_err(|_| gone())
    }

    /// Opens a link as a customer does who then closes the page.
    pub(crate) async fn open(&self, link: &str) -> Result<()> {
        // The error's own text would hold the link.
        self.http.get(link).send().await.map(drop).map_err(|_| gone())
    }
}

fn gone() -> Error {
    Error::Internal("the demo\u{2019}s sandbox did not answer".to_owned())
}
