//! The real window on a desktop of its own: virtual display, session bus, unlocked keyring, home, browser, driver.
//!
//! Speaks W3C WebDriver to WebKitWebDriver. What a person does goes through real key presses; what a person sees is waited for inside
//! the page, by watching it change. Nothing here knows Fairlead's screens: that is `journey`.

use crate::fairlead::binary;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// What a window, a page or a program may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A program that ends, with all that it started, when its owner goes.
struct Running {
    child: Child,
}

impl Running {
    fn start(command: &mut Command) -> Self {
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
    running: Vec<Running>,
    env: Vec<(&'static str, OsString)>,
    keyring: Option<u32>,
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
        desktop.unlock_a_keyring();
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

    fn unlock_a_keyring(&mut self) {
        let mut command = self.command("gnome-keyring-daemon");
        command
            .args(["--unlock", "--components=secrets", "--foreground"])
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

/// Keys that are not letters, as WebDriver names them.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Key {
    Tab,
    Enter,
    Escape,
    Control,
    Left,
    Up,
    Right,
    Down,
}

impl Key {
    fn code(self) -> char {
        match self {
            Self::Tab => '\u{e004}',
            Self::Enter => '\u{e007}',
            Self::Escape => '\u{e00c}',
            Self::Control => '\u{e009}',
            Self::Left => '\u{e012}',
            Self::Up => '\u{e013}',
            Self::Right => '\u{e014}',
            Self::Down => '\u{e015}',
        }
    }
}

/// The app's window with somebody at the keyboard.
pub struct Window {
    http: reqwest::Client,
    session: String,
    shots: Option<PathBuf>,
    shot: u32,
    driver: Running,
}

/// Runs inside the page: answers once `holds()` is something, asked again whenever the page changes.
const WATCH: &str = "
    const done = arguments[arguments.length - 1];
    const holds = () => { try { return PREDICATE } catch { return null } };
    const now = holds();
    if (now) { done(now); return }
    let timer;
    const look = () => { const value = holds(); if (value) { seen.disconnect(); clearInterval(timer); clearTimeout(end); done(value) } };
    const seen = new MutationObserver(look);
    seen.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    timer = setInterval(look, 200);
    const end = setTimeout(() => { seen.disconnect(); clearInterval(timer); done(null) }, LIMIT);
";

/// Runs inside the page: how the focused element is called.
const FOCUSED: &str = "
    const one = document.activeElement;
    if (!one || one === document.body) return '';
    const labelled = one.labels && one.labels.length ? one.labels[0].innerText : '';
    return (one.getAttribute('aria-label') || labelled || one.innerText || one.tagName).replace(/\\s+/g, ' ').trim();
";

/// Runs inside the page: answers when it is painted and nothing moves that would end.
const SETTLED: &str = "
    const done = arguments[arguments.length - 1];
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    Promise.allSettled(ending.map((one) => one.finished)).then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(0))));
";

