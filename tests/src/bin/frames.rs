//! Frames in the real window: 100,000 companies and a company of a million rows are scrolled, searched and opened, and the page's own clock says
//! how it went. The figures are this machine's; beside a few of another machine they mean little.
//!
//! `cargo xtask frames [COMPANIES [ROWS]]`

// Times of frames are no money.
#![allow(clippy::float_arithmetic)]

#[cfg(target_os = "linux")]
mod measured {
    use fairlead_tests::desktop::Desktop;
    use fairlead_tests::fairlead::binary;
    use fairlead_tests::measure::{Sandbox, fairlead, percentile};
    use fairlead_tests::window::{Key, Window};
    use serde_json::{Value, json};

    /// Seconds of scrolling.
    const SECONDS: u32 = 10;

    /// Runs inside the page: scrolls the list a screen or so at each frame, there and back, and tells when each frame came.
    const SCROLL: &str = "
        const done = arguments[arguments.length - 1];
        const box = document.querySelector('.vt');
        const times = [];
        let way = 1;
        const frame = (now) => {
            times.push(now);
            if (box.scrollTop + box.clientHeight >= box.scrollHeight - 2) way = -1;
            if (box.scrollTop <= 0) way = 1;
            box.scrollTop += way * STEP;
            if (now - times[0] < SECONDS * 1000) requestAnimationFrame(frame);
            else done(times.slice(1).map((time, index) => time - times[index]));
        };
        requestAnimationFrame(frame);
    ";

    /// Runs inside a bare page: a list as long as ours, of rows of plain text, drawn by the least there is. What this computer can do at most.
    const PLAIN: &str = "
        document.body.style.margin = '0';
        document.body.innerHTML = '<div class=vt style=\"height:100vh;overflow:auto;font:14px sans-serif\"><div style=\"position:relative;height:4000000px\"></div></div>';
        const box = document.querySelector('.vt');
        const draw = () => {
            const from = Math.floor(box.scrollTop / 40);
            const rows = Array.from({ length: Math.ceil(box.clientHeight / 40) + 1 }, (_, at) => {
                const row = document.createElement('div');
                row.style.cssText = `position:absolute;height:40px;top:${(from + at) * 40}px`;
                row.textContent = `Company ${from + at} Limited, a bank, data to 30 November, fresh`;
                return row;
            });
            box.firstChild.replaceChildren(...rows);
        };
        box.addEventListener('scroll', draw);
        draw();
    ";

    /// Runs inside the page: from now on each key's time until the frame after the list changed is kept.
    const KEYS: &str = "
        window.__keys = [];
        const list = document.querySelector('.tbl');
        addEventListener('keydown', (event) => {
            const began = event.timeStamp;
            const seen = new MutationObserver(() => {
                seen.disconnect();
                requestAnimationFrame(() => setTimeout(() => window.__keys.push(performance.now() - began), 0));
            });
            seen.observe(document.querySelector('.tbl') ?? list, { subtree: true, childList: true, characterData: true });
        }, true);
    ";

    /// Runs inside the page: opens the row that is marked, and answers with the milliseconds until the frame in which its name stood there.
    const OPEN: &str = "
        const done = arguments[arguments.length - 1];
        const row = document.querySelectorAll('.vt .vrow a.rowlink')[NUMBER];
        const name = row.textContent.trim();
        const began = performance.now();
        const look = () => {
            const head = document.querySelector('main h1');
            if (location.hash.startsWith('#/company/') && head && head.innerText.trim() === name) requestAnimationFrame(() => setTimeout(() => done(performance.now() - began), 0));
            else requestAnimationFrame(look);
        };
        row.click();
        requestAnimationFrame(look);
    ";

    fn numbers(value: &Value) -> Vec<f64> {
        value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
    }

    struct Goal {
        failed: bool,
        /// Milliseconds a frame of a plain list in a bare window.
        floor: f64,
    }

    impl Goal {
        fn check(&mut self, holds: bool, what: &str) {
            println!("{}{what}", if holds { "reached      " } else { "NOT REACHED  " });
            self.failed |= !holds;
        }

        fn frames(&mut self, what: &str, deltas: &[f64]) {
            let (median, worst) = (percentile(deltas, 50), percentile(deltas, 100));
            let late = deltas.iter().filter(|delta| **delta > 50.0).count();
            self.check(
                1_000.0 / median >= 55.0,
                &format!(
                    "{what}: {:.0} frames a second, median of {} frames, {:.2} × a plain list's (at least 55)",
                    1_000.0 / median,
                    deltas.len(),
                    median / self.floor
                ),
            );
            self.check(
                worst <= 50.0,
                &format!("{what}: worst frame {worst:.0} ms, {late} over 50 ms, p99 {:.0} ms", percentile(deltas, 99)),
            );
        }
    }

