//! A sandbox over HTTP, and one person's computer with a profile on it.

use crate::fairlead::Fairlead;
use sandbox::{Options, Sandbox};
use serde_json::Value;

/// The two, and the sandbox's control API.
pub struct World {
    /// Codat's stand-in.
    pub sandbox: Sandbox,
    /// The computer; its profile is named `test`.
    pub fairlead: Fairlead,
    /// For the control API.
    pub http: reqwest::Client,
}

impl World {
    /// A fresh one.
    ///
    /// # Panics
    /// When the sandbox does not start or the profile cannot be added.
    pub async fn new(options: Options) -> Self {
        let sandbox = Sandbox::start(options).await.expect("the sandbox starts");
        let (base, key) = (sandbox.base_url().to_owned(), sandbox.api_key().to_owned());
        let fairlead = tokio::task::spawn_blocking(move || Fairlead::with_profile(&base, &key)).await.expect("a profile");
        Self { sandbox, fairlead, http: reqwest::Client::new() }
    }

    /// Asks the control API.
    ///
    /// # Panics
    /// When it does not answer with JSON.
    pub async fn control(&self, what: &str) -> Value {
        self.http.get(format!("{}/{what}", self.sandbox.control_url())).send().await.expect("control").json().await.expect("json")
    }
}
