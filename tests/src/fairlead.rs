//! The `fairlead` binary as a process with a home of its own.

#[cfg(target_os = "linux")]
use crate::strace::{held_at, killed_when_held, strace};
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// One person's computer: a data folder, and a vault behind a passphrase file beside it.
pub struct Fairlead {
    folder: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub struct Answer {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output as text.
    pub stdout: String,
    /// Standard error as text.
    pub stderr: String,
}

impl Answer {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// The one JSON document on standard output.
    ///
    /// # Panics
    /// When there is none, with all that was printed.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("stdout is not one JSON document ({error}): {self:?}"))
    }
}

impl Fairlead {
    /// What its vault is sealed with.
    pub const PASSPHRASE: &str = "correct horse battery staple";

    /// A fresh home.
    ///
    /// # Panics
    /// When the machine has no room for a temporary folder.
    #[must_use]
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        std::fs::write(folder.path().join("passphrase"), format!("{}\n", Self::PASSPHRASE)).expect("writing the passphrase file");
        Self { folder }
    }

    /// A fresh home with a profile `test` on the sandbox at `base_url`.
    ///
    /// # Panics
    /// When the profile cannot be added.
    #[must_use]
    pub fn with_profile(base_url: &str, api_key: &str) -> Self {
        let fairlead = Self::new();
        let answer = fairlead.run_with_input(&["profile", "add", "test", "--key-stdin", "--sandbox-url", base_url], api_key);
        assert_eq!(answer.code, 0, "the sandbox's key is good, so the profile is added: {answer:?}");
        fairlead
    }

    /// The data folder.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The file that holds what its vault is sealed with.
    #[must_use]
    pub fn passphrase(&self) -> PathBuf {
        self.folder.path().join("passphrase")
    }

    /// Runs a command to its end, with `--json`.
    #[must_use]
    pub fn run(&self, args: &[&str]) -> Answer {
        self.run_with_input(args, "")
    }

    /// Runs a command to its end, with `--json` and this on standard input.
    ///
    /// # Panics
    /// When the process cannot be started.
    #[must_use]
    pub fn run_with_input(&self, args: &[&str], input: &str) -> Answer {
        let mut child = self.start(args);
        child.stdin.take().expect("stdin is piped").write_all(input.as_bytes()).expect("writing to the process");
        Answer::of(&child.wait_with_output().expect("waiting for the process"))
    }

    /// Starts a command and leaves it running.
    ///
    /// # Panics
    /// When the process cannot be started.
    #[must_use]
    pub fn start(&self, args: &[&str]) -> Child {
        self.start_logging(args, "off")
    }

    /// The same, logging to standard error from this level on.
    ///
    /// # Panics
    /// When the process cannot be started.
    #[must_use]
    pub fn start_logging(&self, args: &[&str], level: &str) -> Child {
        let mut command = Command::new(binary("fairlead"));
        self.at_home(&mut command, args).env("FAIRLEAD_LOG", level);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starting fairlead")
    }

    /// Runs a command to its end while, after so many writes to files of the data folder, there is no room any more. What was called goes into `calls`.
    ///
    /// # Panics
    /// When the process cannot be started.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn run_on_a_disk_that_fills_up(&self, args: &[&str], writes: u32, calls: &Path) -> Answer {
        self.run_traced(args, &["trace=pwrite64", &format!("inject=pwrite64:error=ENOSPC:when={}+", writes + 1)], calls)
    }

    /// Runs a command to its end under strace, which notes these calls in `calls` and does with them what it is told.
    ///
    /// # Panics
    /// When the process cannot be started.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn run_traced(&self, args: &[&str], told: &[&str], calls: &Path) -> Answer {
        let mut traced = strace(&["-y".into(), "-o".into(), calls.display().to_string()]);
        traced.args(told.iter().flat_map(|told| ["-e", told])).arg(binary("fairlead"));
        Answer::of(&self.at_home(&mut traced, args).stdin(Stdio::null()).output().expect("starting strace"))
    }

    /// Runs a command until it makes this call for the n-th time, and kills it there. Tells whether it came so far.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn killed_at(&self, args: &[&str], call: &str, number: usize) -> bool {
        let mut traced = strace(&held_at(call, number));
        traced.arg(binary("fairlead"));
        killed_when_held(self.at_home(&mut traced, args), call, number)
    }

    fn at_home<'c>(&self, command: &'c mut Command, args: &[&str]) -> &'c mut Command {
        let vault = format!("passphrase-file={}", self.passphrase().display());
        command.args(args).args(["--json", "--vault", &vault, "--home"]).arg(self.home())
    }
}

impl Default for Fairlead {
    fn default() -> Self {
        Self::new()
    }
}

/// A binary of this workspace, from the folder that this test was built into.
///
/// # Panics
/// When it was not built.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    let me = std::env::current_exe().expect("the running test has a path");
    let found = me.ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{name} is not built: cargo build --workspace (looked beside {})", Path::new(&me).display()))
}
