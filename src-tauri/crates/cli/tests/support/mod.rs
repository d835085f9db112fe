//! `fairlead` as a process with a home of its own, against a sandbox in this process.

use sandbox::{Options, Sandbox};
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

pub const BANK: &str = "demobank_truelayer";

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// The one document on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not one JSON document ({error}): {self:?}"))
    }

    /// The document of a command that ended with this code.
    pub fn with(self, code: i32) -> Value {
        assert_eq!(self.code, Some(code), "{self:?}");
        self.json()
    }
}

pub struct World {
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
    folder: tempfile::TempDir,
}

impl World {
    /// A sandbox, and a home with the profile `test` on it.
    pub async fn new(options: Options) -> Self {
        let world = Self::empty(options).await;
        let add = ["profile", "add", "test", "--key-stdin", "--sandbox-url", world.sandbox.base_url()];
        let added = world.run_with(&add, world.sandbox.api_key()).await;
        assert_eq!(added.with(0)["environment"], "sandbox");
        world
    }

    /// A sandbox, and a home with nothing in it.
    pub async fn empty(options: Options) -> Self {
        let redirect =
            "http://127.0.0.1:47811/return?state={state}&companyId={companyId}&connectionId={connectionId}&statuscode={statusCode}";
        let options = Options { redirect_url: Some(redirect.into()), speed: 20, ..options };
        let sandbox = Sandbox::start(options).await.expect("the sandbox starts");
        let folder = tempfile::tempdir().expect("a folder");
        write_private(&folder.path().join("passphrase"), "correct horse battery staple\n");
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().expect("client");
        Self { sandbox, http, folder }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn home(&self) -> PathBuf {
        self.folder().join("home")
    }

    pub fn vault(&self) -> String {
        format!("passphrase-file={}", self.folder().join("passphrase").display())
    }

    /// Starts a command with `--json` and leaves it running.
    pub fn start(&self, args: &[&str]) -> Child {
        fairlead(args).args(["--json", "--vault", &self.vault(), "--home"]).arg(self.home()).spawn().expect("starting fairlead")
    }

    pub async fn run(&self, args: &[&str]) -> Ended {
        self.run_with(args, "").await
    }

    pub async fn run_with(&self, args: &[&str], input: &str) -> Ended {
        end(self.start(args), input).await
    }

    pub async fn control(&self, what: &str) -> Value {
        self.http.get(format!("{}/{what}", self.sandbox.control_url())).send().await.expect("control").json().await.expect("json")
    }

    pub async fn turn(&self, what: &str, body: Value) {
        let answer = self.http.post(format!("{}/{what}", self.sandbox.control_url())).json(&body).send().await.expect("control");
        assert!(answer.status().is_success(), "{what}: {}", answer.text().await.unwrap_or_default());
    }

    /// Companies and connections at the sandbox.
    pub async fn made(&self) -> (u64, u64) {
        let state = self.control("state").await;
        (state["companies"].as_u64().expect("count"), state["connections"].as_u64().expect("count"))
    }

    /// What a customer's browser does with a link; the address that it is sent back to.
    pub async fn customer(&self, link: &str, decision: &str) -> String {
        let to = |answer: &reqwest::Response| answer.headers()["location"].to_str().expect("text").to_owned();
        let visit = format!("{}{}", self.sandbox.base_url(), to(&self.http.get(link).send().await.expect("the link")));
        self.http.get(&visit).send().await.expect("the bank's page");
        to(&self.http.post(&visit).form(&[("decision", decision)]).send().await.expect("pressed"))
    }
}

pub fn fairlead(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairlead"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Gives the input and waits, while the sandbox in this process goes on serving.
pub async fn end(mut child: Child, input: &str) -> Ended {
    child.stdin.take().expect("stdin is piped").write_all(input.as_bytes()).expect("writing to the process");
    let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await.expect("joined").expect("waited");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

pub fn write_private(path: &Path, text: &str) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).expect("a new file").write_all(text.as_bytes()).expect("written");
}
