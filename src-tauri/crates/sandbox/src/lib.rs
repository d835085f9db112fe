//! A faithful local Codat: the HTTP API, the bank's pages, a clock one can turn, and faults by script.
//!
//! It speaks Codat's wire format over real HTTP and shares no types with any client of it. Every request takes one path:
//! `server` reads it, `faults` may spoil it, `api` answers it from the `state`. What customers see is drawn by `pages`; banks and
//! their money come from `world`. Deterministic from a seed.

mod answer;
mod api;
mod clock;
mod control;
mod faults;
mod flow;
mod options;
mod populate;
mod query;
mod server;
mod state;
mod syncs;
mod views;

pub mod pages;
pub mod world;

pub use faults::{Fault, Rule};
pub use options::{Options, ResetForm, Switches};
pub use world::Mode;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// A running sandbox. Dropping it stops it.
#[derive(Debug)]
pub struct Sandbox {
    base_url: String,
    api_key: String,
    stop: CancellationToken,
}

/// The sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken or not allowed.
    #[error("could not listen on port {0} of this computer: {1}")]
    Port(u16, std::io::Error),
    /// The state file cannot be read.
    #[error("could not read the sandbox's state file: {0}")]
    StateFile(String),
}

impl Sandbox {
    /// Starts listening on 127.0.0.1.
    ///
    /// # Errors
    /// When the port or the state file cannot be had.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let port = options.port.unwrap_or(0);
        let refused = |error| StartError::Port(port, error);
        let listener = tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(refused)?;
        let base_url = format!("http://{}", listener.local_addr().map_err(refused)?);
        let api_key = options.api_key();
        let state = state::State::open(options, &base_url).map_err(StartError::StateFile)?;
        let stop = CancellationToken::new();
        let router = server::router(Arc::new(server::Shared::new(state, stop.clone())));
        let stopped = stop.clone();
        tokio::spawn(async move {
            let serving = axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned());
            if let Err(error) = serving.await {
                tracing::error!(%error, "the sandbox stopped serving");
            }
        });
        Ok(Self { base_url, api_key, stop })
    }

    /// Where the API lives, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The one key it accepts.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Where the control API lives.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("{}/control", self.base_url)
    }

    /// Stops listening; requests under way are finished.
    pub fn shutdown(&self) {
        self.stop.cancel();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