impl Window {
    async fn open(desktop: &Desktop, args: &[&str]) -> Self {
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).expect("a free port").port();
        let mut command = desktop.command("WebKitWebDriver");
        command.args([format!("--port={port}"), "--host=127.0.0.1".into()]).env("TAURI_WEBVIEW_AUTOMATION", "true");
        let driver = Running::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("an HTTP client");
        let base = format!("http://127.0.0.1:{port}");
        listening(port).await;
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "webkitgtk:browserOptions": { "binary": binary("fairlead-desktop"), "args": args },
            "timeouts": { "script": PATIENCE.as_millis() },
        } } });
        let answer = http.post(format!("{base}/session")).json(&wanted).send().await.expect("the driver answers");
        let told: Value = answer.json().await.expect("the driver speaks JSON");
        let id = told["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("no window: {told}"));
        Self { session: format!("{base}/session/{id}"), http, shots: None, shot: 0, driver }
    }

    /// Pictures go into this folder from now on.
    ///
    /// # Panics
    /// When the folder cannot be made.
    pub fn keep_pictures_in(&mut self, folder: &Path) {
        std::fs::create_dir_all(folder).expect("a folder for pictures");
        self.shots = Some(folder.to_path_buf());
    }

    async fn ask(&self, path: &str, body: Option<Value>) -> Value {
        let address = format!("{}{path}", self.session);
        let request = match body {
            Some(body) => self.http.post(address).json(&body),
            None => self.http.get(address),
        };
        let answer = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        let good = answer.status().is_success();
        let told: Value = answer.json().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(good, "{path}: {told}");
        told["value"].clone()
    }

    /// Runs a function body in the page.
    pub async fn run(&self, script: &str) -> Value {
        self.ask("/execute/sync", Some(json!({ "script": script, "args": [] }))).await
    }

    /// Runs a function body in the page that ends by calling its last argument.
    pub async fn run_until_told(&self, script: &str) -> Value {
        self.ask("/execute/async", Some(json!({ "script": script, "args": [] }))).await
    }

    /// Waits until a JavaScript expression is something, and gives it.
    ///
    /// # Panics
    /// When it never is; with a picture and the page's text.
    pub async fn until(&mut self, what: &str, predicate: &str) -> Value {
        let script = WATCH.replace("PREDICATE", predicate).replace("LIMIT", &(PATIENCE.as_millis() * 2 / 3).to_string());
        let value = self.run_until_told(&script).await;
        if value.is_null() {
            self.picture("never").await;
            panic!("never seen: {what}\nfocus: {}\npage:\n{}", self.focused().await, self.text().await);
        }
        value
    }

    /// Waits until the page shows this text.
    pub async fn until_text(&mut self, text: &str) {
        self.until(text, &format!("document.body.innerText.includes({})", json!(text))).await;
    }

    /// Waits until a heading of the first order begins like this.
    pub async fn until_heading(&mut self, text: &str) {
        let predicate = format!("[...document.querySelectorAll('h1')].some((h) => h.innerText.trim().startsWith({}))", json!(text));
        self.until(&format!("heading {text}"), &predicate).await;
    }

    /// All text of the page.
    pub async fn text(&self) -> String {
        self.run("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Name of the focused element.
    pub async fn focused(&self) -> String {
        self.run(FOCUSED).await.as_str().unwrap_or_default().to_owned()
    }

    /// Types text, key by key, wherever the focus is.
    pub async fn type_text(&self, text: &str) {
        let keys = text.chars().flat_map(|key| [down(key), up(key)]).collect();
        self.keys(keys).await;
    }

    /// Presses a key.
    pub async fn press(&self, key: Key) {
        self.keys(vec![down(key.code()), up(key.code())]).await;
    }

    /// Presses a letter while Control is held.
    pub async fn press_with_control(&self, letter: char) {
        let control = Key::Control.code();
        self.keys(vec![down(control), down(letter), up(letter), up(control)]).await;
    }

    async fn keys(&self, keys: Vec<Value>) {
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": keys }] });
        self.ask("/actions", Some(actions)).await;
    }

    /// Presses Tab until the element of this name has the focus.
    ///
    /// # Panics
    /// When the whole round does not meet it: then no keyboard can.
    pub async fn tab_to(&mut self, name: &str) {
        let mut met = vec![self.focused().await];
        while met.last().is_none_or(|focused| focused != name) {
            assert!(met.len() < 120, "Tab never reaches {name}; it met {met:?}");
            self.press(Key::Tab).await;
            met.push(self.focused().await);
        }
    }

    /// Goes to a button by Tab and presses it.
    pub async fn choose(&mut self, name: &str) {
        let enabled = format!(
            "[...document.querySelectorAll('button, a')].some((b) => (b.getAttribute('aria-label') || b.innerText).replace(/\\s+/g, ' ').trim() === {} \
             && !b.disabled && b.getAttribute('aria-disabled') !== 'true')",
            json!(name)
        );
        self.until(&format!("{name}, ready to be pressed"), &enabled).await;
        self.tab_to(name).await;
        self.press(Key::Enter).await;
    }

    /// Calls one of the app's own commands the way a script in the page would; gives what came back or the refusal.
    pub async fn call(&self, command: &str, args: &Value) -> Result<Value, String> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             window.__TAURI_INTERNALS__.invoke({}, {args}).then((value) => done({{ value: value ?? null }}), \
             (refused) => done({{ refused: typeof refused === 'string' ? refused : JSON.stringify(refused) }}))",
            json!(command)
        );
        let told = self.run_until_told(&script).await;
        told["refused"].as_str().map_or_else(|| Ok(told["value"].clone()), |refused| Err(refused.to_owned()))
    }

    /// Labels of the open windows are not the driver's business; it counts them.
    pub async fn windows(&self) -> Vec<String> {
        let told = self.ask("/window/handles", None).await;
        told.as_array().into_iter().flatten().filter_map(|handle| handle.as_str().map(str::to_owned)).collect()
    }

    /// Goes on in another window.
    pub async fn switch_to(&self, handle: &str) {
        self.ask("/window", Some(json!({ "handle": handle }))).await;
    }

    /// Keeps a picture, numbered in the order of taking.
    ///
    /// # Panics
    /// When it cannot be written.
    pub async fn picture(&mut self, name: &str) -> Option<PathBuf> {
        let folder = self.shots.clone()?;
        self.shot += 1;
        // What a person would see: painted, and with its movements ended.
        self.run_until_told(SETTLED).await;
        let told = self.ask("/screenshot", None).await;
        let png = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, told.as_str()?).expect("a picture");
        let path = folder.join(format!("{:02}-{name}.png", self.shot));
        std::fs::write(&path, png).expect("keeping a picture");
        Some(path)
    }

    /// Stops the app without ending it: it holds what it holds, and answers no more.
    ///
    /// # Panics
    /// When its process is not found.
    pub fn freeze(&self) {
        let driver = self.driver.child.id();
        let children = std::fs::read_to_string(format!("/proc/{driver}/task/{driver}/children")).expect("the driver's children");
        let app = children.split_whitespace().next().expect("the app is one");
        signal("STOP", app.parse().expect("a process"));
    }

    /// Ends the app as its driver does.
    ///
    /// # Panics
    /// When the driver refuses.
    pub async fn close(self) {
        let done = self.http.delete(&self.session).send().await.expect("the driver answers");
        assert!(done.status().is_success(), "the window closes");
    }
}

fn signal(name: &str, process: u32) {
    let status = Command::new("kill").args([format!("-{name}"), process.to_string()]).status().expect("kill");
    assert!(status.success(), "{name} reaches process {process}");
}

fn down(key: char) -> Value {
    json!({ "type": "keyDown", "value": key.to_string() })
}

fn up(key: char) -> Value {
    json!({ "type": "keyUp", "value": key.to_string() })
}

/// Waits until somebody answers on a port.
async fn listening(port: u16) {
    let knocking = async {
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            beat.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, knocking).await.expect("the driver listens");
}
