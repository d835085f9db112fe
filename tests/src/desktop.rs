//! A desktop of its own for one person: virtual display, session bus, unlocked keyring, home, and a browser that tells what it was asked for.
//!
//! Every program here ends with its desktop. The app's window on it is `window`.

use crate::fairlead::binary;
use crate::window::{PATIENCE, Window};
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use tokio::sync::oneshot;
use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus};

/// A program that ends, with all that it started, when its owner goes.
pub(crate) struct Running {
    pub(crate) child: Child,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command.process_group(0).spawn().unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display()));
        Self { child }
    }

    /// The first line it prints.
    fn first_line(&mut self) -> String {
        let mut line = String::new();
        let stdout = self.child.stdout.take().expect("stdout is piped");
        BufReader::new(stdout).read_line(&mut line).expect("reading what a program says first");
        line.trim().to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

/// One person's desktop.
pub struct Desktop {
    /// In the order of their start; the later ones need the earlier ones.
    pub(crate) running: Vec<Running>,
    env: Vec<(&'static str, OsString)>,
    pub(crate) keyring: Option<u32>,
    folder: TempDir,
}

impl Desktop {
    /// A desktop that was never used.
    ///
    /// # Panics
    /// When one of its programs cannot be started.
    #[must_use]
    pub fn new() -> Self {
        let mut desktop = Self::without_keyring();
        let folder = desktop.folder().join("home/.local/share");
        desktop.unlock_a_keyring(&folder);
        desktop
    }

    /// A desktop on which nobody has unlocked a keyring.
    ///
    /// # Panics
    /// When one of its programs cannot be started.
    #[must_use]
    pub fn without_keyring() -> Self {
        let folder = TempDir::with_prefix("fairlead-desktop-").expect("a temporary folder");
        let at = |name: &str| folder.path().join(name);
        for name in ["home/.config", "home/.local/share/applications", "home/.cache", "home/Downloads", "run", "bin"] {
            std::fs::create_dir_all(at(name)).expect("making a folder");
        }
        std::fs::set_permissions(at("run"), std::fs::Permissions::from_mode(0o700)).expect("closing the runtime folder");
        let env = vec![
            ("PATH", std::env::var_os("PATH").unwrap_or_default()),
            ("LANG", "C.UTF-8".into()),
            ("HOME", at("home").into()),
            ("XDG_CONFIG_HOME", at("home/.config").into()),
            ("XDG_DATA_HOME", at("home/.local/share").into()),
            ("XDG_CACHE_HOME", at("home/.cache").into()),
            ("XDG_RUNTIME_DIR", at("run").into()),
            ("TMPDIR", folder.path().into()),
        ];
        let mut desktop = Self { running: vec![], env, keyring: None, folder };
        desktop.hang_up_a_display();
        desktop.start_a_session();
        desktop.choose_a_browser();
        desktop
    }

    /// A command in this person's session.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.env.iter().map(|(name, value)| (name, value))).current_dir(self.folder.path());
        command.stdin(Stdio::null());
        command
    }

    /// The folder below which everything of this person lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the app keeps its data.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("home/.local/share/fairlead")
    }

    fn hang_up_a_display(&mut self) {
        let mut command = self.command("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut display = Running::start(&mut command);
        let number = display.first_line();
        assert!(!number.is_empty(), "Xvfb gave no display");
        self.env.push(("DISPLAY", format!(":{number}").into()));
        self.running.push(display);
    }

    fn start_a_session(&mut self) {
        let address = format!("unix:path={}", self.folder.path().join("run/bus").display());
        let mut command = self.command("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address=1", "--address", &address]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut bus = Running::start(&mut command);
        let address = bus.first_line();
        assert!(!address.is_empty(), "the session bus gave no address");
        self.env.push(("DBUS_SESSION_BUS_ADDRESS", address.into()));
        self.running.push(bus);
    }

    /// Starts a keyring whose files lie below this folder; what is in them is unlocked.
    pub(crate) fn unlock_a_keyring(&mut self, folder: &Path) {
        let mut command = self.command("gnome-keyring-daemon");
        command
            .args(["--unlock", "--components=secrets", "--foreground"])
            .env("XDG_DATA_HOME", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut keyring = Running::start(&mut command);
        keyring.child.stdin.take().expect("stdin is piped").write_all(b"a password of this test").expect("unlocking");
        self.keyring = Some(keyring.child.id());
        self.running.push(keyring);
        let waited = self.command("gdbus").args(["wait", "--session", "--timeout", "60", "org.freedesktop.secrets"]).status();
        assert!(waited.expect("gdbus").success(), "the keyring is on the bus");
    }

    /// The keyring is there and answers nobody, as when it waits for a password behind another window.
    ///
    /// # Panics
    /// When there is none.
    pub fn keyring_hangs(&self) {
        signal("STOP", self.keyring.expect("a keyring"));
    }

    /// It answers again, also what it was asked meanwhile.
    ///
    /// # Panics
    /// When there is none.
    pub fn keyring_answers(&self) {
        signal("CONT", self.keyring.expect("a keyring"));
    }

    /// The system browser of this person hands every address to the test.
    fn choose_a_browser(&self) {
        let (visits, script) = (self.visits(), self.folder.path().join("bin/browser"));
        assert!(self.command("mkfifo").arg(&visits).status().expect("mkfifo").success(), "a place for addresses");
        std::fs::write(&script, format!("#!/bin/sh\nprintf '%s\\n' \"$1\" > '{}'\n", visits.display())).expect("writing the browser");
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("making the browser a program");
        let entry = format!("[Desktop Entry]\nType=Application\nName=Browser\nExec={} %u\n", script.display());
        std::fs::write(self.folder.path().join("home/.local/share/applications/browser.desktop"), entry).expect("a desktop entry");
        let chosen = "[Default Applications]\nx-scheme-handler/http=browser.desktop\nx-scheme-handler/https=browser.desktop\n";
        std::fs::write(self.folder.path().join("home/.config/mimeapps.list"), chosen).expect("choosing the browser");
    }

    fn visits(&self) -> PathBuf {
        self.folder.path().join("visits")
    }

    /// The next address that the system browser is asked for.
    ///
    /// # Panics
    /// When none comes.
    pub async fn visited(&self) -> String {
        let (say, heard) = oneshot::channel();
        let visits = self.visits();
        // A thread and not a task: reading blocks until somebody writes, which may be never.
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = std::fs::File::open(visits).and_then(|file| BufReader::new(file).read_line(&mut line));
            let _ = say.send(read.map(|_| line.trim().to_owned()));
        });
        let line = tokio::time::timeout(PATIENCE, heard).await.expect("the system browser was started").expect("the reader lives");
        line.expect("reading the address")
    }

    /// Opens the app under a driver.
    pub async fn open(&self, args: &[&str]) -> Window {
        Window::open(self, args).await
    }

    /// Starts the app a second time and waits until that process has gone.
    ///
    /// # Panics
    /// When it stays, or fails.
    pub fn second_process(&self, args: &[&str]) {
        let mut command = self.command(&binary("fairlead-desktop").display().to_string());
        let status = command.args(args).status().expect("starting the app again");
        assert!(status.success(), "a second process hands over and leaves: {status}");
    }

    /// Opens an address as a link on a page would: through the desktop's own table of who opens what.
    ///
    /// # Panics
    /// When nobody opens it.
    pub fn follow_link(&self, address: &str) {
        let done = self.command("gio").args(["open", address]).output().expect("gio");
        assert!(done.status.success(), "somebody opens {address}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// Where the session bus is.
    pub(crate) fn bus(&self) -> &str {
        self.named("DBUS_SESSION_BUS_ADDRESS")
    }

    /// Where its display is.
    pub(crate) fn display(&self) -> &str {
        self.named("DISPLAY")
    }

    fn named(&self, wanted: &str) -> &str {
        let found = self.env.iter().find(|(name, _)| *name == wanted);
        found.and_then(|(_, value)| value.to_str()).unwrap_or_else(|| panic!("a desktop has {wanted}"))
    }

    /// The person turns to something else: the keyboard is no longer our window's. Nothing manages windows here that would do it.
    ///
    /// # Panics
    /// When the display does not let us.
    pub fn look_elsewhere(&self) {
        let (display, _) = x11rb::connect(Some(self.display())).expect("the display");
        let asked = display.set_input_focus(InputFocus::NONE, x11rb::NONE, x11rb::CURRENT_TIME).expect("asked");
        asked.check().expect("the keyboard is nobody's");
    }

    /// Listens on the session bus for a call of this name.
    ///
    /// # Panics
    /// When the bus cannot be listened to.
    #[must_use]
    pub fn overhear(&self, member: &str) -> Overheard {
        let mut command = self.command("dbus-monitor");
        command.args(["--session", &format!("type='method_call',member='{member}'")]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut monitor = Running::start(&mut command);
        let (say, heard) = oneshot::channel();
        let (member, stdout) = (format!("member={member}"), monitor.child.stdout.take().expect("stdout is piped"));
        let (listening, ready) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
            // Its first words are about itself: from then on it hears everything.
            let _ = listening.send(lines.next());
            if lines.any(|line| line.contains(&member)) {
                let _ = say.send(());
            }
        });
        assert!(ready.recv().is_ok_and(|line| line.is_some()), "the bus lets us listen");
        Overheard { heard, _monitor: monitor }
    }

    /// Who opens addresses of a scheme.
    ///
    /// # Panics
    /// When the desktop cannot be asked.
    #[must_use]
    pub fn handler_of(&self, scheme: &str) -> String {
        let told = self.command("gio").args(["mime", &format!("x-scheme-handler/{scheme}")]).output().expect("gio");
        String::from_utf8_lossy(&told.stdout).into_owned()
    }
}

impl Default for Desktop {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        while let Some(last) = self.running.pop() {
            drop(last);
        }
    }
}

/// A call on the bus that is listened for.
pub struct Overheard {
    heard: oneshot::Receiver<()>,
    _monitor: Running,
}

impl Overheard {
    /// Waits until it was made.
    ///
    /// # Panics
    /// When it never is.
    pub async fn made(self) {
        tokio::time::timeout(PATIENCE, self.heard).await.expect("the call is made").expect("the monitor lives");
    }
}

pub(crate) fn signal(name: &str, process: u32) {
    let status = Command::new("kill").args([format!("-{name}"), process.to_string()]).status().expect("kill");
    assert!(status.success(), "{name} reaches process {process}");
}
