//! A program under strace: killed, or refused, at its n-th call of a kind.
//!
//! Only the calls that are looked at stop the program. Nearly all that it makes are the cipher locking its memory, tens of thousands a start.

use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

/// strace, told so, over the program that is added with its arguments.
#[must_use]
pub fn strace(told: &[String]) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "--seccomp-bpf", "-qq"]).args(told);
    strace
}

/// What strace has to be told so that `killed_when_held` finds the program at its n-th call of this kind. strace's own kill does not come where
/// only some calls stop a program.
#[must_use]
pub fn held_at(call: &str, number: usize) -> [String; 4] {
    // Longer than anybody waits.
    const MICROSECONDS: u64 = 3_600_000_000;
    ["-e".into(), format!("trace={call}"), "-e".into(), format!("inject={call}:delay_enter={MICROSECONDS}:when={number}")]
}

/// Runs it, and kills it where it is held: before the call is carried out. Tells whether it came so far.
///
/// # Panics
/// When strace is not installed.
#[must_use]
pub fn killed_when_held(strace: &mut Command, call: &str, number: usize) -> bool {
    let strace = strace.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = strace.spawn().expect("strace is installed");
    let mut says = running.stderr.take().expect("stderr is piped");
    let (mut said, mut piece, entered) = (vec![], [0; 4096], format!("{call}("));
    let is_held = loop {
        match says.read(&mut piece) {
            Ok(0) | Err(_) => break false,
            Ok(length) => said.extend_from_slice(&piece[..length]),
        }
        if String::from_utf8_lossy(&said).matches(&entered).count() >= number {
            break true;
        }
    };
    if is_held {
        let group = format!("-{}", running.id());
        assert!(Command::new("kill").args(["-KILL", "--", &group]).status().expect("kill").success(), "the program is killed");
    }
    // Its standard output ends when the last of it is gone.
    let _ = running.wait_with_output();
    is_held
}
