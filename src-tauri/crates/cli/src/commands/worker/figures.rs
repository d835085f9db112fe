//! What a worker did, for Prometheus, and whether it is well. On this computer only; nothing of a customer is in it.

use crate::answer::Failure;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use engine::view::Line;
use engine::worker::Worker;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Serves from now on; says where.
pub(super) async fn serve(worker: Arc<Worker>, address: SocketAddr) -> Result<SocketAddr, Failure> {
    if !address.ip().is_loopback() {
        return Err(Failure::usage("Figures are served on this computer only: --metrics 127.0.0.1:PORT"));
    }
    let (listener, served) = super::listening(address, "metrics").await?;
    let well = Arc::clone(&worker);
    let router = Router::new()
        .route("/metrics", get(move || std::future::ready(figures(&worker))))
        .route("/health", get(move || std::future::ready(health(&well))));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(served)
}

fn figures(worker: &Worker) -> String {
    let (counts, pace) = (worker.counts(), worker.pace());
    let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let mut text = String::new();
    let mut add = |name: &str, kind: &str, help: &str, value: u64| {
        let _ =
            write!(text, "# HELP fairlead_worker_{name} {help}\n# TYPE fairlead_worker_{name} {kind}\nfairlead_worker_{name} {value}\n");
    };
    add("requests_total", "counter", "Requests sent to Codat.", pace.calls);
    add("companies_total", "counter", "Companies brought up to date.", of(&counts.companies));
    add("pages_total", "counter", "Pages stored.", of(&counts.pages));
    add("rows_total", "counter", "Rows stored.", of(&counts.rows));
    add("failures_total", "counter", "Companies that could not be brought up to date, and are tried again.", of(&counts.failures));
    add("leases_lost_total", "counter", "Leases that ran out under this worker.", of(&counts.lost));
    add("looks_total", "counter", "Looks through the list of companies.", of(&counts.looks));
    add("errands_total", "counter", "What people of the team asked of Codat and got.", of(&counts.errands));
    add("server_away_total", "counter", "Times that the team's server was away.", of(&counts.aways));
    add("server_up", "gauge", "Whether the team's server answers.", u64::from(is_reached(worker)));
    add("codat_up", "gauge", "Whether Codat answers.", u64::from(pace.line == Line::Online));
    text
}

fn is_reached(worker: &Worker) -> bool {
    worker.counts().is_reached.load(Ordering::Relaxed)
}

fn health(worker: &Worker) -> (StatusCode, &'static str) {
    if !is_reached(worker) {
        return (StatusCode::SERVICE_UNAVAILABLE, "the team's server does not answer\n");
    }
    match worker.pace().line {
        Line::KeyRefused => (StatusCode::SERVICE_UNAVAILABLE, "the key is refused\n"),
        _ => (StatusCode::OK, "well\n"),
    }
}
