//! What a fresh Debian machine lacks, and how it gets it. Other systems are told what is needed and left alone.

use crate::step::{Done, Failed, command, must, step};
use std::path::Path;

/// To build and open the app.
const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "perl",
    "libssl-dev",
    "libdbus-1-dev",
    "libwebkit2gtk-4.1-dev",
    "xdg-utils",
    "desktop-file-utils",
    "fonts-dejavu-core",
];

/// To drive the real window and the pages without a person: a virtual display, a session bus, a keychain, browsers, a
/// database server.
const DRIVE: &[&str] = &[
    "webkit2gtk-driver",
    "xvfb",
    "xauth",
    "dbus",
    "dbus-x11",
    "libglib2.0-bin",
    "gnome-keyring",
    "imagemagick",
    "chromium",
    "strace",
    "postgresql",
];

/// Everything that building needs is on this machine.
pub fn ready_to_build() -> Done {
    install(&[BUILD])
}

/// Everything that building and testing need is on this machine.
pub fn ready_to_test() -> Done {
    install(&[BUILD, DRIVE])
}

fn install(lists: &[&[&str]]) -> Done {
    let wanted: Vec<&str> = lists.concat();
    if !Path::new("/etc/debian_version").exists() {
        eprintln!("This is not Debian: Fairlead needs what these packages bring: {}", wanted.join(" "));
        return Ok(());
    }
    let missing: Vec<&str> = wanted.into_iter().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    step(&format!("Debian packages: {}", missing.join(" ")), || {
        must(as_root(&["apt-get", "update", "-q"]))?;
        let mut args = vec!["apt-get", "install", "-yq", "--no-install-recommends"];
        args.extend(&missing);
        must(as_root(&args)).map_err(|Failed(why)| Failed(format!("{why}; install them by hand: {}", missing.join(" "))))
    })
}

fn is_installed(package: &str) -> bool {
    command("dpkg-query", ["-W", "-f", "${Status}", package]).output().is_ok_and(|out| out.stdout.ends_with(b"ok installed"))
}

fn as_root(args: &[&str]) -> std::process::Command {
    let is_root = command("id", ["-u"]).output().is_ok_and(|out| out.stdout.trim_ascii() == b"0");
    let mut all = if is_root { vec![] } else { vec!["sudo"] };
    all.extend(args);
    let mut ready = command(all[0], &all[1..]);
    ready.env("DEBIAN_FRONTEND", "noninteractive");
    ready
}