    async fn searched(window: &mut Window, words: &[&str]) -> Vec<f64> {
        window.run(KEYS).await;
        for word in words {
            window.run("document.querySelector('input[type=search]').focus()").await;
            for letter in word.chars() {
                let before = window.run("return window.__keys.length").await.as_u64().unwrap_or_default();
                window.type_text(&letter.to_string()).await;
                window.until("the list after a key", &format!("window.__keys.length > {before}")).await;
            }
            window.press(Key::Escape).await;
            window.until("the whole list", "document.querySelector('input[type=search]').value === ''").await;
        }
        numbers(&window.run("return window.__keys").await)
    }

    /// How long a frame of a plain list in a bare window takes, in the middle.
    async fn floor(desktop: &Desktop, scroll: &str) -> f64 {
        let bare = Window::of(desktop, &binary("examples/bare-window"), &[]).await;
        bare.run(PLAIN).await;
        let deltas = numbers(&bare.run_until_told(scroll).await);
        bare.close().await;
        percentile(&deltas, 50)
    }

    pub(crate) async fn run(companies: u32, rows: u32) -> bool {
        let desktop = Desktop::new();
        let scroll = |step: u32| SCROLL.replace("STEP", &step.to_string()).replace("SECONDS", &SECONDS.to_string());
        let mut goal = Goal { failed: false, floor: floor(&desktop, &scroll(40)).await };
        println!("a plain list in a bare window: {:.0} frames a second, what this computer draws at most", 1_000.0 / goal.floor);
        let (of, each) = (companies.to_string(), rows.to_string());
        let sandbox = Sandbox::start(&["--companies", &of, "--accounts", "1", "--transactions", &each, "--months", "36"]);
        sandbox.add_profile(&desktop);
        let list = fairlead(&desktop, &["companies"], "");
        let company = list[0]["id"].as_str().expect("a company").to_owned();
        fairlead(&desktop, &["sync", &company], "");
        // Nothing is downloaded while frames are counted: the window finds no Codat.
        drop(sandbox);
        let mut window = desktop.open(&[]).await;
        window.until("the list", "document.querySelectorAll('main .vt .vrow').length > 5").await;
        let shown = window.run("return Number(document.querySelector('.vt').getAttribute('aria-rowcount')) - 1").await;
        println!(
            "{shown} companies and a company of {rows} rows in the real window, offline; {} build",
            if cfg!(debug_assertions) { "development" } else { "release" }
        );
        for (what, step) in
            [("companies by a row a frame", 40), ("companies by a screen a frame", 700), ("companies through the whole list", 9_000)]
        {
            let deltas = numbers(&window.run_until_told(&scroll(step)).await);
            goal.frames(what, &deltas);
        }
        window.run("document.querySelector('.vt').scrollTop = 0").await;
        let keys = searched(&mut window, &["harbour", "foods ltd", "zz"]).await;
        goal.check(
            percentile(&keys, 95) <= 50.0,
            &format!(
                "a key in the search to painted rows: p95 {:.0} ms, median {:.0} ms, {} keys (at most 50)",
                percentile(&keys, 95),
                percentile(&keys, 50),
                keys.len()
            ),
        );
        let mut opened = vec![];
        for number in 0..10 {
            let predicate =
                format!("location.hash.startsWith('#/companies') && document.querySelectorAll('.vt .vrow a.rowlink').length > {number}");
            window.until("the list again", &predicate).await;
            opened.extend(window.run_until_told(&OPEN.replace("NUMBER", &number.to_string())).await.as_f64());
            window.run("history.back()").await;
        }
        goal.check(
            percentile(&opened, 95) <= 100.0,
            &format!(
                "opening a company: p95 {:.0} ms, median {:.0} ms, {} opened (at most 100)",
                percentile(&opened, 95),
                percentile(&opened, 50),
                opened.len()
            ),
        );
        window.run(&format!("location.hash = {}", json!(format!("/company/{company}/transactions")))).await;
        window.until("the rows", "document.querySelectorAll('.gtx.vrow').length > 5").await;
        for (what, step) in [("rows by a row a frame", 32), ("rows by a screen a frame", 700), ("rows through the whole list", 90_000)] {
            let deltas = numbers(&window.run_until_told(&scroll(step)).await);
            goal.frames(what, &deltas);
        }
        window.close().await;
        !goal.failed
    }
}

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() -> std::process::ExitCode {
    let asked: Vec<u32> = std::env::args().skip(1).filter_map(|number| number.parse().ok()).collect();
    let (companies, rows) = (asked.first().copied().unwrap_or(100_000), asked.get(1).copied().unwrap_or(1_000_000));
    if measured::run(companies, rows).await { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("Frames are counted on Linux only.");
}
