//! What the measurements in the real window share: a local Codat as a process, the command line on a desktop, and what lies in the middle of many figures.

use crate::desktop::Desktop;
use crate::fairlead::binary;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

/// A sandbox as a process of its own. It ends with this.
pub struct Sandbox {
    child: Child,
    place: Value,
}

impl Sandbox {
    /// Starts one of this size, given as `fairlead sandbox` takes it.
    ///
    /// # Panics
    /// When it does not start, or does not say where it is.
    #[must_use]
    pub fn start(size: &[&str]) -> Self {
        let mut command = Command::new(binary("fairlead"));
        command.args(["sandbox", "--seed", "1"]).args(size);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the sandbox starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout is piped")).read_line(&mut line).expect("its first line");
        Self { child, place: serde_json::from_str(&line).expect("where it is") }
    }

    /// From now on it sets no limit: how one is kept is not what is measured.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn lift_limits(&self) {
        self.turn("switches", &json!({ "requestsAMinute": null, "dailyQuota": 100_000_000 })).await;
    }

    /// Turns something of it by its control API.
    ///
    /// # Panics
    /// When it does not do as told.
    pub async fn turn(&self, what: &str, told: &Value) {
        let turned = http().post(format!("{}/{what}", self.told("controlUrl"))).json(told).send().await.expect("the sandbox answers");
        assert!(turned.status().is_success(), "{what} is turned");
    }

    /// Adds a profile on it to a desktop that has none.
    pub fn add_profile(&self, desktop: &Desktop) {
        let address = ["--key-stdin", "--sandbox-url", self.told("baseUrl")];
        fairlead(desktop, &[&["profile", "add", "Measured"], &address[..]].concat(), self.told("apiKey"));
    }

    /// Asks its control API.
    ///
    /// # Panics
    /// When it does not answer with JSON.
    pub async fn control(&self, what: &str) -> Value {
        http().get(format!("{}/{what}", self.told("controlUrl"))).send().await.expect("control").json().await.expect("json")
    }

    /// The key that it takes.
    #[must_use]
    pub fn api_key(&self) -> &str {
        self.told("apiKey")
    }

    fn told(&self, name: &str) -> &str {
        self.place[name].as_str().unwrap_or_default()
    }
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the command line on a desktop, with this on standard input, and gives the document it prints.
///
/// # Panics
/// When it fails or prints none.
pub fn fairlead(desktop: &Desktop, args: &[&str], typed: &str) -> Value {
    let mut command = desktop.command(&binary("fairlead").display().to_string());
    command.args(args).args(["--json", "--home"]).arg(desktop.data()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("fairlead starts");
    child.stdin.take().expect("stdin is piped").write_all(typed.as_bytes()).expect("typed");
    let output = child.wait_with_output().expect("its end");
    assert!(output.status.success(), "fairlead {args:?}: {}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).expect("one document")
}

/// The figure below which so many of a hundred lie.
#[must_use]
pub fn percentile(figures: &[f64], percent: usize) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
