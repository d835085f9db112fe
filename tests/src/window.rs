//! The app's real window with somebody at the keyboard.
//!
//! Speaks W3C WebDriver to WebKitWebDriver. What a person does goes through real key presses; what a person sees is waited for inside
//! the page, by watching it change. Nothing here knows Fairlead's screens: that is `journey`.

use crate::desktop::{Desktop, Running, signal};
use crate::fairlead::binary;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

/// What a window, a page or a program may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

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
    pub(crate) async fn open(desktop: &Desktop, args: &[&str]) -> Self {
        Self::of(desktop, &binary("fairlead-desktop"), args).await
    }

    /// The window of any program of this kind.
    ///
    /// # Panics
    /// When it does not open.
    pub async fn of(desktop: &Desktop, program: &Path, args: &[&str]) -> Self {
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).expect("a free port").port();
        let mut command = desktop.command("WebKitWebDriver");
        command.args([format!("--port={port}"), "--host=127.0.0.1".into()]).env("TAURI_WEBVIEW_AUTOMATION", "true");
        let driver = Running::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("an HTTP client");
        let base = format!("http://127.0.0.1:{port}");
        listening(port).await;
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "webkitgtk:browserOptions": { "binary": program, "args": args },
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

    /// First run → the demo's list of companies.
    pub async fn try_the_demo(&mut self) {
        self.choose("Try the demo").await;
        self.until("companies in the list", "document.querySelectorAll('main [role=row]').length > 2").await;
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

    /// Waits until the app has loaded the page anew and an expression holds in it. The page before is the one that was marked with
    /// `window.before`. What is asked while that one goes away is lost, and asked again.
    ///
    /// # Panics
    /// When it never does.
    pub async fn until_new_page(&mut self, predicate: &str) {
        let script = format!("return !window.before && document.readyState === 'complete' && !!({predicate})");
        let body = json!({ "script": script, "args": [] });
        let asking = async {
            let mut beat = tokio::time::interval(Duration::from_millis(20));
            loop {
                beat.tick().await;
                let answer = self.http.post(format!("{}/execute/sync", self.session)).json(&body).send().await;
                if let Ok(answer) = answer
                    && answer.json::<Value>().await.is_ok_and(|told| told["value"] == true)
                {
                    return;
                }
            }
        };
        if tokio::time::timeout(PATIENCE, asking).await.is_err() {
            self.picture("never").await;
            panic!("no new page: {}", self.text().await);
        }
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

    /// Closes the window in which it is now; the app goes on with its others.
    ///
    /// # Panics
    /// When the driver refuses.
    pub async fn close_this(&self) {
        let done = self.http.delete(format!("{}/window", self.session)).send().await.expect("the driver answers");
        assert!(done.status().is_success(), "the window closes");
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
        signal("STOP", self.app());
    }

    /// The app's process.
    ///
    /// # Panics
    /// When it is not found.
    #[must_use]
    pub fn app(&self) -> u32 {
        let driver = self.driver.child.id();
        let children = std::fs::read_to_string(format!("/proc/{driver}/task/{driver}/children")).expect("the driver's children");
        children.split_whitespace().next().and_then(|app| app.parse().ok()).expect("the app is one of them")
    }

    /// Milliseconds from the start of the app's process to a moment that the page marked, to a hundredth of a second.
    ///
    /// # Panics
    /// When the page never marks it.
    #[expect(clippy::float_arithmetic, reason = "times are no money")]
    pub async fn from_start_to(&mut self, mark: &str) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.app())).expect("the app's process");
        // The name in brackets may hold blanks: the fields are counted after it. The start is the 22nd, in hundredths of a second since the boot.
        let fields = stat.rsplit_once(')').expect("a name").1;
        let began: f64 = fields.split_whitespace().nth(19).and_then(|ticks| ticks.parse().ok()).expect("a start");
        let uptime = std::fs::read_to_string("/proc/uptime").expect("an uptime");
        let up: f64 = uptime.split_whitespace().next().and_then(|seconds| seconds.parse().ok()).expect("seconds");
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs_f64();
        let predicate = format!("performance.getEntriesByName('{mark}').map((one) => performance.timeOrigin + one.startTime)[0]");
        let marked = self.until(mark, &predicate).await.as_f64().expect("a moment");
        marked - (now - (up - began / 100.0)) * 1e3
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
