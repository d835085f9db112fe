//! A local stand-in for Codat, until stopped.

use crate::answer::{Answer, Failure};
use crate::args;
use crate::computer::{stopped, unreadable};
use crate::progress::say;
use sandbox::{Mode, Options, Rule, Sandbox};
use std::io::Write as _;
use std::path::Path;

pub(crate) async fn run(asked: args::Sandbox) -> Result<Answer, Failure> {
    let script = asked.script.as_deref().map(script).transpose()?.unwrap_or_default();
    let loopback = engine::DEFAULT_PORT;
    let redirect = asked.redirect.unwrap_or_else(|| {
        format!("http://127.0.0.1:{loopback}/return?state={{state}}&companyId={{companyId}}&connectionId={{connectionId}}&statuscode={{statusCode}}")
    });
    let options = Options {
        port: asked.port,
        seed: asked.seed,
        companies: asked.companies,
        accounts: asked.accounts,
        transactions: asked.transactions,
        months: asked.months,
        mode: match asked.mode {
            args::Mode::TrueLayer => Mode::TrueLayer,
            args::Mode::Plaid => Mode::Plaid,
        },
        script,
        state_file: asked.state,
        redirect_url: Some(redirect),
        ..Options::default()
    };
    let sandbox =
        Sandbox::start(options).await.map_err(|error| Failure::failed("sandbox", format!("The sandbox cannot start: {error}.")))?;
    let document = serde_json::json!({ "baseUrl": sandbox.base_url(), "apiKey": sandbox.api_key(), "controlUrl": sandbox.control_url() });
    let mut stdout = std::io::stdout();
    let printed = writeln!(stdout, "{document}").and_then(|()| stdout.flush());
    printed.map_err(|_| Failure::failed("sandbox", "Nobody reads where the sandbox is."))?;
    say("The sandbox serves until it is stopped (Ctrl+C).");
    stopped().await;
    sandbox.shutdown();
    Ok(Answer::printed())
}

fn script(path: &Path) -> Result<Vec<Rule>, Failure> {
    let bytes = std::fs::read(path).map_err(|error| unreadable("script", path, &error))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Failure::usage(format!("The script {} is not a list of rules: {error}.", path.display())))
}
