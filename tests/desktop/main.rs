//! The real window: web view, access list, deep links, keyring, each on a desktop of its own. Linux with Xvfb and WebKitWebDriver.
//!
//! One at a time: a machine has one fixed loopback port, and few have more than two cores.

#![cfg(target_os = "linux")]

mod borders;
mod hostile;
mod journeys;
mod lock;
mod looks;
mod notices;
mod returns;
mod secrets;
mod starts;

use std::fs::File;
use std::path::PathBuf;

/// Held by the one desktop that is in use, over all processes of a test run.
struct Turn {
    _file: File,
}

/// Waits for the turn of this test.
fn my_turn() -> Turn {
    let path = std::env::temp_dir().join("fairlead-desktop-tests.lock");
    let file = File::options().create(true).truncate(false).write(true).open(path).expect("a file to queue at");
    file.lock().expect("waiting for the turn");
    Turn { _file: file }
}

/// Where the pictures of a test go.
fn pictures(test: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("artifacts/desktop").join(test)
}
