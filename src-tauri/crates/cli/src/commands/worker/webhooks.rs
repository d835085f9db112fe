//! Where Codat's webhooks arrive. Whoever can reach this address can send: nothing is believed that Codat did not sign, and nobody is waited for long.

use crate::answer::Failure;
use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::serve::Listener;
use engine::worker::{Headers, NotBelieved, Signing, Worker};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;

/// A webhook tells of one company.
const LARGEST: usize = 256 << 10;
/// Codat waits for fifteen seconds itself.
const PATIENCE: Duration = Duration::from_secs(15);

/// Listens from now on; says where.
pub(super) async fn serve(worker: Arc<Worker>, signing: Signing, address: SocketAddr) -> Result<SocketAddr, Failure> {
    let (listener, served) = super::listening(address, "webhooks").await?;
    let signing = Arc::new(signing);
    let heard = move |headers: HeaderMap, body: Bytes| {
        let (worker, signing) = (Arc::clone(&worker), Arc::clone(&signing));
        async move { hear(&worker, &signing, &headers, &body).await }
    };
    let router = Router::new().route("/webhooks", post(heard)).layer(DefaultBodyLimit::max(LARGEST));
    tokio::spawn(async move { axum::serve(Impatient(listener), router).await });
    Ok(served)
}

async fn hear(worker: &Worker, signing: &Signing, headers: &HeaderMap, body: &[u8]) -> StatusCode {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let sent = Headers { id: header("webhook-id"), timestamp: header("webhook-timestamp"), signature: header("webhook-signature") };
    match signing.company(sent, body, worker.now()) {
        // Codat sends again what was not taken.
        Ok(company) => match worker.ring(sent.id, company.as_deref()).await {
            Ok(_) => StatusCode::NO_CONTENT,
            Err(error) => {
                tracing::warn!(%error, "a webhook could not be taken");
                StatusCode::SERVICE_UNAVAILABLE
            }
        },
        Err(NotBelieved::Unsigned | NotBelieved::Unreadable) => StatusCode::BAD_REQUEST,
        Err(NotBelieved::Forged | NotBelieved::Late) => StatusCode::UNAUTHORIZED,
    }
}

/// Lines that are cut after a while, whatever is still to come on them: a sender that dawdles holds nothing up.
struct Impatient(TcpListener);

struct Line {
    stream: TcpStream,
    end: Pin<Box<Sleep>>,
}

impl Listener for Impatient {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (Line { stream, end: Box::pin(tokio::time::sleep(PATIENCE)) }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.end.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
