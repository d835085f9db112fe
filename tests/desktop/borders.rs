//! What a script in a window can reach, whoever put it there.

use crate::{my_turn, pictures};
use fairlead_tests::desktop::Desktop;
use fairlead_tests::window::{Key, Window};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

fn is_refusal(told: &Result<Value, String>) -> bool {
    told.as_ref().is_err_and(|why| why.contains("not allowed"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_window_may_not_touch_keys_nor_anything_of_the_core_but_listening() {
    let _turn = my_turn();
    let desktop = Desktop::new();
    let mut window = desktop.open(&[]).await;
    window.until_heading("How would you like to start?").await;
    let refused = [
        ("check_key", json!({ "sealed": "k" })),
        ("save_key", json!({ "save": {} })),
        ("plugin:event|emit", json!({ "event": "deep-link://new-url", "payload": ["fairlead://return?state=x"] })),
        ("plugin:event|emit_to", json!({ "target": { "kind": "Any" }, "event": "stale", "payload": {} })),
        ("plugin:deep-link|get_current", json!({})),
        ("plugin:deep-link|register", json!({ "protocol": "https" })),
        ("plugin:window|set_title", json!({ "label": "main", "value": "x" })),
        ("plugin:window|create", json!({ "options": { "label": "x" } })),
        ("plugin:webview|create_webview_window", json!({ "options": { "label": "x", "url": "https://evil.example" } })),
        ("plugin:webview|internal_toggle_devtools", json!({})),
        ("plugin:app|version", json!({})),
        ("plugin:path|resolve_directory", json!({ "directory": 1 })),
        ("plugin:resources|close", json!({ "rid": 1 })),
        ("plugin:menu|new", json!({})),
        ("plugin:tray|new", json!({})),
        ("plugin:image|from_path", json!({ "path": "/etc/passwd" })),
    ];
    for (command, args) in refused {
        let told = window.call(command, &args).await;
        assert!(told.is_err(), "{command} is refused: {told:?}");
    }
    assert!(is_refusal(&window.call("check_key", &json!({ "sealed": "k" })).await), "by the access list, not by chance");
    let control = window.call("app_state", &json!({})).await.expect("control: an allowed command answers");
    assert_eq!(control["profiles"], json!([]));
    assert_eq!(control["keychain"]["available"], true, "the keyring of this desktop is unlocked");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_cannot_leave_the_window_nor_send_anything_out_of_it() {
    let _turn = my_turn();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let outside = format!("http://{}", listener.local_addr().expect("its address"));
    let desktop = Desktop::new();
    let mut window = desktop.open(&[]).await;
    window.until_heading("How would you like to start?").await;
    let before = window.run("return location.href").await;
    let attempt = |what: &str| what.replace("OUT", &outside);
    let tries = [
        "location.href = 'OUT/location'; done(0)",
        "location.assign('OUT/assign'); done(0)",
        "const a = document.createElement('a'); a.href = 'OUT/click'; document.body.append(a); a.click(); done(0)",
        "const a = document.createElement('a'); a.href = 'OUT/blank'; a.target = '_blank'; document.body.append(a); a.click(); done(0)",
        "try { window.open('OUT/open') } catch {} done(0)",
        "fetch('OUT/fetch').then(() => done(1), () => done(0))",
        "navigator.sendBeacon('OUT/beacon', 'x'); done(0)",
        "const i = new Image(); i.onload = i.onerror = () => done(0); i.src = 'OUT/image'",
        "try { const f = document.createElement('iframe'); f.src = 'OUT/frame'; document.body.append(f) } catch {} done(0)",
        "try { const f = document.createElement('form'); f.action = 'OUT/form'; f.method = 'post'; document.body.append(f); f.submit() } catch {} done(0)",
        "try { new WebSocket('OUT/socket'.replace('http', 'ws')) } catch {} done(0)",
        "try { new EventSource('OUT/events') } catch {} done(0)",
        "try { new Worker('OUT/worker') } catch {} done(0)",
        "import('OUT/module').then(() => done(1), () => done(0))",
        "const l = document.createElement('link'); l.rel = 'stylesheet'; l.href = 'OUT/style'; document.head.append(l); done(0)",
        "location.href = 'file:///etc/passwd'; done(0)",
        "location.href = 'data:text/html,x'; done(0)",
    ];
    for script in tries {
        let script = format!("const done = arguments[arguments.length - 1]; {}", attempt(script));
        assert_eq!(window.run_until_told(&script).await, 0, "{script}");
    }
    assert_eq!(window.run("return location.href").await, before, "the page is where it was");
    let told = window
        .run(
            "let thrown = 0;
             for (const code of [() => eval('1'), () => new Function('1')(), () => { document.body.innerHTML = '<b>x</b>' }, () => document.write('x')])
                 try { code() } catch { thrown += 1 }
             return thrown",
        )
        .await;
    assert_eq!(told, 4, "no text becomes code or markup");
    let told = window.run("try { Object.prototype.zz = 1 } catch {} return [({}).zz === undefined, window.__TAURI__ === undefined]").await;
    assert_eq!(told, json!([true, true]), "prototypes are frozen, and nothing is handed out for convenience");
    assert_eq!(heard_at(&listener).await, Vec::<String>::new(), "nothing came out of the window");
    let mut control = TcpStream::connect(listener.local_addr().expect("address")).await.expect("somebody listens");
    control.write_all(b"GET /control HTTP/1.1\r\n\r\n").await.expect("written");
    assert_eq!(heard_at(&listener).await, ["GET /control HTTP/1.1"], "control: a request would have been heard");
    window.close().await;
}

/// What came in at the listener: the first line of every request. A connection on which nothing is said is the web view warming up for a
/// link that it then did not follow.
async fn heard_at(listener: &TcpListener) -> Vec<String> {
    // The page has answered after each try, so whatever was sent is here by now; this only bounds the wait for nothing.
    let patience = Duration::from_millis(500);
    let mut heard = vec![];
    while let Ok(visitor) = tokio::time::timeout(patience, listener.accept()).await {
        let mut said = vec![0; 512];
        let (mut visitor, _) = visitor.expect("a visitor");
        let length = tokio::time::timeout(patience, visitor.read(&mut said)).await.ok().and_then(Result::ok).unwrap_or(0);
        heard.extend(String::from_utf8_lossy(&said[..length]).lines().next().map(str::to_owned));
    }
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_window_takes_a_key_and_can_do_nothing_else() {
    let _turn = my_turn();
    let desktop = Desktop::new();
    let mut window = desktop.open(&[]).await;
    window.until_heading("How would you like to start?").await;
    let main = into_the_key_window(&mut window).await;
    window.keep_pictures_in(&pictures("key-entry"));
    window.picture("empty").await;
    assert_eq!(window.run("return document.querySelector('input').autocomplete").await, "off", "no browser keeps it");
    for command in
        ["list_companies", "transactions", "returns", "sync", "drafts", "remove_profile", "plugin:event|emit", "plugin:event|listen"]
    {
        let told = window.call(command, &json!({})).await;
        assert!(is_refusal(&told), "{command} is none of its business: {told:?}");
    }
    let told = window.call("check_key", &json!({ "sealed": "not a key" })).await.expect_err("nothing sealed");
    assert!(told.contains("did not come as it was sent"), "what was not sealed for this window is not looked at: {told}");
    assert!(!told.contains("not a key"), "and never comes back");
    window.type_text("not a key").await;
    window.press(Key::Enter).await;
    window.until_text("does not look like a Codat API key").await;
    let told = window.call("save_key", &json!({ "save": { "profile": "x", "environment": "test", "vault": "keychain" } })).await;
    assert!(told.is_err_and(|why| why.contains("Check the key first")), "nothing unchecked is kept");
    window.switch_to(&main).await;
    window.close().await;
}

/// Opens the key window and goes on in it; gives the window that it came from.
pub(crate) async fn into_the_key_window(window: &mut Window) -> String {
    let main = window.windows().await.remove(0);
    window.call("open_key_window", &json!({})).await.expect("it opens");
    let key = other_window(window, &main).await;
    window.switch_to(&key).await;
    window.until("a field for the key", "document.querySelector('input[type=password]')?.isConnected").await;
    main
}

/// Waits for the second window; the driver says when it is there.
async fn other_window(window: &mut Window, main: &str) -> String {
    loop {
        if let Some(other) = window.windows().await.into_iter().find(|handle| handle != main) {
            return other;
        }
        // One frame of the page: the next question comes no earlier than that.
        window.run_until_told("requestAnimationFrame(() => arguments[arguments.length - 1](0))").await;
    }
}

/// Everything that Tauri and its plugins could do for a page, asked for by name.
const NAMES: [(&str, &str); 12] = [
    ("path", "resolve_directory resolve normalize join dirname extname basename is_absolute"),
    ("event", "emit emit_to"),
    (
        "window",
        "create get_all_windows scale_factor inner_position outer_position inner_size outer_size is_fullscreen is_minimized is_maximized is_focused is_decorated \
         is_resizable is_visible is_enabled title current_monitor primary_monitor monitor_from_point available_monitors cursor_position theme is_always_on_top \
         center request_user_attention set_enabled set_resizable set_title maximize unmaximize minimize unminimize show hide close destroy set_decorations set_shadow \
         set_effects set_always_on_top set_content_protected set_size set_min_size set_max_size set_position set_fullscreen set_focus set_skip_taskbar \
         set_cursor_grab set_cursor_visible set_cursor_icon set_cursor_position set_ignore_cursor_events start_dragging start_resize_dragging set_progress_bar \
         set_badge_count set_icon set_theme toggle_maximize set_background_color internal_toggle_maximize",
    ),
    (
        "webview",
        "create_webview create_webview_window get_all_webviews webview_position webview_size webview_close set_webview_size set_webview_position \
         set_webview_focus set_webview_zoom webview_hide webview_show print reparent clear_all_browsing_data internal_toggle_devtools",
    ),
    (
        "app",
        "version name tauri_version identifier app_show app_hide exit default_window_icon set_app_theme register_listener remove_listener remove_data_store",
    ),
    ("image", "new from_bytes from_path rgba size"),
    ("resources", "close"),
    ("menu", "new append insert remove items get popup create_default set_as_app_menu text set_text set_enabled set_icon"),
    ("tray", "new get_by_id remove_by_id set_icon set_menu set_tooltip set_title set_visible"),
    ("deep-link", "get_current register unregister is_registered"),
    ("opener", "open_url open_path reveal_item_in_dir"),
    ("fs", "read_file read_text_file write_file remove"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_and_twenty_names_that_no_window_was_given_are_refused_by_the_access_list() {
    let _turn = my_turn();
    let desktop = Desktop::new();
    let mut window = desktop.open(&[]).await;
    window.until_heading("How would you like to start?").await;
    let mut names: Vec<String> =
        NAMES.iter().flat_map(|(plugin, names)| names.split_whitespace().map(move |name| format!("plugin:{plugin}|{name}"))).collect();
    names.extend(
        ["shell", "http", "process", "updater", "store", "sql", "dialog", "clipboard-manager", "notification"]
            .map(|plugin| format!("plugin:{plugin}|execute")),
    );
    names.extend(
        [
            "check_key",
            "save_key",
            "get_key",
            "get_secret",
            "eval",
            "execute",
            "read_file",
            "__proto__",
            "constructor",
            "app_state\0",
            "APP_STATE",
        ]
        .map(str::to_owned),
    );
    let script = format!(
        "const done = arguments[arguments.length - 1];
         Promise.all({}.map((name) => window.__TAURI_INTERNALS__.invoke(name, {{}}).then(() => name, () => null))).then((told) => done(told.filter(Boolean)))",
        json!(names)
    );
    let reached = window.run_until_told(&script).await;
    assert_eq!(reached, json!([]), "nothing but what is listed answers");
    let control =
        window.call("app_state", &json!({})).await.expect("control: an allowed command answers, and nothing of the above did anything");
    assert_eq!(control["profiles"], json!([]));
    assert!(names.len() >= 120, "{}", names.len());
    println!("measured: {} names asked for, 0 answered", names.len());
    window.close().await;
}

/// Nothing that any command takes: they take words, and objects of their own.
fn nonsense(chance: &mut ChaCha8Rng, depth: u32) -> Value {
    const WORDS: [&str; 12] = ["kind", "of", "id", "query", "name", "step", "ask", "text", "limit", "__proto__", "constructor", "\u{202e}"];
    let word = |chance: &mut ChaCha8Rng| WORDS[chance.random_range(0..WORDS.len())].to_owned();
    match chance.random_range(0..if depth == 0 { 3 } else { 6 }) {
        0 => json!(chance.random::<i64>()),
        1 => json!(chance.random::<bool>()),
        2 => json!(chance.random::<f64>()),
        3 => (0..chance.random_range(0..4)).map(|_| nonsense(chance, depth - 1)).collect(),
        4 => (0..chance.random_range(5..60)).fold(json!([]), |inside, _| json!([inside])),
        _ => {
            let members = (0..chance.random_range(1..4)).map(|_| (word(chance), nonsense(chance, depth - 1)));
            Value::Object(members.collect())
        }
    }
}

/// An argument that none of them can be. A list is understood in an object's place, and an empty one as nothing said: none stands alone.
fn malformed(chance: &mut ChaCha8Rng) -> Value {
    match nonsense(chance, 3) {
        Value::Array(list) => json!({ "list": list }),
        other => other,
    }
}

/// Names and arguments of our own commands, as the page calls them.
fn own_commands() -> Vec<(String, Vec<String>)> {
    let written = include_str!("../../ui/src/bridge/commands.ts");
    let calls = written.lines().filter_map(|line| line.split_once("host.invoke<")?.1.split_once(">(\"").map(|(_, rest)| rest));
    let read = calls.map(|call| {
        let (name, rest) = call.split_once('"').expect("a name");
        let args = rest.split_once("{ ").and_then(|(_, rest)| rest.split_once(" }")).map_or("", |(args, _)| args);
        (name.to_owned(), args.split(", ").filter(|arg| !arg.is_empty()).map(str::to_owned).collect())
    });
    read.collect()
}

/// What a person would notice if it had changed.
async fn what_is_kept(window: &Window) -> Vec<Value> {
    let query = json!({ "query": { "view": "all", "text": "", "sort": "name", "descending": false, "offset": 0, "limit": 50, "status": null, "bank": null, "endsWithinDays": null, "owner": null, "tag": null } });
    let companies = window.call("list_companies", &query).await.expect("companies");
    let names = companies["rows"].as_array().expect("rows").iter().map(|row| row["name"].clone()).collect();
    let mut desk = window.call("desk", &json!({})).await.expect("desk");
    // Where it is the page notes itself, a moment after it went there.
    desk["route"] = Value::Null;
    let drafts = window.call("drafts", &json!({ "ask": { "kind": "all" } })).await.expect("drafts");
    let state = window.call("app_state", &json!({})).await.expect("state");
    vec![names, desk, drafts, state["preferences"].clone(), state["profiles"].clone(), state["lock"].clone()]
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_malformed_calls_are_refused_and_the_app_goes_on() {
    const CALLS: usize = 10_000;
    let _turn = my_turn();
    let desktop = Desktop::new();
    let mut window = desktop.open(&[]).await;
    window.until_heading("How would you like to start?").await;
    window.try_the_demo().await;
    let (process, before) = (window.app(), what_is_kept(&window).await);
    let commands = own_commands();
    assert_eq!(commands.len(), 30, "control: the commands were read: {commands:?}");
    let with_args: Vec<_> = commands.iter().filter(|(_, args)| !args.is_empty()).collect();
    let seed = std::env::var("FAIRLEAD_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let (mut sent, mut answered) = (0, vec![]);
    for (name, args) in &with_args {
        let calls: Vec<Value> = (0..CALLS.div_ceil(with_args.len()))
            .map(|_| args.iter().map(|arg| (arg.clone(), malformed(&mut chance))).collect::<serde_json::Map<_, _>>().into())
            .collect();
        sent += calls.len();
        // As text: a page that reads it gets every member as one of the object's own, whatever its name.
        let text = json!(serde_json::to_string(&calls).expect("text"));
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const calls = JSON.parse({text});
             const one = async (call) => {{ try {{ await window.__TAURI_INTERNALS__.invoke({}, call); return JSON.stringify(call) }} catch {{ return null }} }};
             Promise.all(calls.map(one)).then((told) => done(told.filter(Boolean)))",
            json!(name)
        );
        let told = window.run_until_told(&script).await;
        answered.extend(told.as_array().expect("what was answered").iter().map(|call| format!("{name} {call}")));
    }
    assert_eq!(answered, Vec::<String>::new(), "what makes no sense is no question");
    assert_eq!(window.app(), process, "the same process");
    assert_eq!(what_is_kept(&window).await, before, "it still answers, and nothing changed");
    assert!(sent >= CALLS);
    println!("measured: {sent} malformed calls of {} commands, seed {seed}: 0 answered, 0 panics, nothing changed", with_args.len());
    window.close().await;
}
