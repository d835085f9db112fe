//! Words of banks and customers that want to act, all the way: from Codat's answers over HTTP through the encrypted store onto the screens of the
//! system's own web view. The same words go through every state of every screen in another browser (`ui/scripts/hostile.mjs`).

use crate::{my_turn, pictures};
use fairlead_tests::desktop::Desktop;
use fairlead_tests::measure::{Sandbox, fairlead};
use serde_json::json;
use std::collections::BTreeSet;
use std::process::Command;

/// What the words try to make, and what a page of ours never holds in its body.
const LOOK: &str = "
    const banned = 'script, style, iframe, frame, object, embed, base, meta, link, video, audio, portal, math, marquee, template, foreignObject';
    const said = [];
    for (const one of document.body.querySelectorAll(banned)) said.push(one.tagName);
    for (const one of document.querySelectorAll('*')) {
        if (/pwn/.test(`${one.id} ${one.getAttribute('class') ?? ''} ${one.getAttribute('name') ?? ''}`)) said.push(`named by a text: ${one.tagName}`);
        for (const { name, value } of one.attributes) {
            if (/^on|^(srcdoc|srcset|formaction|action|ping|background|data|xlink:href)$/i.test(name)) said.push(`${name} on ${one.tagName}`);
            if (one.closest('body') && name === 'src' && !/^data:image\\/png;base64,/.test(value)) said.push(`src ${value.slice(0, 40)}`);
            if (one.closest('body') && name === 'href' && !/^(#\\/|#[\\w-]+$|mailto:\\?subject=)/.test(value)) said.push(`href ${value.slice(0, 40)}`);
        }
    }
    if (window.frames.length) said.push('frames');
    if (/[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066\\u2067]/.test(document.body.innerText)) said.push('a turning mark');
    return { said: [...new Set(said)], ran: window.ran, stopped: window.stopped, text: document.body.innerText };";

/// Told once the page has changed nothing for a while.
const QUIET: &str = "
    const done = arguments[arguments.length - 1];
    const end = () => { watch.disconnect(); clearTimeout(quiet); clearTimeout(most); done(); };
    const watch = new MutationObserver(() => { clearTimeout(quiet); quiet = setTimeout(end, 200); });
    watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    let quiet = setTimeout(end, 200);
    const most = setTimeout(end, 3000);";

/// Pages of a long list that are looked at.
const PAGES: usize = 10;
/// A page further down; true when there was one.
const DOWN: &str = "
    const far = [...document.querySelectorAll('main, main *')].filter((one) => one.scrollHeight > one.clientHeight + 40 && /auto|scroll/.test(getComputedStyle(one).overflowY));
    const one = far.sort((a, b) => b.scrollHeight - a.scrollHeight)[0];
    if (!one) return false;
    const before = one.scrollTop;
    one.scrollTop += one.clientHeight;
    return one.scrollTop > before;";

/// The words that the screens of the other browser are given, of all kinds among each other: an answer begins with the first.
fn words() -> Vec<String> {
    let script = "import('./scripts/hostile-words.mjs').then(({ words }) => process.stdout.write(JSON.stringify(words(Number(process.argv[1])).map((word) => word.text.toWellFormed()))))";
    let seed = std::env::var("FAIRLEAD_SEED").unwrap_or_else(|_| "1".into());
    let ui = concat!(env!("CARGO_MANIFEST_DIR"), "/ui");
    let out = Command::new("node").args(["-e", script, &seed]).current_dir(ui).output().expect("node");
    let words: Vec<String> =
        serde_json::from_slice(&out.stdout).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&out.stderr)));
    (0..words.len()).map(|number| words[number * 37 % words.len()].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_want_to_act_stay_words_from_codat_through_the_store_into_the_window() {
    let _turn = my_turn();
    let words = words();
    assert_eq!(words.len(), 350, "300 that want to act and 50 that turn or hide");
    let desktop = Desktop::new();
    let sandbox = Sandbox::start(&["--companies", "6", "--transactions", "400"]);
    sandbox.turn("faults", &json!([{ "match": "GET /**", "fault": { "kind": "texts", "texts": words } }])).await;
    sandbox.add_profile(&desktop);
    fairlead(&desktop, &["sync", "--all"], "");
    let id = fairlead(&desktop, &["companies"], "")[0]["id"].as_str().expect("a company").to_owned();
    let fired = sandbox.control("faults").await["results"][0]["fired"].as_u64().unwrap_or(0);
    assert!(fired >= 10, "control: answers were spoilt: {fired}");

    let mut window = desktop.open(&[]).await;
    window.keep_pictures_in(&pictures("hostile"));
    window
        .run(
            "window.ran = 0; window.stopped = []; window.pwn = () => { window.ran += 1; };
             for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = window.pwn;
             document.addEventListener('securitypolicyviolation', (event) => window.stopped.push(`${event.effectiveDirective} ${event.blockedURI}`));",
        )
        .await;
    window.call("open_profile", &json!({ "name": "Measured" })).await.expect("it opens");
    window.until("companies in the list", "document.querySelectorAll('main [role=row]').length > 2").await;
    let company = |tab: &str| format!("#/company/{id}/{tab}");
    let mut screens: Vec<String> =
        ["overview", "accounts", "transactions", "cash-flow", "lens", "coverage", "categories"].map(company).to_vec();
    screens.extend(
        [
            "#/companies/all",
            "#/consents",
            "#/lists",
            "#/activity/now",
            "#/activity/happened",
            "#/new",
            "#/settings/banks",
            "#/settings/data",
        ]
        .map(str::to_owned),
    );
    let starts: Vec<String> = words.iter().map(|word| letters(word).chars().take(24).collect()).collect();
    let (mut met, mut looks) = (BTreeSet::new(), 0);
    for screen in &screens {
        window.run(&format!("location.hash = {}", json!(screen))).await;
        window.until(screen, "!!document.querySelector('h1')").await;
        for _ in 0..PAGES {
            window.run_until_told(QUIET).await;
            let seen = window.run(LOOK).await;
            assert_eq!((&seen["said"], &seen["ran"], &seen["stopped"]), (&json!([]), &json!(0), &json!([])), "{screen}");
            let text = letters(seen["text"].as_str().unwrap_or_default());
            met.extend(starts.iter().enumerate().filter(|(_, start)| text.contains(start.as_str())).map(|(number, _)| number));
            if looks == 0 || screen.starts_with("#/companies") {
                window.picture("hostile-words").await;
            }
            looks += 1;
            if window.run(DOWN).await != true {
                break;
            }
        }
    }
    // What they would do if they could; markup itself is refused even here.
    let control =
        window.run(&format!("const one = document.createElement('b'); one.className = 'pwn'; document.body.append(one); {LOOK}")).await;
    assert_eq!(control["said"], json!(["named by a text: B"]), "control: the look sees an element");
    println!(
        "measured: {} words by way of {fired} answers and the store on {} screens of the system's web view, looked at {looks} times, {} of them seen there: 0 scripts, 0 elements, 0 stopped by the policy",
        words.len(),
        screens.len(),
        met.len()
    );
    assert!(met.len() > 100, "control: the words are on the screens: {}", met.len());
    window.close().await;
}

/// What of a text no screen changes: gaps close up, and marks that turn or hide are taken out.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).collect()
}
