//! A worker for a team, until stopped.

mod figures;
mod webhooks;

use crate::answer::{Answer, Failure};
use crate::args;
use crate::commands::team::{secret, way_with};
use crate::computer::{self, stopped};
use crate::progress::say;
use engine::adapters::codat::CodatSources;
use engine::ports::SourceFactory as _;
use engine::worker::{Signing, Work, Worker};
use secrecy::ExposeSecret as _;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

/// A key and a password.
const LONGEST: u64 = 5_000;

pub(crate) async fn run(global: &args::Global, asked: args::Worker) -> Result<Answer, Failure> {
    if !asked.key_stdin {
        return Err(Failure::needs_operator("keyMissing", "Give the API key on standard input: fairlead worker --key-stdin < FILE"));
    }
    let typed = computer::typed("The API key", LONGEST)?;
    let mut lines = typed.expose_secret().lines();
    let key = CodatSources::default().read_key(lines.next().unwrap_or_default()).ok_or_else(|| {
        Failure::needs_operator(
            "keyRefused",
            "This does not look like a Codat API key. Copy it from Codat's Portal under Developers, API keys.",
        )
    })?;
    let password = if asked.server.password_stdin { Some(secret(lines.next().unwrap_or_default(), "the password")?) } else { None };
    let signing = match asked.webhooks {
        Some(address) => Some((signing(lines.next().unwrap_or_default())?, address)),
        None => None,
    };
    let way = way_with(global, &asked.server, password).await?;
    let work = Work {
        hands: asked.hands,
        look_every: Duration::from_secs(asked.look),
        lease: Duration::from_secs(asked.lease),
        once: asked.once,
        a_minute: asked.rate,
    };
    let worker = Arc::new(Worker::new(way, &key, asked.sandbox_url.as_deref(), work).await?);
    if let Some(address) = asked.metrics {
        let served = figures::serve(Arc::clone(&worker), address).await?;
        say(&format!("Figures: http://{served}/metrics"));
    }
    if let Some((signing, address)) = signing {
        let served = webhooks::serve(Arc::clone(&worker), signing, address).await?;
        say(&format!("Webhooks: http://{served}/webhooks"));
    }
    let asked_to_end = Arc::clone(&worker);
    tokio::spawn(async move {
        stopped().await;
        say("Ends what is under way.");
        asked_to_end.stop();
    });
    worker.run().await?;
    let counts = worker.counts();
    let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let (companies, pages, rows, failures) = (of(&counts.companies), of(&counts.pages), of(&counts.rows), of(&counts.failures));
    let requests = worker.pace().calls;
    let document = json!({
        "companies": companies, "pages": pages, "rows": rows, "failures": failures, "requests": requests, "looks": of(&counts.looks),
        "errands": of(&counts.errands),
        "leasesLost": of(&counts.lost),
    });
    let words =
        format!("{companies} companies, {rows} rows in {pages} pages, {requests} requests, {failures} companies to be tried again.");
    Ok(Answer::done(&document, words))
}

/// Listens on this address; says which one that is, where any free port was asked for.
async fn listening(address: SocketAddr, code: &str) -> Result<(TcpListener, SocketAddr), Failure> {
    let taken = |error: std::io::Error| Failure::failed(code, format!("{address} cannot be listened on ({}).", error.kind()));
    let listener = TcpListener::bind(address).await.map_err(taken)?;
    let served = listener.local_addr().map_err(taken)?;
    Ok((listener, served))
}

fn signing(line: &str) -> Result<Signing, Failure> {
    Signing::parse(line).ok_or_else(|| {
        Failure::needs_operator(
            "keyMissing",
            "Standard input does not hold the secret of Codat's webhooks, which begins with whsec_. Copy it from Codat's Portal.",
        )
    })
}
