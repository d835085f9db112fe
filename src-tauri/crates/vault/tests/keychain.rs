//! The keychain of a real desktop: gnome-keyring on a session bus of its own, with a home of its own.
//!
//! Each story starts this very test again inside such a session; `FAIRLEAD_KEYRING` says which part it plays there.

#![cfg(target_os = "linux")]

use engine::ports::{SecretVault as _, VaultError, Vaults as _};
use secrecy::{ExposeSecret as _, SecretSlice};
use std::path::Path;
use std::process::Command;
use vault::{ComputerVaults, Keychain};

const PART: &str = "FAIRLEAD_KEYRING";
const UNLOCK: &str = "printf pw | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1; ";

/// Plays `part` of the test `name` in a fresh session. `prepare` is shell that runs before.
fn play(home: &Path, prepare: &str, name: &str, part: &str) {
    let me = std::env::current_exe().expect("this test has a path");
    let ended = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", &format!("{prepare}exec \"$0\" --exact {name} --nocapture")])
        .arg(me)
        .env(PART, part)
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env("XDG_DATA_HOME", home.join("share"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("starting a session");
    let said = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success() && said.contains("1 passed"), "{part} in a session of its own: {said}");
}

fn part() -> Option<String> {
    std::env::var(PART).ok()
}

/// A session bus and gnome-keyring are on this machine. Says so when not.
fn has_session() -> bool {
    let found = |name: &str| std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(name).is_file());
    let all = found("dbus-run-session") && found("gnome-keyring-daemon");
    if !all {
        println!("skipped: dbus-run-session or gnome-keyring-daemon is not installed");
    }
    all
}

fn secret() -> SecretSlice<u8> {
    SecretSlice::from((0..=255).collect::<Vec<u8>>())
}

#[tokio::test]
async fn an_unlocked_keyring_keeps_secrets_over_sessions() {
    let Some(part) = part() else {
        if has_session() {
            let home = tempfile::tempdir().expect("home");
            std::fs::create_dir(home.path().join("share")).expect("share");
            for part in ["keep", "find"] {
                play(home.path(), UNLOCK, "an_unlocked_keyring_keeps_secrets_over_sessions", part);
            }
        }
        return;
    };
    let keychain = Keychain::new();
    assert_eq!(keychain.probe().await, Ok(()), "it is unlocked");
    if part == "keep" {
        assert!(keychain.get("db/test").await.expect("answer").is_none());
        keychain.set("db/test", secret()).await.expect("set");
        keychain.set("codat/test", secret()).await.expect("set");
    }
    let found = keychain.get("db/test").await.expect("answer").expect("kept");
    assert_eq!(found.expose_secret(), secret().expose_secret(), "every byte came back");
    if part == "find" {
        keychain.delete("db/test").await.expect("delete");
        keychain.delete("db/test").await.expect("twice is the same as once");
        assert!(keychain.get("db/test").await.expect("answer").is_none());
        assert!(keychain.get("codat/test").await.expect("answer").is_some(), "the other slot stays");
    }
}

#[tokio::test]
async fn a_locked_keyring_says_locked_in_a_sentence() {
    if part().is_none() {
        if has_session() {
            let home = tempfile::tempdir().expect("home");
            play(home.path(), "", "a_locked_keyring_says_locked_in_a_sentence", "locked");
        }
        return;
    }
    let vaults = ComputerVaults::new();
    let state = vaults.keychain().await;
    assert!(!state.available, "nobody unlocked it");
    assert_eq!(state.message.as_deref(), Some("The keychain is locked or refused access. Unlock it and try again."));
    let keychain = Keychain::new();
    assert_eq!(keychain.set("db/test", secret()).await, Err(VaultError::Locked));
    assert!(matches!(keychain.get("db/test").await, Ok(None) | Err(VaultError::Locked)), "a locked one may say that there is nothing");
}

#[tokio::test]
async fn no_session_bus_is_no_keychain_at_once() {
    if part().is_none() {
        if has_session() {
            let home = tempfile::tempdir().expect("home");
            let away = "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus; ";
            play(home.path(), away, "no_session_bus_is_no_keychain_at_once", "no-bus");
        }
        return;
    }
    let vaults = ComputerVaults::new();
    assert_eq!(vaults.keychain().await.message.as_deref(), Some("This computer has no keychain that answers."));
    assert_eq!(Keychain::new().get("db/test").await.err(), Some(VaultError::NoKeychain));
}
