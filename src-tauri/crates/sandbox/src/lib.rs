//! A faithful local Codat: the HTTP API, the bank's pages, a clock one can turn, and faults by script.
//!
//! It speaks Codat's wire format over real HTTP and shares no types with any client of it. Every request takes one path:
//! `server` reads it, `limits`, keys and `idempotency` let it in, `faults` may spoil it, `api` answers it from the `state`. What
//! happens by itself stands on the `agenda` and is done by `syncs`. What customers see is drawn by `pages`; banks and their money
//! come from `world`; companies that are there from the start from `portfolio`. Deterministic from a seed.

mod agenda;
mod answer;
mod api;
mod clock;
mod control;
mod digest;
mod faults;
mod flow;
mod idempotency;
mod limits;
mod links;
mod options;
mod portfolio;
mod query;
mod respond;
mod server;
mod snapshot;
mod sources;
mod spoil;
mod state;
mod switches;
mod syncs;
mod tell;
mod views;
mod wire;

pub mod pages;
pub mod world;

pub use faults::{Fault, Rule};
pub use options::Options;
pub use switches::{BankTurn, Redirect, ResetForm, Switches};
pub use world::Mode;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// A running sandbox, on a thread of its own. Dropping it stops it.
#[derive(Debug)]
pub struct Sandbox {
    base_url: String,
    api_key: String,
    other_key: String,
    stop: CancellationToken,
    stopped: CancellationToken,
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
    /// The computer gave no thread.
    #[error("could not start a thread for the sandbox: {0}")]
    Thread(std::io::Error),
}

/// What the thread tells once it listens.
struct Started {
    address: SocketAddr,
    api_key: String,
}

impl Sandbox {
    /// Starts listening on 127.0.0.1.
    ///
    /// # Errors
    /// When the port, the state file or a thread cannot be had.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let other_key = options::key_of(options.seed, "other client");
        let (stop, stopped) = (CancellationToken::new(), CancellationToken::new());
        let (tell, told) = oneshot::channel();
        let (stopping, gone) = (stop.clone(), stopped.clone());
        // A runtime of its own: a caller's paused clock or busy thread does not touch the sandbox, nor its load the caller.
        let thread = std::thread::Builder::new().name("sandbox".into()).spawn(move || {
            run(options, stopping, tell);
            gone.cancel();
        });
        thread.map_err(StartError::Thread)?;
        let started = told.await.map_err(|_| StartError::Thread(std::io::Error::other("it ended at once")))??;
        Ok(Self { base_url: format!("http://{}", started.address), api_key: started.api_key, other_key, stop, stopped })
    }

    /// Where the API lives, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The key it accepts.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// A good key of another client: it opens nothing here.
    #[must_use]
    pub fn other_clients_key(&self) -> &str {
        &self.other_key
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

    /// Waits until the port is free and the state file is written, after [`Sandbox::shutdown`].
    pub async fn stopped(&self) {
        self.stopped.cancelled().await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The thread's work, until it is stopped.
fn run(options: Options, stop: CancellationToken, tell: oneshot::Sender<Result<Started, StartError>>) {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("sandbox").enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            // Nobody listens when the caller gave up meanwhile.
            let _ = tell.send(Err(StartError::Thread(error)));
            return;
        }
    };
    runtime.block_on(async move {
        match listen(options, &stop).await {
            Ok((listener, router, started)) => {
                if tell.send(Ok(started)).is_err() {
                    return;
                }
                let service = router.into_make_service_with_connect_info::<wire::Tear>();
                let serving = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned());
                if let Err(error) = serving.await {
                    tracing::error!(%error, "the sandbox stopped serving");
                }
            }
            Err(error) => {
                let _ = tell.send(Err(error));
            }
        }
    });
    runtime.shutdown_background();
}

async fn listen(options: Options, stop: &CancellationToken) -> Result<(wire::Listener, axum::Router, Started), StartError> {
    let port = options.port.unwrap_or(0);
    let refused = |error| StartError::Port(port, error);
    let listener = tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let state = state::State::open(options, &format!("http://{address}")).map_err(StartError::StateFile)?;
    let api_key = state.keys.first().map(|key| key.key.clone()).unwrap_or_default();
    let router = server::router(Arc::new(server::Shared::new(state, stop.clone())));
    Ok((wire::Listener(listener), router, Started { address, api_key }))
}
