//! The real window, measured: from the start of its process to a list that can be worked with, against a bare window in turn; and what screens ask, from
//! the page through the bridge and back. On a desktop of its own with a real keyring, over a local Codat in a process of its own.
//!
//! `window [--rows N] [--rounds N]`: rows for the second part, rounds for the first. Ends with 1 when a figure is past what it must be.

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() -> std::process::ExitCode {
    let number = |name: &str, usual: u32| {
        let mut args = std::env::args().skip_while(|arg| arg != name).skip(1);
        args.next().map_or(usual, |number| number.parse().expect("a number"))
    };
    let start = measured::start(number("--rounds", 7)).await;
    let screens = measured::screens(number("--rows", 200_000)).await;
    if start && screens { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("The window is measured on Linux only.");
}

#[cfg(target_os = "linux")]
#[expect(clippy::float_arithmetic, reason = "times are no money")]
mod measured {
    use fairlead_tests::desktop::Desktop;
    use fairlead_tests::fairlead::binary;
    use fairlead_tests::measure::{Sandbox, fairlead, percentile};
    use fairlead_tests::window::Window;
    use serde_json::{Value, json};

    /// Transactions a company.
    const EACH: u32 = 10_000;
    /// Askings of each question.
    const ASKED: u32 = 200;

    /// A desktop whose only profile holds all that a local Codat has.
    struct Filled {
        desktop: Desktop,
        _sandbox: Sandbox,
    }

    impl Filled {
        async fn new(size: &[&str]) -> Self {
            let (desktop, sandbox) = (Desktop::new(), Sandbox::start(size));
            sandbox.lift_limits().await;
            sandbox.add_profile(&desktop);
            let told = fairlead(&desktop, &["sync", "--all"], "");
            assert_eq!(told["outcome"], "complete", "{told}");
            Self { desktop, _sandbox: sandbox }
        }

        async fn open(&self) -> Window {
            self.desktop.open(&[]).await
        }
    }

    /// From the process to the list, against a bare window, in turn; true when the ratio is what it must be.
    pub(crate) async fn start(rounds: u32) -> bool {
        let filled = Filled::new(&["--companies", "10000", "--accounts", "1", "--transactions", "10", "--months", "1"]).await;
        let (mut ratios, mut starts) = (vec![], vec![]);
        for round in 0..=rounds {
            let mut bare = Window::of(&filled.desktop, &binary("examples/bare-window"), &[]).await;
            let floor = bare.from_start_to("usable").await;
            bare.close().await;
            let mut window = filled.open().await;
            let own = window.from_start_to("usable").await;
            let all = window.until("the whole list", "document.querySelector('[role=grid]').getAttribute('aria-rowcount')").await;
            assert_eq!(all.as_str().and_then(|rows| rows.parse::<u32>().ok()), Some(10_001), "10,000 companies and the head");
            window.close().await;
            // The first of each reads its files from the disk.
            if round > 0 {
                ratios.push(own / floor);
                starts.push(own);
                println!("  {own:.0} ms, bare window {floor:.0} ms");
            }
        }
        let (ratio, start) = (percentile(&ratios, 50), percentile(&starts, 50));
        let (low, high) = (percentile(&ratios, 25), percentile(&ratios, 75));
        told(
            "start to a usable list of 10,000 companies, against a bare window (quartiles)",
            &format!("{ratio:.2} ({low:.2} to {high:.2})"),
            1.5,
            1.15,
        );
        println!("  {start:.0} ms in the middle");
        low <= 1.5
    }

    /// What screens ask, through the bridge; true when the slow ones are as quick as they must be.
    pub(crate) async fn screens(rows: u32) -> bool {
        let (companies, each) = ((rows / EACH).max(1).to_string(), EACH.min(rows).to_string());
        let filled = Filled::new(&["--companies", &companies, "--transactions", &each, "--months", "24"]).await;
        let mut window = filled.open().await;
        window.from_start_to("usable").await;
        let page = window.call("list_companies", &json!({ "query": { "text": "", "limit": 500 } })).await.expect("companies");
        let held: Vec<&str> = page["rows"].as_array().into_iter().flatten().filter_map(|row| row["id"].as_str()).collect();
        assert!(!held.is_empty(), "companies are here");
        let mut good = true;
        for (name, command, args) in [
            ("companies, first window", "list_companies", "{ query: { text: '', limit: 100 } }"),
            ("companies by a word", "list_companies", "{ query: { text: 'ba', limit: 100 } }"),
            ("company page", "company", "{ id }"),
            ("transactions, newest 100", "transactions", "{ query: { companyId: id, limit: 100 } }"),
            ("transactions by a word", "transactions", "{ query: { companyId: id, text: 'card', limit: 100 } }"),
            ("cash flow of 12 months", "analysis", "{ ask: { kind: 'cashFlow', of: { companyId: id, currency: null, months: 12 } } }"),
        ] {
            let script = ASK
                .replace("COMMAND", command)
                .replace("ARGS", args)
                .replace("IDS", &json!(held).to_string())
                .replace("ASKED", &ASKED.to_string());
            let took = window.run_until_told(&script).await;
            let took: Vec<f64> = took.as_array().unwrap_or_else(|| panic!("{name}: {took}")).iter().filter_map(Value::as_f64).collect();
            assert_eq!(took.len(), ASKED as usize, "{name}: every asking was answered");
            let p95 = percentile(&took, 95);
            told(&format!("{name}: p95 through the bridge, ms (median {:.1})", percentile(&took, 50)), &format!("{p95:.1}"), 50.0, 16.0);
            good &= p95 <= 50.0;
        }
        window.close().await;
        good
    }

    /// Runs inside the page: how long each asking took.
    const ASK: &str = "
        const done = arguments[arguments.length - 1];
        const ids = IDS;
        const ask = async () => {
            const took = [];
            let dice = 1;
            for (let n = 0; n < ASKED; n += 1) {
                dice = (dice * 48271) % 2147483647;
                const id = ids[dice % ids.length];
                const began = performance.now();
                await window.__TAURI_INTERNALS__.invoke('COMMAND', ARGS);
                took.push(performance.now() - began);
            }
            return took;
        };
        ask().then(done, (refused) => done(JSON.stringify(refused)));
    ";

    fn told(what: &str, figure: &str, must: f64, aim: f64) {
        println!("{what}: {figure} (must {must}, aim {aim})");
    }
}
